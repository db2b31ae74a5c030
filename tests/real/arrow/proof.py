# Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
"""pyarrow, polars and duckdb hand columns to penstock and take them back, in one process and by files.

proof.py BRIDGE FOLDER: BRIDGE is bridge.cpp as a shared library.
"""
import ctypes
import datetime
import decimal
import gc
import sys

import duckdb
import polars
import pyarrow as pa

from arrow_structs import Stream, array, call, load, schema, stream_of

bridge = load(sys.argv[1], "bridge_batch", "bridge_stream", "bridge_write", "bridge_read")
folder = sys.argv[2]


def through_stream(maker, rows=7):
    capsule, pointer = stream_of(maker)
    out = Stream()
    call(bridge.bridge_stream, pointer, ctypes.c_void_p(out.pointer), ctypes.c_long(rows))
    return out


def through_file(maker, name, codec=0, deltas=0):
    """Written by penstock; the path."""
    path = f"{folder}/{name}"
    capsule, pointer = stream_of(maker)
    call(bridge.bridge_write, pointer, path.encode(), codec, deltas)
    return path


def read_file(path):
    """Read by penstock."""
    out = Stream()
    call(bridge.bridge_read, path.encode(), ctypes.c_void_p(out.pointer))
    return out


def check(condition, what):
    if not condition:
        raise AssertionError(what)


def every_type():
    """Each type that pyarrow makes and penstock has, with nulls."""
    day, time = datetime.date(2024, 2, 29), datetime.time(12, 34, 56)
    now, span = datetime.datetime(2024, 2, 29, 12, 34, 56), datetime.timedelta(seconds=5)
    flat = {
        pa.null(): [None, None, None], pa.bool_(): [True, None, False], pa.float16(): [1.5, None, -2.0],
        pa.float32(): [1.5, None, -0.0], pa.float64(): [1e300, None, -2.5],
        pa.decimal128(10, 3): [decimal.Decimal("1.234"), None, decimal.Decimal("-9")],
        pa.decimal256(60, 2): [decimal.Decimal("1.23"), None, decimal.Decimal("-9e40")],
        pa.binary(3): [b"abc", None, b"xyz"], pa.date32(): [day, None, day], pa.date64(): [day, None, day],
        pa.time32("s"): [time, None, time], pa.time32("ms"): [time, None, time],
        pa.time64("us"): [time, None, time], pa.time64("ns"): [time, None, time],
        pa.month_day_nano_interval(): [pa.MonthDayNano([1, 2, 3]), None, pa.MonthDayNano([-1, 0, 5])],
    }
    for bits in (8, 16, 32, 64):
        flat[getattr(pa, f"int{bits}")()] = [-1, None, 2 ** (bits - 1) - 1]
        flat[getattr(pa, f"uint{bits}")()] = [1, None, 2 ** bits - 1]
    for unit in ("s", "ms", "us", "ns"):
        flat[pa.timestamp(unit)] = [now, None, now]
        flat[pa.timestamp(unit, "Europe/Zurich")] = [now, None, now]
        flat[pa.duration(unit)] = [span, None, span]
    for text in (pa.string(), pa.large_string(), pa.string_view()):
        flat[text] = ["", None, "a text of more than twelve bytes: \u4e16"]
    for data in (pa.binary(), pa.large_binary(), pa.binary_view()):
        flat[data] = [b"", None, b"bytes, more than twelve of them \xff"]
    columns = [pa.array(values, type) for type, values in flat.items()]
    inner = pa.struct([pa.field("x", pa.int32(), metadata={"k": "v"}), pa.field("y", pa.string(), nullable=False)])
    columns += [
        pa.array([[1, 2], None, []], pa.list_(pa.int16())), pa.array([["q"], None, []], pa.large_list(pa.string())),
        pa.array([[1, 2], None, [3, None]], pa.list_(pa.int8(), 2)),
        pa.array([{"x": 1, "y": "a"}, None, {"x": None, "y": "b"}], inner),
        pa.array([[("k", 1.5)], None, [("a", None), ("b", 2)]], pa.map_(pa.string(), pa.float64())),
        pa.array(["x", None, "y"]).dictionary_encode(),
        pa.DictionaryArray.from_arrays(pa.array([1, None, 0], pa.uint8()), pa.array([10, 20]), ordered=True),
        pa.array([["x"], None, ["y", "x"]], pa.list_(pa.dictionary(pa.int8(), pa.string()))),
        pa.UnionArray.from_sparse(pa.array([0, 5, 0], pa.int8()), [pa.array([1, 2, 3]), pa.array(["z", "y", None])],
                                  type_codes=[0, 5]),
        pa.UnionArray.from_dense(pa.array([0, 1, 0], pa.int8()), pa.array([0, 0, 1], pa.int32()),
                                 [pa.array([1, None]), pa.array(["z"])]),
    ]
    fields = [pa.field(f"{i} {c.type}", c.type, metadata={"n": str(i)}) for i, c in enumerate(columns)]
    return pa.record_batch(columns, pa.schema(fields, metadata={"who": "pyarrow", "empty": ""}))


def pyarrow_proof():
    whole = every_type()
    long = pa.Table.from_batches([whole] * 50).combine_chunks().to_batches()[0]
    batches = [whole, whole.slice(1, 2), whole.slice(0, 0), long, long.slice(13, 77)]
    for b in batches:
        a, s, a2, s2 = array(), schema(), array(), schema()
        b._export_to_c(a.pointer, s.pointer)
        call(bridge.bridge_batch, *(ctypes.c_void_p(x.pointer) for x in (a, s, a2, s2)))
        check(a.released() and s.released(), "what was given is marked as released")
        back = pa.RecordBatch._import_from_c(a2.pointer, s2.pointer)
        back.validate(full=True)
        check(back.equals(b), "a batch came back changed")
        check(back.schema.equals(b.schema, check_metadata=True), "a schema came back changed")
        check(bridge.bridge_imported() == 1, "the values are shared while they live")  # the schema is released
        if b.num_rows:
            i = next(i for i, c in enumerate(b.columns) if c.type == pa.int64())
            check(back.column(i).buffers()[1].address == b.column(i).buffers()[1].address, "values were copied")
        del back
        check(bridge.bridge_imported() == 0 and bridge.bridge_exported() == 0, "something is not released")
    table = pa.Table.from_batches([whole, long])
    out = pa.RecordBatchReader.from_stream(through_stream(table)).read_all()
    out.validate(full=True)
    check(out.equals(table) and max(len(b) for b in out.to_batches()) <= 7, "a stream came back changed")
    for codec in range(3):
        for deltas in range(2):
            path = through_file(table, f"pyarrow-{codec}-{deltas}.arrows", codec, deltas)
            with pa.ipc.open_stream(path) as r:
                got = r.read_all()
            got.validate(full=True)
            check(got.equals(table), "a stream that penstock wrote")
            check(got.schema.equals(table.schema, check_metadata=True), "its schema")
    for codec in (None, "lz4", "zstd"):
        for new, name in ((pa.ipc.new_stream, "stream"), (pa.ipc.new_file, "file")):
            path = f"{folder}/by-pyarrow-{codec}.{name}"
            with new(path, table.schema, options=pa.ipc.IpcWriteOptions(compression=codec)) as w:
                w.write_table(table)
            got = pa.RecordBatchReader.from_stream(read_file(path)).read_all()
            got.validate(full=True)
            check(got.equals(table), f"a {name} that pyarrow wrote")
    for deltas in (False, True):
        path = f"{folder}/deltas-{deltas}.arrows"
        a, b = pa.array(["x", "y"]).dictionary_encode(), pa.array(["z", "x"])
        b = pa.DictionaryArray.from_arrays(pa.array([2, 0], pa.int32()), pa.array(["x", "y", "z"]))
        parts = [pa.record_batch({"d": a}), pa.record_batch({"d": b})]
        with pa.ipc.new_stream(path, parts[0].schema, options=pa.ipc.IpcWriteOptions(emit_dictionary_deltas=deltas)) as w:
            for part in parts:
                w.write_batch(part)
        got = [b.column(0).to_pylist() for b in pa.RecordBatchReader.from_stream(read_file(path))]
        check(got == [["x", "y"], ["z", "x"]], "dictionaries that change")
    for wrong in (pa.array([1, 1, 2]).cast(pa.int64()), ):
        ree = pa.record_batch({"r": pa.RunEndEncodedArray.from_arrays(pa.array([1, 3], pa.int32()), pa.array(["a", "b"]))})
        try:
            through_stream(pa.Table.from_batches([ree]))
            raise AssertionError("run-end encoded values were taken")
        except RuntimeError as e:
            check('"r"' in str(e) and "run-end" in str(e), str(e))
    del whole, long, batches, table, out, got, b, ree, parts, a


def error_proof():
    """Text crosses both ways."""
    with open(f"{folder}/bad.arrows", "wb") as f:
        f.write(b"a,b\n1,2\n")
    try:
        pa.RecordBatchReader.from_stream(read_file(f"{folder}/bad.arrows"))
        raise AssertionError("no error")
    except (OSError, ValueError, pa.ArrowException) as e:
        check("no Arrow stream" in str(e), str(e))

    def failing():
        yield pa.record_batch({"n": [1]})
        raise ValueError("the maker's own words")

    reader = pa.RecordBatchReader.from_batches(pa.schema({"n": pa.int64()}), failing())
    try:
        through_stream(reader)
        raise AssertionError("no error")
    except RuntimeError as e:
        check("the maker's own words" in str(e), str(e))


def polars_proof():
    frame = polars.DataFrame({
        "i": polars.Series([1, None, 3], dtype=polars.Int32), "u": polars.Series([1, None, 3], dtype=polars.UInt64),
        "f": [1.5, None, -2.0], "b": [True, None, False], "s": ["", None, "a text of more than twelve bytes"],
        "bin": [b"x", None, b"bytes, more than twelve of them"], "d": [datetime.date(2024, 2, 29), None, None],
        "t": [datetime.datetime(2024, 2, 29, 1, 2, 3), None, None], "time": [datetime.time(1, 2, 3), None, None],
        "dur": [datetime.timedelta(seconds=3), None, None], "l": [[1, 2], None, []], "st": [{"a": 1, "b": "x"}, None, {"a": None, "b": "y"}],
        "cat": polars.Series(["x", None, "y"], dtype=polars.Categorical),
        "dec": polars.Series(["1.23", None, "-4.50"]).cast(polars.Decimal(10, 2)),
        "arr": polars.Series([[1, 2], None, [3, 4]], dtype=polars.Array(polars.Int8, 2)), "n": [None, None, None],
    })
    frame = polars.concat([frame] * 9).slice(2, 22)
    check(polars.DataFrame(through_stream(frame)).equals(frame), "a polars frame came back changed")
    for codec in range(3):
        path = through_file(frame, f"polars-{codec}.arrows", codec)
        check(polars.read_ipc_stream(path).equals(frame), "a stream that polars reads")
    for codec in ("uncompressed", "lz4", "zstd"):
        for write, name in ((frame.write_ipc, "file"), (frame.write_ipc_stream, "stream")):  # in files, dictionaries come last
            path = f"{folder}/by-polars-{codec}.{name}"
            write(path, compression=codec)
            check(polars.DataFrame(read_file(path)).equals(frame), f"a {name} that polars wrote")


def duckdb_proof():
    connection = duckdb.connect()
    query = """select i::integer as i, i * 1.5 as f, 'text ' || i as s, i % 3 = 0 as b, [i, null] as l, {'a': i, 'b': 'x'} as st,
        map {'k': i} as m, date '2024-02-29' + i::integer as d, timestamp '2024-02-29 01:02:03' as t, (i / 8)::decimal(12, 3) as dec,
        case when i % 2 = 0 then i end as n, interval 3 days as span,
        (case when i % 2 = 0 then 'even' else 'odd' end)::varchar as e, '\\xAA'::blob as bin from range(5000) r(i)"""
    relation = connection.sql(query)
    rows = relation.fetchall()
    taken = through_stream(connection.sql(query), 1000)
    check(connection.sql("select * from taken").fetchall() == rows, "duckdb's rows came back changed")
    path = through_file(connection.sql(query), "duckdb.arrows", 2)
    kept = read_file(path)
    check(connection.sql("select * from kept").fetchall() == rows, "duckdb's rows by a file")
    check(taken.released() and kept.released(), "duckdb releases its streams")
    del rows, relation


for name, proof in (("pyarrow", pyarrow_proof), ("errors", error_proof), ("polars", polars_proof), ("duckdb", duckdb_proof)):
    gc.collect()
    before = pa.total_allocated_bytes()
    proof()
    gc.collect()
    check(pa.total_allocated_bytes() == before, f"{name}: {pa.total_allocated_bytes() - before} bytes of pyarrow's are not released")
    check(bridge.bridge_imported() == 0 and bridge.bridge_exported() == 0, f"{name}: a struct is not released")
    version = {"pyarrow": pa, "polars": polars, "duckdb": duckdb}.get(name)
    print(f"real: arrow: {name}{' ' + version.__version__ if version else ''}: passed", flush=True)

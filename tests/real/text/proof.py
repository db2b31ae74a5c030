# Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
"""What pyarrow, polars, duckdb and Python's csv and json write, penstock reads as they do themselves, with a schema and without; and
they read what penstock writes.

proof.py BRIDGE FOLDER: BRIDGE is bridge.cpp as a shared library.
"""
import bz2
import csv
import ctypes
import datetime
import decimal
import gzip
import io
import itertools
import json
import lzma
import random
import sys

import duckdb
import polars
import pyarrow as pa
import pyarrow.csv
import pyarrow.json

from arrow_structs import Stream, call, load, schema, stream_of

bridge = load(sys.argv[1], "bridge_read_text", "bridge_write_text")
folder = sys.argv[2]


def settings(options):
    return "\x1f".join(f"{name}={value}" for name, value in options.items()).encode()


def read(path, columns=None, **options):
    """By penstock; a table. `columns`: their schema, or they are inferred."""
    out, given = Stream(), schema()
    if columns is not None:
        columns._export_to_c(given.pointer)
    call(bridge.bridge_read_text, path.encode(), settings(options), ctypes.c_void_p(None if columns is None else given.pointer),
         ctypes.c_void_p(out.pointer))
    return pa.RecordBatchReader.from_stream(out).read_all()


def write(table, path, **options):
    """By penstock."""
    capsule, pointer = stream_of(table)
    call(bridge.bridge_write_text, pointer, path.encode(), settings(options))
    return path


counts = {}


def check(condition, what):
    if not condition:
        raise AssertionError(what() if callable(what) else what)
    counts[current] = counts.get(current, 0) + 1


def same(got, wanted, what):
    """Tables, their types included, but for what fields are called that have no name in Arrow, and metadata."""
    if not isinstance(wanted, pa.Table):
        wanted = pa.table(wanted)
    check(got.column_names == wanted.column_names, lambda: f"{what}: {got.column_names} for {wanted.column_names}")
    for name, a, b in zip(wanted.column_names, got.columns, wanted.columns):
        equal = a.to_pylist() == b.to_pylist() or repr(a.to_pylist()) == repr(b.to_pylist())  # a NaN is a NaN
        check(a.type == b.type and equal, lambda: f"{what}: column {name}: {a.type} {a.to_pylist()[:9]} for {b.type} {b.to_pylist()[:9]}")


def same_values(got, wanted, what):
    """The same after a cast to what was written: what types inference finds is its own choice."""
    check(got.column_names == wanted.column_names, lambda: f"{what}: {got.column_names} for {wanted.column_names}")
    columns = []
    for name, a, b in zip(wanted.column_names, got.columns, wanted.columns):
        try:
            columns.append(a.cast(b.type))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as e:
            raise AssertionError(f"{what}: column {name}: {a.type} is not cast to {b.type}: {e}")
    same(pa.table(columns, wanted.column_names), wanted, what)


def put(name, text, encoding="utf-8"):
    path = f"{folder}/{name}"
    with open(path, "w", encoding=encoding, newline="") as f:
        f.write(text)
    return path


# ---- Python's own modules

parts = ["a", "Z", "0", " ", ",", ";", "\t", '"', "'", "\\", "\n", "\r", "\r\n", "{", "}", "\u00e9", "\u4e16", "\U0001f600", "NA", "null",
         "1.5", "-", "\u2028", "\x7f", "|", "#", "\x01"]


def texts(r, n):
    return ["".join(r.choice(parts) for _ in range(r.choice((0, 1, 1, 2, 5, 30)))) for _ in range(n)]


def python_csv():
    r = random.Random(1)
    ways = list(itertools.product((",", ";", "\t", "|"), ('"', "'"), (csv.QUOTE_ALL, csv.QUOTE_MINIMAL, csv.QUOTE_NONNUMERIC, csv.QUOTE_NONE),
                                  ("\n", "\r\n", "\r"), (True, False)))
    for delimiter, quote, quoting, end, doubled in ways:
        escape = None if doubled and quoting != csv.QUOTE_NONE else "\\"
        columns = r.randint(2, 5)
        rows = [texts(r, columns) for _ in range(30)]
        if end != "\r\n":  # before 3.13 it quotes just the line breaks that it writes itself
            rows = [[t.replace("\n" if end == "\r" else "\r", "") for t in row] for row in rows]
        names = [f"c{i}" for i in range(columns)]
        text = io.StringIO(newline="")
        dialect = dict(delimiter=delimiter, quotechar=quote, quoting=quoting, doublequote=escape is None, escapechar=escape)
        writer = csv.writer(text, lineterminator=end, **dialect)
        writer.writerows([names] + rows)
        path = put("python.csv", text.getvalue())
        ours = {"quote": "" if quoting == csv.QUOTE_NONE else quote}  # sets the escape, too: settings are taken in this order
        if escape:
            ours["escape"] = escape
        got = read(path, format="csv", delimiter=delimiter, infer="false", no_null="", **ours)
        what = repr(text.getvalue()[:300])
        wanted = {n: pa.array([row[i] for row in rows], pa.string()) for i, n in enumerate(names)}
        same(got, wanted, what)
        same(read(path, pa.table(wanted).schema, format="csv", delimiter=delimiter, no_null="", **ours), wanted, what)
    # and back
    for delimiter, quote, crlf, null in itertools.product((",", "\t", ";"), ('"', "'"), ("true", "false"), ("", "NULL")):
        rows = [texts(r, 3) for _ in range(30)]
        rows += [[None, "x", None], [None, None, None], ["NULL", "", None]]
        table = pa.table({f"c{i}": pa.array([row[i] for row in rows], pa.string()) for i in range(3)})
        write(table, f"{folder}/ours.csv", format="csv", delimiter=delimiter, quote=quote, crlf=crlf, null=null)
        with open(f"{folder}/ours.csv", encoding="utf-8", newline="") as f:
            back = list(csv.reader(f, delimiter=delimiter, quotechar=quote, strict=True))
        check(back == [table.column_names] + [[null if v is None else v for v in row] for row in rows], "Python reads another CSV")
    for delimiter in (",", "\t"):
        rows = [[t or "x" for t in texts(r, 3)] for _ in range(30)]
        table = pa.table({f"c{i}": pa.array([row[i] for row in rows], pa.string()) for i in range(3)})
        write(table, f"{folder}/ours.csv", format="csv", delimiter=delimiter, quote="", escape="\\")
        with open(f"{folder}/ours.csv", encoding="utf-8", newline="") as f:
            back = list(csv.reader(f, delimiter=delimiter, quoting=csv.QUOTE_NONE, escapechar="\\", strict=True))
        check(back == [table.column_names] + rows, "Python reads other escaped CSV")
    # What is in the file is the same, however its bytes are.
    for encoding, name in (("utf-8-sig", None), ("utf-16", "utf16"), ("latin-1", "latin1")):
        text = "n\u00e4me,b\r\n\u00e9\u00e8,\"x\r\ny\"\r\n"
        path = put("encoded.csv", text, encoding)
        got = read(path, format="csv", **({"encoding": name} if name else {}))
        same(got, {"n\u00e4me": ["\u00e9\u00e8"], "b": ["x\r\ny"]}, encoding)


def json_value(r, depth):
    kind = r.randrange(9 if depth else 6)
    if kind == 0:
        return None
    if kind == 1:
        return r.choice((0, -1, 2**53 + 1, -2**63, 2**63 - 1, r.randrange(-1000, 1000)))
    if kind == 2:
        return r.choice((0.5, -0.0, 1e300, 5e-324, 1.7976931348623157e308, 0.1, r.random(), r.random() * 1e-200))
    if kind == 3:
        return r.random() < 0.5
    if kind <= 5:
        return texts(r, 1)[0]
    if kind == 6:
        return [json_value(r, depth - 1) for _ in range(r.randrange(4))]
    return {f"k{i}": json_value(r, depth - 1) for i in range(r.randrange(4))}


def python_json():
    """Columns of any JSON as text, which must say the same; columns with a schema; what penstock writes."""
    r = random.Random(2)
    schema = pa.schema([("i", pa.int64()), ("u", pa.uint64()), ("f", pa.float64()), ("b", pa.bool_()), ("s", pa.string()), ("n", pa.null()),
                        ("l", pa.list_(pa.int64())), ("o", pa.struct([("x", pa.int64()), ("y", pa.list_(pa.string()))])),
                        ("d", pa.decimal128(20, 3)), ("m", pa.map_(pa.string(), pa.float64())),
                        ("ll", pa.list_(pa.list_(pa.struct([("z", pa.bool_())]))))])

    def row():
        some = lambda v: None if r.random() < 0.2 else v
        return {"i": some(r.randrange(-2**63, 2**63)), "u": some(r.randrange(2**64)), "f": some(r.uniform(-1, 1) * 10.0 ** r.randrange(-300, 300)),
                "b": some(r.random() < 0.5), "s": some(texts(r, 1)[0]), "n": None,
                "l": some([some(r.randrange(100)) for _ in range(r.randrange(4))]),
                "o": some({"x": some(1), "y": some(texts(r, 2))}),
                "d": some(decimal.Decimal(r.randrange(-10**19, 10**19)).scaleb(-3)),
                "m": some({t: some(r.random()) for t in texts(r, 3)}), "ll": some([[{"z": some(True)}], [], some([])])}

    class number(float):  # a Decimal by its digits
        def __init__(self, value):
            self.text = str(value)

        def __repr__(self):
            return self.text

    def dumps(value, **options):
        out = json.dumps(value, default=lambda d: f"\x00{d}\x00", **options)
        return out.replace('"\\u0000', "").replace('\\u0000"', "")

    for ascii, indent, separators, sort in itertools.product((True, False), (None, 0, 3), (None, (",", ":"), (" ,  ", "\t:\n ")), (True, False)):
        rows = [row() for _ in range(10)]
        options = dict(ensure_ascii=ascii, separators=separators, sort_keys=sort)
        wanted = pa.Table.from_pylist([{k: list(v.items()) if k == "m" and v is not None else v for k, v in one.items()} for one in rows], schema)
        if sort:
            by_key = lambda v: None if v is None else sorted(v.items())
            wanted = pa.Table.from_pylist([{k: by_key(v) if k == "m" else v for k, v in one.items()} for one in rows], schema)
        if separators is None or "\n" not in separators[1]:
            path = put("python.jsonl", "".join(dumps(one, **options) + "\n" for one in rows))
            same(read(path, schema, format="jsonl"), wanted, "lines by Python")
        path = put("python.json", dumps(rows, indent=indent, **options))
        same(read(path, schema, format="json"), wanted, "an array by Python")
        path = put("python.json", dumps({"a/b": [0, {"rows": rows}], "~": "x"}, indent=indent, **options))
        same(read(path, schema, format="json", rows_at="/a~1b/1/rows"), wanted, "an array in a document by Python")
        path = put("python.json", "".join(dumps(one, indent=indent, **options) for one in rows))
        same(read(path, schema, format="json"), wanted, "values in a row by Python")
    for _ in range(30):
        rows = [{f"c{i}": json_value(r, 3) for i in range(3)} for _ in range(20)]
        path = put("any.jsonl", "".join(json.dumps(one) + "\n" for one in rows))
        got = read(path, pa.schema([(f"c{i}", pa.string()) for i in range(3)]), format="jsonl").to_pylist()
        for one, text in zip(rows, got):
            for k, v in one.items():
                check(text[k] == v if isinstance(v, str) else (v is None and text[k] is None) or json.loads(text[k]) == v, f"{v!r} became {text[k]!r}")
        got = read(path, format="jsonl")  # whatever it infers
        check(got.num_rows == 20 and set(got.column_names) == {"c0", "c1", "c2"}, "inferred")
        values = [json_value(r, 4) for _ in range(20)]
        path = put("any.jsonl", "".join(json.dumps(v, ensure_ascii=r.random() < 0.5) + "\n" for v in values))
        for form in ("jsonl", "json"):
            if form == "json":
                path = put("any.json", json.dumps(values, indent=r.choice((None, 1))))
            got = read(path, format=form, value="v").column("v").to_pylist()
            check([json.loads(text) for text in got] == values, f"values by {form}")
    # and back
    plain = [f for f in schema if f.name not in ("m", "d")]
    for name, options in (("jsonl", {}), ("jsonl", {"ascii": ""}), ("jsonl", {"slash": ""}), ("json", {}), ("json", {"indent": "3"}), ("jsonl", {"omit": ""})):
        rows = [row() for _ in range(30)]
        table = pa.Table.from_pylist(rows, pa.schema(plain))
        write(table, f"{folder}/ours.json", format=name, **options)
        with open(f"{folder}/ours.json", encoding="ascii" if "ascii" in options else "utf-8", newline="") as f:
            text = f.read()
        back = [json.loads(line) for line in text.split("\n")[:-1]] if name == "jsonl" else json.loads(text)
        for one in back if "omit" in options else []:
            for k in ("i", "u", "f", "b", "s", "n", "l", "o", "ll"):
                check(k in one or table.to_pylist()[back.index(one)][k] is None, "a value is left out")
                one.setdefault(k, None)
            if one["o"] is not None:
                one["o"].setdefault("x", None), one["o"].setdefault("y", None)
            for item in itertools.chain(*(x or [] for x in one["ll"] or [])):
                item.setdefault("z", None)
        check(back == table.to_pylist(), "Python reads other JSON")
    digits = pa.table({"d": pa.array([r["d"] for r in (row() for _ in range(50))], pa.decimal128(20, 3))})
    write(digits, f"{folder}/ours.jsonl", format="jsonl")
    with open(f"{folder}/ours.jsonl") as f:
        back = [json.loads(line, parse_float=decimal.Decimal)["d"] for line in f]
    check(back == digits.column("d").to_pylist(), "decimals")
    special = special_floats()
    path = f"{folder}/special.jsonl"
    try:
        write(special, path, format="jsonl")
        wrong = "none"
    except RuntimeError as e:
        wrong = str(e)
    check("column f in row 1: JSON has neither NaN nor infinities" in wrong, wrong)
    for how, values in (("null", [None, None, None, None, 0.5]), ("text", ["NaN", "Infinity", "-Infinity", None, 0.5])):
        write(special, path, format="jsonl", not_finite=how)
        with open(path) as f:
            check([json.loads(line)["f"] for line in f] == values, f"Python reads what is not finite as {how}")
    same(read(path, special.schema, format="jsonl"), special, "texts of what is not finite")
    with open(path, "w") as f:  # by itself it would write NaN as a number, which is no JSON
        f.writelines(json.dumps({n: {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}.get(str(v), v) for n, v in r.items()}) + "\n" for r in special.to_pylist())
    same(read(path, special.schema, format="jsonl"), special, "Python's texts of what is not finite")
    a = pa.schema([("a", pa.float64())])
    broken = ('{"a":NaN}', '{"a":Infinity}', '{"a":-Infinity}', '{"a":+1}', "{'a':1}", '{"a":1,}', '{"a":"\udcff"}')
    for bad, columns in itertools.product(broken, (None, a)):
        path = f"{folder}/bad.jsonl"
        with open(path, "wb") as f:
            f.write(bad.encode("utf-8", "surrogateescape"))
        try:
            read(path, columns, format="jsonl")
            wrong = "none"
        except (RuntimeError, OSError, ValueError, pa.ArrowException) as e:
            wrong = str(e)
        check("malformed JSON" in wrong or "UTF-8" in wrong, f"{bad}: {wrong}")


# ---- tables of all that text formats hold

nan, inf = float("nan"), float("inf")
day, far = datetime.date(2024, 2, 29), datetime.date(1, 1, 1)
moment = datetime.datetime(2024, 2, 29, 12, 34, 56, 789000)


def flat_table():
    columns = {
        "bool": pa.array([True, None, False, True]),
        "f32": pa.array([1.5, None, -0.0, 3.4028235e38], pa.float32()), "f64": pa.array([0.1, None, -5e-324, 1.7976931348623157e308]),
        "whole": pa.array([1.0, None, -2.0, 1e16]),
        "dec": pa.array([decimal.Decimal("1.230"), None, decimal.Decimal("-99999999999999999999999999999999999.999"), decimal.Decimal("0.001")], pa.decimal128(38, 3)),
        "s": pa.array(['a "quoted", text', None, "", "two\r\nlines \u00e9 \u4e16 \U0001f600"]),
        "s2": pa.array(["x", None, " spaces ", "\t\\'"], pa.large_string()),
        "date": pa.array([day, None, far, datetime.date(9999, 12, 31)]),
        "time": pa.array([datetime.time(12, 34, 56, 789000), None, datetime.time(0, 0), datetime.time(23, 59, 59, 999999)], pa.time64("us")),
        "cat": pa.array(["x", None, "y", "x"]).dictionary_encode(),
    }
    for bits in (8, 16, 32, 64):
        columns[f"i{bits}"] = pa.array([-(2 ** (bits - 1)), None, 2 ** (bits - 1) - 1, 0], getattr(pa, f"int{bits}")())
        columns[f"u{bits}"] = pa.array([0, None, 2 ** bits - 1, 1], getattr(pa, f"uint{bits}")())
    for unit in ("s", "ms", "us", "ns"):
        whole = moment.replace(microsecond=0) if unit == "s" else moment
        columns[f"t_{unit}"] = pa.array([whole, None, datetime.datetime(1970, 1, 1), datetime.datetime(1700, 1, 1)], pa.timestamp(unit))
        columns[f"tz_{unit}"] = pa.array([whole, None, datetime.datetime(1970, 1, 1), datetime.datetime(2038, 1, 19, 3, 14, 8)], pa.timestamp(unit, "UTC"))
    return pa.table(columns)


def more_types():
    return pa.table({
        "i": [1, 2, 3], "t32": pa.array([1, None, 86399], pa.time32("s")), "t32m": pa.array([1, None, 86399999], pa.time32("ms")),
        "d64": pa.array([day, None, far], pa.date64()), "span": pa.array([1, None, -5], pa.duration("s")), "n": pa.nulls(3),
        "z": pa.array([0, None, 10**15], pa.timestamp("us", "Europe/Zurich")),
        "d256": pa.array([decimal.Decimal("1.5"), None, decimal.Decimal("-9e40")], pa.decimal256(60, 2)),
    })


def special_floats():
    return pa.table({"f": pa.array([nan, inf, -inf, None, 0.5]), "g": pa.array([-inf, nan, 1.0, inf, None], pa.float32())})


def nested_table():
    item = pa.struct([("x", pa.int64()), ("y", pa.list_(pa.string()))])
    return pa.table({
        "l": pa.array([[1, None], None, []], pa.list_(pa.int64())), "ll": pa.array([[[1.5], []], None, [None]], pa.list_(pa.list_(pa.float64()))),
        "o": pa.array([{"x": 1, "y": ["a", None]}, {"x": None, "y": []}, {"x": 2, "y": None}], item),
        "lo": pa.array([[{"x": 2**62, "y": ["\u00e9\"\n"]}], None, []], pa.list_(item)), "s": ["a", None, ""], "i": [1, 2, None], "b": [True, None, False],
    })


def without(table, *names):
    return table.drop_columns([n for n in names if n in table.column_names])


def plain_types(table):
    """Large strings, views and dictionaries as strings."""
    def plain(t):
        return pa.string() if pa.types.is_dictionary(t) or pa.types.is_large_string(t) or pa.types.is_string_view(t) else t
    return table.cast(pa.schema([(f.name, plain(f.type)) for f in table.schema]))


# ---- pyarrow

def by_pyarrow():
    table = flat_table()
    text = ["s", "s2", "cat"]
    for quoting, delimiter, header in itertools.product(("needed", "all_valid"), (",", "|", "\t"), (True, False)):
        path = f"{folder}/pyarrow.csv"
        options = pa.csv.WriteOptions(include_header=header, delimiter=delimiter, quoting_style=quoting)
        pa.csv.write_csv(without(table, "cat"), path, options)
        wanted = without(table, "cat")
        ours = dict(format="csv", delimiter=delimiter, header=str(header).lower())
        same(read(path, wanted.schema, **ours), wanted, f"pyarrow, {quoting}")
        if header:
            same(read(path, format="csv", detect="true"), read(path, **ours), f"pyarrow, {quoting}, its dialect found out")
            same_values(without(read(path, **ours), "time", "dec"), without(wanted, "time", "dec"), f"pyarrow, {quoting}, inferred")
    numbers = without(table, *text)
    pa.csv.write_csv(numbers, path, pa.csv.WriteOptions(quoting_style="none"))
    same(read(path, numbers.schema, format="csv"), numbers, "pyarrow, none")
    pa.csv.write_csv(more_types(), path)
    same(read(path, more_types().schema, format="csv"), more_types(), "more that pyarrow writes")
    pa.csv.write_csv(special_floats(), path)
    same(read(path, special_floats().schema, format="csv"), special_floats(), "pyarrow's NaN and infinities")
    # and back
    for delimiter, crlf in itertools.product((",", "\t"), ("true", "false")):
        path = write(table, f"{folder}/ours.csv", format="csv", delimiter=delimiter, crlf=crlf)
        plain = plain_types(table)
        convert = pa.csv.ConvertOptions(column_types=plain.schema, strings_can_be_null=True, quoted_strings_can_be_null=False, null_values=[""])
        back = pa.csv.read_csv(path, parse_options=pa.csv.ParseOptions(delimiter=delimiter, newlines_in_values=True), convert_options=convert)
        same(back, plain, "pyarrow reads our CSV")
    write(special_floats(), path, format="csv")
    convert = pa.csv.ConvertOptions(column_types=special_floats().schema, null_values=[""])
    same(pa.csv.read_csv(path, convert_options=convert), special_floats(), "pyarrow reads our NaN and infinities")
    nested = nested_table()
    path = write(nested, f"{folder}/ours.jsonl", format="jsonl")
    same(pa.json.read_json(path), nested, "pyarrow reads our JSON Lines")
    same(read(path, format="jsonl"), nested, "we infer the same")
    same(read(path, nested.schema, format="jsonl"), nested, "our JSON Lines")


# ---- polars

def by_polars():
    table = flat_table()
    frame = polars.from_arrow(without(table, "tz_s", "t_s"))
    wanted = frame.to_arrow(compat_level=polars.CompatLevel.oldest())
    for quote_style, separator, end, null, bom in itertools.product(("necessary", "always", "non_numeric"), (",", "\t"), ("\n", "\r\n"), ("", "NULL"), (False, True)):
        path = f"{folder}/polars.csv"
        frame.write_csv(path, separator=separator, quote_style=quote_style, line_terminator=end, null_value=null, include_bom=bom)
        ours = dict(format="csv", delimiter=separator, null=null)
        got, expected = read(path, wanted.schema, **ours), wanted
        if quote_style == "always":  # and nulls are quoted as all else: texts, then
            texts_of = [n for n in ("s", "s2", "cat")]
            same(without(got, *texts_of), without(expected, *texts_of), "polars, always")
            continue
        same(got, expected, f"polars, {quote_style}, {null!r}")
        same_values(without(read(path, **ours), "time", "cat", "dec"), without(expected, "time", "cat", "dec"), f"polars, {quote_style}, inferred")
    special = polars.from_arrow(special_floats())
    special.write_csv(f"{folder}/polars.csv")
    same(read(f"{folder}/polars.csv", special_floats().schema, format="csv"), special_floats(), "polars' NaN and infinities")
    path = write(special_floats(), f"{folder}/ours.csv", format="csv")
    same(polars.read_csv(path, schema=special.schema).to_arrow(), special_floats(), "polars reads our NaN and infinities")
    numbers = frame.drop("s", "s2")
    numbers.write_csv(f"{folder}/polars.csv", quote_style="never")
    expected = without(wanted, "s", "s2")
    same(read(f"{folder}/polars.csv", expected.schema, format="csv", quote=""), expected, "polars, never")
    spans = polars.DataFrame({"d": polars.Series([datetime.timedelta(1, 3, 5), None, datetime.timedelta(-3)], dtype=polars.Duration("us"))})
    spans.write_ndjson(f"{folder}/polars.jsonl")
    same(read(f"{folder}/polars.jsonl", spans.to_arrow().schema, format="jsonl"), spans.to_arrow(), "polars' durations")
    # lines and arrays
    plain = polars.from_arrow(without(table, "tz_s", "t_s"))
    nested = polars.from_arrow(nested_table())
    for made, (name, put_rows) in itertools.product((plain, nested), (("jsonl", "write_ndjson"), ("json", "write_json"))):
        path = f"{folder}/polars.{name}"
        getattr(made, put_rows)(path)
        expected = made.to_arrow(compat_level=polars.CompatLevel.oldest())
        same(read(path, expected.schema, format=name), expected, f"polars, {name}")
    # and back
    schema = {n: t for n, t in frame.schema.items()}
    for separator, crlf, null in itertools.product((",", "\t"), ("true", "false"), ("", "NULL")):
        made = frame.drop("cat", "time", "tz_ms", "tz_us", "tz_ns")
        path = write(made, f"{folder}/ours.csv", format="csv", delimiter=separator, crlf=crlf, null=null)
        back = polars.read_csv(path, separator=separator, schema={n: schema[n] for n in made.columns}, null_values=[null] if null else None)
        if null == "":
            back, expected = back.drop("s", "s2"), made.drop("s", "s2")  # it takes "" for nothing
        else:
            expected = made
        check(back.equals(expected), lambda: f"polars reads our CSV: {back} for {expected}")
    path = write(nested, f"{folder}/ours.jsonl", format="jsonl")
    check(polars.read_ndjson(path).equals(nested), "polars reads our JSON Lines")
    path = write(nested, f"{folder}/ours.json", format="json", indent="2")
    check(polars.read_json(path).equals(nested), "polars reads our JSON")


# ---- duckdb

def by_duckdb():
    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'")
    query = """select i::tinyint as i8, -i::bigint * 1000000007 as i64, i::utinyint as u8, (i * 12345678901234)::ubigint as u64,
        (i / 8)::decimal(18, 3) as dec, i / 7.0::double as f, (i / 3.0)::float as f32, i % 3 = 0 as b,
        case when i % 5 = 0 then null when i % 7 = 0 then '' else 'text, "' || i || '" \u4e16' || chr(10) end as s,
        date '1969-12-30' + i::integer as d, timestamp '2024-02-29 01:02:03.5' + to_seconds(i) as t,
        (timestamp '2024-02-29 01:02:03' + to_hours(i))::timestamptz as tz, time '23:00:00' + to_seconds(i) as tm from range(60) r(i)"""
    wanted = connection.sql(query).to_arrow_table()
    copies = [("", {}), (", delimiter '|', quote '''', escape ''''", {"delimiter": "|", "quote": "'"}), (", delimiter '\t', force_quote *", {"delimiter": "\t"}),
              (", escape '\\'", {"escape": "\\"}), (", nullstr 'NULL'", {"null": "NULL"}), (", header false", {"header": "false"})]
    for (more, ours), codec in itertools.product(copies, ("", ".gz", ".zst")):
        path = f"{folder}/duckdb.csv{codec}"
        compression = {"": "none", ".gz": "gzip", ".zst": "zstd"}[codec]
        header = "" if "header" in more else ", header"
        connection.execute(f"copy ({query}) to '{path}' (format csv, compression {compression}{header}{more})")
        same(read(path, wanted.schema, format="csv", **ours), wanted, f"duckdb, {more}")
        if "header" not in more:
            same_values(without(read(path, format="csv", **ours), "tm"), without(wanted, "tm"), f"duckdb, {more}, inferred")
    special = special_floats()
    connection.execute(f"copy (select * from special) to '{folder}/duckdb.csv' (format csv, header)")
    same(read(f"{folder}/duckdb.csv", special.schema, format="csv"), special, "duckdb's NaN and infinities")
    same_values(read(f"{folder}/duckdb.csv", format="csv"), special, "duckdb's NaN and infinities, inferred")
    path = write(special, f"{folder}/ours.csv", format="csv")
    back = connection.sql(f"select * from read_csv('{path}', header = true, columns = {{'f': 'double', 'g': 'float'}})").to_arrow_table()
    same(back, special, "duckdb reads our NaN and infinities")
    query = """select i::bigint as i, (i * 1000000007)::bigint as big, i / 7.0::double as f, i % 3 = 0 as b, case when i % 5 = 0 then null else 'te"xt ' || i || chr(10) end as s,
        [i, null, i + 1] as l, {'x': i, 'y': ['a', null]} as o, map {'k' || i: i * 1.5::double} as m, date '1969-12-30' + i::integer as d,
        timestamp '2024-02-29 01:02:03.5' + to_seconds(i) as t from range(60) r(i)"""
    wanted = connection.sql(query).to_arrow_table()
    for array, codec in itertools.product(("true", "false"), ("", ".gz", ".zst")):
        name = "json" if array == "true" else "jsonl"
        path = f"{folder}/duckdb.{name}{codec}"
        compression = {"": "none", ".gz": "gzip", ".zst": "zstd"}[codec]
        connection.execute(f"copy ({query}) to '{path}' (format json, array {array}, compression {compression})")
        same(read(path, wanted.schema, format=name), wanted, f"duckdb, {name}")
        same_values(without(read(path, format=name), "m"), without(wanted, "m"), f"duckdb, {name}, inferred")
    # and back
    flat = without(flat_table(), "cat")
    types = connection.sql("select * from flat").types
    columns = ", ".join(f"'{n}': '{t}'" for n, t in zip(flat.column_names, types))
    rows = connection.sql("select * from flat").to_arrow_table()
    for codec, crlf in itertools.product(("", ".gz", ".zst"), ("true", "false")):
        path = write(flat, f"{folder}/ours.csv{codec}", format="csv", crlf=crlf, null="NULL")
        back = connection.sql(f"select * from read_csv('{path}', header = true, nullstr = 'NULL', quote = '\"', escape = '\"', delim = ',', auto_detect = false, "
                              f"columns = {{{columns}}})").to_arrow_table()
        same(back, rows, "duckdb reads our CSV")
    nested = nested_table()
    rows = connection.sql("select * from nested").to_arrow_table()
    types = connection.sql("select * from nested").types
    columns = ", ".join(f"'{n}': '{t}'" for n, t in zip(nested.column_names, types))
    for name, form in (("jsonl", "newline_delimited"), ("json", "array")):
        path = write(nested, f"{folder}/ours.{name}", format=name)
        back = connection.sql(f"select * from read_json('{path}', format = '{form}', columns = {{{columns}}})").to_arrow_table()
        same(back, rows, "duckdb reads our JSON")


# ---- codecs

def codecs():
    table = pa.table({"s": ["x", "a,b", None] * 9999, "i": list(range(29997))})
    text = io.BytesIO()
    pa.csv.write_csv(table, text, pa.csv.WriteOptions(quoting_style="needed"))
    plain = text.getvalue()

    def by_arrow(codec):
        def compress(data):
            out = pa.BufferOutputStream()
            with pa.CompressedOutputStream(out, codec) as f:
                f.write(data)
            return out.getvalue().to_pybytes()
        return compress, lambda data: pa.CompressedInputStream(pa.BufferReader(data), codec).read()

    pairs = [(".gz", gzip.compress, gzip.decompress), (".bz2", bz2.compress, bz2.decompress), (".xz", lzma.compress, lzma.decompress),
             (".gz", *by_arrow("gzip")), (".bz2", *by_arrow("bz2")), (".zst", *by_arrow("zstd")), (".lz4", *by_arrow("lz4")), (".br", *by_arrow("brotli"))]
    for extension, compress, decompress in pairs:
        path = f"{folder}/codec.csv{extension}"
        with open(path, "wb") as f:
            f.write(compress(plain))
        same(read(path, format="csv"), table, extension)
        write(table, path, format="csv")
        with open(path, "rb") as f:
            check(pa.csv.read_csv(pa.BufferReader(decompress(f.read())),
                                  convert_options=pa.csv.ConvertOptions(strings_can_be_null=True)).equals(table), extension)
        if extension in (".gz", ".bz2", ".xz", ".zst"):  # several members
            with open(path, "wb") as f:
                f.write(compress(plain[:100]) + compress(b"") + compress(plain[100:]))
            same(read(path, format="csv"), table, f"{extension}, members")


proofs = {"Python's csv": python_csv, "Python's json": python_json, "pyarrow": by_pyarrow, "polars": by_polars, "duckdb": by_duckdb, "codecs": codecs}
for current in sys.argv[3:] or proofs:
    proofs[current]()
    version = {"pyarrow": pa, "polars": polars, "duckdb": duckdb}.get(current)
    print(f"real: text: {current}{' ' + version.__version__ if version else ''}: passed, {counts[current]} checks", flush=True)

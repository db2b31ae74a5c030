// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
// What docs/arrow.md shows.
#include <penstock/arrow/stream_reader.hpp>
#include <penstock/arrow/stream_writer.hpp>
#include <penstock/columnar/array_builder.hpp>
#include <penstock/columnar/c_data.hpp>
#include <penstock/core/memory_io.hpp>
#include <penstock/format/c_stream.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdio>
#include <memory>
#include <string>

using namespace penstock;

namespace {

record_batch some_rows() {
    int64_builder n{buffer_pool::create()};
    for (int i = 0; i < 3; ++i) n.append(i);
    return record_batch{make_schema({field{"n", data_type::int64()}}), {n.finish()}, 3};
}

bool data() {
    const auto batch = some_rows();

    ArrowArray array;
    ArrowSchema schema;
    export_batch(batch, &array, &schema); // theirs now: they call release, once, on any thread
    record_batch back = import_batch(&array, &schema); // ours now: released with the last array that shares its memory

    return back == batch;
}

bool stream(asio::io_context& io, std::unique_ptr<batch_reader> reader) {
    ArrowArrayStream out;
    export_stream(std::move(reader), io, &out); // theirs now: get_next runs io until a batch is there

    c_stream in{&out}; // and ours again
    std::size_t rows = 0;
    while (const auto batch = in.next()) rows += batch->num_rows();

    return rows == 3;
}

awaitable<void> bytes(record_batch batch, std::string* stored) {
    arrow::stream_writer out{memory_sink{*stored}, arrow::write_options().compression(compression::none)};
    co_await out.write(std::move(batch));
    co_await out.close();
}

} // namespace

int main() {
    asio::io_context io{1};
    std::string stored;
    bool written = false;
    asio::co_spawn(io, bytes(some_rows(), &stored), [&](std::exception_ptr e) { written = !e; });
    io.run();
    auto reader = std::make_unique<arrow::stream_reader>(memory_source{stored});
    if (written && data() && stream(io, std::move(reader))) return 0;
    return std::fputs("what docs/arrow.md shows does not do what it says\n", stderr), 1;
}

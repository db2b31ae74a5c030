// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// What Python loads by ctypes: structs of the Arrow C interfaces go in and out; files are read and written. Made of our
// headers alone, linked to no other implementation of Arrow. Functions answer null, or what went wrong.
#include <penstock/arrow/stream_reader.hpp>
#include <penstock/arrow/stream_writer.hpp>
#include <penstock/columnar/c_data.hpp>
#include <penstock/core/file_io.hpp>
#include <penstock/format/c_stream.hpp>

#include "real/guarded.hpp"
#include "support/counted_release.hpp"
#include "support/run.hpp"

#include <boost/asio/io_context.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace penstock;

int imported = 0, imported_released = 0, exported = 0, exported_released = 0;
asio::io_context io{1};

template <class T>
void count_in(T* s) {
    ++imported;
    test::count_releases(*s, imported_released);
}
template <class T>
void count_out(T* s) {
    ++exported;
    test::count_releases(*s, exported_released);
}

awaitable<void> write_file(c_stream in, std::string path, arrow::write_options options) {
    arrow::stream_writer out{create_file(std::move(path)), std::move(options), in.schema()};
    while (auto batch = in.next()) co_await out.write(std::move(*batch));
    co_await out.close();
}

} // namespace

extern "C" {

/// What came in goes out again: the values are those of the maker, not copies.
const char* bridge_batch(ArrowArray* in, ArrowSchema* in_schema, ArrowArray* out, ArrowSchema* out_schema) {
    return guarded([&] {
        count_in(in);
        count_in(in_schema);
        const auto batch = import_batch(in, in_schema);
        export_batch(batch, out, out_schema);
        count_out(out);
        count_out(out_schema);
    });
}

/// A stream to its end, sliced by `rows`, as another one.
const char* bridge_stream(ArrowArrayStream* in, ArrowArrayStream* out, long rows) {
    return guarded([&] {
        c_stream from{in};
        std::vector<record_batch> batches;
        while (const auto b = from.next())
            for (std::size_t at = 0; at < b->num_rows(); at += static_cast<std::size_t>(rows))
                batches.push_back(b->slice(at, static_cast<std::size_t>(rows)));
        export_stream(std::move(batches), from.schema(), out);
    });
}

const char* bridge_write(ArrowArrayStream* in, const char* path, int codec, int deltas) {
    return guarded([&] {
        auto options = arrow::write_options{}.dictionary_deltas(deltas != 0);
        if (codec == 1) options.compression(compression::lz4);
        if (codec == 2) options.compression(compression::zstd);
        test::run(write_file(c_stream{in}, path, options));
    });
}

const char* bridge_read(const char* path, ArrowArrayStream* out) {
    return guarded([&] {
        export_stream(std::make_unique<arrow::stream_reader>(open_file(path)), io, out);
    });
}

/// Structs that were taken and are not released yet; and those handed out.
int bridge_imported() { return imported - imported_released; }
int bridge_exported() { return exported - exported_released; }

} // extern "C"

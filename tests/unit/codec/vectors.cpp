// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// What other programs wrote is read, and what is written here is read by them.
#include <penstock/codec/compress.hpp>
#include <penstock/codec/decompress.hpp>

#include <penstock/codec/codecs.hpp>
#include <penstock/core/file_io.hpp>
#include <penstock/core/memory_io.hpp>

#include "codec_support.hpp"
#include <support/run.hpp>
#include <support/temporary_folder.hpp>

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>

namespace codec_vectors_test {

using namespace codec_test;
using namespace penstock;

inline const std::string folder = "tests/unit/codec/vectors/";

TEST_CASE("vectors: files by other programs, found out by their bytes and names") {
    const auto rows = read_file(folder + "rows.txt");
    int files = 0;
    for (const auto& entry : std::filesystem::directory_iterator{folder}) {
        const auto name = entry.path().filename().string();
        if (compression_from_name(name) == compression::none || name == "dictionary.zst") continue;
        ++files;
        CAPTURE(name);
        for (std::size_t chunk : {std::size_t{1}, std::size_t{1000000}}) {
            auto source = decompress(std::make_unique<memory_source>(read_file(folder + name), chunk, name));
            std::string text;
            CHECK_NOTHROW(text = test::run(read_all(*source)));
            CHECK((text == rows));
        }
    }
    CHECK(files == 42);
    const auto block = read_file(folder + "block.lz4_block");
    auto source = decompress(std::make_unique<memory_source>(block, 100),
                             decompress_options{}.kind(compression::lz4_block).plain_size(rows.size()));
    CHECK((test::run(read_all(*source)) == rows));
}

TEST_CASE("vectors: other programs read what is written here, where they are installed") {
    const test::temporary_folder work;
    struct tool {
        compression kind;
        const char* program;
        const char* command; // reads its input, writes what it holds
    };
    static constexpr tool tools[] = {
        {compression::gzip, "gzip", "gzip -dc"},
        {compression::zstd, "zstd", "zstd -dcq --long=27"},
        {compression::bzip2, "bzip2", "bzip2 -dc"},
        {compression::xz, "xz", "xz -dc"},
        {compression::lzma, "xz", "xz -dc"},
        {compression::lz4, "lz4", "lz4 -dcq"},
        {compression::brotli, "brotli", "brotli -dc"},
        {compression::zlib, "python3",
         "python3 -c 'import sys,zlib; sys.stdout.buffer.write(zlib.decompress(sys.stdin.buffer.read()))'"},
        {compression::deflate, "python3",
         "python3 -c 'import sys,zlib; sys.stdout.buffer.write(zlib.decompress(sys.stdin.buffer.read(), "
         "-15))'"},
    };
    const auto text = sample_text(300000, 77);
    int tried = 0;
    for (const auto& t : tools) {
        CAPTURE(to_string(t.kind));
        const auto found = std::string{"command -v "} + t.program + " > /dev/null";
        if (std::system(found.c_str()) != 0) continue;
        const auto& levels = *find_codec(t.kind).levels;
        for (int level : {levels.lowest, levels.usual, std::min(levels.highest, 19)}) {
            CAPTURE(level);
            const auto stored = (work.path() / "stored").string(), plain = (work.path() / "plain").string();
            auto write = [](std::string path, std::string_view bytes, compression kind,
                            int n) -> awaitable<void> {
                auto sink = compress(create_file(path), kind, n);
                co_await sink->write(as_bytes(bytes));
                co_await sink->commit();
            };
            test::run(write(stored, text, t.kind, level));
            const auto line = std::string{t.command} + " < " + stored + " > " + plain;
            CHECK(std::system(line.c_str()) == 0);
            CHECK((read_file(plain) == text));
            ++tried;
        }
    }
    CHECK(tried > 0);
}

} // namespace codec_vectors_test

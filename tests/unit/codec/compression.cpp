// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/codec/codec_info.hpp>
#include <penstock/codec/compression.hpp>

#include <penstock/core/byte_sink.hpp>

#include "codec_support.hpp"

#include <doctest/doctest.h>

namespace codec_compression_test {

using namespace penstock;
using namespace std::string_literals;

inline std::optional<compression> magic(std::string_view bytes, bool complete) {
    return compression_from_magic(as_bytes(bytes), complete);
}

TEST_CASE("the extension names the compression, in any case") {
    CHECK(compression_from_name("s3://lake/a.csv.gz") == compression::gzip);
    CHECK(compression_from_name("A.CSV.GZ") == compression::gzip);
    CHECK(compression_from_name("a.gzip") == compression::gzip);
    CHECK(compression_from_name("reads.bgz") == compression::gzip);
    CHECK(compression_from_name("a.zst") == compression::zstd);
    CHECK(compression_from_name("a.ZSTD") == compression::zstd);
    CHECK(compression_from_name("a.bz2") == compression::bzip2);
    CHECK(compression_from_name("a.xz") == compression::xz);
    CHECK(compression_from_name("a.lz4") == compression::lz4);
    CHECK(compression_from_name("a.snappy") == compression::snappy);
    CHECK(compression_from_name("a.sz") == compression::snappy);
    CHECK(compression_from_name("a.br") == compression::brotli);
    CHECK(compression_from_name("a.zz") == compression::zlib);
    CHECK(compression_from_name("a.zlib") == compression::zlib);
    CHECK(compression_from_name("a.deflate") == compression::deflate);
    CHECK(compression_from_name("a.lzma") == compression::lzma);
}

TEST_CASE("other names promise nothing") {
    for (const char* name : {"", "a", "gz", ".gz", "dir/.gz", "a.gz.csv", "a.gz/b", "a.gz?versionId=1",
                             "a.gzz", "agz", "a.csv", "a.tar", "a.bz", "a.z"}) {
        CAPTURE(name);
        CHECK(compression_from_name(name) == compression::none);
        CHECK(without_compression_extension(name) == name);
    }
}

TEST_CASE("the extension goes, the rest stays") {
    CHECK(without_compression_extension("s3://lake/a.csv.gz") == "s3://lake/a.csv");
    CHECK(without_compression_extension("a.JSONL.ZST") == "a.JSONL");
    CHECK(without_compression_extension("a.gz.gz") == "a.gz");
}

TEST_CASE("names of codecs are read, those of extensions, too") {
    for (const auto& c : codecs()) CHECK(parse_compression(to_string(c.kind)) == c.kind);
    CHECK(parse_compression("none") == compression::none);
    CHECK(parse_compression("GZip") == compression::gzip);
    CHECK(parse_compression("gz") == compression::gzip);
    CHECK(parse_compression("zst") == compression::zstd);
    for (const char* other : {"", ".gz", "gzi", "gzips", "unknown", "zip"}) CHECK_FALSE(parse_compression(other));
}

TEST_CASE("every compression has its name") {
    CHECK(to_string(compression::none) == "none");
    CHECK(to_string(compression::gzip) == "gzip");
    CHECK(to_string(compression::zstd) == "zstd");
    CHECK(to_string(compression::bzip2) == "bzip2");
    CHECK(to_string(compression::xz) == "xz");
    CHECK(to_string(compression::lz4) == "lz4");
    CHECK(to_string(compression::snappy) == "snappy");
    CHECK(to_string(compression::brotli) == "brotli");
    CHECK(to_string(compression::zlib) == "zlib");
    CHECK(to_string(compression::deflate) == "deflate");
    CHECK(to_string(compression::lzma) == "lzma");
    CHECK(to_string(compression::lz4_block) == "lz4_block");
    CHECK(to_string(compression::lz4_hadoop) == "lz4_hadoop");
    CHECK(to_string(compression::snappy_block) == "snappy_block");
    CHECK(to_string(compression::snappy_hadoop) == "snappy_hadoop");
}

TEST_CASE("magic decides as soon as it can, and no sooner") {
    const std::pair<std::string, compression> known[] = {
        {"\x1f\x8b"s, compression::gzip},
        {"\x28\xb5\x2f\xfd"s, compression::zstd},
        {"\x50\x2a\x4d\x18"s, compression::zstd},
        {"\x5f\x2a\x4d\x18"s, compression::zstd},
        {"\x04\x22\x4d\x18"s, compression::lz4},
        {"\xfd"
         "7zXZ\0"s,
         compression::xz},
        {"BZh9"
         "1AY&SY"s,
         compression::bzip2},
        {"BZh1\x17\x72\x45\x38\x50\x90"s, compression::bzip2},
        {"\x78\x01"s, compression::zlib},
        {"\x78\x9c"s, compression::zlib},
        {"\x78\xda"s, compression::zlib},
        {"\x5d\0\0"s, compression::lzma},
        {"\xff\x06\0\0sNaPpY"s, compression::snappy},
    };
    for (const auto& [bytes, kind] : known) {
        CAPTURE(to_string(kind));
        for (std::size_t n = 0; n < bytes.size(); ++n) {
            CAPTURE(n);
            CHECK_FALSE(magic(bytes.substr(0, n), false).has_value());
            CHECK(magic(bytes.substr(0, n), true) == compression::none);
        }
        CHECK(magic(bytes, false) == kind);
        CHECK(magic(bytes + "anything", false) == kind);
        auto other = bytes;
        other.back() = static_cast<char>(other.back() ^ 0x20);
        CHECK(magic(other + "0123456789", false) == compression::none);
    }
}

TEST_CASE("text that begins like a magic is text") {
    CHECK(magic("BZh9 is the start of a bzip2 file", false) == compression::none);
    CHECK(magic("P*not zstd", false) == compression::none);
    CHECK(magic("x^2,y", false) == compression::none); // 78 5e is a zlib header, too
    CHECK(magic("]]>", false) == compression::none);
    CHECK(magic("{", false) == compression::none);
    CHECK(magic("\xef\xbb\xbf", false) == compression::none);
    CHECK(magic("", true) == compression::none);
}

} // namespace codec_compression_test

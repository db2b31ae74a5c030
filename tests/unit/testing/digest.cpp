// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/testing/detail/digest.hpp>

#include <doctest/doctest.h>

#include <string>

namespace digest_test {

using namespace penstock::testing::detail;

std::string hex_of(digest_kind kind, std::string_view text) { return to_hex(digest_of(kind, text)); }

} // namespace digest_test

TEST_CASE("digests of the embedded server: published check values") {
    using namespace digest_test;
    CHECK(hex_of(digest_kind::crc32, "123456789") == "cbf43926");
    CHECK(hex_of(digest_kind::crc32c, "123456789") == "e3069283");
    CHECK(hex_of(digest_kind::crc64nvme, "123456789") == "ae8b14860a799888");
    CHECK(hex_of(digest_kind::md5, "") == "d41d8cd98f00b204e9800998ecf8427e");
    CHECK(hex_of(digest_kind::sha1, "abc") == "a9993e364706816aba3e25717850c26c9cd0d89d");
    CHECK(hex_of(digest_kind::sha256, "abc") ==
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    for (auto kind : {digest_kind::crc32, digest_kind::crc32c, digest_kind::crc64nvme, digest_kind::sha1,
                      digest_kind::sha256}) {
        digest pieces{kind};
        for (const char c : std::string{"cut anywhere"}) pieces.update({&c, 1});
        CHECK(pieces.finish() == digest_of(kind, "cut anywhere"));
        CHECK(checksum_by_name(checksum_name(kind)) == kind);
    }
    CHECK(checksum_header(digest_kind::crc32c) == "x-amz-checksum-crc32c");
    CHECK_FALSE(checksum_by_name("MD5"));
    CHECK_FALSE(checksum_by_name(""));
}

TEST_CASE("base64 of the embedded server") {
    using namespace digest_test;
    for (const std::string text : {"", "a", "ab", "abc", "abcd"}) CHECK(from_base64(to_base64(text)) == text);
    CHECK(to_base64("ab") == "YWI=");
    for (const std::string bad : {"a", "ab", "abc", "YWI", "Y!I=", "====", "YW=I"})
        CHECK_MESSAGE(!from_base64(bad), bad);
    CHECK_FALSE(from_base64(std::string(8192, 'A')));
    CHECK(from_hex(to_hex(std::string{"\0\xff~", 3})) == std::string{"\0\xff~", 3});
}

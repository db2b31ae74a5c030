// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <doctest/doctest.h>

#include <penstock/checksum/base64.hpp>
#include <penstock/checksum/checksum_hasher.hpp>
#include <penstock/checksum/part_checksums.hpp>
#include <penstock/core/as_result.hpp>

#include <string>
#include <utility>

namespace test_checksum_hasher {

using namespace penstock;
using enum checksum_algorithm;

constexpr checksum_algorithm all[] = {crc32, crc32c, crc64nvme, sha1, sha256, md5};

TEST_CASE("names and header fields of the algorithms") {
    CHECK(to_string(crc64nvme) == "CRC64NVME");
    CHECK(checksum_header(sha1) == "x-amz-checksum-sha1");
    CHECK(checksum_header(md5) == "Content-MD5");
    CHECK(to_string(checksum_type::composite) == "COMPOSITE");
    for (const auto a : all) {
        CHECK(checksum_algorithm_from(to_string(a)) == a);
        CHECK(checksum_size(a) * 4 == doctest::Approx(3.0 * checksum_of(a, "x").size()).epsilon(0.5));
        CHECK(from_base64(checksum_of(a, "x"))->size() == checksum_size(a));
    }
    CHECK(checksum_algorithm_from("sha-256") == sha256);
    CHECK(checksum_algorithm_from("Crc32c") == crc32c);
    CHECK(is_crc(crc32c));
    CHECK(!is_crc(sha256));
    for (const char* name : {"", "-", "SHA", "SHA2567", "CRC64", "a name that is longer than any"})
        CHECK(!checksum_algorithm_from(name));
}

TEST_CASE("a hasher takes pieces, moves in the middle, and starts anew after its end") {
    for (const auto a : all) {
        CAPTURE(to_string(a));
        const auto whole = checksum_of(a, "the quick brown fox");
        checksum_hasher hasher{a};
        hasher.update("the quick");
        hasher.update("");
        auto moved = std::move(hasher);
        moved.update(" brown fox");
        CHECK(moved.finish() == whole);
        CHECK(moved.finish() == checksum_of(a, ""));
        moved.update("the quick brown fox");
        CHECK(to_base64(as_bytes(moved.finish_raw())) == whole);
        CHECK(moved.algorithm() == a);
    }
}

TEST_CASE("base64: there and back, and what is none") {
    const std::pair<const char*, const char*> rfc[] = {{"", ""},           {"f", "Zg=="},         {"fo", "Zm8="},
                                                       {"foo", "Zm9v"},    {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="},
                                                       {"foobar", "Zm9vYmFy"}};
    for (const auto& [plain, text] : rfc) {
        CHECK(to_base64(as_bytes(plain)) == text);
        CHECK(from_base64(text) == plain);
    }
    CHECK(from_base64("+/+/") == "\xfb\xff\xbf");
    for (const char* text : {"Z", "Zg", "Zg=", "Zh==", "Zm9=", "Z===", "====", "Zg==Zg==", "Zm9v\n", "Zm9 ", "=m9v", "Z=9v",
                             "Zm-_", "Zg==="})
        CHECK_MESSAGE(!from_base64(text), text);
}

TEST_CASE("an object in parts: full-object and composite") {
    const std::string parts[] = {std::string(100'000, 'a'), std::string(5, 'b'), std::string{}, std::string(7777, 'c')};
    std::string whole;
    for (const auto& p : parts) whole += p;
    for (const auto a : all) {
        CAPTURE(to_string(a));
        part_checksums composite{a, checksum_type::composite};
        checksum_hasher of_values{a};
        for (const auto& p : parts) {
            CHECK(composite.add(checksum_of(a, p), p.size()));
            of_values.update(*from_base64(checksum_of(a, p)));
        }
        CHECK(composite.parts() == 4);
        CHECK(composite.finish() == of_values.finish() + "-4");
        if (!is_crc(a)) {
            const auto refused = [a] { part_checksums{a, checksum_type::full_object}; };
            CHECK_THROWS_AS(refused(), error);
            continue;
        }
        part_checksums full{a, checksum_type::full_object};
        for (const auto& p : parts) CHECK(full.add(checksum_of(a, p), p.size()));
        CHECK(!full.add("", 1));
        CHECK(!full.add("no base64", 1));
        CHECK(!full.add(checksum_of(sha256, "x"), 1));
        CHECK(full.finish() == checksum_of(a, whole));
        CHECK(full.finish() == checksum_of(a, ""));
    }
}

} // namespace test_checksum_hasher

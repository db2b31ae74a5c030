// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "store.hpp"

#include <penstock/checksum/checksum_hasher.hpp>
#include <penstock/core/as_result.hpp>
#include <penstock/s3/encryption.hpp>

namespace integrity_test {

using namespace penstock;
using namespace store_test;
using enum checksum_algorithm;

inline std::string pattern(std::size_t n) {
    std::string s(n, '\0');
    for (std::size_t i = 0; i < n; ++i) s[i] = static_cast<char>((i * 131 + i / 251) & 0xff);
    return s;
}

inline awaitable<bool> validated(s3::client c, std::string url, std::string expected) {
    auto reader = co_await c.open(url, s3::get_object_options{}.checksum_mode(true));
    const auto got = co_await reader.read_all();
    CHECK(got == expected);
    co_return reader.checksum_validated();
}

TEST_CASE("store: checksums by header are kept, refused where they are wrong, and compared on reading") {
    store st;
    auto body = [&st](s3::client c) -> awaitable<void> {
        const auto text = pattern(300'000);
        for (const auto a : {crc32, crc32c, crc64nvme, sha1, sha256}) {
            CAPTURE(to_string(a));
            const auto url = st.url(std::string{to_string(a)});
            co_await c.put(url, text, s3::put_object_options{}.checksum(a));
            const auto head = co_await c.head(url, s3::head_object_options{}.checksum_mode(true));
            const auto kept = *head.checksums.value(a);
            if (st.name == "embedded") CHECK(kept == checksum_of(a, text));
            const bool compared = co_await validated(c, url, text);
            CHECK(compared == !kept.empty());
            if (kept.empty() || !st.differs.compares_checksums) continue; // a store that does not know the algorithm
            auto wrong = c.put(url, text, s3::put_object_options{}.checksum(a, checksum_of(a, "other")));
            const auto refused = co_await as_result(std::move(wrong));
            REQUIRE(refused.has_error());
            CHECK(refused.error().detail().http_status == 400);
        }
        if (!st.differs.compares_checksums) co_return;
        co_await c.put(st.url("md5"), text, s3::put_object_options{}.checksum(md5));
        auto wrong = c.put(st.url("md5"), text, s3::put_object_options{}.checksum(md5, checksum_of(md5, "other")));
        const auto refused = co_await as_result(std::move(wrong));
        REQUIRE(refused.has_error());
        CHECK(refused.error().code() == errc::bad_digest);
    };
    st.run(in_bucket(st, body));
}

TEST_CASE("store: a checksum in a trailer, signed and not") {
    store st;
    if (!st.differs.full_object_checksums) return;
    auto body = [&st](s3::client c) -> awaitable<void> {
        for (const std::size_t size : {0, 1, 65'536, 300'000}) {
            const auto text = pattern(size);
            auto asked = s3::put_object_options{}.content_encoding("gzip").trailing_checksum(crc32c);
            co_await c.put(st.url("trailed"), text, std::move(asked));
            const auto head = co_await c.head(st.url("trailed"), s3::head_object_options{}.checksum_mode(true));
            CHECK(head.content_encoding == (st.differs.forgets_body_coding ? "gzip" : "aws-chunked,gzip"));
            CHECK(head.size == size);
            const bool compared = co_await validated(c, st.url("trailed"), text);
            CHECK(compared);
        }
    };
    st.run(in_bucket(st, body));
    if (st.name != "embedded") return;
    store tls{true};
    auto over_tls = [&tls](s3::client c) -> awaitable<void> {
        const auto text = pattern(200'000);
        co_await c.put(tls.url("trailed"), text, s3::put_object_options{}.trailing_checksum(sha256));
        const bool compared = co_await validated(c, tls.url("trailed"), text);
        CHECK(compared);
    };
    tls.run(in_bucket(tls, over_tls));
}

TEST_CASE("store: a writer's object in parts has a checksum of its own") {
    store st;
    if (!st.differs.full_object_checksums) return;
    auto body = [&st](s3::client c) -> awaitable<void> {
        const auto text = pattern(11'000'000);
        for (const auto a : {crc64nvme, crc32, sha256, md5}) {
            CAPTURE(to_string(a));
            auto writer = c.create(st.url("parts"), s3::put_object_options{}.checksum(a));
            co_await writer.write(text);
            co_await writer.commit();
            const bool compared = co_await validated(c, st.url("parts"), text);
            if (st.name == "embedded") CHECK(compared == is_crc(a)); // hashes are composite
            if (a != sha256) continue;
            // A part by its number has the part's own.
            auto part = co_await c.open(st.url("parts"), s3::get_object_options{}.part_number(2).checksum_mode(true));
            const auto got = co_await part.read_all();
            CHECK(got == text.substr(text.size() - got.size()));
        }
    };
    st.run(in_bucket(st, body));
}

inline const std::string key_bytes(32, 'k'), other_bytes(32, 'o');

TEST_CASE("store: customer keys encrypt, and nothing is read, copied or continued without them") {
    store st{store_name() == "embedded"};
    if (!st.differs.customer_keys || !st.endpoint.starts_with("https://")) return;
    auto body = [&st](s3::client c) -> awaitable<void> {
        const s3::customer_key key{as_bytes(key_bytes)}, other{as_bytes(other_bytes)};
        const auto text = pattern(100'000);
        co_await c.put(st.url("secret"), text, s3::put_object_options{}.customer_key(key));
        const auto got = co_await c.get(st.url("secret"), s3::get_object_options{}.customer_key(key));
        CHECK(got.body == text);
        CHECK(got.metadata.sse_customer_key_md5 == key.md5());
        const auto head = co_await c.head(st.url("secret"), s3::head_object_options{}.customer_key(key));
        CHECK(head.size == text.size());
        const auto without = co_await as_result(c.get(st.url("secret")));
        REQUIRE(without.has_error());
        CHECK(without.error().detail().http_status == 400);
        const auto wrong = co_await as_result(c.get(st.url("secret"), s3::get_object_options{}.customer_key(other)));
        REQUIRE(wrong.has_error());
        CHECK(wrong.error().message().find(other.secret()) == std::string::npos);

        auto rekey = s3::copy_object_options{}.source_customer_key(key).customer_key(other);
        co_await c.copy(st.url("secret"), st.url("again"), std::move(rekey));
        const auto copied = co_await c.get(st.url("again"), s3::get_object_options{}.customer_key(other));
        CHECK(copied.body == text);
        const auto unkeyed = co_await as_result(c.copy(st.url("secret"), st.url("open")));
        CHECK(unkeyed.has_error());

        const auto large = pattern(9'000'000);
        auto writer = c.create(st.url("parts"), s3::put_object_options{}.customer_key(key));
        co_await writer.write(large);
        co_await writer.commit();
        const auto whole = co_await c.get(st.url("parts"), s3::get_object_options{}.customer_key(key));
        CHECK(whole.body == large);
    };
    st.run(in_bucket(st, body));
}

TEST_CASE("store: encryption by the store is asked for on writing, and reading says nothing of it") {
    store st;
    if (st.name != "embedded") return; // KMS needs a key service
    auto body = [&st](s3::client c) -> awaitable<void> {
        using sse = s3::server_side_encryption;
        const auto put = co_await c.put(st.url("s3"), "text", s3::put_object_options{}.encryption(sse::s3()));
        CHECK(put.server_side_encryption == "AES256");
        auto by_kms = s3::put_object_options{}.encryption(sse::kms("key-1").bucket_key(true).context({{"a", "b"}}));
        co_await c.put(st.url("kms"), "text", std::move(by_kms));
        const auto got = co_await c.get(st.url("kms"));
        CHECK(got.metadata.server_side_encryption == "aws:kms");
        CHECK(got.metadata.sse_kms_key_id == "key-1");
        CHECK(got.metadata.bucket_key_enabled);
        co_await c.copy(st.url("kms"), st.url("dsse"), s3::copy_object_options{}.encryption(sse::dsse()));
        const auto copied = co_await c.head(st.url("dsse"));
        CHECK(copied.server_side_encryption == "aws:kms:dsse");
        // What EN-01 is about: the store refuses such a field on reading.
        const auto asked = s3::get_object_options{}.header("x-amz-server-side-encryption", "aws:kms");
        const auto refused = co_await as_result(c.get(st.url("kms"), asked));
        REQUIRE(refused.has_error());
        CHECK(refused.error().detail().http_status == 400);
    };
    st.run(in_bucket(st, body));
}

} // namespace integrity_test

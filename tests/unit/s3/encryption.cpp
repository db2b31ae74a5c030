// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "scripted_store.hpp"

#include <doctest/doctest.h>

#include <penstock/checksum/base64.hpp>
#include <penstock/checksum/checksum_hasher.hpp>
#include <penstock/s3/complete_multipart_upload.hpp>
#include <penstock/s3/create_multipart_upload.hpp>
#include <penstock/s3/detail/operation.hpp>
#include <penstock/s3/encryption.hpp>
#include <penstock/s3/object_cache.hpp>
#include <penstock/s3/parallel_reader.hpp>
#include <penstock/s3/range_reader.hpp>
#include <penstock/s3/restore_object.hpp>
#include <penstock/s3/upload_part.hpp>
#include <penstock/s3/upload_part_copy.hpp>

namespace test_s3_encryption {

using namespace scripted;
using sse = s3::server_side_encryption;
namespace d = s3::detail;

const s3::object_address at{"b", "k"};
const std::string secret_bytes = "0123456789abcdef0123456789abcdef";
const std::string secret = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
const std::string prefix = "x-amz-server-side-encryption";
const std::string source_prefix = "x-amz-copy-source-server-side-encryption";

s3::customer_key key() { return s3::customer_key{as_bytes(secret_bytes)}; }
bool has(const std::string& request, const std::string& text) { return request.find(text) != std::string::npos; }

template <class F>
error_code code_of(F f) {
    try {
        f();
    } catch (const error& e) {
        return e.code();
    }
    return {};
}

TEST_CASE("what each method of the store's own encryption says") {
    const auto headers = [](const sse& e) {
        const auto op = d::make_put_object(at, {}, s3::put_object_options{}.encryption(e));
        std::string out;
        for (std::size_t i = 0; i < op.headers.size(); ++i)
            out += std::string{op.headers[i].name.substr(prefix.size())} + "=" + std::string{op.headers[i].value} + ";";
        return out;
    };
    CHECK(headers(sse::s3()) == "=AES256;");
    CHECK(headers(sse::kms()) == "=aws:kms;");
    CHECK(headers(sse::kms("alias/k").bucket_key(true)) == "=aws:kms;-aws-kms-key-id=alias/k;-bucket-key-enabled=true;");
    CHECK(headers(sse::dsse("k")) == "=aws:kms:dsse;-aws-kms-key-id=k;");
    CHECK(headers(sse::kms().context({{"a", "\"1\""}, {"b", "2"}})) ==
          "=aws:kms;-context=" + to_base64(as_bytes(R"({"a":"\"1\"","b":"2"})")) + ";");
    for (const auto& wrong : {sse::s3().context({{"a", "1"}}), sse::s3().bucket_key(true), sse::dsse().bucket_key(false)})
        CHECK(code_of([&] { headers(wrong); }) == errc::invalid_option);
    CHECK(code_of([] {
              d::make_put_object(at, {}, s3::put_object_options{}.encryption(sse::s3()).customer_key(key()));
          }) == errc::invalid_option);
}

TEST_CASE("a customer key is 32 bytes, and known by its MD5") {
    CHECK(key().secret() == secret);
    CHECK(key().md5() == checksum_of(checksum_algorithm::md5, secret_bytes));
    CHECK(s3::customer_key::from_base64(secret).md5() == key().md5());
    CHECK(s3::customer_key{}.empty());
    CHECK(code_of([] { s3::customer_key{as_bytes("short")}; }) == errc::invalid_option);
    CHECK(code_of([] { s3::customer_key::from_base64("no base64!"); }) == errc::invalid_option);
    CHECK(code_of([] { s3::customer_key::from_base64("AAAA"); }) == errc::invalid_option);
    try {
        s3::customer_key::from_base64(secret.substr(4));
        FAIL("taken");
    } catch (const error& e) {
        CHECK(!has(e.what(), secret.substr(8, 12)));
    }
}

TEST_CASE("who brings which key") {
    const auto keys = [](const d::operation& op) {
        return std::pair{op.headers[prefix + "-customer-key"] == secret && op.headers[prefix + "-customer-algorithm"] == "AES256" &&
                             op.headers[prefix + "-customer-key-MD5"] == key().md5(),
                         op.headers[source_prefix + "-customer-key"] == secret &&
                             op.headers[source_prefix + "-customer-algorithm"] == "AES256" &&
                             op.headers[source_prefix + "-customer-key-MD5"] == key().md5()};
    };
    const std::pair own{true, false}, both{true, true}, source{false, true};
    CHECK(keys(d::make_put_object(at, {}, s3::put_object_options{}.customer_key(key()))) == own);
    CHECK(keys(d::make_get_object(at, s3::get_object_options{}.customer_key(key()))) == own);
    CHECK(keys(d::make_head_object(at, s3::head_object_options{}.customer_key(key()))) == own);
    CHECK(keys(d::make_create_multipart_upload(at, s3::create_multipart_upload_options{}.customer_key(key()))) == own);
    CHECK(keys(d::make_upload_part(at, "u", 1, {}, s3::upload_part_options{}.customer_key(key()))) == own);
    std::vector<s3::completed_part> parts;
    parts.emplace_back(1U, s3::entity_tag{"e"});
    const auto complete = s3::complete_multipart_upload_options{}.customer_key(key());
    CHECK(keys(d::make_complete_multipart_upload(at, "u", parts, complete)) == own);
    CHECK(keys(d::make_copy_object(at, at, s3::copy_object_options{}.customer_key(key()).source_customer_key(key()))) == both);
    CHECK(keys(d::make_copy_object(at, at, s3::copy_object_options{}.source_customer_key(key()).encryption(sse::s3()))) == source);
    const auto part_copy = s3::upload_part_copy_options{}.customer_key(key()).source_customer_key(key());
    CHECK(keys(d::make_upload_part_copy(at, at, "u", 1, part_copy)) == both);
    CHECK(d::make_upload_part_copy(at, at, "u", 1, part_copy).keys.size() == 2);
}

TEST_CASE("a key leaves over TLS only, and no error shows it") {
    const auto refusal = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n<Error><Code>InvalidArgument</Code><Message>" + secret +
                         " is wrong</Message></Error>";
    world w{{refusal}};
    const auto asked = s3::get_object_options{}.customer_key(key());
    const auto open = w.get(asked);
    CHECK(open.error().code() == errc::invalid_option);
    CHECK(has(open.error().message(), "without TLS"));
    CHECK(w.how->requests.empty());
    w.options.customer_keys_without_tls(true);
    const auto told = w.get(asked);
    CHECK(told.error().code() == errc::invalid_request);
    CHECK(!has(told.error().message(), secret));
    CHECK(has(w.how->requests.at(0), prefix + "-customer-key: " + secret + "\r\n"));
}

TEST_CASE("a download that breaks goes on with the same key; a writer's parts bring it, too") {
    world w{{"HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 4\r\n\r\nab",
             "HTTP/1.1 206 Partial Content\r\nETag: \"e\"\r\nContent-Range: bytes 2-3/4\r\nContent-Length: 2\r\n\r\ncd"}};
    w.options.customer_keys_without_tls(true);
    CHECK(*w.get(s3::get_object_options{}.customer_key(key())) == "abcd");
    CHECK(has(w.how->requests.at(1), prefix + "-customer-key: " + secret + "\r\n"));

    const auto document = [](const std::string& text) {
        return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(text.size()) + "\r\n\r\n" + text;
    };
    world up{{document("<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>"),
              "HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 0\r\n\r\n",
              document("<CompleteMultipartUploadResult><ETag>e</ETag></CompleteMultipartUploadResult>")}};
    up.options.customer_keys_without_tls(true).part_size(std::uint64_t{1} << 20);
    auto write = [](s3::client c) -> awaitable<void> {
        auto out = c.create("s3://b/k", s3::put_object_options{}.customer_key(key()));
        const std::string body((std::size_t{1} << 20) + 1, 'x');
        co_await out.write(body);
        co_await out.commit();
    };
    up.run(write(up.client()));
    REQUIRE(up.how->requests.size() == 4);
    for (const auto& sent : up.how->requests) CHECK(has(sent, prefix + "-customer-key: " + secret + "\r\n"));
}

TEST_CASE("every request of a read brings the first one's key: parts, a HEAD, a tail, resumes, reads out of order") {
    const std::string mebibyte(std::size_t{1} << 20, 'x');
    const auto part = [&](std::size_t from, std::size_t n, std::size_t of, std::size_t sent) {
        return say{"HTTP/1.1 206 Partial Content\r\nETag: \"e\"\r\nContent-Range: bytes " + std::to_string(from) + "-" +
                   std::to_string(from + n - 1) + "/" + std::to_string(of) + "\r\nContent-Length: " + std::to_string(n) + "\r\n\r\n" +
                   mebibyte.substr(0, sent)};
    };
    const auto all_bring_it = [](world& w, std::size_t requests) {
        REQUIRE(w.how->requests.size() == requests);
        for (const auto& sent : w.how->requests) {
            CHECK(has(sent, prefix + "-customer-algorithm: AES256\r\n"));
            CHECK(has(sent, prefix + "-customer-key: " + secret + "\r\n"));
            CHECK(has(sent, prefix + "-customer-key-MD5: " + key().md5() + "\r\n"));
        }
    };
    const auto asked = s3::get_object_options{}.customer_key(key());
    const std::size_t mib = mebibyte.size();

    world parallel{{part(0, mib, mib + 4, mib), part(mib, 4, mib + 4, 2), part(mib + 2, 2, mib + 4, 2)}};
    parallel.options.customer_keys_without_tls(true);
    auto read_all = [](s3::client c, s3::get_object_options o) -> awaitable<std::size_t> {
        auto reader = co_await s3::open_parallel(c, "s3://b/k", std::move(o),
                                                 s3::parallel_options{}.part_size(std::uint64_t{1} << 20).connections(2));
        std::vector<std::byte> memory(100'000);
        std::size_t all = 0;
        for (;;) {
            const auto n = co_await reader.read_some(memory);
            if (n == 0) break;
            all += n;
        }
        co_return all;
    };
    CHECK(parallel.run(read_all(parallel.client(), asked)) == mib + 4);
    all_bring_it(parallel, 3);

    world ranges{{"HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 100\r\n\r\n", part(10, 4, 100, 2), part(12, 2, 100, 2)}};
    ranges.options.customer_keys_without_tls(true);
    auto read_at = [](s3::client c, s3::get_object_options o) -> awaitable<void> {
        s3::range_reader reader{c, "s3://b/k", std::move(o)};
        const auto facts = co_await reader.metadata();
        CHECK(facts.size == 100u);
        std::byte some[4];
        const auto n = co_await reader.read_at(10, some);
        CHECK(n == 4);
    };
    ranges.run(read_at(ranges.client(), asked));
    all_bring_it(ranges, 3);

    // What a cache keeps of an object under a key is not for who has none.
    const auto cache = s3::object_cache::create(s3::object_cache_options{}.max_age(std::chrono::hours{1}));
    world kept{{"HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 100\r\n\r\n", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"}};
    kept.options.customer_keys_without_tls(true).retry(aws::retry_options::preset("none"));
    auto size_of = [cache](s3::client c, s3::get_object_options o) -> awaitable<void> {
        s3::range_reader reader{c, "s3://b/k", std::move(o), s3::range_options{}.cache(cache)};
        const auto facts = co_await reader.metadata();
        CHECK(facts.size == 100u);
    };
    kept.run(size_of(kept.client(), asked));
    kept.run(size_of(kept.client(), asked));
    CHECK(kept.how->requests.size() == 1);
    const auto without = kept.run(as_result(size_of(kept.client(), s3::get_object_options{})));
    CHECK(without.has_error());
    CHECK(kept.how->requests.size() == 2);

    world copying{{say::nothing(), "HTTP/1.1 412 P\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 100\r\n\r\n",
                   "HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 100\r\n\r\n"}};
    copying.options.customer_keys_without_tls(true);
    const auto both = s3::copy_object_options{}.customer_key(key()).source_customer_key(key()).if_none_match("*");
    CHECK(copying.run(as_result(copying.client().copy("s3://b/from", "s3://b/to", both))).has_value());
    all_bring_it(copying, 4);
}

TEST_CASE("reading says nothing of the store's own encryption, and metadata tell it") {
    world w{{"HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 0\r\nx-amz-server-side-encryption: aws:kms\r\n"
             "x-amz-server-side-encryption-bucket-key-enabled: true\r\n"
             "x-amz-server-side-encryption-customer-key-MD5: m\r\n\r\n"}};
    const auto m = w.run(w.client().head("s3://b/k"));
    CHECK(m.server_side_encryption == "aws:kms");
    CHECK(m.bucket_key_enabled);
    CHECK(m.sse_customer_key_md5 == "m");
    CHECK(!has(w.how->requests[0], "encryption"));
}

TEST_CASE("an object under a customer key that is read without it: the hint says so") {
    world w{{"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n<Error><Code>InvalidRequest</Code><Message>The object was stored using a "
             "form of Server Side Encryption. The correct parameters must be provided to retrieve the object.</Message></Error>"}};
    CHECK(has(w.get().error().detail().hint, "customer_key"));
}

TEST_CASE("an archived object: code, hint and how to get it back") {
    const auto refusal = "HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n<Error><Code>InvalidObjectState</Code><Message>m</Message>"
                         "<StorageClass>GLACIER</StorageClass><AccessTier>ARCHIVE_ACCESS</AccessTier></Error>";
    world w{{refusal}};
    const auto got = w.get();
    CHECK(got.error().code() == errc::object_archived);
    CHECK(got.error().code() == condition::changed);
    CHECK(has(got.error().detail().hint, "(GLACIER, ARCHIVE_ACCESS)"));
    CHECK(w.how->requests.size() == 1);

    const auto status = [](std::string first) { return "HTTP/1.1 " + first + "\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"; };
    world r{{status("202 Accepted"), status("200 OK"),
             "HTTP/1.1 409 Conflict\r\nConnection: close\r\n\r\n<Error><Code>RestoreAlreadyInProgress</Code></Error>",
             "HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n<Error><Code>AccessDenied</Code></Error>"}};
    auto client = r.client();
    const auto ask = [&] {
        auto asked = s3::restore_object_options{}.days(3).tier(s3::restore_tier::bulk).version_id("v");
        return r.run(as_result(s3::restore_object(client, at, asked)));
    };
    CHECK(*ask() == s3::restore_outcome::begun);
    CHECK(*ask() == s3::restore_outcome::restored);
    CHECK(*ask() == s3::restore_outcome::under_way);
    CHECK(ask().error().code() == errc::access_denied);
    CHECK(has(r.how->requests[0], "POST /b/k?restore=&versionId=v "));
    CHECK(has(r.how->requests[0], "<Days>3</Days><GlacierJobParameters><Tier>Bulk</Tier></GlacierJobParameters>"));
    CHECK(!has(d::make_restore_object(at, s3::restore_object_options{}.days(0)).owned_body, "Days"));

    CHECK(!s3::parse_restore_status(""));
    CHECK(!s3::parse_restore_status("ongoing-request=\"tr"));
    CHECK(s3::parse_restore_status("ongoing-request=\"true\"")->ongoing);
    const auto done = s3::parse_restore_status("ongoing-request=\"false\", expiry-date=\"Fri, 21 Dec 2012 00:00:00 GMT\"");
    CHECK(!done->ongoing);
    CHECK(done->expires == wall_time{} + std::chrono::seconds{1'356'048'000});
}

} // namespace test_s3_encryption

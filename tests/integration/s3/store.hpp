// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/client.hpp>
#include <penstock/s3/list_object_versions.hpp>
#include <penstock/testing/s3_server.hpp>
#include <penstock/testing/test_certificates.hpp>

#include <support/run.hpp>

#include <doctest/doctest.h>

#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <vector>

/// The store that the suite runs on: the embedded server unless PENSTOCK_TEST_STORE names one that is running, with its
/// endpoint and credentials in the usual AWS variables.
namespace store_test {

using namespace penstock;

/// In what a store is known to differ from AWS, as observed on the versions that `./run real` starts; asserted as such, so
/// that a change is noticed.
struct differences {
    bool sorted_keys = true;          ///< lists in byte order
    bool file_tree = false;           ///< "x" and "x/y" exclude each other; "//", "." and ".." are folded
    bool checks_body_hash = true;     ///< refuses a body whose signed SHA-256 is wrong
    bool batch_needs_digest = true;   ///< DeleteObjects without a digest is refused
    bool sends_region_header = true;  ///< HeadBucket answers x-amz-bucket-region
    bool empty_range_tells_size = true; ///< the 416 for a range of an empty object says that it is empty
    bool checks_region = true;        ///< refuses a signature for another region than its own
    bool put_if_match_404 = true;     ///< PUT If-Match on a missing key is NoSuchKey, else a precondition failure
    bool conditional_delete = true;   ///< DELETE heeds If-Match
    bool conditional_batch = true;    ///< so does each key of a batch delete
    bool customer_keys = true;        ///< SSE-C, and the store's own encryption on request (a store under test may have no KMS)
    bool delete_if_match_404 = true;  ///< DELETE If-Match on a missing key is an error
    bool forgets_body_coding = true;  ///< "aws-chunked" is taken off what is kept of Content-Encoding
    bool full_object_checksums = true; ///< of multipart uploads, and checksums in trailers
    bool keeps_versions = true;       ///< of objects, where a bucket asks for it; ListObjectVersions
    bool lists_uploads = true;        ///< ListMultipartUploads
    bool conditional_read = true;     ///< GET heeds If-Match and If-None-Match
    bool known_by_name = true;        ///< its answers tell what it is, so that what it cannot do is refused before it is sent
    bool checks_signature = true;     ///< and the date that is signed
    bool any_key = true;              ///< keys that look like encoded ones are kept as they are
    bool tells_missing_bucket = true; ///< NoSuchBucket, not NoSuchKey
    bool names_requests = true;       ///< every answer has x-amz-request-id
    bool knows_access_keys = true;    ///< InvalidAccessKeyId for one that nobody has, else NotSignedUp
    bool atomic_conditions = true;    ///< of those who write under a condition at once, one does
    bool conditional_copy = true;     ///< CopyObject heeds the conditions on its source
    bool long_suffixes = true;        ///< the last so many bytes may be more than there are; else 500
    bool compares_checksums = true;   ///< with what came
    bool lists_folders_once = true;   ///< also with an empty delimiter, and over pages of the first version of listing
    bool lists_parts = true;          ///< ListParts, in order, in a document of that name
    bool tells_versioning = true;     ///< GetBucketVersioning, in a document of that name
    differences() = default;
};

inline std::string store_name() {
    const char* name = std::getenv("PENSTOCK_TEST_STORE");
    return name && *name ? name : "embedded";
}

inline differences differences_of(const std::string& store) {
    differences d;
    if (store == "versitygw") {
        d.file_tree = true;
        d.empty_range_tells_size = false;
        d.conditional_batch = false;
        d.customer_keys = false;
        d.delete_if_match_404 = false;
        d.forgets_body_coding = false;
    } else if (store == "seaweedfs") {
        d.sorted_keys = false;
        d.file_tree = true;
        d.checks_body_hash = false;
        d.batch_needs_digest = false;
        d.sends_region_header = false;
        d.checks_region = false;
        d.put_if_match_404 = false;
        d.customer_keys = false;
        d.full_object_checksums = false;
    } else if (store == "minio") {
        d.file_tree = true;
        d.conditional_delete = false;
    } else if (store == "moto") {
        d.checks_body_hash = false;
        d.batch_needs_digest = false;
        d.checks_region = false;
        d.checks_signature = false;
        d.compares_checksums = false;
        d.known_by_name = false;
        d.conditional_batch = false;
        d.lists_folders_once = false;
        d.lists_parts = false;      // ListPartsResponse
        d.tells_versioning = false; // GetBucketVersioningResponse
        d.customer_keys = false;
        d.full_object_checksums = false;
    } else if (store == "s3s") { // ignores conditions of GET and DELETE
        d.file_tree = true;
        d.any_key = false;
        d.sends_region_header = false;
        d.checks_region = false;
        d.put_if_match_404 = false;
        d.conditional_read = false;
        d.conditional_delete = false;
        d.conditional_batch = false;
        d.delete_if_match_404 = false;
        d.keeps_versions = false;
        d.lists_uploads = false;
        d.tells_missing_bucket = false;
        d.known_by_name = false;
        d.names_requests = false;
        d.knows_access_keys = false;
        d.atomic_conditions = false;
        d.conditional_copy = false;
        d.empty_range_tells_size = false;
        d.long_suffixes = false;
        d.lists_folders_once = false;
        d.lists_parts = false; // in any order
        d.tells_versioning = false;
        d.customer_keys = false;
        d.forgets_body_coding = false;
        d.full_object_checksums = false;
    } else if (store != "embedded") {
        throw std::runtime_error{"no differences are declared for the store '" + store + "'"};
    }
    return d;
}

/// One store, one io_context, and a bucket of its own.
class store {
  public:
    explicit store(bool tls = false) : name{store_name()}, differs{differences_of(name)} {
        if (name == "embedded") {
            testing::s3_server_options options;
            options.credentials(access_key, secret_key).region("us-east-1");
            if (tls) {
                const testing::test_authority authority;
                const auto mine = authority.server();
                options.tls(mine.certificate_pem, mine.key_pem);
                ca_pem = authority.ca_pem();
            }
            server = std::make_unique<testing::s3_server>(io.get_executor(), std::move(options));
            server->listen();
            endpoint = server->endpoint();
        } else {
            endpoint = must_get("AWS_ENDPOINT_URL");
            access_key = must_get("AWS_ACCESS_KEY_ID");
            secret_key = must_get("AWS_SECRET_ACCESS_KEY");
        }
        bucket = "penstock-" + std::to_string(make_system_random()->next() % 1'000'000'000);
    }

    s3::client_options options() const {
        s3::client_options o;
        o.endpoint_url(endpoint).region("us-east-1").credentials(access_key, secret_key);
        if (!ca_pem.empty()) {
            http::tls_options trust;
            trust.ca_pem(ca_pem);
            o.tls(trust);
        }
        return o;
    }

    s3::client client() { return s3::client{io.get_executor(), options()}; }

    template <class T>
    T run(awaitable<T> op) {
        return test::run(io, std::move(op));
    }

    std::string url(const std::string& key) const { return "s3://" + bucket + "/" + key; }

    std::string name;
    differences differs;
    std::string endpoint;
    std::string access_key = "penstock-test-ak";
    std::string secret_key = "penstock-test-secret-key";
    std::string ca_pem;
    std::string bucket;
    asio::io_context io{1};
    std::unique_ptr<testing::s3_server> server;

  private:
    static std::string must_get(const char* variable) {
        const char* value = std::getenv(variable);
        if (!value || !*value) throw std::runtime_error{std::string{variable} + " is not set"};
        return value;
    }
};

/// All that a bucket holds, with its versions where the store keeps them.
inline awaitable<std::vector<s3::object_identifier>> all_in(store& st, s3::client c) {
    std::vector<s3::object_identifier> all;
    auto versions = s3::list_object_versions(c, "s3://" + st.bucket);
    while (st.differs.keeps_versions) {
        auto page = co_await versions.next();
        if (!page) break;
        for (auto& v : page->versions) all.emplace_back(v.key, v.version_id);
    }
    auto objects = c.list("s3://" + st.bucket);
    while (!st.differs.keeps_versions) {
        auto page = co_await objects.next();
        if (!page) break;
        for (auto& o : page->objects) all.emplace_back(o.key);
    }
    co_return all;
}

/// A fresh bucket around `body`, removed with all it holds at the end.
inline awaitable<void> in_bucket(store& st, s3::client c, std::function<awaitable<void>(s3::client)> body) {
    co_await c.create_bucket(st.bucket);
    co_await body(c);
    auto all = co_await all_in(st, c);
    auto gone = co_await c.remove(st.bucket, std::move(all));
    CHECK(gone.errors.empty());
    co_await c.remove_bucket(st.bucket);
}
inline awaitable<void> in_bucket(store& st, std::function<awaitable<void>(s3::client)> body) {
    return in_bucket(st, st.client(), std::move(body));
}

} // namespace store_test

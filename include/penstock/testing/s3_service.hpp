// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/credentials.hpp>
#include <penstock/core/clock.hpp>
#include <penstock/core/random.hpp>
#include <penstock/http/header_list.hpp>
#include <penstock/testing/storage.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace penstock::testing {

/// How the embedded S3 answers, beside its transport.
class s3_service_options {
  public:
    s3_service_options() = default;

    /// One user more. Without any, everybody may do everything without a signature.
    s3_service_options& credentials(std::string access_key_id, std::string secret_access_key,
                                    std::string session_token = {}) {
        users_.emplace_back(std::move(access_key_id), std::move(secret_access_key), std::move(session_token));
        return *this;
    }
    /// Whether requests without a signature pass although there are users.
    s3_service_options& anonymous(bool on) { return anonymous_ = on, *this; }
    /// Empty: any region in the signature's scope passes.
    s3_service_options& region(std::string name) { return region_ = std::move(name), *this; }
    /// The smallest part of a multipart upload but the last. S3's is 5 MiB.
    s3_service_options& min_part_size(std::uint64_t n) { return min_part_size_ = n, *this; }
    /// A host under which buckets are sub-domains, in addition to "s3.localhost" and "localhost".
    s3_service_options& base_domain(std::string host) {
        base_domains_.push_back(std::move(host));
        return *this;
    }
    /// The account that owns every bucket.
    s3_service_options& owner(std::string id) { return owner_ = std::move(id), *this; }
    /// Bounds the open multipart uploads.
    s3_service_options& max_uploads(std::size_t n) { return max_uploads_ = n, *this; }

    const std::vector<aws::credentials>& users() const noexcept { return users_; }
    bool anonymous() const noexcept { return anonymous_ || users_.empty(); }
    const std::string& region() const noexcept { return region_; }
    std::uint64_t min_part_size() const noexcept { return min_part_size_; }
    const std::vector<std::string>& base_domains() const noexcept { return base_domains_; }
    const std::string& owner() const noexcept { return owner_; }
    std::size_t max_uploads() const noexcept { return max_uploads_; }

  private:
    std::vector<aws::credentials> users_;
    bool anonymous_ = false;
    std::string region_ = "us-east-1";
    std::uint64_t min_part_size_ = std::uint64_t{5} << 20;
    std::vector<std::string> base_domains_{"s3.localhost", "localhost"};
    std::string owner_ = "000000000000";
    std::size_t max_uploads_ = 10'000;
};

/// A request's head as it came.
struct s3_request {
    s3_request() = default;
    s3_request(std::string method, std::string target) : method{std::move(method)}, target{std::move(target)} {}

    std::string method;
    std::string target; ///< "/bucket/key?query", nothing decoded
    http::header_list headers;
    /// Bytes of body that the framing promises, chunks of HTTP taken off; none where it does not say.
    std::optional<std::uint64_t> content_length;
    bool ignore_if_match = false; ///< a store that does not know If-Match
};

/// A response: `body`, or a part of `object`.
struct s3_response {
    s3_response() = default;

    int status = 200;
    http::header_list headers; ///< without Content-Length, Date, Connection
    std::string body;
    std::shared_ptr<const stored_object> object;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
    std::string code; ///< of an error

    std::uint64_t content_length() const noexcept { return object ? length : body.size(); }
};

/// One request on its way: its body is pushed in, then the answer comes out. Pure: no I/O but the storage's.
class s3_exchange {
  public:
    virtual ~s3_exchange() = default;

    /// Whether the request is refused already, whatever its body says: `finish` may come at once.
    virtual bool refused() const noexcept = 0;
    /// The next bytes of the body, HTTP's chunks taken off, aws-chunked still on.
    virtual void write(std::span<const std::byte> bytes) = 0;
    /// The body is complete (or not wanted any more): does the work. Once only.
    virtual s3_response finish() = 0;

    /// Carries the request out as a store that does not know If-Match would.
    virtual void ignore_if_match() noexcept = 0;

    /// "/bucket/key", decoded: for logs and fault rules.
    virtual const std::string& path() const noexcept = 0;
    /// For answers that are made outside, such as faults.
    virtual s3_response make_error(int status, std::string code, std::string message) = 0;
};

struct s3_service_state;

/// The logic of S3 over a storage: routing, signatures, conditions, documents. Thread-compatible; belongs to one
/// executor with its storage.
class s3_service {
  public:
    /// `random` only makes ids; the system's by default.
    PENSTOCK_DECL s3_service(s3_service_options options, std::shared_ptr<storage> store,
                             std::shared_ptr<clock_source> clock, std::shared_ptr<random_source> random = nullptr);
    PENSTOCK_DECL ~s3_service();
    s3_service(s3_service&&) noexcept = default;
    s3_service& operator=(s3_service&&) = delete;

    /// Never throws but `std::bad_alloc`: what is wrong becomes the answer.
    PENSTOCK_DECL std::unique_ptr<s3_exchange> start(s3_request request);

    PENSTOCK_DECL const s3_service_options& options() const noexcept;
    PENSTOCK_DECL storage& store() const noexcept;
    /// Multipart uploads that are neither completed nor aborted.
    PENSTOCK_DECL std::size_t open_uploads() const noexcept;

  private:
    std::shared_ptr<s3_service_state> state_;
};

} // namespace penstock::testing

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/testing/impl/s3_service.ipp>
#include <penstock/testing/impl/service_buckets.ipp>
#include <penstock/testing/impl/service_objects.ipp>
#include <penstock/testing/impl/service_uploads.ipp>
#endif

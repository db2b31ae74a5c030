// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/uri.hpp>
#include <penstock/core/clock.hpp>
#include <penstock/core/random.hpp>
#include <penstock/testing/detail/byte_pass.hpp>
#include <penstock/testing/detail/digest.hpp>
#include <penstock/testing/s3_messages.hpp>
#include <penstock/testing/s3_service_options.hpp>
#include <penstock/xml/element.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace penstock::testing {
namespace detail {

/// Thrown by the service's inner functions; becomes an error document.
struct s3_problem {
    s3_problem(int status, std::string code, std::string message)
        : status{status}, code{std::move(code)}, message{std::move(message)} {}

    s3_problem& detail(std::string name, std::string value) {
        details.emplace_back(std::move(name), std::move(value));
        return *this;
    }
    s3_problem& header(std::string_view name, std::string_view value) {
        headers.add(name, value);
        return *this;
    }

    int status;
    std::string code;
    std::string message;
    std::vector<std::pair<std::string, std::string>> details; ///< more elements
    http::header_list headers;
};

struct upload_part {
    std::shared_ptr<staged_bytes> bytes;
    std::string md5;      ///< raw
    std::string checksum; ///< raw
    wall_time modified{};
};

struct multipart_upload {
    std::string bucket;
    std::string key;
    http::header_list headers;
    std::string tags;
    std::optional<digest_kind> checksum;
    bool composite = false;
    wall_time started{};
    std::map<std::uint32_t, upload_part> parts;
};

/// What CreateSession handed out.
struct express_session {
    std::string bucket;
    std::string secret;
    std::string token;
    wall_time expires{};
    bool read_only = false;
};

/// A version of an object that is not the latest, or the mark that it was deleted.
struct object_version {
    std::string id;
    wall_time modified{};
    std::shared_ptr<const stored_object> object; ///< null: a mark
};

/// Of a bucket that has, or had, versioning.
struct bucket_versions {
    bool enabled = false; ///< else suspended
    /// The newest first, never empty. Where the storage has nothing of that name, the first is a mark.
    std::map<std::string, std::vector<object_version>> older;
};

} // namespace detail

struct s3_service_state {
    s3_service_options options;
    std::map<std::string, aws::credentials> users; ///< by access key id
    std::shared_ptr<storage> store;
    std::shared_ptr<clock_source> clock;
    std::shared_ptr<random_source> random;
    std::map<std::string, detail::multipart_upload> uploads;
    std::map<std::string, detail::bucket_versions> versions; ///< by bucket
    std::map<std::string, detail::express_session> sessions; ///< by access key id

    std::string new_id() {
        static constexpr char digits[] = "0123456789ABCDEF";
        std::string id(16, '0');
        auto n = random->next();
        for (auto& c : id) {
            c = digits[n & 15];
            n >>= 4;
        }
        return id;
    }
};

namespace detail {

/// A request that may be carried out: where it goes, what it says, and its body.
struct service_call {
    explicit service_call(s3_service_state& s, const s3_request& r) : state{s}, request{r} {}

    s3_service_state& state;
    const s3_request& request;
    std::string bucket;
    std::string key;
    aws::query_parameters query;
    bool is_signed = false;
    std::string service;                   ///< that the request was signed for
    std::optional<duration> session_life;  ///< of the session that is created, where it is cut short

    std::string document;                     ///< the body, where it is a document
    std::shared_ptr<staged_bytes> staged;     ///< the body, where it is data
    std::string md5;                          ///< of the data, raw
    std::optional<digest_kind> checksum_kind; ///< set before the body: one that is wanted in any case
    std::string checksum;                     ///< of the data, raw
    bool integrity_proven = false;            ///< Content-MD5 or a checksum was there and right

    std::optional<byte_pass> pass;               ///< what takes long
    std::shared_ptr<const stored_object> source; ///< of a copy
    std::vector<upload_part> parts;              ///< that an upload is completed with
    std::shared_ptr<stored_bytes> whole;         ///< they as one, where that takes no copying

    storage& store() const { return *state.store; }
    wall_time now() const { return state.clock->wall_now(); }
    const std::string* parameter(std::string_view name) const noexcept {
        for (const auto& p : query)
            if (p.name == name) return &p.value;
        return nullptr;
    }
    /// Empty where there is none.
    std::string parameter_text(std::string_view name) const {
        const auto* p = parameter(name);
        return p ? *p : std::string{};
    }
    std::string_view header(std::string_view name) const noexcept { return request.headers[name]; }
    void require_bucket() const {
        if (!store().has_bucket(bucket))
            throw s3_problem{404, "NoSuchBucket", "The specified bucket does not exist"}.detail("BucketName",
                                                                                                bucket);
    }
};

inline constexpr std::uint64_t largest_object = std::uint64_t{5} << 30; ///< of one PUT or copy
inline constexpr std::uint64_t largest_page = 1000;                     ///< of a list

enum class body_use : std::uint8_t {
    none, ///< checked against what was signed, and forgotten
    document,
    data,
};

struct service_route {
    s3_response (*run)(service_call&) = nullptr;
    body_use body = body_use::none;
    void (*check)(service_call&) = nullptr; ///< before the body
    /// After the body, before `run`: may set the call's `pass`, during which other requests are served. What
    /// it found out may not hold any more in `run`.
    void (*prepare)(service_call&) = nullptr;
    bool object_checksum = false; ///< x-amz-checksum-… is not of this body, but of the object
};

/// What a request asks for. Throws for what there is not.
PENSTOCK_DECL service_route route_of(const service_call& c);

// service_buckets.ipp
PENSTOCK_DECL s3_response list_buckets(service_call& c);
PENSTOCK_DECL s3_response create_bucket(service_call& c);
PENSTOCK_DECL s3_response delete_bucket(service_call& c);
PENSTOCK_DECL s3_response head_bucket(service_call& c);
PENSTOCK_DECL s3_response create_session(service_call& c); // service_access.ipp
PENSTOCK_DECL s3_response get_bucket_location(service_call& c);
PENSTOCK_DECL s3_response list_objects_v1(service_call& c);
PENSTOCK_DECL s3_response list_objects_v2(service_call& c);
PENSTOCK_DECL s3_response delete_objects(service_call& c);
// service_objects.ipp
PENSTOCK_DECL s3_response get_object(service_call& c);
PENSTOCK_DECL s3_response get_object_tagging(service_call& c);
PENSTOCK_DECL s3_response put_object(service_call& c);
PENSTOCK_DECL void check_put(service_call& c);
PENSTOCK_DECL s3_response delete_object(service_call& c);
// service_versions.ipp
PENSTOCK_DECL s3_response get_bucket_versioning(service_call& c);
PENSTOCK_DECL s3_response put_bucket_versioning(service_call& c);
PENSTOCK_DECL s3_response list_object_versions(service_call& c);
// service_copies.ipp
PENSTOCK_DECL void prepare_copy(service_call& c);
PENSTOCK_DECL s3_response copy_object(service_call& c);
PENSTOCK_DECL void prepare_part_copy(service_call& c);
PENSTOCK_DECL s3_response upload_part_copy(service_call& c);
// service_uploads.ipp
PENSTOCK_DECL s3_response create_multipart_upload(service_call& c);
PENSTOCK_DECL s3_response upload_part_data(service_call& c);
PENSTOCK_DECL void check_upload_part(service_call& c);
PENSTOCK_DECL void prepare_completion(service_call& c);
PENSTOCK_DECL s3_response complete_multipart_upload(service_call& c);
PENSTOCK_DECL s3_response abort_multipart_upload(service_call& c);
PENSTOCK_DECL s3_response list_parts(service_call& c);
PENSTOCK_DECL s3_response list_multipart_uploads(service_call& c);

// service_encryption.ipp: what is asked for is remembered and asked for again; the bytes stay as they are.
/// Adds what the request says of encryption, checked.
PENSTOCK_DECL void add_encryption(const service_call& c, http::header_list& kept);
PENSTOCK_DECL http::header_list without_encryption(const http::header_list& kept);
/// Adds what was remembered to an answer.
PENSTOCK_DECL void tell_encryption(const http::header_list& kept, http::header_list& out);
/// Whether the request brings the customer key that `kept` remembers; `prefix` is "x-amz-" or that of a copy's source.
PENSTOCK_DECL void check_customer_key(const service_call& c, const std::string& prefix, const http::header_list& kept);

// Shared by them.

/// What a client is told of a failure of the storage: nothing of where the server keeps its files.
PENSTOCK_DECL s3_problem storage_problem(const failure& f);

/// `text` where XML can hold it, else percent-encoded.
PENSTOCK_DECL std::string xml_safe(std::string_view text);
PENSTOCK_DECL std::string xml_time(wall_time t);
PENSTOCK_DECL std::string quoted_etag(std::string_view etag);
PENSTOCK_DECL s3_response xml_response(std::string document);
/// The latest version, or the one named. Throws NoSuchKey, NoSuchVersion, MethodNotAllowed for the mark of a deletion.
PENSTOCK_DECL std::shared_ptr<const stored_object> find_object(service_call& c, const std::string& bucket,
                                                               const std::string& key,
                                                               const std::string* version = nullptr);
/// Makes a new object of the call's bucket the latest version of its key, and tells its id where there are versions.
PENSTOCK_DECL void keep_object(service_call& c, object_record r, std::shared_ptr<stored_bytes> bytes,
                               http::header_list& headers);
PENSTOCK_DECL void add_version_header(const service_call& c, const std::string& bucket, const object_record& r,
                                      http::header_list& out);
/// What became of a deletion.
struct removed_object {
    removed_object() = default;
    bool delete_marker = false; ///< one was made, or removed
    std::string version_id;     ///< of the mark or of what was removed; empty without versions
};
PENSTOCK_DECL removed_object remove_object(service_call& c, const std::string& key, const std::string* version);
PENSTOCK_DECL bool has_older_versions(const service_call& c);
/// The headers of a new object that are kept. Throws for those that ask for what is not there (encryption,
/// tags …).
PENSTOCK_DECL http::header_list kept_headers(const service_call& c);
/// x-amz-tagging, checked.
PENSTOCK_DECL std::string new_tags(const service_call& c);
/// If-Match and If-None-Match of a request that writes `c.key`.
PENSTOCK_DECL void check_write_conditions(service_call& c);
/// If-Match and kin of a request that reads, under the names `prefix` + "if-match" …; true: not modified.
/// Throws 412.
PENSTOCK_DECL bool check_read_conditions(const service_call& c, std::string_view prefix,
                                         const object_record& r);
/// 1 to 18 digits, nothing else.
PENSTOCK_DECL std::optional<std::uint64_t> parse_size(std::string_view text) noexcept;
/// A number from 0 to `most` in a parameter, `otherwise` where it is missing. Throws InvalidArgument.
PENSTOCK_DECL std::uint64_t number_parameter(const service_call& c, std::string_view name, std::uint64_t most,
                                             std::uint64_t otherwise);
PENSTOCK_DECL s3_problem precondition_failed(std::string_view condition);
/// The upload that uploadId names. The key must be its key, too.
PENSTOCK_DECL multipart_upload& find_upload(service_call& c);
PENSTOCK_DECL std::uint32_t part_number(const service_call& c);
/// Puts `c.staged` into its upload, with its MD5 and checksum.
PENSTOCK_DECL void keep_part(service_call& c, multipart_upload& u);
/// The document of a request. Throws MalformedXML where it is none, or another than `root`.
PENSTOCK_DECL xml::element parse_body(const service_call& c, std::string_view root);
/// Whether encoding-type=url was asked for. Throws InvalidArgument for others.
PENSTOCK_DECL bool url_encoding(const service_call& c);
/// A key for a list: percent-encoded or as it is. Throws where XML cannot hold it.
PENSTOCK_DECL std::string list_text(std::string_view text, bool encode);
/// The least text above all texts that start with `prefix`; empty where there is none.
PENSTOCK_DECL std::string after_prefix(std::string prefix);
/// Adds the checksum of a record as x-amz-checksum-… headers.
PENSTOCK_DECL void add_checksum_headers(http::header_list& headers, const object_record& r);

} // namespace detail
} // namespace penstock::testing

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/testing/impl/service_call.ipp>
#endif

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/testing/s3_service.hpp>

#include <penstock/aws/aws_chunked.hpp>
#include <penstock/aws/sigv4_verify.hpp>
#include <penstock/s3/xml.hpp>
#include <penstock/testing/detail/service_call.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace penstock::testing {
namespace detail {

inline constexpr std::uint64_t largest_object = std::uint64_t{5} << 30; // of one PUT
inline constexpr std::size_t largest_document = std::size_t{4} << 20;
inline constexpr std::size_t longest_key = 1024;

inline s3_problem not_implemented(const std::string& what) {
    return {501, "NotImplemented",
            "A header or parameter you provided implies functionality that is not implemented: " + what};
}

/// The body's way through its codings and digests.
class body_intake {
  public:
    /// Throws for what the headers say wrong. `signed_hash` is x-amz-content-sha256 as it was signed, empty
    /// where nothing is.
    body_intake(service_call& call, body_use use, std::string signed_hash,
                std::optional<aws::chunk_signer> signer)
        : call_{call}, use_{use} {
        const auto framing = aws::chunk_framing_of(signed_hash);
        const auto& headers = call.request.headers;
        if (framing) {
            aws::aws_chunked_limits limits;
            limits.max_payload = largest_object;
            expected_size_ = decoded_length(headers);
            if (expected_size_) limits.max_payload = *expected_size_;
            decoder_.emplace(*framing, std::move(signer), limits);
        } else {
            expected_size_ = call.request.content_length;
            if (signed_hash.size() == 64) {
                sha256_.emplace(digest_kind::sha256);
                signed_hash_ = std::move(signed_hash);
            }
        }
        if (use == body_use::data && expected_size_ && *expected_size_ > largest_object)
            throw s3_problem{400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size"};
        if (use == body_use::document && expected_size_ && *expected_size_ > largest_document)
            throw document_too_large();
        find_checksum(headers);
        if (const auto md5 = headers.find("content-md5")) {
            const auto raw = from_base64(*md5);
            if (!raw || raw->size() != 16)
                throw s3_problem{400, "InvalidDigest", "The Content-MD5 you specified was invalid."};
            expected_md5_ = *raw;
        }
        if (use == body_use::data) call.staged = call.store().stage();
    }

    void write(std::string_view bytes) {
        if (!decoder_) return take(bytes);
        while (!bytes.empty() && !decoder_->finished()) {
            auto piece = decoder_->next(bytes);
            if (!piece) throw problem_of(piece.error());
            take(*piece);
        }
        if (!bytes.empty())
            throw s3_problem{400, "InvalidRequest",
                             "There are bytes after the last chunk of the aws-chunked body."};
    }

    void finish() {
        if (decoder_) {
            auto whole = decoder_->finish();
            if (!whole) throw problem_of(whole.error());
        }
        if (expected_size_ && size_ != *expected_size_)
            throw s3_problem{
                400, "IncompleteBody",
                "You did not provide the number of bytes specified by the Content-Length HTTP header."};
        if (sha256_) {
            const auto computed = to_hex(sha256_->finish());
            if (computed != signed_hash_)
                throw s3_problem{
                    400, "XAmzContentSHA256Mismatch",
                    "The provided 'x-amz-content-sha256' header does not match what was computed."}
                    .detail("ClientComputedContentSHA256", signed_hash_)
                    .detail("S3ComputedContentSHA256", computed);
        }
        call_.md5 = md5_.finish();
        if (expected_md5_) {
            if (*expected_md5_ != call_.md5)
                throw s3_problem{400, "BadDigest",
                                 "The Content-MD5 you specified did not match what we received."}
                    .detail("ExpectedDigest", to_base64(*expected_md5_))
                    .detail("CalculatedDigest", to_base64(call_.md5));
            call_.integrity_proven = true;
        }
        if (checksum_) finish_checksum();
    }

  private:
    static s3_problem document_too_large() {
        return {400, "MaxMessageLengthExceeded", "Your request was too big."};
    }

    static std::optional<std::uint64_t> decoded_length(const http::header_list& headers) {
        const auto text = headers.find("x-amz-decoded-content-length");
        if (!text)
            throw s3_problem{411, "MissingContentLength",
                             "You must provide the x-amz-decoded-content-length HTTP header."};
        std::uint64_t n = 0;
        const bool digits =
            !text->empty() && text->size() <= 18 &&
            std::all_of(text->begin(), text->end(), [](char c) { return c >= '0' && c <= '9'; });
        if (!digits)
            throw s3_problem{400, "InvalidArgument", "x-amz-decoded-content-length is not a number."};
        for (const char c : *text) n = n * 10 + static_cast<std::uint64_t>(c - '0');
        return n;
    }

    static s3_problem problem_of(const failure& f) {
        const auto& d = f.detail();
        return {d.http_status ? d.http_status : 400,
                d.service_code.empty() ? "InvalidRequest" : d.service_code, d.message};
    }

    /// x-amz-checksum-… with its value, or announced by x-amz-trailer; or an algorithm without a value.
    void find_checksum(const http::header_list& headers) {
        auto use = [this](digest_kind kind) {
            if (checksum_kind_ && *checksum_kind_ != kind)
                throw s3_problem{
                    400, "InvalidRequest",
                    "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed."};
            checksum_kind_ = kind;
        };
        for (std::size_t i = 0; i < headers.size(); ++i) {
            const auto h = headers[i];
            static constexpr std::string_view prefix = "x-amz-checksum-";
            if (http::iequals(h.name, "x-amz-trailer")) {
                if (h.value.size() > prefix.size() &&
                    http::iequals(h.value.substr(0, prefix.size()), prefix)) {
                    const auto kind = checksum_by_name(h.value.substr(prefix.size()));
                    if (!kind || !decoder_)
                        throw s3_problem{400, "InvalidRequest",
                                         "The value specified in the x-amz-trailer header is not supported"};
                    use(*kind);
                    trailer_ = checksum_header(*kind);
                }
            } else if (h.name.size() > prefix.size() &&
                       http::iequals(h.name.substr(0, prefix.size()), prefix)) {
                const auto kind = checksum_by_name(h.name.substr(prefix.size()));
                if (!kind) continue; // x-amz-checksum-type, -mode, -algorithm
                use(*kind);
                const auto raw = from_base64(h.value);
                if (!raw || raw->size() != digest_of(*kind, {}).size())
                    throw s3_problem{400, "InvalidRequest",
                                     "Value for " + checksum_header(*kind) + " header is invalid."};
                expected_checksum_ = *raw;
            }
        }
        if (!checksum_kind_) {
            auto name = headers["x-amz-sdk-checksum-algorithm"];
            if (!name.empty()) {
                checksum_kind_ = checksum_by_name(name);
                if (!checksum_kind_)
                    throw s3_problem{400, "InvalidRequest", "Checksum algorithm provided is unsupported."};
            }
        }
        if (checksum_kind_) checksum_.emplace(*checksum_kind_);
    }

    void finish_checksum() {
        call_.checksum_kind = checksum_kind_;
        call_.checksum = checksum_->finish();
        if (!trailer_.empty()) {
            const auto sent = decoder_->trailers().find(trailer_);
            if (!sent)
                throw s3_problem{400, "MalformedTrailerError",
                                 "The request contained trailing data that was not well-formed or did not "
                                 "conform to our published schema."};
            const auto raw = from_base64(*sent);
            if (!raw || raw->size() != call_.checksum.size())
                throw s3_problem{400, "InvalidRequest",
                                 "Value for " + trailer_ + " trailing header is invalid."};
            expected_checksum_ = *raw;
        }
        if (!expected_checksum_) return;
        if (*expected_checksum_ != call_.checksum)
            throw s3_problem{400, "BadDigest",
                             "The " + std::string{checksum_name(*checksum_kind_)} +
                                 " you specified did not match the calculated checksum."};
        call_.integrity_proven = true;
    }

    void take(std::string_view bytes) {
        size_ += bytes.size();
        if (size_ > (use_ == body_use::data ? largest_object : largest_document)) {
            if (use_ == body_use::data)
                throw s3_problem{400, "EntityTooLarge",
                                 "Your proposed upload exceeds the maximum allowed size"};
            throw document_too_large();
        }
        if (sha256_) sha256_->update(bytes);
        md5_.update(bytes);
        if (checksum_) checksum_->update(bytes);
        if (use_ == body_use::data)
            call_.staged->append(std::as_bytes(std::span{bytes.data(), bytes.size()}));
        else
            call_.document.append(bytes);
    }

    service_call& call_;
    body_use use_;
    std::optional<aws::aws_chunked_decoder> decoder_;
    std::optional<std::uint64_t> expected_size_;
    std::uint64_t size_ = 0;
    std::optional<digest> sha256_;
    std::string signed_hash_;
    digest md5_{digest_kind::md5};
    std::optional<std::string> expected_md5_;
    std::optional<digest_kind> checksum_kind_;
    std::optional<digest> checksum_;
    std::optional<std::string> expected_checksum_;
    std::string trailer_;
};

/// Sub-resources of S3 that this server does not have.
inline bool unknown_sub_resource(std::string_view name) noexcept {
    static constexpr std::string_view names[] = {
        "accelerate",
        "acl",
        "analytics",
        "attributes",
        "cors",
        "encryption",
        "intelligent-tiering",
        "inventory",
        "legal-hold",
        "lifecycle",
        "logging",
        "metrics",
        "notification",
        "object-lock",
        "ownershipControls",
        "policy",
        "policyStatus",
        "publicAccessBlock",
        "renameObject",
        "replication",
        "requestPayment",
        "restore",
        "retention",
        "select",
        "session",
        "torrent",
        "versions",
        "website",
    };
    return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

inline service_route route_of(const service_call& c) {
    const auto& method = c.request.method;
    for (const auto& p : c.query)
        if (unknown_sub_resource(p.name)) throw not_implemented("?" + p.name);
    if (const auto* id = c.parameter("versionId"); id && *id != "null") throw not_implemented("versionId");
    auto has = [&c](std::string_view name) { return c.parameter(name) != nullptr; };
    if (has("tagging") && (method != "GET" || c.key.empty()))
        throw not_implemented("?tagging, but for reading an object's");
    service_route r;
    if (c.bucket.empty()) {
        if (method == "GET") r.run = list_buckets;
    } else if (c.key.empty()) {
        if (method == "GET")
            r.run = has("location")                                        ? get_bucket_location
                    : has("versioning")                                    ? get_bucket_versioning
                    : has("uploads")                                       ? list_multipart_uploads
                    : has("list-type") && *c.parameter("list-type") == "2" ? list_objects_v2
                                                                           : list_objects_v1;
        else if (method == "HEAD")
            r.run = head_bucket;
        else if (has("versioning"))
            throw not_implemented("?versioning");
        else if (method == "PUT")
            r = {create_bucket, body_use::document, nullptr};
        else if (method == "DELETE")
            r.run = delete_bucket;
        else if (method == "POST" && has("delete"))
            r = {delete_objects, body_use::document, [](service_call& call) { call.require_bucket(); }};
        else if (method == "POST")
            throw not_implemented("uploads by a form");
    } else if (method == "GET" || method == "HEAD") {
        r.run = has("uploadId") && method == "GET" ? list_parts
                : has("tagging")                   ? get_object_tagging
                                                   : get_object;
    } else if (method == "PUT") {
        const bool copies = c.request.headers.contains("x-amz-copy-source");
        if (has("uploadId") != has("partNumber"))
            throw s3_problem{400, "InvalidArgument", "partNumber and uploadId belong together."};
        if (has("uploadId") && copies)
            r.run = upload_part_copy;
        else if (has("uploadId"))
            r = {upload_part_data, body_use::data, check_upload_part};
        else if (copies)
            r.run = copy_object;
        else
            r = {put_object, body_use::data, check_put};
    } else if (method == "POST") {
        if (has("uploads"))
            r.run = create_multipart_upload;
        else if (has("uploadId"))
            r = {complete_multipart_upload, body_use::document, nullptr};
    } else if (method == "DELETE") {
        r.run = has("uploadId") ? abort_multipart_upload : delete_object;
    }
    if (!r.run)
        throw s3_problem{405, "MethodNotAllowed",
                         "The specified method is not allowed against this resource."}
            .detail("Method", method)
            .detail("ResourceType", c.bucket.empty() ? "SERVICE"
                                    : c.key.empty()  ? "BUCKET"
                                                     : "OBJECT");
    return r;
}

class exchange final : public s3_exchange {
  public:
    exchange(std::shared_ptr<s3_service_state> state, s3_request request)
        : state_{std::move(state)}, request_{std::move(request)}, call_{*state_, request_},
          request_id_{state_->new_id()} {
        attempt([this] { begin(); });
    }

    bool refused() const noexcept override { return problem_.has_value(); }

    void write(std::span<const std::byte> bytes) override {
        if (problem_) return;
        attempt([&] {
            if (intake_)
                intake_->write({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
            else if ((ignored_ += bytes.size()) > largest_document)
                throw s3_problem{400, "MaxMessageLengthExceeded", "Your request was too big."};
        });
    }

    s3_response finish() override {
        s3_response out;
        if (!problem_)
            attempt([&] {
                if (intake_) intake_->finish();
                out = route_.run(call_);
            });
        if (problem_) out = document_of(*problem_);
        add_common(out);
        return out;
    }

    void ignore_if_match() noexcept override { request_.ignore_if_match = true; }

    const std::string& path() const noexcept override { return path_; }

    s3_response make_error(int status, std::string code, std::string message) override {
        auto out = document_of(s3_problem{status, std::move(code), std::move(message)});
        add_common(out);
        return out;
    }

  private:
    template <class F>
    void attempt(F f) {
        try {
            f();
        } catch (s3_problem& p) {
            problem_ = std::move(p);
        } catch (const error& e) {
            problem_ = problem_of_storage(e.as_failure());
        }
    }

    static s3_problem problem_of_storage(const failure& f) {
        if (f.code() == errc::conflict) return {409, "ObjectParentIsFile", f.detail().message};
        if (f.code() == errc::invalid_request) return {400, "InvalidArgument", f.detail().message};
        if (f.code() == errc::budget_exceeded) return {403, "QuotaExceeded", f.detail().message};
        if (f.code() == errc::no_such_bucket)
            return {404, "NoSuchBucket", "The specified bucket does not exist"};
        return {500, "InternalError", f.message()};
    }

    void begin() {
        const auto question = request_.target.find('?');
        raw_path_ = request_.target.substr(0, question);
        if (question != std::string::npos) raw_query_ = request_.target.substr(question + 1);
        // Absolute form, as to a proxy.
        if (!raw_path_.starts_with('/')) {
            const auto scheme = raw_path_.find("://");
            const auto slash = scheme == std::string::npos ? scheme : raw_path_.find('/', scheme + 3);
            if (scheme == std::string::npos)
                throw s3_problem{400, "InvalidURI", "Couldn't parse the specified URI."};
            raw_path_ = slash == std::string::npos ? "/" : raw_path_.substr(slash);
        }
        split_path();
        call_.query = aws::parse_query(raw_query_);
        authenticate();
        check_names();
        route_ = route_of(call_);
        if (route_.check) route_.check(call_);
        if (route_.body != body_use::none)
            intake_.emplace(call_, route_.body, std::move(payload_hash_), std::move(chunk_signer_));
    }

    void split_path() {
        auto path = aws::uri_decode(raw_path_);
        if (!path) throw s3_problem{400, "InvalidURI", "Couldn't parse the specified URI."};
        auto host = request_.headers["host"];
        host = host.substr(0, host.find(':'));
        std::string_view in_host;
        const auto& domains = state_->options.base_domains();
        if (std::none_of(domains.begin(), domains.end(),
                         [&](const auto& d) { return http::iequals(host, d); })) {
            for (const auto& d : domains) {
                if (host.size() <= d.size() + 1 || host[host.size() - d.size() - 1] != '.' ||
                    !http::iequals(host.substr(host.size() - d.size()), d))
                    continue;
                in_host = host.substr(0, host.size() - d.size() - 1);
                break;
            }
        }
        if (!in_host.empty()) {
            call_.bucket = in_host;
            std::transform(call_.bucket.begin(), call_.bucket.end(), call_.bucket.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
            call_.key = path->substr(1);
        } else {
            const auto slash = path->find('/', 1);
            call_.bucket = path->substr(1, slash == std::string::npos ? slash : slash - 1);
            if (slash != std::string::npos) call_.key = path->substr(slash + 1);
        }
        path_ = "/" + call_.bucket + (call_.key.empty() ? "" : "/" + call_.key);
    }

    void check_names() {
        if (call_.bucket.empty() && !call_.key.empty())
            throw s3_problem{400, "InvalidBucketName", "The specified bucket is not valid."}.detail(
                "BucketName", "");
        if (call_.key.size() > longest_key)
            throw s3_problem{400, "KeyTooLongError", "Your key is too long"}
                .detail("Size", std::to_string(call_.key.size()))
                .detail("MaxSizeAllowed", std::to_string(longest_key));
        const auto owner = request_.headers.find("x-amz-expected-bucket-owner");
        if (owner && !call_.bucket.empty() && *owner != state_->options.owner()) throw access_denied();
    }

    static s3_problem access_denied() { return {403, "AccessDenied", "Access Denied"}; }

    void authenticate() {
        aws::sigv4_received received;
        received.method = request_.method;
        received.path = raw_path_;
        received.query = raw_query_;
        received.headers = &request_.headers;
        const auto parsed = aws::parse_signed_request(received);
        if (parsed.refusal) throw problem_of(*parsed.refusal);
        const auto& users = state_->options.users();
        if (!parsed.claim || users.empty()) {
            if (!state_->options.anonymous()) throw access_denied();
            // Nobody checks signatures here, but the body may still be aws-chunked or hashed.
            payload_hash_ = parsed.claim ? parsed.claim->payload_hash
                                         : std::string{request_.headers["x-amz-content-sha256"]};
            call_.is_signed = parsed.claim.has_value();
            return;
        }
        const auto& claim = *parsed.claim;
        const auto user = std::find_if(users.begin(), users.end(),
                                       [&](const auto& u) { return u.access_key_id == claim.access_key_id; });
        if (user == users.end())
            throw s3_problem{403, "InvalidAccessKeyId",
                             "The AWS Access Key Id you provided does not exist in our records."}
                .detail("AWSAccessKeyId", xml_safe(claim.access_key_id));
        if (user->session_token != claim.session_token)
            throw s3_problem{400, "InvalidToken", "The provided token is malformed or otherwise invalid."};
        aws::sigv4_expectation expected;
        expected.region = state_->options.region();
        const auto refusal = aws::verify_signature(received, claim, user->secret_access_key,
                                                   state_->clock->wall_now(), expected);
        if (refusal) throw problem_of(*refusal);
        payload_hash_ = claim.payload_hash;
        const auto framing = aws::chunk_framing_of(claim.payload_hash);
        if (framing && *framing != aws::chunk_framing::unsigned_trailer)
            chunk_signer_ = aws::make_chunk_signer(claim, user->secret_access_key);
        call_.is_signed = true;
    }

    static s3_problem problem_of(const aws::sigv4_refusal& r) {
        s3_problem p{r.status, r.code, r.message};
        if (!r.region.empty()) p.detail("Region", r.region).header("x-amz-bucket-region", r.region);
        return p;
    }

    s3_response document_of(const s3_problem& p) {
        s3_response out;
        out.status = p.status;
        out.code = p.code;
        out.headers = p.headers;
        if (p.status == 304) return out;
        s3::xml::writer w;
        w.open("Error").element("Code", p.code).element("Message", xml_safe(p.message));
        // Element names come from literals in this module.
        for (const auto& [name, value] : p.details) w.element(name, xml_safe(value));
        if (!call_.key.empty()) w.element("Key", xml_safe(call_.key));
        w.element("Resource", xml_safe(path_)).element("RequestId", request_id_).element("HostId", host_id());
        out.headers.set("Content-Type", "application/xml");
        out.body = w.finish();
        return out;
    }

    void add_common(s3_response& out) {
        out.headers.add("x-amz-request-id", request_id_);
        out.headers.add("x-amz-id-2", host_id());
        out.headers.add("Server", "Penstock");
    }

    std::string host_id() const { return to_base64("penstock:" + request_id_); }

    std::shared_ptr<s3_service_state> state_;
    s3_request request_;
    service_call call_;
    std::string request_id_;
    std::string raw_path_;
    std::string raw_query_;
    std::string path_ = "/";
    service_route route_;
    std::optional<body_intake> intake_;
    std::size_t ignored_ = 0; // bytes of a body that nobody wants
    std::string payload_hash_;
    std::optional<aws::chunk_signer> chunk_signer_;
    std::optional<s3_problem> problem_;
};

PENSTOCK_DECL std::string xml_safe(std::string_view text) {
    return s3::xml::representable(text) ? std::string{text} : aws::uri_encode(text, true);
}

PENSTOCK_DECL s3_response xml_response(std::string document) {
    s3_response out;
    out.headers.add("Content-Type", "application/xml");
    out.body = std::move(document);
    return out;
}

PENSTOCK_DECL std::uint64_t number_parameter(const service_call& c, std::string_view name, std::uint64_t most,
                                             std::uint64_t otherwise) {
    const auto* text = c.parameter(name);
    if (!text || text->empty()) return otherwise;
    std::uint64_t n = 0;
    for (const char ch : *text) {
        if (ch < '0' || ch > '9' || n > most + 1'000'000)
            throw s3_problem{400, "InvalidArgument",
                             "Provided " + std::string{name} + " not an integer or within integer range"}
                .detail("ArgumentName", std::string{name})
                .detail("ArgumentValue", *text);
        n = n * 10 + static_cast<std::uint64_t>(ch - '0');
    }
    return std::min(n, most);
}

} // namespace detail

PENSTOCK_DECL s3_service::s3_service(s3_service_options options, std::shared_ptr<storage> store,
                                     std::shared_ptr<clock_source> clock,
                                     std::shared_ptr<random_source> random)
    : state_{std::make_shared<s3_service_state>()} {
    state_->options = std::move(options);
    state_->store = std::move(store);
    state_->clock = std::move(clock);
    state_->random = random ? std::move(random) : make_system_random();
}
PENSTOCK_DECL s3_service::~s3_service() = default;

PENSTOCK_DECL std::unique_ptr<s3_exchange> s3_service::start(s3_request request) {
    return std::make_unique<detail::exchange>(state_, std::move(request));
}
PENSTOCK_DECL const s3_service_options& s3_service::options() const noexcept { return state_->options; }
PENSTOCK_DECL storage& s3_service::store() const noexcept { return *state_->store; }
PENSTOCK_DECL std::size_t s3_service::open_uploads() const noexcept { return state_->uploads.size(); }

} // namespace penstock::testing

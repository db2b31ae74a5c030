// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/sigv4.hpp>

#include <penstock/aws/date_time.hpp>
#include <penstock/aws/uri.hpp>
#include <penstock/core/detail/ascii.hpp>
#include <penstock/core/error.hpp>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/params.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace penstock::aws {
namespace detail {

inline constexpr std::string_view sigv4_algorithm = "AWS4-HMAC-SHA256";

/// Headers in canonical form. Kept by `signer`, whose memory it reuses.
class canonical_headers {
  public:
    void clear() noexcept {
        names_.clear();
        entries_.clear();
    }

    /// `value` must stay valid until the last call of `append_to`.
    void add(std::string_view name, std::string_view value) {
        entries_.push_back({names_.size(), name.size(), value});
        const auto at = names_.size();
        names_.resize(at + name.size());
        for (std::size_t i = 0; i < name.size(); ++i) names_[at + i] = penstock::detail::lower(name[i]);
    }

    /// To be called after the last `add`. Values of one name keep their order. An insertion sort: a request
    /// has few headers, and they come nearly sorted; many (a flood sent to a server) go the other way.
    void sort() {
        const auto before = [this](const entry& a, const entry& b) { return name(a) < name(b); };
        if (entries_.size() > 32) {
            std::stable_sort(entries_.begin(), entries_.end(), before);
            return;
        }
        for (std::size_t i = 1; i < entries_.size(); ++i) {
            const auto moving = entries_[i];
            auto to = i;
            for (; to > 0 && before(moving, entries_[to - 1]); --to) entries_[to] = entries_[to - 1];
            entries_[to] = moving;
        }
    }

    void append_names(std::string& out) const {
        for (std::size_t i = 0; i < entries_.size(); ++i) {
            if (i > 0 && name(entries_[i]) == name(entries_[i - 1])) continue;
            if (i > 0) out += ';';
            out += name(entries_[i]);
        }
    }

    void append_to(std::string& out) const {
        for (std::size_t i = 0; i < entries_.size(); ++i) {
            const bool same = i > 0 && name(entries_[i]) == name(entries_[i - 1]);
            if (same) {
                out.back() = ','; // instead of the line's end
            } else {
                out += name(entries_[i]);
                out += ':';
            }
            append_folded(out, entries_[i].value);
            out += '\n';
        }
    }

  private:
    struct entry {
        std::size_t name, name_size;
        std::string_view value;
    };

    std::string_view name(const entry& e) const noexcept {
        return std::string_view{names_}.substr(e.name, e.name_size);
    }

    static constexpr bool is_space(char c) noexcept { return c == ' ' || c == '\t'; }

    /// Without white space around, and one space for each run of it within.
    static void append_folded(std::string& out, std::string_view value) {
        while (!value.empty() && is_space(value.front())) value.remove_prefix(1);
        while (!value.empty() && is_space(value.back())) value.remove_suffix(1);
        const bool no_space =
            value.find(' ') == std::string_view::npos && value.find('\t') == std::string_view::npos;
        if (no_space) { // nearly always, and much faster
            out += value;
            return;
        }
        while (!value.empty()) {
            std::size_t n = 0;
            while (n < value.size() && !is_space(value[n])) ++n;
            out.append(value.substr(0, n));
            value.remove_prefix(n);
            if (value.empty()) break;
            out += ' ';
            while (is_space(value.front())) value.remove_prefix(1);
        }
    }

    std::string names_;
    std::vector<entry> entries_;
};

/// Empty and dot segments removed; a slash at the end stays.
PENSTOCK_DECL std::string normalized_path(std::string_view path) {
    std::vector<std::string_view> kept;
    for (auto rest = path; !rest.empty();) {
        const auto end = std::min(rest.find('/'), rest.size());
        const auto segment = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (segment == "..") {
            if (!kept.empty()) kept.pop_back();
        } else if (!segment.empty() && segment != ".") {
            kept.push_back(segment);
        }
    }
    std::string out;
    for (const auto segment : kept) out.append("/").append(segment);
    if (kept.empty() || path.ends_with('/')) out += '/';
    return out;
}

PENSTOCK_DECL void append_canonical_path(std::string& out, std::string_view path,
                                         const sigv4_path_rules& rules) {
    if (!rules.normalize && !rules.double_encode) {
        out += path.empty() ? std::string_view{"/"} : path;
        return;
    }
    const auto text = rules.normalize || path.empty() ? normalized_path(path) : std::string{path};
    if (rules.double_encode)
        append_uri_encoded(out, text, true);
    else
        out += text;
}

PENSTOCK_DECL void append_canonical_request(std::string& out, const sigv4_message& m,
                                            const canonical_headers& headers, std::string_view names) {
    out += m.method;
    out += '\n';
    append_canonical_path(out, m.path, m.path_rules);
    out += '\n';
    out += m.query;
    out += '\n';
    headers.append_to(out);
    out += '\n';
    out += names;
    out += '\n';
    out += m.payload_hash;
}

PENSTOCK_DECL canonical_headers make_canonical_headers(std::span<const http::header_view> headers) {
    canonical_headers out;
    for (const auto& h : headers) out.add(h.name, h.value);
    out.sort();
    return out;
}

PENSTOCK_DECL void append_scope(std::string& out, std::string_view date, std::string_view region,
                                std::string_view service) {
    out.append(date).append("/").append(region).append("/").append(service).append("/aws4_request");
}

} // namespace detail

PENSTOCK_DECL sha256_digest hmac_sha256(std::span<const std::uint8_t> key, std::string_view data) {
    sha256_digest out;
    if (!HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
              reinterpret_cast<const unsigned char*>(data.data()), data.size(), out.data(), nullptr))
        detail::throw_no_sha256();
    return out;
}

PENSTOCK_DECL std::string signed_headers(std::span<const http::header_view> headers) {
    std::string out;
    detail::make_canonical_headers(headers).append_names(out);
    return out;
}

PENSTOCK_DECL std::string canonical_request(const sigv4_message& message) {
    const auto headers = detail::make_canonical_headers(message.headers);
    std::string names, out;
    headers.append_names(names);
    detail::append_canonical_request(out, message, headers, names);
    return out;
}

PENSTOCK_DECL std::string credential_scope(std::string_view amz_date, std::string_view region,
                                           std::string_view service) {
    std::string out;
    detail::append_scope(out, amz_date.substr(0, 8), region, service);
    return out;
}

PENSTOCK_DECL std::string string_to_sign(std::string_view amz_date, std::string_view scope,
                                         std::string_view canonical_request) {
    std::string out{detail::sigv4_algorithm};
    out.append("\n").append(amz_date).append("\n").append(scope).append("\n").append(
        sha256_hex(canonical_request));
    return out;
}

PENSTOCK_DECL sha256_digest signing_key(std::string_view secret_access_key, std::string_view date,
                                        std::string_view region, std::string_view service) {
    std::string secret{"AWS4"};
    secret += secret_access_key;
    const std::span<const std::uint8_t> first{reinterpret_cast<const std::uint8_t*>(secret.data()),
                                              secret.size()};
    auto key = hmac_sha256(first, date);
    OPENSSL_cleanse(secret.data(), secret.size());
    key = hmac_sha256(key, region);
    key = hmac_sha256(key, service);
    return hmac_sha256(key, "aws4_request");
}

PENSTOCK_DECL std::string signature(const sha256_digest& key, std::string_view string_to_sign) {
    return hex(hmac_sha256(key, string_to_sign));
}

PENSTOCK_DECL bool constant_time_equal(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

/// Everything that lasts from one signature to the next.
struct signer::state {
    state()
        : digest{EVP_MD_fetch(nullptr, "SHA256", nullptr)}, digest_context{EVP_MD_CTX_new()},
          mac{EVP_MAC_fetch(nullptr, "HMAC", nullptr)}, mac_context{mac ? EVP_MAC_CTX_new(mac) : nullptr} {
        if (digest && digest_context && mac && mac_context) return;
        release();
        detail::throw_no_sha256();
    }
    state(const state&) = delete;
    state& operator=(const state&) = delete;
    ~state() { release(); }

    /// Brings date, scope and key up to date; nearly always nothing but comparisons.
    void prepare(const credentials& who, wall_time now, std::string_view region, std::string_view service,
                 bool s3_paths) {
        if (who.access_key_id.empty() || who.secret_access_key.empty())
            throw_failure(
                failure{errc::invalid_credentials, "credentials without key id or secret cannot sign"});
        path_rules.normalize = path_rules.double_encode = !s3_paths;
        const auto now_second = std::chrono::floor<std::chrono::seconds>(now);
        const bool same_second = keyed && now_second == second;
        if (!same_second) {
            second = now_second;
            write_amz_date(now_second, amz_date);
        }
        const std::string_view date{amz_date, 8};
        if (keyed && date == key_date && who.secret_access_key == secret && who.access_key_id == key_id &&
            who.session_token == token)
            return;
        keyed = false;
        auto key = signing_key(who.secret_access_key, date, region, service);
        char name[] = "SHA256";
        const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0),
                                         OSSL_PARAM_construct_end()};
        const bool ok = EVP_MAC_init(mac_context, key.data(), key.size(), parameters) == 1;
        OPENSSL_cleanse(key.data(), key.size());
        if (!ok) detail::throw_no_sha256();
        forget_secret();
        key_date = date;
        secret = who.secret_access_key;
        key_id = who.access_key_id;
        scope.clear();
        detail::append_scope(scope, date, region, service);
        authorization_start.assign(detail::sigv4_algorithm).append(" Credential=").append(key_id).append("/");
        authorization_start.append(scope).append(", SignedHeaders=");
        // Once for all requests; what is added later is names and digits.
        if (!http::valid_header("Authorization", authorization_start) ||
            !http::valid_header("Token", who.session_token))
            throw_failure(failure{errc::invalid_credentials,
                                  "credentials with a line break or control character",
                                  "check for a line break at the end of key id and token"});
        token = who.session_token;
        keyed = true;
    }

    /// After the last `headers.add`.
    void close_headers() {
        headers.sort();
        names.clear();
        headers.append_names(names);
    }

    /// Signs what `headers` holds; leaves the signature in `signature`.
    void sign(const sigv4_message& message) {
        canonical.clear();
        detail::append_canonical_request(canonical, message, headers, names);
        to_sign.assign(detail::sigv4_algorithm);
        to_sign += '\n';
        to_sign.append(amz_date, sizeof amz_date);
        to_sign += '\n';
        to_sign += scope;
        to_sign += '\n';
        sha256_digest out;
        if (EVP_DigestInit_ex2(digest_context, digest, nullptr) != 1 ||
            EVP_DigestUpdate(digest_context, canonical.data(), canonical.size()) != 1 ||
            EVP_DigestFinal_ex(digest_context, out.data(), nullptr) != 1)
            detail::throw_no_sha256();
        detail::append_hex(to_sign, out);
        std::size_t size = 0;
        // Without a key: the one of the last initialisation.
        if (EVP_MAC_init(mac_context, nullptr, 0, nullptr) != 1 ||
            EVP_MAC_update(mac_context, reinterpret_cast<const unsigned char*>(to_sign.data()),
                           to_sign.size()) != 1 ||
            EVP_MAC_final(mac_context, out.data(), &size, out.size()) != 1)
            detail::throw_no_sha256();
        signature.clear();
        detail::append_hex(signature, out);
    }

    EVP_MD* digest;
    EVP_MD_CTX* digest_context;
    EVP_MAC* mac;
    EVP_MAC_CTX* mac_context;

    bool keyed = false;
    std::chrono::time_point<std::chrono::system_clock, std::chrono::seconds> second;
    char amz_date[16];
    std::string key_date, key_id, secret, token, scope, authorization_start;
    sigv4_path_rules path_rules;

    detail::canonical_headers headers;
    std::string names, canonical, to_sign, signature, authorization;

  private:
    void forget_secret() noexcept { OPENSSL_cleanse(secret.data(), secret.size()); }

    void release() noexcept {
        forget_secret();
        EVP_MAC_CTX_free(mac_context);
        EVP_MAC_free(mac);
        EVP_MD_CTX_free(digest_context);
        EVP_MD_free(digest);
    }
};

namespace detail {

/// Whether `name`, of the same size, is `lower` but for its case. `lower` is lower-case letters and '-'.
inline bool is_field(std::string_view name, std::string_view lower) noexcept {
    bool same = true;
    for (std::size_t i = 0; i < lower.size(); ++i) {
        same &= penstock::detail::lower(name[i]) == lower[i];
    }
    return same;
}

inline bool is_amz_field(std::string_view name) noexcept {
    return name.size() > 6 && is_field(name, "x-amz-");
}

/// Fields that proxies leave alone and that change what the request means.
PENSTOCK_DECL bool is_signed_field(std::string_view name) noexcept {
    switch (name.size()) { // one comparison a name, for every request comes here
    case 4:
        return is_field(name, "host");
    case 5:
        return is_field(name, "range");
    case 8:
        return is_field(name, "if-match") || is_amz_field(name);
    case 11:
        return is_field(name, "content-md5") || is_amz_field(name);
    case 12:
        return is_field(name, "content-type") || is_amz_field(name);
    case 13:
        return is_field(name, "if-none-match") || is_amz_field(name);
    case 16:
        return is_field(name, "content-encoding") || is_amz_field(name);
    case 17:
        return is_field(name, "if-modified-since") || is_amz_field(name);
    case 19:
        return is_field(name, "if-unmodified-since") || is_amz_field(name);
    default:
        return is_amz_field(name);
    }
}

/// What signing adds, and replaces when it is there already.
PENSTOCK_DECL bool is_signature_field(std::string_view name) noexcept {
    switch (name.size()) {
    case 10:
        return is_field(name, "x-amz-date");
    case 13:
        return is_field(name, "authorization");
    case 20:
        return is_field(name, "x-amz-content-sha256") || is_field(name, "x-amz-security-token");
    case 21:
        return is_field(name, "x-amz-s3session-token");
    default:
        return false;
    }
}

inline const char* token_header(token_name t) noexcept {
    return t == token_name::s3session_token ? "x-amz-s3session-token" : "x-amz-security-token";
}
inline const char* token_parameter(token_name t) noexcept {
    return t == token_name::s3session_token ? "X-Amz-S3session-Token" : "X-Amz-Security-Token";
}

PENSTOCK_DECL void remove_signature_fields(http::header_list& headers) {
    bool any = false;
    for (std::size_t i = 0; !any && i < headers.size(); ++i) any = is_signature_field(headers[i].name);
    if (!any) return;
    http::header_list kept;
    for (std::size_t i = 0; i < headers.size(); ++i)
        if (!is_signature_field(headers[i].name)) kept.add_valid(headers[i].name, headers[i].value);
    headers = std::move(kept);
}

} // namespace detail

PENSTOCK_DECL signer::signer(std::string region, std::string service, token_name token)
    : region_{std::move(region)}, service_{std::move(service)}, token_{token}, state_{std::make_unique<state>()} {}
PENSTOCK_DECL signer::signer(signer&&) noexcept = default;
PENSTOCK_DECL signer& signer::operator=(signer&&) noexcept = default;
PENSTOCK_DECL signer::~signer() = default;

PENSTOCK_DECL const std::string& signer::sign(http::request& request, const credentials& who, wall_time now,
                                              std::string_view payload_hash) {
    auto& s = *state_;
    s.prepare(who, now, region_, service_, service_.starts_with("s3"));
    auto& headers = request.headers;
    detail::remove_signature_fields(headers);
    headers.add_valid("x-amz-date", std::string_view{s.amz_date, sizeof s.amz_date});
    headers.add("x-amz-content-sha256", payload_hash);
    if (!who.session_token.empty()) headers.add_valid(detail::token_header(token_), who.session_token);

    s.headers.clear();
    for (std::size_t i = 0; i < headers.size(); ++i) {
        const auto h = headers[i];
        if (detail::is_signed_field(h.name)) s.headers.add(h.name, h.value);
    }
    s.close_headers();
    sigv4_message message;
    message.method = request.method;
    message.path = request.path;
    message.query = request.query;
    message.payload_hash = payload_hash;
    message.path_rules = s.path_rules;
    s.sign(message);

    s.authorization.assign(s.authorization_start).append(s.names).append(", Signature=").append(s.signature);
    headers.add_valid("Authorization", s.authorization);
    return s.signature;
}

PENSTOCK_DECL std::string signer::presign(const http::request& request, const credentials& who, wall_time now,
                                          std::chrono::seconds expires, std::string_view payload_hash) {
    if (expires < std::chrono::seconds{1} || expires > std::chrono::hours{24 * 7})
        throw_failure(failure{errc::invalid_option,
                              "a presigned URL cannot be valid for " + std::to_string(expires.count()) + " s",
                              "choose 1 second to 7 days"});
    if (!request.headers.contains("Host"))
        throw_failure(failure{errc::invalid_option, "a request without Host cannot be presigned"});
    auto& s = *state_;
    s.prepare(who, now, region_, service_, service_.starts_with("s3"));
    s.headers.clear();
    for (std::size_t i = 0; i < request.headers.size(); ++i)
        s.headers.add(request.headers[i].name, request.headers[i].value);
    s.close_headers();

    auto parameters = parse_query(request.query);
    parameters.emplace_back("X-Amz-Algorithm", std::string{detail::sigv4_algorithm});
    parameters.emplace_back("X-Amz-Credential", who.access_key_id + "/" + s.scope);
    parameters.emplace_back("X-Amz-Date", std::string{s.amz_date, sizeof s.amz_date});
    parameters.emplace_back("X-Amz-Expires", std::to_string(expires.count()));
    parameters.emplace_back("X-Amz-SignedHeaders", s.names);
    if (!who.session_token.empty()) parameters.emplace_back(detail::token_parameter(token_), who.session_token);
    auto query = canonical_query(parameters);

    sigv4_message message;
    message.method = request.method;
    message.path = request.path;
    message.query = query;
    message.payload_hash = payload_hash;
    message.path_rules = s.path_rules;
    s.sign(message);
    return query.append("&X-Amz-Signature=").append(s.signature);
}

PENSTOCK_DECL chunk_signer::chunk_signer(const credentials& who, std::string_view amz_date,
                                         std::string_view region, std::string_view service,
                                         std::string_view seed_signature)
    : key_{signing_key(who.secret_access_key, amz_date.substr(0, 8), region, service)}, previous_{
                                                                                            seed_signature} {
    prefix_.append("\n").append(amz_date).append("\n");
    prefix_.append(credential_scope(amz_date, region, service)).append("\n");
}

PENSTOCK_DECL std::string chunk_signer::chunk_string_to_sign(const sha256_digest& chunk_hash) const {
    std::string out{"AWS4-HMAC-SHA256-PAYLOAD"};
    out.append(prefix_).append(previous_).append("\n").append(empty_payload_hash).append("\n");
    detail::append_hex(out, chunk_hash);
    return out;
}

PENSTOCK_DECL std::string chunk_signer::string_to_sign(std::string_view chunk) const {
    return chunk_string_to_sign(sha256(chunk));
}

PENSTOCK_DECL std::string chunk_signer::sign_chunk(std::string_view chunk) {
    return sign_chunk(sha256(chunk));
}

PENSTOCK_DECL std::string chunk_signer::sign_chunk(const sha256_digest& chunk_hash) {
    previous_ = signature(key_, chunk_string_to_sign(chunk_hash));
    return previous_;
}

PENSTOCK_DECL std::string chunk_signer::trailer_string_to_sign(std::string_view trailers) const {
    std::string out{"AWS4-HMAC-SHA256-TRAILER"};
    out.append(prefix_).append(previous_).append("\n").append(sha256_hex(trailers));
    return out;
}

PENSTOCK_DECL std::string chunk_signer::sign_trailers(std::string_view trailers) {
    previous_ = signature(key_, trailer_string_to_sign(trailers));
    return previous_;
}

} // namespace penstock::aws

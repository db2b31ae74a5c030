// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include "support/conformance.hpp"

#include <penstock/aws/date_time.hpp>
#include <penstock/aws/sigv4.hpp>
#include <penstock/aws/uri.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace test_sigv4_support {

namespace aws = penstock::aws;
namespace http = penstock::http;
namespace json = boost::json;

using fields = std::vector<std::pair<std::string, std::string>>;

/// A request as the suites write it: raw bytes in the target, folded header lines.
struct raw_request {
    std::string method, path, query, body;
    fields headers;
};

inline raw_request parse_request(std::string_view text) {
    raw_request r;
    const auto next_line = [&text] {
        const auto end = std::min(text.find('\n'), text.size());
        auto line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        return line;
    };
    auto line = next_line();
    const auto first = line.find(' ');
    r.method = line.substr(0, first);
    auto target = line.substr(first + 1);
    const auto last = target.rfind(' ');
    if (last != std::string_view::npos && http::iequals(target.substr(last, 6), " HTTP/"))
        target = target.substr(0, last);
    const auto mark = target.find('?');
    r.path = target.substr(0, mark);
    if (mark != std::string_view::npos) r.query = target.substr(mark + 1);
    while (!text.empty()) {
        line = next_line();
        if (line.empty()) break;
        if (line.front() == ' ' || line.front() == '\t') {
            if (!r.headers.empty()) r.headers.back().second.append(" ").append(line);
        } else {
            const auto colon = std::min(line.find(':'), line.size());
            r.headers.emplace_back(line.substr(0, colon), line.substr(std::min(colon + 1, line.size())));
        }
    }
    r.body = text;
    return r;
}

inline std::vector<http::header_view> views(const fields& headers) {
    std::vector<http::header_view> out;
    for (const auto& [name, value] : headers) out.push_back({name, value});
    return out;
}

/// Empty when equal, but for a line's end at the end of the file.
inline std::string differ(const std::string& what, std::string expected, const std::string& got) {
    if (expected.ends_with('\n') && !got.ends_with('\n')) expected.pop_back();
    return expected == got ? "" : what + ": expected\n" + expected + "\ngot\n" + got;
}

inline std::string text_of(const json::value& v) { return std::string{v.as_string()}; }

inline aws::credentials credentials_of(const json::object& c) {
    aws::credentials out{text_of(c.at("access_key_id")), text_of(c.at("secret_access_key"))};
    for (const char* name : {"token", "session_token"})
        if (const auto* token = c.if_contains(name); token && token->is_string())
            out.session_token = text_of(*token);
    return out;
}

/// What a case of the suites sigv4 and sigv4a says beside its request.
struct context {
    aws::credentials who;
    std::string amz_date, region, service;
    std::chrono::seconds expires{};
    bool normalize = true, sign_body = false, omit_token = false;
};

inline context read_context(const std::filesystem::path& file) {
    const auto j = test::read_json(file).as_object();
    context c;
    c.who = credentials_of(j.at("credentials").as_object());
    c.amz_date =
        aws::format_amz_date(aws::parse_iso8601(j.at("timestamp").as_string()).value().to_wall_time());
    c.region = text_of(j.at("region"));
    c.service = text_of(j.at("service"));
    const auto flag = [&j](const char* name) {
        const auto* v = j.if_contains(name);
        return v && v->as_bool();
    };
    c.normalize = flag("normalize");
    c.sign_body = flag("sign_body");
    c.omit_token = flag("omit_session_token");
    c.expires = std::chrono::seconds{j.at("expiration_in_seconds").to_number<std::int64_t>()};
    return c;
}

inline aws::sigv4_message message_of(const raw_request& r, const std::string& query,
                              const std::vector<http::header_view>& headers,
                              const std::string& payload_hash) {
    aws::sigv4_message m;
    m.method = r.method;
    m.path = r.path;
    m.query = query;
    m.headers = headers;
    m.payload_hash = payload_hash;
    m.path_rules.double_encode = true;
    return m;
}

/// The three texts of one signature.
struct signing {
    std::string canonical_request, string_to_sign, signature, signed_headers;
};

inline signing sign(const aws::sigv4_message& m, const aws::credentials& who, const std::string& amz_date,
                    const std::string& region, const std::string& service) {
    signing out;
    out.canonical_request = aws::canonical_request(m);
    out.signed_headers = aws::signed_headers(m.headers);
    const auto scope = aws::credential_scope(amz_date, region, service);
    out.string_to_sign = aws::string_to_sign(amz_date, scope, out.canonical_request);
    const auto key = aws::signing_key(who.secret_access_key, amz_date.substr(0, 8), region, service);
    out.signature = aws::signature(key, out.string_to_sign);
    return out;
}

} // namespace test_sigv4_support

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "sigv4_support.hpp"

#include <penstock/aws/sigv4a.hpp>

// Canonical requests and strings to sign. Nothing signs by SigV4A yet: it is for multi-region access points.

namespace test_sigv4a_suite {

using namespace test_sigv4_support;
using path = std::filesystem::path;

std::string compare(const path& folder, const std::string& kind, const aws::sigv4_message& m,
                    const context& c) {
    const auto file = [&](const char* what) { return test::read_file(folder / (kind + what)); };
    const auto canonical = aws::canonical_request(m);
    auto why = differ(kind + " canonical request", file("-canonical-request.txt"), canonical);
    if (!why.empty()) return why;
    const auto scope = aws::sigv4a_credential_scope(c.amz_date, c.service);
    return differ(kind + " string to sign", file("-string-to-sign.txt"),
                  aws::sigv4a_string_to_sign(c.amz_date, scope, canonical));
}

std::string check_header(const path& folder, const context& c) {
    auto r = parse_request(test::read_file(folder / "request.txt"));
    const auto payload_hash = aws::sha256_hex(r.body);
    r.headers.emplace_back("X-Amz-Date", c.amz_date);
    r.headers.emplace_back("X-Amz-Region-Set", c.region);
    if (!c.who.session_token.empty() && !c.omit_token)
        r.headers.emplace_back("X-Amz-Security-Token", c.who.session_token);
    if (c.sign_body) r.headers.emplace_back("x-amz-content-sha256", payload_hash);
    const auto headers = views(r.headers);
    const auto query = aws::canonical_query(aws::parse_query(r.query));
    auto m = message_of(r, query, headers, payload_hash);
    m.path_rules.normalize = c.normalize;
    return compare(folder, "header", m, c);
}

std::string check_query(const path& folder, const context& c) {
    const auto r = parse_request(test::read_file(folder / "request.txt"));
    const auto payload_hash = aws::sha256_hex(r.body);
    const auto headers = views(r.headers);
    auto parameters = aws::parse_query(r.query);
    parameters.emplace_back("X-Amz-Algorithm", std::string{aws::sigv4a_algorithm});
    parameters.emplace_back("X-Amz-Credential",
                            c.who.access_key_id + "/" + aws::sigv4a_credential_scope(c.amz_date, c.service));
    parameters.emplace_back("X-Amz-Date", c.amz_date);
    parameters.emplace_back("X-Amz-Expires", std::to_string(c.expires.count()));
    parameters.emplace_back("X-Amz-Region-Set", c.region);
    parameters.emplace_back("X-Amz-SignedHeaders", aws::signed_headers(headers));
    if (!c.who.session_token.empty() && !c.omit_token)
        parameters.emplace_back("X-Amz-Security-Token", c.who.session_token);
    const auto query = aws::canonical_query(parameters);
    auto m = message_of(r, query, headers, payload_hash);
    m.path_rules.normalize = c.normalize;
    return compare(folder, "query", m, c);
}

TEST_CASE("conformance: sigv4a") {
    const auto folder = test::conformance_folder("sigv4a");
    if (!folder) return;
    test::conformance_report report{"sigv4a"};
    for (const auto& entry : std::filesystem::directory_iterator{*folder}) {
        if (!entry.is_directory()) continue;
        const auto c = read_context(entry.path() / "context.json");
        auto why = check_header(entry.path(), c);
        if (why.empty()) why = check_query(entry.path(), c);
        report.check(entry.path().filename().string(), why);
    }
}

} // namespace test_sigv4a_suite

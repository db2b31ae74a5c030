// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "sigv4_support.hpp"

#include <set>

namespace test_sigv4_suite {

using namespace test_sigv4_support;
using path = std::filesystem::path;

std::string compare(const path& folder, const std::string& kind, const signing& got) {
    const auto file = [&](const char* what) { return test::read_file(folder / (kind + what)); };
    auto why = differ(kind + " canonical request", file("-canonical-request.txt"), got.canonical_request);
    if (why.empty()) why = differ(kind + " string to sign", file("-string-to-sign.txt"), got.string_to_sign);
    if (why.empty()) why = differ(kind + " signature", file("-signature.txt"), got.signature);
    return why;
}

std::string authorization_in(const raw_request& r) {
    for (const auto& [name, value] : r.headers)
        if (http::iequals(name, "authorization")) return value.substr(value.find_first_not_of(' '));
    return "";
}

std::string check_header_signing(const path& folder, const context& c) {
    auto r = parse_request(test::read_file(folder / "request.txt"));
    const auto payload_hash = aws::sha256_hex(r.body);
    r.headers.emplace_back("X-Amz-Date", c.amz_date);
    if (!c.who.session_token.empty() && !c.omit_token)
        r.headers.emplace_back("X-Amz-Security-Token", c.who.session_token);
    if (c.sign_body) r.headers.emplace_back("x-amz-content-sha256", payload_hash);
    const auto headers = views(r.headers);
    const auto query = aws::canonical_query(aws::parse_query(r.query));
    auto m = message_of(r, query, headers, payload_hash);
    m.path_rules.normalize = c.normalize;
    const auto got = sign(m, c.who, c.amz_date, c.region, c.service);
    if (auto why = compare(folder, "header", got); !why.empty()) return why;
    const auto authorization = "AWS4-HMAC-SHA256 Credential=" + c.who.access_key_id + "/" +
                               aws::credential_scope(c.amz_date, c.region, c.service) +
                               ", SignedHeaders=" + got.signed_headers + ", Signature=" + got.signature;
    const auto signed_request = parse_request(test::read_file(folder / "header-signed-request.txt"));
    return differ("Authorization", authorization_in(signed_request), authorization);
}

std::string check_presigning(const path& folder, const context& c) {
    const auto r = parse_request(test::read_file(folder / "request.txt"));
    const auto payload_hash = aws::sha256_hex(r.body);
    const auto headers = views(r.headers);
    auto parameters = aws::parse_query(r.query);
    parameters.emplace_back("X-Amz-Algorithm", "AWS4-HMAC-SHA256");
    parameters.emplace_back("X-Amz-Credential", c.who.access_key_id + "/" +
                                                    aws::credential_scope(c.amz_date, c.region, c.service));
    parameters.emplace_back("X-Amz-Date", c.amz_date);
    parameters.emplace_back("X-Amz-Expires", std::to_string(c.expires.count()));
    parameters.emplace_back("X-Amz-SignedHeaders", aws::signed_headers(headers));
    if (!c.who.session_token.empty() && !c.omit_token)
        parameters.emplace_back("X-Amz-Security-Token", c.who.session_token);
    const auto query = aws::canonical_query(parameters);
    auto m = message_of(r, query, headers, payload_hash);
    m.path_rules.normalize = c.normalize;
    const auto got = sign(m, c.who, c.amz_date, c.region, c.service);
    if (auto why = compare(folder, "query", got); !why.empty()) return why;

    if (c.omit_token && !c.who.session_token.empty())
        parameters.emplace_back("X-Amz-Security-Token", c.who.session_token);
    parameters.emplace_back("X-Amz-Signature", got.signature);
    const auto signed_request = parse_request(test::read_file(folder / "query-signed-request.txt"));
    return differ("presigned query", aws::canonical_query(aws::parse_query(signed_request.query)),
                  aws::canonical_query(parameters));
}

/// The signer itself, where its fixed rules (path normalized, token signed) are those of the case.
std::string check_signer(const path& folder, const context& c) {
    const auto r = parse_request(test::read_file(folder / "request.txt"));
    if (!c.normalize || c.omit_token) return "";
    http::request request;
    request.method = r.method;
    request.path = r.path;
    request.query = aws::canonical_query(aws::parse_query(r.query));
    for (const auto& [name, value] : r.headers) request.headers.add(name, value);
    aws::signer signer{c.region, c.service};
    const auto now = aws::parse_amz_date(c.amz_date).value().to_wall_time();
    const auto query = signer.presign(request, c.who, now, c.expires, aws::sha256_hex(r.body));
    return differ("presign", test::read_file(folder / "query-signature.txt"),
                  query.substr(query.rfind('=') + 1));
}

/// No context, and signatures that are not consistent: only the path counts.
std::string check_path_only(const path& folder) {
    const auto r = parse_request(test::read_file(folder / "request.txt"));
    const auto expected = test::read_file(folder / "header-canonical-request.txt");
    const std::vector<http::header_view> none;
    const auto got = aws::canonical_request(message_of(r, "", none, ""));
    const auto second_line = [](const std::string& text) {
        const auto start = text.find('\n') + 1;
        return text.substr(start, text.find('\n', start) - start);
    };
    return differ("path", second_line(expected), second_line(got));
}

TEST_CASE("conformance: sigv4") {
    const auto folder = test::conformance_folder("sigv4");
    if (!folder) return;
    test::conformance_report report{"sigv4"};
    for (const auto& entry : std::filesystem::directory_iterator{*folder}) {
        if (!entry.is_directory()) continue;
        const auto name = entry.path().filename().string();
        if (!std::filesystem::exists(entry.path() / "context.json")) {
            report.check(name, check_path_only(entry.path()));
            continue;
        }
        const auto c = read_context(entry.path() / "context.json");
        auto why = check_header_signing(entry.path(), c);
        if (why.empty()) why = check_presigning(entry.path(), c);
        if (why.empty()) why = check_signer(entry.path(), c);
        report.check(name, why);
    }
}

TEST_CASE("conformance: sigv4-legacy") {
    const auto folder = test::conformance_folder("sigv4-legacy");
    if (!folder) return;
    test::conformance_report report{"sigv4-legacy"};
    const aws::credentials who{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"};
    const std::string amz_date = "20150830T123600Z";
    // One folder a case, some of them a level deeper (normalize-path/…).
    for (const auto& entry : std::filesystem::recursive_directory_iterator{*folder}) {
        if (entry.path().extension() != ".req") continue;
        const auto file = [&](const char* extension) {
            return test::read_file(path{entry.path()}.replace_extension(extension));
        };
        const auto r = parse_request(file(".req"));
        const auto payload_hash = aws::sha256_hex(r.body);
        const auto headers = views(r.headers);
        const auto query = aws::canonical_query(aws::parse_query(r.query));
        auto m = message_of(r, query, headers, payload_hash);
        m.path_rules.normalize = true;
        const auto got = sign(m, who, amz_date, "us-east-1", "service");
        auto why = differ("canonical request", file(".creq"), got.canonical_request);
        if (why.empty()) why = differ("string to sign", file(".sts"), got.string_to_sign);
        const auto authorization =
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
            "SignedHeaders=" +
            got.signed_headers + ", Signature=" + got.signature;
        if (why.empty()) why = differ("Authorization", file(".authz"), authorization);
        report.check(entry.path().stem().string(), why);
    }
}

} // namespace test_sigv4_suite

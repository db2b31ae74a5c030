// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// Paths, queries and addresses: what is encoded comes back, a canonical form is its own, and what is no S3 URL is refused
// without showing the secrets that people put into URLs.
#include "support.hpp"

#include <penstock/aws/bucket_name.hpp>
#include <penstock/aws/endpoint.hpp>
#include <penstock/aws/uri.hpp>
#include <penstock/core/error.hpp>
#include <penstock/http/header_list.hpp>
#include <penstock/s3/uri.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace uri_fuzz {

namespace aws = penstock::aws;
namespace http = penstock::http;
namespace s3 = penstock::s3;

void check_encoding(std::string_view text) {
    for (const bool keep_slash : {false, true}) {
        const auto encoded = aws::uri_encode(text, keep_slash);
        require(encoded.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~%/") ==
                std::string::npos);
        require(keep_slash || encoded.find('/') == std::string::npos);
        for (const bool plus_is_space : {false, true}) require(aws::uri_decode(encoded, plus_is_space) == text);
    }
    if (const auto decoded = aws::uri_decode(text)) {
        require(decoded->size() <= text.size());
        require(aws::uri_decode(aws::uri_encode(*decoded)) == *decoded);
    }
}

void check_query(std::string_view text) {
    const auto canonical = aws::canonical_query(aws::parse_query(text));
    require(aws::canonical_query(aws::parse_query(canonical)) == canonical);
}

constexpr std::string_view secret = "wJalrXUtnFEMI";

void check_told(const penstock::failure& said) {
    require(said.code().failed());
    require(said.message().find(secret) == std::string::npos);
}

void check_s3_url(const std::string& text) {
    const auto parsed = s3::parse_url(text);
    if (!parsed) return check_told(parsed.error());
    require(aws::valid_bucket_name(parsed->bucket));
    require(text.ends_with(parsed->key));
    const auto again = s3::parse_url(parsed->url());
    require(again && *again == *parsed);
}

void check_endpoint(const std::string& text) {
    aws::endpoint_request asked;
    asked.endpoint_url = text;
    try {
        const auto settings = aws::make_endpoint_settings(asked, aws::environment{{}});
        const auto found = aws::resolve_endpoint(settings, "bucket");
        require(http::valid_header("Host", found.host_header)); // it is sent without a further look
        require(found.path_prefix.find_first_of(" \r\n?#") == std::string::npos);
    } catch (const penstock::error& e) {
        check_told(penstock::failure{e.code(), e.detail()});
    }
}

} // namespace uri_fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace uri_fuzz;
    const auto text = text_behind(data, size, 0);
    check_encoding(text);
    check_query(text);
    const std::string url{text};
    const auto with_secret = std::string{secret} + "@" + url;
    if (url.find(secret) != std::string::npos) return 0; // nobody else can know it
    for (const auto* scheme : {"", "s3://", "https://"}) {
        check_s3_url(scheme + url);
        check_endpoint(scheme + url);
        check_s3_url(scheme + ("AKID:" + with_secret));
        check_endpoint(scheme + ("AKID:" + with_secret));
    }
    return 0;
}

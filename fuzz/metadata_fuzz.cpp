// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// What metadata services answer, and where containers are sent: keys that can be used, or errors that do not show the text.
#include "support.hpp"

#include <penstock/aws/detail/http_url.hpp>
#include <penstock/aws/detail/metadata_credentials.hpp>
#include <penstock/core/error.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace metadata_fuzz {

namespace detail = penstock::aws::detail;

constexpr std::string_view secret = "wJalrXUtnFEMI";

void require_silent(const penstock::failure& f) { require(f.message().find(secret) == std::string::npos); }

void check_keys(std::string_view text) {
    const auto r = detail::read_metadata_credentials(text, "container");
    if (r)
        require(!r->access_key_id.empty() && !r->secret_access_key.empty() && !r->session_token.empty() && r->expiration);
    else
        require(r.error().detail().message.starts_with("container"));
}

void check_status(std::string_view text, int status) {
    penstock::http::document answer;
    answer.head.status = status;
    answer.body = text;
    const auto f = detail::status_failure(answer, "container", secret);
    require(f.detail().http_status == status);
    require_silent(f);
}

void check_url(std::string_view text) {
    try {
        const auto url = detail::parse_http_url(text);
        require(!url.to.host.empty() && url.to.port != 0);
        require(url.path.find_first_of(" \r\n?#") == std::string::npos);
    } catch (const penstock::error& e) {
        require(e.code() == penstock::errc::invalid_endpoint);
    }
}

} // namespace metadata_fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace metadata_fuzz;
    if (size == 0) return 0;
    const int status = 300 + data[0];
    const auto text = text_behind(data, size, 1);
    check_keys(text);
    check_url(text);
    check_url("http://169.254.170.2" + std::string{text});
    for (const auto* behind : {"", "\"}"}) check_status(std::string{text} + std::string{secret} + behind, status);
    const auto broken = detail::read_metadata_credentials(std::string{text} + std::string{secret}, "container");
    require(!broken.has_value());
    require_silent(broken.error());
    return 0;
}

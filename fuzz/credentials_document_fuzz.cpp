// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// Documents that credentials come in: members replaced read back as replaced, with all else as it was; what processes print,
// logins and answers of services give usable keys or errors, and no error shows a document's text; a command's words,
// quoted again, are the same words.
#include "support.hpp"

#include <penstock/aws/detail/json_members.hpp>
#include <penstock/aws/detail/process_credentials.hpp>
#include <penstock/aws/detail/sso.hpp>
#include <penstock/core/detail/split_words.hpp>
#include <penstock/core/error.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace credentials_document_fuzz {

namespace detail = penstock::aws::detail;

constexpr std::string_view secret = "wJalrXUtnFEMI";

template <class T>
void require_silent(const penstock::result<T>& r) {
    require(r.has_value() || r.error().message().find(secret) == std::string::npos);
}

void check_members(std::string_view text) {
    const auto read = detail::parse_json_members(text);
    const detail::json_members by{{"accessToken", "new \"\\\n\x01"}, {"", "x"}};
    const auto written = detail::replace_json_members(text, by);
    require(read.has_value() == written.has_value());
    if (!read) return;
    auto expected = *read;
    for (const auto& [name, value] : by) expected[name] = value;
    require(detail::parse_json_members(*written).value() == expected);
    require(detail::replace_json_members(*written, by).value() == *written);
}

void check_credentials(const penstock::result<penstock::aws::credentials>& r) {
    require_silent(r);
    if (r) require(!r->access_key_id.empty() && !r->secret_access_key.empty());
}

void check_documents(std::string_view text, int status) {
    check_credentials(detail::read_process_credentials(text));
    penstock::aws::sso_settings settings;
    settings.account_id = "012345678901";
    settings.role_name = "role";
    detail::sso_token login;
    login.access_token = login.refresh_token = secret;
    penstock::http::document answer;
    answer.head.status = status;
    answer.body = text;
    check_credentials(detail::read_role_credentials(answer, settings, login));
    require_silent(detail::parse_sso_token(text));
    const auto renewed = detail::renew_sso_document(R"({"kept":[1],"accessToken":"old"})", login, answer, penstock::wall_time{});
    require_silent(renewed);
    if (renewed) require(detail::parse_sso_token(*renewed).has_value() && renewed->starts_with(R"({"kept":[1],)"));
}

/// Secrets at any place of a broken document.
void check_told(std::string_view text, int status) {
    for (const auto* before : {"", "{\"Version\":\"", "\"", "\\"}) {
        const auto broken = std::string{text} + before + std::string{secret};
        require_silent(detail::parse_json_members(broken));
        require_silent(detail::replace_json_members(broken, {}));
        check_documents(broken, status);
        require_silent(penstock::detail::split_words(broken + "'"));
    }
}

void check_words(std::string_view text) {
    const auto words = penstock::detail::split_words(text);
    if (!words) return;
    std::string quoted;
    for (const auto& word : *words) {
        quoted += " '";
        for (const char c : word) c == '\'' ? quoted.append("'\\''") : quoted.append(1, c);
        quoted += '\'';
    }
    require(penstock::detail::split_words(quoted).value() == *words);
}

} // namespace credentials_document_fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace credentials_document_fuzz;
    if (size == 0) return 0;
    const int status = 200 + (data[0] & 3) * 100; // 200 for what most seeds begin with
    const auto text = text_behind(data, size, 1);
    check_members(text);
    check_documents(text, status);
    check_told(text, status);
    check_words(text);
    return 0;
}

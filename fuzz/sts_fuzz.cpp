// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// Answers of STS give usable keys or errors that can be told, and where they are no refusal, none of their text is told;
// a form reads back as what was said.
#include "support.hpp"

#include <penstock/aws/sts.hpp>
#include <penstock/aws/uri.hpp>
#include <penstock/core/error.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace sts_fuzz {

namespace aws = penstock::aws;

constexpr std::string_view secret = "wJalrXUtnFEMI";

penstock::result<aws::credentials> read(std::string_view text, int status, aws::sts_operation operation) {
    penstock::http::document answer;
    answer.head.status = status;
    answer.body = text;
    return aws::read_sts_answer(answer, operation, "role");
}

void check_answer(std::string_view text, int status, aws::sts_operation operation) {
    const auto r = read(text, status, operation);
    if (r) {
        require(status == 200 && !r->access_key_id.empty() && !r->secret_access_key.empty() && !r->session_token.empty());
        require(r->expiration.has_value());
    } else {
        const auto& d = r.error().detail();
        require(d.message.starts_with("role: ") && d.http_status == status);
        require(std::none_of(d.message.begin(), d.message.end(), [](unsigned char c) { return c < 0x20; }));
    }
    if (status != 200) return;
    const auto told = read(std::string{text} + std::string{secret}, status, operation);
    require(told.has_value() || told.error().message().find(secret) == std::string::npos);
}

void check_form(const std::string& text) {
    const auto role = aws::assume_role_options{text}.external_id(text).policy(text).source_identity(text);
    const auto form = aws::assume_role_form(role, text);
    std::size_t same = 0;
    for (const auto& p : aws::parse_query(form)) same += p.value == text;
    // Role, session name, and what is not said when it is empty.
    const std::size_t expected = text.empty() ? 2 : 5;
    require(same == expected + (text == "AssumeRole") + (text == "2011-06-15"));
    require(form.find(' ') == std::string::npos && form.find('\n') == std::string::npos);
}

} // namespace sts_fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sts_fuzz;
    if (size == 0) return 0;
    const int status = 200 + (data[0] & 3) * 100; // 200 for what most seeds begin with
    const auto operation = (data[0] & 4) != 0 ? aws::sts_operation::assume_role_with_web_identity : aws::sts_operation::assume_role;
    const auto text = text_behind(data, size, 1);
    check_answer(text, status, operation);
    check_form(std::string{text});
    return 0;
}

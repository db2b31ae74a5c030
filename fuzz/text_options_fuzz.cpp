// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// Options as text: anything is a value or an error, what was a value makes a client or an error of configuration, and no
// secret is told.
#include "support.hpp"

#include <penstock/core/error.hpp>
#include <penstock/s3/client.hpp>
#include <penstock/s3/text_options.hpp>

#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace text_options_fuzz {

namespace s3 = penstock::s3;
using penstock::condition;

constexpr std::string_view secret = "wJalrXUtnFEMI";

void check_told(const penstock::failure& said) {
    const auto& code = said.code();
    require(code == condition::configuration || code == condition::unsupported || code == condition::authentication);
    require(!said.message().empty() && said.message().find(secret) == std::string::npos);
}

void check(const std::map<std::string, std::string>& options) {
    const penstock::aws::environment none{{}};
    auto read = s3::parse_text_options(options, s3::store_context{none});
    if (!read) return check_told(read.error());
    boost::asio::io_context io{1};
    try {
        const s3::client made{io.get_executor(), read->client.environment(none)};
    } catch (const penstock::error& e) {
        check_told(e.as_failure());
    }
}

/// Lines "name=value".
std::map<std::string, std::string> options_of(std::string_view text) {
    std::map<std::string, std::string> options;
    while (!text.empty()) {
        const auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        if (const auto mark = line.find('='); mark != line.npos)
            options.emplace(line.substr(0, mark), line.substr(mark + 1));
    }
    return options;
}

} // namespace text_options_fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace text_options_fuzz;
    const auto text = text_behind(data, size, 0);
    if (text.find(secret) != text.npos) return 0; // nobody else can know it
    auto options = options_of(text);
    check(options);
    for (const auto* name : {"s3_secret", "aws_session_token", "Secret Access Key", "External ID"}) {
        options[name] = secret;
        check(options);
    }
    return 0;
}

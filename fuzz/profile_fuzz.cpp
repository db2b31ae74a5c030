// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// Shared config and credentials files: what was read, written again, reads as the same; settings of any text are values or
// errors, and so is the way of every profile to its credentials; no error of a malformed file shows the file's text.
#include "support.hpp"

#include <penstock/aws/client_settings.hpp>
#include <penstock/aws/configured_endpoint.hpp>
#include <penstock/aws/endpoint.hpp>
#include <penstock/aws/profile.hpp>
#include <penstock/aws/profile_chain.hpp>
#include <penstock/aws/profile_file.hpp>
#include <penstock/core/error.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace profile_fuzz {

namespace aws = penstock::aws;
using aws::profile_file_kind;

constexpr std::string_view secret = "wJalrXUtnFEMI";

void write(std::string& out, std::string_view prefix, const aws::profile_sections& sections) {
    for (const auto& [name, properties] : sections) {
        out.append("[").append(prefix).append(name).append("]\n");
        for (const auto& [property, value] : properties) {
            out.append(property).append("="); // a blank behind it would make "#" a comment
            for (const char c : value) c == '\n' ? out.append("\n ") : out.append(1, c);
            out += '\n';
        }
    }
}

std::string written(const aws::shared_config& c, profile_file_kind kind) {
    std::string out;
    write(out, kind == profile_file_kind::config ? "profile " : "", c.profiles);
    write(out, "sso-session ", c.sso_sessions);
    write(out, "services ", c.services);
    return out;
}

void require_same(const aws::shared_config& a, const aws::shared_config& b) {
    require(a.profiles == b.profiles && a.sso_sessions == b.sso_sessions && a.services == b.services);
}

/// Reads every setting of every profile: values, or errors that can be told.
void check_settings(const aws::shared_config& all) {
    const aws::environment none{{}};
    for (const auto& [name, properties] : all.profiles) {
        try {
            const auto in = aws::find_profile(all, name);
            require(in.properties == properties);
            (void)aws::read_client_settings(none, in);
            (void)aws::configured_endpoint_url("sts", none, in);
            const auto settings = aws::make_endpoint_settings(aws::endpoint_request{}, none, in);
            require(!aws::resolve_endpoint(settings, "bucket").host_header.empty());
        } catch (const penstock::error& e) {
            require(e.code() == penstock::condition::configuration);
        }
    }
}

/// Every profile has a way to its credentials, or an error that tells why not.
void check_chains(const aws::shared_config& all) {
    using penstock::errc;
    for (const auto& [name, properties] : all.profiles) {
        try {
            const auto chain = aws::plan_profile_chain(all, name);
            require(chain.roles.size() <= aws::max_chained_roles && all.profiles.contains(chain.source.profile));
        } catch (const penstock::error& e) {
            require(e.code() == errc::no_credentials || e.code() == errc::invalid_credentials || e.code() == errc::invalid_profile ||
                    e.code() == errc::unsupported || e.code() == errc::invalid_option);
        }
    }
}

/// A malformed line that holds a secret stays secret.
void check_told(std::string_view text, profile_file_kind kind) {
    for (const auto* before : {"", "\n", "= ", "\n  "}) {
        const auto parsed = aws::parse_profile_file(std::string{text} + before + std::string{secret}, kind, "file");
        if (!parsed) require(parsed.error().message().find(secret) == std::string::npos);
    }
}

} // namespace profile_fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace profile_fuzz;
    if (size == 0) return 0;
    const auto kind = (data[0] & 1) != 0 ? profile_file_kind::credentials : profile_file_kind::config;
    const auto text = text_behind(data, size, 1);
    check_told(text, kind);
    auto parsed = aws::parse_profile_file(text, kind, "file");
    if (!parsed) {
        const auto lines = static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n')) + 1;
        require(parsed.error().detail().line >= 1 && parsed.error().detail().line <= lines);
        return 0;
    }
    const auto again = aws::parse_profile_file(written(*parsed, kind), kind, "file");
    require(again.has_value());
    require_same(*parsed, *again);
    if (kind == profile_file_kind::credentials) require(parsed->sso_sessions.empty() && parsed->services.empty());
    check_settings(*parsed);
    check_chains(*parsed);

    const auto split = text.find('\f'); // what stands behind it as a credentials file
    if (split == text.npos) return 0;
    auto other = aws::parse_profile_file(text.substr(split + 1), profile_file_kind::credentials, "other");
    if (!other) return 0;
    const auto merged = aws::merge_profile_files(*parsed, *other);
    for (const auto& [name, properties] : other->profiles)
        for (const auto& [property, value] : properties) require(merged.profiles.at(name).at(property) == value);
    check_settings(merged);
    check_chains(merged);
    return 0;
}

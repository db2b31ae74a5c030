// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/load_profile.hpp>

#include <utility>

namespace penstock::aws {
namespace detail {

/// Whether a file that was not read may be taken for one without sections. Never where it is there and reading it failed.
inline bool may_lack(const profile_location& where, const error_code& why) {
    namespace sys = boost::system::errc;
    const bool missing = why == condition::not_found || why == sys::not_a_directory;
    const bool not_ours = why == condition::access_denied || why == sys::is_a_directory;
    return (missing && where.named_by != named_by::caller) || (not_ours && where.named_by == named_by::nobody);
}

inline shared_config load_profile_file(const profile_location& where, profile_file_kind kind, const file_reader& read) {
    if (where.path.empty()) return {};
    const auto text = read(where.path, max_profile_file);
    if (!text) {
        if (may_lack(where, text.error().code())) return {};
        throw_failure(text.error());
    }
    auto parsed = parse_profile_file(*text, kind, where.path);
    if (!parsed) throw_failure(parsed.error());
    return std::move(*parsed);
}

} // namespace detail

PENSTOCK_DECL shared_config load_shared_config(const profile_locations& where, const file_reader& read) {
    auto config = detail::load_profile_file(where.config, profile_file_kind::config, read);
    auto credentials = detail::load_profile_file(where.credentials, profile_file_kind::credentials, read);
    return merge_profile_files(std::move(config), std::move(credentials));
}

PENSTOCK_DECL profile load_profile(const profile_request& asked, const environment& env, const file_reader& read) {
    const auto config = load_shared_config(locate_profile_files(asked, env), read);
    return find_profile(config, profile_name(asked, env));
}

} // namespace penstock::aws

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/error.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::aws {

/// By name, in lower case, the values as they stand in the file: one of several lines keeps its line feeds.
using profile_properties = std::map<std::string, std::string, std::less<>>;
using profile_sections = std::map<std::string, profile_properties, std::less<>>;

/// What a shared config or credentials file says, or both together.
struct shared_config {
    shared_config() = default;

    profile_sections profiles;
    profile_sections sso_sessions;
    profile_sections services;
    /// What stood between the brackets of sections that are none of these: "in valid", and "dev" in a config file.
    std::set<std::string, std::less<>> ignored;
    std::vector<std::string> files; ///< where it was read from, for errors
};

enum class profile_file_kind : std::uint8_t {
    config,     ///< `[profile dev]`, `[default]`, `[sso-session s]`, `[services s]`
    credentials ///< `[dev]`, `[default]`
};

/// A longer file is none that people write: a thousand accounts take 0.3 MiB.
inline constexpr std::size_t max_profile_file = std::size_t{4} << 20;

/// Reads one file by AWS's grammar: `name = value`; an indented line continues the value before it, or, where that is
/// empty, gives nested properties; `#` and `;` begin comments, behind a value only after a space. The last of two
/// properties counts, sections of one name are one, `[profile default]` hides `[default]`, and names with other characters
/// than letters, digits and `-_/.%@:+` are ignored with what belongs to them.
///
/// `errc::malformed_profile_file` has `path` and the line, never its text, which may be a secret. NUL bytes, and bytes that
/// are no UTF-8, are errors; so is text beyond `max_profile_file`.
/// https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
PENSTOCK_DECL result<shared_config> parse_profile_file(std::string_view text, profile_file_kind kind, std::string path);

/// Both files as one: where both have a property of a profile, that of the credentials file counts. A session token in the
/// config file is dropped where the key id is the credentials file's: it belongs to another key.
PENSTOCK_DECL shared_config merge_profile_files(shared_config config, shared_config credentials);

/// The properties nested in a value, as in `s3 =` with indented lines below; none in other values.
PENSTOCK_DECL profile_properties nested_properties(std::string_view value);

} // namespace penstock::aws

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/profile_file.ipp>
#endif

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include "session.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tool {

/// One line of a listing.
struct entry {
    entry() = default;

    std::string name; ///< the key, byte for byte, or the path
    std::string url;  ///< what opens it
    bool prefix = false;
    std::optional<std::uint64_t> size;
    std::string etag;
    std::optional<penstock::wall_time> modified;
};

/// What lies under an S3 prefix, in a folder, or matches a pattern, page by page.
class lister {
  public:
    virtual ~lister() = default;
    /// Never an empty page; none at the end.
    virtual awaitable<std::optional<std::vector<entry>>> next() = 0;
};

/// `everything`: not one level but all below it, and no prefixes.
std::unique_ptr<lister> list_prefix(session& s, std::string url, bool everything);
/// What matches the wildcards in `url`.
std::unique_ptr<lister> list_matches(session& s, std::string url);

/// A file or folder on the disk. Throws where there is none.
entry describe_file(const std::string& path);

/// What -r takes a key or path for: "a/b" and "a/b/" are all below "a/b/", nothing of "a/bc".
inline std::string folder_of(std::string key) {
    if (!key.empty() && key.back() != '/') key += '/';
    return key;
}

/// Whether `url` is to be read as a pattern: it has wildcards, and nothing is literally called so.
awaitable<bool> is_pattern(session& s, std::string url);

} // namespace tool

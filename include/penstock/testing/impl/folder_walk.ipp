// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/testing/detail/folder_walk.hpp>

#include <penstock/testing/detail/key_names.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace penstock::testing::detail {

struct walk_entry {
    std::string key; ///< of a folder with its slash, which is how it sorts
    std::string name;
    bool folder;

    /// Whether it is a key that starts with `prefix`, or a folder that may hold some.
    bool under(const std::string& prefix) const {
        return key.starts_with(prefix) || (folder && prefix.starts_with(key));
    }
    bool reaches(const std::string& from) const { return key >= from || (folder && from.starts_with(key)); }
};

PENSTOCK_DECL bool folder_walk::run(const unique_fd& folder, const std::string& above) {
    static constexpr std::size_t longest_key = 1024;
    std::vector<walk_entry> entries;
    each_entry(folder, [&](std::string name, entry_kind kind) {
        if (kind == entry_kind::other) return;
        const bool is_folder = kind == entry_kind::folder;
        const auto part = key_part_of(name, is_folder);
        if (!part) return;
        walk_entry e{above + *part + (is_folder ? "/" : ""), std::move(name), is_folder};
        if (e.key.empty() || e.key.size() > longest_key) return;
        if (e.under(prefix_) && e.reaches(from_)) entries.push_back(std::move(e));
    });
    std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
    for (const auto& e : entries) {
        if (!e.reaches(from_)) continue; // skipped since
        if (e.folder) {
            const auto child = open_folder(folder.get(), e.name);
            const bool more = !child || run(child, e.key);
            if (!more) return false;
            continue;
        }
        const auto st = stat_entry(folder, e.name);
        if (!st || !S_ISREG(st->st_mode)) continue;
        const auto step = visit_(record_of_(e.key, *st));
        if (step.stops()) return false;
        if (step.from() > from_) from_ = step.from();
    }
    return true;
}

} // namespace penstock::testing::detail

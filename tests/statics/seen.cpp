// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// What check.sh looks for, each kind once: in the object file of this it must see them all, but for `fine`.
#include <cstddef>
#include <string>

namespace penstock {

inline std::size_t local() {
    static std::string kept;
    return kept.size();
}
inline std::string shared{"x"};
static std::string own{"y"};
inline thread_local std::string per_thread{"z"};
inline int counter = 1;
inline constexpr int fine[] = {1, 2};

std::size_t use() {
    return local() + shared.size() + own.size() + per_thread.size() + static_cast<std::size_t>(++counter + fine[1]);
}

} // namespace penstock

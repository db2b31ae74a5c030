// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <memory>
#include <utility>

namespace penstock::detail {

/// `std::make_shared` for what is made once in a while: two allocations instead of one, and half the time to compile.
template <class T, class... Arguments>
std::shared_ptr<T> share(Arguments&&... arguments) {
    return std::shared_ptr<T>(new T(std::forward<Arguments>(arguments)...));
}

} // namespace penstock::detail

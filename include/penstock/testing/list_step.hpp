// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <functional>
#include <string>
#include <utility>

namespace penstock::testing {

struct object_record;

/// What a visitor of `storage::list` wants next.
class list_step {
  public:
    static list_step next() { return list_step{false, {}}; }
    static list_step stop() { return list_step{true, {}}; }
    /// No keys below `key`. One that is not above the last key given changes nothing.
    static list_step skip_to(std::string key) { return list_step{false, std::move(key)}; }

    bool stops() const noexcept { return stops_; }
    const std::string& from() const noexcept { return from_; }

  private:
    list_step(bool stops, std::string from) : stops_{stops}, from_{std::move(from)} {}

    bool stops_;
    std::string from_;
};

using list_visitor = std::function<list_step(const object_record&)>;

} // namespace penstock::testing

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace penstock {

/// What the maker of a schema or a field says of it: texts by key, in order, as Arrow's format has them. Keys may occur
/// twice. Cheap to copy, immutable.
class key_value_metadata {
  public:
    using entry = std::pair<std::string, std::string>;

    key_value_metadata() = default;
    explicit key_value_metadata(std::vector<entry> entries)
        : entries_{entries.empty() ? nullptr : std::make_shared<const std::vector<entry>>(std::move(entries))} {}
    key_value_metadata(std::initializer_list<entry> entries) : key_value_metadata{std::vector<entry>{entries}} {}

    bool empty() const noexcept { return !entries_; }
    std::span<const entry> entries() const noexcept {
        return entries_ ? std::span<const entry>{*entries_} : std::span<const entry>{};
    }
    /// The value of the first entry of that key.
    std::optional<std::string_view> find(std::string_view key) const noexcept {
        for (const auto& [k, v] : entries())
            if (k == key) return std::string_view{v};
        return std::nullopt;
    }

    friend bool operator==(const key_value_metadata& a, const key_value_metadata& b) noexcept {
        return a.entries_ == b.entries_ || (a.entries_ && b.entries_ && *a.entries_ == *b.entries_);
    }

  private:
    std::shared_ptr<const std::vector<entry>> entries_;
};

} // namespace penstock

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace penstock::s3 {

/// An ETag exactly as the store sent it. Stores differ in whether they quote it (some leave the quotes out in
/// lists), so tags are compared without quotes.
class entity_tag {
  public:
    entity_tag() = default;
    explicit entity_tag(std::string raw) : raw_{std::move(raw)} {}

    /// As received: `"9b2c…"`, `W/"9b2c…"` or bare.
    const std::string& raw() const noexcept { return raw_; }
    /// Without quotes and without the mark of a weak tag.
    std::string_view value() const noexcept {
        std::string_view v{raw_};
        if (weak()) v.remove_prefix(2);
        if (v.size() >= 2 && v.front() == '"' && v.back() == '"') v = v.substr(1, v.size() - 2);
        return v;
    }
    /// Weak tags say that two bodies mean the same, not that their bytes are the same: no pin for a read.
    bool weak() const noexcept { return raw_.starts_with("W/"); }
    bool empty() const noexcept { return raw_.empty(); }

    friend bool operator==(const entity_tag& a, const entity_tag& b) noexcept {
        return a.weak() == b.weak() && a.value() == b.value();
    }

  private:
    std::string raw_;
};

} // namespace penstock::s3

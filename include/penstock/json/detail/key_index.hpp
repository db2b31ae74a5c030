// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::json::detail {

/// Finds keys of objects in whatever order they come, without a branch that depends on which key it is. Keys are texts as
/// they stand between quotation marks: those with escapes are not found.
class key_index {
  public:
    static constexpr std::uint32_t none = static_cast<std::uint32_t>(-1);

    key_index() : cells_(16) {}

    std::size_t size() const noexcept { return names_.size(); }

    /// Precondition: `key` is not there.
    void add(std::string_view key, std::uint32_t value) {
        char padded[16 + 8] = {};
        std::memcpy(padded, key.data(), key.size() < 16 ? key.size() : 16);
        auto c = cell_of(padded, key.size());
        names_.emplace_back(key);
        c.name = static_cast<std::uint32_t>(names_.size());
        c.value = value;
        if (2 * names_.size() > cells_.size()) {
            std::vector<cell> before(2 * cells_.size());
            before.swap(cells_);
            for (const auto& b : before)
                if (b.name) place(b);
        }
        place(c);
    }

    /// Precondition: 16 bytes may be read from the beginning of `key` on.
    __attribute__((always_inline)) std::uint32_t find(std::string_view key) const noexcept {
        const auto c = cell_of(key.data(), key.size());
        for (auto at = home(c);; ++at) {
            const auto& there = cells_[at & (cells_.size() - 1)];
            if (!there.name) return none;
            if ((there.low == c.low) & (there.high == c.high) & (there.size == c.size)) [[likely]]
                if (c.size <= 16 || key == names_[there.name - 1]) return there.value;
        }
    }

  private:
    struct cell {
        std::uint64_t low = 0;  // the first eight bytes
        std::uint64_t high = 0; // the next ones; zeros behind the key
        std::uint32_t size = 0;
        std::uint32_t name = 0; // from 1; 0: empty
        std::uint32_t value = none;
    };

    /// `n` ones and 8 - n zeros are at `masks + 8 - n`.
    static std::uint64_t load(const char* p, std::size_t n) noexcept {
        static constexpr unsigned char masks[16] = {255, 255, 255, 255, 255, 255, 255, 255};
        std::uint64_t x;
        std::uint64_t mask;
        std::memcpy(&x, p, 8);
        std::memcpy(&mask, masks + 8 - n, 8);
        return x & mask;
    }
    static cell cell_of(const char* p, std::size_t size) noexcept {
        cell c;
        const std::size_t behind = size < 8 ? 0 : size - 8;
        c.low = load(p, size < 8 ? size : 8);
        c.high = load(p + 8, behind < 8 ? behind : 8);
        c.size = static_cast<std::uint32_t>(size);
        return c;
    }
    std::size_t home(const cell& c) const noexcept {
        auto x = (c.low ^ (c.high << 29 | c.high >> 35)) + c.size;
        x *= 0x9e3779b97f4a7c15u;
        return static_cast<std::size_t>(x >> 32 ^ x >> 48);
    }
    void place(const cell& c) {
        auto at = home(c);
        while (cells_[at & (cells_.size() - 1)].name) ++at;
        cells_[at & (cells_.size() - 1)] = c;
    }

    std::vector<cell> cells_; // a power of two
    std::vector<std::string> names_;
};

} // namespace penstock::json::detail

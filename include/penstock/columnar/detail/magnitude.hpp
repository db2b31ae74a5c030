// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/values.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace penstock::detail {

/// 10^n, n up to 19.
inline constexpr std::uint64_t powers_of_ten[] = {
    1,
    10,
    100,
    1'000,
    10'000,
    100'000,
    1'000'000,
    10'000'000,
    100'000'000,
    1'000'000'000,
    10'000'000'000,
    100'000'000'000,
    1'000'000'000'000,
    10'000'000'000'000,
    100'000'000'000'000,
    1'000'000'000'000'000,
    10'000'000'000'000'000,
    100'000'000'000'000'000,
    1'000'000'000'000'000'000,
    10'000'000'000'000'000'000u,
};
inline constexpr int word_digits = 19;

__extension__ using uint128 = unsigned __int128;

/// A number without a sign, the least significant word first.
template <std::size_t N>
struct magnitude {
    std::uint64_t words[N] = {};

    constexpr bool zero() const noexcept {
        for (const auto w : words)
            if (w) return false;
        return true;
    }
    /// `*this * factor + more`; false when that does not fit.
    constexpr bool multiply_add(std::uint64_t factor, std::uint64_t more) noexcept {
        for (auto& w : words) {
            const auto product = static_cast<uint128>(w) * factor + more;
            w = static_cast<std::uint64_t>(product);
            more = static_cast<std::uint64_t>(product >> 64);
        }
        return more == 0;
    }
    /// Leaves the quotient, gives the remainder.
    constexpr std::uint64_t divide(std::uint64_t divisor) noexcept {
        uint128 rest = 0;
        for (auto i = N; i-- > 0;) {
            rest = rest << 64 | words[i];
            words[i] = static_cast<std::uint64_t>(rest / divisor);
            rest %= divisor;
        }
        return static_cast<std::uint64_t>(rest);
    }
    /// Times 10^n; false when that does not fit. Zero always does.
    constexpr bool scale_up(std::int64_t n) noexcept {
        if (zero()) return true;
        for (; n > 0; n -= word_digits) // ends early: it grows beyond its words
            if (!multiply_add(powers_of_ten[std::min<std::int64_t>(n, word_digits)], 0)) return false;
        return true;
    }
    /// By 10^n; false when that leaves a remainder.
    constexpr bool scale_down(std::int64_t n) noexcept {
        for (; n > 0 && !zero(); n -= word_digits)
            if (divide(powers_of_ten[std::min<std::int64_t>(n, word_digits)]) != 0) return false;
        return true;
    }
    friend constexpr bool operator<(const magnitude& a, const magnitude& b) noexcept {
        for (auto i = N; i-- > 0;)
            if (a.words[i] != b.words[i]) return a.words[i] < b.words[i];
        return false;
    }
};

template <std::size_t N>
constexpr void negate(std::uint64_t (&words)[N]) noexcept {
    bool carry = true;
    for (auto& w : words) {
        w = ~w + carry;
        carry = carry && w == 0;
    }
}

constexpr bool is_negative(const decimal128_value& v) noexcept { return v.high < 0; }
constexpr bool is_negative(const decimal256_value& v) noexcept { return v.words[3] >> 63 != 0; }

constexpr magnitude<2> magnitude_of(const decimal128_value& v) noexcept {
    magnitude<2> out{{v.low, static_cast<std::uint64_t>(v.high)}};
    if (is_negative(v)) negate(out.words);
    return out;
}
constexpr magnitude<4> magnitude_of(const decimal256_value& v) noexcept {
    magnitude<4> out{{v.words[0], v.words[1], v.words[2], v.words[3]}};
    if (is_negative(v)) negate(out.words);
    return out;
}

// Precondition: below 2^127, 2^255 (any number of 38, 76 digits is).

constexpr decimal128_value with_sign(magnitude<2> m, bool negative) noexcept {
    if (negative) negate(m.words);
    return {m.words[0], static_cast<std::int64_t>(m.words[1])};
}
constexpr decimal256_value with_sign(magnitude<4> m, bool negative) noexcept {
    if (negative) negate(m.words);
    return {{m.words[0], m.words[1], m.words[2], m.words[3]}};
}

} // namespace penstock::detail

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

/// Arithmetic of polynomials over two elements, for reflected CRCs: bit i of a value of W bits is the coefficient of
/// x^(W-1-i).
namespace penstock::detail {

/// `low`: the polynomial without its highest term, reflected.
template <class Word, Word Low>
struct crc_polynomial {
    using word = Word;
    static constexpr Word low = Low;
    static constexpr int width = 8 * sizeof(Word);
    static constexpr Word one = Word{1} << (width - 1);

    static constexpr Word times_x(Word a) noexcept { return (a & 1) ? (a >> 1) ^ low : a >> 1; }

    static constexpr Word multiply(Word a, Word b) noexcept {
        Word product = 0;
        for (Word bit = one; bit != 0; bit >>= 1) {
            if (a & bit) product ^= b;
            b = times_x(b);
        }
        return product;
    }

    /// x^n
    static constexpr Word power(std::uint64_t n) noexcept {
        Word result = one, square = one >> 1;
        for (; n != 0; n >>= 1) {
            if (n & 1) result = multiply(result, square);
            square = multiply(square, square);
        }
        return result;
    }

    /// The value of two pieces from their own: the first is moved by the second's size.
    static constexpr Word combine(Word first, Word second, std::uint64_t second_size) noexcept {
        // x^(8 * size), without the product leaving 64 bits.
        const auto eighth = power(second_size);
        auto moved = multiply(eighth, eighth);
        moved = multiply(moved, moved);
        moved = multiply(moved, moved);
        return multiply(moved, first) ^ second;
    }
};

using crc32_polynomial = crc_polynomial<std::uint32_t, 0xedb88320u>;
using crc32c_polynomial = crc_polynomial<std::uint32_t, 0x82f63b78u>;
using crc64nvme_polynomial = crc_polynomial<std::uint64_t, 0x9a6c9329ac4bc9b5u>;

} // namespace penstock::detail

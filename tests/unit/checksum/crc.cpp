// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <doctest/doctest.h>

#include <penstock/checksum/crc.hpp>
#include <penstock/checksum/detail/crc_kernels.hpp>
#include <penstock/core/as_bytes.hpp>

#include <string>
#include <vector>

namespace test_crc {

using namespace penstock;
using detail::crc_kernel;

std::vector<unsigned char> some_bytes(std::size_t size) {
    std::vector<unsigned char> out(size);
    std::uint64_t x = 88172645463325252ull;
    for (auto& b : out) {
        x ^= x << 13, x ^= x >> 7, x ^= x << 17;
        b = static_cast<unsigned char>(x);
    }
    return out;
}

/// By the definition, one bit a step.
template <class P>
typename P::word bit_by_bit(typename P::word state, const unsigned char* at, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
        state ^= at[i];
        for (int bit = 0; bit < 8; ++bit) state = P::times_x(state);
    }
    return state;
}

template <class P>
void check_kernels() {
    using word = typename P::word;
    const auto data = some_bytes(2400);
    for (const auto kernel : {crc_kernel::table, crc_kernel::folding, crc_kernel::wide_folding}) {
        if (!usable(kernel)) {
            MESSAGE("this processor lacks kernel ", static_cast<int>(kernel));
            continue;
        }
        CAPTURE(static_cast<int>(kernel));
        // All lengths around the strides, at all alignments within a register.
        for (std::size_t size = 0; size <= 1100; ++size) {
            const auto offset = size * 7 % 64;
            const word state = static_cast<word>(0x0123456789abcdefull * (size + 1));
            const auto expected = bit_by_bit<P>(state, data.data() + offset, size);
            if (detail::crc_by<P>(kernel, state, data.data() + offset, size) != expected) FAIL_CHECK("size ", size);
        }
        for (std::size_t offset = 0; offset < 64; ++offset) {
            const auto expected = bit_by_bit<P>(0, data.data() + offset, 2300);
            if (detail::crc_by<P>(kernel, 0, data.data() + offset, 2300) != expected) FAIL_CHECK("offset ", offset);
        }
        // Cut anywhere.
        const auto whole = bit_by_bit<P>(~word{0}, data.data(), 1500);
        for (std::size_t cut = 0; cut <= 1500; ++cut) {
            const auto first = detail::crc_by<P>(kernel, ~word{0}, data.data(), cut);
            if (detail::crc_by<P>(kernel, first, data.data() + cut, 1500 - cut) != whole) FAIL_CHECK("cut at ", cut);
        }
    }
}

TEST_CASE("every kernel gives what the definition gives, for any length, alignment and cut") {
    check_kernels<detail::crc32_polynomial>();
    check_kernels<detail::crc32c_polynomial>();
    check_kernels<detail::crc64nvme_polynomial>();
}

TEST_CASE("check values of the CRC catalogue") {
    const auto digits = as_bytes("123456789");
    CHECK(crc32(digits) == 0xcbf43926u);
    CHECK(crc32c(digits) == 0xe3069283u);
    CHECK(crc64nvme(digits) == 0xae8b14860a799888ull);
    CHECK(crc32({}) == 0);
    CHECK(crc64nvme({}) == 0);
}

TEST_CASE("pieces continue where the ones before ended") {
    const auto data = some_bytes(5000);
    const auto bytes = std::as_bytes(std::span{data});
    for (const std::size_t cut : {0, 1, 15, 127, 128, 129, 511, 512, 4096, 5000}) {
        const auto first = bytes.first(cut), second = bytes.subspan(cut);
        CHECK(crc32(second, crc32(first)) == crc32(bytes));
        CHECK(crc32c(second, crc32c(first)) == crc32c(bytes));
        CHECK(crc64nvme(second, crc64nvme(first)) == crc64nvme(bytes));
        CHECK(combine_crc32(crc32(first), crc32(second), second.size()) == crc32(bytes));
        CHECK(combine_crc32c(crc32c(first), crc32c(second), second.size()) == crc32c(bytes));
        CHECK(combine_crc64nvme(crc64nvme(first), crc64nvme(second), second.size()) == crc64nvme(bytes));
    }
}

TEST_CASE("a combination is associative, also over sizes that no memory holds") {
    const std::uint64_t huge = std::uint64_t{5} << 40, largest = ~std::uint64_t{0} / 16;
    for (const auto size : {huge, largest}) {
        const auto left = combine_crc64nvme(combine_crc64nvme(1, 2, size), 3, 7 * size);
        const auto right = combine_crc64nvme(1, combine_crc64nvme(2, 3, 7 * size), 8 * size);
        CHECK(left == right);
        CHECK(combine_crc32c(combine_crc32c(1, 2, size), 3, 7 * size) ==
              combine_crc32c(1, combine_crc32c(2, 3, 7 * size), 8 * size));
    }
}

} // namespace test_crc

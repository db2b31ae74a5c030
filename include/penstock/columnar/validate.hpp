// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/array.hpp>
#include <penstock/core/error.hpp>

#include <cstdint>

namespace penstock {

enum class validation : std::uint8_t {
    cheap, ///< sizes of buffers and children, first and last offsets: a time that does not grow with the values
    full,  ///< every offset, index, code, view and null count besides: afterwards nothing reads past a buffer
};

/// How far arrays that others made are looked at. Setters chain.
class validate_options {
  public:
    validate_options() = default;

    /// `full` by default. `cheap` is for makers whom one trusts as one's own code: memory is read past its end
    /// where they are wrong.
    validate_options& level(validation v) { return level_ = v, *this; }
    /// Whether text is UTF-8 (on by default; part of `full` only).
    validate_options& utf8(bool on) { return utf8_ = on, *this; }

    validation level() const noexcept { return level_; }
    bool utf8() const noexcept { return utf8_; }

  private:
    validation level_ = validation::full;
    bool utf8_ = true;
};

/// Whether an array is laid out as Arrow's columnar format says, children and dictionaries included: buffers of the right
/// size and alignment, offsets that never fall and stay inside the data, indices inside the dictionary, known codes in
/// unions, views inside their blocks, counts of nulls that are true, text that is UTF-8. Values as such (a decimal's
/// digits, a time of day) are not judged.
///
/// Errors: `errc::malformed_arrow` or `errc::invalid_utf8`, naming the field within the array and the value.
PENSTOCK_DECL result<void> validate(const array& a, validate_options options = validate_options());

namespace detail {

/// The same without dictionaries, for who knows that they are well.
PENSTOCK_DECL result<void> validate_but_dictionaries(const array& a, validate_options options);

/// Sizes and offsets above this are nobody's: sums and products of them would overflow.
inline constexpr std::uint64_t most_values = std::uint64_t{1} << 48;

} // namespace detail
} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/columnar/impl/validate.ipp>
#endif

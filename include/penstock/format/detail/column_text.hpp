// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/array.hpp>
#include <penstock/format/detail/put_text.hpp>
#include <penstock/format/kernels/text_kernels.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace penstock::detail {

/// How the texts of a column's values come quickly.
enum class text_way : std::uint8_t {
    other, ///< by `append_scalar`, and whatever nested types need
    text,
    boolean,
    int8,
    int16,
    int32,
    int64,
    uint8,
    uint16,
    uint32,
    uint64,
    float32,
    float64,
    date32,
    timestamp,
};

inline text_way way_of(const data_type& type) noexcept {
    switch (type.id()) {
    case type_id::string: return text_way::text;
    case type_id::boolean: return text_way::boolean;
    case type_id::int8: return text_way::int8;
    case type_id::int16: return text_way::int16;
    case type_id::int32: return text_way::int32;
    case type_id::int64: return text_way::int64;
    case type_id::uint8: return text_way::uint8;
    case type_id::uint16: return text_way::uint16;
    case type_id::uint32: return text_way::uint32;
    case type_id::uint64: return text_way::uint64;
    case type_id::float32: return text_way::float32;
    case type_id::float64: return text_way::float64;
    case type_id::date32: return text_way::date32;
    case type_id::timestamp: return text_way::timestamp;
    default: return text_way::other;
    }
}

/// A column of the batch that is being written, for writers of rows: its memory is looked up once a batch, and that texts are
/// UTF-8 is looked at for many rows at once.
class column_text {
  public:
    /// `way`: that of the type, or `other` where the writer has a way of its own.
    column_text(const data_type& type, text_way way) noexcept : way_{way} {
        if (way != text_way::timestamp) return;
        unit_ = type.unit();
        utc_ = !type.time_zone().empty();
    }

    text_way way() const noexcept { return way_; }

    /// The rows from now on are this column's. Precondition: it is of the type.
    void look_at(const array& column) noexcept {
        column_ = &column;
        nulls_ = column.null_count() != 0;
    }

    /// Texts of these rows are now known to be UTF-8, or not.
    void check(std::size_t first, std::size_t last, const text_kernels& kernels) noexcept {
        const auto* const ends = column_->values().as<std::int32_t>() + column_->offset();
        const auto* const data = column_->data().as<char>();
        const auto size = static_cast<std::size_t>(ends[last] - ends[first]);
        const auto what = size == 0 ? encoding::ascii : kernels.utf8(data + ends[first], size);
        utf8_ = what != encoding::neither;
        if (what != encoding::utf8) return;
        for (auto row = first; row < last; ++row) // a text begins with the byte that the one before ends at
            if (ends[row] != ends[last] && (static_cast<unsigned char>(data[ends[row]]) & 0xc0) == 0x80) utf8_ = false;
    }
    bool utf8() const noexcept { return utf8_; }

    bool is_null(std::size_t row) const noexcept { return nulls_ && column_->is_null(row); }
    bool boolean(std::size_t row) const noexcept { return column_->boolean_at(row); }
    std::string_view text(std::size_t row) const noexcept { return column_->string_at(row); }
    /// So many bytes may be read from the beginning of a text on.
    std::size_t readable(std::string_view text) const noexcept {
        return static_cast<std::size_t>(column_->data().as<char>() + column_->data().size() - text.data());
    }
    bool is_finite(std::size_t row) const noexcept {
        return way_ == text_way::float64 ? std::isfinite(column_->float64_at(row)) : std::isfinite(column_->value_at<float>(row));
    }

    /// A value that is not null, and neither text nor truth; at most `longest_put` bytes.
    char* put(char* to, std::size_t row) noexcept {
        switch (way_) {
        case text_way::int8: return put_int64(to, column_->value_at<std::int8_t>(row));
        case text_way::int16: return put_int64(to, column_->value_at<std::int16_t>(row));
        case text_way::int32: return put_int64(to, column_->value_at<std::int32_t>(row));
        case text_way::int64: return put_int64(to, column_->int64_at(row));
        case text_way::uint8: return put_uint64(to, column_->value_at<std::uint8_t>(row));
        case text_way::uint16: return put_uint64(to, column_->value_at<std::uint16_t>(row));
        case text_way::uint32: return put_uint64(to, column_->value_at<std::uint32_t>(row));
        case text_way::uint64: return put_uint64(to, column_->value_at<std::uint64_t>(row));
        case text_way::float32: return put_float32(to, column_->value_at<float>(row));
        case text_way::float64: return put_float64(to, column_->float64_at(row));
        case text_way::date32: return put_day(to, column_->value_at<std::int32_t>(row));
        case text_way::timestamp:
            return put_timestamp(to, column_->int64_at(row), unit_, utc_, [this](char* at, std::int64_t day) noexcept { return put_day(at, day); });
        default: return to;
        }
    }

  private:
    /// Most columns of times go on within a day for many rows.
    char* put_day(char* to, std::int64_t day) noexcept {
        if (day != day_ || day_size_ == 0) {
            day_ = day;
            day_size_ = static_cast<std::size_t>(put_civil(day_text_, day) - day_text_);
        }
        std::memcpy(to, day_text_, sizeof day_text_);
        return to + day_size_;
    }
    const array* column_ = nullptr;
    text_way way_;
    bool nulls_ = false;
    bool utf8_ = false;
    time_unit unit_ = time_unit::second;
    bool utc_ = false;
    std::size_t day_size_ = 0;
    std::int64_t day_ = 0;
    char day_text_[20] = {};
};

} // namespace penstock::detail

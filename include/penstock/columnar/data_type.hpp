// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/config.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace penstock {

/// Which kind of values a column holds, as Arrow's columnar format has them. More kinds may come in any version: give a
/// `switch` a default.
enum class type_id : std::uint8_t {
    null, ///< nothing but nulls
    boolean, ///< one bit a value
    int8,
    int16,
    int32,
    int64,
    uint8,
    uint16,
    uint32,
    uint64,
    float16,
    float32,
    float64,
    decimal128, ///< up to 38 digits
    decimal256, ///< up to 76 digits
    string, ///< UTF-8, at most 2 GiB - 1 bytes an array
    large_string, ///< UTF-8 with offsets of 64 bits
    string_view, ///< UTF-8, short texts in place, long ones in shared blocks
    binary,
    large_binary,
    binary_view,
    fixed_size_binary,
    date32, ///< days since 1970-01-01
    date64, ///< milliseconds since then, of whole days
    time32, ///< seconds or milliseconds since midnight
    time64, ///< microseconds or nanoseconds since midnight
    timestamp, ///< since 1970-01-01T00:00, UTC where the type has a time zone, else of an unknown clock
    duration,
    interval_months,
    interval_day_time,
    interval_month_day_nano,
    list,
    large_list,
    fixed_size_list,
    struct_,
    map,
    dictionary, ///< indices into an array of distinct values
    sparse_union, ///< every child has as many values as the union
    dense_union, ///< a value is found in its child by an offset
};

enum class time_unit : std::uint8_t { second, millisecond, microsecond, nanosecond };

class field;

namespace detail {
struct type_details;
} // namespace detail

/// The type of a column, as a value: the kind and its parameters. Cheap to copy.
class data_type {
  public:
    /// A type that has no parameters. Throws `error` (`errc::invalid_option`) for a kind that needs some.
    data_type(type_id id) : id_{id} {
        if (needs_parameters(id)) refuse();
    }

    static data_type null() { return type_id::null; }
    static data_type boolean() { return type_id::boolean; }
    static data_type int8() { return type_id::int8; }
    static data_type int16() { return type_id::int16; }
    static data_type int32() { return type_id::int32; }
    static data_type int64() { return type_id::int64; }
    static data_type uint8() { return type_id::uint8; }
    static data_type uint16() { return type_id::uint16; }
    static data_type uint32() { return type_id::uint32; }
    static data_type uint64() { return type_id::uint64; }
    static data_type float16() { return type_id::float16; }
    static data_type float32() { return type_id::float32; }
    static data_type float64() { return type_id::float64; }
    static data_type string() { return type_id::string; }
    static data_type large_string() { return type_id::large_string; }
    static data_type string_view() { return type_id::string_view; }
    static data_type binary() { return type_id::binary; }
    static data_type large_binary() { return type_id::large_binary; }
    static data_type binary_view() { return type_id::binary_view; }
    static data_type date32() { return type_id::date32; }
    static data_type date64() { return type_id::date64; }
    static data_type interval_months() { return type_id::interval_months; }
    static data_type interval_day_time() { return type_id::interval_day_time; }
    static data_type interval_month_day_nano() { return type_id::interval_month_day_nano; }

    // With parameters. All throw `error` (`errc::invalid_option`) for values that Arrow's format does not allow.

    /// `precision` digits (1 to 38; 1 to 76), `scale` of them behind the point. A negative scale counts zeros.
    PENSTOCK_DECL static data_type decimal128(int precision, int scale);
    PENSTOCK_DECL static data_type decimal256(int precision, int scale);
    /// `width` bytes a value, 0 or more.
    PENSTOCK_DECL static data_type fixed_size_binary(std::int32_t width);
    /// Seconds or milliseconds.
    PENSTOCK_DECL static data_type time32(time_unit unit);
    /// Microseconds or nanoseconds.
    PENSTOCK_DECL static data_type time64(time_unit unit);
    /// `zone`: a name of the tz database or an offset, "+02:00"; empty: the values are local times of no known place.
    PENSTOCK_DECL static data_type timestamp(time_unit unit, std::string zone = {});
    PENSTOCK_DECL static data_type duration(time_unit unit);
    /// An item of bare type becomes a nullable field "item".
    PENSTOCK_DECL static data_type list(field item);
    PENSTOCK_DECL static data_type list(data_type item);
    PENSTOCK_DECL static data_type large_list(field item);
    PENSTOCK_DECL static data_type large_list(data_type item);
    /// `size` items a value, 0 or more.
    PENSTOCK_DECL static data_type fixed_size_list(field item, std::int32_t size);
    PENSTOCK_DECL static data_type fixed_size_list(data_type item, std::int32_t size);
    PENSTOCK_DECL static data_type struct_(std::vector<field> fields);
    /// A list of structs "entries" of a key, never null, and a value.
    PENSTOCK_DECL static data_type map(data_type key, data_type value, bool keys_sorted = false);
    /// The same from the struct as others made it: two fields of any names, the first not nullable.
    PENSTOCK_DECL static data_type map(field entries, bool keys_sorted);
    /// `index` is an integer type. `ordered`: the order of the values in the dictionary has a meaning.
    PENSTOCK_DECL static data_type dictionary(data_type index, data_type value, bool ordered = false);
    /// One child a field. `codes` are the numbers (0 to 127, each once) that stand for them in the data; by default 0,
    /// 1, 2 …
    PENSTOCK_DECL static data_type sparse_union(std::vector<field> fields, std::vector<std::int8_t> codes = {});
    PENSTOCK_DECL static data_type dense_union(std::vector<field> fields, std::vector<std::int8_t> codes = {});

    type_id id() const noexcept { return id_; }

    // The parameters. Preconditions: the type is of a kind that has them.

    int precision() const noexcept { return first_; }
    int scale() const noexcept { return second_; }
    time_unit unit() const noexcept { return unit_; }
    /// Empty for none.
    PENSTOCK_DECL std::string_view time_zone() const noexcept;
    /// Items a value of a fixed-size list has.
    std::int32_t list_size() const noexcept { return first_; }
    bool keys_sorted() const noexcept { return flag_; }
    bool ordered() const noexcept { return flag_; }
    /// The children: the item of a list, the entries of a map, the fields of a struct or union. Empty for other types.
    PENSTOCK_DECL std::span<const field> fields() const noexcept;
    /// The child of a list of any form, or the entries of a map.
    PENSTOCK_DECL const field& item() const noexcept;
    PENSTOCK_DECL const data_type& index_type() const noexcept;
    PENSTOCK_DECL const data_type& value_type() const noexcept;
    /// By position of the child.
    PENSTOCK_DECL std::span<const std::int8_t> codes() const noexcept;
    /// Which child a code stands for; negative for none.
    PENSTOCK_DECL int child_of(std::int8_t code) const noexcept;

    /// Bits that a value takes in the buffer of values, 0 for types without one of fixed width. (A dictionary: its
    /// index; a view: its 128.)
    PENSTOCK_DECL std::size_t bit_width() const noexcept;
    std::size_t byte_width() const noexcept { return bit_width() / 8; }

    /// "int64", "timestamp[us, UTC]", "decimal128(10, 2)", "list<item: int64>", "struct<a: int64 not null, b: string>".
    /// Names that are not of letters, digits and `_.-+/` stand in double quotes. `parse_data_type` reads it back.
    PENSTOCK_DECL std::string name() const;

    PENSTOCK_DECL friend bool operator==(const data_type& a, const data_type& b) noexcept;

  private:
    struct parameters {};
    data_type(type_id id, parameters) noexcept : id_{id} {}
    static constexpr bool needs_parameters(type_id id) noexcept {
        switch (id) {
        case type_id::decimal128:
        case type_id::decimal256:
        case type_id::fixed_size_binary:
        case type_id::time32:
        case type_id::time64:
        case type_id::timestamp:
        case type_id::duration:
        case type_id::list:
        case type_id::large_list:
        case type_id::fixed_size_list:
        case type_id::struct_:
        case type_id::map:
        case type_id::dictionary:
        case type_id::sparse_union:
        case type_id::dense_union:
            return true;
        default:
            return false;
        }
    }
    [[noreturn]] PENSTOCK_DECL void refuse() const;
    PENSTOCK_DECL static data_type decimal(type_id id, int digits, int precision, int scale);
    PENSTOCK_DECL static data_type of_unit(type_id id, time_unit unit);
    PENSTOCK_DECL static data_type of_fields(type_id id, std::vector<field> fields);
    PENSTOCK_DECL static data_type union_of(type_id id, std::vector<field> fields, std::vector<std::int8_t> codes);

    type_id id_;
    time_unit unit_ = time_unit::second;
    bool flag_ = false;
    std::int32_t first_ = 0; // precision, width or list size
    std::int32_t second_ = 0; // scale
    std::shared_ptr<const detail::type_details> details_; // what few types have
};

/// The kind without parameters: "int64", "list", "timestamp".
PENSTOCK_DECL std::string_view kind_name(type_id id) noexcept;

// Kinds of kinds.

/// Integers of any width and sign.
constexpr bool is_integer(type_id id) noexcept { return id >= type_id::int8 && id <= type_id::uint64; }
constexpr bool is_signed_integer(type_id id) noexcept { return id >= type_id::int8 && id <= type_id::int64; }
constexpr bool is_floating(type_id id) noexcept { return id >= type_id::float16 && id <= type_id::float64; }
constexpr bool is_decimal(type_id id) noexcept { return id == type_id::decimal128 || id == type_id::decimal256; }
/// Integers, floating-point numbers and decimals.
constexpr bool is_numeric(type_id id) noexcept { return is_integer(id) || is_floating(id) || is_decimal(id); }
/// UTF-8 in any form.
constexpr bool is_text(type_id id) noexcept { return id >= type_id::string && id <= type_id::string_view; }
/// Bytes in any form, of fixed size included.
constexpr bool is_binary(type_id id) noexcept { return id >= type_id::binary && id <= type_id::fixed_size_binary; }
/// `string_view` and `binary_view`.
constexpr bool is_view(type_id id) noexcept { return id == type_id::string_view || id == type_id::binary_view; }
constexpr bool is_temporal(type_id id) noexcept { return id >= type_id::date32 && id <= type_id::interval_month_day_nano; }
/// `list`, `large_list` and `map`: offsets into one child.
constexpr bool has_list_offsets(type_id id) noexcept {
    return id == type_id::list || id == type_id::large_list || id == type_id::map;
}
constexpr bool is_union(type_id id) noexcept { return id == type_id::sparse_union || id == type_id::dense_union; }
/// Types with children; a dictionary has none.
constexpr bool is_nested(type_id id) noexcept {
    return (id >= type_id::list && id <= type_id::map) || is_union(id);
}

} // namespace penstock

#include <penstock/columnar/field.hpp>

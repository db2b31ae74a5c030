// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

// The tables of Arrow's messages, as https://arrow.apache.org/docs/format/Columnar.html describes them, over
// flatbuffers' runtime: where each field stands, and how it is verified. Heavy: for bodies only.

#include <flatbuffers/flatbuffers.h>

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace penstock::arrow::detail {

namespace fb = flatbuffers;

enum class metadata_version : std::int16_t { v1, v2, v3, v4, v5 };
enum class header_kind : std::uint8_t { none, schema, dictionary_batch, record_batch };
enum class body_codec : std::int8_t { lz4_frame, zstd };
enum class precision_kind : std::int16_t { half, single, double_ };
enum class date_kind : std::int16_t { day, millisecond };
enum class interval_kind : std::int16_t { months, day_time, month_day_nano };
enum class union_kind : std::int16_t { sparse, dense };

/// Members of the union Type.
enum class type_kind : std::uint8_t {
    none,
    null,
    integer,
    floating,
    binary,
    utf8,
    boolean,
    decimal,
    date,
    time,
    timestamp,
    interval,
    list,
    struct_,
    union_,
    fixed_size_binary,
    fixed_size_list,
    map,
    duration,
    large_binary,
    large_utf8,
    large_list,
    run_end_encoded,
    binary_view,
    utf8_view,
    list_view,
    large_list_view,
};

/// How many values an array has, and nulls among them.
struct field_node {
    std::int64_t length;
    std::int64_t null_count;
};
/// Where a buffer lies in the body.
struct buffer_place {
    std::int64_t offset;
    std::int64_t length;
};

constexpr fb::voffset_t slot(int field) noexcept { return static_cast<fb::voffset_t>(4 + 2 * field); }

/// A table by the numbers of its fields. The readers' preconditions: it was verified.
class table : private fb::Table {
  public:
    template <class T>
    T scalar(int field, T otherwise) const {
        if constexpr (std::is_enum_v<T>)
            return static_cast<T>(
                GetField<std::underlying_type_t<T>>(slot(field), static_cast<std::underlying_type_t<T>>(otherwise)));
        else
            return GetField<T>(slot(field), otherwise);
    }
    bool flag(int field) const { return GetField<std::uint8_t>(slot(field), 0) != 0; }
    template <class T>
    const T* pointer(int field) const {
        return GetPointer<const T*>(slot(field));
    }
    /// Empty where it is absent.
    std::string_view text(int field) const {
        const auto* s = pointer<fb::String>(field);
        return s ? std::string_view{s->c_str(), s->size()} : std::string_view{};
    }
    template <class T>
    const fb::Vector<fb::Offset<T>>* tables(int field) const {
        return pointer<fb::Vector<fb::Offset<T>>>(field);
    }

  protected:
    friend class table_check;
    const fb::Table& base() const noexcept { return *this; }
};

/// Verifies a table's fields one after the other.
class table_check {
  public:
    table_check(const table& t, fb::Verifier& v) : t_{t}, v_{v}, good_{t.base().VerifyTableStart(v)} {}

    template <class T>
    table_check& scalar(int field) {
        good_ = good_ && t_.base().template VerifyField<T>(v_, slot(field), sizeof(T));
        return *this;
    }
    table_check& text(int field) {
        good_ = good_ && t_.base().VerifyOffset(v_, slot(field)) && v_.VerifyString(t_.pointer<fb::String>(field));
        return *this;
    }
    template <class T>
    table_check& vector(int field) {
        good_ = good_ && t_.base().VerifyOffset(v_, slot(field)) &&
                v_.VerifyVector(t_.pointer<fb::Vector<T>>(field)) && aligned<T>(field);
        return *this;
    }
    template <class T>
    table_check& child(int field) {
        good_ = good_ && t_.base().VerifyOffset(v_, slot(field)) && v_.VerifyTable(t_.pointer<T>(field));
        return *this;
    }
    template <class T>
    table_check& tables(int field) {
        good_ = good_ && t_.base().VerifyOffset(v_, slot(field)) && v_.VerifyVector(t_.tables<T>(field)) &&
                v_.VerifyVectorOfTables(t_.tables<T>(field));
        return *this;
    }
    /// False: what was found so far is good, but this is not.
    table_check& and_(bool more) {
        good_ = good_ && more;
        return *this;
    }
    bool good() const noexcept { return good_; }
    bool end() { return good_ && v_.EndTable(); }

  private:
    /// flatbuffers checks the alignment of a vector's size, not of what follows it.
    template <class T>
    bool aligned(int field) const {
        const auto* p = t_.pointer<fb::Vector<T>>(field);
        return !p || p->size() == 0 || reinterpret_cast<std::uintptr_t>(p->Data()) % std::min<std::size_t>(alignof(T), 8) == 0;
    }

    const table& t_;
    fb::Verifier& v_;
    bool good_;
};

struct key_value_table : table {
    enum { key, value };
    bool Verify(fb::Verifier& v) const { return table_check{*this, v}.text(key).text(value).end(); }
};

/// All tables of the union Type: each has numbers in its first fields, and two have a text or a vector.
struct type_table : table {
    enum { bit_width = 0, is_signed = 1 }; // Int
    enum { precision = 0 }; // FloatingPoint
    enum { digits = 0, scale = 1, decimal_bits = 2 }; // Decimal
    enum { unit = 0, time_bits = 1, zone = 1 }; // Date, Time, Timestamp, Interval, Duration
    enum { mode = 0, codes = 1 }; // Union
    enum { size = 0 }; // FixedSizeBinary, FixedSizeList
    enum { keys_sorted = 0 }; // Map

    bool verify(fb::Verifier& v, type_kind kind) const {
        table_check c{*this, v};
        switch (kind) {
        case type_kind::integer:
            return c.scalar<std::int32_t>(bit_width).scalar<std::uint8_t>(is_signed).end();
        case type_kind::floating:
        case type_kind::date:
        case type_kind::interval:
        case type_kind::duration:
            return c.scalar<std::int16_t>(0).end();
        case type_kind::decimal:
            return c.scalar<std::int32_t>(digits).scalar<std::int32_t>(scale).scalar<std::int32_t>(decimal_bits).end();
        case type_kind::time:
            return c.scalar<std::int16_t>(unit).scalar<std::int32_t>(time_bits).end();
        case type_kind::timestamp:
            return c.scalar<std::int16_t>(unit).text(zone).end();
        case type_kind::union_:
            return c.scalar<std::int16_t>(mode).vector<std::int32_t>(codes).end();
        case type_kind::fixed_size_binary:
        case type_kind::fixed_size_list:
            return c.scalar<std::int32_t>(size).end();
        case type_kind::map:
            return c.scalar<std::uint8_t>(keys_sorted).end();
        default:
            return c.end();
        }
    }
};

struct int_table : type_table {
    bool Verify(fb::Verifier& v) const { return verify(v, type_kind::integer); }
};

struct dictionary_encoding_table : table {
    enum { id, index_type, is_ordered, dictionary_kind };
    bool Verify(fb::Verifier& v) const {
        return table_check{*this, v}
            .scalar<std::int64_t>(id)
            .child<int_table>(index_type)
            .scalar<std::uint8_t>(is_ordered)
            .scalar<std::int16_t>(dictionary_kind)
            .end();
    }
};

struct field_table : table {
    enum { name, nullable, kind, type, dictionary, children, metadata };
    bool Verify(fb::Verifier& v) const {
        table_check c{*this, v};
        c.text(name).scalar<std::uint8_t>(nullable).scalar<std::uint8_t>(kind);
        c.and_(c.good() && base().VerifyOffset(v, slot(type)));
        if (const auto* t = c.good() ? pointer<type_table>(type) : nullptr)
            c.and_(t->verify(v, scalar(kind, type_kind::none)));
        return c.child<dictionary_encoding_table>(dictionary)
            .tables<field_table>(children)
            .tables<key_value_table>(metadata)
            .end();
    }
};

struct schema_table : table {
    enum { endianness, fields, metadata, features };
    bool Verify(fb::Verifier& v) const {
        return table_check{*this, v}
            .scalar<std::int16_t>(endianness)
            .tables<field_table>(fields)
            .tables<key_value_table>(metadata)
            .end();
    }
};

struct body_compression_table : table {
    enum { codec, method };
    bool Verify(fb::Verifier& v) const {
        return table_check{*this, v}.scalar<std::int8_t>(codec).scalar<std::int8_t>(method).end();
    }
};

struct record_batch_table : table {
    enum { length, nodes, buffers, compression, variadic_counts };
    bool Verify(fb::Verifier& v) const {
        return table_check{*this, v}
            .scalar<std::int64_t>(length)
            .vector<const field_node*>(nodes)
            .vector<const buffer_place*>(buffers)
            .child<body_compression_table>(compression)
            .vector<std::int64_t>(variadic_counts)
            .end();
    }
};

struct dictionary_batch_table : table {
    enum { id, data, is_delta };
    bool Verify(fb::Verifier& v) const {
        return table_check{*this, v}
            .scalar<std::int64_t>(id)
            .child<record_batch_table>(data)
            .scalar<std::uint8_t>(is_delta)
            .end();
    }
};

struct message_table : table {
    enum { version, kind, header, body_length, metadata };
    bool Verify(fb::Verifier& v) const {
        table_check c{*this, v};
        c.scalar<std::int16_t>(version).scalar<std::uint8_t>(kind).scalar<std::int64_t>(body_length);
        switch (c.good() ? scalar(kind, header_kind::none) : header_kind::none) {
        case header_kind::schema:
            c.child<schema_table>(header);
            break;
        case header_kind::dictionary_batch:
            c.child<dictionary_batch_table>(header);
            break;
        case header_kind::record_batch:
            c.child<record_batch_table>(header);
            break;
        default:
            break; // refused by who reads it
        }
        return c.tables<key_value_table>(metadata).end();
    }
};

} // namespace penstock::arrow::detail

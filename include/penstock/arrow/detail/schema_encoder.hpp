// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/arrow/detail/message_schema.hpp>
#include <penstock/columnar/schema.hpp>

#include <string>
#include <vector>

namespace penstock::arrow::detail {

/// Any of the tables, while it is built.
using any_offset = fb::Offset<void>;

/// A table: what it points to is made before it is begun.
class table_builder {
  public:
    explicit table_builder(fb::FlatBufferBuilder& b) : b_{b}, start_{b.StartTable()} {}

    template <class T>
    table_builder& scalar(int field, T value) {
        if constexpr (std::is_enum_v<T>)
            return scalar(field, static_cast<std::underlying_type_t<T>>(value));
        else
            b_.AddElement<T>(slot(field), value);
        return *this;
    }
    template <class T>
    table_builder& offset(int field, fb::Offset<T> o) {
        if (!o.IsNull()) b_.AddOffset(slot(field), o);
        return *this;
    }
    template <class T = void>
    fb::Offset<T> end() {
        return fb::Offset<T>{b_.EndTable(start_)};
    }

  private:
    fb::FlatBufferBuilder& b_;
    fb::uoffset_t start_;
};

/// A flatbuffer ends at 2 GiB, which its builder takes for granted.
inline fb::Offset<fb::String> encode(fb::FlatBufferBuilder& b, std::string_view text) {
    constexpr std::size_t most = std::size_t{1} << 30;
    if (text.size() > most || b.GetSize() > most - text.size())
        throw_failure({errc::limit_exceeded, "more than 1 GiB of names and metadata in one message"});
    return b.CreateString(text.data(), text.size());
}

inline fb::Offset<fb::Vector<fb::Offset<key_value_table>>> encode(fb::FlatBufferBuilder& b, const key_value_metadata& m) {
    if (m.empty()) return {};
    std::vector<fb::Offset<key_value_table>> all;
    for (const auto& [key, value] : m.entries()) {
        const auto k = encode(b, key);
        const auto v = encode(b, value);
        all.push_back(table_builder{b}
                          .offset(key_value_table::key, k)
                          .offset(key_value_table::value, v)
                          .end<key_value_table>());
    }
    return b.CreateVector(all);
}

/// Our schema as a flatbuffer. Dictionaries get ids in the order of the fields, those within a dictionary's values before it.
class schema_encoder {
  public:
    explicit schema_encoder(fb::FlatBufferBuilder& b) noexcept : b_{b} {}

    fb::Offset<schema_table> write(const schema& s) {
        const auto fields = write_fields(s.fields());
        const auto metadata = encode(b_, s.metadata());
        return table_builder{b_}
            .scalar(schema_table::endianness, std::int16_t{0})
            .offset(schema_table::fields, fields)
            .offset(schema_table::metadata, metadata)
            .end<schema_table>();
    }

  private:
    fb::Offset<fb::Vector<fb::Offset<field_table>>> write_fields(std::span<const field> fields) {
        std::vector<fb::Offset<field_table>> all;
        for (const auto& f : fields) all.push_back(write_field(f));
        return b_.CreateVector(all);
    }

    fb::Offset<field_table> write_field(const field& f) {
        const bool coded = f.type().id() == type_id::dictionary;
        const auto& stored = coded ? f.type().value_type() : f.type();
        if (coded && stored.id() == type_id::dictionary)
            throw_failure({errc::unsupported,
                           "column \"" + printable(f.name(), 64) + "\": a dictionary of a dictionary has no form in Arrow's "
                           "messages",
                           "decode one of the two"});
        const auto children = write_fields(stored.fields());
        const auto name = encode(b_, f.name());
        const auto metadata = encode(b_, f.metadata());
        const auto [kind, type] = write_type(stored);
        fb::Offset<dictionary_encoding_table> dictionary;
        if (coded) {
            const auto index = write_integer(f.type().index_type().id());
            dictionary = table_builder{b_}
                             .scalar(dictionary_encoding_table::id, next_id_++)
                             .offset(dictionary_encoding_table::index_type, index)
                             .scalar(dictionary_encoding_table::is_ordered, std::uint8_t{f.type().ordered()})
                             .end<dictionary_encoding_table>();
        }
        return table_builder{b_}
            .offset(field_table::name, name)
            .scalar(field_table::nullable, std::uint8_t{f.nullable()})
            .scalar(field_table::kind, kind)
            .offset(field_table::type, type)
            .offset(field_table::dictionary, dictionary)
            .offset(field_table::children, children)
            .offset(field_table::metadata, metadata)
            .end<field_table>();
    }

    any_offset write_integer(type_id id) {
        const data_type t{id};
        return table_builder{b_}
            .scalar(type_table::bit_width, static_cast<std::int32_t>(t.bit_width()))
            .scalar(type_table::is_signed, std::uint8_t{is_signed_integer(id)})
            .end();
    }
    template <class T>
    any_offset one(T value) {
        return table_builder{b_}.scalar(0, value).end();
    }
    any_offset empty() { return table_builder{b_}.end(); }

    std::pair<type_kind, any_offset> write_type(const data_type& t) {
        const auto unit = [&t] { return static_cast<std::int16_t>(t.unit()); };
        const auto id = t.id();
        if (is_integer(id)) return {type_kind::integer, write_integer(id)};
        switch (id) {
        case type_id::boolean: return {type_kind::boolean, empty()};
        case type_id::float16: return {type_kind::floating, one(precision_kind::half)};
        case type_id::float32: return {type_kind::floating, one(precision_kind::single)};
        case type_id::float64: return {type_kind::floating, one(precision_kind::double_)};
        case type_id::decimal128:
        case type_id::decimal256:
            return {type_kind::decimal, table_builder{b_}
                                            .scalar(type_table::digits, std::int32_t{t.precision()})
                                            .scalar(type_table::scale, std::int32_t{t.scale()})
                                            .scalar(type_table::decimal_bits, static_cast<std::int32_t>(t.bit_width()))
                                            .end()};
        case type_id::string: return {type_kind::utf8, empty()};
        case type_id::large_string: return {type_kind::large_utf8, empty()};
        case type_id::string_view: return {type_kind::utf8_view, empty()};
        case type_id::binary: return {type_kind::binary, empty()};
        case type_id::large_binary: return {type_kind::large_binary, empty()};
        case type_id::binary_view: return {type_kind::binary_view, empty()};
        case type_id::fixed_size_binary:
            return {type_kind::fixed_size_binary, one(static_cast<std::int32_t>(t.byte_width()))};
        case type_id::date32: return {type_kind::date, one(date_kind::day)};
        case type_id::date64: return {type_kind::date, one(date_kind::millisecond)};
        case type_id::time32:
        case type_id::time64:
            return {type_kind::time, table_builder{b_}
                                         .scalar(type_table::unit, unit())
                                         .scalar(type_table::time_bits, static_cast<std::int32_t>(t.bit_width()))
                                         .end()};
        case type_id::timestamp: {
            fb::Offset<fb::String> zone;
            if (!t.time_zone().empty()) zone = encode(b_, t.time_zone());
            return {type_kind::timestamp,
                    table_builder{b_}.scalar(type_table::unit, unit()).offset(type_table::zone, zone).end()};
        }
        case type_id::duration: return {type_kind::duration, one(unit())};
        case type_id::interval_months: return {type_kind::interval, one(interval_kind::months)};
        case type_id::interval_day_time: return {type_kind::interval, one(interval_kind::day_time)};
        case type_id::interval_month_day_nano: return {type_kind::interval, one(interval_kind::month_day_nano)};
        case type_id::list: return {type_kind::list, empty()};
        case type_id::large_list: return {type_kind::large_list, empty()};
        case type_id::fixed_size_list: return {type_kind::fixed_size_list, one(t.list_size())};
        case type_id::struct_: return {type_kind::struct_, empty()};
        case type_id::map: return {type_kind::map, one(std::uint8_t{t.keys_sorted()})};
        case type_id::sparse_union:
        case type_id::dense_union: {
            const std::vector<std::int32_t> numbers(t.codes().begin(), t.codes().end());
            const auto codes = b_.CreateVector(numbers);
            const auto mode = id == type_id::sparse_union ? union_kind::sparse : union_kind::dense;
            return {type_kind::union_, table_builder{b_}
                                           .scalar(type_table::mode, mode)
                                           .offset(type_table::codes, codes)
                                           .end()};
        }
        default: return {type_kind::null, empty()};
        }
    }

    fb::FlatBufferBuilder& b_;
    std::int64_t next_id_ = 0;
};

} // namespace penstock::arrow::detail

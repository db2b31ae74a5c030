// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/arrow/detail/message_schema.hpp>
#include <penstock/arrow/detail/schema_plan.hpp>
#include <penstock/columnar/detail/foreign.hpp>

#include <string>

namespace penstock::arrow::detail {

using penstock::detail::field_trail;

/// Text by text, up to a limit in all: a message may point to one text many times.
class text_allowance {
  public:
    explicit text_allowance(std::size_t bytes) noexcept : left_{bytes} {}

    std::string copy(std::string_view text) {
        if (text.size() > left_) throw_failure({errc::limit_exceeded, "more text in the metadata than it is long"});
        left_ -= text.size();
        return std::string{text};
    }
    key_value_metadata copy(const fb::Vector<fb::Offset<key_value_table>>* entries) {
        std::vector<key_value_metadata::entry> out;
        for (fb::uoffset_t i = 0; entries && i < entries->size(); ++i) {
            const auto* e = entries->Get(i);
            auto key = copy(e->text(key_value_table::key));
            out.emplace_back(std::move(key), copy(e->text(key_value_table::value)));
        }
        return key_value_metadata{std::move(out)};
    }

  private:
    std::size_t left_;
};

/// A verified schema as ours. Throws `error`, naming the field.
class schema_decoder {
  public:
    schema_decoder(text_allowance& text, schema_plan& out) noexcept : text_{text}, out_{out} {}

    void read(const schema_table& s) {
        if (s.scalar<std::int16_t>(schema_table::endianness, 0) != 0)
            trail_.fail(errc::unsupported, "big-endian data", "write it on a little-endian machine, or convert it there");
        auto fields = read_fields(s.tables<field_table>(schema_table::fields), out_.columns);
        out_.schema = make_schema(std::move(fields), text_.copy(s.tables<key_value_table>(schema_table::metadata)));
    }

  private:
    [[noreturn]] void malformed(const std::string& message) const { trail_.fail(errc::malformed_arrow, message); }

    std::vector<field> read_fields(const fb::Vector<fb::Offset<field_table>>* from, std::vector<field_plan>& plans) {
        std::vector<field> out;
        for (fb::uoffset_t i = 0; from && i < from->size(); ++i) out.push_back(read_field(*from->Get(i), plans));
        return out;
    }

    field read_field(const field_table& f, std::vector<field_plan>& plans) {
        auto name = text_.copy(f.text(field_table::name));
        const field_trail::step step{trail_, name};
        field_plan plan;
        auto type = read_type(f, plan);
        if (const auto* d = f.pointer<dictionary_encoding_table>(field_table::dictionary))
            type = read_dictionary(*d, std::move(type), plan);
        plans.push_back(std::move(plan));
        auto metadata = text_.copy(f.tables<key_value_table>(field_table::metadata));
        return field{name, std::move(type), f.flag(field_table::nullable), std::move(metadata)};
    }

    data_type read_dictionary(const dictionary_encoding_table& d, data_type value, field_plan& plan) {
        const auto id = d.scalar<std::int64_t>(dictionary_encoding_table::id, 0);
        const auto* index = d.pointer<int_table>(dictionary_encoding_table::index_type);
        auto index_type = index ? read_integer(*index) : data_type::int32();
        const auto [at, fresh] = out_.dictionaries.try_emplace(id, dictionary_slot{value, std::move(plan), {}});
        if (!fresh && at->second.type != value)
            malformed("dictionary " + std::to_string(id) + " is of " + at->second.type.name() + " and of " + value.name());
        plan = field_plan{id, {}};
        return data_type::dictionary(std::move(index_type), std::move(value),
                                     d.flag(dictionary_encoding_table::is_ordered));
    }

    data_type read_integer(const type_table& t) const {
        const bool is_signed = t.flag(type_table::is_signed);
        switch (const auto bits = t.scalar<std::int32_t>(type_table::bit_width, 0)) {
        case 8: return is_signed ? type_id::int8 : type_id::uint8;
        case 16: return is_signed ? type_id::int16 : type_id::uint16;
        case 32: return is_signed ? type_id::int32 : type_id::uint32;
        case 64: return is_signed ? type_id::int64 : type_id::uint64;
        default: malformed("integers of " + std::to_string(bits) + " bits");
        }
    }

    time_unit unit(const type_table& t, time_unit otherwise) const {
        const auto n = t.scalar<std::int16_t>(type_table::unit, static_cast<std::int16_t>(otherwise));
        if (n < 0 || n > 3) malformed("time unit " + std::to_string(n));
        return static_cast<time_unit>(n);
    }

    /// What `data_type` refuses, names the field.
    data_type read_type(const field_table& f, field_plan& plan) {
        const auto kind = f.scalar(field_table::kind, type_kind::none);
        const auto* t = f.pointer<type_table>(field_table::type);
        if (!t) malformed("no type");
        auto children = read_fields(f.tables<field_table>(field_table::children), plan.children);
        try {
            auto type = make_type(kind, *t, children);
            if (!is_nested(type.id()) && !children.empty())
                malformed(std::to_string(children.size()) + " children of a type that has none");
            return type;
        } catch (const error& e) {
            if (e.code() != errc::invalid_option) throw;
            malformed(e.detail().message);
        }
    }

    data_type make_type(type_kind kind, const type_table& t, std::vector<field>& children) const {
        switch (kind) {
        case type_kind::null: return type_id::null;
        case type_kind::integer: return read_integer(t);
        case type_kind::floating:
            switch (const auto p = t.scalar(type_table::precision, precision_kind::half)) {
            case precision_kind::half: return type_id::float16;
            case precision_kind::single: return type_id::float32;
            case precision_kind::double_: return type_id::float64;
            default: malformed("floating-point precision " + std::to_string(static_cast<int>(p)));
            }
        case type_kind::binary: return type_id::binary;
        case type_kind::utf8: return type_id::string;
        case type_kind::large_binary: return type_id::large_binary;
        case type_kind::large_utf8: return type_id::large_string;
        case type_kind::binary_view: return type_id::binary_view;
        case type_kind::utf8_view: return type_id::string_view;
        case type_kind::boolean: return type_id::boolean;
        case type_kind::decimal: return read_decimal(t);
        case type_kind::date:
            switch (const auto u = t.scalar(type_table::unit, date_kind::millisecond)) {
            case date_kind::day: return type_id::date32;
            case date_kind::millisecond: return type_id::date64;
            default: malformed("date unit " + std::to_string(static_cast<int>(u)));
            }
        case type_kind::time: {
            const auto u = unit(t, time_unit::millisecond);
            const auto bits = t.scalar<std::int32_t>(type_table::time_bits, 32);
            if (bits != 32 && bits != 64) malformed("times of " + std::to_string(bits) + " bits");
            return bits == 32 ? data_type::time32(u) : data_type::time64(u);
        }
        case type_kind::timestamp:
            return data_type::timestamp(unit(t, time_unit::second), text_.copy(t.text(type_table::zone)));
        case type_kind::duration: return data_type::duration(unit(t, time_unit::millisecond));
        case type_kind::interval:
            switch (const auto u = t.scalar(type_table::unit, interval_kind::months)) {
            case interval_kind::months: return type_id::interval_months;
            case interval_kind::day_time: return type_id::interval_day_time;
            case interval_kind::month_day_nano: return type_id::interval_month_day_nano;
            default: malformed("interval unit " + std::to_string(static_cast<int>(u)));
            }
        case type_kind::list: return data_type::list(only(children));
        case type_kind::large_list: return data_type::large_list(only(children));
        case type_kind::fixed_size_list:
            return data_type::fixed_size_list(only(children), t.scalar<std::int32_t>(type_table::size, 0));
        case type_kind::map: return data_type::map(only(children), t.flag(type_table::keys_sorted));
        case type_kind::struct_: return data_type::struct_(children);
        case type_kind::union_: return read_union(t, children);
        case type_kind::fixed_size_binary:
            return data_type::fixed_size_binary(t.scalar<std::int32_t>(type_table::size, 0));
        case type_kind::run_end_encoded:
            trail_.fail(errc::unsupported, "run-end encoded values", "decode them before they are written");
        case type_kind::list_view:
        case type_kind::large_list_view:
            trail_.fail(errc::unsupported, "list views", "cast it to a list before it is written");
        default:
            trail_.fail(errc::unsupported, "type " + std::to_string(static_cast<int>(kind)) + " is not known here");
        }
    }

    field only(std::vector<field>& children) const {
        if (children.size() != 1) malformed(std::to_string(children.size()) + " children, one is needed");
        return children.front();
    }
    data_type read_decimal(const type_table& t) const {
        const auto digits = t.scalar<std::int32_t>(type_table::digits, 0);
        const auto scale = t.scalar<std::int32_t>(type_table::scale, 0);
        const auto bits = t.scalar<std::int32_t>(type_table::decimal_bits, 128);
        if (bits == 128) return data_type::decimal128(digits, scale);
        if (bits == 256) return data_type::decimal256(digits, scale);
        trail_.fail(errc::unsupported, "decimals of " + std::to_string(bits) + " bits",
                    "cast it to 128 bits before it is written");
    }
    data_type read_union(const type_table& t, std::vector<field>& children) const {
        const auto mode = t.scalar(type_table::mode, union_kind::sparse);
        std::vector<std::int8_t> codes;
        const auto* given = t.pointer<fb::Vector<std::int32_t>>(type_table::codes);
        if (given && given->size() != children.size())
            malformed(std::to_string(given->size()) + " codes for " + std::to_string(children.size()) + " children");
        for (fb::uoffset_t i = 0; given && i < given->size(); ++i) {
            const auto code = given->Get(i);
            if (code < 0 || code > 127) malformed("code " + std::to_string(code) + ": codes are 0 to 127");
            codes.push_back(static_cast<std::int8_t>(code));
        }
        if (mode != union_kind::sparse && mode != union_kind::dense)
            malformed("union mode " + std::to_string(static_cast<int>(mode)));
        return mode == union_kind::sparse ? data_type::sparse_union(children, std::move(codes))
                                          : data_type::dense_union(children, std::move(codes));
    }

    text_allowance& text_;
    schema_plan& out_;
    field_trail trail_{"read arrow"};
};

} // namespace penstock::arrow::detail

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/arrow_abi.hpp>
#include <penstock/columnar/detail/foreign.hpp>
#include <penstock/columnar/schema.hpp>

#include <charconv>
#include <cstring>
#include <optional>

namespace penstock::detail {

/// Reads types and fields out of foreign structs, which somebody keeps.
class schema_importer {
  public:
    field read(const ArrowSchema& s) {
        const std::string_view name = s.name ? s.name : "";
        const field_trail::step step{trail_, name};
        auto type = read_type(s);
        return field{std::string{name}, std::move(type), (s.flags & ARROW_FLAG_NULLABLE) != 0, metadata(s.metadata)};
    }

    penstock::schema read_schema(const ArrowSchema& s) {
        if (!s.format || std::string_view{s.format} != "+s")
            trail_.fail(errc::type_mismatch,
                        "a schema is a struct, \"+s\", not \"" + printable(s.format ? s.format : "", 64) + '"');
        return penstock::schema{children(s), metadata(s.metadata)};
    }

  private:
    [[noreturn]] void malformed(const std::string& message) const { trail_.fail(errc::malformed_arrow, message); }

    key_value_metadata metadata(const char* from) const {
        std::vector<key_value_metadata::entry> entries;
        if (!from) return {};
        const auto number = [&] {
            std::int32_t n;
            std::memcpy(&n, from, sizeof n);
            from += sizeof n;
            if (n < 0) malformed("metadata with a size of " + std::to_string(n));
            return static_cast<std::size_t>(n);
        };
        const auto text = [&] {
            const auto n = number();
            from += n;
            return std::string{from - n, n};
        };
        for (auto n = number(); n-- > 0;) {
            auto key = text();
            auto value = text();
            entries.emplace_back(std::move(key), std::move(value));
        }
        return key_value_metadata{std::move(entries)};
    }

    std::vector<field> children(const ArrowSchema& s) {
        std::vector<field> out;
        if (s.n_children < 0 || (s.n_children > 0 && !s.children))
            malformed(std::to_string(s.n_children) + " children, and no pointers to them");
        for (std::int64_t i = 0; i < s.n_children; ++i) {
            const auto* c = s.children[i];
            if (!c || !c->release) malformed("child " + std::to_string(i) + " was released, or never filled");
            out.push_back(read(*c));
        }
        return out;
    }
    field only_child(const ArrowSchema& s) {
        auto all = children(s);
        if (all.size() != 1) malformed(std::to_string(all.size()) + " children, one is needed");
        return std::move(all.front());
    }

    data_type read_type(const ArrowSchema& s) {
        if (trail_.depth() > deepest_type)
            malformed("types nest deeper than " + std::to_string(deepest_type) + " levels");
        if (!s.format) malformed("no format");
        auto type = parse(s);
        if (!is_nested(type.id()) && s.n_children != 0)
            malformed(std::to_string(s.n_children) + " children of a type that has none");
        if (!s.dictionary) return type;
        if (!s.dictionary->release) malformed("the dictionary was released, or never filled");
        if (!is_integer(type.id())) malformed("indices into a dictionary of type " + type.name());
        auto values = read_type(*s.dictionary);
        return data_type::dictionary(std::move(type), std::move(values), (s.flags & ARROW_FLAG_DICTIONARY_ORDERED) != 0);
    }

    [[noreturn]] void refuse(std::string_view format) const {
        const auto says = "format \"" + printable(format, 64) + '"';
        if (format == "+vl" || format == "+vL")
            trail_.fail(errc::unsupported, says + ": list views", "cast it to a list before the export");
        if (format == "+r")
            trail_.fail(errc::unsupported, says + ": run-end encoded values", "decode them before the export");
        trail_.fail(errc::unsupported, says + " is of no type that is known here");
    }

    std::optional<std::int64_t> take_number(std::string_view& text) const {
        std::int64_t n = 0;
        const auto r = std::from_chars(text.data(), text.data() + text.size(), n);
        if (r.ec != std::errc{} || n > 0x7fffffff || n < -0x7fffffff) return std::nullopt;
        text.remove_prefix(static_cast<std::size_t>(r.ptr - text.data()));
        return n;
    }
    /// "1,2,3", at most `most` of them.
    std::vector<int> numbers(std::string_view format, std::string_view text, std::size_t most) const {
        std::vector<int> out;
        while (!text.empty()) {
            const auto n = out.size() < most ? take_number(text) : std::nullopt;
            if (!n || (!text.empty() && (text.front() != ',' || text.size() == 1)))
                malformed("format \"" + printable(format, 64) + "\": not the numbers that it needs");
            out.push_back(static_cast<int>(*n));
            if (!text.empty()) text.remove_prefix(1);
        }
        return out;
    }

    std::optional<time_unit> unit(char c) const noexcept {
        const auto at = std::string_view{"smun"}.find(c);
        if (at == std::string_view::npos) return std::nullopt;
        return static_cast<time_unit>(at);
    }

    /// The type itself; a dictionary's is that of its indices. What `data_type` refuses, names the field.
    data_type parse(const ArrowSchema& s) {
        try {
            return parse_checked(s, s.format);
        } catch (const error& e) {
            if (e.code() != errc::invalid_option) throw;
            malformed("format \"" + printable(s.format, 64) + "\": " + e.detail().message);
        }
    }

    data_type parse_checked(const ArrowSchema& s, std::string_view format) {
        if (format.size() == 1) return parse_letter(format);
        if (format == "vu") return type_id::string_view;
        if (format == "vz") return type_id::binary_view;
        if (format.starts_with('t')) return parse_temporal(format);
        if (format.starts_with('+')) return parse_nested(s, format);
        if (format.starts_with("d:")) return parse_decimal(format);
        if (format.starts_with("w:")) return data_type::fixed_size_binary(one_number(format, format.substr(2)));
        refuse(format);
    }
    int one_number(std::string_view format, std::string_view text) const {
        const auto all = numbers(format, text, 1);
        if (all.empty()) malformed("format \"" + printable(format, 64) + "\": no number");
        return all.front();
    }

    data_type parse_letter(std::string_view format) const {
        static constexpr std::string_view letters = "nbcsilCSILefg";
        if (const auto at = letters.find(format[0]); at != letters.npos) return static_cast<type_id>(at);
        switch (format[0]) {
        case 'u': return type_id::string;
        case 'U': return type_id::large_string;
        case 'z': return type_id::binary;
        case 'Z': return type_id::large_binary;
        default: refuse(format);
        }
    }

    data_type parse_decimal(std::string_view format) const {
        const auto n = numbers(format, format.substr(2), 3);
        if (n.size() < 2) malformed("format \"" + printable(format, 64) + "\": a decimal needs precision and scale");
        const auto bits = n.size() == 3 ? n[2] : 128;
        if (bits == 128) return data_type::decimal128(n[0], n[1]);
        if (bits == 256) return data_type::decimal256(n[0], n[1]);
        trail_.fail(errc::unsupported, "format \"" + printable(format, 64) + "\": decimals of " + std::to_string(bits) +
                                           " bits", "cast it to 128 bits before the export");
    }

    data_type parse_temporal(std::string_view format) const {
        if (format == "tdD") return type_id::date32;
        if (format == "tdm") return type_id::date64;
        if (format == "tiM") return type_id::interval_months;
        if (format == "tiD") return type_id::interval_day_time;
        if (format == "tin") return type_id::interval_month_day_nano;
        const auto u = format.size() > 2 ? unit(format[2]) : std::nullopt;
        if (!u) refuse(format);
        if (format.starts_with("ts") && format.size() > 3 && format[3] == ':')
            return data_type::timestamp(*u, std::string{format.substr(4)});
        if (format.size() != 3) refuse(format);
        if (format[1] == 't')
            return *u <= time_unit::millisecond ? data_type::time32(*u) : data_type::time64(*u);
        if (format[1] == 'D') return data_type::duration(*u);
        refuse(format);
    }

    data_type parse_nested(const ArrowSchema& s, std::string_view format) {
        if (format == "+l") return data_type::list(only_child(s));
        if (format == "+L") return data_type::large_list(only_child(s));
        if (format == "+s") return data_type::struct_(children(s));
        if (format == "+m") return data_type::map(only_child(s), (s.flags & ARROW_FLAG_MAP_KEYS_SORTED) != 0);
        if (format.starts_with("+w:"))
            return data_type::fixed_size_list(only_child(s), one_number(format, format.substr(3)));
        if (!format.starts_with("+ud:") && !format.starts_with("+us:")) refuse(format);
        std::vector<std::int8_t> codes;
        for (const auto n : numbers(format, format.substr(4), 128)) {
            if (n < 0 || n > 127) malformed("format \"" + printable(format, 64) + "\": codes are 0 to 127");
            codes.push_back(static_cast<std::int8_t>(n));
        }
        auto fields = children(s);
        if (codes.size() != fields.size())
            malformed(std::to_string(codes.size()) + " codes for " + std::to_string(fields.size()) + " children");
        return format[2] == 'd' ? data_type::dense_union(std::move(fields), std::move(codes))
                                : data_type::sparse_union(std::move(fields), std::move(codes));
    }

    field_trail trail_;
};

} // namespace penstock::detail

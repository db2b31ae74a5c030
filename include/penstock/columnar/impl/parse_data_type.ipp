// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/parse_data_type.hpp>

#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace penstock {
namespace detail {

/// Takes a type's text apart. What reads a part gives nothing where it cannot, and `fault` says why.
class type_parser {
  public:
    explicit type_parser(std::string_view text) : text_{text} {}

    const failure& fault() const noexcept { return fault_; }

    bool at_end() {
        skip_space();
        if (at_ == text_.size()) return true;
        refuse("expected the end");
        return false;
    }

    std::optional<data_type> type() {
        if (depth_ == most_depth) return refuse("the types are nested more than 64 deep");
        ++depth_;
        auto out = kind();
        --depth_;
        return out;
    }

    /// Fields up to `close`, which is not read.
    std::optional<std::vector<field>> fields(char close, std::vector<std::int8_t>* codes = nullptr) {
        std::vector<field> out;
        if (peek() == close) return out;
        do {
            auto f = one_field();
            if (!f) return std::nullopt;
            out.push_back(std::move(*f));
            if (!codes) continue;
            const auto code = take('=') ? number() : std::optional<std::int32_t>{};
            if (!code || *code < 0 || *code > 127) {
                refuse("expected \"=\" and a code from 0 to 127");
                return std::nullopt;
            }
            codes->push_back(static_cast<std::int8_t>(*code));
        } while (take(','));
        return out;
    }

  private:
    static constexpr int most_depth = 64;

    std::nullopt_t refuse(std::string why) {
        if (fault_) return std::nullopt; // the first one says it
        const auto near = printable(text_.substr(at_), 20);
        fault_ = failure{errc::invalid_option,
                         "type: position " + std::to_string(at_ + 1) + ": " + std::move(why) +
                             (near.empty() ? ", but the text ends" : ", not \"" + near + "\""),
                         "write it like: struct<id: int64 not null, at: timestamp[us, UTC], tags: list<string>>"};
        return std::nullopt;
    }

    void skip_space() noexcept {
        while (at_ < text_.size() && std::string_view{" \t\r\n"}.find(text_[at_]) != std::string_view::npos) ++at_;
    }
    char peek() noexcept {
        skip_space();
        return at_ < text_.size() ? text_[at_] : '\0';
    }
    bool take(char c) noexcept {
        if (c == '\0' || peek() != c) return false;
        ++at_;
        return true;
    }
    bool expect(char c) {
        if (take(c)) return true;
        refuse(std::string{"expected \""} + c + '"');
        return false;
    }
    std::string_view word() noexcept {
        skip_space();
        const auto begin = at_;
        while (at_ < text_.size() && is_bare_name_byte(text_[at_])) ++at_;
        return text_.substr(begin, at_ - begin);
    }
    bool take_word(std::string_view wanted) noexcept {
        skip_space();
        const auto before = at_;
        if (word() == wanted) return true;
        at_ = before;
        return false;
    }
    std::optional<std::int32_t> number() {
        const auto before = at_;
        const auto digits = word();
        std::int32_t out = 0;
        const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), out);
        if (!digits.empty() && end.ec == std::errc{} && end.ptr == digits.data() + digits.size()) return out;
        at_ = before;
        return refuse("expected a number");
    }
    std::optional<std::string> name() {
        if (peek() != '"') {
            const auto w = word();
            if (w.empty()) return refuse("expected a name");
            return std::string{w};
        }
        std::string out;
        for (auto i = at_ + 1; i < text_.size(); ++i) {
            if (text_[i] == '"') {
                if (i + 1 == text_.size() || text_[i + 1] != '"') {
                    at_ = i + 1;
                    return out;
                }
                ++i;
            }
            out += text_[i];
        }
        return refuse("this quote is not closed");
    }
    bool not_null() noexcept {
        const auto before = at_;
        if (take_word("not") && take_word("null")) return true;
        at_ = before;
        return false;
    }
    std::optional<field> one_field() {
        auto n = name();
        if (!n || !expect(':')) return std::nullopt;
        auto t = type();
        if (!t) return std::nullopt;
        return field{std::move(*n), std::move(*t), !not_null()};
    }
    /// A name and a colon come next.
    bool field_follows() {
        const auto before = at_;
        const bool quoted = peek() == '"';
        const bool out = quoted || (!word().empty() && peek() == ':');
        at_ = before;
        return out;
    }
    /// "item: int64", or the type alone.
    std::optional<field> item() {
        if (field_follows()) return one_field();
        auto t = type();
        if (!t) return std::nullopt;
        return field{"item", std::move(*t), !not_null()};
    }
    std::optional<time_unit> unit() {
        static constexpr std::string_view units[] = {"s", "ms", "us", "ns"};
        for (std::size_t i = 0; i < std::size(units); ++i)
            if (take_word(units[i])) return static_cast<time_unit>(i);
        return refuse("expected s, ms, us or ns");
    }

    /// What `make` throws for parameters that Arrow does not allow is told of the place behind them.
    template <class Make>
    std::optional<data_type> made(Make make) {
        try {
            return make();
        } catch (const error& e) {
            return refuse(e.detail().message);
        }
    }

    std::optional<data_type> kind() {
        skip_space();
        const auto begin = at_;
        const auto id = kind_of(word());
        if (!id) {
            at_ = begin;
            return refuse("expected a type");
        }
        switch (*id) {
        case type_id::decimal128:
        case type_id::decimal256: {
            if (!expect('(')) return std::nullopt;
            const auto precision = number();
            if (!precision || !expect(',')) return std::nullopt;
            const auto scale = number();
            if (!scale || !expect(')')) return std::nullopt;
            return made([&] {
                return *id == type_id::decimal128 ? data_type::decimal128(*precision, *scale)
                                                  : data_type::decimal256(*precision, *scale);
            });
        }
        case type_id::fixed_size_binary: {
            if (!expect('(')) return std::nullopt;
            const auto width = number();
            if (!width || !expect(')')) return std::nullopt;
            return made([&] { return data_type::fixed_size_binary(*width); });
        }
        case type_id::time32:
        case type_id::time64:
        case type_id::duration:
        case type_id::timestamp:
            return of_unit(*id);
        case type_id::list:
        case type_id::large_list:
        case type_id::fixed_size_list:
            return list(*id);
        case type_id::struct_:
        case type_id::sparse_union:
        case type_id::dense_union:
            return of_fields(*id);
        case type_id::map:
            return map();
        case type_id::dictionary:
            return dictionary();
        default:
            return data_type{*id};
        }
    }
    static std::optional<type_id> kind_of(std::string_view word) noexcept {
        static constexpr std::pair<std::string_view, type_id> others[] = {
            {"bool", type_id::boolean}, {"float", type_id::float32},
            {"double", type_id::float64}, {"utf8", type_id::string},
            {"large_utf8", type_id::large_string},
        };
        for (const auto& [name, id] : others)
            if (word == name) return id;
        for (int i = 0; i <= static_cast<int>(type_id::dense_union); ++i)
            if (word == kind_name(static_cast<type_id>(i))) return static_cast<type_id>(i);
        return std::nullopt;
    }
    std::optional<data_type> of_unit(type_id id) {
        if (!expect('[')) return std::nullopt;
        const auto u = unit();
        if (!u) return std::nullopt;
        std::string zone;
        if (id == type_id::timestamp && take(',')) {
            auto z = name();
            if (!z) return std::nullopt;
            zone = std::move(*z);
        }
        if (!expect(']')) return std::nullopt;
        return made([&] {
            switch (id) {
            case type_id::time32:
                return data_type::time32(*u);
            case type_id::time64:
                return data_type::time64(*u);
            case type_id::duration:
                return data_type::duration(*u);
            default:
                return data_type::timestamp(*u, zone);
            }
        });
    }
    std::optional<data_type> list(type_id id) {
        if (!expect('<')) return std::nullopt;
        auto i = item();
        if (!i || !expect('>')) return std::nullopt;
        if (id == type_id::list) return data_type::list(std::move(*i));
        if (id == type_id::large_list) return data_type::large_list(std::move(*i));
        if (!expect('[')) return std::nullopt;
        const auto size = number();
        if (!size || !expect(']')) return std::nullopt;
        return made([&] { return data_type::fixed_size_list(*i, *size); });
    }
    std::optional<data_type> of_fields(type_id id) {
        if (!expect('<')) return std::nullopt;
        std::vector<std::int8_t> codes;
        auto f = fields('>', is_union(id) ? &codes : nullptr);
        if (!f || !expect('>')) return std::nullopt;
        return made([&] {
            if (id == type_id::struct_) return data_type::struct_(*f);
            return id == type_id::sparse_union ? data_type::sparse_union(*f, codes) : data_type::dense_union(*f, codes);
        });
    }
    std::optional<data_type> map() {
        if (!expect('<')) return std::nullopt;
        std::optional<field> entries;
        if (field_follows()) {
            entries = one_field();
            if (!entries) return std::nullopt;
        } else {
            auto key = type();
            if (!key || !expect(',')) return std::nullopt;
            auto value = type();
            if (!value) return std::nullopt;
            std::vector<field> pair;
            pair.emplace_back("key", std::move(*key), false);
            pair.emplace_back("value", std::move(*value), !not_null());
            entries = field{"entries", data_type::struct_(std::move(pair)), false};
        }
        const bool sorted = take(',');
        if (sorted && !take_word("sorted")) return refuse("expected \"sorted\"");
        if (!expect('>')) return std::nullopt;
        return made([&] { return data_type::map(*entries, sorted); });
    }
    std::optional<data_type> dictionary() {
        if (!expect('<')) return std::nullopt;
        auto index = type();
        if (!index || !expect(',')) return std::nullopt;
        auto value = type();
        if (!value) return std::nullopt;
        const bool ordered = take(',');
        if (ordered && !take_word("ordered")) return refuse("expected \"ordered\"");
        if (!expect('>')) return std::nullopt;
        return made([&] { return data_type::dictionary(*index, *value, ordered); });
    }

    std::string_view text_;
    std::size_t at_ = 0;
    int depth_ = 0;
    failure fault_;
};

} // namespace detail

PENSTOCK_DECL result<data_type> parse_data_type(std::string_view text) {
    detail::type_parser parser{text};
    auto out = parser.type();
    if (!out || !parser.at_end()) return parser.fault();
    return std::move(*out);
}

PENSTOCK_DECL result<schema> parse_schema(std::string_view text) {
    detail::type_parser parser{text};
    auto fields = parser.fields('\0');
    if (!fields || !parser.at_end()) return parser.fault();
    return schema{std::move(*fields)};
}

PENSTOCK_DECL std::string to_string(const schema& s) {
    std::string out;
    for (std::size_t i = 0; i < s.size(); ++i) {
        if (i) out += ", ";
        detail::append_field(out, s[i]);
    }
    return out;
}

} // namespace penstock

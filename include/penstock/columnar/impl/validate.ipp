// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/validate.hpp>

#include <penstock/columnar/detail/bitmap.hpp>
#include <penstock/core/detail/utf8.hpp>

#include <simdjson.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace penstock {
namespace detail {

inline bool is_utf8(std::string_view text) noexcept { return simdjson::validate_utf8(text.data(), text.size()); }

class array_validator {
  public:
    array_validator(validate_options options, bool dictionaries) noexcept
        : full_{options.level() == validation::full}, utf8_{full_ && options.utf8()}, dictionaries_{dictionaries} {}

    /// False: `problem` says what is wrong.
    bool check(const array& a) {
        if (a.size() > most_values || a.offset() > most_values)
            return fails("a length of " + std::to_string(a.size()) + " at " + std::to_string(a.offset()));
        return check_validity(a) && check_shape(a) && check_values(a) && check_children(a);
    }

    failure problem() const {
        std::string text;
        for (const auto name : trail_) text += (text.empty() ? "" : ".") + printable(name, 64);
        if (!text.empty()) text = "field \"" + text + "\": ";
        return failure{code_, text + message_};
    }

  private:
    bool fails(std::string message, errc code = errc::malformed_arrow) {
        message_ = std::move(message);
        code_ = code;
        return false;
    }
    static std::string at(std::size_t i) { return "value " + std::to_string(i); }

    bool holds(const shared_buffer& b, std::size_t values, std::size_t bits, const char* what) {
        const auto most = std::numeric_limits<std::size_t>::max() / 8;
        if (const auto need = bits != 0 && values > most / bits ? most : (values * bits + 7) / 8; b.size() < need || (need && !b.data()))
            return fails(std::string{what} + ": " + std::to_string(b.size()) + " bytes, " + std::to_string(need) +
                         " are needed");
        const auto alignment = std::min<std::size_t>(bits / 8, 8);
        if (alignment > 1 && (alignment & (alignment - 1)) == 0 &&
            reinterpret_cast<std::uintptr_t>(b.data()) % alignment != 0)
            return fails(std::string{what} + ": not aligned to " + std::to_string(alignment) + " bytes");
        return true;
    }

    bool check_validity(const array& a) {
        const auto id = a.type().id();
        if (id == type_id::null)
            return a.null_count() == a.size() || fails("a null type counts " + std::to_string(a.null_count()) + " nulls");
        if (is_union(id)) return (a.null_count() == 0 && !a.validity()) || fails("a union has nulls of its own");
        if (a.null_count() > a.size())
            return fails(std::to_string(a.null_count()) + " nulls in " + std::to_string(a.size()) + " values");
        if (!a.validity()) return a.null_count() == 0 || fails("nulls, but no validity bitmap");
        if (a.size() == 0) return true;
        if (!holds(a.validity(), a.offset() + a.size(), 1, "validity")) return false;
        if (!full_) return true;
        const auto nulls = a.size() - count_ones(a.validity().data(), a.offset(), a.size());
        return nulls == a.null_count() ||
               fails("counts " + std::to_string(a.null_count()) + " nulls, has " + std::to_string(nulls));
    }

    /// As many children as the type has, of their types and long enough.
    bool check_shape(const array& a) {
        const auto& t = a.type();
        const auto children = a.children();
        if (t.id() == type_id::dictionary)
            return (children.size() == 1 && children[0].type() == t.value_type()) ||
                   fails("its dictionary is not of type " + t.value_type().name());
        const auto fields = t.fields();
        if (children.size() != fields.size())
            return fails(std::to_string(children.size()) + " children, " + std::to_string(fields.size()) + " are needed");
        const bool abreast = t.id() == type_id::struct_ || t.id() == type_id::sparse_union;
        const auto end = a.size() == 0 ? 0 : a.offset() + a.size();
        for (std::size_t i = 0; i < fields.size(); ++i) {
            if (children[i].type() != fields[i].type())
                return fails("child " + std::to_string(i) + " is " + children[i].type().name() + ", not " +
                             fields[i].type().name());
            if (abreast && children[i].size() < end) return too_short(children[i].size(), end);
        }
        if (t.id() == type_id::fixed_size_list) {
            const auto items = static_cast<std::size_t>(t.list_size());
            const auto need = items != 0 && end > most_values / items ? most_values + 1 : end * items;
            if (children[0].size() < need) return too_short(children[0].size(), need);
        }
        return true;
    }
    bool too_short(std::size_t has, std::size_t need) {
        return fails("a child of " + std::to_string(has) + " values, " + std::to_string(need) + " are needed");
    }

    bool check_children(const array& a) {
        if (a.type().id() == type_id::dictionary) return !dictionaries_ || check(a.dictionary());
        const auto fields = a.type().fields();
        for (std::size_t i = 0; i < fields.size(); ++i) {
            trail_.push_back(fields[i].name());
            if (!check(a.children()[i])) return false;
            trail_.pop_back();
        }
        return true;
    }

    bool check_values(const array& a) {
        if (a.size() == 0) return true;
        const auto end = a.offset() + a.size();
        switch (a.type().id()) {
        case type_id::string:
        case type_id::binary:
            return check_offsets<std::int32_t>(a, a.data().size()) && check_data(a) && check_text<std::int32_t>(a);
        case type_id::large_string:
        case type_id::large_binary:
            return check_offsets<std::int64_t>(a, a.data().size()) && check_data(a) && check_text<std::int64_t>(a);
        case type_id::list:
        case type_id::map:
            return check_offsets<std::int32_t>(a, a.children()[0].size());
        case type_id::large_list:
            return check_offsets<std::int64_t>(a, a.children()[0].size());
        case type_id::string_view:
        case type_id::binary_view:
            return holds(a.values(), end, 128, "views") && (!full_ || check_views(a));
        case type_id::dictionary:
            return holds(a.values(), end, a.type().bit_width(), "indices") && (!full_ || check_indices(a));
        case type_id::sparse_union:
            return holds(a.values(), end, 8, "codes") && (!full_ || check_codes(a));
        case type_id::dense_union:
            return holds(a.values(), end, 8, "codes") && holds(a.data(), end, 32, "positions") &&
                   (!full_ || check_codes(a));
        default:
            return holds(a.values(), end, a.type().bit_width(), "values");
        }
    }

    bool check_data(const array& a) { return a.data().size() == 0 || a.data() || fails("there is no data"); }

    template <class Offset>
    bool check_offsets(const array& a, std::size_t most) {
        if (!holds(a.values(), a.offset() + a.size() + 1, sizeof(Offset) * 8, "offsets")) return false;
        const auto* o = a.values().as<Offset>() + a.offset();
        const auto n = a.size();
        if (o[0] < 0 || o[n] < o[0] || static_cast<std::uint64_t>(o[n]) > most)
            return fails("offsets from " + std::to_string(o[0]) + " to " + std::to_string(o[n]) + " in data of " +
                         std::to_string(most));
        if (!full_) return true;
        bool falls = false;
        for (std::size_t i = 0; i < n; ++i) falls |= o[i + 1] < o[i];
        if (!falls) return true;
        std::size_t i = 0;
        while (o[i + 1] >= o[i]) ++i;
        return fails(at(i) + ": offsets fall from " + std::to_string(o[i]) + " to " + std::to_string(o[i + 1]));
    }

    bool not_utf8(std::size_t i) { return fails(at(i) + " is not UTF-8", errc::invalid_utf8); }

    template <class Offset>
    bool check_text(const array& a) {
        if (!utf8_ || !is_text(a.type().id())) return true;
        const auto* o = a.values().as<Offset>() + a.offset();
        const auto n = a.size();
        // All at once: good as a whole, and no value begins inside a character.
        const auto* text = a.data().as<char>();
        bool good = is_utf8({text + o[0], static_cast<std::size_t>(o[n] - o[0])});
        for (std::size_t i = 0; good && i < n; ++i)
            good = o[i] == o[n] || (static_cast<unsigned char>(text[o[i]]) & 0xc0) != 0x80;
        return good || check_each_text(a);
    }
    bool check_each_text(const array& a) {
        for (std::size_t i = 0; i < a.size(); ++i)
            if (!a.is_null(i) && !is_utf8(a.bytes_at(i))) return not_utf8(i);
        return true;
    }

    bool check_views(const array& a) {
        for (std::size_t i = 0; i < a.size(); ++i) {
            if (a.is_null(i)) continue;
            std::int32_t view[4]; // size, first four bytes, block, position
            std::memcpy(view, a.values().data() + 16 * (a.offset() + i), 16);
            if (view[0] < 0) return fails(at(i) + ": a size of " + std::to_string(view[0]));
            if (view[0] > 12) {
                const auto blocks = a.blocks();
                if (view[2] < 0 || static_cast<std::size_t>(view[2]) >= blocks.size())
                    return fails(at(i) + " is in block " + std::to_string(view[2]) + " of " +
                                 std::to_string(blocks.size()));
                const auto& block = blocks[static_cast<std::size_t>(view[2])];
                if (view[3] < 0 || std::int64_t{view[3]} + view[0] > static_cast<std::int64_t>(block.size()))
                    return fails(at(i) + ": " + std::to_string(view[0]) + " bytes at " + std::to_string(view[3]) +
                                 " of a block of " + std::to_string(block.size()));
                if (std::memcmp(block.data() + view[3], &view[1], 4) != 0)
                    return fails(at(i) + " does not begin as its view says");
            }
        }
        return !utf8_ || !is_text(a.type().id()) || check_each_text(a);
    }

    template <class Index>
    bool check_indices_of(const array& a) {
        const auto* values = a.values().as<Index>() + a.offset();
        const std::uint64_t size = a.dictionary().size();
        for (std::size_t i = 0; i < a.size(); ++i)
            if (static_cast<std::uint64_t>(values[i]) >= size && !a.is_null(i)) // negative ones are large ones
                return fails(at(i) + ": index " + std::to_string(values[i]) + " into a dictionary of " +
                             std::to_string(size));
        return true;
    }
    bool check_indices(const array& a) {
        switch (a.type().index_type().id()) {
        case type_id::int8:
            return check_indices_of<std::int8_t>(a);
        case type_id::uint8:
            return check_indices_of<std::uint8_t>(a);
        case type_id::int16:
            return check_indices_of<std::int16_t>(a);
        case type_id::uint16:
            return check_indices_of<std::uint16_t>(a);
        case type_id::int32:
            return check_indices_of<std::int32_t>(a);
        case type_id::uint32:
            return check_indices_of<std::uint32_t>(a);
        case type_id::int64:
            return check_indices_of<std::int64_t>(a);
        default:
            return check_indices_of<std::uint64_t>(a);
        }
    }

    bool check_codes(const array& a) {
        const bool dense = a.type().id() == type_id::dense_union;
        for (std::size_t i = 0; i < a.size(); ++i) {
            const auto code = a.value_at<std::int8_t>(i);
            const auto child = a.type().child_of(code);
            if (child < 0) return fails(at(i) + ": code " + std::to_string(code) + " stands for no child");
            if (!dense) continue;
            const auto position = a.data().as<std::int32_t>()[a.offset() + i];
            const auto size = a.children()[static_cast<std::size_t>(child)].size();
            if (position < 0 || static_cast<std::size_t>(position) >= size)
                return fails(at(i) + ": position " + std::to_string(position) + " in a child of " +
                             std::to_string(size));
        }
        return true;
    }

    bool full_, utf8_, dictionaries_;
    std::vector<std::string_view> trail_;
    std::string message_;
    errc code_ = errc::malformed_arrow;
};

inline result<void> run_validator(const array& a, validate_options options, bool dictionaries) {
    array_validator v{options, dictionaries};
    if (v.check(a)) return {};
    return v.problem();
}

PENSTOCK_DECL result<void> validate_but_dictionaries(const array& a, validate_options options) {
    return run_validator(a, options, false);
}

} // namespace detail

PENSTOCK_DECL result<void> validate(const array& a, validate_options options) {
    return detail::run_validator(a, options, true);
}

} // namespace penstock

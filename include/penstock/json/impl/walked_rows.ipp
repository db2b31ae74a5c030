// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/json/detail/walked_rows.hpp>

#include <penstock/json/detail/raw_json.hpp>

#include <algorithm>
#include <bit>
#include <cstring>

namespace penstock::json::detail {

/// Numbers in a table that a run may fill, and that a single row may.
inline constexpr std::size_t most_slots = std::size_t{1} << 16;
inline constexpr std::size_t most_row_slots = std::size_t{1} << 18;
/// Keys that are no column and are remembered.
inline constexpr std::size_t most_learned = 256;

PENSTOCK_DECL walked_rows::walked_rows(simd_level level)
    : level_{level}, json_kernels_{&penstock::detail::json_kernels_of(level)}, scan_{level, row_scan::separators::tokens} {
    extras_.width = 2;
}

inline bool is_plain_key(std::string_view key) noexcept { return key.find_first_of("\"\\") == key.npos; }

PENSTOCK_DECL void walked_rows::key_set::add(std::string_view name, std::uint32_t what) {
    const auto padded = std::string{name} + std::string(16, ' ');
    if (names.find({padded.data(), name.size()}) != key_index::none) return;
    names.add(name, what);
    if (is_plain_key(name)) texts.add(name, what);
}

PENSTOCK_DECL void walked_rows::key_set::learn(std::string_view text, std::uint32_t what) {
    if (learned == most_learned) return;
    ++learned;
    texts.add(text, what);
}

/// A type whose values in strings are its texts, as those of keys are.
inline bool has_quoted_values(const value_node& value) noexcept {
    using kind = value_node::kind;
    const auto takes = value.takes();
    return takes == kind::text || takes == kind::scalar || takes == kind::decimal || takes == kind::duration;
}

PENSTOCK_DECL void walked_rows::set_columns(const std::vector<std::unique_ptr<value_node>>& columns, rules how) {
    rules_ = how;
    possible_ = !columns.empty();
    tables_.emplace_back();
    for (const auto& c : columns) {
        const auto at = add(*c, 0);
        columns_.push_back(at);
        keys_.add(c->described().name(), static_cast<std::uint32_t>(at));
    }
    for (auto& t : tables_) {
        t.slots.resize(t.width);
        t.rows.resize(1);
    }
}

PENSTOCK_DECL std::size_t walked_rows::add(value_node& value, std::size_t in_table) {
    const auto at = nodes_.size();
    nodes_.emplace_back();
    nodes_[at].value = &value;
    nodes_[at].table = in_table;
    place here;
    here.node = static_cast<std::uint32_t>(at);
    here.slot = static_cast<std::uint32_t>(tables_[in_table].width);
    tables_[in_table].width += 2;
    const auto takes = value.takes();
    const bool items = takes == value_node::kind::list || takes == value_node::kind::fixed_list;
    if (items || (takes == value_node::kind::map && has_quoted_values(value.child(0)))) {
        here.takes = takes == value_node::kind::list ? kind::list : items ? kind::fixed_list : kind::map;
        here.items = static_cast<std::uint32_t>(tables_.size());
        if (here.takes == kind::fixed_list) tables_[in_table].fixed.push_back(here.node);
        tables_.emplace_back();
    } else if (takes == value_node::kind::structure) {
        here.takes = kind::structure;
    } else if (value.is_scalar()) {
        here.takes = takes == value_node::kind::text ? kind::text : kind::scalar;
        nodes_[at].column.emplace(value, flat_column::fields::walked, level_);
    } else {
        possible_ = false;
    }
    places_.push_back(here);
    if (here.takes >= kind::list) {
        const auto item = add(value.child(0), here.items);
        nodes_[at].item = item;
        if (here.takes == kind::map) {
            const auto mapped = add(value.child(1), here.items);
            nodes_[at].mapped = mapped;
        }
    } else if (here.takes == kind::structure) {
        for (std::size_t i = 0; i < value.size(); ++i) {
            const auto member = add(value.child(i), in_table);
            nodes_[at].keys.add(value.child(i).described().name(), static_cast<std::uint32_t>(member));
        }
    }
    return at;
}

/// A key that has escapes. False where they are wrong.
PENSTOCK_DECL bool walked_rows::find_escaped(std::string_view key, key_set* keys, std::uint32_t& known) {
    if (unescaped_.size() < key.size() + 2 * buffer_padding) unescaped_.resize(key.size() + 2 * buffer_padding);
    const auto size = json_kernels_->unescape(unescaped_.data(), key.data(), key.size());
    if (size == penstock::detail::invalid_escape) return false;
    if (!keys) return true;
    known = keys->names.find({unescaped_.data(), size});
    if (known != key_index::none) keys->learn(key, known);
    return true;
}

// ---- where values are

inline bool is_missing(const std::uint32_t* slot) noexcept { return slot[1] - slot[0] == 1; }

/// Nothing from `first` to `last` but white space.
template <bool Spaces>
bool only_space(const char* text, std::uint32_t first, std::uint32_t last) noexcept {
    if constexpr (Spaces)
        while (first != last && is_json_space(text[first])) ++first;
    return first == last;
}

/// Bit 7 of each of eight bytes that is above a space.
inline std::uint64_t no_spaces(const char* p) noexcept {
    std::uint64_t x;
    std::memcpy(&x, p, 8);
    return (((x & 0x7f7f7f7f7f7f7f7fu) + 0x5f5f5f5f5f5f5f5fu) | x) & 0x8080808080808080u;
}

/// Takes white space from both ends of a text before which and behind which there is a token. How much there is cannot be
/// predicted. Between tokens, whatever is not above a space is white space.
inline void trim(const char* text, std::uint32_t& first, std::uint32_t& last) noexcept {
    if constexpr (std::endian::native == std::endian::little) {
        const auto front = no_spaces(text + first);
        const auto back = no_spaces(text + last - 8);
        if (front && back) [[likely]] {
            first += static_cast<std::uint32_t>(std::countr_zero(front)) / 8;
            last -= static_cast<std::uint32_t>(std::countl_zero(back)) / 8;
            if (first > last) first = last;
            return;
        }
    }
    while (first != last && is_json_space(text[first])) ++first;
    while (first != last && is_json_space(text[last - 1])) --last;
}

PENSTOCK_DECL void walked_rows::grow(table& to) {
    to.slots.resize(2 * (to.entries + 1) * to.width);
    to.rows.resize(to.slots.size() / to.width);
}

/// An entry of which everything is missing.
inline __attribute__((always_inline)) std::uint32_t* walked_rows::new_entry(table& to, const walk& at) {
    if (to.entries == to.rows.size()) [[unlikely]]
        grow(to);
    auto* const entry = to.slots.data() + to.entries * to.width;
    for (std::size_t i = 0; i < to.width; i += 2) {
        entry[i] = at.row_begin - 1;
        entry[i + 1] = at.row_begin;
    }
    to.rows[to.entries++] = at.row;
    return entry;
}

/// Of a table's entry all is known: lists of one size that are null, or missing, get their items.
PENSTOCK_DECL bool walked_rows::complete_fixed(const table& of, std::uint32_t* entry, const walk& at) {
    for (const auto n : of.fixed) {
        const auto* const slot = entry + places_[n].slot;
        if (slot[1] - slot[0] >= 2) continue;
        auto& items = tables_[places_[n].items];
        const auto count = static_cast<std::size_t>(nodes_[n].value->type().list_size());
        if (!has_room(items, count)) return false;
        for (std::size_t i = 0; i < count; ++i)
            if (!complete(items, new_entry(items, at), at)) return false;
    }
    return true;
}

inline bool walked_rows::has_room(const table& items, std::size_t more) const noexcept {
    return more <= most_row_slots && (items.entries + more) * items.width <= most_row_slots;
}

/// At the token in front of a value; goes to the one behind it. `to` is null for a value that is no column's.
template <bool Spaces>
inline __attribute__((always_inline)) bool walked_rows::walk_value(walk& at, const place* to, std::uint32_t* entry, std::size_t depth) {
    auto first = at.token[0] + 1;
    auto last = at.token[1];
    const char* const text = at.text;
    const char c = text[last];
    if (c != ',' && c != '}' && c != ']') [[unlikely]]
        return walk_nested<Spaces>(at, to, entry, depth);
    ++at.token;
    if constexpr (Spaces) trim(text, first, last);
    if (first == last) return false;
    if (!to) {
        auto* const extra = new_entry(extras_, at);
        extra[0] = first - 1;
        extra[1] = last;
        return true;
    }
    auto* const slot = entry + to->slot;
    if (to->takes <= kind::text) [[likely]] {
        if (!is_missing(slot)) [[unlikely]] {
            // what a full dictionary says to a value depends on all rows before
            if (nodes_[to->node].value->type().id() == type_id::dictionary) return false;
            replaced_.push_back({{slot[0], slot[1]}, to->node, at.row});
        }
        slot[0] = first - 1;
        slot[1] = last;
        return true;
    }
    if (!is_missing(slot)) return false;
    slot[0] = slot[1] = 0;
    return last - first == 4 && std::memcmp(text + first, "null", 4) == 0;
}

/// The same for an object or array.
template <bool Spaces>
bool walked_rows::walk_nested(walk& at, const place* to, std::uint32_t* entry, std::size_t depth) {
    const char* const text = at.text;
    const auto begin = at.token[1];
    const bool object = text[begin] == '{';
    if ((!object && text[begin] != '[') || depth == deepest || !only_space<Spaces>(text, at.token[0] + 1, begin)) return false;
    ++at.token;
    auto* const slot = to ? entry + to->slot : nullptr;
    const bool as_text = to && to->takes == kind::text;
    if (to) {
        const bool takes = object ? to->takes == kind::structure || to->takes == kind::map
                                  : to->takes == kind::list || to->takes == kind::fixed_list;
        if (!is_missing(slot) || (!as_text && !takes)) return false;
        slot[0] = to->takes >= kind::list ? static_cast<std::uint32_t>(tables_[to->items].entries) : 0;
        slot[1] = slot[0] + 2;
    }
    if (as_text) to = nullptr;
    const bool fine = !object                        ? walk_items<Spaces>(at, to, slot, depth + 1)
                      : to && to->takes == kind::map ? walk_map<Spaces>(at, *to, slot, depth + 1)
                                                     : walk_fields<Spaces>(at, to ? &nodes_[to->node].keys : nullptr, entry, depth + 1);
    if (!fine) return false;
    const auto end = at.token[0] + 1;
    if (as_text) {
        slot[0] = begin - 1;
        slot[1] = end;
    }
    ++at.token;
    return only_space<Spaces>(text, end, at.token[0]);
}

/// At the token in front of a key, which it gives with its quotation marks; goes to the colon.
template <bool Spaces>
inline bool walked_rows::walk_key(walk& at, std::uint32_t& first, std::uint32_t& last) {
    first = at.token[0] + 1;
    last = at.token[1];
    ++at.token;
    if (at.text[last] != ':') return false;
    if constexpr (Spaces) trim(at.text, first, last);
    return last - first >= 2 && at.text[first] == '"' && at.text[last - 1] == '"';
}

/// At an opening brace; goes to the closing one.
template <bool Spaces>
bool walked_rows::walk_fields(walk& at, key_set* keys, std::uint32_t* entry, std::size_t depth) {
    const char* const text = at.text;
    const bool is_row = keys == &keys_;
    if (text[at.token[1]] == '}') {
        ++at.token;
        return only_space<Spaces>(text, at.token[-1] + 1, at.token[0]);
    }
    for (;;) {
        std::uint32_t first;
        std::uint32_t last;
        if (!walk_key<Spaces>(at, first, last)) return false;
        const std::string_view key{text + first + 1, last - first - 2};
        auto known = keys ? keys->texts.find(key) : key_index::none;
        if (known == key_index::none) [[unlikely]] {
            if (!is_plain_key(key) && !find_escaped(key, keys, known)) return false;
            if (known == key_index::none && is_row) {
                if (!rules_.extra_is_fine) return false;
                keys->learn(key, passed);
            }
        }
        if (!walk_value<Spaces>(at, known < passed ? &places_[known] : nullptr, entry, depth)) return false;
        const char c = text[at.token[0]];
        if (c != ',') return c == '}';
    }
}

/// The same, of a map.
template <bool Spaces>
bool walked_rows::walk_map(walk& at, const place& to, std::uint32_t* slot, std::size_t depth) {
    if (at.text[at.token[1]] == '}') {
        ++at.token;
        return only_space<Spaces>(at.text, at.token[-1] + 1, at.token[0]);
    }
    auto& items = tables_[to.items];
    const auto& key = places_[nodes_[to.node].item];
    const auto& value = places_[nodes_[to.node].mapped];
    for (;;) {
        std::uint32_t first;
        std::uint32_t last;
        if (!walk_key<Spaces>(at, first, last) || !has_room(items, 1)) return false;
        auto* const entry = new_entry(items, at);
        ++slot[1];
        entry[key.slot] = first - 1;
        entry[key.slot + 1] = last;
        if (!walk_value<Spaces>(at, &value, entry, depth) || !complete(items, entry, at)) return false;
        const char c = at.text[at.token[0]];
        if (c != ',') return c == '}';
    }
}

/// Items of a list that are single tokens, up to the closing bracket or in front of an item that is none, or of a wrong one.
template <bool Spaces>
bool walked_rows::walk_scalars(walk& at, table& items) {
    const char* const text = at.text;
    const auto* token = at.token;
    auto n = items.entries;
    for (bool more = true; more;) {
        if (n == items.rows.size()) [[unlikely]] {
            items.entries = n;
            grow(items);
        }
        auto* const slots = items.slots.data();
        auto* const rows = items.rows.data();
        const auto end = std::min(items.rows.size(), most_row_slots / 2);
        if (n >= end) break;
        while (n < end) {
            auto first = token[0] + 1;
            auto last = token[1];
            const char c = text[last];
            more = c == ',';
            if (!more && c != ']') break;
            if constexpr (Spaces) trim(text, first, last);
            if (first == last) {
                more = false;
                break;
            }
            slots[2 * n] = first - 1;
            slots[2 * n + 1] = last;
            rows[n++] = at.row;
            ++token;
            if (!more) break;
        }
    }
    items.entries = n;
    at.token = token;
    return text[token[0]] == ']';
}

/// At an opening bracket; goes to the closing one.
template <bool Spaces>
bool walked_rows::walk_items(walk& at, const place* to, std::uint32_t* slot, std::size_t depth) {
    const auto is_whole = [&] {
        return !to || to->takes != kind::fixed_list ||
               slot[1] - slot[0] - 2 == static_cast<std::uint32_t>(nodes_[to->node].value->type().list_size());
    };
    if (at.text[at.token[1]] == ']' && only_space<Spaces>(at.text, at.token[0] + 1, at.token[1])) {
        ++at.token;
        return is_whole();
    }
    auto* const items = to ? &tables_[to->items] : nullptr;
    const auto* const item = to ? &places_[nodes_[to->node].item] : nullptr;
    if (to && item->takes <= kind::text) {
        const bool done = walk_scalars<Spaces>(at, *items);
        slot[1] = static_cast<std::uint32_t>(items->entries) + 2;
        if (done) return is_whole();
    }
    for (;;) {
        std::uint32_t* entry = nullptr;
        if (to) {
            if (!has_room(*items, 1)) return false;
            entry = new_entry(*items, at);
            ++slot[1];
        }
        if (!walk_value<Spaces>(at, item, entry, depth) || (to && !complete(*items, entry, at))) return false;
        const char c = at.text[at.token[0]];
        if (c != ',') return c == ']' && is_whole();
    }
}

/// At the first token of a row; goes to what ends it.
template <bool Spaces>
bool walked_rows::walk_row(walk& at, json_layout layout) {
    if (at.text[at.token[0]] != '{' || !only_space<Spaces>(at.text, at.row_begin, at.token[0])) return false;
    auto* const entry = new_entry(tables_[0], at);
    if (!walk_fields<Spaces>(at, &keys_, entry, 1)) return false;
    if (layout != json_layout::values) {
        ++at.token;
        if (at.text[at.token[0]] != (layout == json_layout::lines ? '\n' : ',')) return false;
        if (!only_space<true>(at.text, at.token[-1] + 1, at.token[0])) return false;
    }
    if (!rules_.missing_is_null)
        for (const auto c : columns_)
            if (is_missing(entry + places_[c].slot)) return false;
    return complete(tables_[0], entry, at);
}

/// Nothing is between two separators of which the second is a line feed.
inline bool is_empty_line(const char* text, const std::uint32_t* slot, std::size_t longest) noexcept {
    return text[slot[1]] == '\n' && slot[1] - (slot[0] + 1) <= longest && only_space<true>(text, slot[0] + 1, slot[1]);
}

/// How many rows from the next one on can be walked.
template <bool Spaces>
std::size_t walked_rows::walk_rows(const char* text, json_layout layout, const run_limits& most) {
    for (auto& t : tables_) t.entries = 0;
    extras_.entries = 0;
    replaced_.clear();
    row_slots_.assign(1, 0);
    row_texts_.assign(1, 0);
    row_lines_.assign(1, 0);
    const auto wanted = std::min({scan_.rows(), most.rows, run_});
    const auto* const slots = scan_.slots();
    std::size_t rows = 0;
    std::size_t bytes = 0;
    auto line = row_lines_.front();
    while (rows < wanted && bytes < most.bytes) {
        const auto* before = slots + row_slots_.back();
        if (layout == json_layout::lines)
            for (; line < scan_.rows() && is_empty_line(text, before, most.line); ++before) ++line;
        if (line == scan_.rows()) break;
        walk at{text, before + 1, *before + 1, static_cast<std::uint32_t>(rows)};
        const std::size_t size = scan_.ends()[line] + (layout == json_layout::values) - at.row_begin;
        bool full = false;
        for (const auto& t : tables_) full |= rows && (t.entries + 1) * t.width > most_slots / 2;
        if (full || size > most.line) break;
        const auto extras = extras_.entries;
        const auto replaced = replaced_.size();
        const auto opening = *at.token;
        if (!walk_row<Spaces>(at, layout)) {
            // what it left behind is of no row
            for (auto& t : tables_) t.entries = entries_of(t, rows);
            extras_.entries = extras;
            replaced_.resize(replaced);
            break;
        }
        ++rows;
        row_lines_.push_back(++line);
        bytes += layout == json_layout::lines ? size : at.token[layout == json_layout::values ? 0 : -1] + 1 - opening;
        row_texts_.push_back(bytes);
        row_slots_.push_back(static_cast<std::uint32_t>(at.token - slots));
    }
    return rows;
}

inline std::size_t walked_rows::entries_of(const table& t, std::size_t rows) const noexcept {
    auto n = t.entries;
    while (n > 0 && t.rows[n - 1] >= rows) --n;
    return n;
}

// ---- values

/// How many rows have nothing but valid values beside the columns.
PENSTOCK_DECL std::size_t walked_rows::check_extras(const char* text, std::size_t rows) const {
    for (std::size_t e = 0; e < extras_.entries;) {
        const auto n = std::min(penstock::detail::kernel_rows, extras_.entries - e);
        const auto good = valid_scalars({text, extras_.slots.data() + 2 * e, 2, n}, *json_kernels_);
        if (good < n) return extras_.rows[e + good];
        e += n;
    }
    return rows;
}

/// How many rows replace nothing but values of their columns.
PENSTOCK_DECL std::size_t walked_rows::check_replaced(const char* text, std::size_t rows) {
    for (const auto& r : replaced_) {
        if (r.row >= rows) break;
        auto& column = *nodes_[r.node].column;
        const auto before = column.builder().size();
        const bool fine = column.append({text, r.slot, 2, 1}) == 1;
        column.builder().truncate(before);
        if (!fine) return r.row;
    }
    return rows;
}

/// Which of a struct's or list's values there are, and what they begin with. The children have theirs.
PENSTOCK_DECL void walked_rows::finish_nested(std::size_t at, std::size_t rows) {
    auto& n = nodes_[at];
    const auto& t = tables_[n.table];
    const auto count = entries_of(t, rows);
    const auto* slot = t.slots.data() + places_[at].slot;
    const auto takes = places_[at].takes;
    auto& builder = n.value->builder();
    if (takes == kind::structure || takes == kind::fixed_list) {
        auto& validity = takes == kind::structure ? builder.as<struct_builder>().validity() : builder.as<fixed_size_list_builder>().validity();
        for (std::size_t e = 0; e < count; ++e, slot += t.width) validity.append(slot[1] - slot[0] >= 2);
        return;
    }
    auto& lists = builder.as<list_builder>();
    if (takes == kind::map)
        builder.child(0).as<struct_builder>().validity().append_valid(entries_of(tables_[places_[at].items], rows));
    const auto first = nodes_[n.item].before;
    auto item = first;
    lists.reserve(count);
    for (std::size_t e = 0; e < count; ++e, slot += t.width) {
        const bool valid = slot[1] - slot[0] >= 2;
        if (valid) item = first + slot[0];
        lists.append_at(item, valid);
        if (valid) item = first + slot[1] - 2;
    }
}

/// Appends the rows that were walked to all columns, or as many as can be taken.
PENSTOCK_DECL std::size_t walked_rows::convert(const char* text, std::size_t rows) {
    for (auto& n : nodes_) n.before = n.value->builder().size();
    try {
        return append_values(text, rows);
    } catch (...) { // memory was refused
        for (std::size_t i = 0; i < nodes_.size(); ++i) {
            auto& builder = nodes_[i].value->builder();
            builder.truncate(nodes_[i].before);
            if (places_[i].takes == kind::map) builder.child(0).truncate(nodes_[nodes_[i].item].before);
        }
        throw;
    }
}

PENSTOCK_DECL std::size_t walked_rows::append_values(const char* text, std::size_t rows) {
    auto good = check_replaced(text, check_extras(text, rows));
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
        auto& n = nodes_[i];
        const auto& t = tables_[n.table];
        const auto count = entries_of(t, good);
        const auto* const slots = t.slots.data() + places_[i].slot;
        if (!n.column) {
            if (n.value->nullable()) continue;
            for (std::size_t e = 0; e < count; ++e)
                if (slots[e * t.width + 1] - slots[e * t.width] < 2) {
                    good = std::min(good, std::size_t{t.rows[e]});
                    break;
                }
            continue;
        }
        for (std::size_t e = 0; e < count;) {
            const auto part = std::min(penstock::detail::kernel_rows, count - e);
            const auto done = n.column->append({text, slots + e * t.width, t.width, part});
            if (done < part) {
                good = std::min(good, std::size_t{t.rows[e + done]});
                break;
            }
            e += part;
        }
    }
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
        const auto& n = nodes_[i];
        if (n.column)
            n.value->builder().truncate(n.before + entries_of(tables_[n.table], good));
        else
            finish_nested(i, good);
    }
    return good;
}

PENSTOCK_DECL row_run walked_rows::append(const row_text& at, const run_limits& most) {
    row_run out;
    if (!possible_ || !scan_.find(at)) return out;
    const char* const data = at.text.data() - (at.offset - scan_.base());
    const auto walked = scan_.spaces() ? walk_rows<true>(data, at.layout, most) : walk_rows<false>(data, at.layout, most);
    if (walked == 0) return out;
    const auto first = row_lines_[1] - 1; // lines in front of it have one slot each
    out.first = scan_.slots()[first] + 1 - scan_.begin();
    out.first_end = scan_.ends()[first] + (at.layout == json_layout::values) - scan_.begin();
    out.rows = convert(data, walked);
    run_ = out.rows < walked ? cautious_run : std::min(4 * run_, penstock::detail::kernel_rows);
    const auto begin = scan_.begin();
    out.lines = row_lines_[out.rows];
    scan_.pass(out.lines, row_slots_[out.rows]);
    out.bytes = scan_.begin() - begin;
    out.text = row_texts_[out.rows];
    return out;
}

PENSTOCK_DECL void walked_rows::batch_done() {
    for (auto& n : nodes_)
        if (n.column) n.column->batch_done();
}

PENSTOCK_DECL void walked_rows::be_modest() noexcept {
    for (auto& n : nodes_)
        if (n.column) n.column->expect_nothing();
    run_ = 1;
}

} // namespace penstock::json::detail

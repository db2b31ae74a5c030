// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/json/detail/record_reader.hpp>

#include <penstock/json/detail/json_fault.hpp>
#include <penstock/json/detail/raw_json.hpp>
#include <penstock/json/detail/scalar_text.hpp>

#include <algorithm>
#include <cstring>
#include <new>
#include <optional>
#include <unordered_set>

namespace penstock::json::detail {

PENSTOCK_DECL record_reader::record_reader(simd_level level)
    : kernels_{&penstock::detail::json_kernels_of(level)}, parser_{std::make_unique<simdjson::ondemand::parser>()} {}
PENSTOCK_DECL record_reader::~record_reader() = default;

inline std::string_view record_reader::token_of(ondemand_value& value) const noexcept {
    const std::string_view raw = value.raw_json_token();
    auto size = raw.size();
    while (size > 1 && is_json_space(raw[size - 1])) --size;
    return raw.substr(0, size);
}

PENSTOCK_DECL record_reader::outcome record_reader::append(std::string_view record,
                                                           std::vector<std::unique_ptr<value_node>>& columns, key_table& keys,
                                                           bool missing_is_null, bool twice_is_error, record_judge& judge) {
    code_ = simdjson::SUCCESS;
    malformed_ = false;
    full_.reset();
    missing_is_null_ = missing_is_null;
    twice_is_error_ = twice_is_error;
    judge_ = &judge;
    record_ = record;
    auto code = simdjson::SUCCESS;
    if (record.size() > parser_->capacity())
        code = parser_->allocate(std::max(record.size() + record.size() / 4, std::size_t{1} << 16), max_json_depth);
    if (code == simdjson::MEMALLOC) throw std::bad_alloc{};
    simdjson::ondemand::document document;
    if (code == simdjson::SUCCESS)
        code = parser_
                   ->iterate(simdjson::padded_string_view{record.data(), record.size(),
                                                         record.size() + simdjson::SIMDJSON_PADDING})
                   .get(document);
    if (code == simdjson::MEMALLOC) throw std::bad_alloc{};
    if (code != simdjson::SUCCESS) {
        broken(code);
        return outcome::malformed;
    }
    document_ = &document;
    simdjson::ondemand::object object;
    code = document.get_object().get(object);
    if (code == simdjson::INCORRECT_TYPE) return outcome::no_object;
    if (code != simdjson::SUCCESS) {
        broken(code);
        return outcome::malformed;
    }
    const auto stamp = ++stamp_;
    const auto before = columns.empty() ? 0 : columns.front()->builder().size();
    bool fine = each_field(object, &keys, [&](std::size_t place, std::string_view key, ondemand_value& value) {
        const auto at = keys.find(place, key);
        if (at == key_table::none) return judge_->unknown(key, token_of(value)) && check(value, 2);
        auto& node = *columns[at];
        if (node.stamp == stamp) node.builder().truncate(before); // the last one counts
        node.stamp = stamp;
        return append_value(value, node, 2);
    });
    if (fine && document.current_location().error() != simdjson::OUT_OF_BOUNDS) fine = broken(simdjson::TRAILING_CONTENT);
    if (fine)
        for (auto& c : columns) {
            if (c->stamp == stamp) continue;
            if (c->nullable() && missing_is_null)
                c->builder().append_null();
            else if (!judge.refuses_null(*c, {})) {
                fine = false;
                break;
            }
        }
    if (fine) return outcome::good;
    return malformed_ ? outcome::malformed : full_ ? outcome::full : outcome::refused;
}

template <class Each>
bool record_reader::each_field(simdjson::ondemand::object& object, const key_table* keys, const Each& each) {
    std::optional<std::unordered_set<std::string>> seen;
    if (twice_is_error_) seen.emplace();
    simdjson::ondemand::object_iterator at;
    simdjson::ondemand::object_iterator end;
    if (const auto code = object.begin().get(at)) return broken(code);
    if (const auto code = object.end().get(end)) return broken(code);
    for (std::size_t place = 0; at != end; ++at, ++place) {
        simdjson::ondemand::field field;
        if (const auto code = (*at).get(field)) return broken(code);
        std::string_view key;
        if (!key_of(field, keys ? keys->expected(place) : std::string_view{}, key)) return false;
        auto value = field.value();
        if (seen && !seen->emplace(key).second) {
            judge_->twice(key, token_of(value));
            return false;
        }
        if (!each(place, key, value)) return false;
    }
    return true;
}

PENSTOCK_DECL bool record_reader::text_of(std::string_view token, std::string_view& text, std::string& scratch) {
    if (token.size() < 2 || token.back() != '"') return broken(simdjson::STRING_ERROR);
    text = token.substr(1, token.size() - 2);
    if (text.empty() || !std::memchr(text.data(), '\\', text.size())) return true;
    if (scratch.size() < text.size() + 2 * buffer_padding) scratch.resize(text.size() + 2 * buffer_padding);
    char* const to = scratch.data() + buffer_padding;
    const auto size = kernels_->unescape(to, text.data(), text.size());
    if (size == penstock::detail::invalid_escape) return broken(simdjson::STRING_ERROR);
    text = {to, size};
    return true;
}

PENSTOCK_DECL bool record_reader::key_of(simdjson::ondemand::field& field, std::string_view expected,
                                         std::string_view& key) {
    const char* const first = field.key().raw();
    const auto rest = record_.substr(static_cast<std::size_t>(first - record_.data()));
    if (!expected.empty() && rest.size() > expected.size() && rest[expected.size()] == '"' && rest.starts_with(expected)) {
        key = expected;
        return true;
    }
    const auto from = static_cast<std::size_t>(first - record_.data()) - 1; // at the quotation mark
    const auto end = skip_json_string(record_, from);
    return text_of(record_.substr(from, end - from), key, key_scratch_);
}

/// A string, which is taken: left to simdjson to pass over, it would go on behind a colon.
PENSTOCK_DECL bool record_reader::take_string(ondemand_value& value, std::string_view token, std::string_view& text) {
    simdjson::ondemand::raw_json_string taken;
    if (const auto code = value.get_raw_json_string().get(taken)) return broken(code);
    return text_of(token, text, text_scratch_);
}

/// Other scalars.
PENSTOCK_DECL bool record_reader::check_scalar(std::string_view token) {
    switch (token.front()) {
    case 't':
        return token == "true" || broken(simdjson::T_ATOM_ERROR);
    case 'f':
        return token == "false" || broken(simdjson::F_ATOM_ERROR);
    case 'n':
        return token == "null" || broken(simdjson::N_ATOM_ERROR);
    default:
        return json_number_form(token) != number_form::none || broken(simdjson::NUMBER_ERROR);
    }
}

/// A value that nobody asked for.
PENSTOCK_DECL bool record_reader::check(ondemand_value& value, std::size_t depth) {
    const auto token = token_of(value);
    if (token.front() == '"') {
        std::string_view text;
        return take_string(value, token, text);
    }
    if (token.front() != '{' && token.front() != '[') return check_scalar(token);
    if (depth >= max_json_depth) return broken(simdjson::DEPTH_ERROR);
    if (token.front() == '{') {
        simdjson::ondemand::object object;
        if (const auto code = value.get_object().get(object)) return broken(code);
            return each_field(object, nullptr, [&](std::size_t, std::string_view, ondemand_value& v) {
            return check(v, depth + 1);
        });
    }
    simdjson::ondemand::array array;
    if (const auto code = value.get_array().get(array)) return broken(code);
    for (auto element : array) {
        ondemand_value v;
        if (const auto code = element.get(v)) return broken(code);
        if (!check(v, depth + 1)) return false;
    }
    return true;
}

PENSTOCK_DECL bool record_reader::mismatch(ondemand_value& value, value_node& node, std::string_view token,
                                           std::size_t depth) {
    const bool nested = token.front() == '{' || token.front() == '['; // scalars have been looked at
    if ((nested && !check(value, depth)) || !judge_->mismatch(node, token)) return false;
    node.builder().append_null();
    return true;
}

PENSTOCK_DECL bool record_reader::append_null(value_node& node, std::string_view token) {
    if (!node.nullable() && !judge_->refuses_null(node, token)) return false;
    node.builder().append_null();
    return true;
}

/// A value of a dictionary, built by itself.
PENSTOCK_DECL bool record_reader::append_encoded(ondemand_value& value, value_node& node, std::size_t depth) {
    auto& one = node.child(0);
    one.builder().truncate(0); // of a value that was given up
    if (!append_value(value, one, depth)) return false;
    const auto values = one.builder().finish();
    if (values.is_null(0))
        node.builder().append_null();
    else
        node.builder().as<dictionary_builder>().append(values, 0);
    return true;
}

/// The text of an object or array as it stands.
PENSTOCK_DECL bool record_reader::append_raw(ondemand_value& value, value_node& node, std::string_view token,
                                             std::size_t depth) {
    if (!check(value, depth)) return false;
    const char* next = nullptr;
    if (const auto code = document_->current_location().get(next)) return broken(code);
    auto text = std::string_view{token.data(), static_cast<std::size_t>(next - token.data())};
    while (is_json_space(text.back())) text.remove_suffix(1);
    if (node.append_text(text)) return true;
    if (!judge_->mismatch(node, token)) return false;
    node.builder().append_null();
    return true;
}

PENSTOCK_DECL bool record_reader::append_value(ondemand_value& value, value_node& node, std::size_t depth) {
    const auto token = token_of(value);
    try {
        return append_token(value, node, token, depth);
    } catch (const error& e) {
        if (e.code() != errc::record_too_large) throw;
        full_ = {&node, token, e.as_failure()};
    }
    return false;
}

PENSTOCK_DECL bool record_reader::append_token(ondemand_value& value, value_node& node, std::string_view token,
                                               std::size_t depth) {
    using kind = value_node::kind;
    const auto takes = node.takes();
    switch (token.front()) {
    case '"': {
        std::string_view text;
        if (!take_string(value, token, text)) return false;
        if (node.append_string(text)) return true;
        break;
    }
    case '{':
        if (depth >= max_json_depth) return broken(simdjson::DEPTH_ERROR);
        if (takes == kind::structure || takes == kind::map) return append_object(value, node, depth);
        if (takes == kind::encoded) return append_encoded(value, node, depth);
        if (takes == kind::text) return append_raw(value, node, token, depth);
        break;
    case '[':
        if (depth >= max_json_depth) return broken(simdjson::DEPTH_ERROR);
        if (takes == kind::list || takes == kind::fixed_list) return append_array(value, node, depth);
        if (takes == kind::encoded) return append_encoded(value, node, depth);
        if (takes == kind::text) return append_raw(value, node, token, depth);
        break;
    case 'n':
        if (token != "null") return broken(simdjson::N_ATOM_ERROR);
        return append_null(node, token);
    case 't':
    case 'f':
        if (!check_scalar(token)) return false;
        if (takes == kind::boolean) {
            if (auto* values = node.builder().try_as<boolean_builder>(); values)
                values->append(token.front() == 't');
            else
                node.append_text(token); // of a dictionary
            return true;
        }
        if (takes == kind::text && node.append_text(token)) return true;
        break;
    default:
        if (takes == kind::text ? check_scalar(token) && node.append_text(token) : node.append_number(token)) {
            return true;
        }
        if (!check_scalar(token)) return false;
    }
    return mismatch(value, node, token, depth);
}

PENSTOCK_DECL bool record_reader::append_array(ondemand_value& value, value_node& node, std::size_t depth) {
    const auto token = token_of(value);
    simdjson::ondemand::array array;
    if (const auto code = value.get_array().get(array)) return broken(code);
    const bool fixed = node.takes() == value_node::kind::fixed_list;
    const auto before = node.builder().size();
    if (fixed)
        node.builder().as<fixed_size_list_builder>().append();
    else
        node.builder().as<list_builder>().append();
    std::size_t items = 0;
    for (auto element : array) {
        ondemand_value v;
        if (const auto code = element.get(v)) return broken(code);
        ++items;
        if (!append_value(v, node.child(0), depth + 1)) return false;
    }
    if (!fixed || items == static_cast<std::size_t>(node.type().list_size())) return true;
    node.builder().truncate(before);
    if (!judge_->mismatch(node, token)) return false;
    node.builder().append_null();
    return true;
}

PENSTOCK_DECL bool record_reader::append_object(ondemand_value& value, value_node& node, std::size_t depth) {
    simdjson::ondemand::object object;
    if (const auto code = value.get_object().get(object)) return broken(code);
    if (node.takes() == value_node::kind::map) return append_map(object, node, depth);
    auto& to = node.builder().as<struct_builder>();
    const auto before = to.size();
    to.append();
    const auto stamp = ++stamp_;
    const bool fine = each_field(object, &node.keys(), [&](std::size_t place, std::string_view key, ondemand_value& v) {
        const auto at = node.keys().find(place, key);
        if (at == key_table::none) return check(v, depth + 1);
        auto& child = node.child(at);
        if (child.stamp == stamp) child.builder().truncate(before);
        child.stamp = stamp;
        return append_value(v, child, depth + 1);
    });
    if (!fine) return false;
    for (std::size_t i = 0; i < node.size(); ++i) {
        auto& child = node.child(i);
        if (child.stamp != stamp && !append_null(child, {})) return false;
    }
    return true;
}

PENSTOCK_DECL bool record_reader::append_map(simdjson::ondemand::object& object, value_node& node, std::size_t depth) {
    node.builder().as<list_builder>().append();
    auto& entries = node.builder().child(0).as<struct_builder>();
    return each_field(object, nullptr, [&](std::size_t, std::string_view key, ondemand_value& v) {
        entries.append();
        // a key cannot be null: where it is none of its type, the record is bad
        if (!node.child(0).append_text(key)) {
            judge_->mismatch(node.child(0), token_of(v));
            return false;
        }
        return append_value(v, node.child(1), depth + 1);
    });
}

} // namespace penstock::json::detail

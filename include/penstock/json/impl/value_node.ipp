// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/json/detail/value_node.hpp>

#include <penstock/format/detail/number_kernels.hpp>
#include <penstock/format/kernels/one_text.hpp>
#include <penstock/format/numbers.hpp>
#include <penstock/format/type_inference.hpp>
#include <penstock/json/detail/scalar_text.hpp>

#include <utility>

namespace penstock::json::detail {

PENSTOCK_DECL std::size_t key_table::find(std::size_t place, std::string_view key) {
    if (place < expected_.size() && expected_[place].name == key) return expected_[place].value;
    const auto known = by_name_.find(key);
    const auto value = known == by_name_.end() ? none : known->second;
    if (place < most_expected) {
        if (place >= expected_.size()) expected_.resize(place + 1);
        expected_[place].name = key;
        expected_[place].value = value;
        expected_[place].plain = key.find_first_of("\"\\") == key.npos;
    }
    return value;
}

inline value_node::kind kind_for(const data_type& type) noexcept {
    using kind = value_node::kind;
    const auto id = type.id();
    if (is_integer(id)) return kind::integer;
    if (is_floating(id)) return kind::number;
    if (is_decimal(id)) return kind::decimal;
    if (is_text(id)) return kind::text;
    switch (id) {
    case type_id::null:
        return kind::null;
    case type_id::boolean:
        return kind::boolean;
    case type_id::duration:
        return kind::duration;
    case type_id::list:
    case type_id::large_list:
        return kind::list;
    case type_id::fixed_size_list:
        return kind::fixed_list;
    case type_id::struct_:
        return kind::structure;
    case type_id::map:
        return has_text_form(type.item().type().fields()[0].type()) ? kind::map : kind::none;
    case type_id::dictionary: {
        const auto of = kind_for(type.value_type());
        if (has_text_form(type.value_type())) return of;
        return of >= kind::list && of != kind::none ? kind::encoded : kind::none;
    }
    default:
        return is_union(id) ? kind::none : kind::scalar;
    }
}

PENSTOCK_DECL value_node::value_node(field f, bool inferred, const std::shared_ptr<buffer_pool>& pool, binary_form form,
                                     simd_level level)
    : field_{std::move(f)}, inferred_{inferred}, form_{form}, kernels_{&penstock::detail::text_kernels_of(level)},
      kind_{kind_for(field_.type())},
      own_{std::make_unique<array_builder>(field_.type(), pool)}, builder_{own_.get()} {
    make_children(pool);
}

inline value_node::value_node(field f, bool inferred, std::unique_ptr<array_builder> own, array_builder& builder,
                              const value_node& parent, const std::shared_ptr<buffer_pool>& pool)
    : field_{std::move(f)}, inferred_{inferred}, form_{parent.form_}, kernels_{parent.kernels_},
      kind_{kind_for(field_.type())}, own_{std::move(own)}, builder_{&builder}, parent_{&parent} {
    make_children(pool);
}

PENSTOCK_DECL void value_node::make_children(const std::shared_ptr<buffer_pool>& pool) {
    const auto add = [&](const field& f, array_builder& b, std::unique_ptr<array_builder> own = nullptr) {
        children_.push_back(std::unique_ptr<value_node>{new value_node{f, inferred_, std::move(own), b, *this, pool}});
    };
    switch (kind_) {
    case kind::list:
    case kind::fixed_list:
        add(type().item(), builder_->child(0));
        break;
    case kind::structure:
        for (std::size_t i = 0; i < type().fields().size(); ++i) {
            add(type().fields()[i], builder_->child(i));
            keys_.add(type().fields()[i].name(), i);
        }
        break;
    case kind::map:
        for (std::size_t i = 0; i < 2; ++i) add(type().item().type().fields()[i], builder_->child(0).child(i));
        break;
    case kind::encoded: {
        auto values = std::make_unique<array_builder>(type().value_type(), pool);
        auto& values_builder = *values;
        add(field{field_.name(), type().value_type(), nullable()}, values_builder, std::move(values));
        break;
    }
    default:
        if (has_text_form(type()) && kind_ != kind::null) parser_.emplace(type(), form_);
    }
}

PENSTOCK_DECL std::string value_node::path() const {
    if (!parent_) return field_.name();
    auto above = parent_->path();
    if (parent_->kind_ == kind::structure) return above + "." + field_.name();
    if (parent_->kind_ == kind::encoded) return above;
    return above + "[]";
}

PENSTOCK_DECL const data_type* value_node::impossible() const noexcept {
    if (kind_ == kind::none) return &type();
    for (const auto& c : children_)
        if (const auto* found = c->impossible()) return found;
    return nullptr;
}

PENSTOCK_DECL std::size_t value_node::leaves() const noexcept {
    std::size_t n = children_.empty();
    for (const auto& c : children_) n += c->leaves();
    return n;
}

PENSTOCK_DECL bool value_node::append_text(std::string_view text) {
    if (auto* strings = builder_->try_as<string_builder>(); strings && kind_ == kind::text) return strings->try_append(text);
    if (type().id() == type_id::timestamp) {
        const std::uint32_t slots[] = {static_cast<std::uint32_t>(-1), static_cast<std::uint32_t>(text.size())};
        auto rules = penstock::detail::rules_of(type());
        rules.nulls = penstock::detail::null_form::none;
        std::int64_t value = 0;
        penstock::detail::field_bits bits;
        if (kernels_->timestamp({text.data(), slots, 1, 1}, rules, &value, bits)) {
            builder_->as<int64_builder>().append(value);
            return true;
        }
    }
    return parser_->append(text, *builder_);
}

/// What the writer makes texts of where it is asked to, too: `wide_numbers`, `not_finite`.
PENSTOCK_DECL bool value_node::append_string(std::string_view text) {
    const auto id = penstock::detail::innermost(type()).id();
    switch (kind_) {
    case kind::text:
    case kind::scalar:
    case kind::decimal:
    case kind::duration:
        return append_text(text);
    case kind::integer:
        if (inferred_ || (id != type_id::int64 && id != type_id::uint64) || json_number_form(text) != number_form::integer)
            return false;
        return append_text(text);
    case kind::number:
        if (inferred_ || (text != "NaN" && text != "Infinity" && text != "-Infinity")) return false;
        return append_text(text);
    default:
        return false;
    }
}

PENSTOCK_DECL bool value_node::append_number(std::string_view token) {
    const auto form = json_number_form(token);
    if (form == number_form::none) return false; // NaN, +1, .5: numbers of other texts, but not of JSON
    const auto* const last = token.data() + token.size();
    switch (kind_) {
    case kind::integer:
    case kind::duration:
        if (form != number_form::integer) return false;
        if (auto* whole = builder_->try_as<int64_builder>(); whole && kind_ == kind::integer) {
            std::int64_t value = 0;
            if (!penstock::detail::fast_int64(token.data(), last, value)) break;
            whole->append(value);
            return true;
        }
        break;
    case kind::number:
        if (auto* numbers = builder_->try_as<float64_builder>(); numbers) {
            double value = 0;
            if (!penstock::detail::fast_float64(token.data(), last, value)) {
                // A given schema asks for doubles; what was inferred must not lose digits.
                if (inferred_ && !fits(classify(token), type())) return false;
                break;
            }
            numbers->append(value);
            return true;
        }
        break;
    case kind::decimal:
        if (inferred_ && form != number_form::integer) return false;
        break;
    case kind::scalar:
        if (inferred_ || form != number_form::integer) return false; // `date_form::number`
        if (const auto count = parse_int64(token)) return parser_->append_count(*count, *builder_);
        return false;
    default:
        return false;
    }
    return parser_->append(token, *builder_);
}

} // namespace penstock::json::detail

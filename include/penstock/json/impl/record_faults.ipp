// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/json/detail/record_faults.hpp>

#include <penstock/format/detail/offending_text.hpp>
#include <penstock/json/detail/raw_json.hpp>
#include <penstock/json/detail/scalar_text.hpp>

#include <algorithm>

namespace penstock::json::detail {

inline const char* type_text(simdjson::dom::element_type type) noexcept {
    using element_type = simdjson::dom::element_type;
    switch (type) {
    case element_type::ARRAY:
        return "an array";
    case element_type::OBJECT:
        return "an object";
    case element_type::INT64:
    case element_type::UINT64:
        return "an integer";
    case element_type::DOUBLE:
        return "a number";
    case element_type::STRING:
        return "a string";
    case element_type::BOOL:
        return "a truth value";
    case element_type::NULL_VALUE:
        return "null";
    }
    return "another value";
}

PENSTOCK_DECL const char* type_text(std::string_view token) noexcept {
    using element_type = simdjson::dom::element_type;
    switch (token.front()) {
    case '[':
        return type_text(element_type::ARRAY);
    case '{':
        return type_text(element_type::OBJECT);
    case '"':
        return type_text(element_type::STRING);
    case 't':
    case 'f':
        return type_text(element_type::BOOL);
    case 'n':
        return type_text(element_type::NULL_VALUE);
    default:
        return type_text(json_number_form(token) == number_form::integer ? element_type::INT64 : element_type::DOUBLE);
    }
}

PENSTOCK_DECL failure record_faults::at(const text_line& record, std::size_t offset, errc code, std::string message,
                                        std::string hint) const {
    error_detail d;
    d.operation = operation_;
    d.object = object_;
    d.message = std::move(message);
    d.hint = std::move(hint);
    const auto before = record.text.substr(0, offset);
    const auto last = before.rfind('\n');
    d.line = record.number + static_cast<std::uint64_t>(std::count(before.begin(), before.end(), '\n'));
    d.column = last == std::string_view::npos ? record.column + offset : offset - last;
    d.byte_offset = record.offset + offset;
    return failure{code, std::move(d)};
}

PENSTOCK_DECL failure record_faults::in_general(errc code, std::string message) const {
    error_detail d;
    d.operation = operation_;
    d.object = object_;
    d.message = std::move(message);
    return failure{code, std::move(d)};
}

PENSTOCK_DECL failure record_faults::unknown_columns(const failure& f, std::string hint) const {
    return f.with([&](error_detail& d) {
        d.operation = operation_;
        d.object = object_;
        d.hint = std::move(hint);
    });
}

PENSTOCK_DECL failure record_faults::no_object(const text_line& record) const {
    return at(record, skip_json_space(record.text, 0), errc::type_mismatch,
              std::string{"a row must be an object, but the value is "} + type_text(parser_.root().type()) + ": " +
                  penstock::detail::shown_beginning(trim_json_space(record.text)),
              "set value_column to read values of any type");
}

PENSTOCK_DECL failure record_faults::malformed(const text_line& record) const {
    auto fault = parser_.fault();
    return at(record, fault.offset, fault.code, std::move(fault.message));
}

PENSTOCK_DECL failure record_faults::too_long(const text_line& record) const {
    return at(record, 0, errc::record_too_large,
              (records_.by_line() ? "a line is longer than " : "a value is longer than ") + std::to_string(max_record_bytes_) +
                  " bytes: " + penstock::detail::shown_beginning(record.text),
              std::string{"raise max_record_bytes if "} + (records_.by_line() ? "lines" : "values") + " are meant to be that long");
}

PENSTOCK_DECL failure record_faults::cut(const text_line& record) const {
    const auto& why = records_.fault();
    return at(record, 0, why.code, why.message, why.hint);
}

} // namespace penstock::json::detail

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/xml/writer.hpp>

#include <penstock/core/detail/utf8.hpp>
#include <penstock/core/error.hpp>

namespace penstock::xml {

namespace detail {

/// The bytes of the first character of `text` when it is valid UTF-8 and a Char of XML 1.0, else 0.
inline std::size_t character_size(std::string_view text) noexcept {
    const auto [c, size] = penstock::detail::first_character(text);
    const bool control = c < 0x20 && c != '\t' && c != '\n' && c != '\r';
    return control || c == 0xfffe || c == 0xffff ? 0 : size;
}

/// Where `text` first holds what XML 1.0 cannot, or its size.
inline std::size_t representable_prefix(std::string_view text) noexcept {
    std::size_t at = 0;
    while (at < text.size()) {
        const auto size = character_size(text.substr(at));
        if (size == 0) break;
        at += size;
    }
    return at;
}

} // namespace detail

PENSTOCK_DECL bool representable(std::string_view text) noexcept {
    return detail::representable_prefix(text) == text.size();
}

PENSTOCK_DECL writer::writer() : out_{"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"} {}

PENSTOCK_DECL void writer::end_tag() {
    if (in_tag_) out_ += '>';
    in_tag_ = false;
}

PENSTOCK_DECL void writer::escape(std::string_view value, bool in_attribute) {
    const auto good = detail::representable_prefix(value);
    if (good != value.size())
        throw_failure(
            failure{errc::invalid_option,
                    "XML cannot hold byte " + std::to_string(good) + " of '" + printable(value, 128) + "'",
                    "XML holds only UTF-8 text without control characters"});
    for (const char c : value) {
        switch (c) {
        case '<': out_ += "&lt;"; break;
        case '>': out_ += "&gt;"; break; // for "]]>"
        case '&': out_ += "&amp;"; break;
        case '"': out_ += "&quot;"; break;
        case '\r': out_ += "&#13;"; break; // readers turn a bare one into '\n'
        case '\n': out_ += in_attribute ? "&#10;" : "\n"; break;
        case '\t': out_ += in_attribute ? "&#9;" : "\t"; break;
        default: out_ += c;
        }
    }
}

PENSTOCK_DECL writer& writer::open(std::string_view name) {
    end_tag();
    out_.append("<").append(name);
    open_.push_back(name);
    in_tag_ = true;
    return *this;
}

PENSTOCK_DECL writer& writer::attribute(std::string_view name, std::string_view value) {
    out_.append(" ").append(name).append("=\"");
    escape(value, true);
    out_ += '"';
    return *this;
}

PENSTOCK_DECL writer& writer::text(std::string_view value) {
    end_tag();
    escape(value, false);
    return *this;
}

PENSTOCK_DECL writer& writer::close() {
    end_tag();
    out_.append("</").append(open_.back()).append(">");
    open_.pop_back();
    return *this;
}

PENSTOCK_DECL writer& writer::element(std::string_view name, std::uint64_t value) {
    char digits[20];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    return element(name, std::string_view{digits, static_cast<std::size_t>(end - digits)});
}

PENSTOCK_DECL std::string writer::finish() {
    while (!open_.empty()) close();
    return std::move(out_);
}

} // namespace penstock::xml

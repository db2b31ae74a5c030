// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/config.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::xml {

/// Whether XML 1.0 can hold `text`: valid UTF-8 without control characters but tab, line feed and carriage
/// return. https://www.w3.org/TR/xml/#charsets
PENSTOCK_DECL bool representable(std::string_view text) noexcept;

/// Writes a document. Text that is not `representable` throws `errc::invalid_option`.
class writer {
  public:
    /// Starts with the XML declaration.
    PENSTOCK_DECL writer();

    /// `name` is a literal: it must outlive the writer, and is not checked.
    PENSTOCK_DECL writer& open(std::string_view name);
    /// Precondition: right after `open` or another attribute.
    PENSTOCK_DECL writer& attribute(std::string_view name, std::string_view value);
    PENSTOCK_DECL writer& text(std::string_view value);
    /// Precondition: an element is open.
    PENSTOCK_DECL writer& close();
    writer& element(std::string_view name, std::string_view value) { return open(name).text(value).close(); }
    PENSTOCK_DECL writer& element(std::string_view name, std::uint64_t value);
    /// `element` unless `value` is empty.
    writer& element_if(std::string_view name, std::string_view value) {
        return value.empty() ? *this : element(name, value);
    }

    /// Closes what is open and gives the document.
    PENSTOCK_DECL std::string finish();

  private:
    PENSTOCK_DECL void escape(std::string_view value, bool in_attribute);
    PENSTOCK_DECL void end_tag();

    std::string out_;
    std::vector<std::string_view> open_;
    bool in_tag_ = false;
};

} // namespace penstock::xml

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/xml/impl/writer.ipp>
#endif

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/error.hpp>
#include <penstock/json/detail/line_parser.hpp>
#include <penstock/json/detail/record_buffer.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace penstock::json::detail {

/// "an array", "a number": what a valid token begins, or is.
PENSTOCK_DECL const char* type_text(std::string_view token) noexcept;

/// What is wrong with records, as errors that say where in the data they are.
class record_faults {
  public:
    /// Where records come from, and what parses them; both must outlive it.
    record_faults(const char* operation, std::string object, std::size_t max_record_bytes, const record_buffer& records,
                  const line_parser& parser) noexcept
        : operation_{operation}, object_{std::move(object)}, max_record_bytes_{max_record_bytes}, records_{records}, parser_{parser} {}

    const char* operation() const noexcept { return operation_; }
    const std::string& object() const noexcept { return object_; }

    /// At a byte of the record.
    PENSTOCK_DECL failure at(const text_line& record, std::size_t offset, errc code, std::string message, std::string hint = {}) const;
    /// Of the data as a whole.
    PENSTOCK_DECL failure in_general(errc code, std::string message) const;
    PENSTOCK_DECL failure unknown_columns(const failure& f, std::string hint) const;

    /// The parser took it last, but it is no object.
    PENSTOCK_DECL failure no_object(const text_line& record) const;
    /// The parser refused it last.
    PENSTOCK_DECL failure malformed(const text_line& record) const;
    /// The buffer said `too_long`.
    PENSTOCK_DECL failure too_long(const text_line& record) const;
    /// The buffer said `bad` or `failed`.
    PENSTOCK_DECL failure cut(const text_line& record) const;

  private:
    const char* operation_;
    std::string object_;
    std::size_t max_record_bytes_;
    const record_buffer& records_;
    const line_parser& parser_;
};

} // namespace penstock::json::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/json/impl/record_faults.ipp>
#endif

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/json/record_options.hpp>

#include <cstdint>
#include <string>
#include <utility>

namespace penstock::json {

/// Where the rows are in JSON data.
enum class document_shape : std::uint8_t {
    /// By the first value. An array: its elements are the rows. Otherwise, when the first value ends with its line, lines;
    /// else values one behind the other, of which one object is the simplest case.
    automatic,
    object,       ///< one value, of any kind, is one row
    array,        ///< the elements of one array
    concatenated, ///< values one behind the other, with or without white space between them
    lines,        ///< as `lines_reader` reads
};

/// How `document_reader` reads: what all text formats have (read_options.hpp), what both readers of JSON have
/// (record_options.hpp), and its own. Setters chain.
class document_options : public record_option_setters<document_options> {
  public:
    document_options() = default;

    /// By default the data decides.
    document_options& shape(document_shape s) {
        shape_ = s;
        return *this;
    }
    /// A JSON pointer (RFC 6901) to the rows in a document of one value: "/data/items". An array's elements are the
    /// rows, anything else is one row; `shape` may ask for `array` or `object`. Of keys that occur twice, the first that
    /// leads there counts.
    document_options& rows_at(std::string pointer) {
        rows_at_ = std::move(pointer);
        return *this;
    }

    document_shape shape() const noexcept { return shape_; }
    const std::string& rows_at() const noexcept { return rows_at_; }

  private:
    document_shape shape_ = document_shape::automatic;
    std::string rows_at_;
};

} // namespace penstock::json

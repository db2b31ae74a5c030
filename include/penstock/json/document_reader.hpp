// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/byte_source.hpp>
#include <penstock/format/detail/held_reader.hpp>
#include <penstock/json/document_options.hpp>

#include <concepts>
#include <memory>

namespace penstock::json {

/// Reads JSON documents (RFC 8259): one object, the elements of one array, values one behind the other, or lines, and by
/// default finds out which it is; with `rows_at` the rows anywhere in a document. An array of any size is read element by
/// element, never held.
///
/// From the rows on all is as `lines_reader` has it: columns, types, errors with line, column (in bytes) and offset, what
/// becomes of bad records. What stands around the rows is checked as strictly and passed over without being kept. A
/// byte-order mark at the start is passed over.
///
/// A bad element is what `on_bad_record` says, where its end can be told: an element ends with the next comma, or end
/// of an array, outside strings and outside the brackets that were opened in it, of whatever kind. So a missing colon, a
/// wrong literal, a key without quotes or one kind of bracket for another spoil one element; a lone quotation mark or
/// an opening bracket too many goes on into the next elements, up to the next quotation mark or closing bracket. A missing
/// value between commas is a bad record of its own. Values one behind the other end with their last bracket or quotation
/// mark, all else with the next white space, quotation mark or opening bracket.
///
/// Always errors, after all rows before them: an array that is not closed, something behind the document, whatever
/// is wrong around the rows (`errc::malformed_json`, `errc::invalid_utf8`), and nothing where `rows_at` points
/// (`errc::unknown_column`). `limit` ends without a look at what follows.
///
/// The reader keeps the executor free and has the memory bounds of `lines_reader`, a record being what a line is there.
class document_reader final : public penstock::detail::held_reader {
  public:
    /// No I/O happens here. Throws `errc::invalid_option` when `max_record_bytes` is beyond 1 GiB, and for a `rows_at`
    /// that is no JSON pointer or stands beside a `shape` of several documents.
    PENSTOCK_DECL explicit document_reader(std::unique_ptr<byte_source> source, document_options options = {});
    /// The same for a source by value.
    template <std::derived_from<byte_source> Source>
    explicit document_reader(Source source, document_options options = {})
        : document_reader{std::unique_ptr<byte_source>{std::make_unique<Source>(std::move(source))},
                          std::move(options)} {}
};

} // namespace penstock::json

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/json/impl/document_reader.ipp>
#endif

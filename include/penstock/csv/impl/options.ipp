// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/csv/options.hpp>

#include <penstock/format/scalar_text.hpp>
#include <penstock/format/utf8.hpp>

#include <string>
#include <utility>

namespace penstock::csv {

PENSTOCK_DECL result<void> options::check() const {
    const auto refuse = [](std::string why) {
        return failure{errc::invalid_option, "csv: " + std::move(why)};
    };
    const auto ends_row = [](char c) { return c == '\n' || c == '\r'; };
    const auto& d = dialect_;
    if (ends_row(d.delimiter) || (d.quote && ends_row(*d.quote)) || (d.escape && ends_row(*d.escape)))
        return refuse("a line break cannot be delimiter, quote or escape");
    if (d.quote == d.delimiter || d.escape == d.delimiter)
        return refuse("the delimiter cannot be quote or escape as well");
    const auto& c = common();
    if (c.schema && c.schema->empty()) return refuse("the schema has no columns");
    if (c.schema)
        for (const auto& f : c.schema->fields())
            if (!has_text_form(f.type()))
                return refuse("column \"" + printable(f.name(), 64) + "\": a " + f.type().name() + " has no form as text");
    for (const auto& name : names_)
        if (find_invalid_utf8(name) != std::string::npos) return refuse("the name \"" + printable(name, 64) + "\" is not UTF-8");
    if (names_.size() > detail::max_columns) return refuse("more than " + std::to_string(detail::max_columns) + " names");
    // Positions in the buffer are 32 bits, and the strings of a batch have 31.
    constexpr std::size_t largest = std::size_t{512} << 20;
    const auto within = [](std::size_t v) { return v > 0 && v <= largest; };
    if (!within(c.batch_rows)) return refuse("batch_rows must be 1 to 2^29");
    if (!within(c.batch_bytes)) return refuse("batch_bytes must be 1 byte to 512 MiB");
    if (!within(c.max_record_bytes)) return refuse("max_record_bytes must be 1 byte to 512 MiB");
    if (!within(c.inference_rows)) return refuse("inference_rows must be 1 to 2^29");
    if (!within(c.inference_bytes)) return refuse("inference_bytes must be 1 byte to 512 MiB");
    return {};
}

} // namespace penstock::csv

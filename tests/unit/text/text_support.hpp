// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/memory_io.hpp>
#include <penstock/format/table_printer.hpp>
#include <penstock/text/line_parser.hpp>

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace text_test {

using namespace penstock;
using namespace std::string_literals;
using namespace std::string_view_literals;

/// All that came of a text.
struct outcome {
    std::vector<record_batch> batches;
    std::shared_ptr<const schema> columns;
    std::optional<failure> failed;
    read_statistics statistics;

    /// "a|b;c|d", nulls as ~.
    std::string text() const {
        std::string out;
        for (const auto& b : batches)
            for (std::size_t r = 0; r < b.num_rows(); ++r) {
                for (std::size_t c = 0; c < b.num_columns(); ++c) {
                    if (c) out += '|';
                    append_value(out, b[c], r, "~");
                }
                out += ';';
            }
        return out;
    }
    std::string error() const { return failed ? failed->message() : std::string{}; }
};

/// Reads by a parser, `piece` bytes at a time. `broken`: what the input answers behind the text, instead of its end.
template <class Parser>
outcome read(std::string_view text, text::options options, std::size_t piece, const failure& broken = {}) {
    Parser parser{std::move(options), "t.txt"};
    outcome out;
    for (;;) {
        const auto step = parser.advance();
        if (!step) {
            out.failed = step.error();
            break;
        }
        if (*step == Parser::step::end) break;
        if (*step == Parser::step::batch) out.batches.push_back(parser.take());
        if (*step != Parser::step::need_input) continue;
        const auto room = parser.prepare();
        const auto n = std::min({piece, room.size(), text.size()});
        std::memcpy(room.data(), text.data(), n);
        text.remove_prefix(n);
        if (n)
            parser.commit(n);
        else if (broken)
            parser.input_failed(broken);
        else
            parser.finish();
    }
    out.columns = parser.schema();
    out.statistics = parser.statistics();
    return out;
}

/// The same however the text is cut.
template <class Parser>
outcome read_all_ways(std::string_view text, const text::options& options, const failure& broken = {}) {
    auto whole = read<Parser>(text, options, text.size() + 1, broken);
    for (const std::size_t piece : {1u, 2u, 3u, 7u}) {
        const auto cut = read<Parser>(text, options, piece, broken);
        const bool same = cut.batches == whole.batches && cut.error() == whole.error() &&
                          cut.statistics.skipped_rows == whole.statistics.skipped_rows;
        if (!same) throw std::runtime_error{"pieces of " + std::to_string(piece) + " give " + cut.text() + cut.error()};
    }
    return whole;
}

} // namespace text_test

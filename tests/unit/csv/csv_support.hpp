// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/csv/parser.hpp>
#include <penstock/format/table_printer.hpp>

#include <algorithm>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace csv_test {

using namespace penstock;

/// All that came of a text.
struct outcome {
    std::vector<record_batch> batches;
    std::shared_ptr<const schema> columns;
    std::optional<failure> failed;
    read_statistics statistics;

    std::size_t rows() const {
        std::size_t n = 0;
        for (const auto& b : batches) n += b.num_rows();
        return n;
    }
    /// "a|b;c|d", nulls as ~.
    std::string text() const {
        std::string out;
        for (const auto& b : batches)
            for (std::size_t r = 0; r < b.num_rows(); ++r) {
                if (!out.empty()) out += ';';
                for (std::size_t c = 0; c < b.num_columns(); ++c) {
                    if (c) out += '|';
                    append_value(out, b[c], r, "~");
                }
            }
        return out;
    }
    /// "a:int64 b:string".
    std::string types() const {
        std::string out;
        if (!columns) return "unknown";
        for (const auto& f : columns->fields())
            out += (out.empty() ? "" : " ") + f.name() + ":" + f.type().name();
        return out;
    }
    /// "rows skipped captured nulls: errors".
    std::string counts() const {
        const auto& s = statistics;
        auto out = std::to_string(s.rows) + " " + std::to_string(s.skipped_rows) + " " +
                   std::to_string(s.captured_rows) + " " + std::to_string(s.null_values) + ":";
        for (const auto& e : s.errors) out += " " + e.message();
        return out;
    }
    std::string error() const { return failed ? failed->message() : std::string{}; }

    friend bool operator==(const outcome& a, const outcome& b) {
        return a.batches == b.batches && a.counts() == b.counts() && a.error() == b.error() && a.types() == b.types() &&
               a.statistics.ragged_rows == b.statistics.ragged_rows &&
               (!a.failed || a.failed->code() == b.failed->code());
    }
};

/// How many bytes the next read gives.
using cutter = std::function<std::size_t(std::size_t at)>;

/// `broken`: what the input answers behind the text, instead of its end.
inline outcome read(std::string_view text, const csv::options& options, const cutter& cut,
                    const failure& broken = {}) {
    csv::parser parser{options, "t.csv"};
    outcome out;
    for (std::size_t at = 0;;) {
        auto step = parser.advance();
        if (!step) {
            out.failed = step.error();
            break;
        }
        if (*step == csv::parser::step::end) break;
        if (*step == csv::parser::step::batch) {
            out.batches.push_back(parser.take());
        } else if (*step == csv::parser::step::need_input) {
            const auto room = parser.prepare();
            const auto n = std::min({room.size(), std::max<std::size_t>(cut(at), 1), text.size() - at});
            std::copy_n(reinterpret_cast<const std::byte*>(text.data()) + at, n, room.data());
            at += n;
            if (n)
                parser.commit(n);
            else if (broken)
                parser.input_failed(broken);
            else
                parser.finish();
        }
    }
    out.columns = parser.schema();
    out.statistics = parser.statistics();
    return out;
}

inline outcome read(std::string_view text, const csv::options& options = csv::options(),
                    std::size_t chunk = static_cast<std::size_t>(-1)) {
    return read(text, options, [chunk](std::size_t) { return chunk; });
}

/// Options for plain tables of text: no header, no types, no nulls.
inline csv::options plain() { return csv::options().header(false).infer_types(false).null_texts({}); }

/// A text that often is what quotes and line ends make difficult.
inline std::string random_text(std::mt19937& random, std::size_t length) {
    const std::string_view alphabet = random() % 2 ? "ab1,,\"\"\n\n\r" : "12345.,,\n\n\n\"-";
    std::string out(length, ' ');
    for (auto& c : out) c = alphabet[random() % alphabet.size()];
    return out;
}

/// Small batches, samples and limits, for such a text.
inline csv::options random_options(std::mt19937& random) {
    auto o = csv::options()
                 .header(random() % 2)
                 .batch_rows(1 + random() % 5)
                 .inference_rows(1 + random() % 5)
                 .on_bad_record(static_cast<bad_records>(random() % 4))
                 .max_record_bytes(1 + random() % 100);
    if (random() % 4 == 0) o.inference_bytes(1 + random() % 100);
    if (random() % 4 == 0) o.batch_bytes(1 + random() % 100);
    if (random() % 4 == 0) o.escape('b');
    if (random() % 4 == 0) o.quote(std::nullopt);
    return o;
}

} // namespace csv_test

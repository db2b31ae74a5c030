// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
// Lines: any bytes end in batches or an error, the same however they are cut. The first byte says how the data is cut and read.
#include "support.hpp"

#include <penstock/format/utf8.hpp>
#include <penstock/text/line_parser.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace text_fuzz {

using penstock::text::line_parser;

struct outcome {
    std::vector<penstock::record_batch> batches;
    std::string error;
    std::uint64_t skipped = 0;
};

outcome read(std::string_view text, const penstock::text::options& options, std::size_t piece) {
    line_parser parser{options, "fuzz"};
    outcome out;
    for (;;) {
        const auto step = parser.advance();
        if (!step) out.error = step.error().message();
        if (!step || *step == line_parser::step::end) break;
        if (*step == line_parser::step::batch) out.batches.push_back(parser.take());
        if (*step != line_parser::step::need_input) continue;
        const auto room = parser.prepare();
        const auto n = std::min({piece, room.size(), text.size()});
        if (n == 0) {
            parser.finish();
            continue;
        }
        std::memcpy(room.data(), text.data(), n);
        text.remove_prefix(n);
        parser.commit(n);
    }
    out.skipped = parser.statistics().skipped_rows;
    return out;
}

} // namespace text_fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace text_fuzz;
    if (size == 0) return 0;
    const auto how = data[0];
    const auto text = text_behind(data, size, 1);
    auto options = penstock::text::options().batch_rows(1 + how % 5).on_bad_record(static_cast<penstock::bad_records>(how / 8 % 4));
    if (how & 32) options.max_record_bytes(8);
    const auto whole = read(text, options, text.size() + 1);
    const auto cut = read(text, options, 1 + how / 64);
    require(whole.error == cut.error);
    require(whole.batches == cut.batches);
    require(whole.skipped == cut.skipped);
    std::uint64_t rows = whole.skipped;
    for (const auto& batch : whole.batches) {
        require(batch.num_rows() > 0);
        rows += batch.num_rows();
        for (std::size_t c = 0; c < batch.num_columns(); ++c)
            for (std::size_t i = 0; i < batch.num_rows(); ++i)
                require(penstock::find_invalid_utf8(batch[c].string_at(i)) == std::string_view::npos);
    }
    // Every line is a row, or was skipped.
    auto lines = static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
    if (!text.empty() && !text.ends_with('\n') && text != "\xef\xbb\xbf") ++lines;
    require(!whole.error.empty() || rows == lines);
    return 0;
}

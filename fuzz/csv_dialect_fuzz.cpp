// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// The dialect of any text: one of those that are tried, found again for the same text, and what a reader that detects reads
// in it does not depend on the cuts and is what one reads that is given it. The first bytes choose the cuts and the end.

#include "support.hpp"

#include <penstock/csv/parser.hpp>

#include <algorithm>
#include <random>
#include <vector>

namespace {

using namespace penstock;

struct outcome {
    std::vector<record_batch> batches;
    std::string failed;
    friend bool operator==(const outcome&, const outcome&) = default;
};

/// `seed` 0: all at once.
outcome read(std::string_view text, const csv::options& options, unsigned seed, bool broken) {
    std::minstd_rand random{seed};
    csv::parser parser{options, "fuzz"};
    outcome out;
    for (std::size_t at = 0;;) {
        const auto step = parser.advance();
        if (!step) {
            out.failed = step.error().message();
            return out;
        }
        if (*step == csv::parser::step::end) return out;
        if (*step == csv::parser::step::batch) {
            out.batches.push_back(parser.take());
        } else if (*step == csv::parser::step::need_input) {
            const auto room = parser.prepare();
            const std::size_t wanted = seed ? 1 + random() % (1 + seed % 100) : text.size();
            const auto n = std::min({room.size(), wanted, text.size() - at});
            std::copy_n(reinterpret_cast<const std::byte*>(text.data()) + at, n, room.data());
            at += n;
            if (n)
                parser.commit(n);
            else if (broken)
                parser.input_failed(failure{errc::connection_closed});
            else
                parser.finish();
        }
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const auto text = text_behind(data, size, 2);
    const bool broken = data[0] % 2;
    const auto found = csv::detect_dialect(text, !broken);
    require(csv::options().dialect(found.dialect).check().has_value());
    require(std::string_view{",;\t|:"}.find(found.dialect.delimiter) != std::string_view::npos && found.dialect.delimiter.size() == 1);
    require(found.confidence >= 0 && found.confidence <= 1);
    const auto detecting = csv::options().detect(true);
    const auto whole = read(text, detecting, 0, broken);
    require(whole == read(text, detecting, 1u + data[1], broken));
    require(whole == read(text, csv::options().dialect(found.dialect).header(found.header), 0, broken));
    return 0;
}

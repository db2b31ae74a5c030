// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// The dialect of any text: one of those that are tried, found again for the same text, and what a reader that detects reads
// in it does not depend on the cuts and is what one reads that is given it. The first bytes choose the cuts and the end.

#include "read_csv.hpp"

#include <cstdint>

using namespace penstock;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const auto text = text_behind(data, size, 2);
    const bool broken = data[0] % 2;
    const auto found = csv::detect_dialect(text, !broken);
    require(csv::options().dialect(found.dialect).check().has_value());
    require(std::string_view{",;\t|:"}.find(found.dialect.delimiter) != std::string_view::npos && found.dialect.delimiter.size() == 1);
    require(found.confidence >= 0 && found.confidence <= 1);
    const auto detecting = csv::options().detect(true);
    const auto whole = read_csv(text, detecting, 0, broken);
    require(whole == read_csv(text, detecting, 1u + data[1], broken));
    require(whole == read_csv(text, csv::options().dialect(found.dialect).header(found.header), 0, broken));
    return 0;
}

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include "support.hpp"

#include <penstock/csv/parser.hpp>

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

/// What a text of CSV gives.
struct csv_outcome {
    std::vector<penstock::record_batch> batches;
    std::string error;
    penstock::error_code code; // of the error

    friend bool operator==(const csv_outcome&, const csv_outcome&) = default;
};

/// Reads it cut as `seed` says, 0: all at once. `broken`: its source fails behind it.
inline csv_outcome read_csv(std::string_view text, const penstock::csv::options& options, unsigned seed, bool broken) {
    using penstock::csv::parser;
    std::minstd_rand random{seed};
    parser reader{options, "fuzz"};
    csv_outcome out;
    for (std::size_t at = 0;;) {
        const auto step = reader.advance();
        if (!step) {
            out.error = step.error().message();
            out.code = step.error().code();
            return out;
        }
        if (*step == parser::step::end) return out;
        if (*step == parser::step::batch) {
            out.batches.push_back(reader.take());
            require(out.batches.back().num_rows() > 0);
        } else if (*step == parser::step::need_input) {
            const auto room = reader.prepare();
            const std::size_t wanted = seed ? 1 + random() % (1 + seed % 100) : text.size();
            const auto n = std::min({room.size(), wanted, text.size() - at});
            std::copy_n(reinterpret_cast<const std::byte*>(text.data()) + at, n, room.data());
            at += n;
            if (n)
                reader.commit(n);
            else if (broken)
                reader.input_failed(penstock::failure{penstock::errc::connection_closed});
            else
                reader.finish();
        }
    }
}

/// The same batches and the same error, cut as `how` says and by the kernels that it says: each at its turn, and not in reads of
/// another size: one thing at a time.
inline void compare_csv(std::string_view text, const penstock::csv::options& options, std::uint8_t how) {
    const bool broken = how % 3 == 0;
    const auto whole = read_csv(text, options, 0, broken);
    require(whole == read_csv(text, options, 1u + how, broken));
    const auto level = static_cast<penstock::simd_level>(how / 3 % (static_cast<int>(penstock::detail::best_simd_level()) + 1));
    auto other = options;
    require(whole == read_csv(text, other.instruction_set(level), 0, broken));
}

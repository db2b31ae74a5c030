// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// Any bytes, cut anywhere, with an end or a failure of the input behind them, by the kernels of any level: the same batches
// and the same error. The first bytes choose the options and the cuts.

#include "support.hpp"

#include <penstock/csv/parser.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <random>
#include <string_view>
#include <vector>

namespace {

using namespace penstock;

struct outcome {
    std::vector<record_batch> batches;
    std::string failed;
    error_code code;

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
            out.code = step.error().code();
            return out;
        }
        if (*step == csv::parser::step::end) return out;
        if (*step == csv::parser::step::batch) {
            out.batches.push_back(parser.take());
            require(out.batches.back().num_rows() > 0);
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

csv::options choose(std::uint8_t a, std::uint8_t b) {
    static const auto pool = buffer_pool::create(); // blocks with old text in them, which must not show
    auto o = csv::options()
                 .pool(pool)
                 .header(a & 1)
                 .infer_types(a & 2)
                 .on_bad_record(static_cast<bad_records>(a / 4 % 2 * (1 + b % 3)))
                 .batch_rows(1 + b % 16)
                 .inference_rows(1 + b / 16)
                 .max_record_bytes(a & 8 ? 40 : 1 << 20)
                 .inference_bytes(a & 16 ? 50 : 1 << 20);
    if (a & 32) o.escape('\\');
    if (a & 64) o.quote(std::nullopt);
    if (a & 128)
        o.header(false).schema(
            make_schema({field{"a", data_type::int64()}, field{"b", data_type::float64(), false},
                         field{"c", data_type::boolean()}, field{"d", data_type::string()},
                         field{"e", data_type::timestamp(time_unit::microsecond)}, field{"f", data_type::date32()},
                         field{"g", data_type::uint8()}}));
    return o;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 3) return 0;
    const auto options = choose(data[0], data[1]);
    const auto text = text_behind(data, size, 3);
    const bool broken = data[2] % 3 == 0;
    const auto whole = read(text, options, 0, broken);
    require(whole == read(text, options, 1u + data[2], broken));
    // each at its turn, and not in reads of another size: one thing at a time
    const auto level = static_cast<simd_level>(data[2] / 3 % (static_cast<int>(penstock::detail::best_simd_level()) + 1));
    auto other = options;
    require(whole == read(text, other.instruction_set(level), 0, broken));
    return 0;
}

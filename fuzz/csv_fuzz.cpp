// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// Any bytes, cut anywhere, with an end or a failure of the input behind them, by the kernels of any level: the same batches
// and the same error. The first bytes choose the options and the cuts.

#include "read_csv.hpp"

#include <cstdint>
#include <optional>

namespace {

using namespace penstock;

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
    compare_csv(text_behind(data, size, 3), choose(data[0], data[1]), data[2]);
    return 0;
}

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// Any bytes in a dialect of any kind, with rows of any length: the same batches and the same error however they are cut, by the
// kernels of any level. The first bytes choose the options and the cuts.

#include "read_csv.hpp"

#include <cstdint>

namespace {

using namespace penstock;

csv::options choose(std::uint8_t a, std::uint8_t b, std::uint8_t c) {
    static const char* const delimiters[] = {",", "||", "|-|", ";"};
    static const char* const comments[] = {"", "#", "//", "#|"};
    static const auto pool = buffer_pool::create(); // blocks with old text in them, which must not show
    auto o = csv::options().pool(pool);
    o.delimiter(delimiters[a % 4]).comment(comments[a / 4 % 4]).trim(a & 16);
    if (a & 32) o.quote(std::nullopt);
    if (a & 64) o.escape('\\');
    if (a & 128) o.max_record_bytes(40);
    o.ragged_rows(static_cast<csv::ragged_rows>(b % 4)).skip_rows(b / 4 % 4);
    if (b & 16) o.names({"x", "y", "z"});
    o.header(b & 32).batch_rows(1 + b / 64);
    o.on_bad_record(static_cast<bad_records>(c % 4)).inference_rows(1 + c / 4 % 4);
    if (c & 16) o.decimal_separator(',').thousands_separator('.');
    if (c & 32) o.booleans({"yes", "1"}, {"no", "0"});
    if (c & 64) o.date_format("x", "%d.%m.%Y").null_texts({"-"});
    if (c & 128)
        o.schema(make_schema({field{"x", data_type::date32()}, field{"y", data_type::float64()}, field{"z", data_type::boolean(), false},
                              field{"v", data_type::decimal128(9, 2)}}))
            .missing_columns(missing_columns::null);
    return o;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 4) return 0;
    const auto options = choose(data[0], data[1], data[2]);
    if (!options.check()) return 0;
    compare_csv(text_behind(data, size, 4), options, data[3]);
    return 0;
}

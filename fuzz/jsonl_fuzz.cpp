// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// JSON Lines: any bytes end in batches or an error, the same however they are cut; what is found wrong is
// wrong by our own checker, too; rows that are read many at once, by kernels of any level, are what the general parser reads. The
// first byte says how the data is cut and read, the second which columns are asked for.
#include "read_json.hpp"
#include "support.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace jsonl_fuzz {

using penstock::json::lines_options;

/// Every cell can be read, and is what a column promises.
void check_cells(const json_outcome& r) {
    for (const auto& batch : r.batches) {
        require(batch.num_rows() > 0);
        for (std::size_t c = 0; c < batch.num_columns(); ++c)
            for (std::size_t i = 0; i < batch.num_rows(); ++i)
                if (batch[c].type() == penstock::data_type::string())
                    require(penstock::find_invalid_utf8(batch[c].string_at(i)) == std::string_view::npos);
    }
}

/// Columns of many types, with children.
std::shared_ptr<const penstock::schema> nested_schema() {
    using namespace penstock;
    std::vector<field> members;
    members.emplace_back("a", data_type::int64());
    members.emplace_back("b", data_type::string(), false);
    members.emplace_back("l", data_type::list(data_type::float64()));
    const auto object = data_type::struct_(std::move(members));
    return make_schema({field{"a", data_type::int64()}, field{"b", data_type::float64()}, field{"s", data_type::string()},
                        field{"t", data_type::timestamp(time_unit::microsecond)}, field{"f", data_type::boolean()},
                        field{"u", data_type::uint64()}, field{"n", data_type::decimal128(12, 2)}, field{"o", object},
                        field{"l", data_type::list(object)}, field{"m", data_type::map(data_type::string(), data_type::int64())},
                        field{"x", data_type::fixed_size_list(data_type::int64(), 2)}});
}

/// Kernels and the readers of many rows at once on one side, the general parser on the other.
void compare(std::string_view text, lines_options options) {
    const auto general = read_json(text, lines_options{options}.expect_flat_rows(false), text.size() + 1);
    const auto quick = read_json(text, options, text.size() + 1);
    require(quick.error == general.error);
    require(quick.batches == general.batches);
}

} // namespace jsonl_fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace jsonl_fuzz;
    if (size < 2) return 0;
    const auto how = data[0], what = data[1];
    const auto text = text_behind(data, size, 2);
    auto options =
        lines_options{}.inference_rows(1 + how % 3).batch_rows(1 + how % 5).on_bad_record(static_cast<penstock::bad_records>(how / 8 % 4));
    if (how & 16) options.value_column("value");
    if (how & 32) options.max_record_bytes(40);
    const auto best = static_cast<int>(penstock::detail::best_simd_level());
    options.instruction_set(static_cast<penstock::simd_level>(std::min(what % 4, best)));
    if (what & 4) options.schema(nested_schema());
    if (what & 8) options.columns({"a", "o", "l"}).schema(nested_schema());
    if (what & 16) options.missing_columns(penstock::missing_columns::fail);
    if (what & 32) options.extra_columns(penstock::extra_columns::fail);
    if (what & 64) options.infer_nested(false);
    const auto whole = read_json(text, options, text.size() + 1);
    const auto cut = read_json(text, options, 1 + how / 64);
    require(whole.error == cut.error);
    require(whole.batches == cut.batches);
    check_cells(whole);
    compare(text, options);
    compare(text, lines_options{}.schema(nested_schema()));

    // The general parser looks at every value, also of keys that are no column, as the one that reads whole values does.
    const auto a = penstock::make_schema({penstock::field{"a", penstock::data_type::string()}});
    const auto columns = read_json(text, lines_options{}.schema(a).expect_flat_rows(false), text.size() + 1);
    const auto values = read_json(text, lines_options{}.value_column("value"), text.size() + 1);
    if (columns.no_json) require(columns.error == values.error);
    if (values.no_json) require(!columns.error.empty());
    return 0;
}

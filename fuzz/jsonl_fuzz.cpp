// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// JSON Lines: any bytes end in batches or an error, the same however they are cut; what is found wrong is
// wrong by our own checker, too. The first byte says how the data is cut and read.
#include "read_json.hpp"
#include "support.hpp"

#include <cstdint>
#include <string_view>

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

} // namespace jsonl_fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace jsonl_fuzz;
    if (size == 0) return 0;
    const auto how = data[0];
    const auto text = text_behind(data, size, 1);
    auto options =
        lines_options{}.inference_rows(1 + how % 3).batch_rows(1 + how % 5).on_bad_record(static_cast<penstock::bad_records>(how / 8 % 4));
    if (how & 16) options.value_column("value");
    if (how & 32) options.max_record_bytes(40);
    const auto whole = read_json(text, options, text.size() + 1);
    const auto cut = read_json(text, options, 1 + how / 64);
    require(whole.error == cut.error);
    require(whole.batches == cut.batches);
    check_cells(whole);

    // Rows that are read column by column, and by the general parser.
    const auto general = read_json(text, lines_options{options}.expect_flat_rows(false), text.size() + 1);
    require(whole.error == general.error);
    require(whole.batches == general.batches);

    // The general parser looks at every value, also of keys that are no column, as the one that reads whole values does.
    const auto a = penstock::make_schema({penstock::field{"a", penstock::data_type::string()}});
    const auto columns = read_json(text, lines_options{}.schema(a).expect_flat_rows(false), text.size() + 1);
    const auto values = read_json(text, lines_options{}.value_column("value"), text.size() + 1);
    if (columns.no_json) require(columns.error == values.error);
    if (values.no_json) require(!columns.error.empty());
    return 0;
}

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// JSON Lines: any bytes end in batches or an error, the same however they are cut; what is found wrong is
// wrong by our own checker, too. The first byte says how the data is cut and read.
#include "support.hpp"

#include <penstock/json/detail/lines_core.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace jsonl_fuzz {

using penstock::json::lines_options;
using penstock::json::detail::lines_core;

struct outcome {
    std::vector<penstock::record_batch> batches;
    std::string error;
    bool no_json = false; // the error says so
};

outcome read(std::string_view text, const lines_options& options, std::size_t piece) {
    lines_core core{options, "fuzz"};
    outcome out;
    for (;;) {
        switch (core.advance(false)) {
        case lines_core::status::need_input: {
            const auto room = core.lines().room();
            const auto n = std::min({piece, room.size(), text.size()});
            if (n == 0) {
                core.lines().ended();
                break;
            }
            std::memcpy(room.data(), text.data(), n);
            text.remove_prefix(n);
            core.lines().filled(n);
            break;
        }
        case lines_core::status::batch:
            out.batches.push_back(core.take());
            break;
        case lines_core::status::failed:
            out.error = core.error().message();
            out.no_json = core.error().code() == penstock::errc::malformed_json || core.error().code() == penstock::errc::invalid_utf8;
            return out;
        case lines_core::status::end:
            return out;
        case lines_core::status::pause:
            core.rested();
            break;
        case lines_core::status::schema_known:
            std::abort(); // nobody asked
        }
    }
}

/// Every cell can be read, and is what a column promises.
void check_cells(const outcome& r) {
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
    const auto whole = read(text, options, text.size() + 1);
    const auto cut = read(text, options, 1 + how / 64);
    require(whole.error == cut.error);
    require(whole.batches == cut.batches);
    check_cells(whole);

    // Rows that are read column by column, and by the general parser.
    const auto general = read(text, lines_options{options}.expect_flat_rows(false), text.size() + 1);
    require(whole.error == general.error);
    require(whole.batches == general.batches);

    // The general parser looks at every value, also of keys that are no column, as the one that reads whole values does.
    const auto a = penstock::make_schema({penstock::field{"a", penstock::data_type::string()}});
    const auto columns = read(text, lines_options{}.schema(a).expect_flat_rows(false), text.size() + 1);
    const auto values = read(text, lines_options{}.value_column("value"), text.size() + 1);
    if (columns.no_json) require(columns.error == values.error);
    if (values.no_json) require(!columns.error.empty());
    return 0;
}

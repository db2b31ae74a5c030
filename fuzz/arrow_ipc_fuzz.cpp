// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// Arrow's IPC stream: any bytes end in batches that are well laid out or in an error, the same however they are cut; what
// was read is written and comes back. The first byte says how the data is cut and read.
#include "support.hpp"

#include <penstock/arrow/detail/message_writer.hpp>
#include <penstock/arrow/detail/stream_core.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace arrow_ipc_fuzz {

using penstock::arrow::stream_options;
using penstock::arrow::detail::message_writer;
using penstock::arrow::detail::stream_core;

struct outcome {
    std::shared_ptr<const penstock::schema> schema;
    std::vector<penstock::record_batch> batches;
    std::string error;
};

/// More batches than that need not be looked at: a message without bytes may say that it has 2^31 rows.
constexpr std::size_t most = 200;

outcome read(std::string_view text, const stream_options& options, std::size_t piece) {
    stream_core core{options, "fuzz", std::nullopt};
    outcome out;
    while (out.batches.size() < most) {
        switch (core.advance(false)) {
        case stream_core::status::need_input: {
            const auto room = core.room();
            require(!room.empty());
            const auto n = std::min({piece, room.size(), text.size()});
            if (n == 0) {
                core.ended();
                break;
            }
            std::memcpy(room.data(), text.data(), n);
            text.remove_prefix(n);
            core.filled(n);
            break;
        }
        case stream_core::status::batch:
            out.batches.push_back(core.take());
            break;
        case stream_core::status::failed:
            out.error = core.error().message();
            out.schema = core.schema();
            return out;
        case stream_core::status::end:
            out.schema = core.schema();
            return out;
        case stream_core::status::pause:
            break;
        case stream_core::status::schema_known:
            std::abort(); // nobody asked
        }
    }
    out.schema = core.schema();
    return out;
}

std::string written(const outcome& r, const penstock::arrow::write_options& options) {
    message_writer writer{r.schema, options};
    std::string out;
    const auto put = [&out](const penstock::arrow::detail::message& m) {
        out += m.head;
        for (const auto& b : m.body) {
            out.append(b.as<char>(), b.size());
            out.append((8 - b.size() % 8) % 8, '\0');
        }
    };
    put(writer.schema_message());
    for (const auto& b : r.batches) {
        writer.begin(b, {});
        while (const auto m = writer.next()) put(*m);
    }
    return out.append(penstock::arrow::detail::end_marker, 8);
}

/// Rows times columns that are compared; a run of null rows costs no input.
bool small(const outcome& r) {
    std::size_t rows = 0;
    for (const auto& b : r.batches) rows += b.num_rows();
    return rows < 5000;
}

} // namespace arrow_ipc_fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace arrow_ipc_fuzz;
    if (size == 0) return 0;
    const auto how = data[0];
    const auto text = text_behind(data, size, 1);
    auto options = stream_options{}.max_body_bytes(std::size_t{1} << 20).max_metadata_bytes(std::size_t{1} << 18);
    options.batch_rows(1 + how % 7 * 100);
    const auto whole = read(text, options, text.size() + 1);
    for (const auto& b : whole.batches)
        for (std::size_t c = 0; c < b.num_columns(); ++c) require(penstock::validate(b[c]).has_value());
    const auto cut = read(text, options, 1 + how / 16);
    require(whole.error == cut.error);
    require(whole.batches.size() == cut.batches.size());
    if (!whole.schema || !small(whole)) return 0;
    require(whole.batches == cut.batches);
    std::string stream;
    try {
        stream = written(whole, penstock::arrow::write_options{}.dictionary_deltas(how & 1));
    } catch (const penstock::error&) {
        return 0; // a dictionary of dictionaries has no form
    }
    const auto back = read(stream, stream_options{}, stream.size());
    require(back.error.empty() && *back.schema == *whole.schema);
    require(back.batches == whole.batches);
    return 0;
}

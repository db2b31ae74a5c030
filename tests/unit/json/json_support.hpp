// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/error.hpp>
#include <penstock/core/memory_io.hpp>
#include <penstock/json/document_reader.hpp>
#include <penstock/json/lines_reader.hpp>

#include <support/numbers.hpp>
#include <support/run.hpp>

#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

namespace json_test {

using namespace std::string_literals;
using namespace std::string_view_literals;
namespace asio = boost::asio;
using penstock::awaitable;
using penstock::condition;
using penstock::errc;
using penstock::failure;
using penstock::json::document_options;
using penstock::json::document_reader;
using penstock::json::document_shape;
using penstock::json::lines_options;
using penstock::json::lines_reader;

using test::numbers;

/// A value as text that tells types apart: 1, 1.5, true, "x", null.
inline std::string cell(const penstock::array& a, std::size_t i) {
    if (a.is_null(i)) return "null";
    switch (a.type().id()) {
    case penstock::type_id::boolean:
        return a.boolean_at(i) ? "true" : "false";
    case penstock::type_id::int64:
        return std::to_string(a.int64_at(i));
    case penstock::type_id::float64: {
        char text[40];
        std::snprintf(text, sizeof text, "%.17gf", a.float64_at(i));
        return text;
    }
    case penstock::type_id::string:
        return "\"" + std::string{a.string_at(i)} + "\"";
    default:
        break;
    }
    return "?";
}

struct outcome {
    std::string schema;            ///< "a:int64 b:string"
    std::vector<std::string> rows; ///< "1|\"x\""
    std::vector<std::size_t> batches;
    failure error;
    penstock::read_statistics statistics;

    /// "rows skipped captured nulls: errors".
    std::string counts() const {
        const auto& s = statistics;
        auto out = std::to_string(s.rows) + " " + std::to_string(s.skipped_rows) + " " +
                   std::to_string(s.captured_rows) + " " + std::to_string(s.null_values) + ":";
        for (const auto& e : s.errors) out += " " + e.message();
        return out;
    }

    friend bool operator==(const outcome& a, const outcome& b) {
        return a.schema == b.schema && a.rows == b.rows && a.batches == b.batches && a.counts() == b.counts() &&
               a.error.message() == b.error.message();
    }
};

inline std::string describe(const penstock::schema& s) {
    std::string out;
    for (const auto& f : s.fields()) out += (out.empty() ? "" : " ") + f.name() + ":" + f.type().name();
    return out;
}

inline void add(outcome& out, const penstock::record_batch& b) {
    out.batches.push_back(b.num_rows());
    for (std::size_t r = 0; r < b.num_rows(); ++r) {
        std::string row;
        for (std::size_t c = 0; c < b.num_columns(); ++c) row += (c ? "|" : "") + cell(b[c], r);
        out.rows.push_back(std::move(row));
    }
}

inline awaitable<void> drain(penstock::batch_reader& reader, outcome& out) {
    try {
        const auto s = co_await reader.schema();
        out.schema = describe(*s);
        for (;;) {
            const auto batch = co_await reader.next();
            if (!batch) co_return;
            if (batch->num_rows() == 0) throw std::runtime_error{"an empty batch"};
            if (batch->shared_schema() != s) throw std::runtime_error{"another schema"};
            add(out, *batch);
        }
    } catch (const penstock::error& e) {
        out.error = e.as_failure();
    }
    // an error stays
    std::string again;
    try {
        const auto batch = co_await reader.next();
    } catch (const penstock::error& e) {
        again = e.what();
    }
    if (again != out.error.message()) throw std::runtime_error{"the error did not stay"};
}

inline outcome read_source(std::unique_ptr<penstock::byte_source> source, lines_options options = {}) {
    outcome out;
    lines_reader reader{std::move(source), std::move(options)};
    test::run(drain(reader, out));
    out.statistics = reader.statistics();
    return out;
}

inline outcome read_lines(std::string_view text, lines_options options = {},
                          std::size_t chunk = static_cast<std::size_t>(-1)) {
    return read_source(std::make_unique<penstock::memory_source>(std::string{text}, chunk, "data.jsonl"),
                       std::move(options));
}

inline outcome read_document(std::string_view text, document_options options = {},
                             std::size_t chunk = static_cast<std::size_t>(-1)) {
    outcome out;
    document_reader reader{std::make_unique<penstock::memory_source>(std::string{text}, chunk, "data.json"),
                           std::move(options)};
    test::run(drain(reader, out));
    out.statistics = reader.statistics();
    return out;
}

/// All batches, for values that `outcome` does not show.
struct batches_read {
    std::vector<penstock::record_batch> batches;
    std::string error;
    std::string counts; ///< as of `outcome`

    friend bool operator==(const batches_read&, const batches_read&) = default;
};

inline awaitable<void> collect(penstock::batch_reader& reader, batches_read& out) {
    try {
        for (;;) {
            auto batch = co_await reader.next();
            if (!batch) co_return;
            out.batches.push_back(std::move(*batch));
        }
    } catch (const penstock::error& e) {
        out.error = e.what();
    }
}

/// By `lines_reader` or `document_reader`, as the options say.
template <class Options>
batches_read read_batches(asio::io_context& io, const std::string& text, Options options, std::size_t chunk = static_cast<std::size_t>(-1)) {
    using reader_type = std::conditional_t<std::is_same_v<Options, lines_options>, lines_reader, document_reader>;
    reader_type reader{std::make_unique<penstock::memory_source>(text, chunk, "data.json"), std::move(options)};
    batches_read out;
    test::run(io, collect(reader, out));
    outcome counted;
    counted.statistics = reader.statistics();
    out.counts = counted.counts();
    return out;
}
template <class Options>
batches_read read_batches(const std::string& text, Options options, std::size_t chunk = static_cast<std::size_t>(-1)) {
    asio::io_context io{1};
    return read_batches(io, text, std::move(options), chunk);
}

} // namespace json_test

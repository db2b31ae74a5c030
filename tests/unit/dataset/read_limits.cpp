// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// The limits that all readers have in common are checked by all of them, in the same words.
#include <penstock/arrow/stream_reader.hpp>
#include <penstock/core/memory_io.hpp>
#include <penstock/csv/batch_reader.hpp>
#include <penstock/json/document_reader.hpp>
#include <penstock/json/lines_reader.hpp>
#include <penstock/text/file_reader.hpp>
#include <penstock/text/line_reader.hpp>

#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace read_limits_test {

using namespace penstock;

struct limit {
    std::string_view name;
    std::size_t read_options::*member;
    std::size_t most;
    std::string_view words;
};
constexpr limit limits[] = {
    {"batch_rows", &read_options::batch_rows, 1 << 29, "1 to 536870912"},
    {"batch_bytes", &read_options::batch_bytes, 1 << 29, "1 byte to 512 MiB"},
    {"max_record_bytes", &read_options::max_record_bytes, 1 << 30, "1 byte to 1024 MiB"},
    {"inference_rows", &read_options::inference_rows, 1 << 29, "1 to 536870912"},
    {"inference_bytes", &read_options::inference_bytes, 1 << 29, "1 byte to 512 MiB"},
    {"tasks", &read_options::tasks, 1024, "1 to 1024"},
    {"task_bytes", &read_options::task_bytes, 1 << 29, "1 byte to 512 MiB"},
};

TEST_CASE("read_options: limits") {
    CHECK(read_options{}.check().has_value());
    for (const auto& l : limits)
        for (const auto value : {std::size_t{0}, std::size_t{1}, l.most, l.most + 1, static_cast<std::size_t>(-1)}) {
            CAPTURE(l.name);
            CAPTURE(value);
            read_options o;
            o.*l.member = value;
            const auto checked = o.check();
            CHECK(checked.has_value() == (value > 0 && value <= l.most));
            if (checked) continue;
            CHECK(checked.error().code() == errc::invalid_option);
            CHECK(checked.error().detail().message ==
                  std::string{l.name} + " is " + std::to_string(value) + ", but must be " + std::string{l.words});
        }
}

/// What making the reader throws.
template <class Reader, class Options>
std::string refusal(const read_options& common) {
    try {
        Options o;
        o.common(common);
        Reader reader{memory_source{""}, std::move(o)};
    } catch (const error& e) {
        CHECK(e.code() == errc::invalid_option);
        return e.as_failure().detail().message;
    }
    return "none";
}

TEST_CASE("readers of all formats refuse the same limits") {
    asio::io_context io{1};
    for (const auto& l : limits)
        for (const auto value : {std::size_t{0}, l.most + 1}) {
            read_options o;
            o.*l.member = value;
            const auto expected = o.check().error().detail().message;
            for (const bool elsewhere : {false, true}) {
                CAPTURE(expected);
                if (elsewhere) o.compute_executor = io.get_executor();
                if (l.name != "max_record_bytes" || value == 0) // CSV has less, and says so
                    CHECK(refusal<csv::batch_reader, csv::options>(o) == expected);
                CHECK(refusal<json::lines_reader, json::lines_options>(o) == expected);
                CHECK(refusal<json::document_reader, json::document_options>(o) == expected);
                CHECK(refusal<text::line_reader, text::options>(o) == expected);
                CHECK(refusal<text::file_reader, text::options>(o) == expected);
                CHECK(refusal<arrow::stream_reader, arrow::stream_options>(o) == expected);
            }
        }
}

} // namespace read_limits_test

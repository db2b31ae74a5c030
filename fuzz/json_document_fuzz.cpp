// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// JSON documents: any bytes end in batches or an error, the same however they are cut, and whether records are read many at
// once or one by one; what simdjson's DOM takes as a whole gives the same rows, and what gives rows to the end is JSON by our
// own checker, too. The first byte says how the data is cut and what is done with bad records, the second what kind of document
// it is and where its rows are.
#include "read_json.hpp"
#include "support.hpp"

#include <penstock/core/detail/simdjson_dom.hpp>
#include <penstock/json/detail/json_fault.hpp>

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace json_document_fuzz {

using penstock::bad_records;
using penstock::json::document_options;
using penstock::json::document_shape;

std::vector<std::string> values_of(const json_outcome& r) {
    std::vector<std::string> out;
    for (const auto& batch : r.batches)
        for (auto value : batch.column<std::string_view>("value")) out.emplace_back(value);
    return out;
}

bool same_value(const std::string& text, simdjson::dom::element value) {
    simdjson::dom::parser parser;
    simdjson::dom::element other;
    if (parser.parse(simdjson::padded_string{text}).get(other)) return false;
    return simdjson::minify(other) == simdjson::minify(value);
}

/// What the DOM says of the whole document.
void compare(std::string_view text, const std::string& pointer, document_shape shape, const json_outcome& ours) {
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    const auto fault = penstock::json::detail::find_json_fault(text);
    if (fault && std::strstr(fault.what, "too deeply")) return;
    if (ours.error.empty()) require(!fault && penstock::find_invalid_utf8(text) == std::string_view::npos);
    simdjson::dom::parser parser;
    simdjson::dom::element root, rows;
    const simdjson::padded_string padded{text};
    if (parser.parse(padded).get(root) || root.at_pointer(pointer).get(rows)) return;
    simdjson::dom::array array;
    const bool is_array = rows.get(array) == simdjson::SUCCESS;
    require(ours.error.empty() == (shape != document_shape::array || is_array));
    if (!ours.error.empty()) return;
    const auto values = values_of(ours);
    if (shape == document_shape::object || !is_array) {
        require(values.size() == 1 && same_value(values[0], rows));
        return;
    }
    std::size_t n = 0;
    for (const auto element : array) {
        require(n < values.size() && same_value(values[n], element));
        ++n;
    }
    require(n == values.size());
}

} // namespace json_document_fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace json_document_fuzz;
    if (size < 2) return 0;
    const auto how = data[0], what = data[1];
    const auto text = text_behind(data, size, 2);
    constexpr const char* pointers[] = {"", "/a", "/a/0", "/b~1/1/c"};
    const std::string pointer = pointers[what / 8 % 4];
    auto shape = static_cast<document_shape>(what % 5);
    if (!pointer.empty() && shape > document_shape::array) shape = document_shape::automatic;
    const auto policy = static_cast<bad_records>(how / 8 % 4);
    auto options = document_options().rows_at(pointer).shape(shape).inference_rows(1 + how % 3).batch_rows(1 + how % 5).on_bad_record(policy);
    if (what & 32) options.max_record_bytes(20);
    const auto check_cut = [&] {
        const auto whole = read_json(text, options, text.size() + 1);
        const auto cut = read_json(text, options, 1 + how / 64);
        require(whole.error == cut.error);
        require(whole.batches == cut.batches);
        const auto general = read_json(text, document_options{options}.expect_flat_rows(false), text.size() + 1);
        require(whole.error == general.error);
        require(whole.batches == general.batches);
        return whole;
    };
    check_cut();
    options.value_column("value");
    const auto values = check_cut();
    const bool one_document = !pointer.empty() || shape == document_shape::object || shape == document_shape::array;
    if (policy == bad_records::fail && !(what & 32) && one_document) compare(text, pointer, shape, values);
    return 0;
}

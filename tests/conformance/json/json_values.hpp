// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/memory_io.hpp>
#include <penstock/format/dates.hpp>
#include <penstock/json/document_reader.hpp>
#include <penstock/json/lines_reader.hpp>
#include <penstock/json/lines_writer.hpp>

#include <support/run.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace json_values {

namespace bj = boost::json;
using namespace penstock;

inline bj::value parse_deep(std::string_view text) {
    bj::parse_options deep;
    deep.max_depth = 2000;
    return bj::parse(text, {}, deep);
}

/// The same value: numbers by value, an integer being its double only where one of the two texts has it so. Boost.JSON may
/// miss a double of many digits by some in the last place, depending on its spelling.
inline bool same(const bj::value& a, const bj::value& b) {
    if (a.is_number() && b.is_number()) {
        if (a.is_double() || b.is_double()) {
            const auto x = a.to_number<double>();
            const auto y = b.to_number<double>();
            return x == y || std::abs(x - y) <= 4 * std::numeric_limits<double>::epsilon() * std::abs(x);
        }
        return a == b;
    }
    if (a.kind() != b.kind()) return false;
    if (const auto* x = a.if_array()) {
        const auto& y = b.get_array();
        if (x->size() != y.size()) return false;
        for (std::size_t i = 0; i < y.size(); ++i)
            if (!same((*x)[i], y[i])) return false;
        return true;
    }
    if (const auto* x = a.if_object()) {
        const auto& y = b.get_object();
        if (x->size() != y.size()) return false;
        for (const auto& [key, value] : *x) {
            const auto* other = y.if_contains(key);
            if (!other || !same(value, *other)) return false;
        }
        return true;
    }
    return a == b;
}

/// What `read` gives for a value that was expected: nulls may be missing, timestamps are written with a T, and a column of
/// several kinds has their JSON text.
inline bool reads_as(const bj::value& found, const bj::value& expected) {
    if (const auto* x = found.if_object()) {
        const auto* y = expected.if_object();
        if (!y) return false;
        for (const auto& [key, value] : *y)
            if (!x->contains(key)) return false;
        for (const auto& [key, value] : *x) {
            const auto* other = y->if_contains(key);
            if (!reads_as(value, other ? *other : bj::value{})) return false;
        }
        return true;
    }
    if (const auto* x = found.if_array()) {
        const auto* y = expected.if_array();
        if (!y || x->size() != y->size()) return false;
        for (std::size_t i = 0; i < x->size(); ++i)
            if (!reads_as((*x)[i], (*y)[i])) return false;
        return true;
    }
    if (same(found, expected)) return true;
    const auto* text = found.if_string();
    if (!text) return false;
    if (const auto* wanted = expected.if_string()) {
        const auto a = parse_timestamp(*text, time_unit::microsecond, text->back() == 'Z');
        return a && a == parse_timestamp(*wanted, time_unit::microsecond, text->back() == 'Z');
    }
    boost::system::error_code bad;
    bj::parse_options deep;
    deep.max_depth = 2000;
    const auto value = bj::parse(*text, bad, {}, deep);
    return !bad && same(value, expected);
}

/// The rows of a batch as JSON values, written by our own writer.
inline awaitable<std::vector<bj::value>> values_of(record_batch batch) {
    std::string text;
    json::lines_writer writer{std::make_unique<memory_sink>(text)};
    co_await writer.write(std::move(batch));
    co_await writer.close();
    std::vector<bj::value> out;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = text.find('\n', at);
        out.push_back(parse_deep(std::string_view{text}.substr(at, end - at)));
        at = end + 1;
    }
    co_return out;
}

struct read_result {
    std::vector<record_batch> batches;
    failure error;
};

template <class Reader = json::lines_reader, class Options = json::lines_options>
awaitable<read_result> read(std::string text, Options options, std::size_t chunk) {
    read_result r;
    Reader reader{std::make_unique<memory_source>(std::move(text), chunk), std::move(options)};
    try {
        for (;;) {
            auto batch = co_await reader.next();
            if (!batch) break;
            r.batches.push_back(std::move(*batch));
        }
    } catch (const error& e) {
        r.error = e.as_failure();
    }
    co_return r;
}

/// The values of the column "value", which has JSON text.
inline std::string compare_texts(const read_result& r, const std::vector<std::string>& expected) {
    std::size_t n = 0;
    for (const auto& batch : r.batches)
        for (auto value : batch.column<std::string_view>("value")) {
            if (n == expected.size()) return "more values than expected";
            if (!same(parse_deep(value), parse_deep(expected[n]))) return "value " + std::to_string(n);
            ++n;
        }
    return n == expected.size() ? "" : "only " + std::to_string(n) + " values";
}

/// The same as columns, where every value is an object.
inline std::string compare_columns(const read_result& r, const std::vector<std::string>& expected) {
    std::size_t n = 0;
    for (const auto& batch : r.batches)
        for (const auto& value : test::run(values_of(batch))) {
            if (n == expected.size()) return "columns: more rows than expected";
            if (!reads_as(value, parse_deep(expected[n])))
                return "columns: row " + std::to_string(n) + " is " + bj::serialize(value).substr(0, 200);
            ++n;
        }
    return n == expected.size() ? "" : "columns: only " + std::to_string(n) + " rows";
}

inline bool all_of_objects(const bj::array& values) {
    return std::all_of(values.begin(), values.end(), [](const bj::value& v) { return v.is_object(); });
}
inline bool all_objects(const std::vector<std::string>& values) {
    for (const auto& v : values)
        if (!parse_deep(v).is_object()) return false;
    return true;
}

} // namespace json_values

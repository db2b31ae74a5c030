// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/memory_io.hpp>
#include <penstock/json/lines_reader.hpp>

#include <support/run.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

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

/// The same value: numbers by value, an integer being its double only where one of the two texts has it so.
inline bool same(const bj::value& a, const bj::value& b) {
    if (a.is_number() && b.is_number()) {
        if (a.is_double() || b.is_double()) return a.to_number<double>() == b.to_number<double>();
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

struct read_result {
    std::vector<record_batch> batches;
    failure error;
};

inline awaitable<read_result> read(std::string text, json::lines_options options, std::size_t chunk) {
    read_result r;
    json::lines_reader reader{std::make_unique<memory_source>(std::move(text), chunk), std::move(options)};
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

} // namespace json_values

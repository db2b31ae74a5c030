// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/json/detail/parser.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

/// What comes of a text.
struct json_outcome {
    std::vector<penstock::record_batch> batches;
    std::string error;
    bool no_json = false; // the error says so
};

/// The text in pieces of so many bytes.
template <class Options>
json_outcome read_json(std::string_view text, const Options& options, std::size_t piece) {
    using parser_type = penstock::json::detail::parser;
    parser_type parser{options, "fuzz"};
    json_outcome out;
    for (;;) {
        const auto what = parser.advance();
        if (!what) {
            const auto why = what.error();
            out.error = why.message();
            out.no_json = why.code() == penstock::errc::malformed_json || why.code() == penstock::errc::invalid_utf8;
            return out;
        }
        if (*what == parser_type::step::end) return out;
        if (*what == parser_type::step::batch) out.batches.push_back(parser.take());
        if (*what != parser_type::step::need_input) continue;
        const auto room = parser.prepare();
        const auto n = std::min({piece, room.size(), text.size()});
        if (n == 0) {
            parser.finish();
            continue;
        }
        std::memcpy(room.data(), text.data(), n);
        text.remove_prefix(n);
        parser.commit(n);
    }
}

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include "support/conformance.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace test {

using recorded_headers = std::vector<std::pair<std::string, std::string>>;

/// One request and its answer, as another SDK recorded them.
struct recorded_exchange {
    std::string method, uri, body;
    recorded_headers headers;
    std::optional<int> status; ///< of the answer; none: the connection failed
    recorded_headers answer_headers;
    std::string answer_body;
};

/// Base64 as the recordings have it; what is no letter of it is passed over.
inline std::string from_base64(std::string_view text) {
    static constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    unsigned bits = 0, have = 0;
    for (const char c : text) {
        const auto at = letters.find(c);
        if (at == letters.npos) continue;
        bits = bits << 6 | static_cast<unsigned>(at);
        if ((have += 6) >= 8) out += static_cast<char>(bits >> (have -= 8) & 0xff);
    }
    return out;
}

inline recorded_headers recorded_headers_of(const boost::json::value& message) {
    recorded_headers out;
    for (const auto& [name, values] : message.at("headers").as_object())
        for (const auto& value : values.as_array()) out.emplace_back(name, value.as_string());
    return out;
}

/// The exchanges of a traffic file, in the order of their requests; none where there is no such file.
inline std::vector<recorded_exchange> read_recorded_traffic(const std::filesystem::path& file) {
    if (!std::filesystem::exists(file)) return {};
    const auto document = read_json(file);
    std::vector<std::int64_t> order;
    std::map<std::int64_t, recorded_exchange> by_connection;
    for (const auto& event : document.at("events").as_array()) {
        const auto id = event.at("connection_id").to_number<std::int64_t>();
        const auto& action = event.at("action").as_object();
        auto& x = by_connection[id];
        if (const auto* asked = action.if_contains("Request")) {
            const auto& request = asked->at("request");
            order.push_back(id);
            x.method = request.at("method").as_string();
            x.uri = request.at("uri").as_string();
            x.headers = recorded_headers_of(request);
        } else if (const auto* answered = action.if_contains("Response")) {
            const auto* good = answered->at("response").as_object().if_contains("Ok");
            if (!good) continue;
            x.status = good->at("status").to_number<int>();
            x.answer_headers = recorded_headers_of(*good);
        } else if (const auto* data = action.if_contains("Data")) {
            auto& into = data->at("direction").as_string() == "Request" ? x.body : x.answer_body;
            const auto& bytes = data->at("data").as_object();
            if (const auto* text = bytes.if_contains("Utf8")) into += std::string_view{text->as_string()};
            if (const auto* text = bytes.if_contains("Base64")) into += from_base64(text->as_string());
        }
    }
    std::vector<recorded_exchange> out;
    for (const auto id : order) out.push_back(std::move(by_connection[id]));
    return out;
}

} // namespace test

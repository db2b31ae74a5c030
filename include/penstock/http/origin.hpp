// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <cstdint>
#include <string>

namespace penstock::http {

/// Where connections go to. Two requests of one origin may share a connection.
struct origin {
    origin() = default;
    origin(std::string host, std::uint16_t port, bool tls) : host{std::move(host)}, port{port}, tls{tls} {}

    std::string host; ///< a name or a literal address, without brackets
    std::uint16_t port = 0;
    bool tls = true;

    friend bool operator==(const origin&, const origin&) = default;

    /// "https://host:port", brackets around IPv6 addresses; for people.
    std::string url() const {
        const bool v6 = host.find(':') != std::string::npos;
        std::string out = tls ? "https://" : "http://";
        out += v6 ? "[" + host + "]" : host;
        if (port != (tls ? 443 : 80)) out += ":" + std::to_string(port);
        return out;
    }
};

} // namespace penstock::http

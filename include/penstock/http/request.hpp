// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/http/header_list.hpp>

#include <string>

namespace penstock::http {

/// How requests are written that a proxy forwards (RFC 9112, section 3.2.2).
struct forwarding {
    forwarding() = default;

    std::string proxy;         ///< its URL, for people
    std::string base;          ///< "http://host:port", ahead of the path
    std::string authorization; ///< the value of Proxy-Authorization, a secret; not signed
};


/// The head of a request, ready to be signed and written. The body goes beside it.
struct request {
    request() = default;

    std::string method = "GET";
    std::string path = "/"; ///< percent-encoded, as it goes on the wire
    std::string query;      ///< percent-encoded, sorted, every name with its '='; without the '?'
    header_list headers;    ///< Host included

    /// Appends request line, fields and the empty line to `out`, for the server itself or for a proxy that forwards it.
    void append_to(std::string& out, const forwarding* by = nullptr) const {
        out.append(method).append(" ");
        if (by) out.append(by->base);
        out.append(path);
        if (!query.empty()) out.append("?").append(query);
        out.append(" HTTP/1.1\r\n").append(headers.text());
        if (by && !by->authorization.empty()) out.append("Proxy-Authorization: ").append(by->authorization).append("\r\n");
        out.append("\r\n");
    }

    /// Ready for the next request, memory kept.
    void clear() {
        method.assign("GET");
        path.assign("/");
        query.clear();
        headers.clear();
    }
};

} // namespace penstock::http

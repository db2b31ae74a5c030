// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/http/header_list.hpp>

#include <string>

namespace penstock::http {

/// The head of a request, ready to be signed and written. The body goes beside it.
struct request {
    request() = default;

    std::string method = "GET";
    std::string path = "/"; ///< percent-encoded, as it goes on the wire
    std::string query;      ///< percent-encoded, sorted, every name with its '='; without the '?'
    header_list headers;    ///< Host included

    /// Appends request line, fields and the empty line to `out`.
    void append_to(std::string& out) const {
        out.append(method).append(" ").append(path);
        if (!query.empty()) out.append("?").append(query);
        out.append(" HTTP/1.1\r\n").append(headers.text()).append("\r\n");
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

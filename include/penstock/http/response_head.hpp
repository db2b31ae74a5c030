// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/http/header_list.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace penstock::http {

/// Status line and header fields of a response, and what they say about the body (RFC 9112, section 6).
struct response_head {
    response_head() = default;

    int status = 0;
    std::string reason;
    header_list headers;
    bool keep_alive = true;
    bool chunked = false;
    std::optional<std::uint64_t> content_length;

    void clear() {
        status = 0;
        reason.clear();
        headers.clear();
        keep_alive = true;
        chunked = false;
        content_length.reset();
    }
};

} // namespace penstock::http

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/http/response_head.hpp>

#include <charconv>
#include <cstdint>
#include <initializer_list>

/// Answers of a store, as its interpreters get them.
namespace test_s3_answer {

inline penstock::http::response_head answer(int status,
                                            std::initializer_list<penstock::http::header_view> headers = {}) {
    penstock::http::response_head head;
    head.status = status;
    for (const auto& h : headers) {
        head.headers.add(h.name, h.value);
        if (h.name != "Content-Length") continue;
        std::uint64_t n = 0;
        std::from_chars(h.value.data(), h.value.data() + h.value.size(), n);
        head.content_length = n;
    }
    return head;
}

} // namespace test_s3_answer

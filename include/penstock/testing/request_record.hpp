// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/http/header_list.hpp>

#include <cstdint>
#include <string>

namespace penstock::testing {

/// One request that the server saw, for assertions.
struct request_record {
    request_record() = default;

    std::uint64_t connection = 0; ///< counted from 1
    std::string method;
    std::string target; ///< as it came
    std::string path;   ///< decoded, "/bucket/key"
    http::header_list headers;
    int status = 0;                   ///< 0: no answer was begun
    std::string code;                 ///< of an error of S3
    std::string fault;                ///< what the plan did; empty: nothing
    std::uint64_t request_bytes = 0;  ///< of the body, chunks of HTTP taken off
    std::uint64_t response_bytes = 0; ///< of the body, as written to the stream
    bool complete = false;            ///< the whole answer was written
};

struct server_statistics {
    server_statistics() = default;

    std::uint64_t connections = 0;
    std::uint64_t open_connections = 0;
    std::uint64_t requests = 0;
    std::uint64_t malformed_requests = 0; ///< no HTTP, too long, or too slow
    std::uint64_t request_bytes = 0;
    std::uint64_t response_bytes = 0;
};

} // namespace penstock::testing

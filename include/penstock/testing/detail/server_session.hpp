// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/testing/detail/server_connection.hpp>
#include <penstock/testing/request_record.hpp>
#include <penstock/testing/s3_server_options.hpp>

#include <functional>
#include <memory>
#include <span>
#include <string>

namespace penstock::testing::detail {

struct server_state;

/// One connection to the embedded server: HTTP/1.1 requests, one after another (pipelined ones wait in the
/// buffer), each given to the service, the answer written, with the fault that the plan wants.
class server_session : private server_connection {
  public:
    PENSTOCK_DECL server_session(server_state& s, http::stream_ptr stream, std::function<void()> reset,
                                 std::uint64_t number);

    /// Returns when the connection is over, for whatever reason; throws only on cancellation.
    PENSTOCK_DECL awaitable<void> run();

  private:
    enum class body_end { complete, unwanted, gone, malformed };

    /// A request that is no HTTP: says so and closes.
    awaitable<void> refuse(head_problem problem);
    /// Answers whether the connection goes on.
    awaitable<bool> handle(request_head head);
    awaitable<body_end> read_body(request_head& head, s3_exchange& exchange, const fault& f,
                                  request_record& record);
    /// Reads what is left of a body that nobody wants; false where that is too much.
    awaitable<bool> drain(http::body_decoder& body);
    awaitable<bool> write_response(s3_response response, const fault& f, request_record& record,
                                   bool keep_alive, bool http_1_1);
    awaitable<bool> write_body(s3_response& response, std::string head, const fault& f,
                               request_record& record);
    awaitable<void> write_flood(std::uint64_t bytes);
    static s3_response faulty_answer(s3_exchange& exchange, const fault& f);
    static bool replaces_answer(const fault& f) noexcept;
    static void distort(s3_response& response, const fault& f);

    server_state& server_;
    std::function<void()> reset_;
    std::uint64_t number_;
    pooled_buffer scratch_;
};

} // namespace penstock::testing::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/testing/impl/server_session.ipp>
#endif

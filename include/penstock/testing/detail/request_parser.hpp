// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/http/body_decoder.hpp>
#include <penstock/testing/s3_messages.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace penstock::testing::detail {

/// The head of an HTTP/1 request, and how its body is framed.
struct request_head {
    request_head() = default;

    s3_request request;
    bool http_1_1 = true;
    bool keep_alive = true;
    bool expects_continue = false;
    bool has_body = false;
    http::body_decoder body; ///< started
};

/// What is wrong with a head: the answer before the connection is closed.
struct head_problem {
    head_problem() = default;
    head_problem(int status, std::string code, std::string message)
        : status{status}, code{std::move(code)}, message{std::move(message)} {}
    int status = 0; ///< 0: nothing is
    std::string code;
    std::string message;
};

/// Parses one request head out of bytes as they come; strict, since this server speaks to clients under test.
class request_parser {
  public:
    PENSTOCK_DECL explicit request_parser(std::size_t max_size);
    PENSTOCK_DECL ~request_parser();
    request_parser(const request_parser&) = delete;
    request_parser& operator=(const request_parser&) = delete;

    /// How many of `bytes` are used up. Call again with the rest and more until `done()` or `problem()`.
    PENSTOCK_DECL std::size_t parse(std::span<const std::byte> bytes);
    bool done() const noexcept { return done_; }
    bool untouched() const noexcept { return untouched_; }
    const head_problem& problem() const noexcept { return problem_; }
    request_head& head() noexcept { return head_; }

    struct state;

  private:
    PENSTOCK_DECL void finish();

    request_head head_;
    head_problem problem_;
    bool done_ = false;
    bool untouched_ = true;
    std::unique_ptr<state> state_;
};

} // namespace penstock::testing::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/testing/impl/request_parser.ipp>
#endif

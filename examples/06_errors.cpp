// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
// What failures look like, as values and as exceptions:  06_errors s3://bucket/no-such-key
#include <penstock.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>

#include <cstdio>

namespace asio = boost::asio;
using namespace penstock;

asio::awaitable<void> look(std::string url) {
    s3::client s3{co_await asio::this_coro::executor};

    // As a value, where a failure is part of the plan. Branch on conditions: there are few, and they stay.
    const auto head = co_await as_result(s3.head(url));
    if (head) {
        std::printf("%s is there\n", url.c_str());
    } else if (head.error().code() == condition::not_found) {
        std::printf("%s is not there; fine\n", url.c_str());
    } else {
        throw_failure(head.error());
    }

    // As an exception, where it is not.
    try {
        auto object = co_await s3.open(url);
        std::printf("opened %s\n", object.name().c_str());
    } catch (const error& e) {
        std::printf("code:      %s\n", e.code().message().c_str());
        std::printf("S3 says:   %s, HTTP %d\n", e.detail().service_code.c_str(), e.detail().http_status);
        std::printf("request:   %s\n", e.detail().request_id.c_str());
        std::printf("attempts:  %zu\n", e.detail().attempts.size());
        std::printf("for a log: %s\n", e.what()); // one line, with a hint, never with a secret
    }
}

int main(int argc, char** argv) {
    if (argc != 2) return std::fputs("usage: 06_errors s3://bucket/no-such-key\n", stderr), 2;
    int status = 1;
    asio::io_context io;
    asio::co_spawn(io, look(argv[1]), [&](std::exception_ptr failed) {
        if (!failed) status = 0;
        else std::fprintf(stderr, "%s\n", to_failure(failed).message().c_str());
    });
    io.run();
    return status;
}

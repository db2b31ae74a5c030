// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
// An object, streamed to standard output:  02_get s3://bucket/key
#include <penstock.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>

#include <array>
#include <cstdio>

namespace asio = boost::asio;
using namespace penstock;

asio::awaitable<void> get(std::string url) {
    s3::client s3{co_await asio::this_coro::executor};

    // One GET. A connection that breaks half way is replaced, and reading goes on at the very byte, of the same object.
    auto object = co_await s3.open(url);
    std::fprintf(stderr, "%s: %llu bytes, ETag %s\n", object.name().c_str(),
                 static_cast<unsigned long long>(object.metadata().size.value_or(0)),
                 object.metadata().etag.raw().c_str());

    // Nothing is read ahead: while this loop does something else, the server waits.
    std::array<std::byte, 65536> block;
    for (;;) {
        const std::size_t n = co_await object.read_some(block);
        if (n == 0) break;
        std::fwrite(block.data(), 1, n, stdout);
    }
}

int main(int argc, char** argv) {
    if (argc != 2) return std::fputs("usage: 02_get s3://bucket/key\n", stderr), 2;
    int status = 1;
    asio::io_context io;
    asio::co_spawn(io, get(argv[1]), [&](std::exception_ptr failed) {
        if (!failed) status = 0;
        else std::fprintf(stderr, "%s\n", to_failure(failed).message().c_str());
    });
    io.run();
    return status;
}

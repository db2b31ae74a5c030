// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
// Limits in time, and cancelling from outside (Ctrl-C):  07_cancel_and_timeout s3://bucket/key
#include <penstock.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/this_coro.hpp>

#include <csignal>
#include <cstdio>

namespace asio = boost::asio;
using namespace penstock;

asio::awaitable<std::uint64_t> download(s3::client s3, std::string url) { // a client is a cheap handle: copy it
    auto object = co_await s3.open(url);
    std::vector<std::byte> block(1 << 20);
    std::uint64_t total = 0;
    while (std::size_t n = co_await object.read_some(block)) total += n;
    co_return total;
}

asio::awaitable<void> limited(std::string url) {
    s3::client s3{co_await asio::this_coro::executor};

    // Connecting, the first byte and stalls have limits by default; the whole has none but this.
    const auto total = co_await as_result(with_timeout(download(s3, url), std::chrono::seconds{20}));
    if (total) std::printf("%llu bytes\n", static_cast<unsigned long long>(*total));
    else if (total.error().code() == condition::timeout) std::printf("not within 20 s; its connection is closed\n");
    else throw_failure(total.error());
}

int main(int argc, char** argv) {
    if (argc != 2) return std::fputs("usage: 07_cancel_and_timeout s3://bucket/key\n", stderr), 2;
    int status = 1;
    asio::io_context io;
    asio::cancellation_signal cancel;
    asio::signal_set interrupt{io, SIGINT};
    interrupt.async_wait([&](auto code, int) {
        if (!code) cancel.emit(asio::cancellation_type::terminal); // everything in flight ends, in order
    });
    asio::co_spawn(io, limited(argv[1]), asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr failed) {
                       if (!failed) status = 0;
                       else std::fprintf(stderr, "%s\n", to_failure(failed).message().c_str());
                       interrupt.cancel();
                   }));
    io.run();
    return status;
}

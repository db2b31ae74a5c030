// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/http/tcp_stream.hpp>

#include <penstock/core/error.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <tuple>
#include <utility>
#include <sys/socket.h>

namespace penstock::http {
namespace detail {

inline failure system_failure(int code) { return failure{error_code{code, boost::system::system_category()}}; }

/// Reads and writes by plain system calls: Asio only waits. (An `async_read_some` would cost the same calls, and a
/// coroutine frame each.)
class tcp_stream final : public stream {
  public:
    explicit tcp_stream(asio::ip::tcp::socket socket) : socket_{std::move(socket)} {}

    io_result try_read_some(std::span<std::byte> into) override {
        if (!socket_.is_open()) return io_result::failed(errc::closed);
        for (;;) {
            const auto n = ::recv(fd(), into.data(), into.size(), MSG_DONTWAIT);
            if (n > 0) return io_result::bytes(static_cast<std::size_t>(n));
            if (n == 0) return io_result::end();
            if (errno == EAGAIN || errno == EWOULDBLOCK) return io_result::would_block();
            if (errno != EINTR) return io_result::failed(system_failure(errno));
        }
    }

    io_result try_write_some(std::span<const std::byte> from) override {
        if (!socket_.is_open()) return io_result::failed(errc::closed);
        for (;;) {
            const auto n = ::send(fd(), from.data(), from.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
            if (n >= 0) return io_result::bytes(static_cast<std::size_t>(n));
            if (errno == EAGAIN || errno == EWOULDBLOCK) return io_result::would_block();
            if (errno != EINTR) return io_result::failed(system_failure(errno));
        }
    }

    awaitable<void> wait(wait_for what) override {
        if (!socket_.is_open()) co_return;
        const auto type = what == wait_for::read ? asio::ip::tcp::socket::wait_read : asio::ip::tcp::socket::wait_write;
        // Deferred, the operation lives in this frame; use_awaitable would make another (Asio recycles two a thread).
        auto waiting = socket_.async_wait(type, asio::as_tuple(asio::deferred));
        const auto completed = co_await std::move(waiting);
        const error_code ec = std::get<0>(completed);
        // Closed while waiting is a completion; whatever else went wrong, the next try will say it.
        if (ec == asio::error::operation_aborted && socket_.is_open()) throw boost::system::system_error{ec};
    }

    /// Asio keeps in mind whether the last read emptied the socket: this saves the first try, and the system call by
    /// which a wait alone arms the reactor.
    awaitable<io_result> read_some(std::span<std::byte> into) override {
        if (!socket_.is_open()) co_return io_result::failed(errc::closed);
        auto receiving = socket_.async_receive(asio::buffer(into.data(), into.size()), asio::as_tuple(asio::deferred));
        const auto [ec, n] = co_await std::move(receiving);
        if (!ec) co_return io_result::bytes(n);
        if (ec == asio::error::eof) co_return io_result::end();
        if (!socket_.is_open()) co_return io_result::failed(errc::closed);
        if (ec == asio::error::operation_aborted) throw boost::system::system_error{ec};
        co_return io_result::failed(failure{ec});
    }

    /// To wake for every segment costs more than to receive it.
    void gather(std::size_t bytes) noexcept override {
        const int mark = static_cast<int>(std::min<std::size_t>(bytes, std::numeric_limits<int>::max()));
        if (mark != mark_ && ::setsockopt(fd(), SOL_SOCKET, SO_RCVLOWAT, &mark, sizeof mark) == 0) mark_ = mark;
    }

    void close() noexcept override {
        error_code ignored;
        socket_.close(ignored);
    }

    bool usable() noexcept override {
        if (!socket_.is_open()) return false;
        char byte;
        const auto n = ::recv(fd(), &byte, 1, MSG_DONTWAIT | MSG_PEEK);
        return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
    }

  private:
    int fd() noexcept { return socket_.native_handle(); }

    asio::ip::tcp::socket socket_;
    int mark_ = 1;
};

} // namespace detail

PENSTOCK_DECL awaitable<stream_ptr> connect_tcp(asio::ip::address address, std::uint16_t port,
                                                std::shared_ptr<clock_source> clock, duration limit) {
    const executor ex = co_await asio::this_coro::executor;
    asio::ip::tcp::socket socket{ex};
    bool late = false;
    auto watchdog = clock->make_timer(ex);
    watchdog->start(later(clock->now(), limit), [&socket, &late] {
        late = true;
        error_code ignored;
        socket.close(ignored);
    });
    const asio::ip::tcp::endpoint endpoint{address, port};
    error_code ec;
    co_await socket.async_connect(endpoint, asio::redirect_error(asio::use_awaitable, ec));
    watchdog->cancel();
    if (late || ec) {
        if (!late && ec == asio::error::operation_aborted) throw boost::system::system_error{ec};
        error_detail d;
        d.operation = "connect";
        d.object = address.to_string() + " port " + std::to_string(port);
        const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(limit).count();
        d.message = late ? "no answer within " + std::to_string(ms) + " ms" : ec.message();
        d.hint = "check that the server runs there and that nothing between here and there blocks it";
        throw_failure(failure{late ? errc::connect_timeout : errc::connect_failed, std::move(d)});
    }
    socket.set_option(asio::ip::tcp::no_delay{true}, ec);
    socket.native_non_blocking(true, ec);
    co_return std::make_unique<detail::tcp_stream>(std::move(socket));
}

PENSTOCK_DECL stream_ptr make_tcp_stream(executor ex, int socket) {
    sockaddr_storage name{};
    socklen_t size = sizeof name;
    ::getsockname(socket, reinterpret_cast<sockaddr*>(&name), &size);
    const auto protocol = name.ss_family == AF_INET6 ? asio::ip::tcp::v6() : asio::ip::tcp::v4();
    asio::ip::tcp::socket owned{ex, protocol, socket};
    error_code ignored;
    owned.set_option(asio::ip::tcp::no_delay{true}, ignored);
    return std::make_unique<detail::tcp_stream>(std::move(owned));
}

} // namespace penstock::http

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "objects.hpp"

#include <penstock/core/as_result.hpp>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <cstddef>
#include <vector>

namespace server {
namespace {

using namespace penstock;

int status_of(const error_code& code) {
    if (code == errc::range_not_satisfiable) return 416;
    if (code == condition::not_found) return 404;
    if (code == condition::access_denied) return 403;
    if (code == condition::throttled || code == condition::timeout) return 503;
    return 502;
}

std::string fields_of(const s3::object_reader& object) {
    const auto& about = object.metadata();
    std::string out = "Accept-Ranges: bytes\r\n";
    if (!about.content_type.empty()) out += "Content-Type: " + about.content_type + "\r\n";
    if (!about.etag.empty()) out += "ETag: " + about.etag.raw() + "\r\n";
    if (object.outcome() == s3::get_object_outcome::partial && about.size) {
        const auto r = object.range();
        out += "Content-Range: bytes " + std::to_string(r.offset) + '-' + std::to_string(r.offset + r.length - 1) + '/' +
               std::to_string(*about.size) + "\r\n";
    }
    return out;
}

/// One block at a time: the next is read when the client has taken this one.
asio::awaitable<int> pump(socket& to, const request& asked, s3::client s3, std::string bucket) {
    s3::object_address where;
    where.bucket = std::move(bucket);
    where.key = asked.path.substr(1);
    s3::get_object_options options;
    options.range(range_of(asked.range)).label("http");
    auto opened = co_await as_result(s3.open(where, options));
    if (!opened) {
        const auto why = opened.error();
        const int status = status_of(why.code());
        co_await answer(to, asked, status, why.code().message() + "\n", "text/plain");
        co_return status;
    }
    auto& object = *opened;
    const int status = object.outcome() == s3::get_object_outcome::partial ? 206 : 200;
    const auto text = head(status, asked, object.remaining(), fields_of(object));
    co_await asio::async_write(to, asio::buffer(text), asio::use_awaitable);
    if (asked.method == "HEAD") co_return status;
    std::vector<std::byte> block(64 << 10);
    while (const std::size_t n = co_await object.read_some(block))
        co_await asio::async_write(to, asio::buffer(block.data(), n), asio::use_awaitable);
    co_return status;
}

/// Ends when the other side has closed its connection.
asio::awaitable<void> gone(socket& client) {
    boost::system::error_code ec;
    co_await client.async_wait(socket::wait_read, asio::redirect_error(asio::use_awaitable, ec));
    char byte;
    if (!ec && client.receive(asio::buffer(&byte, 1), socket::message_peek, ec) > 0) {
        // It asks for more before it has this: it is there.
        asio::steady_timer for_ever{client.get_executor(), asio::steady_timer::time_point::max()};
        co_await for_ever.async_wait(asio::redirect_error(asio::use_awaitable, ec));
    }
}

} // namespace

asio::awaitable<int> send_object(socket& to, const request& asked, s3::client s3, std::string bucket) {
    using namespace asio::experimental::awaitable_operators;
    auto sending = as_result(pump(to, asked, std::move(s3), std::move(bucket)));
    auto raced = std::move(sending) || gone(to);
    const auto first = co_await std::move(raced);
    if (first.index() == 1) co_return 0;
    const auto& done = std::get<0>(first);
    co_return done ? *done : 0;
}

} // namespace server

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/get_object.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace server {

namespace asio = boost::asio;
using socket = asio::ip::tcp::socket;

/// As much of a request as this server looks at.
struct request {
    std::string method, path, range;
    bool keep_alive = true;
};

/// The next request of a connection, none at its end. `buffer` keeps what came after it. Throws where it is no HTTP.
asio::awaitable<std::optional<request>> read_request(socket& from, std::string& buffer);

/// The head of an answer; `fields` are whole lines.
std::string head(int status, const request& asked, std::optional<std::uint64_t> length, std::string_view fields = {});
asio::awaitable<void> answer(socket& to, const request& asked, int status, std::string_view body, std::string_view type);

/// "bytes=0-99", "bytes=100-", "bytes=-100" (RFC 9110, section 14.1.2); what else stands there is ignored, as the RFC allows.
penstock::s3::object_range range_of(std::string_view field);

} // namespace server

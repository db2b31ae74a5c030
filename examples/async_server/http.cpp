// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "http.hpp"

#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <stdexcept>

namespace server {
namespace {

constexpr std::size_t max_head = 16 << 10;

std::string_view take(std::string_view& text, std::string_view end) {
    const auto at = text.find(end);
    const auto out = text.substr(0, at);
    text.remove_prefix(at == text.npos ? text.size() : at + end.size());
    return out;
}

std::string lower(std::string_view text) {
    std::string out{text};
    std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

std::optional<std::uint64_t> number(std::string_view text) {
    std::uint64_t n = 0;
    const auto r = std::from_chars(text.data(), text.data() + text.size(), n);
    return r.ec == std::errc{} && r.ptr == text.data() + text.size() ? std::optional{n} : std::nullopt;
}

std::string_view reason(int status) {
    switch (status) {
    case 200: return "OK";
    case 206: return "Partial Content";
    case 400: return "Bad Request";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 416: return "Range Not Satisfiable";
    case 503: return "Service Unavailable";
    default: return "Bad Gateway";
    }
}

} // namespace

asio::awaitable<std::optional<request>> read_request(socket& from, std::string& buffer) {
    boost::system::error_code ec;
    const auto size = co_await asio::async_read_until(from, asio::dynamic_buffer(buffer, max_head), "\r\n\r\n",
                                                      asio::redirect_error(asio::use_awaitable, ec));
    if (ec == asio::error::not_found) throw std::runtime_error{"the head of a request is too large"};
    if (ec) co_return std::nullopt;
    const std::string text = buffer.substr(0, size);
    buffer.erase(0, size);
    std::string_view rest{text};
    auto line = take(rest, "\r\n");
    request out;
    out.method = take(line, " ");
    out.path = take(line, " ");
    if (line != "HTTP/1.1" && line != "HTTP/1.0") throw std::runtime_error{"no HTTP/1"};
    out.keep_alive = line == "HTTP/1.1";
    while (!rest.empty()) {
        auto value = take(rest, "\r\n");
        const auto name = lower(take(value, ":"));
        while (value.starts_with(' ')) value.remove_prefix(1);
        if (name == "range") out.range = value;
        if (name == "connection" && lower(value) == "close") out.keep_alive = false;
        if (name == "content-length" && value != "0") out.keep_alive = false; // nobody reads that body
        if (name == "transfer-encoding") out.keep_alive = false;
    }
    co_return out;
}

std::string head(int status, const request& asked, std::optional<std::uint64_t> length, std::string_view fields) {
    std::string out = "HTTP/1.1 " + std::to_string(status) + ' ';
    out += reason(status);
    out += "\r\n";
    if (length) out += "Content-Length: " + std::to_string(*length) + "\r\n";
    out += fields;
    if (!asked.keep_alive) out += "Connection: close\r\n";
    return out + "\r\n";
}

asio::awaitable<void> answer(socket& to, const request& asked, int status, std::string_view body, std::string_view type) {
    auto text = head(status, asked, body.size(), "Content-Type: " + std::string{type} + "\r\n");
    if (asked.method != "HEAD") text += body;
    co_await asio::async_write(to, asio::buffer(text), asio::use_awaitable);
}

penstock::s3::object_range range_of(std::string_view field) {
    using range = penstock::s3::object_range;
    if (!field.starts_with("bytes=")) return {};
    field.remove_prefix(6);
    const auto dash = field.find('-');
    if (dash == field.npos) return {};
    const auto first = number(field.substr(0, dash)), last = number(field.substr(dash + 1));
    if (dash == 0) return last && *last > 0 ? range::suffix(*last) : range{};
    if (!first) return {};
    if (dash + 1 == field.size()) return range::from(*first);
    return last && *last >= *first ? range::slice(*first, *last - *first + 1) : range{};
}

} // namespace server

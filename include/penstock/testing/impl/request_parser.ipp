// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/testing/detail/request_parser.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <limits>

namespace penstock::testing::detail {

namespace beast = boost::beast;

/// Beast's parser as pure code.
class beast_request_parser final : public beast::http::basic_parser<true> {
  public:
    beast_request_parser(request_head& into, std::size_t max_size) : into_{into} {
        skip(true); // the body is read by http::body_decoder
        body_limit(boost::none);
        header_limit(static_cast<std::uint32_t>(
            std::min<std::size_t>(max_size, std::numeric_limits<std::uint32_t>::max())));
    }

  private:
    using field = beast::http::field;
    using verb = beast::http::verb;
    using view = beast::string_view;
    using ec_ref = beast::error_code&;

    void on_request_impl(verb, view method, view target, int version, ec_ref) override {
        into_.request.method.assign(method.data(), method.size());
        into_.request.target.assign(target.data(), target.size());
        into_.http_1_1 = version == 11;
    }
    void on_response_impl(int, view, int, ec_ref) override {}
    void on_field_impl(field, view name, view value, ec_ref ec) override {
        const std::string_view n{name.data(), name.size()}, v{value.data(), value.size()};
        if (http::valid_header(n, v))
            into_.request.headers.add(n, v);
        else
            ec = beast::http::error::bad_value;
    }
    void on_header_impl(ec_ref) override {}
    void on_body_init_impl(boost::optional<std::uint64_t> const&, ec_ref) override {}
    std::size_t on_body_impl(view, ec_ref) override { return 0; }
    void on_chunk_header_impl(std::uint64_t, view, ec_ref) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, view, ec_ref) override { return 0; }
    void on_finish_impl(ec_ref) override {}

    request_head& into_;
};

struct request_parser::state {
    state(request_head& into, std::size_t max_size) : parser{into, max_size} {}
    beast_request_parser parser;
};

PENSTOCK_DECL request_parser::request_parser(std::size_t max_size)
    : state_{std::make_unique<state>(head_, max_size)} {}
PENSTOCK_DECL request_parser::~request_parser() = default;

PENSTOCK_DECL std::size_t request_parser::parse(std::span<const std::byte> bytes) {
    auto& parser = state_->parser;
    std::size_t used = 0;
    // RFC 9112, section 2.2: an empty line before a request is skipped.
    while (untouched_ && used < bytes.size() &&
           (bytes[used] == std::byte{'\r'} || bytes[used] == std::byte{'\n'}))
        ++used;
    while (used < bytes.size()) {
        untouched_ = false;
        const auto rest = bytes.subspan(used);
        boost::system::error_code ec;
        used += parser.put(asio::const_buffer{rest.data(), rest.size()}, ec);
        if (ec == beast::http::error::need_more) return used;
        if (ec == beast::http::error::header_limit) {
            problem_ = {
                431, "RequestHeaderSectionTooLarge",
                "Your request header section exceeds the maximum allowed request header section size."};
            return used;
        }
        if (ec) {
            problem_ = {400, "BadRequest",
                        "An error occurred when parsing the HTTP request: " + ec.message()};
            return used;
        }
        if (parser.is_header_done()) {
            finish();
            return used;
        }
    }
    return used;
}

PENSTOCK_DECL void request_parser::finish() {
    const auto& parser = state_->parser;
    const auto& headers = head_.request.headers;
    auto bad = [this](std::string message) { problem_ = {400, "BadRequest", std::move(message)}; };
    std::size_t hosts = 0;
    for (std::size_t i = 0; i < headers.size(); ++i) hosts += http::iequals(headers[i].name, "host");
    if (hosts > 1 || (hosts == 0 && head_.http_1_1)) return bad("A request must have one Host header.");
    head_.keep_alive = parser.keep_alive();
    head_.expects_continue = head_.http_1_1 && http::iequals(headers["expect"], "100-continue");

    const auto coding = headers.find("transfer-encoding");
    if (coding && !http::iequals(*coding, "chunked")) {
        problem_ = {501, "NotImplemented", "This Transfer-Encoding is not implemented."};
        return;
    }
    http::response_head framing; // the framing of a body is the same both ways
    framing.status = 200;
    framing.chunked = coding.has_value();
    const auto length = parser.content_length();
    // Both at once is how requests are smuggled (RFC 9112, section 6.3).
    if (coding && length) return bad("A request has either Content-Length or Transfer-Encoding.");
    if (length) head_.request.content_length = *length;
    framing.content_length = head_.request.content_length;
    if (coding) framing.headers.add("Transfer-Encoding", "chunked");
    head_.has_body = coding.has_value() || head_.request.content_length.value_or(0) > 0;
    if (head_.has_body) head_.body.start(framing, "PUT");
    done_ = true;
}

} // namespace penstock::testing::detail

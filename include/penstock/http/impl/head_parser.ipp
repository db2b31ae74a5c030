// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/http/head_parser.hpp>

#include <penstock/core/asio.hpp>
#include <penstock/http/detail/field_chars.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <limits>
#include <optional>

namespace penstock::http {
namespace detail {

namespace beast = boost::beast;

inline constexpr std::size_t max_blank_bytes = 8;

class beast_head_parser final : public beast::http::basic_parser<false> {
  public:
    beast_head_parser(response_head& into, std::size_t max_size) : into_{into} {
        into_.clear();
        skip(true); // the body is not its business
        body_limit(boost::none);
        header_limit(static_cast<std::uint32_t>(
            std::min<std::size_t>(max_size, std::numeric_limits<std::uint32_t>::max())));
    }

    void finish_head() {
        into_.keep_alive = keep_alive();
        into_.chunked = chunked();
        // With another transfer coding, Content-Length means nothing (RFC 9112, section 6.3).
        const auto length = content_length();
        if (length && !into_.headers.contains("transfer-encoding")) into_.content_length = *length;
    }

  private:
    using field = beast::http::field;
    using verb = beast::http::verb;
    using view = beast::string_view;
    using ec_ref = beast::error_code&;

    void on_request_impl(verb, view, view, int, ec_ref) override {}
    void on_response_impl(int code, view reason, int, ec_ref) override {
        into_.status = code;
        into_.reason.assign(reason.data(), reason.size());
    }
    void on_field_impl(field, view name, view value, ec_ref ec) override {
        // Beast takes tokens only for names, but any byte above the space in values, DEL included.
        const std::string_view v{value.data(), value.size()};
        if (!all_of_kind(v, in_value)) {
            ec = beast::http::error::bad_value;
            return;
        }
        into_.headers.add_valid({name.data(), name.size()}, v);
    }
    void on_header_impl(ec_ref) override {}
    void on_body_init_impl(boost::optional<std::uint64_t> const&, ec_ref) override {}
    std::size_t on_body_impl(view, ec_ref) override { return 0; }
    void on_chunk_header_impl(std::uint64_t, view, ec_ref) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, view, ec_ref) override { return 0; }
    void on_finish_impl(ec_ref) override {}

    response_head& into_;
};

} // namespace detail

struct head_parser::state {
    std::size_t max_size;
    std::size_t blank = 0; // line ends before the status line
    std::optional<detail::beast_head_parser> parser;
};

PENSTOCK_DECL head_parser::head_parser(std::size_t max_size) : state_{std::make_unique<state>()} {
    state_->max_size = max_size;
}
PENSTOCK_DECL head_parser::head_parser(head_parser&&) noexcept = default;
PENSTOCK_DECL head_parser& head_parser::operator=(head_parser&&) noexcept = default;
PENSTOCK_DECL head_parser::~head_parser() = default;

PENSTOCK_DECL void head_parser::start(response_head& into) {
    state_->parser.emplace(into, state_->max_size);
    state_->blank = 0;
}

PENSTOCK_DECL result<std::size_t> head_parser::parse(std::span<const std::byte> bytes) {
    auto& parser = *state_->parser;
    std::size_t used = 0;
    // Some servers send an empty line after a body or an interim answer; RFC 9112, section 2.2, has requests skip it.
    while (!parser.got_some() && used < bytes.size() && state_->blank < detail::max_blank_bytes &&
           (bytes[used] == std::byte{'\r'} || bytes[used] == std::byte{'\n'})) {
        ++used;
        ++state_->blank;
    }
    while (!parser.is_header_done()) {
        const auto rest = bytes.subspan(used);
        if (rest.empty()) return used;
        boost::system::error_code ec;
        const auto n = parser.put(asio::const_buffer{rest.data(), rest.size()}, ec);
        used += n;
        if (!ec) continue;
        if (ec == boost::beast::http::error::need_more) return used;
        if (ec == boost::beast::http::error::header_limit)
            return failure{errc::header_too_large, "more than " + std::to_string(state_->max_size) + " bytes",
                           "raise transport_options::max_header_size if the server really needs it"};
        return failure{errc::malformed_response, ec.message()};
    }
    parser.finish_head();
    return used;
}

PENSTOCK_DECL bool head_parser::done() const noexcept {
    return state_->parser && state_->parser->is_header_done();
}

} // namespace penstock::http

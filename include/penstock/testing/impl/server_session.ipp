// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/testing/detail/server_session.hpp>

#include <penstock/aws/date_time.hpp>
#include <penstock/core/detail/yield.hpp>
#include <penstock/testing/detail/server_state.hpp>
#include <penstock/testing/detail/service_call.hpp>
#include <penstock/testing/detail/status_text.hpp>
#include <penstock/xml/writer.hpp>

#include <algorithm>
#include <charconv>
#include <utility>

namespace penstock::testing::detail {

inline constexpr std::size_t session_block_size = std::size_t{256} << 10;
/// So much of a body, and others on the executor get their turn.
inline constexpr std::uint64_t session_burst = std::uint64_t{1} << 20;

/// Whatever ends a request, a cancellation too, it is remembered once.
struct remember_at_end {
    remember_at_end(server_state& s, request_record& r) : server{s}, record{r} {}
    remember_at_end(const remember_at_end&) = delete;
    remember_at_end& operator=(const remember_at_end&) = delete;
    ~remember_at_end() { server.remember(std::move(record)); }
    server_state& server;
    request_record& record;
};

PENSTOCK_DECL server_session::server_session(server_state& s, http::stream_ptr stream, std::function<void()> reset,
                                             std::uint64_t number)
    : server_connection{std::move(stream), s.options.limits(), s.ex, s.clock, s.buffers}, server_{s},
      reset_{std::move(reset)}, number_{number} {}

PENSTOCK_DECL awaitable<void> server_session::run() {
    for (;;) {
        request_parser parser{limits_.max_header_size};
        const auto problem = co_await read_head(parser);
        if (!parser.done()) {
            if (!parser.untouched()) ++server_.statistics.malformed_requests;
            if (problem.status != 0) co_await refuse(problem);
            co_return;
        }
        ++server_.statistics.requests;
        const bool go_on = co_await handle(std::move(parser.head()));
        if (!go_on) co_return;
        if (!buffered().empty())
            co_await penstock::detail::yield(); // requests without end, one after another
    }
}

PENSTOCK_DECL awaitable<void> server_session::refuse(head_problem problem) {
    xml::writer w;
    w.open("Error").element("Code", problem.code).element("Message", xml_safe(problem.message));
    const auto body = w.finish();
    std::string out = "HTTP/1.1 " + std::to_string(problem.status) + " " +
                      std::string{status_text(problem.status)} +
                      "\r\nContent-Type: application/xml\r\nConnection: close\r\nContent-Length: " +
                      std::to_string(body.size()) + "\r\n\r\n" + body;
    const bool written = co_await write_all(std::as_bytes(std::span{out}));
    if (written) co_await linger();
}

PENSTOCK_DECL bool server_session::replaces_answer(const fault& f) noexcept {
    return f.what() == fault::kind::status || f.what() == fault::kind::error_in_200 ||
           f.what() == fault::kind::redirect;
}

PENSTOCK_DECL s3_response server_session::faulty_answer(s3_exchange& exchange, const fault& f) {
    if (f.what() == fault::kind::redirect) {
        auto r = exchange.make_error(
            f.status(), f.status() == 301 ? "PermanentRedirect" : "TemporaryRedirect",
            "Please send all future requests to the endpoint of region " + f.text() + ".");
        r.headers.add("x-amz-bucket-region", f.text());
        if (!f.message().empty()) r.headers.add("Location", f.message());
        return r;
    }
    auto r = exchange.make_error(f.status(), f.text(), f.message());
    if (f.amount() > 0) r.headers.add("x-amz-retry-after", static_cast<std::uint64_t>(f.amount()));
    return r;
}

/// Faults that change what an answer says.
PENSTOCK_DECL void server_session::distort(s3_response& response, const fault& f) {
    if (f.what() == fault::kind::wrong_etag && response.headers.contains("etag"))
        response.headers.set("ETag", "\"0123456789abcdef0123456789abcdef\"");
    if (f.what() == fault::kind::wrong_range && response.object && response.headers.contains("content-range")) {
        const auto shifted =
            static_cast<std::uint64_t>(static_cast<std::int64_t>(response.offset) + f.amount());
        response.headers.set("Content-Range", "bytes " + std::to_string(shifted) + "-" +
                                                  std::to_string(shifted + response.length - 1) + "/" +
                                                  std::to_string(response.object->record.size));
    }
}

PENSTOCK_DECL awaitable<bool> server_session::handle(request_head head) {
    request_record record;
    record.connection = number_;
    record.method = head.request.method;
    record.target = head.request.target;
    record.headers = head.request.headers;
    const auto question = record.target.find('?');
    const auto query = question == std::string::npos ? std::string{} : record.target.substr(question + 1);

    auto exchange = server_.service->start(std::move(head.request));
    record.path = exchange->path();
    const auto f = server_.faults->decide(record.method, record.path, query);
    if (f.what() != fault::kind::none) record.fault = f.describe();
    if (f.what() == fault::kind::wrong_etag || f.what() == fault::kind::ignored_if_match) exchange->ignore_if_match();
    if (f.what() == fault::kind::short_session) exchange->shorten_session(f.length());

    const remember_at_end remember{server_, record};

    auto end = body_end::complete;
    bool keep_alive = head.keep_alive;
    if (head.has_body) {
        if (replaces_answer(f) || exchange->refused())
            end = body_end::unwanted;
        else
            end = co_await read_body(head, *exchange, f, record);
        if (end == body_end::gone) co_return false;
        if (end == body_end::malformed) {
            co_await refuse({400, "BadRequest", "The framing of the request's body is broken."});
            co_return false;
        }
        // A client that still waits for "100 Continue" may or may not send the body after this answer.
        if (end == body_end::unwanted && head.expects_continue && record.request_bytes == 0 &&
            buffered().empty())
            keep_alive = false;
    }
    if (!replaces_answer(f))
        while (exchange->work()) co_await penstock::detail::yield();
    auto response = replaces_answer(f) ? faulty_answer(*exchange, f) : exchange->finish();
    exchange.reset();
    const bool go_on = co_await write_response(std::move(response), f, record, keep_alive, head.http_1_1);
    if (end != body_end::unwanted) co_return go_on;
    if (!go_on) {
        // Closing over unread input sends RST, which can overtake the answer.
        if (record.complete) co_await linger();
        co_return false;
    }
    const bool drained = co_await drain(head.body);
    co_return drained;
}

PENSTOCK_DECL awaitable<server_session::body_end>
server_session::read_body(request_head& head, s3_exchange& exchange, const fault& f, request_record& record) {
    using state = http::body_decoder::state;
    if (head.expects_continue && buffered().empty()) {
        static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
        const bool written = co_await write_all(std::as_bytes(std::span{go_on}));
        if (!written) co_return body_end::gone;
    }
    bool struck = f.where() != fault::place::request_body;
    std::uint64_t burst = 0;
    auto& body = head.body;
    for (;;) {
        if (!struck && record.request_bytes >= f.at()) {
            struck = true;
            if (f.what() == fault::kind::stall) {
                co_await pause(f.length());
                if (f.length() == duration::max()) co_return body_end::gone;
            } else {
                if (f.what() == fault::kind::reset) reset_();
                stream_->close();
                co_return body_end::gone;
            }
        }
        if (body.now() == state::done) co_return body_end::complete;
        if (buffered().empty()) {
            const bool more = co_await fill(after(limits_.stall_timeout));
            if (!more) co_return body_end::gone;
        }
        if (body.now() == state::data) {
            auto n = std::min<std::uint64_t>(buffered().size(), body.data_size());
            if (!struck) n = std::min(n, f.at() - record.request_bytes);
            exchange.write(buffered().first(static_cast<std::size_t>(n)));
            consume(static_cast<std::size_t>(n));
            body.consume_data(n);
            record.request_bytes += n;
            if (exchange.refused()) co_return body_end::unwanted;
            if ((burst += n) >= session_burst) { // it comes as fast as it is read
                burst = 0;
                co_await penstock::detail::yield();
            }
        } else if (body.now() == state::frame) {
            const auto used = body.consume_frame(buffered());
            if (!used) co_return body_end::malformed;
            consume(*used);
        }
    }
}

PENSTOCK_DECL awaitable<bool> server_session::drain(http::body_decoder& body) {
    using state = http::body_decoder::state;
    std::uint64_t left = limits_.max_drain;
    std::uint64_t burst = 0;
    while (body.now() != state::done) {
        if (buffered().empty()) {
            const bool more = co_await fill(after(limits_.stall_timeout));
            if (!more) co_return false;
        }
        if (body.now() == state::data) {
            const auto n = std::min<std::uint64_t>(buffered().size(), body.data_size());
            if (n > left) co_return false;
            left -= n;
            consume(static_cast<std::size_t>(n));
            body.consume_data(n);
            if ((burst += n) >= session_burst) {
                burst = 0;
                co_await penstock::detail::yield();
            }
        } else {
            const auto used = body.consume_frame(buffered());
            if (!used) co_return false;
            consume(*used);
        }
    }
    co_return true;
}

PENSTOCK_DECL awaitable<void> server_session::write_flood(std::uint64_t bytes) {
    std::string out = "HTTP/1.1 200 OK\r\n";
    std::uint64_t written = 0;
    for (std::uint64_t n = 0; written < bytes; ++n) {
        out += "X-Flood-" + std::to_string(n) + ": " + std::string(200, 'a') + "\r\n";
        if (out.size() < 8192 && written + out.size() < bytes) continue;
        const bool ok = co_await write_all(std::as_bytes(std::span{out}));
        if (!ok) co_return;
        written += out.size();
        out.clear();
    }
}

PENSTOCK_DECL awaitable<bool> server_session::write_response(s3_response response, const fault& f,
                                                             request_record& record, bool keep_alive,
                                                             bool http_1_1) {
    using kind = fault::kind;
    if (f.where() == fault::place::before_head) {
        switch (f.what()) {
        case kind::close:
            stream_->close();
            co_return false;
        case kind::reset:
            reset_();
            stream_->close();
            co_return false;
        case kind::stall:
            co_await pause(f.length());
            if (f.length() == duration::max()) co_return false;
            break;
        case kind::header_flood:
            co_await write_flood(static_cast<std::uint64_t>(f.amount()));
            co_return false;
        case kind::garbage: {
            static constexpr std::string_view noise = "\x16\x03\x01 this is not HTTP\r\n\r\n";
            co_await write_all(std::as_bytes(std::span{noise}));
            co_return false;
        }
        default:
            break;
        }
    }
    distort(response, f);
    const bool bodiless = response.status == 204 || response.status == 304;
    auto length = response.content_length();
    if (f.what() == kind::wrong_length && !bodiless) {
        const auto wrong = static_cast<std::int64_t>(length) + f.amount();
        length = wrong < 0 ? 0 : static_cast<std::uint64_t>(wrong);
        keep_alive = false;
    }
    record.status = response.status;
    record.code = response.code;

    std::string head =
        "HTTP/1.1 " + std::to_string(response.status) + " " + std::string{status_text(response.status)} +
        "\r\nDate: " +
        aws::format_http_date(aws::instant{clock_->wall_now()}).value_or("Thu, 01 Jan 1970 00:00:00 GMT") +
        "\r\n";
    head += response.headers.text();
    if (!bodiless) head += "Content-Length: " + std::to_string(length) + "\r\n";
    if (!keep_alive)
        head += "Connection: close\r\n";
    else if (!http_1_1)
        head += "Connection: keep-alive\r\n";
    head += "\r\n";

    const bool whole = co_await write_body(response, std::move(head), f, record);
    record.complete = whole;
    co_return whole&& keep_alive;
}

PENSTOCK_DECL awaitable<bool> server_session::write_body(s3_response& response, std::string head,
                                                         const fault& f, request_record& record) {
    using kind = fault::kind;
    const bool no_body = record.method == "HEAD" || response.status == 204 || response.status == 304;
    const std::uint64_t size = no_body ? 0 : response.content_length();
    const bool strikes = f.where() == fault::place::response_body && f.at() <= size;
    bool struck = !strikes || f.what() == kind::trickle || f.what() == kind::corrupt;
    if (size > 0 && response.object && !scratch_) scratch_ = server_.buffers->take(session_block_size);

    std::string out = std::move(head); // the head leaves with the first bytes of the body
    std::uint64_t done = 0;
    std::uint64_t burst = 0;
    for (;;) {
        if (!struck && done == f.at()) {
            struck = true;
            const bool head_out = co_await write_all(std::as_bytes(std::span{out}));
            out.clear();
            if (!head_out) co_return false;
            if (f.what() == kind::stall) {
                co_await pause(f.length());
                if (f.length() == duration::max()) co_return false;
            } else {
                if (f.what() == kind::reset) reset_();
                stream_->close();
                co_return false;
            }
        }
        if (done == size) break;

        std::span<const std::byte> piece;
        if (response.object)
            piece = response.object->bytes->chunk(response.offset + done, scratch_.span());
        else
            piece = std::as_bytes(std::span{response.body}).subspan(static_cast<std::size_t>(done));
        if (piece.empty()) { // the file became shorter: the promise cannot be kept
            reset_();
            co_return false;
        }
        auto n = std::min<std::uint64_t>({piece.size(), size - done, session_block_size});
        if (!struck) n = std::min(n, f.at() - done);
        if (f.what() == kind::trickle) n = std::min(n, static_cast<std::uint64_t>(f.amount()));
        piece = piece.first(static_cast<std::size_t>(n));

        const bool corrupts = f.what() == kind::corrupt && f.at() >= done && f.at() < done + n;
        if (corrupts || !out.empty()) {
            const auto start = out.size();
            const auto small = corrupts ? piece.size() : std::min<std::size_t>(piece.size(), 16384);
            out.append(reinterpret_cast<const char*>(piece.data()), small);
            if (corrupts) out[start + static_cast<std::size_t>(f.at() - done)] ^= 0x20;
            const bool ok = co_await write_all(std::as_bytes(std::span{out}));
            if (!ok) co_return false;
            out.clear();
            piece = piece.subspan(small);
        }
        const bool ok = co_await write_all(piece);
        if (!ok) co_return false;
        done += n;
        record.response_bytes = done;
        if (f.what() == kind::trickle && done < size) co_await pause(f.length());
        if ((burst += n) >= session_burst) {
            burst = 0;
            co_await penstock::detail::yield();
        }
    }
    const bool ok = co_await write_all(std::as_bytes(std::span{out}));
    co_return ok;
}

} // namespace penstock::testing::detail

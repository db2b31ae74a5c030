// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/http/tls_stream.hpp>

#include <penstock/core/error.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/this_coro.hpp>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <optional>
#include <utility>

namespace penstock::http {
namespace detail {

/// TLS records over another stream, by an OpenSSL BIO of our own. OpenSSL reads ahead as far as its buffer of one
/// record goes: the stream writes into that buffer directly, and a record costs one system call instead of two. (A larger
/// buffer saves calls but costs moves: 3.0 moves what it holds for every record, and a block of ours would be copied.)
class tls_stream final : public stream {
  public:
    tls_stream(stream_ptr lower, SSL_CTX* context)
        : lower_{std::move(lower)}, method_{make_method()}, ssl_{SSL_new(context), &SSL_free} {
        BIO* bio = ssl_ && method_ ? BIO_new(method_.get()) : nullptr;
        if (!bio) throw_failure(failure{errc::tls_failed, take_openssl_error()});
        BIO_set_data(bio, this);
        BIO_set_init(bio, 1);
        SSL_set_bio(ssl_.get(), bio, bio); // the SSL owns it
        SSL_set_mode(ssl_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
        SSL_set_read_ahead(ssl_.get(), 1);
    }

    SSL* ssl() noexcept { return ssl_.get(); }
    const failure& lower_failure() const noexcept { return write_failure_ ? write_failure_ : lower_failure_; }

    enum class handshake_step { done, wait, failed };

    handshake_step handshake() {
        ERR_clear_error();
        const int r = SSL_do_handshake(ssl_.get());
        if (r == 1) return handshake_step::done;
        return blocked(SSL_get_error(ssl_.get(), r)) && !write_failure_ ? handshake_step::wait : handshake_step::failed;
    }

    io_result try_read_some(std::span<std::byte> into) override {
        if (closed_) return io_result::failed(errc::closed);
        if (broken_) return io_result::failed(broken_);
        ERR_clear_error();
        // Record after record until the destination is full: one wake-up serves all that has arrived.
        std::size_t got = 0;
        std::size_t n = 0;
        while (got < into.size() && SSL_read_ex(ssl_.get(), into.data() + got, into.size() - got, &n) == 1) got += n;
        if (got == into.size()) return io_result::bytes(got);

        const int e = SSL_get_error(ssl_.get(), 0);
        const bool would_block = blocked(e) && !(wanted_ == wait_for::write && write_failure_);
        if (!would_block && e != SSL_ERROR_ZERO_RETURN) broken_ = broken(e); // told at the next call, if bytes came
        ERR_clear_error();
        if (got > 0) return io_result::bytes(got);
        if (would_block) return io_result::would_block();
        return broken_ ? io_result::failed(broken_) : io_result::end();
    }

    io_result try_write_some(std::span<const std::byte> from) override {
        if (closed_) return io_result::failed(errc::closed);
        if (broken_ || write_failure_) return io_result::failed(broken_ ? broken_ : write_failure_);
        ERR_clear_error();
        std::size_t n = 0;
        if (SSL_write_ex(ssl_.get(), from.data(), from.size(), &n) == 1) return io_result::bytes(n);
        const int e = SSL_get_error(ssl_.get(), 0);
        const bool would_block = blocked(e);
        if (write_failure_) return io_result::failed(write_failure_);
        if (would_block) return io_result::would_block();
        broken_ = broken(e);
        return io_result::failed(broken_);
    }

    awaitable<void> wait(wait_for what) override {
        // Reading may have to write first (a key update), and the other way round: OpenSSL said so.
        return lower_->wait(std::exchange(wanted_, std::nullopt).value_or(what));
    }

    /// Without a first try when nothing has come yet: of an answer that is waited for that is the rule.
    awaitable<io_result> read_some(std::span<std::byte> into) override {
        if (!SSL_has_pending(ssl_.get())) co_await wait(wait_for::read);
        for (;;) {
            auto r = try_read_some(into);
            if (r.status != io_status::would_block) co_return r;
            co_await wait(wait_for::read);
        }
    }

    void close() noexcept override {
        if (!closed_ && SSL_is_init_finished(ssl_.get()) && !broken_ && !write_failure_) {
            ERR_clear_error();
            SSL_shutdown(ssl_.get()); // close_notify if it can go at once; never waited for
            ERR_clear_error();
        }
        closed_ = true;
        lower_->close();
    }

    bool usable() noexcept override {
        if (closed_ || broken_ || SSL_pending(ssl_.get()) > 0) return false;
        if (!SSL_has_pending(ssl_.get()) && lower_->usable()) return true;
        // Bytes that came while idle may be session tickets, which are nobody's answer: let OpenSSL look.
        std::byte probe;
        const auto r = try_read_some({&probe, 1});
        return r.status == io_status::would_block;
    }

    void release_buffers() noexcept override { SSL_free_buffers(ssl_.get()); }

  private:
    /// Whether `ssl_error` only asks to wait; remembers for what.
    bool blocked(int ssl_error) noexcept {
        if (ssl_error == SSL_ERROR_WANT_READ) wanted_ = wait_for::read;
        if (ssl_error == SSL_ERROR_WANT_WRITE) wanted_ = wait_for::write;
        return ssl_error == SSL_ERROR_WANT_READ || ssl_error == SSL_ERROR_WANT_WRITE;
    }

    failure broken(int ssl_error) {
        const auto code = ERR_peek_last_error();
        const auto reason = take_openssl_error();
        if (closed_) return errc::closed;
        const bool cut = ERR_GET_REASON(code) == SSL_R_UNEXPECTED_EOF_WHILE_READING || lower_ended_;
        if (!cut && lower_failure()) return lower_failure(); // after a cut, that of the alert that nobody takes
        if (cut || ssl_error == SSL_ERROR_SYSCALL)
            return failure{errc::connection_closed, "the TLS connection was cut without a close_notify"};
        return failure{errc::tls_failed, reason};
    }

    static int bio_read(BIO* bio, char* out, std::size_t size, std::size_t* got) {
        auto& self = *static_cast<tls_stream*>(BIO_get_data(bio));
        BIO_clear_retry_flags(bio);
        auto r = self.lower_->try_read_some(std::as_writable_bytes(std::span{out, size}));
        switch (r.status) {
        case io_status::bytes: *got = r.size; return 1;
        case io_status::would_block: BIO_set_retry_read(bio); break;
        case io_status::end: self.lower_ended_ = true; break;
        case io_status::error: self.lower_failure_ = std::move(r.error); break;
        }
        return 0;
    }

    static int bio_write(BIO* bio, const char* data, std::size_t size, std::size_t* put) {
        auto& self = *static_cast<tls_stream*>(BIO_get_data(bio));
        BIO_clear_retry_flags(bio);
        auto r = self.lower_->try_write_some(std::as_bytes(std::span{data, size}));
        if (r.status == io_status::bytes) {
            *put = r.size;
            return 1;
        }
        // OpenSSL is told of a failure as of a full buffer: what the other side sent before it closed can still be read.
        BIO_set_retry_write(bio);
        if (r.status == io_status::error) self.write_failure_ = std::move(r.error);
        return 0;
    }

    static long bio_control(BIO* bio, int command, long, void*) {
        if (command == BIO_CTRL_FLUSH) return 1;
        if (command == BIO_CTRL_EOF) return static_cast<tls_stream*>(BIO_get_data(bio))->lower_ended_ ? 1 : 0;
        return 0;
    }

    using method_ptr = std::unique_ptr<BIO_METHOD, decltype(&BIO_meth_free)>;
    static method_ptr make_method() {
        method_ptr m{BIO_meth_new(BIO_TYPE_SOURCE_SINK, "penstock"), &BIO_meth_free};
        if (m) {
            BIO_meth_set_read_ex(m.get(), &tls_stream::bio_read);
            BIO_meth_set_write_ex(m.get(), &tls_stream::bio_write);
            BIO_meth_set_ctrl(m.get(), &tls_stream::bio_control);
        }
        return m;
    }

    stream_ptr lower_;
    method_ptr method_; // the BIO inside ssl_ refers to it
    std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
    std::optional<wait_for> wanted_;
    bool closed_ = false;
    bool lower_ended_ = false;
    failure lower_failure_; ///< of reading
    failure write_failure_;
    failure broken_;
};

/// Drives the handshake to its end or `limit`.
inline awaitable<void> shake_hands(tls_stream& tls, std::string host, std::shared_ptr<clock_source> clock,
                                   duration limit) {
    const executor ex = co_await asio::this_coro::executor;
    bool late = false;
    auto watchdog = clock->make_timer(ex);
    watchdog->start(later(clock->now(), limit), [&tls, &late] {
        late = true;
        tls.close();
    });
    using step = tls_stream::handshake_step;
    auto reached = step::wait;
    for (;;) {
        reached = tls.handshake();
        if (reached != step::wait || late) break;
        co_await tls.wait(wait_for::read);
    }
    watchdog->cancel();
    if (reached == step::done && !late) co_return;

    error_detail d;
    d.operation = "TLS handshake with";
    d.object = std::move(host);
    const auto verified = SSL_get_verify_result(tls.ssl());
    auto code = errc::tls_failed;
    if (late) {
        code = errc::tls_timeout;
        const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(limit).count();
        d.message = "not done within " + std::to_string(ms) + " ms";
    } else if (verified != X509_V_OK) {
        code = errc::certificate_rejected;
        d.message = X509_verify_cert_error_string(verified);
        d.hint = "give the server's root by tls_options::ca_file or ca_pem (the tool: AWS_CA_BUNDLE), and use the "
                 "host name that its certificate is for";
    } else if (tls.lower_failure()) {
        d.message = tls.lower_failure().code().message();
    } else {
        d.message = take_openssl_error();
        d.hint = "is this port really TLS? for a plain server use http:// in the endpoint";
    }
    ERR_clear_error();
    throw_failure(failure{code, std::move(d)});
}

} // namespace detail

PENSTOCK_DECL awaitable<stream_ptr> connect_tls(stream_ptr lower, std::string host,
                                                std::shared_ptr<ssl_ctx_st> context,
                                                std::shared_ptr<clock_source> clock, duration limit) {
    auto tls = std::make_unique<detail::tls_stream>(std::move(lower), context.get());
    SSL_set_connect_state(tls->ssl());
    error_code not_an_address;
    asio::ip::make_address(host, not_an_address);
    bool ok = true;
    if (not_an_address) {
        SSL_set_hostflags(tls->ssl(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
        ok = SSL_set1_host(tls->ssl(), host.c_str()) == 1 && SSL_set_tlsext_host_name(tls->ssl(), host.c_str()) == 1;
    } else {
        ok = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls->ssl()), host.c_str()) == 1;
    }
    if (!ok) throw_failure(failure{errc::tls_failed, detail::take_openssl_error()});
    co_await detail::shake_hands(*tls, std::move(host), std::move(clock), limit);
    co_return tls;
}

PENSTOCK_DECL awaitable<stream_ptr> accept_tls(stream_ptr lower, std::shared_ptr<ssl_ctx_st> context,
                                               std::shared_ptr<clock_source> clock, duration limit) {
    auto tls = std::make_unique<detail::tls_stream>(std::move(lower), context.get());
    SSL_set_accept_state(tls->ssl());
    co_await detail::shake_hands(*tls, "client", std::move(clock), limit);
    co_return tls;
}

} // namespace penstock::http

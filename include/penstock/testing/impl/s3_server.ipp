// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/testing/s3_server.hpp>

#include <penstock/core/buffer_pool.hpp>
#include <penstock/http/tcp_stream.hpp>
#include <penstock/http/tls_stream.hpp>
#include <penstock/testing/detail/server_session.hpp>
#include <penstock/testing/detail/server_state.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <exception>
#include <utility>

#include <sys/socket.h>

namespace penstock::testing {
namespace detail {

struct openssl_free {
    void operator()(BIO* p) const noexcept { BIO_free(p); }
    void operator()(X509* p) const noexcept { X509_free(p); }
    void operator()(EVP_PKEY* p) const noexcept { EVP_PKEY_free(p); }
};
template <class T>
using openssl_ptr = std::unique_ptr<T, openssl_free>;

inline openssl_ptr<BIO> text_bio(const std::string& text) {
    return openssl_ptr<BIO>{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
}

inline std::shared_ptr<ssl_ctx_st> make_server_tls_context(const std::string& certificate,
                                                           const std::string& key) {
    auto fail = [](const char* what) {
        ERR_clear_error();
        throw_failure(failure{errc::invalid_option, what});
    };
    std::shared_ptr<ssl_ctx_st> context{SSL_CTX_new(TLS_server_method()), &SSL_CTX_free};
    if (!context) fail("OpenSSL cannot make a TLS context");
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                        SSL_MODE_RELEASE_BUFFERS);
    const auto chain = text_bio(certificate);
    const openssl_ptr<X509> own{PEM_read_bio_X509(chain.get(), nullptr, nullptr, nullptr)};
    if (!own || SSL_CTX_use_certificate(context.get(), own.get()) != 1)
        fail("the server's certificate is no PEM text");
    while (X509* more = PEM_read_bio_X509(chain.get(), nullptr, nullptr, nullptr))
        SSL_CTX_add0_chain_cert(context.get(), more);
    const auto key_text = text_bio(key);
    const openssl_ptr<EVP_PKEY> private_key{
        PEM_read_bio_PrivateKey(key_text.get(), nullptr, nullptr, nullptr)};
    if (!private_key || SSL_CTX_use_PrivateKey(context.get(), private_key.get()) != 1 ||
        SSL_CTX_check_private_key(context.get()) != 1)
        fail("the server's key is no PEM text, or not that of its certificate");
    ERR_clear_error(); // the end of the chain is one
    return context;
}

/// One accepted connection from handshake to end.
inline awaitable<void> serve_connection(std::shared_ptr<server_state> s, http::stream_ptr stream,
                                        std::function<void()> reset, bool tls, std::uint64_t number) {
    if (tls)
        stream = co_await http::accept_tls(std::move(stream), s->tls, s->clock,
                                           s->options.limits().header_timeout);
    server_session session{*s, std::move(stream), std::move(reset), number};
    co_await session.run();
}

inline void start_connection(std::shared_ptr<server_state> s, http::stream_ptr stream,
                             std::function<void()> reset, bool tls) {
    auto& stats = s->statistics;
    if (stats.open_connections >= s->options.limits().max_connections) return;
    const auto number = ++stats.connections;
    ++stats.open_connections;
    auto control = std::make_shared<connection_control>();
    s->connections.push_back(control);
    auto ended = [s, control](std::exception_ptr) { // whatever ended it, the server goes on
        --s->statistics.open_connections;
        s->connections.remove(control);
    };
    asio::co_spawn(s->ex, serve_connection(s, std::move(stream), std::move(reset), tls, number),
                   asio::bind_cancellation_slot(control->signal.slot(), std::move(ended)));
}

struct tcp_port {
    explicit tcp_port(const executor& ex) : acceptor{ex} {}
    asio::ip::tcp::acceptor acceptor;
};

inline awaitable<void> accept_tcp(std::shared_ptr<server_state> s, std::shared_ptr<tcp_port> port) {
    while (!s->stopped) {
        boost::system::error_code ec;
        asio::ip::tcp::socket socket{s->ex};
        co_await port->acceptor.async_accept(socket, asio::redirect_error(asio::use_awaitable, ec));
        if (s->stopped || ec == asio::error::operation_aborted || ec == asio::error::bad_descriptor)
            co_return;
        if (ec) { // out of descriptors, or a connection that was gone before we came: neither ends the server
            co_await sleep_for(s->clock, std::chrono::milliseconds{50});
            continue;
        }
        socket.native_non_blocking(true, ec);
        const int fd = socket.release(ec);
        if (ec) continue;
        auto stream = http::make_tcp_stream(s->ex, fd);
        auto* raw = stream.get();
        auto reset = [fd, raw] {
            // With a linger time of nothing, closing drops what is unsent and sends RST.
            const linger now{1, 0};
            ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
            raw->close();
        };
        start_connection(s, std::move(stream), std::move(reset), s->tls != nullptr);
    }
}

inline awaitable<void> accept_simulated(std::shared_ptr<server_state> s,
                                        std::shared_ptr<simulated_listener> listener) {
    while (!s->stopped) {
        auto stream = co_await listener->accept();
        auto* raw = stream.get();
        start_connection(
            s, std::move(stream), [raw] { raw->reset(); }, s->tls != nullptr);
    }
}

} // namespace detail

PENSTOCK_DECL s3_server::s3_server(executor ex, s3_server_options options)
    : state_{std::make_shared<detail::server_state>()} {
    auto& s = *state_;
    s.ex = std::move(ex);
    s.options = std::move(options);
    s.clock = s.options.clock() ? s.options.clock() : make_system_clock();
    s.faults = s.options.faults() ? s.options.faults() : fault_plan::create();
    s.buffers = buffer_pool::create();
    if (!s.options.certificate_pem().empty())
        s.tls = detail::make_server_tls_context(s.options.certificate_pem(), s.options.key_pem());
    auto store = s.options.storage() ? s.options.storage() : make_memory_storage();
    s.service =
        std::make_unique<s3_service>(s.options.service(), std::move(store), s.clock, s.options.random());
}

PENSTOCK_DECL s3_server::~s3_server() {
    if (state_) stop();
}

PENSTOCK_DECL std::uint16_t s3_server::listen(std::uint16_t port, std::string address) {
    auto entry = std::make_shared<detail::tcp_port>(state_->ex);
    auto& acceptor = entry->acceptor;
    error_code ec;
    const auto ip = asio::ip::make_address(address, ec);
    const asio::ip::tcp::endpoint where{ip, port};
    if (!ec) acceptor.open(where.protocol(), ec);
    if (!ec) acceptor.set_option(asio::socket_base::reuse_address{true}, ec);
    if (!ec) acceptor.bind(where, ec);
    if (!ec) acceptor.listen(asio::socket_base::max_listen_connections, ec);
    if (ec) {
        error_detail d;
        d.operation = "listen";
        d.object = address + " port " + std::to_string(port);
        d.message = ec.message();
        d.hint = "another program may listen there; port 0 takes a free one";
        throw_failure(failure{errc::invalid_option, std::move(d)});
    }
    state_->port = acceptor.local_endpoint().port();
    const auto host = state_->tls && ip.is_loopback() ? std::string{"localhost"}
                      : ip.is_v6()                    ? "[" + ip.to_string() + "]"
                                                      : ip.to_string();
    state_->endpoint = (state_->tls ? "https://" : "http://") + host + ":" + std::to_string(state_->port);
    state_->close_ports.push_back([entry] {
        error_code ignored;
        entry->acceptor.close(ignored);
    });
    asio::co_spawn(state_->ex, detail::accept_tcp(state_, entry), [](std::exception_ptr) {});
    return state_->port;
}

PENSTOCK_DECL void s3_server::listen(simulated_network& network, std::string host, std::uint16_t port) {
    std::shared_ptr<simulated_listener> listener = network.listen(host, port);
    state_->port = port;
    state_->endpoint = (state_->tls ? "https://" : "http://") + host + ":" + std::to_string(port);
    state_->close_ports.push_back([listener] { listener->close(); });
    asio::co_spawn(state_->ex, detail::accept_simulated(state_, listener), [](std::exception_ptr) {});
}

PENSTOCK_DECL void s3_server::serve(server_stream_ptr stream) {
    auto* raw = stream.get();
    detail::start_connection(
        state_, std::move(stream), [raw] { raw->reset(); }, state_->tls != nullptr);
}

PENSTOCK_DECL void s3_server::stop() noexcept {
    if (state_->stopped) return;
    state_->stopped = true;
    for (const auto& close : std::exchange(state_->close_ports, {})) close();
    // A copy: what a cancelled coroutine does may change the list.
    const auto connections = state_->connections;
    for (const auto& c : connections) c->signal.emit(asio::cancellation_type::terminal);
}

PENSTOCK_DECL const std::string& s3_server::endpoint() const noexcept { return state_->endpoint; }
PENSTOCK_DECL std::uint16_t s3_server::port() const noexcept { return state_->port; }
PENSTOCK_DECL const std::deque<request_record>& s3_server::requests() const noexcept { return state_->log; }
PENSTOCK_DECL void s3_server::forget_requests() noexcept {
    state_->log.clear();
    state_->log_header_bytes = 0;
}
PENSTOCK_DECL const server_statistics& s3_server::statistics() const noexcept { return state_->statistics; }
PENSTOCK_DECL s3_service& s3_server::service() const noexcept { return *state_->service; }
PENSTOCK_DECL storage& s3_server::store() const noexcept { return state_->service->store(); }
PENSTOCK_DECL fault_plan& s3_server::faults() const noexcept { return *state_->faults; }

PENSTOCK_DECL void s3_server::put(const std::string& bucket, const std::string& key, std::string_view bytes,
                                  std::string_view content_type) {
    auto& store = state_->service->store();
    const auto now = state_->clock->wall_now();
    if (!store.has_bucket(bucket)) store.create_bucket(bucket, now);
    object_record r;
    r.key = key;
    r.etag = detail::to_hex(detail::digest_of(detail::digest_kind::md5, bytes));
    r.last_modified = now;
    r.headers.add("Content-Type", content_type);
    auto staged = store.stage();
    staged->append(std::as_bytes(std::span{bytes.data(), bytes.size()}));
    store.put(bucket, std::move(r), std::move(staged));
}

} // namespace penstock::testing

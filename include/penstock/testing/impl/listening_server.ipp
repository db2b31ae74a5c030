// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/testing/detail/listening_server.hpp>

#include <penstock/http/tcp_stream.hpp>
#include <penstock/http/tls_stream.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <exception>
#include <utility>

#include <sys/socket.h>

namespace penstock::testing::detail {

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

PENSTOCK_DECL std::shared_ptr<ssl_ctx_st> make_server_tls_context(const std::string& certificate, const std::string& key) {
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

struct listening_server::tcp_port {
    explicit tcp_port(const executor& ex) : acceptor{ex} {}
    asio::ip::tcp::acceptor acceptor;
};

PENSTOCK_DECL awaitable<void> listening_server::run_connection(std::shared_ptr<listening_server> self,
                                                               http::stream_ptr stream, std::function<void()> reset,
                                                               std::uint64_t number) {
    if (self->tls)
        stream = co_await http::accept_tls(std::move(stream), self->tls, self->clock,
                                           self->transport_limits().header_timeout);
    co_await self->serve(std::move(stream), std::move(reset), number);
}

PENSTOCK_DECL void listening_server::start(http::stream_ptr stream, std::function<void()> reset) {
    if (statistics.open_connections >= transport_limits().max_connections) return;
    const auto number = ++statistics.connections;
    ++statistics.open_connections;
    auto control = std::make_shared<connection_control>();
    connections_.push_back(control);
    auto ended = [self = shared_from_this(), control](std::exception_ptr) { // whatever ended it, the server goes on
        --self->statistics.open_connections;
        self->connections_.remove(control);
    };
    asio::co_spawn(ex, run_connection(shared_from_this(), std::move(stream), std::move(reset), number),
                   asio::bind_cancellation_slot(control->signal.slot(), std::move(ended)));
}

PENSTOCK_DECL awaitable<void> listening_server::accept_tcp(std::shared_ptr<listening_server> self,
                                                           std::shared_ptr<tcp_port> port) {
    while (!self->stopped) {
        boost::system::error_code ec;
        asio::ip::tcp::socket socket{self->ex};
        co_await port->acceptor.async_accept(socket, asio::redirect_error(asio::use_awaitable, ec));
        if (self->stopped || ec == asio::error::operation_aborted || ec == asio::error::bad_descriptor) co_return;
        if (ec) { // out of descriptors, or a connection that was gone before we came: neither ends the server
            co_await sleep_for(self->clock, std::chrono::milliseconds{50});
            continue;
        }
        socket.native_non_blocking(true, ec);
        const int fd = socket.release(ec);
        if (ec) continue;
        auto stream = http::make_tcp_stream(self->ex, fd);
        auto* raw = stream.get();
        auto reset = [fd, raw] {
            // With a linger time of nothing, closing drops what is unsent and sends RST.
            const linger now{1, 0};
            ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
            raw->close();
        };
        self->start(std::move(stream), std::move(reset));
    }
}

PENSTOCK_DECL awaitable<void> listening_server::accept_simulated(std::shared_ptr<listening_server> self,
                                                                 std::shared_ptr<simulated_listener> listener) {
    while (!self->stopped) {
        auto stream = co_await listener->accept();
        auto* raw = stream.get();
        auto reset = [raw] { raw->reset(); };
        self->start(std::move(stream), std::move(reset));
    }
}

PENSTOCK_DECL std::uint16_t listening_server::listen(std::uint16_t at, const std::string& address) {
    auto entry = std::make_shared<tcp_port>(ex);
    auto& acceptor = entry->acceptor;
    error_code ec;
    const auto ip = asio::ip::make_address(address, ec);
    const asio::ip::tcp::endpoint where{ip, at};
    if (!ec) acceptor.open(where.protocol(), ec);
    if (!ec) acceptor.set_option(asio::socket_base::reuse_address{true}, ec);
    if (!ec) acceptor.bind(where, ec);
    if (!ec) acceptor.listen(asio::socket_base::max_listen_connections, ec);
    if (ec) {
        error_detail d;
        d.operation = "listen";
        d.object = address + " port " + std::to_string(at);
        d.message = ec.message();
        d.hint = "another program may listen there; port 0 takes a free one";
        throw_failure(failure{errc::invalid_option, std::move(d)});
    }
    port = acceptor.local_endpoint().port();
    const auto host = tls && ip.is_loopback() ? std::string{"localhost"}
                      : ip.is_v6()            ? "[" + ip.to_string() + "]"
                                              : ip.to_string();
    endpoint = scheme() + host + ":" + std::to_string(port);
    close_ports_.push_back([entry] {
        error_code ignored;
        entry->acceptor.close(ignored);
    });
    asio::co_spawn(ex, accept_tcp(shared_from_this(), entry), [](std::exception_ptr) {});
    return port;
}

PENSTOCK_DECL void listening_server::listen(simulated_network& network, const std::string& host, std::uint16_t at) {
    std::shared_ptr<simulated_listener> listener = network.listen(host, at);
    port = at;
    endpoint = scheme() + host + ":" + std::to_string(at);
    close_ports_.push_back([listener] { listener->close(); });
    asio::co_spawn(ex, accept_simulated(shared_from_this(), listener), [](std::exception_ptr) {});
}

PENSTOCK_DECL void listening_server::stop() noexcept {
    if (stopped) return;
    stopped = true;
    for (const auto& close : std::exchange(close_ports_, {})) close();
    // A copy: what a cancelled coroutine does may change the list. Asio hands the signal on by way of the executor, and a
    // connection that ends before it arrives must not take the signal with it.
    const auto connections = connections_;
    for (const auto& c : connections) c->signal.emit(asio::cancellation_type::terminal);
    if (!connections.empty()) asio::post(ex, [connections] {});
}

} // namespace penstock::testing::detail

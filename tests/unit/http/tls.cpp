// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/core/as_result.hpp>
#include <penstock/core/byte_sink.hpp>
#include <penstock/http/connection.hpp>
#include <penstock/http/tls_stream.hpp>
#include <penstock/testing/memory_stream.hpp>
#include <penstock/testing/simulation.hpp>
#include <penstock/testing/test_certificates.hpp>

#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <boost/asio/detached.hpp>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace tls_test {

using namespace penstock;
using namespace std::chrono_literals;

/// Keys are slow to make: one authority for all tests here.
inline const testing::test_authority& authority() {
    static const testing::test_authority made;
    return made;
}

inline std::shared_ptr<SSL_CTX> server_context(const testing::certificate& c, int highest = 0) {
    std::shared_ptr<SSL_CTX> context{SSL_CTX_new(TLS_server_method()), &SSL_CTX_free};
    REQUIRE(context);
    if (highest) REQUIRE(SSL_CTX_set_max_proto_version(context.get(), highest) == 1);
    const std::unique_ptr<BIO, decltype(&BIO_free)> cert{
        BIO_new_mem_buf(c.certificate_pem.data(), static_cast<int>(c.certificate_pem.size())), &BIO_free};
    const std::unique_ptr<X509, decltype(&X509_free)> x509{PEM_read_bio_X509(cert.get(), nullptr, nullptr, nullptr),
                                                          &X509_free};
    const std::unique_ptr<BIO, decltype(&BIO_free)> key{
        BIO_new_mem_buf(c.key_pem.data(), static_cast<int>(c.key_pem.size())), &BIO_free};
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> pkey{
        PEM_read_bio_PrivateKey(key.get(), nullptr, nullptr, nullptr), &EVP_PKEY_free};
    REQUIRE(SSL_CTX_use_certificate(context.get(), x509.get()) == 1);
    REQUIRE(SSL_CTX_use_PrivateKey(context.get(), pkey.get()) == 1);
    return context;
}

inline std::shared_ptr<SSL_CTX> trusting_context() {
    return http::make_tls_context(http::tls_options{}.ca_pem(authority().ca_pem()));
}

using server_body = std::function<awaitable<void>(http::stream&, http::stream& lower)>;

/// Keeps the raw stream reachable beneath the TLS that owns it.
class borrowed_stream final : public http::stream {
  public:
    explicit borrowed_stream(http::stream& s) : s_{s} {}
    io_result try_read_some(std::span<std::byte> into) override { return s_.try_read_some(into); }
    io_result try_write_some(std::span<const std::byte> from) override { return s_.try_write_some(from); }
    awaitable<void> wait(http::wait_for what) override { return s_.wait(what); }
    void close() noexcept override { s_.close(); }
    bool usable() noexcept override { return s_.usable(); }

  private:
    http::stream& s_;
};

struct world {
    explicit world(testing::memory_stream_options options = {}) {
        options.clock = clock;
        pair = testing::make_memory_streams(io.get_executor(), options);
    }

    static awaitable<void> serve(world* w, std::shared_ptr<SSL_CTX> context, server_body body) {
        http::stream_ptr lower = std::make_unique<borrowed_stream>(*w->pair.server);
        auto tls = co_await as_result(http::accept_tls(std::move(lower), context, w->clock, 10s));
        if (!tls) {
            w->server_failure = tls.error();
            co_return;
        }
        if (body) co_await body(**tls, *w->pair.server);
    }

    void start_server(const testing::certificate& c, server_body body = {}, int highest = 0) {
        asio::co_spawn(io, serve(this, server_context(c, highest), std::move(body)), asio::detached);
    }
    result<http::stream_ptr> connect(std::string host, std::shared_ptr<SSL_CTX> context, duration limit = 5s) {
        return run(as_result(
            http::connect_tls(std::move(pair.client), std::move(host), std::move(context), clock, limit)));
    }
    template <class T>
    T run(awaitable<T> op) {
        return testing::simulate(io, *clock, std::move(op));
    }

    std::shared_ptr<testing::manual_clock> clock = testing::manual_clock::create();
    failure server_failure;
    asio::io_context io{1};
    testing::memory_stream_pair pair;
};

struct received {
    received() = default;
    std::string text;
    failure error;
};
inline awaitable<received> read_to_end(http::stream* s, std::size_t piece = 1000) {
    received out;
    std::string block(piece, '\0');
    for (;;) {
        auto r = s->try_read_some(std::as_writable_bytes(std::span{block}));
        if (r.status == io_status::would_block) {
            co_await s->wait(http::wait_for::read);
        } else if (r.status == io_status::bytes) {
            out.text.append(block, 0, r.size);
        } else {
            out.error = r.error;
            co_return out;
        }
    }
}
inline awaitable<void> write_all(http::stream* s, std::string text) {
    auto rest = as_bytes(text);
    while (!rest.empty()) {
        const auto r = s->try_write_some(rest);
        if (r.status == io_status::would_block)
            co_await s->wait(http::wait_for::write);
        else if (r.status == io_status::bytes)
            rest = rest.subspan(r.size);
        else
            throw_failure(r.error);
    }
}
inline awaitable<void> say_and_close(http::stream& s, http::stream&) {
    co_await write_all(&s, "hello");
    s.close();
}
inline std::string pattern(std::size_t n, unsigned seed) {
    std::string out(n, '\0');
    for (std::size_t i = 0; i < n; ++i) out[i] = static_cast<char>((i * 2654435761U + seed) >> 11);
    return out;
}

TEST_CASE("a certificate is good for its names and its addresses") {
    for (const auto* host : {"localhost", "s3.localhost", "bucket.s3.localhost", "127.0.0.1", "::1"}) {
        CAPTURE(host);
        world w;
        w.start_server(authority().server(), say_and_close);
        auto s = w.connect(host, trusting_context());
        REQUIRE(s.has_value());
        const auto got = w.run(read_to_end(s->get()));
        CHECK(got.text == "hello");
        CHECK_FALSE(static_cast<bool>(got.error)); // close_notify is an end
        CHECK_FALSE(static_cast<bool>(w.server_failure));
    }
}

inline void check_rejected(const testing::certificate& c, std::string host, std::shared_ptr<SSL_CTX> context,
                           std::string_view reason) {
    CAPTURE(host);
    world w;
    w.start_server(c, say_and_close);
    const auto s = w.connect(host, std::move(context));
    REQUIRE_FALSE(s.has_value());
    CHECK(s.error().code() == errc::certificate_rejected);
    CHECK(s.error().code() == condition::connection);
    CHECK(s.error().detail().message.find(reason) != std::string::npos);
    CHECK(s.error().detail().object == host);
    CHECK_FALSE(s.error().detail().hint.empty());
    w.io.poll(); // the server takes note
    CHECK(w.clock->running_timers() == 0);
    CHECK(ERR_peek_error() == 0); // OpenSSL's queue belongs to the thread, which is the caller's
}

TEST_CASE("certificates for others, of others, and of another time are rejected") {
    check_rejected(authority().wrong_host(), "localhost", trusting_context(), "ostname mismatch");
    check_rejected(authority().wrong_host(), "127.0.0.1", trusting_context(), "IP address mismatch");
    check_rejected(authority().server(), "a.b.s3.localhost", trusting_context(), "ostname mismatch");
    check_rejected(authority().expired(), "localhost", trusting_context(), "expired");
    check_rejected(authority().issue({"localhost"}, 24h, 48h), "localhost", trusting_context(), "not yet valid");
    const testing::test_authority stranger;
    check_rejected(stranger.server(), "localhost", trusting_context(), "unable to get local issuer");
    // the system's roots know nothing of ours
    check_rejected(authority().server(), "localhost", http::make_tls_context({}), "");
}

TEST_CASE("verification can be switched off, as a whole and in words") {
    world w;
    w.start_server(authority().expired(), say_and_close);
    auto s = w.connect("anything.example", http::make_tls_context(http::tls_options{}.verify(false)));
    REQUIRE(s.has_value());
    CHECK(w.run(read_to_end(s->get())).text == "hello");
}

/// A server that wants to know who calls.
inline std::shared_ptr<SSL_CTX> asking_context(const testing::test_authority& trusted) {
    auto context = server_context(authority().server());
    const auto& pem = trusted.ca_pem();
    const std::unique_ptr<BIO, decltype(&BIO_free)> bio{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free};
    const std::unique_ptr<X509, decltype(&X509_free)> root{PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr), &X509_free};
    REQUIRE(X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()), root.get()) == 1);
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    return context;
}

/// "hello" where the server lets us in.
inline std::string ask_in(const http::tls_options& who, const testing::test_authority& trusted) {
    world w;
    asio::co_spawn(w.io, world::serve(&w, asking_context(trusted), say_and_close), asio::detached);
    auto s = w.connect("localhost", http::make_tls_context(who));
    if (!s) return s.error().message();
    const auto got = w.run(read_to_end(s->get())); // with TLS 1.3 the refusal comes after the handshake
    return got.error ? got.error.message() : got.text;
}

TEST_CASE("a client certificate, from memory, from files, in a context of the caller's") {
    const testing::test_authority clients;
    const auto me = clients.issue({"me"});
    const auto trust = http::tls_options{}.ca_pem(authority().ca_pem());
    auto memory = trust;
    CHECK(ask_in(memory.client_certificate_pem(me.certificate_pem, me.key_pem), clients) == "hello");
    const test::temporary_folder folder;
    folder.write("cert.pem", me.certificate_pem);
    folder.write("key.pem", me.key_pem);
    folder.write("both.pem", me.certificate_pem + me.key_pem);
    auto files = trust;
    CHECK(ask_in(files.client_certificate_file(folder / "cert.pem", folder / "key.pem"), clients) == "hello");
    CHECK(ask_in(files.client_certificate_file(folder / "both.pem", folder / "both.pem"), clients) == "hello");
    const auto own = http::make_tls_context(memory);
    http::tls_options given;
    CHECK(ask_in(given.context(own), clients) == "hello");
    CHECK(http::make_tls_context(given) == own);

    CHECK(ask_in(trust, clients).find("certificate required") != std::string::npos);
    CHECK(ask_in(memory, authority()).find("hello") == std::string::npos); // of an authority that the server does not trust
    const auto late = clients.issue({"me"}, -48h, 24h);
    auto expired = trust;
    CHECK(ask_in(expired.client_certificate_pem(late.certificate_pem, late.key_pem), clients).find("expired") != std::string::npos);
}

TEST_CASE("a client certificate without verification of the server") {
    const testing::test_authority clients;
    const auto me = clients.issue({"me"});
    CHECK(ask_in(http::tls_options{}.verify(false).client_certificate_pem(me.certificate_pem, me.key_pem), clients) == "hello");
}

TEST_CASE("a caller's context verifies as it says, host names included") {
    world w;
    w.start_server(authority().wrong_host(), say_and_close);
    const auto s = w.connect("localhost", http::make_tls_context(http::tls_options{}.context(trusting_context())));
    REQUIRE(s.has_error());
    CHECK(s.error().code() == errc::certificate_rejected);
}

TEST_CASE("client certificates that cannot be used are told, their keys not repeated") {
    const auto me = authority().issue({"me"});
    const auto other = authority().issue({"other"});
    const test::temporary_folder folder;
    folder.write("cert.pem", me.certificate_pem);
    folder.write("other.pem", other.key_pem);
    folder.write("text.pem", "no certificate");
    const std::string locked = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAi1\n-----END ENCRYPTED PRIVATE KEY-----\n";
    const http::tls_options wrong[] = {
        http::tls_options{}.client_certificate_pem("no certificate", me.key_pem),
        http::tls_options{}.client_certificate_pem(me.certificate_pem, ""),
        http::tls_options{}.client_certificate_pem(me.certificate_pem, other.key_pem),
        http::tls_options{}.client_certificate_pem(me.certificate_pem, locked),
        http::tls_options{}.client_certificate_pem("", me.key_pem),
        http::tls_options{}.client_certificate_file(folder / "none.pem", folder / "other.pem"),
        http::tls_options{}.client_certificate_file(folder / "text.pem", folder / "other.pem"),
        http::tls_options{}.client_certificate_file(folder / "cert.pem", folder / "none.pem"),
        http::tls_options{}.client_certificate_file(folder / "cert.pem", folder / "other.pem"),
        http::tls_options{}.client_certificate_file("", folder / "other.pem"),
    };
    for (const auto& o : wrong) {
        bool refused = false;
        try {
            (void)http::make_tls_context(o);
        } catch (const error& e) {
            refused = true;
            CHECK(e.code() == errc::invalid_option);
            CHECK(std::string{e.what()}.find("PRIVATE") == std::string::npos);
            CHECK_FALSE(e.detail().hint.empty());
        }
        CHECK(refused);
        CHECK(ERR_peek_error() == 0);
    }
}

TEST_CASE("TLS 1.2 will do, less will not") {
    world w;
    w.start_server(authority().server(), say_and_close, TLS1_2_VERSION);
    auto s = w.connect("localhost", trusting_context());
    REQUIRE(s.has_value());
    CHECK(w.run(read_to_end(s->get())).text == "hello");
    world old;
    old.start_server(authority().server(), say_and_close, TLS1_1_VERSION);
    const auto refused = old.connect("localhost", trusting_context());
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code() == errc::tls_failed);
}

TEST_CASE("a cut without close_notify is an error, after the bytes before it") {
    for (const bool reset : {false, true}) {
        CAPTURE(reset);
        world w;
        w.start_server(authority().server(), [reset](http::stream& s, http::stream& lower) -> awaitable<void> {
            co_await write_all(&s, "hello");
            if (reset)
                static_cast<testing::server_stream&>(lower).reset();
            else
                lower.close();
        });
        auto s = w.connect("localhost", trusting_context());
        REQUIRE(s.has_value());
        const auto got = w.run(read_to_end(s->get()));
        CHECK(got.error.code() == condition::connection);
        if (!reset) {
            CHECK(got.text == "hello");
            CHECK(got.error.code() == errc::connection_closed);
        }
        // and stays so
        CHECK((*s)->try_write_some(as_bytes("x")).status == io_status::error);
        std::byte block[8];
        CHECK((*s)->try_read_some(block).status == io_status::error);
        CHECK_FALSE((*s)->usable());
    }
}

TEST_CASE("a server that says nothing: the handshake takes no longer than its limit") {
    world w;
    const auto before = w.clock->now();
    const auto s = w.connect("localhost", trusting_context(), 3s);
    REQUIRE_FALSE(s.has_value());
    CHECK(s.error().code() == errc::tls_timeout);
    CHECK(s.error().code() == condition::timeout);
    CHECK(s.error().detail().message == "not done within 3000 ms");
    CHECK(w.clock->now() - before == 3s);
    std::byte block[2000];
    while (w.pair.server->try_read_some(block).status == io_status::bytes) {
    }
    CHECK(w.pair.server->try_read_some(block).status == io_status::end); // the stream is closed
}

TEST_CASE("a server that is not TLS") {
    for (const std::string& answer : {std::string{"HTTP/1.1 400 Bad Request\r\n\r\n"}, std::string(50, '\0')}) {
        world w;
        (void)w.pair.server->try_write_some(as_bytes(answer));
        const auto s = w.connect("localhost", trusting_context());
        REQUIRE_FALSE(s.has_value());
        CHECK(s.error().code() == errc::tls_failed);
        CHECK(s.error().detail().hint.find("http://") != std::string::npos);
        CHECK(ERR_peek_error() == 0);
    }
}

TEST_CASE("a server that goes in mid-handshake") {
    world closed;
    closed.pair.server->close();
    auto s = closed.connect("localhost", trusting_context());
    REQUIRE_FALSE(s.has_value());
    CHECK(s.error().code() == condition::connection);
    world reset;
    reset.pair.server->reset();
    s = reset.connect("localhost", trusting_context());
    REQUIRE_FALSE(s.has_value());
    CHECK(s.error().code() == condition::connection);
}

TEST_CASE("every step of a handshake may fail") {
    std::uint64_t steps = 0;
    for (std::uint64_t n = 1; n < 40; ++n) {
        testing::memory_stream_options options;
        options.reset_at_client_step = n;
        options.statistics = std::make_shared<testing::link_statistics>();
        world w{options};
        w.start_server(authority().server(), say_and_close);
        const auto s = w.connect("localhost", trusting_context());
        if (s.has_value()) break;
        steps = n;
        CHECK(s.error().code() == condition::connection);
        w.io.poll();
        CHECK(w.clock->running_timers() == 0);
    }
    CHECK(steps >= 3);
    CHECK(steps < 39);
}

TEST_CASE("large transfers both ways at once, through a needle's eye") {
    testing::memory_stream_options options;
    options.to_client.capacity = 700;
    options.to_server.capacity = 300;
    options.to_client.max_transfer = 450;
    world w{options};
    const auto up = pattern(100'000, 1);
    const auto down = pattern(200'000, 2);
    std::string got_up;
    int open = 2;
    w.start_server(authority().server(), [&](http::stream& s, http::stream&) -> awaitable<void> {
        const auto ex = co_await asio::this_coro::executor;
        asio::co_spawn(ex, write_all(&s, down), [&](std::exception_ptr e) {
            CHECK_FALSE(e);
            if (--open == 0) s.close();
        });
        std::string block(777, '\0');
        while (got_up.size() < up.size()) {
            const auto r = s.try_read_some(std::as_writable_bytes(std::span{block}));
            if (r.status == io_status::would_block) {
                co_await s.wait(http::wait_for::read);
                continue;
            }
            if (r.status != io_status::bytes) break;
            got_up.append(block, 0, r.size);
        }
        if (--open == 0) s.close();
        for (int i = 0; i < 100'000 && open > 0; ++i) co_await sleep_for(w.clock, 1ms); // keeps the stream alive
    });
    auto s = w.connect("localhost", trusting_context());
    REQUIRE(s.has_value());
    bool sent = false;
    asio::co_spawn(w.io, write_all(s->get(), up), [&](std::exception_ptr e) { sent = !e; });
    const auto got = w.run(read_to_end(s->get(), 1234));
    CHECK(sent);
    CHECK(got_up == up);
    CHECK(got.text == down);
}

TEST_CASE("records of every size arrive as they were") {
    world w;
    const auto text = pattern(300'000, 3);
    w.start_server(authority().server(), [&](http::stream& s, http::stream&) -> awaitable<void> {
        std::size_t at = 0;
        for (std::size_t n = 1; at < text.size(); n = n * 3 + 1) {
            const auto piece = std::min({n, text.size() - at, std::size_t{70'000}});
            co_await write_all(&s, text.substr(at, piece));
            at += piece;
        }
        s.close();
    });
    auto s = w.connect("localhost", trusting_context());
    REQUIRE(s.has_value());
    const auto got = w.run(read_to_end(s->get(), 65'536));
    CHECK(got.text == text);
    CHECK_FALSE(static_cast<bool>(got.error));
}

TEST_CASE("an idle stream is usable with session tickets on the way, not after the end") {
    world w;
    bool end = false;
    w.start_server(authority().server(), [&](http::stream& s, http::stream&) -> awaitable<void> {
        while (!end) co_await sleep_for(w.clock, 1s);
        s.close();
    });
    auto s = w.connect("localhost", trusting_context());
    REQUIRE(s.has_value());
    w.run(sleep_for(w.clock, 2s));
    CHECK((*s)->usable());
    CHECK((*s)->usable());
    end = true;
    w.run(sleep_for(w.clock, 2s));
    CHECK_FALSE((*s)->usable());
}

TEST_CASE("bytes that nobody asked for make an idle stream unusable") {
    world w;
    w.start_server(authority().server(), [&](http::stream& s, http::stream&) -> awaitable<void> {
        co_await write_all(&s, "unasked");
        co_await sleep_for(w.clock, 10s);
    });
    auto s = w.connect("localhost", trusting_context());
    REQUIRE(s.has_value());
    w.run(sleep_for(w.clock, 1s));
    CHECK_FALSE((*s)->usable());
}

TEST_CASE("after close every try is an error, decrypted bytes or not") {
    world w;
    w.start_server(authority().server(), [&](http::stream& s, http::stream&) -> awaitable<void> {
        co_await write_all(&s, std::string(1000, 'x'));
        co_await sleep_for(w.clock, 10s);
    });
    auto s = w.connect("localhost", trusting_context());
    REQUIRE(s.has_value());
    w.run(sleep_for(w.clock, 1s));
    std::byte few[10];
    CHECK((*s)->try_read_some(few).size == 10);
    (*s)->close();
    (*s)->close();
    const auto read = (*s)->try_read_some(few);
    CHECK(read.status == io_status::error);
    CHECK(read.error.code() == errc::closed);
    const auto written = (*s)->try_write_some(few);
    CHECK(written.status == io_status::error);
    CHECK(written.error.code() == errc::closed);
    CHECK_FALSE((*s)->usable());
}

TEST_CASE("contexts: files that cannot be used are said so") {
    const auto refused = [](const http::tls_options& o) {
        try {
            (void)http::make_tls_context(o);
        } catch (const error& e) {
            CHECK(ERR_peek_error() == 0);
            return e.code() == errc::invalid_option && !e.detail().hint.empty();
        }
        return false;
    };
    CHECK(refused(http::tls_options{}.ca_file("/no/such/file.pem")));
    CHECK(refused(http::tls_options{}.ca_file("/proc/self/status"))); // no PEM in it
    CHECK(refused(http::tls_options{}.ca_pem("not PEM at all")));
    CHECK(refused(http::tls_options{}.ca_pem("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")));
    // two roots in one text
    const testing::test_authority other;
    world w;
    w.start_server(other.server(), say_and_close);
    CHECK(w.connect("localhost",
                    http::make_tls_context(http::tls_options{}.ca_pem(authority().ca_pem() + other.ca_pem())))
              .has_value());
}

TEST_CASE("an early refusal is told although the body could not be sent, over TLS as over TCP") {
    testing::memory_stream_options small;
    small.to_server.capacity = 20'000;
    world w{small};
    const auto refuse = [](http::stream& tls, http::stream& lower) -> awaitable<void> {
        std::string head;
        while (head.find("\r\n\r\n") == head.npos) {
            std::byte block[1000];
            const auto r = tls.try_read_some(block);
            if (r.status == io_status::would_block)
                co_await tls.wait(http::wait_for::read);
            else if (r.status == io_status::bytes)
                head.append(as_text({block, r.size}));
            else
                co_return;
        }
        co_await write_all(&tls, "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
        lower.close();
    };
    w.start_server(authority().server(), refuse);
    auto stream = w.connect("localhost", trusting_context());
    REQUIRE(stream.has_value());
    http::connection conn{w.io.get_executor(), http::origin{"localhost", 443, true}, std::move(*stream),
                          http::transport_options{}, w.clock, buffer_pool::create()};
    const std::string body(1 << 20, 'b');
    const std::span<const std::byte> pieces[] = {as_bytes(body)};
    http::outgoing put;
    put.method = "PUT";
    put.head = "PUT / HTTP/1.1\r\nContent-Length: 1048576\r\n\r\n";
    put.body = pieces;
    const auto done = w.run(conn.exchange(put));
    REQUIRE(done.has_value());
    CHECK(conn.head().status == 403);
    CHECK(!conn.reusable());
}

TEST_CASE("a handshake can be cancelled, and goes with its io_context") {
    const auto context = trusting_context();
    {
        world w;
        asio::co_spawn(w.io, http::connect_tls(std::move(w.pair.client), "localhost", context, w.clock, 5s),
                       [](std::exception_ptr, http::stream_ptr) {});
        w.io.poll();
        CHECK(w.clock->running_timers() == 1);
        CHECK(context.use_count() > 1);
    }
    CHECK(context.use_count() == 1); // the frame that held it is gone
}

} // namespace tls_test

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// What the machine can do without us: the plainest program for each job. Prints CPU seconds.
//
//   floor recv    PORT PATH              blocking recv into 256 KiB
//   floor sslread PORT PATH              blocking SSL_read into 64 KiB
//   floor asiossl PORT PATH              asio::ssl::stream in a coroutine, 256 KiB
//   floor epoll   PORT PATH CONNS N      an epoll loop over CONNS connections, N requests in all
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <openssl/ssl.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

namespace asio = boost::asio;

namespace {

double cpu_seconds() {
    rusage r{};
    getrusage(RUSAGE_SELF, &r);
    const auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + t.tv_usec * 1e-6; };
    return seconds(r.ru_utime) + seconds(r.ru_stime);
}

int connect_to(int port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in a{};
    a.sin_family = AF_INET;
    a.sin_port = htons(static_cast<std::uint16_t>(port));
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd, reinterpret_cast<sockaddr*>(&a), sizeof a) != 0) throw std::runtime_error{"connect"};
    const int one = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return fd;
}

std::string request(const std::string& path) {
    return "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: floor\r\n\r\n";
}

/// The length of the body, once the head is complete; sets where the body begins.
bool parse_head(std::string_view head, std::size_t& begin, std::size_t& length) {
    const auto end = head.find("\r\n\r\n");
    if (end == head.npos) return false;
    const auto at = head.find("Content-Length: ");
    if (at == head.npos || at > end) throw std::runtime_error{"no Content-Length"};
    begin = end + 4;
    length = std::strtoull(head.data() + at + 16, nullptr, 10);
    return true;
}

/// Reads one answer by `read(buffer, size)`.
template <class Read>
std::size_t drain(Read read, std::size_t size) {
    std::vector<char> buffer(size, 1);
    std::string head;
    std::size_t begin = 0, length = 0;
    do {
        const auto n = read(buffer.data(), std::min<std::size_t>(size, 4096));
        if (n <= 0) throw std::runtime_error{"cut in the head"};
        head.append(buffer.data(), static_cast<std::size_t>(n));
    } while (!parse_head(head, begin, length));
    auto got = head.size() - begin;
    while (got < length) {
        const auto n = read(buffer.data(), std::min(size, length - got));
        if (n <= 0) throw std::runtime_error{"cut in the body"};
        got += static_cast<std::size_t>(n);
    }
    return got;
}

std::size_t by_recv(int port, const std::string& path) {
    const int fd = connect_to(port);
    const auto text = request(path);
    if (::send(fd, text.data(), text.size(), 0) < 0) throw std::runtime_error{"send"};
    const auto got = drain([fd](char* p, std::size_t n) { return ::recv(fd, p, n, 0); }, std::size_t{256} << 10);
    ::close(fd);
    return got;
}

std::size_t by_ssl_read(int port, const std::string& path) {
    SSL_CTX* context = SSL_CTX_new(TLS_client_method());
    SSL* ssl = SSL_new(context);
    const int fd = connect_to(port);
    SSL_set_fd(ssl, fd);
    if (SSL_connect(ssl) != 1) throw std::runtime_error{"handshake"};
    const auto text = request(path);
    SSL_write(ssl, text.data(), static_cast<int>(text.size()));
    const auto got = drain([ssl](char* p, std::size_t n) { return SSL_read(ssl, p, static_cast<int>(n)); },
                           std::size_t{64} << 10);
    SSL_free(ssl);
    SSL_CTX_free(context);
    ::close(fd);
    return got;
}

asio::awaitable<void> asio_ssl(asio::io_context& io, int port, std::string path, std::size_t& got) {
    asio::ssl::context context{asio::ssl::context::tls_client};
    context.set_verify_mode(asio::ssl::verify_none);
    asio::ssl::stream<asio::ip::tcp::socket> stream{io, context};
    const asio::ip::tcp::endpoint to{asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(port)};
    co_await stream.lowest_layer().async_connect(to, asio::use_awaitable);
    stream.lowest_layer().set_option(asio::ip::tcp::no_delay{true});
    co_await stream.async_handshake(asio::ssl::stream_base::client, asio::use_awaitable);
    const auto text = request(path);
    co_await asio::async_write(stream, asio::buffer(text), asio::use_awaitable);
    std::vector<char> buffer(std::size_t{256} << 10, 1);
    std::string head;
    std::size_t begin = 0, length = 0;
    do {
        const auto n = co_await stream.async_read_some(asio::buffer(buffer.data(), 4096), asio::use_awaitable);
        head.append(buffer.data(), n);
    } while (!parse_head(head, begin, length));
    got = head.size() - begin;
    while (got < length) {
        const auto want = std::min(buffer.size(), length - got);
        got += co_await stream.async_read_some(asio::buffer(buffer.data(), want), asio::use_awaitable);
    }
}

void by_epoll(int port, const std::string& path, int connections, long requests) {
    struct connection {
        int fd = -1;
        std::size_t got = 0, need = 0;
        char buffer[65536];
    };
    const int ep = ::epoll_create1(0);
    std::vector<connection> all(static_cast<std::size_t>(connections));
    const auto text = request(path);
    long sent = 0, done = 0;
    const auto ask = [&](connection& c) {
        c.got = c.need = 0;
        if (::send(c.fd, text.data(), text.size(), 0) < 0) throw std::runtime_error{"send"};
        ++sent;
    };
    for (auto& c : all) {
        c.fd = connect_to(port);
        epoll_event e{};
        e.events = EPOLLIN;
        e.data.ptr = &c;
        ::epoll_ctl(ep, EPOLL_CTL_ADD, c.fd, &e);
        ask(c);
    }
    epoll_event events[128];
    while (done < requests) {
        const int n = ::epoll_wait(ep, events, 128, 10'000);
        if (n <= 0) throw std::runtime_error{"nothing for ten seconds"};
        for (int i = 0; i < n; ++i) {
            auto& c = *static_cast<connection*>(events[i].data.ptr);
            const auto k = ::recv(c.fd, c.buffer + c.got, sizeof c.buffer - c.got, MSG_DONTWAIT);
            if (k <= 0) continue;
            c.got += static_cast<std::size_t>(k);
            std::size_t begin = 0, length = 0;
            if (c.need == 0 && parse_head({c.buffer, c.got}, begin, length)) c.need = begin + length;
            if (c.need > 0 && c.got >= c.need) {
                ++done;
                if (sent < requests) ask(c);
            }
        }
    }
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 4) return 2;
    const std::string what = argv[1];
    const int port = std::atoi(argv[2]);
    const std::string path = argv[3];
    try {
        const auto before = cpu_seconds();
        std::size_t bytes = 0;
        if (what == "recv") {
            bytes = by_recv(port, path);
        } else if (what == "sslread") {
            bytes = by_ssl_read(port, path);
        } else if (what == "asiossl") {
            asio::io_context io{1};
            std::exception_ptr error;
            asio::co_spawn(io, asio_ssl(io, port, path, bytes), [&error](std::exception_ptr e) { error = e; });
            io.run();
            if (error) std::rethrow_exception(error);
        } else if (what == "epoll" && argc == 6) {
            const long n = std::atol(argv[5]);
            by_epoll(port, path, std::atoi(argv[4]), n);
            std::printf("floor epoll requests=%ld cpu_us_per_req=%.3f\n", n,
                        (cpu_seconds() - before) / static_cast<double>(n) * 1e6);
            return 0;
        } else {
            return 2;
        }
        std::printf("{\"bytes\":%zu,\"cpu\":%.6f}\n", bytes, cpu_seconds() - before);
    } catch (const std::exception& e) {
        std::fprintf(stderr, "floor: %s\n", e.what());
        return 1;
    }
}

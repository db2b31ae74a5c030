// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/http/resolver.hpp>

#include <penstock/core/detail/text_values.hpp>
#include <penstock/core/error.hpp>
#include <penstock/core/wait_list.hpp>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <ares.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <limits>
#include <map>
#include <netdb.h>
#include <optional>
#include <string_view>

namespace penstock::http {
namespace detail {

struct name_server {
    asio::ip::address address;
    std::uint16_t port = 53;
};

/// "127.0.0.1", "127.0.0.1:5353", "::1" or "[::1]:5353".
inline std::optional<name_server> parse_name_server(std::string_view text) {
    name_server out;
    auto address = text, port = std::string_view{};
    const bool in_brackets = text.starts_with('[');
    if (in_brackets) {
        const auto end = text.find(']');
        if (end == std::string_view::npos) return std::nullopt;
        address = text.substr(1, end - 1);
        port = text.substr(end + 1);
    } else if (text.find(':') == text.rfind(':')) {
        address = text.substr(0, text.find(':'));
        port = text.substr(address.size());
    }
    error_code ec;
    out.address = asio::ip::make_address(std::string{address}, ec);
    if (ec || (in_brackets && !out.address.is_v6())) return std::nullopt;
    if (out.address.is_v6() && out.address.to_v6().scope_id() != 0) return std::nullopt; // c-ares has no place for it
    if (port.empty()) return out;
    const auto n = port.front() == ':' ? penstock::detail::parse_number(port.substr(1)) : std::nullopt;
    if (!n || *n == 0 || *n > std::numeric_limits<std::uint16_t>::max()) return std::nullopt;
    out.port = static_cast<std::uint16_t>(*n);
    return out;
}

/// Separated by commas. Not c-ares's own: that takes port 65589 for 53.
inline std::vector<name_server> parse_name_servers(const std::string& list) {
    std::vector<name_server> out;
    for (std::string_view rest = list; !list.empty();) {
        const auto comma = rest.find(',');
        const auto one = parse_name_server(rest.substr(0, comma));
        if (!one)
            throw_failure(failure{errc::invalid_option, "no list of name servers: '" + printable(list, 200) + "'",
                                  "addresses, as 127.0.0.1 or 127.0.0.1:5353,[::1]:5353"});
        out.push_back(*one);
        if (comma == std::string_view::npos) break;
        rest.remove_prefix(comma + 1);
    }
    return out;
}

/// One query on a channel of its own: dropping it is its cancellation.
class cares_query : public std::enable_shared_from_this<cares_query> {
  public:
    explicit cares_query(executor ex) : ex_{std::move(ex)}, timer_{ex_} {}

    ~cares_query() { stop(); }

    void start(const std::string& host, const std::vector<name_server>& servers, std::chrono::milliseconds patience) {
        ares_options options{};
        options.sock_state_cb = &cares_query::on_socket_state;
        options.sock_state_cb_data = this;
        options.timeout = static_cast<int>(patience.count()); // of the first of the tries
        options.tries = 2;
        const int mask = ARES_OPT_SOCK_STATE_CB | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES;
        status_ = ares_init_options(&channel_, &options, mask);
        if (status_ != ARES_SUCCESS) {
            channel_ = nullptr;
            done_ = true;
            return;
        }
        if (!servers.empty()) status_ = ask_these(servers);
        if (status_ != ARES_SUCCESS) {
            done_ = true;
            return;
        }
        ares_addrinfo_hints hints{};
        hints.ai_family = AF_UNSPEC;
        hints.ai_socktype = SOCK_STREAM;
        hints.ai_flags = ARES_AI_NOSORT;
        ares_getaddrinfo(channel_, host.c_str(), nullptr, &hints, &cares_query::on_answer, this);
        arm_timer();
    }

    void stop() noexcept {
        if (auto* channel = std::exchange(channel_, nullptr)) ares_destroy(channel);
        sockets_.clear();
        timer_.cancel();
    }

    bool done() const noexcept { return done_; }
    int status() const noexcept { return status_; }
    std::vector<asio::ip::address>& addresses() noexcept { return addresses_; }
    std::chrono::seconds ttl() const noexcept { return ttl_; }
    wait_list& changed() noexcept { return changed_; }

  private:
    /// c-ares owns the file descriptors; Asio only watches them.
    struct watched {
        watched(const executor& ex, int fd) : descriptor{ex, fd} {}
        ~watched() { descriptor.release(); }
        asio::posix::stream_descriptor descriptor;
        bool read = false, write = false;
        bool reading = false, writing = false;
    };

    int ask_these(const std::vector<name_server>& servers) {
        std::vector<ares_addr_port_node> nodes(servers.size());
        for (std::size_t i = 0; i < servers.size(); ++i) {
            auto& n = nodes[i];
            const auto& a = servers[i].address;
            n.next = i + 1 < nodes.size() ? &nodes[i + 1] : nullptr;
            n.family = a.is_v6() ? AF_INET6 : AF_INET;
            n.udp_port = n.tcp_port = servers[i].port;
            if (a.is_v6())
                std::memcpy(&n.addr.addr6, a.to_v6().to_bytes().data(), 16);
            else
                std::memcpy(&n.addr.addr4, a.to_v4().to_bytes().data(), 4);
        }
        return ares_set_servers_ports(channel_, nodes.data());
    }

    static void on_answer(void* self, int status, int, ares_addrinfo* info) {
        auto& q = *static_cast<cares_query*>(self);
        q.status_ = status;
        q.done_ = true;
        int ttl = std::numeric_limits<int>::max(); // of the answer's records, the shortest
        for (auto* c = info ? info->cnames : nullptr; c; c = c->next) ttl = std::min(ttl, c->ttl);
        for (auto* n = info ? info->nodes : nullptr; n; n = n->ai_next) {
            if (n->ai_family == AF_INET) {
                asio::ip::address_v4::bytes_type bytes;
                std::memcpy(bytes.data(), &reinterpret_cast<sockaddr_in*>(n->ai_addr)->sin_addr, bytes.size());
                q.addresses_.push_back(asio::ip::address_v4{bytes});
            } else if (n->ai_family == AF_INET6) {
                const auto* a = reinterpret_cast<sockaddr_in6*>(n->ai_addr);
                asio::ip::address_v6::bytes_type bytes;
                std::memcpy(bytes.data(), &a->sin6_addr, bytes.size());
                q.addresses_.push_back(asio::ip::address_v6{bytes, a->sin6_scope_id});
            } else {
                continue;
            }
            ttl = std::min(ttl, n->ai_ttl);
        }
        q.ttl_ = std::chrono::seconds{std::max(ttl, 0)};
        if (info) ares_freeaddrinfo(info);
        q.changed_.notify_all();
    }

    static void on_socket_state(void* self, ares_socket_t fd, int readable, int writable) {
        auto& q = *static_cast<cares_query*>(self);
        if (!readable && !writable) {
            q.sockets_.erase(fd);
            return;
        }
        auto& w = q.sockets_[fd];
        if (!w) w = std::make_shared<watched>(q.ex_, fd);
        w->read = readable != 0;
        w->write = writable != 0;
        q.watch(fd, w);
    }

    void watch(ares_socket_t fd, const std::shared_ptr<watched>& w) {
        if (w->read && !std::exchange(w->reading, true)) wait(fd, w, true);
        if (w->write && !std::exchange(w->writing, true)) wait(fd, w, false);
    }

    void wait(ares_socket_t fd, const std::shared_ptr<watched>& w, bool read) {
        const auto what = read ? asio::posix::stream_descriptor::wait_read : asio::posix::stream_descriptor::wait_write;
        w->descriptor.async_wait(
            what, [weak = weak_from_this(), w_weak = std::weak_ptr{w}, fd, read](const error_code& ec) {
                const auto self = weak.lock();
                if (ec || !self || !self->channel_) return;
                {
                    const auto w = w_weak.lock();
                    if (!w) return;
                    (read ? w->reading : w->writing) = false;
                }
                // Not held meanwhile: c-ares may close this socket and open another of the same number, which the
                // descriptor of the old one must not outlive into.
                ares_process_fd(self->channel_, read ? fd : ARES_SOCKET_BAD, read ? ARES_SOCKET_BAD : fd);
                self->arm_timer();
                if (const auto w = w_weak.lock()) self->watch(fd, w);
            });
    }

    void arm_timer() {
        if (done_ || !channel_) return;
        timeval tv{};
        const auto* t = ares_timeout(channel_, nullptr, &tv);
        if (!t) return;
        timer_.expires_after(std::chrono::seconds{t->tv_sec} + std::chrono::microseconds{t->tv_usec});
        timer_.async_wait([weak = weak_from_this()](const error_code& ec) {
            const auto self = weak.lock();
            if (ec || !self || !self->channel_) return;
            ares_process_fd(self->channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
            self->arm_timer();
        });
    }

    executor ex_;
    asio::steady_timer timer_;
    ares_channel channel_ = nullptr;
    std::map<ares_socket_t, std::shared_ptr<watched>> sockets_;
    wait_list changed_;
    bool done_ = false;
    int status_ = ARES_SUCCESS;
    std::vector<asio::ip::address> addresses_;
    std::chrono::seconds ttl_{0};
};

class cares_resolver final : public resolver {
  public:
    cares_resolver(std::vector<name_server> servers, std::chrono::milliseconds patience)
        : servers_{std::move(servers)}, patience_{patience} {}

    awaitable<std::vector<asio::ip::address>> resolve(std::string host) override {
        auto found = co_await look_up(std::move(host));
        co_return std::move(found.addresses);
    }

    awaitable<resolved_host> look_up(std::string host) override {
        const executor ex = co_await asio::this_coro::executor;
        auto query = std::make_shared<cares_query>(ex);
        query->start(host, servers_, patience_);
        while (!query->done()) co_await query->changed().wait();
        const auto status = query->status();
        query->stop();
        if (status == ARES_SUCCESS && !query->addresses().empty()) {
            resolved_host out;
            out.addresses = std::move(query->addresses());
            out.ttl = query->ttl();
            co_return out;
        }
        error_detail d;
        d.operation = "resolve";
        d.object = host;
        d.message = ares_strerror(status);
        const bool unknown = status == ARES_ENOTFOUND || status == ARES_ENODATA || status == ARES_EBADNAME ||
                             status == ARES_SUCCESS || status == ARES_ENONAME;
        d.hint = unknown ? "check the endpoint and the bucket's region; with path-style addressing the bucket is "
                           "not part of the host name"
                         : servers_.empty() ? "the name server did not answer; check the network and /etc/resolv.conf"
                                            : "the name server did not answer; check the network and the servers that were given";
        throw_failure(failure{unknown ? errc::host_not_found : errc::resolve_failed, std::move(d)});
    }

  private:
    std::vector<name_server> servers_;
    std::chrono::milliseconds patience_;
};

} // namespace detail

PENSTOCK_DECL awaitable<resolved_host> resolver::look_up(std::string host) {
    resolved_host out;
    out.addresses = co_await resolve(std::move(host));
    co_return out;
}

PENSTOCK_DECL std::shared_ptr<resolver> make_cares_resolver(std::string servers, duration patience) {
    if (patience < std::chrono::milliseconds{1} || patience > std::chrono::hours{24})
        throw_failure(failure{errc::invalid_option, "name servers cannot be waited for so long", "from a millisecond to a day"});
    return std::make_shared<detail::cares_resolver>(detail::parse_name_servers(servers),
                                                    std::chrono::duration_cast<std::chrono::milliseconds>(patience));
}

} // namespace penstock::http

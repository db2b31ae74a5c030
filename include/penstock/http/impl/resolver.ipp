// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/http/resolver.hpp>

#include <penstock/core/error.hpp>
#include <penstock/core/wait_list.hpp>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <ares.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <map>
#include <netdb.h>

namespace penstock::http {
namespace detail {

/// One query on a channel of its own: dropping it is its cancellation.
class cares_query : public std::enable_shared_from_this<cares_query> {
  public:
    explicit cares_query(executor ex) : ex_{std::move(ex)}, timer_{ex_} {}

    ~cares_query() { stop(); }

    void start(const std::string& host, const std::string& servers) {
        ares_options options{};
        options.sock_state_cb = &cares_query::on_socket_state;
        options.sock_state_cb_data = this;
        options.timeout = 2000; // ms, for the first of the tries
        options.tries = 2;
        const int mask = ARES_OPT_SOCK_STATE_CB | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES;
        status_ = ares_init_options(&channel_, &options, mask);
        if (status_ != ARES_SUCCESS) {
            channel_ = nullptr;
            done_ = true;
            return;
        }
        if (!servers.empty() && ares_set_servers_ports_csv(channel_, servers.c_str()) != ARES_SUCCESS) {
            status_ = ARES_EBADSTR;
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

    static void on_answer(void* self, int status, int, ares_addrinfo* info) {
        auto& q = *static_cast<cares_query*>(self);
        q.status_ = status;
        q.done_ = true;
        int ttl = 5;
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
    explicit cares_resolver(std::string servers) : servers_{std::move(servers)} {}

    awaitable<std::vector<asio::ip::address>> resolve(std::string host) override {
        auto found = co_await look_up(std::move(host));
        co_return std::move(found.addresses);
    }

    awaitable<resolved_host> look_up(std::string host) override {
        const executor ex = co_await asio::this_coro::executor;
        auto query = std::make_shared<cares_query>(ex);
        query->start(host, servers_);
        while (!query->done()) co_await query->changed().wait();
        const auto status = query->status();
        query->stop();
        if (status == ARES_SUCCESS && !query->addresses().empty()) {
            resolved_host out;
            out.addresses = std::move(query->addresses());
            out.ttl = query->ttl();
            co_return out;
        }
        if (status == ARES_EBADSTR && !servers_.empty())
            throw_failure(failure{errc::invalid_option, "no list of name servers: '" + printable(servers_, 200) + "'",
                                  "as 127.0.0.1:53,[::1]:5353"});
        error_detail d;
        d.operation = "resolve";
        d.object = host;
        d.message = ares_strerror(status);
        const bool unknown = status == ARES_ENOTFOUND || status == ARES_ENODATA || status == ARES_EBADNAME ||
                             status == ARES_SUCCESS || status == ARES_ENONAME;
        d.hint = unknown ? "check the endpoint and the bucket's region; with path-style addressing the bucket is "
                           "not part of the host name"
                         : "the name server did not answer; check the network and /etc/resolv.conf";
        throw_failure(failure{unknown ? errc::host_not_found : errc::resolve_failed, std::move(d)});
    }

  private:
    std::string servers_;
};

} // namespace detail

PENSTOCK_DECL awaitable<resolved_host> resolver::look_up(std::string host) {
    resolved_host out;
    out.addresses = co_await resolve(std::move(host));
    co_return out;
}

PENSTOCK_DECL std::shared_ptr<resolver> make_cares_resolver(std::string servers) {
    return std::make_shared<detail::cares_resolver>(std::move(servers));
}

} // namespace penstock::http

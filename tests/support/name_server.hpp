// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/asio.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace test {

/// A name server on loopback, of as much of RFC 1035 as a resolver of addresses needs. What it says to each question is a
/// function's; by UDP, and by TCP where `also_tcp` was called.
class name_server {
  public:
    enum class type : std::uint16_t { a = 1, alias = 5, aaaa = 28 };

    struct question {
        std::uint16_t id = 0;
        std::string name; ///< "store.example"
        type asked{};
        bool by_tcp = false;
        std::string packet; ///< as it came
    };

    struct answer {
        int code = 0; ///< 2: SERVFAIL, 3: NXDOMAIN, 5: REFUSED
        bool truncated = false;
        std::vector<std::string> records; ///< of `record`
    };

    /// The packet to send; none: silence.
    using answering = std::function<std::optional<std::string>(const question&)>;

    name_server(boost::asio::io_context& io, answering say)
        : socket_{io, udp::endpoint{boost::asio::ip::address_v4::loopback(), 0}}, say_{std::move(say)} {
        receive();
    }

    std::uint16_t port() const { return socket_.local_endpoint().port(); }
    /// As `make_cares_resolver` takes it.
    std::string list() const { return "127.0.0.1:" + std::to_string(port()); }

    /// For who was told that the answer is too long for UDP. False: the port is somebody else's there.
    bool also_tcp() {
        boost::system::error_code ec;
        acceptor_.emplace(socket_.get_executor());
        const tcp::endpoint at{boost::asio::ip::address_v4::loopback(), port()};
        acceptor_->open(at.protocol());
        acceptor_->bind(at, ec);
        if (ec) return false;
        acceptor_->listen();
        accept();
        return true;
    }

    /// Of the question's name.
    static std::string record(type t, std::uint32_t ttl, std::string_view data) {
        return "\xc0\x0c" + number(static_cast<std::uint16_t>(t)) + number(1) + number(ttl >> 16) + number(ttl & 0xffff) +
               number(static_cast<std::uint32_t>(data.size())) + std::string{data};
    }
    static std::string address(std::string_view text, std::uint32_t ttl = 60) {
        const auto a = boost::asio::ip::make_address(text);
        if (a.is_v6()) {
            const auto bytes = a.to_v6().to_bytes();
            return record(type::aaaa, ttl, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
        }
        const auto bytes = a.to_v4().to_bytes();
        return record(type::a, ttl, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    }

    static std::string packet(const question& q, const answer& a) {
        auto out = number(q.id) + number(0x8180u | (a.truncated ? 0x0200u : 0) | static_cast<unsigned>(a.code)) + number(1) +
                   number(static_cast<std::uint32_t>(a.records.size())) + number(0) + number(0);
        out += q.packet.substr(12, end_of_question(q.packet) - 12);
        for (const auto& r : a.records) out += r;
        return out;
    }

    static std::string number(std::uint32_t n) { return {static_cast<char>(n >> 8), static_cast<char>(n)}; }

    int asked = 0;

  private:
    using udp = boost::asio::ip::udp;
    using tcp = boost::asio::ip::tcp;

    struct session {
        explicit session(tcp::socket s) : socket{std::move(s)} {}
        tcp::socket socket;
        std::string block = std::string(2, '\0');
    };

    static unsigned number_at(const std::string& p, std::size_t at) {
        return static_cast<unsigned char>(p.at(at)) << 8 | static_cast<unsigned char>(p.at(at + 1));
    }
    static std::size_t end_of_question(const std::string& p) {
        std::size_t at = 12;
        while (p.at(at) != 0) at += 1u + static_cast<unsigned char>(p.at(at));
        return at + 5;
    }

    std::optional<std::string> reply(std::string packet, bool by_tcp) {
        question q;
        q.id = static_cast<std::uint16_t>(number_at(packet, 0));
        for (std::size_t at = 12; packet.at(at) != 0; at += 1u + static_cast<unsigned char>(packet.at(at)))
            q.name += (q.name.empty() ? "" : ".") + packet.substr(at + 1, static_cast<unsigned char>(packet.at(at)));
        q.asked = static_cast<type>(number_at(packet, end_of_question(packet) - 4));
        q.by_tcp = by_tcp;
        q.packet = std::move(packet);
        ++asked;
        return say_(q);
    }

    void receive() {
        socket_.async_receive_from(boost::asio::buffer(block_), from_, [this](boost::system::error_code ec, std::size_t n) {
            if (ec) return;
            if (const auto out = reply(std::string{block_.data(), n}, false)) socket_.send_to(boost::asio::buffer(*out), from_);
            receive();
        });
    }

    void accept() {
        acceptor_->async_accept([this](boost::system::error_code ec, tcp::socket s) {
            if (ec) return;
            serve(std::make_shared<session>(std::move(s)));
            accept();
        });
    }

    void serve(std::shared_ptr<session> s) {
        boost::asio::async_read(s->socket, boost::asio::buffer(s->block), [this, s](boost::system::error_code ec, std::size_t) {
            if (ec) return;
            s->block.resize(number_at(s->block, 0));
            boost::asio::async_read(s->socket, boost::asio::buffer(s->block), [this, s](boost::system::error_code ec, std::size_t) {
                if (ec) return;
                const auto out = reply(s->block, true);
                if (!out) return;
                boost::asio::write(s->socket, boost::asio::buffer(number(static_cast<std::uint32_t>(out->size())) + *out), ec);
                s->block.assign(2, '\0');
                if (!ec) serve(s);
            });
        });
    }

    udp::socket socket_;
    std::optional<tcp::acceptor> acceptor_;
    udp::endpoint from_;
    std::array<char, 2048> block_{};
    answering say_;
};

} // namespace test

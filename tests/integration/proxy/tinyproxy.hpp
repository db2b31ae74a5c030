// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <support/temporary_folder.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <thread>

#include <csignal>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace proxy_test {

/// A tinyproxy of one's own on a free port of loopback, which wants a user and a password. Ended with its object.
class tinyproxy {
  public:
    tinyproxy(std::string user, std::string password, std::string more = {}) {
        for (int tries = 0; tries < 5; ++tries) { // somebody else may take the port in between
            port_ = free_port();
            start(user, password, more);
            if (answers()) return;
            stop();
        }
        throw std::runtime_error{"tinyproxy does not start: " + log()};
    }
    tinyproxy(const tinyproxy&) = delete;
    tinyproxy& operator=(const tinyproxy&) = delete;
    ~tinyproxy() { stop(); }

    std::uint16_t port() const noexcept { return port_; }
    std::string log() const {
        std::ifstream in{folder_.path() / "log"};
        return {std::istreambuf_iterator<char>{in}, {}};
    }
    void stop() {
        if (pid_ <= 0) return;
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
        pid_ = 0;
    }

  private:
    static std::uint16_t free_port() {
        boost::asio::io_context io{1};
        using boost::asio::ip::tcp;
        return tcp::acceptor{io, tcp::endpoint{boost::asio::ip::make_address("127.0.0.1"), 0}}.local_endpoint().port();
    }

    void start(const std::string& user, const std::string& password, const std::string& more) {
        const auto config = (folder_.path() / "tinyproxy.conf").string();
        std::ofstream{config} << "Port " << port_ << "\nListen 127.0.0.1\nTimeout 60\nMaxClients 50\nLogLevel Connect\nLogFile \""
                              << (folder_.path() / "log").string() << "\"\nBasicAuth " << user << " " << password << "\n"
                              << more;
        std::string program = "/usr/bin/tinyproxy", foreground = "-d", option = "-c", path = config;
        char* argv[] = {program.data(), foreground.data(), option.data(), path.data(), nullptr};
        posix_spawn_file_actions_t files;
        posix_spawn_file_actions_init(&files);
        posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
        posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
        const int failed = ::posix_spawn(&pid_, program.c_str(), &files, nullptr, argv, environ);
        posix_spawn_file_actions_destroy(&files);
        if (failed) throw std::runtime_error{"cannot run /usr/bin/tinyproxy"};
    }

    bool answers() {
        using boost::asio::ip::tcp;
        for (int tries = 0; tries < 500; ++tries) {
            boost::asio::io_context io{1};
            tcp::socket probe{io};
            boost::system::error_code refused;
            probe.connect({boost::asio::ip::make_address("127.0.0.1"), port_}, refused);
            if (!refused) return true;
            if (::waitpid(pid_, nullptr, WNOHANG) == pid_) return pid_ = 0, false;
            std::this_thread::sleep_for(std::chrono::milliseconds{10});
        }
        return false;
    }

    test::temporary_folder folder_;
    std::uint16_t port_ = 0;
    pid_t pid_ = 0;
};

} // namespace proxy_test

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <unistd.h>

/// How a server in a test's child process learns that nobody wants it any more: its standard input ends.
class stop_at_end_of_input {
  public:
    explicit stop_at_end_of_input(boost::asio::io_context& io) : io_{io}, input_{io, ::dup(STDIN_FILENO)} { wait(); }

  private:
    void wait() {
        input_.async_read_some(boost::asio::buffer(ignored_), [this](boost::system::error_code ec, std::size_t) {
            if (ec)
                io_.stop();
            else
                wait();
        });
    }

    boost::asio::io_context& io_;
    boost::asio::posix::stream_descriptor input_;
    char ignored_[64];
};

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "output.hpp"

#include "disk.hpp"

#include <penstock/aws/date_time.hpp>
#include <penstock/format/utf8.hpp>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/serialize.hpp>

#include <cerrno>
#include <cstdlib>
#include <utility>

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace tool {

using namespace penstock;

namespace {

constexpr const char* standard_output_name = "standard output";

void write_all(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const auto n = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
        if (n >= 0) {
            bytes = bytes.subspan(static_cast<std::size_t>(n));
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            // Somebody who shares the file made it non-blocking.
            pollfd p{STDOUT_FILENO, POLLOUT, 0};
            ::poll(&p, 1, -1);
        } else if (errno == EPIPE) {
            throw output_closed{};
        } else if (errno != EINTR) {
            throw_system("write", standard_output_name, std::error_code{errno, std::system_category()});
        }
    }
}

class standard_output_sink final : public byte_sink {
  public:
    awaitable<void> write(std::span<const std::byte> bytes) override {
        write_all(bytes);
        co_return;
    }
    awaitable<void> commit() override { co_return; }
    std::string name() const override { return standard_output_name; }
};

class standard_input_source final : public byte_source {
  public:
    explicit standard_input_source(executor ex) : waiter_{ex} {
        // Regular files cannot be waited for; they are always ready.
        const int copy = ::dup(STDIN_FILENO);
        boost::system::error_code failed;
        if (copy >= 0) waiter_.assign(copy, failed);
        if (copy >= 0 && failed) ::close(copy);
    }
    io_result try_read_some(std::span<std::byte> into) override {
        pollfd p{STDIN_FILENO, POLLIN, 0};
        const int n = ::poll(&p, 1, 0);
        if (n == 0 || (n < 0 && errno == EINTR)) return io_result::would_block();
        const auto got = ::read(STDIN_FILENO, into.data(), into.size());
        if (got > 0) return io_result::bytes(static_cast<std::size_t>(got));
        if (got == 0) return io_result::end();
        if (errno == EINTR || errno == EAGAIN) return io_result::would_block();
        error_detail d;
        d.operation = "read";
        d.object = name();
        return io_result::failed(failure{error_code{errno, boost::system::system_category()}, std::move(d)});
    }
    awaitable<void> ready() override {
        if (!waiter_.is_open()) co_return;
        co_await waiter_.async_wait(asio::posix::stream_descriptor::wait_read, asio::use_awaitable);
    }
    std::string name() const override { return "standard input"; }

  private:
    asio::posix::stream_descriptor waiter_;
};

} // namespace

void output::write(std::string_view text) {
    buffer_ += text;
    if (buffer_.size() >= (std::size_t{64} << 10)) flush();
}

void output::line(std::string_view text) {
    buffer_ += text;
    write("\n");
}

void output::flush() {
    const auto pending = std::exchange(buffer_, {});
    write_all(as_bytes(pending));
}

bool output::terminal() const noexcept { return ::isatty(STDOUT_FILENO); }

std::unique_ptr<byte_sink> standard_output() { return std::make_unique<standard_output_sink>(); }

std::unique_ptr<byte_source> standard_input(executor ex) {
    return std::make_unique<standard_input_source>(std::move(ex));
}

std::size_t terminal_width(int fd) noexcept {
    winsize size{};
    if (::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
    return 80;
}

boost::json::string json_text(std::string_view text) {
    boost::json::string out;
    for (;;) {
        const auto bad = find_invalid_utf8(text);
        out.append(boost::json::string_view{text.data(), std::min(bad, text.size())});
        if (bad == std::string_view::npos) return out;
        out.append("\xef\xbf\xbd");
        text.remove_prefix(bad + 1);
    }
}

std::string time_text(const std::optional<wall_time>& time) {
    if (!time) return "-";
    const auto seconds = std::chrono::floor<std::chrono::seconds>(*time);
    return aws::format_iso8601(aws::instant{wall_time{seconds}}).value_or("-");
}

boost::json::value json_time(const std::optional<wall_time>& time) {
    if (!time) return nullptr;
    return boost::json::string{time_text(time)};
}

std::string json_line(const boost::json::object& object) { return boost::json::serialize(object); }

} // namespace tool

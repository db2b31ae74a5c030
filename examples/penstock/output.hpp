// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/byte_sink.hpp>
#include <penstock/core/byte_source.hpp>
#include <penstock/core/clock.hpp>

#include <boost/json/object.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace tool {

/// Thrown where whoever read our standard output has gone away: no error, but nothing is left to do.
struct output_closed {};

/// Buffered standard output. Throws `penstock::error` where it cannot be written to.
class output {
  public:
    output() = default;
    output(const output&) = delete;
    output& operator=(const output&) = delete;

    void write(std::string_view text);
    /// `text` and a line feed.
    void line(std::string_view text);
    void flush();
    bool terminal() const noexcept;

  private:
    std::string buffer_;
};

/// Standard output as a sink. What is written goes out at once, so it is "committed" even without `commit`.
std::unique_ptr<penstock::byte_sink> standard_output();
/// Standard input as a source. Waiting for a pipe does not hold up the executor.
std::unique_ptr<penstock::byte_source> standard_input(penstock::executor ex);

/// Columns of the terminal at `fd`; 80 where that is not known.
std::size_t terminal_width(int fd) noexcept;

/// Text for JSON, which holds nothing but UTF-8: other bytes become U+FFFD.
boost::json::string json_text(std::string_view text);
/// "2026-08-01T12:00:00Z", null for none.
boost::json::value json_time(const std::optional<penstock::wall_time>& time);
std::string time_text(const std::optional<penstock::wall_time>& time);
/// One line of JSON Lines, without the line feed.
std::string json_line(const boost::json::object& object);

} // namespace tool

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "progress.hpp"

#include "output.hpp"

#include <penstock/core/error.hpp>

#include <algorithm>
#include <cstdio>
#include <utility>

#include <unistd.h>

namespace tool {

std::string human_bytes(double bytes) {
    static constexpr const char* units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    std::size_t unit = 0;
    for (; bytes >= 1024 && unit + 1 < std::size(units); ++unit) bytes /= 1024;
    char text[32];
    std::snprintf(text, sizeof text, unit ? "%.1f %s" : "%.0f %s", bytes, units[unit]);
    return text;
}

progress::progress(bool enabled, std::string what, std::optional<std::uint64_t> total)
    : enabled_{enabled && ::isatty(STDERR_FILENO)}, what_{penstock::printable(what, 200)}, total_{total} {}

void progress::advance(std::uint64_t bytes) {
    done_ += bytes;
    if (!enabled_) return;
    const auto now = clock::now();
    if (now >= next_) draw(now);
}

void progress::draw(clock::time_point now) {
    next_ = now + std::chrono::milliseconds{100};
    const double seconds = std::chrono::duration<double>(now - started_).count();
    const double rate = static_cast<double>(done_) / seconds;

    std::string line = human_bytes(static_cast<double>(done_));
    if (total_ && *total_ >= done_ && *total_ > 0) {
        const double part = static_cast<double>(done_) / static_cast<double>(*total_);
        constexpr int cells = 20;
        const int full = static_cast<int>(part * cells);
        std::string bar = "[";
        for (int i = 0; i < cells; ++i) bar += i < full ? '=' : i == full ? '>' : ' ';
        line = bar + "] " + std::to_string(static_cast<int>(part * 100)) + "%  " + line + " of " +
               human_bytes(static_cast<double>(*total_));
        if (rate > 0) {
            const auto left = static_cast<long long>(static_cast<double>(*total_ - done_) / rate + 0.5);
            line += "  " + std::to_string(left) + " s left";
        }
    }
    line += "  " + human_bytes(rate) + "/s";

    // A line that wraps could not be taken back.
    const std::size_t width = terminal_width(STDERR_FILENO);
    if (line.size() + what_.size() + 3 < width) line += "  " + what_;
    line.resize(std::min(line.size(), width - 1));
    std::fprintf(stderr, "\r\x1b[K%s", line.c_str());
    drawn_ = true;
}

void progress::clear() noexcept {
    if (std::exchange(drawn_, false)) std::fputs("\r\x1b[K", stderr);
}

} // namespace tool

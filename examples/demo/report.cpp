// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "report.hpp"

#include <penstock/format/table_printer.hpp>

#include <cstdio>

#include <sys/ioctl.h>
#include <unistd.h>

namespace demo {

std::string human_bytes(std::uint64_t bytes) {
    char text[32];
    if (bytes < 1024)
        std::snprintf(text, sizeof text, "%u B", static_cast<unsigned>(bytes));
    else if (bytes < 1024 * 1024)
        std::snprintf(text, sizeof text, "%.1f KiB", static_cast<double>(bytes) / 1024);
    else
        std::snprintf(text, sizeof text, "%.1f MiB", static_cast<double>(bytes) / 1024 / 1024);
    return text;
}

report::report() : colour_{::isatty(STDOUT_FILENO) == 1} { std::setvbuf(stdout, nullptr, _IOLBF, 0); }

void report::heading(const std::string& text) {
    std::printf("%spenstock demo%s: %s\n\n", bold(), plain(), text.c_str());
}

void report::begin(const std::string& verb, const std::string& what) {
    std::printf("%s%-10s%s %-56s", bold(), verb.c_str(), plain(), what.c_str());
    std::fflush(stdout);
    step_ = clock::now();
}

void report::end(std::uint64_t bytes, std::uint64_t rows) {
    const double seconds = std::chrono::duration<double>(clock::now() - step_).count();
    std::printf(" %7.1f ms", seconds * 1000);
    if (rows) std::printf("  %7llu rows", static_cast<unsigned long long>(rows));
    if (bytes) std::printf("  %9s", human_bytes(bytes).c_str());
    if (rows && bytes) std::printf("  %s/s", human_bytes(static_cast<std::uint64_t>(static_cast<double>(bytes) / seconds)).c_str());
    std::printf("\n");
}

void report::note(const std::string& text) { std::printf("%10s %s%s%s\n", "", dim(), text.c_str(), plain()); }

void report::table(const penstock::record_batch& batch) {
    penstock::table_options options;
    winsize size{};
    options.width = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 110;
    options.max_column_width = 26;
    penstock::table_printer printer{options};
    std::printf("\n%s\n", printer.print(batch).c_str());
}

void report::check(bool held, const std::string& what) {
    ++checks_;
    if (!held) ++failures_;
    std::printf("%10s %s%s%s %s\n", "", held ? green() : red(), held ? "ok    " : "WRONG ", plain(), what.c_str());
}

void report::finish(const penstock::s3::client_statistics& did) {
    const double seconds = std::chrono::duration<double>(clock::now() - started_).count();
    std::printf("\n%sdone%s in %.2f s on one thread: %llu requests, %llu retries, %llu connection(s), "
                "at most %s of buffers\n",
                bold(), plain(), seconds, static_cast<unsigned long long>(did.requests),
                static_cast<unsigned long long>(did.retries), static_cast<unsigned long long>(did.connections),
                human_bytes(did.budget_peak).c_str());
    finished_ = true;
}

void report::failed(const std::string& why) {
    ++failures_;
    std::printf("\n%sfailed%s: %s\n", red(), plain(), why.c_str());
}

} // namespace demo

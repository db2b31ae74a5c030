// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
// penstock: the command-line tool, an example of the library's use. Each command is a coroutine in a file of its name;
// one thread and one io_context run it.
#include "arguments.hpp"

#include <penstock/core/error.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <cstdio>
#include <exception>
#include <iostream>

#include <fcntl.h>

namespace {

using namespace tool;

constexpr int ok = 0, failed = 1, misused = 2; // exit status

int complain(const std::string& text, const std::string& hint, int code) {
    const auto line = "penstock: " + text + (hint.empty() ? "" : "; hint: " + hint) + "\n";
    std::fputs(line.c_str(), stderr);
    return code;
}

/// Whether the command line itself was at fault, whatever the world is like.
bool is_usage(const penstock::error_code& code) {
    using penstock::errc;
    for (const auto e : {errc::invalid_url, errc::invalid_endpoint, errc::invalid_region, errc::invalid_option,
                         errc::missing_bucket, errc::missing_key})
        if (code == e) return true;
    return false;
}

int explain(std::exception_ptr thrown) {
    try {
        std::rethrow_exception(thrown);
    } catch (const output_closed&) {
        return ok; // whoever read has read enough
    } catch (const usage_error& e) {
        return complain(e.what(), e.hint, misused);
    } catch (const penstock::error& e) {
        return complain(e.what(), {}, is_usage(e.code()) ? misused : failed);
    } catch (const std::exception& e) {
        return complain(penstock::printable(e.what()), {}, failed);
    }
}

/// Runs the command to its end; gives what it threw, and which signal cut it short.
std::exception_ptr run(invocation command, int& interrupted) {
    asio::io_context io{1};
    session s{io.get_executor(), std::move(command.global)};
    asio::cancellation_signal cancel;
    asio::signal_set signals{io};
    if (command.cleans_up || command.serves) {
        for (const int signal : {SIGINT, SIGTERM, SIGHUP}) signals.add(signal);
        signals.async_wait([&](const boost::system::error_code& code, int signal) {
            if (code) return;
            interrupted = signal;
            signals.clear(); // a second one ends us at once
            cancel.emit(asio::cancellation_type::terminal);
        });
    }

    std::exception_ptr thrown;
    asio::co_spawn(io, command.command(s), asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr e) {
                       thrown = e;
                       s.close();
                       signals.cancel();
                   }));
    io.run();
    try {
        s.out().flush(); // what was found before a failure counts
    } catch (...) {
        if (!thrown) thrown = std::current_exception();
    }
    return thrown;
}

/// A process started without them would get 0 to 2 for its own files and sockets.
void open_standard_files() {
    for (int fd = 0; fd <= 2;) {
        if (::fcntl(fd, F_GETFD) >= 0)
            ++fd;
        else if (::open("/dev/null", O_RDWR) != fd)
            return;
    }
}

} // namespace

int main(int argc, char** argv) {
    open_standard_files();
    std::signal(SIGPIPE, SIG_IGN);
    try {
        auto command = parse_arguments(argc, argv);
        if (!command) return std::cout.flush().good() ? ok : complain("cannot write to standard output", {}, failed);
        const bool serves = command->serves;
        int interrupted = 0;
        const auto thrown = run(std::move(*command), interrupted);
        if (interrupted && serves) return ok;
        if (interrupted) {
            // What was half done is put back; now end as the signal wants it, so that scripts stop, too.
            std::signal(interrupted, SIG_DFL);
            std::raise(interrupted);
        }
        return thrown ? explain(thrown) : ok;
    } catch (...) {
        return explain(std::current_exception());
    }
}

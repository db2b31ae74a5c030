// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/detail/child_process.hpp>

#include <penstock/core/detail/file_descriptor.hpp>
#include <penstock/core/detail/share.hpp>
#include <penstock/core/wait_list.hpp>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <initializer_list>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace penstock::detail {

[[noreturn]] inline void throw_child_failure(const std::string& program, int code) {
    error_detail d;
    d.operation = "run";
    d.object = program;
    throw_failure(failure{error_code{code, boost::system::system_category()}, std::move(d)});
}

/// -1 and errno where that fails. Closed on exec.
inline int open_pidfd(pid_t pid) noexcept { return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)); }

/// A pipe for one of a child's outputs. Where this process has closed its own standard streams, a pipe would
/// get their numbers, and be replaced by another in the child: these are beyond them.
struct child_pipe {
    explicit child_pipe(const std::string& program) : child_pipe{program, opened(program)} {}

    file_descriptor reading; ///< never blocks
    file_descriptor writing;

  private:
    using both = std::pair<file_descriptor, file_descriptor>;

    child_pipe(const std::string& program, const both& low)
        : reading{::fcntl(low.first.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1)},
          writing{::fcntl(low.second.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1)} {
        if (reading.get() < 0 || writing.get() < 0 || ::fcntl(reading.get(), F_SETFL, O_NONBLOCK) != 0)
            throw_child_failure(program, errno);
    }
    static both opened(const std::string& program) {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0) throw_child_failure(program, errno);
        return both{file_descriptor{ends[0]}, file_descriptor{ends[1]}};
    }
};

/// What is different in the child.
class spawn_setup {
  public:
    spawn_setup(int output, int error_output) {
        posix_spawn_file_actions_init(&actions);
        posix_spawnattr_init(&attributes);
        add(posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0));
        add(posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO));
        add(posix_spawn_file_actions_adddup2(&actions, error_output, STDERR_FILENO));
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 34)
        add(posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1));
#endif
        sigset_t signals;
        sigemptyset(&signals);
        add(posix_spawnattr_setsigmask(&attributes, &signals));
        for (const int reset : {SIGPIPE, SIGTERM, SIGCHLD}) sigaddset(&signals, reset);
        add(posix_spawnattr_setsigdefault(&attributes, &signals));
        add(posix_spawnattr_setpgroup(&attributes, 0)); // one of its own
        add(posix_spawnattr_setflags(&attributes,
                                     POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP));
    }
    spawn_setup(const spawn_setup&) = delete;
    spawn_setup& operator=(const spawn_setup&) = delete;
    ~spawn_setup() {
        posix_spawn_file_actions_destroy(&actions);
        posix_spawnattr_destroy(&attributes);
    }

    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int failed = 0;

  private:
    void add(int code) noexcept {
        if (failed == 0) failed = code;
    }
};

/// A program that was started, until it is reaped. The handlers of its descriptors own it, and so does who
/// awaits it: a call that was given up leaves it to the handlers.
class child_process final : public std::enable_shared_from_this<child_process> {
  public:
    child_process(const executor& ex, std::shared_ptr<clock_source> clock, child_limits limits)
        : clock_{std::move(clock)}, limits_{limits}, timer_{clock_->make_timer(ex)}, exit_{ex},
          output_{ex, limits.output}, error_output_{ex, limits.error_output} {}
    child_process(const child_process&) = delete;
    child_process& operator=(const child_process&) = delete;
    ~child_process() {
        kill_now();
        // It cannot refuse, but the kernel may be slow to take its memory away.
        for (int i = 0; i < 2000 && !reaped_; ++i) {
            pollfd until_then{exit_.is_open() ? exit_.native_handle() : -1, POLLIN, 0};
            ::poll(&until_then, 1, 1);
            try_reap();
        }
    }

    void start(const std::vector<std::string>& words, const std::vector<std::string>& variables) {
        const auto& program = words.front();
        child_pipe output{program}, error_output{program};
        check_pidfds(program);
        pid_ = spawn(words, variables, output.writing.get(), error_output.writing.get());
        reaped_ = false;
        file_descriptor pidfd{open_pidfd(pid_)};
        const int code = errno;
        follow(output_.fd, output.reading, program);
        follow(error_output_.fd, error_output.reading, program);
        if (pidfd.get() >= 0) {
            follow(exit_, pidfd, program);
            timer_->start(later(clock_->now(), limits_.time), [this] { give_up(child_end::out_of_time); });
            await_exit();
            await(output_);
            await(error_output_);
        } else if (code == ESRCH) { // ended already, and reaped by others
            reaped_ = true;
            finish_with_rest();
        } else {
            throw_child_failure(program, code);
        }
    }

    awaitable<void> wait() {
        while (!done_) co_await changed_.wait();
    }
    child_result take_result() { return std::move(result_); }

    /// Ends the program, if it runs, in the time it takes; nobody waits for it any more.
    void stop() {
        if (std::exchange(stopping_, true) || reaped_) return;
        output_.close();
        error_output_.close();
        signal_group(SIGTERM);
        timer_->start(later(clock_->now(), limits_.patience), [this] { signal_group(SIGKILL); });
    }
    /// The same at once, without a further operation on the executor.
    void kill_now() noexcept { signal_group(SIGKILL); }

  private:
    /// One of the program's outputs, and what came out.
    struct stream {
        stream(const executor& ex, std::size_t keep) : fd{ex}, keep{keep} {}
        void close() noexcept {
            error_code ignored;
            fd.close(ignored);
        }
        asio::posix::stream_descriptor fd;
        std::size_t keep;
        std::string text;
    };

    /// Before anything runs that could not be followed.
    static void check_pidfds(const std::string& program) {
        const file_descriptor own{open_pidfd(::getpid())};
        if (own.get() >= 0) return;
        if (errno == EMFILE || errno == ENFILE) throw_child_failure(program, errno);
        throw_failure(failure{errc::unsupported, "programs cannot be run: this system offers no pidfd",
                              "it takes Linux 5.4, and a sandbox that allows pidfd_open"});
    }

    static void append(std::vector<char*>& to, const std::vector<std::string>& texts) {
        for (const auto& text : texts) to.push_back(const_cast<char*>(text.c_str()));
    }

    /// This process's variables, but for those that are set anew.
    static std::vector<char*> surroundings(const std::vector<std::string>& variables) {
        std::vector<char*> out;
        for (char** at = environ; at && *at; ++at) {
            const std::string_view known{*at};
            const auto name = known.substr(0, known.find('=') + 1);
            const bool anew = std::any_of(variables.begin(), variables.end(),
                                          [name](const std::string& v) { return !name.empty() && v.starts_with(name); });
            if (!anew) out.push_back(*at);
        }
        append(out, variables);
        out.push_back(nullptr);
        return out;
    }

    static pid_t spawn(const std::vector<std::string>& words, const std::vector<std::string>& variables, int output,
                       int error_output) {
        const spawn_setup setup{output, error_output};
        std::vector<char*> arguments;
        append(arguments, words);
        arguments.push_back(nullptr);
        auto around = surroundings(variables);
        pid_t pid = 0;
        int code = setup.failed;
        if (code == 0)
            code = ::posix_spawnp(&pid, arguments.front(), &setup.actions, &setup.attributes,
                                  arguments.data(), around.data());
        if (code != 0) throw_child_failure(words.front(), code);
        return pid;
    }

    static void follow(asio::posix::stream_descriptor& by, file_descriptor& fd, const std::string& program) {
        error_code ec;
        by.assign(fd.get(), ec);
        if (ec) throw_child_failure(program, ec.value());
        fd.release();
    }

    void await(stream& from) {
        from.fd.async_wait(asio::posix::descriptor_base::wait_read,
                           [self = shared_from_this(), &from](const error_code& ec) {
                               if (!ec) self->ready(from);
                           });
    }
    void await_exit() {
        exit_.async_wait(asio::posix::descriptor_base::wait_read,
                         [self = shared_from_this()](const error_code& ec) {
                             if (!ec) self->exited();
                         });
    }

    void ready(stream& from) {
        take(from);
        if (from.fd.is_open()) await(from);
    }

    /// Reads what is there; true where it left off to let others run.
    bool take(stream& from) {
        char block[8192];
        for (int i = 0; i < 8; ++i) {
            if (!from.fd.is_open()) return false;
            const auto n = ::read(from.fd.native_handle(), block, sizeof block);
            if (n < 0 && errno == EAGAIN) return false;
            if (n < 0 && errno == EINTR) continue;
            if (n <= 0) {
                from.close();
                return false;
            }
            const auto room = from.keep - from.text.size();
            from.text.append(block, std::min(static_cast<std::size_t>(n), room));
            if (&from == &output_ && static_cast<std::size_t>(n) > room) give_up(child_end::too_much_output);
        }
        return true;
    }

    /// The program has ended, so all that it wrote is in the pipes by now. Their end may never come, if
    /// something else holds them.
    void finish_with_rest() {
        while (take(output_)) {
        }
        while (error_output_.text.size() < error_output_.keep && take(error_output_)) {
        }
        finish();
    }

    void exited() {
        if (stopping_)
            kill_now(); // what it started and has not ended yet: the group is ours until it is reaped
        try_reap();
        if (!reaped_) return await_exit();
        if (done_ || stopping_) {
            timer_->cancel();
            return;
        }
        finish_with_rest();
    }

    /// Its end, if that has come.
    void try_reap() noexcept {
        siginfo_t info{};
        const int code = wait_id(info, WEXITED | WNOHANG);
        if (code != 0 ? errno == EINTR : info.si_pid == 0) return;
        reaped_ = true;
        if (code != 0 || done_) return; // nobody knows how, or cares
        result_.end = info.si_code == CLD_EXITED ? child_end::exited : child_end::killed;
        result_.status = info.si_status;
    }

    void signal_group(int signal) noexcept {
        siginfo_t info{};
        // Where SIGCHLD is ignored its number may be somebody else's by now.
        if (reaped_ || wait_id(info, WEXITED | WNOHANG | WNOWAIT) != 0) return;
        ::kill(-pid_, signal);
    }

    int wait_id(siginfo_t& info, int how) noexcept {
        constexpr auto p_pidfd = static_cast<idtype_t>(3); // P_PIDFD, which older C libraries do not name
        if (!exit_.is_open()) return ::waitid(P_PID, static_cast<id_t>(pid_), &info, how);
        return ::waitid(p_pidfd, static_cast<id_t>(exit_.native_handle()), &info, how);
    }

    void give_up(child_end why) {
        if (done_) return;
        result_.end = why;
        finish();
        stop();
    }

    void finish() {
        if (std::exchange(done_, true)) return;
        timer_->cancel();
        result_.output = std::move(output_.text);
        result_.error_output = std::move(error_output_.text);
        output_.close();
        error_output_.close();
        changed_.notify_all();
    }

    const std::shared_ptr<clock_source> clock_;
    const child_limits limits_;
    std::unique_ptr<timer> timer_;
    asio::posix::stream_descriptor exit_; // the pidfd: readable when the program has ended
    stream output_;
    stream error_output_;
    wait_list changed_;
    child_result result_;
    pid_t pid_ = 0;
    bool reaped_ = true;    ///< or not started
    bool stopping_ = false; ///< asked to end
    bool done_ = false;     ///< the result stands
};

PENSTOCK_DECL awaitable<child_result> run_child(std::vector<std::string> words,
                                                std::shared_ptr<clock_source> clock, child_limits limits,
                                                std::vector<std::string> variables) {
    if (words.empty() || words.front().empty())
        throw_failure(failure{errc::invalid_option, "no program to run"});
    const executor ex = co_await asio::this_coro::executor;
    const auto child = share<child_process>(ex, std::move(clock), limits);
    child->start(words, variables);
    try {
        co_await child->wait();
    } catch (...) {
        child->stop();
        throw;
    }
    co_return child->take_result();
}

} // namespace penstock::detail

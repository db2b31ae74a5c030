// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "support/run.hpp"
#include "support/temporary_folder.hpp"

#include <penstock/core/detail/child_process.hpp>
#include <penstock/core/with_timeout.hpp>

#include <doctest/doctest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace child_process_test {

using namespace penstock;
using namespace std::chrono_literals;
using penstock::detail::child_end;
using penstock::detail::child_limits;
using penstock::detail::child_result;
using penstock::detail::run_child;

std::size_t open_descriptors() {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator{"/proc/self/fd"}, {}));
}

/// Running ones and zombies.
bool has_children() {
    siginfo_t info{};
    return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

bool exists(pid_t pid) { return ::kill(pid, 0) == 0; }

/// Nothing may be left of a test's programs: no child, no zombie, no descriptor.
class nothing_left {
  public:
    nothing_left() { REQUIRE_FALSE(has_children()); }
    nothing_left(const nothing_left&) = delete;
    nothing_left& operator=(const nothing_left&) = delete;
    ~nothing_left() {
        CHECK_FALSE(has_children());
        CHECK(open_descriptors() == before_);
    }

  private:
    std::size_t before_ = open_descriptors();
};

std::vector<std::string> shell(std::string script) {
    std::vector<std::string> words{"sh", "-c"};
    words.push_back(std::move(script));
    return words;
}

child_limits soon() {
    child_limits l;
    l.time = 50ms;
    l.patience = 20ms;
    return l;
}

/// The result, and whatever else the executor has to do for it.
child_result run_to_end(std::vector<std::string> words, child_limits limits = child_limits()) {
    asio::io_context io{1};
    auto done = test::run(io, run_child(std::move(words), make_system_clock(), limits));
    io.restart();
    io.run_for(60s);
    CHECK(io.stopped());
    return done;
}

failure failure_of(std::vector<std::string> words) {
    try {
        run_to_end(std::move(words));
    } catch (const error& e) {
        return e.as_failure();
    }
    FAIL("it was started");
    return {};
}

/// The number that a program writes to the file `name`, once it is there.
pid_t written_pid(asio::io_context& io, const std::string& name) {
    for (int i = 0; i < 60'000; ++i) {
        pid_t pid = 0;
        if (std::ifstream{name} >> pid) return pid;
        io.run_for(1ms);
        io.restart();
    }
    FAIL("the program did not start");
    return 0;
}

TEST_CASE("child_process: its outputs, its exit status, its signal") {
    const nothing_left check;
    auto r = run_to_end(shell("printf out; printf err >&2; exit 3"));
    CHECK(r.end == child_end::exited);
    CHECK(r.status == 3);
    CHECK(r.output == "out");
    CHECK(r.error_output == "err");
    r = run_to_end(shell("kill -KILL $$"));
    CHECK(r.end == child_end::killed);
    CHECK(r.status == SIGKILL);
    r = run_to_end({"true"});
    CHECK(r.end == child_end::exited);
    CHECK(r.status == 0);
    CHECK(r.output.empty());
}

TEST_CASE("child_process: arguments go as they are") {
    const nothing_left check;
    const std::vector<std::string> words{"printf", "<%s>", "a b", "", "$HOME", "'", "*", "\xff"};
    CHECK(run_to_end(words).output == "<a b><><$HOME><'><*><\xff>");
}

TEST_CASE("child_process: no input, a group of its own, signals as by default, the environment, no other "
          "descriptor") {
    const nothing_left check;
    CHECK(run_to_end({"cat"}).output.empty());
    CHECK(run_to_end(shell("[ $$ = $(cut -d' ' -f5 /proc/$$/stat) ] && printf own")).output == "own");
    CHECK(run_to_end(shell("printf \"$PATH\"")).output == ::getenv("PATH"));

    struct sigaction before[2] = {};
    struct sigaction ignored {};
    ignored.sa_handler = SIG_IGN;
    ::sigaction(SIGPIPE, &ignored, &before[0]);
    ::sigaction(SIGTERM, &ignored, &before[1]);
    sigset_t some, blocked_before;
    sigemptyset(&some);
    sigaddset(&some, SIGUSR1);
    ::pthread_sigmask(SIG_BLOCK, &some, &blocked_before);
    const auto blocked = run_to_end({"sed", "-n", "s/^SigBlk:\t//p", "/proc/self/status"}).output;
    const auto not_minded = run_to_end({"sed", "-n", "s/^SigIgn:\t//p", "/proc/self/status"}).output;
    ::pthread_sigmask(SIG_SETMASK, &blocked_before, nullptr);
    ::sigaction(SIGPIPE, &before[0], nullptr);
    ::sigaction(SIGTERM, &before[1], nullptr);
    CHECK(std::stoull(blocked, nullptr, 16) == 0);
    for (const int signal : {SIGPIPE, SIGTERM, SIGCHLD})
        CHECK((std::stoull(not_minded, nullptr, 16) >> (signal - 1) & 1) == 0);

    const int inherited = ::open("/dev/null", O_RDONLY); // without O_CLOEXEC
    REQUIRE(inherited > 2);
    CHECK(run_to_end(shell("cd /proc/self/fd; printf '%s ' *")).output.substr(0, 6) == "0 1 2 ");
    CHECK(run_to_end(shell("[ -e /proc/self/fd/" + std::to_string(inherited) + " ] || printf none")).output ==
          "none");
    ::close(inherited);
}

TEST_CASE("child_process: a process that has closed its own standard streams") {
    const nothing_left check;
    const int kept[] = {::fcntl(0, F_DUPFD_CLOEXEC, 10), ::fcntl(1, F_DUPFD_CLOEXEC, 10),
                        ::fcntl(2, F_DUPFD_CLOEXEC, 10)};
    for (int fd = 0; fd < 3; ++fd) ::close(fd);
    std::string output, error_output;
    try {
        auto r = run_to_end(shell("printf out; printf err >&2; cat"));
        output = r.output;
        error_output = r.error_output;
    } catch (const std::exception&) { // NOLINT: told below, when there is somewhere to tell it
    }
    for (int fd = 0; fd < 3; ++fd) {
        if (kept[fd] < 0) continue;
        ::dup2(kept[fd], fd);
        ::close(kept[fd]);
    }
    CHECK(output == "out");
    CHECK(error_output == "err");
}

TEST_CASE("child_process: what cannot be started") {
    const nothing_left check;
    const test::temporary_folder folder;
    auto f = failure_of({"penstock-no-such-program"});
    CHECK(f.code() == condition::not_found);
    CHECK(f.detail().object == "penstock-no-such-program");
    CHECK(failure_of({folder / "nothing"}).code() == condition::not_found);
    folder.write("text", "echo no\n");
    CHECK(failure_of({folder / "text"}).code() == condition::access_denied);
    CHECK(failure_of({folder.path().string()}).code() == condition::access_denied);
    // No shell, not even for a script that does not say which.
    std::filesystem::permissions(folder / "text", std::filesystem::perms::owner_all);
    CHECK(failure_of({folder / "text"}).code() == boost::system::errc::executable_format_error);
    folder.write("script", "#!/penstock/no/such/interpreter\n");
    std::filesystem::permissions(folder / "script", std::filesystem::perms::owner_all);
    CHECK(failure_of({folder / "script"}).code() == condition::not_found);
    CHECK(failure_of({}).code() == errc::invalid_option);
    CHECK(failure_of({""}).code() == errc::invalid_option);
}

TEST_CASE("child_process: too many open files, at each step") {
    const nothing_left check;
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    const rlimit few{64, limit.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &few);
    std::vector<int> taken;
    asio::io_context io{1};
    test::run(io, run_child({"true"}, make_system_clock())); // the context has its own by now
    for (int fd = ::dup(2); fd >= 0; fd = ::dup(2)) taken.push_back(fd);
    std::vector<error_code> codes;
    while (!taken.empty() && codes.size() < 40) {
        try {
            test::run(io, run_child({"true"}, make_system_clock()));
            break;
        } catch (const error& e) {
            codes.push_back(e.code());
        }
        ::close(taken.back());
        taken.pop_back();
    }
    for (const int fd : taken) ::close(fd);
    ::setrlimit(RLIMIT_NOFILE, &limit);
    CHECK(codes.size() >= 4);
    CHECK(codes.size() < 40);
    for (const auto& code : codes) CHECK(code == condition::limit);
    io.restart();
    io.run_for(60s);
}

/// Runs `script` until it has written its number, or another, to the file `name`, and cancels it then. Gives
/// that number.
pid_t cancel_once_written(const std::string& script, const std::string& name, duration patience) {
    asio::io_context io{1};
    asio::cancellation_signal stop;
    child_limits limits;
    limits.patience = patience;
    std::optional<error_code> code;
    asio::co_spawn(
        io, run_child(shell(script), make_system_clock(), limits),
        asio::bind_cancellation_slot(stop.slot(), [&code](std::exception_ptr e, const child_result&) {
            code = e ? to_failure(e).code() : error_code{};
        }));
    const auto pid = written_pid(io, name);
    stop.emit(asio::cancellation_type::terminal);
    io.run_for(60s);
    CHECK(io.stopped());
    REQUIRE(code.has_value());
    CHECK(*code == condition::cancelled);
    return pid;
}

TEST_CASE("child_process: one that hangs is ended, and so is what it started") {
    const nothing_left check;
    const auto r = run_to_end(shell("printf begun; printf why >&2; sleep 1000"), soon());
    CHECK(r.end == child_end::out_of_time);
    CHECK(r.error_output.size() <= 3); // as far as it got

    const test::temporary_folder folder;
    // Neither it nor its child minds SIGTERM; both have closed their outputs.
    const auto grandchild = cancel_once_written("trap '' TERM; exec >&- 2>&-; sh -c 'echo $$ > " +
                                                    folder / "pid" + "; sleep 1000' & wait; sleep 1000",
                                                folder / "pid", 20ms);
    for (int i = 0; i < 60'000 && exists(grandchild); ++i) ::usleep(1000); // whoever adopted it reaps it
    CHECK_FALSE(exists(grandchild));
    // It goes, and its child does not.
    const auto stubborn = cancel_once_written("sh -c 'trap \"\" TERM; echo $$ > " + folder / "pid2" +
                                                  "; sleep 1000; sleep 1000' & wait",
                                              folder / "pid2", 1h);
    for (int i = 0; i < 60'000 && exists(stubborn); ++i) ::usleep(1000);
    CHECK_FALSE(exists(stubborn));
}

TEST_CASE("child_process: one that is asked to end may do so in its own way") {
    const nothing_left check;
    const test::temporary_folder folder;
    cancel_once_written("trap 'echo 1 > " + folder / "ended" + "; exit' TERM; echo $$ > " + folder / "pid" +
                            "; sleep 1000 & wait",
                        folder / "pid", 1h);
    CHECK(std::filesystem::exists(folder / "ended"));
}

TEST_CASE("child_process: a flood of output ends it, a flood of errors is drained") {
    const nothing_left check;
    auto r = run_to_end({"yes"});
    CHECK(r.end == child_end::too_much_output);
    r = run_to_end(shell("head -c 10000000 /dev/zero >&2; printf done"));
    CHECK(r.end == child_end::exited);
    CHECK(r.output == "done");
    CHECK(r.error_output == std::string(4096, '\0'));
    const auto all = std::size_t{64} << 10;
    r = run_to_end(shell("head -c " + std::to_string(all) + " /dev/zero"));
    CHECK(r.end == child_end::exited);
    CHECK(r.output.size() == all);
    CHECK(run_to_end(shell("head -c " + std::to_string(all + 1) + " /dev/zero")).end ==
          child_end::too_much_output);
    // A limit that the pipe itself holds: the excess is found behind the end.
    child_limits little;
    little.output = 3;
    CHECK(run_to_end({"printf", "abc"}, little).end == child_end::exited);
    CHECK(run_to_end({"printf", "abcd"}, little).end == child_end::too_much_output);
}

TEST_CASE(
    "child_process: outputs that are closed early are waited for, outputs kept open by others are not") {
    const nothing_left check;
    auto r = run_to_end(shell("printf out; exec >&- 2>&-; sleep 0.05; exit 4"));
    CHECK(r.end == child_end::exited);
    CHECK(r.status == 4);
    CHECK(r.output == "out");

    const test::temporary_folder folder;
    r = run_to_end(shell("sleep 1000 & echo $! > " + folder / "pid" + "; printf out; exit 5"));
    CHECK(r.end == child_end::exited);
    CHECK(r.status == 5);
    CHECK(r.output == "out");
    asio::io_context io{1};
    const auto grandchild = written_pid(io, folder / "pid");
    CHECK(exists(grandchild)); // it ended well: what it left running is its own matter
    ::kill(grandchild, SIGKILL);
}

TEST_CASE("child_process: many at once, and others' children are left alone") {
    const pid_t other = ::fork();
    REQUIRE(other >= 0);
    if (other == 0) ::_exit(7);
    const auto before = open_descriptors();
    {
        asio::io_context io{1};
        constexpr int count = 40;
        int good = 0;
        for (int i = 0; i < count; ++i) {
            asio::co_spawn(io,
                           run_child(shell("printf " + std::to_string(i) + "; exit " + std::to_string(i)),
                                     make_system_clock()),
                           [&good, i](std::exception_ptr e, child_result r) {
                               good += !e && r.end == child_end::exited && r.status == i &&
                                       r.output == std::to_string(i);
                           });
        }
        io.run_for(60s);
        CHECK(good == count);
    }
    int status = 0;
    CHECK(::waitpid(other, &status, 0) == other);
    CHECK(WEXITSTATUS(status) == 7);
    CHECK_FALSE(has_children());
    CHECK(open_descriptors() == before);
}

TEST_CASE("child_process: where SIGCHLD is ignored, how it ended is unknown") {
    const nothing_left check;
    struct sigaction before {};
    struct sigaction ignored {};
    ignored.sa_handler = SIG_IGN;
    ::sigaction(SIGCHLD, &ignored, &before);
    auto quick = run_to_end({"printf", "out"});
    auto slow = run_to_end(shell("sleep 0.05; printf out; exit 3"));
    auto late = run_to_end({"sleep", "1000"}, soon());
    auto own = run_to_end(shell("sh -c 'exit 6'; printf $?")); // it can wait for its own children
    ::sigaction(SIGCHLD, &before, nullptr);
    CHECK(quick.end == child_end::unknown);
    CHECK(quick.output == "out");
    CHECK(slow.end == child_end::unknown);
    CHECK(slow.output == "out");
    CHECK(late.end == child_end::out_of_time);
    CHECK(own.output == "6");
}

TEST_CASE("child_process: cancelled at any moment, nothing of it stays") {
    const nothing_left check;
    auto limits = soon();
    limits.time = 1h;
    for (int steps = 0; steps < 12; ++steps) {
        CAPTURE(steps);
        asio::io_context io{1};
        asio::cancellation_signal stop;
        std::optional<error_code> code;
        asio::co_spawn(
            io,
            run_child(shell("printf a; printf b >&2; sleep 0.01; printf c; exec >&-; sleep 1000"),
                      make_system_clock(), limits),
            asio::bind_cancellation_slot(stop.slot(), [&code](std::exception_ptr e, const child_result&) {
                code = e ? to_failure(e).code() : error_code{};
            }));
        for (int i = 0; i < steps && io.run_one_for(20ms) > 0; ++i) {
        }
        stop.emit(asio::cancellation_type::terminal);
        io.run_for(60s);
        CHECK(io.stopped());
        REQUIRE(code.has_value());
        CHECK(*code == condition::cancelled);
        CHECK_FALSE(has_children());
    }
}

TEST_CASE("child_process: with_timeout ends it") {
    const nothing_left check;
    asio::io_context io{1};
    auto clock = make_system_clock();
    CHECK_THROWS_AS(test::run(io, with_timeout(run_child({"sleep", "1000"}, clock), 20ms, clock)), error);
    CHECK(has_children()); // its end is the executor's business
    io.restart();
    io.run_for(60s);
    CHECK_FALSE(has_children());
}

TEST_CASE("child_process: an execution context that ends leaves nothing, at whatever step") {
    const nothing_left check;
    const test::temporary_folder folder;
    for (int steps = 0; steps < 10; ++steps) {
        CAPTURE(steps);
        asio::io_context io{1};
        asio::co_spawn(
            io,
            run_child(shell("trap '' TERM; printf a; printf b >&2; sleep 1000"), make_system_clock(), soon()),
            [](std::exception_ptr, const child_result&) {});
        for (int i = 0; i < steps && io.run_one_for(20ms) > 0; ++i) {
        }
    }
    CHECK_FALSE(has_children());
    { // also where the call itself is over, and the program had its SIGTERM
        asio::io_context io{1};
        child_limits limits = soon();
        limits.patience = 1h;
        const auto r = test::run(io, run_child(shell("trap '' TERM; echo $$ > " + folder / "pid" +
                                                     "; while :; do sleep 1000; done"),
                                               make_system_clock(), limits));
        CHECK(r.end == child_end::out_of_time);
        CHECK(has_children());
    }
    CHECK_FALSE(has_children());
}

} // namespace child_process_test

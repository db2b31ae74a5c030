// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "support/run.hpp"
#include "support/temporary_folder.hpp"

#include <penstock/aws/detail/process_credentials.hpp>
#include <penstock/aws/process_credentials_provider.hpp>
#include <penstock/core/as_result.hpp>
#include <penstock/testing/manual_clock.hpp>

#include <doctest/doctest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include <sys/wait.h>

namespace test_aws_process_credentials_provider {

namespace asio = boost::asio;
namespace aws = penstock::aws;
using namespace std::chrono_literals;
using aws::detail::read_process_credentials;
using penstock::errc;

const std::string good = R"({"Version":1,"AccessKeyId":"AKID","SecretAccessKey":"HUSH"})";

aws::provider_context context() {
    return aws::provider_context{}.clock(penstock::testing::manual_clock::create());
}

std::string quoted(const std::string& text) { return "'" + text + "'"; }

penstock::result<aws::credentials_ptr> get(const aws::provider_ptr& p) {
    asio::io_context io{1};
    return test::run(io, penstock::as_result(p->get()));
}
penstock::failure failure_of(const std::string& command) {
    auto got = get(aws::make_process_credentials_provider(command, context()));
    REQUIRE_FALSE(got.has_value());
    CHECK(got.error().detail().message.starts_with("process: "));
    CHECK(got.error().message().find("HUSH") == std::string::npos);
    return got.error();
}
bool tells(const penstock::failure& f, std::string_view words) {
    return f.message().find(words) != std::string::npos;
}

TEST_CASE("aws/process_credentials_provider: what may be printed") {
    auto c = read_process_credentials(good).value();
    CHECK(c.access_key_id == "AKID");
    CHECK(c.secret_access_key == "HUSH");
    CHECK(c.session_token.empty());
    CHECK_FALSE(c.expiration.has_value());
    CHECK(c.source == "process");
    c = read_process_credentials(
            R"( {"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "S", "SessionToken": "T",
        "Expiration": "2026-05-02T18:36:00+00:00", "AccountId": "012345678901", "More": {"x": 1}}
)")
            .value();
    CHECK(c.session_token == "T");
    CHECK(c.account_id == "012345678901");
    CHECK(c.expiration == penstock::wall_time{1777746960s});
    c = read_process_credentials(
            R"({"Version":1,"AccessKeyId":"A","SecretAccessKey":"S","SessionToken":null,"Expiration":null})")
            .value();
    CHECK(c.session_token.empty());
    CHECK_FALSE(c.expiration.has_value());
}

TEST_CASE("aws/process_credentials_provider: what may not") {
    const char* wrong[] = {
        "",
        "HUSH",
        "[]",
        R"({"Version":1,"AccessKeyId":"A","SecretAccessKey":"HUSH")",
        R"({"AccessKeyId":"A","SecretAccessKey":"HUSH"})",
        R"({"Version":2,"AccessKeyId":"A","SecretAccessKey":"HUSH"})",
        R"({"Version":"HUSH","AccessKeyId":"A","SecretAccessKey":"HUSH"})",
        R"({"Version":null,"AccessKeyId":"A","SecretAccessKey":"HUSH"})",
        R"({"Version":1,"SecretAccessKey":"HUSH"})",
        R"({"Version":1,"AccessKeyId":"HUSH"})",
        R"({"Version":1,"AccessKeyId":"","SecretAccessKey":"HUSH"})",
        R"({"Version":1,"AccessKeyId":"A","SecretAccessKey":["HUSH"]})",
        R"({"Version":1,"AccessKeyId":"A","SecretAccessKey":"HUSH","Expiration":"tomorrow HUSH"})",
        R"({"Version":1,"AccessKeyId":"A","SecretAccessKey":"HUSH","Expiration":""})",
        R"({"Version":1,"AccessKeyId":"A","SecretAccessKey":"HUSH","Expiration":1777746960})",
    };
    for (const auto* text : wrong) {
        CAPTURE(text);
        const auto read = read_process_credentials(text);
        REQUIRE_FALSE(read.has_value());
        CHECK(read.error().code() == errc::invalid_credentials);
        CHECK(read.error().detail().message.starts_with("process: its output "));
        CHECK(read.error().message().find("HUSH") == std::string::npos);
    }
}

TEST_CASE("aws/process_credentials_provider: a program's keys are kept until they are about to expire") {
    const test::temporary_folder folder;
    const auto clock = penstock::testing::manual_clock::create(); // 2026-01-01
    const auto how = aws::provider_context{}.clock(clock);
    folder.write("tool", "#!/bin/sh\necho x >> '" + folder / "calls" +
                             "'\necho "
                             "'{\"Version\":1,\"AccessKeyId\":\"AKID'\"$1\"'\",\"SecretAccessKey\":\"HUSH\","
                             "\"Expiration\":\"2026-01-01T01:00:00Z\"}'\n");
    std::filesystem::permissions(folder / "tool", std::filesystem::perms::owner_all);
    const auto p = aws::make_process_credentials_provider(quoted(folder / "tool") + " \"one\"", how);
    CHECK(p->name() == "process");
    CHECK_FALSE(p->try_get(clock->wall_now()).has_value());
    CHECK_FALSE(std::filesystem::exists(folder / "calls")); // no I/O so far
    CHECK((*get(p))->access_key_id == "AKIDone");
    CHECK((*get(p))->display() == "process (...Done)");
    CHECK(std::filesystem::file_size(folder / "calls") == 2);
    clock->advance(58min);
    CHECK((*get(p))->access_key_id == "AKIDone");
    CHECK(std::filesystem::file_size(folder / "calls") == 4);
    clock->advance(1h);
    const auto late = get(p);
    REQUIRE_FALSE(late.has_value());
    CHECK(late.error().code() == errc::invalid_credentials);
    CHECK(tells(late.error(), "expired at 2026-01-01T01:00:00Z"));
}

TEST_CASE("aws/process_credentials_provider: every way to fail, and the next call tries again") {
    auto f = failure_of("sh -c 'echo HUSH; echo \"go away\x1b[31m\" >&2; exit 3' secret-argument-HUSH");
    CHECK(f.code() == errc::invalid_credentials);
    CHECK(tells(f, "'sh' failed with exit status 3: go away\\x1b"));
    f = failure_of("sh -c 'echo HUSH; head -c 100000 /dev/zero | tr \"\\0\" e >&2; exit 1'");
    CHECK(tells(f, "eeee"));
    CHECK(f.message().size() < 2000);
    f = failure_of("sh -c 'kill -KILL $$'");
    CHECK(tells(f, "was ended by signal 9"));
    f = failure_of("true");
    CHECK(tells(f, "is not JSON"));
    f = failure_of("echo HUSH");
    CHECK(tells(f, "sh -c"));
    f = failure_of("yes HUSH");
    CHECK(f.code() == errc::invalid_credentials);
    CHECK(tells(f, "more than 64 KiB"));
    f = failure_of("penstock-no-such-program --key HUSH");
    CHECK(f.code() == errc::invalid_credentials);
    CHECK(tells(f, "'penstock-no-such-program' cannot be run: No such file"));
    f = failure_of("VAULT_TOKEN=HUSH vault-keys"); // as people write it for a shell
    CHECK(tells(f, "'VAULT_TOKEN=...' cannot be run: No such file"));
    const auto unusable = R"({"Version":1,"AccessKeyId":"A","SecretAccessKey":"HU SH"})";
    f = get(aws::make_process_credentials_provider("echo " + quoted(unusable), context())).error();
    CHECK(f.code() == errc::invalid_credentials);
    CHECK(tells(f, "(source: process)"));
    CHECK_FALSE(tells(f, "HU SH"));

    const test::temporary_folder folder;
    const auto p = aws::make_process_credentials_provider("cat " + quoted(folder / "document"), context());
    CHECK(get(p).error().code() == errc::invalid_credentials);
    folder.write("document", good);
    CHECK((*get(p))->access_key_id == "AKID");
}

TEST_CASE("aws/process_credentials_provider: programs that run each other come to an end") {
    constexpr auto depth = "PENSTOCK_CREDENTIAL_PROCESS_DEPTH";
    const auto command = std::string{"sh -c 'echo $"} + depth + " >&2; exit 1'";
    const auto at = [&](const char* text) {
        return get(aws::make_process_credentials_provider(command, context().env(aws::environment{{{depth, text}}}))).error();
    };
    CHECK(tells(at(""), "exit status 1: 1\\n"));
    CHECK(tells(at("3"), "exit status 1: 4\\n"));
    CHECK(tells(at("4"), "'sh' is not run: 4 programs"));
    CHECK(tells(at("18446744073709551615"), "is not run"));
    ::setenv(depth, "9", 1); // this process's own is replaced
    CHECK(tells(at("2"), "exit status 1: 3\\n"));
    ::unsetenv(depth);
}

TEST_CASE("aws/process_credentials_provider: where SIGCHLD is ignored, what was printed tells") {
    struct sigaction before {};
    struct sigaction ignored {};
    ignored.sa_handler = SIG_IGN;
    ::sigaction(SIGCHLD, &ignored, &before);
    const auto got = get(aws::make_process_credentials_provider("printf %s " + quoted(good), context()));
    const auto nothing = failure_of("sh -c 'echo gone >&2; exit 1'");
    ::sigaction(SIGCHLD, &before, nullptr);
    REQUIRE(got.has_value());
    CHECK((*got)->access_key_id == "AKID");
    CHECK(tells(nothing, "printed nothing: gone"));
}

TEST_CASE("aws/process_credentials_provider: a program that hangs has a minute") {
    const auto clock = penstock::testing::manual_clock::create();
    const auto p = aws::make_process_credentials_provider("sh -c 'echo waiting >&2; sleep 1000'",
                                                          aws::provider_context{}.clock(clock));
    asio::io_context io{1};
    std::optional<penstock::failure> failed;
    asio::co_spawn(io, p->get(), [&failed](std::exception_ptr e, const aws::credentials_ptr&) {
        failed = e ? penstock::to_failure(e) : penstock::failure{};
    });
    for (int i = 0; i < 200 && io.run_one_for(50ms) > 0; ++i) {
    }
    clock->advance(59s);
    io.restart();
    io.poll();
    CHECK_FALSE(failed.has_value());
    clock->advance(1s);
    io.restart();
    io.run_for(60s);
    REQUIRE(failed.has_value());
    CHECK(failed->code() == errc::deadline_exceeded);
    CHECK(tells(*failed, "did not end within a minute: waiting"));
    siginfo_t info{};
    CHECK(::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0); // nothing is left
}

TEST_CASE("aws/process_credentials_provider: cancelled, the program ends") {
    const auto p = aws::make_process_credentials_provider("sleep 1000", context());
    asio::io_context io{1};
    asio::cancellation_signal stop;
    std::optional<penstock::error_code> code;
    asio::co_spawn(
        io, p->get(),
        asio::bind_cancellation_slot(stop.slot(), [&code](std::exception_ptr e, const aws::credentials_ptr&) {
            code = e ? penstock::to_failure(e).code() : penstock::error_code{};
        }));
    io.run_for(20ms);
    stop.emit(asio::cancellation_type::terminal);
    io.restart();
    io.run_for(60s);
    REQUIRE(code.has_value());
    CHECK(*code == penstock::condition::cancelled);
    siginfo_t info{};
    CHECK(::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0);
}

TEST_CASE("aws/process_credentials_provider: a command that can be none is refused at once") {
    for (const char* command : {"", "  ", "''", "'HUSH", "tool \"HUSH", "tool HUSH\\"}) {
        CAPTURE(command);
        try {
            aws::make_process_credentials_provider(command, context());
            FAIL_CHECK("it was taken");
        } catch (const penstock::error& e) {
            CHECK(e.code() == errc::invalid_option);
            CHECK(e.detail().message.starts_with("process: "));
            CHECK(std::string{e.what()}.find("HUSH") == std::string::npos);
        }
    }
}

} // namespace test_aws_process_credentials_provider

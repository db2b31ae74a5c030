// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/process_credentials_provider.hpp>

#include <penstock/aws/date_time.hpp>
#include <penstock/aws/detail/json_members.hpp>
#include <penstock/aws/detail/process_credentials.hpp>
#include <penstock/aws/refreshing_credentials_provider.hpp>
#include <penstock/core/detail/attempt.hpp>
#include <penstock/core/detail/child_process.hpp>
#include <penstock/core/detail/split_words.hpp>
#include <penstock/core/detail/text_values.hpp>

#include <utility>
#include <vector>

namespace penstock::aws {
namespace detail {

using penstock::detail::child_end;
using penstock::detail::child_result;

PENSTOCK_DECL result<credentials> read_process_credentials(std::string_view output) {
    const auto wrong = [](const std::string& what, std::string hint = {}) {
        return failure{errc::invalid_credentials, "process: its output " + what, std::move(hint)};
    };
    const auto read = parse_json_members(output);
    if (!read)
        return wrong("is " + read.error().detail().message,
                     "it must print one JSON object; pipes and variables take a shell: sh -c '...'");
    const auto version = member(*read, "Version");
    if (version != "1")
        return wrong(version.empty() ? "has no Version" : "has another Version than 1",
                     "see the form of credential_process");
    for (const auto* needed : {"AccessKeyId", "SecretAccessKey"})
        if (member(*read, needed).empty()) return wrong("has no " + std::string{needed});
    credentials out{member(*read, "AccessKeyId"), member(*read, "SecretAccessKey"),
                    member(*read, "SessionToken")};
    out.account_id = member(*read, "AccountId");
    out.source = "process";
    if (read->contains("Expiration")) {
        const auto expiration = parse_iso8601(member(*read, "Expiration"));
        if (!expiration)
            return wrong("has an Expiration that is no date", "write it as 2030-01-01T00:00:00Z");
        out.expiration = expiration->to_wall_time();
    }
    return out;
}

/// The program for people. Arguments are not told: they may hold a secret, and so may what is written as before a command
/// of a shell, as in "TOKEN=secret program".
inline std::string shown_program(const std::string& program) {
    const auto equals = program.find('=');
    return "'" + printable(program.substr(0, equals), 128) + (equals == std::string::npos ? "'" : "=...'");
}

/// How a process that gave nothing ended.
inline failure process_failure(const std::string& program, const child_result& r) {
    std::string what = "process: " + shown_program(program) + " ";
    auto code = errc::invalid_credentials;
    std::string hint = "run the command of credential_process by hand";
    switch (r.end) {
    case child_end::exited:
        what += "failed with exit status " + std::to_string(r.status);
        break;
    case child_end::killed:
        what += "was ended by signal " + std::to_string(r.status);
        break;
    case child_end::unknown:
        what += "printed nothing";
        break;
    case child_end::out_of_time:
        what += "did not end within a minute";
        code = errc::deadline_exceeded;
        hint += "; it has no input to read from";
        break;
    case child_end::too_much_output:
        what += "printed more than 64 KiB";
        break;
    }
    if (!r.error_output.empty()) what += ": " + printable(r.error_output);
    return failure{code, std::move(what), std::move(hint)};
}

/// How many programs, each run for its credentials by the one before, led here: one that asks for the profile that names
/// it would run itself for ever.
inline constexpr char process_depth_name[] = "PENSTOCK_CREDENTIAL_PROCESS_DEPTH";
inline constexpr std::uint64_t max_process_depth = 4;

inline std::uint64_t process_depth(const environment& env) {
    return penstock::detail::parse_number(env.get(process_depth_name).value_or("")).value_or(0);
}

inline awaitable<credentials> fetch_process_credentials(provider_context context,
                                                        std::vector<std::string> words) {
    const auto program = words.front();
    const auto depth = process_depth(context.env());
    if (depth >= max_process_depth)
        throw_failure(failure{errc::invalid_credentials,
                              "process: " + shown_program(program) + " is not run: " + std::to_string(depth) +
                                  " programs wait for each other's credentials already",
                              "the command of credential_process must not ask for the profile that names it"});
    std::vector<std::string> variables;
    variables.push_back(process_depth_name + ("=" + std::to_string(depth + 1)));
    auto running = penstock::detail::run_child(std::move(words), context.clock(), penstock::detail::child_limits{},
                                               std::move(variables));
    penstock::detail::attempt ran{std::move(running)};
    co_await ran.run();
    if (!ran) {
        const auto code = ran.error().code();
        if (code == condition::cancelled) throw_failure(ran.error());
        if (code == errc::unsupported)
            throw_failure(ran.error().with([](error_detail& d) { d.message = "process: " + d.message; }));
        throw_failure(failure{
            errc::invalid_credentials,
            "process: " + shown_program(program) + " cannot be run: " + code.message(),
            "see credential_process: the first word is a program, found by PATH or by its whole path"});
    }
    const bool good = ran->end == child_end::exited && ran->status == 0;
    // How it ended is not known where this process ignores SIGCHLD: then what it printed tells.
    if (!good && (ran->end != child_end::unknown || ran->output.empty()))
        throw_failure(process_failure(program, *ran));
    auto read = read_process_credentials(ran->output);
    if (!read) throw_failure(read.error());
    co_return std::move(*read);
}

} // namespace detail

PENSTOCK_DECL provider_ptr make_process_credentials_provider(std::string command,
                                                             const provider_context& context) {
    auto words = penstock::detail::split_words(command);
    if (!words)
        throw_failure(words.error().with([](error_detail& d) { d.message = "process: " + d.message; }));
    if (words->empty() || words->front().empty())
        throw_failure(failure{errc::invalid_option, "process: the command is empty"});
    return make_refreshing_credentials_provider(
        "process",
        [context, words = std::move(*words)] { return detail::fetch_process_credentials(context, words); },
        context.clock(), context.make_random());
}

} // namespace penstock::aws

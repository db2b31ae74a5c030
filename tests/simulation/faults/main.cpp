// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// Whole clients with their servers, in simulated time, by schedules of faults made from seeds:
//   simulate [--schedules N] [--seed FIRST] [--without o1,f2,…] [--failures MOST] [--covers-all] [--no-shrink] [--verbose]
// The first failure ends it, unless MOST is higher. --covers-all demands that every fault has reached every await point that
// it can reach.
#include "operations.hpp"

#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string_view>

#include <unistd.h>

namespace {

using namespace simulation_test;

std::uint64_t current_seed = 0;

/// A crash tells its seed, too.
void tell_seed() {
    char text[96];
    const int n = std::snprintf(text, sizeof text, "\nsimulate: crashed; again by: ./run simulate 1 %llu\n",
                                static_cast<unsigned long long>(current_seed));
    (void)!write(2, text, static_cast<std::size_t>(n));
}
void on_signal(int number) {
    tell_seed();
    std::signal(number, SIG_DFL);
    std::raise(number);
}

verdict play(const schedule& plan, const omissions& without, coverage& seen) {
    current_seed = plan.seed;
    return run{plan, without, seen}.play();
}

/// Leaves out whatever the failure does not need, until nothing more can go.
omissions shrink(const schedule& plan, omissions without) {
    coverage nobody_looks;
    for (bool smaller = true; smaller;) {
        smaller = false;
        for (const auto& part : parts_of(plan)) {
            if (without.contains(part)) continue;
            auto fewer = without;
            fewer.insert(part);
            if (play(plan, fewer, nobody_looks).broken.empty()) continue;
            without = std::move(fewer);
            smaller = true;
        }
    }
    return without;
}

std::string joined(const omissions& names) {
    std::string out;
    for (const auto& n : names) out += (out.empty() ? "" : ",") + n;
    return out;
}

void tell(const schedule& plan, const omissions& without, const verdict& v, bool smaller) {
    const auto fewer = smaller ? shrink(plan, without) : without;
    coverage nobody_looks;
    const auto smallest = play(plan, fewer, nobody_looks);
    std::fprintf(stderr, "simulate: seed %llu: %s\n%s%s", static_cast<unsigned long long>(plan.seed), v.broken.c_str(),
                 describe(plan, fewer).c_str(), smallest.text.c_str());
    const auto list = joined(fewer);
    std::fprintf(stderr, "again by: ./run simulate 1 %llu%s%s\n", static_cast<unsigned long long>(plan.seed),
                 list.empty() ? "" : " --without ", list.c_str());
}

bool number(std::string_view text, std::uint64_t& out) {
    const auto r = std::from_chars(text.data(), text.data() + text.size(), out);
    return r.ec == std::errc{} && r.ptr == text.data() + text.size();
}

} // namespace

#if defined(__SANITIZE_ADDRESS__)
extern "C" void __sanitizer_set_death_callback(void (*)());
#endif

int main(int argc, char** argv) {
    std::uint64_t count = 1'000, first = 0, most_failures = 1;
    omissions without;
    bool verbose = false, covers = false, smaller = true;
    for (int i = 1; i < argc; ++i) {
        const std::string_view name = argv[i];
        const std::string_view value = i + 1 < argc ? argv[i + 1] : "";
        bool good = true;
        if (name == "--schedules")
            good = number(value, count), ++i;
        else if (name == "--seed")
            good = number(value, first), ++i;
        else if (name == "--failures")
            good = number(value, most_failures), ++i;
        else if (name == "--without") {
            for (std::size_t at = 0; at < value.size();) {
                const auto end = std::min(value.find(',', at), value.size());
                without.emplace(value.substr(at, end - at));
                at = end + 1;
            }
            ++i;
        } else if (name == "--verbose")
            verbose = true;
        else if (name == "--covers-all")
            covers = true;
        else if (name == "--no-shrink")
            smaller = false;
        else
            good = false;
        if (!good) {
            std::fprintf(stderr, "simulate [--schedules N] [--seed FIRST] [--failures MOST] [--without o1,f2,...] [--covers-all] "
                                 "[--no-shrink] [--verbose]\n");
            return 2;
        }
    }
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_set_death_callback(tell_seed);
#else
    for (const int s : {SIGSEGV, SIGBUS, SIGFPE, SIGABRT}) std::signal(s, on_signal);
#endif

    coverage seen;
    std::uint64_t succeeded = 0, failed = 0, cancelled = 0, turns = 0, broken = 0;
    for (auto seed = first; seed < first + count; ++seed) {
        const auto plan = make_schedule(seed);
        const auto v = play(plan, without, seen);
        succeeded += static_cast<std::uint64_t>(v.succeeded);
        failed += static_cast<std::uint64_t>(v.failed);
        cancelled += static_cast<std::uint64_t>(v.cancelled);
        turns += v.turns;
        if (verbose) std::printf("%s%s", describe(plan, without).c_str(), v.text.c_str());
        if (v.broken.empty() && seed % 50 == 0) { // the same seed is the same run
            coverage nobody_looks;
            if (play(plan, without, nobody_looks).text != v.text) {
                std::fprintf(stderr, "simulate: seed %llu is not the same twice\n", static_cast<unsigned long long>(seed));
                return 1;
            }
        }
        if (v.broken.empty()) continue;
        tell(plan, without, v, smaller);
        if (++broken >= most_failures) return 1;
    }
    std::printf("%llu schedules: %llu operations succeeded, %llu failed fairly, %llu were cancelled; %llu loop turns\n\n%s",
                static_cast<unsigned long long>(count), static_cast<unsigned long long>(succeeded),
                static_cast<unsigned long long>(failed), static_cast<unsigned long long>(cancelled),
                static_cast<unsigned long long>(turns), seen.table().c_str());
    if (covers && !seen.missing().empty()) {
        std::fprintf(stderr, "simulate: never reached: %s\n", seen.missing().c_str());
        return 1;
    }
    return broken ? 1 : 0;
}

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <doctest/doctest.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace test {

/// Where the conformance cases are: PENSTOCK_CONFORMANCE_DIR, else ../shared/conformance beside the checkout (tests run
/// in the checkout). None where the folder of `suite` does not exist; then the suite says so and is skipped, except
/// under CI=true, where that is a failure.
inline std::optional<std::filesystem::path> conformance_folder(const std::string& suite) {
    const char* set = std::getenv("PENSTOCK_CONFORMANCE_DIR");
    const auto folder = std::filesystem::path{set && *set ? set : "../shared/conformance"} / suite;
    if (std::filesystem::exists(folder)) return folder;
    std::printf("%s: no cases at %s, skipped\n", suite.c_str(), folder.string().c_str());
    const char* ci = std::getenv("CI");
    if (ci && std::string{ci} == "true") FAIL_CHECK("no conformance cases under CI: ", folder.string());
    return std::nullopt;
}

inline std::string read_file(const std::filesystem::path& path) {
    std::ifstream in{path, std::ios::binary};
    if (!in) FAIL("cannot read ", path.string());
    return {std::istreambuf_iterator<char>{in}, {}};
}

inline boost::json::value read_json(const std::filesystem::path& path) {
    return boost::json::parse(read_file(path));
}

/// Counts the cases of a suite and prints the one line that tools read when it goes out of scope:
/// `suite: N passed, N failed, N skipped (reasons)`, and before it the skipped ones by name. Any failure fails the test.
class conformance_report {
  public:
    explicit conformance_report(std::string suite) : suite_{std::move(suite)} {}
    conformance_report(const conformance_report&) = delete;
    conformance_report& operator=(const conformance_report&) = delete;
    ~conformance_report() {
        std::string reasons;
        for (const auto& [reason, names] : reasons_) {
            reasons += (reasons.empty() ? "" : "; ") + std::to_string(names.size()) + " " + reason;
            std::printf("%s, skipped for %s:", suite_.c_str(), reason.c_str());
            for (const auto& name : names) std::printf(" %s", name.c_str());
            std::printf("\n");
        }
        std::printf("%s: %zu passed, %zu failed, %zu skipped%s\n", suite_.c_str(), passed_, failed_, skipped_,
                    reasons.empty() ? "" : (" (" + reasons + ")").c_str());
        std::fflush(stdout);
    }

    void pass(const std::string&) { ++passed_; }
    void fail(const std::string& name, const std::string& why) {
        ++failed_;
        FAIL_CHECK(suite_, "/", name, ": ", why);
    }
    void skip(const std::string& name, const std::string& reason) {
        ++skipped_;
        reasons_[reason].push_back(name);
    }
    /// A case passes when `why_not` is empty.
    void check(const std::string& name, const std::string& why_not) {
        if (why_not.empty())
            pass(name);
        else
            fail(name, why_not);
    }

  private:
    std::string suite_;
    std::size_t passed_ = 0, failed_ = 0, skipped_ = 0;
    std::map<std::string, std::vector<std::string>> reasons_;
};

} // namespace test

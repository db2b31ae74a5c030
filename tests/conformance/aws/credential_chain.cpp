// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/aws/default_credentials_chain.hpp>
#include <penstock/aws/detail/profile_sources.hpp>
#include <penstock/aws/uri.hpp>

#include "support/conformance.hpp"
#include "support/recorded_traffic.hpp"
#include "support/run.hpp"
#include "support/service_lab.hpp"

#include <doctest/doctest.h>

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <set>

namespace test_conformance_credential_chain {

namespace aws = penstock::aws;
namespace fs = std::filesystem;
namespace json = boost::json;
namespace testing = penstock::testing;
using penstock::http::iequals;

std::string text(const json::value& v) { return std::string{v.as_string()}; }

using pairs = std::multiset<std::pair<std::string, std::string>>;

pairs pairs_of(std::string_view encoded) {
    pairs out;
    for (auto& p : aws::parse_query(encoded)) out.emplace(std::move(p.name), std::move(p.value));
    return out;
}

testing::http_answer answer_of(const test::recorded_exchange& x) {
    if (!x.status) return testing::http_answer::raw("");
    testing::http_answer a{*x.status, x.answer_body, "application/octet-stream"};
    for (const auto& [name, value] : x.answer_headers) {
        const bool of_transport = iequals(name, "content-length") || iequals(name, "content-type") || iequals(name, "connection") ||
                                  iequals(name, "transfer-encoding");
        if (!of_transport) a.header(name, value);
    }
    return a;
}

/// Scheme, host and path, and the query as a set.
std::pair<std::string, pairs> split_uri(const std::string& uri) {
    const auto question = uri.find('?');
    auto front = uri.substr(0, question);
    if (front.find('/', front.find("://") + 3) == std::string::npos) front += '/';
    return {front, question == std::string::npos ? pairs{} : pairs_of(uri.substr(question + 1))};
}

/// Headers that mean something; those of signatures, agents and connections are each client's own.
bool counts(const std::string& name) {
    static constexpr const char* own[] = {"host", "user-agent", "x-amz-user-agent", "authorization", "content-length", "x-amz-date",
                                          "x-amz-security-token", "amz-sdk-request", "amz-sdk-invocation-id"};
    return std::none_of(std::begin(own), std::end(own), [&name](const char* n) { return iequals(n, name); });
}

/// What differs between a request and its record; empty: nothing.
std::string difference(const test::recorded_exchange& wanted, const std::string& uri, const testing::http_request& got) {
    if (got.method != wanted.method) return got.method + " instead of " + wanted.method;
    if (split_uri(uri) != split_uri(wanted.uri)) return uri + " instead of " + wanted.uri;
    for (const auto& [name, value] : wanted.headers)
        if (counts(name) && got.headers[name] != value)
            return name + ": " + std::string{got.headers[name]} + " instead of " + value;
    for (const auto& [name, value] : wanted.headers)
        if (iequals(name, "authorization") && got.headers[name].substr(0, 16) != std::string_view{value}.substr(0, 16))
            return "authorization differs";
    // Session names are each client's own; the recorded web identities are not those of the files.
    const auto comparable = [](std::string_view body) {
        const bool web = body.find("WithWebIdentity") != std::string_view::npos;
        pairs out;
        for (auto [name, value] : pairs_of(body)) {
            if (name == "RoleSessionName" || (web && (name == "RoleArn" || name == "WebIdentityToken")))
                value = value.empty() ? "empty" : "said";
            out.emplace(name, value);
        }
        return out;
    };
    return comparable(got.body) == comparable(wanted.body) ? "" : "form " + got.body + " instead of " + wanted.body;
}

/// The credentials as the suite writes them.
json::object shown(const aws::credentials& c) {
    json::object out{{"access_key_id", c.access_key_id}, {"secret_access_key", c.secret_access_key}};
    if (!c.session_token.empty()) out["session_token"] = c.session_token;
    if (!c.account_id.empty()) out["account_id"] = c.account_id;
    if (c.expiration)
        out["expiry"] = std::chrono::duration_cast<std::chrono::seconds>(c.expiration->time_since_epoch()).count();
    return out;
}

/// Commands of the suite are for a shell.
aws::provider_ptr open_with_shell(aws::profile_chain chain, const aws::profile_request& which, const aws::provider_context& context) {
    auto& source = chain.source;
    if (source.from == aws::profile_source::kind::process) source.command = "/bin/sh -c '" + source.command + "'";
    return aws::detail::open_profile_source(chain, which, context);
}

/// One case: its world, and what went wrong in it.
class replay {
  public:
    explicit replay(const fs::path& folder) : folder_{folder}, wanted_{test::read_recorded_traffic(folder / "http-traffic.json")} {
        if (fs::exists(folder / "fs")) add_files(folder / "fs");
        const auto env = test::read_json(folder / "env.json");
        for (const auto& [name, value] : env.as_object()) env_[std::string{name}] = text(value);
    }

    std::string why_not(bool whole_chain) {
        const auto context = lab_.context(env_);
        const auto provider = whole_chain ? aws::make_default_credentials_chain({}, context)
                                          : aws::detail::make_profile_provider({}, {}, context, open_with_shell);
        const auto got = get(provider);
        const auto file = test::read_json(folder_ / "test-case.json");
        const auto& result = file.at("result").as_object();
        if (!wrong_.empty()) return wrong_;
        if (const auto* ok = result.if_contains("Ok")) {
            if (!got) return got.error().message();
            if (next_ < wanted_.size()) return "not asked: " + wanted_[next_].uri;
            const auto have = shown(**got);
            return json::value(have) == *ok ? "" : json::serialize(have) + " instead of " + json::serialize(*ok);
        }
        if (got) return "credentials: " + (*got)->display();
        if (next_ < wanted_.size()) return "not asked: " + wanted_[next_].uri + ", but " + got.error().message();
        return "";
    }

  private:
    void add_files(const fs::path& root) {
        for (const auto& entry : fs::recursive_directory_iterator{root})
            if (entry.is_regular_file())
                lab_.files["/" + fs::relative(entry.path(), root).string()] = test::read_file(entry.path());
    }

    /// In simulated time; where nobody is called a process may run, in real time.
    penstock::result<aws::credentials_ptr> get(const aws::provider_ptr& provider) {
        if (!wanted_.empty()) return lab_.get(provider);
        auto asking = penstock::as_result(provider->get());
        return test::run(lab_.io, std::move(asking));
    }

    testing::http_answer answer(const penstock::http::origin& to, const testing::http_request& r) {
        const auto uri = to.url() + r.path + (r.query.empty() ? "" : "?" + r.query);
        // Who tries again after the last record gets that answer again.
        const bool more = next_ < wanted_.size();
        if (!more && wanted_.empty()) {
            wrong_ = "asked for " + uri;
            return testing::http_answer{500};
        }
        const auto& wanted = more ? wanted_[next_] : wanted_.back();
        if (const auto differs = difference(wanted, uri, r); !differs.empty() && wrong_.empty()) wrong_ = differs;
        if (more) ++next_;
        return answer_of(wanted);
    }

    const fs::path folder_;
    const std::vector<test::recorded_exchange> wanted_;
    std::size_t next_ = 0;
    std::string wrong_;
    test::service_lab::variables env_;
    // Before the oldest expiry of the suite.
    test::service_lab lab_{[this](const penstock::http::origin& to, const testing::http_request& r) { return answer(to, r); },
                           penstock::wall_time{std::chrono::seconds{1230768000}}};
};

TEST_CASE("conformance: credential-chain") {
    const auto folder = test::conformance_folder("credential-chain");
    if (!folder) return;
    test::conformance_report report{"credential-chain"};
    for (const auto* group : {"default-credential-provider-chain", "profile-provider"}) {
        std::vector<fs::path> cases;
        if (!fs::exists(*folder / group)) continue;
        for (const auto& entry : fs::directory_iterator{*folder / group}) cases.push_back(entry.path());
        std::sort(cases.begin(), cases.end());
        for (const auto& each : cases) {
            const auto name = std::string{group} + "/" + each.filename().string();
            try {
                replay r{each};
                report.check(name, r.why_not(std::string_view{group}.starts_with("default")));
            } catch (const std::exception& e) {
                report.fail(name, e.what());
            }
        }
    }
}

} // namespace test_conformance_credential_chain

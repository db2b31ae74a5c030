// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "session.hpp"

#include <penstock/aws/date_time.hpp>
#include <penstock/core/as_result.hpp>

#include <boost/json/object.hpp>

#include <cstdio>
#include <vector>

namespace tool {

using namespace penstock;

namespace {

std::string line_for(const aws::provider_answer& a) {
    char head[64], time[32];
    std::snprintf(head, sizeof head, "%-3s %-18s ", a.why ? "no" : "yes", a.provider.c_str());
    std::snprintf(time, sizeof time, "(%.1f ms)", std::chrono::duration<double, std::milli>{a.took}.count());
    if (!a.why) return std::string{head} + time;
    const auto& message = a.why.detail().message;
    auto why = message.empty() ? a.why.code().message() : message;
    if (why.starts_with(a.provider + ": ")) why.erase(0, a.provider.size() + 2);
    return head + printable(why, 1000) + " " + time;
}

/// What AWS's tools want of a program that they get credentials from.
/// https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
boost::json::object process_document(const aws::credentials& c) {
    boost::json::object o;
    o["Version"] = 1;
    o["AccessKeyId"] = json_text(c.access_key_id);
    o["SecretAccessKey"] = json_text(c.secret_access_key);
    if (!c.session_token.empty()) o["SessionToken"] = json_text(c.session_token);
    if (c.expiration) o["Expiration"] = json_time(c.expiration);
    if (!c.account_id.empty()) o["AccountId"] = json_text(c.account_id);
    return o;
}

} // namespace

awaitable<void> credentials(session& s) {
    auto options = s.client_options();
    std::vector<aws::provider_answer> answers;
    options.credentials_observer([&answers](const aws::provider_answer& a) { answers.push_back(a); });
    s3::client client{s.get_executor(), std::move(options)};
    auto found = co_await as_result(client.credentials());

    for (const auto& a : answers) {
        if (!s.json())
            s.out().line(line_for(a));
        else if (found) // its standard error may be shown to somebody
            std::fputs((line_for(a) + "\n").c_str(), stderr);
    }
    if (!found) throw_failure(found.error());
    const auto& keys = *found;
    if (s.json()) {
        if (!keys) throw_failure(failure{errc::no_credentials, "anonymous access has no credentials to print"});
        s.out().line(json_line(process_document(*keys)));
        co_return;
    }
    if (!keys) {
        s.out().line("anonymous");
        co_return;
    }
    s.out().line(keys->display() + (keys->expiration ? ", until " + time_text(keys->expiration) : ", for good"));
}

} // namespace tool

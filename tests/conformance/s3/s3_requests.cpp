// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "support/conformance.hpp"

#include "unit/s3/scripted_store.hpp"

#include <penstock/s3/create_multipart_upload.hpp>
#include <penstock/s3/detail/client_state.hpp>
#include <penstock/s3/detail/operation.hpp>

#include <set>
#include <sstream>

/// Where a request goes and what its first line is, by the client's settings.
namespace test_s3_requests {

namespace json = boost::json;
using namespace scripted;

std::string text_at(const json::object& o, std::string_view name) {
    const auto* v = o.if_contains(name);
    return v ? std::string{v->as_string()} : std::string{};
}

bool flag(const json::object& o, std::string_view name) {
    const auto* v = o.if_contains(name);
    return v && v->as_bool();
}

/// Without what only we send: that keys may come percent-encoded.
std::set<std::string> query_of(const std::string& text) {
    std::set<std::string> out;
    std::istringstream in{text};
    for (std::string one; std::getline(in, one, '&');)
        if (!one.empty() && !one.starts_with("encoding-type=")) out.insert(one.ends_with('=') ? one.substr(0, one.size() - 1) : one);
    return out;
}

std::string check(const json::object& c) {
    auto settings = c.at("client").as_object();
    for (const auto& [name, value] : c.at("operation_config").as_object()) settings[name] = value;
    const auto& params = c.at("params").as_object();
    const auto& expected = c.at("expected").as_object();

    world w{{say::nothing()}, aws::retry_options::preset("none")};
    w.options.endpoint_url("").region(text_at(settings, "region")).path_style(text_at(settings, "addressing_style") == "path");
    if (flag(settings, "use_dualstack_endpoint")) w.options.dual_stack(true);
    if (flag(settings, "use_accelerate_endpoint")) w.options.accelerate(true);
    const auto bucket = text_at(params, "Bucket"), key = text_at(params, "Key"), operation = text_at(c, "operation");
    auto client = w.client();
    const s3::object_address where{bucket, key};
    const auto& state = s3::detail::client_access::state(client);
    if (operation == "GetObject") {
        (void)w.run(as_result(client.get(where)));
    } else if (operation == "HeadObject") {
        (void)w.run(as_result(client.head(where)));
    } else if (operation == "PutObject") {
        (void)w.run(as_result(client.put(where, "")));
    } else if (operation == "DeleteObject") {
        (void)w.run(as_result(client.remove(where)));
    } else if (operation == "ListObjectsV2") {
        (void)w.run(as_result(state->call(s3::detail::make_list_objects_v2(bucket), &s3::detail::parse_list_objects_v2)));
    } else if (operation == "CreateMultipartUpload") {
        auto op = s3::detail::make_create_multipart_upload(where);
        (void)w.run(as_result(state->call(std::move(op), &s3::detail::parse_create_multipart_upload)));
    } else {
        return "nobody knows operation " + operation;
    }
    if (w.how->requests.size() != 1) return std::to_string(w.how->requests.size()) + " requests";
    std::istringstream line{w.how->requests[0]};
    std::string method, target;
    line >> method >> target;
    const auto question = std::min(target.find('?'), target.size());
    if (method != text_at(expected, "method")) return "method " + method;
    if (target.substr(0, question) != text_at(expected, "path")) return "path " + target;
    std::set<std::string> wanted;
    for (const auto& q : expected.at("query").as_array()) wanted.emplace(q.as_string());
    if (query_of(target.substr(std::min(question + 1, target.size()))) != wanted) return "query " + target;
    if (w.how->requests[0].find("\r\nHost: " + text_at(expected, "host") + "\r\n") == std::string::npos) return "another host";
    return w.how->hosts[0] == "https://" + text_at(expected, "host") ? "" : "went to " + w.how->hosts[0];
}

TEST_CASE("conformance: s3-requests") {
    const auto folder = test::conformance_folder("s3-requests");
    if (!folder) return;
    test::conformance_report report{"s3-requests"};
    const auto cases = test::read_json(*folder / "request-uri-cases.json");
    for (const auto& c : cases.at("cases").as_array()) {
        const std::string name{c.at("name").as_string()};
        try {
            report.check(name, check(c.as_object()));
        } catch (const std::exception& e) {
            report.fail(name, e.what());
        }
    }
}

} // namespace test_s3_requests

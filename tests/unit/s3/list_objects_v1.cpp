// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "unit/s3/answer.hpp"
#include "unit/s3/scripted_store.hpp"

#include <penstock/s3/find_objects.hpp>
#include <penstock/s3/list_object_versions.hpp>
#include <penstock/s3/list_objects_v1.hpp>

#include <doctest/doctest.h>

namespace test_list_objects_v1 {

using namespace penstock;
using scripted::say;
using scripted::world;
using test_s3_answer::answer;
namespace d = s3::detail;
using strings = std::vector<std::string>;

std::string document(std::string_view inside, std::string_view root = "ListBucketResult") {
    return "<" + std::string{root} + ">" + std::string{inside} + "</" + std::string{root} + ">";
}
say reply(int status, const std::string& body) {
    return say{"HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Length: " + std::to_string(body.size()) +
               "\r\n\r\n" + body}.keep();
}
say page(std::string_view inside) { return reply(200, document(inside)); }
say refusal(int status, const std::string& code) {
    return reply(status, "<Error><Code>" + code + "</Code><Message>no</Message></Error>");
}
std::string key(const std::string& k) { return "<Contents><Key>" + k + "</Key><Size>1</Size></Contents>"; }

strings list(world& w, s3::list_objects_options how = {}) {
    strings out;
    auto c = w.client();
    auto pages = c.list("s3://lake/", std::move(how));
    while (auto page = w.run(pages.next())) {
        for (const auto& o : page->objects) out.push_back(o.key);
        for (const auto& p : page->common_prefixes) out.push_back(p);
    }
    return out;
}
std::string target(const std::string& request) {
    const auto from = request.find(' ') + 1;
    return request.substr(from, request.find(' ', from) - from);
}

TEST_CASE("s3: where a list of the first version goes on") {
    const auto next = [](std::string_view inside) {
        const auto page = d::parse_list_objects_v1(answer(200), document(inside));
        return page ? page->next_continuation_token : "error: " + page.error().detail().message;
    };
    const std::string more = "<IsTruncated>true</IsTruncated>";
    CHECK(next(more + "<NextMarker>m</NextMarker>" + key("a")) == "m");
    CHECK(next(more + key("a") + key("b")) == "b"); // no marker without a delimiter
    const std::string folder = "<CommonPrefixes><Prefix>a/</Prefix></CommonPrefixes>";
    CHECK(next(more + folder + key("a0")) == "a0");
    CHECK(next(more + folder + key("a.")) == "a/");
    CHECK(next(more + "<EncodingType>url</EncodingType><NextMarker>a%2Fb%2B</NextMarker>") == "a/b+");
    CHECK(next(more + "<EncodingType>url</EncodingType>" + key("a%20b")) == "a b");
    // A store that encodes all but the marker.
    CHECK(next(more + "<EncodingType>url</EncodingType><NextMarker>a+b</NextMarker>" + key("a%2Bb")) == "a+b");
    CHECK(next(more + "<EncodingType>url</EncodingType><NextMarker>a%2Bb</NextMarker>" + key("a%2Bb")) == "a+b");
    CHECK(next(more).starts_with("error"));
    CHECK(next("<IsTruncated>false</IsTruncated><NextMarker>m</NextMarker>").empty());
    CHECK(next("<NextMarker>m</NextMarker>" + key("a")) == "m");
    // An answer of the first version to a question of the second.
    const auto mixed = d::parse_list_objects_v2(answer(200), document("<Marker/>" + more + key("a")));
    REQUIRE(mixed.has_value());
    CHECK(mixed->is_first_version);
    CHECK(mixed->next_continuation_token == "a");
    CHECK(d::parse_list_objects_v2(answer(200), document(more + key("a"))).has_error());
    CHECK(d::parse_list_objects_v2(answer(200), document("<Marker/>" + more)).has_error());
}

TEST_CASE("s3: a store that refuses the second version of listing is asked by the first") {
    for (const auto& [status, code] : {std::pair{501, "NotImplemented"}, {405, "MethodNotAllowed"},
                                       {400, "InvalidArgument"}, {400, "NotImplemented"}}) {
        world w{{refusal(status, code), page("<IsTruncated>true</IsTruncated>" + key("a")), page(key("b")), page(key("c"))}};
        auto c = w.client();
        strings seen;
        for (int round = 0; round < 2; ++round) {
            auto pages = c.list("s3://lake/", s3::list_objects_options().start_after("A").max_keys(7));
            while (auto page = w.run(pages.next()))
                for (const auto& o : page->objects) seen.push_back(o.key);
        }
        CHECK(seen == strings{"a", "b", "c"});
        REQUIRE(w.how->requests.size() == 4);
        CHECK(target(w.how->requests[0]).find("list-type=2") != std::string::npos);
        CHECK(target(w.how->requests[1]) == "/lake?encoding-type=url&marker=A&max-keys=7");
        CHECK(target(w.how->requests[2]) == "/lake?encoding-type=url&marker=a&max-keys=7");
        CHECK(target(w.how->requests[3]) == "/lake?encoding-type=url&marker=A&max-keys=7"); // it was learned
    }
}

TEST_CASE("s3: a store that does not look at list-type, or is known, is asked by the first version, too") {
    world ignorant{{page("<Marker/><IsTruncated>true</IsTruncated>" + key("a")),
                    page("<Marker>a</Marker><IsTruncated>false</IsTruncated>" + key("b"))}};
    CHECK(list(ignorant) == strings{"a", "b"});
    CHECK(target(ignorant.how->requests[1]) == "/lake?encoding-type=url&marker=a");

    world known{{page(key("a"))}};
    s3::store_capabilities old;
    old.list_objects_v2 = false;
    known.options.capabilities(old);
    CHECK(list(known, s3::list_objects_options().delimiter("/").prefix("")) == strings{"a"});
    CHECK(target(known.how->requests[0]) == "/lake?delimiter=%2F&encoding-type=url");

    // A store that is known to have the second version is not asked again for what it refuses.
    world modern{{refusal(400, "InvalidArgument")}};
    s3::store_capabilities fresh;
    fresh.list_objects_v2 = true;
    modern.options.capabilities(fresh);
    CHECK_THROWS_AS(list(modern), error);
    CHECK(modern.how->requests.size() == 1);

    // Nor is one whose refusal says nothing of versions, or comes in the middle.
    world denied{{refusal(403, "AccessDenied")}};
    CHECK_THROWS_AS(list(denied), error);
    CHECK(denied.how->requests.size() == 1);
    world middle{{page("<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>" + key("a")),
                  refusal(400, "InvalidArgument")}};
    CHECK_THROWS_AS(list(middle), error);
    CHECK(middle.how->requests.size() == 2);
}

TEST_CASE("s3: a listing of versions that goes in a circle, or elsewhere, is refused") {
    const std::string more = "<IsTruncated>true</IsTruncated><NextKeyMarker>k</NextKeyMarker>"
                             "<NextVersionIdMarker>v</NextVersionIdMarker>";
    const auto version = [](const std::string& k) {
        return "<Version><Key>" + k + "</Key><VersionId>v</VersionId></Version>";
    };
    const auto versions = [](const std::string& inside) { return reply(200, document(inside, "ListVersionsResult")); };
    world w{{versions(more + version("k")), versions(more + version("k"))}};
    auto pages = s3::list_object_versions(w.client(), "s3://lake/k");
    CHECK(w.run(pages.next()).has_value());
    CHECK(w.run(as_result(pages.next())).error().code() == errc::malformed_response);
    world elsewhere{{versions(version("other"))}};
    auto other = s3::list_object_versions(elsewhere.client(), "s3://lake/k");
    CHECK(elsewhere.run(as_result(other.next())).error().code() == errc::malformed_response);
}

} // namespace test_list_objects_v1

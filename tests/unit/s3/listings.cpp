// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "unit/s3/scripted_store.hpp"

#include <penstock/s3/list_object_versions.hpp>
#include <penstock/s3/uploads.hpp>

#include <doctest/doctest.h>

/// What all listings refuse, by whatever store.
namespace test_s3_listings {

using namespace penstock;
using scripted::say;
using scripted::world;

template <class Lister>
awaitable<int> count(Lister pages) {
    int n = 0;
    for (;;) {
        const auto p = co_await pages.next();
        if (!p) co_return n;
        ++n;
    }
}

/// A listing of s3://b/tmp/.
struct listing {
    const char* root;
    const char* marker; ///< the elements that say how to go on, around what
    const char* marker_end;
    const char* entry; ///< around a key
    const char* entry_end;
    awaitable<int> (*pages)(s3::client);

    /// A page that goes on at `next`, or the last one.
    say page(const std::string& inside, const std::string& next) const {
        const std::string body = "<" + std::string{root} + "><IsTruncated>" + (next.empty() ? "false" : "true") + "</IsTruncated>" +
                                 (next.empty() ? "" : marker + next + marker_end) + inside + "</" + root + ">";
        return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    }
    std::string of(const std::string& key) const { return entry + key + entry_end; }
};

const listing all_listings[] = {
    {"ListBucketResult", "<NextContinuationToken>", "</NextContinuationToken>", "<Contents><Key>", "</Key><Size>1</Size></Contents>",
     [](s3::client c) { return count(c.list("s3://b/tmp/")); }},
    {"ListVersionsResult", "<NextKeyMarker>tmp/a</NextKeyMarker><NextVersionIdMarker>", "</NextVersionIdMarker>", "<Version><Key>",
     "</Key><VersionId>v</VersionId></Version>", [](s3::client c) { return count(s3::list_object_versions(c, "s3://b/tmp/")); }},
    {"ListMultipartUploadsResult", "<NextKeyMarker>tmp/a</NextKeyMarker><NextUploadIdMarker>", "</NextUploadIdMarker>",
     "<Upload><Key>", "</Key><UploadId>u</UploadId></Upload>", [](s3::client c) { return count(s3::list_uploads(c, "s3://b/tmp/")); }},
};

TEST_CASE("listings: an empty page in between is no end") {
    for (const auto& l : all_listings) {
        CAPTURE(l.root);
        world w{{l.page(l.of("tmp/a"), "1"), l.page("", "2"), l.page(l.of("tmp/b"), "")}};
        CHECK(w.run(l.pages(w.client())) == 3);
    }
}

TEST_CASE("listings: only what is under the prefix") {
    for (const auto& l : all_listings)
        for (const auto& other : {l.of("important/data"), std::string{"<CommonPrefixes><Prefix>important/</Prefix></CommonPrefixes>"}}) {
            CAPTURE(other);
            world w{{l.page(other, "")}};
            const auto r = w.run(as_result(l.pages(w.client())));
            REQUIRE(r.has_error());
            CHECK(r.error().code() == errc::malformed_response);
            CHECK(r.error().message().find("important") != std::string::npos);
            CHECK(r.error().detail().bucket == "b");
        }
}

TEST_CASE("listings: never for ever") {
    for (const auto& l : all_listings) {
        CAPTURE(l.root);
        std::vector<say> standing, circle, fresh;
        for (int i = 0; i < 1500; ++i) {
            standing.push_back(l.page(l.of("tmp/a"), "t"));
            circle.push_back(l.page(l.of("tmp/a"), "t" + std::to_string(i % 7)));
            fresh.push_back(l.page("", "t" + std::to_string(i)));
        }
        const auto asked_before_failure = [&l](std::vector<say> script) {
            world w{std::move(script)};
            const auto r = w.run(as_result(l.pages(w.client())));
            REQUIRE(r.has_error());
            CHECK(r.error().code() == errc::malformed_response);
            return w.how->requests.size();
        };
        CHECK(asked_before_failure(std::move(standing)) == 2);
        CHECK(asked_before_failure(std::move(circle)) <= 16);
        CHECK(asked_before_failure(std::move(fresh)) == 1001);
    }
}

} // namespace test_s3_listings

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "simulation/world.hpp"

#include <penstock/core/as_result.hpp>
#include <penstock/s3/copy.hpp>

#include <doctest/doctest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>

#include <optional>

namespace copy_test {

using namespace penstock;
using simulation_test::pattern;
using simulation_test::world;
using testing::fault;
using testing::fault_rule;

constexpr std::size_t mebibyte = std::size_t{1} << 20;

struct lab : world {
    explicit lab() : world{1} {
        server.put("b", "x", "");
        server.put("other", "x", "");
        how = world::options();
        how.retry(aws::retry_options::preset("none"));
        c.emplace(io.get_executor(), how);
        bytes = pattern(5 * mebibyte + 77, 1);
        s3::put_object_options o;
        o.content_type("text/x-copied").cache_control("no-cache").metadata("owner", "me").tag("team", "ä b").tag("cost", "7");
        o.content_disposition("inline").content_language("de").expires("Thu, 01 Dec 2030 16:00:00 GMT");
        source_tag = run(c->put("s3://b/source", bytes, o)).etag;
    }
    static s3::copy_limits in_parts() { return s3::copy_limits{}.threshold(2 * mebibyte).part_size(mebibyte); }
    auto copy(s3::copy_object_options o = s3::copy_object_options(), s3::copy_limits l = in_parts()) {
        return run(as_result(s3::copy(*c, "s3://b/source", "s3://other/copy", std::move(o), std::move(l))));
    }
    std::optional<s3::stored_object> copied() {
        auto got = run(as_result(c->get("s3://other/copy")));
        if (!got) return std::nullopt;
        return std::move(*got);
    }
    std::size_t part_copies() {
        std::size_t n = 0;
        for (const auto& r : server.requests()) n += r.target.find("partNumber=") != r.target.npos;
        return n;
    }
    void settle() { testing::run_simulated(io, *clock); }

    s3::client_options how;
    std::optional<s3::client> c;
    std::string bytes;
    s3::entity_tag source_tag;
};

TEST_CASE("copy: in one request or in parts, bytes, headers, metadata and tags are the source's") {
    for (const bool large : {true, false}) {
        CAPTURE(large);
        lab l;
        std::uint64_t told = 0;
        auto limits = large ? lab::in_parts() : s3::copy_limits();
        const auto done = l.copy({}, limits.progress([&](std::uint64_t n) { told = n; }));
        REQUIRE_MESSAGE(done.has_value(), done.error().message());
        CHECK(l.part_copies() == (large ? 6 : 0));
        CHECK(told == l.bytes.size());
        const auto got = l.copied();
        REQUIRE(got.has_value());
        CHECK(got->body == l.bytes);
        CHECK(got->metadata.etag == done->etag);
        CHECK(got->metadata.content_type == "text/x-copied");
        CHECK(got->metadata.cache_control == "no-cache");
        CHECK(got->metadata.content_disposition == "inline");
        CHECK(got->metadata.content_language == "de");
        CHECK(got->metadata.expires == "Thu, 01 Dec 2030 16:00:00 GMT");
        CHECK(got->metadata.metadata.at("owner") == "me");
        const auto tags = l.run(s3::get_tags(*l.c, "s3://other/copy"));
        CHECK(tags == s3::object_tags{{"team", "ä b"}, {"cost", "7"}});
        for (const auto& r : l.server.requests())
            if (!r.headers["x-amz-copy-source"].empty())
                CHECK(r.headers["x-amz-copy-source-if-match"] == l.source_tag.raw());
        CHECK(l.server.service().open_uploads() == 0);
    }
}

TEST_CASE("copy: metadata and tags are replaced where that is asked for") {
    for (const bool large : {true, false}) {
        lab l;
        s3::copy_object_options o;
        o.replace_metadata().content_type("text/x-new").metadata("k", "v");
        o.replace_tags().tag("only", "this");
        const auto done = l.copy(o, large ? lab::in_parts() : s3::copy_limits());
        REQUIRE(done.has_value());
        const auto got = l.copied();
        REQUIRE(got.has_value());
        CHECK(got->metadata.content_type == "text/x-new");
        CHECK(got->metadata.metadata == std::map<std::string, std::string>{{"k", "v"}});
        CHECK(got->metadata.cache_control.empty());
        CHECK(l.run(s3::get_tags(*l.c, "s3://other/copy")) == s3::object_tags{{"only", "this"}});
    }
    lab l;
    const auto r = l.copy(s3::copy_object_options{}.content_type("text/x-ignored"));
    REQUIRE(r.has_error());
    CHECK(r.error().code() == errc::invalid_option);
}

TEST_CASE("copy: a source that changes meanwhile, or does not meet its conditions, leaves nothing") {
    lab l;
    const auto before = l.server.requests().size();
    auto r = l.copy(s3::copy_object_options{}.source_if_match("\"0\""));
    REQUIRE(r.has_error());
    CHECK(r.error().code() == errc::precondition_failed);
    r = l.copy(s3::copy_object_options{}.source_if_none_match(l.source_tag.raw()));
    REQUIRE(r.has_error());
    CHECK(r.error().code() == errc::precondition_failed);
    CHECK(l.server.requests().size() == before + 2); // the source was asked, nothing else

    auto change = lab::in_parts().progress([&l](std::uint64_t) { l.server.put("b", "source", "another"); });
    r = l.copy({}, change);
    REQUIRE(r.has_error());
    CHECK(r.error().code() == errc::precondition_failed);
    l.settle();
    CHECK(!l.copied());
    CHECK(l.server.service().open_uploads() == 0);
}

TEST_CASE("copy: a 200 that is an error is none, in parts and at the end") {
    lab l;
    l.how.retry(aws::retry_options{});
    l.c.emplace(l.io.get_executor(), l.how);
    l.server.faults().add(fault_rule{fault::error_in_200()}.query("partNumber=3&").times(2));
    l.server.faults().add(fault_rule{fault::error_in_200("SlowDown")}.method("POST").query("uploadId=").times(1));
    auto r = l.copy();
    REQUIRE_MESSAGE(r.has_value(), r.error().message());
    CHECK(l.part_copies() == 8);
    CHECK(l.copied()->body == l.bytes);

    l.server.faults().add(fault_rule{fault::error_in_200("AccessDenied")}.query("partNumber=2&").times(1));
    r = l.copy();
    REQUIRE(r.has_error());
    CHECK(r.error().code() == errc::access_denied);
    l.settle();
    CHECK(l.server.service().open_uploads() == 0);
}

TEST_CASE("copy: conditions on the target hold at the end") {
    for (const bool large : {true, false}) {
        lab l;
        l.server.put("other", "copy", "mine");
        const auto limits = large ? lab::in_parts() : s3::copy_limits();
        const auto r = l.copy(s3::copy_object_options{}.if_none_match("*"), limits);
        REQUIRE(r.has_error());
        CHECK(r.error().code() == errc::precondition_failed);
        CHECK(l.copied()->body == "mine");
        l.settle();
        CHECK(l.server.service().open_uploads() == 0);
    }
}

TEST_CASE("copy: cancelled at any step, no upload is left") {
    int cut = 0;
    for (int steps = 0;; ++steps) {
        lab l;
        bool ended = false;
        asio::cancellation_signal signal;
        asio::co_spawn(l.io, s3::copy(*l.c, "s3://b/source", "s3://other/copy", {}, lab::in_parts()),
                       asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr, s3::copy_object_result) { ended = true; }));
        for (int i = 0; i < steps && !ended; ++i)
            if (l.io.poll_one() == 0 && !l.clock->advance_to_next()) break;
        const bool was_cut = !ended;
        signal.emit(asio::cancellation_type::terminal);
        testing::run_simulated(l.io, *l.clock, [&] { return ended; });
        l.settle();
        CHECK(l.server.service().open_uploads() == 0);
        if (const auto there = l.copied()) CHECK(there->body == l.bytes);
        if (!was_cut) break;
        ++cut;
        REQUIRE(steps < 10'000);
    }
    CHECK(cut > 30);
}

} // namespace copy_test

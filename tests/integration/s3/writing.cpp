// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "store.hpp"

#include <penstock/core/as_result.hpp>
#include <penstock/core/with_timeout.hpp>
#include <penstock/s3/copy.hpp>
#include <penstock/s3/upload.hpp>
#include <penstock/s3/uploads.hpp>
#include <support/temporary_folder.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <vector>

namespace writing_integration {

using namespace penstock;
using store_test::in_bucket;
using store_test::store;

constexpr std::size_t mebibyte = std::size_t{1} << 20;
constexpr std::size_t part = 5 * mebibyte; // the smallest that stores take

std::string pattern(std::size_t n) {
    std::string s(n, '\0');
    for (std::size_t i = 0; i < n; ++i) s[i] = static_cast<char>((i * 131 + i / 251) & 0xff);
    return s;
}

/// Nothing where the store does not tell.
awaitable<std::vector<s3::upload_summary>> open_uploads(s3::client c, std::string prefix) {
    std::vector<s3::upload_summary> all;
    if (!store_test::differences_of(store_test::store_name()).lists_uploads) co_return all;
    auto pages = s3::list_uploads(c, prefix);
    for (;;) {
        auto page = co_await pages.next();
        if (!page) break;
        for (auto& u : page->uploads) all.push_back(std::move(u));
    }
    co_return all;
}

/// Until nothing of an abandoned upload is listed any more.
awaitable<bool> none_open_soon(s3::client c, std::string prefix) {
    for (int i = 0; i < 50; ++i) {
        const auto left = co_await open_uploads(c, prefix);
        if (left.empty()) co_return true;
        co_await sleep_for(make_system_clock(), std::chrono::milliseconds{100});
    }
    co_return false;
}

s3::client writing_client(store& st) {
    auto o = st.options();
    o.part_size(part).sign_payload(false);
    return s3::client{st.io.get_executor(), o};
}

TEST_CASE("store: parts sent side by side are the bytes written, by writer, file and memory") {
    store st;
    const test::temporary_folder folder;
    auto body = [&](s3::client c) -> awaitable<void> {
        const auto text = pattern(4 * part + 12'345);
        auto w = c.create(st.url("w"));
        for (std::size_t at = 0; at < text.size(); at += 1'000'003) co_await w.write(std::string_view{text}.substr(at, 1'000'003));
        co_await w.commit();
        auto got = co_await c.get(st.url("w"));
        CHECK(got.body == text);

        folder.write("file", text);
        const auto path = folder / "file";
        const auto options = s3::put_object_options{}.content_type("text/x-file").metadata("k", "v");
        const auto done = co_await s3::upload_file(c, path, st.url("f"), options);
        CHECK(done.key == "f");
        got = co_await c.get(st.url("f"));
        CHECK(got.body == text);
        CHECK(got.metadata.content_type == "text/x-file");
        CHECK(got.metadata.metadata.at("k") == "v");
        folder.write("small", "small");
        co_await s3::upload_file(c, folder / "small", st.url("s"));
        got = co_await c.get(st.url("s"));
        CHECK(got.body == "small");

        auto o = c.options();
        o.multipart_threshold(part);
        s3::client in_parts{st.io.get_executor(), o};
        co_await in_parts.put(st.url("m"), text);
        got = co_await c.get(st.url("m"));
        CHECK(got.body == text);
        const auto left = co_await open_uploads(c, "s3://" + st.bucket);
        CHECK(left.empty());
    };
    st.run(in_bucket(st, writing_client(st), body));
}

TEST_CASE("store: an abort, a drop and a cancellation leave no upload") {
    store st;
    auto body = [&](s3::client c) -> awaitable<void> {
        const auto text = pattern(2 * part);
        const auto prefix = "s3://" + st.bucket;
        {
            auto w = c.create(st.url("aborted"));
            co_await w.write(text);
            co_await w.write("more");
            CHECK(!w.upload_id().empty());
            co_await w.abort();
            const auto left = co_await open_uploads(c, prefix);
            CHECK(left.empty());
        }
        {
            auto w = c.create(st.url("dropped"));
            co_await w.write(text);
            co_await w.write("more");
        }
        const bool dropped = co_await none_open_soon(c, prefix);
        CHECK(dropped);
        auto slow = [](s3::client c, std::string url, std::string text) -> awaitable<void> {
            auto w = c.create(url);
            for (;;) co_await w.write(text);
        };
        const auto cut = co_await as_result(with_timeout(slow(c, st.url("cancelled"), text), std::chrono::milliseconds{60}));
        CHECK(cut.has_error());
        const bool cancelled = co_await none_open_soon(c, prefix);
        CHECK(cancelled);
        const auto none = co_await as_result(c.head(st.url("cancelled")));
        CHECK(none.has_error());
    };
    st.run(in_bucket(st, writing_client(st), body));
}

TEST_CASE("store: an upload that ended early is gone on with") {
    store st;
    if (!st.differs.lists_parts) return;
    const test::temporary_folder folder;
    auto body = [&](s3::client c) -> awaitable<void> {
        const auto text = pattern(3 * part + 99);
        folder.write("file", text);
        const auto path = folder / "file";
        // as a process that died would have left it
        const auto id = co_await s3::begin_upload(c, st.url("k"));
        const auto second = as_bytes(text).subspan(part, part);
        co_await s3::upload_part(c, st.url("k"), id, 2, second);
        auto open = co_await open_uploads(c, st.url("k"));
        if (st.differs.lists_uploads) {
            REQUIRE(open.size() == 1);
            CHECK(open[0].upload_id == id);
        }
        co_await s3::resume_upload(c, path, st.url("k"), id);
        auto got = co_await c.get(st.url("k"));
        CHECK(got.body == text);

        auto first = c.create(st.url("w"));
        co_await first.write(text);
        co_await first.write(text);
        co_await sleep_for(make_system_clock(), std::chrono::milliseconds{200});
        auto rest = co_await s3::resume_writer(c, st.url("w"), first.detach());
        const auto twice = text + text;
        co_await rest.write(std::string_view{twice}.substr(rest.size()));
        co_await rest.commit();
        got = co_await c.get(st.url("w"));
        CHECK(got.body == twice);
        co_await s3::abort_upload(c, st.url("w"), id); // that it is gone is no error
    };
    st.run(in_bucket(st, writing_client(st), body));
}

TEST_CASE("store: a copy in parts keeps headers and metadata") {
    store st;
    auto body = [&](s3::client c) -> awaitable<void> {
        const auto text = pattern(2 * part + 7);
        const auto options = s3::put_object_options{}.content_type("text/x-source").metadata("owner", "me");
        const auto source = st.url(st.differs.any_key ? "source +%" : "source");
        co_await c.put(source, text, options);
        const auto limits = s3::copy_limits{}.threshold(part).part_size(part);
        co_await s3::copy(c, source, st.url("dir/copy"), s3::copy_object_options(), limits);
        const auto got = co_await c.get(st.url("dir/copy"));
        CHECK(got.body == text);
        CHECK(got.metadata.content_type == "text/x-source");
        CHECK(got.metadata.metadata.at("owner") == "me");
        const auto stale = s3::copy_object_options{}.source_if_match("\"00000000000000000000000000000000\"");
        const auto r = co_await as_result(s3::copy(c, source, st.url("dir/other"), stale, limits));
        REQUIRE(r.has_error() == st.differs.conditional_copy);
        if (!r) CHECK(r.error().code() == errc::precondition_failed);
    };
    st.run(in_bucket(st, writing_client(st), body));
}

TEST_CASE("store: of those who create, one wins; appends never meet") {
    store st;
    auto body = [&](s3::client c) -> awaitable<void> {
        const auto create = s3::put_object_options{}.mode(s3::write_mode::create_only);
        auto first = c.create(st.url("once"), create);
        auto second = c.create(st.url("once"), create);
        co_await first.write("first");
        co_await second.write("second");
        co_await first.commit();
        const auto lost = co_await as_result(second.commit());
        REQUIRE(lost.has_error());
        CHECK(lost.error().code() == condition::changed);
        auto got = co_await c.get(st.url("once"));
        CHECK(got.body == "first");
        // in parts, too
        auto large = c.create(st.url("once"), create);
        co_await large.write(pattern(part + 1));
        const auto refused = co_await as_result(large.commit());
        REQUIRE(refused.has_error());
        CHECK(refused.error().code() == condition::changed);
        got = co_await c.get(st.url("once"));
        CHECK(got.body == "first");
        const auto append = s3::put_object_options{}.mode(s3::write_mode::append_to_prefix).key_suffix(".txt");
        const auto a = co_await c.put(st.url("log/"), "a", append);
        const auto b = co_await c.put(st.url("log/"), "b", append);
        CHECK(a.key != b.key);
        got = co_await c.get(st.url(a.key));
        CHECK(got.body == "a");
    };
    st.run(in_bucket(st, writing_client(st), body));
}

TEST_CASE("store: a conditional delete, alone and in a batch") {
    store st;
    auto body = [&](s3::client c) -> awaitable<void> {
        const auto put = co_await c.put(st.url("d"), "x");
        const auto wrong = s3::delete_object_options{}.if_match("\"00000000000000000000000000000000\"");
        if (!st.differs.conditional_delete && !st.differs.known_by_name) co_return; // nobody can tell that it did not heed it
        const auto r = co_await as_result(c.remove(st.url("d"), wrong));
        REQUIRE(r.has_error());
        CHECK(r.error().code() == (st.differs.conditional_delete ? errc::precondition_failed : errc::unsupported));
        if (!st.differs.conditional_delete) co_return;
        co_await c.remove(st.url("d"), s3::delete_object_options{}.if_match(put.etag.raw()));
        const auto gone = co_await as_result(c.head(st.url("d")));
        CHECK(gone.has_error());
        const auto missing = co_await as_result(c.remove(st.url("d"), wrong));
        CHECK(missing.has_error() == st.differs.delete_if_match_404);
        if (!st.differs.conditional_batch) co_return;

        const auto a = co_await c.put(st.url("a"), "a");
        co_await c.put(st.url("b"), "b");
        std::vector<s3::object_identifier> both;
        both.emplace_back("a");
        both.emplace_back("b");
        for (auto& o : both) o.if_match = a.etag.raw();
        const auto done = co_await c.remove(st.bucket, both);
        CHECK(done.deleted.size() == 1);
        REQUIRE(done.errors.size() == 1);
        CHECK(done.errors[0].key == "b");
        CHECK(done.errors[0].code == "PreconditionFailed");
    };
    st.run(in_bucket(st, writing_client(st), body));
}

} // namespace writing_integration

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "unit/s3/scripted_store.hpp"
#include "unit/s3/writing_lab.hpp"

#include <penstock/checksum/checksum_hasher.hpp>
#include <penstock/core/as_result.hpp>
#include <penstock/core/memory_io.hpp>
#include <penstock/s3/upload.hpp>
#include <penstock/s3/uploads.hpp>

#include <doctest/doctest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>

#include <stdlib.h>
#include <unistd.h>

namespace upload_test {

using namespace penstock;
using simulation_test::pattern;
using testing::fault;
using testing::fault_rule;
using writing_lab::cancel_at;
using writing_lab::lab;
using writing_lab::mebibyte;


/// A file of its own, gone at the end.
struct temporary_file {
    explicit temporary_file(const std::string& bytes) {
        char name[] = "/tmp/penstock-upload-XXXXXX";
        const int fd = ::mkstemp(name);
        REQUIRE(fd >= 0);
        ::close(fd);
        path = name;
        write(bytes);
    }
    temporary_file(const temporary_file&) = delete;
    temporary_file& operator=(const temporary_file&) = delete;
    ~temporary_file() { std::remove(path.c_str()); }
    void write(const std::string& bytes) { std::ofstream{path, std::ios::binary} << bytes; }

    std::string path;
};

TEST_CASE("upload_file: one request, or parts, each read from the file while it is sent") {
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, mebibyte, mebibyte + 1, 5 * mebibyte, 5 * mebibyte + 700'001}) {
        CAPTURE(size);
        for (const bool sign : {true, false}) {
            lab l;
            l.how.sign_payload(sign).memory_budget(4 * mebibyte);
            const auto bytes = pattern(size, size);
            const temporary_file file{bytes};
            auto c = l.client();
            std::vector<std::uint64_t> told;
            const auto how = s3::upload_options{}.progress([&](std::uint64_t n) { told.push_back(n); });
            const auto options = s3::put_object_options{}.content_type("text/x-file");
            const auto done = l.run(s3::upload_file(c, file.path, "s3://b/k", options, how));
            CHECK(!done.etag.empty());
            CHECK(l.stored() == bytes);
            CHECK(l.run(c.head("s3://b/k")).content_type == "text/x-file");
            CHECK(l.parts_sent() == (size <= mebibyte ? 0 : (size + mebibyte - 1) / mebibyte));
            REQUIRE(!told.empty());
            CHECK(told.back() == size);
            CHECK(std::is_sorted(told.begin(), told.end()));
            CHECK(c.statistics().budget_peak < 2 * mebibyte); // slices, not parts
            CHECK(c.budget()->used() == 0);
            for (const auto& r : l.server.requests())
                if (r.method == "PUT" && size > 0)
                    CHECK((r.headers["x-amz-content-sha256"] == "UNSIGNED-PAYLOAD") == !sign);
        }
    }
}

TEST_CASE("upload_file: what has to be sent again is read again") {
    lab l;
    l.how.retry(aws::retry_options{});
    const auto bytes = pattern(3 * mebibyte, 2);
    const temporary_file file{bytes};
    l.faults().add(fault_rule{fault::reset_request_at(500'000)}.query("partNumber=1&").times(2));
    l.faults().add(fault_rule{fault::internal_error()}.query("partNumber=2&").times(1));
    l.run(s3::upload_file(l.client(), file.path, "s3://b/k"));
    CHECK(l.stored() == bytes);
    CHECK(l.parts_sent() == 6);
}

TEST_CASE("upload_file: files that are not there, folders, and what changes meanwhile") {
    lab l;
    auto r = l.run(as_result(s3::upload_file(l.client(), "/nowhere/at all", "s3://b/k")));
    REQUIRE(r.has_error());
    CHECK(r.error().code() == condition::not_found);
    r = l.run(as_result(s3::upload_file(l.client(), "/tmp", "s3://b/k")));
    REQUIRE(r.has_error());
    r = l.run(as_result(s3::upload_file(l.client(), "/tmp", "s3://b")));
    REQUIRE(r.has_error());
    CHECK(r.error().code() == errc::missing_key);

    for (const bool shorter : {true, false}) {
        CAPTURE(shorter);
        lab m;
        m.how.upload_concurrency(1);
        const auto bytes = pattern(3 * mebibyte, 3);
        temporary_file file{bytes};
        const auto how = s3::upload_options{}.progress([&](std::uint64_t n) {
            if (n == mebibyte) file.write(shorter ? bytes.substr(0, 2 * mebibyte - 5) : bytes + "more");
        });
        r = m.run(as_result(s3::upload_file(m.client(), file.path, "s3://b/k", s3::put_object_options(), how)));
        REQUIRE(r.has_error());
        CHECK(r.error().code() == errc::object_changed);
        m.settle();
        CHECK(!m.stored());
        CHECK(m.open_uploads() == 0);
    }
}

TEST_CASE("upload_file: what the caller's own function throws ends the upload, and is thrown to the caller") {
    for (const std::size_t size : {std::size_t{3}, 3 * mebibyte}) {
        lab l;
        const temporary_file file{pattern(size, 4)};
        const auto how = s3::upload_options{}.progress([](std::uint64_t) { throw std::runtime_error{"of the caller"}; });
        CHECK_THROWS_WITH_AS(l.run(s3::upload_file(l.client(), file.path, "s3://b/k", s3::put_object_options(), how)),
                             "of the caller", std::runtime_error);
        l.settle();
        CHECK(l.open_uploads() == 0);
    }
}

TEST_CASE("upload_file: what is no regular file is read as a source") {
    lab l;
    l.run(s3::upload_file(l.client(), "/dev/null", "s3://b/k"));
    CHECK(l.stored() == "");
}

/// Gives a few bytes at a time, and ends in an error where that is asked for.
struct slow_source final : byte_source {
    slow_source(std::string bytes, std::size_t step, bool fails = false) : inner{std::move(bytes), step}, fails{fails} {}
    io_result try_read_some(std::span<std::byte> into) override {
        if (++calls % 3 == 0) return io_result::would_block();
        auto r = inner.try_read_some(into);
        if (r.status == io_status::end && fails) return io_result::failed(errc::corrupt_compressed_data);
        return r;
    }
    awaitable<void> ready() override { co_return; }
    memory_source inner;
    bool fails;
    int calls = 0;
};

TEST_CASE("upload: a source of unknown length, and one that fails") {
    for (const std::size_t size : {std::size_t{0}, mebibyte - 1, mebibyte, mebibyte + 1, 4 * mebibyte}) {
        CAPTURE(size);
        lab l;
        const auto bytes = pattern(size, size + 9);
        slow_source source{bytes, 70'001};
        l.run(s3::upload(l.client(), "s3://b/k", source));
        CHECK(l.stored() == bytes);
        CHECK(l.parts_sent() == (size <= mebibyte ? 0 : (size + mebibyte - 1) / mebibyte));

        slow_source failing{bytes, 70'001, true};
        const auto r = l.run(as_result(s3::upload(l.client(), "s3://b/other", failing)));
        REQUIRE(r.has_error());
        CHECK(r.error().code() == errc::corrupt_compressed_data);
        l.settle();
        CHECK(!l.stored("other"));
        CHECK(l.open_uploads() == 0);
    }
}

TEST_CASE("put: more than the threshold goes in parts, straight from the caller's memory") {
    lab l;
    l.how.multipart_threshold(2 * mebibyte);
    auto c = l.client();
    const auto bytes = pattern(5 * mebibyte + 5, 4);
    const auto done = l.run(c.put("s3://b/k", bytes));
    CHECK(done.etag.value().ends_with("-6"));
    CHECK(l.stored() == bytes);
    CHECK(c.statistics().budget_peak < mebibyte);
    l.run(c.put("s3://b/small", std::string_view{bytes}.substr(0, 2 * mebibyte)));
    CHECK(l.parts_sent() == 6);

    l.faults().add(fault_rule{fault::answer(403, "AccessDenied", "no")}.query("partNumber=3&").times(1));
    const auto r = l.run(as_result(c.put("s3://b/other", bytes)));
    REQUIRE(r.has_error());
    CHECK(r.error().code() == errc::access_denied);
    CHECK(!r.error().detail().upload_id.empty());
    l.settle();
    CHECK(l.open_uploads() == 0);
    auto once = l.run(as_result(c.put("s3://b/k", bytes, s3::put_object_options{}.if_none_match("*"))));
    REQUIRE(once.has_error());
    CHECK(once.error().code() == errc::precondition_failed);
    l.settle();
    CHECK(l.open_uploads() == 0);
}

TEST_CASE("put and upload_file: cancelled at any step nothing is left, and the caller's bytes are not touched again") {
    const auto bytes = pattern(3 * mebibyte + 1, 5);
    const temporary_file file{bytes};
    for (const bool from_file : {true, false}) {
        int cut = 0;
        for (int steps = 0;; ++steps) {
            CAPTURE(steps);
            lab l;
            l.how.multipart_threshold(mebibyte);
            auto c = l.client();
            auto mine = std::make_unique<std::string>(bytes);
            auto op = from_file ? s3::upload_file(c, file.path, "s3://b/k") : c.put("s3://b/k", std::string_view{*mine});
            const bool was_cut = cancel_at(l, std::move(op), steps, [&] { mine.reset(); }); // the sanitizer judges
            CHECK(l.open_uploads() == 0);
            CHECK(c.budget()->used() == 0);
            const auto there = l.stored();
            if (there) CHECK(*there == bytes);
            if (!was_cut) break;
            ++cut;
            REQUIRE(steps < 100'000);
        }
        CHECK(cut > 50);
    }
}

TEST_CASE("upload_file: parts that were kept are gone on with, and only those that are the file's") {
    lab l;
    l.how.upload_concurrency(1);
    auto bytes = pattern(6 * mebibyte + 17, 6);
    temporary_file file{bytes};
    l.faults().add(fault_rule{fault::answer(403, "AccessDenied", "no")}.query("partNumber=5&").times(1));
    const auto keep = s3::upload_options{}.keep_parts(true);
    const auto options = s3::put_object_options{}.content_type("text/x-kept");
    auto r = l.run(as_result(s3::upload_file(l.client(), file.path, "s3://b/k", options, keep)));
    REQUIRE(r.has_error());
    const auto id = r.error().detail().upload_id;
    REQUIRE(!id.empty());
    l.settle();
    CHECK(l.open_uploads() == 1);

    SUBCASE("as it was") {
        const auto before = l.parts_sent();
        std::uint64_t told = 0;
        const auto how = s3::upload_options{}.progress([&](std::uint64_t n) { told = n; });
        l.run(s3::resume_upload(l.client(), file.path, "s3://b/k", id, s3::put_object_options(), how));
        CHECK(l.stored() == bytes);
        CHECK(l.parts_sent() - before == 3); // 5, 6 and 7
        CHECK(told == bytes.size());
        CHECK(l.open_uploads() == 0);
        auto c = l.client();
        CHECK(l.run(c.head("s3://b/k")).content_type == "text/x-kept");
        r = l.run(as_result(s3::resume_upload(l.client(), file.path, "s3://b/k", id)));
        REQUIRE(r.has_error());
        CHECK(r.error().code() == errc::no_such_upload);
    }
    SUBCASE("with other bytes in one part") {
        bytes[mebibyte + 5] ^= 1;
        file.write(bytes);
        const auto before = l.parts_sent();
        l.run(s3::resume_upload(l.client(), file.path, "s3://b/k", id));
        CHECK(l.stored() == bytes);
        CHECK(l.parts_sent() - before == 4);
    }
    SUBCASE("with other bytes, and trust in sizes") {
        const auto old = bytes;
        bytes[mebibyte + 5] ^= 1;
        file.write(bytes);
        l.run(s3::resume_upload(l.client(), file.path, "s3://b/k", id, s3::put_object_options(), s3::upload_options{}.trust_sizes(true)));
        CHECK(l.stored() == old);
    }
    SUBCASE("shorter than what is there") {
        bytes.resize(2 * mebibyte + 100);
        file.write(bytes);
        l.run(s3::resume_upload(l.client(), file.path, "s3://b/k", id));
        CHECK(l.stored() == bytes);
    }
    SUBCASE("with another size of parts") {
        l.how.part_size(2 * mebibyte);
        const auto before = l.parts_sent();
        l.run(s3::resume_upload(l.client(), file.path, "s3://b/k", id));
        CHECK(l.stored() == bytes);
        CHECK(l.parts_sent() - before == 3); // the parts that are there say their size
    }
    SUBCASE("failing again, it is kept again") {
        l.faults().add(fault_rule{fault::answer(403, "AccessDenied", "no")}.query("partNumber=6&").times(1));
        r = l.run(as_result(s3::resume_upload(l.client(), file.path, "s3://b/k", id)));
        REQUIRE(r.has_error());
        CHECK(r.error().detail().upload_id == id);
        l.settle();
        CHECK(l.open_uploads() == 1);
    }
    SUBCASE("cancelled at any step, it is kept") {
        for (int steps = 0; steps < 60; ++steps) {
            cancel_at(l, s3::resume_upload(l.client(), file.path, "s3://b/k", id), steps);
            CHECK(l.open_uploads() + l.stored().has_value() == 1);
            if (l.open_uploads() == 0) break;
        }
    }
}

TEST_CASE("resume_upload: sizes of parts that no part of the file can have are not planned by") {
    const auto answer = [](std::string headers, std::string body) {
        return "HTTP/1.1 200 OK\r\n" + headers + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    };
    const auto part = [](int number, std::string size) {
        return "<Part><PartNumber>" + std::to_string(number) + "</PartNumber><ETag>\"e\"</ETag><Size>" + size + "</Size></Part>";
    };
    // Twice 2^63 is 0: by such parts the third would be the file's first.
    const auto parts = "<ListPartsResult>" + part(1, "9223372036854775808") + part(3, "10") + "</ListPartsResult>";
    const auto done = "<CompleteMultipartUploadResult><ETag>\"e-1\"</ETag></CompleteMultipartUploadResult>";
    scripted::world w{{answer("", parts), answer("ETag: \"e\"\r\n", ""), answer("", done)}};
    const temporary_file file{"0123456789"};
    const auto how = s3::upload_options{}.trust_sizes(true);
    w.run(s3::resume_upload(w.client(), file.path, "s3://b/k", "id", s3::put_object_options(), how));
    REQUIRE(w.how->requests.size() == 3);
    CHECK(w.how->requests[1].starts_with("PUT /b/k?partNumber=1&uploadId=id "));
    CHECK(w.how->requests[1].ends_with("\r\n\r\n0123456789"));
    CHECK(w.how->requests[2].find("<PartNumber>1<") != std::string::npos);
    CHECK(w.how->requests[2].find("<PartNumber>3<") == std::string::npos);
}

TEST_CASE("resume_writer: goes on behind the first parts without a gap") {
    lab l;
    const auto bytes = pattern(5 * mebibyte + 3, 7);
    auto first = [](lab* l, std::string bytes) -> awaitable<std::string> {
        auto w = l->client().create("s3://b/k");
        co_await w.write(std::string_view{bytes}.substr(0, 3 * mebibyte + 1)); // the last byte is not sent
        co_await sleep_for(l->clock, std::chrono::seconds{1});
        co_return w.detach();
    };
    const auto id = l.run(first(&l, bytes));
    auto rest = [](lab* l, std::string bytes, std::string id) -> awaitable<void> {
        auto w = co_await s3::resume_writer(l->client(), "s3://b/k", id);
        CHECK(w.size() == 3 * mebibyte);
        CHECK(w.upload_id() == id);
        co_await w.write(std::string_view{bytes}.substr(w.size()));
        co_await w.commit();
    };
    SUBCASE("whole") {
        l.run(rest(&l, bytes, id));
        CHECK(l.stored() == bytes);
        CHECK(l.parts_sent() == 6);
    }
    SUBCASE("dropped") {
        auto drop = [](lab* l, std::string id) -> awaitable<void> {
            auto w = co_await s3::resume_writer(l->client(), "s3://b/k", id);
        };
        l.run(drop(&l, id));
        l.settle();
        CHECK(l.open_uploads() == 0);
    }
    SUBCASE("with more there than was said ahead, which stays") {
        auto less = [](lab* l, std::string id) -> awaitable<void> {
            const auto options = s3::put_object_options{}.content_length(mebibyte);
            auto w = co_await s3::resume_writer(l->client(), "s3://b/k", id, options);
        };
        const auto r = l.run(as_result(less(&l, id)));
        REQUIRE(r.has_error());
        CHECK(r.error().code() == errc::body_too_long);
        l.settle();
        CHECK(l.open_uploads() == 1);
    }
    SUBCASE("no such upload") {
        const auto r = l.run(as_result(rest(&l, bytes, "nope")));
        REQUIRE(r.has_error());
        CHECK(r.error().code() == errc::no_such_upload);
    }
    SUBCASE("with a gap") {
        auto c = l.client();
        l.run(s3::upload_part(c, "s3://b/k", id, 5, as_bytes("behind a gap")));
        l.run(rest(&l, bytes, id));
        CHECK(l.stored() == bytes);
    }
}

TEST_CASE("uploads: begun, listed, listed by parts, completed and aborted by hand") {
    lab l;
    auto c = l.client();
    std::vector<std::string> ids;
    for (int i = 0; i < 5; ++i) ids.push_back(l.run(s3::begin_upload(c, "s3://b/dir/k" + std::to_string(i))));
    l.run(s3::begin_upload(c, "s3://b/elsewhere"));
    auto list = [](s3::client c) -> awaitable<std::vector<s3::upload_summary>> {
        std::vector<s3::upload_summary> all;
        auto pages = s3::list_uploads(c, "s3://b/dir/", s3::list_multipart_uploads_options{}.max_uploads(2));
        for (;;) {
            auto page = co_await pages.next();
            if (!page) break;
            for (auto& u : page->uploads) all.push_back(std::move(u));
        }
        co_return all;
    };
    auto all = l.run(list(c));
    REQUIRE(all.size() == 5);
    for (std::size_t i = 0; i < 5; ++i) {
        CHECK(all[i].key == "dir/k" + std::to_string(i));
        CHECK(all[i].upload_id == ids[i]);
        CHECK(all[i].initiated.has_value());
    }

    const auto big = pattern(mebibyte, 8);
    std::vector<s3::completed_part> parts;
    for (std::uint32_t n = 1; n <= 3; ++n) parts.push_back(l.run(s3::upload_part(c, "s3://b/dir/k0", ids[0], n, as_bytes(big))));
    auto list_parts = [](s3::client c, std::string id) -> awaitable<std::size_t> {
        std::size_t n = 0;
        auto pages = s3::list_parts(c, "s3://b/dir/k0", id, s3::list_parts_options{}.max_parts(2));
        for (;;) {
            const auto page = co_await pages.next();
            if (!page) break;
            n += page->parts.size();
        }
        co_return n;
    };
    CHECK(l.run(list_parts(c, ids[0])) == 3);
    const auto done = l.run(s3::complete_upload(c, "s3://b/dir/k0", ids[0], parts));
    CHECK(!done.etag.empty());
    CHECK(l.stored("dir/k0") == big + big + big);
    l.run(s3::abort_upload(c, "s3://b/dir/k1", ids[1]));
    l.run(s3::abort_upload(c, "s3://b/dir/k1", ids[1])); // that is no error
    CHECK(l.run(list(c)).size() == 3);
}

TEST_CASE("uploads: an abort goes on until no part is left") {
    lab l;
    l.how.upload_concurrency(1);
    auto c = l.client();
    const auto id = l.run(s3::begin_upload(c, "s3://b/k"));
    // A store that forgets the upload only when it is told a second time.
    l.faults().add(fault_rule{fault::answer(204, "", "")}.method("DELETE").times(1));
    l.run(s3::upload_part(c, "s3://b/k", id, 1, as_bytes("late")));
    l.run(s3::abort_upload(c, "s3://b/k", id));
    CHECK(l.open_uploads() == 0);
}

TEST_CASE("uploads: what is asked of the whole object is compared when an upload by hand is completed") {
    lab l;
    auto c = l.client();
    const auto asked = s3::create_multipart_upload_options{}.checksum(checksum_algorithm::crc32c);
    const auto id = l.run(s3::begin_upload(c, "s3://b/k", asked));
    std::vector<s3::completed_part> parts;
    parts.push_back(l.run(s3::upload_part(c, "s3://b/k", id, 1, as_bytes("whole"), s3::upload_part_options{}.checksum(checksum_algorithm::crc32c, ""))));
    const auto by = [&](std::string_view text) {
        s3::complete_multipart_upload_options o;
        return o.checksum(checksum_algorithm::crc32c, checksum_of(checksum_algorithm::crc32c, as_bytes(text)), checksum_type::full_object)
            .object_size(text.size());
    };
    const auto wrong = l.run(as_result(s3::complete_upload(c, "s3://b/k", id, parts, by("other"))));
    CHECK(wrong.has_error());
    l.run(s3::complete_upload(c, "s3://b/k", id, parts, by("whole")));
    const auto& sent = l.server.requests().back();
    CHECK(!sent.headers["x-amz-checksum-crc32c"].empty());
    CHECK(sent.headers["x-amz-mp-object-size"] == "5");
    CHECK(l.stored() == "whole");
}

TEST_CASE("resume_upload: the checksum of the whole object is compared, with the parts that were there") {
    lab l;
    const auto bytes = pattern(3 * mebibyte, 9);
    const temporary_file file{bytes};
    auto c = l.client();
    for (const bool right : {false, true}) {
        CAPTURE(right);
        const auto asked = s3::create_multipart_upload_options{}.checksum(checksum_algorithm::crc32c);
        const auto id = l.run(s3::begin_upload(c, "s3://b/k", asked));
        const auto first = std::string_view{bytes}.substr(0, mebibyte);
        l.run(s3::upload_part(c, "s3://b/k", id, 1, as_bytes(first), s3::upload_part_options{}.checksum(checksum_algorithm::crc32c, "")));
        s3::put_object_options o;
        o.checksum(checksum_algorithm::crc32c, checksum_of(checksum_algorithm::crc32c, as_bytes(right ? std::string_view{bytes} : first)));
        const auto done = l.run(as_result(s3::resume_upload(c, file.path, "s3://b/k", id, o)));
        CHECK(done.has_value() == right);
        CHECK(l.server.requests().back().headers["x-amz-mp-object-size"] == std::to_string(bytes.size()));
    }
    CHECK(l.stored() == bytes);
}

} // namespace upload_test

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "world.hpp"

#include <penstock/core/as_result.hpp>
#include <penstock/core/with_timeout.hpp>
#include <penstock/http/connection.hpp>
#include <penstock/s3/download.hpp>
#include <support/temporary_folder.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include <sys/stat.h>

namespace unordered_read_test {

using namespace penstock;
using simulation_test::pattern;
using simulation_test::world;
using testing::fault;

constexpr std::uint64_t mib = std::uint64_t{1} << 20;
constexpr std::uint64_t connection = http::connection_memory(true);

s3::parallel_options parts(std::uint32_t connections, std::uint64_t size = mib) {
    return s3::parallel_options{}.part_size(size).connections(connections);
}
s3::get_object_options ranged(s3::object_range r) { return s3::get_object_options{}.range(r); }

std::string content(const std::string& path) {
    std::ifstream in{path, std::ios::binary};
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

/// Every way to read out of order, each of which must give the same.
struct reading {
    world& w;
    s3::client c{w.io.get_executor(), w.options()};
    test::temporary_folder folder;
    std::string path = folder / "file";

    result<std::string> unordered(s3::get_object_options asked, s3::parallel_options how) {
        std::vector<std::pair<std::uint64_t, std::string>> pieces;
        auto consume = [&](std::uint64_t offset, std::span<const std::byte> bytes) -> awaitable<void> {
            pieces.emplace_back(offset, as_text(bytes));
            co_return;
        };
        auto got = w.run(as_result(s3::read_unordered(c, "s3://b/k", consume, std::move(asked), how)));
        if (!got) return got.error();
        std::sort(pieces.begin(), pieces.end());
        std::string out;
        for (std::size_t i = 0; i < pieces.size(); ++i) {
            CHECK(pieces[i].first == pieces[0].first + out.size()); // each byte once
            CHECK(pieces[i].second.size() <= 256 * 1024);
            out += pieces[i].second;
        }
        CHECK(got->bytes == out.size());
        return out;
    }
    result<std::string> into(s3::get_object_options asked, s3::parallel_options how, std::size_t room = 20 * mib) {
        std::vector<std::byte> memory(room);
        auto got = w.run(as_result(s3::read_into(c, "s3://b/k", memory, std::move(asked), how)));
        if (!got) return got.error();
        return std::string{as_text({memory.data(), static_cast<std::size_t>(got->bytes)})};
    }
    result<std::string> file(s3::get_object_options asked, s3::parallel_options how) {
        auto options = s3::download_options{}.get(std::move(asked)).parallel(how).flush(false);
        auto got = w.run(as_result(s3::download(c, "s3://b/k", path, options)));
        if (!got) return got.error();
        CHECK(got->bytes == std::filesystem::file_size(path));
        return content(path);
    }
};

template <class F>
void each_way(world& w, s3::get_object_options asked, s3::parallel_options how, F check) {
    reading r{w};
    check("unordered", r.unordered(asked, how));
    check("into memory", r.into(asked, how));
    check("to a file", r.file(asked, how));
    CHECK(r.c.statistics().budget_used == 0);
    CHECK(r.c.statistics().budget_peak <= 4 * mib);
}

void expect(world& w, s3::get_object_options asked, s3::parallel_options how, const std::string& body) {
    each_way(w, std::move(asked), how, [&](const char* way, const result<std::string>& got) {
        CAPTURE(way);
        REQUIRE(got.has_value());
        CHECK(*got == body);
    });
}

TEST_CASE("unordered read: every byte once, at its place") {
    for (const std::uint64_t size : {std::uint64_t{0}, std::uint64_t{1}, mib, mib + 1, 4 * mib, 5 * mib + 777}) {
        for (const std::uint32_t connections : {1u, 3u}) {
            CAPTURE(size);
            CAPTURE(connections);
            world w{size + connections};
            const auto body = pattern(size, size);
            w.server.put("b", "k", body);
            expect(w, {}, parts(connections), body);
            testing::run_simulated(w.io, *w.clock);
            CHECK(w.server.requests().size() == 3 * (connections == 1 || size == 0 ? 1 : (size + mib - 1) / mib));
        }
    }
}

TEST_CASE("unordered read: parts of an object") {
    world w{2};
    const auto body = pattern(5 * mib, 2);
    w.server.put("b", "k", body);
    expect(w, ranged(s3::object_range::slice(100, 3 * mib)), parts(3), body.substr(100, 3 * mib));
    expect(w, ranged(s3::object_range::slice(3 * mib, 100 * mib)), parts(3), body.substr(3 * mib));
    expect(w, ranged(s3::object_range::from(mib + 1)), parts(3), body.substr(mib + 1));
    expect(w, ranged(s3::object_range::suffix(10)), parts(3), body.substr(body.size() - 10));
    expect(w, ranged(s3::object_range::suffix(2 * mib + 5)), parts(3), body.substr(3 * mib - 5));
}

TEST_CASE("unordered read: breaks are resumed at their bytes") {
    world w{3};
    const auto body = pattern(5 * mib, 3);
    w.server.put("b", "k", body);
    for (int i = 0; i < 3; ++i) w.server.faults().add(testing::fault_rule{fault::close_at(300'000)}.from(1 + 2 * i).times(1));
    expect(w, {}, parts(3), body);
    CHECK(w.server.faults().hits() == 3);
}

TEST_CASE("unordered read: a failure of one part ends all, and leaves no file") {
    world w{4};
    w.server.put("b", "k", pattern(6 * mib, 4));
    reading r{w};
    r.folder.write("file", "old");
    w.server.faults().add(testing::fault_rule{fault::answer(403, "AccessDenied", "no")}.from(4).times(1));
    const auto got = r.file({}, parts(2));
    REQUIRE(got.has_error());
    CHECK(got.error().code() == errc::access_denied);
    CHECK(r.folder.entries() == 1);
    CHECK(content(r.path) == "old");
    CHECK(r.c.statistics().budget_used == 0);
}

TEST_CASE("unordered read: another object is never mixed in") {
    for (const bool heeds : {true, false}) {
        world w{5};
        w.server.put("b", "k", pattern(6 * mib, 5));
        reading r{w};
        bool replaced = false;
        const auto replace = [&](std::uint64_t, std::span<const std::byte>) -> awaitable<void> {
            if (!std::exchange(replaced, true)) {
                w.server.put("b", "k", pattern(6 * mib, 55));
                if (!heeds) w.server.faults().next(fault::wrong_etag(), 5);
            }
            co_return;
        };
        auto got = w.run(as_result(s3::read_unordered(r.c, "s3://b/k", replace, {}, parts(1).part_size(mib).connections(2))));
        REQUIRE(got.has_error());
        CHECK(got.error().code() == errc::object_changed);
    }
}

TEST_CASE("unordered read: what the consumer throws ends the read") {
    world w{6};
    w.server.put("b", "k", pattern(6 * mib, 6));
    reading r{w};
    int calls = 0;
    const auto consume = [&](std::uint64_t, std::span<const std::byte>) -> awaitable<void> {
        if (++calls == 3) throw_failure(failure{errc::unsupported, "enough"});
        co_return;
    };
    auto got = w.run(as_result(s3::read_unordered(r.c, "s3://b/k", consume, {}, parts(3))));
    REQUIRE(got.has_error());
    CHECK(got.error().detail().message == "enough");
    CHECK(r.c.statistics().budget_used == 0);
}

TEST_CASE("unordered read: memory that is too small is told before a byte is written to it") {
    world w{7};
    w.server.put("b", "k", pattern(3 * mib, 7));
    reading r{w};
    const auto got = r.into({}, parts(3), 3 * mib - 1);
    REQUIRE(got.has_error());
    CHECK(got.error().code() == errc::response_too_large);
    CHECK(r.into({}, parts(3), 3 * mib).has_value());
}

TEST_CASE("download: cancelled at any moment it leaves nothing, and nothing goes on") {
    for (int step = 0; step < 40; step += 2) {
        CAPTURE(step);
        world w{8};
        w.server.put("b", "k", pattern(8 * mib, 8));
        reading r{w};
        r.folder.write("file", "old");
        auto cancelled = [&](duration limit) -> awaitable<bool> {
            auto options = s3::download_options{}.parallel(parts(3)).flush(false);
            auto loading = s3::download(r.c, "s3://b/k", r.path, options);
            auto limited = with_timeout(std::move(loading), limit, w.clock);
            const auto got = co_await as_result(std::move(limited));
            CHECK(r.c.statistics().budget_used == 0);
            co_return got.has_value();
        };
        const bool done = w.run(cancelled(std::chrono::microseconds{1} + std::chrono::milliseconds{step}));
        if (!done) CHECK(content(r.path) == "old");
        CHECK(r.folder.entries() == 1);
        const auto sent = w.server.statistics().requests;
        testing::run_simulated(w.io, *w.clock);
        CHECK(w.server.statistics().requests == sent);
    }
}

TEST_CASE("download: not modified, the file stays; progress is told; the mode of the old file is kept") {
    world w{9};
    const auto body = pattern(3 * mib + 3, 9);
    w.server.put("b", "k", body);
    reading r{w};
    r.folder.write("file", "old");
    CHECK(::chmod(r.path.c_str(), 0640) == 0);
    std::vector<std::uint64_t> told;
    auto options = s3::download_options{}.parallel(parts(3)).progress([&](std::uint64_t done, std::optional<std::uint64_t> total) {
        CHECK(total == body.size());
        told.push_back(done);
    });
    const auto got = w.run(s3::download(r.c, "s3://b/k", r.path, options));
    CHECK(content(r.path) == body);
    CHECK(told.front() == 0);
    CHECK(told.back() == body.size());
    CHECK(std::is_sorted(told.begin(), told.end()));
    struct stat st {};
    CHECK(::stat(r.path.c_str(), &st) == 0);
    CHECK((st.st_mode & 0777) == 0640);

    r.folder.write("file", "mine");
    auto unchanged = s3::get_object_options{}.if_none_match(got.metadata.etag.raw());
    const auto again = w.run(s3::download(r.c, "s3://b/k", r.path, s3::download_options{}.get(unchanged)));
    CHECK(again.not_modified);
    CHECK(content(r.path) == "mine");
}

TEST_CASE("download: a folder, a missing folder, a device") {
    world w{10};
    w.server.put("b", "k", pattern(3 * mib, 10));
    reading r{w};
    const auto to = [&](const std::string& path) {
        return w.run(as_result(s3::download(r.c, "s3://b/k", path, s3::download_options{}.parallel(parts(3)))));
    };
    CHECK(to(r.folder.path().string()).has_error());
    const auto nowhere = to(r.folder / "no/file");
    REQUIRE(nowhere.has_error());
    CHECK(nowhere.error().code() == condition::not_found);
    const auto device = to("/dev/null");
    REQUIRE(device.has_value());
    CHECK(device->bytes == 3 * mib);
    CHECK(r.folder.entries() == 0);
}

TEST_CASE("unordered read: within the least budget, one connection after the other") {
    world w{11};
    const auto body = pattern(5 * mib, 11);
    w.server.put("b", "k", body);
    auto options = w.options();
    options.memory_budget(mib);
    reading r{w, s3::client{w.io.get_executor(), options}};
    const auto got = r.file({}, parts(4));
    REQUIRE(got.has_value());
    CHECK(*got == body);
    CHECK(r.c.statistics().budget_peak <= mib);
}

TEST_CASE("unordered read: as many connections as were asked for, and each takes what it says") {
    world w{12};
    const auto body = pattern(12 * mib, 12);
    w.server.put("b", "k", body);
    auto options = w.options();
    options.memory_budget(16 * mib);
    reading r{w, s3::client{w.io.get_executor(), options}};
    REQUIRE(r.file({}, parts(4)).has_value());
    CHECK(r.c.statistics().budget_peak == 4 * (256 * 1024 + connection));
    CHECK(w.server.statistics().connections == 4);
}

} // namespace unordered_read_test

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "store.hpp"

#include <penstock/core/as_result.hpp>
#include <penstock/s3/download.hpp>
#include <penstock/s3/parallel_reader.hpp>
#include <penstock/s3/range_reader.hpp>
#include <support/temporary_folder.hpp>

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <vector>

namespace reading_test {

using namespace penstock;
using store_test::in_bucket;
using store_test::store;

constexpr std::size_t mib = std::size_t{1} << 20;

std::string pattern(std::size_t n) {
    std::string s(n, '\0');
    for (std::size_t i = 0; i < n; ++i) s[i] = static_cast<char>((i * 131 + i / 251) & 0xff);
    return s;
}

std::string content(const std::string& path) {
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

s3::parallel_options parts() { return s3::parallel_options{}.part_size(mib).connections(3); }

awaitable<std::string> in_order(s3::client c, s3::object_address object) {
    auto reader = co_await s3::open_parallel(c, std::move(object), s3::get_object_options(), parts());
    std::string got;
    for (;;) {
        const auto block = co_await reader.next_block();
        if (!block) break;
        got.append(as_text(block.bytes()));
    }
    co_return got;
}

awaitable<std::string> by_ranges(s3::client c, s3::object_address object, std::size_t size) {
    s3::range_reader reader{c, std::move(object), s3::get_object_options(), s3::range_options{}.max_request(mib)};
    std::string got(size + 10, '.');
    const auto memory = std::as_writable_bytes(std::span{got});
    // Odd ranges, out of order.
    std::vector<s3::range_read> ranges;
    ranges.emplace_back(size / 2, memory.subspan(size / 2));
    ranges.emplace_back(0, memory.first(size / 2));
    co_await reader.read_ranges(ranges);
    got.resize(ranges[0].got + ranges[1].got);
    co_return got;
}

TEST_CASE("store: an object is the same in whatever way it is read") {
    store st;
    const test::temporary_folder folder;
    auto body = [&](s3::client c) -> awaitable<void> {
        std::vector<std::pair<std::string, std::size_t>> objects = {
            {"a part", mib}, {"parts", 3 * mib}, {"more", 3 * mib + 1}};
        if (st.differs.long_suffixes) objects.insert(objects.begin(), {{"empty", 0}, {"one", 1}});
        if (st.differs.any_key) objects.emplace_back("ключ/日本語/a+b %2F&c=d?#", 2 * mib + 17);
        for (const auto& [key, size] : objects) {
            CAPTURE(key);
            const s3::object_address object{st.bucket, key};
            const auto text = pattern(size);
            co_await c.put(object, text);

            const auto ordered = co_await in_order(c, object);
            CHECK(ordered == text);

            std::vector<std::byte> memory(size + 1);
            const auto into = co_await s3::read_into(c, object, memory, s3::get_object_options(), parts());
            CHECK(into.bytes == size);
            CHECK(as_text({memory.data(), size}) == text);
            CHECK(into.metadata.size == size);

            const auto path = folder / "file";
            const auto options = s3::download_options{}.parallel(parts());
            const auto loaded = co_await s3::download(c, object, path, options);
            CHECK(loaded.bytes == size);
            CHECK(content(path) == text);

            const auto ranges = co_await by_ranges(c, object, size);
            CHECK(ranges == text);

            s3::range_reader reader{c, object, s3::get_object_options(), s3::range_options{}.tail(1000)};
            const auto known = co_await reader.size();
            CHECK(known == size);
            const auto last = co_await reader.read_tail(memory);
            CHECK(as_text({memory.data(), last}) == text);
        }
        CHECK(c.statistics().budget_used == 0);
    };
    st.run(in_bucket(st, body));
}

/// With s3s-fs, and with the embedded server when it is told to, no If-Match is heeded: then the ETag and the total of each
/// answer tell, or that there is no such part any more.
void replaced_meanwhile(bool heeded, std::size_t size) {
    store st;
    if (!heeded) st.server->faults().add(testing::fault_rule{testing::fault::ignored_if_match()}.method("GET").times(0));
    auto body = [&](s3::client c) -> awaitable<void> {
        const s3::object_address object{st.bucket, "replaced"};
        const auto text = pattern(6 * mib);
        co_await c.put(object, text);
        auto reader = co_await s3::open_parallel(c, object, s3::get_object_options(), parts().connections(2));
        s3::range_reader ranges{c, object};
        std::vector<std::byte> memory(100'000);
        const auto first = co_await ranges.read_at(5, memory);
        CHECK(first == memory.size());

        co_await c.put(object, std::string(size, 'x'));
        std::string got;
        error_code why;
        for (;;) {
            auto reading = reader.read_some(memory);
            const auto n = co_await as_result(std::move(reading));
            if (!n) why = n.error().code();
            if (!n || *n == 0) break;
            got.append(as_text({memory.data(), *n}));
        }
        CHECK(why == errc::object_changed);
        CHECK(got == text.substr(0, got.size()));
        auto reading = ranges.read_at(3 * mib, memory);
        const auto other = co_await as_result(std::move(reading));
        REQUIRE(other.has_error());
        CHECK(other.error().code() == errc::object_changed);
    };
    st.run(in_bucket(st, body));
}

TEST_CASE("store: an object that is replaced while it is read is told, not mixed") {
    for (const std::size_t size : {6 * mib, 5 * mib, std::uint64_t{1}, std::uint64_t{0}}) {
        CAPTURE(size);
        replaced_meanwhile(true, size);
        if (store_test::store_name() == "embedded") replaced_meanwhile(false, size);
    }
}

TEST_CASE("store: what is not there, and what has not changed") {
    store st;
    const test::temporary_folder folder;
    auto body = [&](s3::client c) -> awaitable<void> {
        const s3::object_address missing{st.bucket, "missing"}, there{st.bucket, "there"};
        auto opening = s3::open_parallel(c, missing);
        const auto opened = co_await as_result(std::move(opening));
        REQUIRE(opened.has_error());
        CHECK(opened.error().code() == errc::no_such_key);
        auto loading = s3::download(c, missing, folder / "file");
        const auto loaded = co_await as_result(std::move(loading));
        REQUIRE(loaded.has_error());
        CHECK(loaded.error().code() == errc::no_such_key);
        CHECK(folder.entries() == 0);

        if (!st.differs.conditional_read) co_return;
        const auto put = co_await c.put(there, "text");
        const auto unchanged = s3::get_object_options{}.if_none_match(put.etag.raw());
        const auto kept = co_await s3::download(c, there, folder / "file", s3::download_options{}.get(unchanged));
        CHECK(kept.not_modified);
        CHECK(folder.entries() == 0);
    };
    st.run(in_bucket(st, body));
}

} // namespace reading_test

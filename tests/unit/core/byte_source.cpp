// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "support/run.hpp"

#include <penstock/core/byte_sink.hpp>
#include <penstock/core/byte_source.hpp>
#include <penstock/core/memory_io.hpp>

#include <doctest/doctest.h>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <limits>
#include <string>
#include <vector>

namespace byte_source_test {

using namespace penstock;

/// Gives one scripted answer a call; an empty text is a would_block.
class scripted_source final : public byte_source {
  public:
    explicit scripted_source(std::vector<std::string> script, failure last = {})
        : script_{std::move(script)}, last_{std::move(last)} {}
    io_result try_read_some(std::span<std::byte> into) override {
        CHECK_FALSE(into.empty());
        if (next_ == script_.size()) return last_ ? io_result::failed(last_) : io_result::end();
        auto& now = script_[next_];
        if (now.empty()) {
            ++next_;
            return io_result::would_block();
        }
        const auto n = std::min(now.size(), into.size());
        std::memcpy(into.data(), now.data(), n);
        now.erase(0, n);
        if (now.empty()) ++next_;
        return io_result::bytes(n);
    }
    awaitable<void> ready() override {
        ++waits;
        const auto ex = co_await asio::this_coro::executor;
        co_await asio::post(ex, asio::use_awaitable);
    }
    std::string name() const override { return "script"; }
    int waits = 0;

  private:
    std::vector<std::string> script_;
    std::size_t next_ = 0;
    failure last_;
};

inline std::span<std::byte> writable(std::string& s) { return std::as_writable_bytes(std::span{s}); }

TEST_CASE("read_some gives what is there, waits where nothing is, and 0 at the end") {
    scripted_source source{{"", "", "abc", "", "d"}};
    std::string into(2, '.');
    CHECK(test::run(read_some(source, writable(into))) == 2);
    CHECK(into == "ab");
    CHECK(source.waits == 2);
    CHECK(test::run(read_some(source, writable(into))) == 1);
    CHECK(into == "cb");
    CHECK(test::run(read_some(source, writable(into))) == 1);
    CHECK(into == "db");
    for (int i = 0; i < 3; ++i) CHECK(test::run(read_some(source, writable(into))) == 0);
    CHECK(source.waits == 3);
}

TEST_CASE("read fills, and is short only at the end") {
    scripted_source source{{"ab", "", "c", "", "defg"}};
    std::string into(5, '.');
    CHECK(test::run(read(source, writable(into))) == 5);
    CHECK(into == "abcde");
    CHECK(test::run(read(source, writable(into))) == 2);
    CHECK(into == "fgcde");
    CHECK(test::run(read(source, writable(into))) == 0);
    CHECK(test::run(read(source, {})) == 0);
}

TEST_CASE("a failure of the source is thrown by every helper, after the bytes before it") {
    const failure broken{errc::connection_closed, "cut"};
    std::string into(5, '.');
    scripted_source some{{"a"}, broken};
    CHECK(test::run(read_some(some, writable(into))) == 1);
    CHECK_THROWS_AS(test::run(read_some(some, writable(into))), error);
    CHECK_THROWS_AS(test::run(read_some(some, writable(into))), error);
    scripted_source whole{{"a", ""}, broken};
    CHECK_THROWS_AS(test::run(read(whole, writable(into))), error);
    scripted_source all{{"a", ""}, broken};
    try {
        test::run(read_all(all));
        FAIL("nothing thrown");
    } catch (const error& e) {
        CHECK(e.code() == errc::connection_closed);
        CHECK(e.detail().message == "cut");
    }
}

TEST_CASE("read_all reads to the end, whatever the pieces") {
    std::string text;
    for (int i = 0; i < 300'000; ++i) text += static_cast<char>('a' + i % 26);
    for (const std::size_t chunk : {std::size_t{1000}, std::size_t{65536}, std::size_t{1} << 30}) {
        memory_source source{text, chunk};
        CHECK(test::run(read_all(source)) == text);
        CHECK(source.remaining() == 0);
    }
    memory_source empty{""};
    CHECK(test::run(read_all(empty)).empty());
    CHECK(test::run(read_all(empty, 0)).empty());
}

TEST_CASE("read_all: exactly the limit passes, one byte more does not") {
    for (const std::size_t limit : {std::size_t{0}, std::size_t{1}, std::size_t{65535}, std::size_t{65536},
                                    std::size_t{65537}, std::size_t{200'000}}) {
        CAPTURE(limit);
        memory_source exact{std::string(limit, 'x'), 777};
        CHECK(test::run(read_all(exact, limit)).size() == limit);
        memory_source over{std::string(limit + 1, 'x'), 777, "s3://lake/big"};
        try {
            test::run(read_all(over, limit));
            FAIL("nothing thrown");
        } catch (const error& e) {
            CHECK(e.code() == errc::response_too_large);
            CHECK(e.detail().object == "s3://lake/big");
        }
    }
    memory_source unlimited{std::string(100, 'x')};
    CHECK(test::run(read_all(unlimited, std::numeric_limits<std::size_t>::max())).size() == 100);
}

TEST_CASE("memory_source: chunks, remaining, name, end stays") {
    memory_source source{"abcdef", 4, "here"};
    CHECK(source.name() == "here");
    CHECK(source.remaining() == 6);
    std::string into(10, '.');
    auto r = source.try_read_some(writable(into));
    CHECK(r.status == io_status::bytes);
    CHECK(r.size == 4);
    CHECK(source.remaining() == 2);
    r = source.try_read_some(writable(into));
    CHECK(r.size == 2);
    for (int i = 0; i < 2; ++i) {
        r = source.try_read_some(writable(into));
        CHECK(r.status == io_status::end);
    }
    memory_source never_zero{"ab", 0}; // a chunk of nothing would never end
    CHECK(never_zero.try_read_some(writable(into)).size == 1);
}

TEST_CASE("memory_range_source: inside, across the end, beyond") {
    memory_range_source source{"0123456789", "digits"};
    CHECK(test::run(source.size()) == 10);
    std::string into(4, '.');
    CHECK(test::run(source.read_at(2, writable(into))) == 4);
    CHECK(into == "2345");
    CHECK(test::run(source.read_at(8, writable(into))) == 2);
    CHECK(into == "8945");
    CHECK(test::run(source.read_at(10, writable(into))) == 0);
    CHECK(test::run(source.read_at(std::numeric_limits<std::uint64_t>::max(), writable(into))) == 0);
    CHECK(source.name() == "digits");
}

TEST_CASE("memory_sink: the string changes only at commit") {
    std::string out = "old";
    {
        memory_sink sink{out, "there"};
        test::run(sink.write(as_bytes("new ")));
        CHECK(out == "old");
        CHECK(sink.name() == "there");
    }
    CHECK(out == "old");
    memory_sink sink{out};
    test::run(sink.write(as_bytes("new ")));
    test::run(sink.write(as_bytes("text")));
    test::run(sink.commit());
    CHECK(out == "new text");
}

} // namespace byte_source_test

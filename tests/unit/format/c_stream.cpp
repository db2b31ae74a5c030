// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

#include <penstock/format/c_stream.hpp>

#include <penstock/columnar/array_builder.hpp>
#include <penstock/core/detail/yield.hpp>

#include "support/counted_release.hpp"
#include "support/random_batches.hpp"
#include "support/run.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <doctest/doctest.h>

#include <cerrno>
#include <string>
#include <vector>

namespace c_stream_test {

using namespace penstock;

template <class T>
bool released(const T& s) {
    return s.release == nullptr;
}

inline std::vector<record_batch> some_batches(std::uint64_t seed, std::shared_ptr<const schema>& schema) {
    test::random_batches random{seed, test::batch_shape{}.rows(30)};
    schema = random.schema();
    std::vector<record_batch> out;
    for (int i = 0; i < 4; ++i) out.push_back(random.batch(schema));
    return out;
}

/// Gives batches after posting; fails at the end where that is wanted.
class posting_reader final : public batch_reader {
  public:
    posting_reader(std::vector<record_batch> batches, std::shared_ptr<const penstock::schema> s, failure end, int& destroyed)
        : batches_{std::move(batches)}, schema_{std::move(s)}, end_{std::move(end)}, destroyed_{destroyed} {}
    ~posting_reader() override { ++destroyed_; }
    awaitable<std::shared_ptr<const penstock::schema>> schema() override {
        co_await penstock::detail::yield();
        co_return schema_;
    }
    awaitable<std::optional<record_batch>> next() override {
        co_await penstock::detail::yield();
        while (at_ < batches_.size())
            if (auto& b = batches_[at_++]; b.num_rows() != 0) co_return b;
        if (end_) throw_failure(end_);
        co_return std::nullopt;
    }

  private:
    std::vector<record_batch> batches_;
    std::shared_ptr<const penstock::schema> schema_;
    failure end_;
    int& destroyed_;
    std::size_t at_ = 0;
};

inline awaitable<std::vector<record_batch>> read_all(std::unique_ptr<batch_reader> reader) {
    std::vector<record_batch> out;
    while (auto b = co_await reader->next()) out.push_back(std::move(*b));
    co_return out;
}

inline std::vector<record_batch> not_empty(std::vector<record_batch> batches) {
    std::erase_if(batches, [](const record_batch& b) { return b.num_rows() == 0; });
    return batches;
}

TEST_CASE("batches go through a C stream and are the same; the stream is released once, they live on") {
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
        CAPTURE(seed);
        std::shared_ptr<const schema> schema;
        const auto batches = some_batches(seed, schema);
        ArrowArrayStream raw;
        static int releases;
        static void (*release)(ArrowArrayStream*);
        releases = 0;
        export_stream(batches, schema, &raw);
        release = raw.release;
        raw.release = [](ArrowArrayStream* s) {
            ++releases;
            release(s);
        };
        std::vector<record_batch> back;
        {
            c_stream in{&raw};
            CHECK(released(raw));
            CHECK(*in.schema() == *schema);
            while (auto b = in.next()) back.push_back(std::move(*b));
            CHECK_FALSE(in.next().has_value());
            CHECK(releases == 0);
        }
        CHECK(releases == 1);
        CHECK(back == batches);
    }
}

TEST_CASE("a reader is driven on its context in the caller's thread, and comes back as a reader") {
    std::shared_ptr<const schema> schema;
    const auto batches = some_batches(3, schema);
    boost::asio::io_context io{1};
    int destroyed = 0;
    bool ran = false;
    boost::asio::post(io, [&] { ran = true; });
    ArrowArrayStream raw;
    export_stream(std::make_unique<posting_reader>(batches, schema, failure{}, destroyed), io, &raw);
    auto reader = make_batch_reader(c_stream{&raw});
    CHECK(*test::run(reader->schema()) == *schema);
    CHECK(ran);
    CHECK(test::run(read_all(std::move(reader))) == not_empty(batches));
    CHECK(destroyed == 1);
}

TEST_CASE("a failure crosses with its number and text, once and for all, behind the batches before it") {
    std::shared_ptr<const schema> schema;
    const auto batches = some_batches(5, schema);
    boost::asio::io_context io{1};
    int destroyed = 0;
    ArrowArrayStream raw;
    export_stream(std::make_unique<posting_reader>(batches, schema, failure{errc::malformed_csv, "row 7 is bad"}, destroyed), io,
                  &raw);
    CHECK(raw.get_last_error(&raw) == static_cast<const char*>(nullptr));
    c_stream in{&raw};
    for (const auto& b : not_empty(batches)) CHECK(*in.next() == b);
    for (int i = 0; i < 2; ++i) {
        try {
            in.next();
            FAIL("nothing was thrown");
        } catch (const error& e) {
            CHECK(e.code() == error_code{EINVAL, boost::system::generic_category()});
            CHECK(std::string{e.what()}.find("row 7 is bad") != std::string::npos);
        }
    }
}

TEST_CASE("kinds of failures have their errno") {
    const struct {
        errc code;
        int number;
    } cases[] = {{errc::no_such_key, ENOENT},   {errc::access_denied, EACCES},       {errc::stall_timeout, ETIMEDOUT},
                 {errc::ragged_row, EINVAL},    {errc::unsupported, ENOTSUP},        {errc::limit_exceeded, ENOMEM},
                 {errc::invalid_option, EINVAL}, {errc::connection_closed, EIO}};
    for (const auto& c : cases) {
        boost::asio::io_context io{1};
        int destroyed = 0;
        ArrowArrayStream raw;
        export_stream(std::make_unique<posting_reader>(std::vector<record_batch>{}, make_schema({}), failure{c.code, "x"}, destroyed),
                      io, &raw);
        ArrowArray a;
        CHECK(raw.get_next(&raw, &a) == c.number);
        CHECK(released(a));
        ArrowSchema s;
        CHECK(raw.get_schema(&raw, &s) == c.number);
        raw.release(&raw);
        CHECK(destroyed == 1);
    }
}

TEST_CASE("a context that is stopped is an error, not a hang") {
    boost::asio::io_context io{1};
    int destroyed = 0;
    ArrowArrayStream raw;
    export_stream(std::make_unique<posting_reader>(std::vector<record_batch>{}, make_schema({}), failure{}, destroyed), io, &raw);
    boost::asio::post(io, [&] { io.stop(); });
    ArrowArray a;
    CHECK(raw.get_next(&raw, &a) == ECANCELED);
    CHECK(std::string{raw.get_last_error(&raw)}.find("stopped") != std::string::npos);
    raw.release(&raw);
    io.restart();
    io.run();
    CHECK(destroyed == 1);
}

TEST_CASE("batches of another schema, released streams and bad arrays are refused") {
    std::shared_ptr<const schema> schema;
    auto batches = some_batches(5, schema);
    ArrowArrayStream raw;
    CHECK_THROWS_AS(export_stream(batches, make_schema({field{"other", data_type::int8()}}), &raw), error);
    CHECK_THROWS_AS(c_stream{&raw}, error);
    // A maker whose arrays do not keep to its schema: the array is released, and the stream.
    int64_builder b{buffer_pool::create()};
    b.append(1);
    const auto text = make_schema({field{"s", data_type::string()}});
    static int releases = 0;
    releases = 0;
    export_stream({record_batch{make_schema({field{"s", data_type::int64()}}), {b.finish()}, 1}},
                  make_schema({field{"s", data_type::int64()}}), &raw);
    raw.get_schema = [](ArrowArrayStream*, ArrowSchema* out) {
        export_schema(penstock::schema{{field{"s", data_type::string()}}}, out);
        test::count_releases(*out, releases);
        return 0;
    };
    {
        c_stream in{&raw};
        CHECK_THROWS_AS(in.next(), error);
        CHECK_THROWS_AS(in.next(), error);
    }
    CHECK(releases == 1);
}

} // namespace c_stream_test

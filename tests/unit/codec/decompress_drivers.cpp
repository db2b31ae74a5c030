// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// What holds for both ways to decode, in the reader's calls and on a compute executor: limits, budgets, ends,
// errors.
#include <penstock/codec/decompress.hpp>

#include <penstock/codec/codecs.hpp>
#include <penstock/core/error.hpp>
#include <penstock/core/memory_io.hpp>
#include <penstock/core/semaphore.hpp>

#include "codec_support.hpp"
#include <support/run.hpp>

#include <doctest/doctest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

namespace codec_drivers_test {

using namespace codec_test;
using namespace penstock;

inline constexpr std::uint64_t mib = std::uint64_t{1} << 20;

struct outcome {
    std::string text;
    failure error;
    int waits = 0;
};
inline awaitable<void> drain(byte_source& source, std::size_t room, outcome& out) {
    std::string block(room, '\0');
    for (;;) {
        auto r = source.try_read_some(std::as_writable_bytes(std::span{block}));
        if (r.status == io_status::bytes) {
            out.text.append(block, 0, r.size);
        } else if (r.status == io_status::would_block) {
            ++out.waits;
            co_await source.ready();
        } else {
            if (r.status == io_status::error) out.error = r.error;
            auto again = source.try_read_some(std::as_writable_bytes(std::span{block}));
            CHECK(again.status == r.status); // stays so
            co_return;
        }
    }
}

/// Where decoding happens.
enum class where { in_place, same_executor, other_thread };
inline constexpr where everywhere[] = {where::in_place, where::same_executor, where::other_thread};

inline outcome drained(std::unique_ptr<byte_source> below, where at, decompress_options options = {},
                       std::size_t room = 100000) {
    asio::io_context io{1};
    asio::thread_pool pool{1}; // ends before the io_context
    if (at == where::same_executor) options.compute_executor(io.get_executor());
    if (at == where::other_thread) options.compute_executor(pool.get_executor());
    auto source = decompress(std::move(below), std::move(options));
    outcome out;
    test::run(io, drain(*source, room, out));
    pool.join();
    return out;
}
inline std::unique_ptr<byte_source> memory(std::string bytes,
                                           std::size_t chunk = static_cast<std::size_t>(-1),
                                           std::string name = "s3://lake/data") {
    return std::make_unique<memory_source>(std::move(bytes), chunk, std::move(name));
}
inline std::string stored(compression kind, std::string_view text, const encoder_options& options = {}) {
    return run_encoder(*make_encoder(kind, options), text, std::size_t{1} << 20, 1 << 16);
}

TEST_CASE("decompress: every codec, everywhere, in any pieces") {
    const auto text = sample_text(900000, 1);
    const auto little = sample_text(700, 2);
    for (const auto& codec : codecs()) {
        if (!codec.writable) continue;
        CAPTURE(to_string(codec.kind));
        const auto bytes = stored(codec.kind, text), few = stored(codec.kind, little);
        for (auto at : everywhere) {
            CAPTURE(static_cast<int>(at));
            for (bool budgeted : {false, true}) {
                auto options = decompress_options{}.kind(codec.kind);
                const auto budget = memory_budget::create(64 * mib);
                if (budgeted) options.budget(budget);
                const auto large = drained(memory(bytes, 50000), at, options);
                CHECK_FALSE(large.error);
                CHECK((large.text == text));
                const auto small = drained(memory(few, 1), at, options, 3);
                CHECK_FALSE(small.error);
                CHECK((small.text == little));
                CHECK(drained(memory("", 1), at, options).text == "");
                CHECK(budget->used() == 0);
                CHECK((budget->peak() > 0) == budgeted);
            }
        }
    }
}

TEST_CASE("decompress: damage is told with its offset after what came before, everywhere") {
    const auto text = sample_text(400000, 3);
    const auto whole = stored(compression::gzip, text);
    for (auto at : everywhere) {
        CAPTURE(static_cast<int>(at));
        const auto cut = drained(memory(whole.substr(0, whole.size() / 2), 5000), at);
        CHECK((text.starts_with(cut.text)));
        CHECK(cut.text.size() > 100000);
        CHECK(cut.error.code() == errc::corrupt_compressed_data);
        CHECK(cut.error.detail().byte_offset == whole.size() / 2);
        auto wrong = whole;
        wrong[wrong.size() - 8] ^= 1;
        const auto sum = drained(memory(wrong, 5000), at);
        CHECK((sum.text == text));
        CHECK(sum.error.detail().message.find("checksum") != std::string::npos);
        CHECK(sum.error.detail().object == "s3://lake/data");
        const auto behind = drained(memory(whole + "behind", 5000), at);
        CHECK((behind.text == text));
        CHECK(behind.error.detail().byte_offset == whole.size());
        CHECK((drained(memory(whole + "behind", 5000), at, decompress_options{}.ignore_trailing(true)).text ==
               text));
    }
}

TEST_CASE("decompress: errors and waits from below pass, everywhere") {
    const auto text = sample_text(30000, 4);
    const auto bytes = stored(compression::zstd, text);
    for (auto at : everywhere)
        for (std::size_t n :
             {std::size_t{0}, std::size_t{3}, std::size_t{500}, bytes.size() / 2, bytes.size()}) {
            CAPTURE(static_cast<int>(at));
            CAPTURE(n);
            auto script = std::make_unique<scripted_source>();
            script->would_block();
            for (std::size_t i = 0; i < n; i += 1000)
                script->bytes(bytes.substr(i, std::min<std::size_t>(1000, n - i))).would_block();
            script->fails(failure{errc::connection_closed, "gone"});
            const auto r = drained(std::move(script), at);
            CHECK((text.starts_with(r.text)));
            CHECK(r.error.code() == errc::connection_closed);
            if (n == bytes.size()) CHECK((r.text == text));
        }
}

TEST_CASE("decompress: the limit of all output lets exactly so much through") {
    const auto text = sample_text(500000, 5);
    for (auto kind : {compression::gzip, compression::zstd, compression::lz4_hadoop}) {
        const auto bytes = stored(kind, text);
        for (auto at : everywhere)
            for (std::uint64_t limit :
                 {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{300000}, std::uint64_t{499999},
                  std::uint64_t{500000}, std::uint64_t{1} << 40}) {
                CAPTURE(static_cast<int>(at));
                CAPTURE(limit);
                const auto r = drained(memory(bytes), at, decompress_options{}.kind(kind).max_output(limit));
                CHECK((r.text == text.substr(0, limit)));
                CHECK(static_cast<bool>(r.error) == (limit < text.size()));
                if (!r.error) continue;
                CHECK(r.error.code() == errc::limit_exceeded);
                CHECK(r.error.message().find(std::to_string(limit)) != std::string::npos);
                CHECK(r.error.message().find("max_output") != std::string::npos);
            }
    }
}

/// Counts what a source gives.
inline awaitable<std::uint64_t> count(byte_source& source, failure& error) {
    std::string block(std::size_t{1} << 18, '\0');
    std::uint64_t n = 0;
    for (;;) {
        const auto r = source.try_read_some(std::as_writable_bytes(std::span{block}));
        if (r.status == io_status::would_block) {
            co_await source.ready();
            continue;
        }
        if (r.status == io_status::error) error = r.error;
        if (r.status != io_status::bytes) co_return n;
        n += r.size;
    }
}

TEST_CASE("decompress: a bomb is stopped by its ratio, and says so") {
    const auto frame = stored(compression::zstd, std::string(4 * mib, '\0'));
    REQUIRE(4 * mib / frame.size() > 10000);
    std::string bytes;
    for (int i = 0; i < 75; ++i) bytes += frame;
    for (bool overlapped : {false, true}) {
        const auto read = [&](std::uint64_t most) {
            asio::io_context io{1};
            auto options = decompress_options{}.max_ratio(most);
            if (overlapped) options.compute_executor(io.get_executor());
            auto source = decompress(memory(bytes), options);
            failure error;
            const auto n = test::run(io, count(*source, error));
            return std::pair{n, error};
        };
        const auto [all, fine] = read(0);
        CHECK(all == 300 * mib);
        CHECK_FALSE(fine);
        const auto [some, stopped] = read(1000);
        CHECK(some > decompress_options::ratio_free_output - mib);
        CHECK(some < decompress_options::ratio_free_output + 2 * mib);
        CHECK(stopped.code() == errc::limit_exceeded);
        CHECK(stopped.code() == condition::limit);
        CHECK(stopped.message().find("1000 times") != std::string::npos);
        CHECK(stopped.message().find("max_ratio") != std::string::npos);
        CHECK(stopped.detail().byte_offset.has_value());
        CHECK(read(decompress_options{}.max_ratio()).second.code() == errc::limit_exceeded);
    }
}

TEST_CASE("decompress: data that needs much memory is refused before any is taken, by the option's name") {
    const auto text = sample_text(3 * mib, 6);
    const auto far = stored(compression::zstd, text, encoder_options{}.window_bits(21));
    const auto dense = stored(compression::xz, text, encoder_options{}.level(3));
    for (const auto& bytes : {far, dense})
        for (auto at : everywhere) {
            CAPTURE(static_cast<int>(at));
            const auto r = drained(memory(bytes), at, decompress_options{}.memory_limit(mib));
            CHECK(r.text == "");
            CHECK(r.error.code() == errc::limit_exceeded);
            CHECK(r.error.message().find(std::to_string(mib)) != std::string::npos);
            CHECK(r.error.message().find("memory_limit") != std::string::npos);
            CHECK((drained(memory(bytes), at, decompress_options{}.memory_limit(16 * mib)).text == text));
            // a budget that can never give as much
            const auto budget = memory_budget::create(2 * mib);
            const auto poor = drained(memory(bytes), at, decompress_options{}.budget(budget));
            CHECK(poor.error.code() == errc::budget_exceeded);
            CHECK(poor.error.detail().object == "s3://lake/data");
            CHECK(budget->used() == 0);
        }
    // a frame header alone that promises a window of 1 TiB takes nothing
    const auto bold = "\x28\xb5\x2f\xfd\x00\xf0"s + std::string(20, '\0');
    const auto r = drained(memory(bold), where::in_place);
    CHECK(r.error.code() == errc::limit_exceeded);
}

TEST_CASE("decompress: who finds the budget used up waits, and holds nothing meanwhile") {
    const auto text = sample_text(3 * mib, 7);
    const auto bytes = stored(compression::zstd, text, encoder_options{}.window_bits(20));
    for (bool overlapped : {false, true}) {
        asio::io_context io{1};
        const auto budget = memory_budget::create(4 * mib);
        auto held = budget->try_acquire(4 * mib);
        auto options = decompress_options{}.budget(budget);
        if (overlapped) options.compute_executor(io.get_executor());
        auto source = decompress(memory(bytes), options);
        outcome out;
        bool done = false;
        asio::co_spawn(io, drain(*source, 50000, out), [&](std::exception_ptr) { done = true; });
        io.poll();
        CHECK_FALSE(done);
        CHECK(out.text == "");
        CHECK(budget->used() == 4 * mib);
        CHECK(budget->waiting() == 1);
        held.release();
        io.restart();
        io.run_for(std::chrono::seconds{20});
        CHECK(done);
        CHECK((out.text == text));
        CHECK(budget->peak() <= 4 * mib);
        CHECK(budget->used() == 0);
    }
}

TEST_CASE("decompress: a wait for memory that is cancelled loses nothing") {
    const auto text = sample_text(100000, 8);
    const auto bytes = stored(compression::gzip, text);
    asio::io_context io{1};
    const auto budget = memory_budget::create(mib);
    auto held = budget->try_acquire(mib);
    auto source = decompress(memory(bytes), decompress_options{}.budget(budget));
    std::byte one;
    CHECK(source->try_read_some({&one, 1}).status == io_status::would_block);
    asio::cancellation_signal cancel;
    std::exception_ptr thrown;
    asio::co_spawn(io, source->ready(),
                   asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr e) { thrown = e; }));
    io.poll();
    cancel.emit(asio::cancellation_type::all);
    io.restart();
    io.run_for(std::chrono::seconds{1});
    CHECK(thrown);
    CHECK(budget->waiting() == 0);
    held.release();
    outcome out;
    test::run(io, drain(*source, 1000, out));
    CHECK((out.text == text));
}

TEST_CASE("decompress: a later frame with a larger window asks for more, and gives back what it had") {
    const auto text = sample_text(4 * mib, 9);
    const auto bytes = stored(compression::zstd, text, encoder_options{}.window_bits(17)) +
                       stored(compression::zstd, text, encoder_options{}.window_bits(21)) +
                       stored(compression::zstd, text, encoder_options{}.window_bits(18));
    for (auto at : everywhere) {
        const auto budget = memory_budget::create(8 * mib);
        const auto r = drained(memory(bytes, 70000), at, decompress_options{}.budget(budget));
        CHECK((r.text == text + text + text));
        CHECK(budget->peak() < 4 * mib);
        const auto little = memory_budget::create(2 * mib);
        const auto poor = drained(memory(bytes, 70000), at, decompress_options{}.budget(little));
        CHECK((poor.text == text));
        CHECK(poor.error.code() == errc::budget_exceeded);
    }
}

TEST_CASE("decompress: zstd with a dictionary") {
    const auto dictionary = std::make_shared<std::string>(sample_text(20000, 10));
    const auto other = std::make_shared<std::string>(sample_text(20000, 11));
    const auto text = dictionary->substr(5000, 3000) + "and more";
    const auto bytes = stored(compression::zstd, text, encoder_options{}.dictionary(dictionary));
    CHECK(bytes.size() < stored(compression::zstd, text).size() / 4);
    CHECK(
        (drained(memory(bytes), where::in_place, decompress_options{}.dictionary(dictionary)).text == text));
    CHECK(drained(memory(bytes), where::in_place, decompress_options{}.dictionary(other)).error);
    CHECK(drained(memory(bytes), where::in_place).error);
    // one that `zstd --train` made has a number, by which its absence is told
    const auto file = [](const char* name) {
        return std::make_shared<std::string>(read_file(std::string{"tests/unit/codec/vectors/"} + name));
    };
    const auto trained = file("trained.dictionary");
    const auto frame = *file("dictionary.zst");
    CHECK(drained(memory(frame), where::in_place, decompress_options{}.dictionary(trained)).text ==
          *file("short.txt"));
    const auto without = drained(memory(frame), where::in_place);
    CHECK(without.error.code() == errc::invalid_option);
    CHECK(without.error.message().find("dictionary") != std::string::npos);
    const auto unlike = drained(memory(frame), where::in_place, decompress_options{}.dictionary(other));
    CHECK(unlike.error.code() == errc::invalid_option);
}

TEST_CASE("decompress: slow codecs let other work run, too") {
    const auto text = sample_text(mib, 12);
    for (auto kind : {compression::xz, compression::bzip2, compression::brotli}) {
        const auto r =
            drained(memory(stored(kind, text)), where::in_place, decompress_options{}.kind(kind), mib);
        CHECK(r.waits >= 3);
    }
}

TEST_CASE("decompress: a source that is dropped while a job runs leaves nothing behind") {
    const auto bytes = stored(compression::gzip, sample_text(2 * mib, 13));
    const auto budget = memory_budget::create(8 * mib);
    asio::io_context io{1}, compute{1};
    auto source = decompress(memory(bytes),
                             decompress_options{}.budget(budget).compute_executor(compute.get_executor()));
    std::byte room[1000];
    CHECK(source->try_read_some(room).status == io_status::would_block);
    asio::co_spawn(io, source->ready(), [](std::exception_ptr) {});
    io.poll();
    CHECK(source->try_read_some(room).status == io_status::would_block); // a job has been started
    CHECK(budget->used() > 0);
    source.reset();
    CHECK(budget->used() > 0); // the job's
    CHECK(compute.run() > 0);
    CHECK(budget->used() > 0);
    io.restart();
    io.poll();
    CHECK(budget->used() == 0);
}

TEST_CASE("decompress: input is received while a job runs") {
    const auto text = sample_text(3 * mib, 14);
    const auto bytes = stored(compression::gzip, text, encoder_options{}.level(0));
    asio::io_context io{1}, compute{1};
    auto script = std::make_unique<scripted_source>();
    auto* below = script.get();
    for (std::size_t i = 0; i < bytes.size(); i += 100000) script->bytes(bytes.substr(i, 100000));
    auto source =
        decompress(std::move(script), decompress_options{}.compute_executor(compute.get_executor()));
    outcome out;
    bool done = false;
    asio::co_spawn(io, drain(*source, 100000, out), [&](std::exception_ptr) { done = true; });
    io.poll();
    const auto reads = below->reads;
    CHECK(reads >= 3); // 128 KiB for the job, and 128 KiB more
    CHECK(out.text.empty());
    while (!done) {
        compute.restart();
        compute.poll();
        io.restart();
        io.poll();
        REQUIRE(out.waits < 1000);
    }
    CHECK((out.text == text));
}

} // namespace codec_drivers_test

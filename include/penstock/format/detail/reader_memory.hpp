// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/byte_source.hpp>
#include <penstock/core/detail/pool_account.hpp>
#include <penstock/core/error.hpp>
#include <penstock/format/read_options.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace penstock::detail {

/// What a reader does with the memory budget of its pool; nothing, where there is none. Nobody waits for those who wait:
///
/// * The source goes first: a decoder has its window before the reader has anything.
/// * Then the reader waits, once, for what its text and a small batch take (with a sample that types are inferred from,
///   for that, too), and keeps it until it is destroyed. A batch held by the user is paid for by him.
/// * A batch may take a quarter of what is free when it is begun, but nothing that others wait for, and a part of the budget
///   stays free for connections and decoders. Where it would need more it ends, with the rows that it has.
/// * Where not even one row fits, the reader waits for a block at a time, which others give back; unless its own batches,
///   not yet released, and its text take half of the budget already: then it is its own caller who would be waited for.
/// * Several callers may wait for each other all the same. The budget's patience ends that: `errc::budget_stalled`.
class reader_memory {
  public:
    reader_memory() = default;
    /// `options.pool` becomes what the reader is to take its blocks from.
    PENSTOCK_DECL explicit reader_memory(read_options& options);

    /// Before memory is taken: reads the first bytes of `source` and waits for memory. May be cancelled and awaited again.
    bool has_begun() const noexcept { return begun_; }
    PENSTOCK_DECL awaitable<void> begin(byte_source& source);
    /// `source.try_read_some`, the first bytes first.
    PENSTOCK_DECL io_result try_read_some(byte_source& source, std::span<std::byte> into);

    /// Types are known: memory for the sample goes back, and the batch is bounded from now on.
    PENSTOCK_DECL void sampled() noexcept;
    /// From now on nothing is bounded: who parses several parts at a time sees to it how many. What was waited for stays.
    PENSTOCK_DECL void begin_parts() noexcept;
    /// `bounded`: the batch can end with any row.
    PENSTOCK_DECL void begin_batch(bool bounded = true) noexcept;

    /// `why` may be what the pool said when it refused a block: waits for one. Else, and where waiting makes no sense, it is
    /// thrown, told of `object`.
    PENSTOCK_DECL awaitable<void> wait(failure why, std::string object);

  private:
    PENSTOCK_DECL std::uint64_t limit() const noexcept;
    PENSTOCK_DECL awaitable<void> set_aside(std::uint64_t bytes, std::string object);

    std::unique_ptr<pool_account> account_;
    std::uint64_t first_ = 0; // waited for at first
    std::uint64_t kept_ = 0;
    bool begun_ = true;
    std::optional<io_result> primed_; // what the source answered first
    std::array<std::byte, 16> bytes_{};
    std::size_t given_ = 0;
};

/// Puts a reader's own pool into its options.
template <class Options>
reader_memory charge(Options& options) {
    auto common = options.common();
    reader_memory memory{common};
    options.common(std::move(common));
    return memory;
}

} // namespace penstock::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/format/impl/reader_memory.ipp>
#endif

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/detail/task_group.hpp>
#include <penstock/s3/detail/pinned_object.hpp>
#include <penstock/s3/detail/range_plan.hpp>
#include <penstock/s3/parallel_reader.hpp>
#include <penstock/s3/range_reader.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace penstock::s3::detail {

/// Calls under way keep it alive.
struct range_reader_state : std::enable_shared_from_this<range_reader_state> {
    range_reader_state(pinned_object o, range_options how) : object{std::move(o)}, how{std::move(how)} {}

    pinned_object object;
    range_options how;
    std::optional<std::uint64_t> size; ///< once an answer told it
    cached_object_ptr kept;            ///< with the tail
    permit kept_memory;
    std::string kept_as;               ///< the cache's key of it
    std::shared_ptr<semaphore> first = semaphore::create(1); ///< who finds out what the object is

    std::optional<parallel_reader> stream; ///< while reads follow each other, and none of them is under way
    std::uint64_t stream_at = 0;
    std::optional<std::uint64_t> last_end; ///< of the last read

    using self = std::shared_ptr<range_reader_state>;

    PENSTOCK_DECL static awaitable<std::uint64_t> learn(self s);
    PENSTOCK_DECL static awaitable<cached_object_ptr> ask(self s, cached_object_ptr known);
    PENSTOCK_DECL static awaitable<object_metadata> metadata(self s);
    PENSTOCK_DECL static awaitable<std::size_t> read_at(self s, std::uint64_t offset, std::span<std::byte> into);
    PENSTOCK_DECL static awaitable<std::size_t> read_first(self s, object_range range, std::span<std::byte> into);
    PENSTOCK_DECL static awaitable<std::size_t> read_tail(self s, std::span<std::byte> into);
    PENSTOCK_DECL static awaitable<void> read_ranges(self s, std::span<range_read> ranges);
    PENSTOCK_DECL awaitable<void> open_stream(std::uint64_t offset);
    PENSTOCK_DECL awaitable<void> read_stream(std::uint64_t offset, std::span<std::byte> into);
    PENSTOCK_DECL bool follows(std::uint64_t offset) const noexcept;
    PENSTOCK_DECL void adopt(object_metadata m);
    PENSTOCK_DECL bool may_use_cache() const noexcept;
    PENSTOCK_DECL std::string cache_key() const;
    PENSTOCK_DECL void changed() noexcept;
};

} // namespace penstock::s3::detail

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/detail/task_group.hpp>
#include <penstock/s3/detail/first_answer.hpp>
#include <penstock/s3/read_unordered.hpp>

#include <functional>
#include <memory>
#include <optional>

namespace penstock::s3::detail {

/// What an unordered read is handed over in.
inline constexpr std::size_t unordered_slice = std::size_t{256} << 10;

/// An object that is read by several workers, each of them a part at a time. They share it with the call that they work
/// for.
struct unordered_read : std::enable_shared_from_this<unordered_read> {
    unordered_read(pinned_object o, executor ex) : object{std::move(o)}, tasks{std::move(ex)} {}

    /// Told where the bytes that will come lie in the object, before one comes; without a length where that is not known.
    std::function<awaitable<void>(std::uint64_t offset, std::optional<std::uint64_t> length)> begin;
    bytes_consumer consume;
    /// Set by `begin`, where all of the bytes have their place already: they are received there instead of consumed.
    std::span<std::byte> memory;

    pinned_object object;
    byte_range range;
    bool clipped = false; ///< more than the range comes: the store does not know ranges
    bool counted = true;
    std::uint64_t headroom = 0;
    part_planner plan;
    object_read out;
    std::uint32_t workers = 0;
    penstock::detail::task_group tasks;

    /// Everything, from the first request on.
    PENSTOCK_DECL static awaitable<object_read> run(std::shared_ptr<unordered_read> s, parallel_options how);

  private:
    std::uint64_t worker_memory() const noexcept { return receiving_memory + (memory.empty() ? unordered_slice : 0); }
    PENSTOCK_DECL void start_workers();
    PENSTOCK_DECL static awaitable<void> work(std::shared_ptr<unordered_read> s, permit held,
                                              std::optional<object_reader> body, bool last);
    PENSTOCK_DECL awaitable<void> take(object_reader& body);
};

PENSTOCK_DECL std::shared_ptr<unordered_read> make_unordered_read(client from, object_address object,
                                                                  get_object_options options);

} // namespace penstock::s3::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/read_unordered.ipp>
#endif

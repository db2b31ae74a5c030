// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/detail/task_group.hpp>
#include <penstock/core/wait_list.hpp>
#include <penstock/s3/detail/part_planner.hpp>
#include <penstock/s3/detail/pinned_object.hpp>
#include <penstock/s3/parallel_reader.hpp>

#include <deque>
#include <memory>
#include <optional>

namespace penstock::s3::detail {

/// One GET of a parallel read. While `receiving`, a task of its own drives it; then whoever reads the object.
struct received_part {
    explicit received_part(byte_range r) : range{r} {}

    byte_range range;
    permit connecting;                 ///< for its connection, until it is opened
    permit reserved;                   ///< for what this part has yet to receive ahead
    std::deque<received_block> blocks; ///< received, not given on; none is empty
    received_block filling;            ///< what is received next goes here
    std::optional<object_reader> body;
    bool receiving = false;
    bool complete = false; ///< all of it has been received
    bool first = false;    ///< the caller's next bytes are from here
    failure failed;
};

struct parallel_reader_state : std::enable_shared_from_this<parallel_reader_state> {
    parallel_reader_state(pinned_object o, executor ex) : object{std::move(o)}, tasks{std::move(ex)} {}

    pinned_object object;
    byte_range range;
    get_object_outcome outcome = get_object_outcome::whole;
    part_planner plan;
    std::deque<std::shared_ptr<received_part>> parts; ///< in order; the first is the caller's
    std::uint64_t position = 0;                       ///< of the next byte, in the object
    std::uint64_t ahead = 0;                          ///< memory that parts ahead have or will have
    bool counted = true;                              ///< the end is known
    failure failed;                                   ///< final
    bool abandoned = false;                           ///< the reader is gone
    wait_list changed;                                ///< in the first part
    penstock::detail::task_group tasks;

    /// What can be had at once, in order.
    PENSTOCK_DECL io_result try_read_some(std::span<std::byte> into);
    /// The part that the caller reads; null at the end.
    PENSTOCK_DECL received_part* first_part();
    PENSTOCK_DECL received_block take_block();
    PENSTOCK_DECL void drop_block();
    PENSTOCK_DECL void begin_parts_ahead();
    PENSTOCK_DECL void begin(std::shared_ptr<received_part> part);
    PENSTOCK_DECL void receive(received_part& part);
    PENSTOCK_DECL void abandon() noexcept;
    /// Whether only a task can bring something.
    bool waiting() const noexcept {
        return !failed && !parts.empty() && parts.front()->receiving && parts.front()->blocks.empty();
    }

    PENSTOCK_DECL static awaitable<void> run(std::shared_ptr<parallel_reader_state> s, std::shared_ptr<received_part> part);
    PENSTOCK_DECL static awaitable<void> receive_ahead(std::shared_ptr<parallel_reader_state> s, received_part& part);
    PENSTOCK_DECL static awaitable<void> wait(std::shared_ptr<parallel_reader_state> s);
};

} // namespace penstock::s3::detail

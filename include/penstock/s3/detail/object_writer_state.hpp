// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/buffer_pool.hpp>
#include <penstock/core/semaphore.hpp>
#include <penstock/s3/complete_multipart_upload.hpp>
#include <penstock/s3/object_writer.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace penstock::s3 {

struct object_writer::state {
    state() = default;

    std::shared_ptr<detail::client_state> client;
    object_address where;
    put_object_options options;

    std::size_t part_size = 0;
    permit first_block;         ///< from the budget
    permit other_blocks;        ///< the rest of a part
    std::vector<permit> growth; ///< what larger parts take beyond that
    static constexpr std::size_t parts_before_doubling = 1000;
    std::size_t next_growth = parts_before_doubling;
    std::vector<pooled_buffer> blocks;
    std::size_t gathered = 0; ///< bytes in the blocks
    std::uint64_t size = 0;
    std::string upload_id;
    std::vector<completed_part> parts;
    put_object_result result;
    bool committed = false;
    bool in_call = false;

    PENSTOCK_DECL void begin_call();
    void end_call() noexcept { in_call = false; }
    PENSTOCK_DECL awaitable<void> add_block();
    PENSTOCK_DECL std::size_t gather(std::span<const std::byte> bytes) noexcept;
    PENSTOCK_DECL std::size_t room() const noexcept;
    PENSTOCK_DECL std::vector<std::span<const std::byte>> pieces() const;
    PENSTOCK_DECL awaitable<void> upload_gathered();
    PENSTOCK_DECL awaitable<void> complete();
    PENSTOCK_DECL void release_memory() noexcept;
    PENSTOCK_DECL void abandon() noexcept;
};

} // namespace penstock::s3

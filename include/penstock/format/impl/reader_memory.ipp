// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/format/detail/reader_memory.hpp>

#include <penstock/core/semaphore.hpp>

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

namespace penstock::detail {

/// A block of text, and a batch of some rows.
inline constexpr std::uint64_t usual_text_memory = std::uint64_t{512} << 10;
inline constexpr std::uint64_t small_batch_memory = std::uint64_t{256} << 10;

PENSTOCK_DECL reader_memory::reader_memory(read_options& options) {
    if (!options.pool || !options.pool->budget()) return;
    account_ = std::make_unique<pool_account>(options.pool);
    options.pool = account_->pool();
    begun_ = false;
    // The sample is kept in memory, in a block that grows by doubling. What there is of it must not depend on what others
    // hold at the moment, or types would; on the budget as a whole it may.
    options.inference_bytes = std::min<std::size_t>(options.inference_bytes, std::max<std::size_t>(limit() / 16, 4096));
    kept_ = std::min(limit() / 8, usual_text_memory + small_batch_memory);
    first_ = std::min(limit() / 4, kept_ + 3 * std::uint64_t{options.inference_bytes});
}

PENSTOCK_DECL std::uint64_t reader_memory::limit() const noexcept { return account_->pool()->budget()->limit(); }

PENSTOCK_DECL awaitable<void> reader_memory::begin(byte_source& source) {
    while (!primed_) {
        auto r = source.try_read_some(bytes_);
        if (r.status == io_status::would_block)
            co_await source.ready();
        else
            primed_ = std::move(r);
    }
    account_->keep(first_);
    co_await set_aside(first_, source.name());
    begun_ = true;
}

PENSTOCK_DECL awaitable<void> reader_memory::set_aside(std::uint64_t bytes, std::string object) {
    failure why;
    try {
        co_await account_->set_aside(bytes);
    } catch (const error& e) {
        why = e.as_failure();
    }
    if (why)
        throw_failure(why.with([&](error_detail& d) { d.object = std::move(object); }));
}

PENSTOCK_DECL io_result reader_memory::try_read_some(byte_source& source, std::span<std::byte> into) {
    if (!primed_) {
        auto r = source.try_read_some(into);
        if (account_ && r.status == io_status::bytes) account_->pool()->budget()->touch();
        return r;
    }
    if (primed_->status != io_status::bytes) return *std::exchange(primed_, std::nullopt);
    const auto n = std::min(into.size(), primed_->size - given_);
    std::memcpy(into.data(), bytes_.data() + given_, n);
    given_ += n;
    if (given_ == primed_->size) primed_.reset();
    return io_result::bytes(n);
}

PENSTOCK_DECL void reader_memory::begin_batch(bool bounded) noexcept {
    if (!account_) return;
    (void)account_->take_refused(); // that ended the last one
    if (bounded)
        sampled();
    else if (begun_)
        account_->keep(kept_);
}

PENSTOCK_DECL void reader_memory::sampled() noexcept {
    if (!account_ || !begun_) return;
    account_->keep(kept_);
    const auto free = limit() - account_->pool()->budget()->used();
    account_->allow(std::max(small_batch_memory, free / 4), limit() / 16);
}

PENSTOCK_DECL void reader_memory::begin_parts() noexcept {
    if (!account_ || !begun_) return;
    account_->keep(kept_);
    account_->allow(std::numeric_limits<std::uint64_t>::max() / 2, 0);
}

PENSTOCK_DECL awaitable<void> reader_memory::wait(failure why, std::string object) {
    const auto needed = account_ && why.code() == errc::budget_exceeded ? account_->take_refused() : 0;
    if (needed == 0) throw_failure(std::move(why)); // not of the pool
    // What a row needs shows block by block, and the row is begun anew for each: who holds many blocks asks for many at once.
    for (std::uint64_t many = account_->pool()->in_use() / 4; many > needed; many /= 2)
        if (account_->try_set_aside(many)) co_return;
    if (account_->try_set_aside(needed)) co_return;
    if (2 * (account_->pool()->in_use() + needed) <= limit()) {
        co_await set_aside(needed, std::move(object));
        co_return;
    }
    throw_failure(why.with([&](error_detail& d) {
        if (d.object.empty()) d.object = std::move(object);
        d.message += ", " + std::to_string(account_->pool()->in_use()) +
                     " of them by this reader and the batches of it that are held";
        d.hint = "hold fewer batches at a time, read fewer columns, or raise the memory budget";
    }));
}

} // namespace penstock::detail

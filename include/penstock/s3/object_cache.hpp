// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/asio.hpp>
#include <penstock/core/clock.hpp>
#include <penstock/core/semaphore.hpp>
#include <penstock/s3/object_metadata.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace penstock::s3 {

/// What is kept of an object: what the store said of it, and its last bytes, where formats keep their footers.
struct cached_object {
    cached_object() = default;

    object_metadata metadata; ///< with ETag and size
    std::string tail;         ///< the object's last bytes
};

using cached_object_ptr = std::shared_ptr<const cached_object>;

class object_cache_options {
  public:
    object_cache_options() = default;

    /// Bytes of all that is kept. Default 16 MiB.
    object_cache_options& max_bytes(std::uint64_t v) { return max_bytes_ = v, *this; }
    /// For how long what is kept is taken for true without asking. Default: the store is asked each time (by If-None-Match,
    /// so that what is unchanged does not come again). Where an object was replaced within this time, reads of it end in
    /// `errc::object_changed`, and what was kept is forgotten.
    object_cache_options& max_age(duration v) { return max_age_ = v, *this; }
    /// What the memory is taken from: a client's `budget()`. Without: from none.
    object_cache_options& budget(std::shared_ptr<memory_budget> v) { return budget_ = std::move(v), *this; }
    object_cache_options& clock(std::shared_ptr<clock_source> v) { return clock_ = std::move(v), *this; }

    std::uint64_t max_bytes() const noexcept { return max_bytes_; }
    duration max_age() const noexcept { return max_age_; }
    const std::shared_ptr<memory_budget>& budget() const noexcept { return budget_; }
    const std::shared_ptr<clock_source>& clock() const noexcept { return clock_; }

  private:
    std::uint64_t max_bytes_ = std::uint64_t{16} << 20;
    duration max_age_{};
    std::shared_ptr<memory_budget> budget_;
    std::shared_ptr<clock_source> clock_;
};

/// Metadata and footers of objects, the ones used last, held to their ETags. Shared by the readers of one executor; not
/// thread-safe. Whoever shares it sees what the others were allowed to read.
///
/// Memory: `max_bytes`, taken from the budget as far as it has some free beyond a quarter; what finds no room is not kept.
class object_cache {
  public:
    PENSTOCK_DECL static std::shared_ptr<object_cache> create(object_cache_options options = object_cache_options());
    PENSTOCK_DECL ~object_cache();
    object_cache(const object_cache&) = delete;
    object_cache& operator=(const object_cache&) = delete;

    /// Asks the store: given what is kept (null: nothing), gives what is so now, or the same where nothing has changed.
    using fetch_function = std::function<awaitable<cached_object_ptr>(cached_object_ptr kept)>;

    /// What is kept under `key` where it is young enough, else what `fetch` gives, which is then kept. Calls for the same
    /// key at the same time ask once; where that fails or is cancelled, the next of them asks. Throws what `fetch` throws.
    PENSTOCK_DECL awaitable<cached_object_ptr> get(std::string key, fetch_function fetch);

    PENSTOCK_DECL void forget(const std::string& key) noexcept;

    PENSTOCK_DECL std::uint64_t bytes() const noexcept;
    PENSTOCK_DECL std::size_t size() const noexcept;

  private:
    struct state;
    PENSTOCK_DECL explicit object_cache(object_cache_options options);
    std::shared_ptr<state> state_;
};

} // namespace penstock::s3

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/object_cache.ipp>
#endif

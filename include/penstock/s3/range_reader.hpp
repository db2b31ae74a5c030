// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/range_source.hpp>
#include <penstock/s3/client.hpp>
#include <penstock/s3/object_cache.hpp>
#include <penstock/s3/parallel_options.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace penstock::s3 {

namespace detail {
struct range_reader_state;
}

class range_options {
  public:
    range_options() = default;

    // ---- many ranges at once

    /// Ranges no further apart come by one request; what lies between them is dropped. Default 1 MiB.
    range_options& coalesce_gap(std::uint64_t bytes) { return coalesce_gap_ = bytes, *this; }
    /// The longest request, at least 1 byte. Default 32 MiB.
    range_options& max_request(std::uint64_t bytes) { return max_request_ = bytes, *this; }
    /// Requests at a time. Default 4.
    range_options& connections(std::uint32_t n) { return connections_ = n, *this; }

    // ---- one range after another

    /// A read that begins where the one before ended, or at most so far behind, goes on in the same stream, and what lies
    /// between is dropped. Default 1 MiB.
    range_options& seek_window(std::uint64_t bytes) { return seek_window_ = bytes, *this; }
    /// How such a stream reads ahead, from the second read in order on; see `parallel_options_of` for what configuration
    /// says of it. One connection reads nothing ahead.
    range_options& read_ahead(parallel_options v) { return read_ahead_ = v, *this; }

    // ---- the first request

    /// So many bytes of the object's end come with its size, and are kept. Formats with a footer want 256 KiB or more.
    /// Default: none.
    range_options& tail(std::uint64_t bytes) { return tail_ = bytes, *this; }
    /// Where metadata and tails of objects are kept beyond this reader. A reader with conditions other than If-Match asks
    /// the store.
    range_options& cache(std::shared_ptr<object_cache> v) { return cache_ = std::move(v), *this; }

    std::uint64_t coalesce_gap() const noexcept { return coalesce_gap_; }
    std::uint64_t max_request() const noexcept { return max_request_; }
    std::uint32_t connections() const noexcept { return connections_; }
    std::uint64_t seek_window() const noexcept { return seek_window_; }
    const parallel_options& read_ahead() const noexcept { return read_ahead_; }
    std::uint64_t tail() const noexcept { return tail_; }
    const std::shared_ptr<object_cache>& cache() const noexcept { return cache_; }

  private:
    std::uint64_t coalesce_gap_ = std::uint64_t{1} << 20;
    std::uint64_t max_request_ = std::uint64_t{32} << 20;
    std::uint32_t connections_ = 4;
    std::uint64_t seek_window_ = std::uint64_t{1} << 20;
    parallel_options read_ahead_;
    std::uint64_t tail_ = 0;
    std::shared_ptr<object_cache> cache_;
};

/// One of many ranges to be read at once.
struct range_read {
    range_read() = default;
    range_read(std::uint64_t offset, std::span<std::byte> into) : offset{offset}, into{into} {}

    std::uint64_t offset = 0;
    std::span<std::byte> into;
    std::size_t got = 0; ///< bytes that came: fewer than there is room for only where the object ends
};

/// Random access to one object. Nothing is sent before the first call; its answer tells the size and pins the object: all
/// later requests carry If-Match, and every answer's ETag and size are compared (`errc::object_changed`).
///
/// Several calls may be under way at a time. All throw `error`; cancellation (any type) closes the connections of the call
/// and leaves the reader usable, the caller's memory holding anything. A store that does not know ranges is
/// `errc::unsupported`. Belongs to its client's executor, and outlives the client.
///
/// Memory, all of it from the budget: bytes come straight into the caller's memory, a connection's own and 64 KiB for each
/// request under way; the tail; and while reads follow each other what `parallel_reader` says.
class range_reader final : public range_source {
  public:
    /// The options' conditions are the first request's. Throws `errc::invalid_option` for a range or a part number there.
    PENSTOCK_DECL explicit range_reader(client from, object_address object, get_object_options options = get_object_options(),
                                        range_options how = range_options());
    PENSTOCK_DECL range_reader(range_reader&&) noexcept;
    PENSTOCK_DECL range_reader& operator=(range_reader&&) noexcept;
    PENSTOCK_DECL ~range_reader() override;

    /// One HEAD, or one GET of the tail where that is wanted, unless an earlier answer told it.
    PENSTOCK_DECL awaitable<std::uint64_t> size() override;
    PENSTOCK_DECL awaitable<object_metadata> metadata();

    /// One GET, or none where the bytes are at hand.
    PENSTOCK_DECL awaitable<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) override;

    /// The object's last bytes: as many as `into` has room for, or all where the object is shorter; gives how many. One GET
    /// of a suffix, even where the size is not known.
    PENSTOCK_DECL awaitable<std::size_t> read_tail(std::span<std::byte> into);

    /// Many ranges, in any order, overlapping or not, by few requests. `ranges` and their memory must live until completion.
    PENSTOCK_DECL awaitable<void> read_ranges(std::span<range_read> ranges);

    /// "s3://bucket/key"
    PENSTOCK_DECL std::string name() const override;

  private:
    std::shared_ptr<detail::range_reader_state> state_;
};

} // namespace penstock::s3

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/range_reader.ipp>
#endif

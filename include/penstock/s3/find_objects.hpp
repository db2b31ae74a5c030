// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/asio.hpp>
#include <penstock/core/clock.hpp>
#include <penstock/s3/list_objects_v2.hpp>
#include <penstock/s3/request_options.hpp>
#include <penstock/s3/uri.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace penstock::s3 {

class client;

namespace detail {
class object_search;
}

/// How folders are listed.
enum class listing_way : std::uint8_t {
    automatic, ///< by what the first page shows, see `find_objects`
    flat,      ///< everything below a prefix, a thousand keys a request
    walk,      ///< folder by folder, entering only those below which something may match
};

/// Which of the objects under a prefix are wanted, and how they are looked for.
class find_objects_options : public request_options<find_objects_options> {
  public:
    find_objects_options() = default;

    /// The address's key is a prefix even where it looks like a pattern.
    find_objects_options& literal(bool on) { return literal_ = on, *this; }

    // ---- which; all of these must hold

    /// A pattern (see `glob`) that the last segment of the key matches.
    find_objects_options& name(std::string pattern) { return name_ = std::move(pattern), *this; }
    /// Sizes and times that the store does not tell match nothing.
    find_objects_options& min_size(std::uint64_t bytes) { return min_size_ = bytes, *this; }
    find_objects_options& max_size(std::uint64_t bytes) { return max_size_ = bytes, *this; }
    /// Later than that.
    find_objects_options& modified_after(wall_time t) { return modified_after_ = t, *this; }
    /// Earlier than that.
    find_objects_options& modified_before(wall_time t) { return modified_before_ = t, *this; }
    /// Only keys behind this one in the order of bytes. Stores known to list in that order are asked for no others.
    find_objects_options& start_after(std::string key) { return start_after_ = std::move(key), *this; }
    /// Without objects of no bytes whose key ends in '/': what consoles make for folders.
    find_objects_options& skip_folder_markers(bool on) { return skip_folder_markers_ = on, *this; }
    /// Without what lies in or is called by a name that begins with '.', or with '_' and has no '=' in it: _SUCCESS,
    /// _temporary, _delta_log, .crc. What the address's own folders are called does not count, nor `_x=1`, a partition.
    find_objects_options& skip_hidden(bool on) { return skip_hidden_ = on, *this; }
    /// What a reader of data wants: neither folder markers nor hidden names nor empty objects.
    find_objects_options& data_only() { return skip_folder_markers(true).skip_hidden(true).min_size(1); }

    // ---- how

    find_objects_options& way(listing_way w) { return way_ = w, *this; }
    /// At most so many list requests at a time, and as many pages in memory. 1 by default: nothing is listed that was not
    /// asked for. More: the folders that the first page shows are listed side by side.
    find_objects_options& concurrency(std::size_t n) { return concurrency_ = n, *this; }
    /// Off: batches come as soon as their page has come, whatever their order. On by default: in the order in which one
    /// listing would give them, on a store that lists in the order of bytes.
    find_objects_options& in_order(bool on) { return in_order_ = on, *this; }
    /// Keys and folders a page; stores give at most 1,000.
    find_objects_options& page_size(std::uint32_t n) { return page_size_ = n, *this; }
    /// More list requests than this are `errc::limit_exceeded`.
    find_objects_options& max_requests(std::uint64_t n) { return max_requests_ = n, *this; }
    /// More keys looked at than this (wanted or not) are `errc::limit_exceeded`.
    find_objects_options& max_keys(std::uint64_t n) { return max_keys_ = n, *this; }

    bool literal() const noexcept { return literal_; }
    const std::string& name() const noexcept { return name_; }
    const std::optional<std::uint64_t>& min_size() const noexcept { return min_size_; }
    const std::optional<std::uint64_t>& max_size() const noexcept { return max_size_; }
    const std::optional<wall_time>& modified_after() const noexcept { return modified_after_; }
    const std::optional<wall_time>& modified_before() const noexcept { return modified_before_; }
    const std::string& start_after() const noexcept { return start_after_; }
    bool skip_folder_markers() const noexcept { return skip_folder_markers_; }
    bool skip_hidden() const noexcept { return skip_hidden_; }
    listing_way way() const noexcept { return way_; }
    std::size_t concurrency() const noexcept { return concurrency_; }
    bool in_order() const noexcept { return in_order_; }
    const std::optional<std::uint32_t>& page_size() const noexcept { return page_size_; }
    const std::optional<std::uint64_t>& max_requests() const noexcept { return max_requests_; }
    const std::optional<std::uint64_t>& max_keys() const noexcept { return max_keys_; }

  private:
    std::string name_;
    std::string start_after_;
    std::optional<std::uint64_t> min_size_, max_size_;
    std::optional<wall_time> modified_after_, modified_before_;
    std::optional<std::uint32_t> page_size_;
    std::optional<std::uint64_t> max_requests_, max_keys_;
    std::size_t concurrency_ = 1;
    listing_way way_ = listing_way::automatic;
    bool literal_ = false;
    bool skip_folder_markers_ = false;
    bool skip_hidden_ = false;
    bool in_order_ = true;
};

/// What a search has cost so far.
struct find_statistics {
    find_statistics() = default;

    std::uint64_t requests = 0; ///< pages asked for; retries are not counted
    std::uint64_t keys = 0;     ///< looked at
    std::uint64_t found = 0;    ///< given to the caller
};

/// The objects found, in batches. Holds a page for each list request that runs, and one for each folder that it is inside
/// of on a walk.
class object_finder {
  public:
    /// The next objects, never an empty batch; none after the last. Throws `error`: what a listing throws, and
    /// `errc::limit_exceeded`. After an error or a cancellation, which ends the requests under way, the same pages are
    /// asked for again.
    PENSTOCK_DECL awaitable<std::optional<std::vector<object_summary>>> next();

    PENSTOCK_DECL const find_statistics& statistics() const noexcept;

    object_finder(object_finder&&) noexcept = default;
    PENSTOCK_DECL object_finder& operator=(object_finder&&) noexcept;
    /// Cancels the requests under way.
    PENSTOCK_DECL ~object_finder();

    PENSTOCK_DECL explicit object_finder(std::shared_ptr<detail::object_search> search);

  private:
    std::shared_ptr<detail::object_search> search_;
};

/// Finds objects: everything under a plain prefix, or what matches a pattern (`glob`) over whole keys. Nothing is sent
/// before the first `next`.
///
/// A listing starts at the literal beginning of the pattern, or at several where braces stand for several. With
/// `listing_way::automatic`, a pattern that leaves only the last segment open lists one folder. Else one page is listed
/// flat; where more follows and the page shows less than one folder to a hundred keys, a pattern without `**` begins again
/// as a walk (the rule of DuckDB), and a search with `concurrency` lists the folders of that level side by side. So does
/// each of these folders. Express directory buckets list whole folders only, in no order; both is seen to.
///
/// Throws `errc::missing_bucket`, `errc::invalid_option` (a pattern without bounds, no concurrency).
PENSTOCK_DECL object_finder find_objects(const client& c, object_address where,
                                         find_objects_options options = find_objects_options());

} // namespace penstock::s3

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/find_objects.ipp>
#endif

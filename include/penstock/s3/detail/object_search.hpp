// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/asio.hpp>
#include <penstock/core/glob.hpp>
#include <penstock/core/wait_list.hpp>
#include <penstock/s3/find_objects.hpp>
#include <penstock/s3/object_lister.hpp>

#include <boost/asio/cancellation_signal.hpp>

#include <exception>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace penstock::s3::detail {

// ---- decisions, without I/O

/// Which objects a search wants.
class object_filter {
  public:
    /// `where` is the address's key: a pattern or a prefix.
    PENSTOCK_DECL object_filter(std::string where, const find_objects_options& options);

    /// Whether an object is wanted.
    PENSTOCK_DECL bool wants(const object_summary& o) const;
    /// Whether anything below a folder may be wanted, whose name ends in '/'.
    PENSTOCK_DECL bool may_want_below(std::string_view folder) const;
    /// By which prefixes to list what may be wanted below a folder; without one, where to begin.
    PENSTOCK_DECL std::vector<std::string> prefixes(std::string_view folder = {}) const;
    /// Whether only the last segment of keys is left open below a folder.
    bool one_level(std::string_view folder) const { return pattern_ && pattern_->one_level(folder); }
    /// Whether folders of any depth are wanted whole.
    bool recursive() const { return !pattern_ || pattern_->recursive(); }

  private:
    PENSTOCK_DECL bool hidden(std::string_view key) const;

    std::optional<glob> pattern_;
    std::optional<glob> name_;
    std::string prefix_; ///< where there is no pattern
    std::size_t own_folders_ = 0; ///< at the front of every key: the caller named them
    std::string start_after_;
    std::optional<std::uint64_t> min_size_, max_size_;
    std::optional<wall_time> modified_after_, modified_before_;
    bool skip_folder_markers_ = false;
    bool skip_hidden_ = false;
};

enum class listing_choice : std::uint8_t {
    flat,  ///< go on as begun
    walk,  ///< begin again, folder by folder
    split, ///< begin again one level down, and each folder there by itself
};

/// What to do about a prefix whose first page, listed flat, was not all: E.16, and whether there is room for more requests
/// side by side.
PENSTOCK_DECL listing_choice choose_listing(const std::vector<object_summary>& page, std::string_view prefix,
                                            bool recursive, bool room);

/// An object or a folder of one page.
struct page_entry {
    page_entry() = default;
    std::size_t index = 0; ///< in the page's objects or common prefixes
    bool folder = false;
};
/// All of a page by name: what lies below a folder sorts where the folder does.
PENSTOCK_DECL std::vector<page_entry> in_order(const list_objects_page& page);

// ---- the search

/// The listings that a search consists of, in order, each begun when its turn comes.
class object_search : public std::enable_shared_from_this<object_search> {
  public:
    PENSTOCK_DECL object_search(std::shared_ptr<client_state> client, object_address where,
                                find_objects_options options);

    PENSTOCK_DECL awaitable<std::optional<std::vector<object_summary>>> next();
    PENSTOCK_DECL void stop();

    find_statistics statistics;

  private:
    enum class mode : std::uint8_t { probe, flat, walk, split };

    /// One prefix, listed page by page.
    struct listing {
        listing(std::string prefix, mode how) : prefix{std::move(prefix)}, how{how} {}

        std::string prefix;
        mode how;
        std::optional<object_lister> pages; ///< none before its first page
        bool running = false;
        bool stopped = false; ///< on our own request
        bool ended = false;
        std::optional<list_objects_page> page;
        std::exception_ptr failed;
        asio::cancellation_signal cancel;
    };
    /// What stands in line: objects, or a listing that gives some.
    struct item {
        item() = default;
        std::vector<object_summary> objects;
        std::shared_ptr<listing> from;
    };
    using items = std::list<item>;

    PENSTOCK_DECL void begin();
    PENSTOCK_DECL void add_folder(items& to, std::string_view folder, mode how);
    PENSTOCK_DECL void start_requests();
    PENSTOCK_DECL bool may_ask() const noexcept;
    PENSTOCK_DECL list_objects_options request(const listing& l) const;
    PENSTOCK_DECL static awaitable<void> fetch(std::shared_ptr<object_search> self, std::shared_ptr<listing> l);
    PENSTOCK_DECL items::iterator ready();
    PENSTOCK_DECL void unfold(items::iterator at);
    PENSTOCK_DECL std::vector<object_summary> wanted(std::vector<object_summary> objects);
    [[noreturn]] PENSTOCK_DECL void refuse_more(const char* what, std::uint64_t limit) const;

    std::shared_ptr<client_state> client_;
    std::string bucket_;
    find_objects_options options_;
    object_filter filter_;
    bool begun_ = false;
    bool byte_order_ = false;
    bool any_prefix_ = true;
    items line_;
    std::size_t running_ = 0;
    wait_list arrivals_;
};

} // namespace penstock::s3::detail

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/find_objects.hpp>

#include <penstock/s3/client.hpp>
#include <penstock/s3/detail/client_state.hpp>
#include <penstock/s3/detail/object_search.hpp>
#include <penstock/s3/detail/request_builder.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <set>

namespace penstock::s3 {
namespace detail {

inline std::string_view folder_of_key(std::string_view key) noexcept { return key.substr(0, key.rfind('/') + 1); }

// ---- which

PENSTOCK_DECL object_filter::object_filter(std::string where, const find_objects_options& o)
    : start_after_{o.start_after()}, min_size_{o.min_size()}, max_size_{o.max_size()},
      modified_after_{o.modified_after()}, modified_before_{o.modified_before()},
      skip_folder_markers_{o.skip_folder_markers()}, skip_hidden_{o.skip_hidden()} {
    if (!o.literal() && glob::is_pattern(where))
        pattern_.emplace(where);
    else
        prefix_ = std::move(where);
    if (!o.name().empty()) name_.emplace(o.name());
    // Of several beginnings, the folders that all have.
    std::optional<std::string> common;
    for (const auto& p : prefixes()) {
        if (!common) common = p;
        const auto end = std::mismatch(common->begin(), common->end(), p.begin(), p.end()).first;
        common->erase(end, common->end());
    }
    own_folders_ = folder_of_key(common.value_or("")).size();
}

PENSTOCK_DECL std::vector<std::string> object_filter::prefixes(std::string_view folder) const {
    if (pattern_) return pattern_->prefixes(folder);
    return {folder.starts_with(prefix_) ? std::string{folder} : prefix_};
}

/// Of the names behind the caller's own folders.
PENSTOCK_DECL bool object_filter::hidden(std::string_view key) const {
    for (auto rest = key.substr(std::min(own_folders_, key.size())); !rest.empty();) {
        const auto name = rest.substr(0, rest.find('/'));
        if (name.starts_with('.') || (name.starts_with('_') && name.find('=') == name.npos)) return true;
        rest.remove_prefix(std::min(rest.size(), name.size() + 1));
    }
    return false;
}

PENSTOCK_DECL bool object_filter::wants(const object_summary& o) const {
    const std::string_view key = o.key;
    if (pattern_ ? !pattern_->matches(key) : !key.starts_with(prefix_)) return false;
    if (name_ && !name_->matches(key.substr(folder_of_key(key).size()))) return false;
    if (!start_after_.empty() && key <= start_after_) return false;
    if (min_size_ && o.size.value_or(0) < *min_size_) return false;
    if (max_size_ && (!o.size || *o.size > *max_size_)) return false;
    if (modified_after_ && (!o.last_modified || *o.last_modified <= *modified_after_)) return false;
    if (modified_before_ && (!o.last_modified || *o.last_modified >= *modified_before_)) return false;
    if (skip_folder_markers_ && key.ends_with('/') && o.size == std::uint64_t{0}) return false;
    return !skip_hidden_ || !hidden(key);
}

PENSTOCK_DECL bool object_filter::may_want_below(std::string_view folder) const {
    if (pattern_ && !pattern_->may_match_below(folder)) return false;
    // All below a folder sorts with it, unless the key to start after is there as well.
    if (!start_after_.empty() && folder <= start_after_ && !start_after_.starts_with(folder)) return false;
    return !skip_hidden_ || !hidden(folder);
}

// ---- in which way

PENSTOCK_DECL listing_choice choose_listing(const std::vector<object_summary>& page, std::string_view prefix,
                                            bool recursive, bool room) {
    const auto base = folder_of_key(prefix).size();
    std::set<std::string_view> folders;
    for (const auto& o : page) {
        const auto below = std::string_view{o.key}.substr(std::min(base, o.key.size()));
        // A walk enters every folder, a split those of the next level.
        const auto folder = recursive ? below.substr(0, below.find('/') + 1) : folder_of_key(below);
        if (!folder.empty()) folders.insert(folder);
    }
    const bool few = folders.size() * 100 < page.size();
    if (!recursive) return few ? listing_choice::walk : listing_choice::flat;
    return few && room && !folders.empty() ? listing_choice::split : listing_choice::flat;
}

PENSTOCK_DECL std::vector<page_entry> in_order(const list_objects_page& page) {
    std::vector<page_entry> all;
    const auto add = [&all](std::size_t n, bool folder) {
        for (std::size_t i = 0; i < n; ++i) {
            page_entry e;
            e.index = i;
            e.folder = folder;
            all.push_back(e);
        }
    };
    add(page.objects.size(), false);
    add(page.common_prefixes.size(), true);
    const auto name = [&page](const page_entry& e) -> const std::string& {
        return e.folder ? page.common_prefixes[e.index] : page.objects[e.index].key;
    };
    std::stable_sort(all.begin(), all.end(),
                     [&](const page_entry& a, const page_entry& b) { return name(a) < name(b); });
    return all;
}

// ---- the search

PENSTOCK_DECL object_search::object_search(std::shared_ptr<client_state> client, object_address where,
                                           find_objects_options options)
    : client_{std::move(client)}, bucket_{std::move(where.bucket)}, options_{std::move(options)},
      filter_{std::move(where.key), options_} {
    const auto op = bucket_operation("find objects", "GET", bucket_); // throws where it is none
    if (options_.concurrency() == 0) refuse(op, "the concurrency of a search is 0", "it must be 1 or more");
}

PENSTOCK_DECL void object_search::begin() {
    const auto can = client_->capabilities(bucket_);
    byte_order_ = can.byte_order.value_or(false);
    any_prefix_ = can.any_prefix.value_or(true);
    const auto how = options_.way() == listing_way::flat   ? mode::flat
                     : options_.way() == listing_way::walk ? mode::walk
                                                           : mode::probe;
    add_folder(line_, {}, how);
    begun_ = true;
}

/// Adds what has to be listed for all that may be wanted below a folder.
PENSTOCK_DECL void object_search::add_folder(items& to, std::string_view folder, mode how) {
    std::string last;
    bool first = true;
    for (auto& p : filter_.prefixes(folder)) {
        if (!any_prefix_) p.resize(folder_of_key(p).size());
        // Cut to folders, one may hold the next; they are in order.
        if (!first && p.starts_with(last)) continue;
        first = false;
        last = p;
        const auto after = std::string_view{options_.start_after()};
        if (p <= after && !after.starts_with(p)) continue;
        const auto within = folder_of_key(p);
        const bool last_level = how == mode::probe && filter_.one_level(within);
        item i;
        i.from = std::make_shared<listing>(std::move(p), last_level ? mode::walk : how);
        to.push_back(std::move(i));
    }
}

PENSTOCK_DECL bool object_search::may_ask() const noexcept {
    return !options_.max_requests() || statistics.requests < *options_.max_requests();
}

[[noreturn]] PENSTOCK_DECL void object_search::refuse_more(const char* what, std::uint64_t limit) const {
    error_detail d;
    d.operation = "find objects";
    d.bucket = bucket_;
    d.message = std::string{"it takes more than the "} + std::to_string(limit) + " " + what + " allowed";
    d.hint = "give a longer prefix or a narrower pattern, or raise the limit";
    throw_failure(failure{errc::limit_exceeded, std::move(d)});
}

PENSTOCK_DECL list_objects_options object_search::request(const listing& l) const {
    list_objects_options o;
    o.settings(options_.settings()).prefix(l.prefix);
    if (l.how == mode::walk || l.how == mode::split) o.delimiter("/");
    if (options_.page_size()) o.max_keys(*options_.page_size());
    const auto& after = options_.start_after();
    if (byte_order_ && after.starts_with(l.prefix)) o.start_after(after);
    return o;
}

/// One page. What goes wrong is kept for whoever wants it.
PENSTOCK_DECL awaitable<void> object_search::fetch(std::shared_ptr<object_search> self, std::shared_ptr<listing> l) {
    try {
        if (!l->pages) l->pages.emplace(self->client_, self->bucket_, self->request(*l));
        auto page = co_await l->pages->next();
        l->ended = !page || !page->is_truncated;
        l->page = page ? std::move(*page) : list_objects_page();
        self->statistics.keys += l->page->objects.size() + l->page->common_prefixes.size();
    } catch (...) {
        if (!l->stopped) l->failed = std::current_exception();
    }
    l->running = l->stopped = false;
    --self->running_;
    self->arrivals_.notify_all();
}

/// Begins requests for the listings at the front of the line, as many as may run.
PENSTOCK_DECL void object_search::start_requests() {
    std::size_t looked_at = 0;
    for (auto& i : line_) {
        if (looked_at == options_.concurrency() || !may_ask()) return;
        if (!i.from) continue;
        ++looked_at;
        auto& l = *i.from;
        if (l.running || l.page || l.failed) continue;
        ++statistics.requests;
        ++running_;
        l.running = true;
        auto work = fetch(shared_from_this(), i.from);
        auto done = [kept = i.from](std::exception_ptr) {}; // with its signal, which the coroutine's end still looks at
        asio::co_spawn(client_->get_executor(), std::move(work),
                       asio::bind_cancellation_slot(l.cancel.slot(), std::move(done)));
    }
}

/// The next in line that is worth looking at: the first, or whichever has something where order does not count.
PENSTOCK_DECL object_search::items::iterator object_search::ready() {
    const auto has = [](const item& i) { return !i.from || i.from->page || i.from->failed; };
    if (options_.in_order()) return has(line_.front()) ? line_.begin() : line_.end();
    return std::find_if(line_.begin(), line_.end(), has);
}

PENSTOCK_DECL std::vector<object_summary> object_search::wanted(std::vector<object_summary> objects) {
    std::erase_if(objects, [this](const object_summary& o) { return !filter_.wants(o); });
    return objects;
}

/// Puts what a page holds in its place in line, before what is still to come of its listing.
PENSTOCK_DECL void object_search::unfold(items::iterator at) {
    const auto l = at->from;
    auto page = std::move(*l->page);
    l->page.reset();
    if (l->how == mode::probe) {
        l->how = mode::flat;
        if (!l->ended) {
            const auto listings =
                std::count_if(line_.begin(), line_.end(), [](const item& i) { return i.from != nullptr; });
            const bool room = static_cast<std::size_t>(listings) < options_.concurrency();
            const auto choice = choose_listing(page.objects, l->prefix, filter_.recursive(), room);
            if (choice != listing_choice::flat) {
                l->how = choice == listing_choice::walk ? mode::walk : mode::split;
                l->pages.reset();
                return;
            }
        }
    }

    items found;
    if (l->how == mode::flat || !options_.in_order()) {
        item i;
        i.objects = wanted(std::move(page.objects));
        if (!i.objects.empty()) found.push_back(std::move(i));
        page.objects.clear();
    }
    // A folder of a walk that was chosen may be listed at once.
    const auto below = options_.way() == listing_way::walk ? mode::walk : mode::probe;
    for (const auto& e : in_order(page)) {
        if (e.folder) {
            const auto& name = page.common_prefixes[e.index];
            if (filter_.may_want_below(name)) add_folder(found, name, below);
        } else if (auto& o = page.objects[e.index]; filter_.wants(o)) {
            if (found.empty() || found.back().from) found.emplace_back();
            found.back().objects.push_back(std::move(o));
        }
    }
    line_.splice(at, found);
    if (l->ended) line_.erase(at);
}

PENSTOCK_DECL awaitable<std::optional<std::vector<object_summary>>> object_search::next() {
    if (!begun_) begin();
    while (!line_.empty()) {
        auto at = ready();
        if (at != line_.end() && !at->from) {
            std::optional<std::vector<object_summary>> out{std::move(at->objects)};
            line_.erase(at);
            statistics.found += out->size();
            if (options_.concurrency() > 1) start_requests(); // while the caller is busy with these
            co_return out;
        }
        if (at != line_.end() && at->from->page) {
            if (options_.max_keys() && statistics.keys > *options_.max_keys())
                refuse_more("keys", *options_.max_keys());
            unfold(at);
            continue;
        }
        if (at != line_.end()) std::rethrow_exception(std::exchange(at->from->failed, nullptr));

        start_requests();
        if (running_ == 0) refuse_more("list requests", *options_.max_requests());
        try {
            co_await arrivals_.wait();
        } catch (...) {
            stop();
            throw;
        }
    }
    co_return std::nullopt;
}

inline awaitable<std::optional<std::vector<object_summary>>> next_found(std::shared_ptr<object_search> search) {
    co_return co_await search->next();
}

/// Ends the requests under way; their pages may be asked for again.
PENSTOCK_DECL void object_search::stop() {
    for (auto& i : line_) {
        if (!i.from || !i.from->running) continue;
        i.from->stopped = true;
        i.from->cancel.emit(asio::cancellation_type::terminal);
    }
}

} // namespace detail

PENSTOCK_DECL object_finder::object_finder(std::shared_ptr<detail::object_search> search)
    : search_{std::move(search)} {}

PENSTOCK_DECL object_finder& object_finder::operator=(object_finder&& other) noexcept {
    if (search_ && this != &other) search_->stop();
    search_ = std::move(other.search_);
    return *this;
}

PENSTOCK_DECL object_finder::~object_finder() {
    if (search_) search_->stop();
}

PENSTOCK_DECL awaitable<std::optional<std::vector<object_summary>>> object_finder::next() {
    return detail::next_found(search_);
}

PENSTOCK_DECL const find_statistics& object_finder::statistics() const noexcept { return search_->statistics; }

PENSTOCK_DECL object_finder find_objects(const client& c, object_address where, find_objects_options options) {
    return object_finder{std::make_shared<detail::object_search>(detail::client_access::state(c), std::move(where),
                                                                 std::move(options))};
}

} // namespace penstock::s3

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include "run.hpp"

/// What each operation does with a client, and what it may answer.
namespace simulation_test {

inline awaitable<failure> run::perform(int i) {
    // Unless it says so, a coroutine lets only the hardest kind of cancellation through.
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    awaitable<void> op;
    switch (of(i).what) {
    case action::put: op = put(i, false); break;
    case action::put_new: op = put(i, true); break;
    case action::get: op = get(i); break;
    case action::read: op = read(i); break;
    case action::read_parallel: op = read_parallel(i); break;
    case action::read_unordered: op = read_unordered(i); break;
    case action::read_at: op = read_at(i); break;
    case action::head: op = head(i); break;
    case action::write: op = write(i, false); break;
    case action::create: op = write(i, true); break;
    case action::upload: op = upload(i); break;
    case action::copy: op = copy(i); break;
    case action::list: op = list(i); break;
    case action::find: op = find(i); break;
    case action::remove: op = remove(i); break;
    case action::remove_many: op = remove_many(i); break;
    }
    auto ended = co_await as_result(std::move(op));
    co_return ended ? failure{} : ended.error();
}

/// The pause of a caller between two pieces; nobody else's time.
inline awaitable<void> run::rest(int i) {
    if (of(i).pause == duration{}) co_return;
    auto& o = operations_[static_cast<std::size_t>(i)];
    auto nap = sleep_for(clock_, of(i).pause);
    o.pausing = true;
    co_await std::move(nap);
    o.pausing = false;
    o.paused += of(i).pause;
}

inline awaitable<void> run::put(int i, bool only_new) {
    const auto& s = of(i);
    const auto text = model_.make_content(static_cast<std::uint64_t>(i), s.size);
    auto options = kept_as(i);
    if (only_new) options.if_none_match("*");
    const auto ended = co_await as_result(client_->put(url(s.key), text, options));
    check_written(i, text, ended ? failure{} : ended.error());
}

inline awaitable<void> run::upload(int i) {
    const auto& s = of(i);
    const auto text = model_.make_content(static_cast<std::uint64_t>(i), s.size);
    memory_source source{std::string{text}, s.chunk};
    const auto ended = co_await as_result(s3::upload(*client_, url(s.key), source, kept_as(i)));
    check_written(i, text, ended ? failure{} : ended.error());
}

/// After all of `text` was to be stored: whether it was as `f` says. Throws `f`.
inline void run::check_written(int i, std::string_view text, const failure& f) {
    const auto& key = of(i).key;
    const bool there = model_.written(key, text, since(i), turn_);
    if (!f) {
        if (!there && !there_before(i, text)) complain(label(i) + " says that it stored what is not stored");
        return;
    }
    const auto now = model_.during(key, turn_, turn_);
    const bool still = there && !now.empty() && now.back().bytes == text;
    if (f.code() == errc::precondition_failed && still && !text.empty())
        complain(label(i) + " takes its own object for another's");
    throw_failure(f);
}

inline awaitable<void> run::get(int i) {
    const auto options = tagged<s3::get_object_options>(i).checksum_mode(of(i).checked);
    const auto got = co_await client_->get(url(of(i).key), options);
    check_bytes(i, 0, got.body, true);
}

inline awaitable<void> run::read(int i) {
    auto reader = co_await client_->open(url(of(i).key), part_of(i));
    co_await read_on(i, &reader);
}

/// In what way several requests read at a time.
inline s3::parallel_options run::side_by_side(int i) const {
    return s3::parallel_options().part_size(std::uint64_t{1} << 20).connections(1 + static_cast<std::uint32_t>(of(i).chunk % 4));
}

inline awaitable<void> run::read_parallel(int i) {
    auto opening = s3::open_parallel(*client_, url(of(i).key), part_of(i), side_by_side(i));
    auto reader = co_await std::move(opening);
    co_await read_on(i, &reader);
}

inline awaitable<void> run::read_unordered(int i) {
    const auto& s = of(i);
    std::map<std::uint64_t, std::string> pieces;
    s3::bytes_consumer consume = [&](std::uint64_t offset, std::span<const std::byte> bytes) -> awaitable<void> {
        if (!pieces.emplace(offset, as_text(bytes)).second) complain(label(i) + " got the same bytes twice");
        co_return;
    };
    auto reading = s3::read_unordered(*client_, url(s.key), consume, part_of(i), side_by_side(i));
    const auto ended = co_await as_result(std::move(reading));
    std::string got;
    for (const auto& [offset, bytes] : pieces) {
        if (ended && offset != s.offset + got.size()) complain(label(i) + " left bytes out");
        if (ended)
            got += bytes;
        else
            check_bytes(i, offset, bytes, false);
    }
    if (!ended) throw_failure(ended.error());
    check_bytes(i, s.offset, got, s.length == 0 || got.size() < s.length);
}

inline awaitable<void> run::read_on(int i, byte_source* reader) {
    const auto& s = of(i);
    std::string got;
    std::vector<std::byte> block(s.chunk);
    bool ended = false;
    while (!ended && (s.stop_after == 0 || got.size() < s.stop_after)) {
        const auto n = co_await penstock::read_some(*reader, block);
        got += as_text({block.data(), n});
        ended = n == 0;
        co_await rest(i);
    }
    const bool whole = ended && (s.length == 0 || got.size() < s.length);
    check_bytes(i, s.offset, got, whole);
}

inline awaitable<void> run::read_at(int i) {
    const auto& s = of(i);
    std::vector<std::byte> block(s.length ? s.length : s.chunk);
    const auto n = co_await client_->read_at(url(s.key), s.offset, block, tagged<s3::get_object_options>(i));
    if (n > block.size()) complain(label(i) + " read more than there was room for");
    // Beyond the end there is nothing, of whatever object.
    if (n == 0) co_return;
    check_bytes(i, s.offset, as_text({block.data(), n}), n < block.size());
}

inline awaitable<void> run::head(int i) {
    const auto& s = of(i);
    const auto got = co_await client_->head(url(s.key), tagged<s3::head_object_options>(i));
    for (const auto& v : model_.during(s.key, since(i), turn_))
        if (v.bytes && got.size == v.bytes->size()) co_return;
    if (!any_fault("wrong length")) complain(label(i) + " tells a size that the object never had");
}

inline awaitable<void> run::write(int i, bool only_new) {
    const auto& s = of(i);
    const auto text = model_.make_content(static_cast<std::uint64_t>(i), s.size);
    auto options = kept_as(i);
    if (only_new) options.if_none_match("*");
    auto writer = client_->create(url(s.key), options);
    for (std::size_t at = 0; at < text.size(); at += s.chunk) {
        if (s.stop_after != 0 && at >= s.stop_after) break;
        const auto piece = text.substr(at, s.chunk);
        auto writing = writer.write(piece);
        co_await std::move(writing);
        co_await rest(i);
    }
    if (s.stop_after != 0) { // given up: nothing may appear
        if (!text.empty() && model_.written(s.key, text, since(i), turn_)) complain(label(i) + " stored what was not committed");
        co_return;
    }
    const auto ended = co_await as_result(writer.commit());
    check_written(i, text, ended ? failure{} : ended.error());
}

inline awaitable<void> run::copy(int i) {
    const auto& s = of(i);
    auto options = tagged<s3::copy_object_options>(i);
    options.replace_metadata(); // so that an object may be copied onto itself
    (void)co_await client_->copy(url(s.key), url(s.other_key), options);
    for (const auto& v : model_.during(s.key, since(i), turn_))
        if (v.bytes && model_.written(s.other_key, *v.bytes, since(i), turn_)) co_return;
    complain(label(i) + " says that it copied what was not copied");
}

inline awaitable<void> run::list(int i) {
    const auto& s = of(i);
    auto options = tagged<s3::list_objects_options>(i);
    options.max_keys(1 + static_cast<std::uint32_t>(s.chunk % 3));
    auto pages = client_->list("s3://b/k", options);
    std::map<std::string, std::uint64_t> found;
    for (;;) {
        auto page = co_await pages.next();
        if (!page) break;
        for (const auto& o : page->objects)
            if (!found.emplace(o.key, o.size.value_or(0)).second) complain(label(i) + " lists " + o.key + " twice");
        co_await rest(i);
    }
    check_listed(i, found);
}

inline awaitable<void> run::find(int i) {
    const auto& s = of(i);
    auto options = tagged<s3::find_objects_options>(i);
    options.page_size(1 + static_cast<std::uint32_t>(s.chunk % 3)).concurrency(1 + s.size % 3).in_order(s.size % 2 == 0);
    options.way(static_cast<s3::listing_way>(s.chunk % 7 % 3));
    auto search = s3::find_objects(*client_, "s3://b/k[0-9]", options);
    std::map<std::string, std::uint64_t> found;
    for (;;) {
        const auto some = co_await search.next();
        if (!some) break;
        for (const auto& o : *some)
            if (!found.emplace(o.key, o.size.value_or(0)).second) complain(label(i) + " finds " + o.key + " twice");
        co_await rest(i);
    }
    check_listed(i, found);
}

/// What a listing found of all keys that there are.
inline void run::check_listed(int i, const std::map<std::string, std::uint64_t>& found) {
    for (int k = 0; k < keys; ++k) {
        const auto key = "k" + std::to_string(k);
        const auto all = model_.during(key, since(i), turn_);
        const auto listed = found.find(key);
        if (listed == found.end()) {
            if (!model_.may_be_absent(key, since(i), turn_)) complain(label(i) + " misses " + key);
        } else if (std::none_of(all.begin(), all.end(), [&](const auto& v) { return v.bytes && v.bytes->size() == listed->second; })) {
            complain(label(i) + " lists " + key + " with a size that it never had");
        }
    }
}

inline awaitable<void> run::remove(int i) {
    const auto& s = of(i);
    (void)co_await client_->remove(url(s.key), tagged<s3::delete_object_options>(i));
    if (!model_.may_be_absent(s.key, since(i), turn_)) complain(label(i) + " says that it removed what is still there");
}

inline awaitable<void> run::remove_many(int i) {
    const auto& s = of(i);
    std::vector<s3::object_identifier> which{s3::object_identifier{s.key}};
    if (s.other_key != s.key) which.emplace_back(s.other_key);
    const auto done = co_await client_->remove("b", which, tagged<s3::delete_objects_options>(i));
    for (const auto& d : done.deleted)
        if (!model_.may_be_absent(d.key, since(i), turn_)) complain(label(i) + " says that it removed what is still there");
    if (done.deleted.size() + done.errors.size() != which.size()) complain(label(i) + " does not tell of every key");
}

} // namespace simulation_test

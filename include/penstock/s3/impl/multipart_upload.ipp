// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/detail/multipart_upload.hpp>

#include <penstock/aws/detail/clock_difference.hpp>
#include <penstock/checksum/part_checksums.hpp>
#include <penstock/core/as_result.hpp>
#include <penstock/core/detail/attempt.hpp>
#include <penstock/core/detail/share.hpp>
#include <penstock/core/with_timeout.hpp>
#include <penstock/s3/abort_multipart_upload.hpp>
#include <penstock/s3/detail/client_state.hpp>
#include <penstock/s3/detail/lost_answer.hpp>
#include <penstock/s3/detail/part_plan.hpp>
#include <penstock/s3/list_multipart_uploads.hpp>
#include <penstock/s3/list_parts.hpp>
#include <penstock/s3/upload_part.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <exception>
#include <string>
#include <utility>

namespace penstock::s3::detail {

/// For all that is sent after an upload was given up.
inline constexpr std::chrono::seconds clean_up_limit{10};
/// Before an upload is aborted once more because parts have appeared; doubles.
inline constexpr std::chrono::milliseconds late_part_pause{100};
/// Clocks are told in whole seconds.
inline constexpr std::chrono::seconds clock_grain{2};

PENSTOCK_DECL create_multipart_upload_options attributes_of(const put_object_options& o) {
    create_multipart_upload_options out;
    out.settings(o.settings()).attributes(o).encryption(o.encryption()).customer_key(o.customer_key());
    return out;
}

PENSTOCK_DECL multipart_upload::multipart_upload(std::shared_ptr<client_state> client, object_address where,
                                                 request_settings_ptr settings, std::size_t concurrency)
    : client_{std::move(client)}, where_{std::move(where)}, settings_{std::move(settings)}, concurrency_{concurrency} {}

PENSTOCK_DECL failure multipart_upload::told(const failure& f) const {
    if (id_.empty()) return f;
    return f.with([this](error_detail& d) { d.upload_id = id_; });
}

PENSTOCK_DECL void multipart_upload::check() const {
    if (failed_) throw_failure(told(to_failure(failed_))); // or what is no failure of ours, as it is
}

PENSTOCK_DECL awaitable<void> multipart_upload::begin(create_multipart_upload_options attributes, bool memory_held) {
    struct time_of_last {
        multipart_upload& of;
        explicit time_of_last(multipart_upload& u) : of{u} {}
        ~time_of_last() { of.last_sent_ = of.client_->clock()->wall_now(); }
    };
    if (checksum_ && checksum_->algorithm != checksum_algorithm::md5) attributes.checksum(checksum_->algorithm);
    if (checksum_ && !checksum_->value.empty() && !is_crc(checksum_->algorithm))
        throw_failure(failure{errc::invalid_option,
                              "this checksum of the whole object cannot be compared where it is sent in parts",
                              "give a CRC, or the algorithm alone"});
    first_sent_ = client_->clock()->wall_now();
    const time_of_last noted{*this};
    auto op = make_create_multipart_upload(where_, attributes);
    op.memory_held = memory_held;
    op.unanswered = &unanswered_;
    auto created = co_await client_->call(std::move(op), &parse_create_multipart_upload);
    id_ = std::move(created.upload_id);
}

PENSTOCK_DECL void multipart_upload::adopt(std::string id, std::vector<completed_part> parts,
                                           std::map<std::uint32_t, std::uint64_t> sizes) {
    id_ = std::move(id);
    sizes_ = std::move(sizes);
    for (auto& part : parts) {
        const auto number = part.number;
        parts_[number] = std::move(part);
    }
}

// ---- parts

PENSTOCK_DECL void multipart_upload::count(std::uint64_t bytes) {
    bytes_ += bytes;
    if (progress_) progress_(bytes_);
}

PENSTOCK_DECL void multipart_upload::part_done(std::uint32_t number, std::uint64_t bytes, put_object_result said) {
    completed_part part{number, std::move(said.etag)};
    part.checksums = std::move(said.checksums);
    parts_[number] = std::move(part);
    count(bytes);
}

PENSTOCK_DECL void multipart_upload::start(std::uint32_t number, std::uint64_t bytes, awaitable<put_object_result> sending) {
    auto signal = std::make_shared<asio::cancellation_signal>();
    const auto slot = signal->slot();
    const auto place = running_.insert(running_.end(), signal_ptr{signal});
    auto on_end = [self = shared_from_this(), place, number, bytes, signal = std::move(signal)](std::exception_ptr e, put_object_result said) {
        self->running_.erase(place);
        // Nothing may leave this handler: it would end the caller's event loop, and leave the upload waiting.
        if (!e) {
            try {
                self->part_done(number, bytes, std::move(said));
            } catch (...) {
                e = std::current_exception();
            }
        }
        if (e && !self->stopped_) {
            self->failed_ = e;
            self->stop();
        }
        self->changed_.notify_all();
    };
    asio::co_spawn(client_->get_executor(), std::move(sending), asio::bind_cancellation_slot(slot, std::move(on_end)));
}

PENSTOCK_DECL awaitable<put_object_result> multipart_upload::send(std::uint32_t number, body_pieces body, bool memory_held) {
    const auto self = shared_from_this();
    std::string value;
    if (checksum_) value = co_await checksum_slowly(checksum_->algorithm, body);
    auto sending = send_guarded(number, std::move(body), nullptr, memory_held, std::move(value));
    co_return co_await std::move(sending);
}

PENSTOCK_DECL awaitable<put_object_result> multipart_upload::send(std::uint32_t number, std::shared_ptr<http::body_stream> body,
                                                                  bool memory_held) {
    const auto self = shared_from_this();
    std::string value;
    if (checksum_) value = co_await checksum_slowly(checksum_->algorithm, body);
    auto sending = send_guarded(number, {}, std::move(body), memory_held, std::move(value));
    co_return co_await std::move(sending);
}

PENSTOCK_DECL awaitable<put_object_result> multipart_upload::send_guarded(std::uint32_t number, body_pieces pieces,
                                                                          std::shared_ptr<http::body_stream> stream,
                                                                          bool memory_held, std::string checksum) {
    upload_part_options asked;
    asked.settings(settings_).customer_key(key_);
    if (checksum_) asked.checksum(checksum_->algorithm, checksum);
    auto op = make_upload_part(where_, id_, number, std::move(pieces), asked);
    op.stream = std::move(stream);
    op.memory_held = memory_held;
    sizes_[number] = body_size(op);
    auto said = co_await client_->call(std::move(op), &parse_upload_part);
    if (checksum_)
        if (auto* kept = said.checksums.value(checksum_->algorithm)) *kept = std::move(checksum); // ours, whatever the store says
    co_return said;
}

/// What the object of `parts` must have, so that the store refuses any other.
PENSTOCK_DECL void multipart_upload::add_checksum(complete_multipart_upload_options& to) const {
    if (!checksum_ || checksum_->algorithm == checksum_algorithm::md5) return;
    const auto type = is_crc(checksum_->algorithm) ? checksum_type::full_object : checksum_type::composite;
    part_checksums whole{checksum_->algorithm, type};
    std::uint64_t size = 0;
    // What the caller says of the whole is compared even where the store kept no checksum of a part sent before.
    if (!checksum_->value.empty()) to.checksum(checksum_->algorithm, checksum_->value, type);
    for (const auto& [number, part] : parts_) {
        const auto at = sizes_.find(number);
        if (at == sizes_.end()) return;
        if (checksum_->value.empty() && !whole.add(*part.checksums.value(checksum_->algorithm), at->second)) return;
        size += at->second;
    }
    to.object_size(size);
    if (checksum_->value.empty()) to.checksum(checksum_->algorithm, whole.finish(), type);
}

PENSTOCK_DECL awaitable<void> multipart_upload::part_ended() {
    check();
    co_await changed_.wait();
    check();
}

PENSTOCK_DECL awaitable<void> multipart_upload::room() {
    check();
    while (!has_room()) co_await part_ended();
}

PENSTOCK_DECL awaitable<void> multipart_upload::drain() {
    check();
    while (running() > 0) co_await part_ended();
}

/// None where a part was not sent from here.
PENSTOCK_DECL std::optional<std::uint64_t> multipart_upload::size_of(std::span<const completed_part> parts) const {
    std::uint64_t size = 0;
    for (const auto& part : parts) {
        const auto at = sizes_.find(part.number);
        if (at == sizes_.end()) return std::nullopt;
        size += at->second;
    }
    return size;
}

PENSTOCK_DECL awaitable<put_object_result> multipart_upload::complete(std::string if_match, std::string if_none_match) {
    complete_multipart_upload_options asked;
    asked.settings(settings_).if_match(std::move(if_match)).if_none_match(std::move(if_none_match)).customer_key(key_);
    add_checksum(asked);
    return complete_as(std::move(asked));
}

PENSTOCK_DECL awaitable<put_object_result> multipart_upload::complete_as(complete_multipart_upload_options asked) {
    std::vector<completed_part> parts;
    parts.reserve(parts_.size());
    for (const auto& [number, part] : parts_) parts.push_back(part);
    auto op = make_complete_multipart_upload(where_, id_, parts, asked);
    auto sending = client_->call(std::move(op), &parse_complete_multipart_upload);
    penstock::detail::attempt done{std::move(sending)};
    co_await done.run();
    put_object_result out;
    if (done) {
        out.etag = std::move(done->etag);
        out.version_id = std::move(done->version_id);
        out.checksums = std::move(done->checksums);
        out.server_side_encryption = std::move(done->server_side_encryption);
    } else {
        if (!may_be_echo(done.error())) throw_failure(told(done.error()));
        expected_object expected;
        expected.etag = expected_etag(parts);
        expected.parts = parts.size();
        expected.key = asked.customer_key();
        expected.size = size_of(parts);
        auto confirming = confirm_stored(client_, where_, std::move(expected), done.error(), settings_);
        penstock::detail::attempt confirmed{std::move(confirming)};
        co_await confirmed.run();
        if (!confirmed) throw_failure(told(confirmed.error()));
        out = std::move(*confirmed);
    }
    out.key = where_.key;
    completed_ = true;
    if (unanswered_ > 0) abandon();
    co_return out;
}

PENSTOCK_DECL void multipart_upload::stop() noexcept {
    stopped_ = true;
    for (auto at = running_.begin(); at != running_.end();) {
        const auto signal = (at++)->lock();
        if (signal) signal->emit(asio::cancellation_type::terminal);
    }
}

PENSTOCK_DECL awaitable<void> multipart_upload::stopped() {
    stop();
    while (running() > 0) co_await changed_.wait();
}

// ---- giving up

PENSTOCK_DECL void multipart_upload::leave() noexcept {
    stop();
    completed_ = true;
}

PENSTOCK_DECL void multipart_upload::abandon() noexcept {
    stop();
    const bool begun = !id_.empty() && !completed_;
    if (std::exchange(cleaning_, true)) return;
    if (!begun && unanswered_ == 0) {
        clean_ = true;
        return;
    }
    try {
        // What fails is left to the bucket's lifecycle rule.
        asio::co_spawn(client_->get_executor(), clean_up(shared_from_this()), [](std::exception_ptr) {});
    } catch (...) { // no memory to start it
        clean_ = true;
    }
}

PENSTOCK_DECL awaitable<void> multipart_upload::abort() {
    abandon();
    while (!clean_) co_await changed_.wait();
    if (not_clean_) throw_failure(not_clean_);
}

PENSTOCK_DECL awaitable<void> multipart_upload::clean_up(std::shared_ptr<multipart_upload> self) {
    auto work = with_timeout(clean_up_store(self), clean_up_limit, self->client_->clock());
    const auto done = co_await as_result(std::move(work));
    if (!done) self->not_clean_ = self->told(done.error());
    self->clean_ = true;
    self->changed_.notify_all();
}

PENSTOCK_DECL awaitable<void> multipart_upload::clean_up_store(std::shared_ptr<multipart_upload> self) {
    while (self->running() > 0) co_await self->changed_.wait();
    if (!self->completed_ && !self->id_.empty()) co_await self->forget(self->id_);
    if (self->unanswered_ > 0) co_await self->forget_lost();
}

/// Whoever pays and owns is the same, but what is left to be done has its own limit in time.
inline request_settings_ptr without_limits(const request_settings_ptr& said) {
    if (!said || (!said->time_limit && !said->ends)) return said;
    auto out = std::make_shared<request_settings>(*said);
    out->time_limit.reset();
    out->ends.reset();
    return out;
}

/// A part that was on its way when its upload was aborted may be stored nevertheless: S3 wants it aborted until no part is
/// left. https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html
PENSTOCK_DECL awaitable<void> multipart_upload::forget(std::string id) {
    for (duration pause = late_part_pause;; pause *= 2) {
        auto op = make_abort_multipart_upload(where_, id);
        op.settings = without_limits(settings_);
        auto aborting = client_->call(std::move(op), &parse_abort_multipart_upload);
        const auto gone = co_await as_result(std::move(aborting));
        if (!gone) {
            if (gone.error().code() == errc::no_such_upload) co_return;
            throw_failure(gone.error());
        }
        const bool late = co_await has_parts(id);
        if (!late) co_return;
        co_await sleep_for(client_->clock(), pause);
    }
}

/// Not as far as anybody can tell, where the store does not say.
PENSTOCK_DECL awaitable<bool> multipart_upload::has_parts(std::string id) {
    list_parts_options one;
    one.settings(without_limits(settings_)).max_parts(1);
    auto op = make_list_parts(where_, id, one);
    auto listing = client_->call(std::move(op), &parse_list_parts);
    penstock::detail::attempt page{std::move(listing)};
    co_await page.run();
    co_return page && !page->parts.empty();
}

/// A page, and when the store's clock says that it was made.
struct dated_uploads {
    dated_uploads() = default;
    list_multipart_uploads_page page;
    std::optional<std::chrono::seconds> ahead; ///< of the time that `parse` was told
};

inline result<dated_uploads> parse_dated_uploads(const http::response_head& head, std::string_view body) {
    auto page = parse_list_multipart_uploads(head, body);
    if (!page) return page.error();
    dated_uploads out;
    out.page = std::move(*page);
    // The machine's clock and the client's differ in simulated time: only the latter is compared with.
    out.ahead = aws::detail::clock_difference(head.headers, wall_time{});
    return out;
}

/// A request to begin an upload whose answer was lost may have begun one that nobody knows. It is found by its key and
/// time; to be sure that it is nobody else's, only one without parts is aborted.
PENSTOCK_DECL awaitable<void> multipart_upload::forget_lost() {
    list_multipart_uploads_options asked;
    asked.settings(without_limits(settings_)).prefix(where_.key);
    auto op = make_list_multipart_uploads(where_.bucket, asked);
    const auto found = co_await client_->call(std::move(op), &parse_dated_uploads);
    const auto now = client_->clock()->wall_now();
    const auto ahead = found.ahead ? wall_time{} + *found.ahead - now : duration::zero();
    for (const auto& upload : found.page.uploads) {
        if (upload.key != where_.key || upload.upload_id == id_ || !upload.initiated) continue;
        const auto begun = *upload.initiated - std::chrono::duration_cast<wall_time::duration>(ahead);
        if (begun < first_sent_ - clock_grain || begun > last_sent_ + clock_grain) continue;
        const bool used = co_await has_parts(upload.upload_id);
        if (!used) co_await forget(upload.upload_id);
    }
}

// ---- objects that are there as a whole

inline awaitable<void> start_parts(multipart_upload& upload, std::uint64_t size, std::uint64_t total, const part_sender& send) {
    std::uint32_t number = 1;
    for (std::uint64_t at = 0; at < total; at += size, ++number) {
        const byte_range part{at, std::min(size, total - at)};
        if (upload.has(number)) {
            upload.count(part.length);
            continue;
        }
        co_await upload.room();
        auto sending = send(number, part);
        upload.start(number, part.length, std::move(sending));
    }
    co_await upload.drain();
}

PENSTOCK_DECL awaitable<void> send_parts(std::shared_ptr<multipart_upload> upload, std::uint64_t size, std::uint64_t total,
                                         part_sender send) {
    const auto parts = total / size + (total % size != 0);
    if (parts > max_part_number) {
        error_detail d;
        d.operation = "write object";
        d.bucket = upload->where().bucket;
        d.key = upload->where().key;
        d.message = std::to_string(total) + " bytes are more than an object can have";
        throw_failure(failure{errc::invalid_option, std::move(d)});
    }
    std::exception_ptr failed;
    try {
        co_await start_parts(*upload, size, total, send);
    } catch (...) {
        failed = std::current_exception();
    }
    if (!failed) co_return;
    // A call that was cancelled can await nothing else before this: it would end while parts still read the caller's bytes.
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    co_await upload->stopped();
    std::rethrow_exception(failed);
}

PENSTOCK_DECL awaitable<put_object_result> put_in_parts(std::shared_ptr<client_state> client, object_address object,
                                                        std::span<const std::byte> body, put_object_options options) {
    const auto& o = client->options();
    auto upload = penstock::detail::share<multipart_upload>(client, std::move(object), options.settings(), o.upload_concurrency());
    upload->checksum(options.checksum());
    upload->customer_key(options.customer_key());
    upload_guard guard{upload};
    co_await upload->begin(attributes_of(options), false);
    part_sender send = [upload, body](std::uint32_t number, byte_range r) {
        body_pieces slice(1, body.subspan(r.offset, r.length));
        return upload->send(number, std::move(slice), false);
    };
    const part_plan plan{o.part_size(), true, body.size()};
    co_await send_parts(upload, plan.first(), body.size(), std::move(send));
    auto completing = upload->complete(options.if_match(), options.if_none_match());
    auto done = co_await std::move(completing);
    guard.done();
    co_return done;
}

} // namespace penstock::s3::detail

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/asio.hpp>
#include <penstock/core/clock.hpp>
#include <penstock/core/error.hpp>
#include <penstock/core/range_source.hpp>
#include <penstock/core/wait_list.hpp>
#include <penstock/s3/checksum_options.hpp>
#include <penstock/s3/complete_multipart_upload.hpp>
#include <penstock/s3/create_multipart_upload.hpp>
#include <penstock/s3/detail/body_hash.hpp>
#include <penstock/s3/put_object.hpp>

#include <boost/asio/cancellation_signal.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace penstock::s3::detail {

class client_state;

/// An upload gets its object's attributes when it begins; its conditions only when it is completed.
PENSTOCK_DECL create_multipart_upload_options attributes_of(const put_object_options& o);

/// One multipart upload, whose parts are sent side by side: what writers, uploads of files and large copies share. The
/// parts are coroutines of their own on the client's executor. The first that fails ends the others, and its failure is
/// what the next call throws.
///
/// Nobody but `complete` makes the object appear. Whoever gives up calls `abandon`, also after a cancellation.
class multipart_upload : public std::enable_shared_from_this<multipart_upload> {
  public:
    PENSTOCK_DECL multipart_upload(std::shared_ptr<client_state> client, object_address where,
                                   request_settings_ptr settings, std::size_t concurrency);

    const std::string& id() const noexcept { return id_; }
    const object_address& where() const noexcept { return where_; }
    const request_settings_ptr& settings() const noexcept { return settings_; }
    const std::shared_ptr<client_state>& client() const noexcept { return client_; }
    std::size_t running() const noexcept { return running_.size(); }
    bool has_room() const noexcept { return running_.size() < concurrency_; }
    std::size_t concurrency() const noexcept { return concurrency_; }

    /// What every part is guarded by, and the object with it, where the store keeps such: to be said before `begin`. A
    /// value is that of the whole.
    void checksum(std::optional<body_checksum> of_object) { checksum_ = std::move(of_object); }

    /// That every part must bring, as what `begin` is told does.
    void customer_key(s3::customer_key k) { key_ = std::move(k); }

    /// Begins the upload at the store. `memory_held` as for `operation`.
    PENSTOCK_DECL awaitable<void> begin(create_multipart_upload_options attributes, bool memory_held);

    /// Goes on with one that was begun elsewhere, of which the store has these parts.
    PENSTOCK_DECL void adopt(std::string id, std::vector<completed_part> parts,
                             std::map<std::uint32_t, std::uint64_t> sizes = std::map<std::uint32_t, std::uint64_t>());
    /// Told of the bytes that the store has, each time there are more.
    void on_progress(std::function<void(std::uint64_t)> f) { progress_ = std::move(f); }
    bool has(std::uint32_t number) const { return parts_.contains(number); }

    /// Runs `sending`, which gives what the store said of part `number`, beside the caller. Needs `has_room`.
    PENSTOCK_DECL void start(std::uint32_t number, std::uint64_t bytes, awaitable<put_object_result> sending);
    /// Of parts that need not be sent.
    PENSTOCK_DECL void count(std::uint64_t bytes);

    /// Sends a part with its checksum: for `start`. Its memory is the caller's, as `memory_held` says, and must last.
    PENSTOCK_DECL awaitable<put_object_result> send(std::uint32_t number, body_pieces body, bool memory_held);
    PENSTOCK_DECL awaitable<put_object_result> send(std::uint32_t number, std::shared_ptr<http::body_stream> body, bool memory_held);

    /// Throws what a part has failed with, if one has.
    PENSTOCK_DECL void check() const;
    /// Completes when a part has ended, well or not. Throws what a part has failed with. Cancelled, nothing changes.
    PENSTOCK_DECL awaitable<void> part_ended();
    /// Waits for room for another part, and for all parts to end; both throw what a part has failed with.
    PENSTOCK_DECL awaitable<void> room();
    PENSTOCK_DECL awaitable<void> drain();

    /// Makes the object of the parts, which have all ended. An answer that was lost is found out about.
    PENSTOCK_DECL awaitable<put_object_result> complete(std::string if_match, std::string if_none_match);
    /// The same, by these options alone.
    PENSTOCK_DECL awaitable<put_object_result> complete_as(complete_multipart_upload_options asked);

    /// Ends the parts under way: they send nothing more.
    PENSTOCK_DECL void stop() noexcept;
    /// As `stop`, and waits until they have ended, which takes one turn of the executor. The caller has disabled cancellation.
    PENSTOCK_DECL awaitable<void> stopped();

    /// Stops, and makes the store forget the upload, unless it was completed: detached, in bounded time.
    PENSTOCK_DECL void abandon() noexcept;
    /// As `abandon`, and waits for it. Throws what it failed with. Cancelled, it goes on without the caller.
    PENSTOCK_DECL awaitable<void> abort();
    /// Stops, and leaves the upload with its parts at the store.
    PENSTOCK_DECL void leave() noexcept;

    /// The same failure, with the upload in its story.
    PENSTOCK_DECL failure told(const failure& f) const;

  private:
    using signal_ptr = std::weak_ptr<asio::cancellation_signal>;

    PENSTOCK_DECL void part_done(std::uint32_t number, std::uint64_t bytes, put_object_result said);
    PENSTOCK_DECL awaitable<put_object_result> send_guarded(std::uint32_t number, body_pieces pieces, std::shared_ptr<http::body_stream> stream,
                                                            bool memory_held, std::string checksum);
    PENSTOCK_DECL static awaitable<void> clean_up(std::shared_ptr<multipart_upload> self);
    PENSTOCK_DECL static awaitable<void> clean_up_store(std::shared_ptr<multipart_upload> self);
    PENSTOCK_DECL awaitable<bool> has_parts(std::string id);
    PENSTOCK_DECL awaitable<void> forget(std::string id);
    PENSTOCK_DECL awaitable<void> forget_lost();
    PENSTOCK_DECL std::optional<std::uint64_t> size_of(std::span<const completed_part> parts) const;
    PENSTOCK_DECL void add_checksum(complete_multipart_upload_options& to) const;

    std::shared_ptr<client_state> client_;
    object_address where_;
    request_settings_ptr settings_;
    std::size_t concurrency_;

    std::optional<body_checksum> checksum_;
    s3::customer_key key_;
    std::map<std::uint32_t, std::uint64_t> sizes_; ///< of parts that were sent, or adopted
    std::string id_;
    std::map<std::uint32_t, completed_part> parts_;
    std::list<signal_ptr> running_; ///< weak: a signal lives as long as the coroutine that listens to it
    wait_list changed_;
    std::function<void(std::uint64_t)> progress_;
    std::uint64_t bytes_ = 0; ///< that the store has
    std::exception_ptr failed_; ///< of the first part that did
    bool stopped_ = false;
    bool completed_ = false; ///< or left to others
    bool cleaning_ = false, clean_ = false;
    failure not_clean_;

    // uploads that a lost answer may have begun
    int unanswered_ = 0;
    wall_time first_sent_{}, last_sent_{};
};

/// Ends an upload whose coroutine ends early.
class upload_guard {
  public:
    /// `keep`: the store is left what it has.
    explicit upload_guard(std::shared_ptr<multipart_upload> upload, bool keep = false) noexcept
        : upload_{std::move(upload)}, keep_{keep} {}
    upload_guard(const upload_guard&) = delete;
    upload_guard& operator=(const upload_guard&) = delete;
    ~upload_guard() {
        if (upload_) keep_ ? upload_->leave() : upload_->abandon();
    }
    void done() noexcept { upload_.reset(); }

  private:
    std::shared_ptr<multipart_upload> upload_;
    bool keep_;
};

/// Makes the coroutine that sends one part: bytes `range` of the object.
using part_sender = std::function<awaitable<put_object_result>(std::uint32_t number, byte_range range)>;

/// Sends an object of `total` bytes, at least one, in parts of `size`, those left out that the upload has. Ends when all
/// parts have ended, also where it fails or is cancelled: what they refer to may go then.
PENSTOCK_DECL awaitable<void> send_parts(std::shared_ptr<multipart_upload> upload, std::uint64_t size, std::uint64_t total,
                                         part_sender send);

/// One object of bytes in memory, in parts.
PENSTOCK_DECL awaitable<put_object_result> put_in_parts(std::shared_ptr<client_state> client, object_address object,
                                                        std::span<const std::byte> body, put_object_options options);

} // namespace penstock::s3::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/multipart_upload.ipp>
#endif

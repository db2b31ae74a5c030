// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/asio.hpp>
#include <penstock/s3/client_options.hpp>
#include <penstock/s3/client_statistics.hpp>
#include <penstock/s3/copy_object.hpp>
#include <penstock/s3/delete_object.hpp>
#include <penstock/s3/delete_objects.hpp>
#include <penstock/s3/get_object.hpp>
#include <penstock/s3/head_bucket.hpp>
#include <penstock/s3/head_object.hpp>
#include <penstock/s3/list_buckets.hpp>
#include <penstock/s3/list_objects_v2.hpp>
#include <penstock/s3/object_lister.hpp>
#include <penstock/s3/object_reader.hpp>
#include <penstock/s3/object_writer.hpp>
#include <penstock/s3/put_object.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::s3 {

namespace detail {
class client_state;
struct client_access;
}

/// A small object in memory.
struct stored_object {
    stored_object() = default;

    object_metadata metadata;
    std::string body;
};

/// Talks to one S3 endpoint, inside the caller's executor: no thread, no global state, nothing to shut down.
///
/// Constructing does no I/O. Wherever an `object_address` is taken, its URL is taken too: `"s3://bucket/key"`.
///
/// Every call throws `error` (see `as_result` for values instead) whose detail has bucket, key, operation, status, S3
/// code, request ids, attempts and a hint. Failures that may pass are retried by the client's `retry` options. Every
/// call may be cancelled by its cancellation slot (terminal, partial or total alike): it ends with
/// `operation_aborted`, its connection is closed, and no further request is sent; whether the one under way took effect
/// at the store is then unknown. Options and addresses are taken by value; bodies given as spans must live until
/// completion.
///
/// A client, its readers and writers belong to one executor: an `io_context` run by one thread, or a strand. They, and
/// calls under way, may outlive the client object, which is a cheap handle; copies share everything.
class client {
  public:
    /// Throws `errc::invalid_endpoint`, `errc::invalid_region`, `errc::invalid_option`, `errc::invalid_credentials`
    /// (half a key in the environment). The config and credentials files are read, as small files at one go, by the first
    /// call; it throws these, `errc::malformed_profile_file` or `errc::invalid_profile` for what is wrong there, and the
    /// call after it tries again.
    PENSTOCK_DECL explicit client(executor ex, client_options options = client_options());

    // ---- reading

    /// Opens an object for reading: one GET, no HEAD. The body follows as the reader is read.
    PENSTOCK_DECL awaitable<object_reader> open(object_address object,
                                                get_object_options options = get_object_options());

    /// A whole small object in memory: one GET. More than `limit` bytes is `errc::response_too_large`.
    PENSTOCK_DECL awaitable<stored_object> get(object_address object,
                                               get_object_options options = get_object_options(),
                                               std::size_t limit = std::size_t{64} << 20);

    /// One GET of a part of known size, straight into `into`: gives how many bytes came, fewer than `into.size()` only
    /// where the object ends, none where it ends before `offset`.
    PENSTOCK_DECL awaitable<std::size_t> read_at(object_address object, std::uint64_t offset,
                                                 std::span<std::byte> into,
                                                 get_object_options options = get_object_options());

    /// What the store knows of an object, without its bytes. A missing object is `errc::no_such_key`, as far as a HEAD can
    /// tell.
    PENSTOCK_DECL awaitable<object_metadata> head(object_address object,
                                                  head_object_options options = head_object_options());

    // ---- writing

    /// One PUT of what is in memory; more than `client_options::multipart_threshold` (5 GiB) is sent in parts, and aborted as
    /// an `object_writer`'s where it fails. `s3/upload.hpp` sends files and other sources.
    PENSTOCK_DECL awaitable<put_object_result> put(object_address object, std::span<const std::byte> body,
                                                   put_object_options options = put_object_options());
    awaitable<put_object_result> put(object_address object, std::string_view body,
                                     put_object_options options = put_object_options()) {
        return put(std::move(object), as_bytes(body), std::move(options));
    }

    /// Opens an object for writing, of any length; nothing is sent yet.
    PENSTOCK_DECL object_writer create(object_address object, put_object_options options = put_object_options());

    /// Copies within the store, without the bytes passing here, in one request (5 GiB at most): `s3/copy.hpp` has the copy
    /// that switches to parts.
    PENSTOCK_DECL awaitable<copy_object_result> copy(object_address source, object_address target,
                                                     copy_object_options options = copy_object_options());

    /// Deletes one object. That there is none is no error to S3, except under `if_match`.
    PENSTOCK_DECL awaitable<delete_object_result> remove(object_address object,
                                                         delete_object_options options = delete_object_options());

    /// Deletes any number of objects of one bucket, 1,000 a request. Failures of single keys are in the result; keys that
    /// failed in a way that may pass (InternalError, SlowDown) are tried again before.
    PENSTOCK_DECL awaitable<delete_objects_result> remove(std::string bucket, std::vector<object_identifier> objects,
                                                          delete_objects_options options = delete_objects_options());

    // ---- listing and buckets

    /// The objects under a prefix: the address's key, unless the options name one.
    PENSTOCK_DECL object_lister list(object_address prefix, list_objects_options options = list_objects_options());

    /// A page of the caller's buckets; the options carry the token of the next.
    PENSTOCK_DECL awaitable<list_buckets_page> list_buckets(list_buckets_options options = list_buckets_options());
    /// In the client's region. A bucket of that name is `errc::bucket_exists`.
    PENSTOCK_DECL awaitable<void> create_bucket(std::string bucket);
    /// Only an empty bucket can be removed.
    PENSTOCK_DECL awaitable<void> remove_bucket(std::string bucket);
    /// Whether a bucket exists and may be listed, and where it is.
    PENSTOCK_DECL awaitable<bucket_metadata> head_bucket(std::string bucket);

    // ---- links

    /// A URL with which anybody may do `method` ("GET", "PUT", "HEAD", "DELETE") to the object for `expires` (1 s to
    /// 7 days), but no longer than the keys that sign it are good: five minutes on a directory bucket, whose session signs.
    /// May have to fetch credentials; nothing else is sent, but for a session, or to find the bucket's region.
    PENSTOCK_DECL awaitable<std::string> presign(object_address object, std::chrono::seconds expires,
                                                 std::string method = "GET");

    /// What the next request is signed by, fetched where need be; null for anonymous access. It holds secrets.
    PENSTOCK_DECL awaitable<aws::credentials_ptr> credentials();

    PENSTOCK_DECL client_statistics statistics() const;
    /// What this client counts into: for `prometheus_text`, or to add one's own. May be read on any thread.
    PENSTOCK_DECL const std::shared_ptr<metrics_registry>& metrics() const noexcept;
    PENSTOCK_DECL const std::shared_ptr<memory_budget>& budget() const noexcept;
    PENSTOCK_DECL const std::shared_ptr<buffer_pool>& buffers() const noexcept;
    /// As they were given.
    PENSTOCK_DECL const client_options& options() const noexcept;
    PENSTOCK_DECL executor get_executor() const;

  private:
    friend struct detail::client_access;
    explicit client(std::shared_ptr<detail::client_state> state) noexcept : state_{std::move(state)} {}
    std::shared_ptr<detail::client_state> state_;
};

namespace detail {
/// For what is built on a client in headers of its own.
struct client_access {
    static const std::shared_ptr<client_state>& state(const client& c) noexcept { return c.state_; }
    static client make(std::shared_ptr<client_state> state) noexcept { return client{std::move(state)}; }
    /// `client::open` with memory of the budget for its connections, `http::connection_memory`, which the reader keeps.
    PENSTOCK_DECL static awaitable<object_reader> open(const client& c, object_address object, get_object_options options,
                                                       permit held);
};
} // namespace detail

} // namespace penstock::s3

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/client.ipp>
#endif

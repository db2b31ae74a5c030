// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/byte_source.hpp>
#include <penstock/s3/client.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <utility>

/// Whole objects from files and other sources, in parts where they are large.
namespace penstock::s3 {

class upload_options {
  public:
    upload_options() = default;

    /// Told of the bytes that the store has taken, each time there are more; what it throws ends the upload.
    upload_options& progress(std::function<void(std::uint64_t bytes)> f) { return progress_ = std::move(f), *this; }
    /// An upload in parts that fails, or is cancelled, stays at the store with the parts that it has, for `resume_upload`:
    /// its id is in the story of the error, and `list_uploads` finds it. Off: it is aborted.
    upload_options& keep_parts(bool on) { return keep_parts_ = on, *this; }
    /// `resume_upload` takes a part of the right size for what it should be: for stores and encryptions whose ETags are no
    /// MD5, and large files that are known not to have changed. Off: a part whose ETag does not confirm it is sent again.
    upload_options& trust_sizes(bool on) { return trust_sizes_ = on, *this; }

    const std::function<void(std::uint64_t)>& progress() const noexcept { return progress_; }
    bool keep_parts() const noexcept { return keep_parts_; }
    bool trust_sizes() const noexcept { return trust_sizes_; }

  private:
    std::function<void(std::uint64_t)> progress_;
    bool keep_parts_ = false;
    bool trust_sizes_ = false;
};

/// Writes all that `source` has to one object: as an `object_writer`, without a copy of the bytes. A source that knows how
/// much it has (`remaining`) gets parts of a fitting size, as by `content_length`. `source` must live until completion; what it throws ends the
/// upload. Errors, cancellation and memory as for `object_writer`.
PENSTOCK_DECL awaitable<put_object_result> upload(client c, object_address object, byte_source& source,
                                                  put_object_options options = put_object_options(),
                                                  upload_options how = upload_options());

/// Writes a local file to an object. One PUT where it fits into one part, else parts side by side
/// (`client_options::upload_concurrency`). A part is read from the file while it is sent, in slices of 256 KiB, and read
/// again where it has to be sent again: it needs no memory for itself. Over plain HTTP it is read once more before, for the
/// hash that is signed, unless the client has `sign_payload(false)`. A file that changes meanwhile (by size or time) is
/// `errc::object_changed`, and the object does not appear. What is no regular file is read as a source.
///
/// Cancelled at any point: nothing more is sent but the abort, as for `object_writer`. Memory: 256 KiB a part under way and
/// its connection, from the client's budget.
PENSTOCK_DECL awaitable<put_object_result> upload_file(client c, std::string path, object_address object,
                                                       put_object_options options = put_object_options(),
                                                       upload_options how = upload_options());

/// Goes on with an upload of the same file that ended early. A part that the store has is kept where its size fits, and its
/// ETag is the MD5 of the file's bytes there; all others are sent. The object's attributes were settled when the upload was
/// begun; of `options` only the conditions count. An upload that is not there (completed, aborted) is `errc::no_such_upload`.
/// Where it ends early again, it stays at the store, whatever `keep_parts` says.
PENSTOCK_DECL awaitable<put_object_result> resume_upload(client c, std::string path, object_address object,
                                                         std::string upload_id,
                                                         put_object_options options = put_object_options(),
                                                         upload_options how = upload_options());

/// Goes on with an upload whose bytes come from the caller, who goes on writing at `size()`: behind the parts from the first
/// that the store has without a gap. (Parts behind a gap are written again.) Destroyed without a commit it aborts the
/// upload, as every writer; see `object_writer::detach`. Costs a request for each 1,000 parts.
PENSTOCK_DECL awaitable<object_writer> resume_writer(client c, object_address object, std::string upload_id,
                                                     put_object_options options = put_object_options());

} // namespace penstock::s3

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/upload.ipp>
#endif

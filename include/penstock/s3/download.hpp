// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/read_unordered.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace penstock::s3 {

/// How far a transfer has come; the total where it is known.
using transfer_progress = std::function<void(std::uint64_t done, std::optional<std::uint64_t> total)>;

class download_options {
  public:
    download_options() = default;

    download_options& get(get_object_options v) { return get_ = std::move(v), *this; }
    download_options& parallel(parallel_options v) { return parallel_ = v, *this; }
    /// Whether the file is on the disk, and survives a loss of power, when the download ends. On by default.
    download_options& flush(bool on) { return flush_ = on, *this; }
    /// Called before the first byte, and after each slice that was written; what it throws ends the download.
    download_options& progress(transfer_progress v) { return progress_ = std::move(v), *this; }

    const get_object_options& get() const noexcept { return get_; }
    const parallel_options& parallel() const noexcept { return parallel_; }
    bool flush() const noexcept { return flush_; }
    const transfer_progress& progress() const noexcept { return progress_; }

  private:
    get_object_options get_;
    parallel_options parallel_;
    bool flush_ = true;
    transfer_progress progress_;
};

/// Downloads an object, or a part of it, to a local file: several ranged GETs at a time, each of them written where it
/// belongs as it comes. Faster than one stream wherever the store or the way to it limits a connection.
///
/// The file is made beside `path` under another name, with room for the whole from the start where the file system can
/// promise it, and takes the place of what is at `path` at the very end, as `create_file` says; on failure and cancellation
/// (any type) nothing is left and the old file stays. With a condition that says that the caller has the object
/// (`object_read::not_modified`), too. Devices and pipes are written to in order, over one connection.
///
/// Files are written on the caller's executor, 256 KiB at a time. Throws `error`: the store's, or the system's with the
/// path. Memory: 256 KiB and a connection's own for each connection, from the budget.
PENSTOCK_DECL awaitable<object_read> download(client from, object_address object, std::string path,
                                              download_options options = download_options());

} // namespace penstock::s3

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/download.ipp>
#endif

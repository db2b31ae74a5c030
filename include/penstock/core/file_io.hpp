// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/byte_sink.hpp>
#include <penstock/core/byte_source.hpp>
#include <penstock/core/error.hpp>
#include <penstock/core/range_sink.hpp>
#include <penstock/core/range_source.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace penstock {

/// File I/O blocks its thread, so no single call to the system moves more than this, and after so many bytes, in however
/// many reads or writes, other work on the executor runs.
inline constexpr std::size_t file_slice = std::size_t{256} << 10;

/// Opens a local file for reading in order. Throws `error` with the path and the system's code
/// (`condition::not_found`, `condition::access_denied` …). Directories are refused.
PENSTOCK_DECL std::unique_ptr<byte_source> open_file(std::string path);

/// Opens a local file for random access.
PENSTOCK_DECL std::unique_ptr<range_source> open_file_ranges(std::string path);

/// Creates or replaces a local file. The bytes go to a temporary file beside it; `commit` flushes it to the disk and
/// renames it over `path`, with the old file's mode. Without `commit` the old file, if any, stays as it was. Links are
/// followed; devices and pipes are written to directly, since they cannot be replaced. After a write that failed or was
/// cancelled, and after `commit`, whatever came of it, further calls throw `errc::closed`.
PENSTOCK_DECL std::unique_ptr<byte_sink> create_file(std::string path);

/// As `create_file`, for bytes that come in any order: a new file, which takes the place of the one at `path` at `commit`.
/// `flush`: whether it is on the disk by then, and survives a loss of power. Not for devices and pipes, which cannot be
/// written to in any order: see `is_replaceable_file`.
PENSTOCK_DECL std::unique_ptr<range_sink> create_file_ranges(std::string path, bool flush = true);

/// Whether `path` is a regular file, or nothing yet. Throws `error` for a folder.
PENSTOCK_DECL bool is_replaceable_file(const std::string& path);

/// A whole file of at most `limit` bytes.
using file_reader = std::function<result<std::string>(const std::string& path, std::size_t limit)>;

/// Reads a whole small file (settings, tokens) in one call; beyond `limit` it is `condition::limit`. Folders are refused,
/// and so are pipes, which might never end.
PENSTOCK_DECL result<std::string> read_small_file(const std::string& path, std::size_t limit);

/// Creates or replaces a whole small file that nobody but its owner may read (tokens), in one call: as `create_file`, but
/// with mode 0600 whatever it was before.
PENSTOCK_DECL result<void> write_private_file(const std::string& path, std::string_view text);

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/core/impl/file_io.ipp>
#endif

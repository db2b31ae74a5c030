// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/asio.hpp>
#include <penstock/core/byte_sink.hpp>
#include <penstock/core/byte_source.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace penstock {

namespace s3 {
class client;
}

/// Whether `url` is meant for S3: its scheme is `s3:`, `s3a:` or `s3n:`, in any case. It may still be malformed.
PENSTOCK_DECL bool is_s3_url(std::string_view url) noexcept;

/// The path of a local file: `file:///a/b c` gives "/a/b c", byte for byte, without percent-decoding; what has no scheme
/// is a path already. Throws `errc::invalid_url` for a file URL with another host than localhost, and for a scheme that
/// nothing here opens (a local file of such a name is reached by "./http://…").
PENSTOCK_DECL std::string local_path(std::string_view url);

/// Opens an S3 object, a `file:` URL or a path for reading: the one way in for every format. Bytes come as they are
/// stored; see `decompress`.
///
/// What begins with '{' is a JSON spec (`s3::parse_json_spec`) whose path is the object's key; a local file of such a name
/// is reached by "./{…". It is read by a client of its own: where to, as whom, how often and how many at a time is the
/// spec's; connections, clock, memory and context (or, without one, environment) are those of `s3`, where there is one. Who
/// opens much by one spec parses it once and keeps a client.
///
/// `s3` may be null where `url` is no URL of S3, else that is `errc::invalid_option`; it need not outlive the source.
/// Throws what `s3::client::open`, `open_file`, `local_path` and `s3::parse_json_spec` throw. Cancellation as
/// `s3::client::open`.
PENSTOCK_DECL awaitable<std::unique_ptr<byte_source>> open_source(s3::client* s3, std::string url);

/// The same, where the first bytes may be all that is wanted: of an S3 object no more than `first` are asked for, until the
/// reader goes on behind them (`s3::open_beginning`). 0: the whole at once.
PENSTOCK_DECL awaitable<std::unique_ptr<byte_source>> open_source(s3::client* s3, std::string url, std::uint64_t first);

/// Creates or replaces an S3 object (by URL or JSON spec) or a local file, at `commit`. Sends nothing yet. Preconditions and errors as
/// `open_source`.
PENSTOCK_DECL awaitable<std::unique_ptr<byte_sink>> create_sink(s3::client* s3, std::string url);

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/dataset/impl/open.ipp>
#endif

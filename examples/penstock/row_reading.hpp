// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include "row_options.hpp"
#include "row_output.hpp"
#include "session.hpp"

#include <penstock/core/byte_source.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace tool {

/// Opens an object, a file, or standard input ("-"). `first` as `open_source` has it.
awaitable<std::unique_ptr<penstock::byte_source>> open_input(session& s, std::string url, std::uint64_t first);

/// Reads rows as the options say, of one object after the other, into `to`, and says on standard error what --stats asks for
/// and which records were bad, these also when it fails.
awaitable<void> read_rows(session& s, read_rows_options o, row_output& to);

} // namespace tool

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/error.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace penstock {

/// For a scan that asked for `columns` and did not find one of them (`errc::unknown_column`) in an object whose path has it
/// as a folder, "column=value": the same failure with the hint to name that folder in the URL, for else every partition is
/// listed and read. Any other failure as it is. `path` is the object's URL.
PENSTOCK_DECL failure with_partition_hint(failure f, std::string_view path, const std::vector<std::string>& columns);

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/dataset/impl/partition_hint.ipp>
#endif

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/testing/stored_object.hpp>

#include <string>
#include <string_view>

/// Side files: what is said about an object beside its bytes, one "name value" a line, values
/// percent-encoded. They hold only while the data file's version is theirs.
namespace penstock::testing::detail {

PENSTOCK_DECL std::string side_text(const object_record& r, const std::string& version);

/// Fills `r`, whose key is set. False where the text is not for this key and version, or was damaged.
PENSTOCK_DECL bool read_side_text(std::string_view text, const std::string& version, object_record& r);

} // namespace penstock::testing::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/testing/impl/side_text.ipp>
#endif

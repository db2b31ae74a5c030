// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <string_view>

namespace penstock::s3 {

/// Of all documents of S3.
inline constexpr std::string_view xml_namespace = "http://s3.amazonaws.com/doc/2006-03-01/";

} // namespace penstock::s3

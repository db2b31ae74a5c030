// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <string>

namespace penstock::s3 {

/// Who owns an object or bucket, or began an upload. Empty text where the store said nothing.
struct owner {
    owner() = default;

    std::string id;
    std::string display_name;
};

} // namespace penstock::s3

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/format/kernels/json_kernels.hpp> // before the header that it and its bodies need

#include <penstock.hpp>

const void* category_in_two() { return &penstock::penstock_category(); }
decltype(&penstock::s3::client::presign) presign_in_two() { return &penstock::s3::client::presign; }

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/checksum_options.hpp>

#include <penstock/checksum/base64.hpp>
#include <penstock/s3/detail/request_builder.hpp>

namespace penstock::s3::detail {

PENSTOCK_DECL void set_checksum(operation& op, const std::optional<body_checksum>& c) {
    if (!c) return;
    if (c->in_trailer && c->algorithm == checksum_algorithm::md5)
        refuse(op, "MD5 cannot be sent in a trailer", "send it in a header, or choose another checksum");
    if (c->in_trailer && c->chunk_size < (std::size_t{8} << 10)) refuse(op, "chunks below 8 KiB");
    const auto raw = from_base64(c->value);
    if (!c->value.empty() && (!raw || raw->size() != checksum_size(c->algorithm)))
        refuse(op, "the given checksum is no " + std::string{to_string(c->algorithm)} + " in base64");
    op.checksum = *c;
}

PENSTOCK_DECL void add_checksum_algorithm(operation& op, const std::optional<checksum_algorithm>& a) {
    if (!a) return;
    if (*a == checksum_algorithm::md5)
        refuse(op, "MD5 is no checksum that the store can make or keep", "choose a CRC, SHA-1 or SHA-256");
    op.headers.add("x-amz-checksum-algorithm", to_string(*a));
}

} // namespace penstock::s3::detail

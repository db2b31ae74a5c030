// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/detail/body_validation.hpp>

namespace penstock::s3::detail {

PENSTOCK_DECL failure body_validation::finish() {
    if (std::exchange(ended_, true)) return why_;
    const auto actual = hasher_.finish();
    passed_ = actual == expected_;
    if (passed_) return why_;
    error_detail d;
    d.message = "the store keeps " + std::string{to_string(hasher_.algorithm())} + " " + expected_ + ", the bytes that came have " +
                actual;
    d.hint = "read it again; if it stays so, the object was damaged where it is stored or on the way";
    return why_ = failure{errc::bad_digest, std::move(d)};
}

PENSTOCK_DECL std::optional<body_validation> validation_of(const get_object_options& asked, const get_object_body& body,
                                                           const object_checksums& kept) {
    using enum get_object_outcome;
    if (!asked.checksum_mode()) return std::nullopt;
    const bool composite = http::iequals(kept.type, to_string(checksum_type::composite));
    const bool all = body.outcome == whole || body.outcome == range_ignored ||
                     (body.outcome == partial && body.range.offset == 0 && body.size == body.range.length);
    // Of an object with a composite checksum, a part by its number comes with the part's own.
    const bool part = body.outcome == partial && asked.part_number() != 0 && composite;
    if (!part && (!all || composite)) return std::nullopt;
    // The quickest first, where there are several.
    for (const auto a : {checksum_algorithm::crc64nvme, checksum_algorithm::crc32c, checksum_algorithm::crc32,
                         checksum_algorithm::sha256, checksum_algorithm::sha1}) {
        const auto& value = *kept.value(a);
        if (!value.empty() && value.find('-') == value.npos) return body_validation{a, value};
    }
    return std::nullopt;
}

} // namespace penstock::s3::detail

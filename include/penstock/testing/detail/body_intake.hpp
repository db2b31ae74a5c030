// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/aws_chunked.hpp>
#include <penstock/testing/detail/digest.hpp>
#include <penstock/testing/detail/service_call.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace penstock::testing::detail {

/// The body's way through its codings and digests into the call. All members throw `s3_problem`.
class body_intake {
  public:
    /// Throws for what the headers say wrong. `payload_hash` is x-amz-content-sha256, empty where there is
    /// none.
    PENSTOCK_DECL body_intake(service_call& call, const service_route& route, std::string payload_hash,
                              std::optional<aws::chunk_signer> signer);

    PENSTOCK_DECL void write(std::string_view bytes);
    /// The body is complete: whether it is what was promised.
    PENSTOCK_DECL void finish();

  private:
    PENSTOCK_DECL void find_checksum(const http::header_list& headers);
    PENSTOCK_DECL void find_trailer(std::string_view announced);
    PENSTOCK_DECL void use_checksum(digest_kind kind);
    PENSTOCK_DECL void finish_checksum();
    PENSTOCK_DECL void check_size(std::uint64_t size) const;
    PENSTOCK_DECL void take(std::string_view bytes);

    service_call& call_;
    body_use use_;
    std::optional<aws::aws_chunked_decoder> decoder_;
    std::optional<std::uint64_t> expected_size_;
    std::uint64_t size_ = 0;
    std::optional<digest> sha256_;
    std::string expected_sha256_;
    std::optional<digest> md5_;
    std::optional<std::string> expected_md5_;
    std::optional<digest_kind> checksum_kind_;
    std::optional<digest> checksum_;
    std::optional<std::string> expected_checksum_;
    std::string trailer_;
};

} // namespace penstock::testing::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/testing/impl/body_intake.ipp>
#endif

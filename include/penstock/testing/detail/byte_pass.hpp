// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/testing/detail/digest.hpp>
#include <penstock/testing/stored_object.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace penstock::testing::detail {

/// Stored bytes on their way through digests and, for a copy, into new ones: a slice at a time, since others
/// on the executor want to run, too.
class byte_pass {
  public:
    void add(std::shared_ptr<const stored_bytes> bytes, std::uint64_t offset, std::uint64_t length) {
        if (length > 0) ranges_.push_back({std::move(bytes), offset, length});
    }
    void copy_into(std::shared_ptr<staged_bytes> to) { copy_ = std::move(to); }
    void digest_by(digest_kind kind) { digests_.emplace_back(kind, digest{kind}); }

    /// A slice more; false at the end. Throws `error`, also where bytes are missing.
    PENSTOCK_DECL bool step();

    // After the end.

    const std::shared_ptr<staged_bytes>& copy() const noexcept { return copy_; }
    /// Raw; of a kind that was asked for. Once only.
    PENSTOCK_DECL std::string result(digest_kind kind);

  private:
    struct range {
        std::shared_ptr<const stored_bytes> bytes;
        std::uint64_t offset;
        std::uint64_t length;
    };
    std::deque<range> ranges_; // still to be read
    std::shared_ptr<staged_bytes> copy_;
    std::vector<std::pair<digest_kind, digest>> digests_;
    std::vector<std::byte> scratch_;
};

} // namespace penstock::testing::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/testing/impl/byte_pass.ipp>
#endif

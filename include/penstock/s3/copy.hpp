// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/client.hpp>
#include <penstock/s3/get_object_tagging.hpp>

#include <cstdint>
#include <functional>
#include <utility>

/// Copies of objects of any size within a store, without the bytes passing here.
namespace penstock::s3 {

class copy_limits {
  public:
    copy_limits() = default;

    /// Objects larger than this are copied in parts. S3 copies no more than 5 GiB at once.
    copy_limits& threshold(std::uint64_t bytes) { return threshold_ = bytes, *this; }
    /// Of all parts but the last, unless it takes larger ones for 10,000 to suffice; 5 MiB at least on AWS.
    copy_limits& part_size(std::uint64_t bytes) { return part_size_ = bytes, *this; }
    /// Told of the bytes that are copied, each time there are more; what it throws ends the copy.
    copy_limits& progress(std::function<void(std::uint64_t bytes)> f) { return progress_ = std::move(f), *this; }

    std::uint64_t threshold() const noexcept { return threshold_; }
    std::uint64_t part_size() const noexcept { return part_size_; }
    const std::function<void(std::uint64_t)>& progress() const noexcept { return progress_; }

  private:
    std::uint64_t threshold_ = std::uint64_t{5} << 30;
    std::uint64_t part_size_ = std::uint64_t{64} << 20;
    std::function<void(std::uint64_t)> progress_;
};

/// Copies an object, also to another bucket. Asks for the source's size first (one HEAD); up to the threshold it is then one
/// request as `client::copy`, beyond it an upload whose parts the store copies, `client_options::upload_concurrency` at a
/// time. Every request is pinned to the ETag (and version) that the HEAD found: a source that changes meanwhile is
/// `errc::precondition_failed`, and nothing appears.
///
/// Content type, headers, metadata and tags are the source's unless `options` replace them, in parts, too, where S3 would
/// forget them. Neither way copies ACL, storage class or encryption. Conditions on the target are those of the end: of the
/// only request, or of completing the upload. A copy in parts that fails or is cancelled is aborted as an
/// `object_writer`'s upload.
PENSTOCK_DECL awaitable<copy_object_result> copy(client c, object_address source, object_address target,
                                                 copy_object_options options = copy_object_options(),
                                                 copy_limits limits = copy_limits());

/// The tags of an object; none where it has none.
PENSTOCK_DECL awaitable<object_tags> get_tags(client c, object_address object,
                                              get_object_tagging_options options = get_object_tagging_options());

} // namespace penstock::s3

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/copy.ipp>
#endif

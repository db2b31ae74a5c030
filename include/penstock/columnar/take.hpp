// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/record_batch.hpp>
#include <penstock/core/buffer_pool.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace penstock {

/// Rows by number.
using selection = std::vector<std::uint32_t>;

/// The values at these positions, in this order; a position may come more than once. A copy in blocks from `pool`, which must
/// not be null (of a dictionary, the indices only). Throws `error` (`errc::record_too_large`) for more items or text than the
/// type can address. Precondition: positions are below `values.size()`.
PENSTOCK_DECL array take(const array& values, std::span<const std::uint32_t> positions,
                         const std::shared_ptr<buffer_pool>& pool);

/// The same of every column.
PENSTOCK_DECL record_batch take(const record_batch& batch, std::span<const std::uint32_t> rows,
                                const std::shared_ptr<buffer_pool>& pool);

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/columnar/impl/take.ipp>
#endif

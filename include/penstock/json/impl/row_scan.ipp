// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/json/detail/row_scan.hpp>

#include <algorithm>

namespace penstock::json::detail {

PENSTOCK_DECL void row_scan::scan(std::string_view text, std::uint64_t offset) {
    if (slots_.empty()) {
        slots_.resize(1 + block + 64);
        slots_[0] = static_cast<std::uint32_t>(-1);
        ends_.resize(block + 64);
    }
    base_ = offset;
    row_ = 0;
    slot_ = 0;
    penstock::detail::scan_output out{slots_.data() + 1, ends_.data()};
    scan_(text.data(), std::min(text.size(), block), out);
    rows_ = static_cast<std::size_t>(out.row_ends - ends_.data());
    spaces_ = out.spaces != 0;
    slots_used_ = static_cast<std::size_t>(out.separators - slots_.data());
    if (rows_ && kernels_->utf8(text.data(), ends_[rows_ - 1]) == penstock::detail::encoding::neither) rows_ = 0;
    if (rows_ == 0) retry_ = offset + 1;
}

PENSTOCK_DECL bool row_scan::find(std::string_view text, std::uint64_t offset) {
    while (row_ < rows_ && base_ + begin() < offset) {
        const auto end = ends_[row_++];
        while (slots_[slot_] != end) ++slot_;
    }
    if (row_ < rows_ && base_ + begin() == offset) return true;
    if (offset < retry_) return false;
    scan(text, offset);
    return rows_ > 0;
}

} // namespace penstock::json::detail

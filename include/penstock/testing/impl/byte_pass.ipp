// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/testing/detail/byte_pass.hpp>

#include <penstock/core/error.hpp>

#include <algorithm>
#include <span>
#include <string_view>

namespace penstock::testing::detail {

PENSTOCK_DECL bool byte_pass::step() {
    static constexpr std::size_t slice = std::size_t{256} << 10; // a millisecond or two
    if (scratch_.empty()) scratch_.resize(slice);
    std::size_t done = 0;
    while (done < slice && !ranges_.empty()) {
        auto& r = ranges_.front();
        auto bytes = r.bytes->chunk(r.offset, scratch_);
        if (bytes.empty())
            throw_failure(failure{errc::object_changed, "stored bytes are fewer than they were"});
        bytes = bytes.first(static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), r.length)));
        for (auto& [kind, digest] : digests_)
            digest.update({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
        if (copy_) copy_->append(bytes);
        r.offset += bytes.size();
        r.length -= bytes.size();
        done += bytes.size();
        if (r.length == 0) ranges_.pop_front();
    }
    return !ranges_.empty();
}

PENSTOCK_DECL std::string byte_pass::result(digest_kind kind) {
    const auto found =
        std::find_if(digests_.begin(), digests_.end(), [&](const auto& d) { return d.first == kind; });
    return found->second.finish();
}

} // namespace penstock::testing::detail

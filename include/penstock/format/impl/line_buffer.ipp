// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/format/detail/line_buffer.hpp>

#include <cstring>

namespace penstock::detail {

PENSTOCK_DECL void line_buffer::move_to(pooled_buffer block) {
    const auto from = keep_from();
    const auto kept = end_ - from;
    auto* to = block ? block.data() : block_.data();
    if (kept) std::memmove(to, block_.data() + from, kept);
    if (block) block_ = std::move(block);
    offset_ += from;
    begin_ -= from;
    scanned_ -= from;
    end_ = kept;
    if (held_) held_->begin = 0;
}

PENSTOCK_DECL std::span<std::byte> line_buffer::room() {
    const auto kept = pending();
    if (!block_) {
        block_ = pool_->take(first_block_);
    } else if (block_.size() > usual_block && kept <= usual_block / 4) {
        move_to(pool_->take(usual_block));
    } else if (block_.size() - end_ < block_.size() / 4) {
        // small reads at a block's end would cost a system call each
        if (kept <= block_.size() / 2)
            move_to({});
        else
            move_to(pool_->take(block_.size() * 2));
    }
    return block_.span().subspan(end_);
}

PENSTOCK_DECL line_buffer::got line_buffer::next(text_line& line) {
    const auto* data = reinterpret_cast<const char*>(block_.data());
    const auto* found = scanned_ < end_
                            ? static_cast<const char*>(std::memchr(data + scanned_, '\n', end_ - scanned_))
                            : nullptr;
    const auto stop = found ? static_cast<std::size_t>(found - data) : end_;
    scanned_ = stop;
    if (passing_) {
        begin_ = scanned_ = found ? stop + 1 : stop;
        if (!found && !ended_) return got::need_input;
        passing_ = false;
        ++line_number_;
        return next(line);
    }
    line.number = line_number_ + 1;
    line.offset = offset_ + begin_;
    if (stop - begin_ > max_line_) {
        line.text = {data + begin_, max_line_};
        return got::too_long;
    }
    if (!found) {
        if (!ended_) return got::need_input;
        if (begin_ == end_) return got::end;
    }
    line.text = {data + begin_, stop - begin_};
    line.has_end = found != nullptr;
    ++line_number_;
    begin_ = scanned_ = found ? stop + 1 : stop;
    return got::line;
}

} // namespace penstock::detail

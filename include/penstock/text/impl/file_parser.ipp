// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/text/detail/file_parser.hpp>

#include <algorithm>
#include <cstring>
#include <utility>

namespace penstock::text::detail {

inline constexpr std::size_t usual_file_block = std::size_t{256} << 10;

PENSTOCK_DECL file_parser::file_parser(text::options o, std::string object)
    : options_{with_pool(std::move(o))}, table_{options_, std::move(object), "file"} {}

/// One byte more than a file may have, so that one which is too long is told from one that is not.
PENSTOCK_DECL std::span<std::byte> file_parser::prepare() {
    const auto most = options_.common().max_record_bytes + 1;
    if (!block_) {
        block_ = options_.common().pool->take(std::min(usual_file_block, most));
    } else if (size_ == block_.size()) {
        auto larger = options_.common().pool->take(std::min(block_.size() * 2, most));
        std::memcpy(larger.data(), block_.data(), size_);
        block_ = std::move(larger);
    }
    return block_.span().subspan(size_, std::min(block_.size(), most) - size_);
}

PENSTOCK_DECL void file_parser::commit(std::size_t n) noexcept {
    size_ += n;
    worked_ += n;
}

PENSTOCK_DECL void file_parser::end_of_file() {
    penstock::detail::text_line whole{};
    whole.number = 1;
    whole.text = block_ ? std::string_view{reinterpret_cast<const char*>(block_.data()), size_} : std::string_view{};
    if (whole.text.size() > options_.common().max_record_bytes) {
        table_.refuse_long(whole);
    } else {
        if (!options_.binary() && whole.text.starts_with(byte_order_mark)) {
            whole.text.remove_prefix(byte_order_mark.size());
            whole.offset = byte_order_mark.size();
        }
        table_.add(whole);
    }
    added_ = true;
    block_ = {};
}

PENSTOCK_DECL result<file_parser::step> file_parser::advance() {
    for (;;) {
        if (!failed_ && table_.failed()) failed_ = table_.failed();
        if (table_.any()) return step::batch;
        if (failed_) return *failed_;
        if (added_ || table_.complete()) return step::end;
        if (worked_ >= usual_file_block) {
            worked_ = 0;
            return step::working;
        }
        if (!ended_ && size_ <= options_.common().max_record_bytes) return step::need_input;
        try {
            end_of_file();
        } catch (const error& e) {
            return e.as_failure();
        }
    }
}

PENSTOCK_DECL read_statistics file_parser::statistics() const {
    auto s = table_.statistics();
    s.bytes = size_;
    return s;
}

} // namespace penstock::text::detail

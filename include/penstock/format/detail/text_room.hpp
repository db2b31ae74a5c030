// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

namespace penstock::detail {

/// Writes at the end of a string, many small texts without a look at its size for each: room is asked for once for several.
/// While there is one, nobody else may touch the string; at its end the string has what was written.
class text_room {
  public:
    explicit text_room(std::string& out) noexcept : out_{out}, at_{out.data() + out.size()}, end_{at_} {}
    text_room(const text_room&) = delete;
    ~text_room() { out_.resize(size()); }

    std::size_t size() const noexcept { return static_cast<std::size_t>(at_ - out_.data()); }

    /// Where the next text goes. It may have `bytes`; all before it stay.
    char* need(std::size_t bytes) {
        if (static_cast<std::size_t>(end_ - at_) < bytes) grow(bytes);
        return at_;
    }
    /// Up to where texts have been written.
    void written(char* end) noexcept { at_ = end; }

    void append(std::string_view text) {
        std::memcpy(need(text.size()), text.data(), text.size());
        at_ += text.size();
    }

  private:
    void grow(std::size_t bytes) {
        constexpr std::size_t step = std::size_t{16} << 10;
        const auto used = size();
        out_.resize(used + std::max(bytes, step));
        at_ = out_.data() + used;
        end_ = out_.data() + out_.size();
    }

    std::string& out_;
    char* at_;
    char* end_;
};

} // namespace penstock::detail

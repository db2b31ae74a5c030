// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/codec/decoder.hpp>

#include <algorithm>
#include <cstring>
#include <vector>

namespace penstock::detail {

/// An encoder whose library gives its output in pieces of its own size: they wait here for room.
class staged_encoder : public encoder {
  public:
    codec_step encode(std::span<const std::byte> in, std::span<std::byte> out) final {
        codec_step total;
        for (;;) {
            drain(out, total);
            if (total.produced == out.size() || total.consumed == in.size()) return total;
            total.consumed += take(in.subspan(total.consumed), staged_);
        }
    }
    codec_step finish(std::span<std::byte> out) final {
        codec_step total;
        drain(out, total);
        if (total.produced < out.size() && !std::exchange(ended_, true)) {
            end(staged_);
            drain(out, total);
        }
        return total;
    }

  private:
    /// Takes at least one byte of `in` and appends what came of it to `staged`, which is empty.
    virtual std::size_t take(std::span<const std::byte> in, std::vector<std::byte>& staged) = 0;
    virtual void end(std::vector<std::byte>& staged) = 0;

    void drain(std::span<std::byte> out, codec_step& total) noexcept {
        const auto n = std::min(out.size() - total.produced, staged_.size() - sent_);
        if (n != 0) std::memcpy(out.data() + total.produced, staged_.data() + sent_, n);
        total.produced += n;
        sent_ += n;
        if (sent_ < staged_.size()) return;
        staged_.clear();
        sent_ = 0;
    }

    std::vector<std::byte> staged_;
    std::size_t sent_ = 0;
    bool ended_ = false;
};

} // namespace penstock::detail

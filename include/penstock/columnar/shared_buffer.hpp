// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/buffer_pool.hpp>

#include <cstddef>
#include <memory>
#include <utility>

namespace penstock {

/// Bytes that several arrays may share and nobody changes any more. The memory goes back to its pool with the
/// last one. Empty by default.
class shared_buffer {
  public:
    shared_buffer() = default;

    /// The first `size` bytes of a pooled block.
    shared_buffer(pooled_buffer block, std::size_t size) : data_{block.data()}, size_{size} {
        owner_ = std::make_shared<pooled_buffer>(std::move(block));
    }

    /// Foreign memory that `owner` keeps alive.
    shared_buffer(std::shared_ptr<const void> owner, const std::byte* data, std::size_t size) noexcept
        : owner_{std::move(owner)}, data_{data}, size_{size} {}

    const std::byte* data() const noexcept { return data_; }
    std::size_t size() const noexcept { return size_; }
    explicit operator bool() const noexcept { return data_ != nullptr; }

    template <class T>
    const T* as() const noexcept {
        return reinterpret_cast<const T*>(data_);
    }

  private:
    std::shared_ptr<const void> owner_;
    const std::byte* data_ = nullptr;
    std::size_t size_ = 0;
};

} // namespace penstock

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/byte_sink.hpp>
#include <penstock/core/byte_source.hpp>
#include <penstock/core/range_source.hpp>

#include <algorithm>
#include <cstring>
#include <string>

namespace penstock {

/// Bytes in memory as a source. `chunk` limits what one read gives, so that tests can cut the data anywhere.
class memory_source final : public byte_source {
  public:
    explicit memory_source(std::string bytes, std::size_t chunk = static_cast<std::size_t>(-1),
                           std::string name = "memory")
        : bytes_{std::move(bytes)}, chunk_{std::max<std::size_t>(chunk, 1)}, name_{std::move(name)} {}

    io_result try_read_some(std::span<std::byte> into) override {
        const auto n = std::min({into.size(), chunk_, bytes_.size() - position_});
        if (n == 0) return io_result::end();
        std::memcpy(into.data(), bytes_.data() + position_, n);
        position_ += n;
        return io_result::bytes(n);
    }
    awaitable<void> ready() override { co_return; }
    std::optional<std::uint64_t> remaining() const override { return bytes_.size() - position_; }
    std::string name() const override { return name_; }

  private:
    std::string bytes_;
    std::size_t position_ = 0;
    std::size_t chunk_;
    std::string name_;
};

/// Random access to bytes in memory.
class memory_range_source final : public range_source {
  public:
    explicit memory_range_source(std::string bytes, std::string name = "memory")
        : bytes_{std::move(bytes)}, name_{std::move(name)} {}

    awaitable<std::uint64_t> size() override { co_return bytes_.size(); }
    awaitable<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) override {
        if (offset >= bytes_.size()) co_return 0;
        const auto n = std::min<std::uint64_t>(into.size(), bytes_.size() - offset);
        std::memcpy(into.data(), bytes_.data() + offset, n);
        co_return n;
    }
    std::string name() const override { return name_; }

  private:
    std::string bytes_;
    std::string name_;
};

/// A sink into a string that the caller owns and that must outlive it. The string changes only at `commit`.
class memory_sink final : public byte_sink {
  public:
    explicit memory_sink(std::string& out, std::string name = "memory") : out_{&out}, name_{std::move(name)} {}

    awaitable<void> write(std::span<const std::byte> bytes) override {
        pending_.append(as_text(bytes));
        co_return;
    }
    awaitable<void> commit() override {
        *out_ = std::move(pending_);
        co_return;
    }
    std::string name() const override { return name_; }

  private:
    std::string* out_;
    std::string pending_;
    std::string name_;
};

} // namespace penstock

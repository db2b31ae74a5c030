// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/codec/compression.hpp>
#include <penstock/columnar/validate.hpp>
#include <penstock/format/read_options.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace penstock::arrow {

/// How to read an Arrow stream: what all formats share, as far as it concerns typed columns (`columns`, `schema`, `limit`,
/// `batch_rows`, `row_index`, `compute_executor`, `pool`: there are no bad records and nothing to infer), and the
/// limits of a message. Setters chain.
class stream_options : public read_option_setters<stream_options> {
  public:
    stream_options() = default;

    /// A message whose metadata (the whole schema is one) is longer is `errc::limit_exceeded`.
    stream_options& max_metadata_bytes(std::size_t n) { return max_metadata_bytes_ = n, *this; }
    /// The same for the body of a message, all that its compressed buffers hold, and a dictionary grown by deltas.
    stream_options& max_body_bytes(std::size_t n) { return max_body_bytes_ = n, *this; }
    /// How many bytes of messages are held where a file has dictionaries behind the batches that use them (as polars writes
    /// it): nothing can be given before they have come. More is `errc::limit_exceeded`.
    stream_options& max_held_bytes(std::uint64_t n) { return max_held_bytes_ = n, *this; }
    /// A batch is looked at before it is given, in full by default: see `validate`.
    stream_options& validate(validate_options v) { return validate_ = v, *this; }

    std::size_t max_metadata_bytes() const noexcept { return max_metadata_bytes_; }
    std::size_t max_body_bytes() const noexcept { return max_body_bytes_; }
    std::uint64_t max_held_bytes() const noexcept { return max_held_bytes_; }
    const validate_options& validate() const noexcept { return validate_; }

  private:
    std::size_t max_metadata_bytes_ = std::size_t{16} << 20;
    std::size_t max_body_bytes_ = std::size_t{1} << 30;
    std::uint64_t max_held_bytes_ = std::uint64_t{64} << 20;
    validate_options validate_;
};

/// How to write one. Setters chain.
class write_options {
  public:
    write_options() = default;

    /// Of each buffer in a message: `lz4`, `zstd`, or `none` (the default), which readers map without a copy.
    write_options& compression(penstock::compression c) { return compression_ = c, *this; }
    /// The codec's own scale; by default its usual one.
    write_options& level(std::optional<int> n) { return level_ = n, *this; }
    /// A dictionary that continues the one before is written as what is new. By default it is written whole again, for
    /// readers that know no deltas.
    write_options& dictionary_deltas(bool on) { return dictionary_deltas_ = on, *this; }
    /// Where buffers come from; null makes a pool of the writer's own.
    write_options& pool(std::shared_ptr<buffer_pool> p) { return pool_ = std::move(p), *this; }

    penstock::compression compression() const noexcept { return compression_; }
    const std::optional<int>& level() const noexcept { return level_; }
    bool dictionary_deltas() const noexcept { return dictionary_deltas_; }
    const std::shared_ptr<buffer_pool>& pool() const noexcept { return pool_; }

  private:
    penstock::compression compression_ = penstock::compression::none;
    std::optional<int> level_;
    bool dictionary_deltas_ = false;
    std::shared_ptr<buffer_pool> pool_;
};

} // namespace penstock::arrow

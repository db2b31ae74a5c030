// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/buffer_pool.hpp>
#include <penstock/core/error.hpp>
#include <penstock/core/range_source.hpp>
#include <penstock/http/body_stream.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace penstock::s3::detail {

/// A local file that is sent, held open.
class local_file {
  public:
    /// Throws the system's reason, as `open_file`.
    PENSTOCK_DECL explicit local_file(std::string path);
    PENSTOCK_DECL ~local_file();
    local_file(const local_file&) = delete;
    local_file& operator=(const local_file&) = delete;

    /// None where it is no regular file.
    const std::optional<std::uint64_t>& size() const noexcept { return size_; }
    const std::string& path() const noexcept { return path_; }
    /// Throws `errc::object_changed` where size or time of the last change are not what they were.
    PENSTOCK_DECL void check_unchanged() const;
    /// Reads as many bytes as there are, at most `into.size()`; 0 beyond the end.
    PENSTOCK_DECL result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const;
    PENSTOCK_DECL failure changed() const;

  private:
    PENSTOCK_DECL failure system_failure(const char* operation) const;

    std::string path_;
    int fd_ = -1;
    std::optional<std::uint64_t> size_;
    std::int64_t seconds_ = 0, nanoseconds_ = 0; ///< of the last change
};

/// A part of a file as the body of a request.
class file_part final : public http::body_stream {
  public:
    file_part(std::shared_ptr<const local_file> file, byte_range range, pooled_buffer buffer)
        : file_{std::move(file)}, range_{range}, buffer_{std::move(buffer)} {}

    std::uint64_t size() const noexcept override { return range_.length; }
    void rewind() noexcept override { done_ = 0; }
    PENSTOCK_DECL result<std::span<const std::byte>> next() override;

  private:
    std::shared_ptr<const local_file> file_;
    byte_range range_;
    pooled_buffer buffer_;
    std::uint64_t done_ = 0;
};

} // namespace penstock::s3::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/file_part.ipp>
#endif

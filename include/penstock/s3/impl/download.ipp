// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/download.hpp>

#include <penstock/core/file_io.hpp>
#include <penstock/s3/detail/unordered_read.hpp>

#include <memory>
#include <utility>

namespace penstock::s3 {
namespace detail {

/// Where a download goes. In any order where that can be, else in order.
struct download_target {
    download_target(std::string path, download_options o) : path{std::move(path)}, options{std::move(o)} {}

    std::string path;
    download_options options;
    std::unique_ptr<range_sink> file;
    std::unique_ptr<byte_sink> device;
    std::uint64_t first = 0; ///< byte of the object, of the file's first
    std::uint64_t done = 0;
    std::optional<std::uint64_t> total;

    void tell() const {
        if (options.progress()) options.progress()(done, total);
    }
    awaitable<void> begin(std::uint64_t offset, std::optional<std::uint64_t> length) {
        first = offset;
        total = length;
        if (!device) file = create_file_ranges(path, options.flush());
        if (file && length) co_await file->reserve(*length);
        tell();
    }
    awaitable<void> write(std::uint64_t offset, std::span<const std::byte> bytes) {
        if (file)
            co_await file->write_at(offset - first, bytes);
        else
            co_await device->write(bytes);
        done += bytes.size();
        tell();
    }
    awaitable<void> commit() { return file ? file->commit() : device->commit(); }
};

inline awaitable<object_read> run_download(std::shared_ptr<unordered_read> s, std::shared_ptr<download_target> to) {
    auto how = to->options.parallel();
    if (!is_replaceable_file(to->path)) {
        to->device = create_file(to->path);
        how.connections(1);
    }
    s->begin = [to](std::uint64_t offset, std::optional<std::uint64_t> length) { return to->begin(offset, length); };
    s->consume = [to](std::uint64_t offset, std::span<const std::byte> bytes) { return to->write(offset, bytes); };
    auto out = co_await unordered_read::run(s, how);
    if (!out.not_modified) co_await to->commit();
    co_return out;
}

} // namespace detail

PENSTOCK_DECL awaitable<object_read> download(client from, object_address object, std::string path,
                                              download_options options) {
    auto s = detail::make_unordered_read(std::move(from), std::move(object), options.get());
    auto to = std::make_shared<detail::download_target>(std::move(path), std::move(options));
    return detail::run_download(std::move(s), std::move(to));
}

} // namespace penstock::s3


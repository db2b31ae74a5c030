// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/detail/file_part.hpp>

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace penstock::s3::detail {

PENSTOCK_DECL local_file::local_file(std::string path) : path_{std::move(path)} {
    fd_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat st {};
    if (fd_ < 0 || ::fstat(fd_, &st) != 0 || S_ISDIR(st.st_mode)) {
        if (fd_ >= 0 && S_ISDIR(st.st_mode)) errno = EISDIR;
        auto why = system_failure("open");
        if (fd_ >= 0) ::close(fd_);
        throw_failure(std::move(why));
    }
    if (!S_ISREG(st.st_mode)) return;
    size_ = static_cast<std::uint64_t>(st.st_size);
    seconds_ = st.st_mtim.tv_sec;
    nanoseconds_ = st.st_mtim.tv_nsec;
}

PENSTOCK_DECL local_file::~local_file() { ::close(fd_); }

PENSTOCK_DECL failure local_file::system_failure(const char* operation) const {
    const int code = errno;
    error_detail d;
    d.operation = operation;
    d.object = path_;
    return failure{error_code{code, boost::system::system_category()}, std::move(d)};
}

PENSTOCK_DECL failure local_file::changed() const {
    error_detail d;
    d.operation = "read";
    d.object = path_;
    d.message = "the file changed while it was sent";
    return failure{errc::object_changed, std::move(d)};
}

PENSTOCK_DECL void local_file::check_unchanged() const {
    struct stat st {};
    if (::fstat(fd_, &st) != 0) throw_failure(system_failure("read"));
    const bool same = static_cast<std::uint64_t>(st.st_size) == size_ && st.st_mtim.tv_sec == seconds_ &&
                      st.st_mtim.tv_nsec == nanoseconds_;
    if (!same) throw_failure(changed());
}

PENSTOCK_DECL result<std::size_t> local_file::read_at(std::uint64_t offset, std::span<std::byte> into) const {
    for (;;) {
        const auto n = ::pread(fd_, into.data(), into.size(), static_cast<off_t>(offset));
        if (n >= 0) return static_cast<std::size_t>(n);
        if (errno != EINTR) return system_failure("read");
    }
}

PENSTOCK_DECL result<std::span<const std::byte>> file_part::next() {
    const auto left = range_.length - done_;
    if (left == 0) return std::span<const std::byte>{};
    const auto into = buffer_.span().first(static_cast<std::size_t>(std::min<std::uint64_t>(left, buffer_.size())));
    const auto got = file_->read_at(range_.offset + done_, into);
    if (!got) return got.error();
    if (*got == 0) return file_->changed();
    done_ += *got;
    return std::span<const std::byte>{into.first(*got)};
}

} // namespace penstock::s3::detail

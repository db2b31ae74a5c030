// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/file_io.hpp>

#include <penstock/core/detail/file_descriptor.hpp>
#include <penstock/core/detail/yield.hpp>
#include <penstock/core/error.hpp>
#include <penstock/core/random.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace penstock {
namespace detail {

inline failure file_failure(const char* operation, const std::string& path, int code) {
    error_detail d;
    d.operation = operation;
    d.object = path;
    return failure{error_code{code, boost::system::system_category()}, std::move(d)};
}

/// `size` stays unknown for what is no regular file.
inline file_descriptor open_for_reading(const std::string& path, std::optional<std::uint64_t>& size) {
    file_descriptor fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (fd.get() < 0) throw_failure(file_failure("open", path, errno));
    struct stat st {};
    if (::fstat(fd.get(), &st) != 0) throw_failure(file_failure("open", path, errno));
    if (S_ISDIR(st.st_mode)) throw_failure(file_failure("open", path, EISDIR));
    if (S_ISREG(st.st_mode)) size = static_cast<std::uint64_t>(st.st_size);
    return fd;
}

/// pread until `into` is full or the file ends; -1 with errno on failure.
inline ssize_t read_slice(int fd, std::uint64_t offset, std::span<std::byte> into) noexcept {
    const auto want = std::min(into.size(), file_slice);
    for (;;) {
        const auto n = ::pread(fd, into.data(), want, static_cast<off_t>(offset));
        if (n >= 0 || errno != EINTR) return n;
    }
}

/// Counts the bytes that moved since others could run.
class slice_counter {
  public:
    void add(std::size_t n) noexcept { moved_ += n; }
    bool full() const noexcept { return moved_ >= file_slice; }
    /// Lets others run.
    awaitable<void> rest() {
        moved_ = 0;
        return yield();
    }

  private:
    std::size_t moved_ = 0;
};

class file_source_impl final : public byte_source {
  public:
    explicit file_source_impl(std::string path) : path_{std::move(path)}, fd_{open_for_reading(path_, size_)} {}

    io_result try_read_some(std::span<std::byte> into) override {
        if (ended_) return io_result::end(); // also when the file grows meanwhile
        if (slice_.full()) return io_result::would_block();
        // read(), not pread(): pipes and devices can be sources too
        ssize_t n = 0;
        do n = ::read(fd_.get(), into.data(), std::min(into.size(), file_slice));
        while (n < 0 && errno == EINTR);
        if (n < 0) return io_result::failed(file_failure("read", path_, errno));
        ended_ = n == 0;
        if (ended_) return io_result::end();
        position_ += static_cast<std::uint64_t>(n);
        slice_.add(static_cast<std::size_t>(n));
        return io_result::bytes(static_cast<std::size_t>(n));
    }
    awaitable<void> ready() override { return slice_.rest(); }
    std::optional<std::uint64_t> remaining() const override {
        if (!size_ || *size_ < position_) return std::nullopt;
        return *size_ - position_;
    }
    std::string name() const override { return path_; }

  private:
    std::string path_;
    std::optional<std::uint64_t> size_;
    file_descriptor fd_;
    std::uint64_t position_ = 0;
    slice_counter slice_;
    bool ended_ = false;
};

class file_range_source_impl final : public range_source {
  public:
    explicit file_range_source_impl(std::string path)
        : path_{std::move(path)}, fd_{open_for_reading(path_, size_)} {}

    awaitable<std::uint64_t> size() override { co_return size_.value_or(0); }
    awaitable<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) override {
        std::size_t got = 0;
        while (got < into.size()) {
            const auto n = read_slice(fd_.get(), offset + got, into.subspan(got));
            if (n < 0) throw_failure(file_failure("read", path_, errno));
            if (n == 0) break;
            got += static_cast<std::size_t>(n);
            slice_.add(static_cast<std::size_t>(n));
            if (slice_.full()) co_await slice_.rest();
        }
        co_return got;
    }
    std::string name() const override { return path_; }

  private:
    std::string path_;
    std::optional<std::uint64_t> size_;
    file_descriptor fd_;
    slice_counter slice_;
};

/// Where a file goes: links are followed, and devices and pipes are written to as they are, for they cannot be replaced.
struct file_target {
    explicit file_target(const std::string& path) : path{path} {
        if (::stat(path.c_str(), &status) != 0) return;
        if (S_ISDIR(status.st_mode)) throw_failure(file_failure("create", path, EISDIR));
        exists = true;
        if (!S_ISREG(status.st_mode)) return;
        if (char* real = ::realpath(path.c_str(), nullptr)) {
            this->path = real;
            std::free(real);
        }
    }
    bool replaceable() const noexcept { return !exists || S_ISREG(status.st_mode); }

    std::string path;
    bool exists = false;
    struct stat status {};
};

/// For a file that will replace the one at `path`.
inline std::string temporary_name(const std::string& path) {
    static constexpr char digits[] = "0123456789abcdefghijklmnopqrstuv";
    // In the same folder, and with a name of its own: that of the target may be as long as names can be.
    std::string out = path.substr(0, path.rfind('/') + 1) + ".penstock-part-";
    auto bits = make_system_random()->next();
    for (int i = 0; i < 10; ++i, bits >>= 5) out += digits[bits & 31];
    return out;
}
inline int open_new(const std::string& path, mode_t mode) noexcept {
    return ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode); // the umask applies
}

/// A file on its way to take the place of the one at `path`; gone without `commit`.
class new_file {
  public:
    explicit new_file(std::string path) : new_file{path, file_target{path}} {}
    new_file(const new_file&) = delete;
    new_file& operator=(const new_file&) = delete;
    ~new_file() {
        if (!committed_ && !temporary_.empty()) ::unlink(temporary_.c_str());
    }

    int fd() const noexcept { return fd_.get(); }
    const std::string& path() const noexcept { return path_; }

    void commit(bool flush) {
        if (flush && ::fsync(fd_.get()) != 0 && errno != EINVAL && errno != EROFS)
            throw_failure(file_failure("write", path_, errno));
        if (fd_.close() != 0) throw_failure(file_failure("write", path_, errno));
        if (!temporary_.empty() && ::rename(temporary_.c_str(), target_.c_str()) != 0)
            throw_failure(file_failure("create", path_, errno));
        committed_ = true;
    }
    [[noreturn]] void refuse() const {
        error_detail d;
        d.operation = "write";
        d.object = path_;
        d.message = committed_ ? "the file is complete" : "an earlier call did not succeed";
        throw_failure(failure{errc::closed, std::move(d)});
    }

  private:
    new_file(std::string path, const file_target& target)
        : path_{std::move(path)}, target_{target.path},
          temporary_{target.replaceable() ? temporary_name(target_) : std::string{}},
          fd_{temporary_.empty() ? ::open(target_.c_str(), O_WRONLY | O_CLOEXEC) : open_new(temporary_, 0666)} {
        if (fd_.get() < 0) {
            const int code = errno;
            throw_failure(file_failure("create", path_, code));
        }
        // Another owner's file passes on no permissions, and none passes on a set-user-id: ours would then be the user.
        if (target.exists && !temporary_.empty() && target.status.st_uid == ::geteuid())
            (void)::fchmod(fd_.get(), target.status.st_mode & 0777);
    }

    std::string path_;
    std::string target_;
    std::string temporary_; // empty where the target is written to directly
    file_descriptor fd_;
    bool committed_ = false;
};

class file_sink_impl final : public byte_sink {
  public:
    explicit file_sink_impl(std::string path) : file_{std::move(path)} {}

    awaitable<void> write(std::span<const std::byte> bytes) override {
        enter();
        while (!bytes.empty()) {
            const auto n = ::write(file_.fd(), bytes.data(), std::min(bytes.size(), file_slice));
            if (n < 0 && errno == EINTR) continue;
            if (n < 0) throw_failure(file_failure("write", file_.path(), errno));
            bytes = bytes.subspan(static_cast<std::size_t>(n));
            slice_.add(static_cast<std::size_t>(n));
            if (slice_.full()) co_await slice_.rest();
        }
        open_ = true;
    }
    awaitable<void> commit() override {
        enter();
        file_.commit(true);
        co_return;
    }
    std::string name() const override { return file_.path(); }

  private:
    /// Stays closed unless the call comes to its end: what is half written must not be committed.
    void enter() {
        if (!std::exchange(open_, false)) file_.refuse();
    }

    new_file file_;
    slice_counter slice_;
    bool open_ = true;
};

/// Between these, others run.
inline constexpr std::uint64_t reserve_step = std::uint64_t{64} << 20;

class file_range_sink_impl final : public range_sink {
  public:
    file_range_sink_impl(std::string path, bool flush) : file_{std::move(path)}, flush_{flush} {}

    awaitable<void> reserve(std::uint64_t size) override {
        const call now{*this};
        // Known to be too much: told before any of the disk is taken.
        struct statvfs disk {};
        if (::fstatvfs(file_.fd(), &disk) == 0 && disk.f_blocks > 0 && size / disk.f_frsize > disk.f_bavail)
            throw_failure(file_failure("write", file_.path(), ENOSPC));
        for (std::uint64_t at = 0; at < size; at += reserve_step) {
            const auto n = std::min(reserve_step, size - at);
            int done = 0;
            do done = ::fallocate(file_.fd(), 0, static_cast<off_t>(at), static_cast<off_t>(n));
            while (done != 0 && errno == EINTR);
            if (done != 0 && errno == EOPNOTSUPP) break; // a file system that cannot promise: writing will tell
            if (done != 0) throw_failure(file_failure("write", file_.path(), errno));
            if (n == reserve_step) co_await yield();
        }
        now.succeeded();
    }
    awaitable<void> write_at(std::uint64_t offset, std::span<const std::byte> bytes) override {
        const call now{*this};
        while (!bytes.empty()) {
            const auto n = ::pwrite(file_.fd(), bytes.data(), std::min(bytes.size(), file_slice), static_cast<off_t>(offset));
            if (n < 0 && errno == EINTR) continue;
            if (n < 0) throw_failure(file_failure("write", file_.path(), errno));
            bytes = bytes.subspan(static_cast<std::size_t>(n));
            offset += static_cast<std::uint64_t>(n);
            slice_.add(static_cast<std::size_t>(n));
            if (slice_.full()) co_await slice_.rest();
        }
        now.succeeded();
    }
    awaitable<void> commit() override {
        const call now{*this};
        if (running_ > 1) file_.refuse();
        closed_ = true;
        file_.commit(flush_);
        co_return;
    }
    std::string name() const override { return file_.path(); }

  private:
    /// A call that does not come to its end leaves the file unfit to be committed.
    class call {
      public:
        explicit call(file_range_sink_impl& f) : of_{f} {
            if (of_.closed_) of_.file_.refuse();
            ++of_.running_;
        }
        call(const call&) = delete;
        call& operator=(const call&) = delete;
        ~call() {
            --of_.running_;
            if (!good_) of_.closed_ = true;
        }
        void succeeded() const noexcept { good_ = true; }

      private:
        file_range_sink_impl& of_;
        mutable bool good_ = false;
    };

    new_file file_;
    bool flush_;
    slice_counter slice_;
    int running_ = 0;
    bool closed_ = false;
};

} // namespace detail

PENSTOCK_DECL std::unique_ptr<byte_source> open_file(std::string path) {
    return std::make_unique<detail::file_source_impl>(std::move(path));
}

PENSTOCK_DECL std::unique_ptr<range_source> open_file_ranges(std::string path) {
    return std::make_unique<detail::file_range_source_impl>(std::move(path));
}

PENSTOCK_DECL std::unique_ptr<byte_sink> create_file(std::string path) {
    return std::make_unique<detail::file_sink_impl>(std::move(path));
}

PENSTOCK_DECL std::unique_ptr<range_sink> create_file_ranges(std::string path, bool flush) {
    return std::make_unique<detail::file_range_sink_impl>(std::move(path), flush);
}

PENSTOCK_DECL bool is_replaceable_file(const std::string& path) { return detail::file_target{path}.replaceable(); }

PENSTOCK_DECL result<std::string> read_small_file(const std::string& path, std::size_t limit) {
    // Opening a pipe that nobody writes to, or reading a terminal, would wait without this flag.
    const detail::file_descriptor fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    struct stat st {};
    if (fd.get() < 0 || ::fstat(fd.get(), &st) != 0) return detail::file_failure("open", path, errno);
    if (S_ISDIR(st.st_mode)) return detail::file_failure("open", path, EISDIR);
    if (S_ISFIFO(st.st_mode)) {
        error_detail d;
        d.operation = "open";
        d.object = path;
        d.message = "it is a pipe";
        d.hint = "put what it gives into a file";
        return failure{errc::unsupported, std::move(d)};
    }
    std::string out;
    std::size_t used = 0;
    for (;;) {
        const auto expected = used == 0 && st.st_size > 0 ? static_cast<std::size_t>(st.st_size) + 1 : file_slice;
        out.resize(used + std::min(expected, std::min(limit - used, file_slice - 1) + 1)); // one beyond tells
        const auto n = ::read(fd.get(), out.data() + used, out.size() - used);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return detail::file_failure("read", path, errno);
        used += static_cast<std::size_t>(n);
        if (used > limit) return detail::file_failure("read", path, EFBIG);
        if (n == 0) break;
    }
    out.resize(used);
    return out;
}

PENSTOCK_DECL result<void> write_private_file(const std::string& path, std::string_view text) {
    struct stat st {};
    if (::stat(path.c_str(), &st) == 0 && !S_ISREG(st.st_mode)) return detail::file_failure("create", path, EEXIST);
    const auto target = detail::file_target{path}.path; // what a link leads to
    const auto temporary = detail::temporary_name(target);
    detail::file_descriptor fd{detail::open_new(temporary, 0600)};
    if (fd.get() < 0) return detail::file_failure("create", path, errno);
    int code = 0;
    while (!text.empty() && code == 0) {
        const auto n = ::write(fd.get(), text.data(), text.size());
        if (n >= 0)
            text.remove_prefix(static_cast<std::size_t>(n));
        else if (errno != EINTR)
            code = errno;
    }
    if (code == 0 && ::fsync(fd.get()) != 0 && errno != EINVAL) code = errno;
    if (fd.close() != 0 && code == 0) code = errno;
    if (code == 0 && ::rename(temporary.c_str(), target.c_str()) != 0) code = errno;
    if (code == 0) return {};
    ::unlink(temporary.c_str());
    return detail::file_failure("write", path, code);
}

} // namespace penstock

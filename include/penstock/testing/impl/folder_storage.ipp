// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/testing/storage.hpp>

#include <penstock/testing/detail/digest.hpp>
#include <penstock/testing/detail/folder_walk.hpp>
#include <penstock/testing/detail/key_names.hpp>
#include <penstock/testing/detail/side_text.hpp>
#include <penstock/testing/detail/staged_file.hpp>
#include <penstock/testing/detail/staging_folder.hpp>
#include <penstock/testing/detail/system_files.hpp>

#include <algorithm>
#include <cstdio>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace penstock::testing {
namespace detail {

inline std::string file_version(const struct stat& st) {
    char text[64];
    const auto ns = static_cast<long long>(st.st_mtim.tv_sec) * 1'000'000'000 + st.st_mtim.tv_nsec;
    std::snprintf(text, sizeof text, "%016llx-%llx", ns, static_cast<long long>(st.st_size));
    return text;
}

inline wall_time file_time(const struct stat& st) {
    return wall_time{std::chrono::duration_cast<wall_time::duration>(
        std::chrono::seconds{st.st_mtim.tv_sec} + std::chrono::nanoseconds{st.st_mtim.tv_nsec})};
}

/// Takes the folder for itself as long as `root` is open; no file is written for it. False where the file
/// system has no such locks (some of those on a network).
inline bool lock_folder(const unique_fd& root, const std::string& path) {
    if (::flock(root.get(), LOCK_EX | LOCK_NB) == 0) return true;
    if (errno != EWOULDBLOCK) return false;
    error_detail d;
    d.operation = "serve folder";
    d.object = path;
    d.message = "another server serves this folder";
    d.hint = "each server needs a folder of its own";
    throw_failure(failure{errc::conflict, std::move(d)});
}

class folder_storage final : public storage {
  public:
    explicit folder_storage(std::string folder)
        : path_{std::move(folder)}, root_{::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)},
          staging_{path_} {
        if (!root_) throw_errno("serve folder", path_);
        const bool alone = lock_folder(root_, path_);
        if (alone) staging_folder::sweep(root_);
    }

    std::vector<bucket_record> buckets() override {
        std::vector<bucket_record> out;
        each_entry(root_, [&](std::string name, entry_kind kind) {
            if (kind != entry_kind::folder || !usable_bucket(name)) return;
            const auto st = stat_entry(root_, name);
            if (st) out.emplace_back(std::move(name), file_time(*st));
        });
        std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
        return out;
    }

    bool has_bucket(const std::string& bucket) override { return static_cast<bool>(open_bucket(bucket)); }

    void create_bucket(const std::string& bucket, wall_time) override {
        if (!usable_bucket(bucket) || (::mkdirat(root_.get(), bucket.c_str(), 0777) != 0 && errno != EEXIST))
            throw_errno("create bucket", path_ + "/" + bucket);
    }

    void delete_bucket(const std::string& bucket) override {
        const auto folder = open_bucket(bucket);
        if (!folder) return;
        remove_empty_folders(folder, 0);
        if (::unlinkat(root_.get(), bucket.c_str(), AT_REMOVEDIR) == 0) return;
        if (errno == ENOTEMPTY || errno == EEXIST)
            throw_failure(failure{errc::conflict, "the bucket's folder holds files that are no objects"});
        throw_errno("delete bucket", path_ + "/" + bucket);
    }

    std::shared_ptr<const stored_object> find(const std::string& bucket, const std::string& key) override {
        auto place = locate(bucket, key, false);
        if (!place) return nullptr;
        return open_object(bucket, place->folder, place->name, key);
    }

    void list(const std::string& bucket, const std::string& prefix, const std::string& from,
              const list_visitor& visit) override {
        const auto folder = open_bucket(bucket);
        if (!folder) return;
        const folder_walk::record_source record = [&](const std::string& key, const struct stat& st) {
            return record_of(bucket, key, st);
        };
        folder_walk{prefix, from, record, visit}.run(folder, {});
    }

    std::unique_ptr<staged_bytes> stage() override { return staging_.stage(); }

    /// One file cannot be several: they are copied.
    std::shared_ptr<stored_bytes> join(std::vector<std::shared_ptr<staged_bytes>>) override {
        return nullptr;
    }

    void put(const std::string& bucket, object_record record, std::shared_ptr<stored_bytes> bytes) override {
        auto place = locate(bucket, record.key, true);
        if (!place) throw_failure(failure{errc::no_such_bucket});
        auto& whole = static_cast<staged_file&>(*bytes);
        whole.seal();
        struct stat st {};
        if (::lstat(whole.path().c_str(), &st) != 0) throw_errno("stat", whole.path());
        record.size = whole.size();
        make_side_folder(bucket);
        const auto side = side_path(bucket, record.key);
        const auto text = side_text(record, file_version(st));
        auto staged = staging_.stage();
        staged->append({reinterpret_cast<const std::byte*>(text.data()), text.size()});

        if (::renameat(AT_FDCWD, whole.path().c_str(), place->folder.get(), place->name.c_str()) != 0) {
            if (errno == EISDIR || errno == ENOTEMPTY || errno == EEXIST)
                throw_failure(failure{errc::conflict,
                                      "other keys start with this key and a slash: a file and a folder "
                                      "cannot have one name in folder storage"});
            throw_errno("rename", record.key);
        }
        whole.release();
        if (::rename(staged->path().c_str(), side.c_str()) != 0) throw_errno("rename", side);
        staged->release();
    }

    bool remove(const std::string& bucket, const std::string& key) override {
        auto place = locate(bucket, key, false);
        if (!place || !open_object(bucket, place->folder, place->name, key)) return false;
        if (::unlinkat(place->folder.get(), place->name.c_str(), 0) != 0) throw_errno("delete", key);
        ::unlink(side_path(bucket, key).c_str());
        remove_parents(bucket, key);
        return true;
    }

  private:
    struct place {
        unique_fd folder;
        std::string name;
    };

    static bool usable_bucket(std::string_view name) noexcept {
        if (name.empty() || name.size() > 255 || name.front() == '.') return false;
        return std::all_of(name.begin(), name.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
                   c == '-' || c == '_';
        });
    }

    /// No descriptor where there is no such bucket.
    unique_fd open_bucket(const std::string& bucket) const {
        return usable_bucket(bucket) ? open_folder(root_.get(), bucket) : unique_fd{};
    }

    /// The folder and file name of a key; step by step, so that no symbolic link leads out.
    std::optional<place> locate(const std::string& bucket, const std::string& key, bool create) const {
        auto folder = open_bucket(bucket);
        if (!folder) return std::nullopt;
        std::size_t start = 0;
        for (auto slash = key.find('/'); slash != std::string::npos; slash = key.find('/', start)) {
            if (!create && slash - start > longest_file_name) return std::nullopt;
            const auto name = file_name_of(std::string_view{key}.substr(start, slash - start), true);
            auto next = open_folder(folder.get(), name);
            if (!next && create && errno == ENOENT) {
                if (::mkdirat(folder.get(), name.c_str(), 0777) != 0 && errno != EEXIST)
                    throw_errno("create", key);
                next = open_folder(folder.get(), name);
            }
            if (!next) {
                if (!create) return std::nullopt;
                if (errno == ENOENT) throw_errno("open", key);
                throw_failure(failure{errc::conflict,
                                      "the part of this key before a slash is an object itself: a "
                                      "file and a folder cannot have one name in folder storage"});
            }
            folder = std::move(next);
            start = slash + 1;
        }
        if (!create && key.size() - start > longest_file_name) return std::nullopt;
        auto name = file_name_of(std::string_view{key}.substr(start), false);
        return place{std::move(folder), std::move(name)};
    }

    std::shared_ptr<const stored_object> open_object(const std::string& bucket, const unique_fd& folder,
                                                     const std::string& name, const std::string& key) const {
        // Non-blocking: a FIFO that lies around would stop the whole server.
        unique_fd fd{::openat(folder.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
        if (!fd) {
            if (is_absence(errno) || errno == ENXIO) return nullptr; // a socket
            throw_errno("open", key);
        }
        struct stat st {};
        if (::fstat(fd.get(), &st) != 0) throw_errno("stat", key);
        if (!S_ISREG(st.st_mode)) return nullptr;
        auto object = std::make_shared<stored_object>();
        object->record = record_of(bucket, key, st);
        object->bytes = std::make_shared<opened_file>(std::move(fd), object->record.size);
        return object;
    }

    object_record record_of(const std::string& bucket, const std::string& key, const struct stat& st) const {
        const auto version = file_version(st);
        object_record r;
        r.key = key;
        const auto text = read_whole(side_path(bucket, key));
        if (!text || !read_side_text(*text, version, r)) {
            r = object_record();
            r.key = key;
            r.etag = version;
            r.last_modified = file_time(st);
        }
        r.size = static_cast<std::uint64_t>(st.st_size);
        return r;
    }

    static std::optional<std::string> read_whole(const std::string& path) {
        const unique_fd fd{::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
        if (!fd && !is_absence(errno)) throw_errno("open", path);
        if (!fd) return std::nullopt;
        static constexpr std::size_t most = std::size_t{1}
                                            << 20; // headers and 10,000 part sizes are far less
        std::string out;
        char block[4096];
        for (;;) {
            const auto n = ::read(fd.get(), block, sizeof block);
            if (n < 0 || out.size() > most) return std::nullopt;
            if (n == 0) return out;
            out.append(block, static_cast<std::size_t>(n));
        }
    }

    std::string side_folder(const std::string& bucket) const { return path_ + "/.penstock/meta/" + bucket; }
    std::string side_path(const std::string& bucket, const std::string& key) const {
        return side_folder(bucket) + "/" + to_hex(digest_of(digest_kind::sha256, key));
    }
    void make_side_folder(const std::string& bucket) const {
        make_folder(path_ + "/.penstock");
        make_folder(path_ + "/.penstock/meta");
        make_folder(side_folder(bucket));
    }

    /// Removes the folders that a deleted key leaves empty, never the bucket's own.
    void remove_parents(const std::string& bucket, const std::string& key) const {
        auto end = key.rfind('/');
        while (end != std::string::npos) {
            const auto start = end == 0 ? std::string::npos : key.rfind('/', end - 1);
            const auto name_start = start == std::string::npos ? 0 : start + 1;
            // Locating a key inside the parent folder gives the parent.
            const auto parent = locate(bucket, key.substr(0, name_start) + "x", false);
            const auto name = file_name_of(std::string_view{key}.substr(name_start, end - name_start), true);
            if (!parent || ::unlinkat(parent->folder.get(), name.c_str(), AT_REMOVEDIR) != 0) return;
            end = start;
        }
    }

    void remove_empty_folders(const unique_fd& folder, int depth) const {
        if (depth > 512) return;
        std::vector<std::string> names;
        each_entry(folder, [&](std::string name, entry_kind kind) {
            if (kind == entry_kind::folder) names.push_back(std::move(name));
        });
        for (const auto& name : names) {
            const auto child = open_folder(folder.get(), name);
            if (!child) continue;
            remove_empty_folders(child, depth + 1);
            ::unlinkat(folder.get(), name.c_str(), AT_REMOVEDIR);
        }
    }

    std::string path_;
    unique_fd root_;
    staging_folder staging_;
};

} // namespace detail

PENSTOCK_DECL std::shared_ptr<storage> make_folder_storage(std::string folder) {
    return std::make_shared<detail::folder_storage>(std::move(folder));
}

} // namespace penstock::testing

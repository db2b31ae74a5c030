// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/clock.hpp>
#include <penstock/core/error.hpp>
#include <penstock/testing/list_step.hpp>
#include <penstock/testing/stored_object.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::testing {

struct bucket_record {
    bucket_record() = default;
    bucket_record(std::string name, wall_time created) : name{std::move(name)}, created{created} {}

    std::string name;
    wall_time created{};
};

/// Where the embedded server keeps buckets and objects. Keys are any bytes but empty; bucket names are
/// checked by the caller only for their characters. Belongs to one thread at a time. Members throw `error`
/// where the system fails; `errc::conflict` or `errc::invalid_request` with a message for the client where a
/// key cannot be stored.
class storage {
  public:
    virtual ~storage() = default;

    virtual std::vector<bucket_record> buckets() = 0;
    virtual bool has_bucket(const std::string& bucket) = 0;
    virtual void create_bucket(const std::string& bucket, wall_time now) = 0;
    /// Precondition: it is empty.
    virtual void delete_bucket(const std::string& bucket) = 0;

    /// Null where there is none.
    virtual std::shared_ptr<const stored_object> find(const std::string& bucket, const std::string& key) = 0;

    /// Calls `visit` for the keys that start with `prefix` and are not below `from`, in byte order, as long
    /// as it wants more.
    virtual void list(const std::string& bucket, const std::string& prefix, const std::string& from,
                      const list_visitor& visit) = 0;

    virtual std::unique_ptr<staged_bytes> stage() = 0;

    /// The pieces, staged here, one after the other, as one. Null where that would mean to copy them: the
    /// caller does so, and can let others run meanwhile.
    virtual std::shared_ptr<stored_bytes> join(std::vector<std::shared_ptr<staged_bytes>> pieces) = 0;

    /// Makes `bytes`, staged or joined here, the object `record.key`, at once and whole. `record.size` is set
    /// here.
    virtual void put(const std::string& bucket, object_record record,
                     std::shared_ptr<stored_bytes> bytes) = 0;

    /// False where there was none.
    virtual bool remove(const std::string& bucket, const std::string& key) = 0;

    /// Whether an object that was replaced or removed may be kept, and put back by `restore`.
    virtual bool keeps_versions() const noexcept { return false; }
    /// Makes an object that `find` gave the one of its key again. Precondition: `keeps_versions`.
    virtual void restore(const std::string& bucket, std::shared_ptr<const stored_object> object);
};

inline void storage::restore(const std::string&, std::shared_ptr<const stored_object>) {
    throw_failure(failure{errc::unsupported, "this storage keeps no versions"});
}

/// Objects in memory. More than `limit` bytes in all is `errc::budget_exceeded`.
PENSTOCK_DECL std::shared_ptr<storage> make_memory_storage(std::uint64_t limit = std::uint64_t{8} << 30);

/// Objects as files: `folder` holds a folder for each bucket, and a file for each object. Files that are
/// there already are served as they are; changing one from outside changes its ETag. Headers and checksums
/// live in side files under `folder`/.penstock. Parts of keys that no file name can be ("", ".", "..", with
/// NUL) are encoded as names that start with ".penstock-"; what cannot be stored (a part over 255 bytes,
/// "a/b" where "a" is an object) is refused. Symbolic links are neither listed nor followed. Throws `error`
/// where `folder` is no folder, and `errc::conflict` where another storage serves it, in this process or
/// another: what a server that was killed left of its uploads is removed here, and must be nobody else's.
PENSTOCK_DECL std::shared_ptr<storage> make_folder_storage(std::string folder);

/// Whether S3 allows the name for a new bucket.
/// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
PENSTOCK_DECL bool valid_bucket_name(std::string_view name) noexcept;

} // namespace penstock::testing

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/testing/impl/folder_storage.ipp>
#include <penstock/testing/impl/memory_storage.ipp>
#endif

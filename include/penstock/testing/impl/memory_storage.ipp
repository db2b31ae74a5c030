// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/testing/storage.hpp>

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

namespace penstock::testing {
namespace detail {

/// How many bytes all objects of one storage hold. Shared: staged bytes may outlive the storage.
struct memory_use {
    std::uint64_t limit = 0;
    std::uint64_t used = 0;
};

/// Blocks of one size, so that the block of an offset is a division away and growing never copies.
class memory_bytes final : public staged_bytes {
  public:
    static constexpr std::size_t block_size = std::size_t{256} << 10;

    explicit memory_bytes(std::shared_ptr<memory_use> use) : use_{std::move(use)} {}
    ~memory_bytes() override { use_->used -= size_; }

    std::uint64_t size() const noexcept override { return size_; }

    std::span<const std::byte> chunk(std::uint64_t offset, std::span<std::byte>) const override {
        if (offset >= size_) return {};
        const auto& block = blocks_[offset / block_size];
        return std::span{block}.subspan(offset % block_size);
    }

    void append(std::span<const std::byte> bytes) override {
        if (bytes.size() > use_->limit - use_->used)
            throw_failure(failure{errc::budget_exceeded,
                                  "the memory storage is full (" + std::to_string(use_->limit) + " bytes)"});
        while (!bytes.empty()) {
            if (blocks_.empty() || blocks_.back().size() == block_size) blocks_.emplace_back();
            auto& block = blocks_.back();
            const auto part = bytes.first(std::min(bytes.size(), block_size - block.size()));
            block.insert(block.end(), part.begin(), part.end());
            size_ += part.size();
            use_->used += part.size();
            bytes = bytes.subspan(part.size());
        }
    }

  private:
    std::shared_ptr<memory_use> use_;
    std::vector<std::vector<std::byte>> blocks_;
    std::uint64_t size_ = 0;
};

/// The parts of a multipart upload, read as one.
class joined_bytes final : public stored_bytes {
  public:
    explicit joined_bytes(std::vector<std::shared_ptr<staged_bytes>> pieces) : pieces_{std::move(pieces)} {
        for (const auto& p : pieces_) {
            starts_.push_back(size_);
            size_ += p->size();
        }
    }
    std::uint64_t size() const noexcept override { return size_; }
    std::span<const std::byte> chunk(std::uint64_t offset, std::span<std::byte> scratch) const override {
        if (offset >= size_) return {};
        const auto i = static_cast<std::size_t>(std::upper_bound(starts_.begin(), starts_.end(), offset) -
                                                starts_.begin()) -
                       1;
        return pieces_[i]->chunk(offset - starts_[i], scratch);
    }

  private:
    std::vector<std::shared_ptr<staged_bytes>> pieces_;
    std::vector<std::uint64_t> starts_;
    std::uint64_t size_ = 0;
};

class memory_storage final : public storage {
  public:
    explicit memory_storage(std::uint64_t limit) : use_{std::make_shared<memory_use>()} {
        use_->limit = limit;
    }

    std::vector<bucket_record> buckets() override {
        std::vector<bucket_record> out;
        for (const auto& [name, b] : buckets_) out.emplace_back(name, b.created);
        return out;
    }
    bool has_bucket(const std::string& bucket) override { return buckets_.contains(bucket); }
    void create_bucket(const std::string& bucket, wall_time now) override { buckets_[bucket].created = now; }
    void delete_bucket(const std::string& bucket) override { buckets_.erase(bucket); }

    std::shared_ptr<const stored_object> find(const std::string& bucket, const std::string& key) override {
        const auto b = buckets_.find(bucket);
        if (b == buckets_.end()) return nullptr;
        const auto o = b->second.objects.find(key);
        return o == b->second.objects.end() ? nullptr : o->second;
    }

    void list(const std::string& bucket, const std::string& prefix, const std::string& from,
              const list_visitor& visit) override {
        const auto b = buckets_.find(bucket);
        if (b == buckets_.end()) return;
        auto& objects = b->second.objects;
        auto it = objects.lower_bound(std::max(prefix, from));
        while (it != objects.end() && it->first.starts_with(prefix)) {
            const auto step = visit(it->second->record);
            if (step.stops()) return;
            it = step.from() > it->first ? objects.lower_bound(step.from()) : std::next(it);
        }
    }

    std::unique_ptr<staged_bytes> stage() override { return std::make_unique<memory_bytes>(use_); }

    std::shared_ptr<stored_bytes> join(std::vector<std::shared_ptr<staged_bytes>> pieces) override {
        return std::make_shared<joined_bytes>(std::move(pieces));
    }

    void put(const std::string& bucket, object_record record, std::shared_ptr<stored_bytes> bytes) override {
        auto object = std::make_shared<stored_object>();
        object->record = std::move(record);
        object->bytes = std::move(bytes);
        object->record.size = object->bytes->size();
        buckets_[bucket].objects[object->record.key] = std::move(object);
    }

    bool remove(const std::string& bucket, const std::string& key) override {
        const auto b = buckets_.find(bucket);
        return b != buckets_.end() && b->second.objects.erase(key) > 0;
    }

    bool keeps_versions() const noexcept override { return true; }
    void restore(const std::string& bucket, std::shared_ptr<const stored_object> object) override {
        auto& place = buckets_[bucket].objects[object->record.key];
        place = std::move(object);
    }

  private:
    struct bucket_contents {
        wall_time created{};
        std::map<std::string, std::shared_ptr<const stored_object>> objects;
    };
    std::shared_ptr<memory_use> use_;
    std::map<std::string, bucket_contents> buckets_;
};

} // namespace detail

PENSTOCK_DECL std::shared_ptr<storage> make_memory_storage(std::uint64_t limit) {
    return std::make_shared<detail::memory_storage>(limit);
}

PENSTOCK_DECL bool valid_bucket_name(std::string_view name) noexcept {
    auto alnum = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    if (name.size() < 3 || name.size() > 63 || !alnum(name.front()) || !alnum(name.back())) return false;
    bool address = true; // 192.168.5.4
    for (std::size_t i = 0; i < name.size(); ++i) {
        const char c = name[i];
        if (!alnum(c) && c != '-' && c != '.') return false;
        if (c == '.' && name[i - 1] == '.') return false;
        if (c != '.' && (c < '0' || c > '9')) address = false;
    }
    return !(address && std::count(name.begin(), name.end(), '.') == 3);
}

} // namespace penstock::testing

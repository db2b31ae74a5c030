// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/random.hpp>
#include <penstock/testing/storage.hpp>

#include <cstdint>
#include <cstring>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace simulation_test {

using namespace penstock;

/// Bytes that differ from place to place, from which all contents are cut.
inline std::string_view noise() {
    static const std::string text = [] {
        std::string s(std::size_t{8} << 20, '\0');
        const auto random = make_seeded_random(1);
        for (std::size_t i = 0; i < s.size(); i += 8) {
            const auto word = random->next();
            std::memcpy(s.data() + i, &word, 8);
        }
        return s;
    }();
    return text;
}

/// What was in the store, and when, counted in loop turns: which answers a client may get.
class model {
  public:
    static constexpr auto for_ever = std::numeric_limits<std::uint64_t>::max();

    struct version {
        version() = default;
        std::optional<std::string_view> bytes; ///< none: there was no object
        std::uint64_t from = 0;
        std::uint64_t until = for_ever;
    };

    explicit model(const std::uint64_t& turn) : turn_{turn} {}

    /// What somebody is going to write. The number is any that no other content has.
    std::string_view make_content(std::uint64_t number, std::size_t size) {
        const auto text = noise().substr((number * 131'071 + 7) % (std::size_t{4} << 20), size);
        contents_.push_back(text);
        return text;
    }

    /// False where the bytes are none that anybody wrote: torn or mixed.
    bool stored(const std::string& key, const testing::stored_bytes& bytes) {
        for (const auto& known : contents_) {
            if (known.size() != bytes.size() || !equal(bytes, known)) continue;
            change(key, known);
            return true;
        }
        return false;
    }
    void removed(const std::string& key) { change(key, std::nullopt); }

    /// All that `key` was between two turns.
    std::vector<version> during(const std::string& key, std::uint64_t first, std::uint64_t last) const {
        std::vector<version> out;
        const auto found = history_.find(key);
        if (found == history_.end()) return {version{}};
        for (const auto& v : found->second)
            if (v.from <= last && v.until >= first) out.push_back(v);
        return out;
    }

    bool may_be_absent(const std::string& key, std::uint64_t first, std::uint64_t last) const {
        for (const auto& v : during(key, first, last))
            if (!v.bytes) return true;
        return false;
    }
    bool may_be_there(const std::string& key, std::uint64_t first, std::uint64_t last) const {
        for (const auto& v : during(key, first, last))
            if (v.bytes) return true;
        return false;
    }
    bool was(const std::string& key, std::string_view bytes, std::uint64_t first, std::uint64_t last) const {
        for (const auto& v : during(key, first, last))
            if (v.bytes && *v.bytes == bytes) return true;
        return false;
    }
    /// Whether these bytes became the object in that time.
    bool written(const std::string& key, std::string_view bytes, std::uint64_t first, std::uint64_t last) const {
        for (const auto& v : during(key, first, last))
            if (v.bytes && *v.bytes == bytes && v.from >= first) return true;
        return false;
    }

  private:
    static bool equal(const testing::stored_bytes& bytes, std::string_view known) {
        std::vector<std::byte> scratch(std::size_t{64} << 10);
        for (std::size_t at = 0; at < known.size();) {
            const auto piece = bytes.chunk(at, scratch);
            if (piece.empty() || std::memcmp(piece.data(), known.data() + at, piece.size()) != 0) return false;
            at += piece.size();
        }
        return true;
    }

    void change(const std::string& key, std::optional<std::string_view> to) {
        auto& all = history_[key];
        if (all.empty()) all.emplace_back();
        all.back().until = turn_;
        version v;
        v.bytes = to;
        v.from = turn_;
        all.push_back(v);
    }

    const std::uint64_t& turn_;
    std::vector<std::string_view> contents_;
    std::map<std::string, std::vector<version>> history_;
};

/// A storage whose changes the model sees.
class watched_storage final : public testing::storage {
  public:
    watched_storage(std::shared_ptr<testing::storage> inner, model& seen, std::function<void(std::string)> complain)
        : inner_{std::move(inner)}, seen_{seen}, complain_{std::move(complain)} {}

    std::vector<testing::bucket_record> buckets() override { return inner_->buckets(); }
    bool has_bucket(const std::string& bucket) override { return inner_->has_bucket(bucket); }
    void create_bucket(const std::string& bucket, wall_time now) override { inner_->create_bucket(bucket, now); }
    void delete_bucket(const std::string& bucket) override { inner_->delete_bucket(bucket); }
    std::shared_ptr<const testing::stored_object> find(const std::string& bucket, const std::string& key) override {
        return inner_->find(bucket, key);
    }
    void list(const std::string& bucket, const std::string& prefix, const std::string& from,
              const testing::list_visitor& visit) override {
        inner_->list(bucket, prefix, from, visit);
    }
    std::unique_ptr<testing::staged_bytes> stage() override { return inner_->stage(); }
    std::shared_ptr<testing::stored_bytes>
    join(std::vector<std::shared_ptr<testing::staged_bytes>> pieces) override {
        return inner_->join(std::move(pieces));
    }
    void put(const std::string& bucket, testing::object_record record,
             std::shared_ptr<testing::stored_bytes> bytes) override {
        const auto key = record.key;
        inner_->put(bucket, std::move(record), bytes);
        if (!seen_.stored(key, *bytes)) complain_("what was stored as " + key + " is not what anybody wrote");
    }
    bool remove(const std::string& bucket, const std::string& key) override {
        const bool was = inner_->remove(bucket, key);
        if (was) seen_.removed(key);
        return was;
    }

  private:
    std::shared_ptr<testing::storage> inner_;
    model& seen_;
    std::function<void(std::string)> complain_;
};

} // namespace simulation_test

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/schema.hpp>
#include <penstock/core/buffer_pool.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace penstock {

/// What the readers of text formats have in common.
struct read_options {
    read_options() = default;

    /// A batch ends after this many rows, or with the row that brings the text it was made of to this many
    /// bytes.
    std::size_t batch_rows = 8192;
    std::size_t batch_bytes = std::size_t{8} << 20;

    /// A longer record is `errc::record_too_large`: it bounds the memory that one record can claim.
    std::size_t max_record_bytes = std::size_t{16} << 20;

    /// Types are inferred from at most this many records, and from records that lie in this many bytes (the
    /// first always counts).
    std::size_t inference_rows = 8192;
    std::size_t inference_bytes = std::size_t{1} << 20;

    /// False: without a schema every column is a string column. What is no string in the data (JSON's numbers,
    /// truth values, objects and arrays) is the text that stands there; nulls are nulls.
    bool infer_types = true;

    /// The columns and their types, where they are known; null infers them.
    std::shared_ptr<const penstock::schema> schema;

    /// Only these columns, in this order. The others are not converted.
    std::optional<std::vector<std::string>> columns;

    /// A value that does not have its column's type becomes null instead of `errc::type_mismatch`.
    bool mismatch_as_null = false;

    /// Where buffers come from; null makes a pool of the reader's own.
    std::shared_ptr<buffer_pool> pool;
};

/// Chaining setters for `read_options`: `class options : public read_option_setters<options>`.
template <class Derived>
class read_option_setters {
  public:
    Derived& batch_rows(std::size_t n) { return set(&read_options::batch_rows, n); }
    Derived& batch_bytes(std::size_t n) { return set(&read_options::batch_bytes, n); }
    Derived& max_record_bytes(std::size_t n) { return set(&read_options::max_record_bytes, n); }
    Derived& inference_rows(std::size_t n) { return set(&read_options::inference_rows, n); }
    Derived& inference_bytes(std::size_t n) { return set(&read_options::inference_bytes, n); }
    Derived& infer_types(bool on) { return set(&read_options::infer_types, on); }
    Derived& schema(std::shared_ptr<const penstock::schema> s) {
        return set(&read_options::schema, std::move(s));
    }
    Derived& columns(std::vector<std::string> names) { return set(&read_options::columns, std::move(names)); }
    Derived& mismatch_as_null(bool on) { return set(&read_options::mismatch_as_null, on); }
    Derived& pool(std::shared_ptr<buffer_pool> p) { return set(&read_options::pool, std::move(p)); }

    const read_options& common() const noexcept { return common_; }
    /// All of them at once, as another format's options hold them.
    Derived& common(read_options all) {
        common_ = std::move(all);
        return static_cast<Derived&>(*this);
    }

  protected:
    read_option_setters() = default;

  private:
    template <class M, class V>
    Derived& set(M read_options::*member, V value) {
        common_.*member = std::move(value);
        return static_cast<Derived&>(*this);
    }
    read_options common_;
};

} // namespace penstock

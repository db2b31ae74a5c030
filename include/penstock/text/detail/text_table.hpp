// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/array_builder.hpp>
#include <penstock/columnar/record_batch.hpp>
#include <penstock/core/error.hpp>
#include <penstock/format/detail/batch_shape.hpp>
#include <penstock/format/detail/line_buffer.hpp>
#include <penstock/text/options.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::text::detail {

inline constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

/// With a pool, if need be one of its own.
inline options with_pool(options o) {
    if (!o.common().pool) o.pool(buffer_pool::create());
    return o;
}

/// Records that are nothing but text become batches, of lines and of whole files alike. Pure.
class text_table {
  public:
    /// `record` is what errors call one: "line". Throws `errc::invalid_option` when `max_record_bytes` is beyond 1 GiB.
    /// Precondition: `o` has a pool.
    PENSTOCK_DECL text_table(const options& o, std::string object, std::string record);

    // Where the pool refuses memory, nothing was added.

    /// `at` has the record's text; its number is that of its first line.
    PENSTOCK_DECL void add(const penstock::detail::text_line& at);
    /// A record too long, of which `at` has the beginning.
    PENSTOCK_DECL void refuse_long(const penstock::detail::text_line& at);

    /// A batch is to be taken before the next record.
    bool full() const noexcept { return shape_.rows() >= batch_rows_ || text_ >= batch_bytes_; }
    bool any() const noexcept { return shape_.rows() != 0; }
    /// There were as many rows as were asked for.
    bool complete() const noexcept { return shape_.room() == 0; }
    PENSTOCK_DECL record_batch finish();

    /// Why nothing more can be added.
    const std::optional<failure>& failed() const noexcept { return failed_; }
    /// Null where the options ask for what there is not; see `failed`.
    const std::shared_ptr<const schema>& batch_schema() const noexcept { return shape_.batch_schema(); }
    const read_statistics& statistics() const noexcept { return shape_.statistics(); }

  private:
    struct column {
        array_builder builder;
        bool text; // the record, not nulls
    };

    void choose_columns(const options& o);
    template <class Why>
    void refuse(std::string_view text, const Why& why);
    void append(std::string_view text);
    void append_nulls();
    void take_back() noexcept;
    failure not_utf8(const penstock::detail::text_line& at, std::size_t offset) const;
    failure too_long(const penstock::detail::text_line& at) const;
    failure fault(errc code, std::string message, std::string hint) const;

    std::string object_;
    std::string record_;
    std::size_t max_record_;
    std::size_t batch_rows_;
    std::size_t batch_bytes_;
    bool checked_ = false; // some column promises UTF-8
    std::vector<column> columns_;
    penstock::detail::batch_shape shape_;
    std::size_t text_ = 0; // bytes that the rows were made of
    std::optional<failure> failed_;
};

} // namespace penstock::text::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/text/impl/text_table.ipp>
#endif

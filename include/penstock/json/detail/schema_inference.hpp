// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/schema.hpp>
#include <penstock/core/error.hpp>
#include <penstock/format/read_options.hpp>
#include <penstock/json/detail/line_parser.hpp>
#include <penstock/json/detail/record_buffer.hpp>
#include <penstock/json/detail/record_faults.hpp>
#include <penstock/json/detail/sampled_shape.hpp>
#include <penstock/json/record_options.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace penstock::json::detail {

/// So much text is looked at until others may run.
inline constexpr std::size_t slice_bytes = std::size_t{256} << 10;

/// Finds the schema of records by the first of them, which the buffer gives once more afterwards: the union of their keys, in the
/// order in which they come, behind the columns of a given schema. Pure.
class schema_inference {
  public:
    /// All must outlive it. `tolerant`: bad records are passed over.
    PENSTOCK_DECL schema_inference(const read_options& common, const record_options& rules, bool tolerant, record_buffer& records,
                                   line_parser& parser, const record_faults& faults);

    enum class step : std::uint8_t {
        need_input,
        working, ///< much text was looked at: a good moment to let others run
        found,   ///< the sample is complete: `finish`
    };
    /// Reads on. `broken`: what the input answered where it failed; there is no more. Error: no type can be told.
    PENSTOCK_DECL result<step> advance(const failure& broken);

    /// Once, after `found`. The buffer is back at the first record. Error: `errc::unknown_column`.
    PENSTOCK_DECL result<std::shared_ptr<const schema>> finish();

  private:
    static constexpr std::size_t no_column = key_table::none;

    template <class Why>
    bool pass(const Why& why);
    bool observe(const text_line& record);
    std::size_t column_of(std::string_view key);

    const read_options& common_;
    const record_options& rules_;
    bool tolerant_;
    record_buffer& records_;
    line_parser& parser_;
    const record_faults& faults_;

    failure error_;
    failure first_fault_; // of a record that nothing can be learnt from
    std::size_t since_pause_ = 0;
    std::size_t rows_ = 0;
    std::uint64_t offset_ = 0; // of the first of them
    std::vector<std::string> names_;
    std::unordered_map<std::string, std::size_t, text_hash, std::equal_to<>> by_name_;
    std::vector<std::unique_ptr<sampled_shape>> shapes_;
    sampled_shape::sample sample_;
};

} // namespace penstock::json::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/json/impl/schema_inference.ipp>
#endif

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/format/detail/batch_shape.hpp>

#include <penstock/core/detail/utf8.hpp>
#include <penstock/format/detail/broken_utf8.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace penstock::detail {

PENSTOCK_DECL std::string clean_utf8(std::string_view text, std::size_t limit) {
    std::string out;
    while (!text.empty()) {
        const auto n = first_character(text).size;
        const auto character = n ? text.substr(0, n) : utf8_replacement;
        if (character.size() > limit - out.size()) break;
        out += character;
        text.remove_prefix(n ? n : broken_beginning(text).size);
    }
    return out;
}

PENSTOCK_DECL batch_shape::batch_shape(const read_options& options, std::shared_ptr<buffer_pool> pool)
    : skip_{options.on_bad_record == bad_records::skip}, capture_{options.on_bad_record == bad_records::capture},
      null_values_{options.on_bad_record == bad_records::null_values}, kept_{options.max_kept_errors},
      cut_{options.max_record_bytes}, capture_name_{options.capture_column}, index_{options.row_index},
      indices_{type_id::int64, pool}, texts_{std::move(pool)},
      limit_{options.limit.value_or(std::numeric_limits<std::uint64_t>::max())}, room_{limit_},
      most_bad_{options.max_bad_records.value_or(std::numeric_limits<std::uint64_t>::max())} {}

PENSTOCK_DECL result<std::shared_ptr<const schema>> batch_shape::begin(std::shared_ptr<const schema> columns) {
    if (!index_ && !capture_) return schema_ = std::move(columns);
    const auto taken = [](const std::string& name, const char* option) {
        return failure{errc::invalid_option, "the column of " + std::string{option} + " cannot be called " +
                                                 printable(name, 64) + " as another column is"};
    };
    std::vector<field> fields;
    if (index_) {
        if (columns->index_of(index_->name)) return taken(index_->name, "row_index");
        fields.emplace_back(index_->name, data_type::int64(), false);
    }
    for (const auto& f : columns->fields()) fields.push_back(capture_ ? f.with_nullable(true) : f);
    if (capture_) {
        if (columns->index_of(capture_name_) || (index_ && index_->name == capture_name_))
            return taken(capture_name_, "capture_column");
        fields.emplace_back(capture_name_, data_type::string());
    }
    return schema_ = std::make_shared<const schema>(std::move(fields), columns->metadata());
}

/// Records that are rows; `append_texts` appends what the column of captured text has for them.
template <class Append>
void batch_shape::count(std::size_t records, const Append& append_texts) {
    try {
        if (index_) {
            auto* out = indices_.grow(records);
            for (std::size_t i = 0; i < records; ++i)
                out[i] = static_cast<std::int64_t>(record_ + i + static_cast<std::uint64_t>(index_->offset));
            indices_.validity().append_valid(records);
        }
        if (capture_) append_texts();
    } catch (...) {
        indices_.truncate(index_ ? rows_ : 0);
        texts_.truncate(capture_ ? rows_ : 0);
        throw;
    }
    record_ += records;
    room_ -= records;
    rows_ += records;
}

PENSTOCK_DECL void batch_shape::good(std::size_t records) {
    count(records, [&] {
        const auto at = texts_.write(records, 0);
        std::fill_n(at.offsets, records, static_cast<std::int32_t>(at.first));
        texts_.commit(records, at.first);
        texts_.validity().append_nulls(records);
    });
}

PENSTOCK_DECL batch_shape::verdict batch_shape::passed(std::string_view text) {
    if (skip_) {
        ++bad_;
        ++record_;
        ++statistics_.skipped_rows;
        return verdict::skipped;
    }
    count(1, [&] { texts_.append(clean_utf8(text, cut_)); });
    ++bad_;
    ++statistics_.captured_rows;
    return verdict::captured;
}

PENSTOCK_DECL void batch_shape::give_up(failure why) {
    error_ = std::move(why);
    if (bad_ == 0 || bad_ < most_bad_) return;
    error_ = error_.with([this](error_detail& d) {
        d.message += "; before it there were " + std::to_string(bad_) + (null_values_ ? " bad values" : " bad records") +
                     ", as many as max_bad_records allows";
    });
}

PENSTOCK_DECL record_batch batch_shape::finish(std::vector<array> columns) {
    columns.reserve(columns.size() + 2);
    if (index_) columns.insert(columns.begin(), indices_.finish());
    if (capture_) columns.push_back(texts_.finish());
    statistics_.rows += rows_;
    return record_batch{schema_, std::move(columns), std::exchange(rows_, 0)};
}

PENSTOCK_DECL record_batch renumbered(const record_batch& batch, std::uint64_t before, std::shared_ptr<buffer_pool> pool) {
    number_builder<std::int64_t> numbers{std::move(pool)};
    const auto rows = batch.num_rows();
    auto* out = numbers.grow(rows);
    for (std::size_t i = 0; i < rows; ++i)
        out[i] = static_cast<std::int64_t>(static_cast<std::uint64_t>(batch[0].int64_at(i)) + before);
    numbers.validity().append_valid(rows);
    std::vector<array> columns;
    columns.push_back(numbers.finish());
    for (std::size_t i = 1; i < batch.num_columns(); ++i) columns.push_back(batch[i]);
    return record_batch{batch.shared_schema(), std::move(columns), rows};
}

} // namespace penstock::detail

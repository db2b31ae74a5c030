// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/record_batch.hpp>

#include <algorithm>

namespace penstock {

PENSTOCK_DECL record_batch::record_batch()
    : schema_{std::make_shared<const penstock::schema>()},
      columns_{std::make_shared<const std::vector<array>>()} {}

PENSTOCK_DECL record_batch::record_batch(std::shared_ptr<const penstock::schema> schema,
                                         std::vector<array> columns, std::size_t num_rows)
    : schema_{std::move(schema)}, num_rows_{num_rows} {
    if (schema_->size() != columns.size())
        throw_failure({errc::invalid_option, "a batch of " + std::to_string(columns.size()) +
                                                 " columns does not fit a schema of " +
                                                 std::to_string(schema_->size())});
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const auto& f = (*schema_)[i];
        if (columns[i].type() != f.type())
            throw_failure({errc::invalid_option, "column \"" + f.name() + "\" is " +
                                                     columns[i].type().name() + ", its schema says " +
                                                     f.type().name()});
        if (columns[i].size() != num_rows)
            throw_failure({errc::invalid_option,
                           "column \"" + f.name() + "\" has " + std::to_string(columns[i].size()) +
                               " values, the batch has " + std::to_string(num_rows) + " rows"});
    }
    columns_ = std::make_shared<const std::vector<array>>(std::move(columns));
}

PENSTOCK_DECL std::size_t record_batch::position(std::string_view name) const {
    return schema_->find(name).value();
}

PENSTOCK_DECL const array& record_batch::operator[](std::string_view column) const {
    return (*columns_)[position(column)];
}

PENSTOCK_DECL const array& record_batch::at(std::size_t position) const {
    if (position >= columns_->size())
        throw_failure({errc::unknown_column,
                       "column " + std::to_string(position) + " of " + std::to_string(columns_->size()),
                       "the columns are " + schema_->column_list()});
    return (*columns_)[position];
}

PENSTOCK_DECL void record_batch::refuse_type(std::size_t position, const std::string& wanted) const {
    const auto& f = (*schema_)[position];
    throw_failure({errc::type_mismatch,
                   "column \"" + f.name() + "\" is " + f.type().name() + ", it was asked for as " + wanted});
}

PENSTOCK_DECL record_batch record_batch::slice(std::size_t first, std::size_t count) const {
    first = std::min(first, num_rows_);
    count = std::min(count, num_rows_ - first);
    std::vector<array> cut;
    cut.reserve(columns_->size());
    for (const auto& a : *columns_) cut.push_back(a.slice(first, count));
    return record_batch{schema_, std::move(cut), count};
}

PENSTOCK_DECL record_batch record_batch::select(std::span<const std::string> names) const {
    const auto positions = schema_->find(names).value();
    return select(std::span<const std::size_t>{positions});
}

PENSTOCK_DECL record_batch record_batch::select(std::span<const std::size_t> positions) const {
    std::vector<array> chosen;
    chosen.reserve(positions.size());
    for (const auto i : positions) chosen.push_back((*columns_)[i]);
    return record_batch{std::make_shared<const penstock::schema>(schema_->select(positions)),
                        std::move(chosen), num_rows_};
}

PENSTOCK_DECL std::size_t record_batch::value_bytes() const noexcept {
    std::size_t sum = 0;
    for (const auto& a : *columns_) sum += a.value_bytes();
    return sum;
}

} // namespace penstock

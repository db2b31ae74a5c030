// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/schema.hpp>

#include <algorithm>
#include <numeric>

namespace penstock {

PENSTOCK_DECL schema::schema(std::vector<penstock::field> fields, key_value_metadata metadata)
    : fields_{std::move(fields)}, metadata_{std::move(metadata)} {
    by_name_.resize(fields_.size());
    std::iota(by_name_.begin(), by_name_.end(), 0u);
    std::stable_sort(by_name_.begin(), by_name_.end(), [this](std::uint32_t a, std::uint32_t b) {
        return fields_[a].name() < fields_[b].name();
    });
}

PENSTOCK_DECL std::optional<std::size_t> schema::index_of(std::string_view name) const noexcept {
    const auto at =
        std::lower_bound(by_name_.begin(), by_name_.end(), name,
                         [this](std::uint32_t i, std::string_view n) { return fields_[i].name() < n; });
    if (at == by_name_.end() || fields_[*at].name() != name) return std::nullopt;
    return *at;
}

PENSTOCK_DECL result<std::size_t> schema::find(std::string_view name) const {
    const auto first = index_of(name);
    if (!first)
        return failure{errc::unknown_column, std::string{name},
                       fields_.empty() ? "there are no columns" : "the columns are " + column_list()};
    const auto after =
        std::upper_bound(by_name_.begin(), by_name_.end(), name,
                         [this](std::string_view n, std::uint32_t i) { return n < fields_[i].name(); });
    const auto before =
        std::lower_bound(by_name_.begin(), by_name_.end(), name,
                         [this](std::uint32_t i, std::string_view n) { return fields_[i].name() < n; });
    if (after - before > 1)
        return failure{errc::unknown_column,
                       "\"" + std::string{name} + "\" is the name of " + std::to_string(after - before) +
                           " columns",
                       "the columns are " + column_list()};
    return *first;
}

PENSTOCK_DECL result<std::vector<std::size_t>> schema::find(std::span<const std::string> names) const {
    std::vector<std::size_t> out;
    out.reserve(names.size());
    for (const auto& name : names) {
        auto at = find(name);
        if (!at) return at.error();
        out.push_back(*at);
    }
    return out;
}

PENSTOCK_DECL schema schema::select(std::span<const std::size_t> positions) const {
    std::vector<penstock::field> chosen;
    chosen.reserve(positions.size());
    for (const auto i : positions) chosen.push_back(fields_[i]);
    return schema{std::move(chosen), metadata_};
}

PENSTOCK_DECL std::string schema::column_list(std::size_t limit) const {
    std::string out;
    for (std::size_t i = 0; i < fields_.size(); ++i) {
        if (i) out += ", ";
        if (i == limit) {
            out += "... (" + std::to_string(fields_.size()) + " in all)";
            break;
        }
        out += printable(fields_[i].name(), 64);
    }
    return out;
}

} // namespace penstock

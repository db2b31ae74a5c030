// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/format/detail/schema_match.hpp>

#include <utility>

namespace penstock::detail {

PENSTOCK_DECL result<std::vector<matched_column>> match_columns(const read_options& options, const schema& found,
                                                                missing_columns missing, std::string_view operation,
                                                                std::string_view object) {
    const auto refuse = [&](errc code, std::string message, std::string hint) {
        error_detail d;
        d.operation = operation;
        d.object = object;
        d.message = std::move(message);
        d.hint = std::move(hint);
        return failure{code, std::move(d)};
    };
    const auto in_data = [&](const failure& f) {
        return f.with([&](error_detail& d) {
            d.operation = operation;
            d.object = object;
        });
    };
    const auto named = [](const field& f) { return "column \"" + printable(f.name(), 64) + "\""; };
    const auto& given = options.schema;

    std::vector<field> known;
    if (given) {
        known.assign(given->fields().begin(), given->fields().end());
        if (options.extra_columns != extra_columns::ignore)
            for (const auto& f : found.fields()) {
                if (given->index_of(f.name())) continue;
                if (options.extra_columns == extra_columns::fail)
                    return refuse(errc::unknown_column, named(f) + " is not in the given schema",
                                  "add it to the schema, or choose another policy for extra_columns");
                known.push_back(f);
            }
    } else {
        known.assign(found.fields().begin(), found.fields().end());
    }
    const auto given_size = given ? given->size() : 0;
    // Where the names are just those of the data, each stands for the column in its place, also one that occurs twice.
    bool in_place = given && found.size() == given->size();
    for (std::size_t i = 0; in_place && i < found.size(); ++i) in_place = found[i].name() == (*given)[i].name();

    std::vector<std::size_t> picked;
    const schema all{std::move(known)};
    if (options.columns) {
        auto positions = all.find(*options.columns);
        if (!positions) return in_data(positions.error());
        picked = std::move(*positions);
    } else {
        for (std::size_t i = 0; i < all.size(); ++i) picked.push_back(i);
    }

    std::vector<matched_column> out;
    for (const auto i : picked) {
        matched_column column{all[i], i, i < given_size};
        if (given && !in_place) {
            if (found.index_of(all[i].name())) {
                const auto at = found.find(all[i].name());
                if (!at) return in_data(at.error());
                column.source = *at;
            } else if (options.missing_columns.value_or(missing) == missing_columns::fail) {
                return refuse(errc::unknown_column, named(all[i]) + " of the given schema is missing",
                              "columns: " + found.column_list() + "; or read it as null: missing_columns");
            } else if (!all[i].nullable()) {
                return refuse(errc::type_mismatch, named(all[i]) + " is missing, and the given schema allows no null",
                              "make the field nullable in the schema");
            } else {
                column.source.reset();
            }
        }
        out.push_back(std::move(column));
    }
    return out;
}

} // namespace penstock::detail

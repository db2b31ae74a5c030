// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/schema.hpp>
#include <penstock/core/error.hpp>
#include <penstock/format/read_options.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::detail {

/// A column that is read, and where it stands in the data.
struct matched_column {
    field wanted;
    std::optional<std::size_t> source; ///< none: all null
    bool given = false;                ///< the type is the given schema's, not the data's
};

/// Which columns are read: the given schema's or else the data's; with `extra_columns::add` the data's further ones
/// behind them; of all those what `columns` names, in its order. `found` are the columns of the data, `object` and
/// `operation` what errors call it and the reading of it. `missing` is the policy where the options name none.
///
/// Errors: `errc::unknown_column` for a name in `columns` that is none, for what the options do not let be missing or
/// extra, and for a name that the data has twice; `errc::type_mismatch` for a missing column that must not be null.
/// Pure.
PENSTOCK_DECL result<std::vector<matched_column>> match_columns(const read_options& options, const schema& found,
                                                                missing_columns missing, std::string_view operation,
                                                                std::string_view object);

} // namespace penstock::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/format/impl/schema_match.ipp>
#endif

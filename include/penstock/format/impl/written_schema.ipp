// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/format/detail/written_schema.hpp>

namespace penstock::detail {

/// Names first, then the first column that differs in something else.
PENSTOCK_DECL void written_schema::refuse_another(const schema& s, const char* operation) const {
    if (*schema_ == s) return;
    const auto names = s.column_list();
    const auto taken = schema_->column_list();
    std::string what = "a batch has the columns " + names + ", but what is written has " + taken;
    for (std::size_t i = 0; s.size() == schema_->size() && names == taken && i < s.size(); ++i) {
        if (s[i] == (*schema_)[i]) continue;
        std::string here;
        std::string there;
        append_field(here, s[i]);
        append_field(there, (*schema_)[i]);
        what = "column " + std::to_string(i + 1) + " of a batch is " + printable(here, 128) + ", but what is written has " + printable(there, 128);
        break;
    }
    refuse_to_write(operation, errc::invalid_option, std::move(what), "cast the batch to the schema of the first, or write it elsewhere");
}

} // namespace penstock::detail

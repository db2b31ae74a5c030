// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/c_data.hpp>
#include <penstock/columnar/detail/schema_importer.hpp>

namespace penstock {

PENSTOCK_DECL field import_field(ArrowSchema* from) {
    const detail::foreign<ArrowSchema> s{from};
    return detail::schema_importer{}.read(*s);
}

PENSTOCK_DECL std::shared_ptr<const schema> import_schema(ArrowSchema* from) {
    const detail::foreign<ArrowSchema> s{from};
    return std::make_shared<const schema>(detail::schema_importer{}.read_schema(*s));
}

} // namespace penstock

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/array.hpp>
#include <penstock/columnar/schema.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace penstock::arrow::detail {

/// Which dictionaries a field and its children have. Runs alongside its type.
struct field_plan {
    std::optional<std::int64_t> dictionary;
    std::vector<field_plan> children; // of the type; none for a dictionary
};

/// A dictionary of a stream, by its id.
struct dictionary_slot {
    data_type type;
    field_plan plan;
    std::optional<array> values; // none yet
};

/// A stream's schema, and how its messages are read.
struct schema_plan {
    std::shared_ptr<const penstock::schema> schema;
    std::vector<field_plan> columns;
    std::map<std::int64_t, dictionary_slot> dictionaries;
};

} // namespace penstock::arrow::detail

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// Texts of types and of schemas: any text is read or refused with a place in it, and what is read is written so that it is
// read again.
#include "support.hpp"

#include <penstock/columnar/parse_data_type.hpp>

#include <cstdint>
#include <string>

namespace data_type_fuzz {

void check_told(const penstock::failure& said) {
    require(said.code() == penstock::errc::invalid_option);
    require(said.detail().message.starts_with("type: position "));
    require(said.message().size() < 2000);
}

void check_type(std::string_view text) {
    const auto type = penstock::parse_data_type(text);
    if (!type) return check_told(type.error());
    const auto again = penstock::parse_data_type(type->name());
    require(again && *again == *type && again->name() == type->name());
}

void check_schema(std::string_view text) {
    const auto schema = penstock::parse_schema(text);
    if (!schema) return check_told(schema.error());
    const auto written = penstock::to_string(*schema);
    const auto again = penstock::parse_schema(written);
    require(again && *again == *schema && penstock::to_string(*again) == written);
}

} // namespace data_type_fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = text_behind(data, size, 0);
    data_type_fuzz::check_type(text);
    data_type_fuzz::check_schema(text);
    return 0;
}

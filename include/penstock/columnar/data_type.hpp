// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace penstock {

/// Which kind of values a column holds. More kinds may come in any version: give a `switch` a default.
enum class type_id : std::uint8_t {
    boolean, ///< one bit a value
    int64,
    float64,
    string, ///< UTF-8, at most 2 GiB - 1 bytes an array
};

/// The type of a column, as a value. (Parametrised types will carry their parameters here.)
class data_type {
  public:
    constexpr data_type(type_id id) noexcept : id_{id} {}

    static constexpr data_type boolean() noexcept { return type_id::boolean; }
    static constexpr data_type int64() noexcept { return type_id::int64; }
    static constexpr data_type float64() noexcept { return type_id::float64; }
    static constexpr data_type string() noexcept { return type_id::string; }

    constexpr type_id id() const noexcept { return id_; }

    /// "boolean", "int64", "float64", "string".
    std::string name() const {
        switch (id_) {
        case type_id::boolean:
            return "boolean";
        case type_id::int64:
            return "int64";
        case type_id::float64:
            return "float64";
        case type_id::string:
            return "string";
        }
        return "unknown";
    }

    friend constexpr bool operator==(const data_type&, const data_type&) noexcept = default;

  private:
    type_id id_;
};

} // namespace penstock

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/binary_builders.hpp>
#include <penstock/columnar/dictionary_builder.hpp>
#include <penstock/columnar/flat_builders.hpp>
#include <penstock/columnar/nested_builders.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <variant>

namespace penstock {

/// A builder whose type is known at run time only: of any type.
class array_builder {
  public:
    using any =
        std::variant<boolean_builder, number_builder<std::int8_t>, number_builder<std::int16_t>,
                     number_builder<std::int32_t>, number_builder<std::int64_t>, number_builder<std::uint8_t>,
                     number_builder<std::uint16_t>, number_builder<std::uint32_t>, number_builder<std::uint64_t>,
                     number_builder<float16>, number_builder<float>, number_builder<double>,
                     number_builder<decimal128_value>, number_builder<decimal256_value>,
                     number_builder<day_time_interval>, number_builder<month_day_nano_interval>, string_builder,
                     null_builder, large_string_builder, view_builder, fixed_size_binary_builder, list_builder,
                     fixed_size_list_builder, struct_builder, union_builder, dictionary_builder>;

    PENSTOCK_DECL array_builder(data_type type, std::shared_ptr<buffer_pool> pool);

    data_type type() const {
        return std::visit([](const auto& b) -> data_type { return b.type(); }, builder_);
    }
    std::size_t size() const noexcept {
        return std::visit([](const auto& b) { return b.size(); }, builder_);
    }
    void append_null() { append_nulls(1); }
    void append_nulls(std::size_t count) {
        std::visit([count](auto& b) { b.append_nulls(count); }, builder_);
    }
    /// Room for the fixed-width parts of `more` values.
    void reserve(std::size_t more) {
        std::visit([more](auto& b) { b.reserve(more); }, builder_);
    }
    /// Forgets all values from `size` on, in the children, too, also a value that is only half there.
    void truncate(std::size_t size) noexcept {
        if (size < this->size()) std::visit([size](auto& b) { b.truncate(size); }, builder_);
    }
    array finish() {
        return std::visit([](auto& b) { return b.finish(); }, builder_);
    }

    /// Copies `count` values of `values` from `first` on. Throws `error` (`errc::type_mismatch`) unless the types are the
    /// same, and what the builder throws for too much. Precondition: `first + count <= values.size()`.
    PENSTOCK_DECL void append(const array& values, std::size_t first, std::size_t count);

    /// Builders of the children, as `type().fields()` has them: 1 for lists and maps (the struct of entries).
    PENSTOCK_DECL std::size_t num_children() const noexcept;
    /// Precondition: `i < num_children()`.
    PENSTOCK_DECL array_builder& child(std::size_t i) noexcept;

    /// The builder itself: `b.as<int64_builder>().append(7)`. Null when it is of another type.
    template <class B>
    B* try_as() noexcept {
        return std::get_if<B>(&builder_);
    }
    template <class B>
    B& as() {
        return std::get<B>(builder_);
    }
    any& builder() noexcept { return builder_; }

  private:
    PENSTOCK_DECL static any make(data_type type, std::shared_ptr<buffer_pool> pool);

    any builder_;
};

namespace detail {
/// `to.append`, where the types are known to be the same.
PENSTOCK_DECL void append_same_type(array_builder& to, const array& values, std::size_t first, std::size_t count);
} // namespace detail

/// All values one after the other. Throws `error` (`errc::invalid_option` without an array, `errc::type_mismatch` unless the
/// types are the same, `errc::record_too_large` for more than the type can address).
PENSTOCK_DECL array concatenate(std::span<const array> arrays, const std::shared_ptr<buffer_pool>& pool);

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/columnar/impl/append_array.ipp>
#include <penstock/columnar/impl/array_builder.ipp>
#include <penstock/columnar/impl/dictionary_builder.ipp>
#include <penstock/columnar/impl/nested_builders.ipp>
#endif

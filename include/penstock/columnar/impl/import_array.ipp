// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/c_data.hpp>

#include <penstock/columnar/detail/bitmap.hpp>
#include <penstock/columnar/detail/schema_importer.hpp>

#include <cstring>
#include <optional>

namespace penstock {
namespace detail {

/// Makes arrays over a foreign struct that `owner` keeps. The sizes of buffers, which C does not tell, follow from lengths
/// and last offsets; whether the values keep to them is for `validate` to see.
class array_importer {
  public:
    explicit array_importer(std::shared_ptr<foreign<ArrowArray>> owner) noexcept : owner_{std::move(owner)} {}

    const ArrowArray& top() const noexcept { return **owner_; }

    array read(const ArrowArray& c, const data_type& type) {
        const auto size = number(c.length, "length");
        // An empty array may lack its buffers; then nothing may be read at its offset either.
        const auto offset = size == 0 ? (number(c.offset, "offset"), 0) : number(c.offset, "offset");
        const auto end = offset + size;
        check_shape(c, type);

        const auto id = type.id();
        shared_buffer validity, values, data;
        std::vector<shared_buffer> blocks;
        if (id != type_id::null && !is_union(id) && size != 0) validity = optional_buffer(c, 0, (end + 7) / 8);
        if (size != 0) {
            switch (id) {
            case type_id::null:
            case type_id::struct_:
            case type_id::fixed_size_list:
                break;
            case type_id::string:
            case type_id::binary:
                values = offsets<std::int32_t>(c, end);
                data = buffer(c, 2, last<std::int32_t>(values, end), 1);
                break;
            case type_id::large_string:
            case type_id::large_binary:
                values = offsets<std::int64_t>(c, end);
                data = buffer(c, 2, last<std::int64_t>(values, end), 1);
                break;
            case type_id::list:
            case type_id::map:
                values = offsets<std::int32_t>(c, end);
                break;
            case type_id::large_list:
                values = offsets<std::int64_t>(c, end);
                break;
            case type_id::string_view:
            case type_id::binary_view:
                values = buffer(c, 1, end * 16, 1);
                blocks = view_blocks(c);
                break;
            case type_id::sparse_union:
                values = buffer(c, 0, end, 1);
                break;
            case type_id::dense_union:
                values = buffer(c, 0, end, 1);
                data = buffer(c, 1, end * 4, 4);
                break;
            default:
                values = buffer(c, 1, bytes_of(type, end), type.byte_width());
            }
        }
        const auto nulls = null_count(c, type, validity, offset, size);
        auto children = read_children(c, type);
        if (children.empty() && blocks.empty())
            return array{type, size, nulls, std::move(validity), std::move(values), std::move(data), offset};
        return array{type, size, nulls, std::move(validity), std::move(values), std::move(data), std::move(children),
                     std::move(blocks), offset};
    }

    field_trail& trail() noexcept { return trail_; }
    [[noreturn]] void malformed(const std::string& message) const { trail_.fail(errc::malformed_arrow, message); }

  private:
    std::size_t number(std::int64_t n, const char* what) const {
        if (n < 0 || static_cast<std::uint64_t>(n) > most_values)
            malformed(std::string{what} + " is " + std::to_string(n));
        return static_cast<std::size_t>(n);
    }

    static std::int64_t buffers_of(type_id id) noexcept {
        switch (id) {
        case type_id::null: return 0;
        case type_id::struct_:
        case type_id::fixed_size_list:
        case type_id::sparse_union: return 1;
        case type_id::string:
        case type_id::large_string:
        case type_id::binary:
        case type_id::large_binary: return 3;
        default: return 2;
        }
    }

    /// Counts and pointers, before anything is followed.
    void check_shape(const ArrowArray& c, const data_type& type) const {
        const bool view = is_view(type.id());
        const auto buffers = buffers_of(type.id());
        const bool polars = type.id() == type_id::null && c.n_buffers == 1; // which gives it a validity bitmap
        if (view ? c.n_buffers < 3 : c.n_buffers != buffers && !polars)
            malformed(std::to_string(c.n_buffers) + " buffers, " + (view ? "3 or more" : std::to_string(buffers)) +
                      " are needed");
        if (c.n_buffers > 0 && !c.buffers) malformed("no pointers to its buffers");
        const bool dictionary = type.id() == type_id::dictionary;
        const auto children = static_cast<std::int64_t>(type.fields().size());
        if (c.n_children != children)
            malformed(std::to_string(c.n_children) + " children, " + std::to_string(children) + " are needed");
        if (children > 0 && !c.children) malformed("no pointers to its children");
        if (dictionary != (c.dictionary != nullptr))
            malformed(dictionary ? "the dictionary is missing" : "a dictionary of a type that has none");
        if (dictionary && !c.dictionary->release) malformed("the dictionary was released, or never filled");
        for (std::int64_t i = 0; i < children; ++i)
            if (!c.children[i] || !c.children[i]->release)
                malformed("child " + std::to_string(i) + " was released, or never filled");
    }

    std::vector<array> read_children(const ArrowArray& c, const data_type& type) {
        std::vector<array> out;
        if (c.dictionary) out.push_back(read(*c.dictionary, type.value_type()));
        const auto fields = type.fields();
        for (std::size_t i = 0; i < fields.size(); ++i) {
            const field_trail::step step{trail_, fields[i].name()};
            out.push_back(read(*c.children[i], fields[i].type()));
        }
        return out;
    }

    shared_buffer optional_buffer(const ArrowArray& c, std::size_t i, std::size_t size) const {
        if (!c.buffers[i]) return {};
        return shared_buffer{owner_, static_cast<const std::byte*>(c.buffers[i]), size};
    }
    shared_buffer buffer(const ArrowArray& c, std::size_t i, std::size_t size, std::size_t width) const {
        if (size == 0) return {};
        if (!c.buffers[i]) malformed("buffer " + std::to_string(i) + " of " + std::to_string(size) + " bytes is null");
        auto out = optional_buffer(c, i, size);
        const auto alignment = width % 8 == 0 ? 8 : width;
        if ((alignment & (alignment - 1)) == 0 && reinterpret_cast<std::uintptr_t>(out.data()) % alignment != 0)
            trail_.fail(errc::malformed_arrow,
                        "buffer " + std::to_string(i) + " is not aligned to " + std::to_string(alignment) + " bytes",
                        "copy it before the export: nothing is copied here");
        return out;
    }
    template <class Offset>
    shared_buffer offsets(const ArrowArray& c, std::size_t end) const {
        return buffer(c, 1, (end + 1) * sizeof(Offset), sizeof(Offset));
    }
    template <class Offset>
    std::size_t last(const shared_buffer& offsets, std::size_t end) const {
        return number(offsets.as<Offset>()[end], "the last offset");
    }
    std::size_t bytes_of(const data_type& type, std::size_t end) const {
        const auto bits = type.bit_width();
        if (bits != 0 && end > most_values * 8 / bits)
            malformed(std::to_string(end) + " values of " + std::to_string(bits / 8) + " bytes");
        return (end * bits + 7) / 8;
    }
    std::vector<shared_buffer> view_blocks(const ArrowArray& c) const {
        std::vector<shared_buffer> out;
        const auto n = static_cast<std::size_t>(c.n_buffers - 3);
        const auto sizes = buffer(c, n + 2, n * sizeof(std::int64_t), sizeof(std::int64_t));
        for (std::size_t i = 0; i < n; ++i)
            out.push_back(buffer(c, 2 + i, number(sizes.as<std::int64_t>()[i], "the size of a block"), 1));
        return out;
    }

    std::size_t null_count(const ArrowArray& c, const data_type& type, const shared_buffer& validity, std::size_t offset,
                           std::size_t size) const {
        if (c.null_count < -1 || c.null_count > c.length)
            malformed(std::to_string(c.null_count) + " nulls in " + std::to_string(c.length) + " values");
        if (type.id() == type_id::null) return size;
        if (c.null_count >= 0) return static_cast<std::size_t>(c.null_count);
        return validity ? size - count_ones(validity.data(), offset, size) : 0;
    }

    std::shared_ptr<foreign<ArrowArray>> owner_;
    field_trail trail_;
};

inline void validate_import(const array& a, const std::string* column, validate_options options) {
    auto r = validate(a, options);
    if (r) return;
    throw_failure(r.error().with([column](error_detail& d) {
        d.operation = "import arrow";
        if (column) d.message = "column \"" + printable(*column, 64) + "\": " + d.message;
    }));
}

} // namespace detail

namespace detail {

/// What is taken stays taken, also where memory for its owner lacks.
inline std::shared_ptr<foreign<ArrowArray>> take(ArrowArray* from) {
    foreign<ArrowArray> taken{from};
    return std::make_shared<foreign<ArrowArray>>(std::move(taken));
}

inline record_batch batch_of(array_importer& in, std::shared_ptr<const schema> s, validate_options options) {
    const auto fields = s->fields();
    const auto whole = in.read(in.top(), data_type::struct_({fields.begin(), fields.end()}));
    if (whole.null_count() != 0) in.malformed("rows of a batch cannot be null");
    const auto end = whole.offset() + whole.size();
    std::vector<array> columns;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const auto& child = whole.children()[i];
        validate_import(child, &fields[i].name(), options);
        if (child.size() < end)
            in.malformed("column \"" + printable(fields[i].name(), 64) + "\" has " + std::to_string(child.size()) +
                         " values, " + std::to_string(end) + " are needed");
        columns.push_back(whole.child(i));
    }
    return record_batch{std::move(s), std::move(columns), whole.size()};
}

/// An array and its schema: either both become ours, or neither is left, when one of them is none.
struct taken_pair {
    taken_pair(ArrowArray* a, ArrowSchema* s) try : schema{s}, array{take(a)} {
    } catch (...) {
        if (a && a->release) a->release(a);
    }
    foreign<ArrowSchema> schema;
    std::shared_ptr<foreign<ArrowArray>> array;
};

} // namespace detail

PENSTOCK_DECL array import_array(ArrowArray* from, const data_type& type, validate_options options) {
    detail::array_importer in{detail::take(from)};
    auto out = in.read(in.top(), type);
    detail::validate_import(out, nullptr, options);
    return out;
}

PENSTOCK_DECL record_batch import_batch(ArrowArray* from, std::shared_ptr<const schema> s, validate_options options) {
    detail::array_importer in{detail::take(from)};
    return detail::batch_of(in, std::move(s), options);
}

PENSTOCK_DECL array import_array(ArrowArray* from, ArrowSchema* type, validate_options options) {
    const detail::taken_pair both{from, type};
    detail::array_importer in{both.array};
    const auto f = detail::schema_importer{}.read(*both.schema);
    auto out = in.read(in.top(), f.type());
    detail::validate_import(out, nullptr, options);
    return out;
}

PENSTOCK_DECL record_batch import_batch(ArrowArray* from, ArrowSchema* s, validate_options options) {
    const detail::taken_pair both{from, s};
    detail::array_importer in{both.array};
    auto made = std::make_shared<const schema>(detail::schema_importer{}.read_schema(*both.schema));
    return detail::batch_of(in, std::move(made), options);
}

} // namespace penstock

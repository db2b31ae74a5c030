// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/c_data.hpp>

#include <penstock/columnar/detail/bitmap.hpp>

#include <vector>

namespace penstock {
namespace detail {

/// What a buffer without bytes points to: readers look at the first offset of an empty array, too.
alignas(64) inline constexpr std::byte no_bytes[64] = {};

/// What an exported array points to, and what keeps the values alive. Each child has its own: it may be moved out.
struct exported_array {
    std::vector<shared_buffer> kept;
    std::vector<const void*> buffers;
    std::vector<std::int64_t> block_sizes;
    std::vector<ArrowArray> children; // their `release` is null until they are filled
    std::vector<ArrowArray*> pointers;
    ArrowArray dictionary{};

    void add(const shared_buffer& b) {
        kept.push_back(b);
        buffers.push_back(b.data() ? b.data() : no_bytes);
    }
    ~exported_array() {
        for (auto& c : children)
            if (c.release) c.release(&c);
        if (dictionary.release) dictionary.release(&dictionary);
    }
};

inline void release_array(ArrowArray* a) noexcept {
    delete static_cast<exported_array*>(a->private_data);
    a->release = nullptr;
}

inline void finish_array(ArrowArray* out, std::unique_ptr<exported_array> parts, std::size_t size, std::size_t nulls,
                         std::size_t offset) {
    for (auto& c : parts->children) parts->pointers.push_back(&c);
    ArrowArray a{};
    a.length = static_cast<std::int64_t>(size);
    a.null_count = static_cast<std::int64_t>(nulls);
    a.offset = static_cast<std::int64_t>(offset);
    a.n_buffers = static_cast<std::int64_t>(parts->buffers.size());
    a.buffers = parts->buffers.empty() ? nullptr : parts->buffers.data();
    a.n_children = static_cast<std::int64_t>(parts->children.size());
    a.children = parts->children.empty() ? nullptr : parts->pointers.data();
    if (parts->dictionary.release) a.dictionary = &parts->dictionary;
    a.release = release_array;
    a.private_data = parts.release();
    *out = a;
}

} // namespace detail

namespace detail {

/// A fixed-size list that begins where its items do and has no more of them than it needs: readers (polars) pass over the
/// offset of others.
inline array without_offset(const array& a) {
    const auto items = static_cast<std::size_t>(a.type().list_size());
    shared_buffer validity;
    if (a.null_count() != 0) {
        auto bits = std::make_shared<std::vector<std::byte>>((a.size() + 7) / 8);
        copy_bits(bits->data(), a.validity().data(), a.offset(), a.size());
        const auto* data = bits->data();
        const auto size = bits->size();
        validity = shared_buffer{std::move(bits), data, size};
    }
    std::vector<array> child;
    child.push_back(a.children()[0].slice(a.offset() * items, a.size() * items));
    return array{a.type(), a.size(), a.null_count(), std::move(validity), {}, {}, std::move(child)};
}

} // namespace detail

PENSTOCK_DECL void export_array(const array& a, ArrowArray* out) {
    *out = ArrowArray{};
    if (a.type().id() == type_id::fixed_size_list &&
        (a.offset() != 0 || a.children()[0].size() != a.size() * static_cast<std::size_t>(a.type().list_size())))
        return export_array(detail::without_offset(a), out);
    const auto id = a.type().id();
    auto parts = std::make_unique<detail::exported_array>();
    if (id != type_id::null && !is_union(id)) {
        parts->kept.push_back(a.validity());
        parts->buffers.push_back(a.validity().data());
    }
    switch (id) {
    case type_id::null:
    case type_id::struct_:
    case type_id::fixed_size_list:
        break;
    case type_id::string:
    case type_id::large_string:
    case type_id::binary:
    case type_id::large_binary:
    case type_id::dense_union:
        parts->add(a.values());
        parts->add(a.data());
        break;
    case type_id::string_view:
    case type_id::binary_view:
        parts->add(a.values());
        for (const auto& block : a.blocks()) {
            parts->add(block);
            parts->block_sizes.push_back(static_cast<std::int64_t>(block.size()));
        }
        parts->buffers.push_back(parts->block_sizes.empty() ? static_cast<const void*>(detail::no_bytes)
                                                            : parts->block_sizes.data());
        break;
    default:
        parts->add(a.values());
    }
    if (id == type_id::dictionary) {
        export_array(a.dictionary(), &parts->dictionary);
    } else {
        parts->children.resize(a.children().size());
        for (std::size_t i = 0; i < a.children().size(); ++i) export_array(a.children()[i], &parts->children[i]);
    }
    detail::finish_array(out, std::move(parts), a.size(), a.null_count(), a.offset());
}

PENSTOCK_DECL void export_batch(const record_batch& batch, ArrowArray* out) {
    *out = ArrowArray{};
    auto parts = std::make_unique<detail::exported_array>();
    parts->buffers.push_back(nullptr);
    parts->children.resize(batch.num_columns());
    for (std::size_t i = 0; i < batch.num_columns(); ++i) export_array(batch[i], &parts->children[i]);
    detail::finish_array(out, std::move(parts), batch.num_rows(), 0, 0);
}

PENSTOCK_DECL void export_batch(const record_batch& batch, ArrowArray* out, ArrowSchema* out_schema) {
    *out = ArrowArray{};
    export_schema(batch.schema(), out_schema);
    try {
        export_batch(batch, out);
    } catch (...) {
        out_schema->release(out_schema);
        throw;
    }
}

} // namespace penstock

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/arrow/detail/message_schema.hpp>
#include <penstock/arrow/options.hpp>
#include <penstock/codec/codecs.hpp>
#include <penstock/columnar/array.hpp>
#include <penstock/columnar/detail/bitmap.hpp>

#include <cstring>
#include <memory>
#include <vector>

namespace penstock::arrow::detail {

/// Lays arrays out as the body of a message: without offsets, so that a slice begins where its buffers do. What is not
/// shifted, rebased or compressed is shared.
class body_writer {
  public:
    body_writer(const write_options& options, std::shared_ptr<buffer_pool> pool)
        : options_{options}, pool_{std::move(pool)} {}

    void add(const array& a) {
        const auto id = a.type().id();
        const auto n = a.size();
        nodes_.push_back({static_cast<std::int64_t>(n), static_cast<std::int64_t>(a.null_count())});
        if (id != type_id::null && !is_union(id))
            a.null_count() ? put(bits(a.validity(), a.offset(), n)) : put({});
        switch (id) {
        case type_id::null:
            break;
        case type_id::boolean:
            put(bits(a.values(), a.offset(), n));
            break;
        case type_id::string:
        case type_id::binary:
            add_text<std::int32_t>(a);
            break;
        case type_id::large_string:
        case type_id::large_binary:
            add_text<std::int64_t>(a);
            break;
        case type_id::string_view:
        case type_id::binary_view:
            put(part(a.values(), a.offset() * 16, n * 16));
            for (const auto& block : a.blocks()) put(block);
            variadic_.push_back(static_cast<std::int64_t>(a.blocks().size()));
            break;
        case type_id::list:
        case type_id::map:
            add_list<std::int32_t>(a);
            break;
        case type_id::large_list:
            add_list<std::int64_t>(a);
            break;
        case type_id::fixed_size_list: {
            const auto items = static_cast<std::size_t>(a.type().list_size());
            add(n == 0 ? array{a.type().item().type()} : a.children()[0].slice(a.offset() * items, n * items));
            break;
        }
        case type_id::struct_:
        case type_id::sparse_union:
            if (id == type_id::sparse_union) put(part(a.values(), a.offset(), n));
            for (std::size_t i = 0; i < a.children().size(); ++i)
                add(n == 0 ? array{a.type().fields()[i].type()} : a.child(i));
            break;
        case type_id::dense_union:
            put(part(a.values(), a.offset(), n));
            put(part(a.data(), a.offset() * 4, n * 4));
            for (const auto& c : a.children()) add(c);
            break;
        default: {
            const auto width = a.type().byte_width();
            put(part(a.values(), a.offset() * width, n * width));
        }
        }
    }

    const std::vector<field_node>& nodes() const noexcept { return nodes_; }
    const std::vector<buffer_place>& places() const noexcept { return places_; }
    const std::vector<std::int64_t>& variadic() const noexcept { return variadic_; }
    std::int64_t size() const noexcept { return size_; }
    std::vector<shared_buffer>& buffers() noexcept { return buffers_; }

  private:
    static shared_buffer part(const shared_buffer& b, std::size_t first, std::size_t size) {
        if (size == 0) return {};
        auto owner = std::make_shared<const shared_buffer>(b);
        const auto* data = owner->data() + first;
        return {std::move(owner), data, size};
    }

    /// `count` bits from `first` on, as if they began with a byte.
    shared_buffer bits(const shared_buffer& from, std::size_t first, std::size_t count) {
        const auto size = (count + 7) / 8;
        if (first % 8 == 0 && count % 8 == 0) return part(from, first / 8, size);
        auto block = pool_->take(size);
        penstock::detail::copy_bits(block.data(), from.data(), first, count);
        return shared_buffer{std::move(block), size};
    }

    /// Offsets that begin with 0, and where they began. Also of an empty array, whose one offset some readers want.
    template <class Offset>
    std::pair<std::size_t, std::size_t> add_offsets(const array& a) {
        const auto n = a.size();
        const auto* o = n ? a.values().template as<Offset>() + a.offset() : nullptr;
        if (n && o[0] == 0) {
            put(part(a.values(), a.offset() * sizeof(Offset), (n + 1) * sizeof(Offset)));
            return {0, static_cast<std::size_t>(o[n])};
        }
        auto block = pool_->take((n + 1) * sizeof(Offset));
        auto* out = reinterpret_cast<Offset*>(block.data());
        out[0] = 0;
        for (std::size_t i = 1; i <= n; ++i) out[i] = static_cast<Offset>(o[i] - o[0]);
        put(shared_buffer{std::move(block), (n + 1) * sizeof(Offset)});
        if (n == 0) return {0, 0};
        return {static_cast<std::size_t>(o[0]), static_cast<std::size_t>(o[n])};
    }
    template <class Offset>
    void add_text(const array& a) {
        const auto [first, last] = add_offsets<Offset>(a);
        put(part(a.data(), first, last - first));
    }
    template <class Offset>
    void add_list(const array& a) {
        const auto [first, last] = add_offsets<Offset>(a);
        add(a.children()[0].slice(first, last - first));
    }

    void put(shared_buffer b) {
        if (b.size() != 0 && options_.compression() != compression::none) b = compressed(b);
        places_.push_back({size_, static_cast<std::int64_t>(b.size())});
        if (b.size() == 0) return;
        size_ += static_cast<std::int64_t>((b.size() + 7) / 8 * 8);
        buffers_.push_back(std::move(b));
    }

    /// With its size in front; as it is, and -1 in front, where it would not become smaller.
    shared_buffer compressed(const shared_buffer& b) {
        auto block = pool_->take(sizeof(std::int64_t) + b.size());
        auto plain = static_cast<std::int64_t>(b.size());
        auto out = block.span().subspan(sizeof plain, b.size());
        auto in = std::span{b.data(), b.size()};
        const auto e = make_encoder(options_.compression(), encoder_options{}.level(options_.level()));
        while (!in.empty() && !out.empty()) {
            const auto step = e->encode(in, out);
            in = in.subspan(step.consumed);
            out = out.subspan(step.produced);
        }
        bool whole = false;
        while (!out.empty() && !whole) {
            const auto step = e->finish(out);
            whole = step.produced < out.size();
            out = out.subspan(step.produced);
        }
        auto size = b.size() - out.size();
        if (!whole) {
            plain = -1;
            size = b.size();
            std::memcpy(block.data() + sizeof plain, b.data(), size);
        }
        std::memcpy(block.data(), &plain, sizeof plain);
        return shared_buffer{std::move(block), sizeof plain + size};
    }

    const write_options& options_;
    std::shared_ptr<buffer_pool> pool_;
    std::vector<field_node> nodes_;
    std::vector<buffer_place> places_;
    std::vector<std::int64_t> variadic_;
    std::vector<shared_buffer> buffers_;
    std::int64_t size_ = 0;
};

} // namespace penstock::arrow::detail

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/arrow/detail/message_schema.hpp>
#include <penstock/arrow/detail/schema_plan.hpp>
#include <penstock/arrow/options.hpp>
#include <penstock/codec/codecs.hpp>
#include <penstock/columnar/validate.hpp>

#include <algorithm>
#include <cstring>
#include <string>

namespace penstock::arrow::detail {

/// Arrays from one record batch message: nodes and buffers are taken in the order of the fields, depth first. Nothing is
/// copied but what is compressed. Whether offsets and indices keep to their buffers is for `validate` to see. Throws
/// `error`.
class body_reader {
  public:
    /// `batch`, the body and `dictionaries` must outlive the reader.
    body_reader(const record_batch_table& batch, std::shared_ptr<const pooled_buffer> body, std::size_t body_size,
                bool union_validity, std::map<std::int64_t, dictionary_slot>& dictionaries, buffer_pool& pool,
                const stream_options& options)
        : body_{std::move(body)}, body_size_{body_size}, union_validity_{union_validity}, dictionaries_{dictionaries},
          pool_{pool}, room_{options.max_body_bytes()},
          nodes_{batch.pointer<fb::Vector<const field_node*>>(record_batch_table::nodes)},
          buffers_{batch.pointer<fb::Vector<const buffer_place*>>(record_batch_table::buffers)},
          variadic_{batch.pointer<fb::Vector<std::int64_t>>(record_batch_table::variadic_counts)},
          rows_{number(batch.scalar<std::int64_t>(record_batch_table::length, 0), "the batch's length")} {
        if (const auto* c = batch.pointer<body_compression_table>(record_batch_table::compression)) {
            if (c->scalar<std::int8_t>(body_compression_table::method, 0) != 0)
                malformed("an unknown method of compression");
            switch (c->scalar(body_compression_table::codec, body_codec::lz4_frame)) {
            case body_codec::lz4_frame:
                codec_ = compression::lz4;
                break;
            case body_codec::zstd:
                codec_ = compression::zstd;
                break;
            default:
                malformed("an unknown codec");
            }
        }
    }

    std::size_t rows() const noexcept { return rows_; }
    /// What `read` failed for: a dictionary that has not come.
    bool lacks_dictionary() const noexcept { return lacks_dictionary_; }
    /// Bytes looked at or decompressed so far.
    std::size_t worked() const noexcept { return worked_; }

    array read(const data_type& type, const field_plan& plan) {
        const auto id = type.id();
        const auto& n = next_node();
        const auto size = number(n.length, "a length");
        auto nulls = number(n.null_count, "a null count");
        if (nulls > size) malformed(std::to_string(nulls) + " nulls in " + std::to_string(size) + " values");
        shared_buffer validity, values, data;
        std::vector<shared_buffer> blocks;
        if (id == type_id::null) {
            nulls = size;
        } else if (!is_union(id)) {
            validity = next_buffer(nulls != 0);
        } else if (union_validity_) {
            next_buffer(false);
        }
        if (has_values(id)) values = next_buffer(true);
        if (has_data(id)) data = next_buffer(true);
        if (is_view(id))
            for (auto i = next_variadic(); i-- > 0;) blocks.push_back(next_buffer(true));
        std::vector<array> children;
        if (plan.dictionary)
            children.push_back(dictionary(*plan.dictionary, nulls == size));
        else
            for (std::size_t i = 0; i < type.fields().size(); ++i)
                children.push_back(read(type.fields()[i].type(), plan.children[i]));
        if (children.empty() && blocks.empty())
            return array{type, size, nulls, std::move(validity), std::move(values), std::move(data)};
        return array{type, size, nulls, std::move(validity), std::move(values), std::move(data), std::move(children),
                     std::move(blocks)};
    }

    /// Passes over a column that nobody wants.
    void skip(const data_type& type, const field_plan& plan) {
        const auto id = type.id();
        next_node();
        std::size_t buffers = id == type_id::null ? 0 : is_union(id) ? (union_validity_ ? 1 : 0) : 1;
        buffers += std::size_t{has_values(id)} + std::size_t{has_data(id)} + (is_view(id) ? next_variadic() : 0);
        while (buffers-- > 0) next_buffer(false);
        if (plan.dictionary) return;
        for (std::size_t i = 0; i < type.fields().size(); ++i) skip(type.fields()[i].type(), plan.children[i]);
    }

    /// After the last column.
    void end() const {
        if ((nodes_ && node_ != nodes_->size()) || (buffers_ && buffer_ != buffers_->size()))
            malformed("more arrays or buffers than the schema has");
    }

  private:
    static bool has_values(type_id id) noexcept {
        return id != type_id::null && id != type_id::struct_ && id != type_id::fixed_size_list;
    }
    /// Bytes behind offsets, or the positions of a dense union's values.
    static bool has_data(type_id id) noexcept {
        return ((is_text(id) || is_binary(id)) && !is_view(id) && id != type_id::fixed_size_binary) || id == type_id::dense_union;
    }

    [[noreturn]] static void malformed(std::string message) { throw_failure({errc::malformed_arrow, std::move(message)}); }

    static std::size_t number(std::int64_t n, const char* what) {
        if (n < 0 || static_cast<std::uint64_t>(n) > penstock::detail::most_values)
            malformed(std::string{what} + " of " + std::to_string(n));
        return static_cast<std::size_t>(n);
    }

    const field_node& next_node() {
        if (!nodes_ || node_ == nodes_->size()) malformed("fewer arrays than the schema has");
        return *nodes_->Get(node_++);
    }
    std::size_t next_variadic() {
        if (!variadic_ || count_ == variadic_->size()) malformed("fewer counts of blocks than columns of views");
        const auto n = number(variadic_->Get(count_++), "a count of blocks");
        if (!buffers_ || n > buffers_->size()) malformed("a count of blocks of " + std::to_string(n));
        return n;
    }

    shared_buffer next_buffer(bool wanted) {
        if (!buffers_ || buffer_ == buffers_->size()) malformed("fewer buffers than the schema has");
        const auto& place = *buffers_->Get(buffer_++);
        const auto offset = number(place.offset, "a buffer's offset");
        const auto size = number(place.length, "a buffer's length");
        if (offset > body_size_ || size > body_size_ - offset)
            malformed("a buffer of " + std::to_string(size) + " bytes at " + std::to_string(offset) + " of a body of " +
                      std::to_string(body_size_));
        if (!wanted || size == 0) return {};
        worked_ += size;
        const auto* bytes = body_->data() + offset;
        if (codec_ == compression::none) {
            if (offset % 8 != 0) malformed("a buffer at " + std::to_string(offset) + ", which is no multiple of 8");
            return {body_, bytes, size};
        }
        return decompress({bytes, size}, offset);
    }

    /// The size of what follows in 8 bytes, -1 for what is not compressed.
    shared_buffer decompress(std::span<const std::byte> from, std::size_t offset) {
        std::int64_t plain = 0;
        if (from.size() < sizeof plain) malformed("a compressed buffer of " + std::to_string(from.size()) + " bytes");
        std::memcpy(&plain, from.data(), sizeof plain);
        from = from.subspan(sizeof plain);
        if (plain == -1) {
            if (offset % 8 != 0) malformed("a buffer at " + std::to_string(offset) + ", which is no multiple of 8");
            return {body_, from.data(), from.size()};
        }
        const auto size = number(plain, "the size of a compressed buffer");
        if (size > room_)
            throw_failure({errc::limit_exceeded, "compressed buffers of more bytes than max_body_bytes allows",
                           "raise max_body_bytes if the data is to be trusted"});
        if (size == 0) return {};
        room_ -= size;
        worked_ += size;
        auto block = pool_.take(size);
        inflate(from, block.span().first(size));
        return shared_buffer{std::move(block), size};
    }

    void inflate(std::span<const std::byte> from, std::span<std::byte> into) {
        auto d = make_decoder(codec_);
        d->grant(std::max<std::uint64_t>(decoder::usual_grant, 2 * into.size()));
        std::byte spare;
        for (bool ending = false;;) {
            const bool full = into.empty();
            const auto out = full ? std::span{&spare, 1} : into;
            const auto step = ending ? d->finish(out) : d->decode(from, out);
            if (step.problem) throw_failure({step.code, std::string{"a compressed buffer: "} + step.problem});
            if (step.needs) throw_failure({errc::limit_exceeded, "a compressed buffer needs more memory than it holds"});
            from = from.subspan(step.consumed);
            if (full && step.produced) malformed("a compressed buffer holds more than it says");
            if (!full) into = into.subspan(step.produced);
            if (step.produced || step.consumed) continue;
            if (ending) break;
            ending = true;
        }
        if (!into.empty()) malformed("a compressed buffer holds less than it says");
    }

    /// Where all is null, a dictionary need not have come.
    array dictionary(std::int64_t id, bool all_null) {
        const auto& slot = dictionaries_.at(id);
        if (slot.values) return *slot.values;
        lacks_dictionary_ = !all_null;
        if (lacks_dictionary_) malformed("dictionary " + std::to_string(id) + " has not come before it is used");
        return array{slot.type};
    }

    std::shared_ptr<const pooled_buffer> body_;
    std::size_t body_size_;
    bool union_validity_;
    std::map<std::int64_t, dictionary_slot>& dictionaries_;
    buffer_pool& pool_;
    std::size_t room_;
    const fb::Vector<const field_node*>* nodes_;
    const fb::Vector<const buffer_place*>* buffers_;
    const fb::Vector<std::int64_t>* variadic_;
    std::size_t rows_;
    compression codec_ = compression::none;
    fb::uoffset_t node_ = 0, buffer_ = 0, count_ = 0;
    std::size_t worked_ = 0;
    bool lacks_dictionary_ = false;
};

} // namespace penstock::arrow::detail

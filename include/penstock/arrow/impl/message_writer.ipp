// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/arrow/detail/message_writer.hpp>

#include <penstock/arrow/detail/body_writer.hpp>
#include <penstock/arrow/detail/schema_encoder.hpp>

#include <deque>
#include <utility>

namespace penstock::arrow::detail {

/// The same buffers: an array that was written before is known without being looked at.
inline bool same_memory(const array& a, const array& b) noexcept {
    if (a.size() != b.size() || a.offset() != b.offset() || a.validity().data() != b.validity().data() ||
        a.values().data() != b.values().data() || a.data().data() != b.data().data() ||
        a.children().size() != b.children().size() || a.blocks().size() != b.blocks().size())
        return false;
    for (std::size_t i = 0; i < a.children().size(); ++i)
        if (!same_memory(a.children()[i], b.children()[i])) return false;
    for (std::size_t i = 0; i < a.blocks().size(); ++i)
        if (a.blocks()[i].data() != b.blocks()[i].data()) return false;
    return true;
}

inline bool has_dictionary(const data_type& t) noexcept {
    if (t.id() == type_id::dictionary) return true;
    for (const auto& f : t.fields())
        if (has_dictionary(f.type())) return true;
    return false;
}

/// With the marker and its length in front, padded so that the body begins at a multiple of 8.
inline std::string framed(const fb::FlatBufferBuilder& b) {
    const auto size = (b.GetSize() + 7) / 8 * 8;
    std::string out(end_marker, 4);
    const auto length = static_cast<std::uint32_t>(size);
    out.append(reinterpret_cast<const char*>(&length), sizeof length);
    out.append(reinterpret_cast<const char*>(b.GetBufferPointer()), b.GetSize());
    out.resize(8 + size);
    return out;
}

inline std::string finish_message(fb::FlatBufferBuilder& b, header_kind kind, any_offset header, std::int64_t body_size,
                                  const key_value_metadata& metadata) {
    const auto entries = encode(b, metadata);
    b.Finish(table_builder{b}
                 .scalar(message_table::version, metadata_version::v5)
                 .scalar(message_table::kind, kind)
                 .offset(message_table::header, header)
                 .scalar(message_table::body_length, body_size)
                 .offset(message_table::metadata, entries)
                 .end<message_table>());
    return framed(b);
}

struct message_writer::impl {
    struct job {
        array values;
        std::optional<std::int64_t> dictionary; // none: the batch itself, of which `values` is nothing
        bool delta = false;
    };

    impl(std::shared_ptr<const penstock::schema> s, write_options o) : schema{std::move(s)}, options{std::move(o)} {
        if (!options.pool()) options.pool(buffer_pool::create());
        if (options.compression() != compression::none && options.compression() != compression::lz4 &&
            options.compression() != compression::zstd)
            throw_failure({errc::invalid_option, "Arrow's messages are compressed by lz4 or zstd, not by " +
                                                     std::string{to_string(options.compression())}});
        if (options.compression() != compression::none) // what cannot be done is said before anything is written
            make_encoder(options.compression(), encoder_options{}.level(options.level()));
    }

    fb::Offset<record_batch_table> batch_table(fb::FlatBufferBuilder& b, const body_writer& body, std::size_t rows) {
        const auto nodes = b.CreateVectorOfStructs(body.nodes());
        const auto places = b.CreateVectorOfStructs(body.places());
        fb::Offset<body_compression_table> compressed;
        if (options.compression() != compression::none)
            compressed = table_builder{b}
                             .scalar(body_compression_table::codec,
                                     options.compression() == compression::lz4 ? body_codec::lz4_frame : body_codec::zstd)
                             .end<body_compression_table>();
        fb::Offset<fb::Vector<std::int64_t>> variadic;
        if (!body.variadic().empty()) variadic = b.CreateVector(body.variadic());
        return table_builder{b}
            .scalar(record_batch_table::length, static_cast<std::int64_t>(rows))
            .offset(record_batch_table::nodes, nodes)
            .offset(record_batch_table::buffers, places)
            .offset(record_batch_table::compression, compressed)
            .offset(record_batch_table::variadic_counts, variadic)
            .end<record_batch_table>();
    }

    /// Queues the dictionaries that the reader does not have, inner ones first. Whether there was one.
    bool queue_dictionaries(const array& a, std::int64_t& next_id) {
        const auto& t = a.type();
        if (!has_dictionary(t)) return false;
        bool changed = false;
        if (t.id() != type_id::dictionary) {
            for (const auto& c : a.children()) changed |= queue_dictionaries(c, next_id);
            return changed;
        }
        const auto& values = a.dictionary();
        for (const auto& c : values.children()) changed |= queue_dictionaries(c, next_id);
        const auto id = next_id++;
        if (static_cast<std::size_t>(id) == written.size()) written.emplace_back();
        auto& last = written[static_cast<std::size_t>(id)];
        if (!changed && last && (same_memory(*last, values) || *last == values)) return false;
        const auto known = last ? last->size() : 0;
        const bool delta = options.dictionary_deltas() && !changed && last && known < values.size() &&
                           values.slice(0, known) == *last;
        jobs.push_back({delta ? values.slice(known, values.size() - known) : values, id, delta});
        last = values;
        return true;
    }

    message dictionary_message(const job& j) {
        body_writer body{options, options.pool()};
        body.add(j.values);
        fb::FlatBufferBuilder b;
        const auto data = batch_table(b, body, j.values.size());
        const auto header = table_builder{b}
                                .scalar(dictionary_batch_table::id, *j.dictionary)
                                .offset(dictionary_batch_table::data, data)
                                .scalar(dictionary_batch_table::is_delta, std::uint8_t{j.delta})
                                .end();
        return {finish_message(b, header_kind::dictionary_batch, header, body.size(), {}), std::move(body.buffers())};
    }
    message batch_message() {
        body_writer body{options, options.pool()};
        for (std::size_t i = 0; i < batch.num_columns(); ++i) body.add(batch[i]);
        fb::FlatBufferBuilder b;
        const any_offset header{batch_table(b, body, batch.num_rows()).o};
        return {finish_message(b, header_kind::record_batch, header, body.size(), metadata), std::move(body.buffers())};
    }

    std::shared_ptr<const penstock::schema> schema;
    write_options options;
    std::vector<std::optional<array>> written; // dictionaries, by id
    std::deque<job> jobs;
    record_batch batch;
    key_value_metadata metadata;
};

PENSTOCK_DECL message_writer::message_writer(std::shared_ptr<const schema> s, write_options options)
    : impl_{std::make_unique<impl>(std::move(s), std::move(options))} {}
PENSTOCK_DECL message_writer::~message_writer() = default;

PENSTOCK_DECL message message_writer::schema_message() {
    fb::FlatBufferBuilder b;
    const any_offset header{schema_encoder{b}.write(*impl_->schema).o};
    return {finish_message(b, header_kind::schema, header, 0, {}), {}};
}

PENSTOCK_DECL void message_writer::begin(record_batch batch, key_value_metadata metadata) {
    std::int64_t next_id = 0;
    for (std::size_t i = 0; i < batch.num_columns(); ++i) impl_->queue_dictionaries(batch[i], next_id);
    impl_->jobs.push_back({array{data_type::null()}, std::nullopt, false});
    impl_->batch = std::move(batch);
    impl_->metadata = std::move(metadata);
}

PENSTOCK_DECL std::optional<message> message_writer::next() {
    auto& s = *impl_;
    if (s.jobs.empty()) {
        s.batch = record_batch{};
        return std::nullopt;
    }
    const auto j = std::move(s.jobs.front());
    s.jobs.pop_front();
    return j.dictionary ? s.dictionary_message(j) : s.batch_message();
}

} // namespace penstock::arrow::detail

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/arrow/detail/stream_core.hpp>

#include <penstock/arrow/detail/body_reader.hpp>
#include <penstock/arrow/detail/schema_decoder.hpp>
#include <penstock/columnar/array_builder.hpp>
#include <penstock/columnar/cast.hpp>
#include <penstock/format/detail/batch_shape.hpp>
#include <penstock/format/detail/schema_match.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <deque>
#include <limits>
#include <tuple>
#include <vector>

namespace penstock::arrow::detail {

static_assert(std::endian::native == std::endian::little, "Arrow data is read and written in place: little-endian only");

struct stream_core::impl {
    /// What is being gathered.
    enum class part {
        word,     // the marker of a message, or the length in front of it in the oldest streams
        length,   // of the metadata, behind the marker
        magic,    // the second half of "ARROW1\0\0"
        bare,     // a schema without marker and length, at the beginning of files by polars
        metadata, // a message
        body,
        tail, // behind the end of the stream: nothing, or a file's footer
        done,
    };

    /// The message of a batch in a file whose dictionaries are yet to come.
    struct held_batch {
        pooled_buffer metadata;
        std::shared_ptr<const pooled_buffer> body;
        std::size_t body_size;
        bool union_validity;
        std::uint64_t start;
    };

    impl(stream_options o, std::string n, std::optional<std::uint64_t> t)
        : options{std::move(o)}, pool{options.common().pool}, name{std::move(n)}, total{t} {
        if (!pool) pool = buffer_pool::create();
        shape.emplace(options.common(), pool);
        gather(part::word, head.data(), 4);
    }

    // input

    void gather(part p, std::byte* into, std::size_t size) noexcept {
        state = p;
        target = into;
        wanted = size;
        got = 0;
    }
    std::uint64_t offset() const noexcept { return received; }

    // errors

    [[noreturn]] void fail(errc code, std::string message, std::string hint = {}) const {
        throw_failure(failure{code, std::move(message), std::move(hint)});
    }
    [[noreturn]] void malformed(std::string message) const { fail(errc::malformed_arrow, std::move(message)); }

    failure located(const failure& f) const {
        return f.with([this](error_detail& d) {
            if (d.operation.empty()) d.operation = "read arrow";
            if (d.object.empty()) d.object = name;
            if (!d.byte_offset) d.byte_offset = message_start;
        });
    }
    /// The input ends inside of something.
    [[noreturn]] void cut() {
        message_start = received;
        if (received == 0) fail(errc::malformed_arrow, "no bytes at all: an Arrow stream begins with its schema");
        malformed("the data ends in the middle of a message");
    }

    // the steps

    std::uint32_t word() const noexcept {
        std::uint32_t n;
        std::memcpy(&n, head.data(), 4);
        return n;
    }

    /// All of the current part is there.
    void step() {
        switch (state) {
        case part::word:
            message_start = received - 4;
            if (word() == 0xffffffff) return gather(part::length, head.data(), 4);
            if (received == 4 && std::memcmp(head.data(), "ARRO", 4) == 0)
                return gather(part::magic, head.data(), 4);
            if (file && !plan.schema && word() != 0) return begin_bare();
            return begin_message();
        case part::magic:
            if (std::memcmp(head.data(), "W1\0\0", 4) != 0) not_arrow();
            file = true;
            return gather(part::word, head.data(), 4);
        case part::bare:
            return read_bare();
        case part::length:
            return begin_message();
        case part::metadata:
            return read_metadata();
        case part::body:
            return read_body();
        case part::tail:
            return read_tail();
        case part::done:
            return;
        }
    }

    [[noreturn]] void not_arrow() const {
        fail(errc::malformed_arrow, "this is no Arrow stream", "Arrow streams begin with FF FF FF FF, files with ARROW1");
    }

    /// The schema as a flatbuffer of a length that nothing tells: up to the first marker behind which it is whole.
    void begin_bare() {
        bare.assign(head.begin(), head.end());
        gather(part::bare, scratch.data(), 4); // then by 8, so that each piece may be the beginning of a message
        bare_tries = 64;
    }
    void read_bare() {
        bare.insert(bare.end(), scratch.begin(), scratch.begin() + static_cast<std::ptrdiff_t>(wanted));
        if (bare.size() > options.max_metadata_bytes())
            fail(errc::limit_exceeded, "a schema of more than " + std::to_string(options.max_metadata_bytes()) + " bytes",
                 "raise max_metadata_bytes if the data is to be trusted");
        std::uint32_t marker = 0;
        if (bare.size() > 8) std::memcpy(&marker, bare.data() + bare.size() - 8, 4);
        if (marker == 0xffffffff) {
            const auto size = bare.size() - 8;
            metadata_block = pool->take(size);
            std::memcpy(metadata_block.data(), bare.data(), size);
            if (verify_metadata(size)) {
                std::array<std::byte, 4> length;
                std::copy_n(bare.end() - 4, 4, length.begin());
                bare = {};
                read_message();
                head = length;
                message_start = received - 8;
                return begin_message();
            }
            if (--bare_tries == 0) malformed("the file does not begin with a schema");
        }
        gather(part::bare, scratch.data(), 8);
    }

    void begin_message() {
        const auto size = word();
        if (size == 0) return end_stream();
        if (size > 0x7fffffff || (!plan.schema && size > options.max_metadata_bytes() && state == part::word)) not_arrow();
        if (size > options.max_metadata_bytes())
            fail(errc::limit_exceeded, "a message with " + std::to_string(size) + " bytes of metadata",
                 "raise max_metadata_bytes if the data is to be trusted");
        check_room(size);
        metadata_block = pool->take(size);
        gather(part::metadata, metadata_block.data(), size);
    }

    void check_room(std::uint64_t size) const {
        if (total && (received > *total || size > *total - received))
            malformed(std::to_string(size) + " bytes are to follow, the data has " + std::to_string(*total - std::min(received, *total)) +
                      " more: it was cut off");
    }

    void end_stream() {
        message_start = received;
        if (!plan.schema) malformed("the stream ends before its schema");
        gather(part::tail, scratch.data(), file ? scratch.size() : 1);
    }

    /// Files: the footer, its length and the magic. Streams: nothing.
    void read_tail() {
        if (!file) malformed("bytes behind the end of the stream");
        keep_tail(got);
        gather(part::tail, scratch.data(), scratch.size());
    }
    void keep_tail(std::size_t n) {
        footer += n;
        last.append(reinterpret_cast<const char*>(scratch.data()), n);
        if (last.size() > 10) last.erase(0, last.size() - 10);
    }
    void end_tail() {
        if (file) {
            keep_tail(got);
            message_start = received;
            std::uint32_t size = 0;
            if (last.size() == 10) std::memcpy(&size, last.data(), 4);
            if (last.size() != 10 || last.substr(4) != "ARROW1" || std::uint64_t{size} + 10 != footer)
                malformed("the file does not end with a footer and ARROW1: it was cut off");
        }
        state = part::done;
    }

    bool verify_metadata(std::size_t size) const {
        fb::Verifier::Options limits;
        limits.max_depth = static_cast<fb::uoffset_t>(penstock::detail::deepest_type) + 4;
        fb::Verifier v{reinterpret_cast<const std::uint8_t*>(metadata_block.data()), size, limits};
        return v.VerifyBuffer<message_table>(nullptr);
    }
    void read_metadata() {
        if (!verify_metadata(wanted)) {
            if (!plan.schema && message_start == 0) not_arrow();
            malformed("the metadata of a message is no flatbuffer of its schema");
        }
        read_message();
    }
    void read_message() {
        message = fb::GetRoot<message_table>(metadata_block.data());
        const auto version = message->scalar(message_table::version, metadata_version::v1);
        if (version != metadata_version::v4 && version != metadata_version::v5)
            fail(errc::unsupported, "metadata of version " + std::to_string(static_cast<int>(version) + 1),
                 "version 5, and 4 before it, are what Arrow has written since 2017");
        union_validity = version == metadata_version::v4;
        const auto size = message->scalar<std::int64_t>(message_table::body_length, 0);
        if (size < 0) malformed("a body of " + std::to_string(size) + " bytes");
        body_size = static_cast<std::size_t>(size);
        if (body_size > options.max_body_bytes())
            fail(errc::limit_exceeded, "a message with a body of " + std::to_string(size) + " bytes",
                 "raise max_body_bytes if the data is to be trusted");
        check_room(body_size);
        body.reset();
        if (body_size == 0) return read_body();
        auto block = pool->take(body_size); // where it is refused, the metadata is read once more
        auto* data = block.data();
        body = std::make_shared<const pooled_buffer>(std::move(block));
        gather(part::body, data, body_size);
    }

    void read_body() {
        const auto before = std::tuple{state, target, wanted, got};
        try {
            read_header();
        } catch (const penstock::error& e) {
            if (e.code() == errc::budget_exceeded) std::tie(state, target, wanted, got) = before; // to be tried again
            throw;
        }
    }
    void read_header() {
        text_allowance text{options.max_metadata_bytes()};
        gather(part::word, head.data(), 4);
        switch (message->scalar(message_table::kind, header_kind::none)) {
        case header_kind::schema:
            return read_schema(text);
        case header_kind::dictionary_batch:
            return read_dictionary();
        case header_kind::record_batch:
            need_schema();
            return held.empty() ? begin_batch(text) : hold();
        default:
            fail(errc::unsupported, "a message that is no schema, dictionary or record batch",
                 "tensors are no part of a stream of batches");
        }
    }

    template <class T>
    const T& header() const {
        const auto* h = message->pointer<T>(message_table::header);
        if (!h) malformed("a message without its header");
        return *h;
    }

    void read_schema(text_allowance& text) {
        if (plan.schema) malformed("a second schema");
        schema_plan made;
        schema_decoder{text, made}.read(header<schema_table>());
        const auto& common = options.common();
        matched = penstock::detail::match_columns(common, *made.schema, missing_columns::fail, "read arrow", name).value();
        read_as.assign(made.schema->size(), nullptr);
        std::vector<field> fields;
        for (const auto& m : matched) {
            fields.push_back(m.wanted);
            if (!m.source) continue;
            const auto& found = (*made.schema)[*m.source];
            if (!can_cast(found.type(), m.wanted.type()))
                fail(errc::type_mismatch,
                     "column \"" + printable(found.name(), 64) + "\" is " + found.type().name() + ", the given schema has " +
                         m.wanted.type().name() + ", which cannot hold all of its values",
                     "give the column the type that it has, or a wider one");
            read_as[*m.source] = &m.wanted;
        }
        plan = std::move(made);
        chosen = make_schema(std::move(fields), common.schema ? common.schema->metadata() : plan.schema->metadata());
        shown = shape->begin(chosen).value();
    }

    body_reader reader(const record_batch_table& batch) {
        return body_reader{batch, body, body_size, union_validity, plan.dictionaries, *pool, options};
    }
    void need_schema() const {
        if (!plan.schema) malformed("a batch before the schema");
    }

    void check(const array& a, const std::string& column) const {
        auto r = penstock::detail::validate_but_dictionaries(a, options.validate());
        if (r) return;
        throw_failure(r.error().with([&](error_detail& d) { d.message = column + ": " + d.message; }));
    }

    void read_dictionary() {
        need_schema();
        const auto& d = header<dictionary_batch_table>();
        const auto id = d.scalar<std::int64_t>(dictionary_batch_table::id, 0);
        const auto at = plan.dictionaries.find(id);
        if (at == plan.dictionaries.end()) malformed("dictionary " + std::to_string(id) + " is of no column");
        const auto* data = d.pointer<record_batch_table>(dictionary_batch_table::data);
        if (!data) malformed("a dictionary without values");
        auto& slot = at->second;
        auto in = reader(*data);
        auto values = in.read(slot.type, slot.plan);
        in.end();
        if (values.size() != in.rows()) malformed("a dictionary of another length than its message says");
        check(values, "dictionary " + std::to_string(id));
        if (d.flag(dictionary_batch_table::is_delta) && slot.values) {
            if (slot.values->value_bytes() + values.value_bytes() > options.max_body_bytes())
                fail(errc::limit_exceeded, "dictionary " + std::to_string(id) + " grows beyond max_body_bytes");
            const std::array both{*slot.values, std::move(values)};
            values = concatenate(both, pool);
        }
        slot.values = std::move(values);
        release_message();
        worked += in.worked();
    }

    void begin_batch(text_allowance& text) {
        batch_metadata = text.copy(message->tables<key_value_table>(message_table::metadata));
        columns.clear();
        batch_in.emplace(reader(header<record_batch_table>()));
        if (batch_in->rows() > most_rows) // which columns of no width would have for nothing
            fail(errc::limit_exceeded, "a batch of " + std::to_string(batch_in->rows()) + " rows",
                 "write batches of fewer than 2^31 rows");
    }

    void hold() {
        held_bytes += metadata_block.size() + body_size;
        if (held_bytes > options.max_held_bytes())
            fail(errc::limit_exceeded,
                 "dictionaries lie behind the batches that use them, and more than " + std::to_string(options.max_held_bytes()) +
                     " bytes of batches would have to be held until those come",
                 "write it as a stream, or raise max_held_bytes");
        held.push_back({std::move(metadata_block), std::move(body), body_size, union_validity, message_start});
        release_message();
    }
    /// Behind the last message, all dictionaries are there.
    void begin_held() {
        auto& next = held.front();
        metadata_block = std::move(next.metadata);
        body = std::move(next.body);
        body_size = next.body_size;
        union_validity = next.union_validity;
        message_start = next.start;
        held.pop_front();
        message = fb::GetRoot<message_table>(metadata_block.data());
        text_allowance text{options.max_metadata_bytes()};
        begin_batch(text);
    }

    /// One column more; all of them make a batch.
    void read_column() {
        const auto i = columns.size();
        if (i == plan.schema->size()) return end_batch();
        const auto before = batch_in->worked();
        const auto& f = (*plan.schema)[i];
        const auto column = [&] { return "column \"" + printable(f.name(), 64) + '"'; };
        if (read_as[i]) {
            const auto in_column = [&](const failure& why) {
                return why.with([&](error_detail& d) { d.message = column() + ": " + d.message; });
            };
            try {
                columns.push_back(batch_in->read(f.type(), plan.columns[i]));
            } catch (const penstock::error& e) {
                if (file && state == part::word && batch_in->lacks_dictionary()) return hold();
                throw_failure(in_column(e.as_failure()));
            }
            if (columns.back().size() != batch_in->rows())
                malformed(column() + " has " + std::to_string(columns.back().size()) + " values, the batch has " +
                          std::to_string(batch_in->rows()) + " rows");
            check(columns.back(), column());
            if (!read_as[i]->nullable() && f.nullable() && columns.back().null_count() != 0)
                fail(errc::type_mismatch, column() + " has nulls, which the given schema does not allow",
                     "make the field nullable in the schema");
            if (read_as[i]->type() == f.type()) return count_work(before);
            auto cast_to = cast(columns.back(), read_as[i]->type(), pool);
            if (!cast_to) throw_failure(in_column(cast_to.error()));
            columns.back() = std::move(*cast_to);
        } else {
            batch_in->skip(f.type(), plan.columns[i]);
            columns.emplace_back(f.type());
        }
        count_work(before);
    }
    void count_work(std::size_t before) noexcept { worked += batch_in->worked() - before; }

    void end_batch() {
        batch_in->end();
        const auto rows = batch_in->rows();
        std::vector<array> ordered;
        ordered.reserve(matched.size());
        for (const auto& m : matched)
            ordered.push_back(m.source ? columns[*m.source] : cast(array::nulls(rows), m.wanted.type(), pool).value());
        batch = record_batch{chosen, std::move(ordered), rows};
        columns.clear();
        given = 0;
        release_message();
    }
    void release_message() noexcept {
        batch_in.reset();
        body.reset();
        message = nullptr;
        metadata_block = {};
    }

    status run(bool only_schema) {
        for (;;) {
            if (only_schema && shown) return status::schema_known;
            if (shown && shape->room() == 0) return status::end;
            if (given < batch.num_rows()) {
                shape->reserve(next_rows());
                return status::batch;
            }
            if (worked >= slice) {
                worked = 0;
                return status::pause;
            }
            if (batch_in) {
                read_column();
            } else if (state == part::tail && !held.empty()) {
                begin_held();
            } else if (state == part::done) {
                return status::end;
            } else if (got == wanted) {
                step();
            } else if (failed_input && !has_failed) {
                throw_failure(*failed_input);
            } else if (!at_end) {
                return status::need_input;
            } else if (state == part::tail) {
                end_tail();
            } else if (state == part::word && got == 0 && plan.schema && !file) {
                state = part::done; // the end may be told by the end of the data alone
            } else {
                cut();
            }
        }
    }

    /// How many rows of the batch are given next.
    std::size_t next_rows() const noexcept {
        const auto most = std::min<std::uint64_t>(options.common().batch_rows, shape->room());
        return static_cast<std::size_t>(std::min<std::uint64_t>(most, batch.num_rows() - given));
    }

    /// Memory was refused: what was begun is begun anew.
    void start_again() {
        if (!batch_in) return;
        columns.clear();
        batch_in.emplace(reader(header<record_batch_table>()));
    }

    static constexpr std::size_t most_rows = 0x7fffffff;
    /// Work between two pauses, in bytes.
    static constexpr std::size_t slice = std::size_t{1} << 20;

    stream_options options;
    std::shared_ptr<buffer_pool> pool;
    std::string name;
    std::optional<std::uint64_t> total;

    part state = part::word;
    std::byte* target = nullptr;
    std::size_t wanted = 0, got = 0;
    std::uint64_t received = 0, message_start = 0;
    bool at_end = false, file = false;
    std::array<std::byte, 4> head{};
    std::array<std::byte, 4096> scratch{};
    std::vector<std::byte> bare;
    int bare_tries = 0;
    std::string last; // of a file
    std::uint64_t footer = 0;

    pooled_buffer metadata_block;
    const message_table* message = nullptr; // in it
    bool union_validity = false;
    std::shared_ptr<const pooled_buffer> body;
    std::size_t body_size = 0;

    schema_plan plan;
    std::shared_ptr<const penstock::schema> chosen; // of the columns that are wanted
    std::shared_ptr<const penstock::schema> shown; // with those that options add
    std::optional<penstock::detail::batch_shape> shape;
    std::vector<penstock::detail::matched_column> matched; // those of `chosen`
    std::vector<const field*> read_as;                     // what the stream's columns are to be; null: not wanted

    std::deque<held_batch> held;
    std::uint64_t held_bytes = 0;

    std::optional<body_reader> batch_in; // being read
    std::vector<array> columns;
    record_batch batch;
    std::size_t given = 0; // rows of it
    key_value_metadata batch_metadata;
    std::size_t worked = 0;

    std::optional<failure> failed_input;
    failure problem;
    bool has_failed = false;
};

PENSTOCK_DECL stream_core::stream_core(stream_options options, std::string name, std::optional<std::uint64_t> total)
    : impl_{std::make_unique<impl>(std::move(options), std::move(name), total)} {
    impl_->options.common().check().value();
}
PENSTOCK_DECL stream_core::~stream_core() = default;

PENSTOCK_DECL std::span<std::byte> stream_core::room() noexcept {
    return {impl_->target + impl_->got, impl_->wanted - impl_->got};
}
PENSTOCK_DECL void stream_core::filled(std::size_t n) noexcept {
    impl_->got += n;
    impl_->received += n;
}
PENSTOCK_DECL void stream_core::ended() noexcept { impl_->at_end = true; }
PENSTOCK_DECL void stream_core::input_failed(failure f) { impl_->failed_input = std::move(f); }

PENSTOCK_DECL stream_core::status stream_core::advance(bool only_schema) {
    auto& s = *impl_;
    if (s.has_failed) return status::failed;
    try {
        return s.run(only_schema);
    } catch (const penstock::error& e) {
        s.problem = s.failed_input ? e.as_failure() : s.located(e.as_failure());
        if (e.code() == errc::budget_exceeded && !s.failed_input) {
            s.start_again();
            return status::failed;
        }
        s.has_failed = true;
        s.release_message();
        s.held.clear();
        return status::failed;
    }
}

PENSTOCK_DECL const std::shared_ptr<const penstock::schema>& stream_core::schema() const noexcept { return impl_->shown; }

PENSTOCK_DECL record_batch stream_core::take() {
    auto& s = *impl_;
    const auto rows = s.next_rows();
    std::vector<array> columns;
    for (std::size_t i = 0; i < s.batch.num_columns(); ++i)
        columns.push_back(rows == s.batch.num_rows() ? s.batch[i] : s.batch[i].slice(s.given, rows));
    s.shape->good(rows);
    s.given += rows;
    if (s.given == s.batch.num_rows() || s.shape->room() == 0) {
        s.batch = record_batch{};
        s.given = 0;
    }
    return s.shape->finish(std::move(columns));
}
PENSTOCK_DECL read_statistics stream_core::statistics() const {
    auto out = impl_->shape->statistics();
    out.bytes = impl_->received;
    return out;
}
PENSTOCK_DECL const key_value_metadata& stream_core::metadata() const noexcept { return impl_->batch_metadata; }
PENSTOCK_DECL const failure& stream_core::error() const noexcept { return impl_->problem; }

} // namespace penstock::arrow::detail

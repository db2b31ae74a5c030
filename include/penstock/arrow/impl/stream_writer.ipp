// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/arrow/stream_writer.hpp>

#include <penstock/arrow/detail/message_writer.hpp>
#include <penstock/core/detail/yield.hpp>

#include <optional>
#include <utility>

namespace penstock::arrow {

struct stream_writer::impl {
    /// What is smaller is gathered before it is written.
    static constexpr std::size_t small = std::size_t{64} << 10;

    impl(std::unique_ptr<byte_sink> s, write_options o, std::shared_ptr<const penstock::schema> schema_)
        : sink{std::move(s)}, options{std::move(o)}, schema{std::move(schema_)} {}

    [[noreturn]] void fail(errc code, std::string message) const {
        error_detail d;
        d.operation = "write arrow";
        d.object = sink->name();
        d.message = std::move(message);
        throw_failure(failure{code, std::move(d)});
    }

    /// Stays closed unless a write comes to its end: a stream that lacks batches must not be committed.
    void enter() {
        if (std::exchange(open, false)) return;
        fail(errc::closed, "the writer was closed, or an earlier call failed");
    }

    /// False: the schema has been written before.
    bool begin(const std::shared_ptr<const penstock::schema>& s) {
        if (schema && s != schema && *s != *schema)
            fail(errc::invalid_option, "a batch has another schema than the first one: " + s->column_list());
        if (messages) return false;
        if (!schema) schema = s;
        messages.emplace(schema, options);
        return true;
    }

    awaitable<void> flush() {
        if (gathered.empty()) co_return;
        co_await sink->write(as_bytes(gathered));
        gathered.clear();
    }

    awaitable<void> put(detail::message m) {
        gathered += m.head;
        for (const auto& b : m.body) {
            const std::span<const std::byte> bytes{b.data(), b.size()};
            if (bytes.size() < small) {
                gathered += as_text(bytes);
            } else {
                co_await flush();
                co_await sink->write(bytes);
            }
            gathered.append((8 - b.size() % 8) % 8, '\0');
            if (gathered.size() >= small) co_await flush();
        }
    }

    std::unique_ptr<byte_sink> sink;
    write_options options;
    std::shared_ptr<const penstock::schema> schema;
    std::optional<detail::message_writer> messages;
    std::string gathered;
    bool open = true;
};

PENSTOCK_DECL stream_writer::stream_writer(std::unique_ptr<byte_sink> sink, write_options options,
                                           std::shared_ptr<const penstock::schema> schema)
    : impl_{std::make_unique<impl>(std::move(sink), std::move(options), std::move(schema))} {}
PENSTOCK_DECL stream_writer::stream_writer(stream_writer&&) noexcept = default;
PENSTOCK_DECL stream_writer& stream_writer::operator=(stream_writer&&) noexcept = default;
PENSTOCK_DECL stream_writer::~stream_writer() = default;

PENSTOCK_DECL awaitable<void> stream_writer::write(record_batch batch) {
    return write(std::move(batch), key_value_metadata{});
}

PENSTOCK_DECL awaitable<void> stream_writer::write(record_batch batch, key_value_metadata metadata) {
    auto& s = *impl_;
    s.enter();
    if (s.begin(batch.shared_schema())) {
        auto first = s.messages->schema_message();
        co_await s.put(std::move(first));
    }
    if (batch.num_rows() != 0) {
        s.messages->begin(std::move(batch), std::move(metadata));
        for (auto m = s.messages->next(); m; m = s.messages->next()) {
            co_await s.put(std::move(*m));
            co_await penstock::detail::yield();
        }
    }
    s.open = true;
}

PENSTOCK_DECL awaitable<void> stream_writer::close() {
    auto& s = *impl_;
    s.enter();
    if (!s.messages) {
        const auto schema = s.schema ? s.schema : std::make_shared<const penstock::schema>();
        s.begin(schema);
        auto first = s.messages->schema_message();
        co_await s.put(std::move(first));
    }
    s.gathered.append(detail::end_marker, 8);
    co_await s.flush();
    co_await s.sink->commit();
}

} // namespace penstock::arrow

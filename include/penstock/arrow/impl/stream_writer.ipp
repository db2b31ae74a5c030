// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/arrow/stream_writer.hpp>

#include <penstock/arrow/detail/message_writer.hpp>
#include <penstock/core/detail/yield.hpp>
#include <penstock/format/detail/with_object.hpp>
#include <penstock/format/detail/written_schema.hpp>

#include <optional>
#include <utility>

namespace penstock::arrow {

struct stream_writer::impl {
    /// What is smaller is gathered before it is written.
    static constexpr std::size_t small = std::size_t{64} << 10;

    static constexpr const char* operation = "write arrow";

    impl(std::unique_ptr<byte_sink> s, write_options o, const std::shared_ptr<const penstock::schema>& schema)
        : sink{std::move(s)}, options{std::move(o)} {
        if (schema) begin(schema);
    }

    /// Stays closed unless a write comes to its end: a stream that lacks batches must not be committed.
    void enter() {
        if (std::exchange(open, false)) return;
        penstock::detail::with_object(*sink, [] {
            penstock::detail::refuse_to_write(operation, errc::closed, "the writer was closed, or an earlier call failed");
        });
    }

    void begin(const std::shared_ptr<const penstock::schema>& s) {
        penstock::detail::with_object(*sink, [&] {
            written.take(s, operation, [&](const penstock::schema&) {
                messages.emplace(s, options);
                head = messages->schema_message();
            });
        });
    }

    /// What stands in front of the batches, once.
    awaitable<void> put_head() {
        if (!head) co_return;
        auto first = std::move(*head);
        head.reset();
        co_await put(std::move(first));
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
    penstock::detail::written_schema written;
    std::optional<detail::message_writer> messages;
    std::optional<detail::message> head; // the schema, not yet written
    std::string gathered;
    bool open = true;
};

PENSTOCK_DECL stream_writer::stream_writer(std::unique_ptr<byte_sink> sink, write_options options,
                                           std::shared_ptr<const penstock::schema> schema)
    : impl_{std::make_unique<impl>(std::move(sink), std::move(options), schema)} {}
PENSTOCK_DECL stream_writer::stream_writer(stream_writer&&) noexcept = default;
PENSTOCK_DECL stream_writer& stream_writer::operator=(stream_writer&&) noexcept = default;
PENSTOCK_DECL stream_writer::~stream_writer() = default;

PENSTOCK_DECL awaitable<void> stream_writer::write(record_batch batch) {
    return write(std::move(batch), key_value_metadata{});
}

PENSTOCK_DECL awaitable<void> stream_writer::write(record_batch batch, key_value_metadata metadata) {
    auto& s = *impl_;
    s.enter();
    s.begin(batch.shared_schema());
    co_await s.put_head();
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
    if (!s.written) s.begin(std::make_shared<const penstock::schema>());
    co_await s.put_head();
    s.gathered.append(detail::end_marker, 8);
    co_await s.flush();
    co_await s.sink->commit();
}

} // namespace penstock::arrow

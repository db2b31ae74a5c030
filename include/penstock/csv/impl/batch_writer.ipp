// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/csv/batch_writer.hpp>

#include <penstock/core/detail/yield.hpp>
#include <penstock/format/detail/with_object.hpp>

#include <string>
#include <utility>

namespace penstock::csv {

struct batch_writer::state {
    static constexpr std::size_t block = std::size_t{256} << 10;

    state(std::unique_ptr<byte_sink> s, write_options o)
        : sink{std::move(s)}, format{penstock::detail::with_object(*sink, [&] { return formatter{std::move(o)}; })} {}

    failure fail(errc code, std::string message) const {
        error_detail d;
        d.operation = "write csv";
        d.object = sink->name();
        d.message = std::move(message);
        return failure{code, std::move(d)};
    }

    /// Stays closed unless all goes well: what was half written must not be committed.
    void enter() {
        if (!std::exchange(open, false)) throw_failure(fail(errc::closed, "the writer was closed, or an earlier call failed"));
    }

    /// Takes the schema of the first batch, or refuses another one.
    void begin(const std::shared_ptr<const penstock::schema>& s) {
        if (!schema) {
            schema = s;
            penstock::detail::with_object(*sink, [&] { format.append_header(pending, *schema); });
        } else if (schema != s && *schema != *s) {
            throw_failure(fail(errc::invalid_option, "a batch has the columns " + s->column_list() +
                                                         ", the first had " + schema->column_list()));
        }
    }

    std::unique_ptr<byte_sink> sink;
    formatter format;
    std::shared_ptr<const penstock::schema> schema;
    std::string pending;
    std::uint64_t written = 0;
    bool open = true;
};

PENSTOCK_DECL batch_writer::batch_writer(std::unique_ptr<byte_sink> sink, write_options options,
                                         std::shared_ptr<const penstock::schema> schema)
    : state_{std::make_unique<state>(std::move(sink), std::move(options))} {
    if (schema) state_->begin(schema);
}
PENSTOCK_DECL batch_writer::batch_writer(batch_writer&&) noexcept = default;
PENSTOCK_DECL batch_writer& batch_writer::operator=(batch_writer&&) noexcept = default;
PENSTOCK_DECL batch_writer::~batch_writer() = default;

PENSTOCK_DECL awaitable<void> batch_writer::write(record_batch batch) {
    auto& s = *state_;
    s.enter();
    s.begin(batch.shared_schema());
    for (std::size_t row = 0; row < batch.num_rows();) {
        row = penstock::detail::with_object(*s.sink, [&] { return s.format.append_rows(s.pending, batch, row, state::block); });
        if (s.pending.size() < state::block) continue;
        co_await s.sink->write(as_bytes(s.pending));
        s.written += s.pending.size();
        s.pending.clear();
        co_await penstock::detail::yield();
    }
    s.open = true;
}

PENSTOCK_DECL awaitable<void> batch_writer::close() {
    auto& s = *state_;
    s.enter();
    if (!s.pending.empty()) co_await s.sink->write(as_bytes(s.pending));
    co_await s.sink->commit();
}

PENSTOCK_DECL std::optional<std::uint64_t> batch_writer::text_size() const {
    return state_->written + state_->pending.size();
}

} // namespace penstock::csv

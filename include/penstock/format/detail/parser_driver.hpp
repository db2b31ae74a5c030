// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/byte_source.hpp>
#include <penstock/core/detail/run_on.hpp>
#include <penstock/core/detail/yield.hpp>
#include <penstock/core/error.hpp>
#include <penstock/format/batch_reader.hpp>
#include <penstock/format/decode_text.hpp>
#include <penstock/format/detail/reader_memory.hpp>

#include <memory>
#include <optional>
#include <span>
#include <utility>

namespace penstock::detail {

/// Feeds a parser of the shape of `csv::parser` from a source, and gives what comes of it. A parser has `step` and `advance`,
/// `prepare`, `commit`, `finish` and `input_failed`, `schema`, `take` and `statistics`. It works where `compute` says, or else
/// here, others having a turn whenever it says `working`.
///
/// Where the pool refuses memory, `advance` fails with `errc::budget_exceeded` or `prepare` throws it. Both can be called again,
/// and are when `reader_memory` has had what was refused.
///
/// Nothing is lost by a cancellation: it comes out of a wait, between two steps of the parser.
template <class Parser>
class parser_driver : public batch_reader {
  public:
    template <class... Args>
    parser_driver(std::unique_ptr<byte_source> from, reader_memory memory, executor where, Args&&... args)
        : source_{std::move(from)}, memory_{std::move(memory)}, compute_{std::move(where)},
          parser_{std::make_unique<Parser>(std::forward<Args>(args)..., source_->name())} {}

    awaitable<std::shared_ptr<const penstock::schema>> schema() override {
        while (!parser_->schema()) co_await step(true);
        co_return parser_->schema();
    }

    awaitable<std::optional<record_batch>> next() override {
        if (parser_->schema()) memory_.begin_batch();
        for (;;) {
            const auto done = co_await step(false);
            if (done == Parser::step::batch) co_return parser_->take();
            if (done == Parser::step::end) co_return std::nullopt;
        }
    }

    read_statistics statistics() const override { return parser_->statistics(); }

    const Parser& parser() const noexcept { return *parser_; }

  protected:
    /// Goes on with what is there. `only_schema`: a parser may have failed behind it; `next` will tell.
    awaitable<typename Parser::step> work(bool only_schema) {
        const bool sampling = !parser_->schema();
        auto done = result<typename Parser::step>{Parser::step::working};
        if (compute_) {
            auto work = [this, &done] { done = parser_->advance(); };
            co_await run_on(compute_, work);
        } else {
            done = parser_->advance();
        }
        if (sampling && parser_->schema()) memory_.sampled();
        if (only_schema && parser_->schema()) co_return Parser::step::working;
        if (!done) {
            co_await memory_.wait(done.error(), source_->name());
            co_return Parser::step::working;
        }
        if (*done == Parser::step::working && !compute_) co_await yield();
        co_return *done;
    }

    /// Reads more.
    awaitable<void> feed() {
        if (!memory_.has_begun()) co_await memory_.begin(*source_);
        failure refused;
        const bool moved = try_feed(refused);
        if (refused)
            co_await memory_.wait(refused, source_->name());
        else if (!moved)
            co_await source_->ready();
    }

    std::shared_ptr<byte_source> source_;
    reader_memory memory_;
    executor compute_;
    std::unique_ptr<Parser> parser_;

  private:
    /// `only_schema`: ends as soon as there is one.
    awaitable<typename Parser::step> step(bool only_schema) {
        const auto done = co_await work(only_schema);
        if (done == Parser::step::need_input) co_await feed();
        co_return done;
    }

    /// False when nothing can be read now, or there is no memory to read into.
    bool try_feed(failure& refused) {
        std::span<std::byte> room;
        try {
            room = parser_->prepare();
        } catch (const error& e) {
            refused = e.as_failure();
            return false;
        }
        auto r = memory_.try_read_some(*source_, room);
        switch (r.status) {
        case io_status::bytes:
            parser_->commit(r.size);
            break;
        case io_status::end:
            parser_->finish();
            break;
        case io_status::error:
            parser_->input_failed(std::move(r.error));
            break;
        case io_status::would_block:
            return false;
        }
        return true;
    }
};

/// A driver of the text that `source` has in the encoding that the options name.
template <class Parser, class Options>
std::unique_ptr<batch_reader> drive(std::unique_ptr<byte_source> source, Options options) {
    auto memory = charge(options);
    auto where = options.common().compute_executor;
    auto text = decoded(std::move(source), options.common());
    return std::make_unique<parser_driver<Parser>>(std::move(text), std::move(memory), std::move(where), std::move(options));
}

} // namespace penstock::detail

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/byte_source.hpp>
#include <penstock/core/detail/run_on.hpp>
#include <penstock/core/detail/yield.hpp>
#include <penstock/core/error.hpp>
#include <penstock/format/batch_reader.hpp>
#include <penstock/format/decode_text.hpp>

#include <memory>
#include <optional>
#include <utility>

namespace penstock::detail {

/// Feeds a parser of the shape of `csv::parser` from a source, and gives what comes of it. A parser has `step` and `advance`,
/// `prepare`, `commit`, `finish` and `input_failed`, `schema`, `take` and `statistics`. It works where `compute` says, or else
/// here, others having a turn whenever it says `working`.
///
/// Nothing is lost by a cancellation: it comes out of a wait, between two steps of the parser.
template <class Parser>
class parser_driver : public batch_reader {
  public:
    template <class... Args>
    parser_driver(std::unique_ptr<byte_source> from, executor where, Args&&... args)
        : source_{std::move(from)}, compute_{std::move(where)},
          parser_{std::make_unique<Parser>(std::forward<Args>(args)..., source_->name())} {}

    awaitable<std::shared_ptr<const penstock::schema>> schema() override {
        while (!parser_->schema()) co_await step(true);
        co_return parser_->schema();
    }

    awaitable<std::optional<record_batch>> next() override {
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
        auto done = result<typename Parser::step>{Parser::step::working};
        if (compute_) {
            auto work = [this, &done] { done = parser_->advance(); };
            co_await run_on(compute_, work);
        } else {
            done = parser_->advance();
        }
        if (only_schema && parser_->schema()) co_return Parser::step::working;
        if (!done) throw_failure(done.error());
        if (*done == Parser::step::working && !compute_) co_await yield();
        co_return *done;
    }

    /// Reads more.
    awaitable<void> feed() {
        const bool moved = try_feed();
        if (!moved) co_await source_->ready();
    }

    std::shared_ptr<byte_source> source_;
    executor compute_;
    std::unique_ptr<Parser> parser_;

  private:
    /// `only_schema`: ends as soon as there is one.
    awaitable<typename Parser::step> step(bool only_schema) {
        const auto done = co_await work(only_schema);
        if (done == Parser::step::need_input) co_await feed();
        co_return done;
    }

    /// False when nothing can be read now.
    bool try_feed() {
        auto r = source_->try_read_some(parser_->prepare());
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
    auto where = options.common().compute_executor;
    auto text = decoded(std::move(source), options.common());
    return std::make_unique<parser_driver<Parser>>(std::move(text), std::move(where), std::move(options));
}

} // namespace penstock::detail

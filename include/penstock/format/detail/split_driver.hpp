// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/buffer_pool.hpp>
#include <penstock/core/detail/share.hpp>
#include <penstock/core/detail/task_group.hpp>
#include <penstock/core/semaphore.hpp>
#include <penstock/core/wait_list.hpp>
#include <penstock/format/detail/batch_shape.hpp>
#include <penstock/format/detail/parser_driver.hpp>
#include <penstock/format/read_options.hpp>
#include <penstock/format/read_statistics.hpp>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <deque>
#include <exception>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace penstock::detail {

/// A `parser_driver` that parses several parts of the text at a time, by as many tasks as the options say, on their compute
/// executor. Precondition: they have one.
///
/// One parser reads as far as it takes to know the schema. From there on the text is cut into parts behind line breaks, and
/// each gets a parser that takes its first byte for the beginning of a row. When the parser of the part before has come to its
/// end between two rows, that was right, and so is all that came of the part, once numbers of rows and lines are moved by
/// what went before. Otherwise what came of it is dropped, and the parser of the part before goes on with its text: as it
/// would have done with a single task. The same is done, by a new parser that is told what went before, with a part in which
/// that matters: one with an error, the row that reaches the limit, or one bad record too many.
///
/// A part belongs to the compute executor from `start` until `done` is seen. It owns what it uses: the driver may go meanwhile.
template <class Parser>
class split_driver final : public parser_driver<Parser> {
    using base = parser_driver<Parser>;
    using step = typename Parser::step;

  public:
    template <class... Args>
    split_driver(std::unique_ptr<byte_source> from, reader_memory memory, const read_options& options, Args&&... args)
        : base{std::move(from), std::move(memory), options.compute_executor, std::forward<Args>(args)...},
          tasks_{options.tasks}, part_bytes_{std::max<std::size_t>(options.task_bytes, 1)},
          limit_{options.limit}, most_bad_{options.max_bad_records}, kept_{options.max_kept_errors},
          numbered_{options.row_index.has_value()}, pool_{options.pool ? options.pool : buffer_pool::create()},
          budget_{pool_->budget()} {}

    ~split_driver() override {
        drop_parts();
        if (watchers_) watchers_->cancel();
    }

    awaitable<std::optional<record_batch>> next() override {
        while (!home_) {
            const auto done = co_await this->work(false);
            if (done == step::batch) co_return this->parser_->take();
            if (done == step::end) co_return std::nullopt;
            if (done != step::need_input) continue;
            if (!this->parser_->schema()) {
                co_await this->feed();
                continue;
            }
            if (!this->memory_.has_begun()) co_await this->memory_.begin(*this->source_);
            const executor here = co_await asio::this_coro::executor;
            begin_split(here);
        }
        for (;;) {
            while (settle()) {}
            const bool reading = read_parts();
            if (given_ < ready_.size()) {
                statistics_.rows += ready_[given_].num_rows();
                co_return std::move(ready_[given_++]);
            }
            if (over_) {
                if (thrown_) std::rethrow_exception(thrown_);
                if (failed_) throw_failure(failed_);
                co_return std::nullopt;
            }
            const auto changes = changes_; // outlives the wait
            if (parts_.empty() && !changes->watched) {
                co_await this->source_->ready();
            } else {
                if (reading && !changes->watched) watch();
                if (reading && !changes->watched)
                    co_await yield(); // it need not be waited for
                else if (waits_for_all_ || !front_done())
                    co_await changes->happened.wait();
            }
        }
    }

    read_statistics statistics() const override {
        if (!home_) return this->parser_->statistics();
        auto s = statistics_;
        s.bytes = bytes_;
        return s;
    }

  private:
    /// What ends a part's text.
    enum class ending : std::uint8_t {
        nothing, ///< it is cut anywhere
        line,
        source,
        failure,
    };

    struct part {
        explicit part(std::unique_ptr<Parser> p) noexcept : parser{std::move(p)} {}

        std::unique_ptr<Parser> parser;
        std::unique_ptr<Parser> first; // where the text lies, when another parser reads it
        std::string_view text;
        std::uint64_t offset = 0;
        ending end = ending::nothing;
        failure why; // the source failed

        bool exact = false;   // the parser knows what went before
        unsigned guesses = 0; // see `cut_by_quotes_`

        // the job
        std::string_view input; // for the parser, besides what it has
        bool ended_input = false;
        std::vector<record_batch> batches;
        std::size_t numbered = 0; // of those, by what went before
        failure failed;
        bool ended = false; // by the parser
        std::exception_ptr thrown;
        std::atomic<bool> done{true};
        std::atomic<bool> unwanted{false};

        /// True when there is more to do.
        bool work() noexcept {
            try {
                while (!unwanted.load(std::memory_order_relaxed)) {
                    const auto got = parser->advance();
                    if (!got) {
                        failed = got.error();
                        if (failed.code() == errc::budget_exceeded) throw_failure(std::exchange(failed, {}));
                        return false;
                    }
                    if (*got == step::working) return true;
                    if (*got == step::batch) {
                        batches.push_back(parser->take());
                    } else if (*got == step::end) {
                        ended = true;
                        return false;
                    } else if (!feed()) {
                        if (auto rest = parser->take_rest()) batches.push_back(std::move(*rest));
                        return false;
                    }
                }
            } catch (...) {
                thrown = std::current_exception();
            }
            return false;
        }

        bool feed() {
            if (!input.empty()) {
                const auto room = parser->prepare();
                const auto n = std::min(room.size(), input.size());
                std::memcpy(room.data(), input.data(), n);
                parser->commit(n);
                input.remove_prefix(n);
                return true;
            }
            if (std::exchange(ended_input, true)) return false;
            switch (end) {
            case ending::nothing:
                return false;
            case ending::line:
                parser->cut();
                break;
            case ending::source:
                parser->finish();
                break;
            case ending::failure:
                parser->input_failed(why);
                break;
            }
            return true;
        }
    };

    struct changes {
        wait_list happened;
        bool watched = false; // the source
    };

    // ---- reading and cutting

    void begin_split(executor here) {
        home_ = std::move(here);
        this->memory_.begin_parts();
        statistics_ = this->parser_->statistics();
        bytes_ = std::exchange(statistics_.bytes, 0);
        (void)this->parser_->take_statistics();
        begin_part(this->parser_->prepare(), {});
    }

    /// `begun` was read already.
    void begin_part(std::span<std::byte> room, std::string_view begun) {
        room_ = room.first(std::min(room.size(), part_bytes_));
        filled_ = begun.size();
        if (filled_) std::memcpy(room_.data(), begun.data(), filled_);
    }

    std::size_t most_parts() const noexcept { return cramped_ ? 1 : tasks_ + 1; }

    /// A further part would take memory that those before may need: positions and columns come to about twice the text.
    bool short_of_memory() const {
        const auto needed = 3 * std::uint64_t{part_bytes_} * (parts_.size() + 1);
        return budget_ && !parts_.empty() && budget_->limit() - budget_->used() < needed;
    }

    /// Reads as far as parts are wanted. True when it waits for the source.
    bool read_parts() {
        while (!over_ && !source_ended_ && parts_.size() < most_parts() && !changes_->watched) {
            if (filled_ == room_.size()) {
                if (short_of_memory()) return false;
                end_part(ending::nothing);
                continue;
            }
            auto r = this->memory_.try_read_some(*this->source_, room_.subspan(filled_));
            if (r.status == io_status::would_block) return true;
            source_ended_ = r.status != io_status::bytes;
            if (r.status == io_status::bytes) {
                filled_ += r.size;
                bytes_ += r.size;
            } else {
                end_part(r.status == io_status::end ? ending::source : ending::failure, std::move(r.error));
            }
        }
        return false;
    }

    std::unique_ptr<Parser> next_parser(std::uint64_t offset) {
        if (spare_.empty()) return this->parser_->part(offset, part_bytes_);
        auto out = std::move(spare_.back());
        spare_.pop_back();
        out->restart(offset);
        return out;
    }

    /// What was read is a part, up to where it can be cut.
    void end_part(ending end, failure why = {}) {
        const std::string_view text{reinterpret_cast<const char*>(room_.data()), filled_};
        auto size = text.size();
        if (end == ending::nothing) {
            const auto found = this->parser_->find_cut(text, cut_by_quotes_, std::exchange(inside_, false));
            if (found) {
                size = found;
                end = ending::line;
            }
        }
        const auto begin = bytes_ - text.size();
        auto following = next_parser(begin + size);
        const auto room = source_ended_ ? std::span<std::byte>{} : following->prepare();
        // what may throw is done
        auto p = detail::share<part>(std::exchange(this->parser_, std::move(following)));
        p->text = text.substr(0, size);
        p->offset = begin;
        p->end = end;
        p->why = std::move(why);
        p->exact = first_;
        p->guesses = guesses_;
        p->unwanted = !first_ && !at_row_; // the parser of the part before goes on
        if (size) p->parser->commit(size);
        begin_part(room, text.substr(size));
        at_row_ = end == ending::line;
        first_ = false;
        parts_.push_back(p);
        if (!p->unwanted) start(p);
    }

    // ---- the parts

    void start(const std::shared_ptr<part>& p) {
        p->done.store(false, std::memory_order_relaxed);
        p->unwanted.store(false, std::memory_order_relaxed);
        run(p, changes_, this->compute_, home_);
    }

    static void run(std::shared_ptr<part> p, std::shared_ptr<changes> c, executor where, executor home) {
        const auto& place = where;
        asio::post(place, [p = std::move(p), c = std::move(c), where, home = std::move(home)]() mutable {
            if (p->work()) return run(std::move(p), std::move(c), std::move(where), std::move(home));
            p->done.store(true, std::memory_order_release);
            // what the part owns goes there, if this is the last to hold it
            const auto& reader = home;
            asio::post(reader, [p = std::move(p), c = std::move(c)] { c->happened.notify_all(); });
        });
    }

    bool front_done() const noexcept { return !parts_.empty() && parts_.front()->done.load(std::memory_order_acquire); }

    /// Does what is to be done with the first part. True where that was something.
    bool settle() {
        if (over_ || given_ < ready_.size() || !front_done()) return false;
        const auto p = parts_.front();
        if (!p->exact && (unfinished_ || !holds(*p))) return read_again(p);
        accept(*p);
        return true;
    }

    /// What came of the part is what would have come of it behind the others.
    bool holds(const part& p) const {
        if (p.unwanted || p.thrown || p.failed || p.ended != (p.end == ending::source)) return false;
        const auto c = p.parser->counts();
        if (limit_ && c.rows >= *limit_ - before_.rows) return false;
        return !most_bad_ || c.bad <= *most_bad_ - before_.bad;
    }

    /// By a parser that knows what went before. False where others are to be waited for.
    bool read_again(const std::shared_ptr<part>& p) {
        if (p->thrown) {
            // There may be memory enough for one part.
            cramped_ = true;
            spare_.clear();
            waits_for_all_ = !std::all_of(parts_.begin(), parts_.end(),
                                          [](const auto& other) { return other->done.load(std::memory_order_acquire); });
            if (waits_for_all_) return false;
            for (const auto& other : parts_) {
                other->batches.clear();
                other->unwanted = true;
            }
        }
        p->first = std::move(p->parser);
        if (unfinished_) {
            p->parser = std::move(unfinished_);
        } else {
            p->parser = next_parser(p->offset);
            p->parser->follow(before_);
        }
        p->exact = true;
        p->input = p->text;
        p->ended_input = false;
        p->batches.clear();
        p->failed = {};
        p->ended = false;
        p->thrown = nullptr;
        start(p);
        return true;
    }

    /// Throws where there is no memory to number rows in; it goes on there when it is called again.
    void accept(part& p) {
        if (numbered_ && !p.exact)
            for (; p.numbered < p.batches.size(); ++p.numbered)
                p.batches[p.numbered] = renumbered(p.batches[p.numbered], before_.records, pool_);
        const auto counts = p.parser->counts();
        auto found = p.parser->take_statistics();
        for (auto& e : found.errors) {
            if (statistics_.errors.size() == kept_) break;
            statistics_.errors.push_back(p.exact ? std::move(e) : e.with([&](error_detail& d) { d.line += before_.lines; }));
        }
        statistics_.skipped_rows += found.skipped_rows;
        statistics_.captured_rows += found.captured_rows;
        statistics_.ragged_rows += found.ragged_rows;
        statistics_.null_values += found.null_values;
        ready_ = std::move(p.batches);
        given_ = 0;

        const bool between = p.parser->between_records();
        if (!p.exact && !between) p.parser->follow(before_);
        if (p.exact)
            before_ = counts;
        else
            before_ += counts;
        thrown_ = p.thrown;
        failed_ = p.failed;
        over_ = thrown_ || failed_ || p.ended;
        if (!over_ && !between) {
            unfinished_ = std::move(p.parser);
            if (p.end == ending::line) guess_otherwise(p);
        }
        if (!over_ && between && !p.exact && !cramped_) spare_.push_back(std::move(p.parser));
        parts_.pop_front();
        if (over_) drop_parts();
    }

    /// The text behind a part began inside quotes.
    void guess_otherwise(const part& p) noexcept {
        if (p.guesses != guesses_) return; // what was cut since will be judged, too
        ++guesses_;
        inside_ = cut_by_quotes_;
        cut_by_quotes_ = true;
    }

    void drop_parts() noexcept {
        for (const auto& p : parts_) p->unwanted = true;
        parts_.clear();
    }

    // ---- waiting

    void watch() {
        changes_->watched = true;
        if (!watchers_) watchers_.emplace(home_);
        watchers_->start(wait_for(this->source_, changes_));
    }

    static awaitable<void> wait_for(std::shared_ptr<byte_source> source, std::shared_ptr<changes> c) {
        try {
            co_await source->ready();
        } catch (...) {
            // cancelled: nobody reads it any more
        }
        c->watched = false;
        c->happened.notify_all();
    }

    std::size_t tasks_;
    std::size_t part_bytes_;
    std::optional<std::uint64_t> limit_;
    std::optional<std::uint64_t> most_bad_;
    std::size_t kept_;
    bool numbered_;
    std::shared_ptr<buffer_pool> pool_;
    std::shared_ptr<memory_budget> budget_;

    executor home_; // once parts are cut
    std::shared_ptr<changes> changes_ = detail::share<changes>();
    std::optional<task_group> watchers_;

    // the part that is read, for `parser_`
    std::span<std::byte> room_;
    std::size_t filled_ = 0;
    std::uint64_t bytes_ = 0; // read
    bool source_ended_ = false;
    bool first_ = true;
    bool at_row_ = false;        // it seems to begin with a row
    bool cut_by_quotes_ = false; // line breaks alone were not enough
    bool inside_ = false;        // it begins inside quotes, as those before it seem to
    unsigned guesses_ = 0;       // how often that was changed

    std::deque<std::shared_ptr<part>> parts_;
    std::vector<std::unique_ptr<Parser>> spare_; // to be used again; no more than there ever were parts at a time
    std::unique_ptr<Parser> unfinished_; // in a record that goes on in the first part
    part_counts before_;               // the first part
    std::vector<record_batch> ready_;
    std::size_t given_ = 0; // of those
    read_statistics statistics_;
    bool over_ = false;
    failure failed_;
    std::exception_ptr thrown_;
    bool cramped_ = false;
    bool waits_for_all_ = false; // parts, before the first is read again
};

/// `drive`, in parts where the options ask for them.
template <class Parser, class Options>
std::unique_ptr<batch_reader> drive_split(std::unique_ptr<byte_source> source, Options options) {
    if (options.common().tasks < 2 || !options.common().compute_executor) return drive<Parser>(std::move(source), std::move(options));
    auto memory = charge(options);
    const auto common = options.common();
    return std::make_unique<split_driver<Parser>>(decoded(std::move(source), common), std::move(memory), common, std::move(options));
}

} // namespace penstock::detail

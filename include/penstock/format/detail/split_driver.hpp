// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/buffer_pool.hpp>
#include <penstock/core/detail/share.hpp>
#include <penstock/core/detail/task_group.hpp>
#include <penstock/core/semaphore.hpp>
#include <penstock/core/wait_list.hpp>
#include <penstock/format/detail/parser_driver.hpp>
#include <penstock/format/detail/part_reader.hpp>
#include <penstock/format/detail/parts_total.hpp>
#include <penstock/format/detail/text_part.hpp>
#include <penstock/format/read_options.hpp>
#include <penstock/format/read_statistics.hpp>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <atomic>
#include <deque>
#include <exception>
#include <memory>
#include <optional>
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
/// Where the pool refuses memory to the first part, what came of those behind it is dropped, and from then on they are parsed
/// one at a time. Where it is refused even so, the caller is told, and the part's parser goes on with the next call.
///
/// A part belongs to the compute executor from `start` until `done` is seen. It owns what it uses: the driver may go meanwhile.
template <class Parser>
class split_driver final : public parser_driver<Parser> {
    using base = parser_driver<Parser>;
    using step = typename Parser::step;
    using part = text_part<Parser>;

  public:
    template <class... Args>
    split_driver(std::unique_ptr<byte_source> from, reader_memory memory, const read_options& options, Args&&... args)
        : base{std::move(from), std::move(memory), options.compute_executor, std::forward<Args>(args)...},
          tasks_{options.tasks}, part_bytes_{options.task_bytes}, reading_{part_bytes_},
          pool_{options.pool ? options.pool : buffer_pool::create()}, budget_{pool_->budget()}, total_{options, pool_} {}

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
            refused_ = {};
            while (settle()) {}
            const bool reading = read_parts();
            if (given_ < ready_.size()) {
                total_.add_rows(ready_[given_].num_rows());
                co_return std::move(ready_[given_++]);
            }
            if (over_) {
                if (thrown_) std::rethrow_exception(thrown_);
                if (failed_) throw_failure(failed_);
                co_return std::nullopt;
            }
            if (refused_) throw_failure(told_of_object(refused_));
            const auto changes = changes_; // outlives the wait
            if (parts_.empty() && !changes->watched) {
                co_await this->source_->ready();
            } else {
                if (reading && !changes->watched) watch();
                if (reading && !changes->watched)
                    co_await yield(); // it need not be waited for
                else if (waits_for_others() || !front_done())
                    co_await changes->happened.wait();
            }
        }
    }

    read_statistics statistics() const override {
        if (!home_) return this->parser_->statistics();
        auto s = total_.statistics();
        s.bytes = reading_.bytes();
        return s;
    }

  private:
    struct changes {
        wait_list happened;
        bool watched = false; // the source
    };

    // ---- reading

    void begin_split(executor here) {
        this->memory_.begin_parts();
        auto before = this->parser_->statistics();
        reading_.begin(*this->parser_, std::exchange(before.bytes, 0));
        (void)this->parser_->take_statistics();
        total_.begin(std::move(before));
        home_ = std::move(here);
    }

    std::size_t most_parts() const noexcept { return cramped_ ? 1 : tasks_ + 1; }

    /// A further part would take memory that those before may need: positions and columns come to about twice the text.
    bool short_of_memory() const {
        const auto needed = 3 * std::uint64_t{part_bytes_} * (parts_.size() + 1);
        return budget_ && !parts_.empty() && budget_->limit() - budget_->used() < needed;
    }

    /// Reads as far as parts are wanted. True when it waits for the source.
    bool read_parts() {
        while (!over_ && !reading_.ended() && parts_.size() < most_parts() && !changes_->watched) {
            if (!reading_.full()) {
                if (!reading_.read(this->memory_, *this->source_)) return true;
            } else if (short_of_memory() || !end_part()) {
                return false;
            }
        }
        return false;
    }

    /// What was read is a part. False where there is no memory to go on behind it.
    bool end_part() {
        std::shared_ptr<part> p;
        try {
            p = reading_.cut(this->parser_, [this](std::uint64_t offset) { return next_parser(offset); });
        } catch (const error& e) {
            if (e.code() != errc::budget_exceeded) throw;
            if (parts_.empty()) refused_ = e.as_failure(); // or else those that are there have some to give back
            return false;
        }
        if (parts_.empty() && unfinished_) {
            p->unwanted = true;
        } else if (parts_.empty() && cramped_ && !p->exact) { // need not be read again
            p->parser->follow(total_.before());
            p->exact = true;
            p->unwanted = false;
        }
        parts_.push_back(p);
        if (!p->unwanted) start(p);
        return true;
    }

    std::unique_ptr<Parser> next_parser(std::uint64_t offset) {
        if (spare_.empty()) return this->parser_->part(offset, part_bytes_);
        auto out = std::move(spare_.back());
        spare_.pop_back();
        out->restart(offset);
        return out;
    }

    // ---- the parts

    void start(const std::shared_ptr<part>& p) {
        p->done.store(false, std::memory_order_relaxed);
        p->unwanted.store(false, std::memory_order_relaxed);
        p->refused = {};
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
    bool waits_for_others() const noexcept { return cramped_ && !alone_; }

    /// Does what is to be done with the first part. True where that was something.
    bool settle() {
        if (over_ || given_ < ready_.size() || !front_done()) return false;
        const auto p = parts_.front();
        if (std::exchange(paused_, false)) {
            start(p);
            return false;
        }
        if (!p->exact && (unfinished_ || !holds(*p))) return read_again(p);
        if (p->refused) return pause(*p);
        try {
            accept(*p);
        } catch (const error& e) {
            if (e.code() != errc::budget_exceeded) throw;
            const bool alone = alone_;
            if (!stop_others()) return false;
            if (alone) refused_ = e.as_failure();
            return !alone;
        }
        return true;
    }

    /// What came of the part is what would have come of it behind the others.
    bool holds(const part& p) const {
        if (p.unwanted || p.thrown || p.refused || p.failed || p.ended != (p.end == part::ending::source)) return false;
        return total_.admits(p.parser->counts());
    }

    /// By a parser that knows what went before. False where others are to be waited for.
    bool read_again(const std::shared_ptr<part>& p) {
        if ((p->thrown || p->refused) && !stop_others()) return false;
        p->drop_rows();
        std::unique_ptr<Parser> by;
        if (!unfinished_) {
            by = next_parser(p->offset);
            by->follow(total_.before());
        }
        p->hand_to(by ? std::move(by) : std::move(unfinished_));
        start(p);
        return true;
    }

    /// The first part was refused memory, and is to go on. False where there is nothing to be done now.
    bool pause(part& p) {
        const bool alone = alone_;
        if (!stop_others()) return false;
        paused_ = true;
        if (!p.batches.empty())
            give(p); // perhaps it was these that left no memory
        else if (alone)
            refused_ = p.refused;
        return !refused_;
    }

    /// There may be memory enough for one part. False where others have not stopped yet.
    bool stop_others() {
        if (alone_) return true;
        cramped_ = true;
        spare_.clear();
        bool stopped = true;
        for (const auto& p : parts_) {
            if (p == parts_.front()) continue;
            p->unwanted = true;
            stopped = p->done.load(std::memory_order_acquire) && stopped;
        }
        if (!stopped) return false;
        for (const auto& p : parts_)
            if (p != parts_.front()) p->drop_rows();
        return alone_ = true;
    }

    void give(part& p) {
        ready_ = std::exchange(p.batches, {});
        given_ = 0;
    }

    /// Throws where there is no memory to number rows in; it goes on there when it is called again.
    void accept(part& p) {
        if (!p.exact) total_.number(p.batches, p.numbered);
        const auto counts = p.parser->counts();
        const bool between = p.parser->between_records();
        if (!p.exact && !between) p.parser->follow(total_.before());
        total_.add(counts, p.parser->take_statistics(), p.exact);
        give(p);
        thrown_ = p.thrown;
        failed_ = p.failed;
        over_ = thrown_ || failed_ || p.ended;
        if (!over_ && !between) {
            unfinished_ = std::move(p.parser);
            if (p.end == part::ending::line) reading_.guessed_wrong(p);
        }
        if (!over_ && between && !p.exact && !cramped_) spare_.push_back(std::move(p.parser));
        parts_.pop_front();
        if (over_) drop_parts();
    }

    void drop_parts() noexcept {
        for (const auto& p : parts_) p->unwanted = true;
        parts_.clear();
    }

    failure told_of_object(const failure& why) const {
        return why.with([this](error_detail& d) {
            if (d.object.empty()) d.object = this->source_->name();
            if (d.hint.empty()) d.hint = "hold fewer batches at a time, take fewer tasks or smaller task_bytes, or raise the memory budget";
        });
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
    part_reader<Parser> reading_; // for `parser_`
    std::shared_ptr<buffer_pool> pool_;
    std::shared_ptr<memory_budget> budget_;

    executor home_; // once parts are cut
    std::shared_ptr<changes> changes_ = detail::share<changes>();
    std::optional<task_group> watchers_;

    std::deque<std::shared_ptr<part>> parts_;
    std::vector<std::unique_ptr<Parser>> spare_; // to be used again; no more than there ever were parts at a time
    std::unique_ptr<Parser> unfinished_; // in a record that goes on in the first part
    parts_total total_;
    std::vector<record_batch> ready_;
    std::size_t given_ = 0; // of those
    bool over_ = false;
    failure failed_;
    std::exception_ptr thrown_;

    // memory was refused
    bool cramped_ = false; // no part is begun before the one in front of it is done
    bool alone_ = false;   // nor is there one that was
    bool paused_ = false;  // the first part is to go on when its batches were given
    failure refused_;      // to tell the caller
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

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/as_result.hpp>
#include <penstock/core/error.hpp>
#include <penstock/core/semaphore.hpp>
#include <penstock/format/batch_reader.hpp>

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <stdexcept>
#include <utility>

namespace test {

/// Another user of the budget: it takes most of what is free for some turns of the loop, gives it back, and takes it again.
class greedy_user {
  public:
    greedy_user(std::shared_ptr<penstock::memory_budget> budget, unsigned seed) : budget_{std::move(budget)}, random_{seed} {}

    penstock::awaitable<void> take_now_and_then() {
        for (;;) {
            const auto free = budget_->limit() - budget_->used();
            if (free > 1 && !quiet_) held_ = budget_->try_acquire(free - free / (2 + random_() % 100));
            for (auto turns = random_() % 200; turns > 0 && !quiet_; --turns) co_await turn();
            held_.release();
            for (auto turns = 1 + random_() % 30; turns > 0; --turns) co_await turn();
        }
    }
    /// It has nothing and takes nothing until told otherwise.
    void be_quiet(bool quiet) noexcept {
        quiet_ = quiet;
        if (quiet) held_.release();
    }
    bool quiet() const noexcept { return quiet_; }

  private:
    static penstock::awaitable<void> turn() {
        const auto ex = co_await boost::asio::this_coro::executor;
        co_await boost::asio::post(ex, boost::asio::use_awaitable);
    }

    std::shared_ptr<penstock::memory_budget> budget_;
    std::mt19937 random_;
    penstock::permit held_;
    bool quiet_ = false;
};

struct reading_in_shortage {
    std::size_t refused = 0;
    std::optional<penstock::failure> failed; ///< but for memory
};

/// Reads to the end, up to `kept` batches behind; when it is refused memory, those and what the other has are given back, and it must go on.
inline penstock::awaitable<reading_in_shortage> read_in_shortage(penstock::batch_reader& reader, greedy_user& other, std::size_t kept,
                                                                 std::function<void(const penstock::record_batch&)> take) {
    reading_in_shortage out;
    std::deque<penstock::record_batch> batches;
    for (;;) {
        auto batch = co_await penstock::as_result(reader.next());
        if (batch.has_error()) {
            const auto why = batch.error();
            if (why.code() != penstock::errc::budget_exceeded) {
                out.failed = why;
                co_return out;
            }
            if (other.quiet()) throw std::runtime_error{"refused though all was free: " + why.message()};
            ++out.refused;
            batches.clear();
            other.be_quiet(true);
            continue;
        }
        other.be_quiet(false);
        if (!*batch) co_return out;
        take(**batch);
        batches.push_back(std::move(**batch));
        while (batches.size() > kept) batches.pop_front();
    }
}

} // namespace test

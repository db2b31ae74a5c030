// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "support/run.hpp"

#include <penstock/core/error.hpp>
#include <penstock/core/wait_list.hpp>

#include <doctest/doctest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

#include <memory>
#include <vector>

namespace wait_list_test {

using namespace penstock;

inline awaitable<void> wait_and_note(wait_list* list, int id, std::vector<int>* order) {
    co_await list->wait();
    order->push_back(id);
}
inline void settle(asio::io_context& io) {
    io.restart();
    io.poll();
}

TEST_CASE("waiters resume in order of arrival, and never inside the notification") {
    asio::io_context io{1};
    wait_list list;
    std::vector<int> order;
    for (int i = 0; i < 3; ++i) asio::co_spawn(io, wait_and_note(&list, i, &order), asio::detached);
    settle(io);
    CHECK(list.waiting() == 3);
    list.notify_one();
    CHECK(order.empty());
    CHECK(list.waiting() == 2);
    settle(io);
    CHECK(order == std::vector<int>{0});
    list.notify_all();
    CHECK(list.waiting() == 0);
    settle(io);
    CHECK(order == std::vector<int>{0, 1, 2});
}

TEST_CASE("a notification without waiters is forgotten") {
    asio::io_context io{1};
    wait_list list;
    std::vector<int> order;
    list.notify_one();
    list.notify_all();
    asio::co_spawn(io, wait_and_note(&list, 1, &order), asio::detached);
    settle(io);
    CHECK(order.empty());
    CHECK(list.waiting() == 1);
    list.notify_all();
    settle(io);
    CHECK(order.size() == 1);
}

TEST_CASE("notify_all does not wake those who come after it") {
    asio::io_context io{1};
    wait_list list;
    int turns = 0;
    const auto again = [](wait_list* list, int* turns) -> awaitable<void> {
        for (;;) {
            co_await list->wait();
            ++*turns;
        }
    };
    asio::co_spawn(io, again(&list, &turns), asio::detached);
    settle(io);
    list.notify_all();
    settle(io);
    CHECK(turns == 1);
    CHECK(list.waiting() == 1);
}

TEST_CASE("every kind of cancellation ends a wait and no other") {
    asio::io_context io{1};
    wait_list list;
    for (const auto type :
         {asio::cancellation_type::terminal, asio::cancellation_type::partial, asio::cancellation_type::total}) {
        std::vector<int> order;
        asio::cancellation_signal cancel;
        std::exception_ptr ended;
        const auto body = [](wait_list* list) -> awaitable<void> {
            co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
            co_await list->wait();
        };
        asio::co_spawn(io, body(&list), asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr e) {
            ended = e;
        }));
        asio::co_spawn(io, wait_and_note(&list, 2, &order), asio::detached);
        settle(io);
        cancel.emit(type);
        settle(io);
        REQUIRE(ended);
        CHECK(to_failure(ended).code() == condition::cancelled);
        CHECK(list.waiting() == 1);
        list.notify_all();
        settle(io);
        CHECK(order == std::vector<int>{2});
    }
}

TEST_CASE("a notification is not lost on a waiter that was just cancelled") {
    asio::io_context io{1};
    wait_list list;
    std::vector<int> order;
    asio::cancellation_signal cancel;
    asio::co_spawn(io, wait_and_note(&list, 1, &order),
                   asio::bind_cancellation_slot(cancel.slot(), [](std::exception_ptr) {}));
    asio::co_spawn(io, wait_and_note(&list, 2, &order), asio::detached);
    settle(io);
    asio::post(io, [&] {
        cancel.emit(asio::cancellation_type::terminal);
        list.notify_one();
    });
    settle(io);
    CHECK(order == std::vector<int>{2});
}

TEST_CASE("the end of the list aborts its waiters") {
    asio::io_context io{1};
    std::exception_ptr ended;
    std::vector<int> order;
    {
        wait_list list;
        asio::co_spawn(io, wait_and_note(&list, 1, &order), [&](std::exception_ptr e) { ended = e; });
        settle(io);
    }
    settle(io);
    CHECK(order.empty());
    REQUIRE(ended);
    CHECK(to_failure(ended).code() == condition::cancelled);
}

TEST_CASE("a list can be moved with its waiters") {
    asio::io_context io{1};
    wait_list list;
    std::vector<int> order;
    asio::co_spawn(io, wait_and_note(&list, 1, &order), asio::detached);
    settle(io);
    wait_list moved{std::move(list)};
    moved.notify_all();
    settle(io);
    CHECK(order.size() == 1);
    list = std::move(moved);
    asio::co_spawn(io, wait_and_note(&list, 2, &order), asio::detached);
    settle(io);
    std::exception_ptr ended;
    asio::co_spawn(io, wait_and_note(&list, 3, &order), [&](std::exception_ptr e) { ended = e; });
    settle(io);
    list = wait_list{}; // who waited on the old one is aborted
    settle(io);
    CHECK(order.size() == 1);
    CHECK(ended);
}

TEST_CASE("a waiter goes with its io_context, even one that owns what it waits on") {
    struct owner {
        wait_list list;
        std::shared_ptr<int> token;
    };
    std::weak_ptr<int> gone;
    wait_list outside;
    {
        asio::io_context io{1};
        auto own = std::make_shared<owner>();
        own->token = std::make_shared<int>(1);
        gone = own->token;
        const auto body = [](std::shared_ptr<owner> own) -> awaitable<void> { co_await own->list.wait(); };
        asio::co_spawn(io, body(std::move(own)), asio::detached);
        std::vector<int> order;
        asio::co_spawn(io, wait_and_note(&outside, 1, &order), asio::detached);
        settle(io);
        CHECK_FALSE(gone.expired());
        CHECK(outside.waiting() == 1);
    }
    CHECK(gone.expired());
    CHECK(outside.waiting() == 0);
    outside.notify_all();
}

} // namespace wait_list_test

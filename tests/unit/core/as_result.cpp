// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "support/run.hpp"

#include <penstock/core/as_result.hpp>
#include <penstock/core/clock.hpp>

#include <doctest/doctest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/post.hpp>

#include <stdexcept>
#include <string>

namespace as_result_test {

using namespace penstock;

inline awaitable<std::string> give(std::string text) { co_return text; }
inline awaitable<std::string> fail(errc code) {
    throw_failure(failure{code, "because"});
    co_return "";
}
inline awaitable<void> do_nothing() { co_return; }
inline awaitable<void> fail_void(errc code) {
    throw_failure(code);
    co_return;
}
inline awaitable<void> throw_foreign() {
    throw std::logic_error{"the caller's own"};
    co_return;
}
inline awaitable<std::unique_ptr<int>> give_move_only() { co_return std::make_unique<int>(5); }

TEST_CASE("as_result gives the value") {
    auto text = test::run(as_result(give("x")));
    CHECK(text.value() == "x");
    CHECK(test::run(as_result(do_nothing())).has_value());
    CHECK(*test::run(as_result(give_move_only())).value() == 5);
}

TEST_CASE("as_result gives the failure with its story") {
    const auto r = test::run(as_result(fail(errc::no_such_key)));
    REQUIRE_FALSE(r.has_value());
    CHECK(r.error().code() == condition::not_found);
    CHECK(r.error().detail().message == "because");
    const auto v = test::run(as_result(fail_void(errc::throttled)));
    REQUIRE_FALSE(v.has_value());
    CHECK(v.error().code() == errc::throttled);
}

TEST_CASE("as_result lets other exceptions pass") {
    CHECK_THROWS_AS(test::run(as_result(throw_foreign())), std::logic_error);
}

TEST_CASE("a cancellation of the operation is a failure; the cancelled caller gets no further") {
    asio::io_context io{1};
    asio::cancellation_signal cancel;
    bool seen = false;
    bool further = false;
    std::exception_ptr ended;
    const auto body = [](bool& seen, bool& further) -> awaitable<void> {
        auto slept = co_await as_result(sleep_for(make_system_clock(), std::chrono::hours{1}));
        seen = !slept && slept.error().code() == condition::cancelled;
        co_await as_result(do_nothing());
        further = true;
    };
    asio::co_spawn(io, body(seen, further),
                   asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr e) { ended = e; }));
    asio::post(io, [&] { cancel.emit(asio::cancellation_type::terminal); });
    io.run_for(std::chrono::seconds{30});
    CHECK_FALSE(further);
    REQUIRE(ended);
    CHECK(to_failure(ended).code() == condition::cancelled);
    CHECK((seen || !further)); // Asio may throw at the co_await of as_result itself
}

} // namespace as_result_test

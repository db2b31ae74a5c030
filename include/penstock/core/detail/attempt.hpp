// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/asio.hpp>
#include <penstock/core/error.hpp>

#include <exception>
#include <optional>
#include <utility>

namespace penstock::detail {

/// What `as_result` does, for the library's own bodies: name it with the operation, `co_await` its `run()`, and ask it as one
/// would ask a result.
///
/// It takes a third of the time to compile, for neither `result<T>` nor an awaitable of it is made for every T.
template <class T>
class attempt {
  public:
    explicit attempt(awaitable<T> op) : op_{std::move(op)} {}
    attempt(const attempt&) = delete;
    attempt& operator=(const attempt&) = delete;

    /// Once. The attempt must live until completion.
    awaitable<void> run() { return run(*this); }

    bool has_value() const noexcept { return value_.has_value(); }
    explicit operator bool() const noexcept { return has_value(); }
    T& operator*() noexcept { return *value_; }
    T* operator->() noexcept { return &*value_; }
    /// Where there is no value.
    failure error() const { return failure_; }

  private:
    static awaitable<void> run(attempt& a) {
        std::exception_ptr caught;
        try {
            a.value_.emplace(co_await std::move(a.op_));
        } catch (...) {
            caught = std::current_exception();
        }
        if (caught) a.failure_ = to_failure(caught);
    }

    awaitable<T> op_;
    std::optional<T> value_;
    failure failure_;
};

} // namespace penstock::detail

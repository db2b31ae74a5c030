// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/asio.hpp>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/append.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/error_code.hpp>

#include <utility>

namespace penstock {
namespace detail {

/// A suspended coroutine and the executor to resume it on.
struct wait_handler {
    asio::any_completion_handler<void(boost::system::error_code)> handler;
    executor ex;

    auto slot() const { return asio::get_associated_cancellation_slot(handler); }

    /// Never inline: the notifier may hold a lock or be in the middle of a change.
    void post(boost::system::error_code ec) && { asio::post(ex, asio::append(std::move(handler), ec)); }
};

} // namespace detail

} // namespace penstock

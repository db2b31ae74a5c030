// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

namespace penstock {

namespace asio = boost::asio;

/// What every public asynchronous call returns. Turn it into a callback, a future or any other completion style with
/// `asio::co_spawn`.
template <class T>
using awaitable = asio::awaitable<T>;

using executor = asio::any_io_executor;

} // namespace penstock

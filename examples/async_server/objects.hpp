// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include "http.hpp"

#include <penstock/s3/client.hpp>

namespace server {

/// Answers with an object, or the part of it that was asked for, as it comes from the store: what the client does not take
/// is not read there. Where the client goes away, the GET is cancelled. Gives the status, or 0 where no whole answer was
/// sent: then the connection is of no further use.
asio::awaitable<int> send_object(socket& to, const request& asked, penstock::s3::client s3, std::string bucket);

} // namespace server

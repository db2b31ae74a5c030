// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/asio.hpp>
#include <penstock/s3/list_parts.hpp>

#include <memory>
#include <string>
#include <vector>

namespace penstock::s3::detail {

class client_state;

/// The page of parts that `options` asks for. Parts out of order, outside 1 to 10,000 or with a marker that does not move
/// on are `errc::malformed_response`.
PENSTOCK_DECL awaitable<list_parts_page> list_page_of_parts(std::shared_ptr<client_state> client, object_address object,
                                                            std::string upload_id, list_parts_options options);

/// All parts that the store has, in ascending order: 10,000 at most.
PENSTOCK_DECL awaitable<std::vector<part_summary>> list_all_parts(std::shared_ptr<client_state> client, object_address object,
                                                                  std::string upload_id, request_settings_ptr settings);

} // namespace penstock::s3::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/list_all_parts.ipp>
#endif

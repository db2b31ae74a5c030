// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/asio.hpp>
#include <penstock/s3/list_objects_v2.hpp>

#include <memory>
#include <optional>
#include <string>

namespace penstock::s3 {

namespace detail {
class client_state;
}

/// The pages of a listing, one request each, in the store's order. Holds one page at most.
class object_lister {
  public:
    /// The next page; none after the last. Throws `error`; after an error or a cancellation the same page is asked for
    /// again.
    PENSTOCK_DECL awaitable<std::optional<list_objects_page>> next();

    PENSTOCK_DECL object_lister(std::shared_ptr<detail::client_state> client, std::string bucket,
                                list_objects_options options);

  private:
    std::shared_ptr<detail::client_state> client_;
    std::string bucket_;
    list_objects_options options_;
    bool ended_ = false;
};

} // namespace penstock::s3

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/object_lister.ipp>
#endif

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/asio.hpp>
#include <penstock/s3/detail/listing_guard.hpp>
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
    /// The next page; none after the last. A store that knows the first version of listing alone is asked by that. Throws
    /// `error`; after an error or a cancellation the same page is asked for again. An entry that is not under the prefix, a
    /// token that comes again, and a thousand pages without an entry are `errc::malformed_response`.
    PENSTOCK_DECL awaitable<std::optional<list_objects_page>> next();

    PENSTOCK_DECL object_lister(std::shared_ptr<detail::client_state> client, std::string bucket,
                                list_objects_options options);

  private:
    std::shared_ptr<detail::client_state> client_;
    std::string bucket_;
    list_objects_options options_;
    PENSTOCK_DECL awaitable<list_objects_page> ask();
    PENSTOCK_DECL void check(const list_objects_page& page);

    bool begun_ = false;
    bool first_version_ = false; // of the operation
    bool ended_ = false;
    detail::listing_guard guard_;
};

} // namespace penstock::s3

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/object_lister.ipp>
#endif

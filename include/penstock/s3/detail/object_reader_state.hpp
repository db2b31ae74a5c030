// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/asio.hpp>
#include <penstock/http/connection_pool.hpp>
#include <penstock/s3/detail/body_validation.hpp>
#include <penstock/s3/get_object.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace penstock::s3::detail {

class client_state;
struct opened_object;

/// What an `object_reader` is about, and where it stands.
struct object_reader_state {
    object_reader_state() = default;

    std::shared_ptr<client_state> client;
    object_address where;
    std::string version_id; ///< as asked for
    request_settings_ptr settings;
    customer_key key;
    get_object_body body;
    http::response_head answer; ///< of the first request: the metadata are read from it when they are asked for
    mutable std::unique_ptr<object_metadata> known_metadata;
    permit memory; ///< of its connections, where the caller brought it: then a resume never waits for some
    http::connection_lease lease;

    std::uint64_t position = 0;       ///< of the next byte, in the object
    std::optional<std::uint64_t> end; ///< where this reader's part ends, in the object
    std::uint64_t skip = 0;           ///< bytes to drop, that were delivered before
    bool whole_again = false;         ///< the store answers the rest of a part by the whole object
    std::uint64_t resumed_at = 0;     ///< the position at the last resume
    bool advanced = true;             ///< it got on since that
    aws::retry_session session;       ///< of resumes that brought nothing
    std::optional<body_validation> validation;
    bool done = false;
    failure broken;                   ///< the connection is gone: resume before reading on
    failure failed;                   ///< final

    PENSTOCK_DECL const object_metadata& metadata() const;
    PENSTOCK_DECL std::span<std::byte> wanted(std::span<std::byte> into) const noexcept;
    PENSTOCK_DECL failure another_object(const opened_object& opened) const;
    PENSTOCK_DECL awaitable<void> resume();
    PENSTOCK_DECL bool validate();
    PENSTOCK_DECL failure told(failure f) const;
    PENSTOCK_DECL failure changed(std::string now) const;
};

} // namespace penstock::s3::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/object_reader.ipp>
#endif

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/error.hpp>
#include <penstock/http/response_head.hpp>

#include <cstddef>
#include <memory>
#include <span>

namespace penstock::http {

/// Parses response heads, one after another, out of bytes as they come. Beast's parser underneath, used as pure code:
/// fields go straight into a `response_head`, whose memory is reused.
class head_parser {
  public:
    PENSTOCK_DECL explicit head_parser(std::size_t max_size = std::size_t{64} << 10);
    PENSTOCK_DECL head_parser(head_parser&&) noexcept;
    PENSTOCK_DECL head_parser& operator=(head_parser&&) noexcept;
    PENSTOCK_DECL ~head_parser();

    /// Ready for the next head, which goes into `into` (cleared here; must outlive the parse).
    PENSTOCK_DECL void start(response_head& into);

    /// Parses from the front of `bytes` and answers how many are used up; call again with the rest and what came since
    /// until `done()`. Fails with `errc::malformed_response` or `errc::header_too_large`.
    PENSTOCK_DECL result<std::size_t> parse(std::span<const std::byte> bytes);

    PENSTOCK_DECL bool done() const noexcept;

    struct state;

  private:
    std::unique_ptr<state> state_;
};

} // namespace penstock::http

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/http/impl/head_parser.ipp>
#endif

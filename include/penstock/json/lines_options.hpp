// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/json/record_options.hpp>

namespace penstock::json {

/// How `lines_reader` reads: what all text formats have (read_options.hpp), what both readers of JSON have
/// (record_options.hpp), no others. Setters chain.
class lines_options : public record_option_setters<lines_options> {
  public:
    lines_options() = default;
};

} // namespace penstock::json

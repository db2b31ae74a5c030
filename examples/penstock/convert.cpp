// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "row_reading.hpp"

namespace tool {

awaitable<void> convert(session& s, convert_options o) {
    const auto rows = make_row_target(s, o);
    co_await read_rows(s, o, *rows);
}

} // namespace tool

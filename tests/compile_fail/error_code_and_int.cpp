// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
// A code is compared with codes and conditions, never with a number or an HTTP status.
#include <penstock/core/error.hpp>

bool missing(const penstock::error& e) {
#ifdef WRONG
    return e.code() == 404;
#else
    return e.code() == penstock::condition::not_found;
#endif
}

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
// Codes have conditions; they are none.
#include <penstock/core/error.hpp>

#ifdef WRONG
penstock::condition c = penstock::errc::throttled;
#else
penstock::condition c = penstock::condition::throttled;
#endif

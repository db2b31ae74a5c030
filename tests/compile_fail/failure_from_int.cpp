// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
// An int says nothing about its meaning: codes are named.
#include <penstock/core/error.hpp>

#ifdef WRONG
penstock::failure f = 42;
#else
penstock::failure f = penstock::errc::no_such_key;
#endif

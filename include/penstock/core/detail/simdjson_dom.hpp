// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

// simdjson's `dom` chooses its kernel at run time, inside its library; the header has a copy of its other interface for each
// kernel all the same. Those that the compiler's own flags rule out are left out here: a third of a second in every file.
#if !defined(__SSE4_2__) && !defined(SIMDJSON_IMPLEMENTATION_ICELAKE) && !defined(SIMDJSON_IMPLEMENTATION_HASWELL) &&  \
    !defined(SIMDJSON_IMPLEMENTATION_WESTMERE)
#define SIMDJSON_IMPLEMENTATION_ICELAKE 0
#define SIMDJSON_IMPLEMENTATION_HASWELL 0
#define SIMDJSON_IMPLEMENTATION_WESTMERE 0
#endif
#include <simdjson.h>

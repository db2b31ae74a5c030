// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
// A reader is one position in one body: it moves.
#include <penstock/s3/object_reader.hpp>

#include <utility>

penstock::s3::object_reader pass(penstock::s3::object_reader r) {
#ifdef WRONG
    penstock::s3::object_reader other{r};
#else
    penstock::s3::object_reader other{std::move(r)};
#endif
    return other;
}

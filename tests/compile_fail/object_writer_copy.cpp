// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
// An upload is committed once.
#include <penstock/s3/object_writer.hpp>

#include <utility>

penstock::s3::object_writer pass(penstock::s3::object_writer w) {
#ifdef WRONG
    penstock::s3::object_writer other{w};
#else
    penstock::s3::object_writer other{std::move(w)};
#endif
    return other;
}

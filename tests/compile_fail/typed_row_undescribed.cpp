// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
// A struct becomes a row once Boost.Describe knows its members.
#include <penstock/format/typed_rows.hpp>

struct trip {
    double fare = 0;
};
#ifndef WRONG
BOOST_DESCRIBE_STRUCT(trip, (), (fare))
#endif

penstock::awaitable<double> first(penstock::typed_reader<trip>& rows) {
    auto row = co_await rows.next();
    co_return row ? row->fare : 0;
}

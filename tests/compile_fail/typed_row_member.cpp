// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
// A member that no column can be read into is refused when it compiles.
#include <penstock/format/typed_rows.hpp>

struct trip {
#ifdef WRONG
    void* fare = nullptr;
#else
    double fare = 0;
#endif
};
BOOST_DESCRIBE_STRUCT(trip, (), (fare))

void first(const penstock::typed_batch<trip>& rows) { (void)rows[0]; }
penstock::typed_batch<trip> read(penstock::record_batch batch) { return penstock::typed_batch<trip>{std::move(batch)}; }

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/dataset/partition_hint.hpp>

#include <doctest/doctest.h>

namespace partition_hint_test {

using namespace penstock;

std::string hint(std::string_view path, std::vector<std::string> columns, errc code = errc::unknown_column) {
    return with_partition_hint(failure{code, "no such column", "there are: fare"}, path, columns).detail().hint;
}

TEST_CASE("partition_hint: a column that is a folder of the path") {
    CHECK(hint("s3://lake/trips/year=2026/month=06/a.csv", {"fare", "month"}) ==
          "'month' is a partition, no column of the objects: name its folder in the URL, as in "
          "s3://lake/trips/year=2026/month=06/*, so that no other is listed and read");
    CHECK(hint("s3://lake/year=2026/a.csv", {"year"}).find("s3://lake/year=2026/*") != std::string::npos);
}

TEST_CASE("partition_hint: what is no partition, or no such failure, keeps its own hint") {
    for (const char* path : {"s3://lake/trips/a.csv", "s3://lake/month=06", "s3://lake/xmonth=06/a.csv", "s3://lake/month/06/a.csv", ""})
        CHECK(hint(path, {"month"}) == "there are: fare");
    CHECK(hint("s3://lake/month=06/a.csv", {}) == "there are: fare");
    CHECK(hint("s3://lake/=06/a.csv", {""}) == "there are: fare");
    CHECK(hint("s3://lake/month=06/a.csv", {"month"}, errc::type_mismatch) == "there are: fare");
}

} // namespace partition_hint_test

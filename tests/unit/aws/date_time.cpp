// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/aws/date_time.hpp>

#include <doctest/doctest.h>

namespace test_aws_date_time {

namespace aws = penstock::aws;
using aws::instant;
using wall = std::chrono::system_clock::time_point;

TEST_CASE("aws/date_time: x-amz-date both ways") {
    CHECK(aws::parse_amz_date("20130524T000000Z") == instant{1369353600});
    CHECK(aws::parse_amz_date("19700101T000001Z") == instant{1});
    CHECK(aws::parse_amz_date("20240229T235959Z") == instant{1709251199});
    CHECK(aws::format_amz_date(wall{std::chrono::seconds{1709251199}}) == "20240229T235959Z");
    CHECK(aws::format_amz_date(wall{std::chrono::milliseconds{1709251199999}}) == "20240229T235959Z");
    CHECK(aws::format_amz_date(wall{std::chrono::milliseconds{-1}}) == "19691231T235959Z");
    CHECK(aws::format_amz_date(wall::max()).substr(0, 4) == "2262");
    CHECK(aws::format_amz_date(wall::min()).substr(0, 4) == "1677");
    for (const char* bad : {"", "20130524T000000", "20130524T000000z", "20130524 000000Z",
                            "2013-05-24T00:00:00Z", "20130524T000000Z ", " 20130524T000000Z",
                            "20130532T000000Z", "20131324T000000Z", "20130024T000000Z", "20130500T000000Z",
                            "20230229T000000Z", "19000229T000000Z", "20130524T240000Z", "20130524T006000Z",
                            "20130524T000061Z", "2013052aT000000Z", "-0130524T000000Z", "+0130524T000000Z"}) {
        CAPTURE(bad);
        CHECK_FALSE(aws::parse_amz_date(bad));
    }
}

TEST_CASE("aws/date_time: the three forms of an HTTP date") {
    const instant t{784111777};
    CHECK(aws::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT") == t);
    CHECK(aws::parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT") == t);
    CHECK(aws::parse_http_date("Sun Nov  6 08:49:37 1994") == t);
    CHECK(aws::parse_http_date("Sun Nov 16 08:49:37 1994") == instant{784111777 + 864000});
    CHECK(aws::parse_http_date("Sun, 06 Nov 1994 08:49:37.25 GMT") == instant{784111777, 250000000});
    CHECK(aws::parse_http_date("Friday, 01-Jan-26 00:00:00 GMT") == instant{1767225600});
    CHECK(aws::format_http_date(t) == "Sun, 06 Nov 1994 08:49:37 GMT");
    CHECK(aws::format_http_date(instant{784111777, 999999999}) == "Sun, 06 Nov 1994 08:49:37 GMT");
    for (const char* bad :
         {"", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 6 Nov 1994 08:49:37 GMT",
          "Sun, 06 nov 1994 08:49:37 GMT", "Xxx, 06 Nov 1994 08:49:37 GMT", "Sun, 31 Nov 1994 08:49:37 GMT",
          "Sun, 06 Nov 1994 08:49:37. GMT", "Sun, 06 Nov 1994 25:49:37 GMT", "Sun, 06 Nov 94 08:49:37 GMT",
          "Sun, 06 Nov 1994 08:49:37 GMT ", "Sunday, 06-Nov-1994 08:49:37 GMT", "Sun Nov 06 08:49:37 94"}) {
        CAPTURE(bad);
        CHECK_FALSE(aws::parse_http_date(bad));
    }
}

TEST_CASE("aws/date_time: ISO 8601") {
    CHECK(aws::parse_iso8601("1970-01-01T00:00:00Z") == instant{0});
    CHECK(aws::parse_iso8601("2009-10-12T17:50:30.000Z") == instant{1255369830});
    CHECK(aws::parse_iso8601("2009-10-12t17:50:30.5z") == instant{1255369830, 500000000});
    CHECK(aws::parse_iso8601("2009-10-12T17:50:30.123456789Z") == instant{1255369830, 123456789});
    CHECK(aws::parse_iso8601("2009-10-12T17:50:30.1234567899999Z") == instant{1255369830, 123456789});
    CHECK(aws::parse_iso8601("2009-10-12T19:50:30+02:00") == instant{1255369830});
    CHECK(aws::parse_iso8601("2009-10-12T12:20:30-0530") == instant{1255369830});
    CHECK(aws::parse_iso8601("1969-12-31T23:59:59.5Z") == instant{-1, 500000000});
    CHECK(aws::parse_iso8601("2016-12-31T23:59:60Z") == instant{1483228800});
    CHECK(aws::format_iso8601(instant{1255369830}) == "2009-10-12T17:50:30Z");
    CHECK(aws::format_iso8601(instant{1255369830, 10000}) == "2009-10-12T17:50:30.00001Z");
    CHECK(aws::format_iso8601(instant{1255369830, 123456789}) == "2009-10-12T17:50:30.123456Z");
    CHECK(aws::format_iso8601(instant{1255369830, 999}) == "2009-10-12T17:50:30Z");
    CHECK(aws::format_iso8601(instant{-1, 500000000}) == "1969-12-31T23:59:59.5Z");
    for (const char* bad :
         {"", "2009-10-12", "2009-10-12T17:50:30", "2009-10-12 17:50:30Z", "2009-10-12T17:50Z",
          "2009-10-12T17:50:30.Z", "2009-10-12T17:50:30,5Z", "2009-02-29T00:00:00Z",
          "2009-10-12T17:50:30+2:00", "2009-10-12T17:50:30+24:00", "2009-10-12T17:50:30ZZ",
          "09-10-12T17:50:30Z", "2009-10-12T17:50:30 Z", "2009-10-12T17:50:30+"}) {
        CAPTURE(bad);
        CHECK_FALSE(aws::parse_iso8601(bad));
    }
}

TEST_CASE("aws/date_time: years outside 0 to 9999 have no text") {
    const auto first = aws::parse_iso8601("0000-01-01T00:00:00Z"),
               last = aws::parse_iso8601("9999-12-31T23:59:59Z");
    REQUIRE(first);
    REQUIRE(last);
    CHECK(aws::format_iso8601(*first) == "0000-01-01T00:00:00Z");
    CHECK(aws::format_http_date(*last) == "Fri, 31 Dec 9999 23:59:59 GMT");
    for (const auto t :
         {instant{first->seconds - 1}, instant{last->seconds + 1}, instant{INT64_MAX}, instant{INT64_MIN}}) {
        CHECK_FALSE(aws::format_iso8601(t));
        CHECK_FALSE(aws::format_http_date(t));
    }
}

TEST_CASE("aws/date_time: epoch seconds") {
    CHECK(aws::parse_epoch_seconds("0") == instant{0});
    CHECK(aws::parse_epoch_seconds("1515531081.1234") == instant{1515531081, 123400000});
    CHECK(aws::parse_epoch_seconds("-10.000001") == instant{-10, 1000});
    CHECK(aws::parse_epoch_seconds("9223372036854775807") == instant{INT64_MAX});
    CHECK(aws::format_epoch_seconds(instant{1515531081, 123400000}) == "1515531081.1234");
    CHECK(aws::format_epoch_seconds(instant{-10, 1000}) == "-10.000001");
    CHECK(aws::format_epoch_seconds(instant{7}) == "7");
    for (const char* bad :
         {"", "-", "+1", "1.", ".5", "1e3", "1.5x", " 1", "9223372036854775808", "-0.5", "nan"}) {
        CAPTURE(bad);
        CHECK_FALSE(aws::parse_epoch_seconds(bad));
    }
}

TEST_CASE("aws/date_time: to the clock and back, cut at the clock's range") {
    const wall t{std::chrono::nanoseconds{1255369830123456789}};
    CHECK(instant{t} == instant{1255369830, 123456789});
    CHECK(instant{t}.to_wall_time() == t);
    const wall before{std::chrono::nanoseconds{-1}};
    CHECK(instant{before} == instant{-1, 999999999});
    CHECK(instant{before}.to_wall_time() == before);
    CHECK(instant{253402300799}.to_wall_time() == wall::max());
    CHECK(instant{-62167219200}.to_wall_time() == wall::min());
    CHECK(instant{INT64_MAX}.to_wall_time() == wall::max());
    CHECK(instant{INT64_MIN}.to_wall_time() == wall::min());
}

TEST_CASE("aws/date_time: every day of 400 years survives each format") {
    for (std::int64_t day = -141427; day < 4670; ++day) { // 1582-10-15 … 1982
        const instant t{day * 86400 + day % 86400, 0};
        CHECK(aws::parse_iso8601(*aws::format_iso8601(t)) == t);
        CHECK(aws::parse_http_date(*aws::format_http_date(t)) == t);
    }
}

} // namespace test_aws_date_time

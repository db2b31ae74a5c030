// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

#include <penstock/format/scalar_text.hpp>

#include <penstock/columnar/float16.hpp>
#include <penstock/format/numbers.hpp>

#include <support/random_batches.hpp>

#include <doctest/doctest.h>

namespace scalar_text_test {

using namespace penstock;

TEST_CASE("scalar_text: any value of any flat type is read back as it was") {
    test::numbers n{11};
    for (int round = 0; round < 60; ++round) {
        test::random_batches batches{n.below(1 << 30), test::batch_shape().depth(0).columns(12).rows(40)};
        const auto batch = batches.batch();
        const auto pool = buffer_pool::create();
        for (std::size_t c = 0; c < batch.num_columns(); ++c) {
            const auto& column = batch[c];
            CAPTURE(column.type().name());
            if (!has_text_form(column.type())) continue;
            for (const auto form : {binary_form::base64, binary_form::hex}) {
                array_builder to{column.type(), pool};
                scalar_parser parser{column.type(), form};
                for (std::size_t r = 0; r < column.size(); ++r) {
                    if (is_null_value(column, r)) continue;
                    std::string text;
                    if (!append_scalar(text, column, r, form)) continue; // beyond what its type means
                    CAPTURE(text);
                    const auto at = to.size();
                    REQUIRE(parser.append(text, to));
                    REQUIRE(to.size() == at + 1);
                    std::string again;
                    auto one = array_builder{column.type(), pool};
                    REQUIRE(parser.append(text, one));
                    const auto read = one.finish();
                    REQUIRE(append_scalar(again, read, 0, form));
                    CHECK(again == text);
                    // NaNs have one text
                    if (column.type().id() != type_id::dictionary && text.find("NaN") == text.npos)
                        CHECK(read == column.slice(r, 1));
                }
            }
        }
    }
}

TEST_CASE("scalar_text: what is no text of its type appends nothing") {
    const auto pool = buffer_pool::create();
    for (const auto& type :
         {data_type::boolean(), data_type::int8(), data_type::uint64(), data_type::float16(), data_type::float32(),
          data_type::float64(), data_type::decimal128(5, 2), data_type::decimal256(50, 2), data_type::binary(),
          data_type::fixed_size_binary(3), data_type::date32(), data_type::date64(), data_type::time32(time_unit::second),
          data_type::time64(time_unit::nanosecond), data_type::timestamp(time_unit::second, "UTC"),
          data_type::duration(time_unit::second), data_type::interval_months(), data_type::interval_day_time(),
          data_type::interval_month_day_nano(), data_type::dictionary(data_type::int8(), data_type::int64()),
          data_type::null()}) {
        CAPTURE(type.name());
        array_builder to{type, pool};
        scalar_parser parser{type};
        for (const std::string_view bad : {"?", "1 ", " 1", "--1", "AQ", "99999999999999999999999999999999999999999999x"})
            CHECK_FALSE(parser.append(bad, to));
        CHECK(to.size() == 0);
    }
    CHECK_FALSE(has_text_form(data_type::list(data_type::int8())));
    CHECK_FALSE(has_text_form(data_type::dictionary(data_type::int8(), data_type::list(data_type::int8()))));
}

TEST_CASE("numbers: widths and ranges") {
    CHECK(parse_integer<std::int8_t>("-128") == -128);
    CHECK_FALSE(parse_integer<std::int8_t>("128"));
    CHECK(parse_integer<std::uint8_t>("+255") == 255);
    CHECK_FALSE(parse_integer<std::uint8_t>("-1"));
    CHECK_FALSE(parse_integer<std::uint8_t>("256"));
    CHECK(parse_uint64("18446744073709551615") == 18446744073709551615u);
    CHECK_FALSE(parse_uint64("18446744073709551616"));
    CHECK_FALSE(parse_uint64("+-1"));
    CHECK_FALSE(parse_uint64(""));
}

TEST_CASE("numbers: floats are rounded once") {
    // halfway between two floats, and a digit more that a double does not hold
    CHECK(parse_float32("16777217") == 16777216.0f);
    CHECK(parse_float32("16777217.0000000001") == 16777218.0f);
    CHECK(parse_float32("16777216.9999999999") == 16777216.0f);
    CHECK_FALSE(parse_float32("1e39"));
    CHECK(parse_float32("1e-60") == 0.0f);
    std::string out;
    for (const float f : {0.1f, 16777216.0f, 1e7f, 3.4028235e38f, 1e-45f, -0.0f}) {
        out.clear();
        append_float32(out, f);
        CHECK(parse_float32(out) == f);
    }
    out.clear();
    append_float32(out, 0.1f);
    CHECK(out == "0.1");
}

TEST_CASE("numbers: halves are rounded once, and every one is read back") {
    const auto half = [](std::string_view t) { return parse_float16(t).value_or(float16{0xffff}).bits; };
    CHECK(half("2048") == 0x6800);
    CHECK(half("2049") == 0x6800); // half way: the even one
    CHECK(half("2049.00000000000000000000001") == 0x6801);
    CHECK(half("2048.99999999999999999999999") == 0x6800);
    CHECK(half("2051") == 0x6802);
    CHECK(half("2050.9999999999999999999999") == 0x6801);
    CHECK(half("-2051.0000000000000000000001e0") == 0xe802);
    CHECK(half("65504") == 0x7bff);
    CHECK(half("65519.9999999999999999999") == 0x7bff);
    CHECK(half("65520") == 0xffff);
    CHECK(half("0.0000000298023223876953125") == 0); // half of the smallest
    CHECK(half("2.98023223876953125000000000001e-8") == 1);
    CHECK(half("00.000298023223876953125000000000001e-4") == 1);
    CHECK(half("-0") == 0x8000);
    CHECK(half("Infinity") == 0x7c00);
    CHECK(half("x") == 0xffff);
    for (unsigned bits = 0; bits < 0x10000; ++bits) {
        const float16 h{static_cast<std::uint16_t>(bits)};
        std::string text;
        append_float16(text, h);
        const auto back = parse_float16(text);
        REQUIRE(back);
        if (text != "NaN") REQUIRE(back->bits == bits);
        REQUIRE(text.size() <= 11);
    }
}

TEST_CASE("binary_text") {
    std::string out;
    append_binary(out, std::string_view{"\0\xff", 2}, binary_form::base64);
    CHECK(out == "AP8=");
    CHECK(parse_binary("00fF", binary_form::hex, out));
    CHECK(out == std::string_view{"AP8=\0\xff", 6});
    for (const std::string_view bad : {"0", "0g", "00 "}) CHECK_FALSE(parse_binary(bad, binary_form::hex, out));
    for (const std::string_view bad : {"AP8", "AP9=", "A===", "AP8=AP8="}) CHECK_FALSE(parse_binary(bad, binary_form::base64, out));
    CHECK(out.size() == 6);
}

} // namespace scalar_text_test

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// Every level that this processor has against the portable one, and that one against the plain readers.

#include <penstock/format/kernels/one_text.hpp>
#include <penstock/format/kernels/text_kernels.hpp>
#include <penstock/format/numbers.hpp>
#include <penstock/format/type_inference.hpp>
#include <penstock/format/utf8.hpp>

#include <doctest/doctest.h>

#include <bit>
#include <cstring>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace text_kernels_test {

using namespace penstock;
using namespace penstock::detail;

inline std::vector<const text_kernels*> levels() {
    std::vector<const text_kernels*> out;
    for (int i = 0; i <= static_cast<int>(best_simd_level()); ++i) out.push_back(&text_kernels_of(static_cast<simd_level>(i)));
    return out;
}

/// Fields with separators between them, in the middle of bytes that look like more of them.
struct table {
    std::string bytes = std::string(64, '7');
    std::vector<std::uint32_t> slots;

    table(const std::vector<std::string>& fields, std::size_t stride, const std::string& front = "",
          const std::string& back = "") {
        bytes.back() = ',';
        slots.push_back(63);
        for (const auto& f : fields) {
            for (std::size_t i = 0; i < stride; ++i) {
                bytes += i ? "1" : front + f + back;
                slots.push_back(static_cast<std::uint32_t>(bytes.size()));
                bytes += ',';
            }
        }
        bytes += std::string(64, '9');
        run = {bytes.data(), slots.data(), stride, fields.size(), static_cast<std::uint32_t>(front.size()),
               static_cast<std::uint32_t>(back.size())};
    }
    table(const table&) = delete;
    field_run run;
};

template <class T>
struct converted {
    bool all = false;
    std::vector<std::uint64_t> values, valid, hard;
    friend bool operator==(const converted&, const converted&) = default;
};

template <class T, class Call>
converted<T> convert(const field_run& run, const Call& call) {
    std::vector<T> out(run.rows + 4, T{});
    field_bits bits;
    std::memset(&bits, 0xaa, sizeof bits);
    converted<T> c;
    c.all = call(run, out.data(), bits);
    for (std::size_t i = 0; i < run.rows; ++i) {
        std::uint64_t v = 0;
        std::memcpy(&v, &out[i], sizeof(T));
        c.values.push_back(v);
    }
    for (std::size_t w = 0; w < (run.rows + 63) / 64; ++w) {
        c.valid.push_back(bits.valid[w]);
        c.hard.push_back(bits.hard[w]);
        CHECK((bits.valid[w] & bits.hard[w]) == 0);
    }
    return c;
}
template <class T>
bool bit_of(const std::vector<std::uint64_t>& words, T i) {
    return words[i / 64] >> (i % 64) & 1;
}

/// A number, or nearly one.
inline std::string number_text(std::mt19937& random) {
    std::string out;
    switch (random() % 8) {
    case 0:
        break;
    case 1: {
        const auto n = random() % 12;
        for (std::size_t i = 0; i < n; ++i) out += "0123456789..-+eE xn\"/:"[random() % 22];
        break;
    }
    case 2:
        out = "null";
        break;
    default: {
        const auto whole = random() % (random() % 4 ? 5 : 19);
        const auto fraction = random() % (random() % 4 ? 4 : 12);
        if (random() % 4 == 0) out += '-';
        for (std::size_t i = 0; i < whole; ++i) out += static_cast<char>('0' + random() % 10);
        if (random() % 2) {
            out += '.';
            for (std::size_t i = 0; i < fraction; ++i) out += static_cast<char>('0' + random() % 10);
        }
        if (random() % 20 == 0) out[random() % (out.size() + 1)] = "-./:e\x80\xff"[random() % 7];
    }
    }
    return out;
}

TEST_CASE("text kernels: numbers of every level are those of the portable one, which are those of the plain reader") {
    std::mt19937 random{11};
    for (int round = 0; round < 3000; ++round) {
        std::vector<std::string> fields;
        const auto rows = 1 + random() % (round % 50 ? 20 : kernel_rows);
        const bool tame = random() % 2; // so that four in a row are common
        for (std::size_t i = 0; i < rows; ++i)
            fields.push_back(tame ? std::to_string(random() % 30000) + (random() % 2 ? "." + std::to_string(random() % 100) : "")
                                  : number_text(random));
        const std::string front = random() % 3 ? "" : "\"key\":";
        const table t{fields, 1 + random() % 4, front, random() % 3 ? "" : "}"};
        for (const auto nulls : {null_form::none, null_form::empty, null_form::word, null_form::word_or_empty}) {
            const number_rules rules{nulls, random() % 2 == 0, random() % 2 == 0};
            const auto& portable = text_kernels_of(simd_level::portable);
            const auto whole = convert<std::int64_t>(t.run, [&](const field_run& r, std::int64_t* o, field_bits& b) { return portable.int64(r, rules, o, b); });
            const auto real = convert<double>(t.run, [&](const field_run& r, double* o, field_bits& b) { return portable.float64(r, rules, o, b); });
            for (std::size_t i = 0; i < rows; ++i) {
                const auto& f = fields[i];
                const bool both = nulls == null_form::word_or_empty;
                const bool nothing = (f.empty() && (both || nulls == null_form::empty)) || (f == "null" && (both || nulls == null_form::word));
                REQUIRE_MESSAGE((!bit_of(whole.valid, i) && !bit_of(whole.hard, i)) == nothing, f);
                if (bit_of(whole.valid, i)) {
                    REQUIRE_MESSAGE(parse_int64(f) == static_cast<std::int64_t>(whole.values[i]), f);
                    if (rules.canonical) REQUIRE_MESSAGE(is_canonical_int64(f), f);
                } else {
                    REQUIRE(whole.values[i] == 0);
                    if (is_canonical_int64(f) && f.size() <= 16) REQUIRE_MESSAGE(false, f);
                }
                if (bit_of(real.valid, i)) {
                    const auto value = parse_float64(f);
                    REQUIRE_MESSAGE(value.has_value(), f);
                    REQUIRE_MESSAGE(std::bit_cast<std::uint64_t>(*value) == real.values[i], f);
                    if (rules.canonical) REQUIRE_MESSAGE(classify(f) != text_kind::string, f);
                    if (rules.json) REQUIRE_MESSAGE(f.find('.') != f.size() - 1, f);
                    if (rules.json) REQUIRE_MESSAGE((f[0] != '.' && f.substr(0, 2) != "-."), f);
                }
            }
            for (const auto* k : levels()) {
                REQUIRE(convert<std::int64_t>(t.run, [&](const field_run& r, std::int64_t* o, field_bits& b) { return k->int64(r, rules, o, b); }) == whole);
                REQUIRE(convert<double>(t.run, [&](const field_run& r, double* o, field_bits& b) { return k->float64(r, rules, o, b); }) == real);
            }
        }
    }
}

TEST_CASE("text kernels: every number of up to four characters") {
    constexpr std::string_view alphabet = "0195.-+n";
    std::vector<std::string> all{""};
    for (std::size_t i = 0; i < all.size() && all[i].size() < 4; ++i)
        for (const char c : alphabet) all.push_back(all[i] + c);
    for (std::size_t first = 0; first < all.size(); first += kernel_rows) {
        const std::vector<std::string> fields(all.begin() + static_cast<std::ptrdiff_t>(first),
                                              all.begin() + static_cast<std::ptrdiff_t>(std::min(first + kernel_rows, all.size())));
        const table t{fields, 1};
        for (const number_rules rules : {number_rules{null_form::empty, true, false}, number_rules{null_form::none, false, false},
                                         number_rules{null_form::word, true, true}, number_rules{null_form::word_or_empty, true, true}}) {
            const auto& portable = text_kernels_of(simd_level::portable);
            const auto whole = convert<std::int64_t>(t.run, [&](const field_run& r, std::int64_t* o, field_bits& b) { return portable.int64(r, rules, o, b); });
            const auto real = convert<double>(t.run, [&](const field_run& r, double* o, field_bits& b) { return portable.float64(r, rules, o, b); });
            for (const auto* k : levels()) {
                REQUIRE(convert<std::int64_t>(t.run, [&](const field_run& r, std::int64_t* o, field_bits& b) { return k->int64(r, rules, o, b); }) == whole);
                REQUIRE(convert<double>(t.run, [&](const field_run& r, double* o, field_bits& b) { return k->float64(r, rules, o, b); }) == real);
            }
            for (std::size_t i = 0; i < fields.size() && !rules.canonical; ++i)
                REQUIRE_MESSAGE(bit_of(whole.valid, i) == (parse_int64(fields[i]).has_value() && fields[i][0] != '+'), fields[i]);
        }
    }
}

inline std::string two(unsigned n) { return {static_cast<char>('0' + n / 10 % 10), static_cast<char>('0' + n % 10)}; }

TEST_CASE("text kernels: timestamps and dates of every level are those of the portable one") {
    std::mt19937 random{12};
    std::size_t there = 0;
    for (int round = 0; round < 3000; ++round) {
        std::vector<std::string> times;
        std::vector<std::string> dates;
        const auto rows = 1 + random() % (round % 50 ? 20 : kernel_rows);
        timestamp_rules rules;
        rules.nulls = static_cast<null_form>(random() % 4);
        rules.quoted = random() % 3 == 0;
        rules.utc = random() % 3 == 0;
        rules.decimals = static_cast<int>(random() % 4) * 3;
        const bool tame = random() % 2;
        const char between = " TTx"[random() % 4];
        for (std::size_t i = 0; i < rows; ++i) {
            const auto wild = [&] { return !tame && random() % 8 == 0; };
            auto date = two(wild() ? static_cast<unsigned>(random() % 100) : 20) + two(static_cast<unsigned>(random() % 100)) + "-" +
                        two(wild() ? static_cast<unsigned>(random() % 100) : static_cast<unsigned>(1 + random() % 12)) + "-" +
                        two(wild() ? static_cast<unsigned>(random() % 100) : static_cast<unsigned>(1 + random() % 28));
            auto time = date + (wild() ? ' ' : between) + two(static_cast<unsigned>(random() % (wild() ? 99 : 24))) + ":" +
                        two(static_cast<unsigned>(random() % (wild() ? 99 : 60))) + ":" + two(static_cast<unsigned>(random() % (wild() ? 99 : 60)));
            if (!tame && random() % 4 == 0) {
                time += '.';
                for (auto n = random() % 10; n > 0; --n) time += static_cast<char>('0' + random() % 10);
            }
            if (wild() != rules.utc) time += 'Z';
            for (auto* t : {&date, &time}) {
                if (wild()) (*t)[random() % t->size()] = static_cast<char>("0:-/T Z.\xff"[random() % 9]);
                if (wild()) t->resize(random() % (t->size() + 1));
                if (rules.quoted != wild()) *t = "\"" + *t + "\"";
                if (wild()) *t = random() % 2 ? "" : "null";
            }
            times.push_back(time);
            dates.push_back(date);
        }
        const auto stride = 1 + random() % 3;
        const table a{times, stride, random() % 3 ? "" : "\"k\":"};
        const table b{dates, stride};
        const auto& portable = text_kernels_of(simd_level::portable);
        const auto as_times = convert<std::int64_t>(a.run, [&](const field_run& r, std::int64_t* o, field_bits& f) { return portable.timestamp(r, rules, o, f); });
        const auto as_dates = convert<std::int32_t>(b.run, [&](const field_run& r, std::int32_t* o, field_bits& f) { return portable.date(r, rules, o, f); });
        for (const auto v : as_times.valid) there += static_cast<std::size_t>(std::popcount(v));
        for (const auto* k : levels()) {
            REQUIRE(convert<std::int64_t>(a.run, [&](const field_run& r, std::int64_t* o, field_bits& f) { return k->timestamp(r, rules, o, f); }) == as_times);
            REQUIRE(convert<std::int32_t>(b.run, [&](const field_run& r, std::int32_t* o, field_bits& f) { return k->date(r, rules, o, f); }) == as_dates);
        }
    }
    CHECK(there > 10000);
}

TEST_CASE("text kernels: every day of 1900 to 2155, and no other") {
    // Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": days_from_civil.
    const auto days = [](int y, int m, int d) {
        y -= m <= 2;
        const int era = y / 400;
        const int of_era = y - era * 400;
        const int of_year = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
        return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
    };
    std::int32_t next = days(1900, 1, 1);
    for (int y = 1898; y < 2158; ++y)
        for (int m = 0; m <= 13; ++m)
            for (int d = 0; d <= 32; ++d) {
                const auto text = two(static_cast<unsigned>(y / 100)) + two(static_cast<unsigned>(y)) + "-" + two(static_cast<unsigned>(m)) + "-" +
                                  two(static_cast<unsigned>(d));
                const auto value = one_date(text);
                if (!value) continue;
                REQUIRE_MESSAGE(*value == next, text);
                REQUIRE_MESSAGE(*value == days(y, m, d), text);
                ++next;
            }
    CHECK(next == days(2156, 1, 1));
}

TEST_CASE("text kernels: what timestamps may look like") {
    const auto us = data_type::timestamp(time_unit::microsecond);
    CHECK(one_timestamp("1970-01-01 00:00:00", us) == 0);
    CHECK(one_timestamp("1970-01-02T00:00:01.5", us) == 86401500000);
    CHECK(one_timestamp("1969-12-31 23:59:59.999999", us) == -1);
    CHECK(one_timestamp("2024-02-29 12:34:56", data_type::timestamp(time_unit::second)) == 1709210096);
    CHECK(one_timestamp("2024-02-29 12:34:56.123456789", data_type::timestamp(time_unit::nanosecond)) == 1709210096123456789);
    CHECK(one_timestamp("2024-02-29 12:34:56.123", data_type::timestamp(time_unit::millisecond, "UTC")) == std::nullopt);
    CHECK(one_timestamp("2024-02-29 12:34:56.123Z", data_type::timestamp(time_unit::millisecond, "UTC")) == 1709210096123);
    for (const char* text : {"2023-02-29 00:00:00", "2024-13-01 00:00:00", "2024-00-01 00:00:00", "2024-01-00 00:00:00", "2024-01-01 24:00:00",
                             "2024-01-01 00:60:00", "2024-01-01 00:00:60", "2024-01-01 00:00:00.", "2024-01-01 00:00:00.1234567",
                             "2024-01-01 00:00:00Z", "2024-01-01_00:00:00", "2024/01/01 00:00:00", "2024-01-01", ""})
        CHECK_MESSAGE(one_timestamp(text, us) == std::nullopt, text);
}

TEST_CASE("text kernels: truth values") {
    const table t{{"true", "false", "", "null", "True", "truefalse", "f", "tru", "fals"}, 2};
    for (const auto* k : levels()) {
        std::uint64_t values[1] = {};
        field_bits bits;
        CHECK_FALSE(k->boolean(t.run, null_form::empty, values, bits));
        CHECK(values[0] == 1);
        CHECK(bits.valid[0] == 3);
        CHECK(bits.hard[0] == 0b111111000);
        k->boolean(t.run, null_form::word, values, bits);
        CHECK(bits.hard[0] == 0b111110100);
        k->boolean(t.run, null_form::none, values, bits);
        CHECK(bits.hard[0] == 0b111111100);
    }
}

TEST_CASE("text kernels: texts of every level, of every length") {
    std::mt19937 random{13};
    for (int round = 0; round < 2000; ++round) {
        std::vector<std::string> fields;
        std::string joined;
        std::vector<std::int32_t> ends;
        std::uint64_t empty[3] = {};
        const auto rows = 1 + random() % 150;
        const auto longest = std::vector<unsigned>{3, 13, 14, 15, 28, 30, 31, 32, 60, 62, 63, 64, 200}[random() % 13];
        const auto many_quotes = random() % 2;
        std::size_t widest = 0;
        for (std::size_t i = 0; i < rows; ++i) {
            std::string plain(random() % (random() % 8 ? std::min(30u, longest) + 1 : longest + 1), ' ');
            const bool quoted = random() % 8 ? many_quotes : !many_quotes;
            for (auto& c : plain) c = quoted ? "ab\",\n"[random() % 5] : "abc\xc3\xa4"[random() % 5];
            if (!quoted && plain.size() > 1) plain[1 + random() % (plain.size() - 1)] = '"'; // an ordinary character there
            joined += plain;
            ends.push_back(static_cast<std::int32_t>(3 + joined.size()));
            std::string raw = plain;
            if (quoted) {
                raw = "\"";
                for (const char c : plain) raw += c == '"' ? std::string{"\"\""} : std::string(1, c);
                raw += '"';
            }
            empty[i / 64] |= static_cast<std::uint64_t>(raw.empty()) << (i % 64);
            widest = std::max(widest, raw.size());
            fields.push_back(raw);
        }
        const bool cr = random() % 3 == 0;
        const table t{fields, 1 + random() % 3, "", cr ? "\r" : ""};
        for (const auto* k : levels()) {
            std::string out(3 + joined.size() + 64, '#');
            std::vector<std::int32_t> got(rows);
            field_bits bits;
            csv_text_rules rules{'"', true, random() % 2 == 0};
            if (random() % 4) rules.widest = widest;
            REQUIRE(k->csv_text(t.run, rules, out.data(), 3, got.data(), bits) == 3 + joined.size());
            REQUIRE(out.substr(0, 3) == "###");
            REQUIRE(out.substr(3, joined.size()) == joined);
            REQUIRE(got == ends);
            for (std::size_t row = 0; row < rows; row += 64) {
                const auto all = ~std::uint64_t{0} >> (64 - std::min<std::size_t>(64, rows - row));
                REQUIRE(bits.valid[row / 64] == (rules.empty_is_null ? all & ~empty[row / 64] : all));
                REQUIRE(bits.hard[row / 64] == 0);
            }
            auto whole = t.run;
            whole.back = 0;
            REQUIRE(k->ending_with(whole, '\r') == (cr ? how_many::all : how_many::none));
        }
    }
    const table some{{"a\r", "b"}, 1};
    for (const auto* k : levels()) CHECK(k->ending_with(some.run, '\r') == how_many::some);
    const table no_quotes{{"\"a\"", "\"b"}, 1};
    for (const auto* k : levels()) {
        std::string out(80, '#');
        std::int32_t ends[2];
        field_bits bits;
        CHECK(k->csv_text(no_quotes.run, csv_text_rules{'"', false, true}, out.data(), 0, ends, bits) == 5);
        CHECK(out.substr(0, 5) == "\"a\"\"b");
    }
}

TEST_CASE("text kernels: the first field may begin the text") {
    const auto padded = std::string(64, '5') + "12,345" + std::string(64, '6');
    const std::uint32_t slots[] = {0xffffffff, 2, 6};
    for (const auto* k : levels())
        for (const std::size_t rows : {1, 2}) {
            std::int64_t out[2] = {};
            field_bits bits;
            CHECK(k->int64(field_run{padded.data() + 64, slots, 1, rows}, number_rules{}, out, bits));
            CHECK(out[0] == 12);
            if (rows == 2) CHECK(out[1] == 345);
        }
    // Four rows are what vectors take.
    const auto four = std::string(64, '5') + "1,2.5,3,4," + std::string(64, '6');
    const std::uint32_t places[] = {0xffffffff, 1, 5, 7, 9};
    for (const auto* k : levels()) {
        double out[4] = {};
        field_bits bits;
        CHECK(k->float64(field_run{four.data() + 64, places, 1, 4}, number_rules{}, out, bits));
        CHECK(out[0] == 1);
        CHECK(out[1] == 2.5);
        CHECK(out[3] == 4);
    }
}

struct scanned {
    std::size_t stopped = 0;
    std::vector<std::uint32_t> separators, row_ends;
    std::uint64_t inside = 0, may_open = 0, closed = 0, escaped = 0, breaks = 0;
    friend bool operator==(const scanned&, const scanned&) = default;
};
inline scanned scan(const text_kernels& k, const std::string& text, std::size_t size, const csv_scan_rules& rules) {
    std::vector<std::uint32_t> separators(size + 64);
    std::vector<std::uint32_t> row_ends(size + 64);
    csv_scan_state state;
    scan_output out{separators.data(), row_ends.data()};
    scanned s;
    s.stopped = k.scan_csv(rules, text.data(), 0, size, state, out);
    s.separators.assign(separators.data(), out.separators);
    s.row_ends.assign(row_ends.data(), out.row_ends);
    s.inside = state.inside;
    s.may_open = state.may_open;
    s.closed = state.closed;
    s.escaped = state.escaped;
    s.breaks = out.line_breaks;
    return s;
}

TEST_CASE("text kernels: positions of every level are those of the portable one") {
    std::mt19937 random{14};
    std::size_t whole = 0;
    for (int round = 0; round < 20000; ++round) {
        std::string text(64 * (1 + random() % 8) + 64, ' ');
        static constexpr std::string_view kinds[] = {"aaaaaaaaaa,,,\n\r", ",", "\n", "\r\n", "ab\xff\x80;", "\",\n"};
        const auto kind = kinds[random() % std::size(kinds)];
        for (auto& c : text) c = kind[random() % kind.size()];
        if (random() % 2) // quotes in the right places
            for (std::size_t i = 0; i + 8 < text.size(); i += 8 + random() % 60) text.replace(i, 8, random() % 2 ? ",\"ab\n\"," : ",\"\"\"\",,x");
        csv_scan_rules rules{random() % 8 ? ',' : ';', '"', random() % 8 != 0, random() % 4 != 0};
        rules.escapes = random() % 4 == 0;
        rules.escape = 'a';
        rules.trim = random() % 4 == 0;
        if (random() % 4 == 0) rules.more = random() % 2 ? "," : ",x";
        if (rules.trim)
            for (auto& c : text)
                if (random() % 8 == 0) c = random() % 2 ? ' ' : '\t';
        const auto size = text.size() - 64;
        const auto expected = scan(text_kernels_of(simd_level::portable), text, size, rules);
        whole += expected.stopped + 64 > size;
        for (const auto* k : levels()) REQUIRE_MESSAGE(scan(*k, text, size, rules) == expected, text);
        const bool plain = !rules.escapes && rules.more.empty();
        if (expected.stopped == size && !rules.quotes && plain) {
            std::size_t separators = 0;
            for (std::size_t i = 0; i < size; ++i)
                separators += text[i] == rules.delimiter || text[i] == '\n' || (text[i] == '\r' && text[i + 1] != '\n');
            REQUIRE(expected.separators.size() == separators);
        }
    }
    CHECK(whole > 5000);
    CHECK(whole < 19000);
}

TEST_CASE("text kernels: what fields begin with") {
    for (const std::size_t size : {1, 5, 15, 16, 17, 40, 64, 100}) {
        std::string key(size, 'k');
        key.back() = ':';
        auto padded = key + std::string(64, '?');
        for (std::size_t wrong = 0; wrong <= 6; ++wrong) {
            std::vector<std::string> fields(6, key + "12");
            if (wrong < 6) fields[wrong][wrong % 2 ? size - 1 : 0] = '#';
            if (wrong == 4) fields[4] = key.substr(0, size - 1); // the separator's place is where it would go on
            const table t{fields, 3};
            for (const auto* k : levels()) CHECK(k->starting_with(t.run, padded.data(), size) == wrong);
        }
    }
}

TEST_CASE("text kernels: UTF-8") {
    const auto check = [](const std::string& text) {
        const auto expected = is_ascii(text) ? encoding::ascii
                              : find_invalid_utf8(text) == std::string::npos ? encoding::utf8
                                                                              : encoding::neither;
        // memory of just this size, for the sanitizers to see what lies outside
        const std::vector<char> exact(text.begin(), text.end());
        for (const auto* k : levels()) REQUIRE(k->utf8(exact.data(), exact.size()) == expected);
    };
    // Every pair of bytes, and what decides about the second byte of three and four, at the edge of vectors.
    for (const std::size_t at : {0, 29, 30, 31, 61, 62, 63}) {
        for (int a = 0x7f; a < 256; ++a)
            for (int b = 0; b < 256; b += at ? 1 : 7) {
                std::string text(at, 'x');
                text += static_cast<char>(a);
                text += static_cast<char>(b);
                check(text);
                check(text + "y");
                check(text + "\x80");
                check(text + "\x80\x80");
                check(text + "\x80\x80z");
            }
    }
    std::mt19937 random{15};
    for (int round = 0; round < 20000; ++round) {
        std::string text;
        static constexpr std::string_view pieces[] = {"a", "plain text ", "\xc3\xa4", "\xe6\x9d\xb1", "\xf0\x9f\x98\x80", "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf"};
        const auto n = random() % 40;
        for (std::size_t i = 0; i < n; ++i) text += pieces[random() % std::size(pieces)];
        if (!text.empty() && random() % 2) text[random() % text.size()] = static_cast<char>(random());
        if (random() % 4 == 0) text.resize(random() % (text.size() + 1));
        check(text);
    }
}

} // namespace text_kernels_test

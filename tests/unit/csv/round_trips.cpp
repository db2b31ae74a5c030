// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

#include "csv_support.hpp"

#include <penstock/csv/detail/field_rules.hpp>
#include <penstock/csv/formatter.hpp>
#include <penstock/format/scalar_text.hpp>

#include <support/random_batches.hpp>
#include <support/same_values.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace csv_round_trips_test {

using namespace penstock;

struct ways {
    csv::write_options write;
    csv::options read;
};

/// Any options for a writer, and those with which its text is read.
inline ways any_ways(test::numbers& n) {
    static constexpr const char* delimiters[] = {",", ";",    "\t",   "|",  " ",  ":",  ".",   "-",        "0",
                                                 "e", "\x01", "\xff", "\'", "||", "::", "010", "\xc2\xa6", "xy"};
    static constexpr const char* comments[] = {"#", "//", "-", "1", "\xef\xbb\xbf"};
    static constexpr char quotes[] = {'"', '"', '"', '\'', '`', '5', '+', '~'};
    static constexpr const char* nulls[] = {"",  "",     "",  "NULL", "NA",         "NaN", "null",
                                            "0", "true", "x", " ",    "1970-01-01", "-",   "\xc3\xa9"};
    ways out;
    auto& w = out.write;
    w.delimiter(n.below(2) ? "," : delimiters[n.below(std::size(delimiters))]);
    if (n.below(4) == 0) w.comment(comments[n.below(std::size(comments))]);
    const auto form = n.below(6); // 0: plain text, 1: escaped
    w.quote(quotes[n.below(sizeof quotes)]);
    if (form < 2) w.quote(std::nullopt);
    if (form == 1) w.escape(n.below(3) ? '\\' : '^');
    w.crlf(n.below(3) == 0).header(n.below(3) != 0);
    w.null_text(nulls[n.below(std::size(nulls))]);
    if (n.below(3) == 0) w.binary(binary_form::hex);
    auto& r = out.read;
    r.delimiter(w.delimiter()).comment(w.comment()).quote(w.quote()).header(w.header()).null_texts({w.null_text()}).binary(w.binary());
    if (w.escape()) r.escape(w.escape());
    if (n.below(4) == 0) {
        w.decimal_separator(',');
        r.decimal_separator(',');
    }
    if (n.below(4) == 0) {
        w.booleans("yes", "x");
        r.booleans({"yes"}, {"x"});
    }
    static constexpr std::size_t rows[] = {1, 2, 7, 64, 8192};
    r.batch_rows(rows[n.below(std::size(rows))]);
    if (n.below(8) == 0) r.batch_bytes(1 + n.below(200));
    if (n.below(3) == 0) r.instruction_set(simd_level::portable);
    return out;
}

/// Whether a value that is no text would be taken for a null.
inline bool reads_like_null(const array& a, std::size_t row, const csv::write_options& w) {
    if (is_null_value(a, row)) return false;
    std::string text;
    if (!append_scalar(text, a, row, w.binary())) return false;
    if (text == "true" || text == "false") text = text == "true" ? w.true_text() : w.false_text();
    return text == w.null_text();
}

inline bool is_kind(const data_type& t, bool (*kind)(type_id)) {
    return t.id() == type_id::dictionary ? is_kind(t.value_type(), kind) : kind(t.id());
}

/// What came of a seed, for a test to see that it saw everything.
enum class came { back, refused, broken_nulls, options_refused };

inline came round_trip(std::uint64_t seed) {
    CAPTURE(seed);
    test::numbers n{seed};
    test::batch_shape shape;
    shape.depth(2).rows(n.below(4) ? 40 : 200);
    if (n.below(10)) shape.accept([](const data_type& t) { return has_text_form(t); });
    test::random_batches batches{n.next(), shape};
    auto schema = batches.schema();
    while (schema->empty()) schema = batches.schema();
    auto [w, r] = any_ways(n);
    std::optional<csv::formatter> formatter;
    try {
        formatter.emplace(w);
    } catch (const error& e) {
        CHECK(e.code() == errc::invalid_option);
        return came::options_refused;
    }
    std::vector<record_batch> all;
    for (auto k = n.below(3) + 1; k-- > 0;) all.push_back(batches.batch(schema));

    std::string text;
    try {
        formatter->begin(text, schema);
        for (const auto& b : all) formatter->append_rows(text, b); // CHECK would swallow what it throws
    } catch (const error& e) {
        // A reason, and a name.
        bool fair = !w.quote();
        for (const auto& f : schema->fields()) fair |= !has_text_form(f.type());
        for (const auto& b : all)
            for (std::size_t c = 0; c < b.num_columns() && !fair; ++c)
                for (std::size_t row = 0; row < b.num_rows() && !fair && !is_kind(b[c].type(), is_text); ++row)
                    fair = reads_like_null(b[c], row, w);
        CHECK(fair);
        CHECK(e.code() == errc::unsupported);
        bool named = false;
        for (const auto& f : schema->fields()) named |= std::string{e.what()}.find(printable(f.name(), 64)) != std::string::npos;
        CHECK(named);
        return came::refused;
    }
    for (const auto& f : schema->fields()) CHECK(has_text_form(f.type()));

    // What CSV cannot say: a null in the only column is "".
    const test::same_values same;
    std::optional<std::size_t> lacking;
    for (const auto& b : all)
        for (std::size_t c = 0; c < b.num_columns() && !lacking; ++c)
            for (std::size_t row = 0; row < b.num_rows() && !lacking; ++row)
                if (same.lacks((*schema)[c], b[c], row)) lacking = c;
    static constexpr std::size_t chunks[] = {1, 3, 64, 100'000};
    const auto got = csv_test::read(text, r.schema(schema), chunks[n.below(std::size(chunks))]);
    CAPTURE(printable(text, 2000));
    const auto& type = (*schema)[0].type();
    if (schema->size() == 1 && w.null_text().empty() && (is_kind(type, is_text) || is_kind(type, is_binary))) {
        std::size_t rows = 0;
        for (const auto& b : all) rows += b.num_rows();
        CHECK(got.error() == "");
        CHECK(got.rows() == rows);
        return came::back;
    }
    if (lacking) {
        bool named = false;
        for (const auto& f : schema->fields())
            named |= got.error().find("column \"" + printable(f.name(), 64)) != std::string::npos;
        CHECK_MESSAGE(named, got.error());
        CHECK(got.failed->code() == errc::type_mismatch);
        return came::broken_nulls;
    }
    CHECK(got.error() == "");
    REQUIRE(got.columns);
    CHECK(*got.columns == *schema);
    CHECK(same(all, got.batches));
    return came::back;
}

TEST_CASE("csv: what was written of any batch is read back, or was refused by column") {
    std::size_t counts[4] = {};
    for (std::uint64_t seed = 0; seed < 400; ++seed) ++counts[static_cast<int>(round_trip(seed))];
    for (const auto c : counts) CHECK(c > 2);
    CHECK(counts[0] > 200);
    CHECK(round_trip(50'241) == came::back); // truth values by dictionary, in texts of the caller's
}

/// The text of a batch field by field, by the rules alone; empty where something cannot be written.
inline std::optional<std::string> by_rules(const csv::write_options& w, const record_batch& b) {
    const csv::detail::field_rules rules{w};
    const std::string end = w.crlf() ? "\r\n" : "\n";
    std::string out;
    for (std::size_t row = 0; row < b.num_rows(); ++row) {
        std::string line;
        for (std::size_t c = 0; c < b.num_columns(); ++c) {
            if (c) line += w.delimiter();
            if (!rules.append_field(line, b[c], row, c == 0, nullptr).empty()) return std::nullopt;
        }
        if (line.empty() && !w.quote()) return std::nullopt;
        if (line.empty()) line.assign(2, *w.quote());
        out += line + end;
    }
    return out;
}

TEST_CASE("csv formatter: the quick way writes what the rules say, for any batch and options, in any pieces") {
    int written = 0;
    int refused = 0;
    for (std::uint64_t seed = 1; seed <= 400; ++seed) {
        CAPTURE(seed);
        test::numbers n{seed};
        test::batch_shape shape;
        const bool few = n.below(2);
        shape.depth(0).rows(n.below(4) ? 60 : 700).accept([few](const data_type& t) {
            return has_text_form(t) && (!few || is_text(t.id()) || is_integer(t.id()) || is_floating(t.id()) || is_temporal(t.id()));
        });
        test::random_batches batches{n.next(), shape};
        auto schema = batches.schema();
        while (schema->empty()) schema = batches.schema();
        const auto w = std::move(any_ways(n).write.header(false));
        std::optional<csv::formatter> out;
        try {
            out.emplace(w);
        } catch (const error&) {
            continue;
        }
        const auto batch = batches.batch(schema);
        const auto expected = by_rules(w, batch);
        std::string text;
        const auto piece = 1 + n.below(n.below(2) ? 100 : 100'000);
        try {
            for (std::size_t row = 0; row < batch.num_rows();) row = out->append_rows(text, batch, row, text.size() + piece);
        } catch (const error&) {
            CHECK(!expected);
            ++refused;
            continue;
        }
        REQUIRE(expected.has_value());
        REQUIRE(text == *expected);
        ++written;
    }
    CHECK(written > 200);
    CHECK(refused > 10);
}

} // namespace csv_round_trips_test

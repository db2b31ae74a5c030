// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

#include "json_support.hpp"

#include <penstock/format/scalar_text.hpp>
#include <penstock/json/detail/value_writer.hpp>
#include <penstock/json/formatter.hpp>

#include <support/random_batches.hpp>
#include <support/same_values.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

namespace json_round_trips_test {

using namespace json_test;
using penstock::data_type;
using penstock::field;
using penstock::record_batch;
using penstock::type_id;
using penstock::json::formatter;
using penstock::json::write_options;
using penstock::json::write_shape;
namespace json = penstock::json;

inline write_options any_writing(test::numbers& n, write_shape shape) {
    write_options w;
    if (n.below(2)) w.nulls(json::null_members::omit);
    if (n.below(3) == 0) w.dates(json::date_form::number);
    w.not_finite(static_cast<json::not_finite>(n.below(4) ? n.below(2) : 2));
    w.wide_numbers(static_cast<json::wide_numbers>(n.below(3)));
    if (n.below(2)) w.keys(json::key_order::sorted);
    if (n.below(3) == 0) w.binary(penstock::binary_form::hex);
    w.ascii(n.below(3) == 0).escape_slash(n.below(3) == 0);
    if (shape != write_shape::lines && n.below(2)) w.indent(static_cast<unsigned>(n.below(5)));
    return w;
}

/// Whether there is JSON of a type.
inline bool has_json_form(const data_type& t) {
    if (t.id() == type_id::dictionary) return has_json_form(t.value_type());
    if (penstock::is_union(t.id())) return false;
    if (t.id() == type_id::map) {
        auto key = t.item().type().fields()[0].type();
        while (key.id() == type_id::dictionary) key = key.value_type();
        if (!penstock::is_text(key.id())) return false;
    }
    const auto fields = t.fields();
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (!has_json_form(fields[i].type())) return false;
        for (std::size_t k = 0; k < i && t.id() == type_id::struct_; ++k)
            if (fields[k].name() == fields[i].name()) return false;
    }
    return true;
}
inline awaitable<void> collect(penstock::batch_reader& reader, std::vector<record_batch>& out,
                               std::shared_ptr<const penstock::schema>& schema, failure& why) {
    try {
        schema = co_await reader.schema();
        while (auto b = co_await reader.next()) out.push_back(std::move(*b));
    } catch (const penstock::error& e) {
        why = e.as_failure();
    }
}

enum class came { back, refused, broken_nulls };

inline came round_trip(std::uint64_t seed) {
    CAPTURE(seed);
    test::numbers n{seed};
    test::batch_shape batch_shape;
    batch_shape.rows(n.below(4) ? 30 : 150);
    if (n.below(10)) batch_shape.accept(has_json_form);
    if (n.below(3) == 0) batch_shape.finite(true);
    test::random_batches batches{n.next(), batch_shape};
    auto schema = batches.schema();
    const auto shape = static_cast<write_shape>(n.below(8) ? n.below(2) : 2);
    const auto w = any_writing(n, shape);
    std::vector<record_batch> all;
    if (shape == write_shape::object)
        all.push_back(batches.batch(schema, 1));
    else
        for (auto k = n.below(3) + 1; k-- > 0;) all.push_back(batches.batch(schema));

    std::string text;
    bool possible = true;
    for (std::size_t i = 0; i < schema->size(); ++i)
        possible &= schema->index_of((*schema)[i].name()) == i && has_json_form((*schema)[i].type());
    const test::same_values same{w.not_finite() == json::not_finite::null};
    bool lacking = false;
    for (const auto& b : all)
        for (std::size_t c = 0; c < b.num_columns() && possible && !lacking; ++c)
            for (std::size_t row = 0; row < b.num_rows() && !lacking; ++row) lacking = same.lacks((*schema)[c], b[c], row);
    try {
        formatter out{shape, w};
        for (const auto& b : all) out.append_rows(text, b);
        out.append_end(text);
    } catch (const penstock::error& e) {
        const bool null_key = std::string{e.what()}.find("a key of a map is null") != std::string::npos;
        const bool not_finite = std::string{e.what()}.find("JSON has neither NaN nor infinities") != std::string::npos;
        CHECK((!possible || (not_finite && w.not_finite() == json::not_finite::error) || (null_key && lacking)));
        CHECK((e.code() == errc::unsupported || e.code() == errc::invalid_option));
        bool named = false;
        for (const auto& f : schema->fields())
            named |= std::string{e.what()}.find("column " + penstock::printable(f.name(), 64)) != std::string::npos ||
                     std::string{e.what()}.find("name " + penstock::printable(f.name(), 64)) != std::string::npos;
        CHECK_MESSAGE(named, e.what());
        return came::refused;
    }
    CHECK(possible);
    CAPTURE(penstock::printable(text, 2000));

    static constexpr std::size_t chunks[] = {1, 5, 100, 100'000};
    auto source = std::make_unique<penstock::memory_source>(text, chunks[n.below(std::size(chunks))], "t.json");
    static constexpr std::size_t rows[] = {1, 2, 7, 64, 8192};
    const auto batch_rows = rows[n.below(std::size(rows))];
    const auto level = n.below(3) ? lines_options().instruction_set() : penstock::simd_level::portable;
    const bool flat = n.below(3) != 0;
    const auto made = std::invoke([&]() -> std::unique_ptr<penstock::batch_reader> {
        if (shape == write_shape::lines && n.below(3))
            return std::make_unique<lines_reader>(std::move(source), lines_options()
                                                                         .schema(schema)
                                                                         .batch_rows(batch_rows)
                                                                         .binary(w.binary())
                                                                         .instruction_set(level)
                                                                         .expect_flat_rows(flat));
        return std::make_unique<document_reader>(std::move(source),
                                                 document_options()
                                                     .schema(schema)
                                                     .batch_rows(batch_rows)
                                                     .binary(w.binary())
                                                     .instruction_set(level)
                                                     .expect_flat_rows(flat));
    });
    std::vector<record_batch> got;
    std::shared_ptr<const penstock::schema> columns;
    failure why;
    test::run(collect(*made, got, columns, why));
    const auto names_column = [&] {
        for (const auto& f : schema->fields())
            if (why.message().find("the column " + penstock::printable(f.name(), 64)) != std::string::npos) return true;
        return false;
    };
    if (lacking) {
        CHECK(why.code() == errc::type_mismatch);
        CHECK_MESSAGE(names_column(), why.message());
        return came::broken_nulls;
    }
    CHECK(why.message() == failure{}.message());
    REQUIRE(columns);
    CHECK(*columns == *schema);
    CHECK(same(all, got));
    return came::back;
}

TEST_CASE("json: what was written of any batch is read back by its schema, or was refused by column") {
    std::size_t counts[3] = {};
    for (std::uint64_t seed = 0; seed < 400; ++seed) ++counts[static_cast<int>(round_trip(seed))];
    for (const auto c : counts) CHECK(c > 2);
    CHECK(counts[0] > 100);
}

TEST_CASE("json: the quick way writes what the general one does, for any batch and options, in any pieces") {
    int written = 0;
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        CAPTURE(seed);
        test::numbers n{seed};
        test::batch_shape batch_shape;
        const bool few = n.below(2);
        batch_shape.rows(n.below(4) ? 60 : 700).depth(few ? 0 : 2).plain_names(n.below(2)).accept([few](const data_type& t) {
            return has_json_form(t) &&
                   (!few || is_text(t.id()) || penstock::is_integer(t.id()) || penstock::is_floating(t.id()) || penstock::is_temporal(t.id()));
        });
        test::random_batches batches{n.next(), batch_shape};
        const auto schema = batches.schema();
        const auto shape = static_cast<write_shape>(n.below(2));
        const auto w = any_writing(n, shape);
        const auto batch = batches.batch(schema);
        std::string text;
        try {
            formatter out{shape, w};
            const auto piece = 1 + n.below(n.below(2) ? 100 : 100'000);
            for (std::size_t row = 0; row < batch.num_rows();) row = out.append_rows(text, batch, row, text.size() + piece);
        } catch (const penstock::error&) {
            continue;
        }
        std::string expected;
        const json::detail::object_writer object{schema->fields(), w};
        for (std::size_t row = 0; row < batch.num_rows(); ++row) {
            const bool array = shape == write_shape::array;
            if (array) expected += (row ? ",\n" : "[\n") + std::string(w.indent(), ' ');
            const auto what = object.append(expected, w, array ? 1 : 0, [&](std::size_t c) -> std::pair<const penstock::array&, std::size_t> {
                return {batch[c], row};
            });
            REQUIRE(what == json::detail::value_fault::none);
            if (!array) expected += '\n';
        }
        REQUIRE(text == expected);
        ++written;
    }
    CHECK(written > 200);
}

/// What is no JSON is none whatever types the columns are given, and what is JSON is never called malformed.
inline bool changed(std::uint64_t seed) {
    CAPTURE(seed);
    test::numbers n{seed};
    test::batch_shape batch_shape;
    batch_shape.rows(3).columns(4).depth(2).accept(has_json_form);
    test::random_batches batches{n.next(), batch_shape.plain_names(true)};
    const auto schema = batches.schema();
    std::string text;
    try {
        formatter out{write_shape::lines, any_writing(n, write_shape::lines)};
        out.append_rows(text, batches.batch(schema, 3));
    } catch (const penstock::error&) {
        return false;
    }
    static constexpr const char* parts[] = {"{", "}", "[", "]", ":", ",", "\"", "\\", "+", "-", ".", "e", "0", "7", "NaN", "Infinity",
                                            "null", "tru", " ", "\t", "\x01", "\xff", "\xc3\xa9", "\\u", "\\ud800", "\x7f"};
    for (auto k = 1 + n.below(2); k-- > 0;) {
        const auto at = n.below(text.size() + 1);
        if (n.below(3) == 0)
            text.erase(at, 1 + n.below(3));
        else if (n.below(2))
            text.insert(at, parts[n.below(std::size(parts))]);
        else if (at < text.size())
            text.replace(at, 1, parts[n.below(std::size(parts))]);
    }
    CAPTURE(penstock::printable(text, 2000));
    const auto read = [&](lines_options o) {
        lines_reader reader{std::make_unique<penstock::memory_source>(text, 1 + n.below(100), "t.jsonl"), std::move(o)};
        std::vector<record_batch> got;
        std::shared_ptr<const penstock::schema> columns;
        failure why;
        test::run(collect(reader, got, columns, why));
        return why;
    };
    const auto whole = read(lines_options().value_column("value"));
    for (const bool flat : {true, false}) {
        const auto why = read(lines_options().schema(schema).expect_flat_rows(flat));
        if (whole) {
            CHECK_MESSAGE(why, whole.message());
        } else if (why) {
            CHECK_MESSAGE(why.code() == errc::type_mismatch, why.message());
        }
    }
    return static_cast<bool>(whole);
}

TEST_CASE("json: a change makes no JSON of any type's column pass") {
    int refused = 0;
    for (std::uint64_t seed = 0; seed < 600; ++seed) refused += changed(seed);
    CHECK(refused > 100);
    CHECK(refused < 550);
}

} // namespace json_round_trips_test

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

#include <penstock/columnar/array_builder.hpp>
#include <penstock/columnar/c_data.hpp>

#include "support/counted_release.hpp"
#include "support/random_batches.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <limits>
#include <string>
#include <vector>

namespace c_data_test {

using namespace penstock;

template <class F>
failure failure_of(F&& f) {
    try {
        f();
    } catch (const error& e) {
        return e.as_failure();
    }
    return {};
}

template <class T>
bool released(const T& s) {
    return s.release == nullptr;
}

/// With metadata, which `==` leaves out.
inline bool same_schema(const data_type& a, const data_type& b);
inline bool same_field(const field& a, const field& b) {
    return a == b && a.metadata() == b.metadata() && same_schema(a.type(), b.type());
}
inline bool same_schema(const data_type& a, const data_type& b) {
    if (a != b) return false;
    for (std::size_t i = 0; i < a.fields().size(); ++i)
        if (!same_field(a.fields()[i], b.fields()[i])) return false;
    return true;
}
inline bool same_schema(const schema& a, const schema& b) {
    bool same = a == b && a.metadata() == b.metadata();
    for (std::size_t i = 0; same && i < a.size(); ++i) same = same_field(a[i], b[i]);
    return same;
}

/// A batch exported; what the test does not move out is released.
struct exported {
    explicit exported(const record_batch& b) {
        export_batch(b, &data, &type);
        test::count_releases(data, data_releases);
        test::count_releases(type, type_releases);
    }
    exported(const exported&) = delete;
    ~exported() {
        if (data.release) data.release(&data);
        if (type.release) type.release(&type);
    }
    ArrowArray data{};
    ArrowSchema type{};
    int data_releases = 0, type_releases = 0;
};

TEST_CASE("the C data interface's formats, both ways") {
    const auto item = field{"item", data_type::int8()};
    const struct {
        data_type type;
        std::string format;
    } cases[] = {
        {data_type::null(), "n"},
        {data_type::boolean(), "b"},
        {data_type::int8(), "c"},
        {data_type::uint8(), "C"},
        {data_type::int16(), "s"},
        {data_type::uint16(), "S"},
        {data_type::int32(), "i"},
        {data_type::uint32(), "I"},
        {data_type::int64(), "l"},
        {data_type::uint64(), "L"},
        {data_type::float16(), "e"},
        {data_type::float32(), "f"},
        {data_type::float64(), "g"},
        {data_type::binary(), "z"},
        {data_type::large_binary(), "Z"},
        {data_type::binary_view(), "vz"},
        {data_type::string(), "u"},
        {data_type::large_string(), "U"},
        {data_type::string_view(), "vu"},
        {data_type::decimal128(19, 10), "d:19,10"},
        {data_type::decimal128(3, -2), "d:3,-2"},
        {data_type::decimal256(76, 0), "d:76,0,256"},
        {data_type::fixed_size_binary(42), "w:42"},
        {data_type::date32(), "tdD"},
        {data_type::date64(), "tdm"},
        {data_type::time32(time_unit::second), "tts"},
        {data_type::time32(time_unit::millisecond), "ttm"},
        {data_type::time64(time_unit::microsecond), "ttu"},
        {data_type::time64(time_unit::nanosecond), "ttn"},
        {data_type::timestamp(time_unit::second), "tss:"},
        {data_type::timestamp(time_unit::millisecond, "UTC"), "tsm:UTC"},
        {data_type::timestamp(time_unit::microsecond, "+02:00"), "tsu:+02:00"},
        {data_type::timestamp(time_unit::nanosecond), "tsn:"},
        {data_type::duration(time_unit::second), "tDs"},
        {data_type::duration(time_unit::millisecond), "tDm"},
        {data_type::duration(time_unit::microsecond), "tDu"},
        {data_type::duration(time_unit::nanosecond), "tDn"},
        {data_type::interval_months(), "tiM"},
        {data_type::interval_day_time(), "tiD"},
        {data_type::interval_month_day_nano(), "tin"},
        {data_type::list(item), "+l"},
        {data_type::large_list(item), "+L"},
        {data_type::fixed_size_list(item, 123), "+w:123"},
        {data_type::struct_({item, item}), "+s"},
        {data_type::map(data_type::string(), data_type::int8(), true), "+m"},
        {data_type::sparse_union({item, item}, {4, 5}), "+us:4,5"},
        {data_type::dense_union({item, item}, {0, 127}), "+ud:0,127"},
        {data_type::dense_union({}), "+ud:"},
        {data_type::dictionary(data_type::uint16(), data_type::string(), true), "S"},
    };
    for (const auto& c : cases) {
        CAPTURE(c.format);
        ArrowSchema s;
        export_type(c.type, &s);
        CHECK(s.format == c.format);
        CHECK(s.n_children == static_cast<std::int64_t>(c.type.fields().size()));
        CHECK((s.dictionary != nullptr) == (c.type.id() == type_id::dictionary));
        int releases = 0;
        test::count_releases(s, releases);
        CHECK(import_field(&s).type() == c.type);
        CHECK(released(s));
        CHECK(releases == 1);
    }
}

TEST_CASE("flags and metadata of exported fields") {
    ArrowSchema s;
    export_field(field{"n", data_type::map(data_type::int8(), data_type::int8(), true), true, {{"k", "vv"}}}, &s);
    CHECK(s.flags == (ARROW_FLAG_NULLABLE | ARROW_FLAG_MAP_KEYS_SORTED));
    CHECK(std::string{s.name} == "n");
    CHECK(std::string{s.metadata, 15} == std::string{"\1\0\0\0\1\0\0\0k\2\0\0\0vv", 15});
    CHECK(std::string{s.children[0]->name} == "entries");
    CHECK(s.children[0]->flags == 0);
    s.release(&s);
    CHECK(released(s));

    export_field(field{"d", data_type::dictionary(data_type::int8(), data_type::string(), true), false}, &s);
    CHECK(s.flags == ARROW_FLAG_DICTIONARY_ORDERED);
    CHECK(s.metadata == nullptr);
    CHECK(std::string{s.dictionary->format} == "u");
    s.release(&s);
}

TEST_CASE("a name with a zero byte cannot be exported") {
    ArrowSchema s;
    const auto bad = field{std::string{"a\0b", 3}, data_type::int8()};
    const auto f = failure_of([&] { export_schema(schema{{field{"ok", data_type::list(data_type::int8())}, bad}}, &s); });
    CHECK(f.code() == errc::invalid_option);
    CHECK(released(s));
    ArrowArray a;
    const record_batch batch{make_schema({bad}), {array{data_type::int8()}}, 0};
    CHECK(failure_of([&] { export_batch(batch, &a, &s); }).code() == errc::invalid_option);
    CHECK(released(a));
    CHECK(released(s));
    const auto zoned = data_type::timestamp(time_unit::second, std::string{"U\0C", 3});
    CHECK(failure_of([&] { export_type(zoned, &s); }).code() == errc::invalid_option);
}

TEST_CASE("any batch comes back the same, and is released once, with its last array") {
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        CAPTURE(seed);
        test::random_batches random{seed};
        {
            const auto batch = random.batch();
            exported e{batch};
            auto back = import_batch(&e.data, &e.type);
            CHECK(released(e.data));
            CHECK(released(e.type));
            CHECK(e.type_releases == 1);
            CHECK(back == batch);
            CHECK(same_schema(back.schema(), batch.schema()));
            // What was imported is exported again, sliced, and imported by cheap means.
            const auto cut = back.slice(back.num_rows() / 3, back.num_rows() / 2);
            back = record_batch{};
            {
                exported again{cut};
                const auto twice = import_batch(&again.data, batch.shared_schema(),
                                                validate_options{}.level(validation::cheap));
                CHECK(twice == batch.slice(batch.num_rows() / 3, batch.num_rows() / 2));
            }
            for (std::size_t c = 0; c < cut.num_columns(); ++c) CHECK(validate(cut[c]).has_value());
        }
        CHECK(random.pool()->in_use() == 0);
    }
}

TEST_CASE("imported values are not copied and keep their owner") {
    auto pool = buffer_pool::create();
    int64_builder b{pool};
    for (int i = 0; i < 10; ++i) b.append(i);
    const record_batch batch{make_schema({field{"n", data_type::int64()}}), {b.finish()}, 10};
    exported e{batch};
    auto kept = import_batch(&e.data, &e.type)[0].slice(2, 3);
    CHECK(kept.values().data() == batch[0].values().data());
    CHECK(e.data_releases == 0);
    CHECK(kept.int64_at(0) == 2);
    kept = array{data_type::int64()};
    CHECK(e.data_releases == 1);
}

TEST_CASE("children may be moved out of an exported array and outlive it") {
    auto pool = buffer_pool::create();
    string_builder b{pool};
    b.append("one");
    b.append("two");
    ArrowArray whole, child;
    export_batch(record_batch{make_schema({field{"s", data_type::string()}}), {b.finish()}, 2}, &whole);
    child = *whole.children[0];
    whole.children[0]->release = nullptr;
    whole.release(&whole);
    CHECK(pool->in_use() > 0);
    {
        const auto a = import_array(&child, data_type::string());
        CHECK(a.string_at(1) == "two");
    }
    CHECK(pool->in_use() == 0);
}

TEST_CASE("null counts that are not known are counted, offsets of the struct apply to columns") {
    auto pool = buffer_pool::create();
    number_builder<std::int32_t> b{data_type::int32(), pool};
    b.append(1);
    b.append_null();
    b.append(3);
    b.append_null();
    exported e{record_batch{make_schema({field{"n", data_type::int32()}}), {b.finish()}, 4}};
    e.data.children[0]->null_count = -1;
    e.data.null_count = -1;
    e.data.offset = 1;
    e.data.length = 2;
    const auto back = import_batch(&e.data, &e.type);
    CHECK(back.num_rows() == 2);
    CHECK(back[0].null_count() == 1);
    CHECK(back[0].is_null(0));
    CHECK(back[0].value_at<std::int32_t>(1) == 3);
}

TEST_CASE("empty arrays may lack all their buffers") {
    const data_type types[] = {data_type::int64(), data_type::string(), data_type::string_view(),
                               data_type::list(data_type::string()), data_type::dense_union({field{"a", data_type::int8()}})};
    for (const auto& t : types) {
        CAPTURE(t.name());
        ArrowArray a;
        export_array(array{t}, &a);
        for (std::int64_t i = 0; i < a.n_buffers; ++i) a.buffers[i] = nullptr;
        a.offset = 5;
        CHECK(import_array(&a, t) == array{t});
    }
}

TEST_CASE("a null array may have a validity bitmap, as polars makes it") {
    ArrowArray a;
    export_array(array::nulls(3), &a);
    const void* none = nullptr;
    a.n_buffers = 1;
    a.buffers = &none;
    CHECK(import_array(&a, data_type::null()) == array::nulls(3));
}

/// A batch of one column, wrong in one way.
void check_refused(const array& column, const std::function<void(ArrowArray&, ArrowSchema&)>& spoil, errc code,
                   std::string_view says) {
    CAPTURE(says);
    const record_batch batch{make_schema({field{"col", column.type()}}), {column}, column.size()};
    exported e{batch};
    spoil(*e.data.children[0], *e.type.children[0]);
    const auto f = failure_of([&] { import_batch(&e.data, &e.type); });
    CHECK(f.code() == code);
    CHECK_MESSAGE(f.message().find(says) != std::string::npos, f.message());
    CHECK_MESSAGE(f.message().find("col") != std::string::npos, f.message());
    CHECK(e.data_releases == 1);
    CHECK(e.type_releases == 1);
}

TEST_CASE("what breaks the C data interface's rules is refused, named, and released once") {
    const auto pool = buffer_pool::create();
    const auto made = [&](const data_type& t) {
        test::random_batches random{7, test::batch_shape{}.nulls(false).tidy(true)};
        return random.values(t, 5);
    };
    const auto flat = made(data_type::int64());
    const auto text = made(data_type::string());
    const auto lists = made(data_type::list(field{"inner", data_type::int32()}));
    const auto views = made(data_type::string_view());
    const auto coded = made(data_type::dictionary(data_type::int8(), data_type::string()));
    const auto both = made(data_type::dense_union({field{"a", data_type::int8()}, field{"b", data_type::string()}}));
    const auto bad = errc::malformed_arrow;
    using A = ArrowArray;
    using S = ArrowSchema;
    check_refused(flat, [](A&, S& s) { s.format = "+vl"; }, errc::unsupported, "list views");
    check_refused(flat, [](A&, S& s) { s.format = "+r"; }, errc::unsupported, "run-end");
    check_refused(flat, [](A&, S& s) { s.format = "d:5,2,32"; }, errc::unsupported, "32 bits");
    for (const auto* format : {"?", "", "tx", "ts", "tsq:", "tss", "tdx", "ttsx", "+q", "vx", "tD"})
        check_refused(flat, [&](A&, S& s) { s.format = format; }, errc::unsupported, "no type");
    for (const auto* format : {"d:", "d:5", "d:5,", "d:5,2,128,1", "d:99999999999,1", "d:39,1", "d:0,0", "w:", "w:-1", "w:x",
                               "w:3,", "+w:1", "+us:128", "+us:-1", "+us:0", "+us:a", "+l", "+m"})
        check_refused(flat, [&](A&, S& s) { s.format = format; }, bad, "");
    check_refused(flat, [](A&, S& s) { s.format = nullptr; }, bad, "no format");
    check_refused(flat, [](A&, S& s) { s.n_children = 1; }, bad, "children");
    check_refused(lists, [](A&, S& s) { s.n_children = -1; }, bad, "children");
    check_refused(lists, [](A&, S& s) { s.children = nullptr; }, bad, "children");
    check_refused(flat, [](A& a, S&) { a.length = -1; }, bad, "length is -1");
    check_refused(flat, [](A& a, S&) { a.length = 4; }, bad, "5 are needed");
    check_refused(flat, [](A& a, S&) { a.offset = -1; }, bad, "offset is -1");
    check_refused(flat, [](A& a, S&) { a.offset = std::numeric_limits<std::int64_t>::max(); }, bad, "offset");
    check_refused(flat, [](A& a, S&) { a.null_count = -2; }, bad, "-2 nulls");
    check_refused(flat, [](A& a, S&) { a.null_count = 6; }, bad, "6 nulls in 5");
    check_refused(flat, [](A& a, S&) { a.null_count = 1; }, bad, "no validity");
    check_refused(flat, [](A& a, S&) { a.n_buffers = 3; }, bad, "3 buffers, 2");
    check_refused(flat, [](A& a, S&) { a.buffers = nullptr; }, bad, "no pointers");
    check_refused(flat, [](A& a, S&) { a.buffers[1] = nullptr; }, bad, "is null");
    check_refused(flat, [](A& a, S&) { a.buffers[1] = static_cast<const char*>(a.buffers[1]) + 1; }, bad, "aligned");
    check_refused(flat, [](A& a, S&) { a.n_children = 1; }, bad, "1 children");
    check_refused(flat, [](A& a, S&) { a.dictionary = &a; }, bad, "a dictionary of a type");
    check_refused(coded, [](A& a, S&) { a.dictionary = nullptr; }, bad, "dictionary is missing");
    check_refused(coded, [](A&, S& s) { s.format = "u"; }, bad, "indices into a dictionary");
    check_refused(coded, [](A& a, S&) { const_cast<char*>(static_cast<const char*>(a.buffers[1]))[2] = -1; }, bad, "index -1");
    check_refused(lists, [](A& a, S&) { a.children = nullptr; }, bad, "no pointers");
    check_refused(lists, [](A& a, S&) { a.children[0]->length = 0; a.children[0]->null_count = 0; }, bad, "offsets from 0");
    check_refused(lists, [](A& a, S&) { a.children[0]->n_buffers = 1; }, bad, "inner");
    const auto offsets = [](A& a) { return const_cast<std::int32_t*>(static_cast<const std::int32_t*>(a.buffers[1])); };
    // Each spoils the buffer that all share, so each needs values of its own.
    check_refused(made(text.type()), [&](A& a, S&) { offsets(a)[0] = -1; }, bad, "offsets from -1");
    check_refused(made(text.type()), [&](A& a, S&) { offsets(a)[5] = -1; }, bad, "last offset is -1");
    check_refused(made(text.type()), [&](A& a, S&) { offsets(a)[2] = 0x7fffffff; }, bad, "offsets fall");
    check_refused(views, [](A& a, S&) { a.n_buffers = 2; }, bad, "3 or more");
    check_refused(made(views.type()), [&](A& a, S&) { offsets(a)[4] = -5; }, bad, "a size of -5");
    check_refused(made(views.type()), [&](A& a, S&) { offsets(a)[4] = 100; offsets(a)[6] = 77; }, bad, "in block 77");
    const auto codes = [](A& a) { return const_cast<std::int8_t*>(static_cast<const std::int8_t*>(a.buffers[0])); };
    check_refused(made(both.type()), [&](A& a, S&) { codes(a)[1] = 9; }, bad, "code 9");
    check_refused(made(both.type()), [&](A& a, S&) { offsets(a)[3] = 1000; }, bad, "position 1000");
    check_refused(both, [](A& a, S&) { a.null_count = 1; }, bad, "nulls of its own");

    array_builder wrong{data_type::string(), pool};
    wrong.as<string_builder>().append("ok");
    wrong.as<string_builder>().append("\xff");
    check_refused(wrong.finish(), [](A&, S&) {}, errc::invalid_utf8, "value 1");
}

TEST_CASE("a character may not be cut by two values") {
    auto pool = buffer_pool::create();
    string_builder b{pool};
    b.append("\xc3");
    b.append("\xa4");
    const auto cut = b.finish();
    CHECK(validate(cut).error().code() == errc::invalid_utf8);
    CHECK(validate(cut, validate_options{}.utf8(false)).has_value());
    CHECK(validate(cut, validate_options{}.level(validation::cheap)).has_value());
}

TEST_CASE("structs that were released, nulls of rows and types that are no schema are refused") {
    auto pool = buffer_pool::create();
    boolean_builder b{pool};
    b.append(true);
    const record_batch batch{make_schema({field{"b", data_type::boolean()}}), {b.finish()}, 1};
    {
        exported e{batch};
        e.data.release(&e.data);
        CHECK(failure_of([&] { import_batch(&e.data, &e.type); }).code() == errc::invalid_option);
        CHECK(e.type_releases == 1);
    }
    {
        exported e{batch};
        e.type.release(&e.type);
        CHECK(failure_of([&] { import_batch(&e.data, &e.type); }).code() == errc::invalid_option);
        CHECK(e.data_releases == 1);
    }
    {
        exported e{batch};
        e.type.children[0]->release(e.type.children[0]);
        CHECK(failure_of([&] { import_batch(&e.data, &e.type); }).message().find("child 0") != std::string::npos);
        CHECK(e.data_releases == 1);
    }
    {
        exported e{batch};
        const std::uint8_t none = 0;
        e.data.buffers[0] = &none;
        e.data.null_count = 1;
        CHECK(failure_of([&] { import_batch(&e.data, &e.type); }).message().find("rows of a batch") != std::string::npos);
    }
    {
        ArrowSchema s;
        export_type(data_type::int8(), &s);
        CHECK(failure_of([&] { import_schema(&s); }).code() == errc::type_mismatch);
        CHECK(released(s));
    }
    {
        auto deep = data_type::int8();
        for (int i = 0; i < 80; ++i) deep = data_type::list(deep);
        ArrowSchema s;
        export_type(deep, &s);
        CHECK(failure_of([&] { import_field(&s); }).message().find("deeper") != std::string::npos);
        CHECK(released(s));
    }
}

} // namespace c_data_test

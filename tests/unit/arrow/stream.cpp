// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

#include <penstock/arrow/stream_reader.hpp>
#include <penstock/arrow/stream_writer.hpp>
#include <penstock/columnar/array_builder.hpp>
#include <penstock/columnar/cast.hpp>
#include <penstock/core/memory_io.hpp>
#include <penstock/core/semaphore.hpp>

#include "support/random_batches.hpp"
#include "support/run.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace arrow_stream_test {

using namespace penstock;
using arrow::stream_options;
using arrow::stream_reader;
using arrow::stream_writer;
using arrow::write_options;

inline awaitable<void> write_batches(stream_writer writer, std::vector<record_batch> batches) {
    for (auto& b : batches) co_await writer.write(std::move(b));
    co_await writer.close();
}

inline std::string written(std::vector<record_batch> batches, write_options options = write_options(),
                           std::shared_ptr<const schema> s = nullptr) {
    std::string out;
    test::run(write_batches(stream_writer{memory_sink{out}, std::move(options), std::move(s)}, std::move(batches)));
    return out;
}

struct outcome {
    std::shared_ptr<const penstock::schema> schema;
    std::vector<record_batch> batches;
    std::vector<key_value_metadata> metadata;
    failure error;
};

inline awaitable<outcome> read_batches(std::unique_ptr<byte_source> source, stream_options options) {
    outcome out;
    stream_reader reader{std::move(source), std::move(options)};
    try {
        out.schema = co_await reader.schema();
        while (auto b = co_await reader.next()) {
            out.batches.push_back(std::move(*b));
            out.metadata.push_back(reader.batch_metadata());
        }
    } catch (const error& e) {
        out.error = e.as_failure();
    }
    co_return out;
}

inline outcome read(std::string bytes, std::size_t chunk = static_cast<std::size_t>(-1),
                    stream_options options = stream_options()) {
    return test::run(read_batches(std::make_unique<memory_source>(std::move(bytes), chunk, "a.arrows"), std::move(options)));
}

/// What messages have a form for: no dictionary is of dictionaries.
inline test::batch_shape any_shape() {
    return test::batch_shape{}.rows(60).accept([](const data_type& t) {
        return t.id() != type_id::dictionary || t.value_type().id() != type_id::dictionary;
    });
}

inline bool same_schema(const schema& a, const schema& b) {
    if (a != b || a.metadata() != b.metadata()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (a[i].metadata() != b[i].metadata()) return false;
    return true;
}

inline std::vector<record_batch> not_empty(std::vector<record_batch> batches) {
    std::erase_if(batches, [](const record_batch& b) { return b.num_rows() == 0; });
    return batches;
}

inline bool has_codecs() {
#if defined(PENSTOCK_HAS_ZSTD) && defined(PENSTOCK_HAS_LZ4)
    return true;
#else
    return false;
#endif
}

TEST_CASE("any batches through an Arrow stream are the same, with any cut of the bytes") {
    for (std::uint64_t seed = 0; seed < 150; ++seed) {
        CAPTURE(seed);
        test::random_batches random{seed, any_shape()};
        const auto schema = random.schema();
        std::vector<record_batch> batches;
        for (int i = 0; i < 3; ++i) batches.push_back(random.batch(schema));
        write_options options;
        if (has_codecs() && seed % 3 != 0) options.compression(seed % 3 == 1 ? compression::lz4 : compression::zstd);
        if (seed % 2) options.dictionary_deltas(true);
        const auto bytes = written(batches, options, schema);
        CHECK(bytes.size() % 8 == 0);
        const auto whole = read(bytes);
        REQUIRE_MESSAGE(!whole.error, whole.error.message());
        CHECK(same_schema(*whole.schema, *schema));
        CHECK(whole.batches == not_empty(batches));
        if (bytes.size() < 20'000) CHECK(read(bytes, 1).batches == whole.batches);
        CHECK(read(bytes, 1 + seed % 97).batches == whole.batches);
    }
}

TEST_CASE("a stream cut short anywhere but between messages is an error that says where") {
    test::random_batches random{4, any_shape().columns(3).rows(5).depth(1)};
    std::vector<record_batch> batches;
    auto schema = random.schema();
    while (schema->size() < 2) schema = random.schema();
    for (int i = 0; i < 2; ++i) batches.push_back(random.batch(schema, 4));
    const auto bytes = written(batches);
    std::size_t good = 0;
    for (std::size_t n = 0; n < bytes.size(); ++n) {
        CAPTURE(n);
        const auto cut = read(bytes.substr(0, n), 7);
        for (std::size_t i = 0; i < cut.batches.size(); ++i) CHECK(cut.batches[i] == batches[i]);
        if (!cut.error) {
            ++good;
            continue;
        }
        CHECK(cut.error.code() == errc::malformed_arrow);
        CHECK(cut.error.detail().object == "a.arrows");
        CHECK(cut.error.detail().byte_offset.value_or(n + 1) <= n);
    }
    CHECK(good >= 3); // behind the schema and each batch, dictionaries or not
    CHECK(good < 8);
}

TEST_CASE("a byte changed anywhere ends in batches or an error") {
    test::random_batches random{11, any_shape().columns(4).rows(5).depth(2)};
    auto schema = random.schema();
    while (schema->size() < 3) schema = random.schema();
    std::vector<record_batch> one;
    one.push_back(random.batch(schema, 3));
    const auto bytes = written(one);
    const auto options = stream_options{}.max_body_bytes(std::size_t{1} << 20).max_metadata_bytes(std::size_t{1} << 20);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        auto changed = bytes;
        changed[i] = static_cast<char>(changed[i] ^ (1 << i % 8));
        const auto r = read(changed, 4096, options);
        for (const auto& b : r.batches)
            for (std::size_t c = 0; c < b.num_columns(); ++c) CHECK(validate(b[c]).has_value());
    }
}

inline std::shared_ptr<buffer_pool> shared_pool() { return buffer_pool::create(); }

inline record_batch numbers_batch(std::size_t rows) {
    int64_builder a{shared_pool()};
    string_builder b{shared_pool()};
    for (std::size_t i = 0; i < rows; ++i) {
        a.append(static_cast<std::int64_t>(i));
        b.append("text " + std::to_string(i));
    }
    return record_batch{make_schema({field{"a", data_type::int64()}, field{"b", data_type::string()}}),
                        {a.finish(), b.finish()},
                        rows};
}

TEST_CASE("large batches are given in slices, chosen columns in their order, and share the message's memory") {
    std::vector<record_batch> one;
    one.push_back(numbers_batch(1000));
    const auto bytes = written(one);
    const auto r = read(bytes, 1000, stream_options{}.batch_rows(300).columns({"b", "a"}));
    REQUIRE_MESSAGE(!r.error, r.error.message());
    REQUIRE(r.batches.size() == 4);
    CHECK(r.batches[3].num_rows() == 100);
    CHECK(r.schema->column_list() == "b, a");
    CHECK(r.batches[1][0].string_at(0) == "text 300");
    CHECK(r.batches[1][1].int64_at(0) == 300);
    CHECK(r.batches[0][1].values().data() == r.batches[3][1].values().data());
    const auto only = read(bytes, 1000, stream_options{}.columns({"b"}));
    CHECK(only.batches[0].num_columns() == 1);
    CHECK(read(bytes, 1000, stream_options{}.columns({"c"})).error.code() == errc::unknown_column);
}

TEST_CASE("a limit cuts the last batch, and what follows it is not looked at; rows are numbered on wish") {
    std::vector<record_batch> two;
    two.push_back(numbers_batch(10));
    two.push_back(numbers_batch(10));
    const auto bytes = written(two);
    const auto options = stream_options{}.limit(13).row_index("row", 5).batch_rows(6);
    const auto r = read(bytes.substr(0, bytes.size() - 8) + "garbage", 1000, options);
    REQUIRE_MESSAGE(!r.error, r.error.message());
    std::int64_t row = 5;
    for (const auto& b : r.batches)
        for (std::size_t i = 0; i < b.num_rows(); ++i) {
            CHECK(b[0].int64_at(i) == row);
            CHECK(b[1].int64_at(i) == (row - 5) % 10);
            ++row;
        }
    CHECK(row == 18);
    CHECK(r.schema->column_list() == "row, a, b");
}

TEST_CASE("a reader counts what it gave") {
    std::vector<record_batch> one;
    one.push_back(numbers_batch(10));
    const auto bytes = written(one);
    stream_reader reader{memory_source{bytes}};
    CHECK(test::run(reader.next()).has_value());
    CHECK_FALSE(test::run(reader.next()).has_value());
    CHECK(reader.statistics().rows == 10);
    CHECK(reader.statistics().bytes == bytes.size());
}

TEST_CASE("work is done where the options say") {
    std::vector<record_batch> one;
    one.push_back(numbers_batch(10));
    boost::asio::io_context io{1};
    boost::asio::io_context worker{1};
    auto options = stream_options{};
    options.compute_executor(worker.get_executor());
    stream_reader reader{memory_source{written(one)}, options};
    std::optional<record_batch> got;
    boost::asio::co_spawn(io, reader.next(), [&](std::exception_ptr e, std::optional<record_batch> b) {
        CHECK_FALSE(static_cast<bool>(e));
        got = std::move(b);
    });
    for (int i = 0; i < 1000 && !got; ++i) {
        io.poll();
        io.restart();
        worker.poll();
        worker.restart();
    }
    REQUIRE(got.has_value());
    CHECK(*got == one[0]);
}

inline record_batch coded_batch(const std::vector<std::string>& values, const std::vector<std::int8_t>& indices) {
    string_builder v{shared_pool()};
    for (const auto& s : values) v.append(s);
    number_builder<std::int8_t> i{data_type::int8(), shared_pool()};
    for (const auto n : indices) i.append(n);
    const auto type = data_type::dictionary(data_type::int8(), data_type::string());
    auto codes = i.finish();
    return record_batch{make_schema({field{"d", type}}),
                        {array{type, indices.size(), 0, {}, codes.values(), {}, {v.finish()}}},
                        indices.size()};
}

inline record_batch one_column(const char* name, array values, bool nullable = true) {
    const auto rows = values.size();
    return record_batch{make_schema({field{name, values.type(), nullable}}), {std::move(values)}, rows};
}

template <class T>
array numbers(std::initializer_list<T> values) {
    number_builder<T> b{shared_pool()};
    for (const auto v : values) b.append(v);
    return b.finish();
}

inline array words(std::initializer_list<const char*> values) {
    string_builder b{shared_pool()};
    for (const auto* v : values) v ? b.append(v) : b.append_null();
    return b.finish();
}

TEST_CASE("a given schema may ask for wider types than the stream has, and for no others") {
    const auto text = words({"x", "y", "x"});
    const auto small = numbers<std::int32_t>({-1, 0, 7});
    const auto coded = coded_batch({"x", "y"}, {0, 1, 0});
    struct asked {
        record_batch data;
        data_type type;
        bool works;
    };
    const asked table[] = {
        {one_column("a", small), data_type::int32(), true},
        {one_column("a", small), data_type::int64(), true},
        {one_column("a", small), data_type::float64(), true},
        {one_column("a", small), data_type::decimal128(12, 2), true},
        {one_column("a", small), data_type::int16(), false},
        {one_column("a", small), data_type::uint64(), false},
        {one_column("a", small), data_type::float32(), false},
        {one_column("a", small), data_type::string(), false},
        {one_column("a", numbers<float>({0.5f, 2})), data_type::float64(), true},
        {one_column("a", numbers<double>({0.5, 2})), data_type{type_id::float32}, false},
        {one_column("a", text), data_type{type_id::large_string}, true},
        {one_column("a", text), data_type{type_id::string_view}, true},
        {one_column("a", text), data_type::binary(), true},
        {one_column("a", text), data_type::dictionary(data_type::int8(), data_type::string()), true},
        {one_column("a", text), data_type::int64(), false},
        {one_column("a", coded[0]), data_type::string(), true},
        {one_column("a", coded[0]), data_type{type_id::large_string}, true},
        {one_column("a", coded[0]), data_type::int64(), false},
    };
    for (const auto& t : table) {
        CAPTURE(t.data.schema()[0].type().name());
        CAPTURE(t.type.name());
        const auto want = make_schema({field{"a", t.type}});
        const auto r = read(written({t.data}), 100, stream_options{}.schema(want));
        if (t.works) {
            REQUIRE_MESSAGE(!r.error, r.error.message());
            CHECK(*r.schema == *want);
            REQUIRE(r.batches.size() == 1);
            CHECK(r.batches[0][0] == cast(t.data[0], t.type, shared_pool()).value());
        } else {
            CHECK(r.error.code() == errc::type_mismatch);
            CHECK(r.error.detail().message.find("column \"a\" is " + t.data.schema()[0].type().name()) == 0);
            CHECK(r.error.detail().object == "a.arrows");
            CHECK(r.batches.empty());
        }
    }
}

TEST_CASE("a given schema: columns by name, in its order; missing and further ones by policy") {
    const auto both = make_schema({field{"a", data_type::int32()}, field{"b", data_type::string()}});
    const record_batch batch{both, {numbers<std::int32_t>({1, 2}), words({"x", nullptr})}, 2};
    const auto bytes = written({batch});
    const auto with = [&](stream_options o) { return read(bytes, 77, std::move(o)); };

    const auto turned = make_schema({field{"b", data_type{type_id::large_string}}, field{"a", data_type::int64()}});
    const auto r = with(stream_options{}.schema(turned));
    REQUIRE_MESSAGE(!r.error, r.error.message());
    CHECK(*r.schema == *turned);
    CHECK(r.batches.at(0)[1].int64_at(1) == 2);
    CHECK(r.batches.at(0)[0].is_null(1));

    // some of them, sliced
    const auto picked = with(stream_options{}.schema(turned).columns({"a"}).batch_rows(1).row_index("n"));
    REQUIRE_MESSAGE(!picked.error, picked.error.message());
    CHECK(picked.schema->column_list() == "n, a");
    REQUIRE(picked.batches.size() == 2);
    CHECK(picked.batches[1][1].int64_at(0) == 2);

    const auto more = make_schema({field{"a", data_type::int32()}, field{"c", data_type::float64()}});
    const auto missing = with(stream_options{}.schema(more));
    CHECK(missing.error.code() == errc::unknown_column);
    CHECK(missing.error.detail().message == "column \"c\" of the given schema is missing");
    const auto nulls = with(stream_options{}.schema(more).missing_columns(missing_columns::null));
    REQUIRE_MESSAGE(!nulls.error, nulls.error.message());
    CHECK(nulls.batches.at(0)[1].type() == data_type::float64());
    CHECK(nulls.batches.at(0)[1].null_count() == 2);

    const auto only_a = make_schema({field{"a", data_type::int32()}});
    CHECK(with(stream_options{}.schema(only_a)).schema->size() == 1);
    const auto extra = with(stream_options{}.schema(only_a).extra_columns(extra_columns::fail));
    CHECK(extra.error.code() == errc::unknown_column);
    CHECK(extra.error.detail().message.find("\"b\"") != std::string::npos);
    const auto added = with(stream_options{}.schema(make_schema({field{"a", data_type::int64()}})).extra_columns(extra_columns::add));
    REQUIRE_MESSAGE(!added.error, added.error.message());
    CHECK(added.schema->column_list() == "a, b");
    CHECK(added.schema->operator[](1).type() == data_type::string());

    // a null where none may be
    const auto strict = make_schema({field{"b", data_type::string(), false}});
    const auto null = with(stream_options{}.schema(strict));
    CHECK(null.error.code() == errc::type_mismatch);
    CHECK(null.error.detail().message == "column \"b\" has nulls, which the given schema does not allow");
    CHECK_FALSE(read(written({one_column("b", words({"x"}))}), 100, stream_options{}.schema(strict)).error);
}

TEST_CASE("within a memory budget a message is waited for, whatever is refused first; what cannot fit is an error") {
    std::vector<record_batch> batches;
    test::random_batches random{7, any_shape()};
    const auto schema = random.schema();
    for (int i = 0; i < 40; ++i) batches.push_back(random.batch(schema));
    for (const auto codec : {compression::none, compression::lz4}) {
        if (codec != compression::none && !has_codecs()) continue;
        const auto bytes = written(batches, write_options{}.compression(codec).dictionary_deltas(true), schema);
        const auto expected = read(bytes);
        for (const std::uint64_t limit : {512u << 10, 1u << 20, 8u << 20}) {
            CAPTURE(limit);
            const auto budget = memory_budget::create(limit);
            const auto r = read(bytes, 1000, stream_options{}.row_index("n").pool(buffer_pool::create(budget)));
            if (r.error) CHECK(r.error.code() == errc::budget_exceeded); // the batches are all held
            else CHECK(r.batches.size() == expected.batches.size());
            for (std::size_t i = 0; i < r.batches.size(); ++i)
                for (std::size_t c = 0; c < schema->size(); ++c) CHECK(r.batches[i][c + 1] == expected.batches[i][c]);
            CHECK(budget->peak() <= limit);
        }
    }
    const auto large = written({one_column("a", words({std::string(3'000'000, 'x').c_str()}))});
    const auto budget = memory_budget::create(2 << 20);
    const auto r = read(large, 1000, stream_options{}.pool(buffer_pool::create(budget)));
    CHECK(r.error.code() == errc::budget_exceeded);
    CHECK(r.error.detail().object == "a.arrows");
    CHECK(r.error.detail().hint.find("raise the memory budget") != std::string::npos);
}

/// How many dictionary messages a stream has is seen by its length.
TEST_CASE("dictionaries are written once, anew when they change, as what is new where that is asked for") {
    const auto first = coded_batch({"x", "y"}, {0, 1, 1});
    const auto same = coded_batch({"x", "y"}, {1, 0, 1});
    const auto more = coded_batch({"x", "y", std::string(1000, 'z')}, {2, 0, 1});
    const auto other = coded_batch({"q"}, {0, 0, 0});
    const auto length = [](std::vector<record_batch> batches, bool deltas) {
        return written(std::move(batches), write_options{}.dictionary_deltas(deltas)).size();
    };
    const auto batch_length = length({first, same, same}, false) - length({first, same}, false);
    CHECK(length({first, other}, false) > length({first}, false) + batch_length);
    CHECK(length({first, same}, false) == length({first}, false) + batch_length);
    for (const bool deltas : {false, true}) {
        const std::vector<record_batch> all{first, more, same, other, more};
        const auto r = read(written(all, write_options{}.dictionary_deltas(deltas)), 11);
        REQUIRE_MESSAGE(!r.error, r.error.message());
        CHECK(r.batches == all);
    }
    const auto long_one = coded_batch({std::string(1000, 'z')}, {0});
    const auto grown = coded_batch({std::string(1000, 'z'), "y"}, {1});
    CHECK(length({long_one, grown}, true) + 900 < length({long_one, grown}, false));
}

TEST_CASE("a dictionary of dictionaries is refused, naming the column") {
    const auto inner = data_type::dictionary(data_type::int8(), data_type::string());
    const auto type = data_type::dictionary(data_type::int8(), inner);
    try {
        written({}, write_options(), make_schema({field{"dd", type}}));
        FAIL("nothing was thrown");
    } catch (const error& e) {
        CHECK(e.code() == errc::unsupported);
        CHECK(std::string{e.what()}.find("dd") != std::string::npos);
    }
}

inline awaitable<std::string> with_metadata() {
    std::string out;
    {
        stream_writer writer{memory_sink{out}};
        key_value_metadata told{{"k", "v"}, {"k2", ""}};
        co_await writer.write(numbers_batch(1), told);
        co_await writer.write(numbers_batch(2));
        co_await writer.close();
    }
    co_return out;
}

TEST_CASE("messages carry metadata of their own") {
    const auto r = read(test::run(with_metadata()), 5);
    REQUIRE(r.metadata.size() == 2);
    CHECK(r.metadata[0] == key_value_metadata{{"k", "v"}, {"k2", ""}});
    CHECK(r.metadata[1].empty());
}

inline std::string as_file(const std::string& stream, const std::string& footer = std::string(24, 'f')) {
    const auto size = static_cast<std::uint32_t>(footer.size());
    return std::string{"ARROW1\0\0", 8} + stream + footer + std::string{reinterpret_cast<const char*>(&size), 4} + "ARROW1";
}

TEST_CASE("files are read as the stream that is inside, and must end with their footer") {
    std::vector<record_batch> one;
    one.push_back(numbers_batch(10));
    const auto stream = written(one);
    for (const std::size_t footer : {0, 24, 9000}) {
        const auto file = as_file(stream, std::string(footer, 'f'));
        for (const std::size_t chunk : {1, 13, 100'000}) {
            const auto r = read(file, chunk);
            CHECK_MESSAGE(!r.error, r.error.message());
            CHECK(r.batches == one);
        }
        for (std::size_t n = stream.size(); n < file.size(); n += footer > 100 ? 997 : 1)
            CHECK(read(file.substr(0, n), 64).error.code() == errc::malformed_arrow);
    }
    CHECK(read("ARROW2\0\0" + stream, 64).error.code() == errc::malformed_arrow);
}

TEST_CASE("files by polars begin with a schema that has no marker") {
    std::vector<record_batch> one;
    one.push_back(numbers_batch(10));
    auto stream = written(one);
    const auto file = as_file(stream.substr(8));
    for (const std::size_t chunk : {1, 13, 100'000}) {
        const auto r = read(file, chunk);
        CHECK_MESSAGE(!r.error, r.error.message());
        CHECK(r.batches == one);
    }
    for (std::size_t n = 8; n < file.size(); n += 3) CHECK(read(file.substr(0, n), 64).error.code() == errc::malformed_arrow);
    CHECK(read(file, 64, stream_options{}.max_metadata_bytes(100)).error.code() == errc::limit_exceeded);
    CHECK(read("ARROW1" + std::string(2, '\0') + std::string(5000, '\xff'), 64).error.code() == errc::malformed_arrow);
    CHECK(read("ARROW1" + std::string(2, '\0') + "abcd" + std::string(5000, '\xff'), 64).error.code() == errc::malformed_arrow);
}

/// The messages of a stream, the end among them. Precondition: no data looks like a marker.
inline std::vector<std::string> messages_of(const std::string& stream) {
    std::vector<std::string> out;
    for (std::size_t at = 0, next = 0; at < stream.size(); at = next) {
        next = std::min(stream.find("\xff\xff\xff\xff", at + 4), stream.size());
        out.push_back(stream.substr(at, next - at));
    }
    return out;
}

TEST_CASE("files may have their dictionaries behind the batches that use them") {
    const auto type = data_type::dictionary(data_type::int8(), data_type::string());
    const auto schema = make_schema({field{"n", data_type::int64()}, field{"cat", type}});
    const auto pool = buffer_pool::create();
    std::vector<record_batch> batches;
    for (int b = 0; b < 3; ++b) {
        int64_builder n{data_type::int64(), pool};
        dictionary_builder cat{type, pool};
        for (int i = 0; i < 40; ++i) {
            n.append(1000 * b + i);
            cat.append(std::string_view{i % 2 ? "odd" : "even"});
        }
        std::vector<array> columns;
        columns.push_back(n.finish());
        columns.push_back(cat.finish());
        batches.emplace_back(schema, std::move(columns), 40);
    }
    const auto m = messages_of(written(batches)); // schema, dictionary, batches, end
    REQUIRE(m.size() == 6);
    const auto stream = m[0] + m[2] + m[3] + m[4] + m[1] + m[5];
    const auto file = as_file(stream);
    for (const std::size_t chunk : {1, 13, 100'000}) {
        const auto r = read(file, chunk);
        REQUIRE_MESSAGE(!r.error, r.error.message());
        CHECK(r.batches == batches);
    }
    const auto half = read(as_file(m[0] + m[2] + m[1] + m[3] + m[4] + m[5]), 64);
    CHECK_MESSAGE(!half.error, half.error.message());
    CHECK(half.batches == batches);
    const auto sliced = read(file, 64, stream_options{}.batch_rows(30).limit(50).columns({"cat"}));
    REQUIRE(sliced.batches.size() == 3);
    CHECK(sliced.batches[2].num_rows() == 10);
    // Who does not want the column need not wait; nor is anything held then.
    const auto other = read(file, 64, stream_options{}.columns({"n"}).max_held_bytes(0));
    CHECK(other.batches.size() == 3);

    const auto too_much = read(file, 64, stream_options{}.max_held_bytes(m[2].size() + 100));
    CHECK(too_much.error.code() == errc::limit_exceeded);
    CHECK(too_much.error.message().find("max_held_bytes") != std::string::npos);
    CHECK(too_much.batches.empty());
    const auto never = read(as_file(m[0] + m[2] + m[3] + m[5]), 64);
    CHECK(never.error.code() == errc::malformed_arrow);
    CHECK(never.error.message().find("has not come") != std::string::npos);
    CHECK(never.error.detail().byte_offset == 8 + m[0].size());
    CHECK(read(stream, 64).error.code() == errc::malformed_arrow); // a stream has to say them first
    for (std::size_t n = 8; n < file.size(); n += 7) CHECK(read(file.substr(0, n), 64).error);
}

TEST_CASE("the oldest streams have no markers in front of their messages") {
    std::vector<record_batch> one;
    one.push_back(numbers_batch(10));
    auto bytes = written(one);
    for (std::size_t at = bytes.find("\xff\xff\xff\xff"); at != std::string::npos; at = bytes.find("\xff\xff\xff\xff", at))
        bytes.erase(at, 4);
    const auto r = read(bytes, 3);
    CHECK_MESSAGE(!r.error, r.error.message());
    CHECK(r.batches == one);
}

TEST_CASE("what is no Arrow stream is told as such; what follows one is refused") {
    for (const std::string text : {"", "a,b\n1,2\n", "{\"a\":1}", "PAR1", "\xff\xff\xff\xff\x10"}) {
        CAPTURE(text);
        CHECK(read(text, 2).error.code() == errc::malformed_arrow);
    }
    CHECK(read("a,b\n1,2\n", 2).error.message().find("FF FF FF FF") != std::string::npos);
    std::vector<record_batch> one;
    one.push_back(numbers_batch(1));
    const auto stream = written(one);
    const auto twice = read(stream + stream, 64);
    CHECK(twice.batches.size() == 1);
    CHECK(twice.error.message().find("behind the end") != std::string::npos);
    CHECK(twice.error.detail().byte_offset == stream.size());
    CHECK(read(written({}), 1).batches.empty());
    CHECK(!read(written({}), 1).error);
}

TEST_CASE("sizes are checked before memory is taken") {
    std::vector<record_batch> one;
    one.push_back(numbers_batch(1000));
    const auto stream = written(one);
    const auto body = read(stream, 64, stream_options{}.max_body_bytes(100));
    CHECK(body.error.code() == errc::limit_exceeded);
    CHECK(body.error.message().find("max_body_bytes") != std::string::npos);
    CHECK(read(stream, 64, stream_options{}.max_metadata_bytes(100)).error.code() == errc::limit_exceeded);
    // A length that the data cannot hold is seen before it is waited for.
    auto pool = buffer_pool::create();
    const auto r = read(stream.substr(0, stream.size() / 2), 64, stream_options{}.pool(pool));
    CHECK(r.error.message().find("cut off") != std::string::npos);
    if (!has_codecs()) return;
    const auto packed = written(one, write_options{}.compression(compression::zstd));
    CHECK(packed.size() < stream.size());
    const auto wide = read(packed, 64, stream_options{}.max_body_bytes(packed.size()));
    CHECK(wide.error.code() == errc::limit_exceeded);
}

TEST_CASE("a codec that Arrow does not have is refused before anything is written") {
    std::string out;
    stream_writer writer{memory_sink{out}, write_options{}.compression(compression::gzip)};
    CHECK_THROWS_AS(test::run(writer.write(numbers_batch(1))), error);
    CHECK_THROWS_AS(test::run(writer.close()), error);
    CHECK(out.empty());
}

TEST_CASE("a batch of another schema ends the writer") {
    std::string out;
    stream_writer writer{memory_sink{out}};
    test::run(writer.write(numbers_batch(1)));
    CHECK_THROWS_AS(test::run(writer.write(coded_batch({"x"}, {0}))), error);
    CHECK_THROWS_AS(test::run(writer.write(numbers_batch(1))), error);
    CHECK(out.empty());
}

/// Fails the n-th write, or the commit.
class failing_sink final : public byte_sink {
  public:
    explicit failing_sink(int good) : left_{good} {}
    awaitable<void> write(std::span<const std::byte>) override {
        if (left_-- == 0) throw_failure({errc::closed, "no more"});
        co_return;
    }
    awaitable<void> commit() override {
        if (left_-- == 0) throw_failure({errc::closed, "no more"});
        co_return;
    }

  private:
    int left_;
};

TEST_CASE("a sink that fails at any step is told, and the writer stays closed") {
    int steps = 0;
    for (bool failed = true; failed; ++steps) {
        failed = false;
        stream_writer writer{failing_sink{steps}};
        try {
            test::run(writer.write(numbers_batch(20'000)));
            test::run(writer.close());
        } catch (const error& e) {
            failed = true;
            CHECK(e.code() == errc::closed);
            CHECK_THROWS_AS(test::run(writer.close()), error);
        }
    }
    CHECK(steps > 4);
}

/// Gives so many bytes, then fails.
class failing_source final : public byte_source {
  public:
    explicit failing_source(std::string bytes) : inner_{std::move(bytes)} {}
    io_result try_read_some(std::span<std::byte> into) override {
        auto r = inner_.try_read_some(into);
        return r.status == io_status::end ? io_result::failed({errc::connection_closed, "gone"}) : std::move(r);
    }
    awaitable<void> ready() override { co_return; }
    std::string name() const override { return "source"; }

  private:
    memory_source inner_;
};

TEST_CASE("what the source fails with comes after the batches before it") {
    std::vector<record_batch> two;
    two.push_back(numbers_batch(5));
    two.push_back(numbers_batch(6));
    const auto stream = written(two);
    const auto r = test::run(
        read_batches(std::make_unique<failing_source>(stream.substr(0, stream.size() - 100)), stream_options()));
    CHECK(r.error.code() == errc::connection_closed);
    CHECK(r.batches.size() == 1);
}

TEST_CASE("all memory goes back to the pool with the last batch") {
    auto pool = buffer_pool::create();
    {
        std::vector<record_batch> one;
        one.push_back(numbers_batch(1000));
        const auto r = read(written(one, write_options{}.pool(pool)), 64, stream_options{}.pool(pool));
        CHECK(pool->in_use() > 0);
        CHECK(r.batches == one);
    }
    CHECK(pool->in_use() == 0);
}

} // namespace arrow_stream_test

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/array_builder.hpp>
#include <penstock/columnar/record_batch.hpp>

#include "numbers.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace test {

/// What `random_batches` makes. By default anything that Arrow allows.
class batch_shape {
  public:
    batch_shape() = default;

    std::size_t columns() const noexcept { return columns_; }
    std::size_t rows() const noexcept { return rows_; }
    std::size_t depth() const noexcept { return depth_; }
    bool plain_names() const noexcept { return plain_names_; }
    bool finite() const noexcept { return finite_; }
    bool civil() const noexcept { return civil_; }
    bool tidy() const noexcept { return tidy_; }
    bool nulls() const noexcept { return nulls_; }
    bool accepts(const penstock::data_type& t) const { return !accept_ || accept_(t); }

    batch_shape& columns(std::size_t most) { return columns_ = most, *this; }
    batch_shape& rows(std::size_t most) { return rows_ = most, *this; }
    /// Of nested types; 0: only flat ones.
    batch_shape& depth(std::size_t most) { return depth_ = most, *this; }
    /// Names of letters and digits, each once, for columns and fields.
    batch_shape& plain_names(bool on) { return plain_names_ = on, *this; }
    /// Floating-point numbers without NaN and infinity.
    batch_shape& finite(bool on) { return finite_ = on, *this; }
    /// Dates and timestamps of the years 1 to 9999 only (or what their unit can count of them).
    batch_shape& civil(bool on) { return civil_ = on, *this; }
    /// Arrays as our builders make them: 0 under nulls, offset 0.
    batch_shape& tidy(bool on) { return tidy_ = on, *this; }
    batch_shape& nulls(bool on) { return nulls_ = on, *this; }
    /// Types for which this says no are not made, nor types with such children (of a dictionary: values).
    batch_shape& accept(std::function<bool(const penstock::data_type&)> f) { return accept_ = std::move(f), *this; }

  private:
    std::size_t columns_ = 6, rows_ = 100, depth_ = 3;
    bool plain_names_ = false, finite_ = false, civil_ = false, tidy_ = false, nulls_ = true;
    std::function<bool(const penstock::data_type&)> accept_;
};

/// Schemas, arrays and batches from a seed: any type, all extremes, any legal layout (slices, offsets in children that
/// differ from their parents', anything under nulls, dictionaries with values that occur twice or never).
class random_batches {
  public:
    explicit random_batches(std::uint64_t seed, batch_shape shape = batch_shape())
        : random_{seed}, shape_{std::move(shape)}, pool_{penstock::buffer_pool::create()} {}

    numbers& random() noexcept { return random_; }
    const std::shared_ptr<penstock::buffer_pool>& pool() const noexcept { return pool_; }

    penstock::data_type type() { return type(shape_.depth()); }

    std::shared_ptr<const penstock::schema> schema() {
        std::vector<penstock::field> fields;
        const auto n = random_.below(shape_.columns() + 1);
        for (std::size_t i = 0; i < n; ++i)
            fields.push_back(field(shape_.depth(), i).with_metadata(metadata()));
        return penstock::make_schema(std::move(fields), metadata());
    }

    penstock::record_batch batch() { return batch(schema()); }
    penstock::record_batch batch(std::shared_ptr<const penstock::schema> s) {
        const auto rows = one_in(6) ? random_.below(2) : random_.below(shape_.rows() + 1);
        return batch(std::move(s), rows);
    }
    penstock::record_batch batch(std::shared_ptr<const penstock::schema> s, std::size_t rows) {
        std::vector<penstock::array> columns;
        for (const auto& f : s->fields()) columns.push_back(values(f.type(), rows, f.nullable()));
        return penstock::record_batch{std::move(s), std::move(columns), rows};
    }

    /// An array; with nulls where they are wanted.
    penstock::array values(const penstock::data_type& type, std::size_t size, bool nullable = true) {
        const auto before = shape_.tidy() || one_in(2) ? 0 : random_.below(70);
        const auto after = shape_.tidy() || one_in(2) ? 0 : random_.below(10);
        auto whole = masked(layout(type, before + size + after), nullable && shape_.nulls());
        auto cut = whole.slice(before, size);
        if (!shape_.tidy() && one_in(2)) return cut;
        penstock::array_builder copy{type, pool_};
        copy.append(cut, 0, size);
        return copy.finish();
    }

    /// UTF-8 of all lengths, with what formats have to quote.
    std::string text() {
        static constexpr const char* parts[] = {
            "a", "Z", "0", " ", ",", ";", "\t", "\"", "'", "\\", "\n", "\r", "\r\n", "\x01", "{", "}", "[", "]", ":", "\u00e9",
            "\u4e16", "\U0001f600", "null", "true", "1.5", "-", "\u2028", "e\u0301", "\x7f", "\xef\xbb\xbf", "/", "#", "NaN",
        };
        const auto length = one_in(4) ? 0 : one_in(40) ? random_.below(3000) : random_.below(20);
        std::string out;
        while (out.size() < length) out += one_in(2) ? "x" : parts[random_.below(std::size(parts))];
        return out;
    }

  private:
    using type_id = penstock::type_id;
    using data_type = penstock::data_type;
    using array = penstock::array;
    using time_unit = penstock::time_unit;

    bool one_in(std::size_t n) { return random_.below(n) == 0; }

    // types

    penstock::key_value_metadata metadata() {
        std::vector<penstock::key_value_metadata::entry> entries;
        if (one_in(3))
            for (auto n = random_.below(3); n-- > 0;) entries.emplace_back(text(), text());
        return penstock::key_value_metadata{std::move(entries)};
    }
    std::string name(std::size_t i) {
        if (shape_.plain_names() || one_in(2)) return "c" + std::to_string(i);
        auto out = text();
        return out.size() < 40 ? out : "long";
    }
    penstock::field field(std::size_t depth, std::size_t i) {
        auto type = this->type(depth);
        const bool nullable = type.id() == type_id::null || !one_in(4);
        return {name(i), std::move(type), nullable};
    }
    std::vector<penstock::field> fields(std::size_t depth, std::size_t least) {
        std::vector<penstock::field> out;
        for (auto n = least + random_.below(4); n-- > 0;) out.push_back(field(depth, out.size()));
        return out;
    }

    data_type type(std::size_t depth) {
        for (int tries = 0; tries < 1000; ++tries) {
            auto t = any_type(depth);
            if (shape_.accepts(t)) return t;
        }
        return data_type::string();
    }
    time_unit unit(std::size_t first, std::size_t count) {
        return static_cast<time_unit>(first + random_.below(count));
    }
    int scale(int precision) {
        if (one_in(5)) return -static_cast<int>(random_.below(5));
        return static_cast<int>(random_.below(static_cast<std::size_t>(precision) + 1));
    }
    std::string zone() {
        static constexpr const char* zones[] = {"", "", "UTC", "Europe/Zurich", "+02:00", "America/New_York"};
        return zones[random_.below(std::size(zones))];
    }
    data_type any_type(std::size_t depth) {
        const auto flat = static_cast<std::size_t>(type_id::list);
        const auto all = static_cast<std::size_t>(type_id::dense_union) + 1;
        const auto id = depth == 0 || !one_in(3) ? static_cast<type_id>(random_.below(flat))
                                                 : static_cast<type_id>(flat + random_.below(all - flat));
        switch (id) {
        case type_id::decimal128: {
            const auto p = 1 + static_cast<int>(random_.below(38));
            return data_type::decimal128(p, scale(p));
        }
        case type_id::decimal256: {
            const auto p = 1 + static_cast<int>(random_.below(76));
            return data_type::decimal256(p, scale(p));
        }
        case type_id::fixed_size_binary:
            return data_type::fixed_size_binary(static_cast<std::int32_t>(random_.below(20)));
        case type_id::time32:
            return data_type::time32(unit(0, 2));
        case type_id::time64:
            return data_type::time64(unit(2, 2));
        case type_id::timestamp:
            return data_type::timestamp(unit(0, 4), zone());
        case type_id::duration:
            return data_type::duration(unit(0, 4));
        case type_id::list:
            return one_in(2) ? data_type::list(type(depth - 1)) : data_type::list(field(depth - 1, 0));
        case type_id::large_list:
            return one_in(2) ? data_type::large_list(type(depth - 1)) : data_type::large_list(field(depth - 1, 0));
        case type_id::fixed_size_list:
            return data_type::fixed_size_list(field(depth - 1, 0), static_cast<std::int32_t>(random_.below(4)));
        case type_id::struct_:
            return data_type::struct_(fields(depth - 1, 0));
        case type_id::map: {
            auto key = type(depth - 1);
            while (key.id() == type_id::null || penstock::is_union(key.id())) key = type(0);
            return data_type::map(std::move(key), type(depth - 1), one_in(3));
        }
        case type_id::dictionary: {
            const auto index = static_cast<type_id>(static_cast<std::size_t>(type_id::int8) + random_.below(8));
            auto value = type(one_in(4) ? depth - 1 : 0);
            return data_type::dictionary(index, std::move(value), one_in(3));
        }
        case type_id::sparse_union:
        case type_id::dense_union: {
            auto children = fields(depth - 1, 1);
            std::vector<std::int8_t> codes;
            if (one_in(2))
                for (std::size_t i = 0; i < children.size(); ++i) codes.push_back(static_cast<std::int8_t>(120 - 7 * i));
            return id == type_id::sparse_union ? data_type::sparse_union(std::move(children), std::move(codes))
                                               : data_type::dense_union(std::move(children), std::move(codes));
        }
        default:
            return id;
        }
    }

    // values

    /// Any number of a type, extremes and small ones often.
    template <class T>
    T integer() {
        switch (random_.below(6)) {
        case 0:
            return std::numeric_limits<T>::min();
        case 1:
            return std::numeric_limits<T>::max();
        case 2:
            return T{0};
        case 3:
            return static_cast<T>(static_cast<T>(random_.below(20)) - static_cast<T>(10));
        default:
            return static_cast<T>(random_.next());
        }
    }
    std::int64_t between(std::int64_t low, std::int64_t high) {
        const auto span = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low);
        if (one_in(10)) return one_in(2) ? low : high;
        const auto step = span == ~std::uint64_t{0} ? random_.next() : random_.next() % (span + 1);
        return static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + step);
    }
    /// Days since 1970 of the years 1 to 9999.
    static constexpr std::int64_t first_day = -719162, last_day = 2932896;

    std::int64_t civil_time(time_unit unit) {
        static constexpr std::int64_t per_second[] = {1, 1'000, 1'000'000, 1'000'000'000};
        const auto n = per_second[static_cast<std::size_t>(unit)];
        const auto most = std::numeric_limits<std::int64_t>::max() / n;
        const auto low = std::max(first_day * 86400, -most), high = std::min((last_day + 1) * 86400 - 1, most - 1);
        return between(low, high) * n + between(0, n - 1);
    }
    template <class Float, class Bits>
    Float floating() {
        switch (random_.below(8)) {
        case 0:
            return shape_.finite() ? Float{0} : std::numeric_limits<Float>::quiet_NaN();
        case 1:
            return shape_.finite() ? std::numeric_limits<Float>::max() : -std::numeric_limits<Float>::infinity();
        case 2:
            return Float(-0.0);
        case 3:
            return std::numeric_limits<Float>::denorm_min();
        case 4:
            return static_cast<Float>(static_cast<double>(random_.below(100000)) / 100);
        default: {
            const auto any = std::bit_cast<Float>(static_cast<Bits>(random_.next()));
            return any - any == 0 || !shape_.finite() ? any : std::numeric_limits<Float>::lowest();
        }
        }
    }
    penstock::float16 half() {
        const auto bits = static_cast<std::uint16_t>(random_.next());
        return {shape_.finite() && (bits & 0x7c00) == 0x7c00 ? std::uint16_t{0x3c00} : bits};
    }
    /// Up to `precision` digits.
    penstock::decimal256_value decimal(int precision) {
        const auto digits = one_in(3) ? precision : static_cast<int>(random_.below(static_cast<std::size_t>(precision) + 1));
        const bool nines = one_in(4);
        penstock::decimal256_value v;
        for (int i = 0; i < digits; ++i) {
            auto carry = static_cast<unsigned __int128>(nines ? 9 : random_.below(10));
            for (auto& w : v.words) {
                carry += static_cast<unsigned __int128>(w) * 10;
                w = static_cast<std::uint64_t>(carry);
                carry >>= 64;
            }
        }
        if (one_in(2)) {
            std::uint64_t carry = 1;
            for (auto& w : v.words) {
                w = ~w + carry;
                carry = carry != 0 && w == 0;
            }
        }
        return v;
    }

    template <class T>
    T number(const data_type& t) {
        if constexpr (std::is_same_v<T, float>)
            return floating<float, std::uint32_t>();
        else if constexpr (std::is_same_v<T, double>)
            return floating<double, std::uint64_t>();
        else if constexpr (std::is_same_v<T, penstock::float16>)
            return half();
        else if constexpr (std::is_same_v<T, penstock::decimal256_value>)
            return decimal(t.precision());
        else if constexpr (std::is_same_v<T, penstock::decimal128_value>) {
            const auto v = decimal(t.precision());
            return {v.words[0], static_cast<std::int64_t>(v.words[1])};
        } else if constexpr (std::is_same_v<T, penstock::day_time_interval>)
            return {integer<std::int32_t>(), integer<std::int32_t>()};
        else if constexpr (std::is_same_v<T, penstock::month_day_nano_interval>)
            return {integer<std::int32_t>(), integer<std::int32_t>(), integer<std::int64_t>()};
        else
            return static_cast<T>(temporal(t, static_cast<std::int64_t>(integer<T>())));
    }
    /// `any` where the type allows any.
    std::int64_t temporal(const data_type& t, std::int64_t any) {
        switch (t.id()) {
        case type_id::time32:
            return between(0, t.unit() == time_unit::second ? 86'399 : 86'399'999);
        case type_id::time64:
            return between(0, t.unit() == time_unit::microsecond ? 86'399'999'999 : 86'399'999'999'999);
        case type_id::date32:
            return shape_.civil() ? between(first_day, last_day) : any;
        case type_id::date64: {
            const auto far = std::numeric_limits<std::int64_t>::max() / 86'400'000;
            return between(shape_.civil() ? first_day : -far, shape_.civil() ? last_day : far) * 86'400'000;
        }
        case type_id::timestamp:
            return shape_.civil() ? civil_time(t.unit()) : any;
        default:
            return any;
        }
    }

    std::string bytes(std::size_t size) {
        std::string out(size, '\0');
        for (auto& c : out) c = static_cast<char>(random_.next());
        return out;
    }

    /// Values that are all there. (Children may have nulls.)
    array layout(const data_type& type, std::size_t size) {
        switch (type.id()) {
        case type_id::list:
        case type_id::map:
            return list_layout<std::int32_t>(type, size);
        case type_id::large_list:
            return list_layout<std::int64_t>(type, size);
        case type_id::fixed_size_list: {
            const auto items = size * static_cast<std::size_t>(type.list_size());
            return with_children(type, size, {}, {}, values(type.item().type(), items, type.item().nullable()));
        }
        case type_id::struct_: {
            std::vector<array> children;
            for (const auto& f : type.fields()) children.push_back(values(f.type(), size, f.nullable()));
            return array{type, size, 0, {}, {}, {}, std::move(children)};
        }
        case type_id::dictionary:
            return dictionary_layout(type, size);
        case type_id::sparse_union:
        case type_id::dense_union:
            return union_layout(type, size);
        default:
            break;
        }
        penstock::array_builder b{type, pool_};
        for (std::size_t i = 0; i < size; ++i) append_flat(b, type);
        return b.finish();
    }
    void append_flat(penstock::array_builder& to, const data_type& type) {
        std::visit(
            [&]<class B>(B& b) {
                if constexpr (std::is_same_v<B, penstock::boolean_builder>) {
                    b.append(one_in(2));
                } else if constexpr (std::is_same_v<B, penstock::null_builder>) {
                    b.append_null();
                } else if constexpr (std::is_same_v<B, penstock::fixed_size_binary_builder>) {
                    b.append(bytes(type.byte_width()));
                } else if constexpr (requires { b.append(std::string_view{}); }) {
                    b.append(penstock::is_text(type.id()) ? text() : bytes(random_.below(one_in(5) ? 200 : 20)));
                } else if constexpr (requires { b.grow(1); }) {
                    b.append(number<std::remove_cvref_t<decltype(b[0])>>(type));
                }
            },
            to.builder());
    }
    array with_children(const data_type& type, std::size_t size, penstock::shared_buffer values,
                        penstock::shared_buffer data, array child) {
        std::vector<array> children;
        children.push_back(std::move(child));
        return array{type, size, 0, {}, std::move(values), std::move(data), std::move(children)};
    }
    template <class Offset>
    array list_layout(const data_type& type, std::size_t size) {
        penstock::number_builder<Offset> offsets{pool_};
        auto at = static_cast<Offset>(one_in(2) ? 0 : random_.below(5));
        offsets.append(at);
        for (std::size_t i = 0; i < size; ++i) {
            at += static_cast<Offset>(one_in(3) ? 0 : random_.below(4));
            offsets.append(at);
        }
        const auto items = static_cast<std::size_t>(at) + (shape_.tidy() ? 0 : random_.below(3));
        return with_children(type, size, offsets.finish().values(), {},
                             values(type.item().type(), items, type.item().nullable() && type.id() != type_id::map));
    }
    array dictionary_layout(const data_type& type, std::size_t size) {
        auto entries = values(type.value_type(), 1 + random_.below(20), one_in(3));
        penstock::array_builder indices{type.index_type(), pool_};
        for (std::size_t i = 0; i < size; ++i) {
            const auto at = random_.below(entries.size());
            std::visit(
                [&](auto& b) {
                    if constexpr (requires { b.append(at); b.grow(1); }) {
                        using value = std::remove_cvref_t<decltype(b[0])>;
                        if constexpr (std::is_integral_v<value>) b.append(static_cast<value>(at));
                    }
                },
                indices.builder());
        }
        return with_children(type, size, indices.finish().values(), {}, std::move(entries));
    }
    array union_layout(const data_type& type, std::size_t size) {
        const bool dense = type.id() == type_id::dense_union;
        const auto fields = type.fields();
        penstock::number_builder<std::int8_t> codes{pool_};
        penstock::number_builder<std::int32_t> positions{pool_};
        std::vector<std::size_t> used(fields.size(), 0);
        for (std::size_t i = 0; i < size; ++i) {
            const auto c = random_.below(fields.size());
            codes.append(type.codes()[c]);
            positions.append(static_cast<std::int32_t>(used[c]++));
        }
        std::vector<array> children;
        for (std::size_t c = 0; c < fields.size(); ++c)
            children.push_back(values(fields[c].type(), dense ? used[c] : size, fields[c].nullable()));
        auto code_buffer = codes.finish().values();
        auto position_buffer = dense ? positions.finish().values() : penstock::shared_buffer{};
        return array{type, size, 0, {}, std::move(code_buffer), std::move(position_buffer), std::move(children)};
    }

    /// The same, some of them null: whatever lies there stays under them.
    array masked(const array& a, bool nullable) {
        const auto id = a.type().id();
        if (!nullable || a.size() == 0 || id == type_id::null || penstock::is_union(id) || one_in(3)) return a;
        static constexpr std::size_t densities[] = {0, 3, 50, 97, 100};
        const auto percent = densities[random_.below(std::size(densities))];
        penstock::validity_builder validity{pool_};
        for (std::size_t i = 0; i < a.size(); ++i) validity.append(random_.below(100) >= percent);
        const auto nulls = validity.null_count();
        if (nulls == 0) return a;
        const auto children = a.children();
        const auto blocks = a.blocks();
        return array{a.type(), a.size(), nulls, validity.finish(), a.values(), a.data(), {children.begin(), children.end()},
                     {blocks.begin(), blocks.end()}};
    }

    numbers random_;
    batch_shape shape_;
    std::shared_ptr<penstock::buffer_pool> pool_;
};

} // namespace test

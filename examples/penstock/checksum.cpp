// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "checksum.hpp"

#include "options.hpp"

#include <penstock/aws/date_time.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <initializer_list>

#include <zlib.h>

namespace tool {

using namespace penstock;

namespace {

const array& column(const record_batch& batch, std::string_view name, data_type type) {
    const auto& found = batch[name];
    // A column of nulls only is inferred as text.
    if (found.type() == type || found.null_count() == found.size()) return found;
    throw usage_error{"--checksum: column '" + std::string{name} + "' is " + found.type().name() + ", not " + type.name()};
}

std::int64_t sum_int64(const record_batch& batch, std::string_view name) {
    const auto& a = column(batch, name, data_type::int64());
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (!a.is_null(i)) sum += a.int64_at(i);
    return sum;
}

double sum_float64(const record_batch& batch, std::string_view name) {
    const auto& a = column(batch, name, data_type::float64());
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (!a.is_null(i)) sum += a.float64_at(i);
    return sum;
}

struct text_sizes {
    std::uint64_t sum = 0;
    std::uint64_t longest = 0;
};

text_sizes sizes(const record_batch& batch, std::string_view name) {
    const auto& a = column(batch, name, data_type::string());
    text_sizes found;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (a.is_null(i)) continue;
        found.sum += a.string_at(i).size();
        found.longest = std::max<std::uint64_t>(found.longest, a.string_at(i).size());
    }
    return found;
}

/// "2021-01-01 00:00:00", in microseconds.
std::int64_t microseconds(std::string_view text) {
    std::string iso{text};
    if (iso.size() > 10) iso[10] = 'T';
    const auto t = aws::parse_iso8601(iso + "Z");
    if (!t) throw usage_error{"--checksum: '" + penstock::printable(text, 60) + "' is no time"};
    return t->seconds * 1'000'000 + t->nanoseconds / 1000;
}

template <class Better>
void keep(std::optional<std::int64_t>& best, const record_batch& batch, std::string_view name, Better better) {
    if (batch[name].type().id() == type_id::timestamp) {
        const auto& times = column(batch, name, data_type::timestamp(time_unit::microsecond));
        for (std::size_t i = 0; i < times.size(); ++i)
            if (!times.is_null(i) && (!best || better(times.int64_at(i), *best))) best = times.int64_at(i);
        return;
    }
    const auto& a = column(batch, name, data_type::string());
    // All of one form, so that the first in time is the first in the alphabet.
    std::optional<std::string_view> found;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (!a.is_null(i) && (!found || better(a.string_at(i), *found))) found = a.string_at(i);
    if (!found) return;
    const auto at = microseconds(*found);
    if (!best || better(at, *best)) best = at;
}

} // namespace

checksum::checksum(const schema& columns) {
    const auto are = [&](std::initializer_list<const char*> names) {
        return columns.size() == names.size() && std::all_of(names.begin(), names.end(), [&](const char* name) {
                   return columns.index_of(name).has_value();
               });
    };
    all_ = are({"id", "vendor", "pickup", "dropoff", "distance", "fare", "tip", "passengers", "zone", "city", "payment",
                "note"});
    if (!all_ && !are({"id", "fare"}))
        throw usage_error{"--checksum is for the benchmark's columns only",
                          "all twelve, or --select id,fare; here are " + penstock::printable(columns.column_list())};
}

void checksum::add(const record_batch& batch) {
    rows_ += batch.num_rows();
    id_ += sum_int64(batch, "id");
    fare_ += sum_float64(batch, "fare");
    if (all_) add_all(batch);
}

void checksum::add_all(const record_batch& batch) {
    vendor_ += sum_int64(batch, "vendor");
    passengers_ += sum_int64(batch, "passengers");
    zone_ += sum_int64(batch, "zone");
    distance_ += sum_float64(batch, "distance");
    tip_ += sum_float64(batch, "tip");
    keep(first_pickup_, batch, "pickup", [](const auto& a, const auto& b) { return a < b; });
    keep(last_dropoff_, batch, "dropoff", [](const auto& a, const auto& b) { return a > b; });
    city_ += sizes(batch, "city").sum;
    payment_ += sizes(batch, "payment").sum;
    const auto notes = sizes(batch, "note");
    note_ += notes.sum;
    longest_note_ = std::max(longest_note_, notes.longest);
}

std::string checksum::text() const {
    const auto whole = [](double d) { return std::to_string(static_cast<long long>(std::nearbyint(d))); };
    std::string all = std::to_string(rows_) + "," + std::to_string(id_) + ",";
    if (all_) {
        all += std::to_string(vendor_) + "," + std::to_string(first_pickup_.value_or(0)) + "," +
               std::to_string(last_dropoff_.value_or(0)) + "," + whole(distance_) + "," + whole(fare_) + "," +
               whole(tip_) + "," + std::to_string(passengers_) + "," + std::to_string(zone_) + "," +
               std::to_string(city_) + "," + std::to_string(payment_) + "," + std::to_string(note_) + "," +
               std::to_string(longest_note_);
    } else {
        all += whole(fare_);
    }
    const auto crc = ::crc32(0, reinterpret_cast<const Bytef*>(all.data()), static_cast<uInt>(all.size()));
    char digits[16];
    std::snprintf(digits, sizeof digits, "%08lx", static_cast<unsigned long>(crc));
    return digits;
}

} // namespace tool

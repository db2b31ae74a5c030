// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "trips.hpp"

#include <penstock/columnar/array_builder.hpp>

#include <cmath>
#include <cstdio>
#include <string>

namespace demo {

using namespace penstock;

namespace {

constexpr const char* cities[] = {"Zürich", "São Paulo", "東京", "Kraków", "New York", "Lagos", "Reykjavík"};
constexpr const char* payments[] = {"card", "cash", "voucher", "dispute"};
constexpr const char* notes[] = {"",
                                 "to the airport",
                                 "lost: phone, black",
                                 "driver said \"no problem\"",
                                 "two stops\nfirst the station, then home",
                                 "café – late, rain ✓",
                                 "child seat"};

std::int64_t cents_of(double fare) { return std::llround(fare * 100); }

std::string time_text(std::int64_t id) {
    // 40 seconds apart, from the first of January 2026
    const auto second = (id - 1'000'000) * 40;
    char text[32];
    std::snprintf(text, sizeof text, "2026-01-%02d %02d:%02d:%02d", static_cast<int>(1 + second / 86400 % 28),
                  static_cast<int>(second / 3600 % 24), static_cast<int>(second / 60 % 60),
                  static_cast<int>(second % 60));
    return text;
}

} // namespace

void totals::add(const record_batch& batch) {
    rows += batch.num_rows();
    for (const auto id : batch.column<std::int64_t>("id")) ids += id;
    for (const auto fare : batch.column<double>("fare")) cents += cents_of(fare);
    tipped += batch.num_rows() - batch["tip"].null_count();
    for (const auto note : batch.column<std::string_view>("note")) note_bytes += note.size();
}

trip_maker::trip_maker() : random_{make_seeded_random(2026)}, pool_{buffer_pool::create()} {
    std::vector<field> fields;
    fields.emplace_back("id", data_type::int64());
    fields.emplace_back("pickup", data_type::string());
    fields.emplace_back("city", data_type::string());
    fields.emplace_back("passengers", data_type::int64());
    fields.emplace_back("distance", data_type::float64());
    fields.emplace_back("fare", data_type::float64());
    fields.emplace_back("tip", data_type::float64());
    fields.emplace_back("payment", data_type::string());
    fields.emplace_back("shared", data_type::boolean());
    fields.emplace_back("note", data_type::string());
    schema_ = make_schema(std::move(fields));
}

record_batch trip_maker::next(std::size_t rows) {
    int64_builder id{pool_}, passengers{pool_};
    string_builder pickup{pool_}, city{pool_}, payment{pool_}, note{pool_};
    float64_builder distance{pool_}, fare{pool_}, tip{pool_};
    boolean_builder shared{pool_};
    auto& r = *random_;
    for (std::size_t i = 0; i < rows; ++i, ++next_id_) {
        const double kilometres = 0.5 + std::floor(-400 * std::log(1 - r.uniform())) / 100;
        const auto cents = static_cast<std::int64_t>(250 + kilometres * 275 + static_cast<double>(r.below(300)));
        const std::string_view text = notes[r.below(std::size(notes))];
        id.append(next_id_);
        pickup.append(time_text(next_id_));
        city.append(cities[r.below(std::size(cities))]);
        passengers.append(static_cast<std::int64_t>(1 + r.below(6)));
        distance.append(kilometres);
        fare.append(static_cast<double>(cents) / 100);
        const bool tipped = r.below(4) != 0;
        if (tipped)
            tip.append(static_cast<double>(cents / 10) / 100);
        else
            tip.append_null();
        payment.append(payments[r.below(std::size(payments))]);
        shared.append(r.below(5) == 0);
        note.append(text);

        totals one{1, next_id_, cents, tipped, text.size()};
        for (auto* t : {&all_, cents > 4000 ? &expensive_ : nullptr}) {
            if (!t) continue;
            t->rows += one.rows;
            t->ids += one.ids;
            t->cents += one.cents;
            t->tipped += one.tipped;
            t->note_bytes += one.note_bytes;
        }
    }
    std::vector<array> columns;
    columns.push_back(id.finish());
    columns.push_back(pickup.finish());
    columns.push_back(city.finish());
    columns.push_back(passengers.finish());
    columns.push_back(distance.finish());
    columns.push_back(fare.finish());
    columns.push_back(tip.finish());
    columns.push_back(payment.finish());
    columns.push_back(shared.finish());
    columns.push_back(note.finish());
    return record_batch{schema_, std::move(columns), rows};
}

} // namespace demo

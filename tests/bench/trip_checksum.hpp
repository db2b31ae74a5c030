// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/record_batch.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <memory>
#include <string>
#include <vector>

/// The table of the peers' benchmark: its columns, and the checksum over every value of theirs.
namespace trips {

using namespace penstock;

inline std::shared_ptr<const schema> columns() {
    const auto time = data_type::timestamp(time_unit::microsecond);
    return make_schema({field{"id", data_type::int64()}, field{"vendor", data_type::int64()}, field{"pickup", time},
                        field{"dropoff", time}, field{"distance", data_type::float64()},
                        field{"fare", data_type::float64()}, field{"tip", data_type::float64()},
                        field{"passengers", data_type::int64()}, field{"zone", data_type::int64()},
                        field{"city", data_type::string()}, field{"payment", data_type::string()},
                        field{"note", data_type::string()}});
}

class checksum {
  public:
    /// By name; columns that are not there count nothing.
    void add(const record_batch& b) {
        rows_ += static_cast<std::int64_t>(b.num_rows());
        const auto& s = b.schema();
        for (std::size_t i = 0; i < s.size(); ++i) {
            const auto& name = s[i].name();
            const auto& a = b[i];
            if (name == "id") sum(id_, a);
            else if (name == "vendor") sum(vendor_, a);
            else if (name == "passengers") sum(passengers_, a);
            else if (name == "zone") sum(zone_, a);
            else if (name == "pickup") for (const auto v : a.values_as<std::int64_t>()) first_ = std::min(first_, v);
            else if (name == "dropoff") for (const auto v : a.values_as<std::int64_t>()) last_ = std::max(last_, v);
            else if (name == "distance") sum(distance_, a);
            else if (name == "fare") sum(fare_, a);
            else if (name == "tip") sum(tip_, a);
            else if (name == "city") city_ += bytes(a);
            else if (name == "payment") payment_ += bytes(a);
            else if (name == "note") {
                note_ += bytes(a);
                const auto* ends = a.values().as<std::int32_t>() + a.offset();
                for (std::size_t r = 0; r < a.size(); ++r) longest_ = std::max(longest_, ends[r + 1] - ends[r]);
            }
        }
    }

    std::int64_t rows() const { return rows_; }

    /// crc32 of the 14 numbers.
    std::string text() const {
        const std::int64_t all[] = {rows_, id_, vendor_, first_, last_, std::llround(total(distance_)), std::llround(total(fare_)),
                                    std::llround(total(tip_)), passengers_, zone_, city_, payment_, note_, longest_};
        std::string joined;
        for (const auto v : all) joined += (joined.empty() ? "" : ",") + std::to_string(v);
        std::uint32_t crc = ~0u;
        for (const unsigned char c : joined) {
            crc ^= c;
            for (int k = 0; k < 8; ++k) crc = crc & 1 ? crc >> 1 ^ 0xEDB88320u : crc >> 1;
        }
        char out[16];
        std::snprintf(out, sizeof out, "%08x", ~crc);
        return out;
    }

  private:
    // Our readers leave 0 under a null.
    static void sum(std::int64_t& to, const array& a) {
        for (const auto v : a.values_as<std::int64_t>()) to += v;
    }
    // Eight sums side by side: one would wait for every addition.
    struct sums {
        double part[8] = {};
    };
    static void sum(sums& to, const array& a) {
        const auto values = a.values_as<double>();
        std::size_t i = 0;
        for (; i + 8 <= values.size(); i += 8)
            for (std::size_t k = 0; k < 8; ++k) to.part[k] += values[i + k];
        for (; i < values.size(); ++i) to.part[0] += values[i];
    }
    static double total(const sums& s) {
        double all = 0;
        for (const double p : s.part) all += p;
        return all;
    }
    static std::int64_t bytes(const array& a) {
        const auto* ends = a.values().as<std::int32_t>() + a.offset();
        return a.size() ? ends[a.size()] - ends[0] : 0;
    }

    std::int64_t rows_ = 0, id_ = 0, vendor_ = 0, passengers_ = 0, zone_ = 0, city_ = 0, payment_ = 0, note_ = 0;
    std::int64_t first_ = std::numeric_limits<std::int64_t>::max(), last_ = std::numeric_limits<std::int64_t>::min();
    std::int32_t longest_ = 0;
    sums distance_, fare_, tip_;
};

} // namespace trips

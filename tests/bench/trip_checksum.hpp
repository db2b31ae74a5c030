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
            else if (name == "pickup") first_ = std::min(first_, least(a));
            else if (name == "dropoff") last_ = std::max(last_, most(a));
            else if (name == "distance") sum(distance_, a);
            else if (name == "fare") sum(fare_, a);
            else if (name == "tip") sum(tip_, a);
            else if (name == "city") city_ += bytes(a);
            else if (name == "payment") payment_ += bytes(a);
            else if (name == "note") {
                note_ += bytes(a);
                longest_ = std::max(longest_, longest(a));
            }
        }
    }

    std::int64_t rows() const { return rows_; }

    /// crc32 of the 14 numbers.
    std::string text() const {
        const std::int64_t all[] = {rows_, id_, vendor_, first_, last_, std::llround(distance_), std::llround(fare_), std::llround(tip_), passengers_, zone_, city_, payment_, note_, longest_};
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
    // All count in variables of their own: a member would be stored for every value, which may be of its type.

    // Our readers leave 0 under a null. Four results side by side: one would wait for every step.
    template <class T, class Step>
    static T fold(const array& a, T none, const Step& step) {
        const auto values = a.values_as<T>();
        T part[] = {none, none, none, none};
        std::size_t i = 0;
        for (; i + 4 <= values.size(); i += 4) {
            part[0] = step(part[0], values[i]);
            part[1] = step(part[1], values[i + 1]);
            part[2] = step(part[2], values[i + 2]);
            part[3] = step(part[3], values[i + 3]);
        }
        for (; i < values.size(); ++i) part[0] = step(part[0], values[i]);
        return step(step(part[0], part[1]), step(part[2], part[3]));
    }
    template <class T>
    static void sum(T& to, const array& a) {
        to += fold(a, T{}, [](T x, T y) { return x + y; });
    }
    static std::int64_t least(const array& a) {
        constexpr auto none = std::numeric_limits<std::int64_t>::max();
        return fold(a, none, [](std::int64_t x, std::int64_t y) { return std::min(x, y); });
    }
    static std::int64_t most(const array& a) {
        constexpr auto none = std::numeric_limits<std::int64_t>::min();
        return fold(a, none, [](std::int64_t x, std::int64_t y) { return std::max(x, y); });
    }
    static std::int32_t longest(const array& a) {
        const auto* ends = a.values().as<std::int32_t>() + a.offset();
        std::int32_t found = 0;
        for (std::size_t r = 0; r < a.size(); ++r) found = std::max(found, ends[r + 1] - ends[r]);
        return found;
    }
    static std::int64_t bytes(const array& a) {
        const auto* ends = a.values().as<std::int32_t>() + a.offset();
        return a.size() ? ends[a.size()] - ends[0] : 0;
    }

    std::int64_t rows_ = 0, id_ = 0, vendor_ = 0, passengers_ = 0, zone_ = 0, city_ = 0, payment_ = 0, note_ = 0;
    std::int64_t first_ = std::numeric_limits<std::int64_t>::max(), last_ = std::numeric_limits<std::int64_t>::min();
    std::int32_t longest_ = 0;
    double distance_ = 0, fare_ = 0, tip_ = 0;
};

} // namespace trips

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/float16.hpp>
#include <penstock/columnar/record_batch.hpp>

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace test {

/// Values as text formats can tell them apart: a NaN is a NaN, a null of a dictionary is a null. Written without help of
/// what reads and writes them.
class same_values {
  public:
    same_values() = default;
    /// What is not finite is a null.
    explicit same_values(bool only_finite) : only_finite_{only_finite} {}

    bool is_null(const penstock::array& a, std::size_t i) const {
        using penstock::type_id;
        const auto id = a.type().id();
        if (id == type_id::null || a.is_null(i)) return true;
        if (id == type_id::dictionary) return is_null(a.dictionary(), a.index_at(i));
        return only_finite_ && penstock::is_floating(id) && !std::isfinite(number(a, i));
    }

    /// Both of one type, or of a dictionary of it.
    bool operator()(const penstock::array& a, std::size_t i, const penstock::array& b, std::size_t j) const {
        using penstock::type_id;
        if (is_null(a, i) || is_null(b, j)) return is_null(a, i) == is_null(b, j);
        if (a.type().id() == type_id::dictionary) return (*this)(a.dictionary(), a.index_at(i), b, j);
        if (b.type().id() == type_id::dictionary) return (*this)(a, i, b.dictionary(), b.index_at(j));
        if (penstock::is_floating(a.type().id()) && std::isnan(number(a, i))) return std::isnan(number(b, j));
        if (!penstock::is_nested(a.type().id())) return a.slice(i, 1) == b.slice(j, 1);
        if (a.type().id() == type_id::struct_) {
            for (std::size_t c = 0; c < a.children().size(); ++c)
                if (!(*this)(a.children()[c], a.offset() + i, b.children()[c], b.offset() + j)) return false;
            return true;
        }
        const auto [a1, a2] = a.item_range(i);
        const auto [b1, b2] = b.item_range(j);
        if (a2 - a1 != b2 - b1) return false;
        for (std::size_t k = 0; k < a2 - a1; ++k)
            if (!(*this)(a.children().front(), a1 + k, b.children().front(), b1 + k)) return false;
        return true;
    }

    /// Whether all rows of `a` are those of `b`, however they are cut into batches.
    bool operator()(std::span<const penstock::record_batch> a, std::span<const penstock::record_batch> b) const {
        auto row = [](std::span<const penstock::record_batch> all, std::size_t& batch, std::size_t& i) {
            while (batch < all.size() && i == all[batch].num_rows()) ++batch, i = 0;
            return batch < all.size();
        };
        std::size_t a_batch = 0, b_batch = 0, i = 0, j = 0;
        for (;; ++i, ++j) {
            const bool more = row(a, a_batch, i);
            if (more != row(b, b_batch, j)) return false;
            if (!more) return true;
            const auto& x = a[a_batch];
            const auto& y = b[b_batch];
            if (x.num_columns() != y.num_columns()) return false;
            for (std::size_t c = 0; c < x.num_columns(); ++c)
                if (!(*this)(x[c], i, y[c], j)) return false;
        }
    }

    /// Whether a value, or one in it, is null where its field allows none.
    bool lacks(const penstock::field& f, const penstock::array& a, std::size_t i) const {
        using penstock::type_id;
        if (is_null(a, i)) return !f.nullable();
        const auto id = a.type().id();
        if (id == type_id::dictionary) return lacks(f.with_type(a.type().value_type()), a.dictionary(), a.index_at(i));
        if (id == type_id::struct_) {
            for (std::size_t c = 0; c < a.children().size(); ++c)
                if (lacks(a.type().fields()[c], a.children()[c], a.offset() + i)) return true;
            return false;
        }
        if (!penstock::is_nested(id)) return false;
        const auto [first, last] = a.item_range(i);
        for (auto k = first; k < last; ++k)
            if (lacks(a.type().item(), a.children().front(), k)) return true;
        return false;
    }

  private:
    static double number(const penstock::array& a, std::size_t i) {
        switch (a.type().id()) {
        case penstock::type_id::float16:
            return penstock::to_float(a.value_at<penstock::float16>(i));
        case penstock::type_id::float32:
            return a.value_at<float>(i);
        default:
            return a.float64_at(i);
        }
    }

    bool only_finite_ = false;
};

} // namespace test

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/detail/cpu_features.hpp>
#include <penstock/json/record_options.hpp>

namespace penstock::json {

/// How `lines_reader` reads: what all text formats have (read_options.hpp), what both readers of JSON have
/// (record_options.hpp), and its own. Setters chain.
class lines_options : public record_option_setters<lines_options> {
  public:
    lines_options() = default;

    /// For tests and measurements: kernels of a level below the processor's, which is the default. Precondition: the
    /// processor has it.
    lines_options& instruction_set(simd_level level) {
        instruction_set_ = level;
        return *this;
    }
    /// For tests and measurements: false reads every line by the general parser, also those that are flat objects with
    /// the keys of the line before. The result is the same.
    lines_options& expect_flat_rows(bool on) {
        expect_flat_rows_ = on;
        return *this;
    }

    simd_level instruction_set() const noexcept { return instruction_set_; }
    bool expect_flat_rows() const noexcept { return expect_flat_rows_; }

  private:
    simd_level instruction_set_ = penstock::detail::best_simd_level();
    bool expect_flat_rows_ = true;
};

} // namespace penstock::json

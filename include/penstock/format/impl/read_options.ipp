// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/format/read_options.hpp>

#include <string>

namespace penstock {

// Strings of a batch are found by 31 bits, and a batch has up to `batch_bytes` and one record more; positions in a block have 32.
PENSTOCK_DECL result<void> read_options::check() const {
    constexpr std::size_t mebibyte = std::size_t{1} << 20;
    struct limit {
        const char* name;
        std::size_t value;
        std::size_t most;
        bool bytes;
    };
    const limit limits[] = {
        {"batch_rows", batch_rows, 512 * mebibyte, false},          {"batch_bytes", batch_bytes, 512 * mebibyte, true},
        {"max_record_bytes", max_record_bytes, 1024 * mebibyte, true}, {"inference_rows", inference_rows, 512 * mebibyte, false},
        {"inference_bytes", inference_bytes, 512 * mebibyte, true}, {"tasks", tasks, 1024, false},
        {"task_bytes", task_bytes, 512 * mebibyte, true},
    };
    for (const auto& l : limits) {
        if (l.value > 0 && l.value <= l.most) continue;
        return failure{errc::invalid_option,
                       std::string{l.name} + " is " + std::to_string(l.value) + ", but must be 1 " + (l.bytes ? "byte " : "") + "to " +
                           (l.bytes ? std::to_string(l.most / mebibyte) + " MiB" : std::to_string(l.most))};
    }
    return {};
}

} // namespace penstock

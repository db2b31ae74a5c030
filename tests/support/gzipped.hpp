// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include "run.hpp"

#include <penstock/codec/compress.hpp>
#include <penstock/core/memory_io.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace test {

/// `text` as a gzip file.
inline std::string gzipped(std::string_view text) {
    using namespace penstock;
    std::string out;
    auto sink = compress(std::make_unique<memory_sink>(out), compression::gzip);
    run([](byte_sink& to, std::string_view bytes) -> awaitable<void> {
        co_await to.write(as_bytes(bytes));
        co_await to.commit();
    }(*sink, text));
    return out;
}

} // namespace test

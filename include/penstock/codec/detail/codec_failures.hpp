// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/codec/codec_info.hpp>
#include <penstock/codec/codec_options.hpp>
#include <penstock/core/error.hpp>

#include <string>

namespace penstock::detail {

/// The library of `kind` is not in this build.
inline failure missing_codec(compression kind) {
    const auto& codec = find_codec(kind);
    return failure{errc::unsupported,
                   "this build has no " + std::string{codec.library} + ", which " +
                       std::string{to_string(kind)} + " needs",
                   "install " + std::string{codec.package} + " and build with " +
                       std::string{codec.build_option} + "=ON"};
}

[[noreturn]] inline void throw_missing_codec(compression kind) { throw_failure(missing_codec(kind)); }

/// Whether the encoder of `kind` knows what is asked of it; throws where it does not.
inline void check_encoder_options(compression kind, const encoder_options& options) {
    const auto& codec = find_codec(kind);
    const auto name = std::string{to_string(kind)};
    const auto refuse = [](std::string what, std::string hint) {
        throw_failure(failure{errc::invalid_option, std::move(what), std::move(hint)});
    };
    if (!codec.writable)
        throw_failure(failure{errc::unsupported, name + " is one block, which cannot be written as a stream",
                              "write it with a frame: lz4, snappy"});
    if (options.level()) {
        const int level = *options.level();
        if (!codec.levels) refuse(name + " has no compression levels", "leave the level out");
        if (level < codec.levels->lowest || level > codec.levels->highest)
            refuse(name + " has no compression level " + std::to_string(level),
                   "use " + std::to_string(codec.levels->lowest) + " (fastest) to " +
                       std::to_string(codec.levels->highest) + " (smallest)");
    }
    if (options.window_bits()) {
        const bool zstd = kind == compression::zstd;
        if (!zstd && kind != compression::brotli)
            refuse(name + " has no choice of windows", "leave window_bits out");
        const int bits = *options.window_bits(), most = zstd ? 31 : 24;
        if (bits < 10 || bits > most)
            refuse(name + " has no window of " + std::to_string(bits) + " bits",
                   "use 10 to " + std::to_string(most));
    }
    if (options.dictionary() && kind != compression::zstd)
        refuse(name + " takes no dictionary here", "zstd takes one");
}

} // namespace penstock::detail

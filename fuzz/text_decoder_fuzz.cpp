// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// Any bytes in any encoding, cut anywhere: the same text, which is UTF-8, and the same error. The first bytes choose the
// encoding and the cuts.

#include "support.hpp"

#include <penstock/core/as_bytes.hpp>
#include <penstock/format/text_decoder.hpp>
#include <penstock/format/utf8.hpp>

#include <algorithm>
#include <random>
#include <string>

namespace {

using namespace penstock;

struct outcome {
    std::string text;
    std::string failed;
    friend bool operator==(const outcome&, const outcome&) = default;
};

/// `seed` 0: all at once.
outcome decode(std::string_view bytes, text_encoding e, broken_text on_broken, unsigned seed) {
    std::minstd_rand random{seed};
    text_decoder decoder{e, on_broken, "fuzz"};
    outcome out;
    std::string room(seed ? 4 + seed % 20 : 4 * bytes.size() + 4, '\0');
    std::size_t known = 0;
    for (std::size_t at = 0;;) {
        const bool last = known == bytes.size();
        const auto step = decoder.decode(as_bytes(bytes.substr(at, known - at)), std::as_writable_bytes(std::span{room}), last);
        require(step.consumed <= known - at && step.produced <= room.size());
        out.text.append(room, 0, step.produced);
        at += step.consumed;
        if (step.failed) {
            out.failed = step.failed.message();
            return out;
        }
        if (last && at == bytes.size()) return out;
        require(step.consumed || known - at < 4);
        if (step.consumed == 0) {
            require(!last);
            known += std::min<std::size_t>(seed ? 1 + random() % 7 : bytes.size(), bytes.size() - known);
        }
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const auto e = static_cast<text_encoding>(data[0] % 6);
    const auto bytes = text_behind(data, size, 2);
    const auto seed = 1u + data[1];
    const auto replaced = decode(bytes, e, broken_text::replace, 0);
    require(replaced.failed.empty());
    require(find_invalid_utf8(replaced.text) == std::string::npos);
    require(replaced == decode(bytes, e, broken_text::replace, seed));
    const auto strict = decode(bytes, e, broken_text::fail, 0);
    require(strict == decode(bytes, e, broken_text::fail, seed));
    require(replaced.text.starts_with(strict.text));
    return 0;
}

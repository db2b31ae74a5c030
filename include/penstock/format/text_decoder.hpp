// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/error.hpp>
#include <penstock/format/text_encoding.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace penstock {

namespace detail {
struct transcoding;
} // namespace detail

/// Bytes of any encoding in, UTF-8 out; no I/O and no memory of its own. What comes out does not depend on how the bytes are
/// cut. Runs of ASCII are moved eight or more characters at a time.
class text_decoder {
  public:
    /// The least room that `decode` can work with: one character.
    static constexpr std::size_t least_room = 4;

    /// What a call of `decode` did.
    struct step {
        std::size_t consumed = 0; ///< of the input; what is left over must come again, in front of what follows
        std::size_t produced = 0;
        failure failed; ///< the text is broken behind what was consumed; it stays so
    };

    /// `object` is what errors call the text.
    explicit text_decoder(text_encoding from, broken_text on_broken = broken_text::fail, std::string object = {})
        : encoding_{from}, on_broken_{on_broken}, object_{std::move(object)} {}

    /// Decodes as much of `in` as there is room for in `out`. Up to three bytes of `in` are left over where a character does
    /// not end, and none when `last` says that nothing follows. Precondition: `out` has `least_room`.
    /// Errors: `errc::invalid_utf8` and `errc::invalid_utf16` with object, byte offset in the encoded text and the bytes.
    PENSTOCK_DECL step decode(std::span<const std::byte> in, std::span<std::byte> out, bool last);

  private:
    PENSTOCK_DECL bool skip_mark(detail::transcoding& work, bool last);
    PENSTOCK_DECL failure fault(std::span<const std::byte> unit) const;

    text_encoding encoding_;
    broken_text on_broken_;
    bool started_ = false;
    std::uint64_t offset_ = 0; // of what comes next
    std::string object_;
};

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/format/impl/text_decoder.ipp>
#endif

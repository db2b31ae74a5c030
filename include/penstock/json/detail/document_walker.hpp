// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/error.hpp>
#include <penstock/json/detail/json_fault.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::json::detail {

/// Checks a JSON text (RFC 8259) in pieces cut anywhere, keeping none of it, and stops at the value that a JSON pointer
/// names. Pure. Its memory is a bit for each open object or array and the key at hand as far as it may be the one wanted.
class document_walker {
  public:
    /// `path` is a JSON pointer's reference tokens.
    PENSTOCK_DECL explicit document_walker(std::vector<std::string> path);

    enum class at : std::uint8_t {
        piece_end, ///< the piece is used up
        target,    ///< the value begins at `i`. Whoever called reads it, and then says `target_done`
        fault,     ///< `what` and `code`; the text is wrong at `i`
    };
    /// Goes on from `piece[i]`.
    PENSTOCK_DECL at walk(std::string_view piece, std::size_t& i);
    void target_done() { end_value(); }

    /// There are no more bytes. False: see `what`.
    PENSTOCK_DECL bool finish();

    const std::string& what() const noexcept { return what_; }
    errc code() const noexcept { return code_; }

  private:
    enum class state : std::uint8_t {
        value,         // must come
        first_value,   // or the end of an array
        first_key,     // or the end of an object
        key,           // must come
        colon,
        behind_value,
        literal,
        minus,
        zero,
        digits,
        point,
        fraction,
        exponent,
        exponent_sign,
        exponent_digits,
        string,
        escape,
        hex,
        low_escape,    // the backslash of a low surrogate
        low_u,
        character,     // bytes of a character of several
    };

    bool in_object() const noexcept { return !open_.empty() && open_.back(); }
    bool on_path() const noexcept { return !found_ && open_.size() == matched_; }
    at fail(std::string what, errc code = errc::malformed_json);
    const char* step(char c, bool& again);
    const char* begin_value(char c);
    const char* open(bool object);
    const char* close();
    const char* in_string(char c);
    const char* end_hex();
    void take(char c);
    void take(std::uint32_t code_point);
    void end_string();
    void begin_element();
    void end_value();
    std::string missing() const;

    std::vector<std::string> path_;
    std::vector<bool> open_;              // true: an object
    std::size_t matched_ = 0;             // the value at hand lies under so many tokens of the path
    std::vector<std::uint64_t> elements_; // begun in the arrays on the path, by depth
    std::size_t longest_match_ = 0;
    bool found_ = false;

    state state_ = state::value;
    bool is_key_ = false;
    bool wanted_ = false; // the string at hand is a key that may be the path's
    std::string key_;     // as much of it as that takes
    const char* rest_ = nullptr; // of a literal
    unsigned unit_ = 0;          // of an escape
    unsigned high_ = 0;          // surrogate
    int left_ = 0;               // digits of the escape, or bytes of the character
    unsigned char low_ = 0x80, top_ = 0xbf; // what the next byte of a character may be
    std::string what_;
    errc code_ = errc::malformed_json;
};

} // namespace penstock::json::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/json/impl/document_walker.ipp>
#endif

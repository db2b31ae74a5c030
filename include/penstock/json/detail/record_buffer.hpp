// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/error.hpp>
#include <penstock/format/detail/line_buffer.hpp>
#include <penstock/format/kernels/json_kernels.hpp>

#include <optional>
#include <string>

namespace penstock::json::detail {

using penstock::detail::line_buffer;

/// The records of JSON Lines, and the seam for those that are cut otherwise (`document_buffer`). It holds its bytes as a
/// `line_buffer` does, but is none for others: what it gives are records.
class record_buffer : protected line_buffer {
  public:
    using line_buffer::line_buffer;
    virtual ~record_buffer() = default;
    record_buffer(const record_buffer&) = delete;
    record_buffer& operator=(const record_buffer&) = delete;

    // of bytes, whatever they hold
    using line_buffer::ended;
    using line_buffer::filled;
    using line_buffer::pending;
    using line_buffer::restart;
    using line_buffer::room;
    using line_buffer::text;
    using line_buffer::text_offset;

    using line_buffer::add_lines;
    using line_buffer::between_lines;
    using line_buffer::lines;
    using line_buffer::pass_over;

    /// What `next` gives are lines.
    virtual bool by_line() const noexcept { return true; }

    /// How records stand in `text`, where readers of many at once may try; they `consume` what they take.
    virtual std::optional<penstock::detail::json_layout> layout() const noexcept { return penstock::detail::json_layout::lines; }
    /// So many whole records, of so many bytes with what ends them, were read from `text`.
    virtual void consume(std::size_t records, std::size_t bytes) noexcept { line_buffer::consume(records, bytes); }

    enum class got : std::uint8_t {
        line, ///< a record
        need_input,
        end,
        too_long, ///< the next record is longer than allowed; `line` has its beginning
        bad,      ///< there was no record at `line` where one has to be: `fault`
        failed,   ///< the data as a whole is broken at `line`: `fault`
    };
    struct text_line : penstock::detail::text_line {
        std::uint64_t column = 1; ///< of its first byte in the line `number`, in bytes
    };
    /// Lines are never `bad` or `failed`.
    virtual got next(text_line& line) {
        switch (line_buffer::next(line)) {
        case line_buffer::got::line:
            return got::line;
        case line_buffer::got::need_input:
            return got::need_input;
        case line_buffer::got::end:
            return got::end;
        case line_buffer::got::too_long:
            break;
        }
        return got::too_long;
    }
    virtual void hold() { line_buffer::hold(); }
    virtual void rewind() { line_buffer::rewind(); }

    struct fault_text {
        errc code = errc::malformed_json;
        std::string message;
        std::string hint;
    };
    /// After `bad` or `failed`.
    const fault_text& fault() const noexcept { return fault_; }

    /// Where the next record begins in the data, as far as is known.
    std::uint64_t position() const noexcept { return offset_ + begin_; }

  protected:
    fault_text fault_;
};

using text_line = record_buffer::text_line;

/// Passes over a byte-order mark at the start of the data.
inline void skip_mark(text_line& record) noexcept {
    if (record.offset != 0 || !record.text.starts_with("\xef\xbb\xbf")) return;
    record.text.remove_prefix(3);
    record.offset += 3;
}

} // namespace penstock::json::detail

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/byte_source.hpp>
#include <penstock/core/detail/share.hpp>
#include <penstock/core/error.hpp>
#include <penstock/format/detail/reader_memory.hpp>
#include <penstock/format/detail/text_part.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

namespace penstock::detail {

/// Reads a text in parts, each into the block of the parser that is to parse it, and cuts them where a row seems to end.
template <class Parser>
class part_reader {
  public:
    using part = text_part<Parser>;

    explicit part_reader(std::size_t part_bytes) noexcept : part_bytes_{part_bytes} {}

    /// The first part is read into `parser`, which has had `bytes` already. Throws where there is no memory; nothing has begun then.
    void begin(Parser& parser, std::uint64_t bytes) {
        begin_part(parser.prepare(), {});
        bytes_ = bytes;
    }

    /// Bytes read.
    std::uint64_t bytes() const noexcept { return bytes_; }
    /// The last part was cut.
    bool ended() const noexcept { return ended_; }
    /// The part is to be cut now.
    bool full() const noexcept { return source_end_ != ending::nothing || filled_ == room_.size(); }

    /// Reads some. False when the source has nothing for now. Precondition: not `full`.
    bool read(reader_memory& memory, byte_source& source) {
        auto r = memory.try_read_some(source, room_.subspan(filled_));
        switch (r.status) {
        case io_status::bytes:
            filled_ += r.size;
            bytes_ += r.size;
            break;
        case io_status::end:
            source_end_ = ending::source;
            break;
        case io_status::error:
            source_end_ = ending::failure;
            why_ = std::move(r.error);
            break;
        case io_status::would_block:
            return false;
        }
        return true;
    }

    /// What was read is a part, up to where it can be cut; the rest is the beginning of the next one, for the parser of which
    /// `next(offset)` is asked. `parser`, which has the text, is exchanged for that. Where one throws, nothing was done.
    template <class Next>
    std::shared_ptr<part> cut(std::unique_ptr<Parser>& parser, const Next& next) {
        const std::string_view text{reinterpret_cast<const char*>(room_.data()), filled_};
        auto size = text.size();
        auto end = source_end_;
        if (end == ending::nothing) {
            const auto found = parser->find_cut(text, by_quotes_, inside_);
            if (found) {
                size = found;
                end = ending::line;
            }
        }
        const auto begin = bytes_ - text.size();
        const bool last = source_end_ != ending::nothing;
        auto following = next(begin + size);
        const auto room = last ? std::span<std::byte>{} : following->prepare();
        auto p = detail::share<part>(nullptr);
        // what may throw is done
        p->parser = std::exchange(parser, std::move(following));
        p->text = text.substr(0, size);
        p->offset = begin;
        p->end = end;
        p->why = std::move(why_);
        p->guesses = guesses_;
        p->exact = first_;
        p->unwanted = !first_ && !at_row_; // the parser of the part before goes on
        if (size) p->parser->commit(size);
        begin_part(room, text.substr(size));
        inside_ = false;
        at_row_ = end == ending::line;
        first_ = false;
        ended_ = last;
        return p;
    }

    /// The text behind `p`, which was cut at a line break, began inside quotes.
    void guessed_wrong(const part& p) noexcept {
        if (p.guesses != guesses_) return; // what was cut since will be judged, too
        ++guesses_;
        inside_ = by_quotes_;
        by_quotes_ = true;
    }

  private:
    using ending = typename part::ending;

    /// `begun` was read already.
    void begin_part(std::span<std::byte> room, std::string_view begun) noexcept {
        room_ = room.first(std::min(room.size(), part_bytes_));
        filled_ = begun.size();
        if (filled_) std::memcpy(room_.data(), begun.data(), filled_);
    }

    std::size_t part_bytes_;
    std::span<std::byte> room_;
    std::size_t filled_ = 0;
    std::uint64_t bytes_ = 0;
    ending source_end_ = ending::nothing;
    failure why_;
    bool ended_ = false;
    bool first_ = true;
    bool at_row_ = false;    // the part seems to begin with a row
    bool by_quotes_ = false; // line breaks alone were not enough
    bool inside_ = false;    // it begins inside quotes, as those before it seem to
    unsigned guesses_ = 0;   // how often that was changed
};

} // namespace penstock::detail

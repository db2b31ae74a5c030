// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/byte_sink.hpp>
#include <penstock/format/batch_writer.hpp>

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace penstock::text {

/// What becomes of a value that would not come back as one line: one with a line feed, or (where lines end with LF) with a CR
/// at its end.
enum class line_breaks : std::uint8_t {
    fail,  ///< an error that names the row
    keep,  ///< written as it is: it will be read as several lines, or without its CR
    space, ///< a space instead of each LF, CR and CRLF
};

/// How `writer` writes. Defaults: LF as line end; nulls and line breaks in values are errors.
class write_options {
  public:
    write_options() = default;

    write_options& crlf(bool on) {
        crlf_ = on;
        return *this;
    }
    write_options& line_breaks(text::line_breaks what) {
        line_breaks_ = what;
        return *this;
    }
    /// What a null is written as.
    write_options& null_text(std::string text) {
        null_text_ = std::move(text);
        return *this;
    }

    bool crlf() const noexcept { return crlf_; }
    text::line_breaks line_breaks() const noexcept { return line_breaks_; }
    const std::optional<std::string>& null_text() const noexcept { return null_text_; }

  private:
    bool crlf_ = false;
    text::line_breaks line_breaks_ = text::line_breaks::fail;
    std::optional<std::string> null_text_;
};

/// Writes batches of one text or binary column, of any form, as lines into a sink, 256 KiB at a time; after each of them
/// others on the executor run. Memory: that, and one value's text.
class writer final : public batch_writer {
  public:
    /// No I/O happens here. With a schema, a wrong one is told at once: throws as `write`. Precondition: `sink` is not null.
    PENSTOCK_DECL explicit writer(std::unique_ptr<byte_sink> sink, write_options options = write_options(),
                                  std::shared_ptr<const schema> schema = nullptr);
    /// The same for a sink by value.
    template <std::derived_from<byte_sink> Sink>
    explicit writer(Sink sink, write_options options = write_options(), std::shared_ptr<const schema> schema = nullptr)
        : writer{std::unique_ptr<byte_sink>{std::make_unique<Sink>(std::move(sink))}, std::move(options), std::move(schema)} {}

    PENSTOCK_DECL writer(writer&&) noexcept;
    PENSTOCK_DECL writer& operator=(writer&&) noexcept;
    PENSTOCK_DECL ~writer() override;

    /// Throws `error`: `errc::invalid_option` when there is not one column, or another than in the first batch;
    /// `errc::type_mismatch` when it is neither text nor binary; with column and row (1 for the first that was written)
    /// `errc::unsupported` for a null or a value with a line break, where the options say nothing else, and `errc::invalid_utf8` for
    /// a text that is not UTF-8; as every `batch_writer`.
    PENSTOCK_DECL awaitable<void> write(record_batch batch) override;
    /// Without a row the text is empty.
    PENSTOCK_DECL awaitable<void> close() override;
    PENSTOCK_DECL std::optional<std::uint64_t> text_size() const override;

  private:
    struct state;
    std::unique_ptr<state> state_;
};

} // namespace penstock::text

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/text/impl/writer.ipp>
#endif

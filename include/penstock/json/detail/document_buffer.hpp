// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/json/detail/document_walker.hpp>
#include <penstock/json/detail/record_buffer.hpp>
#include <penstock/json/document_options.hpp>

#include <optional>
#include <string>
#include <vector>

namespace penstock::json::detail {

/// Cuts a document into its records, wherever the pieces it comes in are cut: the elements of an array, one value, or
/// values one behind the other. Pure. An element is what stands between two separators (a comma or the end of the array,
/// outside strings and with all brackets closed that were opened since); whether it is one JSON value is for others to
/// say. What stands around the records is checked by `document_walker`, and not kept.
class document_buffer final : public record_buffer {
  public:
    PENSTOCK_DECL document_buffer(std::shared_ptr<buffer_pool> pool, std::size_t max_record, document_shape shape,
                                  std::vector<std::string> path, simd_level level);

    bool by_line() const noexcept override { return now_.phase == phase::lines; }
    PENSTOCK_DECL std::optional<penstock::detail::json_layout> layout() const noexcept override;
    PENSTOCK_DECL void consume(std::size_t records, std::size_t bytes) noexcept override;
    PENSTOCK_DECL got next(text_line& record) override;
    PENSTOCK_DECL void hold() override;
    PENSTOCK_DECL void rewind() override;

  private:
    enum class phase : std::uint8_t {
        begin,        // a byte-order mark may come
        detect,       // what kind of document is it?
        around,       // outside the records
        elements,     // behind '[' or a comma
        value,        // one record comes, and then `around`
        values,       // any number of records come
        lines,
        broken,
    };
    /// What a rewind goes back to.
    struct progress {
        detail::document_walker walker;
        document_buffer::phase phase = phase::begin;
        bool first = true;               // no element yet
        std::uint64_t line = 1;          // of the next byte
        std::uint64_t line_start = 0;    // offset in the data
        // of the record at hand
        bool started = false;
        bool closed = false; // its end was found
        std::size_t depth = 0;
        bool in_string = false;
        bool escaped = false;
    };

    char at(std::size_t i) const noexcept { return static_cast<char>(block_.data()[i]); }
    std::string_view text(std::size_t from, std::size_t to) const noexcept {
        return {reinterpret_cast<const char*>(block_.data()) + from, to - from};
    }
    // These say nothing where there is more to do.
    std::optional<got> begin();
    std::optional<got> detect();
    std::optional<got> walk(text_line& record);
    std::optional<got> next_element(text_line& record);
    std::optional<got> next_value(text_line& record);

    std::optional<document_shape> shape_of_first_line();
    std::optional<got> reach_target(text_line& record);
    got give(text_line& record);
    got too_long(text_line& record);
    got broken(text_line& record, std::size_t where, fault_text why);
    got unclosed(text_line& record);
    bool begin_record();
    void end_record(phase next) noexcept;
    bool find_separator() noexcept;
    bool find_value_end() noexcept;
    void pass_to(std::size_t i) noexcept;
    void hold_on();
    void mark_place(text_line& record) const noexcept;

    const penstock::detail::json_kernels* kernels_;
    document_shape shape_;
    bool has_path_;
    progress now_;
    std::optional<progress> held_progress_;
    bool gave_ = false; // a record since the hold
};

} // namespace penstock::json::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/json/impl/document_buffer.ipp>
#endif

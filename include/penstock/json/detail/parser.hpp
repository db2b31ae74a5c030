// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/array_builder.hpp>
#include <penstock/columnar/record_batch.hpp>
#include <penstock/core/error.hpp>
#include <penstock/format/detail/batch_shape.hpp>
#include <penstock/json/detail/flat_rows.hpp>
#include <penstock/json/detail/line_parser.hpp>
#include <penstock/json/detail/record_buffer.hpp>
#include <penstock/json/detail/record_faults.hpp>
#include <penstock/json/detail/record_reader.hpp>
#include <penstock/json/detail/schema_inference.hpp>
#include <penstock/json/detail/walked_rows.hpp>
#include <penstock/json/document_options.hpp>
#include <penstock/json/lines_options.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::detail {
template <class Parser>
class split_driver;
template <class Parser>
class part_reader;
template <class Parser>
struct text_part;
}

namespace penstock::json::detail {

/// `lines_reader` and `document_reader` without their I/O: bytes go in, batches come out. Pure. What records are, the
/// `record_buffer` knows; from there on all are the same.
class parser : private record_judge {
  public:
    PENSTOCK_DECL parser(const lines_options& options, std::string object);
    PENSTOCK_DECL parser(const document_options& options, std::string object);

    enum class step : std::uint8_t {
        need_input, ///< `prepare` and `commit`, or `finish`
        working,    ///< about 256 KiB of text are done, or the schema is known: a good moment to let others run
        batch,      ///< `take` it
        end,        ///< all rows were given; stays so
    };
    /// Goes on with what is there. An error stays, but for `errc::budget_exceeded`: the pool has no memory for a single row. (Where
    /// it has none for one more, a batch ends.)
    PENSTOCK_DECL result<step> advance();

    /// Where the next bytes go: never empty. Precondition: `advance` said `need_input`.
    std::span<std::byte> prepare() { return lines_.room(); }
    void commit(std::size_t n) {
        lines_.filled(n);
        bytes_ += n;
    }
    /// There are no more bytes.
    void finish() { lines_.ended(); }
    /// The same because of `f`: the lines that are whole come first.
    void input_failed(failure f) { broken_ = std::move(f); }

    /// Null until it is known.
    const std::shared_ptr<const penstock::schema>& schema() const noexcept { return shape_.batch_schema(); }
    read_statistics statistics() const {
        auto s = shape_.statistics();
        s.bytes = bytes_;
        return s;
    }
    PENSTOCK_DECL record_batch take();

  private:
    template <class Parser>
    friend struct penstock::detail::text_part;
    template <class Parser>
    friend class penstock::detail::part_reader;
    template <class Parser>
    friend class penstock::detail::split_driver; // and what it needs of a parser; see `csv::parser`. Of lines only.

    PENSTOCK_DECL std::unique_ptr<parser> part(std::uint64_t offset, std::size_t bytes) const;
    PENSTOCK_DECL void restart(std::uint64_t offset);
    std::size_t find_cut(std::string_view text, bool, bool) const { return text.rfind('\n') + 1; }
    void cut() {}
    PENSTOCK_DECL std::optional<record_batch> take_rest();
    bool between_records() const noexcept { return lines_.between_lines(); }
    PENSTOCK_DECL penstock::detail::part_counts counts() const;
    PENSTOCK_DECL void follow(const penstock::detail::part_counts& before);
    read_statistics take_statistics() { return shape_.take_statistics(); }

    PENSTOCK_DECL parser(const read_options& common, const record_options& rules, std::string object, const document_options* document);
    /// Without a schema. Precondition: the options have a pool.
    PENSTOCK_DECL parser(const read_options& common, record_options rules, std::string object, const char* operation,
                         std::unique_ptr<record_buffer> records);

    static constexpr std::size_t shortest_rest = 4;

    // columns
    step infer();
    void set_schema(std::shared_ptr<const penstock::schema> s);
    void use_given_schema();
    void expect_runs();

    // rows
    result<step> go_on();
    bool next_record();
    void take_record();
    void take_back();
    bool take_runs();
    void take_line(text_line line);
    void teach(std::string_view row, json_layout layout);
    bool append_row(const text_line& line);
    template <class Why>
    void refuse(std::string_view text, const Why& why);
    bool bad(failure why) {
        row_fault_ = std::move(why);
        return false;
    }
    PENSTOCK_DECL bool mismatch(value_node& at, std::string_view token) override;
    PENSTOCK_DECL bool refuses_null(value_node& at, std::string_view token) override;
    PENSTOCK_DECL bool unknown(std::string_view key, std::string_view token) override;
    PENSTOCK_DECL void twice(std::string_view key, std::string_view token) override;
    /// Of a token in the line at hand; 0 for one that is not there.
    std::size_t offset_of(std::string_view token) const noexcept {
        return token.empty() ? 0 : static_cast<std::size_t>(token.data() - line_->text.data());
    }

    void fail(failure f) {
        error_ = std::move(f);
        stopped_ = true;
    }
    failure overflow(const text_line& line) const;

    read_options common_;
    std::shared_ptr<buffer_pool> pool_;
    record_options rules_;
    std::unique_ptr<record_buffer> records_;
    record_buffer& lines_;
    line_parser line_parser_;
    record_faults faults_;
    record_reader reader_;
    const text_line* line_ = nullptr; // at hand

    std::shared_ptr<const penstock::schema> schema_;
    failure broken_; // what the input answered
    failure error_;
    failure row_fault_; // of the row at hand
    bool stopped_ = false;
    std::size_t since_pause_ = 0;
    std::uint64_t bytes_ = 0; // of input

    std::optional<schema_inference> inference_; // until the schema is known

    key_table keys_;
    std::vector<std::unique_ptr<value_node>> columns_;
    penstock::detail::batch_shape shape_;
    flat_rows flat_;
    walked_rows walked_;
    std::size_t flat_rest_ = 0; // rows that are not tried as flat ones: those before them were none
    std::size_t next_rest_ = shortest_rest;
    std::size_t text_ = 0;  // bytes that those were made of
    std::optional<text_line> record_; // at hand, not in the batch yet
    record_buffer::got what_ = record_buffer::got::line; // it is
    bool modest_ = false; // memory was refused to the first rows of the batch
    bool full_ = false;   // the record at hand needs another batch
    std::size_t max_rows_ = 1;
};

} // namespace penstock::json::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/json/impl/parser.ipp>
#endif

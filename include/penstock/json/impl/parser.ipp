// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/json/detail/parser.hpp>

#include <penstock/json/detail/document_buffer.hpp>
#include <penstock/json/detail/raw_json.hpp>
#include <penstock/json/pointer.hpp>

#include <algorithm>
#include <utility>

namespace penstock::json::detail {

/// Rows until others are tried as flat ones again.
inline constexpr std::size_t longest_rest = 8192;
/// What a value takes, in bytes of text that take as long to parse.
inline constexpr std::size_t cell_cost = 4;
/// 32 MiB of nulls: rows need no text for them.
inline constexpr std::size_t most_cells = std::size_t{4} << 20;

inline std::unique_ptr<record_buffer> make_record_buffer(std::shared_ptr<buffer_pool> pool, std::size_t max_record,
                                                         const document_options* document, simd_level level) {
    if (!document) return std::make_unique<record_buffer>(std::move(pool), max_record);
    auto path = parse_pointer(document->rows_at()).value();
    const auto shape = document->shape();
    if (!path.empty() && (shape == document_shape::lines || shape == document_shape::concatenated))
        throw_failure({errc::invalid_option, "rows_at points into a document of one value, but the shape is of several"});
    return std::make_unique<document_buffer>(std::move(pool), max_record, shape, std::move(path), level);
}

inline read_options with_pool(read_options common) {
    if (!common.pool) common.pool = buffer_pool::create();
    return common;
}

PENSTOCK_DECL parser::parser(const lines_options& options, std::string object)
    : parser{with_pool(options.common()), options.records(), std::move(object), nullptr} {}

PENSTOCK_DECL parser::parser(const document_options& options, std::string object)
    : parser{with_pool(options.common()), options.records(), std::move(object), &options} {}

PENSTOCK_DECL parser::parser(const read_options& common, record_options rules, std::string object, const char* operation,
                             std::unique_ptr<record_buffer> records)
    : common_{common}, pool_{common_.pool}, rules_{std::move(rules)}, records_{std::move(records)}, lines_{*records_},
      faults_{operation, std::move(object), common_.max_record_bytes, lines_, line_parser_}, reader_{rules_.instruction_set},
      shape_{common_, pool_}, flat_{rules_.instruction_set}, walked_{rules_.instruction_set} {}

PENSTOCK_DECL parser::parser(const read_options& common, const record_options& rules, std::string object,
                             const document_options* document)
    : parser{common, rules, std::move(object), document ? "read json" : "read json lines",
             make_record_buffer(common.pool, common.max_record_bytes, document, rules.instruction_set)} {
    common_.check().value();
    if (!rules_.value_column.empty()) {
        std::vector<field> one;
        one.emplace_back(rules_.value_column, data_type::string(), false);
        set_schema(make_schema(std::move(one)));
    } else if (common_.schema && common_.extra_columns != extra_columns::add) {
        use_given_schema();
    }
}

PENSTOCK_DECL std::unique_ptr<parser> parser::part(std::uint64_t offset, std::size_t bytes) const {
    auto lines = std::make_unique<record_buffer>(pool_, common_.max_record_bytes, offset, bytes);
    std::unique_ptr<parser> out{new parser{common_, rules_, faults_.object(), faults_.operation(), std::move(lines)}};
    out->set_schema(schema_);
    out->shape_.begin_like(shape_);
    return out;
}

PENSTOCK_DECL void parser::use_given_schema() {
    if (!common_.columns) return set_schema(common_.schema);
    const auto chosen = common_.schema->find(*common_.columns);
    if (chosen)
        set_schema(std::make_shared<const penstock::schema>(common_.schema->select(*chosen)));
    else
        fail(faults_.unknown_columns(chosen.error(), "the schema that was given has no such column"));
}

PENSTOCK_DECL void parser::set_schema(std::shared_ptr<const penstock::schema> s) {
    std::size_t leaves = 0;
    for (const auto& f : s->fields()) {
        if (!keys_.add(f.name(), columns_.size())) {
            fail({errc::invalid_option, "the column " + f.name() + " is named twice"});
            return;
        }
        const bool given = !rules_.value_column.empty() || (common_.schema && common_.schema->index_of(f.name()));
        columns_.push_back(std::make_unique<value_node>(f, !given, pool_, rules_.binary, rules_.instruction_set));
        leaves += columns_.back()->leaves();
        const auto* impossible = columns_.back()->impossible();
        if (!impossible) continue;
        return fail(faults_.in_general(errc::unsupported, "the column " + printable(f.name(), 64) +
                                                              " cannot be read from JSON, which has no values of " + impossible->name()));
    }
    if (const auto shaped = shape_.begin(s); !shaped) return fail(shaped.error());
    if (rules_.value_column.empty() && rules_.expect_flat_rows && !rules_.duplicate_keys_as_error) expect_runs();
    max_rows_ = std::clamp<std::size_t>(most_cells / std::max<std::size_t>(leaves, 1), 1, common_.batch_rows);
    schema_ = std::move(s);
}

/// Rows may be read many at once.
PENSTOCK_DECL void parser::expect_runs() {
    const bool may_be_missing = common_.missing_columns != missing_columns::fail;
    for (const auto& c : columns_) flat_.add_column(*c, may_be_missing);
    walked_.set_columns(columns_, {may_be_missing, common_.extra_columns != extra_columns::fail ||
                                                       (!common_.schema && common_.columns)});
    if (common_.schema)
        for (const auto& f : common_.schema->fields())
            if (keys_.find(key_table::none, f.name()) == key_table::none) walked_.pass_over(f.name());
}

/// Until the schema is known, or there is an error in its place: what to do.
PENSTOCK_DECL parser::step parser::infer() {
    if (!inference_) inference_.emplace(common_, rules_, shape_.tolerant(), lines_, line_parser_, faults_);
    const auto what = inference_->advance(broken_);
    if (what && *what == schema_inference::step::need_input) return step::need_input;
    if (!what) {
        fail(what.error());
    } else if (*what == schema_inference::step::found) {
        auto found = inference_->finish();
        inference_.reset();
        if (found)
            set_schema(std::move(*found));
        else
            fail(found.error());
    }
    return step::working;
}

// ---------------------------------------------------------------------------------------------------------
// rows

PENSTOCK_DECL result<parser::step> parser::advance() {
    for (;;) {
        failure refused;
        try {
            return go_on();
        } catch (const error& e) {
            if (e.code() != errc::budget_exceeded) throw;
            refused = e.as_failure();
        }
        take_back();
        if (shape_.rows() > 0) return step::batch;
        if (std::exchange(modest_, !modest_)) return refused;
        flat_.be_modest();
        walked_.be_modest();
    }
}

/// Rows that the shape does not know of.
PENSTOCK_DECL void parser::take_back() {
    for (auto& c : columns_) c->builder().truncate(shape_.rows());
}

PENSTOCK_DECL result<parser::step> parser::go_on() {
    if (!schema_ && !stopped_) {
        const auto what = infer();
        if (what == step::working) since_pause_ = 0;
        if (!stopped_) return what;
    }
    for (;;) {
        if (shape_.room() == 0) stopped_ = true;
        const auto rows = shape_.rows();
        if (rows >= max_rows_ || (rows > 0 && (stopped_ || full_ || text_ >= common_.batch_bytes)))
            return step::batch;
        if (stopped_) {
            if (error_) return error_;
            return step::end;
        }
        if (since_pause_ >= slice_bytes) {
            since_pause_ = 0;
            return step::working;
        }
        if (!record_) {
            if (take_runs()) continue;
            if (!next_record()) return step::need_input;
        }
        if (record_) take_record();
    }
}

/// Reads on to the next record. False where it takes more input; without a record there will be no more.
PENSTOCK_DECL bool parser::next_record() {
    text_line line;
    const auto from = lines_.position();
    what_ = lines_.next(line);
    switch (what_) {
    case record_buffer::got::need_input:
        since_pause_ += lines_.position() - from;
        if (!broken_) return false;
        fail(broken_);
        return true;
    case record_buffer::got::end:
        stopped_ = true;
        return true;
    case record_buffer::got::failed:
        fail(faults_.cut(line));
        return true;
    case record_buffer::got::too_long:
        lines_.pass_over();
        since_pause_ += line.text.size();
        break;
    case record_buffer::got::bad:
    case record_buffer::got::line:
        break;
    }
    record_ = line;
    return true;
}

/// Appends or refuses it, unless the batch is full. Where memory is refused, it can be taken once more.
PENSTOCK_DECL void parser::take_record() {
    const auto& line = *record_;
    if (what_ == record_buffer::got::line)
        take_line(line);
    else
        refuse(line.text, [&] { return what_ == record_buffer::got::bad ? faults_.cut(line) : faults_.too_long(line); });
    if (!full_) record_.reset();
}

/// False when the next line is for `take_line`.
PENSTOCK_DECL bool parser::take_runs() {
    const auto layout = lines_.layout();
    if (!layout) return false;
    const row_text at{lines_.text(), lines_.text_offset(), *layout};
    if (at.text.empty()) return false; // a record that is too long is passed over, of which the scans know more
    const auto rows = std::min<std::uint64_t>(max_rows_ - shape_.rows(), shape_.room());
    run_limits most{static_cast<std::size_t>(rows), common_.batch_bytes - text_, common_.max_record_bytes};
    row_run taken;
    if (flat_rest_ == 0) {
        taken = flat_.append(at, most);
        if (taken.starved) return false;
        if (taken.rows >= shortest_rest) {
            next_rest_ = shortest_rest;
        } else {
            flat_rest_ = next_rest_;
            next_rest_ = std::min(2 * next_rest_, longest_rest);
        }
    }
    if (taken.rows == 0) {
        most.rows = std::min(most.rows, flat_rest_);
        taken = walked_.append(at, most);
        if (taken.rows == 0) return false;
        flat_rest_ -= taken.rows;
        teach(at.text.substr(taken.first, taken.first_end - taken.first), at.layout);
    }
    shape_.good(taken.rows);
    lines_.consume(taken.lines, taken.bytes);
    text_ += taken.text;
    since_pause_ += taken.bytes + taken.rows * columns_.size() * cell_cost;
    return true;
}

/// How rows look that were not flat as the ones before.
PENSTOCK_DECL void parser::teach(std::string_view row, json_layout layout) {
    if (flat_.wants_lesson())
        flat_.learn(row, layout, [&](std::size_t place, std::string_view key) { return keys_.find(place, key); });
}

PENSTOCK_DECL void parser::take_line(text_line line) {
    // A row costs its text, and each column a value even where the text has none.
    since_pause_ += line.text.size() + 1 + columns_.size() * cell_cost;
    const auto size = line.text.size();
    skip_mark(line);
    if (skip_json_space(line.text, 0) == line.text.size()) return;
    const auto text = line.text.ends_with('\r') ? line.text.substr(0, line.text.size() - 1) : line.text;
    const auto counted = shape_.counted();
    bool good = false;
    try {
        good = append_row(line);
        if (good) shape_.good(1);
    } catch (...) {
        shape_.back_to(counted);
        throw;
    }
    if (good) {
        text_ += size;
        if (lines_.by_line()) teach(line.text, json_layout::lines);
        if (flat_rest_ > 0) --flat_rest_;
        return;
    }
    take_back();
    if (full_)
        shape_.back_to(counted);
    else if (!stopped_)
        refuse(text, [&] { return row_fault_; });
}

/// The record at hand is bad.
template <class Why>
void parser::refuse(std::string_view text, const Why& why) {
    using verdict = penstock::detail::batch_shape::verdict;
    if (shape_.captures())
        for (auto& c : columns_) c->builder().append_null();
    const auto what = shape_.bad(text, why);
    if (what == verdict::captured) {
        text_ += text.size();
        return;
    }
    take_back();
    if (what == verdict::failed) fail(shape_.error());
}

/// False after `bad` or `fail`, or where the batch is full; some columns may have got their value already.
PENSTOCK_DECL bool parser::append_row(const text_line& line) {
    if (!rules_.value_column.empty()) {
        if (!line_parser_.parse(line.text)) return bad(faults_.malformed(line));
        // cannot be refused: a batch's text is less than a string array can address
        return columns_.front()->append_text(trim_json_space(line.text));
    }
    line_ = &line;
    switch (reader_.append(line.text, columns_, keys_, common_.missing_columns != missing_columns::fail,
                           rules_.duplicate_keys_as_error, *this)) {
    case record_reader::outcome::good:
        return true;
    case record_reader::outcome::refused:
        return false;
    case record_reader::outcome::no_object:
        return bad(line_parser_.parse(line.text) ? faults_.no_object(line) : faults_.malformed(line));
    case record_reader::outcome::full:
        full_ = shape_.rows() > 0;
        return full_ ? false : bad(overflow(line));
    case record_reader::outcome::malformed:
        break;
    }
    auto fault = line_parser::fault_of(line.text, reader_.code());
    return bad(faults_.at(line, fault.offset, fault.code, std::move(fault.message)));
}

PENSTOCK_DECL bool parser::unknown(std::string_view key, std::string_view token) {
    if (common_.extra_columns != extra_columns::fail ||
        (common_.schema ? common_.schema->index_of(key).has_value() : common_.columns.has_value()))
        return true;
    return bad(faults_.at(*line_, offset_of(token), errc::unknown_column,
                          "the key \"" + printable(key, 64) + "\" is no column", "columns: " + schema_->column_list()));
}

PENSTOCK_DECL void parser::twice(std::string_view key, std::string_view token) {
    bad(faults_.at(*line_, offset_of(token), errc::malformed_json,
                   "the key \"" + printable(key, 64) + "\" occurs twice in an object",
                   "without duplicate_keys_as_error the last value counts"));
}

PENSTOCK_DECL bool parser::refuses_null(value_node& at, std::string_view token) {
    const bool missing = token.empty();
    const auto named = "the column " + printable(at.path(), 64);
    if (missing && at.nullable())
        return bad(faults_.at(*line_, 0, errc::unknown_column, named + " is missing", "read it as null: missing_columns"));
    return bad(faults_.at(*line_, offset_of(token), errc::type_mismatch,
                          named + " allows no null, but the value is " + (missing ? "missing" : "null"),
                          "make the field nullable in the schema"));
}

PENSTOCK_DECL bool parser::mismatch(value_node& at, std::string_view token) {
    const bool null = shape_.mismatch_as_null() && at.nullable();
    if (null && shape_.mismatches(1)) return true;
    const auto rest = line_->text.substr(offset_of(token));
    auto why = faults_.at(*line_, offset_of(token), errc::type_mismatch,
                          "the column " + printable(at.path(), 64) + " is " + at.type().name() + ", but the value is " +
                              type_text(token) + ": " + printable(rest.substr(0, skip_json_value(rest, 0)), 64),
                          at.inferred() ? "the type comes from the first rows: give a schema, raise inference_rows, or "
                                          "choose what becomes of bad values by on_bad_record"
                                        : "change the schema, or choose what becomes of bad values by on_bad_record");
    if (!null) return bad(std::move(why));
    if (shape_.mismatch([&] { return why; })) return true;
    fail(shape_.error());
    return false;
}

PENSTOCK_DECL void parser::restart(std::uint64_t offset) {
    lines_.restart(offset);
    shape_.restart();
    flat_.restart();
    walked_.restart();
    since_pause_ = 0;
}

PENSTOCK_DECL std::optional<record_batch> parser::take_rest() {
    if (shape_.rows() == 0) return std::nullopt;
    return take();
}

PENSTOCK_DECL penstock::detail::part_counts parser::counts() const {
    auto c = shape_.counts();
    c.lines = lines_.lines();
    return c;
}

PENSTOCK_DECL void parser::follow(const penstock::detail::part_counts& before) {
    shape_.follow(before);
    lines_.add_lines(before.lines);
}

PENSTOCK_DECL record_batch parser::take() {
    flat_.batch_done();
    walked_.batch_done();
    modest_ = full_ = false;
    std::vector<array> arrays;
    arrays.reserve(columns_.size());
    for (auto& c : columns_) arrays.push_back(c->builder().finish());
    text_ = 0;
    return shape_.finish(std::move(arrays));
}

/// A row that a batch of its own has no room for.
PENSTOCK_DECL failure parser::overflow(const text_line& line) const {
    const auto& full = reader_.overflow();
    return faults_.at(line, offset_of(full.token), errc::record_too_large,
                    "the column " + printable(full.at->path(), 64) + " cannot hold the values of this row alone: " +
                        full.why.detail().message,
                    "use a wider index type, or no dictionary");
}

} // namespace penstock::json::detail

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/csv/parser.hpp>

#include <penstock/csv/detail/batch_converter.hpp>
#include <penstock/csv/detail/row_check.hpp>
#include <penstock/csv/detail/row_index.hpp>
#include <penstock/csv/detail/table_setup.hpp>

#include <optional>
#include <utility>

namespace penstock::csv {

/// Text becomes an index of rows, the first rows tell the table, and the others become batches.
struct parser::state {
    // Not critical within a factor of four.
    static constexpr std::size_t slice = std::size_t{256} << 10;

    state(csv::options o, std::string name)
        : options{checked(std::move(o))}, rules{options},
          pool{options.common().pool ? options.common().pool : buffer_pool::create()},
          index{options.dialect(), std::move(name), pool, options.instruction_set()}, check{options},
          table{options, rules}, shape{options.common(), pool} {
        index.skip_lines(options.skip_rows());
    }

    /// For a part of the text, which begins with a row.
    state(const state& first, std::uint64_t offset, std::size_t bytes)
        : options{first.options}, rules{options}, pool{first.pool},
          index{options.dialect(), first.index.object(), pool, options.instruction_set(), offset, bytes}, check{options},
          table{options, rules}, shape{options.common(), pool}, layout{first.layout}, detected{first.detected} {
        check.columns(layout.width);
        shape.begin_like(first.shape);
        begin_to_convert();
    }

    void begin_to_convert() {
        index.set_block(detail::mini_block_of(layout.width));
        converter.emplace(layout, options, rules, shape, pool);
    }

    static csv::options checked(csv::options o) {
        o.check().value();
        return o;
    }

    result<step> advance();
    result<step> go_on();
    bool detect();
    bool set_up();
    bool end_without_rows();
    void begin(std::shared_ptr<const penstock::schema> columns);
    bool convert_rows();
    bool check_unfinished();
    template <class Why>
    bool refuse(const Why& why);
    bool scan();
    bool drop_blank_row();

    csv::options options;
    detail::cell_rules rules;
    std::shared_ptr<buffer_pool> pool;

    detail::row_index index;
    detail::row_check check;
    detail::table_setup table;
    penstock::detail::batch_shape shape;
    detail::table_layout layout; // with the converter
    std::optional<detail::batch_converter> converter; // once there is a schema and rows may come

    std::optional<detected_dialect> detected;
    std::optional<record_batch> ready;
    std::optional<failure> broken; // why there is no more input
    std::optional<failure> failed;
    bool ended = false;
    std::size_t worked = 0; // bytes since others could run
    std::uint64_t bytes = 0; // in all
};

PENSTOCK_DECL bool parser::state::drop_blank_row() {
    if (!index.is_dropped(0, 0, rules)) return false;
    index.consume(1, 1);
    return true;
}

/// Finds out the dialect, where that is asked for. False while it takes more text.
PENSTOCK_DECL bool parser::state::detect() {
    if (!options.detect() || detected) return true;
    if (!index.start()) return false;
    constexpr std::size_t enough = detail::detection_bytes + 1; // to know there is more
    const auto text = index.read_text().substr(0, enough);
    if (text.size() < enough && !index.finished()) return false;
    const auto known = detect_options()
                           .delimiters(options.detect_delimiters())
                           .comment(options.dialect().comment)
                           .trim(options.dialect().trim);
    detected = detail::detect_behind_mark(text, index.finished() && !index.is_cut_off(), known);
    options.dialect(detected->dialect).header(detected->header);
    rules = detail::cell_rules{options};
    check = detail::row_check{options};
    index.set_dialect(options.dialect(), options.instruction_set());
    return true;
}

/// Finds out columns and types. True when something was done and is worth trying again.
PENSTOCK_DECL bool parser::state::set_up() {
    if (!check.columns()) {
        if (index.row_ends().empty()) return end_without_rows();
        if (drop_blank_row()) return true;
        failed = check.whole_row(index);
        if (failed) return true;
        if (const auto known = table.read_header(index); !known) failed = known.error();
        check.columns(table.width());
        return true;
    }
    while (table.untouched() && !index.row_ends().empty() && drop_blank_row()) {} // however many: none is kept
    if (!table.sample(index)) return false;
    if (shape.tolerant() && table.sampled_nothing() && !index.closed()) {
        // Bad records may be passed over, but they cannot tell what the good ones are made of.
        while (!index.row_ends().empty() && drop_blank_row()) {}
        failed = index.row_ends().empty() ? check.unfinished_row(index) : check.whole_row(index);
        if (failed)
            failed = failed->with([large = failed->code() == errc::record_too_large](error_detail& d) {
                d.hint = std::string{"no type can be inferred from it: give a schema"} + (large ? ", or raise max_record_bytes" : "");
            });
        return true;
    }
    layout = table.finish();
    begin(layout.schema);
    if (!failed) begin_to_convert();
    return true;
}

/// Not even a header, if the text ends here.
PENSTOCK_DECL bool parser::state::end_without_rows() {
    if (!index.closed() || index.open_end() || index.malformed() || broken) return false;
    ended = true;
    if (const auto known = table.without_rows(index); known)
        begin(table.finish().schema);
    else
        failed = known.error();
    return true;
}

PENSTOCK_DECL void parser::state::begin(std::shared_ptr<const penstock::schema> columns) {
    const auto shaped = shape.begin(std::move(columns));
    if (!shaped) failed = shaped.error();
}

/// The first row is bad. False where that is an error.
template <class Why>
bool parser::state::refuse(const Why& why) {
    using verdict = penstock::detail::batch_shape::verdict;
    const auto text = index.first_row(rules).substr(0, options.common().max_record_bytes); // more may be there or not
    if (shape.captures()) converter->append_nulls();
    const auto what = shape.bad(text, why);
    if (what == verdict::failed) {
        converter->take_back();
        failed = shape.error();
        return false;
    }
    if (what == verdict::captured) converter->count_bytes(text.size());
    worked += text.size() + 1;
    return true;
}

/// Converts some rows of the index. False when there is none.
PENSTOCK_DECL bool parser::state::convert_rows() {
    if (index.row_ends().empty()) return false;
    using progress = detail::batch_converter::progress;
    auto done = converter->convert(index);
    worked += converter->converted();
    if (done == progress::odd && drop_blank_row()) return true;
    // A batch may be full, or the limit reached, before the bad row: it is refused when it is its turn.
    if (done == progress::refused && (converter->full() || shape.room() == 0)) done = progress::rows;
    bool bad = false;
    if (done == progress::failed)
        failed = shape.error();
    else if (done == progress::odd)
        bad = refuse([&] { return check.whole_row(index).value(); });
    else if (done == progress::refused)
        bad = refuse([&] { return converter->fault_in_first_row(index); });
    if (bad) index.consume(index.fields(), 1);
    if (!failed && converter->full()) ready = converter->finish();
    return true;
}

/// Whether the row that has no end yet is bad already. True when something was done and is worth trying again.
PENSTOCK_DECL bool parser::state::check_unfinished() {
    if (index.passing()) return false;
    if (!shape.tolerant() || !converter) {
        failed = check.unfinished_row(index);
        return failed.has_value();
    }
    if (!check.hopeless(index)) return false;
    if (index.malformed() && !index.find_malformed_end(options.common().max_record_bytes)) return false;
    if (refuse([&] { return check.unfinished_row(index).value(); })) index.pass_over();
    if (!failed && converter->full()) ready = converter->finish();
    return true;
}

PENSTOCK_DECL bool parser::state::scan() {
    const auto before = index.scanned();
    const bool more = index.scan_more();
    if (!converter || index.passing()) worked += index.scanned() - before; // later what is converted counts
    return more;
}

/// Where memory is refused, a batch ends; where there is no row in it, it can be tried again.
PENSTOCK_DECL result<parser::step> parser::state::advance() {
    failure why;
    try {
        return go_on();
    } catch (const error& e) {
        why = e.as_failure();
    }
    const bool memory = why.code() == errc::budget_exceeded;
    if (memory && converter && shape.rows()) {
        converter->take_back();
        ready = converter->finish();
        return go_on();
    }
    if (converter) {
        converter->take_back();
        const auto place = index.fault(errc::budget_exceeded, index.row_start(), why.detail().message, why.detail().hint);
        why = failure{why.code(), place.detail()};
    }
    if (!memory) failed = why;
    return why;
}

PENSTOCK_DECL result<parser::step> parser::state::go_on() {
    if (!detect()) return step::need_input;
    for (;;) {
        if (ready) return step::batch;
        if (converter && shape.room() == 0) ended = true;
        if ((failed || ended) && converter && shape.rows()) {
            ready = converter->finish();
            continue;
        }
        if (failed) return *failed;
        if (ended) return step::end;
        if (worked >= slice) {
            worked = 0;
            return step::working;
        }
        if (converter ? convert_rows() : set_up()) continue;
        // Every complete row is done, or there are too few to infer types from.
        if ((converter || !check.columns()) && check_unfinished()) continue;
        if (scan()) continue;
        if (!index.finished()) return step::need_input;
        if (broken)
            failed = std::move(broken);
        else
            ended = true;
    }
}

PENSTOCK_DECL parser::parser(csv::options options, std::string object)
    : state_{std::make_unique<state>(std::move(options), std::move(object))} {}
PENSTOCK_DECL parser::parser(parser&&) noexcept = default;
PENSTOCK_DECL parser& parser::operator=(parser&&) noexcept = default;
PENSTOCK_DECL parser::~parser() = default;

PENSTOCK_DECL std::span<std::byte> parser::prepare() { return state_->index.prepare(); }
PENSTOCK_DECL void parser::commit(std::size_t n) {
    state_->index.commit(n);
    state_->bytes += n;
}
PENSTOCK_DECL void parser::finish() { state_->index.finish(); }
PENSTOCK_DECL void parser::input_failed(failure why) {
    state_->index.cut_off();
    state_->broken = std::move(why);
}
PENSTOCK_DECL result<parser::step> parser::advance() { return state_->advance(); }
PENSTOCK_DECL const std::shared_ptr<const penstock::schema>& parser::schema() const noexcept {
    return state_->shape.batch_schema();
}
PENSTOCK_DECL const std::optional<detected_dialect>& parser::detected() const noexcept { return state_->detected; }
PENSTOCK_DECL read_statistics parser::statistics() const {
    auto s = state_->shape.statistics();
    s.bytes = state_->bytes;
    return s;
}

// ---- parts of a text

inline parser::parser(std::unique_ptr<state> s) noexcept : state_{std::move(s)} {}
PENSTOCK_DECL std::unique_ptr<parser> parser::part(std::uint64_t offset, std::size_t bytes) const {
    return std::unique_ptr<parser>{new parser{std::make_unique<state>(*state_, offset, bytes)}};
}
PENSTOCK_DECL void parser::restart(std::uint64_t offset) {
    auto& s = *state_;
    s.index.restart(offset);
    s.shape.restart();
    s.worked = 0;
}
PENSTOCK_DECL std::size_t parser::find_cut(std::string_view text, bool by_quotes, bool inside) const {
    const auto& d = state_->options.dialect();
    const auto last = text.rfind('\n');
    if (last == std::string_view::npos || !by_quotes || !d.quote || d.escape != d.quote) return last + 1;
    // Between two quotes all line breaks are inside, or none is.
    bool in = inside;
    for (auto at = text.find(*d.quote); at < last; at = text.find(*d.quote, at + 1)) in = !in;
    for (auto end = last + 1;;) {
        const auto quote = text.rfind(*d.quote, end - 1);
        const auto begin = quote == std::string_view::npos ? 0 : quote + 1;
        const auto found = in ? std::string_view::npos : text.substr(begin, end - begin).rfind('\n');
        if (found != std::string_view::npos) return begin + found + 1;
        if (begin <= 1) return last + 1;
        end = quote;
        in = !in;
    }
}
PENSTOCK_DECL void parser::cut() { state_->index.cut(); }
PENSTOCK_DECL std::optional<record_batch> parser::take_rest() {
    if (!state_->converter || state_->shape.rows() == 0) return std::nullopt;
    return state_->converter->finish();
}
PENSTOCK_DECL bool parser::between_records() const noexcept { return state_->index.between_rows(); }
PENSTOCK_DECL penstock::detail::part_counts parser::counts() const {
    auto c = state_->shape.counts();
    c.lines = state_->index.line_breaks();
    return c;
}
PENSTOCK_DECL void parser::follow(const penstock::detail::part_counts& before) {
    state_->shape.follow(before);
    state_->index.add_line_breaks(before.lines);
}
PENSTOCK_DECL read_statistics parser::take_statistics() { return state_->shape.take_statistics(); }

PENSTOCK_DECL record_batch parser::take() { return *std::exchange(state_->ready, std::nullopt); }

} // namespace penstock::csv

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/csv/parser.hpp>

#include <penstock/csv/detail/column_reader.hpp>
#include <penstock/csv/detail/scanner.hpp>
#include <penstock/format/type_inference.hpp>
#include <penstock/format/utf8.hpp>

#include <boost/assert.hpp>

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

namespace penstock::csv {

struct parser::state {
    state(csv::options o, std::string name);

    // tuning: neither is critical within a factor of four
    static constexpr std::size_t first_block = std::size_t{512} << 10;
    static constexpr std::size_t mini_block = std::size_t{32}
                                              << 10; // text that is scanned, then converted, from cache
    static constexpr std::size_t slice = std::size_t{256} << 10;
    static constexpr std::size_t max_columns = 16384;

    // input
    void make_room();
    bool start();
    bool scan_more();
    void close_last_row();
    void drop_consumed() noexcept;

    // rows
    std::size_t row_start() const noexcept { return static_cast<std::uint32_t>(separators[slot] + 1); }
    bool is_blank(std::size_t start, std::size_t end) const noexcept;
    std::optional<failure> row_fault(std::size_t known_end, bool complete) const;
    std::optional<failure> unfinished_fault() const;

    // the table
    bool set_up();
    void read_header();
    void choose_columns(std::vector<std::string> names);
    bool sample();
    void make_readers();
    void end_without_rows();

    // values
    bool convert_rows();
    detail::row_run find_run(bool& full) const;
    void convert(detail::row_run run);
    std::size_t find_fault(const detail::row_run& run);
    void emit();

    failure fail(errc code, std::size_t position, std::string message, std::string hint = {}) const;
    std::uint64_t breaks(std::size_t from, std::size_t to) const noexcept;
    const char* text() const noexcept { return reinterpret_cast<const char*>(buffer.data()); }
    result<step> advance();

    csv::options options;
    std::string object;
    detail::cell_rules rules;
    detail::scanner scanner;
    std::shared_ptr<buffer_pool> pool;

    pooled_buffer buffer;
    std::uint64_t base = 0;  // offset in the text of the buffer's first byte
    std::size_t scanned = 0; // [scanned, end) was not looked at yet
    std::size_t end = 0;
    bool finished = false;
    std::optional<failure> broken; // why there is no more input
    bool started = false;  // behind the byte-order mark
    bool closed = false;   // the last row has its end
    bool open_end = false; // in the middle of a quoted field

    // Positions in the buffer. separators[slot] is the byte before the first row that is still to be done.
    detail::position_list separators;
    detail::position_list row_ends;
    std::size_t slot = 0;
    std::size_t row = 0;

    std::optional<std::size_t> columns; // of a row
    std::vector<field> chosen;          // what is read, and where it stands in a row
    std::vector<std::size_t> sources;
    std::optional<type_inference> inference;
    std::size_t sample_slot = 0;
    std::size_t sample_row = 0;
    std::size_t sampled = 0;
    std::uint64_t sample_start = 0;
    std::string scratch;

    std::shared_ptr<const penstock::schema> schema;
    std::vector<detail::column_reader> readers;
    std::size_t batch_rows = 0;
    std::size_t batch_text = 0;
    std::optional<record_batch> ready;
    std::optional<failure> failed;
    bool ended = false;
    std::size_t worked = 0;
};

PENSTOCK_DECL parser::state::state(csv::options o, std::string name)
    : options{std::move(o)}, object{std::move(name)}, rules{options}, scanner{options.dialect()},
      pool{options.common().pool ? options.common().pool : buffer_pool::create()} {
    options.check().value();
}

// ---- input

PENSTOCK_DECL void parser::state::make_room() {
    if (!buffer) buffer = pool->take(first_block);
    if (buffer.size() - end >= buffer.size() / 2) return;
    const auto first = started ? row_start() : 0;
    const auto used = end - first;
    // Moving pays when at least as much was consumed as is moved; the rest doubles. Either way a byte moves
    // O(1) times.
    if (used > first && buffer.size() - end >= buffer.size() / 4) return;
    if (used <= first) {
        std::memmove(buffer.data(), buffer.data() + first, used);
    } else {
        auto larger = pool->take(buffer.size() * 2);
        std::memcpy(larger.data(), buffer.data() + first, used);
        buffer = std::move(larger);
    }
    if (started) {
        drop_consumed();
        separators.shift(first);
        row_ends.shift(first);
    }
    base += first;
    scanned -= first;
    end = used;
}

PENSTOCK_DECL void parser::state::drop_consumed() noexcept {
    separators.drop(std::exchange(slot, 0));
    row_ends.drop(std::exchange(row, 0));
}

/// Steps over a byte-order mark. False when it takes more bytes to tell.
PENSTOCK_DECL bool parser::state::start() {
    static constexpr char mark[] = "\xef\xbb\xbf";
    const auto seen = std::min<std::size_t>(end, 3);
    const bool so_far = seen == 0 || std::memcmp(text(), mark, seen) == 0;
    if (so_far && seen < 3 && !finished) return false;
    if (so_far && seen == 3) scanned = 3;
    separators.push(scanned - 1); // before the first byte: wraps, and so does row_start()
    started = true;
    return true;
}

/// False when there is nothing more to scan.
PENSTOCK_DECL bool parser::state::scan_more() {
    drop_consumed();
    const auto known = finished || end == 0 ? end : end - 1; // a CR must see what follows
    const auto to = std::min(known, scanned + mini_block);
    if (to <= scanned) return false;
    const auto stopped = scanner.scan(text(), scanned, to, finished && to == end, separators, row_ends);
    const auto n = stopped - scanned;
    scanned = stopped;
    if (!schema) worked += n;
    return n != 0 || scanner.malformed(); // the malformed byte itself may be the first one
}

/// At the end of the text: what stands there without a line break is a row, too, unless the text is cut.
PENSTOCK_DECL void parser::state::close_last_row() {
    closed = true;
    if (broken) return;
    using place = detail::scanner::place;
    const auto at = scanner.at();
    open_end = at == place::quoted || at == place::escaped || at == place::escaped_in_quotes;
    const auto last =
        row_ends.size() ? row_ends.back() : separators[slot]; // the byte before the unfinished row
    if (open_end || static_cast<std::uint32_t>(last + 1) == end) return;
    separators.push(end);
    row_ends.push(end);
}

// ---- rows

PENSTOCK_DECL bool parser::state::is_blank(std::size_t start, std::size_t end) const noexcept {
    return rules.without_cr({text() + start, end - start}).empty();
}

/// What is wrong with the next row, of which the bytes up to `known_end` (its end, when it is complete) are
/// known. The first fault by position: so it is the same however the text is cut.
PENSTOCK_DECL std::optional<failure> parser::state::row_fault(std::size_t known_end, bool complete) const {
    const auto start = row_start();
    const auto largest = options.common().max_record_bytes;
    const auto wanted = columns.value_or(max_columns);

    constexpr auto none = static_cast<std::size_t>(-1);
    const auto too_large = known_end - start > largest ? start + largest : none;
    // The separator behind the last field must be the row's end.
    auto too_many = none;
    if (slot + wanted < separators.size() && separators[slot + wanted] < known_end)
        too_many = separators[slot + wanted];

    if (too_large != none && too_large <= too_many)
        return fail(errc::record_too_large, start, "more than " + std::to_string(largest) + " bytes",
                    "raise max_record_bytes; an unbalanced quote makes a record of all that follows");
    if (too_many != none) {
        if (!columns)
            return fail(errc::malformed_csv, too_many,
                        "more than " + std::to_string(max_columns) + " columns", "is the delimiter right?");
        return fail(errc::ragged_row, too_many,
                    "more than the " + std::to_string(wanted) + " fields of the first row");
    }
    if (!complete || !columns) return std::nullopt;
    std::size_t fields = 1;
    while (separators[slot + fields] != known_end) ++fields;
    if (fields == wanted) return std::nullopt;
    return fail(errc::ragged_row, known_end,
                std::to_string(fields) + (fields == 1 ? " field, but " : " fields, but ") +
                    std::to_string(wanted) +
                    (options.common().schema && !options.header() ? " in the schema" : " in the first row"));
}

/// What is wrong with the row that has no end yet.
PENSTOCK_DECL std::optional<failure> parser::state::unfinished_fault() const {
    if (row_start() > scanned) return std::nullopt; // behind the end that close_last_row() made
    if (auto f = row_fault(scanned, false)) return f;
    if (scanner.malformed())
        return fail(errc::malformed_csv, scanned, "text behind a closing quote",
                    "a quote inside a quoted field must be escaped");
    if (!open_end) return std::nullopt;
    const auto field = static_cast<std::uint32_t>(separators.back() + 1);
    return fail(errc::malformed_csv, field, "the text ends in the middle of a field that begins here",
                "is the file cut off, or a quote not closed?");
}

// ---- the table

/// Finds out columns and types. True when something was done and is worth trying again.
PENSTOCK_DECL bool parser::state::set_up() {
    if (!columns) {
        if (row == row_ends.size()) {
            if (!closed || open_end || scanner.malformed() || broken) return false;
            end_without_rows();
            return true;
        }
        const auto start = row_start();
        const std::size_t stop = row_ends[row];
        if (separators[slot + 1] == stop && is_blank(start, stop)) {
            ++slot;
            ++row;
            return true;
        }
        if (auto f = row_fault(stop, true)) {
            failed = std::move(f);
            return true;
        }
        read_header();
        return true;
    }
    if (inference && !sample()) return false;
    make_readers();
    return true;
}

PENSTOCK_DECL void parser::state::read_header() {
    std::size_t fields = 1;
    while (separators[slot + fields] != row_ends[row]) ++fields;
    std::vector<std::string> names;
    const auto& given = options.common().schema;
    if (options.header()) {
        const detail::row_run run{text(), separators.data() + slot, fields, 1};
        for (std::size_t i = 0; i < fields; ++i) {
            const auto raw = run.raw(0, i, rules);
            names.emplace_back(rules.decode(raw, scratch).text);
            if (find_invalid_utf8(names.back()) == std::string::npos) continue;
            failed = fail(errc::invalid_utf8, run.begin(0, i), "the name of column " + std::to_string(i + 1),
                          "CSV is read as UTF-8");
            return;
        }
        slot += fields;
        ++row;
    } else if (given) {
        for (const auto& f : given->fields()) names.push_back(f.name());
    } else {
        for (std::size_t i = 0; i < fields; ++i) names.push_back("f" + std::to_string(i));
    }
    columns = names.size();
    choose_columns(std::move(names));
    drop_consumed();
    sample_start = base + row_start();
}

PENSTOCK_DECL void parser::state::choose_columns(std::vector<std::string> names) {
    const auto unknown = [this](const failure& f) {
        failed = f.with([this](error_detail& d) {
            d.operation = "read csv";
            d.object = object;
        });
    };
    const auto& given = options.common().schema;
    const auto& wanted = options.common().columns;
    std::vector<field> fields;
    for (auto& n : names) fields.emplace_back(std::move(n), data_type::string());
    const penstock::schema file{std::move(fields)};

    // The fields of the schema if there is one, else of the file; of those, the wanted ones.
    const auto& known = given ? *given : file;
    std::vector<std::size_t> picked;
    if (wanted) {
        auto found = known.find(*wanted);
        if (!found) return unknown(found.error());
        picked = std::move(*found);
    } else {
        for (std::size_t i = 0; i < known.size(); ++i) picked.push_back(i);
    }
    for (const auto i : picked) {
        chosen.push_back(known[i]);
        if (!given || !options.header()) {
            sources.push_back(i);
            continue;
        }
        const auto at = file.find(known[i].name());
        if (!at) return unknown(at.error());
        sources.push_back(*at);
    }
    if (!given && options.common().infer_types) inference.emplace(chosen.size());
}

/// Shows rows to the inference without consuming them. True when enough was seen, or all there is.
PENSTOCK_DECL bool parser::state::sample() {
    const auto& common = options.common();
    for (; sample_row < row_ends.size(); ++sample_row) {
        if (sampled == common.inference_rows) return true;
        const std::size_t stop = row_ends[sample_row];
        if (sampled && base + stop - sample_start > common.inference_bytes) return true;
        const auto start = static_cast<std::uint32_t>(separators[sample_slot] + 1);
        if (separators[sample_slot + 1] == stop && is_blank(start, stop)) {
            ++sample_slot;
            continue;
        }
        const auto next = sample_slot + *columns;
        const bool ragged = next >= separators.size() || separators[next] != stop;
        if (ragged || stop - start > common.max_record_bytes) return true; // an error when it is its turn
        const detail::row_run run{text(), separators.data() + sample_slot, *columns, 1};
        for (std::size_t i = 0; i < chosen.size(); ++i) {
            if (inference->settled(i)) continue;
            const auto value = rules.decode(run.raw(0, sources[i], rules), scratch).text;
            if (!rules.is_null_text(value)) inference->observe(i, value);
        }
        sample_slot = next;
        ++sampled;
    }
    if (sampled == common.inference_rows) return true;
    if (sampled && base + scanned - sample_start > common.inference_bytes) return true;
    // No row follows that could be sampled: the row to come is faulty, or the text ends. Where it is cut before the
    // first row, nothing is known of the types.
    const auto start = static_cast<std::uint32_t>(separators[sample_slot] + 1);
    const bool faulty = scanner.malformed() || scanned - start > common.max_record_bytes ||
                        separators.size() - 1 - sample_slot >= *columns;
    return faulty || (closed && (sampled || !broken));
}

PENSTOCK_DECL void parser::state::make_readers() {
    const auto& common = options.common();
    if (inference)
        for (std::size_t i = 0; i < chosen.size(); ++i)
            chosen[i] = field{chosen[i].name(), inference->type(i)};
    readers.reserve(chosen.size());
    for (std::size_t i = 0; i < chosen.size(); ++i)
        readers.emplace_back(chosen[i], sources[i], inference.has_value(), common.mismatch_as_null, pool);
    schema = make_schema(std::move(chosen));
}

/// Not even a header: the columns are those that the caller named.
PENSTOCK_DECL void parser::state::end_without_rows() {
    ended = true;
    std::vector<std::string> names;
    if (const auto& given = options.common().schema)
        for (const auto& f : given->fields()) names.push_back(f.name());
    choose_columns(std::move(names));
    if (!failed) schema = make_schema(std::move(chosen));
}

// ---- values

/// As many complete rows as are of the right length and fit into the batch, up to a mini-block of text.
PENSTOCK_DECL detail::row_run parser::state::find_run(bool& full) const {
    const auto& common = options.common();
    const auto width = *columns;
    const auto room = common.batch_rows - batch_rows;
    const auto before = separators[slot];
    auto previous = before;
    std::size_t n = 0;
    for (auto last = slot + width; row + n < row_ends.size() && last < separators.size(); last += width) {
        const auto stop = row_ends[row + n];
        // When every last separator is a row end and there are no others, all rows are of this length.
        if (separators[last] != stop || stop - previous - 1 > common.max_record_bytes) break;
        if (width == 1 && is_blank(static_cast<std::uint32_t>(previous + 1), stop)) break;
        ++n;
        previous = stop;
        const std::size_t bytes = stop - before;
        full = n == room || batch_text + bytes >= common.batch_bytes;
        if (full || bytes >= mini_block) break;
    }
    return {text(), separators.data() + slot, width, n};
}

/// Converts some rows of the index. False when there is none.
PENSTOCK_DECL bool parser::state::convert_rows() {
    if (row == row_ends.size()) return false;
    bool full = false;
    const auto run = find_run(full);
    if (run.rows == 0) {
        const auto start = row_start();
        const std::size_t stop = row_ends[row];
        if (separators[slot + 1] == stop && is_blank(start, stop)) {
            ++slot;
            ++row;
        } else {
            failed = row_fault(stop, true);
        }
        return true;
    }
    convert(run);
    if (failed) return true;
    const auto before = separators[slot];
    slot += run.rows * run.columns;
    row += run.rows;
    const std::size_t bytes = separators[slot] - before;
    batch_text += bytes;
    worked += bytes;
    if (full) emit();
    return true;
}

PENSTOCK_DECL void parser::state::convert(detail::row_run run) {
    bool fine = true;
    for (auto& r : readers) fine &= r.append(run, rules);
    if (!fine) {
        // Rows before the faulty one are good: take the run back, and convert only those.
        for (auto& r : readers) r.truncate(batch_rows);
        run.rows = find_fault(run);
        if (run.rows)
            for (auto& r : readers) r.append(run, rules);
    }
    batch_rows += run.rows;
}

/// Which row of a run that could not be converted is the first faulty one.
PENSTOCK_DECL std::size_t parser::state::find_fault(const detail::row_run& run) {
    for (std::size_t i = 0; i < run.rows; ++i) {
        for (auto& r : readers) {
            const auto fault = r.find_fault(run, i, rules);
            if (!fault) continue;
            std::string hint = "CSV is read as UTF-8";
            if (fault->code == errc::type_mismatch)
                hint = inference
                           ? "types were inferred from the first " + std::to_string(sampled) +
                                 " rows: give a schema, raise inference_rows and inference_bytes, or set "
                                 "mismatch_as_null"
                           : "correct the schema, or set mismatch_as_null";
            failed = fail(fault->code, fault->position, fault->message, std::move(hint));
            return i;
        }
    }
    BOOST_ASSERT_MSG(false, "a cell was refused that find_fault lets pass");
    return 0;
}

PENSTOCK_DECL void parser::state::emit() {
    std::vector<array> arrays;
    arrays.reserve(readers.size());
    for (auto& r : readers) arrays.push_back(r.finish());
    ready.emplace(schema, std::move(arrays), std::exchange(batch_rows, 0));
    batch_text = 0;
}

// ---- errors

/// Line breaks in a part of the buffer, as the scanner counts them.
PENSTOCK_DECL std::uint64_t parser::state::breaks(std::size_t from, std::size_t to) const noexcept {
    std::uint64_t n = 0;
    for (; from < to; ++from) {
        const char c = text()[from];
        n += c == '\n' || (c == '\r' && !(from + 1 < end && text()[from + 1] == '\n'));
    }
    return n;
}

PENSTOCK_DECL failure parser::state::fail(errc code, std::size_t position, std::string message,
                                          std::string hint) const {
    error_detail d;
    d.operation = "read csv";
    d.object = object;
    d.message = std::move(message);
    d.hint = std::move(hint);
    d.byte_offset = base + position;
    // Lines are not counted while all goes well, only line breaks; what was scanned too far is counted back.
    const auto start = row_start();
    d.line = 1 + scanner.line_breaks() - breaks(start, scanned) + breaks(start, position);
    auto line = position;
    while (line > start && breaks(line - 1, line) == 0) --line;
    d.column = position - line + 1;
    return failure{code, std::move(d)};
}

// ---- the steps

PENSTOCK_DECL result<parser::step> parser::state::advance() {
    for (;;) {
        if (ready) return step::batch;
        if ((failed || ended) && batch_rows) {
            emit();
            continue;
        }
        if (failed) return *failed;
        if (ended) return step::end;
        if (worked >= slice) {
            worked = 0;
            return step::working;
        }
        if (!started && !start()) return step::need_input;
        if (schema ? convert_rows() : set_up()) continue;
        // Every complete row is done, or there are too few to infer types from.
        if (auto f = schema || !columns ? unfinished_fault() : std::nullopt) {
            failed = std::move(f);
            continue;
        }
        if (scan_more()) continue;
        if (!finished) return step::need_input;
        if (!closed)
            close_last_row();
        else if (broken)
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

PENSTOCK_DECL std::span<std::byte> parser::prepare() {
    state_->make_room();
    return state_->buffer.span().subspan(state_->end);
}

PENSTOCK_DECL void parser::commit(std::size_t n) { state_->end += n; }
PENSTOCK_DECL void parser::finish() { state_->finished = true; }
PENSTOCK_DECL void parser::input_failed(failure why) {
    state_->finished = true;
    state_->broken = std::move(why);
}
PENSTOCK_DECL result<parser::step> parser::advance() { return state_->advance(); }
PENSTOCK_DECL const std::shared_ptr<const penstock::schema>& parser::schema() const noexcept {
    return state_->schema;
}
PENSTOCK_DECL record_batch parser::take() { return *std::exchange(state_->ready, std::nullopt); }

} // namespace penstock::csv

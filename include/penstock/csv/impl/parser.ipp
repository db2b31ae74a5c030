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
          index{options.dialect(), std::move(name), pool, options.instruction_set()}, check{options}, table{options, rules} {}

    static csv::options checked(csv::options o) {
        o.check().value();
        return o;
    }

    result<step> advance();
    bool set_up();
    bool end_without_rows();
    bool convert_rows();
    bool scan();
    bool drop_blank_row();

    csv::options options;
    detail::cell_rules rules;
    std::shared_ptr<buffer_pool> pool;

    detail::row_index index;
    detail::row_check check;
    detail::table_setup table;
    std::shared_ptr<const penstock::schema> schema;
    std::optional<detail::batch_converter> converter; // once there is a schema and rows may come

    std::optional<record_batch> ready;
    std::optional<failure> broken; // why there is no more input
    std::optional<failure> failed;
    bool ended = false;
    std::size_t worked = 0; // bytes since others could run
};

PENSTOCK_DECL bool parser::state::drop_blank_row() {
    if (!index.is_blank(0, 0, rules)) return false;
    index.consume(1, 1);
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
    if (!table.sample(index)) return false;
    auto layout = table.finish();
    schema = layout.schema;
    converter.emplace(std::move(layout), options, rules, pool);
    return true;
}

/// Not even a header, if the text ends here.
PENSTOCK_DECL bool parser::state::end_without_rows() {
    if (!index.closed() || index.open_end() || index.malformed() || broken) return false;
    ended = true;
    if (const auto known = table.without_rows(index); known)
        schema = table.finish().schema;
    else
        failed = known.error();
    return true;
}

/// Converts some rows of the index. False when there is none.
PENSTOCK_DECL bool parser::state::convert_rows() {
    if (index.row_ends().empty()) return false;
    const auto bytes = converter->convert(index);
    if (!bytes) {
        failed = bytes.error();
    } else if (*bytes == 0) {
        if (!drop_blank_row()) failed = check.whole_row(index);
    } else {
        worked += *bytes;
        if (converter->full()) ready = converter->finish();
    }
    return true;
}

PENSTOCK_DECL bool parser::state::scan() {
    const auto before = index.scanned();
    const bool more = index.scan_more();
    if (!schema) worked += index.scanned() - before; // later what is converted counts
    return more;
}

PENSTOCK_DECL result<parser::step> parser::state::advance() {
    for (;;) {
        if (ready) return step::batch;
        if ((failed || ended) && converter && converter->rows()) {
            ready = converter->finish();
            continue;
        }
        if (failed) return *failed;
        if (ended) return step::end;
        if (worked >= slice) {
            worked = 0;
            return step::working;
        }
        if (schema ? convert_rows() : set_up()) continue;
        // Every complete row is done, or there are too few to infer types from.
        if (schema || !check.columns()) {
            failed = check.unfinished_row(index);
            if (failed) continue;
        }
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
PENSTOCK_DECL void parser::commit(std::size_t n) { state_->index.commit(n); }
PENSTOCK_DECL void parser::finish() { state_->index.finish(); }
PENSTOCK_DECL void parser::input_failed(failure why) {
    state_->index.cut_off();
    state_->broken = std::move(why);
}
PENSTOCK_DECL result<parser::step> parser::advance() { return state_->advance(); }
PENSTOCK_DECL const std::shared_ptr<const penstock::schema>& parser::schema() const noexcept {
    return state_->schema;
}
PENSTOCK_DECL record_batch parser::take() { return *std::exchange(state_->ready, std::nullopt); }

} // namespace penstock::csv

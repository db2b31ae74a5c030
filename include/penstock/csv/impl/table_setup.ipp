// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/csv/detail/table_setup.hpp>

#include <penstock/csv/detail/date_column.hpp>
#include <penstock/format/detail/offending_text.hpp>
#include <penstock/format/utf8.hpp>

#include <algorithm>

#include <utility>

namespace penstock::csv::detail {

PENSTOCK_DECL result<void> table_setup::read_header(row_index& index) {
    auto names = options_.names();
    const auto& given = options_.common().schema;
    if (options_.header()) {
        if (const auto wrong = read_names(index, names)) return *wrong;
    } else if (names.empty()) {
        // Where rows may have fewer or more columns than the schema, the first one tells how many there are.
        const auto& common = options_.common();
        const bool by_schema = given && !common.missing_columns && common.extra_columns == extra_columns::ignore;
        for (std::size_t i = 0; i < (by_schema ? given->size() : index.fields()); ++i)
            names.push_back(given && i < given->size() ? (*given)[i].name() : "f" + std::to_string(i));
    }
    sample_start_ = index.offset(index.row_start());
    return choose_columns(std::move(names), index);
}

/// From the header, unless there are some.
PENSTOCK_DECL std::optional<failure> table_setup::read_names(row_index& index, std::vector<std::string>& names) {
    const auto fields = index.fields();
    if (!names.empty()) {
        const bool fits = fitter_.allowed().allow(fields, names.size());
        if (!fits)
            return index.fault(errc::ragged_row, index.row_ends().front(),
                               "the header has " + std::to_string(fields) + (fields == 1 ? " field, but " : " fields, but ") +
                                   std::to_string(names.size()) + " names were given: " +
                                   index.shown_before(index.row_ends().front()),
                               "give as many names as there are columns, or choose ragged_rows");
    } else {
        fitter_.clear(fields);
        fitter_.add(index, 0, 0);
        const auto run = fitter_.run(index);
        for (std::size_t i = 0; i < fields; ++i) {
            names.emplace_back(rules_.decode(run.raw(0, i, rules_), scratch_).text);
            if (find_invalid_utf8(names.back()) == std::string::npos) continue;
            return index.fault(errc::invalid_utf8, run.begin(0, i), "the name of column " + std::to_string(i + 1) + ": " + penstock::detail::shown_beginning(names.back()),
                               "CSV is read as UTF-8");
        }
    }
    index.consume(fields, 1);
    return std::nullopt;
}

PENSTOCK_DECL result<void> table_setup::without_rows(const row_index& index) {
    auto names = options_.names();
    if (const auto& given = options_.common().schema; given && names.empty())
        for (const auto& f : given->fields()) names.push_back(f.name());
    return choose_columns(std::move(names), index);
}

/// The patterns tell the types of columns that have none.
PENSTOCK_DECL result<void> table_setup::apply_date_formats(const std::vector<std::string>& names, const row_index& index) {
    const auto refuse = [&](errc code, std::string message) {
        error_detail d;
        d.operation = "read csv";
        d.object = index.object();
        d.message = std::move(message);
        d.hint = "correct date_format";
        return failure{code, std::move(d)};
    };
    const auto& given = options_.common().schema;
    for (const auto& [name, pattern] : options_.date_formats()) {
        const auto named = "column \"" + printable(name, 64) + "\"";
        const bool known = std::find(names.begin(), names.end(), name) != names.end() || (given && given->index_of(name));
        if (!known && !names.empty()) return refuse(errc::unknown_column, named + " has a date format, but is not there");
        const penstock::date_format form{pattern};
        for (auto& c : chosen_) {
            if (c.wanted.name() != name) continue;
            if (!c.given) c.wanted = c.wanted.with_type(type_of(form));
            c.given = true;
            if (!suits(form, c.wanted.type()))
                return refuse(errc::invalid_option,
                              named + ": the date format \"" + printable(pattern, 64) + "\" does not say a " + c.wanted.type().name());
        }
    }
    return {};
}

PENSTOCK_DECL result<void> table_setup::choose_columns(std::vector<std::string> names,
                                                       const row_index& index) {
    width_ = names.size();
    std::vector<field> fields;
    for (const auto& n : names) fields.emplace_back(n, data_type::string());
    auto matched = penstock::detail::match_columns(options_.common(), penstock::schema{std::move(fields)},
                                                   missing_columns::fail, "read csv", index.object());
    if (!matched) return matched.error();
    chosen_ = std::move(*matched);
    if (auto fine = apply_date_formats(names, index); !fine) return fine;
    bool all_given = true;
    for (const auto& c : chosen_) all_given &= c.given;
    if (!all_given && options_.common().infer_types) inference_.emplace(chosen_.size());
    return {};
}

/// The rows up to this offset are all that the options allow to look at.
PENSTOCK_DECL bool table_setup::sample_is_full(std::uint64_t end) const noexcept {
    const auto& common = options_.common();
    return sampled_ == common.inference_rows ||
           ((sampled_ || passed_) && end - sample_start_ > common.inference_bytes);
}

PENSTOCK_DECL bool table_setup::sample(const row_index& index) {
    if (!inference_) return true;
    const auto separators = index.separators();
    const auto row_ends = index.row_ends();
    const auto largest = options_.common().max_record_bytes;
    const auto policy = options_.common().on_bad_record;
    const bool tolerant = policy == bad_records::skip || policy == bad_records::capture;
    for (; row_ < row_ends.size(); ++row_) {
        const std::size_t stop = row_ends[row_];
        if (sample_is_full(index.offset(stop))) return true;
        if (stop - behind(separators[slot_]) > largest) return true; // an error when it is its turn
        fitter_.clear(width_);
        const auto what = fitter_.add(index, slot_, row_);
        const bool ragged = what == row_fitter::verdict::ragged;
        if (ragged && !tolerant) return true; // as well
        slot_ += fitter_.fields();
        passed_ |= ragged;
        if (what != row_fitter::verdict::good) continue;
        const auto run = fitter_.run(index);
        for (std::size_t i = 0; i < chosen_.size(); ++i) {
            if (chosen_[i].given || inference_->settled(i) || run.missing(0, *chosen_[i].source)) continue;
            const auto value = rules_.decode(run.raw(0, *chosen_[i].source, rules_), scratch_).text;
            if (!rules_.is_null_text(value)) inference_->observe(i, rules_.classify(value, number_));
        }
        ++sampled_;
    }
    if (sample_is_full(index.offset(index.scanned()))) return true;
    // No row follows that could be sampled: the row to come is faulty, or the text ends. Where it is cut
    // before the first row, nothing is known of the types.
    const bool faulty = index.malformed() || index.scanned() - behind(separators[slot_]) > largest ||
                        (!tolerant && !fitter_.allowed().trims() && separators.size() - 1 - slot_ >= width_);
    return faulty || (index.closed() && (sampled_ || !index.is_cut_off()));
}

PENSTOCK_DECL table_layout table_setup::finish() {
    table_layout out;
    out.width = width_;
    out.sampled = sampled_;
    std::vector<field> fields;
    for (std::size_t i = 0; i < chosen_.size(); ++i) {
        auto& c = chosen_[i];
        const bool inferred = inference_ && !c.given;
        fields.push_back(inferred ? c.wanted.with_type(inference_->type(i)) : std::move(c.wanted));
        out.columns.push_back({c.source, inferred});
    }
    out.schema = make_schema(std::move(fields));
    return out;
}

} // namespace penstock::csv::detail

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/csv/detail/table_setup.hpp>

#include <penstock/csv/detail/row_run.hpp>
#include <penstock/format/utf8.hpp>

#include <utility>

namespace penstock::csv::detail {

PENSTOCK_DECL result<void> table_setup::read_header(row_index& index) {
    const auto fields = index.fields();
    std::vector<std::string> names;
    const auto& given = options_.common().schema;
    if (options_.header()) {
        const row_run run{index.text(), index.separators().data(), fields, 1};
        for (std::size_t i = 0; i < fields; ++i) {
            names.emplace_back(rules_.decode(run.raw(0, i, rules_), scratch_).text);
            if (find_invalid_utf8(names.back()) == std::string::npos) continue;
            return index.fault(errc::invalid_utf8, run.begin(0, i),
                               "the name of column " + std::to_string(i + 1), "CSV is read as UTF-8");
        }
        index.consume(fields, 1);
    } else if (given) {
        for (const auto& f : given->fields()) names.push_back(f.name());
    } else {
        for (std::size_t i = 0; i < fields; ++i) names.push_back("f" + std::to_string(i));
    }
    sample_start_ = index.offset(index.row_start());
    return choose_columns(std::move(names), index);
}

PENSTOCK_DECL result<void> table_setup::without_rows(const row_index& index) {
    std::vector<std::string> names;
    if (const auto& given = options_.common().schema)
        for (const auto& f : given->fields()) names.push_back(f.name());
    return choose_columns(std::move(names), index);
}

PENSTOCK_DECL result<void> table_setup::choose_columns(std::vector<std::string> names,
                                                       const row_index& index) {
    const auto unknown = [&index](const failure& f) {
        return f.with([&index](error_detail& d) {
            d.operation = "read csv";
            d.object = index.object();
        });
    };
    const auto& given = options_.common().schema;
    const auto& wanted = options_.common().columns;
    width_ = names.size();
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
        chosen_.push_back(known[i]);
        if (!given || !options_.header()) {
            sources_.push_back(i);
            continue;
        }
        const auto at = file.find(known[i].name());
        if (!at) return unknown(at.error());
        sources_.push_back(*at);
    }
    if (!given && options_.common().infer_types) inference_.emplace(chosen_.size());
    return {};
}

/// The rows up to this offset are all that the options allow to look at.
PENSTOCK_DECL bool table_setup::sample_is_full(std::uint64_t end) const noexcept {
    const auto& common = options_.common();
    return sampled_ == common.inference_rows || (sampled_ && end - sample_start_ > common.inference_bytes);
}

PENSTOCK_DECL bool table_setup::sample(const row_index& index) {
    if (!inference_) return true;
    const auto separators = index.separators();
    const auto row_ends = index.row_ends();
    const auto largest = options_.common().max_record_bytes;
    for (; row_ < row_ends.size(); ++row_) {
        const std::size_t stop = row_ends[row_];
        if (sample_is_full(index.offset(stop))) return true;
        if (index.is_blank(slot_, row_, rules_)) {
            ++slot_;
            continue;
        }
        const auto next = slot_ + width_;
        const bool ragged = next >= separators.size() || separators[next] != stop;
        if (ragged || stop - behind(separators[slot_]) > largest) return true; // an error when it is its turn
        const row_run run{index.text(), separators.data() + slot_, width_, 1};
        for (std::size_t i = 0; i < chosen_.size(); ++i) {
            if (inference_->settled(i)) continue;
            const auto value = rules_.decode(run.raw(0, sources_[i], rules_), scratch_).text;
            if (!rules_.is_null_text(value)) inference_->observe(i, value);
        }
        slot_ = next;
        ++sampled_;
    }
    if (sample_is_full(index.offset(index.scanned()))) return true;
    // No row follows that could be sampled: the row to come is faulty, or the text ends. Where it is cut
    // before the first row, nothing is known of the types.
    const bool faulty = index.malformed() || index.scanned() - behind(separators[slot_]) > largest ||
                        separators.size() - 1 - slot_ >= width_;
    return faulty || (index.closed() && (sampled_ || !index.is_cut_off()));
}

PENSTOCK_DECL table_layout table_setup::finish() {
    table_layout out;
    out.width = width_;
    if (inference_) {
        out.sampled = sampled_;
        for (std::size_t i = 0; i < chosen_.size(); ++i)
            chosen_[i] = field{chosen_[i].name(), inference_->type(i)};
    }
    out.schema = make_schema(std::move(chosen_));
    out.sources = std::move(sources_);
    return out;
}

} // namespace penstock::csv::detail

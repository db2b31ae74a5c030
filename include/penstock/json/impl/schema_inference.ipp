// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/json/detail/schema_inference.hpp>

#include <penstock/format/kernels/json_kernels.hpp>
#include <penstock/json/detail/raw_json.hpp>

#include <algorithm>
#include <utility>

namespace penstock::json::detail {

PENSTOCK_DECL schema_inference::schema_inference(const read_options& common, const record_options& rules, bool tolerant,
                                                 record_buffer& records, line_parser& parser, const record_faults& faults)
    : common_{common}, rules_{rules}, tolerant_{tolerant}, records_{records}, parser_{parser}, faults_{faults},
      sample_{&penstock::detail::json_kernels_of(rules.instruction_set), rules.max_columns} {
    records_.hold();
}

PENSTOCK_DECL result<schema_inference::step> schema_inference::advance(const failure& broken) {
    using got = record_buffer::got;
    for (;;) {
        if (since_pause_ >= slice_bytes) {
            since_pause_ = 0;
            return step::working;
        }
        text_line record;
        const auto from = records_.position();
        const auto what = rows_ < common_.inference_rows ? records_.next(record) : got::end;
        bool more = false;
        switch (what) {
        case got::line:
            more = observe(record);
            break;
        case got::bad:
            more = pass([&] { return faults_.cut(record); });
            break;
        case got::need_input: {
            since_pause_ += records_.position() - from;
            const bool none = rows_ == 0 && !first_fault_;
            if (!broken && (none || records_.pending() <= common_.inference_bytes)) return step::need_input;
            if (rows_ == 0) error_ = broken;
            break;
        }
        case got::too_long:
            if (rows_ == 0) error_ = faults_.too_long(record);
            break;
        case got::failed:
            if (rows_ == 0) error_ = faults_.cut(record);
            break;
        case got::end:
            break;
        }
        if (error_) return error_;
        if (more) continue;
        if (rows_ != 0 || !first_fault_ || what == got::end) return step::found;
        // Bad records may be passed over, but they cannot tell what the good ones are made of.
        return first_fault_.with([](error_detail& d) { d.hint = "no type can be inferred from it: give a schema"; });
    }
}

/// A record that nothing can be learnt from: false when the sample ends before it.
template <class Why>
bool schema_inference::pass(const Why& why) {
    if (!first_fault_ && tolerant_)
        first_fault_ = why();
    else if (rows_ == 0 && !tolerant_)
        error_ = why();
    return tolerant_;
}

/// False when the sample ends before this record: a fault in it is reported when it is its turn, unless it is the first. Where
/// bad records are no errors, they are passed over.
PENSTOCK_DECL bool schema_inference::observe(const text_line& given) {
    auto record = given;
    skip_mark(record);
    const bool first = rows_ == 0 && !first_fault_;
    if (skip_json_space(record.text, 0) == record.text.size()) {
        if (first) records_.hold(); // any number of them may come before the first row
        return true;
    }
    if (first) offset_ = given.offset;
    if (given.offset - offset_ + given.text.size() > common_.inference_bytes && !first) return false;
    if (!parser_.parse(record.text)) return pass([&] { return faults_.malformed(record); });
    simdjson::dom::object object;
    if (parser_.root().get(object) != simdjson::SUCCESS) return pass([&] { return faults_.no_object(record); });
    std::string scratch;
    auto i = skip_json_space(record.text, 0) + 1; // behind the brace
    for (i = skip_json_space(record.text, i); record.text[i] == '"'; i = skip_json_space(record.text, i + 1)) {
        const auto at = column_of(sampled_key(record.text, i, scratch, *sample_.kernels));
        if (at != no_column)
            shapes_[at]->observe(record.text, i, sample_);
        else
            i = skip_json_value(record.text, skip_json_space(record.text, i));
        if (sample_.count > sample_.most) {
            error_ = faults_.at(record, 0, errc::record_too_large,
                                "the first rows have more than " + std::to_string(rules_.max_columns) + " different keys",
                                "name the columns you need, give a schema, or raise max_columns");
            return false;
        }
        i = skip_json_space(record.text, i);
        if (record.text[i] == '}') break;
    }
    ++rows_;
    return true;
}

PENSTOCK_DECL std::size_t schema_inference::column_of(std::string_view key) {
    if (const auto known = by_name_.find(key); known != by_name_.end()) return known->second;
    const auto& wanted = common_.columns;
    if (common_.schema && common_.schema->index_of(key)) return no_column;
    if (wanted && std::find(wanted->begin(), wanted->end(), key) == wanted->end()) return no_column;
    const auto at = names_.size();
    by_name_.emplace(key, at);
    names_.emplace_back(key);
    shapes_.push_back(std::make_unique<sampled_shape>());
    ++sample_.count;
    return at;
}

PENSTOCK_DECL result<std::shared_ptr<const schema>> schema_inference::finish() {
    records_.rewind();
    std::vector<field> fields;
    if (common_.schema) fields.assign(common_.schema->fields().begin(), common_.schema->fields().end());
    for (std::size_t i = 0; i < names_.size(); ++i)
        fields.emplace_back(std::move(names_[i]), common_.infer_types ? shapes_[i]->type(rules_.infer_nested) : data_type::string());
    auto found = make_schema(std::move(fields));
    if (!common_.columns) return found;
    const auto chosen = found->find(*common_.columns);
    if (!chosen)
        return faults_.unknown_columns(chosen.error(), "a column must occur in the rows that types are inferred from, or in a given schema");
    return std::make_shared<const schema>(found->select(*chosen));
}

} // namespace penstock::json::detail

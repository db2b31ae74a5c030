// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/csv/detect_dialect.hpp>

#include <penstock/csv/detail/cell.hpp>
#include <penstock/csv/detail/row_run.hpp>
#include <penstock/csv/detail/scanner.hpp>
#include <penstock/format/dates.hpp>
#include <penstock/format/type_inference.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace penstock::csv {
namespace detail {

/// A sample read in one dialect. Blank rows are left out.
class sample_rows {
  public:
    sample_rows(std::string_view text, bool complete, const csv::dialect& d)
        : text_{text}, rules_{csv::options().dialect(d)} {
        scanner scan{d};
        position_list ends;
        separators_.push(static_cast<std::size_t>(-1)); // before the first byte: behind() wraps
        scan.scan(text.data(), 0, text.size(), true, separators_, ends);
        using place = scanner::place;
        const auto at = scan.at();
        const bool open = at == place::quoted || at == place::escaped || at == place::escaped_in_quotes;
        fits_ = !scan.malformed() && !(open && complete);
        if (!fits_) return;
        const auto last = ends.size() ? behind(ends.back()) : 0;
        if (complete && last != text.size()) {
            separators_.push(text.size());
            ends.push(text.size());
        }
        covered_ = ends.size() ? std::min(behind(ends.back()), text.size()) : 0;
        std::size_t slot = 0;
        for (std::size_t i = 0; i < ends.size(); ++i) {
            const auto first = slot;
            while (separators_[++slot] != ends[i]) {}
            const auto start = behind(separators_[first]);
            const bool dropped = slot == first + 1 && rules_.drops({text_.data() + start, ends[i] - start});
            if (!dropped) rows_.push_back({first, slot - first});
        }
    }

    struct row {
        std::size_t slot;
        std::size_t fields;
    };
    bool fits() const noexcept { return fits_; }
    const std::vector<row>& rows() const noexcept { return rows_; }
    double coverage() const noexcept {
        return text_.empty() ? 0 : static_cast<double>(covered_) / static_cast<double>(text_.size());
    }
    /// Lives until the next call.
    cell field(const row& r, std::size_t i) { return rules_.decode(raw(r, i), scratch_); }

  private:
    std::string_view raw(const row& r, std::size_t i) const noexcept {
        auto out = row_run{text_.data(), separators_.data() + r.slot, r.fields, 1}.raw(0, i, rules_);
        if (i + 1 < r.fields) out.remove_suffix(rules_.delimiter_size() - 1);
        return rules_.trimmed(out);
    }

    std::string_view text_;
    cell_rules rules_;
    position_list separators_;
    std::vector<row> rows_;
    std::size_t covered_ = 0;
    bool fits_ = false;
    std::string scratch_;
};

/// In whatever dialect: a number is one also with spaces round it.
inline std::string_view without_spaces(std::string_view text) noexcept {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

inline bool is_typed(std::string_view text) noexcept { return classify(text) != text_kind::string; }

/// 1234,56 and -0,5, which people write where they delimit with semicolons.
inline bool is_decimal_comma(std::string_view text) noexcept {
    if (!text.empty() && text.front() == '-') text.remove_prefix(1);
    const auto comma = text.find(',');
    const auto digits = [](std::string_view t) {
        return !t.empty() && t.find_first_not_of("0123456789") == t.npos;
    };
    return comma != text.npos && digits(text.substr(0, comma)) && digits(text.substr(comma + 1));
}

inline bool is_time(std::string_view text) noexcept {
    return text.find(':') != text.npos && (parse_time(text, time_unit::nanosecond) || is_typed(text));
}

/// Whether a field looks like one.
inline bool is_known(const cell& c, const std::vector<std::string>& delimiters) noexcept {
    const auto text = without_spaces(c.text);
    if (c.quoted || text.empty() || is_typed(text) || is_decimal_comma(text) || is_time(text)) return true;
    const auto quote_at = [text](char quote) { return text.front() == quote || text.back() == quote; };
    if (quote_at('"') || (text.front() == '\'' && text.back() == '\'')) return false;
    return std::none_of(delimiters.begin(), delimiters.end(), [&](const std::string& d) { return text.find(d) != text.npos; });
}

inline std::size_t count(std::string_view text, std::string_view what) noexcept {
    std::size_t n = 0;
    for (auto at = text.find(what); at != text.npos; at = text.find(what, at + what.size())) ++n;
    return n;
}

/// Whether `delimiter` stands in the text because a longer one does.
inline bool is_part(std::string_view delimiter, const std::vector<std::string>& all, std::string_view text) noexcept {
    const auto times = count(text, delimiter);
    return times && std::any_of(all.begin(), all.end(), [&](const std::string& longer) {
        return longer.size() > delimiter.size() && count(longer, delimiter) * count(text, longer) * 10 >= times * 9;
    });
}

struct dialect_score {
    double worth = 0;
    std::size_t columns = 0;
};

inline dialect_score judge(sample_rows& sample, const std::vector<std::string>& delimiters) {
    const auto& rows = sample.rows();
    if (!sample.fits() || rows.empty()) return {};
    std::map<std::size_t, std::size_t> lengths;
    for (const auto& r : rows) ++lengths[r.fields];
    std::pair<std::size_t, std::size_t> most{};
    for (const auto& [fields, times] : lengths)
        if (times >= most.second) most = {fields, times};
    std::size_t fields = 0;
    std::size_t known = 0;
    std::size_t alone = 0; // that can hardly be but one field
    for (const auto& r : rows)
        for (std::size_t i = 0; i < r.fields; ++i, ++fields) {
            const auto c = sample.field(r, i);
            known += is_known(c, delimiters);
            alone += most.first == 1 && (c.quoted || is_time(without_spaces(c.text)));
        }
    const auto share = [](std::size_t part, std::size_t whole) {
        return static_cast<double>(part) / static_cast<double>(whole);
    };
    const auto same = share(most.second, rows.size());
    const auto even = same * same * same * same * sample.coverage();
    if (most.first == 1) {
        const auto worth = std::max(0.1 * share(known, fields), share(alone, fields));
        return {worth * even, 1};
    }
    const auto wide = share(most.first - 1, most.first);
    return {wide * share(known, fields) * even, most.first};
}

/// Whether the first row names the columns.
inline bool has_header(sample_rows& sample, std::size_t columns) {
    const auto& rows = sample.rows();
    if (rows.empty()) return true;
    if (rows[0].fields != columns) return false;
    std::vector<std::string> names;
    for (std::size_t i = 0; i < rows[0].fields; ++i) names.emplace_back(sample.field(rows[0], i).text);
    std::set<std::string_view> seen;
    for (const std::string_view name : names)
        if (name.empty() || is_typed(without_spaces(name)) || is_time(without_spaces(name)) || !seen.insert(name).second) return false;
    bool again = false;
    std::vector<text_kind> kinds(names.size(), text_kind::null);
    for (std::size_t r = 1; r < rows.size(); ++r) {
        if (rows[r].fields != names.size()) continue;
        for (std::size_t i = 0; i < names.size(); ++i) {
            const auto c = sample.field(rows[r], i);
            again |= c.text == names[i];
            if (!c.text.empty()) kinds[i] = join(kinds[i], classify(c.text));
        }
    }
    const auto typed = [](text_kind k) { return k != text_kind::null && k != text_kind::string; };
    return !again || std::any_of(kinds.begin(), kinds.end(), typed);
}

} // namespace detail

PENSTOCK_DECL detected_dialect detect_dialect(std::string_view sample, bool complete, const detect_options& known) {
    if (sample.starts_with("\xef\xbb\xbf")) sample.remove_prefix(3);
    return detail::detect_behind_mark(sample, complete, known);
}

PENSTOCK_DECL detected_dialect detail::detect_behind_mark(std::string_view sample, bool complete,
                                                          const detect_options& known) {
    const auto& delimiters = known.delimiters();
    if (sample.size() > detail::detection_bytes) {
        sample = sample.substr(0, detail::detection_bytes);
        complete = false;
    }
    struct quoting {
        std::optional<char> quote;
        std::optional<char> escape;
    };
    static constexpr quoting quotings[] = {{'"', '"'}, {'"', '\\'}, {'\'', '\''}, {'\'', '\\'}, {{}, {}}, {{}, '\\'}};
    const auto holds = [&](const auto& what) { return sample.find(what) != sample.npos; };
    const bool any_quote = holds('"') || holds('\'');

    detected_dialect best;
    best.dialect.comment = known.comment();
    best.dialect.trim = known.trim();
    double worth = 0;
    double next = 0; // of those that find other fields
    bool absent = false;
    for (const auto& delimiter : delimiters) {
        if (detail::is_part(delimiter, delimiters, sample)) continue;
        // One that does not occur stands for all of these: rows of one field.
        if (!holds(delimiter) && std::exchange(absent, true)) continue;
        for (const auto& q : quotings) {
            const bool usual = q.quote == '"' && q.escape == '"';
            if (!usual && (q.quote ? !holds(*q.quote) : !any_quote && q.escape != '\\')) continue;
            if (q.escape == '\\' && !holds('\\')) continue;
            auto d = best.dialect;
            d.delimiter = delimiter;
            d.quote = q.quote;
            d.escape = q.escape;
            detail::sample_rows rows{sample, complete, d};
            const auto score = detail::judge(rows, delimiters);
            const bool other = score.columns != best.columns || delimiter != best.dialect.delimiter ||
                               rows.rows().size() != best.rows;
            if (score.worth > worth) {
                if (other) next = worth;
                worth = score.worth;
                best.dialect = d;
                best.columns = score.columns;
                best.rows = rows.rows().size();
                best.header = detail::has_header(rows, score.columns);
            } else if (other) {
                next = std::max(next, score.worth);
            }
        }
    }
    if (worth > 0) best.confidence = (worth - next) / worth;
    return best;
}

} // namespace penstock::csv

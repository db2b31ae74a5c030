// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// Patterns of dates and texts for them, each on a line: a pattern is taken or refused; what is read by one that says each thing
// once, with something between, is written so that it is read again. ISO's pattern and the readers of ISO 8601 agree. The
// first byte says the unit.
#include "support.hpp"

#include <penstock/core/error.hpp>
#include <penstock/format/date_format.hpp>
#include <penstock/format/dates.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

namespace date_format_fuzz {

using penstock::date_format;
using penstock::time_unit;

/// The directives one by one, those that stand for several written out. Empty where two touch, or say the same thing.
std::string directives_of(std::string_view pattern) {
    std::string out;
    for (std::size_t i = 0; i + 1 < pattern.size(); ++i) {
        if (pattern[i] != '%') continue;
        const char c = pattern[++i];
        if (c == '%' || c == 'n' || c == 't') continue;
        if (i + 1 < pattern.size() && std::string_view{"/,-_ "}.find(pattern[i + 1]) == std::string_view::npos) return {};
        out += c == 'F' ? "Ymd" : c == 'T' ? "HMS" : c == 'R' ? "HM" : c == 'D' ? "mdy" : std::string(1, c);
    }
    for (const std::string_view same : {"Yy", "mbBh", "de", "j", "HI", "p", "M", "S", "f", "z", "s"}) {
        const auto first = out.find_first_of(same);
        if (first != out.npos && out.find_first_of(same, first + 1) != out.npos) return {};
    }
    return out;
}

void check_text(const date_format& format, std::string_view pattern, std::string_view text, time_unit unit) {
    const auto says = directives_of(pattern);
    // Moving a moment to UTC changes what the pattern may not say.
    const bool whole = !format.has_zone() || says.find('s') != says.npos;
    const auto value = format.parse_timestamp(text, unit);
    if (value) {
        std::string written;
        format.append_timestamp(written, *value, unit);
        if (!says.empty() && whole) require(format.parse_timestamp(written, unit) == value);
    }
    if (const auto time = format.parse_time(text, unit)) require(value == time && *time >= 0);
    if (const auto days = format.parse_date32(text)) {
        std::string written;
        format.append_date32(written, *days);
        if (!says.empty() && whole) require(format.parse_date32(written) == days);
    }
}

/// "2024-02-29T23:59:59", without and with a fraction.
void check_iso(std::string_view text, time_unit unit) {
    static const date_format seconds{"%FT%T"}, fraction{"%FT%T.%f"};
    if (text.find(' ') != text.npos) return; // ISO's may stand for the T
    const auto value = penstock::parse_timestamp(text, unit, false);
    if (!value || text.find('T') == text.npos || text.size() < text.find('T') + 9) return;
    require((text.find('.') == text.npos ? seconds : fraction).parse_timestamp(text, unit) == value);
    std::string a, b;
    penstock::append_timestamp(a, *value, time_unit::second, false);
    seconds.append_timestamp(b, *value, time_unit::second);
    require(a == b);
}

} // namespace date_format_fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace date_format_fuzz;
    if (size == 0) return 0;
    const auto unit = static_cast<time_unit>(data[0] % 4);
    const auto both = text_behind(data, size, 1);
    const auto pattern = both.substr(0, both.find('\n'));
    const auto text = both.substr(std::min(both.size(), pattern.size() + 1));
    check_iso(text, unit);
    std::optional<date_format> format;
    try {
        format.emplace(pattern);
    } catch (const penstock::error& e) {
        require(e.code() == penstock::errc::invalid_option);
        return 0;
    }
    check_text(*format, pattern, text, unit);
    return 0;
}

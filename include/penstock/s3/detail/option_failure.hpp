// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/detail/ascii.hpp>
#include <penstock/core/detail/edit_distance.hpp>
#include <penstock/core/error.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace penstock::s3::detail {

/// Something is wrong with what stands at `place`: an option's name, or a JSON pointer.
[[noreturn]] inline void refuse_option(errc code, std::string_view place, std::string message, std::string hint) {
    error_detail d;
    d.object = place;
    d.message = std::move(message);
    d.hint = std::move(hint);
    throw_failure(failure{code, std::move(d)});
}

/// `value` is not `wanted`.
[[noreturn]] inline void refuse_value(std::string_view place, std::string_view value, std::string_view wanted) {
    refuse_option(errc::invalid_option, place, "'" + printable(value, 64) + "'", "it must be " + std::string{wanted});
}

/// What `f` throws is told of `place`.
template <class F>
void told_of(std::string_view place, F&& f) {
    try {
        std::forward<F>(f)();
    } catch (const error& e) {
        throw_failure(e.as_failure().with([place](error_detail& d) {
            if (!d.object.empty()) d.message = d.message.empty() ? d.object : d.object + ": " + d.message;
            d.object = place;
        }));
    }
}

/// "did you mean …", of `names` (a range of texts), for a name that is none of them.
template <class Range>
std::string did_you_mean(std::string_view name, const Range& names) {
    name = name.substr(0, 64);
    const auto plain = [](std::string_view text) {
        auto out = penstock::detail::lower_case(text);
        std::replace_if(out.begin(), out.end(), [](char c) { return c == '-' || c == ' '; }, '_');
        return out;
    };
    const auto wanted = plain(name);
    std::string_view best;
    std::size_t least = name.size() / 2 + 2; // farther is another word
    for (const std::string_view known : names)
        if (const auto d = penstock::detail::edit_distance(wanted, plain(known)); d < least) least = d, best = known;
    return best.empty() ? std::string{} : "did you mean '" + std::string{best} + "'?";
}

} // namespace penstock::s3::detail

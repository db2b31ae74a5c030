// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/testing/fault_plan.hpp>

namespace penstock::testing {

PENSTOCK_DECL bool glob_matches(std::string_view glob, std::string_view text) noexcept {
    std::size_t g = 0, t = 0;
    std::size_t star = std::string_view::npos, retry = 0;
    while (t < text.size()) {
        if (g < glob.size() && glob[g] == '*') {
            star = g++;
            retry = t;
        } else if (g < glob.size() && (glob[g] == '?' || glob[g] == text[t])) {
            ++g;
            ++t;
        } else if (star != std::string_view::npos) {
            g = star + 1;
            t = ++retry;
        } else {
            return false;
        }
    }
    while (g < glob.size() && glob[g] == '*') ++g;
    return g == glob.size();
}

PENSTOCK_DECL std::string fault::describe() const {
    static constexpr std::string_view names[] = {"none",         "close",      "reset",        "stall",
                                                 "trickle",      "status",     "error in 200", "redirect",
                                                 "wrong length", "wrong ETag", "wrong range",  "corrupt byte",
                                                 "header flood", "garbage",    "short session", "ignored If-Match"};
    static constexpr std::string_view places[] = {"before the head", "at response byte ", "at request byte "};
    std::string out{names[static_cast<std::size_t>(what_)]};
    switch (what_) {
    case kind::close:
    case kind::reset:
    case kind::stall:
    case kind::corrupt:
        out.append(" ").append(places[static_cast<std::size_t>(where_)]);
        if (where_ != place::before_head) out += std::to_string(at_);
        break;
    case kind::status:
    case kind::error_in_200:
    case kind::redirect:
        out.append(" ").append(std::to_string(status_)).append(" ").append(text_);
        break;
    case kind::none:
    case kind::garbage:
    case kind::wrong_etag:
    case kind::short_session:
    case kind::ignored_if_match:
        break;
    default:
        out.append(" ").append(std::to_string(amount_));
    }
    if (what_ == kind::stall && length_ != duration::max())
        out += " for " +
               std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(length_).count()) + " ms";
    return out;
}

PENSTOCK_DECL bool fault_rule::matches(std::string_view method, std::string_view path,
                                       std::string_view query) const {
    return (method_.empty() || method_ == method) && (path_.empty() || glob_matches(path_, path)) &&
           query.find(query_) != std::string_view::npos;
}

PENSTOCK_DECL std::shared_ptr<fault_plan> fault_plan::random(std::uint64_t seed, random_faults how) {
    auto plan = create();
    plan->random_ = make_seeded_random(seed);
    plan->how_ = how;
    return plan;
}

PENSTOCK_DECL fault fault_plan::decide(std::string_view method, std::string_view path,
                                       std::string_view query) {
    fault hit;
    for (auto& rule : rules_) {
        if (!rule.matches(method, path, query)) continue;
        const auto n = ++rule.seen_;
        if (hit.what() == fault::kind::none && n >= rule.from_ &&
            (rule.times_ == 0 || n < rule.from_ + rule.times_))
            hit = rule.fault_;
    }
    if (hit.what() == fault::kind::none && random_) hit = by_chance(method);
    if (hit.what() != fault::kind::none) ++hits_;
    return hit;
}

PENSTOCK_DECL fault fault_plan::by_chance(std::string_view method) {
    // Every decision draws the same number of values, so that one request more does not reshuffle all later
    // ones.
    const bool hit = random_->uniform() < how_.probability;
    const auto choice = random_->next();
    const auto at = random_->below(1 + random_->below(how_.largest_offset)); // small offsets more often
    const auto pause = duration{static_cast<duration::rep>(
        random_->below(static_cast<std::uint64_t>(how_.longest_stall.count()) + 1))};
    if (!hit || (how_.most_in_a_row > 0 && in_a_row_ >= how_.most_in_a_row)) {
        in_a_row_ = 0;
        return {};
    }
    ++in_a_row_;
    const bool reads = method == "GET" || method == "HEAD";
    switch (choice % (how_.wrong_data ? 15 : 11)) {
    case 0:
        return fault::close_before_head();
    case 1:
        return fault::reset_before_head();
    case 2:
        return reads ? fault::close_at(at) : fault::close_request_at(at);
    case 3:
        return reads ? fault::reset_at(at) : fault::reset_request_at(at);
    case 4:
        return reads ? fault::stall_at(at, pause) : fault::stall_request_at(at, pause);
    case 5:
        return fault::stall_before_head(pause);
    case 6:
        return fault::internal_error();
    case 7:
        return fault::slow_down();
    case 8:
        return fault::slow_down(1 + at % 5000);
    case 9:
        return fault::answer(400, "RequestTimeout",
                             "Your socket connection to the server was not read from or written to within "
                             "the timeout period.");
    case 10:
        return fault::trickle(64 + at % 4096, std::chrono::milliseconds{10});
    case 11:
        return fault::wrong_length(static_cast<std::int64_t>(1 + at % 100));
    case 12:
        return fault::wrong_etag();
    case 13:
        return fault::wrong_range(1);
    default:
        return fault::garbage();
    }
}

} // namespace penstock::testing

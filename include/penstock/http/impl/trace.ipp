// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/http/trace.hpp>

#include <penstock/core/detail/ascii.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <utility>

namespace penstock::http {
namespace detail {

inline constexpr std::string_view not_shown = "(not shown)";

/// Names that mean a secret, whatever else is in them: better one too many.
inline bool means_secret(std::string_view name, bool in_query) {
    const auto text = penstock::detail::lower_case(name);
    const auto has = [&text](std::string_view part) { return text.find(part) != text.npos; };
    if (in_query && text == "continuation-token") return false; // where a listing goes on
    for (const auto* part : {"authorization", "token", "secret", "password", "credential", "signature", "cookie", "customer-key",
                             "api-key", "accesskeyid", "access-key", "assertion"})
        if (has(part)) return true;
    return in_query && (text == "code" || text == "key");
}

PENSTOCK_DECL std::string shown_target(std::string_view target) {
    const auto mark = target.find('?');
    std::string out{target.substr(0, mark)};
    // user:password@ of a URL
    if (const auto scheme = out.find("://"); scheme != out.npos) {
        const auto host = scheme + 3;
        const auto at = out.substr(0, out.find('/', host)).rfind('@');
        if (at != out.npos && at > host) out.replace(host, at - host, not_shown);
    }
    if (mark == target.npos) return out;
    char before = '?';
    for (auto rest = target.substr(mark + 1);;) {
        const auto end = rest.find('&');
        const auto pair = rest.substr(0, end);
        const auto equals = pair.find('=');
        out += before;
        out += pair.substr(0, equals);
        if (equals != pair.npos) {
            out += '=';
            out += means_secret(pair.substr(0, equals), true) ? not_shown : pair.substr(equals + 1);
        }
        if (end == rest.npos) return out;
        rest.remove_prefix(end + 1);
        before = '&';
    }
}

PENSTOCK_DECL std::string shown_field(std::string_view name, std::string_view value) {
    if (means_secret(name, false)) {
        // how it is authorized is no secret
        const auto scheme = value.substr(0, value.find(' '));
        const bool told = scheme.size() < value.size() && penstock::detail::lower_case(name).ends_with("authorization");
        return told ? std::string{scheme} + ' ' + std::string{not_shown} : std::string{not_shown};
    }
    const bool url = value.find('?') != value.npos || value.find("://") != value.npos;
    return url ? shown_target(value) : std::string{value};
}

inline std::string milliseconds_text(duration d) {
    char text[48];
    std::snprintf(text, sizeof text, "%.1f ms", std::chrono::duration<double, std::milli>(d).count());
    return text;
}

class trace final : public transport_observer {
  public:
    trace(trace_sink sink, trace_options options) : sink_{std::move(sink)}, options_{std::move(options)} {}

    void connecting(const connect_event& e) override {
        constexpr const char* steps[] = {"resolve ", "connect ", "tls "};
        say(steps[static_cast<std::size_t>(e.step)] + e.to.url() + failure_text(e.code) + ", " + milliseconds_text(e.took));
    }

    void request(const exchange_event& e) override {
        const auto start = number(e) + "> ";
        auto rest = e.request;
        const auto line = take_line(rest);
        const auto method = line.substr(0, line.find(' '));
        auto target = line.substr(std::min(method.size() + 1, line.size()));
        const auto version = target.substr(std::min(target.rfind(' '), target.size()));
        target.remove_suffix(version.size());
        const bool secret = options_.secret_target() && options_.secret_target()(target);
        auto text = start + std::string{method} + ' ' + (secret ? std::string{not_shown} : shown_target(target)) + std::string{version};
        if (e.request_body > 0) text += ", " + std::to_string(e.request_body) + " bytes";
        say(text);
        if (!options_.headers()) return;
        while (!rest.empty()) {
            const auto field = take_line(rest);
            const auto colon = field.find(": ");
            if (colon == field.npos) break; // the empty line; a small body may follow
            say(start + field_text(field.substr(0, colon), field.substr(colon + 2)));
        }
    }

    void answer(const exchange_event& e) override {
        const auto start = number(e) + "< ";
        if (!e.head) return say(start + "nothing" + failure_text(e.code) + ", " + milliseconds_text(e.took));
        say(start + std::to_string(e.head->status) + ' ' + e.head->reason + ", " + milliseconds_text(e.took));
        if (!options_.headers()) return;
        for (std::size_t i = 0; i < e.head->headers.size(); ++i)
            say(start + field_text(e.head->headers[i].name, e.head->headers[i].value));
    }

    void end(const exchange_event& e) override {
        say(number(e) + "= " + std::to_string(e.body) + " bytes" + failure_text(e.code) + ", " + milliseconds_text(e.took));
    }

  private:
    static std::string number(const exchange_event& e) { return "#" + std::to_string(e.connection) + ' '; }
    static std::string failure_text(const boost::system::error_code& code) { return code ? " failed: " + code.message() : ""; }
    static std::string field_text(std::string_view name, std::string_view value) {
        return std::string{name} + ": " + shown_field(name, value);
    }
    static std::string_view take_line(std::string_view& text) {
        const auto end = text.find("\r\n");
        const auto line = text.substr(0, end);
        text.remove_prefix(end == text.npos ? text.size() : end + 2);
        return line;
    }

    /// What others sent reaches a terminal: no control bytes.
    void say(std::string line) {
        std::replace_if(line.begin(), line.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
        if (sink_) sink_(line);
    }

    trace_sink sink_;
    trace_options options_;
};

} // namespace detail

PENSTOCK_DECL std::shared_ptr<transport_observer> make_trace(trace_sink sink, trace_options options) {
    return std::make_shared<detail::trace>(std::move(sink), std::move(options));
}

} // namespace penstock::http

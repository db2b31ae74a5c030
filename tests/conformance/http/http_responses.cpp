// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/core/byte_sink.hpp>
#include <penstock/http/body_decoder.hpp>
#include <penstock/http/head_parser.hpp>

#include <support/conformance.hpp>

#include <boost/json/object.hpp>

namespace http_responses_test {

using namespace penstock;

struct outcome {
    failure error;
    bool complete = false; ///< false: the bytes ended within a message, which is no error in this suite
    outcome() = default;
};

/// Parses every response that `raw` holds, `piece` bytes at a time, as a client would that sent a GET for each.
inline outcome parse_all(std::string_view raw, std::size_t piece) {
    http::head_parser parser;
    http::response_head head;
    http::body_decoder body;
    outcome out;
    bool in_body = false;
    parser.start(head);
    std::string pending;
    std::size_t fed = 0;
    const auto failed = [&](failure f) { return out.error = std::move(f), out; };
    for (;;) {
        const auto bytes = as_bytes(pending);
        std::size_t used = 0;
        if (in_body && body.now() == http::body_decoder::state::done) {
            const auto rest = pending + std::string{raw.substr(fed)};
            out.complete = true;
            if (rest.empty()) return out;
            if (!head.keep_alive) return failed(failure{errc::body_too_long, "data after the last response"});
            // Bytes that are no response answer nothing: the client closes, and what came before stands.
            if (rest.find("HTTP/") > 4) return out;
            out.complete = in_body = false;
            parser.start(head);
            continue;
        }
        if (!in_body) {
            const auto r = parser.parse(bytes);
            if (!r) return failed(r.error());
            used = *r;
            if (parser.done()) {
                if (head.status == 101) return failed(failure{errc::malformed_response, "unasked protocol switch"});
                body.start(head, "GET");
                in_body = true;
            }
        } else if (body.now() == http::body_decoder::state::data) {
            used = static_cast<std::size_t>(std::min<std::uint64_t>(body.data_size(), pending.size()));
            body.consume_data(used);
        } else {
            const auto r = body.consume_frame(bytes);
            if (!r) return failed(r.error());
            used = *r;
        }
        pending.erase(0, used);
        if (used > 0 || (in_body && body.now() == http::body_decoder::state::done)) continue;
        if (fed == raw.size()) return out;
        const auto next = std::min(piece, raw.size() - fed);
        pending.append(raw.substr(fed, next));
        fed += next;
    }
}

/// Why RFC 9112 lets a client refuse what the suite's parser takes; empty where it does not.
inline std::string may_refuse(std::string_view raw) {
    raw.remove_prefix(std::min(raw.find_first_not_of("\r\n"), raw.size()));
    const auto line = raw.substr(0, raw.find('\r'));
    if (!line.starts_with("HTTP/")) return "another protocol than HTTP";
    if (!line.starts_with("HTTP/1.")) return "another version than HTTP/1";
    if (line.size() == 12) return "no space after the status code (RFC 9112, section 4)";
    return {};
}

/// The suite gives bytes as Latin-1 text; JSON has them as UTF-8.
inline std::string latin1(std::string_view utf8) {
    std::string out;
    for (std::size_t i = 0; i < utf8.size(); ++i) {
        const auto c = static_cast<unsigned char>(utf8[i]);
        if (c < 0x80) {
            out += utf8[i];
        } else {
            out += static_cast<char>(((c & 3) << 6) | (static_cast<unsigned char>(utf8[++i]) & 0x3f));
        }
    }
    return out;
}

TEST_CASE("conformance: http-responses") {
    const auto folder = test::conformance_folder("http-responses");
    if (!folder) return;
    test::conformance_report report{"http-responses"};
    const auto document = test::read_json(*folder / "cases.json");
    for (const auto& item : document.at("cases").as_array()) {
        const auto& c = item.as_object();
        const std::string name{c.at("name").as_string()};
        if (c.at("llhttp_computed").as_bool()) {
            report.skip(name, "contains an expression that was not evaluated");
            continue;
        }
        const auto raw = latin1(c.at("raw").as_string());
        const bool must_fail = c.at("outcome").as_string() == "error";
        const auto whole = parse_all(raw, raw.size() + 1);
        const auto bytewise = parse_all(raw, 1);
        if (!must_fail && whole.error && !may_refuse(raw).empty()) {
            report.skip(name, "may be refused: " + may_refuse(raw));
            continue;
        }
        std::string why;
        if ((bytewise.complete || bytewise.error) && whole.error.code() != bytewise.error.code())
            why = "cut into bytes it ends in '" + bytewise.error.message() + "', whole in '" + whole.error.message() + "'";
        else if (must_fail && !whole.error)
            why = "accepted";
        else if (!must_fail && whole.error)
            why = whole.error.message();
        report.check(name, why);
    }
}

} // namespace http_responses_test

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "support/conformance.hpp"
#include "unit/s3/scripted_store.hpp"

#include <penstock/s3/abort_multipart_upload.hpp>
#include <penstock/s3/complete_multipart_upload.hpp>
#include <penstock/s3/create_multipart_upload.hpp>
#include <penstock/s3/detail/client_state.hpp>
#include <penstock/s3/detail/create_session.hpp>
#include <penstock/s3/detail/error_response.hpp>
#include <penstock/s3/list_parts.hpp>
#include <penstock/s3/upload_part.hpp>

/// Each answer is given to a whole client that asked for its operation. What has to come out follows from the answer: its
/// status, the error in its body, what it lacks, and when it comes.
namespace test_s3_mock_responses {

namespace json = boost::json;
namespace d = penstock::s3::detail;
using namespace penstock;

constexpr std::size_t asked_bytes = 65536;

/// What a call came to, in words that can be compared.
struct outcome {
    outcome() = default;

    failure why;
    std::string etag;
    std::uint64_t bytes = 0;
    std::vector<std::uint32_t> parts;
    std::string access_key_id;
};

struct mock_case {
    explicit mock_case(const json::object& c) {
        status = static_cast<int>(c.at("status").to_number<int>());
        if (const auto* seconds = c.if_contains("delay")) delay = seconds->to_number<int>();
        for (const auto& line : c.at("body").as_array()) body.append(line.as_string()).append("\n");
        if (!body.empty()) body.pop_back();
        replace(body, "<data-to-send>", std::string(asked_bytes, 'x'));
        for (const auto& h : c.at("headers").as_object()) {
            std::string value{h.value().as_string()};
            replace(value, "<request-range>", "bytes 0-" + std::to_string(asked_bytes - 1));
            headers.emplace_back(h.key(), std::move(value));
        }
        if (const auto* wanted = c.if_contains("request_headers"))
            for (const auto& h : wanted->as_object())
                request_headers.emplace_back(h.key(), std::string{h.value().as_string()});
    }

    static void replace(std::string& in, std::string_view what, const std::string& by) {
        if (const auto at = in.find(what); at != in.npos) in.replace(at, what.size(), by);
    }
    std::string_view header(std::string_view name) const {
        for (const auto& [n, value] : headers)
            if (http::iequals(n, name)) return value;
        return {};
    }
    scripted::say answer() const {
        std::string text = "HTTP/1.1 " + std::to_string(status) + " Mock\r\n";
        for (const auto& [name, value] : headers)
            if (!http::iequals(name, "Connection")) text.append(name).append(": ").append(value).append("\r\n");
        if (header("Content-Length").empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
        scripted::say s{text + "\r\n" + body};
        s.delay = std::chrono::seconds{delay};
        return s;
    }

    int status = 0;
    int delay = 0;
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers, request_headers;
};

template <class T>
std::optional<outcome> failed(const result<T>& r) {
    if (r) return std::nullopt;
    outcome out;
    out.why = r.error();
    return out;
}

/// None for an operation that is not known here.
std::optional<outcome> carry_out(const std::string& operation, bool head_alone, const mock_case& c,
                                 scripted::world& w) {
    const s3::object_address where{"b", "k"};
    auto client = w.client();
    const auto& state = s3::detail::client_access::state(client);
    const auto send = [&](d::operation op, auto* parse) {
        for (const auto& [name, value] : c.request_headers) op.headers.add(name, value);
        return w.run(as_result(state->call(std::move(op), parse)));
    };
    outcome out;
    if (operation == "GetObject" && head_alone) {
        const auto r = w.run(as_result(client.head(where)));
        if (auto f = failed(r)) return f;
        out.etag = r->etag.raw();
        out.bytes = r->size.value_or(0);
    } else if (operation == "GetObject") {
        s3::get_object_options asked;
        if (c.status == 206) asked.range(s3::object_range::slice(0, asked_bytes));
        const auto r = w.run(as_result(client.get(where, asked)));
        if (auto f = failed(r)) return f;
        out.etag = r->metadata.etag.raw();
        out.bytes = r->body.size();
    } else if (operation == "HeadObject") {
        const auto r = w.run(as_result(client.head(where)));
        if (auto f = failed(r)) return f;
        out.etag = r->etag.raw();
    } else if (operation == "PutObject") {
        const auto r = w.run(as_result(client.put(where, "body")));
        if (auto f = failed(r)) return f;
        out.etag = r->etag.raw();
    } else if (operation == "UploadPart") {
        auto op = d::make_upload_part(where, "id", 1, {as_bytes(std::string_view{"body"})});
        const auto r = send(std::move(op), &d::parse_upload_part);
        if (auto f = failed(r)) return f;
        out.etag = r->etag.raw();
    } else if (operation == "CreateMultipartUpload") {
        const auto r = send(d::make_create_multipart_upload(where), &d::parse_create_multipart_upload);
        if (auto f = failed(r)) return f;
    } else if (operation == "CompleteMultipartUpload") {
        std::vector<s3::completed_part> parts(1);
        parts[0].number = 1;
        parts[0].etag = s3::entity_tag{"e"};
        const auto r = send(d::make_complete_multipart_upload(where, "id", parts), &d::parse_complete_multipart_upload);
        if (auto f = failed(r)) return f;
        out.etag = r->etag.raw();
    } else if (operation == "AbortMultipartUpload") {
        const auto r = send(d::make_abort_multipart_upload(where, "id"), &d::parse_abort_multipart_upload);
        if (auto f = failed(r)) return f;
    } else if (operation == "ListParts") {
        const auto r = send(d::make_list_parts(where, "id"), &d::parse_list_parts);
        if (auto f = failed(r)) return f;
        for (const auto& p : r->parts) out.parts.push_back(p.number);
    } else if (operation == "CreateSession") {
        const auto r = send(d::make_create_session("b--usw2-az1--x-s3"), &d::parse_create_session);
        if (auto f = failed(r)) return f;
        out.access_key_id = r->access_key_id;
    } else {
        return std::nullopt;
    }
    return out;
}

/// Everything between a pair of tags, wherever it is.
std::vector<std::string> between(std::string_view text, const std::string& tag) {
    std::vector<std::string> out;
    const auto open = "<" + tag + ">", close = "</" + tag + ">";
    for (auto at = text.find(open); at != text.npos; at = text.find(open, at + 1)) {
        const auto from = at + open.size();
        out.emplace_back(text.substr(from, text.find(close, from) - from));
    }
    return out;
}

std::string compare(const std::string& operation, const mock_case& c, const outcome& got) {
    const bool error_document = c.body.find("<Error>") != std::string::npos;
    const bool gets = operation == "GetObject";
    if (c.delay >= 10) // longer than a first byte may take
        return got.why.code() == condition::timeout ? "" : "no time limit held: " + got.why.message();
    if (c.status >= 400 || error_document) {
        if (!got.why) return "taken for a success";
        if (got.why.detail().http_status != c.status) return "status " + std::to_string(got.why.detail().http_status);
        const auto code = between(c.body, "Code");
        if (!code.empty() && got.why.detail().service_code != code[0]) return "code " + got.why.detail().service_code;
        if (c.status == 412 && !(got.why.code() == condition::changed)) return "not told as a failed precondition";
        return {};
    }
    if (gets && c.status == 206 && c.header("Content-Range").empty())
        return got.why.code() == condition::malformed ? "" : "a part without Content-Range was taken";
    if (got.why) return "refused: " + got.why.message();
    if (const auto etag = c.header("ETag"); !etag.empty() && got.etag != etag) return "ETag " + got.etag;
    if (const auto etag = between(c.body, "ETag"); operation == "CompleteMultipartUpload" && got.etag != etag.at(0))
        return "ETag " + got.etag;
    if (gets && got.bytes != asked_bytes) return std::to_string(got.bytes) + " bytes";
    if (operation == "ListParts") {
        const auto numbers = between(c.body, "PartNumber");
        if (numbers.size() != got.parts.size()) return std::to_string(got.parts.size()) + " parts";
        for (std::size_t i = 0; i < numbers.size(); ++i)
            if (numbers[i] != std::to_string(got.parts[i])) return "part " + std::to_string(got.parts[i]);
    }
    if (operation == "CreateSession" && got.access_key_id != between(c.body, "AccessKeyId").at(0)) return "other keys";
    return {};
}

TEST_CASE("conformance: s3-mock-responses") {
    const auto folder = test::conformance_folder("s3-mock-responses");
    if (!folder) return;
    test::conformance_report report{"s3-mock-responses"};
    for (const auto& entry : std::filesystem::recursive_directory_iterator{*folder}) {
        if (entry.path().extension() != ".json") continue;
        const auto operation = entry.path().parent_path().filename().string(), name = entry.path().stem().string();
        const mock_case c{test::read_json(entry.path()).as_object()};
        scripted::world w{{c.answer()}, aws::retry_options{}.max_attempts(1)};
        const auto got = carry_out(operation, name.ends_with("_head"), c, w);
        if (!got) {
            report.skip(operation + "/" + name, "no runner: " + operation);
            continue;
        }
        auto why = compare(operation, c, *got);
        for (const auto& [header, value] : c.request_headers)
            if (w.how->requests.at(0).find(header + ": " + value) == std::string::npos) why += " no " + header;
        report.check(operation + "/" + name, why);
    }
}

} // namespace test_s3_mock_responses

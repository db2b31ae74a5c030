// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "sigv4_support.hpp"

#include <penstock/aws/aws_chunked.hpp>
#include <penstock/aws/sigv4_verify.hpp>

namespace test_sigv4_s3_suite {

using namespace test_sigv4_support;

/// A case taken apart.
struct s3_case {
    std::string method, path, host, region, service, amz_date, query;
    aws::credentials who;
    aws::query_parameters parameters;
    fields headers; ///< Host first
    penstock::wall_time now;
};

s3_case read_case(const json::object& c) {
    s3_case out;
    out.method = text_of(c.at("method"));
    out.path = aws::uri_encode(text_of(c.at("path")), true);
    out.host = text_of(c.at("host"));
    out.region = text_of(c.at("region"));
    out.service = text_of(c.at("service"));
    out.amz_date = text_of(c.at("timestamp"));
    out.who = credentials_of(c.at("credentials").as_object());
    if (const auto* query = c.if_contains("query"))
        for (const auto& p : query->as_array())
            out.parameters.emplace_back(text_of(p.as_array().at(0)), text_of(p.as_array().at(1)));
    out.query = aws::canonical_query(out.parameters);
    out.headers.emplace_back("Host", out.host);
    for (const auto& h : c.at("headers").as_array())
        out.headers.emplace_back(text_of(h.as_array().at(0)), text_of(h.as_array().at(1)));
    out.now = aws::parse_amz_date(out.amz_date).value().to_wall_time();
    return out;
}

std::string unhex(const std::string& text) {
    std::string out;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2)
        out += static_cast<char>(std::stoi(text.substr(i, 2), nullptr, 16));
    return out;
}

std::string payload_of(const json::object& p) {
    if (const auto* text = p.if_contains("text")) return text_of(*text);
    const auto piece = unhex(text_of(p.at("repeat")));
    std::string out;
    for (std::int64_t n = p.at("count").to_number<std::int64_t>(); n > 0; --n) out += piece;
    return out;
}

http::request request_of(const s3_case& c) {
    http::request r;
    r.method = c.method;
    r.path = c.path;
    r.query = c.query;
    for (const auto& [name, value] : c.headers) r.headers.add(name, value);
    return r;
}

signing sign_case(const s3_case& c, const fields& headers, const std::string& query,
                  const std::string& payload_hash) {
    const auto all = views(headers);
    aws::sigv4_message m;
    m.method = c.method;
    m.path = c.path;
    m.query = query;
    m.headers = all;
    m.payload_hash = payload_hash;
    return sign(m, c.who, c.amz_date, c.region, c.service);
}

std::string compare(const json::object& expected, const signing& got,
                    const char* signature_name = "signature") {
    auto why = differ("canonical request", text_of(expected.at("canonical_request")), got.canonical_request);
    if (why.empty())
        why = differ("string to sign", text_of(expected.at("string_to_sign")), got.string_to_sign);
    if (why.empty())
        why = differ("signed headers", text_of(expected.at("signed_headers")), got.signed_headers);
    if (why.empty()) why = differ("signature", text_of(expected.at(signature_name)), got.signature);
    return why;
}

/// The server's side must accept what was signed, and only that.
std::string check_verified(const http::request& r, const s3_case& c) {
    aws::sigv4_received received;
    received.method = r.method;
    received.path = r.path;
    received.query = r.query;
    received.headers = &r.headers;
    const auto parsed = aws::parse_signed_request(received);
    if (!parsed.claim)
        return "the verifier cannot parse it: " + (parsed.refusal ? parsed.refusal->message : "anonymous");
    aws::sigv4_expectation expected;
    expected.region = c.region;
    expected.service = c.service;
    const auto refused =
        aws::verify_signature(received, *parsed.claim, c.who.secret_access_key, c.now, expected);
    if (refused) return "the verifier refuses it: " + refused->code + ", " + refused->message;
    const auto other = aws::verify_signature(received, *parsed.claim, "another secret", c.now, expected);
    if (!other || other->code != "SignatureDoesNotMatch") return "the verifier accepts another secret";
    return parsed.claim->access_key_id == c.who.access_key_id ? "" : "wrong access key id";
}

std::string check_presign(const json::object& j, const s3_case& c) {
    const std::chrono::seconds expires{j.at("expires").to_number<std::int64_t>()};
    auto parameters = c.parameters;
    parameters.emplace_back("X-Amz-Algorithm", "AWS4-HMAC-SHA256");
    parameters.emplace_back("X-Amz-Credential", c.who.access_key_id + "/" +
                                                    aws::credential_scope(c.amz_date, c.region, c.service));
    parameters.emplace_back("X-Amz-Date", c.amz_date);
    parameters.emplace_back("X-Amz-Expires", std::to_string(expires.count()));
    parameters.emplace_back("X-Amz-SignedHeaders", aws::signed_headers(views(c.headers)));
    if (!c.who.session_token.empty()) parameters.emplace_back("X-Amz-Security-Token", c.who.session_token);
    const auto query = aws::canonical_query(parameters);
    std::string payload_hash{aws::unsigned_payload};
    if (const auto* p = j.if_contains("payload"); p && p->is_object())
        payload_hash = p->as_object().contains("signed_value") ? text_of(p->at("signed_value"))
                                                               : aws::sha256_hex(payload_of(p->as_object()));
    const auto& expected = j.at("expected").as_object();
    const auto got = sign_case(c, c.headers, query, payload_hash);
    if (auto why = compare(expected, got); !why.empty()) return why;

    aws::signer signer{c.region, c.service};
    auto r = request_of(c);
    r.query = signer.presign(r, c.who, c.now, expires, payload_hash);
    if (auto why = differ("presigned query", query + "&X-Amz-Signature=" + got.signature, r.query);
        !why.empty())
        return why;
    return payload_hash == aws::unsigned_payload ? check_verified(r, c) : "";
}

std::string check_header(const json::object& j, const s3_case& c) {
    const auto& payload = j.at("payload").as_object();
    const auto payload_hash = payload.contains("signed_value") ? text_of(payload.at("signed_value"))
                                                               : aws::sha256_hex(payload_of(payload));
    auto headers = c.headers;
    headers.emplace_back("x-amz-content-sha256", payload_hash);
    headers.emplace_back("x-amz-date", c.amz_date);
    if (!c.who.session_token.empty()) headers.emplace_back("x-amz-security-token", c.who.session_token);
    const auto& expected = j.at("expected").as_object();
    const auto got = sign_case(c, headers, c.query, payload_hash);
    if (auto why = compare(expected, got); !why.empty()) return why;

    aws::signer signer{c.region, c.service};
    auto r = request_of(c);
    const auto signature = signer.sign(r, c.who, c.now, payload_hash);
    if (auto why = check_verified(r, c); !why.empty()) return why;
    // The signer leaves some fields (Date, Content-Length …) unsigned; where it signs all, the signature is
    // the same.
    const auto same_names = "SignedHeaders=" + got.signed_headers + ", ";
    if (r.headers["Authorization"].find(same_names) == std::string_view::npos) return "";
    return differ("the signer's signature", got.signature, signature);
}

std::string check_request(const json::object& j) {
    const auto c = read_case(j);
    if (auto why = differ("path", text_of(j.at("expected").at("encoded_path")), c.path); !why.empty())
        return why;
    return text_of(j.at("kind")) == "presign" ? check_presign(j, c) : check_header(j, c);
}

std::string check_chunks(const s3_case& c, const json::object& j, const std::string& seed,
                         aws::chunk_framing framing, const std::string& payload, const fields& trailers) {
    const auto& expected = j.at("expected").as_object();
    const auto new_signer = [&] { return aws::chunk_signer{c.who, c.amz_date, c.region, c.service, seed}; };
    auto signer = new_signer();
    aws::aws_chunked_encoder encoder{framing, new_signer()};
    std::string body;
    std::size_t at = 0, index = 0;
    for (const auto& e : expected.at("chunks").as_array()) {
        const auto size = static_cast<std::size_t>(e.at("length").to_number<std::int64_t>());
        const auto chunk = std::string_view{payload}.substr(at, size);
        at += size;
        const auto name = "chunk " + std::to_string(index++);
        if (auto why = differ(name, text_of(e.at("string_to_sign")), signer.string_to_sign(chunk));
            !why.empty())
            return why;
        if (auto why = differ(name, text_of(e.at("signature")), signer.sign_chunk(chunk)); !why.empty())
            return why;
        const auto header = body.size();
        if (size == 0) {
            encoder.append_end(body, views(trailers));
        } else {
            encoder.append_header(body, chunk);
        }
        const auto line = body.substr(header, body.find("\r\n", header) - header);
        if (auto why = differ(name + " header", text_of(e.at("chunk_header")), line); !why.empty())
            return why;
        if (size == 0) break;
        body += chunk;
        encoder.append_chunk_end(body);
    }
    if (at != payload.size()) return "the chunks are not the payload";
    if (!trailers.empty()) {
        std::string text;
        for (const auto& [name, value] : trailers) text += name + ":" + value + "\n";
        if (auto why = differ("trailers", text_of(expected.at("trailer_string_to_sign")),
                              signer.trailer_string_to_sign(text));
            !why.empty())
            return why;
        if (auto why =
                differ("trailers", text_of(expected.at("trailer_signature")), signer.sign_trailers(text));
            !why.empty())
            return why;
    }
    if (auto why = differ("body", text_of(expected.at("encoded_body_sha256")), aws::sha256_hex(body));
        !why.empty())
        return why;
    if (expected.at("encoded_body_length").to_number<std::uint64_t>() != body.size()) return "wrong length";
    const auto& lengths = j.at("chunk_lengths").as_array();
    const auto chunk_size = lengths.empty() ? 1 : lengths.at(0).to_number<std::uint64_t>();
    // The length in advance is for chunks of one size, the last one shorter.
    bool even = true;
    for (std::size_t i = 0; i < lengths.size(); ++i) {
        const auto n = lengths[i].to_number<std::uint64_t>();
        even = even && (i + 1 < lengths.size() ? n == chunk_size : n <= chunk_size);
    }
    if (even && aws::aws_chunked_length(framing, payload.size(), chunk_size, views(trailers)) != body.size())
        return "the length in advance is wrong";

    aws::aws_chunked_decoder decoder{framing, new_signer()};
    std::string decoded;
    std::string_view rest = body;
    while (!rest.empty() && !decoder.finished()) {
        const auto piece = decoder.next(rest);
        if (!piece) return "decoder: " + piece.error().message();
        decoded += *piece;
    }
    if (!decoder.finished() || !rest.empty()) return "the decoder did not end with the body";
    for (const auto& [name, value] : trailers)
        if (decoder.trailers()[name] != value) return "the decoder lost trailer " + name;
    return decoded == payload ? "" : "the decoder gave another payload";
}

std::string check_chunked(const json::object& j) {
    const auto c = read_case(j);
    const auto payload = payload_of(j.at("payload").as_object());
    fields trailers;
    for (const auto& t : j.at("trailers").as_array())
        trailers.emplace_back(text_of(t.as_array().at(0)), text_of(t.as_array().at(1)));
    const auto framing = trailers.empty() ? aws::chunk_framing::signed_chunks
                                          : aws::chunk_framing::signed_chunks_signed_trailer;
    auto headers = c.headers;
    headers.emplace_back("x-amz-content-sha256", aws::payload_hash_of(framing));
    headers.emplace_back("x-amz-date", c.amz_date);
    if (!c.who.session_token.empty()) headers.emplace_back("x-amz-security-token", c.who.session_token);
    const auto got = sign_case(c, headers, c.query, std::string{aws::payload_hash_of(framing)});
    if (auto why = compare(j.at("expected").as_object(), got, "seed_signature"); !why.empty()) return why;
    return check_chunks(c, j, got.signature, framing, payload, trailers);
}

std::string check_key(const json::object& j) {
    const auto key = aws::signing_key(text_of(j.at("secret_access_key")), text_of(j.at("date")),
                                      text_of(j.at("region")), text_of(j.at("service")));
    return differ("signing key", text_of(j.at("signing_key_hex")), aws::hex(key));
}

TEST_CASE("conformance: sigv4-s3") {
    const auto folder = test::conformance_folder("sigv4-s3");
    if (!folder) return;
    test::conformance_report report{"sigv4-s3"};
    for (const auto& entry : std::filesystem::directory_iterator{*folder}) {
        if (entry.path().extension() != ".json") continue;
        const auto file = test::read_json(entry.path());
        const bool keys = entry.path().stem() == "key-derivation";
        for (const auto& value : file.at("cases").as_array()) {
            const auto& c = value.as_object();
            const auto name = text_of(c.at("name"));
            if (keys)
                report.check(name, check_key(c));
            else if (text_of(c.at("kind")) == "chunked")
                report.check(name, check_chunked(c));
            else
                report.check(name, check_request(c));
        }
    }
}

} // namespace test_sigv4_s3_suite

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/detail/create_session.hpp>

#include <penstock/s3/detail/error_response.hpp>
#include <penstock/s3/detail/request_builder.hpp>
#include <penstock/s3/detail/response_reader.hpp>

namespace penstock::s3::detail {

class session_handler final : public xml::field_handler {
  public:
    session_handler() noexcept : field_handler{table} {}

    aws::credentials found;

  protected:
    void close_field(std::uint8_t id, std::string& text) override {
        switch (id) {
        case key_id: found.access_key_id = trimmed(text); break;
        case secret: found.secret_access_key = trimmed(text); break;
        case token: found.session_token = trimmed(text); break;
        case expiration: found.expiration = parse_time(text); break;
        default: break;
        }
    }

  private:
    enum : std::uint8_t { root_element = 1, credentials, key_id, secret, token, expiration };
    static constexpr field table[] = {
        {0, "CreateSessionResult"},     {root_element, "Credentials"}, {credentials, "AccessKeyId"},
        {credentials, "SecretAccessKey"}, {credentials, "SessionToken"}, {credentials, "Expiration"},
    };
};

PENSTOCK_DECL operation make_create_session(std::string_view bucket) {
    auto op = bucket_operation("create session", "GET", bucket);
    op.by = signed_by::iam;
    add_query(op, "session");
    return op;
}

PENSTOCK_DECL result<aws::credentials> parse_create_session(const http::response_head& head, std::string_view body) {
    session_handler fields;
    auto done = read_response("create session", head, body, fields, "CreateSessionResult", error_scope::bucket);
    if (!done) return done.error();
    auto& keys = fields.found;
    if (keys.access_key_id.empty() || keys.secret_access_key.empty() || keys.session_token.empty() || !keys.expiration)
        return malformed("create session", head, "a session without keys, token or expiration",
                         "does this store have directory buckets? AWS_S3_DISABLE_EXPRESS_SESSION_AUTH=true does without");
    keys.source = "session of the directory bucket";
    return std::move(keys);
}

} // namespace penstock::s3::detail

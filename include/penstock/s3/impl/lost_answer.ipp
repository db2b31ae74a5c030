// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/detail/lost_answer.hpp>

#include <penstock/aws/sha256.hpp>
#include <penstock/checksum/checksum_hasher.hpp>
#include <penstock/core/detail/attempt.hpp>
#include <penstock/core/detail/ascii.hpp>
#include <penstock/s3/detail/client_state.hpp>
#include <penstock/s3/head_object.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace penstock::s3::detail {

PENSTOCK_DECL bool earlier_may_have_worked(const failure& last) {
    const auto& attempts = last.detail().attempts;
    const auto may_have_worked = [](const attempt_record& a) { return a.http_status < 300 || a.http_status >= 500; };
    return attempts.size() > 1 && std::any_of(attempts.begin(), attempts.end() - 1, may_have_worked);
}

PENSTOCK_DECL bool may_be_echo(const failure& refusal) {
    const auto code = refusal.code();
    return (code == errc::no_such_upload || code == errc::precondition_failed) && earlier_may_have_worked(refusal);
}

/// None where OpenSSL offers no MD5.
inline std::optional<checksum_hasher> md5_hasher() {
    try {
        return checksum_hasher{checksum_algorithm::md5};
    } catch (const error&) {
        return std::nullopt;
    }
}

inline std::string hex_of(const std::string& raw) {
    return aws::hex({reinterpret_cast<const std::uint8_t*>(raw.data()), raw.size()});
}

PENSTOCK_DECL awaitable<std::string> expected_etag(std::shared_ptr<http::body_stream> body) {
    auto hasher = md5_hasher();
    if (!hasher) co_return std::string{};
    co_await hash_slowly(std::move(body), &*hasher);
    co_return hex_of(hasher->finish_raw());
}

PENSTOCK_DECL std::string expected_etag(std::span<const std::span<const std::byte>> body) {
    auto hasher = md5_hasher();
    if (!hasher) return {};
    for (const auto& piece : body) hasher->update(piece);
    return hex_of(hasher->finish_raw());
}

PENSTOCK_DECL std::string expected_etag(const std::vector<completed_part>& parts) {
    auto hasher = md5_hasher();
    if (!hasher) return {};
    for (const auto& part : parts) {
        const auto tag = part.etag.value();
        if (tag.size() != 32) return {};
        std::byte digest[16];
        for (std::size_t i = 0; i < 16; ++i) {
            const auto high = penstock::detail::hex_value(tag[2 * i]), low = penstock::detail::hex_value(tag[2 * i + 1]);
            if (high < 0 || low < 0) return {};
            digest[i] = static_cast<std::byte>(high << 4 | low);
        }
        hasher->update(digest);
    }
    return hex_of(hasher->finish_raw()) + "-" + std::to_string(parts.size());
}

PENSTOCK_DECL bool is_expected(const expected_object& expected, const object_metadata& found, bool gone) {
    const auto tag = found.etag.value();
    if (!expected.etag.empty() && tag == expected.etag) return true;
    if (!expected.size || found.size != expected.size) return false;
    if (expected.checksum && !expected.checksum->value.empty() && found.checksums.type != "COMPOSITE") {
        auto theirs = found.checksums;
        const auto* value = theirs.value(expected.checksum->algorithm);
        if (value && !value->empty()) return *value == expected.checksum->value;
    }
    return gone && expected.parts > 0 && tag.ends_with("-" + std::to_string(expected.parts));
}

PENSTOCK_DECL awaitable<put_object_result> confirm_stored(std::shared_ptr<client_state> client, object_address where,
                                                          expected_object expected, failure refusal,
                                                          request_settings_ptr settings) {
    auto op = make_head_object(where, head_object_options().settings(std::move(settings)).customer_key(expected.key));
    if (expected.checksum) op.headers.add("x-amz-checksum-mode", "ENABLED");
    auto asked = client->call(std::move(op), &parse_head_object);
    penstock::detail::attempt found{std::move(asked)};
    co_await found.run();
    const bool gone = refusal.code() == errc::no_such_upload;
    if (!found || !is_expected(expected, *found, gone)) throw_failure(std::move(refusal));
    put_object_result out;
    out.key = std::move(where.key);
    out.etag = std::move(found->etag);
    out.version_id = std::move(found->version_id);
    out.checksums = std::move(found->checksums);
    out.server_side_encryption = std::move(found->server_side_encryption);
    co_return out;
}

/// A checksum of all bytes, if there is one.
inline std::optional<body_checksum> whole_checksum(const object_checksums& of) {
    if (of.type == "COMPOSITE") return std::nullopt;
    for (const auto a : {checksum_algorithm::crc64nvme, checksum_algorithm::crc32c, checksum_algorithm::crc32,
                         checksum_algorithm::sha1, checksum_algorithm::sha256}) {
        const auto* value = of.value(a);
        if (!value || value->empty()) continue;
        body_checksum out;
        out.algorithm = a;
        out.value = *value;
        return out;
    }
    return std::nullopt;
}

/// What a copy of this source is, as far as the source still tells.
inline awaitable<expected_object> expected_copy(std::shared_ptr<client_state> client, object_address source,
                                                copy_object_options options) {
    expected_object out;
    out.etag = entity_tag{options.source_if_match()}.value();
    out.key = options.customer_key();
    head_object_options asked;
    asked.settings(options.settings()).version_id(options.source_version_id());
    asked.if_match(options.source_if_match()).customer_key(options.source_customer_key());
    auto op = make_head_object(source, asked);
    op.headers.add("x-amz-checksum-mode", "ENABLED");
    auto answer = client->call(std::move(op), &parse_head_object);
    penstock::detail::attempt found{std::move(answer)};
    co_await found.run();
    if (!found) co_return out;
    if (!found->etag.weak()) out.etag = found->etag.value();
    out.size = found->size;
    out.checksum = whole_checksum(found->checksums);
    co_return out;
}

PENSTOCK_DECL awaitable<copy_object_result> copy_confirmed(std::shared_ptr<client_state> client, object_address source,
                                                           object_address target, copy_object_options options) {
    auto op = make_copy_object(source, target, options);
    auto copying = client->call(std::move(op), &parse_copy_object);
    penstock::detail::attempt done{std::move(copying)};
    co_await done.run();
    if (done) co_return std::move(*done);
    const auto refusal = done.error();
    const bool source_gone = refusal.code() == errc::no_such_key && earlier_may_have_worked(refusal);
    const bool onto_itself = source.bucket == target.bucket && source.key == target.key;
    if (onto_itself || !(source_gone || may_be_echo(refusal))) throw_failure(refusal);
    auto looking = expected_copy(client, std::move(source), options);
    auto expected = co_await std::move(looking);
    auto confirming = confirm_stored(std::move(client), std::move(target), std::move(expected), refusal, options.settings());
    auto stored = co_await std::move(confirming);
    copy_object_result out;
    out.etag = std::move(stored.etag);
    out.version_id = std::move(stored.version_id);
    out.source_version_id = options.source_version_id();
    out.checksums = std::move(stored.checksums);
    co_return out;
}

} // namespace penstock::s3::detail

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/detail/lost_answer.hpp>

#include <penstock/aws/sha256.hpp>
#include <penstock/core/as_result.hpp>
#include <penstock/core/detail/ascii.hpp>
#include <penstock/s3/detail/client_state.hpp>
#include <penstock/s3/head_object.hpp>

#include <openssl/evp.h>

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>

namespace penstock::s3::detail {

PENSTOCK_DECL bool may_be_echo(const failure& refusal) {
    const auto code = refusal.code();
    if (code != errc::no_such_upload && code != errc::precondition_failed) return false;
    const auto& attempts = refusal.detail().attempts;
    const auto may_have_worked = [](const attempt_record& a) { return a.http_status < 300 || a.http_status >= 500; };
    return attempts.size() > 1 && std::any_of(attempts.begin(), attempts.end() - 1, may_have_worked);
}

/// MD5 in hex; empty where it is not offered.
class md5_hasher {
  public:
    md5_hasher() : context_{EVP_MD_CTX_new(), &EVP_MD_CTX_free} {
        usable_ = context_ && EVP_DigestInit_ex(context_.get(), EVP_md5(), nullptr) == 1;
    }
    void update(std::span<const std::byte> bytes) {
        usable_ = usable_ && EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1;
    }
    std::string finish() {
        std::uint8_t digest[16];
        if (!usable_ || EVP_DigestFinal_ex(context_.get(), digest, nullptr) != 1) return {};
        return aws::hex(digest);
    }

  private:
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
    bool usable_ = false;
};

PENSTOCK_DECL std::string expected_etag(std::span<const std::span<const std::byte>> body) {
    md5_hasher hasher;
    for (const auto& piece : body) hasher.update(piece);
    return hasher.finish();
}

PENSTOCK_DECL std::string expected_etag(const std::vector<completed_part>& parts) {
    md5_hasher hasher;
    for (const auto& part : parts) {
        const auto tag = part.etag.value();
        if (tag.size() != 32) return {};
        std::byte digest[16];
        for (std::size_t i = 0; i < 16; ++i) {
            const auto high = penstock::detail::hex_value(tag[2 * i]), low = penstock::detail::hex_value(tag[2 * i + 1]);
            if (high < 0 || low < 0) return {};
            digest[i] = static_cast<std::byte>(high << 4 | low);
        }
        hasher.update(digest);
    }
    auto md5 = hasher.finish();
    return md5.empty() ? md5 : md5 + "-" + std::to_string(parts.size());
}

PENSTOCK_DECL awaitable<put_object_result> confirm_stored(std::shared_ptr<client_state> client, object_address where,
                                                          std::string etag, failure refusal) {
    auto op = make_head_object(where);
    auto asked = client->call(std::move(op), &parse_head_object);
    auto found = co_await as_result(std::move(asked));
    if (!found || etag.empty() || found->etag.value() != etag) throw_failure(std::move(refusal));
    put_object_result out;
    out.etag = std::move(found->etag);
    out.version_id = std::move(found->version_id);
    out.checksums = std::move(found->checksums);
    out.server_side_encryption = std::move(found->server_side_encryption);
    co_return out;
}

} // namespace penstock::s3::detail

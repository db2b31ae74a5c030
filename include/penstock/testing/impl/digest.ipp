// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/testing/detail/digest.hpp>

#include <penstock/core/error.hpp>
#include <penstock/http/header_list.hpp>

#include <openssl/evp.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <utility>

namespace penstock::testing::detail {

template <class T>
constexpr std::array<T, 256> reflected_crc_table(T polynomial) {
    std::array<T, 256> table{};
    for (unsigned i = 0; i < 256; ++i) {
        T crc = i;
        for (int bit = 0; bit < 8; ++bit) crc = (crc & 1) ? (crc >> 1) ^ polynomial : crc >> 1;
        table[i] = crc;
    }
    return table;
}

inline constexpr auto crc32c_table = reflected_crc_table<std::uint32_t>(0x82f63b78u);
inline constexpr auto crc64nvme_table = reflected_crc_table<std::uint64_t>(0x9a6c9329ac4bc9b5ull);

template <class T>
T update_crc(T crc, const std::array<T, 256>& table, std::string_view bytes) noexcept {
    crc = ~crc;
    for (const char c : bytes) crc = table[(crc ^ static_cast<unsigned char>(c)) & 0xff] ^ (crc >> 8);
    return ~crc;
}

struct checksum_row {
    digest_kind kind;
    std::string_view upper;
    std::string_view lower;
};
inline constexpr checksum_row checksum_rows[] = {
    {digest_kind::crc32, "CRC32", "crc32"},
    {digest_kind::crc32c, "CRC32C", "crc32c"},
    {digest_kind::sha1, "SHA1", "sha1"},
    {digest_kind::sha256, "SHA256", "sha256"},
    {digest_kind::crc64nvme, "CRC64NVME", "crc64nvme"},
};

struct digest::state {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    state() = default;
    state(const state&) = delete;
    state& operator=(const state&) = delete;
    ~state() { EVP_MD_CTX_free(context); }
};

PENSTOCK_DECL std::optional<digest_kind> checksum_by_name(std::string_view name) noexcept {
    for (const auto& row : checksum_rows)
        if (http::iequals(row.upper, name)) return row.kind;
    return std::nullopt;
}

PENSTOCK_DECL std::string_view checksum_name(digest_kind kind) noexcept {
    for (const auto& row : checksum_rows)
        if (row.kind == kind) return row.upper;
    return {};
}

PENSTOCK_DECL std::string checksum_header(digest_kind kind) {
    for (const auto& row : checksum_rows)
        if (row.kind == kind) return "x-amz-checksum-" + std::string{row.lower};
    return {};
}

PENSTOCK_DECL bool is_crc(digest_kind kind) noexcept {
    return kind == digest_kind::crc32 || kind == digest_kind::crc32c || kind == digest_kind::crc64nvme;
}

PENSTOCK_DECL digest::digest(digest_kind kind) : kind_{kind}, crc_{0} {
    if (is_crc(kind)) return;
    state_ = std::make_unique<state>();
    const EVP_MD* method = kind == digest_kind::md5    ? EVP_md5()
                           : kind == digest_kind::sha1 ? EVP_sha1()
                                                       : EVP_sha256();
    if (!state_->context || EVP_DigestInit_ex(state_->context, method, nullptr) != 1)
        throw_failure(failure{errc::unsupported, "OpenSSL does not offer the digest",
                              "MD5 is missing where OpenSSL runs in FIPS mode"});
}
PENSTOCK_DECL digest::~digest() = default;
PENSTOCK_DECL digest::digest(digest&&) noexcept = default;
PENSTOCK_DECL digest& digest::operator=(digest&&) noexcept = default;

PENSTOCK_DECL void digest::update(std::string_view bytes) {
    if (bytes.empty()) return;
    switch (kind_) {
    case digest_kind::crc32:
        crc_ =
            ::crc32_z(static_cast<uLong>(crc_), reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
        break;
    case digest_kind::crc32c:
        crc_ = update_crc(static_cast<std::uint32_t>(crc_), crc32c_table, bytes);
        break;
    case digest_kind::crc64nvme:
        crc_ = update_crc(crc_, crc64nvme_table, bytes);
        break;
    default:
        EVP_DigestUpdate(state_->context, bytes.data(), bytes.size());
    }
}

PENSTOCK_DECL std::string digest::finish() {
    std::string out;
    if (is_crc(kind_)) {
        const int size = kind_ == digest_kind::crc64nvme ? 8 : 4;
        for (int i = size - 1; i >= 0; --i) out += static_cast<char>(crc_ >> (8 * i));
        return out;
    }
    unsigned char raw[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    EVP_DigestFinal_ex(state_->context, raw, &size);
    out.assign(reinterpret_cast<const char*>(raw), size);
    return out;
}

PENSTOCK_DECL std::string digest_of(digest_kind kind, std::string_view bytes) {
    digest d{kind};
    d.update(bytes);
    return d.finish();
}

PENSTOCK_DECL std::string to_hex(std::string_view raw) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string out;
    out.reserve(raw.size() * 2);
    for (const char c : raw) {
        out += digits[static_cast<unsigned char>(c) >> 4];
        out += digits[static_cast<unsigned char>(c) & 15];
    }
    return out;
}

PENSTOCK_DECL std::string from_hex(std::string_view hex) {
    auto value = [](char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; };
    std::string out;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        out += static_cast<char>(value(hex[i]) << 4 | value(hex[i + 1]));
    return out;
}

PENSTOCK_DECL std::string to_base64(std::string_view raw) {
    std::string out((raw.size() + 2) / 3 * 4 + 1, '\0');
    const int n =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                        reinterpret_cast<const unsigned char*>(raw.data()), static_cast<int>(raw.size()));
    out.resize(static_cast<std::size_t>(n));
    return out;
}

PENSTOCK_DECL std::optional<std::string> from_base64(std::string_view text) {
    if (text.size() % 4 != 0 || text.size() > 4096) return std::nullopt;
    std::string out(text.size() / 4 * 3, '\0');
    const int n =
        EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                        reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
    if (n < 0) return std::nullopt;
    const auto padding = text.ends_with("==") ? 2u : text.ends_with('=') ? 1u : 0u;
    out.resize(std::max<std::size_t>(static_cast<std::size_t>(n), padding) - padding);
    if (to_base64(out) != text) return std::nullopt; // OpenSSL takes padding anywhere
    return out;
}

} // namespace penstock::testing::detail

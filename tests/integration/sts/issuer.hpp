// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace sts_test {

/// Unpadded, in the alphabet for URLs.
inline std::string base64url(std::string_view bytes) {
    static constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::string out;
    unsigned held = 0;
    int bits = 0;
    for (const char c : bytes) {
        held = held << 8 | static_cast<unsigned char>(c);
        for (bits += 8; bits >= 6; bits -= 6) out += digits[held >> (bits - 6) & 63];
    }
    if (bits > 0) out += digits[held << (6 - bits) & 63];
    return out;
}

/// Signs tokens as the identity provider whose keys tests/real/issuer.py serves.
class issuer {
  public:
    issuer(std::string url, const std::string& key_file) : url_{std::move(url)} {
        const std::unique_ptr<BIO, int (*)(BIO*)> file{BIO_new_file(key_file.c_str(), "r"), &BIO_free};
        if (file) key_.reset(PEM_read_bio_PrivateKey(file.get(), nullptr, nullptr, nullptr));
        if (!key_) throw std::runtime_error{"cannot read the issuer's key " + key_file};
    }

    /// A token for the audience that the stores know, valid from now on or, where `lifetime` is negative, no more.
    std::string token(const std::string& subject, std::chrono::seconds lifetime = std::chrono::hours{1}) const {
        const auto now = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
        const auto text = [](long long n) { return std::to_string(n); };
        const auto claims = R"({"iss":")" + url_ + R"(","aud":"penstock","sub":")" + subject + R"(","iat":)" + text(now - 7200) +
                            R"(,"nbf":)" + text(now - 7200) + R"(,"exp":)" + text(now + lifetime.count()) + "}";
        const auto signed_text = base64url(R"({"alg":"RS256","kid":"penstock-test","typ":"JWT"})") + "." + base64url(claims);
        return signed_text + "." + base64url(sign(signed_text));
    }

  private:
    std::string sign(const std::string& text) const {
        const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
        std::size_t size = 0;
        const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
        std::string out;
        if (EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) != 1 ||
            EVP_DigestSign(context.get(), nullptr, &size, bytes, text.size()) != 1)
            throw std::runtime_error{"cannot sign"};
        out.resize(size);
        if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size, bytes, text.size()) != 1)
            throw std::runtime_error{"cannot sign"};
        out.resize(size);
        return out;
    }

    std::string url_;
    std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key_{nullptr, &EVP_PKEY_free};
};

} // namespace sts_test

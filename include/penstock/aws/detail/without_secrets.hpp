// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/error.hpp>

#include <string>
#include <string_view>

namespace penstock::aws::detail {

/// What a service says, for people: whole, or `otherwise` where it repeats something that it was sent in confidence. Whole
/// or not at all, for what is cut may end within a secret. `secrets` is a range of texts; empty ones are none.
template <class Texts>
std::string without_secrets(std::string_view text, const Texts& secrets, const char* otherwise = "(not shown)") {
    for (const std::string_view secret : secrets)
        if (!secret.empty() && text.find(secret) != text.npos) return otherwise;
    return printable(text);
}

} // namespace penstock::aws::detail

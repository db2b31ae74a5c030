// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/config.hpp>

#include <optional>
#include <string_view>
#include <vector>

namespace penstock::aws {

/// The parts of an Amazon Resource Name. Views into the text that was parsed.
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
struct arn {
    std::string_view partition, service;
    std::string_view region, account_id;    ///< may be empty
    std::vector<std::string_view> resource; ///< split at ':' and '/': "accesspoint", "name"
};

/// Whether `text` means to be an ARN, well formed or not.
constexpr bool is_arn(std::string_view text) noexcept { return text.starts_with("arn:"); }

/// None for text without all of its parts.
PENSTOCK_DECL std::optional<arn> parse_arn(std::string_view text);

} // namespace penstock::aws

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/arn.ipp>
#endif

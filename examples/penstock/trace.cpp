// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "trace.hpp"

#include <penstock/aws/environment.hpp>
#include <penstock/http/trace.hpp>

#include <cstdio>
#include <string>
#include <string_view>

namespace tool {

using namespace penstock;

std::shared_ptr<http::transport_observer> make_tool_trace() {
    // Where credentials of containers are is their secret with some agents.
    const aws::environment env;
    const auto relative = env.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"), full = env.get("AWS_CONTAINER_CREDENTIALS_FULL_URI");
    const auto secret = [relative, full](std::string_view target) {
        return target.size() > 1 && ((relative && *relative == target) || (full && full->ends_with(target)));
    };
    const auto say = [](std::string_view line) {
        std::fprintf(stderr, "trace: %.*s\n", static_cast<int>(line.size()), line.data());
    };
    return http::make_trace(say, http::trace_options{}.secret_target(secret));
}

} // namespace tool

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "session.hpp"

#include "trace.hpp"

#include <penstock/dataset/open.hpp>
#include <penstock/s3/json_spec.hpp>

namespace tool {

using namespace penstock;

session::session(executor ex, global_options options)
    : executor_{std::move(ex)}, options_{std::move(options)},
      budget_{memory_budget::create(options_.memory_budget.value_or(s3::client_options{}.memory_budget()))},
      pool_{buffer_pool::create(budget_)} {}

s3::client_options session::client_options() const {
    s3::client_options o;
    o.budget(budget_);
    o.endpoint_url(options_.endpoint_url).region(options_.region).profile(options_.profile).requester_pays(options_.requester_pays);
    if (options_.anonymous) o.anonymous();
    if (options_.path_style) o.path_style(true);
    if (options_.memory_budget) o.memory_budget(*options_.memory_budget);
    if (!options_.retry.empty()) o.retry(aws::retry_options::preset(options_.retry));
    if (options_.trace) o.transport(http::transport_options{}.observer(make_tool_trace()));
    return o;
}

s3::client& session::s3() {
    if (!client_) client_.emplace(executor_, client_options());
    return *client_;
}

s3::client* session::s3_for(const std::string& url) {
    return is_s3_url(url) || s3::is_json_spec(url) ? &s3() : nullptr;
}

awaitable<std::uint64_t> pump(byte_source& from, byte_sink& to, progress& bar) {
    constexpr std::size_t block_size = std::size_t{1} << 20;
    const auto block = std::make_unique_for_overwrite<std::byte[]>(block_size);
    const std::span<std::byte> whole{block.get(), block_size};
    std::uint64_t total = 0;
    for (;;) {
        const std::size_t n = co_await read_some(from, whole);
        if (n == 0) co_return total;
        co_await to.write(whole.first(n));
        total += n;
        bar.advance(n);
    }
}

} // namespace tool

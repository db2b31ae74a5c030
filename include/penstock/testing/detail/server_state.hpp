// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/buffer_pool.hpp>
#include <penstock/testing/detail/listening_server.hpp>
#include <penstock/testing/request_record.hpp>
#include <penstock/testing/s3_server_options.hpp>
#include <penstock/testing/s3_service.hpp>

#include <deque>
#include <functional>
#include <memory>

namespace penstock::testing::detail {

struct server_state final : listening_server {
    s3_server_options options;
    std::shared_ptr<fault_plan> faults;
    std::shared_ptr<buffer_pool> buffers;
    std::unique_ptr<s3_service> service;
    std::deque<request_record> log;
    std::size_t log_header_bytes = 0;

    void remember(request_record r) {
        statistics.request_bytes += r.request_bytes;
        statistics.response_bytes += r.response_bytes;
        log_header_bytes += cost(r);
        log.push_back(std::move(r));
        const auto& limits = options.limits();
        while (!log.empty() && (log.size() > limits.log_size || log_header_bytes > limits.log_header_bytes)) {
            log_header_bytes -= cost(log.front());
            log.pop_front();
        }
    }

  protected:
    PENSTOCK_DECL awaitable<void> serve(http::stream_ptr stream, std::function<void()> reset,
                                        std::uint64_t number) override;
    const server_limits& transport_limits() const noexcept override { return options.limits(); }

  private:
    static std::size_t cost(const request_record& r) {
        return r.headers.text().size() + 2 * r.target.size() + r.path.size();
    }
};

} // namespace penstock::testing::detail

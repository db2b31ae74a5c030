// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/asio.hpp>
#include <penstock/core/buffer_pool.hpp>
#include <penstock/testing/request_record.hpp>
#include <penstock/testing/s3_server_options.hpp>
#include <penstock/testing/s3_service.hpp>

#include <boost/asio/cancellation_signal.hpp>

#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <vector>

struct ssl_ctx_st;

namespace penstock::testing::detail {

struct connection_control {
    asio::cancellation_signal signal;
};

struct server_state {
    executor ex;
    s3_server_options options;
    std::shared_ptr<clock_source> clock;
    std::shared_ptr<fault_plan> faults;
    std::shared_ptr<buffer_pool> buffers;
    std::shared_ptr<ssl_ctx_st> tls;
    std::unique_ptr<s3_service> service;
    server_statistics statistics;
    std::deque<request_record> log;
    std::size_t log_header_bytes = 0;
    std::list<std::shared_ptr<connection_control>> connections;
    std::vector<std::function<void()>> close_ports;
    std::string endpoint;
    std::uint16_t port = 0;
    bool stopped = false;

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

  private:
    static std::size_t cost(const request_record& r) {
        return r.headers.text().size() + 2 * r.target.size() + r.path.size();
    }
};

} // namespace penstock::testing::detail

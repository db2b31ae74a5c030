// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/testing/s3_server.hpp>

#include <penstock/core/buffer_pool.hpp>
#include <penstock/testing/detail/server_session.hpp>
#include <penstock/testing/detail/server_state.hpp>

#include <utility>

namespace penstock::testing {
namespace detail {

PENSTOCK_DECL awaitable<void> server_state::serve(http::stream_ptr stream, std::function<void()> reset,
                                                  std::uint64_t number) {
    server_session session{*this, std::move(stream), std::move(reset), number};
    co_await session.run();
}

} // namespace detail

PENSTOCK_DECL s3_server::s3_server(executor ex, s3_server_options options)
    : state_{std::make_shared<detail::server_state>()} {
    auto& s = *state_;
    s.ex = std::move(ex);
    s.options = std::move(options);
    s.clock = s.options.clock() ? s.options.clock() : make_system_clock();
    s.faults = s.options.faults() ? s.options.faults() : fault_plan::create();
    s.buffers = buffer_pool::create();
    if (!s.options.certificate_pem().empty())
        s.tls = detail::make_server_tls_context(s.options.certificate_pem(), s.options.key_pem());
    auto store = s.options.storage() ? s.options.storage() : make_memory_storage();
    s.service =
        std::make_unique<s3_service>(s.options.service(), std::move(store), s.clock, s.options.random());
}

PENSTOCK_DECL s3_server::~s3_server() {
    if (state_) stop();
}

PENSTOCK_DECL std::uint16_t s3_server::listen(std::uint16_t port, std::string address) {
    return state_->listen(port, address);
}

PENSTOCK_DECL void s3_server::listen(simulated_network& network, std::string host, std::uint16_t port) {
    state_->listen(network, host, port);
}

PENSTOCK_DECL void s3_server::serve(server_stream_ptr stream) {
    auto* raw = stream.get();
    state_->start(std::move(stream), [raw] { raw->reset(); });
}

PENSTOCK_DECL void s3_server::stop() noexcept { state_->stop(); }

PENSTOCK_DECL const std::string& s3_server::endpoint() const noexcept { return state_->endpoint; }
PENSTOCK_DECL std::uint16_t s3_server::port() const noexcept { return state_->port; }
PENSTOCK_DECL const std::deque<request_record>& s3_server::requests() const noexcept { return state_->log; }
PENSTOCK_DECL void s3_server::forget_requests() noexcept {
    state_->log.clear();
    state_->log_header_bytes = 0;
}
PENSTOCK_DECL const server_statistics& s3_server::statistics() const noexcept { return state_->statistics; }
PENSTOCK_DECL s3_service& s3_server::service() const noexcept { return *state_->service; }
PENSTOCK_DECL storage& s3_server::store() const noexcept { return state_->service->store(); }
PENSTOCK_DECL fault_plan& s3_server::faults() const noexcept { return *state_->faults; }

PENSTOCK_DECL void s3_server::put(const std::string& bucket, const std::string& key, std::string_view bytes,
                                  std::string_view content_type) {
    auto& store = state_->service->store();
    const auto now = state_->clock->wall_now();
    if (!store.has_bucket(bucket)) store.create_bucket(bucket, now);
    object_record r;
    r.key = key;
    r.etag = detail::to_hex(detail::digest_of(detail::digest_kind::md5, bytes));
    r.last_modified = now;
    r.headers.add("Content-Type", content_type);
    auto staged = store.stage();
    staged->append(std::as_bytes(std::span{bytes.data(), bytes.size()}));
    store.put(bucket, std::move(r), std::move(staged));
}

} // namespace penstock::testing

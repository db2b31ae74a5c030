// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/clock.hpp>
#include <penstock/s3/client.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace penstock::s3 {

/// One of several who use a client: what is his own.
class tenant_options {
  public:
    tenant_options() = default;

    /// Where turns, or what rates allow, are not enough for all: his part beside the others' (above 0). Who leaves his part
    /// leaves it to the others. The client itself counts as one with its own weight (1 unless said).
    tenant_options& weight(double v) { return weight_ = v, *this; }
    /// No more than so many of the client's requests at a time.
    tenant_options& max_requests(std::uint64_t n) { return max_requests_ = n, *this; }
    /// Requests a second, within the client's rates; see `client_options::read_rate`.
    tenant_options& read_rate(std::shared_ptr<rate_limiter> v) { return read_rate_ = std::move(v), *this; }
    tenant_options& write_rate(std::shared_ptr<rate_limiter> v) { return write_rate_ = std::move(v), *this; }
    /// Instead of the client's; from the client's budget unless these name one.
    tenant_options& retry(aws::retry_options v) { return retry_ = std::move(v), *this; }
    /// A part of its own of the memory that buffers take, instead of the client's.
    tenant_options& budget(std::shared_ptr<penstock::memory_budget> v) { return budget_ = std::move(v), *this; }

    /// What he is called in metrics and spans. His series are then in the client's registry, with this as their label "tenant";
    /// the attribute "penstock.tenant" of his spans is the same. A registry keeps the series of every label that there ever
    /// was. Unsaid, he counts as the client does: into the registry of the client's options, else into one of his own; a tenant of a
    /// tenant has the label of that one.
    tenant_options& label(std::string v) { return label_ = std::move(v), *this; }

    double weight() const noexcept { return weight_; }
    std::uint64_t max_requests() const noexcept { return max_requests_; }
    const std::shared_ptr<rate_limiter>& read_rate() const noexcept { return read_rate_; }
    const std::shared_ptr<rate_limiter>& write_rate() const noexcept { return write_rate_; }
    const std::optional<aws::retry_options>& retry() const noexcept { return retry_; }
    const std::shared_ptr<penstock::memory_budget>& budget() const noexcept { return budget_; }
    const std::string& label() const noexcept { return label_; }

  private:
    double weight_ = 1;
    std::uint64_t max_requests_ = fair_semaphore::no_limit;
    std::shared_ptr<rate_limiter> read_rate_, write_rate_;
    std::optional<aws::retry_options> retry_;
    std::shared_ptr<penstock::memory_budget> budget_;
    std::string label_;
};

/// A client for one tenant of `of`: with its settings, connections, names, credentials, retry budget, turns and rates, and
/// statistics of his own. Belongs to the same executor, and keeps what is shared alive. No I/O. Throws
/// `errc::invalid_option`.
///
/// Cheap, but not free: make one for each tenant, not for each request. Sharing them between many clients on several
/// threads is done by handles in `client_options` (request_concurrency, read_rate, write_rate, budget, retry) and its `weight`.
PENSTOCK_DECL client make_tenant(const client& of, tenant_options options);

} // namespace penstock::s3

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/tenant.ipp>
#endif

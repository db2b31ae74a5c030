// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/credentials_chain.hpp>
#include <penstock/aws/credentials_provider.hpp>
#include <penstock/aws/credentials_request.hpp>
#include <penstock/aws/endpoint_switches.hpp>
#include <penstock/aws/environment.hpp>
#include <penstock/aws/profile_location.hpp>
#include <penstock/aws/retry_strategy.hpp>
#include <penstock/core/buffer_pool.hpp>
#include <penstock/core/clock.hpp>
#include <penstock/core/file_io.hpp>
#include <penstock/core/random.hpp>
#include <penstock/core/fair_semaphore.hpp>
#include <penstock/core/semaphore.hpp>
#include <penstock/http/connector.hpp>
#include <penstock/http/header_list.hpp>
#include <penstock/http/proxy_options.hpp>
#include <penstock/http/tls_context.hpp>
#include <penstock/http/transport_options.hpp>
#include <penstock/s3/store_capabilities.hpp>
#include <penstock/s3/hedging.hpp>
#include <penstock/s3/store_context.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace penstock {
class rate_limiter;
class metrics_registry;
}

namespace penstock::s3 {

class request_observer;

/// Everything that can be set about a client. What is not set comes from the environment (AWS_ENDPOINT_URL_S3,
/// AWS_ENDPOINT_URL, AWS_REGION, AWS_DEFAULT_REGION, AWS_USE_DUALSTACK_ENDPOINT and its kin, AWS_ACCESS_KEY_ID and its
/// kin, AWS_CA_BUNDLE, HTTPS_PROXY and its kin), else from the profile (endpoint_url, services, region, what is nested in s3, ca_bundle), else from
/// a default.
class client_options {
  public:
    client_options() = default;

    // ---- where

    /// "https://host:port/base" or "http://…": plain HTTP is used when it is asked for here, never else.
    client_options& endpoint_url(std::string v) { return endpoint_url_ = std::move(v), *this; }
    /// Unsaid on AWS: found for each bucket, by one unsigned HEAD, and remembered. A bucket that proves to be in another
    /// region is followed there, once a request; with an endpoint_url, only the signature changes.
    client_options& region(std::string v) { return region_ = std::move(v), *this; }
    /// Off: region names that this version does not know are taken as they are.
    client_options& check_region(bool on) { return check_region_ = on, *this; }
    /// For tests alone: customer keys (SSE-C) may be sent where everybody on the way can read them.
    client_options& customer_keys_without_tls(bool on) { return customer_keys_without_tls_ = on, *this; }
    /// The bucket in the path (true) or in the host name (false). Default: by what the endpoint is.
    client_options& path_style(bool on) { return path_style_ = on, *this; }
    /// Sent and signed as Host instead of the endpoint's own; only together with an endpoint.
    client_options& host_header(std::string v) { return host_header_ = std::move(v), *this; }
    /// Which profile of the shared config and credentials files: else AWS_PROFILE, else "default".
    client_options& profile(std::string name) { return profile_.name = std::move(name), *this; }
    /// Where these files are; an empty path is unsaid: AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE, else in ~/.aws.
    client_options& profile_files(std::string config, std::string credentials) {
        profile_.config_file = std::move(config);
        profile_.credentials_file = std::move(credentials);
        return *this;
    }

    // Which of AWS's endpoints; `aws::endpoint_switches` says more. With an endpoint_url of one's own all that choose
    // another host name are refused.
    client_options& dual_stack(bool on) { return switches_.dual_stack = on, *this; }
    client_options& fips(bool on) { return switches_.fips = on, *this; }
    client_options& accelerate(bool on) { return switches_.accelerate = on, *this; }
    /// Off: an access point's ARN with another region than the client's is refused.
    client_options& use_arn_region(bool on) { return switches_.use_arn_region = on, *this; }
    client_options& legacy_us_east_1(bool on) { return switches_.legacy_us_east_1 = on, *this; }

    // ---- who

    client_options& credentials(aws::provider_ptr v) { return credentials_ = std::move(v), *this; }
    PENSTOCK_DECL client_options& credentials(std::string access_key_id, std::string secret_access_key,
                                              std::string session_token = {});
    /// Unsigned requests, for public data.
    PENSTOCK_DECL client_options& anonymous();
    /// Where credentials come from when none are given, and a role to assume by them. Unsaid: the default chain, as
    /// `aws::make_default_credentials_chain` has it, with the profile of these options.
    client_options& credentials_request(aws::credentials_request v) { return credentials_request_ = std::move(v), *this; }
    /// Told of each source that is asked for credentials.
    client_options& credentials_observer(aws::chain_observer v) { return credentials_observer_ = std::move(v), *this; }
    client_options& requester_pays(bool on) { return requester_pays_ = on, *this; }

    // ---- how

    client_options& tls(http::tls_options v) { return tls_ = std::move(v), *this; }
    /// Which proxy to go through; `http::proxy_options()` for none. Unsaid: as `http::read_proxy_environment` has it. Services
    /// that credentials come from are reached likewise, but for the metadata of instance and container. Not together with
    /// a `connector`.
    client_options& proxy(http::proxy_options v) { return proxy_ = std::move(v), *this; }
    client_options& transport(http::transport_options v) { return transport_ = v, *this; }
    /// Else AWS_RETRY_MODE and AWS_MAX_ATTEMPTS or the profile's retry_mode and max_attempts, else our default.
    client_options& retry(aws::retry_options v) { return retry_ = std::move(v), *this; }
    /// That default, where nobody says anything of retries.
    client_options& default_retry(aws::retry_options v) { return default_retry_ = std::move(v), *this; }
    /// At most so many requests at a time; at least 1. Unsaid: the context's, where there is one; else
    /// PENSTOCK_S3_REQUEST_CONCURRENCY, TENSORSTORE_S3_REQUEST_CONCURRENCY, or 32. See the other overload.
    client_options& request_concurrency(std::uint64_t limit) { return request_concurrency(fair_semaphore::create(limit)); }
    /// At most so many reads and lists, or writes and deletes, a second, tried again or not; twice as many after each
    /// `doubling_time`, where that is not zero. Throws `errc::invalid_option` for a rate that is not above 0.
    PENSTOCK_DECL client_options& read_rate(double per_second, duration doubling_time = duration::zero());
    PENSTOCK_DECL client_options& write_rate(double per_second, duration doubling_time = duration::zero());
    /// Late answers to GETs of objects are asked for once more, within a budget: `hedging_options` says how. By default they
    /// are waited for.
    client_options& hedging(hedging_options v) { return hedging_ = v, *this; }
    /// Of limits that clients share, where there is not enough for all: this one's part.
    client_options& weight(double v) { return weight_ = v, *this; }
    /// Of a shared request concurrency, no more than so many for this client.
    client_options& max_requests(std::uint64_t n) { return max_requests_ = n, *this; }
    /// What all buffers of this client may take together, in bytes; at least 1 MiB. Default 128 MiB.
    client_options& memory_budget(std::uint64_t bytes) { return memory_budget_ = bytes, *this; }
    /// Who waits for some of that fails with `errc::budget_stalled` when for so long (or twice that) nobody used or gave back what
    /// he holds; see `semaphore::touch`. Default a minute; `duration::max()`: never. A `budget` has its own.
    client_options& memory_patience(duration d) { return memory_patience_ = d, *this; }
    /// How much an `object_writer` gathers before it uploads in parts, and the size of these; at least 5 MiB on AWS. Where
    /// that is more than half the memory budget, parts are as small as that, but no smaller than 5 MiB if these fit.
    client_options& part_size(std::uint64_t bytes) { return part_size_ = bytes, *this; }
    /// Parts of an upload stay at that size, as some stores want it. Off: they grow, so that 10,000 of them reach the
    /// largest object.
    client_options& equal_parts(bool on) { return equal_parts_ = on, *this; }
    /// What the store can do, as far as it is known beforehand; it is believed. What is left open is learned.
    client_options& capabilities(store_capabilities v) { return capabilities_ = std::move(v), *this; }
    /// Larger bodies in memory are sent in parts by `client::put`: S3 takes no larger one in a single request.
    client_options& multipart_threshold(std::uint64_t bytes) { return multipart_threshold_ = bytes, *this; }
    /// Off: over plain HTTP, too, the signature covers the header alone, as it does over TLS, and not the body: whoever is
    /// in between could change it.
    client_options& sign_payload(bool on) { return sign_payload_ = on, *this; }
    /// How many parts of one upload or copy are sent at a time; at least 1.
    client_options& upload_concurrency(std::size_t parts) { return upload_concurrency_ = parts, *this; }
    /// Follows "penstock/VERSION" in User-Agent.
    client_options& user_agent(std::string v) { return user_agent_ = std::move(v), *this; }

    // ---- seams: shared handles, and what tests replace

    client_options& clock(std::shared_ptr<clock_source> v) { return clock_ = std::move(v), *this; }
    client_options& random(std::shared_ptr<random_source> v) { return random_ = std::move(v), *this; }
    client_options& resolver(std::shared_ptr<http::resolver> v) { return resolver_ = std::move(v), *this; }
    client_options& connector(std::shared_ptr<http::connector> v) { return connector_ = std::move(v), *this; }
    client_options& buffers(std::shared_ptr<buffer_pool> v) { return buffers_ = std::move(v), *this; }
    /// A request holds one unit from before it is sent until its answer has been read or dropped, not while it waits to be
    /// retried. Open bodies leave one unit to short requests, where there are two: so who reads one object may write
    /// another. Who opens more bodies than there are units, and reads none, is told by `errc::deadline_exceeded` after a
    /// minute and the transport's limits.
    client_options& request_concurrency(std::shared_ptr<fair_semaphore> v) { return requests_ = std::move(v), *this; }
    client_options& read_rate(std::shared_ptr<rate_limiter> v) { return read_rate_ = std::move(v), *this; }
    client_options& write_rate(std::shared_ptr<rate_limiter> v) { return write_rate_ = std::move(v), *this; }
    /// One budget over several clients; replaces `memory_budget` and `memory_patience`.
    client_options& budget(std::shared_ptr<penstock::memory_budget> v) { return budget_ = std::move(v), *this; }
    /// What JSON specs share that are opened by way of this client; see `open_source`.
    client_options& context(store_context v) { return context_ = std::move(v), *this; }
    /// Counts into this registry, which several clients may share; by default each has its own, as `client::metrics`.
    client_options& metrics(std::shared_ptr<metrics_registry> v) { return metrics_ = std::move(v), *this; }
    /// So many labels of calls (`request_options::label`) have series of their own in the registry, whose all clients with it are;
    /// what comes with further ones is counted as of "other". 0: labels are not counted by.
    client_options& metric_labels(std::size_t most) { return metric_labels_ = most, *this; }
    /// Told of every call and its attempts, as spans.
    client_options& observer(std::shared_ptr<request_observer> v) { return observer_ = std::move(v), *this; }
    /// Where environment variables come from: by default the process's.
    client_options& environment(aws::environment v) { return environment_ = std::move(v), *this; }
    /// How config and credentials files are read: by default from the disk.
    client_options& file_reader(penstock::file_reader v) { return file_reader_ = std::move(v), *this; }

    /// One more header field with every request to the store, signed like all others; a call's own of that name replaces it.
    /// Throws `errc::invalid_option` for fields that the client sets itself.
    PENSTOCK_DECL client_options& header(std::string_view name, std::string_view value);

    const std::string& endpoint_url() const noexcept { return endpoint_url_; }
    const std::string& region() const noexcept { return region_; }
    bool check_region() const noexcept { return check_region_; }
    bool customer_keys_without_tls() const noexcept { return customer_keys_without_tls_; }
    const std::optional<bool>& path_style() const noexcept { return path_style_; }
    const std::string& host_header() const noexcept { return host_header_; }
    const aws::endpoint_switches& endpoint_switches() const noexcept { return switches_; }
    const aws::profile_request& profile() const noexcept { return profile_; }
    const aws::provider_ptr& credentials() const noexcept { return credentials_; }
    const aws::credentials_request& credentials_request() const noexcept { return credentials_request_; }
    const aws::chain_observer& credentials_observer() const noexcept { return credentials_observer_; }
    bool requester_pays() const noexcept { return requester_pays_; }
    const http::tls_options& tls() const noexcept { return tls_; }
    const std::optional<http::proxy_options>& proxy() const noexcept { return proxy_; }
    const http::transport_options& transport() const noexcept { return transport_; }
    const std::optional<aws::retry_options>& retry() const noexcept { return retry_; }
    const aws::retry_options& default_retry() const noexcept { return default_retry_; }
    const std::shared_ptr<fair_semaphore>& request_concurrency() const noexcept { return requests_; }
    const std::shared_ptr<rate_limiter>& read_rate() const noexcept { return read_rate_; }
    const std::shared_ptr<rate_limiter>& write_rate() const noexcept { return write_rate_; }
    const std::optional<hedging_options>& hedging() const noexcept { return hedging_; }
    double weight() const noexcept { return weight_; }
    std::uint64_t max_requests() const noexcept { return max_requests_; }
    std::uint64_t memory_budget() const noexcept { return memory_budget_; }
    duration memory_patience() const noexcept { return memory_patience_; }
    std::uint64_t part_size() const noexcept { return part_size_; }
    bool equal_parts() const noexcept { return equal_parts_; }
    const store_capabilities& capabilities() const noexcept { return capabilities_; }
    std::uint64_t multipart_threshold() const noexcept { return multipart_threshold_; }
    bool sign_payload() const noexcept { return sign_payload_; }
    std::size_t upload_concurrency() const noexcept { return upload_concurrency_; }
    const http::header_list& headers() const noexcept { return headers_; }
    const std::string& user_agent() const noexcept { return user_agent_; }
    const std::shared_ptr<clock_source>& clock() const noexcept { return clock_; }
    const std::shared_ptr<random_source>& random() const noexcept { return random_; }
    const std::shared_ptr<http::resolver>& resolver() const noexcept { return resolver_; }
    const std::shared_ptr<http::connector>& connector() const noexcept { return connector_; }
    const std::shared_ptr<buffer_pool>& buffers() const noexcept { return buffers_; }
    const std::shared_ptr<penstock::memory_budget>& budget() const noexcept { return budget_; }
    const std::optional<store_context>& context() const noexcept { return context_; }
    const std::shared_ptr<metrics_registry>& metrics() const noexcept { return metrics_; }
    std::size_t metric_labels() const noexcept { return metric_labels_; }
    const std::shared_ptr<request_observer>& observer() const noexcept { return observer_; }
    const aws::environment& environment() const noexcept { return environment_; }
    const penstock::file_reader& file_reader() const noexcept { return file_reader_; }

  private:
    std::string endpoint_url_;
    std::string region_;
    bool check_region_ = true;
    bool customer_keys_without_tls_ = false;
    std::optional<bool> path_style_;
    std::string host_header_;
    aws::endpoint_switches switches_;
    aws::profile_request profile_;
    aws::provider_ptr credentials_;
    aws::credentials_request credentials_request_;
    aws::chain_observer credentials_observer_;
    bool requester_pays_ = false;
    http::tls_options tls_;
    std::optional<http::proxy_options> proxy_;
    http::transport_options transport_;
    std::optional<aws::retry_options> retry_;
    aws::retry_options default_retry_;
    std::shared_ptr<fair_semaphore> requests_;
    std::shared_ptr<rate_limiter> read_rate_, write_rate_;
    std::optional<hedging_options> hedging_;
    double weight_ = 1;
    std::uint64_t max_requests_ = fair_semaphore::no_limit;
    std::uint64_t memory_budget_ = std::uint64_t{128} << 20;
    duration memory_patience_ = penstock::memory_budget::usual_patience;
    std::uint64_t part_size_ = std::uint64_t{8} << 20;
    bool equal_parts_ = false;
    store_capabilities capabilities_;
    std::uint64_t multipart_threshold_ = std::uint64_t{5} << 30;
    bool sign_payload_ = true;
    std::size_t upload_concurrency_ = 4;
    http::header_list headers_;
    std::string user_agent_;
    std::shared_ptr<clock_source> clock_;
    std::shared_ptr<random_source> random_;
    std::shared_ptr<http::resolver> resolver_;
    std::shared_ptr<http::connector> connector_;
    std::shared_ptr<buffer_pool> buffers_;
    std::shared_ptr<penstock::memory_budget> budget_;
    std::optional<store_context> context_;
    std::shared_ptr<metrics_registry> metrics_;
    std::size_t metric_labels_ = 20;
    std::shared_ptr<request_observer> observer_;
    aws::environment environment_;
    penstock::file_reader file_reader_ = read_small_file;
};

} // namespace penstock::s3

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/client_options.ipp>
#endif

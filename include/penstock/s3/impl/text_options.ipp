// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/text_options.hpp>

#include <penstock/aws/arn.hpp>
#include <penstock/aws/default_credentials_chain.hpp>
#include <penstock/aws/endpoint_url.hpp>
#include <penstock/aws/region.hpp>
#include <penstock/core/detail/ascii.hpp>
#include <penstock/core/detail/text_values.hpp>
#include <penstock/s3/detail/option_failure.hpp>

#include <fast_float/fast_float.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace penstock::s3 {
namespace detail::text_option {

/// An option as it was given.
struct option {
    std::string_view name;
    const std::string& value;
};

/// What was said of one thing, and by which option.
template <class T>
struct said {
    std::optional<T> value;
    std::string_view name;

    explicit operator bool() const noexcept { return value.has_value(); }
    const T& operator*() const noexcept { return *value; }

    /// The value is not repeated: it may be a secret.
    void take(std::string_view by, T v) {
        if (value && *value != v)
            refuse_option(errc::invalid_option, by, "it says something else than '" + std::string{name} + "'",
                          "give one of the two");
        value = std::move(v);
        if (name.empty()) name = by;
    }
};

/// Instead of a number: a limit that others have, too.
inline constexpr std::uint64_t shared = std::numeric_limits<std::uint64_t>::max();

/// None: all.
using credentials_sources = std::vector<aws::credentials_source>;

enum class auth_mode : std::uint8_t { role, key, anonymous };

/// All that options can say.
struct draft {
    said<std::string> endpoint, region, host_header;
    said<bool> path_style, check_region, dual_stack, fips, accelerate, use_arn_region, legacy_us_east_1;
    said<auth_mode> auth;
    said<credentials_sources> sources;
    said<std::string> key_id, secret, token, profile, config_file, credentials_file, role_arn, external_id;
    said<bool> requester_pays;
    said<std::string> retry;
    said<std::uint64_t> max_retries, requests, memory_budget, part_size, upload_concurrency;
    said<duration> initial_delay, max_delay, doubling_time, connect_timeout, tls_timeout, first_byte_timeout, stall_timeout, idle_timeout, max_lifetime;
    said<std::uint64_t> minimum_speed, max_connections;
    said<std::string> ca_file, ca_directory, client_certificate, client_key;
    said<double> read_rate, write_rate, weight;
    said<bool> equal_parts, sign_payload;
    said<std::uint64_t> multipart_threshold, max_requests, metric_labels;
    said<std::uint64_t> max_idle, max_idle_per_origin, drain_limit, max_header_size, expect_continue_from;
    said<duration> connection_wait_timeout, drain_timeout, continue_timeout, speed_window;
    said<std::optional<duration>> hedging; ///< zero: as it is learnt; none: off
    said<std::string> user_agent, proxy, no_proxy, dns_servers;
    said<object_address> url;
    said<std::string> bucket, key, format, row_index_name, file_path_column;
    said<bool> replace, hive_partitioning;
    said<std::uint64_t> buffer_blocks, buffer_bytes, copy_concurrency;
};

// ---- values

inline std::string any_text(const option& o) { return o.value; }

inline bool flag(const option& o) {
    const auto v = penstock::detail::parse_flag(o.value);
    if (!v) refuse_value(o.name, o.value, "true or false");
    return *v;
}

inline std::uint64_t number_from(const option& o, std::uint64_t least) {
    constexpr std::uint64_t most = 1'000'000;
    const auto v = penstock::detail::parse_number(o.value);
    if (!v || *v < least || *v > most)
        refuse_value(o.name, o.value, "a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    return *v;
}
inline std::uint64_t count(const option& o) { return number_from(o, 1); }
inline std::uint64_t count_or_none(const option& o) { return number_from(o, 0); }

inline std::uint64_t size(const option& o) {
    const auto v = penstock::detail::parse_size(o.value);
    if (!v || *v == 0) refuse_value(o.name, o.value, "a number of bytes, as 67108864 or 64MiB (units KiB, MiB, GiB, TiB)");
    return *v;
}

inline std::uint64_t size_or_none(const option& o) { return o.value == "0" ? 0 : size(o); }

inline duration time_span(const option& o) {
    const auto v = penstock::detail::parse_duration(o.value);
    if (!v) refuse_value(o.name, o.value, "a time with its unit, as 32s or 500ms (units ns, us, ms, s, m, h)");
    return *v;
}
inline duration time_limit(const option& o) {
    const auto v = time_span(o);
    if (v == duration::zero()) refuse_value(o.name, o.value, "more than nothing");
    return v;
}

inline std::optional<duration> hedging(const option& o) {
    if (o.value == "false") return std::nullopt;
    if (o.value == "true") return duration::zero();
    const auto v = penstock::detail::parse_duration(o.value);
    if (!v || *v == duration::zero()) refuse_value(o.name, o.value, "true, false, or a time above nothing, as 50ms");
    return *v;
}

template <class T>
struct named_value {
    std::string_view name;
    T value;
};

/// One of a few words, in just this case.
template <class T, std::size_t N>
T word(const option& o, const named_value<T> (&words)[N]) {
    std::string known;
    for (const auto& w : words) {
        if (w.name == o.value) return w.value;
        if (!known.empty()) known += &w == std::end(words) - 1 ? " or " : ", ";
        known += w.name;
    }
    refuse_value(o.name, o.value, known);
}

inline double rate(const option& o) {
    double v = 0;
    const auto end = o.value.data() + o.value.size();
    const auto r = fast_float::from_chars(o.value.data(), end, v);
    if (r.ec != std::errc{} || r.ptr != end || !(v > 0) || !std::isfinite(v))
        refuse_value(o.name, o.value, "a number above 0");
    return v;
}

inline std::string endpoint(const option& o) {
    told_of(o.name, [&] { (void)aws::parse_endpoint_url(o.value); });
    return o.value;
}

inline std::string proxy(const option& o) {
    if (o.value != "none") told_of(o.name, [&] { (void)http::proxy_options().url(o.value); });
    return o.value;
}

inline std::string name_servers(const option& o) {
    told_of(o.name, [&] { (void)http::make_cares_resolver(o.value); });
    return o.value;
}

/// Whether AWS has it is for the client to tell: that depends on the endpoint.
inline std::string region(const option& o) {
    told_of(o.name, [&] { aws::check_region(o.value, false); });
    return o.value;
}

inline std::string role(const option& o) {
    const auto parsed = aws::parse_arn(o.value);
    const bool good = parsed && parsed->service == "iam" && parsed->resource.size() > 1 && parsed->resource[0] == "role";
    if (!good) refuse_value(o.name, o.value, "a role's ARN, as arn:aws:iam::123456789012:role/name");
    return o.value;
}

inline object_address url(const option& o) {
    object_address found;
    told_of(o.name, [&] { found = parse_url(o.value).value(); });
    return found;
}

inline std::string bucket(const option& o) {
    const auto text = "s3://" + o.value + "/";
    if (url(option{o.name, text}).bucket != o.value) refuse_value(o.name, o.value, "a bucket's name, without a path");
    return o.value;
}

/// As document 003 has it: "/path/to/file" is path/to/file.
inline std::string rooted_path(const option& o) { return o.value.substr(o.value.starts_with('/') ? 1 : 0); }

inline std::string format(const option& o) {
    static constexpr std::string_view known[] = {"csv", "tsv", "json", "jsonl", "parquet", "avro", "txt"};
    const auto name = penstock::detail::lower_case(o.value);
    if (name == "ndjson") return "jsonl";
    if (std::find(std::begin(known), std::end(known), name) == std::end(known))
        refuse_value(o.name, o.value, "csv, tsv, json, jsonl, parquet, avro or txt");
    return name;
}

inline std::string retry_name(const option& o) {
    told_of(o.name, [&] { (void)aws::retry_options::preset(o.value); });
    return o.value;
}

// ---- what options set

template <auto Member, auto Parse>
void set(draft& d, const option& o) {
    (d.*Member).take(o.name, Parse(o));
}

inline void set_auth(draft& d, const option& o) {
    static constexpr named_value<auth_mode> words[] = {
        {"iam_role", auth_mode::role}, {"key", auth_mode::key}, {"public", auth_mode::anonymous}};
    d.auth.take(o.name, word(o, words));
}

/// One of `words`, which are names that `aws::named_credentials_sources` knows.
inline void take_sources(draft& d, const option& o, std::span<const std::string_view> words, std::string_view wanted) {
    if (std::find(words.begin(), words.end(), o.value) == words.end()) refuse_value(o.name, o.value, wanted);
    d.sources.take(o.name, aws::named_credentials_sources(o.value));
}

inline void set_role_source(draft& d, const option& o) {
    static constexpr std::string_view words[] = {"auto", "metadata", "env"};
    take_sources(d, o, words, "auto, metadata or env");
}

inline void set_credentials_type(draft& d, const option& o) {
    if (o.value == "anonymous") return d.auth.take(o.name, auth_mode::anonymous);
    static constexpr std::string_view words[] = {"default", "environment", "profile", "ecs", "imds"};
    take_sources(d, o, words, "default, anonymous, environment, profile, ecs or imds");
}

inline void set_requests(draft& d, const option& o) {
    const auto n = o.value == "shared" ? shared : penstock::detail::parse_number(o.value).value_or(0);
    if (n == 0) refuse_value(o.name, o.value, "a whole number from 1, or shared");
    d.requests.take(o.name, n);
}

inline void set_mode(draft& d, const option& o) {
    static constexpr named_value<bool> words[] = {{"replace", true}};
    d.replace.take(o.name, word(o, words));
}

inline void must_be_s3(draft&, const option& o) {
    if (o.value != "s3") refuse_value(o.name, o.value, "s3");
}

struct row {
    std::string_view name;
    void (*set)(draft&, const option&);
    bool may_be_empty = false;
};

inline constexpr row table[] = {
    // document 000
    {"s3_auth", set_auth},
    {"iam_role_source", set_role_source},
    {"s3_key", set<&draft::key_id, any_text>},
    {"s3_secret", set<&draft::secret, any_text>},
    {"s3_endpoint", set<&draft::endpoint, endpoint>},
    {"s3_region", set<&draft::region, region>},
    {"hive_partitioning_enabled", set<&draft::hive_partitioning, flag>},
    // document 001; the keys, region and endpoint are other documents', too
    {"aws_access_key_id", set<&draft::key_id, any_text>},
    {"aws_secret_access_key", set<&draft::secret, any_text>},
    {"region", set<&draft::region, region>},
    {"endpoint", set<&draft::endpoint, endpoint>},
    {"max_retries", set<&draft::max_retries, count_or_none>},
    {"buffer_blocks", set<&draft::buffer_blocks, count>},
    {"buffer_bytes", set<&draft::buffer_bytes, size>},
    {"row_index_name", set<&draft::row_index_name, any_text>},
    {"include_file_paths", set<&draft::file_path_column, any_text>},
    // document 002
    {"connector", must_be_s3},
    {"uri", set<&draft::url, url>},
    {"bucket", set<&draft::bucket, bucket>},
    {"key", set<&draft::key, any_text>, true},
    {"format", set<&draft::format, format>},
    {"mode", set_mode},
    {"aws_session_token", set<&draft::token, any_text>, true},
    // document 003
    {"Region", set<&draft::region, region>},
    {"Access Key ID", set<&draft::key_id, any_text>},
    {"Secret Access Key", set<&draft::secret, any_text>},
    {"IAM Role ARN", set<&draft::role_arn, role>},
    {"External ID", set<&draft::external_id, any_text>},
    {"Bucket", set<&draft::bucket, bucket>},
    {"Path", set<&draft::key, rooted_path>, true},
    {"File type", set<&draft::format, format>},
    // document 004: what has no members of its own in its JSON; see json_spec.hpp for that
    {"driver", must_be_s3},
    {"path", set<&draft::key, any_text>, true},
    {"aws_region", set<&draft::region, region>},
    {"host_header", set<&draft::host_header, any_text>},
    {"requester_pays", set<&draft::requester_pays, flag>},
    {"aws_credentials", set_credentials_type},
    {"profile", set<&draft::profile, any_text>},
    {"config_file", set<&draft::config_file, any_text>},
    {"credentials_file", set<&draft::credentials_file, any_text>},
    {"s3_request_concurrency", set_requests},
    {"data_copy_concurrency", set<&draft::copy_concurrency, count>},
    {"initial_delay", set<&draft::initial_delay, time_span>},
    {"max_delay", set<&draft::max_delay, time_span>},
    {"read_rate", set<&draft::read_rate, rate>},
    {"write_rate", set<&draft::write_rate, rate>},
    {"doubling_time", set<&draft::doubling_time, time_span>},
    // our own, as `client_options` calls them
    {"endpoint_url", set<&draft::endpoint, endpoint>},
    {"path_style", set<&draft::path_style, flag>},
    {"check_region", set<&draft::check_region, flag>},
    {"dual_stack", set<&draft::dual_stack, flag>},
    {"fips", set<&draft::fips, flag>},
    {"accelerate", set<&draft::accelerate, flag>},
    {"use_arn_region", set<&draft::use_arn_region, flag>},
    {"legacy_us_east_1", set<&draft::legacy_us_east_1, flag>},
    {"s3_session_token", set<&draft::token, any_text>, true},
    {"role_arn", set<&draft::role_arn, role>},
    {"external_id", set<&draft::external_id, any_text>},
    {"retry", set<&draft::retry, retry_name>},
    {"memory_budget", set<&draft::memory_budget, size>},
    {"part_size", set<&draft::part_size, size>},
    {"upload_concurrency", set<&draft::upload_concurrency, count>},
    {"tls_timeout", set<&draft::tls_timeout, time_limit>},
    {"idle_timeout", set<&draft::idle_timeout, time_span>},
    {"max_lifetime", set<&draft::max_lifetime, time_limit>},
    {"minimum_speed", set<&draft::minimum_speed, size>},
    {"max_connections_per_origin", set<&draft::max_connections, count>},
    {"ca_file", set<&draft::ca_file, any_text>},
    {"ca_directory", set<&draft::ca_directory, any_text>},
    {"client_certificate_file", set<&draft::client_certificate, any_text>},
    {"client_key_file", set<&draft::client_key, any_text>},
    {"connect_timeout", set<&draft::connect_timeout, time_limit>},
    {"first_byte_timeout", set<&draft::first_byte_timeout, time_limit>},
    {"stall_timeout", set<&draft::stall_timeout, time_limit>},
    {"minimum_speed_window", set<&draft::speed_window, time_limit>},
    {"connection_wait_timeout", set<&draft::connection_wait_timeout, time_limit>},
    {"max_idle", set<&draft::max_idle, count_or_none>},
    {"max_idle_per_origin", set<&draft::max_idle_per_origin, count_or_none>},
    {"drain_limit", set<&draft::drain_limit, size_or_none>},
    {"drain_timeout", set<&draft::drain_timeout, time_limit>},
    {"max_header_size", set<&draft::max_header_size, size>},
    {"expect_continue_from", set<&draft::expect_continue_from, size_or_none>},
    {"continue_timeout", set<&draft::continue_timeout, time_limit>},
    {"equal_parts", set<&draft::equal_parts, flag>},
    {"multipart_threshold", set<&draft::multipart_threshold, size>},
    {"sign_payload", set<&draft::sign_payload, flag>},
    {"hedging", set<&draft::hedging, hedging>},
    {"weight", set<&draft::weight, rate>},
    {"max_requests", set<&draft::max_requests, count>},
    {"metric_labels", set<&draft::metric_labels, count_or_none>},
    {"user_agent", set<&draft::user_agent, any_text>},
    {"proxy", set<&draft::proxy, proxy>},
    {"no_proxy", set<&draft::no_proxy, any_text>},
    {"dns_servers", set<&draft::dns_servers, name_servers>},
};

inline void read(draft& d, const option& o) {
    std::vector<std::string_view> names;
    for (const auto& known : table) {
        if (known.name != o.name) {
            names.push_back(known.name);
            continue;
        }
        if (o.value.empty() && known.may_be_empty) return;
        if (o.value.empty())
            refuse_option(errc::invalid_option, o.name, "it has no value", "give it one, or leave the option out");
        if (o.value.starts_with("${"))
            refuse_option(errc::invalid_option, o.name, "it still holds a placeholder, \"${…}\"",
                          "let the server put the value into its place");
        return known.set(d, o);
    }
    auto hint = did_you_mean(o.name, names);
    if (hint.empty()) hint = "docs/options.md has the names that there are";
    refuse_option(errc::invalid_option, o.name, "no such option", std::move(hint));
}

// ---- what they mean together

[[noreturn]] inline void refuse_both(std::string_view a, std::string_view b, std::string why) {
    refuse_option(errc::invalid_option, a, "it cannot be given together with '" + std::string{b} + "'", std::move(why));
}

/// The name of the option that gave a key, or part of one.
inline std::string_view key_option(const draft& d) {
    return d.key_id ? d.key_id.name : d.secret ? d.secret.name : d.token ? d.token.name : std::string_view{};
}

inline void check_identity(const draft& d) {
    const auto key = key_option(d);
    if (d.auth && *d.auth == auth_mode::key && key.empty())
        refuse_option(errc::invalid_credentials, d.auth.name, "it says 'key', and there is none",
                      "give s3_key and s3_secret, or another way in");
    if (d.auth && *d.auth != auth_mode::key && !key.empty())
        refuse_both(d.auth.name, key, "with keys, say 'key' or nothing");
    if (d.sources && !key.empty()) refuse_both(d.sources.name, key, "keys that are given are the credentials");
    if (d.auth && *d.auth == auth_mode::anonymous) {
        if (d.sources) refuse_both(d.auth.name, d.sources.name, "public access has no credentials");
        if (d.role_arn) refuse_both(d.auth.name, d.role_arn.name, "public access has no credentials");
    }
    if (d.external_id && !d.role_arn)
        refuse_option(errc::invalid_option, d.external_id.name, "there is no role that it is for", "give the role's ARN");
    if (key.empty()) return;
    if (!d.key_id)
        refuse_option(errc::invalid_credentials, key, "there is no access key id to it", "give both id and secret");
    if (!d.secret)
        refuse_option(errc::invalid_credentials, key, "there is no secret access key to it", "give both id and secret");
}

inline void settle_identity(client_options& out, draft& d) {
    check_identity(d);
    if (d.key_id)
        told_of(d.key_id.name, [&] { out.credentials(*d.key_id, *d.secret, d.token.value.value_or("")); });
    if (d.auth && *d.auth == auth_mode::anonymous) out.anonymous();
    aws::credentials_request asked;
    if (d.sources) asked.sources = *d.sources;
    asked.role_arn = d.role_arn.value.value_or("");
    asked.external_id = d.external_id.value.value_or("");
    out.credentials_request(std::move(asked));
    if (d.profile) out.profile(*d.profile);
    if (d.config_file || d.credentials_file)
        out.profile_files(d.config_file.value.value_or(""), d.credentials_file.value.value_or(""));
    if (d.requester_pays) out.requester_pays(*d.requester_pays);
}

inline void settle_place(client_options& out, const draft& d) {
    if (d.endpoint) out.endpoint_url(*d.endpoint);
    if (d.region) out.region(*d.region);
    if (d.host_header) {
        if (!d.endpoint)
            refuse_option(errc::invalid_option, d.host_header.name, "there is no endpoint that it is for",
                          "give the endpoint as well: the header alone would not change where requests go");
        out.host_header(*d.host_header);
    }
    if (d.path_style) out.path_style(*d.path_style);
    if (d.check_region) out.check_region(*d.check_region);
    if (d.dual_stack) out.dual_stack(*d.dual_stack);
    if (d.fips) out.fips(*d.fips);
    if (d.accelerate) out.accelerate(*d.accelerate);
    if (d.use_arn_region) out.use_arn_region(*d.use_arn_region);
    if (d.legacy_us_east_1) out.legacy_us_east_1(*d.legacy_us_east_1);
}

/// `max_retries` is document 001's, unless a preset is named: it counts retries, and brings that document's delays. Of
/// "tensorstore" it counts attempts, as in document 004.
inline void settle_retries(client_options& out, const draft& d) {
    if (!d.retry && !d.max_retries && !d.initial_delay && !d.max_delay) return;
    const std::string name = d.retry ? *d.retry : d.max_retries ? "jetliner" : "default";
    auto how = aws::retry_options::preset(name);
    if (d.max_retries) {
        if (name == "none") refuse_both(d.max_retries.name, d.retry.name, "'none' is no retries");
        const auto n = static_cast<int>(*d.max_retries);
        if (name == "tensorstore" && n == 0)
            refuse_value(d.max_retries.name, "0", "1 or more: of 'tensorstore' it counts the first attempt");
        how.max_attempts(name == "tensorstore" ? n : n + 1);
    }
    if (d.initial_delay) how.first_delay(*d.initial_delay);
    if (d.max_delay) how.max_delay(*d.max_delay);
    if (d.initial_delay && how.first_delay() > how.max_delay())
        refuse_option(errc::invalid_option, d.initial_delay.name, "it is longer than the longest delay",
                      "max_delay must not be shorter");
    out.retry(std::move(how));
}

inline void settle_transport(client_options& out, const draft& d) {
    auto how = out.transport();
    if (d.tls_timeout) how.tls_timeout(*d.tls_timeout);
    if (d.idle_timeout) how.idle_timeout(*d.idle_timeout);
    if (d.max_lifetime) how.max_lifetime(*d.max_lifetime);
    if (d.speed_window && !d.minimum_speed)
        refuse_option(errc::invalid_option, d.speed_window.name, "there is no speed that it is for", "give minimum_speed as well");
    if (d.minimum_speed) how.minimum_speed(*d.minimum_speed, d.speed_window.value.value_or(how.speed_window()));
    if (d.max_connections) how.max_connections_per_origin(*d.max_connections);
    if (d.connect_timeout) how.connect_timeout(*d.connect_timeout);
    if (d.first_byte_timeout) how.first_byte_timeout(*d.first_byte_timeout);
    if (d.stall_timeout) how.stall_timeout(*d.stall_timeout);
    if (d.connection_wait_timeout) how.connection_wait_timeout(*d.connection_wait_timeout);
    if (d.max_idle) how.max_idle(static_cast<std::size_t>(*d.max_idle));
    if (d.max_idle_per_origin) how.max_idle_per_origin(static_cast<std::size_t>(*d.max_idle_per_origin));
    if (d.drain_limit) how.drain_limit(*d.drain_limit);
    if (d.drain_timeout) how.drain_timeout(*d.drain_timeout);
    if (d.max_header_size) how.max_header_size(static_cast<std::size_t>(*d.max_header_size));
    if (d.expect_continue_from) how.expect_continue_from(*d.expect_continue_from);
    if (d.continue_timeout) how.continue_timeout(*d.continue_timeout);
    out.transport(how);
    auto trust = out.tls();
    if (d.ca_file) trust.ca_file(*d.ca_file);
    if (d.ca_directory) trust.ca_directory(*d.ca_directory);
    if (d.client_key && !d.client_certificate)
        refuse_option(errc::invalid_option, d.client_key.name, "there is no certificate that it is for", "give client_certificate_file as well");
    if (d.client_certificate)
        trust.client_certificate_file(*d.client_certificate, d.client_key ? *d.client_key : *d.client_certificate);
    out.tls(std::move(trust));
    if (d.user_agent) out.user_agent(*d.user_agent);
    if (d.dns_servers) out.resolver(http::make_cares_resolver(*d.dns_servers));
    if (d.no_proxy && !d.proxy)
        refuse_option(errc::invalid_option, d.no_proxy.name, "there is no proxy that it is for", "give the proxy as well");
    if (!d.proxy) return;
    http::proxy_options by;
    if (*d.proxy != "none") by.url(*d.proxy);
    if (d.no_proxy) by.no_proxy(*d.no_proxy);
    out.proxy(std::move(by));
}

inline void settle_limits(client_options& out, const draft& d, const store_context& context) {
    if (d.requests)
        out.request_concurrency(*d.requests == shared ? context.shared_requests() : fair_semaphore::create(*d.requests));
    const auto doubling = d.doubling_time.value.value_or(duration::zero());
    if (d.doubling_time && !d.read_rate && !d.write_rate)
        refuse_option(errc::invalid_option, d.doubling_time.name, "there is no rate that it is for", "give read_rate or write_rate");
    if (d.read_rate) out.read_rate(*d.read_rate, doubling);
    if (d.write_rate) out.write_rate(*d.write_rate, doubling);
    if (d.memory_budget) out.memory_budget(*d.memory_budget);
    if (d.part_size) out.part_size(*d.part_size);
    if (d.upload_concurrency) out.upload_concurrency(static_cast<std::size_t>(*d.upload_concurrency));
    if (d.equal_parts) out.equal_parts(*d.equal_parts);
    if (d.multipart_threshold) out.multipart_threshold(*d.multipart_threshold);
    if (d.sign_payload) out.sign_payload(*d.sign_payload);
    if (d.hedging && *d.hedging) {
        const auto after = **d.hedging;
        out.hedging(after > duration::zero() ? hedging_options{after} : hedging_options{});
    }
    if (d.weight) out.weight(*d.weight);
    if (d.max_requests) out.max_requests(*d.max_requests);
    if (d.metric_labels) out.metric_labels(static_cast<std::size_t>(*d.metric_labels));
    settle_transport(out, d);
}

inline void settle_data(data_settings& out, draft& d) {
    if (d.key && !d.bucket && !d.url)
        refuse_option(errc::missing_bucket, d.key.name, "there is no bucket that it is in", "give the bucket as well");
    if (d.url && d.bucket && d.url.value->bucket != *d.bucket)
        refuse_both(d.url.name, d.bucket.name, "they name different buckets");
    if (d.url && d.key && d.url.value->key != *d.key) refuse_both(d.url.name, d.key.name, "they name different keys");
    if (d.bucket && !d.url) d.url.value = object_address{*d.bucket, d.key.value.value_or("")};
    out.address = std::move(d.url.value);
    out.format = std::move(d.format.value);
    out.replace = d.replace.value;
    out.hive_partitioning = d.hive_partitioning.value;
    out.buffer_blocks = d.buffer_blocks.value;
    out.buffer_bytes = d.buffer_bytes.value;
    out.row_index_name = std::move(d.row_index_name.value);
    out.file_path_column = std::move(d.file_path_column.value);
    if (d.copy_concurrency) out.copy_concurrency = semaphore::create(*d.copy_concurrency);
}

} // namespace detail::text_option

PENSTOCK_DECL void detail::set_client_options(client_options& out, const std::map<std::string, std::string>& options) {
    namespace given = text_option;
    given::draft d;
    for (const auto& [name, value] : options) given::read(d, given::option{name, value});
    given::settle_place(out, d);
    given::settle_limits(out, d, store_context());
}

PENSTOCK_DECL parallel_options parallel_options_of(const data_settings& data) {
    parallel_options out;
    const auto blocks = std::min<std::uint64_t>(data.buffer_blocks.value_or(out.connections() - 1), 64);
    out.connections(static_cast<std::uint32_t>(1 + blocks));
    if (!data.buffer_bytes) return out;
    out.window(*data.buffer_bytes);
    if (data.buffer_blocks) out.part_size(std::max(*data.buffer_bytes / blocks, std::uint64_t{1} << 20));
    return out;
}

PENSTOCK_DECL result<text_settings> parse_text_options(const std::map<std::string, std::string>& options,
                                                       const store_context& context) {
    namespace given = detail::text_option;
    try {
        given::draft d;
        for (const auto& [name, value] : options) given::read(d, given::option{name, value});
        text_settings out;
        given::settle_place(out.client, d);
        given::settle_identity(out.client, d);
        given::settle_retries(out.client, d);
        given::settle_limits(out.client, d, context);
        given::settle_data(out.data, d);
        return out;
    } catch (const error& e) {
        return e.as_failure();
    }
}

} // namespace penstock::s3

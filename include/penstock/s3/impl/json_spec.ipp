// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/json_spec.hpp>

#include <penstock/aws/endpoint_url.hpp>
#include <penstock/aws/region.hpp>
#include <penstock/aws/setting.hpp>
#include <penstock/core/detail/simdjson_dom.hpp>
#include <penstock/core/detail/text_values.hpp>
#include <penstock/s3/detail/context_scope.hpp>
#include <penstock/s3/detail/option_failure.hpp>
#include <penstock/s3/text_options.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace penstock::s3 {
namespace detail::json_spec {

/// A value of the document, and where it stands.
struct place {
    simdjson::dom::element value;
    std::string pointer; ///< RFC 6901; "" is the root

    place child(std::string_view name, simdjson::dom::element v) const {
        std::string at = pointer + "/";
        for (const char c : name) c == '~' ? at += "~0" : c == '/' ? at += "~1" : at += c;
        return {v, std::move(at)};
    }
};

[[noreturn]] inline void refuse(const place& at, std::string_view wanted) {
    using kind = simdjson::dom::element_type;
    const auto type = at.value.type();
    const auto shown = type == kind::OBJECT ? "an object" : type == kind::ARRAY ? "an array" : simdjson::minify(at.value);
    refuse_option(errc::invalid_option, at.pointer.empty() ? "the JSON spec" : at.pointer, printable(shown, 64),
                  "it must be " + std::string{wanted});
}

// ---- values

inline std::string text(const place& at) {
    std::string_view v;
    if (at.value.get(v)) refuse(at, "a string");
    return std::string{v};
}

inline std::string some_text(const place& at) {
    auto v = text(at);
    if (v.empty()) refuse(at, "a string that is not empty");
    return v;
}

inline bool flag(const place& at) {
    bool v = false;
    if (at.value.get(v)) refuse(at, "true or false");
    return v;
}

inline std::uint64_t count(const place& at, std::string_view wanted = "a whole number from 1") {
    std::uint64_t v = 0;
    if (at.value.get(v) || v == 0) refuse(at, wanted);
    return v;
}

inline double rate(const place& at) {
    double v = 0;
    if (at.value.get(v) || !(v > 0)) refuse(at, "a number above 0");
    return v;
}

inline duration time_span(const place& at) {
    std::string_view v;
    const auto found = at.value.get(v) ? std::nullopt : penstock::detail::parse_duration(v);
    if (!found) refuse(at, "a time with its unit, as \"32s\" or \"500ms\" (units ns, us, ms, s, m, h)");
    return *found;
}

// ---- objects

/// What a member of an object does to what the object is read into.
template <class T>
struct row {
    std::string_view name;
    void (*set)(T&, const place&);
};

/// The members of an object, each once.
inline std::vector<std::pair<std::string_view, place>> members(const place& at, std::string_view wanted = "an object") {
    simdjson::dom::object object;
    if (at.value.get(object)) refuse(at, wanted);
    std::vector<std::pair<std::string_view, place>> out;
    for (const auto& [name, value] : object) out.emplace_back(name, at.child(name, value));
    std::vector<std::string_view> names;
    for (const auto& m : out) names.push_back(m.first);
    std::sort(names.begin(), names.end());
    const auto twice = std::adjacent_find(names.begin(), names.end());
    if (twice != names.end())
        refuse_option(errc::invalid_option, at.child(*twice, at.value).pointer, "it stands there twice",
                      "a member may be there once");
    return out;
}

inline std::string listed(const std::vector<std::string_view>& names) {
    std::string out;
    for (const auto name : names) (out += out.empty() ? "" : ", ") += name;
    return out;
}

[[noreturn]] inline void refuse_name(const place& at, std::string_view name, const std::vector<std::string_view>& known) {
    auto hint = did_you_mean(name, known);
    if (hint.empty()) hint = "there are " + listed(known);
    refuse_option(errc::invalid_option, at.pointer, "no such member", std::move(hint));
}

template <class T, std::size_t N>
void read(T& into, const place& at, const row<T> (&rows)[N], std::string_view wanted = "an object") {
    for (const auto& [name, member] : members(at, wanted)) {
        const auto found = std::find_if(std::begin(rows), std::end(rows), [n = name](const auto& r) { return r.name == n; });
        if (found != std::end(rows)) {
            found->set(into, member);
            continue;
        }
        std::vector<std::string_view> known;
        for (const auto& r : rows) known.push_back(r.name);
        refuse_name(member, name, known);
    }
}

// ---- resources

/// A number, or zero for "shared".
inline std::uint64_t parse_limit(const place& at) {
    static constexpr row<std::uint64_t> rows[] = {{"limit", [](std::uint64_t& limit, const place& p) {
        std::string_view word;
        if (!p.value.get(word) && word == "shared")
            limit = 0;
        else
            limit = count(p, "a whole number from 1, or \"shared\"");
    }}};
    std::uint64_t limit = 0; // shared
    read(limit, at, rows);
    return limit;
}

inline context_resource parse_request_limit(const place& at, const context_scope& scope) {
    request_limit_resource out;
    if (const auto limit = parse_limit(at); limit > 0)
        out.limit = fair_semaphore::create(limit);
    else
        told_of(at.pointer, [&] { out.limit = scope.shared_requests(); });
    return out;
}
inline context_resource parse_copy_limit(const place& at, const context_scope& scope) {
    const auto limit = parse_limit(at);
    return copy_limit_resource{limit > 0 ? semaphore::create(limit) : scope.shared_copies()};
}

inline context_resource parse_retries(const place& at, const context_scope&) {
    using retries = aws::retry_options;
    static constexpr row<retries> rows[] = {
        {"max_retries",
         [](retries& r, const place& p) {
             constexpr std::uint64_t most = std::numeric_limits<int>::max();
             r.max_attempts(static_cast<int>(std::min(count(p), most)));
         }},
        {"initial_delay", [](retries& r, const place& p) { r.first_delay(time_span(p)); }},
        {"max_delay", [](retries& r, const place& p) { r.max_delay(time_span(p)); }},
    };
    auto out = retries::preset("tensorstore");
    read(out, at, rows);
    if (out.first_delay() > out.max_delay())
        refuse_option(errc::invalid_option, at.pointer, "initial_delay is longer than max_delay",
                      "max_delay must not be shorter");
    return out;
}

inline context_resource parse_rates(const place& at, const context_scope&) {
    struct rates {
        std::optional<double> reads, writes;
        duration doubling_time{};
    };
    static constexpr row<rates> rows[] = {
        {"read_rate", [](rates& r, const place& p) { r.reads = rate(p); }},
        {"write_rate", [](rates& r, const place& p) { r.writes = rate(p); }},
        {"doubling_time", [](rates& r, const place& p) { r.doubling_time = time_span(p); }},
    };
    rates said;
    read(said, at, rows);
    const auto limiter = [&said](std::optional<double> per_second) {
        return per_second ? rate_limiter::create(*per_second, said.doubling_time) : nullptr;
    };
    return rate_resource{limiter(said.reads), limiter(said.writes)};
}

inline context_resource parse_credentials(const place& at, const context_scope&) {
    using found = credentials_resource;
    constexpr auto type = [](found&, const place&) {}; // read before
    static constexpr row<found> alone[] = {{"type", type}};
    static constexpr row<found> by_default[] = {
        {"type", type},
        {"profile", [](found& f, const place& p) { f.profile.name = some_text(p); }},
    };
    static constexpr row<found> by_profile[] = {
        {"type", type},
        {"profile", [](found& f, const place& p) { f.profile.name = some_text(p); }},
        {"config_file", [](found& f, const place& p) { f.profile.config_file = some_text(p); }},
        {"credentials_file", [](found& f, const place& p) { f.profile.credentials_file = some_text(p); }},
    };
    static constexpr row<found> by_container[] = {
        {"type", type},
        {"endpoint",
         [](found& f, const place& p) {
             f.request.container_endpoint = text(p);
             const std::string_view url = f.request.container_endpoint;
             // The value is not repeated: with some agents it is the secret.
             if (!url.starts_with("http://") && !url.starts_with("https://"))
                 refuse_option(errc::invalid_option, p.pointer, "no URL", "it must be an http or https URL");
         }},
        {"auth_token_file", [](found& f, const place& p) { f.request.container_token_file = some_text(p); }},
    };
    constexpr std::string_view wanted = "an object with a type";
    found out;
    std::string name;
    for (const auto& [member, value] : members(at, wanted)) {
        if (member != "type") continue;
        name = text(value);
        using enum aws::credentials_source;
        auto& sources = out.request.sources;
        if (name == "default") {
            read(out, at, by_default);
        } else if (name == "profile") {
            sources = {profile}, read(out, at, by_profile);
        } else if (name == "ecs") {
            sources = {container}, read(out, at, by_container);
        } else if (name == "environment") {
            sources = {environment}, read(out, at, alone);
        } else if (name == "imds") {
            sources = {instance_metadata}, read(out, at, alone);
        } else if (name == "anonymous") {
            out.anonymous = true, read(out, at, alone);
        } else {
            refuse(value, "default, anonymous, environment, profile, ecs or imds");
        }
    }
    if (name.empty())
        refuse_option(errc::invalid_option, at.pointer + "/type", "it is missing",
                      "say default, anonymous, environment, profile, ecs or imds");
    return out;
}

/// A kind of resource, by the name of its member.
struct resource_kind {
    std::string_view name;
    context_resource (*parse)(const place&, const context_scope&);
};

inline constexpr resource_kind resource_kinds[] = {
    {"aws_credentials", parse_credentials},
    {"s3_request_concurrency", parse_request_limit},
    {"s3_request_retries", parse_retries},
    {"experimental_s3_rate_limiter", parse_rates},
    {"data_copy_concurrency", parse_copy_limit},
};

/// The kind of "kind" or "kind#name"; null for another name.
inline const resource_kind* kind_of(std::string_view resource) noexcept {
    const auto mark = resource.find('#');
    if (mark != resource.npos && mark + 1 == resource.size()) return nullptr;
    for (const auto& k : resource_kinds)
        if (k.name == resource.substr(0, mark)) return &k;
    return nullptr;
}

inline std::string of_kind(std::string_view kind) {
    return "an object, or the name of one in a context: \"" + std::string{kind} + "\" or \"" + std::string{kind} + "#…\"";
}

/// A name that stands at `at` for a resource of `kind`.
inline std::string reference(const place& at, const resource_kind& kind) {
    auto name = text(at);
    if (kind_of(name) != &kind) refuse(at, of_kind(kind.name));
    return name;
}

/// Fills a new scope.
inline void read_context(context_scope& into, const place& at) {
    for (const auto& [name, value] : members(at)) {
        const auto* kind = kind_of(name);
        if (!kind) {
            std::vector<std::string_view> known;
            for (const auto& k : resource_kinds) known.push_back(k.name);
            refuse_name(value, name.substr(0, name.find('#')), known);
        }
        into.resources.emplace(std::string{name}, value.value.is_string()
                                                      ? context_resource{alias_resource{reference(value, *kind)}}
                                                      : kind->parse(value, into));
    }
}

/// The resource of that name in the scope or those around it; null where there is none. A name for itself is the one
/// around.
inline const context_resource* find_resource(const context_scope* scope, std::string name, const place& at) {
    constexpr int most = 64;
    for (int hops = 0; scope && hops < most; ++hops) {
        const auto found = scope->resources.find(name);
        if (found == scope->resources.end()) {
            scope = scope->parent().get();
            continue;
        }
        const auto* alias = std::get_if<alias_resource>(&found->second);
        if (!alias) return &found->second;
        if (alias->name == name) scope = scope->parent().get();
        name = alias->name;
    }
    if (scope) refuse_option(errc::invalid_option, at.pointer, "the names of the context lead in a circle", "name a resource");
    if (name.find('#') == name.npos) return nullptr; // the default
    refuse_option(errc::invalid_option, at.pointer, "no resource is called '" + printable(name, 64) + "'",
                  "the spec's context, or the one around it, must have it");
}

/// What the member `at` of that kind says, or the context where it says nothing. None: the documented default.
template <class T>
std::optional<T> resource_of(const context_scope& scope, const std::optional<place>& at, std::string_view kind_name) {
    const auto& kind = *kind_of(kind_name);
    const context_resource* found = nullptr;
    context_resource own;
    if (at && at->value.is_object()) {
        own = kind.parse(*at, scope);
        found = &own;
    } else if (at && !at->value.is_string()) {
        refuse(*at, of_kind(kind.name));
    } else {
        const place here = at ? *at : place{{}, "/" + std::string{kind_name}};
        found = find_resource(&scope, at ? reference(*at, kind) : std::string{kind_name}, here);
    }
    if (!found) return std::nullopt;
    return std::get<T>(*found);
}

// ---- the spec

struct draft {
    std::optional<std::string> driver, bucket;
    store_spec out;
    std::optional<place> context, host_header, credentials, requests, retries, rates, copies;
    std::map<std::string, std::string> own; ///< what the client's options have beyond that document, as text options
};

inline void set_bucket(draft& d, const place& at) {
    d.bucket = text(at);
    std::string found;
    told_of(at.pointer, [&] { found = parse_url("s3://" + *d.bucket + "/").value().bucket; });
    if (found != *d.bucket) refuse(at, "a bucket's name, without a path");
}

inline void set_region(draft& d, const place& at) {
    d.out.client.region(text(at));
    told_of(at.pointer, [&] { aws::check_region(d.out.client.region(), false); });
}

inline void set_endpoint(draft& d, const place& at) {
    d.out.client.endpoint_url(text(at));
    told_of(at.pointer, [&] { (void)aws::parse_endpoint_url(d.out.client.endpoint_url()); });
}

template <std::optional<place> draft::*Member>
void keep(draft& d, const place& at) {
    d.*Member = at;
}

// Members that are named as the text options, whose values they may be. A number is written as one, or, for bytes with a unit,
// as a string.

inline void keep_as_text(draft& d, const place& at, std::string value) {
    if (value.empty()) refuse(at, "a string that is not empty");
    d.own.insert_or_assign(at.pointer.substr(1), std::move(value));
}

inline void keep_text(draft& d, const place& at) { keep_as_text(d, at, text(at)); }
inline void keep_flag(draft& d, const place& at) { keep_as_text(d, at, flag(at) ? "true" : "false"); }
inline void keep_number(draft& d, const place& at) {
    std::uint64_t v = 0;
    if (at.value.get(v)) refuse(at, "a whole number");
    keep_as_text(d, at, std::to_string(v));
}
inline void keep_size(draft& d, const place& at) {
    if (at.value.is_string()) return keep_text(d, at);
    std::uint64_t v = 0;
    if (at.value.get(v)) refuse(at, "a number of bytes, as 67108864 or \"64MiB\"");
    keep_as_text(d, at, std::to_string(v));
}
inline void keep_weight(draft& d, const place& at) {
    (void)rate(at);
    keep_as_text(d, at, std::string{simdjson::minify(at.value)});
}
inline void keep_hedging(draft& d, const place& at) { at.value.is_bool() ? keep_flag(d, at) : keep_text(d, at); }

inline constexpr row<draft> spec_rows[] = {
    {"driver",
     [](draft& d, const place& at) {
         d.driver = text(at);
         if (d.driver != "s3") refuse(at, "\"s3\"");
     }},
    {"bucket", set_bucket},
    {"path", [](draft& d, const place& at) { d.out.address.key = text(at); }},
    {"aws_region", set_region},
    {"endpoint", set_endpoint},
    {"host_header",
     [](draft& d, const place& at) {
         d.out.client.host_header(some_text(at));
         d.host_header = at;
     }},
    {"requester_pays", [](draft& d, const place& at) { d.out.client.requester_pays(flag(at)); }},
    {"context", keep<&draft::context>},
    {"aws_credentials", keep<&draft::credentials>},
    {"s3_request_concurrency", keep<&draft::requests>},
    {"s3_request_retries", keep<&draft::retries>},
    {"experimental_s3_rate_limiter", keep<&draft::rates>},
    {"data_copy_concurrency", keep<&draft::copies>},
    // beyond that document
    {"path_style", keep_flag},
    {"check_region", keep_flag},
    {"dual_stack", keep_flag},
    {"fips", keep_flag},
    {"accelerate", keep_flag},
    {"use_arn_region", keep_flag},
    {"legacy_us_east_1", keep_flag},
    {"connect_timeout", keep_text},
    {"tls_timeout", keep_text},
    {"first_byte_timeout", keep_text},
    {"stall_timeout", keep_text},
    {"idle_timeout", keep_text},
    {"max_lifetime", keep_text},
    {"minimum_speed", keep_size},
    {"minimum_speed_window", keep_text},
    {"max_connections_per_origin", keep_number},
    {"connection_wait_timeout", keep_text},
    {"max_idle", keep_number},
    {"max_idle_per_origin", keep_number},
    {"drain_limit", keep_size},
    {"drain_timeout", keep_text},
    {"max_header_size", keep_size},
    {"expect_continue_from", keep_size},
    {"continue_timeout", keep_text},
    {"ca_file", keep_text},
    {"ca_directory", keep_text},
    {"client_certificate_file", keep_text},
    {"client_key_file", keep_text},
    {"memory_budget", keep_size},
    {"part_size", keep_size},
    {"equal_parts", keep_flag},
    {"multipart_threshold", keep_size},
    {"upload_concurrency", keep_number},
    {"sign_payload", keep_flag},
    {"hedging", keep_hedging},
    {"weight", keep_weight},
    {"max_requests", keep_number},
    {"metric_labels", keep_number},
    {"user_agent", keep_text},
    {"proxy", keep_text},
    {"no_proxy", keep_text},
    {"dns_servers", keep_text},
};

inline void settle_resources(draft& d, const context_scope& scope) {
    auto& client = d.out.client;
    if (const auto who = resource_of<credentials_resource>(scope, d.credentials, "aws_credentials")) {
        if (who->anonymous) client.anonymous();
        client.credentials_request(who->request);
        client.profile(who->profile.name).profile_files(who->profile.config_file, who->profile.credentials_file);
    }
    if (const auto limit = resource_of<request_limit_resource>(scope, d.requests, "s3_request_concurrency"))
        client.request_concurrency(limit->limit);
    else
        told_of("/s3_request_concurrency", [&] { client.request_concurrency(scope.shared_requests()); });
    if (const auto retries = resource_of<aws::retry_options>(scope, d.retries, "s3_request_retries"))
        client.retry(*retries);
    else
        client.default_retry(aws::retry_options::preset("tensorstore"));
    if (const auto rates = resource_of<rate_resource>(scope, d.rates, "experimental_s3_rate_limiter"))
        client.read_rate(rates->reads).write_rate(rates->writes);
    if (const auto limit = resource_of<copy_limit_resource>(scope, d.copies, "data_copy_concurrency"))
        d.out.copy_concurrency = limit->limit;
}

/// A name of theirs is the pointer of a member of the spec.
inline void settle_own(draft& d) {
    if (d.own.empty()) return;
    try {
        set_client_options(d.out.client, d.own);
    } catch (const error& e) {
        throw_failure(e.as_failure().with([](error_detail& said) { said.object = "/" + said.object; }));
    }
    if (d.own.contains("memory_budget")) d.out.client.budget(nullptr); // another's would replace it
}

inline store_spec settle(draft d, const store_context& in) {
    if (!d.driver) refuse_option(errc::invalid_option, "/driver", "it is missing", "say \"driver\": \"s3\"");
    if (!d.bucket) refuse_option(errc::missing_bucket, "/bucket", "it is missing", "name the bucket");
    d.out.address.bucket = *d.bucket;
    if (d.host_header && d.out.client.endpoint_url().empty())
        refuse_option(errc::invalid_option, d.host_header->pointer, "there is no endpoint that it is for",
                      "give the endpoint as well: the header alone would not change where requests go");
    auto scope = in.scope();
    if (d.context) {
        auto inner = std::make_shared<context_scope>(scope);
        read_context(*inner, *d.context);
        scope = std::move(inner);
    }
    settle_resources(d, *scope);
    settle_own(d);
    d.out.conditional_writes =
        aws::as_bool(aws::from_environment(scope->env(), "TENSORSTORE_S3_USE_CONDITIONAL_WRITE"));
    d.out.client.environment(scope->env());
    return std::move(d.out);
}

/// Calls `f` with the root of the document.
template <class T, class F>
result<T> with_document(std::string_view json, F f) {
    simdjson::dom::parser parser;
    simdjson::dom::element root;
    const simdjson::padded_string padded{json};
    const auto wrong = parser.parse(padded).get(root);
    if (wrong) return failure{errc::malformed_json, std::string{"not JSON: "} + simdjson::error_message(wrong)};
    try {
        return f(place{root, ""});
    } catch (const error& e) {
        return e.as_failure();
    }
}

} // namespace detail::json_spec

PENSTOCK_DECL bool is_json_spec(std::string_view text) noexcept {
    const auto at = text.find_first_not_of(" \t\r\n");
    return at != text.npos && text[at] == '{';
}

PENSTOCK_DECL result<store_spec> parse_json_spec(std::string_view json, const store_context& in, client_options otherwise) {
    namespace spec = detail::json_spec;
    return spec::with_document<store_spec>(json, [&](const spec::place& root) {
        spec::draft d;
        d.out.client = std::move(otherwise);
        spec::read(d, root, spec::spec_rows);
        return spec::settle(std::move(d), in);
    });
}

PENSTOCK_DECL result<store_context> parse_store_context(std::string_view json, aws::environment env) {
    namespace spec = detail::json_spec;
    return spec::with_document<store_context>(json, [&env](const spec::place& root) {
        auto scope = std::make_shared<detail::context_scope>(std::move(env));
        spec::read_context(*scope, root);
        return store_context{std::move(scope)};
    });
}

} // namespace penstock::s3

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/check_connection.hpp>

#include <penstock/core/as_result.hpp>
#include <penstock/http/tcp_stream.hpp>
#include <penstock/http/tls_stream.hpp>
#include <penstock/s3/client.hpp>
#include <penstock/s3/detail/client_state.hpp>
#include <penstock/s3/get_object.hpp>
#include <penstock/s3/head_bucket.hpp>
#include <penstock/s3/list_buckets.hpp>
#include <penstock/s3/list_objects_v2.hpp>

#include <optional>
#include <utility>

namespace penstock::s3 {
namespace detail {

/// Takes the steps in turn. What a step found out, the later ones use.
class connection_check {
  public:
    connection_check(std::shared_ptr<client_state> client, object_address where)
        : client_{std::move(client)}, where_{std::move(where)} {}

    awaitable<connection_report> run() {
        settle();
        if (!failed_) co_await reach();
        if (!failed_) co_await ask_for_credentials();
        if (failed_) {
            for (const char* name : {"credentials", "signature", "region", "list", "get"})
                if (!told(name)) leave_out(name, "a step before it failed");
            co_return std::move(report_);
        }
        if (where_.bucket.empty())
            co_await list_buckets();
        else
            co_await look_into_bucket();
        co_return std::move(report_);
    }

  private:
    using outcome = connection_step::outcome;

    connection_step& begin(std::string name) {
        began_ = client_->clock()->now();
        auto& step = report_.steps.emplace_back();
        step.name = std::move(name);
        return step;
    }
    void pass(connection_step& step, std::string detail) {
        step.took = client_->clock()->now() - began_;
        step.result = outcome::passed;
        step.detail = std::move(detail);
    }
    void fail(connection_step& step, failure why) {
        if (why.code() == condition::cancelled) throw boost::system::system_error{why.code()};
        step.took = client_->clock()->now() - began_;
        step.result = outcome::failed;
        step.detail = without_hint(why);
        step.why = std::move(why);
        failed_ = true;
    }
    static std::string without_hint(const failure& f) {
        return f.with([](error_detail& d) { d.hint.clear(); }).message();
    }
    void leave_out(std::string name, std::string why) { begin(std::move(name)).detail = std::move(why); }
    bool told(std::string_view name) const {
        for (const auto& s : report_.steps)
            if (s.name == name) return true;
        return false;
    }

    void settle() {
        auto& step = begin("settings");
        try {
            endpoint_ = client_->endpoint_for("check", where_.bucket);
            pass(step, endpoint_->url() + endpoint_->path_prefix + ", region " + endpoint_->region);
        } catch (const boost::system::system_error&) {
            fail(step, to_failure(std::current_exception()));
        }
    }

    // ---- DNS, TCP, TLS: by hand, for a connection that fails does not say how far it came

    awaitable<void> reach() {
        if (client_->options().connector()) {
            for (const char* name : {"DNS", "TCP", "TLS"}) leave_out(name, "connections are made by the caller's connector");
            co_return;
        }
        if (const auto* by = client_->proxies().find(endpoint_->to)) {
            for (const char* name : {"DNS", "TCP", "TLS"}) leave_out(name, "through the proxy " + by->at.url());
            co_return;
        }
        const auto addresses = co_await resolve();
        if (failed_) co_return;
        auto stream = co_await connect(addresses);
        if (failed_) co_return;
        if (endpoint_->to.tls)
            co_await secure(std::move(stream));
        else
            leave_out("TLS", "plain HTTP");
    }

    awaitable<std::vector<asio::ip::address>> resolve() {
        std::vector<asio::ip::address> addresses;
        const auto& host = endpoint_->to.host;
        error_code not_an_address;
        const auto literal = asio::ip::make_address(host, not_an_address);
        if (!not_an_address) {
            leave_out("DNS", "a literal address");
            addresses.push_back(literal);
            co_return addresses;
        }
        auto& step = begin("DNS");
        auto found = co_await as_result(client_->names()->resolve(host));
        if (!found) {
            fail(step, found.error());
            co_return addresses;
        }
        addresses = std::move(*found);
        std::string text = host + ":";
        for (const auto& a : addresses) text += " " + a.to_string();
        pass(step, std::move(text));
        co_return addresses;
    }

    awaitable<http::stream_ptr> connect(std::vector<asio::ip::address> addresses) {
        auto& step = begin("TCP");
        failure last{errc::host_not_found, "no address"};
        for (const auto& address : addresses) {
            auto made = co_await as_result(http::connect_tcp(address, endpoint_->to.port, client_->clock(),
                                                             client_->options().transport().connect_timeout()));
            if (made) {
                pass(step, address.to_string() + " port " + std::to_string(endpoint_->to.port));
                co_return std::move(*made);
            }
            last = made.error();
        }
        fail(step, std::move(last));
        co_return nullptr;
    }

    awaitable<void> secure(http::stream_ptr stream) {
        auto& step = begin("TLS");
        failure why;
        try {
            auto context = http::make_tls_context(client_->trusted());
            auto made = co_await as_result(http::connect_tls(std::move(stream), endpoint_->to.host, std::move(context),
                                                             client_->clock(),
                                                             client_->options().transport().tls_timeout()));
            if (!made) why = made.error();
        } catch (const error& e) {
            why = e.as_failure();
        }
        if (why)
            fail(step, std::move(why));
        else
            pass(step, client_->trusted().verify() ? "the certificate is valid for " + endpoint_->to.host
                                                   : "the certificate was not verified, as asked");
    }

    // ---- who asks

    awaitable<void> ask_for_credentials() {
        auto& step = begin("credentials");
        auto found = co_await as_result(client_->credentials());
        if (!found) {
            fail(step, found.error());
            co_return;
        }
        anonymous_ = *found == nullptr;
        pass(step, anonymous_ ? "anonymous" : (*found)->display());
    }

    // ---- what the store says

    awaitable<void> list_buckets() {
        const auto began = client_->clock()->now();
        auto asked = client_->call(make_list_buckets(list_buckets_options{}), &parse_list_buckets);
        const auto page = co_await as_result(std::move(asked));
        failure why;
        if (!page) why = page.error();
        place_signature(why);
        leave_out("region", "no bucket was named");
        auto& step = begin("list");
        began_ = began;
        if (page)
            pass(step, std::to_string(page->buckets.size()) + (page->buckets.size() == 1 ? " bucket" : " buckets"));
        else if (is_about_keys(why))
            step.detail = "a step before it failed";
        else
            fail(step, std::move(why));
        leave_out("get", "no bucket was named");
    }

    awaitable<void> look_into_bucket() {
        list_objects_options one;
        one.max_keys(1).prefix(where_.key);
        connection_step list;
        list.name = "list";
        const auto began = client_->clock()->now();
        auto asked = client_->call(make_list_objects_v2(where_.bucket, one), &parse_list_objects_v2);
        auto page = co_await as_result(std::move(asked));
        list.took = client_->clock()->now() - began;
        failure why;
        if (!page) why = page.error();
        if (page) {
            list.result = outcome::passed;
            list.detail = page->objects.empty() ? "nothing under '" + printable(where_.key, 200) + "'"
                                                : "found '" + printable(page->objects[0].key, 200) + "'";
            if (where_.key.empty() && !page->objects.empty()) where_.key = page->objects[0].key;
        }
        place_signature(why);
        co_await place_region(why);
        const bool about_keys = why && is_about_keys(why);
        if (about_keys || (why && why.code() == errc::wrong_region)) {
            report_.steps.push_back(std::move(list));
            report_.steps.back().detail = "a step before it failed";
            leave_out("get", "a step before it failed");
            co_return;
        }
        if (why) {
            list.result = outcome::failed;
            list.detail = without_hint(why);
            list.why = why;
            failed_ = true;
        }
        report_.steps.push_back(std::move(list));
        if (why && why.code() == errc::no_such_bucket)
            leave_out("get", "there is no bucket");
        else
            co_await get();
    }

    static bool is_about_keys(const failure& f) { return f.code() == condition::authentication; }
    /// Whether a store says so only to whom it knows by the signature.
    static bool is_answer_to_signed(const failure& f) {
        return !f || f.code() == condition::access_denied || f.code() == condition::not_found;
    }

    /// The first answer of the store tells whether it takes our signatures.
    void place_signature(const failure& answer) {
        auto& step = begin("signature");
        if (anonymous_) {
            step.detail = "requests are not signed";
        } else if (answer && is_about_keys(answer)) {
            fail(step, answer);
        } else if (answer && answer.detail().http_status == 0) {
            step.detail = "the store did not answer";
        } else if (is_answer_to_signed(answer)) {
            pass(step, "accepted");
        } else {
            step.detail = "not known: the answer may come from before it was looked at";
        }
    }

    awaitable<void> place_region(const failure& answer) {
        auto& step = begin("region");
        if (answer && answer.code() == errc::wrong_region) {
            fail(step, answer);
            co_return;
        }
        if (answer) {
            step.detail = "not known";
            co_return;
        }
        auto asked = client_->call(make_head_bucket(where_.bucket), &parse_head_bucket);
        const auto bucket = co_await as_result(std::move(asked));
        const bool said = bucket && !bucket->region.empty();
        const auto used = client_->endpoint_for("check", where_.bucket)->region;
        auto text = said ? "the bucket is in " + printable(bucket->region, 64)
                         : "the store does not say where the bucket is; " + used + " was accepted";
        if (used != endpoint_->region) text += "; the settings say " + endpoint_->region + ", which costs a redirect";
        pass(step, std::move(text));
    }

    awaitable<void> get() {
        if (where_.key.empty() || where_.key.ends_with('/')) {
            leave_out("get", "there is no object to read");
            co_return;
        }
        auto& step = begin("get");
        get_object_options first_byte;
        first_byte.range(object_range::slice(0, 1));
        auto opened = co_await as_result(client_->open(where_, first_byte));
        if (!opened && opened.error().code() != errc::range_not_satisfiable)
            fail(step, opened.error());
        else
            pass(step, "the first byte of '" + printable(where_.key, 200) + "'");
    }

    const std::shared_ptr<client_state> client_;
    object_address where_;
    std::shared_ptr<const aws::endpoint> endpoint_;
    connection_report report_;
    steady_time began_{};
    bool anonymous_ = false;
    bool failed_ = false;
};

} // namespace detail

PENSTOCK_DECL awaitable<connection_report> check_connection(client c, object_address where) {
    detail::connection_check check{detail::client_access::state(c), std::move(where)};
    co_return co_await check.run();
}

} // namespace penstock::s3

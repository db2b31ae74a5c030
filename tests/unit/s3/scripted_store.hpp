// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/as_result.hpp>
#include <penstock/http/connector.hpp>
#include <penstock/s3/client.hpp>
#include <penstock/testing/memory_stream.hpp>
#include <penstock/testing/simulation.hpp>

#include <boost/asio/detached.hpp>

#include <charconv>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// A store that says what a test wants, word for word: what no real one says.
namespace scripted {

using namespace penstock;

/// What is said once a whole request has come.
struct say {
    say(std::string text) : text{std::move(text)} {}
    say(const char* text) : text{text} {}

    std::string text;
    std::string then;           ///< said 0.2 ms later
    bool close_after = true;    ///< and the connection ended
    bool before_body = false;   ///< said when the head alone has come
    bool cut_instead = false;   ///< nothing is said
    duration delay{};           ///< before all that

    say& keep() { return close_after = false, *this; }
    say& early() { return before_body = true, *this; }
    say& later(std::string more) { return then = std::move(more), *this; }
    static say nothing() {
        say s{""};
        s.cut_instead = true;
        return s;
    }
};

/// Every connection goes on in one script; after its end nothing is said.
class store final : public http::connector {
  public:
    store(std::vector<say> script, std::shared_ptr<clock_source> clock)
        : script_{std::move(script)}, clock_{std::move(clock)} {}

    awaitable<http::stream_ptr> connect(http::origin to) override {
        const auto ex = co_await asio::this_coro::executor;
        auto pair = testing::make_memory_streams(ex, link);
        asio::co_spawn(ex, serve(this, std::move(pair.server)), asio::detached);
        ++connections;
        hosts.push_back(to.url());
        co_return http::stream_ptr{std::move(pair.client)};
    }

    std::vector<std::string> requests; ///< heads, with what of their bodies had come
    bool heads_only = false;           ///< bodies are not kept
    std::vector<std::string> hosts;    ///< that were connected to
    int connections = 0;
    testing::memory_stream_options link; ///< of every connection

  private:
    static std::size_t body_size(std::string_view head) {
        std::size_t n = 0;
        if (const auto at = head.find("Content-Length: "); at != head.npos)
            std::from_chars(head.data() + at + 16, head.data() + head.size(), n);
        return n;
    }

    static awaitable<void> serve(store* self, std::unique_ptr<testing::server_stream> s) {
        std::string got;
        for (;;) {
            const auto end = got.find("\r\n\r\n");
            if (end != got.npos) {
                const bool done = self->next_ >= self->script_.size();
                const bool early = !done && self->script_[self->next_].before_body;
                const auto whole = end + 4 + (early ? 0 : body_size(std::string_view{got}.substr(0, end)));
                if (got.size() >= whole) {
                    self->requests.push_back(got.substr(0, self->heads_only ? end + 4 : whole));
                    got.erase(0, whole);
                    if (done) co_return;
                    const auto now = self->script_[self->next_++];
                    if (now.cut_instead) co_return;
                    if (now.delay > duration{}) co_await sleep_for(self->clock_, now.delay);
                    co_await send(*s, now.text);
                    if (!now.then.empty()) {
                        co_await sleep_for(self->clock_, std::chrono::microseconds{200});
                        co_await send(*s, now.then);
                    }
                    if (now.close_after) co_return;
                    continue;
                }
            }
            std::byte block[4096];
            const auto r = s->try_read_some(block);
            if (r.status == io_status::bytes)
                got.append(as_text({block, r.size}));
            else if (r.status == io_status::would_block)
                co_await s->wait(http::wait_for::read);
            else
                co_return;
        }
    }

    static awaitable<void> send(testing::server_stream& s, std::string_view text) {
        auto rest = as_bytes(text);
        while (!rest.empty()) {
            const auto r = s.try_write_some(rest);
            if (r.status == io_status::bytes)
                rest = rest.subspan(r.size);
            else if (r.status == io_status::would_block)
                co_await s.wait(http::wait_for::write);
            else
                co_return;
        }
    }

    std::vector<say> script_;
    std::shared_ptr<clock_source> clock_;
    std::size_t next_ = 0;
};

/// A client of such a store in simulated time.
struct world {
    explicit world(std::vector<say> script, aws::retry_options retry = {}) {
        how = std::make_shared<store>(std::move(script), clock);
        options.connector(how).clock(clock).endpoint_url("http://store").region("us-east-1").path_style(true);
        options.credentials("AKID", "HUSH").retry(std::move(retry)).environment(aws::environment{{}});
        options.transport(http::transport_options{}.expect_continue_from(1'000'000));
    }

    s3::client client() { return s3::client{io.get_executor(), options}; }
    template <class T>
    T run(awaitable<T> op) {
        return testing::simulate(io, *clock, std::move(op));
    }
    result<std::string> get(s3::get_object_options asked = {}) {
        auto got = run(as_result(client().get("s3://b/k", std::move(asked))));
        if (!got) return got.error();
        return std::move(got->body);
    }

    std::shared_ptr<testing::manual_clock> clock = testing::manual_clock::create();
    asio::io_context io{1};
    std::shared_ptr<store> how;
    s3::client_options options;
};

} // namespace scripted

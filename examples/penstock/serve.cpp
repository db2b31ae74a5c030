// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "disk.hpp"
#include "session.hpp"

#include <penstock/core/as_result.hpp>
#include <penstock/core/file_io.hpp>
#include <penstock/testing/s3_server.hpp>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace tool {

using namespace penstock;

namespace {

awaitable<std::string> read_pem(std::string path) {
    const auto file = open_file(std::move(path));
    auto text = co_await read_all(*file, std::size_t{1} << 20);
    co_return text;
}

} // namespace

awaitable<void> serve(session& s, serve_options o) {
    if (o.access_key.empty() != o.secret_key.empty())
        throw usage_error{"--access-key and --secret-key belong together"};
    testing::s3_server_options options;
    options.region(s.options().region); // empty: whatever clients sign for
    if (!o.access_key.empty()) options.credentials(o.access_key, o.secret_key);
    if (!o.tls.empty()) {
        auto certificate = co_await read_pem(o.tls[0]);
        auto key = co_await read_pem(o.tls[1]);
        options.tls(std::move(certificate), std::move(key));
    }
    testing::s3_server_limits limits;
    limits.log_size = 0; // nobody looks at it
    options.limits(limits);
    make_folder(o.folder);
    options.storage(testing::make_folder_storage(o.folder));

    testing::s3_server server{s.get_executor(), std::move(options)};
    server.listen(o.port, o.host);
    if (s.json()) {
        boost::json::object ready;
        ready["endpoint"] = json_text(server.endpoint());
        s.out().line(json_line(ready));
    } else {
        s.out().line(server.endpoint());
    }
    s.out().flush();

    // Until a signal cancels this wait.
    asio::steady_timer forever{s.get_executor(), asio::steady_timer::time_point::max()};
    co_await as_result(forever.async_wait(asio::use_awaitable));
}

} // namespace tool

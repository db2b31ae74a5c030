// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/codec/codecs.hpp>
#include <penstock/s3/client.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdio>

namespace asio = boost::asio;

/// Nobody listens on port 9 of this machine: what comes back is penstock's error, made by its code.
asio::awaitable<void> ask(asio::any_io_executor ex, bool* told) {
    penstock::s3::client_options options;
    options.endpoint_url("http://127.0.0.1:9").anonymous();
    options.retry(penstock::aws::retry_options::preset("none"));
    penstock::s3::client client{ex, options};
    try {
        co_await client.head("s3://bucket/key");
    } catch (const penstock::error& e) {
        *told = e.code() == penstock::condition::connection;
        std::puts(e.what());
    }
}

/// The codecs that this program has, each linked with its library.
void print_codecs() {
    for (const auto& codec : penstock::codecs()) {
        if (!codec.available || !codec.writable) continue;
        (void)penstock::make_decoder(codec.kind);
        std::printf("%.*s ", int(codec.library.size()), codec.library.data());
    }
    std::puts("");
}

int main() {
    print_codecs();
    asio::io_context io{1};
    bool told = false;
    asio::co_spawn(io, ask(io.get_executor(), &told), [](std::exception_ptr e) {
        if (e) std::rethrow_exception(e);
    });
    io.run();
    return told ? 0 : 1;
}

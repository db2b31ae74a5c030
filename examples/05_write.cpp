// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
// Writes a compressed object of any size without knowing it beforehand:  05_write s3://bucket/numbers.csv.gz 1000000
#include <penstock.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>

#include <cstdio>
#include <cstdlib>

namespace asio = boost::asio;
using namespace penstock;

asio::awaitable<void> write(std::string url, long count) {
    s3::client s3{co_await asio::this_coro::executor};

    // Up to 8 MiB it is one PUT, beyond that a multipart upload. Without commit() nothing appears, and nothing stays.
    auto object = s3.create(url, s3::put_object_options().content_type("text/csv").metadata("made-by", "05_write"));
    auto sink = compress(std::make_unique<s3::object_writer>(std::move(object)), compression::gzip);

    std::string text = "n,square\n";
    for (long n = 0; n < count; ++n) {
        text += std::to_string(n) + "," + std::to_string(n * n) + "\n";
        if (text.size() < 65536) continue;
        co_await sink->write(as_bytes(text));
        text.clear();
    }
    co_await sink->write(as_bytes(text));
    co_await sink->commit();

    const auto stored = co_await s3.head(url);
    std::printf("%llu bytes\n", static_cast<unsigned long long>(stored.size.value_or(0)));
}

int main(int argc, char** argv) {
    if (argc != 3) return std::fputs("usage: 05_write s3://bucket/numbers.csv.gz COUNT\n", stderr), 2;
    int status = 1;
    asio::io_context io;
    asio::co_spawn(io, write(argv[1], std::atol(argv[2])), [&](std::exception_ptr failed) {
        if (!failed) status = 0;
        else std::fprintf(stderr, "%s\n", to_failure(failed).message().c_str());
    });
    io.run();
    return status;
}

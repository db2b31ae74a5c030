// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
// What is under a prefix:  01_list s3://bucket/prefix/
#include <penstock.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>

#include <cstdio>

namespace asio = boost::asio;
using namespace penstock;

asio::awaitable<void> list(std::string url) {
    // No I/O, no thread, nothing global. Endpoint, region and keys come from the environment.
    s3::client s3{co_await asio::this_coro::executor};

    auto pages = s3.list(url, s3::list_objects_options().delimiter("/"));
    while (auto page = co_await pages.next()) { // one request each, at most 1,000 keys in memory
        for (const auto& prefix : page->common_prefixes) std::printf("%12s  %s\n", "", prefix.c_str());
        for (const auto& object : page->objects)
            std::printf("%12llu  %s\n", static_cast<unsigned long long>(object.size.value_or(0)), object.key.c_str());
    }
}

int main(int argc, char** argv) {
    if (argc != 2) return std::fputs("usage: 01_list s3://bucket/prefix/\n", stderr), 2;
    int status = 1;
    asio::io_context io;
    asio::co_spawn(io, list(argv[1]), [&](std::exception_ptr failed) {
        if (!failed) status = 0;
        else std::fprintf(stderr, "%s\n", to_failure(failed).message().c_str());
    });
    io.run(); // this thread does everything
    return status;
}

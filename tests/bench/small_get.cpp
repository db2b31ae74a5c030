// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// CPU of signed GETs of a small object over kept connections, per request.
//
//   small_get s3://bucket/key CONNECTIONS REQUESTS      (endpoint and credentials from the environment)
#include <penstock/s3/client.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <vector>

#include <sys/resource.h>

using namespace penstock;

namespace {

double cpu_seconds() {
    rusage r{};
    getrusage(RUSAGE_SELF, &r);
    const auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + t.tv_usec * 1e-6; };
    return seconds(r.ru_utime) + seconds(r.ru_stime);
}

awaitable<void> ask(s3::client client, s3::object_address where, long& left, std::uint64_t& bytes) {
    std::vector<std::byte> memory(std::size_t{64} << 10);
    while (left-- > 0) {
        auto object = co_await client.open(where);
        for (;;) {
            const auto r = object.try_read_some(memory);
            if (r.status == io_status::bytes)
                bytes += r.size;
            else if (r.status == io_status::would_block)
                co_await object.ready();
            else
                break;
        }
    }
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 4) return 2;
    const int connections = std::atoi(argv[2]);
    const long requests = std::atol(argv[3]);
    asio::io_context io{1};
    std::uint64_t bytes = 0;
    std::exception_ptr error;
    const auto run = [&](long n) {
        long left = n;
        s3::client client{io.get_executor()};
        for (int i = 0; i < connections; ++i)
            asio::co_spawn(io, ask(client, argv[1], left, bytes), [&error](std::exception_ptr e) {
                if (e) error = e;
            });
        client = s3::client{io.get_executor()};
        io.run();
        io.restart();
    };
    try {
        run(connections * 10);
        bytes = 0;
        const auto before = cpu_seconds();
        run(requests);
        const auto used = cpu_seconds() - before;
        if (error) std::rethrow_exception(error);
        std::printf("small_get connections=%d requests=%ld bytes=%llu cpu_us_per_req=%.3f\n", connections, requests,
                    static_cast<unsigned long long>(bytes), used / static_cast<double>(requests) * 1e6);
    } catch (const std::exception& e) {
        std::fprintf(stderr, "small_get: %s\n", e.what());
        return 1;
    }
}

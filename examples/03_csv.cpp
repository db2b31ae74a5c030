// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
// The average of a column of a CSV object, compressed or not:  03_csv s3://bucket/trips.csv.gz fare
#include <penstock.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>

#include <cstdio>

namespace asio = boost::asio;
using namespace penstock;

asio::awaitable<void> average(std::string url, std::string column) {
    s3::client s3{co_await asio::this_coro::executor};

    // An S3 object, a file: URL or a path; format and compression by its name. Only one column is converted.
    std::vector<std::string> columns{column};
    auto rows = co_await open_batches(&s3, url, open_options().columns(columns));

    double sum = 0;
    std::size_t count = 0;
    while (auto batch = co_await rows->next()) { // at most 8,192 rows
        const auto values = batch->column<double>(column);
        for (double value : values) sum += value; // 0 where it is null
        count += values.size() - values.null_count();
    }
    std::printf("%zu values of %s, average %.2f\n", count, column.c_str(), count ? sum / double(count) : 0.0);
}

int main(int argc, char** argv) {
    if (argc != 3) return std::fputs("usage: 03_csv s3://bucket/trips.csv.gz COLUMN\n", stderr), 2;
    int status = 1;
    asio::io_context io;
    asio::co_spawn(io, average(argv[1], argv[2]), [&](std::exception_ptr failed) {
        if (!failed) status = 0;
        else std::fprintf(stderr, "%s\n", to_failure(failed).message().c_str());
    });
    io.run();
    return status;
}

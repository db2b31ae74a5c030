// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
// Some rows of a JSONL object, as CSV on S3:  04_jsonl_filter s3://bucket/trips.jsonl "fare > 40" s3://bucket/out.csv
#include <penstock.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>

#include <cstdio>

namespace asio = boost::asio;
using namespace penstock;

asio::awaitable<void> convert(std::string from, std::string where, std::string to) {
    s3::client s3{co_await asio::this_coro::executor};

    auto rows = co_await open_batches(&s3, from);
    auto columns = co_await rows->schema(); // inferred from the first rows, none of which is lost
    const auto wanted = predicate::parse(where).value().bind(*columns).value();

    auto out = co_await create_batches(&s3, to, columns); // format and compression by the name

    std::size_t kept = 0;
    while (auto batch = co_await rows->next()) {
        auto some = filter(*batch, wanted.evaluate(*batch), s3.buffers());
        kept += some.num_rows();
        co_await out->write(std::move(some)); // waits while the upload is slower than we are
    }
    co_await out->close(); // only now the object appears, whole
    std::printf("%zu rows in %s\n", kept, to.c_str());
}

int main(int argc, char** argv) {
    if (argc != 4) return std::fputs("usage: 04_jsonl_filter FROM.jsonl \"fare > 40\" TO.csv\n", stderr), 2;
    int status = 1;
    asio::io_context io;
    asio::co_spawn(io, convert(argv[1], argv[2], argv[3]), [&](std::exception_ptr failed) {
        if (!failed) status = 0;
        else std::fprintf(stderr, "%s\n", to_failure(failed).message().c_str());
    });
    io.run();
    return status;
}

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
// What README.md shows, and a store to run it on.
void use(double);

#include <penstock.hpp>
namespace asio = boost::asio;
using namespace penstock;

asio::awaitable<void> expensive_trips() {
    s3::client s3{co_await asio::this_coro::executor};            // no I/O here; keys and endpoint from the environment
    auto object = co_await s3.open("s3://lake/trips.csv.gz");     // one GET; resumes at the byte if it breaks
    csv::batch_reader trips{decompress(std::move(object))};       // header and types found by themselves
    while (auto batch = co_await trips.next())                    // record_batch of up to 8,192 rows
        for (double fare : batch->column<double>("fare")) use(fare);
}

#include <penstock/testing/s3_server.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>

#include <cstdio>
#include <cstdlib>
#include <exception>

double sum = 0;
void use(double fare) { sum += fare; }

void expect(bool held, const char* what) {
    if (held) return;
    std::fprintf(stderr, "not so: %s\n", what);
    std::exit(1);
}

asio::awaitable<void> errors(s3::client s3) {
    auto head = co_await as_result(s3.head("s3://lake/trips.csv"));
    if (!head && head.error().code() == condition::not_found) {}
    expect(!head && head.error().code() == condition::not_found, "there is no trips.csv");
}

asio::awaitable<void> write(s3::client s3) {
    auto object = co_await s3.open("s3://lake/trips.csv.gz");
    csv::batch_reader trips{decompress(std::move(object))};
    auto upload = s3.create("s3://lake/out.jsonl.gz");                // one PUT up to 8 MiB, else multipart
    json::lines_writer out{compress(std::move(upload), compression::gzip)};
    while (auto batch = co_await trips.next()) co_await out.write(*batch);
    co_await out.close();                                             // commits; without it the upload is aborted
}

/// What docs/formats.md shows of any format.
asio::awaitable<void> convert(s3::client s3) {
    const auto wanted = open_options().columns({"city", "fare"});
    auto rows = co_await open_batches(&s3, "s3://lake/trips.csv.gz", wanted);
    const auto columns = co_await rows->schema();
    auto out = co_await create_batches(&s3, "s3://lake/fares.jsonl.gz", columns);
    while (auto batch = co_await rows->next()) co_await out->write(std::move(*batch));
    co_await out->close(); // now the object is there, whole; without it, it never is
}

asio::awaitable<void> all(executor ex) {
    s3::client s3{ex};
    // The data, written the long way.
    auto sink = compress(co_await create_sink(&s3, "s3://lake/trips.csv.gz"), compression::gzip);
    co_await sink->write(as_bytes("city,fare\nOslo,40.5\nLima,1.25\n"));
    co_await sink->commit();

    co_await expensive_trips();
    expect(sum == 41.75, "all fares were used");
    co_await errors(s3);
    co_await write(s3);
    auto written = co_await s3.open("s3://lake/out.jsonl.gz");
    const auto plain = decompress(std::move(written));
    const auto text = co_await read_all(*plain);
    expect(text == "{\"city\":\"Oslo\",\"fare\":40.5}\n{\"city\":\"Lima\",\"fare\":1.25}\n", "out.jsonl.gz holds the trips");
    co_await convert(s3);
    const auto fares = co_await open_batches(&s3, "s3://lake/fares.jsonl.gz");
    const auto batch = co_await fares->next();
    expect(batch && batch->num_rows() == 2 && batch->num_columns() == 2, "fares.jsonl.gz holds the trips");
}

void use_your_own(asio::io_context& io) {
    testing::s3_server server{io.get_executor(), testing::s3_server_options().credentials("ak", "secret")};
    server.listen();                                                  // a free port; server.endpoint()
    server.faults().next(testing::fault::close_at(100'000));          // cut the next body at byte 100,000
}

int main() {
    asio::io_context io;
    testing::s3_server server{io.get_executor(), testing::s3_server_options().credentials("ak", "secret")};
    server.listen();
    server.put("lake", "other", "");
    ::setenv("AWS_ENDPOINT_URL", server.endpoint().c_str(), 1);
    ::setenv("AWS_ACCESS_KEY_ID", "ak", 1);
    ::setenv("AWS_SECRET_ACCESS_KEY", "secret", 1);
    ::unsetenv("AWS_SESSION_TOKEN");
    ::unsetenv("AWS_ENDPOINT_URL_S3");
    ::unsetenv("AWS_REGION");
    ::unsetenv("AWS_DEFAULT_REGION");

    int status = 1;
    asio::co_spawn(io, all(io.get_executor()), [&](std::exception_ptr failed) {
        status = failed ? 1 : 0;
        if (failed) std::fprintf(stderr, "%s\n", to_failure(failed).message().c_str());
        server.stop();
    });
    io.run();
    use_your_own(io);
    return status;
}

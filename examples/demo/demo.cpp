// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
// The main job, end to end: an S3 server in this process (or a real store, by its URL), data in several forms, uploads,
// listing, streaming, filtering, results written back. One thread does it all, server included. Ends with status 0 only
// if every check of the results held.
//
//     demo [s3://bucket/prefix]
#include "report.hpp"
#include "trips.hpp"

#include <penstock.hpp>
#include <penstock/testing/s3_server.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <map>
#include <string>
#include <vector>

namespace asio = boost::asio;
using namespace penstock;
using demo::report;
using demo::totals;

namespace {

constexpr std::size_t trips = 100'000;
constexpr std::uint64_t budget = std::uint64_t{64} << 20;

/// Makes the trips once and writes them three times at once: each upload takes what it is given, and no more is in
/// memory than a batch and a part of each.
awaitable<void> upload(s3::client s3, std::string folder, demo::trip_maker& maker) {
    std::vector<std::unique_ptr<batch_writer>> out;
    for (const std::string name : {"trips.csv", "trips.csv.gz", "trips.jsonl"}) {
        auto writer = co_await create_batches(&s3, folder + name, nullptr);
        out.push_back(std::move(writer));
    }
    for (std::size_t done = 0; done < trips;) {
        const auto batch = maker.next(std::min<std::size_t>(8192, trips - done));
        done += batch.num_rows();
        for (auto& writer : out) co_await writer->write(batch);
    }
    for (auto& writer : out) co_await writer->close();
}

awaitable<std::map<std::string, std::uint64_t>> list(s3::client s3, std::string folder) {
    std::map<std::string, std::uint64_t> found;
    auto pages = s3.list(folder);
    while (auto page = co_await pages.next())
        for (const auto& object : page->objects)
            found["s3://" + page->name + "/" + object.key] = object.size.value_or(0);
    co_return found;
}

/// Reads every row, typed; the first rows go to `sample`.
awaitable<totals> read(s3::client s3, std::string url, record_batch* sample) {
    totals sum;
    auto rows = co_await open_batches(&s3, url);
    while (auto batch = co_await rows->next()) {
        if (sample && sum.rows == 0) *sample = batch->slice(0, 5);
        sum.add(*batch);
    }
    co_return sum;
}

/// Reads one object and writes the rows that match into another.
awaitable<totals> convert(s3::client s3, std::string from, std::string where, std::string to) {
    totals sum;
    auto rows = co_await open_batches(&s3, from);
    const auto columns = co_await rows->schema();
    const auto wanted = predicate::parse(where).value().bind(*columns).value();
    auto out = co_await create_batches(&s3, to, columns);
    while (auto batch = co_await rows->next()) {
        const auto some = filter(*batch, wanted.evaluate(*batch), s3.buffers());
        sum.add(some);
        co_await out->write(some);
    }
    co_await out->close();
    co_return sum;
}

/// The first rows only: the rest of the object is never sent.
awaitable<std::uint64_t> peek(s3::client s3, std::string url) {
    auto rows = co_await open_batches(&s3, url, open_options().batch_rows(100));
    const auto batch = co_await rows->next();
    co_return batch ? batch->num_rows() : 0;
}

awaitable<void> run(s3::client s3, std::string root, report& r) {
    const auto folder = root + "trips/", results = root + "results/";
    demo::trip_maker maker;

    r.begin("upload", std::to_string(trips) + " trips as CSV, gzipped CSV and JSONL, at once");
    co_await upload(s3, folder, maker);
    r.end();

    r.begin("list", folder);
    const auto found = co_await list(s3, folder);
    std::uint64_t bytes = 0;
    for (const auto& [url, size] : found) bytes += size;
    r.end(bytes);
    for (const auto& [url, size] : found) r.note(url.substr(root.size()) + "  " + demo::human_bytes(size));
    r.check(found.size() == 3, "the listing has three objects");

    record_batch sample;
    for (const std::string name : {"trips.csv", "trips.csv.gz", "trips.jsonl"}) {
        r.begin("read", name + ", every row and column, typed");
        const auto sum = co_await read(s3, folder + name, &sample);
        r.end(found.count(folder + name) ? found.at(folder + name) : 0, sum.rows);
        r.check(sum == maker.all(), "all rows of " + name + " came as they were made");
    }
    r.table(sample);

    r.begin("peek", "the first 100 rows of trips.jsonl, then stop");
    const auto first = co_await peek(s3, folder + "trips.jsonl");
    r.end();
    r.check(first == 100, "the first 100 rows came");

    const auto jsonl = results + "expensive.jsonl", zipped = results + "expensive.csv.gz";
    r.begin("filter", "fare > 40: trips.csv.gz -> expensive.jsonl");
    const auto as_jsonl = co_await convert(s3, folder + "trips.csv.gz", "fare > 40", jsonl);
    r.end(0, as_jsonl.rows);
    r.begin("filter", "fare > 40: trips.jsonl -> expensive.csv.gz");
    const auto as_csv = co_await convert(s3, folder + "trips.jsonl", "fare > 40", zipped);
    r.end(0, as_csv.rows);
    r.check(as_jsonl == maker.expensive() && as_csv == maker.expensive(), "both filters kept the right rows");

    r.begin("read back", "expensive.csv.gz and expensive.jsonl");
    const auto back_csv = co_await read(s3, zipped, nullptr);
    const auto back_jsonl = co_await read(s3, jsonl, nullptr);
    r.end(0, back_csv.rows + back_jsonl.rows);
    r.check(back_csv == maker.expensive() && back_jsonl == maker.expensive(), "what was written is what was meant");

    r.begin("error", "an object that is not there");
    const auto missing = co_await as_result(s3.head(folder + "no-such-trip.csv"));
    r.end();
    r.check(!missing && missing.error().code() == condition::not_found, "it is \"not found\", and says so");
    if (!missing) r.note(missing.error().message());

    std::vector<s3::object_identifier> all;
    const auto everything = co_await list(s3, root);
    for (const auto& [url, size] : everything) all.emplace_back(s3::object_address{url}.key);
    r.begin("remove", std::to_string(all.size()) + " objects in one request");
    const auto removed = co_await s3.remove(s3::object_address{root}.bucket, std::move(all));
    const auto left = co_await list(s3, root);
    r.end();
    r.check(removed.errors.empty() && left.empty(), "nothing is left behind");

    const auto did = s3.statistics();
    r.check(did.budget_peak <= budget, "the memory budget of " + demo::human_bytes(budget) + " was kept");
    r.finish(did);
}

awaitable<void> run_here(report& r, executor ex) {
    testing::s3_server server{ex, testing::s3_server_options().credentials("demo-key", "demo-secret")};
    server.listen();
    r.heading("embedded S3 server at " + server.endpoint() + ", in this process; requests are signed and checked");
    s3::client s3{ex, s3::client_options()
                          .environment(aws::environment{{}})
                          .endpoint_url(server.endpoint())
                          .region("us-east-1")
                          .credentials("demo-key", "demo-secret")
                          .memory_budget(budget)};
    co_await s3.create_bucket("lake");
    co_await run(s3, "s3://lake/", r);
}

awaitable<void> run_there(report& r, executor ex, std::string url) {
    s3::client s3{ex, s3::client_options().memory_budget(budget)};
    const auto id = make_system_random()->next() % 1'000'000;
    auto root = url + (url.ends_with('/') ? "" : "/") + "penstock-demo-" + std::to_string(id) + "/";
    r.heading("real store, below " + root);
    co_await run(s3, root, r);
}

} // namespace

int main(int argc, char** argv) {
    if (argc > 2 || (argc == 2 && !is_s3_url(argv[1])))
        return std::fputs("usage: demo [s3://bucket/prefix]\n", stderr), 2;
    report r;
    asio::io_context io{1};
    auto job = argc == 2 ? run_there(r, io.get_executor(), argv[1]) : run_here(r, io.get_executor());
    asio::co_spawn(io, std::move(job), [&](std::exception_ptr failed) {
        if (failed) r.failed(to_failure(failed).message());
    });
    io.run();
    return r.good() ? 0 : 1;
}

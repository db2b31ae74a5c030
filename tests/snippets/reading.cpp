// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
// What the documents show of reading and finding objects, on an embedded server.
#include <penstock.hpp>
#include <penstock/testing/s3_server.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

#include <chrono>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <unistd.h>

namespace asio = boost::asio;
using namespace penstock;

namespace {

int failures = 0;
void expect(bool held, const char* what) {
    if (held) return;
    ++failures;
    std::fprintf(stderr, "not so: %s\n", what);
}

asio::awaitable<void> in_order(s3::client client) {
    auto object = co_await s3::open_parallel(client, "s3://lake/trips.csv");   // a byte_source
    const auto text = co_await read_all(object, 100);
    expect(text == "a,b\n1,2\n", "an object is read in order");
}

asio::awaitable<void> here_and_there(s3::client client) {
    std::vector<std::byte> footer(4), column(6);
    std::vector<s3::range_read> columns(1, s3::range_read{0, column});
    s3::range_reader file{client, "s3://lake/trips.parquet", {}, s3::range_options{}.tail(256 << 10)};
    co_await file.read_tail(footer);                       // size, footer and pin by one GET
    co_await file.read_ranges(columns);                    // gaps are read and dropped
    expect(as_text(footer) == "PAR1" && as_text(column) == "PAR1ab", "both ends of a file are read");
}

asio::awaitable<void> find(s3::client s3, wall_time yesterday) {
    int found_keys = 0;
    const auto use = [&](const std::string& key, std::optional<std::uint64_t> size) {
        found_keys += !key.empty() && size == 3;
    };
    auto found = s3::find_objects(s3, "s3://lake/sales/year=202{5,6}/**/*.parquet",
                                  s3::find_objects_options().data_only().modified_after(yesterday));
    while (auto batch = co_await found.next())
        for (const auto& o : *batch) use(o.key, o.size);
    expect(found_keys == 2, "a pattern finds its objects alone");
}

asio::awaitable<void> compressed(s3::client s3, asio::any_io_executor workers) {
    auto first = compress(s3.create("s3://lake/trips.csv.zst"), compression::zstd);
    co_await first->write(as_bytes("a,b\n1,2\n"));
    co_await first->commit();

    auto object = co_await s3.open("s3://lake/trips.csv.zst");
    auto plain = decompress(std::move(object), decompress_options()
                                                   .budget(s3.budget())          // windows are taken from it
                                                   .max_output(std::uint64_t{4} << 30)
                                                   .compute_executor(workers));  // by default here, in slices
    auto out = compress(s3.create("s3://lake/trips.csv.xz"), compression::xz,
                        compress_options().level(3).budget(s3.budget()));

    const auto text = co_await read_all(*plain);
    co_await out->write(as_bytes(text));
    co_await out->commit();
    auto again = co_await s3.open("s3://lake/trips.csv.xz");
    auto back = decompress(std::move(again));
    const auto same = co_await read_all(*back);
    expect(same == "a,b\n1,2\n", "what is compressed comes back");
}

asio::awaitable<void> all(s3::client client, std::string folder, asio::any_io_executor workers) {
    co_await client.create_bucket("lake");
    co_await client.put("s3://lake/trips.csv", "a,b\n1,2\n");
    co_await client.put("s3://lake/trips.parquet", "PAR1abcPAR1");
    co_await client.put("s3://lake/sales/year=2025/a.parquet", "123");
    co_await client.put("s3://lake/sales/year=2026/month=1/b.parquet", "123");
    co_await client.put("s3://lake/sales/year=2024/c.parquet", "123");
    co_await client.put("s3://lake/sales/year=2026/_SUCCESS", "");
    co_await in_order(client);
    co_await here_and_there(client);
    co_await compressed(client, workers);
    co_await find(client, std::chrono::system_clock::now() - std::chrono::hours{24});
    co_await s3::download(client, "s3://lake/trips.csv", folder + "/trips.csv");
    expect(std::filesystem::file_size(folder + "/trips.csv") == 8, "a download is a file");
}

// Nothing is written outside a folder of the test's own: shown, but not run.
[[maybe_unused]] asio::awaitable<void> to_a_file(s3::client client) {
    co_await s3::download(client, "s3://lake/model.bin", "/var/cache/model.bin");
}

} // namespace

int main() {
    std::string folder = (std::filesystem::temp_directory_path() / "penstock-snippets-XXXXXX").string();
    if (!::mkdtemp(folder.data())) return 1;
    asio::io_context io{1};
    asio::thread_pool workers{1}; // ends before the io_context
    testing::s3_server server{io.get_executor(), testing::s3_server_options().credentials("ak", "sk")};
    server.listen();
    s3::client client{io.get_executor(), s3::client_options().endpoint_url(server.endpoint()).credentials("ak", "sk")};
    asio::co_spawn(io, all(client, folder, workers.get_executor()), [&](std::exception_ptr e) {
        server.stop();
        expect(!e, "all of it ends well");
        try {
            if (e) std::rethrow_exception(e);
        } catch (const std::exception& why) {
            std::fprintf(stderr, "%s\n", why.what());
        }
    });
    io.run();
    std::filesystem::remove_all(folder);
    return failures != 0;
}

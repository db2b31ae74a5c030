// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
//
// The embedded S3 server as a program, for clients in other languages: prints its endpoint (and, with --tls,
// writes its CA to the file given there), and serves until its standard input ends.
#include <penstock/testing/s3_server.hpp>
#include <penstock/testing/test_certificates.hpp>

#include "stop_at_end_of_input.hpp"

#include <boost/asio/io_context.hpp>

#include <cstdio>
#include <exception>
#include <fstream>
#include <string>

namespace {

int run(int argc, char** argv) {
    using namespace penstock;
    auto options = testing::s3_server_options()
                       .credentials("AKIDPENSTOCKTEST", "correct horse/battery+staple")
                       .bucket_region("elsewhere", "eu-west-1")
                       .min_part_size(5 << 20);
    for (int i = 1; i < argc; ++i) {
        const std::string arg = argv[i];
        const std::string value = i + 1 < argc ? argv[++i] : "";
        if (arg == "--folder") {
            options.storage(testing::make_folder_storage(value));
        } else if (arg == "--tls") {
            const testing::test_authority authority;
            const auto own = authority.server();
            std::ofstream{value} << authority.ca_pem();
            options.tls(own.certificate_pem, own.key_pem);
        } else {
            std::fprintf(stderr, "usage: serve [--folder DIR] [--tls CA_FILE]\n");
            return 2;
        }
    }
    boost::asio::io_context io{1};
    testing::s3_server server{io.get_executor(), options};
    server.listen();
    std::printf("%s\n", server.endpoint().c_str());
    std::fflush(stdout);
    const stop_at_end_of_input stop{io};
    io.run();
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& e) {
        std::fprintf(stderr, "serve: %s\n", e.what());
        return 1;
    }
}

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
//
// The fake metadata services as a program, for clients in other languages: prints its endpoint, serves until its standard
// input ends, then prints how many requests of each kind there were.
#include "stop_at_end_of_input.hpp"

#include <penstock/core/error.hpp>
#include <penstock/testing/metadata_server.hpp>

#include <boost/asio/io_context.hpp>

#include <cstdio>
#include <exception>
#include <map>
#include <string>

namespace {

using namespace penstock::testing;

const std::map<std::string, metadata_request> kinds = {{"token", metadata_request::token},
                                                       {"role", metadata_request::role},
                                                       {"credentials", metadata_request::credentials},
                                                       {"container", metadata_request::container},
                                                       {"other", metadata_request::other}};

/// "stall", "garbage", "refusal", or a status.
metadata_fault parse_fault(const std::string& text) {
    if (text == "stall") return metadata_fault::stall();
    if (text == "garbage") return metadata_fault::garbage();
    if (text == "refusal") return metadata_fault::refusal("AssumeRoleUnauthorizedAccess", "EC2 cannot assume the role");
    return metadata_fault::status(std::stoi(text));
}

int run(int argc, char** argv) {
    boost::asio::io_context io{1};
    metadata_server server{io.get_executor()};
    auto& contents = server.contents();
    for (int i = 1; i < argc; ++i) {
        const std::string arg = argv[i];
        const std::string value = i + 1 < argc ? argv[i + 1] : "";
        if (arg == "--version-1") {
            contents.version_1 = true;
            continue;
        }
        ++i;
        if (arg == "--role") {
            contents.role = value;
        } else if (arg == "--lifetime") { // in seconds
            contents.lifetime = std::chrono::seconds{std::stol(value)};
        } else if (arg == "--path") {
            contents.container_path = value;
        } else if (arg == "--token") {
            contents.container_token = value;
        } else if (arg == "--fault") { // KIND:FAULT
            const auto colon = value.find(':');
            server.always(kinds.at(value.substr(0, colon)), parse_fault(value.substr(colon + 1)));
        } else {
            std::fprintf(stderr, "usage: metadata [--version-1] [--role NAME] [--lifetime SECONDS] [--path PATH] [--token TEXT] "
                                 "[--fault KIND:FAULT]...\n");
            return 2;
        }
    }
    server.listen();
    std::printf("%s\n", server.endpoint().c_str());
    std::fflush(stdout);
    const stop_at_end_of_input stop{io};
    io.run();
    for (const auto& [name, kind] : kinds)
        std::printf("%s %llu\n", name.c_str(), static_cast<unsigned long long>(server.count(kind)));
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& e) {
        std::fprintf(stderr, "metadata: %s\n", e.what());
        return 1;
    }
}

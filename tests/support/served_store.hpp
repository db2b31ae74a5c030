// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/client.hpp>
#include <penstock/testing/s3_server.hpp>

namespace test {

/// The embedded server on loopback, and a client for it.
struct served_store {
    boost::asio::io_context io{1};
    penstock::testing::s3_server server{io.get_executor(), penstock::testing::s3_server_options().credentials("ak", "secret")};
    penstock::s3::client client;

    served_store() : client{make()} {}

  private:
    penstock::s3::client make() {
        server.listen();
        return penstock::s3::client{io.get_executor(), penstock::s3::client_options()
                                                           .environment(penstock::aws::environment{{}})
                                                           .endpoint_url(server.endpoint())
                                                           .region("us-east-1")
                                                           .credentials("ak", "secret")};
    }
};

} // namespace test

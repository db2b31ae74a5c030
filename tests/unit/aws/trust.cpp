// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "support/temporary_folder.hpp"

#include <penstock/aws/detail/trust.hpp>

#include <doctest/doctest.h>

namespace trust_test {

using namespace penstock;

TEST_CASE("a bundle that environment or profile name is a file or a folder; what the caller says goes first") {
    using aws::detail::trust;
    const test::temporary_folder folder;
    folder.write("root.pem", "some PEM");
    CHECK(trust({}, folder / "root.pem").ca_file() == folder / "root.pem");
    CHECK(trust({}, folder / "none.pem").ca_file() == folder / "none.pem"); // told when it is read
    CHECK(trust({}, folder.path().string()).ca_directory() == folder.path().string());
    CHECK(trust({}, folder.path().string()).ca_file().empty());
    CHECK(trust({}, "").ca_file().empty());
    CHECK(trust(http::tls_options{}.ca_pem("x"), folder / "root.pem").ca_file().empty());
    CHECK(trust(http::tls_options{}.context(http::make_tls_context({})), folder / "root.pem").ca_file().empty());
    CHECK(trust(http::tls_options{}.verify(false), folder / "root.pem").ca_file().empty());
}

} // namespace trust_test

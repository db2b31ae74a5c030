// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "store.hpp"

#include <penstock/core/as_result.hpp>

#include <doctest/doctest.h>

namespace regions_integration_test {

using namespace penstock;
using store_test::store;

/// What a client that has the wrong region does on a store that has one.
awaitable<void> write_and_read(store& st, std::string text) {
    auto there = st.client();
    co_await there.create_bucket(st.bucket);
    const auto elsewhere = st.options().region("eu-west-1");
    const auto ex = co_await asio::this_coro::executor;
    s3::client writer{ex, elsewhere}, reader{ex, elsewhere}, looker{ex, elsewhere};
    co_await writer.put(st.url("k"), text); // its body is sent twice
    co_await writer.put(st.url("k"), text);
    const auto got = co_await reader.get(st.url("k"));
    CHECK(got.body == text);
    const auto head = co_await looker.head(st.url("k")); // refused without a word
    CHECK(head.size == text.size());
    CHECK(writer.statistics().retries + reader.statistics().retries + looker.statistics().retries == 0);
    if (st.differs.checks_region) CHECK(writer.statistics().requests == 3);
    const auto link = co_await writer.presign(st.url("k"), std::chrono::minutes{1});
    if (st.differs.checks_region) CHECK(link.find("%2Fus-east-1%2F") != std::string::npos);
    co_await there.remove(st.url("k"));
    co_await there.remove_bucket(st.bucket);
}

TEST_CASE("store: a client with the wrong region finds the right one") {
    store st;
    st.run(write_and_read(st, std::string(200'000, 't')));
}

} // namespace regions_integration_test

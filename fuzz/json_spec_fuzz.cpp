// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// JSON specs and contexts: anything is a value or an error that says where, and what was a value makes a client or an error
// of configuration.
#include "support.hpp"

#include <penstock/core/error.hpp>
#include <penstock/s3/client.hpp>
#include <penstock/s3/json_spec.hpp>

#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <string_view>

namespace json_spec_fuzz {

namespace s3 = penstock::s3;
using penstock::condition;
using penstock::errc;

void check_told(const penstock::failure& said, bool json) {
    const auto& code = said.code();
    require(code == condition::configuration || code == condition::unsupported || code == condition::authentication ||
            code == errc::malformed_json);
    require(json ? code == errc::malformed_json || !said.detail().object.empty() : true);
    require(!said.message().empty());
}

/// A client can be made of what was taken, or is refused with a word.
void check_client(const s3::client_options& options) {
    boost::asio::io_context io{1};
    try {
        const s3::client made{io.get_executor(), options};
    } catch (const penstock::error& e) {
        check_told(e.as_failure(), false);
    }
}

void check_spec(std::string_view text, const s3::store_context& in) {
    const auto spec = s3::parse_json_spec(text, in);
    if (!spec) return check_told(spec.error(), true);
    require(s3::is_json_spec(text));
    const auto url = s3::parse_url(spec->address.url());
    require(url && *url == spec->address);
    require(spec->client.request_concurrency() && spec->client.request_concurrency()->limit() > 0);
    check_client(spec->client);
    // Once more it says the same.
    const auto again = s3::parse_json_spec(text, in);
    require(again && again->address == spec->address && again->client.region() == spec->client.region() &&
            again->client.credentials_request() == spec->client.credentials_request());
}

} // namespace json_spec_fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace json_spec_fuzz;
    const auto text = text_behind(data, size, 0);
    const penstock::aws::environment env{{}};
    check_spec(text, s3::store_context{env});
    const auto split = text.find('\f'); // what stands before it is the context around
    const auto around = s3::parse_store_context(text.substr(0, split), env);
    if (!around)
        check_told(around.error(), true);
    else if (split != text.npos)
        check_spec(text.substr(split + 1), *around);
    return 0;
}

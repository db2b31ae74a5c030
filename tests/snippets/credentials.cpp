// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
// What the comments of headers and the documents show of credentials, options as text, and fakes of services.
#include <penstock.hpp>
#include <penstock/testing/http_server.hpp>
#include <penstock/testing/metadata_server.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdio>
#include <exception>

namespace asio = boost::asio;
using namespace penstock;

namespace {

int failures = 0;
void expect(bool held, const char* what) {
    if (held) return;
    ++failures;
    std::fprintf(stderr, "not so: %s\n", what);
}

asio::awaitable<aws::credentials> ask_vault() {
    aws::credentials found{"ak", "sk"};
    co_return found;
}

void a_role_by_the_environment() {
    auto base = aws::make_environment_credentials_provider();
    auto role = aws::assume_role_options{"arn:aws:iam::123456789012:role/reader"}.external_id("partner-7");
    auto keys = aws::make_assume_role_credentials_provider(base, role);
    expect(keys->name() == "assume role", "a provider has a name");
}

void shared_by_clients(executor executor, penstock::executor other_executor) {
    auto role = aws::assume_role_options{"arn:aws:iam::123456789012:role/reader"}.external_id("partner-7");
    auto keys = aws::make_assume_role_credentials_provider(aws::make_default_credentials_chain(), role);
    s3::client one{executor, s3::client_options().credentials(keys)};       // any number of clients, on any threads,
    s3::client two{other_executor, s3::client_options().credentials(keys)}; // share one provider and its calls

    auto vault = aws::make_caller_credentials_provider(&ask_vault); // a coroutine of yours that gives credentials
    expect(vault->name() == "caller", "the caller's own provider has a name");
}

void options_as_text(executor executor) {
    const auto read = s3::parse_text_options({{"s3_endpoint", "http://minio:9000"}, {"s3_region", "us-east-1"}});
    s3::client client{executor, read.value().client};
}

void a_small_service(asio::io_context& io) {
    testing::http_server server{io.get_executor(), [](const testing::http_request& r) {
        return r.path == "/hello" ? testing::http_answer{200, "hello"} : testing::http_answer{404};
    }};
    server.listen();                        // server.endpoint() is "http://127.0.0.1:PORT"
    expect(server.endpoint().starts_with("http://127.0.0.1:"), "it listens");
}

asio::awaitable<void> keys_of_an_instance(asio::io_context& io) {
    testing::metadata_server server{io.get_executor()};
    server.listen();
    server.next(testing::metadata_request::token, testing::metadata_fault::status(403));
    auto options = aws::instance_metadata_options().endpoint(server.endpoint());
    auto provider = aws::make_instance_metadata_credentials_provider(options);
    auto refused = co_await as_result(provider->get());
    expect(!refused, "the first token is refused");
    auto found = co_await as_result(provider->get());
    expect(found.has_value(), "the second is not");
}

} // namespace

int main() {
    asio::io_context io;
    a_role_by_the_environment();
    shared_by_clients(io.get_executor(), io.get_executor());
    options_as_text(io.get_executor());
    a_small_service(io);
    asio::co_spawn(io, keys_of_an_instance(io), [](std::exception_ptr failed) {
        if (failed) expect(false, to_failure(failed).message().c_str());
    });
    io.run();
    return failures ? 1 : 0;
}

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "support/conformance.hpp"
#include "support/recorded_traffic.hpp"

#include <penstock/aws/date_time.hpp>
#include <penstock/aws/uri.hpp>
#include <penstock/core/as_result.hpp>
#include <penstock/http/connector.hpp>
#include <penstock/s3/client.hpp>
#include <penstock/s3/detail/client_state.hpp>
#include <penstock/s3/list_objects_v2.hpp>
#include <penstock/testing/memory_stream.hpp>
#include <penstock/testing/simulation.hpp>

#include <boost/asio/detached.hpp>

#include <algorithm>
#include <charconv>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

/// Traffic that another SDK recorded, replayed: this client must send the same, and understand the answers.
namespace test_s3_http_recordings {

using namespace penstock;
namespace json = boost::json;

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
}

struct recorded_exchange {
    std::string method, uri, body;
    std::map<std::string, std::string> headers; ///< of the request
    std::string answer;                         ///< as on the wire; empty where the connection failed
};

std::map<std::string, std::string> by_name(const test::recorded_headers& headers) {
    std::map<std::string, std::string> out;
    for (const auto& [name, value] : headers) out.emplace(lower(name), value);
    return out;
}

/// With the answers as they are on the wire.
std::vector<recorded_exchange> read_recording(const std::filesystem::path& path) {
    std::vector<recorded_exchange> out;
    for (auto& x : test::read_recorded_traffic(path)) {
        recorded_exchange e;
        e.method = std::move(x.method);
        e.uri = std::move(x.uri);
        e.body = std::move(x.body);
        e.headers = by_name(x.headers);
        if (x.status) {
            const auto headers = by_name(x.answer_headers);
            e.answer = "HTTP/1.1 " + std::to_string(*x.status) + " S\r\n";
            for (const auto& [name, value] : headers) e.answer += name + ": " + value + "\r\n";
            e.answer += "\r\n";
            if (headers.contains("transfer-encoding")) {
                char size[20];
                const auto end = std::to_chars(size, size + sizeof size, x.answer_body.size(), 16).ptr;
                e.answer += std::string(size, end) + "\r\n" + x.answer_body + "\r\n0\r\n\r\n";
            } else {
                e.answer += x.answer_body;
            }
        }
        out.push_back(std::move(e));
    }
    return out;
}

struct sent_request {
    std::string origin, method, target, body;
    std::map<std::string, std::string> headers;
};

sent_request parse_sent(std::string origin, std::string_view text) {
    sent_request out;
    out.origin = std::move(origin);
    const auto space = text.find(' ');
    out.method = text.substr(0, space);
    out.target = text.substr(space + 1, text.find(' ', space + 1) - space - 1);
    for (auto at = text.find("\r\n") + 2; at < text.size();) {
        const auto end = text.find("\r\n", at);
        const auto colon = text.find(": ", at);
        if (end == text.npos || end == at) break;
        out.headers[lower(std::string{text.substr(at, colon - at)})] = text.substr(colon + 2, end - colon - 2);
        at = end + 2;
    }
    out.body = text.substr(text.find("\r\n\r\n") + 4);
    return out;
}

/// Answers the n-th request as it was recorded, and ends the connection.
class replay final : public http::connector {
  public:
    explicit replay(const std::vector<recorded_exchange>& recording) : recording_{recording} {}

    awaitable<http::stream_ptr> connect(http::origin to) override {
        const auto ex = co_await asio::this_coro::executor;
        auto pair = testing::make_memory_streams(ex);
        asio::co_spawn(ex, serve(this, std::move(pair.server), to.url()), asio::detached);
        co_return http::stream_ptr{std::move(pair.client)};
    }

    std::vector<sent_request> sent;

  private:
    static bool is_whole(std::string_view got) {
        const auto end = got.find("\r\n\r\n");
        if (end == got.npos) return false;
        const auto length = got.substr(0, end).find("Content-Length: ");
        return length == got.npos || got.size() >= end + 4 + std::stoull(std::string{got.substr(length + 16, 20)});
    }

    static awaitable<void> serve(replay* self, std::unique_ptr<testing::server_stream> s, std::string origin) {
        std::string got;
        while (!is_whole(got)) {
            std::byte block[4096];
            const auto r = s->try_read_some(block);
            if (r.status == io_status::bytes)
                got.append(as_text({block, r.size}));
            else if (r.status == io_status::would_block)
                co_await s->wait(http::wait_for::read);
            else
                co_return;
        }
        const auto n = self->sent.size();
        self->sent.push_back(parse_sent(std::move(origin), got));
        if (n >= self->recording_.size()) co_return;
        auto rest = as_bytes(self->recording_[n].answer);
        while (!rest.empty()) {
            const auto r = s->try_write_some(rest);
            if (r.status == io_status::bytes)
                rest = rest.subspan(r.size);
            else if (r.status == io_status::would_block)
                co_await s->wait(http::wait_for::write);
            else
                co_return;
        }
    }

    const std::vector<recorded_exchange>& recording_;
};

/// As a set of decoded pairs; x-id is only that SDK's, and that keys may come percent-encoded only ours.
std::set<std::pair<std::string, std::string>> query_of(std::string_view target) {
    std::set<std::pair<std::string, std::string>> out;
    const auto question = target.find('?');
    if (question == target.npos) return out;
    for (auto& p : aws::parse_query(target.substr(question + 1)))
        if (p.name != "x-id" && p.name != "encoding-type") out.emplace(std::move(p.name), std::move(p.value));
    return out;
}

/// "Credential" and "SignedHeaders" of an Authorization field. The other SDK signs its own x-amz-user-agent as well.
std::string signer_of(const std::string& authorization) {
    auto text = authorization.substr(0, authorization.find(", Signature="));
    if (const auto at = text.find(";x-amz-user-agent"); at != text.npos) text.erase(at, 17);
    return text;
}

std::string compare(const recorded_exchange& want, const sent_request& got) {
    const auto slash = want.uri.find('/', 8);
    const auto target = want.uri.substr(slash);
    if (got.method != want.method) return "method " + got.method;
    if (got.origin != want.uri.substr(0, slash)) return "went to " + got.origin;
    if (got.target.substr(0, got.target.find('?')) != target.substr(0, target.find('?'))) return "path " + got.target;
    if (query_of(got.target) != query_of(target)) return "query " + got.target;
    for (const auto* name : {"x-amz-date", "x-amz-content-sha256", "x-amz-s3session-token", "x-amz-security-token"}) {
        const auto a = want.headers.find(name), b = got.headers.find(name);
        const bool same = (a == want.headers.end()) == (b == got.headers.end()) &&
                          (a == want.headers.end() || a->second == b->second);
        if (!same) return std::string{"another "} + name;
    }
    const auto signature = [](const std::map<std::string, std::string>& headers) {
        const auto found = headers.find("authorization");
        return found == headers.end() ? std::string{"none"} : signer_of(found->second);
    };
    if (signature(got.headers) != signature(want.headers))
        return "signed as " + signature(got.headers) + ", wanted " + signature(want.headers);
    return {};
}

/// One recording, and a client in its place and time.
struct played {
    played(const std::filesystem::path& path, const char* date)
        : recording{read_recording(path)}, how{std::make_shared<replay>(recording)},
          clock{testing::manual_clock::create(aws::parse_amz_date(date)->to_wall_time())} {
        options.connector(how).clock(clock).environment(aws::environment{{}}).retry(aws::retry_options::preset("none"));
        options.region("us-east-1").credentials("ANOTREAL", "notrealrnrELgWzOk3IfjzDKtFBhDby");
    }

    s3::client client() { return s3::client{io.get_executor(), options}; }
    template <class T>
    T run(awaitable<T> op) {
        return testing::simulate(io, *clock, std::move(op));
    }
    /// What differs from the recording.
    std::string difference() const {
        if (how->sent.size() != recording.size())
            return std::to_string(how->sent.size()) + " requests for " + std::to_string(recording.size());
        for (std::size_t i = 0; i < recording.size(); ++i)
            if (const auto why = compare(recording[i], how->sent[i]); !why.empty())
                return "request " + std::to_string(i) + ": " + why;
        return {};
    }

    std::vector<recorded_exchange> recording;
    std::shared_ptr<replay> how;
    std::shared_ptr<testing::manual_clock> clock;
    asio::io_context io{1};
    s3::client_options options;
};

/// Content-Length of the answer, where it has one.
std::optional<std::uint64_t> promised_size(const recorded_exchange& e) {
    const auto at = e.answer.find("content-length: ");
    if (at == e.answer.npos) return std::nullopt;
    return std::stoull(e.answer.substr(at + 16));
}

std::string address(const recorded_exchange& e) {
    const auto dot = e.uri.find('.'), slash = e.uri.find('/', 8);
    const auto path = e.uri.substr(slash, e.uri.find('?') - slash);
    return "s3://" + e.uri.substr(8, dot - 8) + path;
}

awaitable<std::string> list(s3::client client, std::string bucket) {
    auto pages = client.list(s3::object_address{"s3://" + bucket + "/"});
    std::string keys;
    while (auto page = co_await pages.next())
        for (const auto& o : page->objects) keys += o.key + " ";
    co_return keys;
}

constexpr const char* their_day = "20090213T233130Z"; // 1234567890

std::string express_mixed(const std::filesystem::path& path) {
    played p{path, their_day};
    p.options.region("us-west-2");
    auto client = p.client();
    const std::string one = "s3express-test-bucket--usw2-az1--x-s3", two = "s3express-test-bucket-2--usw2-az3--x-s3";
    std::vector<std::string> keys;
    for (const auto& bucket : {one, std::string{"regular-test-bucket"}, two, one}) keys.push_back(p.run(list(client, bucket)));
    if (keys[0] != "hello-world.txt " || keys[1] != "ferris.png " || keys[2].empty() || keys[3] != keys[0])
        return "other keys";
    return p.difference();
}

std::string unsigned_head(const std::filesystem::path& path) {
    played p{path, their_day};
    p.options.anonymous();
    const auto head = p.run(p.client().head(address(p.recording[0])));
    if (head.size != promised_size(p.recording[0])) return "another size";
    return p.difference();
}

std::string unsigned_get(const std::filesystem::path& path) {
    played p{path, their_day};
    p.options.anonymous();
    // The recording has the head alone: that must not pass for the object, of which the rest is asked for.
    const auto got = p.run(as_result(p.client().get(address(p.recording[0]))));
    if (got) return "a body cut short is taken for whole";
    return p.how->sent.empty() ? "nothing was sent" : compare(p.recording[0], p.how->sent[0]);
}

std::string signed_head(const std::filesystem::path& path) {
    played p{path, their_day};
    const auto head = p.run(p.client().head(address(p.recording[0])));
    if (head.size != promised_size(p.recording[0])) return "another size";
    return p.difference();
}

/// The body has another length than Content-Length says.
std::string wrong_length(const std::filesystem::path& path) {
    played p{path, their_day};
    const auto got = p.run(as_result(p.client().get(address(p.recording[0]))));
    if (got) return "a body of the wrong length was taken";
    return p.how->sent.empty() ? "nothing was sent" : compare(p.recording[0], p.how->sent[0]);
}

std::string retried(const std::filesystem::path& path) {
    played p{path, "20190601T000000Z"};
    p.options.credentials("ANOTREAL", "notrealrnrELgWzOk3IfjzDKtFBhDby", "notarealsessiontoken");
    aws::retry_options how;
    how.first_delay(std::chrono::seconds{1}).max_delay(std::chrono::seconds{1}).with_jitter(aws::retry_options::jitter::none);
    p.options.retry(how);
    // By the operation itself: the key in the answer, which is made up, is not under the prefix, and a lister says so.
    const auto state = std::make_shared<s3::detail::client_state>(p.io.get_executor(), p.options);
    auto asked = state->call(s3::detail::make_list_objects_v2("test-bucket", s3::list_objects_options().prefix("prefix~")),
                             &s3::detail::parse_list_objects_v2);
    const auto page = p.run(std::move(asked));
    if (page.objects.size() != 1 || page.objects[0].key != "some-file.file") return "other keys";
    return p.difference();
}

/// The text with every signature of 64 digits as dots: the other SDK signs a header field of its own.
std::string without_signatures(std::string text) {
    for (const std::string_view mark : {"chunk-signature=", "x-amz-trailer-signature:"})
        for (auto at = text.find(mark); at != text.npos; at = text.find(mark, at + mark.size()))
            text.replace(at + mark.size(), 64, 64, '.');
    return text;
}

std::string chunked(const std::filesystem::path& path, std::size_t size, std::size_t chunk_size, bool signed_chunks) {
    played p{path, their_day};
    s3::body_checksum sum;
    sum.algorithm = checksum_algorithm::crc32;
    sum.in_trailer = true;
    sum.chunk_size = chunk_size;
    sum.signed_chunks = signed_chunks;
    auto asked = s3::put_object_options{}.content_type("application/octet-stream").checksum(sum);
    p.run(p.client().put(address(p.recording[0]), std::string(size, 'a'), asked));
    if (p.how->sent.size() != 1) return "sent " + std::to_string(p.how->sent.size());
    auto want = p.recording[0];
    auto& authorization = want.headers["authorization"]; // that SDK signs the length, too
    authorization.erase(authorization.find("content-length;"), 15);
    const auto& sent = p.how->sent[0];
    for (const auto* name : {"x-amz-decoded-content-length", "x-amz-trailer", "x-amz-sdk-checksum-algorithm", "content-encoding",
                             "content-type"})
        if (sent.headers.at(name) != want.headers.at(name)) return std::string{"another "} + name;
    if (sent.headers.at("content-length") != std::to_string(want.body.size())) return "another length";
    if (without_signatures(sent.body) != without_signatures(want.body)) return "another body";
    return compare(want, sent);
}

std::string chunked_and_signed(const std::filesystem::path& path) { return chunked(path, 10'240, 8'192, true); }
std::string chunked_by_size(const std::filesystem::path& path) { return chunked(path, 10'240, 8'192, false); }
std::string in_one_chunk(const std::filesystem::path& path) { return chunked(path, 66'560, 1 << 20, false); }

TEST_CASE("conformance: s3-http-recordings") {
    const auto folder = test::conformance_folder("s3-http-recordings");
    if (!folder) return;
    static const std::map<std::string, std::function<std::string(const std::filesystem::path&)>> known = {
        {"aws_chunked/chunk-signing", chunked_and_signed},
        {"aws_chunked/custom-chunk-size", chunked_by_size},
        {"aws_chunked/no-chunking", in_one_chunk},
        {"express/mixed-auths", express_mixed},
        {"no_auth/head-object", unsigned_head},
        {"no_auth/get-object", unsigned_get},
        {"content-length-enforcement/head-object", signed_head},
        {"content-length-enforcement/get-object-long", wrong_length},
        {"content-length-enforcement/get-object-short", wrong_length},
        {"request-information-headers/three-retries_and-then-success", retried},
    };
    test::conformance_report report{"s3-http-recordings"};
    for (const auto& entry : std::filesystem::recursive_directory_iterator{*folder}) {
        if (entry.path().extension() != ".json") continue;
        const auto name = std::filesystem::relative(entry.path(), *folder).replace_extension().string();
        const auto found = known.find(name);
        if (found == known.end()) {
            report.fail(name, "nobody knows what this recording is");
            continue;
        }
        try {
            report.check(name, found->second(entry.path()));
        } catch (const std::exception& e) {
            report.fail(name, e.what());
        }
    }
}

} // namespace test_s3_http_recordings

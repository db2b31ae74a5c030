// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// What a server sends on one connection: any bytes end in answers or an error, the same however they are cut; and a
// body that is framed comes back. The first byte says how it is cut, the second what was asked for.
#include "support.hpp"

#include <penstock/core/byte_sink.hpp>
#include <penstock/http/body_decoder.hpp>
#include <penstock/http/head_parser.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

namespace http_fuzz {

namespace http = penstock::http;
using penstock::as_bytes;
using state = http::body_decoder::state;

/// What was read, as text. Of a failure only that there was one: of a head that is too large, broken and cut off, it
/// depends on how it comes which of the three is seen first.
struct outcome {
    std::string log;
    bool failed = false;

    friend bool operator==(const outcome&, const outcome&) = default;
};

/// The bytes that have come so far: `piece` more with each call of `more`.
class arriving {
  public:
    arriving(std::string_view all, std::size_t piece) : all_{all}, piece_{piece} {}

    std::string_view unread() const { return all_.substr(used_, come_ - used_); }
    void use(std::size_t n) {
        require(n <= come_ - used_);
        used_ += n;
    }
    bool more() {
        const auto n = std::min(piece_, all_.size() - come_);
        come_ += n;
        return n > 0;
    }

  private:
    std::string_view all_;
    std::size_t piece_;
    std::size_t used_ = 0;
    std::size_t come_ = 0;
};

/// False at the end of the connection, and on failure.
bool read_head(http::head_parser& parser, http::response_head& head, arriving& in, outcome& out) {
    parser.start(head);
    bool begun = false;
    for (;;) {
        const auto used = parser.parse(as_bytes(in.unread()));
        if (!used) {
            require(used.error().code().failed());
            out.failed = true;
            return false;
        }
        in.use(*used);
        begun |= *used > 0;
        if (parser.done()) break;
        if (in.more()) continue;
        out.failed = begun || !in.unread().empty();
        return false;
    }
    require(head.status >= 0 && head.status <= 999); // three digits
    require(!(head.chunked && head.content_length));
    out.log += std::to_string(head.status) + head.reason + (head.keep_alive ? " kept " : " closed ");
    for (std::size_t i = 0; i < head.headers.size(); ++i) {
        const auto field = head.headers[i];
        require(http::valid_header(field.name, field.value)); // could be sent on as it is
        out.log.append(field.name).append(":").append(field.value).append("\n");
    }
    return true;
}

bool read_body(const http::response_head& head, std::string_view method, arriving& in, outcome& out) {
    http::body_decoder decoder;
    decoder.start(head, method);
    while (decoder.now() != state::done) {
        const auto unread = in.unread();
        if (unread.empty()) {
            if (in.more()) continue;
            out.failed = !decoder.consume_end();
            break;
        }
        if (decoder.now() == state::data) {
            require(decoder.data_size() > 0);
            const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(decoder.data_size(), unread.size()));
            out.log += unread.substr(0, n);
            decoder.consume_data(n);
            in.use(n);
            continue;
        }
        const auto used = decoder.consume_frame(as_bytes(unread));
        out.failed = !used;
        if (out.failed) break;
        require(*used > 0);
        in.use(*used);
    }
    out.log += "|";
    return !out.failed && !decoder.ends_with_connection();
}

outcome read(std::string_view text, std::string_view method, std::size_t max_head, std::size_t piece) {
    arriving in{text, piece};
    http::head_parser parser{max_head};
    http::response_head head; // reused, as a connection does
    outcome out;
    bool more = true;
    while (more) more = read_head(parser, head, in, out) && read_body(head, method, in, out);
    return out;
}

/// `body` in chunks of `piece` bytes; some have extensions, and there are trailers.
std::string in_chunks(std::string_view body, std::size_t piece) {
    std::string out;
    for (bool more = true; more;) {
        const auto chunk = body.substr(0, piece);
        body.remove_prefix(chunk.size());
        char digits[16];
        out.append(digits, std::to_chars(digits, digits + sizeof digits, chunk.size(), 16).ptr);
        if (chunk.size() % 2) out += ";a=\"\\\";\"";
        more = !chunk.empty();
        out.append("\r\n");
        if (more) out.append(chunk).append("\r\n");
    }
    return out + "Trailer: 1\r\n\r\n";
}

void check_framing(std::string_view body, std::size_t piece) {
    http::response_head head;
    head.status = 200;
    head.chunked = true;
    const auto framed = in_chunks(body, piece);
    arriving in{framed, 1 + piece / 3};
    outcome out;
    require(read_body(head, "GET", in, out));
    require(out.log.size() == body.size() + 1 && out.log.starts_with(body));
    require(in.unread().empty() && !in.more());
}

} // namespace http_fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace http_fuzz;
    if (size < 2) return 0;
    const std::size_t piece = 1 + data[0] % 32;
    const std::string_view method = data[1] & 1 ? "HEAD" : "GET";
    const std::size_t max_head = data[1] & 2 ? 200 : 64 << 10;
    const auto text = text_behind(data, size, 2);
    const auto whole = read(text, method, max_head, text.size() + 1);
    const auto cut = read(text, method, max_head, piece);
    // Beast holds a head that comes at once to the limit line by line, any other as a whole.
    require(whole == cut || text.size() > max_head);
    check_framing(text, piece);
    return 0;
}

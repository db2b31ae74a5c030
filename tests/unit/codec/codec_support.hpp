// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/codec/decoder.hpp>
#include <penstock/core/asio.hpp>
#include <penstock/core/byte_sink.hpp>
#include <penstock/core/byte_source.hpp>

#include <support/numbers.hpp>

#include <zlib.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <deque>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace codec_test {

using namespace std::string_literals;
using namespace std::string_view_literals;

using test::numbers;

/// A file of the source tree: tests run in its root.
inline std::string read_file(const std::string& path) {
    std::ifstream in{path, std::ios::binary};
    if (!in) throw std::runtime_error{"no file " + path};
    return {std::istreambuf_iterator<char>{in}, {}};
}

/// Text with repetitions near and far, so that every kind of deflate block and distance occurs.
inline std::string sample_text(std::size_t size, std::uint64_t seed = 1) {
    numbers n{seed};
    std::string out;
    while (out.size() < size) {
        switch (n.below(4)) {
        case 0:
            out += "the quick brown fox " + std::to_string(n.next()) + "\n";
            break;
        case 1:
            out += std::string(n.below(300), static_cast<char>('a' + n.below(26)));
            break;
        case 2:
            if (!out.empty()) {
                const auto from = n.below(out.size());
                out += out.substr(from, n.below(400));
            }
            break;
        case 3:
            for (auto i = n.below(40); i > 0; --i) out += static_cast<char>(n.next());
            break;
        }
    }
    out.resize(size);
    return out;
}

/// A deflate stream without any frame, by zlib.
inline std::string raw_deflate(std::string_view text, int level = 6, int strategy = Z_DEFAULT_STRATEGY,
                               int window_bits = -15) {
    z_stream z{};
    if (deflateInit2(&z, level, Z_DEFLATED, window_bits, 8, strategy) != Z_OK)
        throw std::runtime_error{"zlib"};
    std::string out(deflateBound(&z, text.size()) + 64, '\0');
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    z.avail_in = static_cast<uInt>(text.size());
    z.next_out = reinterpret_cast<Bytef*>(out.data());
    z.avail_out = static_cast<uInt>(out.size());
    if (deflate(&z, Z_FINISH) != Z_STREAM_END) throw std::runtime_error{"zlib"};
    out.resize(z.total_out);
    deflateEnd(&z);
    return out;
}

inline std::string zlib_gzip(std::string_view text, int level = 6, int strategy = Z_DEFAULT_STRATEGY) {
    return raw_deflate(text, level, strategy, 15 + 16);
}

/// All members of `bytes` by zlib; throws where zlib finds a fault.
inline std::string zlib_gunzip(std::string_view bytes) {
    std::string out;
    while (!bytes.empty()) {
        z_stream z{};
        if (inflateInit2(&z, 15 + 16) != Z_OK) throw std::runtime_error{"zlib"};
        z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
        z.avail_in = static_cast<uInt>(bytes.size());
        int code = Z_OK;
        while (code == Z_OK) {
            char block[4096];
            z.next_out = reinterpret_cast<Bytef*>(block);
            z.avail_out = sizeof block;
            code = inflate(&z, Z_NO_FLUSH);
            out.append(block, sizeof block - z.avail_out);
        }
        bytes.remove_prefix(bytes.size() - z.avail_in);
        inflateEnd(&z);
        if (code != Z_STREAM_END) throw std::runtime_error{"zlib finds a fault"};
    }
    return out;
}

inline std::string little_endian(std::uint32_t n, int bytes) {
    std::string out;
    for (int i = 0; i < bytes; ++i) out += static_cast<char>(n >> (8 * i));
    return out;
}

/// A gzip member put together by hand.
struct member {
    std::string text = "hello, member\n";
    unsigned flags = 0;
    std::string extra, name, comment;

    std::string header() const {
        auto h = "\x1f\x8b\x08"s + static_cast<char>(flags) + "\x01\x02\x03\x04\x00\xff"s;
        if (flags & 4) h += little_endian(static_cast<std::uint32_t>(extra.size()), 2) + extra;
        if (flags & 8) h += name + '\0';
        if (flags & 16) h += comment + '\0';
        if (flags & 2) h += little_endian(checksum(h), 2);
        return h;
    }
    std::string bytes() const {
        return header() + raw_deflate(text) + little_endian(checksum(text), 4) +
               little_endian(static_cast<std::uint32_t>(text.size()), 4);
    }
    static std::uint32_t checksum(std::string_view s) {
        return static_cast<std::uint32_t>(
            crc32(0, reinterpret_cast<const Bytef*>(s.data()), static_cast<uInt>(s.size())));
    }
};

struct decoded {
    std::string text;
    std::string problem; ///< empty: none
    std::size_t consumed = 0;
};

/// Runs a decoder over `bytes`, giving it at most `in_piece` bytes and room for `out_piece` at a time, and
/// holds it to its contract.
inline decoded run_decoder(penstock::decoder& d, std::string_view bytes, std::size_t in_piece,
                           std::size_t out_piece) {
    decoded r;
    std::string room(out_piece, '\0');
    std::size_t shown = 0; // how far the input has been shown
    for (std::size_t calls = 0;; ++calls) {
        if (calls > 64 * (bytes.size() + 100) + (std::size_t{1} << 22)) throw std::runtime_error{"no end"};
        if (r.consumed == shown) shown = std::min(bytes.size(), shown + in_piece);
        const auto in = bytes.substr(r.consumed, shown - r.consumed);
        const auto step = d.decode(penstock::as_bytes(in), std::as_writable_bytes(std::span{room}));
        if (step.consumed > in.size() || step.produced > room.size())
            throw std::runtime_error{"out of bounds"};
        r.consumed += step.consumed;
        r.text.append(room, 0, step.produced);
        if (step.problem) {
            r.problem = step.problem;
            r.consumed -= step.behind;
            return r;
        }
        if (step.needs != 0) throw std::runtime_error{"more memory than is granted"};
        if (step.produced < room.size() && step.consumed < in.size())
            throw std::runtime_error{"neither all input taken nor all room used"};
        if (step.produced == 0 && r.consumed == bytes.size()) break;
    }
    for (;;) {
        const auto step = d.finish(std::as_writable_bytes(std::span{room}));
        r.text.append(room, 0, step.produced);
        if (step.problem) r.problem = step.problem;
        if (step.needs != 0) throw std::runtime_error{"more memory than is granted"};
        if (step.problem || step.produced == 0) break;
    }
    return r;
}

/// Runs an encoder over `text` in pieces, with so much room at a time.
inline std::string run_encoder(penstock::encoder& e, std::string_view text, std::size_t in_piece,
                               std::size_t out_piece) {
    std::string out, room(out_piece, '\0');
    const auto space = [&room] { return std::as_writable_bytes(std::span{room}); };
    while (!text.empty()) {
        const auto piece = text.substr(0, in_piece);
        const auto step = e.encode(penstock::as_bytes(piece), space());
        if (step.consumed + step.produced == 0) throw std::runtime_error{"stands still"};
        out.append(room, 0, step.produced);
        text.remove_prefix(step.consumed);
    }
    for (;;) {
        const auto step = e.finish(space());
        out.append(room, 0, step.produced);
        if (step.produced < room.size()) return out;
    }
}

/// What a source answers, step by step, from a script.
class scripted_source final : public penstock::byte_source {
  public:
    explicit scripted_source(std::string name = "script") : name_{std::move(name)} {}

    scripted_source& bytes(std::string b) {
        steps_.push_back({penstock::io_status::bytes, std::move(b), {}});
        return *this;
    }
    scripted_source& would_block() {
        steps_.push_back({penstock::io_status::would_block, {}, {}});
        return *this;
    }
    scripted_source& fails(penstock::failure f) {
        steps_.push_back({penstock::io_status::error, {}, std::move(f)});
        return *this;
    }

    penstock::io_result try_read_some(std::span<std::byte> into) override {
        ++reads;
        if (steps_.empty()) return penstock::io_result::end();
        auto& s = steps_.front();
        switch (s.status) {
        case penstock::io_status::would_block:
            return penstock::io_result::would_block();
        case penstock::io_status::error:
            return penstock::io_result::failed(s.error);
        default:
            break;
        }
        const auto n = std::min(into.size(), s.bytes.size());
        std::memcpy(into.data(), s.bytes.data(), n);
        s.bytes.erase(0, n);
        if (s.bytes.empty()) steps_.pop_front();
        return penstock::io_result::bytes(n);
    }
    penstock::awaitable<void> ready() override {
        ++waits;
        if (!steps_.empty() && steps_.front().status == penstock::io_status::would_block) steps_.pop_front();
        co_return;
    }
    std::string name() const override { return name_; }

    int reads = 0;
    int waits = 0;

  private:
    struct step {
        penstock::io_status status;
        std::string bytes;
        penstock::failure error;
    };
    std::deque<step> steps_;
    std::string name_;
};

} // namespace codec_test

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/format/detail/line_buffer.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace line_buffer_test {

using namespace std::string_literals;
using namespace std::string_view_literals;
using penstock::buffer_pool;
using penstock::detail::line_buffer;
using penstock::detail::text_line;

struct cut {
    std::vector<std::string> lines;
    std::vector<std::uint64_t> offsets;
    bool too_long = false;
    bool last_has_end = false;
    text_line last{};
};

inline cut run(std::string_view text, std::size_t piece, std::size_t max_line = 1 << 20) {
    line_buffer b{buffer_pool::create(), max_line};
    cut out;
    for (;;) {
        text_line line;
        switch (b.next(line)) {
        case line_buffer::got::line:
            CHECK(line.number == out.lines.size() + 1);
            out.lines.emplace_back(line.text);
            out.offsets.push_back(line.offset);
            out.last_has_end = line.has_end;
            break;
        case line_buffer::got::need_input: {
            if (text.empty()) {
                b.ended();
                break;
            }
            const auto room = b.room();
            REQUIRE(!room.empty());
            const auto n = std::min({piece, room.size(), text.size()});
            std::memcpy(room.data(), text.data(), n);
            text.remove_prefix(n);
            b.filled(n);
            break;
        }
        case line_buffer::got::too_long:
            out.too_long = true;
            [[fallthrough]];
        case line_buffer::got::end:
            out.last = line;
            return out;
        }
    }
}

TEST_CASE("line_buffer: lines, wherever the pieces are cut") {
    const std::pair<std::string_view, std::vector<std::string>> cases[] = {
        {"", {}},
        {"\n", {""}},
        {"a", {"a"}},
        {"a\n", {"a"}},
        {"a\nb", {"a", "b"}},
        {"\n\na\r\n\nbcd\n\n", {"", "", "a\r", "", "bcd", ""}},
        {"\0\n\xff\n"sv, {"\0"s, "\xff"}},
    };
    for (const auto& [text, lines] : cases)
        for (std::size_t piece = 1; piece <= text.size() + 1; ++piece) {
            const auto got = run(text, piece);
            CHECK(got.lines == lines);
            CHECK(got.last_has_end == text.ends_with('\n'));
            std::uint64_t offset = 0;
            for (std::size_t i = 0; i < got.lines.size(); ++i) {
                CHECK(got.offsets[i] == offset);
                offset += got.lines[i].size() + 1;
            }
        }
}

TEST_CASE("line_buffer: lines longer than the block, and short ones after them") {
    std::string text;
    std::vector<std::string> lines;
    for (std::size_t size : {10ul, 300000ul, 5ul, 1000000ul, 0ul, 262143ul, 262144ul, 7ul}) {
        lines.emplace_back(size, static_cast<char>('a' + lines.size()));
        text += lines.back() + "\n";
    }
    for (std::size_t piece : {1000ul, 65536ul, 10000000ul}) {
        const auto got = run(text, piece);
        CHECK((got.lines == lines));
        CHECK_FALSE(got.too_long);
    }
}

TEST_CASE("line_buffer: the limit is exact, for every cut, with and without line feed") {
    for (const auto& end : {"\n"s, ""s, "\nx"s})
        for (std::size_t piece : {1ul, 2ul, 7ul, 100ul}) {
            CHECK_FALSE(run("ab\n" + std::string(10, 'x') + end, piece, 10).too_long);
            const auto got = run("ab\n" + std::string(11, 'x') + end, piece, 10);
            CHECK(got.too_long);
            CHECK(got.lines == std::vector<std::string>{"ab"});
            CHECK(got.last.number == 2);
            CHECK(got.last.offset == 3);
        }
}

TEST_CASE("line_buffer: an endless line takes no more than its limit allows") {
    line_buffer b{buffer_pool::create(), 100000};
    std::size_t given = 0;
    text_line line;
    while (b.next(line) == line_buffer::got::need_input) {
        const auto room = b.room();
        std::memset(room.data(), 'x', room.size());
        b.filled(room.size());
        given += room.size();
        REQUIRE(given < 2000000);
    }
    CHECK(b.next(line) == line_buffer::got::too_long);
}

TEST_CASE("line_buffer: hold and rewind, over growing blocks") {
    for (std::size_t lines : {3ul, 3000ul}) {
        line_buffer b{buffer_pool::create(), 1 << 20};
        b.hold();
        auto fill = [&b](std::string_view s) {
            const auto room = b.room();
            REQUIRE(room.size() >= s.size());
            std::memcpy(room.data(), s.data(), s.size());
            b.filled(s.size());
        };
        text_line line;
        const std::string text = std::string(200, 'v') + "\n";
        for (std::size_t i = 0; i < lines; ++i) {
            REQUIRE(b.next(line) == line_buffer::got::need_input);
            fill(text);
            REQUIRE(b.next(line) == line_buffer::got::line);
        }
        REQUIRE(b.next(line) == line_buffer::got::need_input);
        fill("tail");
        CHECK(b.pending() == lines * 201 + 4);
        b.rewind();
        b.ended();
        for (std::size_t i = 0; i < lines; ++i) {
            REQUIRE(b.next(line) == line_buffer::got::line);
            CHECK(line.number == i + 1);
            CHECK(line.offset == i * 201);
            CHECK(line.text.size() == 200);
        }
        REQUIRE(b.next(line) == line_buffer::got::line);
        CHECK(line.text == "tail");
        CHECK(b.next(line) == line_buffer::got::end);
    }
}

} // namespace line_buffer_test

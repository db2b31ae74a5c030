// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// The Arrow C data interface: structs made of bytes end in arrays that are well laid out or in an error, and are released
// once either way. Pointers are true, which nobody can check; formats, names, counts, lengths, offsets and values are the
// fuzzer's. What is imported is exported and comes back.
#include "support.hpp"

#include <penstock/columnar/c_data.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <deque>
#include <string>
#include <vector>

namespace arrow_import_fuzz {

int releases = 0;

/// The input, read from the front; zeros behind its end.
class reader {
  public:
    reader(const std::uint8_t* data, std::size_t size) : data_{data}, size_{size} {}
    std::uint8_t byte() {
        if (size_ == 0) return 0;
        --size_;
        return *data_++;
    }
    bool empty() const { return size_ == 0; }
    /// Mostly small, sometimes anything.
    std::int64_t number() {
        const auto b = byte();
        if (b < 240) return b % 16;
        if (b < 245) return -static_cast<std::int64_t>(b - 239);
        std::int64_t n = 0;
        for (int i = 0; i < 8; ++i) n = static_cast<std::int64_t>(static_cast<std::uint64_t>(n) << 8 | byte());
        return n;
    }
    std::string text() {
        std::string out;
        for (auto n = byte() % 16; n-- > 0;) out += static_cast<char>(byte());
        return out.c_str(); // as C has it
    }

  private:
    const std::uint8_t* data_;
    std::size_t size_;
};

/// Bytes of a buffer: lengths are lies up to so many values of 32 bytes, which is what pointers must hold to be true.
constexpr std::int64_t longest = 64;
constexpr std::size_t buffer_size = (2 * longest + 1) * 64 * 4;

struct world {
    std::deque<ArrowSchema> schemas;
    std::deque<ArrowArray> arrays;
    std::deque<std::string> texts;
    std::deque<std::vector<ArrowSchema*>> schema_lists;
    std::deque<std::vector<ArrowArray*>> array_lists;
    std::deque<std::vector<const void*>> buffer_lists;
    std::deque<std::vector<std::uint64_t>> blocks;
};

ArrowSchema* make_schema(reader& in, world& w, int depth) {
    static const char* formats[] = {"n", "b", "c", "C", "s", "S", "i", "I", "l", "L", "e", "f", "g", "z", "Z", "u", "U", "vz",
                                    "vu", "w:3", "d:5,2", "d:40,2,256", "tdD", "tdm", "tts", "ttu", "tsn:", "tsu:UTC", "tDm",
                                    "tiM", "tiD", "tin", "+l", "+L", "+w:2", "+s", "+m", "+us:0,5", "+ud:0,5", "+r", "+vl"};
    auto& s = w.schemas.emplace_back();
    const auto kind = in.byte();
    w.texts.push_back(kind == 255 ? in.text() : formats[kind % std::size(formats)]);
    if (w.texts.back().starts_with("w:")) w.texts.back() = "w:3"; // wider ones would be lies
    s.format = w.texts.back().c_str();
    w.texts.push_back(in.text());
    s.name = w.texts.back().c_str();
    s.flags = in.byte() % 8;
    s.release = [](ArrowSchema* x) { x->release = nullptr; };
    const std::string_view format{s.format};
    auto children = depth > 3 ? 0 : format.starts_with("+u") || format == "+s" ? 2 : format.starts_with("+") ? 1 : 0;
    if (in.byte() > 250) children = in.byte() % 4;
    auto& list = w.schema_lists.emplace_back();
    for (int i = 0; i < children; ++i) list.push_back(make_schema(in, w, depth + 1));
    s.n_children = children;
    s.children = list.data();
    if (in.byte() > 230 && depth < 4) s.dictionary = make_schema(in, w, depth + 1);
    return &s;
}

ArrowArray* make_array(reader& in, world& w, const ArrowSchema& s) {
    auto& a = w.arrays.emplace_back();
    const auto small = [&in] {
        const auto n = in.number();
        return n > longest ? n % longest : n;
    };
    a.length = small();
    a.offset = small() & (in.byte() & 1 ? ~std::int64_t{0} : 0);
    a.null_count = in.byte() % 4 ? 0 : in.number();
    const std::string_view f{s.format};
    const auto flat = f == "z" || f == "Z" || f == "u" || f == "U";
    const bool view = f == "vu" || f == "vz";
    a.n_buffers = f == "n" ? 0 : flat ? 3 : view ? 4 : f == "+s" || f.starts_with("+w") || f.starts_with("+us") ? 1 : 2;
    if (s.dictionary) a.n_buffers = 2;
    auto& list = w.buffer_lists.emplace_back();
    for (std::int64_t i = 0; i < a.n_buffers; ++i) {
        if (in.byte() % 8 == 0) {
            list.push_back(nullptr);
            continue;
        }
        auto& block = w.blocks.emplace_back(buffer_size / 8);
        auto* bytes = reinterpret_cast<std::uint8_t*>(block.data());
        // Offsets that rise, or bytes of the input again and again.
        const auto step = in.byte() % 4;
        const auto noise = in.byte();
        for (std::size_t k = 0; k < 2 * longest + 2; ++k) {
            if (f == "+l" || f == "u" || f == "z" || f == "+m") {
                const auto v = static_cast<std::int32_t>(k * step);
                std::memcpy(bytes + 4 * k, &v, 4);
            } else if (f == "+L" || f == "U" || f == "Z") {
                const auto v = static_cast<std::int64_t>(k * step);
                std::memcpy(bytes + 8 * k, &v, 8);
            }
        }
        // The last offset says how much data is read: it must not lie.
        const auto length = std::max<std::int64_t>(0, a.length) + std::max<std::int64_t>(0, a.offset);
        for (int k = noise % 32; k-- > 0;) {
            const auto at = in.byte();
            const auto v = in.byte();
            const auto last = static_cast<std::size_t>(length) * (f == "+L" || f == "U" || f == "Z" ? 8 : 4);
            if (i == 1 && at >= last && at < last + 8) continue;
            bytes[at] = v;
        }
        list.push_back(bytes);
    }
    if (view && list.size() == 4 && list.back()) { // the sizes of blocks: one, true
        list[2] = w.blocks.emplace_back(buffer_size / 8).data();
        w.blocks.back()[0] = 0x6161616161616161;
        auto& sizes = w.blocks.emplace_back(1);
        sizes[0] = in.byte();
        list[3] = sizes.data();
    }
    if (in.byte() > 250) a.n_buffers = std::min<std::int64_t>(a.n_buffers, in.byte() % 4);
    a.buffers = list.data();
    auto& children = w.array_lists.emplace_back();
    for (std::int64_t i = 0; i < s.n_children; ++i) children.push_back(make_array(in, w, *s.children[i]));
    a.n_children = s.n_children;
    a.children = children.data();
    if (s.dictionary) a.dictionary = make_array(in, w, *s.dictionary);
    a.release = [](ArrowArray* x) {
        ++releases;
        x->release = nullptr;
    };
    return &a;
}

} // namespace arrow_import_fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace arrow_import_fuzz;
    using namespace penstock;
    reader in{data, size};
    world w;
    auto* s = make_schema(in, w, 0);
    auto* a = make_array(in, w, *s);
    releases = 0;
    try {
        const auto got = import_array(a, s);
        require(validate(got).has_value());
        ArrowSchema type;
        export_type(got.type(), &type);
        ArrowArray again;
        export_array(got, &again);
        require(import_array(&again, &type) == got);
    } catch (const error&) {
    }
    require(a->release == nullptr && s->release == nullptr);
    require(releases == 1);
    return 0;
}

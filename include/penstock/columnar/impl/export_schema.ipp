// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/c_data.hpp>

#include <cstring>
#include <string>
#include <vector>

namespace penstock {
namespace detail {

/// What an exported schema points to.
struct exported_schema {
    std::string format, name, metadata;
    std::vector<ArrowSchema> children; // their `release` is null until they are filled
    std::vector<ArrowSchema*> pointers;
    ArrowSchema dictionary{};

    ~exported_schema() {
        for (auto& c : children)
            if (c.release) c.release(&c);
        if (dictionary.release) dictionary.release(&dictionary);
    }
};

inline void release_schema(ArrowSchema* s) noexcept {
    delete static_cast<exported_schema*>(s->private_data);
    s->release = nullptr;
}

inline char unit_letter(time_unit u) noexcept { return "smun"[static_cast<std::size_t>(u)]; }

/// As the C data interface writes types.
inline std::string c_format(const data_type& t) {
    static constexpr const char* plain[] = {"n", "b", "c", "s", "i", "l", "C", "S", "I", "L", "e", "f", "g"};
    const auto ends = [](std::string s, auto... c) { return (s.push_back(c), ...), s; };
    switch (t.id()) {
    case type_id::decimal128:
        return "d:" + std::to_string(t.precision()) + ',' + std::to_string(t.scale());
    case type_id::decimal256:
        return "d:" + std::to_string(t.precision()) + ',' + std::to_string(t.scale()) + ",256";
    case type_id::string: return "u";
    case type_id::large_string: return "U";
    case type_id::string_view: return "vu";
    case type_id::binary: return "z";
    case type_id::large_binary: return "Z";
    case type_id::binary_view: return "vz";
    case type_id::fixed_size_binary: return "w:" + std::to_string(t.byte_width());
    case type_id::date32: return "tdD";
    case type_id::date64: return "tdm";
    case type_id::time32:
    case type_id::time64: return ends("tt", unit_letter(t.unit()));
    case type_id::timestamp: return ends("ts", unit_letter(t.unit()), ':') + std::string{t.time_zone()};
    case type_id::duration: return ends("tD", unit_letter(t.unit()));
    case type_id::interval_months: return "tiM";
    case type_id::interval_day_time: return "tiD";
    case type_id::interval_month_day_nano: return "tin";
    case type_id::list: return "+l";
    case type_id::large_list: return "+L";
    case type_id::fixed_size_list: return "+w:" + std::to_string(t.list_size());
    case type_id::struct_: return "+s";
    case type_id::map: return "+m";
    case type_id::dictionary: return c_format(t.index_type());
    case type_id::sparse_union:
    case type_id::dense_union: {
        std::string out = t.id() == type_id::sparse_union ? "+us:" : "+ud:";
        for (std::size_t i = 0; i < t.codes().size(); ++i) out += (i ? "," : "") + std::to_string(t.codes()[i]);
        return out;
    }
    default: return plain[static_cast<std::size_t>(t.id())];
    }
}

/// Counts and sizes of 32 bits in front of keys and values.
inline std::string c_metadata(const key_value_metadata& m) {
    std::string out;
    const auto number = [&out](std::size_t n) {
        if (n > 0x7fffffff) throw_failure({errc::invalid_option, "2 GiB of metadata cannot be exported"});
        const auto i = static_cast<std::int32_t>(n);
        out.append(reinterpret_cast<const char*>(&i), sizeof i);
    };
    if (m.empty()) return out;
    number(m.entries().size());
    for (const auto& [key, value] : m.entries()) {
        number(key.size());
        out += key;
        number(value.size());
        out += value;
    }
    return out;
}

inline void fill_schema(ArrowSchema* out, const data_type& type, std::string name, bool nullable,
                        const key_value_metadata& metadata, std::span<const field> fields) {
    auto parts = std::make_unique<exported_schema>();
    parts->format = c_format(type);
    parts->name = std::move(name);
    parts->metadata = c_metadata(metadata);
    if (parts->format.find('\0') != std::string::npos || parts->name.find('\0') != std::string::npos)
        throw_failure({errc::invalid_option, "field \"" + printable(parts->name, 64) +
                                                 "\": a zero byte in its name or time zone, which C strings cannot hold"});
    parts->children.resize(fields.size());
    for (std::size_t i = 0; i < fields.size(); ++i) {
        export_field(fields[i], &parts->children[i]);
        parts->pointers.push_back(&parts->children[i]);
    }
    ArrowSchema s{};
    if (type.id() == type_id::dictionary) {
        export_type(type.value_type(), &parts->dictionary);
        s.dictionary = &parts->dictionary;
        if (type.ordered()) s.flags |= ARROW_FLAG_DICTIONARY_ORDERED;
    }
    if (type.id() == type_id::map && type.keys_sorted()) s.flags |= ARROW_FLAG_MAP_KEYS_SORTED;
    if (nullable) s.flags |= ARROW_FLAG_NULLABLE;
    s.format = parts->format.c_str();
    s.name = parts->name.c_str();
    s.metadata = parts->metadata.empty() ? nullptr : parts->metadata.data();
    s.n_children = static_cast<std::int64_t>(fields.size());
    s.children = fields.empty() ? nullptr : parts->pointers.data();
    s.release = release_schema;
    s.private_data = parts.release();
    *out = s;
}

} // namespace detail

PENSTOCK_DECL void export_type(const data_type& type, ArrowSchema* out) {
    *out = ArrowSchema{};
    detail::fill_schema(out, type, {}, true, {}, type.fields());
}

PENSTOCK_DECL void export_field(const field& f, ArrowSchema* out) {
    *out = ArrowSchema{};
    detail::fill_schema(out, f.type(), f.name(), f.nullable(), f.metadata(), f.type().fields());
}

PENSTOCK_DECL void export_schema(const schema& s, ArrowSchema* out) {
    *out = ArrowSchema{};
    detail::fill_schema(out, data_type::struct_({}), {}, false, s.metadata(), s.fields());
}

} // namespace penstock

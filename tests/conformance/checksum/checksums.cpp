// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "support/conformance.hpp"

#include <penstock/checksum/base64.hpp>
#include <penstock/checksum/checksum_hasher.hpp>
#include <penstock/checksum/part_checksums.hpp>

#include <cstdio>

namespace test_conformance_checksums {

namespace json = boost::json;
using namespace penstock;

constexpr checksum_algorithm all[] = {checksum_algorithm::crc32, checksum_algorithm::crc32c, checksum_algorithm::crc64nvme,
                                      checksum_algorithm::sha1,  checksum_algorithm::sha256, checksum_algorithm::md5};

std::string from_hex(std::string_view hex) {
    std::string out;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        out += static_cast<char>(std::stoi(std::string{hex.substr(i, 2)}, nullptr, 16));
    return out;
}

std::string input_of(const json::object& input) {
    if (const auto* text = input.if_contains("text")) return std::string{text->as_string()};
    if (const auto* hex = input.if_contains("hex")) return from_hex(hex->as_string());
    const auto count = static_cast<std::size_t>(input.at("count").to_number<std::uint64_t>());
    if (const auto* byte = input.if_contains("repeat")) return std::string(count, from_hex(byte->as_string())[0]);
    unsigned factor = 0, summand = 0;
    const std::string pattern{input.at("pattern").as_string()};
    if (std::sscanf(pattern.c_str() + pattern.find('('), "(i*%u+%u) mod 256", &factor, &summand) != 2) FAIL("pattern ", pattern);
    std::string out(count, '\0');
    for (std::size_t i = 0; i < count; ++i) out[i] = static_cast<char>(i * factor + summand);
    return out;
}

/// "crc32c"
std::string key_of(checksum_algorithm a) {
    std::string name{to_string(a)};
    for (auto& c : name) c = static_cast<char>(std::tolower(c));
    return name;
}

std::string check_value(const json::object& c) {
    const auto input = input_of(c.at("input").as_object());
    std::size_t compared = 0;
    for (const auto a : all) {
        // In one piece, and byte by byte up to a length that takes no time.
        checksum_hasher pieces{a};
        const auto alone = std::min<std::size_t>(input.size(), 1000);
        for (std::size_t i = 0; i < alone; ++i) pieces.update(std::string_view{input}.substr(i, 1));
        pieces.update(std::string_view{input}.substr(alone));
        checksum_hasher whole{a};
        whole.update(input);
        const auto raw = whole.finish_raw();
        if (to_base64(as_bytes(raw)) != pieces.finish()) return key_of(a) + " differs by pieces";
        if (const auto* hex = c.at("hex").as_object().if_contains(key_of(a))) {
            ++compared;
            if (from_hex(hex->as_string()) != raw) return key_of(a);
        }
        if (const auto* text = c.at("header_base64").as_object().if_contains(key_of(a)))
            if (text->as_string() != to_base64(as_bytes(raw))) return key_of(a) + " in base64";
    }
    return compared > 0 ? "" : "nothing to compare";
}

std::string big_endian_base64(std::string_view hex) { return to_base64(as_bytes(from_hex(hex))); }

std::string check_combination(const json::object& c) {
    const auto first = input_of(c.at("first").as_object()), second = input_of(c.at("second").as_object());
    for (const auto a : all) {
        if (!is_crc(a)) continue;
        const auto& of = c.at(key_of(a)).as_object();
        const auto value = [&of](const char* which) { return big_endian_base64(of.at(which).as_string()); };
        if (checksum_of(a, first) != value("first") || checksum_of(a, second) != value("second")) return key_of(a);
        part_checksums parts{a, checksum_type::full_object};
        if (!parts.add(value("first"), first.size()) || !parts.add(value("second"), second.size())) return "add";
        if (parts.finish() != value("whole")) return key_of(a) + " of the whole";
    }
    return {};
}

std::string check_composite(const json::object& c) {
    const auto& inputs = c.at("parts").as_array();
    std::size_t compared = 0;
    for (const auto a : all) {
        const auto* of = c.if_contains(key_of(a));
        if (!of && a != checksum_algorithm::md5) continue;
        ++compared;
        part_checksums parts{a, checksum_type::composite};
        for (std::size_t i = 0; i < inputs.size(); ++i) {
            const auto input = input_of(inputs[i].as_object());
            const auto value = checksum_of(a, input);
            if (of && of->as_object().at("parts").as_array()[i].as_string() != value) return key_of(a) + " of a part";
            parts.add(value, input.size());
        }
        const auto made = parts.finish();
        if (of) {
            if (of->as_object().at("composite").as_string() != made) return key_of(a);
            continue;
        }
        // The multipart ETag is the same of MD5, in hex and quotes.
        const auto dash = made.find('-');
        const std::string tag{c.at("etag_md5").as_string()};
        const auto tag_dash = tag.find('-');
        if (big_endian_base64(tag.substr(1, tag_dash - 1)) + tag.substr(tag_dash, tag.size() - 1 - tag_dash) !=
            made.substr(0, dash) + made.substr(dash))
            return "the ETag";
    }
    return compared > 1 ? "" : "nothing to compare";
}

TEST_CASE("conformance: checksums") {
    const auto folder = test::conformance_folder("checksums");
    if (!folder) return;
    test::conformance_report report{"checksums"};
    const std::pair<const char*, std::string (*)(const json::object&)> files[] = {
        {"checksum-cases.json", &check_value},
        {"crc-combine-cases.json", &check_combination},
        {"composite-cases.json", &check_composite},
    };
    for (const auto& [file, check] : files) {
        const auto cases = test::read_json(*folder / file);
        for (const auto& c : cases.at("cases").as_array())
            report.check(std::string{c.at("name").as_string()}, check(c.as_object()));
    }
}

} // namespace test_conformance_checksums

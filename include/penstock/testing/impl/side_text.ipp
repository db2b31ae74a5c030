// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/testing/detail/side_text.hpp>

#include <penstock/aws/uri.hpp>

#include <algorithm>
#include <charconv>
#include <utility>

namespace penstock::testing::detail {

PENSTOCK_DECL std::string side_text(const object_record& r, const std::string& version) {
    std::string out;
    auto line = [&out](std::string_view name, std::string_view value) {
        out.append(name).append(" ").append(aws::uri_encode(value)).append("\n");
    };
    line("version", version);
    line("key", r.key);
    line("etag", r.etag);
    line("modified", std::to_string(std::chrono::duration_cast<std::chrono::nanoseconds>(
                                        r.last_modified.time_since_epoch())
                                        .count()));
    if (!r.checksum.empty()) {
        line("algorithm", r.checksum_algorithm);
        line("checksum", r.checksum);
        line("composite", r.checksum_composite ? "1" : "0");
    }
    if (!r.tags.empty()) line("tags", r.tags);
    for (const auto n : r.part_sizes) line("part", std::to_string(n));
    for (std::size_t i = 0; i < r.headers.size(); ++i) {
        line("header", r.headers[i].name);
        line("value", r.headers[i].value);
    }
    return out;
}

PENSTOCK_DECL bool read_side_text(std::string_view text, const std::string& version, object_record& r) {
    std::string header;
    bool version_holds = false;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        const auto line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const auto space = line.find(' ');
        if (space == std::string_view::npos) return false;
        const auto name = line.substr(0, space);
        auto value = aws::uri_decode(line.substr(space + 1));
        if (!value) return false;
        if (name == "version") {
            if (*value != version) return false;
            version_holds = true;
        } else if (name == "key") {
            if (*value != r.key) return false;
        } else if (name == "etag") {
            r.etag = std::move(*value);
        } else if (name == "modified" || name == "part") {
            std::int64_t n = 0;
            const auto parsed = std::from_chars(value->data(), value->data() + value->size(), n);
            if (parsed.ec != std::errc{}) return false;
            if (name == "part")
                r.part_sizes.push_back(static_cast<std::uint64_t>(n));
            else
                r.last_modified =
                    wall_time{std::chrono::duration_cast<wall_time::duration>(std::chrono::nanoseconds{n})};
        } else if (name == "algorithm") {
            r.checksum_algorithm = std::move(*value);
        } else if (name == "checksum") {
            r.checksum = std::move(*value);
        } else if (name == "tags") {
            r.tags = std::move(*value);
        } else if (name == "composite") {
            r.checksum_composite = *value == "1";
        } else if (name == "header") {
            header = std::move(*value);
        } else if (name == "value") {
            if (!http::valid_header(header, *value)) return false;
            r.headers.add(header, *value);
        }
    }
    return version_holds;
}

} // namespace penstock::testing::detail

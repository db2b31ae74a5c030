// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/testing/detail/service_call.hpp>

#include <penstock/aws/date_time.hpp>
#include <penstock/s3/xml_namespace.hpp>
#include <penstock/xml/writer.hpp>

#include <algorithm>
#include <limits>

namespace penstock::testing::detail {

inline std::string http_time(wall_time t) {
    return aws::format_http_date(aws::instant{t}).value_or("Thu, 01 Jan 1970 00:00:00 GMT");
}

PENSTOCK_DECL s3_problem precondition_failed(std::string_view condition) {
    return s3_problem{412, "PreconditionFailed",
                      "At least one of the pre-conditions you specified did not hold"}
        .detail("Condition", std::string{condition});
}

/// Whether a list of entity tags ("*", or `"a", W/"b"`, quotes optional) has this one.
inline bool tag_list_has(std::string_view list, std::string_view etag) {
    while (!list.empty()) {
        const auto end = std::min(list.find(','), list.size());
        auto tag = list.substr(0, end);
        list.remove_prefix(std::min(end + 1, list.size()));
        while (!tag.empty() && (tag.front() == ' ' || tag.front() == '\t')) tag.remove_prefix(1);
        while (!tag.empty() && (tag.back() == ' ' || tag.back() == '\t')) tag.remove_suffix(1);
        if (tag == "*") return true;
        if (tag.starts_with("W/")) tag.remove_prefix(2);
        if (tag.size() >= 2 && tag.front() == '"' && tag.back() == '"') tag = tag.substr(1, tag.size() - 2);
        if (tag == etag) return true;
    }
    return false;
}

PENSTOCK_DECL bool check_read_conditions(const service_call& c, std::string_view prefix,
                                         const object_record& r) {
    auto get = [&](std::string_view name) {
        return c.request.headers.find(std::string{prefix} + std::string{name});
    };
    auto date = [&](std::string_view name) -> std::optional<std::int64_t> {
        const auto text = get(name);
        const auto t = text ? aws::parse_http_date(*text) : std::nullopt;
        if (!t) return std::nullopt;
        return t->seconds;
    };
    const auto modified =
        std::chrono::floor<std::chrono::seconds>(r.last_modified).time_since_epoch().count();
    if (const auto match = get("if-match"); match && !c.request.ignore_if_match) {
        if (!tag_list_has(*match, r.etag)) throw precondition_failed("If-Match");
    } else if (const auto since = date("if-unmodified-since"); since && modified > *since) {
        throw precondition_failed("If-Unmodified-Since");
    }
    if (const auto none = get("if-none-match")) return tag_list_has(*none, r.etag);
    const auto since = date("if-modified-since");
    return since && modified <= *since;
}

PENSTOCK_DECL void check_write_conditions(service_call& c) {
    const auto none = c.request.headers.find("if-none-match");
    const auto match = c.request.headers.find("if-match");
    if (!none && !match) return;
    const auto object = c.store().find(c.bucket, c.key);
    if (none) {
        if (*none != "*")
            throw s3_problem{501, "NotImplemented",
                             "A header you provided implies functionality that is not implemented"}
                .detail("Header", "If-None-Match");
        if (object) throw precondition_failed("If-None-Match");
    }
    if (match) {
        if (!object) throw s3_problem{404, "NoSuchKey", "The specified key does not exist."};
        if (!tag_list_has(*match, object->record.etag)) throw precondition_failed("If-Match");
    }
}

PENSTOCK_DECL http::header_list kept_headers(const service_call& c) {
    static constexpr std::string_view refused[] = {
        "x-amz-website-redirect-location",
        "x-amz-object-lock-mode",
        "x-amz-object-lock-retain-until-date",
        "x-amz-object-lock-legal-hold",
        "x-amz-write-offset-bytes",
    };
    const auto& in = c.request.headers;
    for (const auto name : refused)
        if (in.contains(name))
            throw s3_problem{501, "NotImplemented",
                             "A header you provided implies functionality that is not implemented"}
                .detail("Header", std::string{name});
    if (const auto storage_class = in.find("x-amz-storage-class");
        storage_class && *storage_class != "STANDARD")
        throw s3_problem{400, "InvalidStorageClass", "The storage class you specified is not valid"};
    if (const auto acl = in.find("x-amz-acl");
        acl && *acl != "private" && *acl != "bucket-owner-full-control")
        throw s3_problem{400, "AccessControlListNotSupported", "The bucket does not allow ACLs"};

    static constexpr std::string_view kept[] = {"content-type", "cache-control", "content-disposition",
                                                "content-language", "expires"};
    http::header_list out;
    std::size_t metadata = 0;
    for (std::size_t i = 0; i < in.size(); ++i) {
        const auto h = in[i];
        static constexpr std::string_view meta = "x-amz-meta-";
        if (h.name.size() >= meta.size() && http::iequals(h.name.substr(0, meta.size()), meta)) {
            std::string name{h.name};
            for (auto& ch : name)
                if (ch >= 'A' && ch <= 'Z') ch = static_cast<char>(ch + 32);
            metadata += name.size() - meta.size() + h.value.size();
            out.add(name, h.value);
        } else if (http::iequals(h.name, "content-encoding")) {
            // aws-chunked is how the body came, not what it is.
            std::string rest;
            std::string_view list = h.value;
            while (!list.empty()) {
                const auto end = std::min(list.find(','), list.size());
                auto coding = list.substr(0, end);
                list.remove_prefix(std::min(end + 1, list.size()));
                while (!coding.empty() && coding.front() == ' ') coding.remove_prefix(1);
                if (coding.empty() || http::iequals(coding, "aws-chunked")) continue;
                rest += (rest.empty() ? "" : ",") + std::string{coding};
            }
            if (!rest.empty()) out.add("content-encoding", rest);
        } else if (std::any_of(std::begin(kept), std::end(kept),
                               [&](auto k) { return http::iequals(k, h.name); })) {
            out.add(h.name, h.value);
        }
    }
    if (metadata > 2048)
        throw s3_problem{400, "MetadataTooLarge",
                         "Your metadata headers exceed the maximum allowed metadata size"}
            .detail("Size", std::to_string(metadata))
            .detail("MaxSizeAllowed", "2048");
    add_encryption(c, out);
    return out;
}

PENSTOCK_DECL std::string new_tags(const service_call& c) {
    const auto tags = aws::parse_query(c.header("x-amz-tagging"));
    if (tags.size() > 10) throw s3_problem{400, "BadRequest", "Object tags cannot be greater than 10"};
    for (const auto& t : tags)
        if (t.name.empty() || t.name.size() > 512 || t.value.size() > 1024)
            throw s3_problem{400, "InvalidTag", "The TagKey or TagValue you have provided is invalid"};
    return aws::canonical_query(tags);
}

PENSTOCK_DECL s3_response get_object_tagging(service_call& c) {
    c.require_bucket();
    const auto object = find_object(c, c.bucket, c.key, c.parameter("versionId"));
    xml::writer w;
    w.open("Tagging").attribute("xmlns", s3::xml_namespace).open("TagSet");
    for (const auto& t : aws::parse_query(object->record.tags))
        w.open("Tag").element("Key", xml_safe(t.name)).element("Value", xml_safe(t.value)).close();
    return xml_response(w.finish());
}

PENSTOCK_DECL void add_checksum_headers(http::header_list& headers, const object_record& r) {
    if (r.checksum.empty()) return;
    const auto kind = checksum_by_name(r.checksum_algorithm);
    if (!kind) return;
    headers.add(checksum_header(*kind), r.checksum);
    headers.add("x-amz-checksum-type", r.checksum_composite ? "COMPOSITE" : "FULL_OBJECT");
}

PENSTOCK_DECL void check_put(service_call& c) {
    c.require_bucket();
    if (!c.request.content_length && !c.request.headers.contains("transfer-encoding"))
        throw s3_problem{411, "MissingContentLength", "You must provide the Content-Length HTTP header."};
    kept_headers(c);
    new_tags(c);
    check_write_conditions(c);
}

PENSTOCK_DECL s3_response put_object(service_call& c) {
    c.require_bucket();
    check_write_conditions(c);
    object_record r;
    r.key = c.key;
    r.etag = to_hex(c.md5);
    r.last_modified = c.now();
    r.headers = kept_headers(c);
    r.tags = new_tags(c);
    if (c.checksum_kind) {
        r.checksum_algorithm = checksum_name(*c.checksum_kind);
        r.checksum = to_base64(c.checksum);
    }
    s3_response out;
    out.headers.add("ETag", quoted_etag(r.etag));
    add_checksum_headers(out.headers, r);
    keep_object(c, std::move(r), std::move(c.staged), out.headers);
    return out;
}

/// A range asked for, from `bytes=…` to what there is.
struct wanted_range {
    enum class kind { whole, part, unsatisfiable } what = kind::whole;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
};

/// RFC 9110, section 14: what is no valid range of bytes, or more than one, is ignored.
inline wanted_range parse_range(std::string_view text, std::uint64_t size) {
    wanted_range out;
    if (text.size() < 6 || !http::iequals(text.substr(0, 6), "bytes=")) return out;
    text.remove_prefix(6);
    const auto dash = text.find('-');
    if (dash == std::string_view::npos) return out;
    auto number = [](std::string_view digits) -> std::optional<std::uint64_t> {
        static constexpr auto most = std::numeric_limits<std::uint64_t>::max(); // stands for all above it
        std::uint64_t n = 0;
        for (const char ch : digits) {
            if (ch < '0' || ch > '9') return std::nullopt;
            n = n > (most - 9) / 10 ? most : n * 10 + static_cast<std::uint64_t>(ch - '0');
        }
        return digits.empty() ? std::nullopt : std::optional{n};
    };
    const auto from_text = text.substr(0, dash), to_text = text.substr(dash + 1);
    const auto from = number(from_text), to = number(to_text);
    if ((!from && !from_text.empty()) || (!to && !to_text.empty()) || (!from && !to)) return out;
    if (from && to && *to < *from) return out;
    out.what = wanted_range::kind::part;
    if (!from) {
        out.length = std::min(*to, size);
        out.offset = size - out.length;
    } else if (*from < size) {
        out.offset = *from;
        out.length = std::min(to.value_or(size - 1), size - 1) - *from + 1;
    }
    if (out.length == 0) out.what = wanted_range::kind::unsatisfiable;
    return out;
}

inline s3_problem range_problem(std::string_view asked, std::uint64_t size) {
    return s3_problem{416, "InvalidRange", "The requested range is not satisfiable"}
        .detail("RangeRequested", std::string{asked})
        .detail("ActualObjectSize", std::to_string(size))
        .header("Content-Range", "bytes */" + std::to_string(size));
}

/// partNumber=N: the bytes of one part of a multipart object; an object of one piece has part 1.
inline wanted_range part_range(const service_call& c, const object_record& r) {
    const auto n = number_parameter(c, "partNumber", 10'001, 0);
    wanted_range out;
    if (n == 0 || n > 10'000)
        throw s3_problem{400, "InvalidArgument",
                         "Part number must be an integer between 1 and 10000, inclusive"};
    const auto parts = std::max<std::size_t>(r.part_sizes.size(), 1);
    if (n > parts)
        throw s3_problem{416, "InvalidPartNumber", "The requested partnumber is not satisfiable"}.detail(
            "ActualPartCount", std::to_string(parts));
    out.what = wanted_range::kind::part;
    for (std::size_t i = 0; i + 1 < n; ++i) out.offset += r.part_sizes[i];
    out.length = r.part_sizes.empty() ? r.size : r.part_sizes[n - 1];
    return out;
}

inline wanted_range range_of(const service_call& c, const object_record& r) {
    const auto range = c.request.headers.find("range");
    if (c.parameter("partNumber")) {
        if (range)
            throw s3_problem{400, "InvalidRequest",
                             "Cannot specify both Range header and partNumber query parameter"};
        return part_range(c, r);
    }
    if (!range) return {};
    if (const auto condition = c.request.headers.find("if-range")) {
        const auto date = aws::parse_http_date(*condition);
        const auto modified =
            std::chrono::floor<std::chrono::seconds>(r.last_modified).time_since_epoch().count();
        const bool same = date ? modified <= date->seconds : tag_list_has(*condition, r.etag);
        if (!same) return {};
    }
    const auto wanted = parse_range(*range, r.size);
    if (wanted.what == wanted_range::kind::unsatisfiable) throw range_problem(*range, r.size);
    return wanted;
}

/// response-content-type=… and kin replace what was stored.
inline void add_stored_headers(const service_call& c, const object_record& r, http::header_list& out) {
    static constexpr std::pair<std::string_view, std::string_view> overrides[] = {
        {"response-content-type", "Content-Type"},
        {"response-content-language", "Content-Language"},
        {"response-expires", "Expires"},
        {"response-cache-control", "Cache-Control"},
        {"response-content-disposition", "Content-Disposition"},
        {"response-content-encoding", "Content-Encoding"},
    };
    for (std::size_t i = 0; i < r.headers.size(); ++i) out.add(r.headers[i].name, r.headers[i].value);
    if (!r.headers.contains("content-type")) out.add("Content-Type", "binary/octet-stream");
    for (const auto& [parameter, header] : overrides) {
        const auto* value = c.parameter(parameter);
        if (!value) continue;
        if (!c.is_signed)
            throw s3_problem{400, "InvalidRequest",
                             "Request specific response headers cannot be used for anonymous GET requests."};
        if (!http::valid_header(header, *value))
            throw s3_problem{400, "InvalidArgument", "A response header you asked for is no valid header."};
        out.set(header, *value);
    }
}

PENSTOCK_DECL s3_response get_object(service_call& c) {
    c.require_bucket();
    auto object = find_object(c, c.bucket, c.key, c.parameter("versionId"));
    const auto& r = object->record;
    if (c.request.headers.contains("x-amz-server-side-encryption"))
        throw s3_problem{400, "InvalidArgument", "x-amz-server-side-encryption header is not supported for this operation."};
    check_customer_key(c, "x-amz-", r.headers);
    s3_response out;
    out.headers.add("ETag", quoted_etag(r.etag));
    out.headers.add("Last-Modified", http_time(r.last_modified));
    add_version_header(c, c.bucket, r, out.headers);
    const bool not_modified = check_read_conditions(c, "", r);
    if (not_modified) {
        out.status = 304;
        return out;
    }
    out.headers.add("Accept-Ranges", "bytes");
    add_stored_headers(c, r, out.headers);
    if (!r.tags.empty())
        out.headers.add("x-amz-tagging-count", std::uint64_t{aws::parse_query(r.tags).size()});
    const auto range = range_of(c, r);
    out.object = object;
    out.length = r.size;
    if (range.what == wanted_range::kind::part) {
        out.offset = range.offset;
        out.length = range.length;
        if (range.length > 0) { // part 1 of an empty object is no range that a header could name
            out.status = 206;
            out.headers.add("Content-Range", "bytes " + std::to_string(range.offset) + "-" +
                                                 std::to_string(range.offset + range.length - 1) + "/" +
                                                 std::to_string(r.size));
        }
    }
    if (c.parameter("partNumber") && !r.part_sizes.empty())
        out.headers.add("x-amz-mp-parts-count", std::uint64_t{r.part_sizes.size()});
    const bool whole = out.length == r.size;
    if (whole && http::iequals(c.header("x-amz-checksum-mode"), "enabled"))
        add_checksum_headers(out.headers, r);
    return out;
}

PENSTOCK_DECL s3_response delete_object(service_call& c) {
    c.require_bucket();
    check_write_conditions(c);
    const auto removed = remove_object(c, c.key, c.parameter("versionId"));
    s3_response out;
    out.status = 204;
    if (removed.delete_marker) out.headers.add("x-amz-delete-marker", "true");
    if (!removed.version_id.empty()) out.headers.add("x-amz-version-id", removed.version_id);
    return out;
}

} // namespace penstock::testing::detail

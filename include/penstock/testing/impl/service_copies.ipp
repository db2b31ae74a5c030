// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/testing/detail/service_call.hpp>

#include <penstock/s3/xml_namespace.hpp>
#include <penstock/xml/writer.hpp>

#include <utility>

namespace penstock::testing::detail {

/// The object that x-amz-copy-source names, its conditions checked.
inline std::shared_ptr<const stored_object> copy_source(service_call& c) {
    auto text = std::string{c.header("x-amz-copy-source")};
    std::optional<std::string> version;
    if (const auto at = text.find("?versionId="); at != std::string::npos) {
        version = aws::uri_decode(text.substr(at + 11));
        text.resize(at);
    }
    auto source = aws::uri_decode(text);
    if (source && source->starts_with('/')) source->erase(0, 1);
    const auto slash = source ? source->find('/') : std::string::npos;
    if (slash == std::string::npos || slash == 0 || slash + 1 == source->size())
        throw s3_problem{400, "InvalidArgument",
                         "Copy Source must mention the source bucket and key: sourcebucket/sourcekey"}
            .detail("ArgumentName", "x-amz-copy-source")
            .detail("ArgumentValue", text);
    const auto bucket = source->substr(0, slash);
    if (!c.store().has_bucket(bucket))
        throw s3_problem{404, "NoSuchBucket", "The specified bucket does not exist"}.detail("BucketName",
                                                                                            bucket);
    auto object = find_object(c, bucket, source->substr(slash + 1), version ? &*version : nullptr);
    check_customer_key(c, "x-amz-copy-source-", object->record.headers);
    const bool not_modified = check_read_conditions(c, "x-amz-copy-source-", object->record);
    if (not_modified) throw precondition_failed("x-amz-copy-source-If-None-Match");
    return object;
}

/// Sets out to copy a range of `c.source`, with its MD5 and the checksum of `c.checksum_kind`.
inline void start_copy(service_call& c, std::uint64_t offset, std::uint64_t length) {
    if (length > largest_object)
        throw s3_problem{400, "InvalidRequest",
                         "The specified copy source is larger than the maximum allowable size for a copy "
                         "source: 5368709120"};
    c.pass.emplace();
    c.pass->add(c.source->bytes, offset, length);
    c.pass->copy_into(c.store().stage());
    c.pass->digest_by(digest_kind::md5);
    if (c.checksum_kind) c.pass->digest_by(*c.checksum_kind);
}

inline void finish_copy(service_call& c) {
    c.staged = c.pass->copy();
    c.md5 = c.pass->result(digest_kind::md5);
    if (c.checksum_kind) c.checksum = c.pass->result(*c.checksum_kind);
}

inline bool replaces_metadata(const service_call& c) {
    const auto directive = c.header("x-amz-metadata-directive");
    const bool replace = http::iequals(directive, "replace");
    if (!directive.empty() && !replace && !http::iequals(directive, "copy"))
        throw s3_problem{400, "InvalidArgument", "Unknown metadata directive."};
    return replace;
}

inline std::string tags_of_copy(const service_call& c) {
    return http::iequals(c.header("x-amz-tagging-directive"), "replace") ? new_tags(c)
                                                                         : c.source->record.tags;
}

PENSTOCK_DECL void prepare_copy(service_call& c) {
    c.require_bucket();
    const bool replace = replaces_metadata(c);
    kept_headers(c);
    c.source = copy_source(c);
    tags_of_copy(c);
    check_write_conditions(c);
    const auto same = c.store().find(c.bucket, c.key);
    const auto path = aws::uri_decode(c.header("x-amz-copy-source")).value_or("");
    const auto own = c.bucket + "/" + c.key;
    if (!replace && same && (path == own || path == "/" + own))
        throw s3_problem{
            400, "InvalidRequest",
            "This copy request is illegal because it is trying to copy an object to itself without changing "
            "the object's metadata, storage class, website redirect location or encryption attributes."};
    const auto algorithm = c.header("x-amz-checksum-algorithm");
    c.checksum_kind = checksum_by_name(algorithm.empty() ? c.source->record.checksum_algorithm : algorithm);
    if (!algorithm.empty() && !c.checksum_kind)
        throw s3_problem{400, "InvalidRequest", "Checksum algorithm provided is unsupported."};
    start_copy(c, 0, c.source->record.size);
}

PENSTOCK_DECL s3_response copy_object(service_call& c) {
    c.require_bucket();
    check_write_conditions(c);
    finish_copy(c);
    object_record r;
    r.key = c.key;
    r.etag = to_hex(c.md5);
    r.last_modified = c.now();
    if (replaces_metadata(c)) {
        r.headers = kept_headers(c);
    } else {
        r.headers = without_encryption(c.source->record.headers); // the copy's own is in the request
        add_encryption(c, r.headers);
    }
    r.tags = tags_of_copy(c);
    if (c.checksum_kind) {
        r.checksum_algorithm = checksum_name(*c.checksum_kind);
        r.checksum = to_base64(c.checksum);
    }
    xml::writer w;
    w.open("CopyObjectResult").attribute("xmlns", s3::xml_namespace);
    w.element("LastModified", xml_time(r.last_modified)).element("ETag", quoted_etag(r.etag));
    if (c.checksum_kind)
        w.element("Checksum" + r.checksum_algorithm, r.checksum).element("ChecksumType", "FULL_OBJECT");
    auto out = xml_response(w.finish());
    if (!c.source->record.version_id.empty())
        out.headers.add("x-amz-copy-source-version-id", c.source->record.version_id);
    keep_object(c, std::move(r), std::move(c.staged), out.headers);
    return out;
}

struct copy_range {
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
};

/// x-amz-copy-source-range, within the source.
inline copy_range copy_range_of(const service_call& c, std::uint64_t size) {
    const auto text = c.request.headers.find("x-amz-copy-source-range");
    if (!text) return {0, size};
    const auto dash = text->find('-');
    std::optional<std::uint64_t> first, last;
    if (text->starts_with("bytes=") && dash != std::string_view::npos) {
        first = parse_size(text->substr(6, dash - 6));
        last = parse_size(text->substr(dash + 1));
    }
    if (!first || !last || *last < *first || *last >= size)
        throw s3_problem{
            400, "InvalidArgument",
            "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last "
            "are the zero-based offsets of the first and last bytes to copy, within the source"}
            .detail("ArgumentName", "x-amz-copy-source-range")
            .detail("ArgumentValue", std::string{*text});
    return {*first, *last - *first + 1};
}

PENSTOCK_DECL void prepare_part_copy(service_call& c) {
    const auto& u = find_upload(c);
    c.checksum_kind = u.checksum;
    check_customer_key(c, "x-amz-", u.headers);
    part_number(c);
    c.source = copy_source(c);
    const auto range = copy_range_of(c, c.source->record.size);
    start_copy(c, range.offset, range.length);
}

PENSTOCK_DECL s3_response upload_part_copy(service_call& c) {
    auto& u = find_upload(c);
    finish_copy(c);
    keep_part(c, u);
    xml::writer w;
    w.open("CopyPartResult").attribute("xmlns", s3::xml_namespace);
    w.element("LastModified", xml_time(c.now())).element("ETag", quoted_etag(to_hex(c.md5)));
    if (c.checksum_kind)
        w.element("Checksum" + std::string{checksum_name(*c.checksum_kind)}, to_base64(c.checksum));
    auto out = xml_response(w.finish());
    tell_encryption(u.headers, out.headers);
    return out;
}

} // namespace penstock::testing::detail

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/testing/detail/service_call.hpp>

#include <penstock/s3/xml_namespace.hpp>
#include <penstock/xml/writer.hpp>

#include <algorithm>

namespace penstock::testing::detail {

inline constexpr std::uint32_t largest_part_number = 10'000;

PENSTOCK_DECL multipart_upload& find_upload(service_call& c) {
    c.require_bucket();
    const auto* id = c.parameter("uploadId");
    const auto it = id ? c.state.uploads.find(*id) : c.state.uploads.end();
    if (it == c.state.uploads.end() || it->second.bucket != c.bucket || it->second.key != c.key)
        throw s3_problem{404, "NoSuchUpload",
                         "The specified upload does not exist. The upload ID may be invalid, or the upload "
                         "may have been aborted or completed."}
            .detail("UploadId", id ? xml_safe(*id) : "");
    return it->second;
}

PENSTOCK_DECL std::uint32_t part_number(const service_call& c) {
    const auto n = number_parameter(c, "partNumber", largest_part_number + 1, 0);
    if (n == 0 || n > largest_part_number)
        throw s3_problem{400, "InvalidArgument",
                         "Part number must be an integer between 1 and 10000, inclusive"}
            .detail("ArgumentName", "partNumber");
    return static_cast<std::uint32_t>(n);
}

PENSTOCK_DECL s3_response create_multipart_upload(service_call& c) {
    c.require_bucket();
    if (c.state.uploads.size() >= c.state.options.max_uploads())
        throw s3_problem{503, "SlowDown", "Too many multipart uploads are open on this server."};
    multipart_upload u;
    u.bucket = c.bucket;
    u.key = c.key;
    u.headers = kept_headers(c);
    u.tags = new_tags(c);
    u.started = c.now();
    const auto algorithm = c.header("x-amz-checksum-algorithm");
    const auto type = c.header("x-amz-checksum-type");
    if (!algorithm.empty()) {
        u.checksum = checksum_by_name(algorithm);
        if (!u.checksum)
            throw s3_problem{400, "InvalidRequest", "Checksum algorithm provided is unsupported."};
        u.composite = type.empty() ? *u.checksum != digest_kind::crc64nvme : http::iequals(type, "composite");
        const bool possible = u.composite ? *u.checksum != digest_kind::crc64nvme : is_crc(*u.checksum);
        if (!possible || (!type.empty() && !u.composite && !http::iequals(type, "full_object")))
            throw s3_problem{400, "InvalidRequest", "The checksum type and algorithm do not go together."};
    }
    auto id = c.state.new_id() + c.state.new_id();
    xml::writer w;
    w.open("InitiateMultipartUploadResult").attribute("xmlns", s3::xml_namespace);
    w.element("Bucket", c.bucket).element("Key", xml_safe(c.key)).element("UploadId", id);
    auto out = xml_response(w.finish());
    tell_encryption(u.headers, out.headers);
    if (u.checksum) {
        out.headers.add("x-amz-checksum-algorithm", checksum_name(*u.checksum));
        out.headers.add("x-amz-checksum-type", u.composite ? "COMPOSITE" : "FULL_OBJECT");
    }
    c.state.uploads.emplace(std::move(id), std::move(u));
    return out;
}

PENSTOCK_DECL void check_upload_part(service_call& c) {
    const auto& u = find_upload(c);
    c.checksum_kind = u.checksum; // whether or not the client sends it
    check_customer_key(c, "x-amz-", u.headers);
    part_number(c);
    if (!c.request.content_length && !c.request.headers.contains("transfer-encoding"))
        throw s3_problem{411, "MissingContentLength", "You must provide the Content-Length HTTP header."};
}

PENSTOCK_DECL void keep_part(service_call& c, multipart_upload& u) {
    upload_part p;
    p.md5 = c.md5;
    p.modified = c.now();
    if (u.checksum) {
        if (c.checksum_kind != u.checksum)
            throw s3_problem{400, "InvalidRequest",
                             "Checksum Type mismatch occurred, expected checksum Type: " +
                                 std::string{checksum_name(*u.checksum)} +
                                 ", actual checksum Type: " + std::string{checksum_name(*c.checksum_kind)}};
        p.checksum = c.checksum;
    }
    c.staged->seal();
    p.bytes = std::move(c.staged);
    u.parts[part_number(c)] = std::move(p);
}

PENSTOCK_DECL s3_response upload_part_data(service_call& c) {
    auto& u = find_upload(c);
    keep_part(c, u);
    s3_response out;
    out.headers.add("ETag", quoted_etag(to_hex(c.md5)));
    tell_encryption(u.headers, out.headers);
    if (c.checksum_kind) out.headers.add(checksum_header(*c.checksum_kind), to_base64(c.checksum));
    return out;
}

/// The parts that the client names, in order, checked against those that came.
inline std::vector<upload_part> chosen_parts(const service_call& c, const multipart_upload& u) {
    const auto body = parse_body(c, "CompleteMultipartUpload");
    std::vector<upload_part> out;
    std::uint64_t before = 0;
    for (const auto& child : body.children) {
        if (child.name != "Part") continue;
        const auto* number = child.find("PartNumber");
        const auto* etag = child.find("ETag");
        if (!number || !etag || number->text.empty() || number->text.size() > 5 ||
            !std::all_of(number->text.begin(), number->text.end(),
                         [](char ch) { return ch >= '0' && ch <= '9'; }))
            throw s3_problem{
                400, "MalformedXML",
                "The XML you provided was not well-formed or did not validate against our published schema"};
        const auto n = std::stoul(number->text);
        if (n <= before)
            throw s3_problem{
                400, "InvalidPartOrder",
                "The list of parts was not in ascending order. Parts must be ordered by part number."};
        before = n;
        const auto part = u.parts.find(static_cast<std::uint32_t>(n));
        auto invalid = [&] {
            return s3_problem{
                400, "InvalidPart",
                "One or more of the specified parts could not be found.  The part may not have been "
                "uploaded, or the specified entity tag may not match the part's entity tag."}
                .detail("PartNumber", number->text)
                .detail("ETag", xml_safe(etag->text));
        };
        if (part == u.parts.end()) throw invalid();
        const auto own = to_hex(part->second.md5);
        if (etag->text != own && etag->text != quoted_etag(own)) throw invalid();
        if (u.checksum) {
            const auto* sum = child.find("Checksum" + std::string{checksum_name(*u.checksum)});
            if (sum && sum->text != to_base64(part->second.checksum)) throw invalid();
        }
        out.push_back(part->second);
    }
    if (out.empty())
        throw s3_problem{
            400, "MalformedXML",
            "The XML you provided was not well-formed or did not validate against our published schema"};
    for (std::size_t i = 0; i + 1 < out.size(); ++i) {
        if (out[i].bytes->size() < c.state.options.min_part_size())
            throw s3_problem{400, "EntityTooSmall",
                             "Your proposed upload is smaller than the minimum allowed size"}
                .detail("ProposedSize", std::to_string(out[i].bytes->size()))
                .detail("MinSizeAllowed", std::to_string(c.state.options.min_part_size()));
    }
    return out;
}

inline std::string checksum_of_checksums(digest_kind kind, const std::vector<upload_part>& parts) {
    digest d{kind};
    for (const auto& p : parts) d.update(p.checksum);
    return to_base64(d.finish()) + "-" + std::to_string(parts.size());
}

PENSTOCK_DECL void prepare_completion(service_call& c) {
    const auto& u = find_upload(c);
    c.parts = chosen_parts(c, u);
    check_write_conditions(c);
    std::vector<std::shared_ptr<staged_bytes>> pieces;
    std::uint64_t size = 0;
    for (const auto& p : c.parts) {
        size += p.bytes->size();
        pieces.push_back(p.bytes);
    }
    if (const auto promised = c.request.headers.find("x-amz-mp-object-size");
        promised && *promised != std::to_string(size))
        throw s3_problem{400, "InvalidRequest",
                         "The provided 'x-amz-mp-object-size' header does not match what was computed."};
    // Several parts are copied, also where appending to the first would do: they must stay what they are when
    // the disk is full half way.
    if (pieces.size() == 1)
        c.whole = pieces.front();
    else
        c.whole = c.store().join(std::move(pieces));
    const bool sums_all = u.checksum && !u.composite;
    if (c.whole && !sums_all) return;
    c.pass.emplace();
    if (!c.whole) c.pass->copy_into(c.store().stage());
    if (sums_all) c.pass->digest_by(*u.checksum);
    for (const auto& p : c.parts) c.pass->add(p.bytes, 0, p.bytes->size());
}

PENSTOCK_DECL s3_response complete_multipart_upload(service_call& c) {
    const auto& u = find_upload(c);
    check_write_conditions(c);
    object_record r;
    r.key = c.key;
    r.last_modified = c.now();
    r.headers = u.headers;
    r.tags = u.tags;
    std::string md5s;
    for (const auto& p : c.parts) {
        md5s += p.md5;
        r.part_sizes.push_back(p.bytes->size());
    }
    r.etag = to_hex(digest_of(digest_kind::md5, md5s)) + "-" + std::to_string(c.parts.size());
    if (u.checksum) {
        r.checksum_algorithm = checksum_name(*u.checksum);
        r.checksum_composite = u.composite;
        r.checksum = u.composite ? checksum_of_checksums(*u.checksum, c.parts)
                                 : to_base64(c.pass->result(*u.checksum));
        const auto sent = c.request.headers.find(checksum_header(*u.checksum));
        if (sent && *sent != r.checksum)
            throw s3_problem{400, "BadDigest",
                             "The " + r.checksum_algorithm +
                                 " you specified did not match the calculated checksum."};
    }
    xml::writer w;
    w.open("CompleteMultipartUploadResult").attribute("xmlns", s3::xml_namespace);
    w.element("Location",
              "http://" + xml_safe(c.header("host")) + aws::uri_encode("/" + c.bucket + "/" + c.key, true));
    w.element("Bucket", c.bucket).element("Key", xml_safe(c.key)).element("ETag", quoted_etag(r.etag));
    if (u.checksum)
        w.element("Checksum" + r.checksum_algorithm, r.checksum)
            .element("ChecksumType", r.checksum_composite ? "COMPOSITE" : "FULL_OBJECT");
    auto out = xml_response(w.finish());
    keep_object(c, std::move(r), c.whole ? std::move(c.whole) : c.pass->copy(), out.headers);
    c.state.uploads.erase(*c.parameter("uploadId"));
    return out;
}

PENSTOCK_DECL s3_response abort_multipart_upload(service_call& c) {
    find_upload(c);
    c.state.uploads.erase(*c.parameter("uploadId"));
    s3_response out;
    out.status = 204;
    return out;
}

inline void write_owners(service_call& c, xml::writer& w) {
    const auto& owner = c.state.options.owner();
    w.open("Initiator").element("ID", owner).element("DisplayName", owner).close();
    w.open("Owner").element("ID", owner).element("DisplayName", owner).close();
    w.element("StorageClass", "STANDARD");
}

PENSTOCK_DECL s3_response list_parts(service_call& c) {
    const auto& u = find_upload(c);
    const auto most = number_parameter(c, "max-parts", largest_page, largest_page);
    const auto marker = number_parameter(c, "part-number-marker", largest_part_number, 0);
    xml::writer w;
    w.open("ListPartsResult").attribute("xmlns", s3::xml_namespace);
    w.element("Bucket", c.bucket)
        .element("Key", xml_safe(c.key))
        .element("UploadId", *c.parameter("uploadId"));
    write_owners(c, w);
    w.element("PartNumberMarker", marker).element("MaxParts", most);
    if (u.checksum)
        w.element("ChecksumAlgorithm", checksum_name(*u.checksum))
            .element("ChecksumType", u.composite ? "COMPOSITE" : "FULL_OBJECT");
    std::uint64_t given = 0;
    std::uint64_t last = marker;
    auto it = u.parts.upper_bound(static_cast<std::uint32_t>(marker));
    for (; it != u.parts.end() && given < most; ++it, ++given) {
        const auto& [number, part] = *it;
        w.open("Part")
            .element("PartNumber", std::uint64_t{number})
            .element("LastModified", xml_time(part.modified));
        w.element("ETag", quoted_etag(to_hex(part.md5))).element("Size", part.bytes->size());
        if (u.checksum)
            w.element("Checksum" + std::string{checksum_name(*u.checksum)}, to_base64(part.checksum));
        w.close();
        last = number;
    }
    const bool truncated = it != u.parts.end() && most > 0;
    if (truncated) w.element("NextPartNumberMarker", last);
    w.element("IsTruncated", truncated ? "true" : "false");
    return xml_response(w.finish());
}

PENSTOCK_DECL s3_response list_multipart_uploads(service_call& c) {
    c.require_bucket();
    const auto prefix = c.parameter_text("prefix");
    const auto delimiter = c.parameter_text("delimiter");
    const auto key_marker = c.parameter_text("key-marker");
    const auto id_marker = c.parameter_text("upload-id-marker");
    const auto most = number_parameter(c, "max-uploads", largest_page, largest_page);
    const bool encode = url_encoding(c);

    using entry = std::pair<std::string, const std::pair<const std::string, multipart_upload>*>;
    std::vector<entry> found; // by key, then by id
    for (const auto& u : c.state.uploads) {
        const auto& key = u.second.key;
        if (u.second.bucket != c.bucket || !key.starts_with(prefix)) continue;
        const bool later =
            key > key_marker || (key == key_marker && !id_marker.empty() && u.first > id_marker);
        if (key_marker.empty() || later) found.emplace_back(key, &u);
    }
    std::sort(found.begin(), found.end(), [](const entry& a, const entry& b) {
        return a.first != b.first ? a.first < b.first : a.second->first < b.second->first;
    });

    std::vector<const entry*> uploads;
    std::vector<std::string> prefixes;
    std::string next_key, next_id;
    bool truncated = false;
    for (const auto& e : found) {
        const auto cut = delimiter.empty() ? std::string::npos : e.first.find(delimiter, prefix.size());
        const auto common =
            cut == std::string::npos ? std::string{} : e.first.substr(0, cut + delimiter.size());
        if (!common.empty() &&
            ((!prefixes.empty() && prefixes.back() == common) || key_marker.starts_with(common)))
            continue;
        if (uploads.size() + prefixes.size() == most) {
            truncated = most > 0;
            break;
        }
        if (common.empty()) {
            uploads.push_back(&e);
            next_key = e.first;
            next_id = e.second->first;
        } else {
            prefixes.push_back(common);
            next_key = common;
            next_id.clear();
        }
    }

    xml::writer w;
    w.open("ListMultipartUploadsResult").attribute("xmlns", s3::xml_namespace);
    w.element("Bucket", c.bucket).element("KeyMarker", list_text(key_marker, encode));
    w.element("UploadIdMarker", xml_safe(id_marker));
    if (truncated)
        w.element("NextKeyMarker", list_text(next_key, encode)).element("NextUploadIdMarker", next_id);
    w.element("Prefix", list_text(prefix, encode)).element_if("Delimiter", list_text(delimiter, encode));
    w.element("MaxUploads", most);
    if (encode) w.element("EncodingType", "url");
    w.element("IsTruncated", truncated ? "true" : "false");
    for (const auto* e : uploads) {
        const auto& [id, u] = *e->second;
        w.open("Upload").element("Key", list_text(u.key, encode)).element("UploadId", id);
        write_owners(c, w);
        w.element("Initiated", xml_time(u.started));
        if (u.checksum)
            w.element("ChecksumAlgorithm", checksum_name(*u.checksum))
                .element("ChecksumType", u.composite ? "COMPOSITE" : "FULL_OBJECT");
        w.close();
    }
    for (const auto& p : prefixes) w.open("CommonPrefixes").element("Prefix", list_text(p, encode)).close();
    return xml_response(w.finish());
}

} // namespace penstock::testing::detail

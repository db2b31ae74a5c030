// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/testing/detail/service_call.hpp>

#include <penstock/aws/directory_bucket.hpp>
#include <penstock/s3/xml_namespace.hpp>
#include <penstock/xml/writer.hpp>

#include <algorithm>

namespace penstock::testing::detail {

PENSTOCK_DECL s3_response list_buckets(service_call& c) {
    const bool directory = c.service == "s3express"; // these are listed by themselves
    xml::writer w;
    w.open(directory ? "ListAllMyDirectoryBucketsResult" : "ListAllMyBucketsResult").attribute("xmlns", s3::xml_namespace);
    const auto& owner = c.state.options.owner();
    if (!directory) w.open("Owner").element("ID", owner).element("DisplayName", owner).close();
    w.open("Buckets");
    const auto* prefix = c.parameter("prefix");
    for (const auto& b : c.store().buckets()) {
        if (prefix && !b.name.starts_with(*prefix)) continue;
        if (aws::is_directory_bucket(b.name) != directory) continue;
        w.open("Bucket").element("Name", b.name).element("CreationDate", xml_time(b.created)).close();
    }
    return xml_response(w.finish());
}

PENSTOCK_DECL s3_response create_bucket(service_call& c) {
    const bool directory = aws::is_directory_bucket(c.bucket);
    if (!valid_bucket_name(c.bucket) || (directory && !aws::zone_of_directory_bucket(c.bucket)))
        throw s3_problem{400, "InvalidBucketName", "The specified bucket is not valid."}.detail("BucketName",
                                                                                                c.bucket);
    const auto& region = c.state.options.region_of(c.bucket);
    if (!c.document.empty()) {
        const auto body = parse_body(c, "CreateBucketConfiguration");
        const auto* wanted = body.find("LocationConstraint");
        if (wanted && !wanted->text.empty() && !region.empty() && wanted->text != region)
            throw s3_problem{400, "IllegalLocationConstraintException",
                             "The " + xml_safe(wanted->text) +
                                 " location constraint is incompatible for the region specific endpoint this "
                                 "request was sent to."};
    }
    if (c.store().has_bucket(c.bucket))
        throw s3_problem{409, "BucketAlreadyOwnedByYou",
                         "Your previous request to create the named bucket succeeded and you already own it."}
            .detail("BucketName", c.bucket);
    c.store().create_bucket(c.bucket, c.now());
    s3_response out;
    out.headers.add("Location", "/" + c.bucket);
    return out;
}

PENSTOCK_DECL s3_response delete_bucket(service_call& c) {
    c.require_bucket();
    bool empty = !has_older_versions(c);
    c.store().list(c.bucket, {}, {}, [&](const object_record&) {
        empty = false;
        return list_step::stop();
    });
    auto not_empty = [&] {
        return s3_problem{409, "BucketNotEmpty", "The bucket you tried to delete is not empty"}.detail(
            "BucketName", c.bucket);
    };
    if (!empty) throw not_empty();
    try {
        c.store().delete_bucket(c.bucket);
    } catch (const error& e) {
        if (e.code() == errc::conflict) throw not_empty();
        throw;
    }
    std::erase_if(c.state.uploads, [&](const auto& u) { return u.second.bucket == c.bucket; });
    c.state.versions.erase(c.bucket);
    s3_response out;
    out.status = 204;
    return out;
}

PENSTOCK_DECL s3_response head_bucket(service_call& c) {
    c.require_bucket();
    s3_response out;
    const auto& region = c.state.options.region_of(c.bucket);
    if (!region.empty()) out.headers.add("x-amz-bucket-region", region);
    out.headers.add("Content-Type", "application/xml");
    return out;
}

PENSTOCK_DECL s3_response get_bucket_location(service_call& c) {
    c.require_bucket();
    const auto& region = c.state.options.region_of(c.bucket);
    xml::writer w;
    w.open("LocationConstraint").attribute("xmlns", s3::xml_namespace);
    if (region != "us-east-1") w.text(region); // S3's oldest region has no name here
    return xml_response(w.finish());
}

/// What both versions of ListObjects do.
struct object_page {
    std::vector<object_record> objects;
    std::vector<std::string> prefixes;
    std::string last; ///< the last key or prefix given
    std::string next; ///< where the next page starts
    bool truncated = false;
    std::uint64_t max_keys = 0;
    std::string prefix;
    std::string delimiter;
    bool encode = false;
};

inline object_page make_page(service_call& c, const std::string& from) {
    c.require_bucket();
    object_page page;
    page.prefix = c.parameter_text("prefix");
    page.delimiter = c.parameter_text("delimiter");
    page.encode = url_encoding(c);
    page.max_keys = number_parameter(c, "max-keys", largest_page, largest_page);
    if (page.max_keys == 0) return page;

    c.store().list(c.bucket, page.prefix, from, [&](const object_record& r) {
        if (page.objects.size() + page.prefixes.size() == page.max_keys) {
            page.truncated = true;
            return list_step::stop();
        }
        const auto cut =
            page.delimiter.empty() ? std::string::npos : r.key.find(page.delimiter, page.prefix.size());
        if (cut == std::string::npos) {
            page.last = r.key;
            page.next = r.key + '\0';
            page.objects.push_back(r);
            return list_step::next();
        }
        // One entry for all keys under the prefix, and on behind them.
        page.last = r.key.substr(0, cut + page.delimiter.size());
        page.prefixes.push_back(page.last);
        page.next = after_prefix(page.last);
        return page.next.empty() ? list_step::stop() : list_step::skip_to(page.next);
    });
    return page;
}

inline void write_page(service_call& c, const object_page& page, bool with_owner, xml::writer& w) {
    for (const auto& r : page.objects) {
        w.open("Contents").element("Key", list_text(r.key, page.encode));
        w.element("LastModified", xml_time(r.last_modified))
            .element("ETag", quoted_etag(r.etag))
            .element("Size", r.size);
        if (!r.checksum.empty())
            w.element("ChecksumAlgorithm", r.checksum_algorithm)
                .element("ChecksumType", r.checksum_composite ? "COMPOSITE" : "FULL_OBJECT");
        w.element("StorageClass", aws::is_directory_bucket(c.bucket) ? "EXPRESS_ONEZONE" : "STANDARD");
        if (with_owner) {
            const auto& owner = c.state.options.owner();
            w.open("Owner").element("ID", owner).element("DisplayName", owner).close();
        }
        w.close();
    }
    for (const auto& p : page.prefixes)
        w.open("CommonPrefixes").element("Prefix", list_text(p, page.encode)).close();
}

inline void write_page_head(const service_call& c, const object_page& page, xml::writer& w) {
    w.open("ListBucketResult").attribute("xmlns", s3::xml_namespace);
    w.element("Name", c.bucket).element("Prefix", list_text(page.prefix, page.encode));
    w.element("MaxKeys", page.max_keys).element_if("Delimiter", list_text(page.delimiter, page.encode));
    if (page.encode) w.element("EncodingType", "url");
    w.element("IsTruncated", page.truncated ? "true" : "false");
}

/// What directory buckets do not have.
/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
inline void check_directory_list(const service_call& c) {
    if (!aws::is_directory_bucket(c.bucket)) return;
    const auto refuse = [](const char* what) {
        throw s3_problem{501, "NotImplemented", std::string{"Directory buckets do not support "} + what};
    };
    const auto prefix = c.parameter_text("prefix"), delimiter = c.parameter_text("delimiter");
    if (c.parameter("start-after")) refuse("start-after");
    if (!prefix.empty() && !prefix.ends_with('/')) refuse("prefixes that do not end in a slash");
    if (!delimiter.empty() && delimiter != "/") refuse("delimiters but the slash");
    if (c.parameter_text("list-type") != "2") refuse("the first version of ListObjects");
}

PENSTOCK_DECL s3_response list_objects_v1(service_call& c) {
    check_directory_list(c);
    const auto marker = c.parameter_text("marker");
    // A marker that is a common prefix stands for all keys under it.
    const auto delimiter = c.parameter_text("delimiter");
    const bool is_prefix =
        !delimiter.empty() && marker.size() > delimiter.size() && marker.ends_with(delimiter);
    auto from = marker.empty() ? std::string{} : is_prefix ? after_prefix(marker) : marker + '\0';
    const auto page = make_page(c, from);
    xml::writer w;
    write_page_head(c, page, w);
    w.element("Marker", list_text(marker, page.encode));
    if (page.truncated && !page.delimiter.empty()) w.element("NextMarker", list_text(page.last, page.encode));
    write_page(c, page, true, w);
    return xml_response(w.finish());
}

PENSTOCK_DECL s3_response list_objects_v2(service_call& c) {
    check_directory_list(c);
    static constexpr std::string_view mark = "from:"; // tells our tokens from any other base64
    const auto* token = c.parameter("continuation-token");
    const auto start_after = c.parameter_text("start-after");
    std::string from = start_after.empty() ? std::string{} : start_after + '\0';
    if (token) {
        const auto raw = from_base64(*token);
        if (!raw || !raw->starts_with(mark))
            throw s3_problem{400, "InvalidArgument", "The continuation token provided is incorrect"}.detail(
                "ArgumentName", "continuation-token");
        from = raw->substr(mark.size());
    }
    const auto page = make_page(c, from);
    xml::writer w;
    write_page_head(c, page, w);
    w.element("KeyCount", std::uint64_t{page.objects.size() + page.prefixes.size()});
    if (token) w.element("ContinuationToken", *token);
    if (!start_after.empty()) w.element("StartAfter", list_text(start_after, page.encode));
    if (page.truncated) w.element("NextContinuationToken", to_base64(std::string{mark} + page.next));
    write_page(c, page, c.parameter_text("fetch-owner") == "true", w);
    return xml_response(w.finish());
}

PENSTOCK_DECL s3_response delete_objects(service_call& c) {
    c.require_bucket();
    if (!c.integrity_proven)
        throw s3_problem{400, "InvalidRequest",
                         "Missing required header for this request: Content-MD5 OR x-amz-checksum-*"};
    const auto body = parse_body(c, "Delete");
    const auto* quiet_element = body.find("Quiet");
    const bool quiet = quiet_element && quiet_element->text == "true";
    std::size_t count = 0;
    for (const auto& child : body.children) count += child.name == "Object";
    if (count == 0 || count > 1000)
        throw s3_problem{
            400, "MalformedXML",
            "The XML you provided was not well-formed or did not validate against our published schema"};

    xml::writer w;
    w.open("DeleteResult").attribute("xmlns", s3::xml_namespace);
    for (const auto& child : body.children) {
        if (child.name != "Object") continue;
        const auto* key = child.find("Key");
        const auto* version = child.find("VersionId");
        const auto* etag = child.find("ETag");
        auto fail = [&](std::string_view code, const std::string& message) {
            w.open("Error")
                .element("Key", key ? key->text : std::string{})
                .element("Code", code)
                .element("Message", message)
                .close();
        };
        if (!key || key->text.empty() || key->text.size() > 1024) {
            fail("InvalidArgument", "A key must have 1 to 1024 bytes.");
            continue;
        }
        removed_object removed;
        try {
            if (etag) {
                const auto object = c.store().find(c.bucket, key->text);
                if (!object) {
                    fail("NoSuchKey", "The specified key does not exist.");
                    continue;
                }
                if (etag->text != object->record.etag && etag->text != quoted_etag(object->record.etag)) {
                    fail("PreconditionFailed",
                         "At least one of the pre-conditions you specified did not hold");
                    continue;
                }
            }
            removed = remove_object(c, key->text, version ? &version->text : nullptr);
        } catch (const s3_problem& p) {
            fail(p.code, p.message);
            continue;
        } catch (const error& e) {
            const auto p = storage_problem(e.as_failure());
            fail(p.code, p.message);
            continue;
        }
        if (quiet) continue;
        w.open("Deleted").element("Key", key->text);
        if (version) w.element("VersionId", version->text);
        if (removed.delete_marker) w.element("DeleteMarker", "true").element("DeleteMarkerVersionId", removed.version_id);
        w.close();
    }
    return xml_response(w.finish());
}

} // namespace penstock::testing::detail

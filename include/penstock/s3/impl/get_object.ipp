// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/get_object.hpp>

#include <penstock/s3/detail/body_fields.hpp>
#include <penstock/s3/detail/error_response.hpp>
#include <penstock/s3/detail/request_builder.hpp>
#include <penstock/s3/detail/response_reader.hpp>

#include <algorithm>
#include <charconv>
#include <limits>

namespace penstock::s3::detail {

PENSTOCK_DECL std::string range_header(const object_range& range) {
    const auto first = std::to_string(range.offset());
    switch (range.what()) {
    case object_range::kind::whole: return {};
    case object_range::kind::from: return "bytes=" + first + "-";
    case object_range::kind::suffix: return "bytes=-" + std::to_string(range.length());
    case object_range::kind::slice: break;
    }
    return "bytes=" + first + "-" + std::to_string(range.offset() + (range.length() - 1));
}

PENSTOCK_DECL void add_range(operation& op, std::string_view name, const object_range& range) {
    using kind = object_range::kind;
    const bool counted = range.what() == kind::slice || range.what() == kind::suffix;
    if (counted && range.length() == 0)
        refuse(op, "a range of no bytes", "a range has one byte or more; to read nothing, ask for nothing");
    if (counted && range.length() - 1 > std::numeric_limits<std::uint64_t>::max() - range.offset())
        refuse(op, "the range ends beyond 2^64 bytes");
    if (range.what() != kind::whole) op.headers.add(name, range_header(range));
}

/// Takes a number off the front of `text`; none where there is no digit, or too many.
inline std::optional<std::uint64_t> take_number(std::string_view& text) {
    std::uint64_t n = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), n);
    if (failed != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return n;
}

inline bool take(std::string_view& text, std::string_view expected) {
    if (!text.starts_with(expected)) return false;
    text.remove_prefix(expected.size());
    return true;
}

PENSTOCK_DECL byte_range resolve(const object_range& asked, std::uint64_t size) noexcept {
    using kind = object_range::kind;
    if (asked.what() == kind::whole) return {0, size};
    if (asked.what() == kind::suffix) {
        const auto length = std::min(asked.length(), size);
        return {size - length, length};
    }
    const auto first = std::min(asked.offset(), size);
    return {first, asked.what() == kind::from ? size - first : std::min(asked.length(), size - first)};
}

PENSTOCK_DECL std::optional<content_range> parse_content_range(std::string_view text) {
    text = trimmed(text);
    if (text.size() < 6 || !http::iequals(text.substr(0, 5), "bytes")) return std::nullopt;
    text.remove_prefix(5);
    text = trimmed(text);

    content_range found;
    if (!take(text, "*")) {
        const auto first = take_number(text);
        if (!first || !take(text, "-")) return std::nullopt;
        const auto last = take_number(text);
        if (!last || *last < *first || *last == std::numeric_limits<std::uint64_t>::max())
            return std::nullopt;
        found.range = byte_range{*first, *last - *first + 1};
    }
    if (!take(text, "/")) return std::nullopt;
    if (!take(text, "*")) {
        found.total = take_number(text);
        if (!found.total) return std::nullopt;
    }
    if (!text.empty() || (!found.range && !found.total)) return std::nullopt;
    if (found.range && found.total && found.range->offset + found.range->length > *found.total)
        return std::nullopt;
    return found;
}

PENSTOCK_DECL operation make_get_object(const object_address& object, const get_object_options& options) {
    auto op = object_operation("get object", "GET", object);
    op.settings = options.settings();
    add_query_if(op, "versionId", options.version_id());
    if (options.part_number() != 0) {
        check_part_number(op, options.part_number());
        if (options.range().what() != object_range::kind::whole)
            refuse(op, "a part number and a range exclude each other", "give one of them");
        add_query(op, "partNumber", std::uint64_t{options.part_number()});
    }
    add_range(op, "Range", options.range());
    if (options.checksum_mode()) op.headers.add("x-amz-checksum-mode", "ENABLED");
    add_conditions(op.headers, options);
    add_customer_key(op, options.customer_key());
    return op;
}

/// Whether `got` is what a store must answer to `asked`.
inline bool answers(const object_range& asked, const content_range& got) {
    using kind = object_range::kind;
    if (!got.range) return false;
    const auto first = got.range->offset;
    const auto length = got.range->length;
    switch (asked.what()) {
    case kind::whole: return got.total && first == 0 && length == *got.total;
    case kind::slice:
        if (first != asked.offset()) return false;
        if (!got.total) return length <= asked.length();
        return length == std::min(asked.length(), *got.total - first);
    case kind::from: return first == asked.offset() && (!got.total || first + length == *got.total);
    case kind::suffix:
        if (!got.total) return length <= asked.length();
        return first + length == *got.total && length == std::min(asked.length(), *got.total);
    }
    return false;
}

inline std::string in_quotes(std::string_view text) { return "'" + printable(text, 128) + "'"; }

inline result<get_object_body> parse_partial(const get_object_options& asked,
                                             const http::response_head& head) {
    const auto text = head.headers["Content-Range"];
    const auto range = parse_content_range(text);
    const bool no_bytes = head.content_length == 0 && text == "bytes 0--1/0"; // MinIO, of the end of an empty object
    if (no_bytes && asked.range().what() == object_range::kind::suffix) {
        get_object_body nothing;
        nothing.outcome = get_object_outcome::empty;
        nothing.size = 0;
        return nothing;
    }
    if (!range || !range->range)
        return malformed("get object", head, "206 without a usable Content-Range: " + in_quotes(text));
    const bool part = asked.part_number() != 0;
    if (!part && asked.range().what() == object_range::kind::whole)
        return malformed("get object", head, "206 for a request without a range");
    if (!part && !answers(asked.range(), *range))
        return malformed("get object", head,
                         in_quotes(range_header(asked.range())) + " was asked for, but the answer holds " +
                             in_quotes(text));
    if (head.content_length && *head.content_length != range->range->length)
        return malformed("get object", head,
                         "Content-Length " + std::to_string(*head.content_length) +
                             " contradicts Content-Range " + in_quotes(text));
    get_object_body found;
    found.outcome = get_object_outcome::partial;
    found.range = *range->range;
    found.size = range->total;
    return found;
}

inline result<get_object_body> parse_whole(const get_object_options& asked, const http::response_head& head) {
    const bool ranged = asked.range().what() != object_range::kind::whole;
    get_object_body found;
    found.size = head.content_length;
    // Some gateways answer 200 with a Content-Range. Then the range decides what the body is, not the status.
    if (const auto text = head.headers.find("Content-Range")) {
        const auto range = parse_content_range(*text);
        if (!range || !answers({}, *range)) {
            if (ranged && range && answers(asked.range(), *range)) return parse_partial(asked, head);
            return malformed("get object", head, "200 with Content-Range " + in_quotes(*text));
        }
        if (head.content_length && *head.content_length != range->range->length)
            return malformed("get object", head,
                             "Content-Length " + std::to_string(*head.content_length) +
                                 " contradicts Content-Range " + in_quotes(*text));
        found.size = range->total;
    }
    found.outcome = ranged ? get_object_outcome::range_ignored : get_object_outcome::whole;
    found.range = byte_range{0, found.size.value_or(0)};
    return found;
}

PENSTOCK_DECL result<get_object_body> parse_get_object_body(const get_object_options& asked,
                                                            const http::response_head& head,
                                                            std::string_view error_body) {
    get_object_body found;
    switch (head.status) {
    case 200: return parse_whole(asked, head);
    case 206: return parse_partial(asked, head);
    case 304:
        if (asked.if_none_match().empty() && !asked.if_modified_since())
            return malformed("get object", head, "304 to a request without a condition");
        found.outcome = get_object_outcome::not_modified;
        return found; // its Content-Length may be anything
    case 416: {
        const auto range = parse_content_range(head.headers["Content-Range"]);
        const auto document = parse_error_document(error_body);
        std::optional<std::uint64_t> actual;
        if (range)
            actual = range->total;
        else if (document)
            actual = parse_number(document->field("ActualObjectSize"));
        const bool ranged = asked.range().what() != object_range::kind::whole;
        if (ranged && actual && *actual == 0) {
            found.outcome = get_object_outcome::empty;
            found.size = 0;
            return found;
        }
        auto f = service_failure("get object", head, error_body, error_scope::object);
        return f.with([&](error_detail& d) {
            if (actual) d.hint = "the object has " + std::to_string(*actual) + " bytes";
        });
    }
    default: {
        auto good = check_status("get object", head, error_body, error_scope::object);
        if (!good) return good.error();
        return malformed("get object", head, "status " + std::to_string(head.status));
    }
    }
}

PENSTOCK_DECL object_metadata metadata_of(const http::response_head& head, const get_object_body& body) {
    auto found = parse_object_metadata(head);
    if (body.outcome == get_object_outcome::empty) {
        // The header describes the error document; of the object only these are known.
        object_metadata empty;
        empty.etag = std::move(found.etag);
        empty.last_modified = found.last_modified;
        empty.version_id = std::move(found.version_id);
        found = std::move(empty);
    }
    found.size = body.size;
    return found;
}

} // namespace penstock::s3::detail

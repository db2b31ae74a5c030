// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/clock.hpp>
#include <penstock/http/header_list.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace penstock::s3 {

/// Conditions of a read. ETags may be given with or without quotes.
/// https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-reads.html
template <class Options>
class read_conditions {
  public:
    read_conditions() = default;

    /// Only while the object still has this ETag, else `errc::precondition_failed`.
    Options& if_match(std::string etag) { return if_match_ = std::move(etag), self(); }
    /// Only when the object has another ETag than this one, else the answer is "not modified".
    Options& if_none_match(std::string etag) { return if_none_match_ = std::move(etag), self(); }
    /// Only when changed after this time, else the answer is "not modified". HTTP counts whole seconds.
    Options& if_modified_since(wall_time t) { return if_modified_since_ = t, self(); }
    /// Only when not changed after this time, else `errc::precondition_failed`.
    Options& if_unmodified_since(wall_time t) { return if_unmodified_since_ = t, self(); }

    const std::string& if_match() const noexcept { return if_match_; }
    const std::string& if_none_match() const noexcept { return if_none_match_; }
    const std::optional<wall_time>& if_modified_since() const noexcept { return if_modified_since_; }
    const std::optional<wall_time>& if_unmodified_since() const noexcept { return if_unmodified_since_; }

  private:
    Options& self() noexcept { return static_cast<Options&>(*this); }

    std::string if_match_;
    std::string if_none_match_;
    std::optional<wall_time> if_modified_since_;
    std::optional<wall_time> if_unmodified_since_;
};

/// Conditions of a write. A store that does not know them ignores them; that is a capability of the store.
/// https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
template <class Options>
class write_conditions {
  public:
    write_conditions() = default;

    /// Only while the object still has this ETag, else `errc::precondition_failed`.
    Options& if_match(std::string etag) { return if_match_ = std::move(etag), self(); }
    /// "*": only when there is no object yet.
    Options& if_none_match(std::string etag) { return if_none_match_ = std::move(etag), self(); }

    const std::string& if_match() const noexcept { return if_match_; }
    const std::string& if_none_match() const noexcept { return if_none_match_; }

  private:
    Options& self() noexcept { return static_cast<Options&>(*this); }

    std::string if_match_;
    std::string if_none_match_;
};

/// Conditions on the source of a copy; a source that does not meet them is `errc::precondition_failed`.
template <class Options>
class source_conditions {
  public:
    source_conditions() = default;

    Options& source_if_match(std::string etag) { return if_match_ = std::move(etag), self(); }
    Options& source_if_none_match(std::string etag) { return if_none_match_ = std::move(etag), self(); }
    Options& source_if_modified_since(wall_time t) { return if_modified_since_ = t, self(); }
    Options& source_if_unmodified_since(wall_time t) { return if_unmodified_since_ = t, self(); }
    Options& source_version_id(std::string id) { return version_id_ = std::move(id), self(); }

    const std::string& source_if_match() const noexcept { return if_match_; }
    const std::string& source_if_none_match() const noexcept { return if_none_match_; }
    const std::optional<wall_time>& source_if_modified_since() const noexcept { return if_modified_since_; }
    const std::optional<wall_time>& source_if_unmodified_since() const noexcept {
        return if_unmodified_since_;
    }
    const std::string& source_version_id() const noexcept { return version_id_; }

  private:
    Options& self() noexcept { return static_cast<Options&>(*this); }

    std::string if_match_;
    std::string if_none_match_;
    std::optional<wall_time> if_modified_since_;
    std::optional<wall_time> if_unmodified_since_;
    std::string version_id_;
};

namespace detail {

/// An ETag as conditions need it: quotes added where they are missing; "*", lists and weak tags as they are.
PENSTOCK_DECL std::string quoted_etag(std::string_view etag);

PENSTOCK_DECL void add_etag(http::header_list& headers, std::string_view name, std::string_view etag);
PENSTOCK_DECL void add_time(http::header_list& headers, std::string_view name,
                            const std::optional<wall_time>& time);

/// The same conditions, for another operation.
template <class From, class To>
void copy_conditions(const read_conditions<From>& from, read_conditions<To>& to) {
    to.if_match(from.if_match());
    to.if_none_match(from.if_none_match());
    if (from.if_modified_since()) to.if_modified_since(*from.if_modified_since());
    if (from.if_unmodified_since()) to.if_unmodified_since(*from.if_unmodified_since());
}

template <class Options>
void add_conditions(http::header_list& headers, const read_conditions<Options>& c) {
    add_etag(headers, "If-Match", c.if_match());
    add_etag(headers, "If-None-Match", c.if_none_match());
    add_time(headers, "If-Modified-Since", c.if_modified_since());
    add_time(headers, "If-Unmodified-Since", c.if_unmodified_since());
}

template <class Options>
void add_conditions(http::header_list& headers, const write_conditions<Options>& c) {
    add_etag(headers, "If-Match", c.if_match());
    add_etag(headers, "If-None-Match", c.if_none_match());
}

template <class Options>
void add_conditions(http::header_list& headers, const source_conditions<Options>& c) {
    add_etag(headers, "x-amz-copy-source-if-match", c.source_if_match());
    add_etag(headers, "x-amz-copy-source-if-none-match", c.source_if_none_match());
    add_time(headers, "x-amz-copy-source-if-modified-since", c.source_if_modified_since());
    add_time(headers, "x-amz-copy-source-if-unmodified-since", c.source_if_unmodified_since());
}

} // namespace detail
} // namespace penstock::s3

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/conditions.ipp>
#endif

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/http/header_list.hpp>

#include <map>
#include <string>
#include <utility>

namespace penstock::s3 {

/// What is kept beside an object when it is written: by one PUT, by a multipart upload, or by a copy that
/// replaces it. A value with a line break or control character ends the operation with
/// `errc::invalid_option`.
template <class Options>
class object_attributes {
  public:
    object_attributes() = default;

    Options& content_type(std::string v) { return content_type_ = std::move(v), self(); }
    Options& content_encoding(std::string v) { return content_encoding_ = std::move(v), self(); }
    Options& content_disposition(std::string v) { return content_disposition_ = std::move(v), self(); }
    Options& content_language(std::string v) { return content_language_ = std::move(v), self(); }
    Options& cache_control(std::string v) { return cache_control_ = std::move(v), self(); }
    /// As HTTP writes dates.
    Options& expires(std::string v) { return expires_ = std::move(v), self(); }
    Options& storage_class(std::string v) { return storage_class_ = std::move(v), self(); }
    /// A canned ACL: "private", "public-read", "bucket-owner-full-control" … Buckets without ACLs, as new ones are on AWS,
    /// refuse most. https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl
    Options& acl(std::string canned) { return acl_ = std::move(canned), self(); }
    /// Adds or replaces x-amz-meta-`name`. Stores may change the case of names, and on AWS all of them
    /// together hold at most 2 KiB.
    Options& metadata(const std::string& name, std::string value) {
        return metadata_[name] = std::move(value), self();
    }
    Options& metadata(std::map<std::string, std::string> all) { return metadata_ = std::move(all), self(); }
    /// Adds or replaces a tag; at most ten on AWS.
    Options& tag(const std::string& name, std::string value) {
        return tags_[name] = std::move(value), self();
    }

    /// All of them as said elsewhere.
    template <class Other>
    Options& attributes(const object_attributes<Other>& o) {
        content_type(o.content_type()).content_encoding(o.content_encoding()).content_disposition(o.content_disposition());
        content_language(o.content_language()).cache_control(o.cache_control()).expires(o.expires());
        storage_class(o.storage_class()).acl(o.acl()).metadata(o.metadata());
        tags_ = o.tags();
        return self();
    }

    const std::string& content_type() const noexcept { return content_type_; }
    const std::string& content_encoding() const noexcept { return content_encoding_; }
    const std::string& content_disposition() const noexcept { return content_disposition_; }
    const std::string& content_language() const noexcept { return content_language_; }
    const std::string& cache_control() const noexcept { return cache_control_; }
    const std::string& expires() const noexcept { return expires_; }
    const std::string& storage_class() const noexcept { return storage_class_; }
    const std::string& acl() const noexcept { return acl_; }
    const std::map<std::string, std::string>& metadata() const noexcept { return metadata_; }
    const std::map<std::string, std::string>& tags() const noexcept { return tags_; }

  private:
    Options& self() noexcept { return static_cast<Options&>(*this); }

    std::string content_type_;
    std::string content_encoding_;
    std::string content_disposition_;
    std::string content_language_;
    std::string cache_control_;
    std::string expires_;
    std::string storage_class_;
    std::string acl_;
    std::map<std::string, std::string> metadata_;
    std::map<std::string, std::string> tags_;
};

namespace detail {

/// Adds the field unless `value` is empty.
PENSTOCK_DECL void add_nonempty(http::header_list& headers, std::string_view name, std::string_view value);
PENSTOCK_DECL void add_metadata(http::header_list& headers,
                                const std::map<std::string, std::string>& metadata);
PENSTOCK_DECL void add_tagging(http::header_list& headers, const std::map<std::string, std::string>& tags);

template <class Options>
void add_attributes(http::header_list& headers, const object_attributes<Options>& a) {
    add_nonempty(headers, "Content-Type", a.content_type());
    add_nonempty(headers, "Content-Encoding", a.content_encoding());
    add_nonempty(headers, "Content-Disposition", a.content_disposition());
    add_nonempty(headers, "Content-Language", a.content_language());
    add_nonempty(headers, "Cache-Control", a.cache_control());
    add_nonempty(headers, "Expires", a.expires());
    add_nonempty(headers, "x-amz-storage-class", a.storage_class());
    add_nonempty(headers, "x-amz-acl", a.acl());
    add_metadata(headers, a.metadata());
    add_tagging(headers, a.tags());
}

} // namespace detail
} // namespace penstock::s3

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/object_attributes.ipp>
#endif

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "simulated_store.hpp"
#include "unit/s3/answer.hpp"

#include <penstock/s3/bucket_versioning.hpp>
#include <penstock/s3/detail/operation.hpp>
#include <penstock/s3/get_bucket_location.hpp>
#include <penstock/s3/list_object_versions.hpp>

#include <doctest/doctest.h>

namespace test_s3_versions {

using namespace penstock;
using simulated::world;
using test_s3_answer::answer;
namespace d = s3::detail;

auto list(std::string_view inside) {
    return d::parse_list_object_versions(answer(200),
                                         "<ListVersionsResult>" + std::string{inside} + "</ListVersionsResult>");
}

TEST_CASE("s3: a page of versions") {
    const auto page =
        list("<Name>b</Name><Prefix>p%2F</Prefix><KeyMarker>k%20</KeyMarker><VersionIdMarker>v0</VersionIdMarker>"
             "<NextKeyMarker>p%2Fz%2B</NextKeyMarker><NextVersionIdMarker>v9</NextVersionIdMarker><MaxKeys>3</MaxKeys>"
             "<Delimiter>%2F</Delimiter><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>"
             "<DeleteMarker><Key>p%2Fa%00</Key><VersionId>v2</VersionId><IsLatest>true</IsLatest>"
             "<LastModified>2024-03-15T01:02:03.000Z</LastModified><Owner><ID>me</ID></Owner></DeleteMarker>"
             "<Version><ETag>&quot;e&quot;</ETag><Size>7</Size><Key>p%2Fa%00</Key><VersionId> v1 </VersionId>"
             "<IsLatest>false</IsLatest><StorageClass>STANDARD</StorageClass>"
             "<ChecksumAlgorithm>CRC32</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType>"
             "<Owner><ID>me</ID><DisplayName>Me</DisplayName></Owner></Version>"
             "<CommonPrefixes><Prefix>p%2Fc%2F</Prefix></CommonPrefixes>")
            .value();
    CHECK(page.name == "b");
    CHECK(page.prefix == "p/");
    CHECK(page.delimiter == "/");
    CHECK(page.key_marker == "k ");
    CHECK(page.version_id_marker == "v0");
    CHECK(page.is_truncated);
    CHECK(page.next_key_marker == "p/z+");
    CHECK(page.next_version_id_marker == "v9");
    CHECK(page.max_keys == 3);
    CHECK(page.common_prefixes == std::vector<std::string>{"p/c/"});
    REQUIRE(page.versions.size() == 2);
    const auto& gone = page.versions[0];
    CHECK(gone.delete_marker);
    CHECK(gone.is_latest);
    CHECK(gone.key == std::string{"p/a\0", 4});
    CHECK(gone.version_id == "v2");
    CHECK(gone.last_modified);
    CHECK_FALSE(gone.size);
    CHECK(gone.owner->id == "me");
    const auto& old = page.versions[1];
    CHECK_FALSE(old.delete_marker);
    CHECK_FALSE(old.is_latest);
    CHECK(old.version_id == "v1");
    CHECK(old.size == 7);
    CHECK(old.etag.value() == "e");
    CHECK(old.storage_class == "STANDARD");
    CHECK(old.checksum_algorithms == std::vector<std::string>{"CRC32"});
    CHECK(old.checksum_type == "FULL_OBJECT");
    CHECK(old.owner->display_name == "Me");
    // Keys are what they look like where the store does not say that it encoded them.
    CHECK(list("<Version><Key>a%20</Key><VersionId>v</VersionId></Version>")->versions[0].key == "a%20");
}

TEST_CASE("s3: a page of versions that cannot be right") {
    for (const char* inside : {"<Version><Key>k</Key></Version>", "<Version><VersionId>v</VersionId></Version>",
                               "<DeleteMarker><Key>k</Key></DeleteMarker>", "<IsTruncated>true</IsTruncated>",
                               "<Version><Key>k</Key><VersionId>v</VersionId><Size>much</Size></Version>",
                               "<EncodingType>url</EncodingType><Prefix>%zz</Prefix>"}) {
        const auto page = list(inside);
        REQUIRE_MESSAGE(page.has_error(), inside);
        CHECK(page.error().code() == condition::malformed);
    }
    CHECK(d::parse_list_object_versions(answer(200), "<ListBucketResult/>").has_error());
    CHECK(d::parse_get_bucket_versioning(answer(200), "<VersioningConfiguration><Status>Perhaps</Status>"
                                                      "</VersioningConfiguration>").has_error());
}

TEST_CASE("s3: versions of a bucket, from the first to the last") {
    world w;
    const auto c = w.client();
    auto client = c;
    w.server.put("box", "p/k", "0");
    CHECK(w.run(s3::get_bucket_location(c, "box")) == "us-east-1");
    CHECK(w.run(s3::get_bucket_versioning(c, "box")) == s3::versioning_status::never);
    w.run(s3::set_bucket_versioning(c, "box", true));
    CHECK(w.run(s3::get_bucket_versioning(c, "box")) == s3::versioning_status::enabled);
    const auto put = [&](const char* key, std::string_view body) {
        return w.run(client.put(s3::object_address{"box", key}, body)).version_id;
    };
    const auto one = put("p/k", "1"), two = put("p/k", "2");
    CHECK(one != two);

    const auto get = [&](const std::string& id) {
        return w.run(as_result(client.get("s3://box/p/k", s3::get_object_options().version_id(id))));
    };
    CHECK(get("null")->body == "0");
    CHECK(get(one)->body == "1");
    CHECK(get(one)->metadata.version_id == one);
    CHECK(get("")->metadata.version_id == two);
    CHECK(w.run(client.head("s3://box/p/k", s3::head_object_options().version_id(one))).size == 1);
    CHECK(get("nobody").error().code() == condition::not_found);
    w.run(client.copy("s3://box/p/k", "s3://box/q/copy", s3::copy_object_options().source_version_id(one)));
    CHECK(w.run(client.get("s3://box/q/copy")).body == "1");

    const auto gone = w.run(client.remove("s3://box/p/k"));
    CHECK(gone.delete_marker);
    CHECK(get("").error().code() == errc::no_such_key);

    for (const std::uint32_t size : {1u, 2u, 1000u}) {
        std::vector<std::string> seen;
        auto pages = s3::list_object_versions(c, "s3://box/p/", s3::list_object_versions_options().max_keys(size));
        while (auto page = w.run(pages.next()))
            for (const auto& v : page->versions)
                seen.push_back(v.key + " " + v.version_id + (v.is_latest ? " latest" : "") + (v.delete_marker ? " mark" : ""));
        CHECK(seen == std::vector<std::string>{"p/k " + gone.version_id + " latest mark", "p/k " + two, "p/k " + one,
                                               "p/k null"});
    }
    auto folders = s3::list_object_versions(c, "s3://box/", s3::list_object_versions_options().delimiter("/"));
    CHECK(w.run(folders.next())->common_prefixes == std::vector<std::string>{"p/", "q/"});
    CHECK_FALSE(w.run(folders.next()).has_value());

    // Each version can be removed for good; without the mark, the object is back.
    const auto back = w.run(client.remove("s3://box/p/k", s3::delete_object_options().version_id(gone.version_id)));
    CHECK(back.delete_marker);
    CHECK(get("")->body == "2");
    std::vector<s3::object_identifier> both(2);
    both[0].key = both[1].key = "p/k";
    both[0].version_id = two;
    both[1].version_id = one;
    CHECK(w.run(client.remove("box", both)).errors.empty());
    CHECK(get("")->body == "0");
    w.run(s3::set_bucket_versioning(c, "box", false));
    CHECK(w.run(s3::get_bucket_versioning(c, "box")) == s3::versioning_status::suspended);
}

} // namespace test_s3_versions

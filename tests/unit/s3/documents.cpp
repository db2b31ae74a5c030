// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "unit/s3/answer.hpp"

#include <penstock/aws/uri.hpp>
#include <penstock/s3/abort_multipart_upload.hpp>
#include <penstock/s3/complete_multipart_upload.hpp>
#include <penstock/s3/copy_object.hpp>
#include <penstock/s3/create_bucket.hpp>
#include <penstock/s3/create_multipart_upload.hpp>
#include <penstock/s3/delete_object.hpp>
#include <penstock/s3/delete_objects.hpp>
#include <penstock/s3/get_bucket_location.hpp>
#include <penstock/s3/list_buckets.hpp>
#include <penstock/s3/list_multipart_uploads.hpp>
#include <penstock/s3/list_objects_v2.hpp>
#include <penstock/s3/list_parts.hpp>
#include <penstock/s3/put_object.hpp>
#include <penstock/s3/upload_part.hpp>
#include <penstock/s3/upload_part_copy.hpp>
#include <penstock/xml/writer.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <random>

/// What the interpreters make of documents: good, sloppy, broken and hostile ones.
namespace test_s3_documents {

namespace d = penstock::s3::detail;
namespace s3 = penstock::s3;
using penstock::errc;
using test_s3_answer::answer;

const penstock::wall_time march{std::chrono::milliseconds{1'710'464'523'456}};

auto list(std::string_view inside) {
    return d::parse_list_objects_v2(answer(200),
                                    "<ListBucketResult>" + std::string{inside} + "</ListBucketResult>");
}

TEST_CASE("s3: a page of a list") {
    const auto page =
        list("<Name>b</Name><Prefix>p/</Prefix><Delimiter>/</Delimiter><MaxKeys>1000</MaxKeys>"
             "<KeyCount>3</KeyCount><IsTruncated>true</IsTruncated>"
             "<ContinuationToken>t0</ContinuationToken><NextContinuationToken>t1+/=</NextContinuationToken>"
             "<StartAfter>p/a</StartAfter>"
             "<Contents><Key>p/b</Key><LastModified>2024-03-15T01:02:03.456Z</LastModified>"
             "<ETag>&quot;e&quot;</ETag><Size>5497558138880</Size><StorageClass>GLACIER</StorageClass>"
             "<ChecksumAlgorithm>CRC32</ChecksumAlgorithm><ChecksumAlgorithm>SHA1</ChecksumAlgorithm>"
             "<ChecksumType>COMPOSITE</ChecksumType>"
             "<Owner><ID>id</ID><DisplayName>me</DisplayName></Owner></Contents>"
             "<Contents><Key>p/c</Key><Size>0</Size></Contents>"
             "<CommonPrefixes><Prefix>p/d/</Prefix></CommonPrefixes>"
             "<CommonPrefixes><Prefix>p/e/</Prefix></CommonPrefixes>")
            .value();
    CHECK(page.name == "b");
    CHECK(page.prefix == "p/");
    CHECK(page.delimiter == "/");
    CHECK(page.max_keys == 1000);
    CHECK(page.key_count == 3);
    CHECK(page.is_truncated);
    CHECK(page.continuation_token == "t0");
    CHECK(page.next_continuation_token == "t1+/=");
    CHECK(page.start_after == "p/a");
    REQUIRE(page.objects.size() == 2);
    const auto& o = page.objects[0];
    CHECK(o.key == "p/b");
    CHECK(o.last_modified == march);
    CHECK(o.etag.value() == "e");
    CHECK(o.size == 5497558138880);
    CHECK(o.storage_class == "GLACIER");
    CHECK(o.checksum_algorithms == std::vector<std::string>{"CRC32", "SHA1"});
    CHECK(o.checksum_type == "COMPOSITE");
    REQUIRE(o.owner);
    CHECK(o.owner->id == "id");
    CHECK(o.owner->display_name == "me");
    CHECK(page.objects[1].size == 0);
    CHECK(!page.objects[1].owner);
    CHECK(!page.objects[1].last_modified);
    CHECK(page.common_prefixes == std::vector<std::string>{"p/d/", "p/e/"});
}

TEST_CASE("s3: lists of sloppy stores") {
    const auto empty = list("").value();
    CHECK(empty.objects.empty());
    CHECK(!empty.is_truncated);
    CHECK(!empty.max_keys);
    // ETags without quotes, empty algorithms, white space, unknown elements, capitals.
    const auto page =
        list(
            "\n  <IsTruncated>\n FALSE </IsTruncated>\n  <Contents>\n    <Key> k </Key>\n"
            "    <Size>\n 7 </Size>\n    <ETag> e </ETag><ChecksumAlgorithm/><Future><Key>no</Key></Future>\n"
            "  </Contents>\n<Future><Contents><Key>no</Key></Contents></Future>")
            .value();
    REQUIRE(page.objects.size() == 1);
    CHECK(page.objects[0].key == " k ");
    CHECK(page.objects[0].size == 7);
    CHECK(page.objects[0].etag.value() == "e");
    CHECK(page.objects[0].checksum_algorithms.empty());
    // No IsTruncated, but a token: there is more.
    CHECK(list("<NextContinuationToken>t</NextContinuationToken>")->is_truncated);
    // A last page may repeat a token.
    CHECK(!list("<IsTruncated>false</IsTruncated><NextContinuationToken>t</NextContinuationToken>")
               ->is_truncated);
    // Owner without its parts; a bad date; an empty key count.
    const auto odd =
        list("<Contents><Key>k</Key><Owner/><LastModified>soon</LastModified></Contents>").value();
    CHECK(odd.objects[0].owner);
    CHECK(!odd.objects[0].last_modified);
    const auto spaced = d::parse_list_objects_v2(answer(200), "\r\n <ListBucketResult/>");
    CHECK(spaced.has_value());
}

TEST_CASE("s3: encoded keys are decoded once, and only where the store says so") {
    const std::string keys = "<Prefix>a%2Fb</Prefix><Delimiter>%2F</Delimiter><StartAfter>a%20</StartAfter>"
                             "<Contents><Key>a+b%2Bc%252F%00%01</Key></Contents>"
                             "<CommonPrefixes><Prefix>x%20y/</Prefix></CommonPrefixes>";
    const auto decoded = list("<EncodingType>url</EncodingType>" + keys).value();
    CHECK(decoded.objects[0].key == std::string{"a b+c%2F\0\x01", 10});
    CHECK(decoded.prefix == "a/b");
    CHECK(decoded.delimiter == "/");
    CHECK(decoded.start_after == "a ");
    CHECK(decoded.common_prefixes[0] == "x y/");
    const auto plain = list(keys).value();
    CHECK(plain.objects[0].key == "a+b%2Bc%252F%00%01");
    CHECK(plain.common_prefixes[0] == "x%20y/");
    // The element may come last.
    CHECK(list(keys + "<EncodingType>url</EncodingType>")->prefix == "a/b");

    for (const std::string_view bad : {"%", "%2", "%zz", "a%"}) {
        const auto got =
            list("<EncodingType>url</EncodingType><Contents><Key>" + std::string{bad} + "</Key></Contents>");
        REQUIRE(!got);
        CHECK(got.error().code() == errc::malformed_response);
    }
}

TEST_CASE("s3: any key survives an encoded list, and any that XML holds a plain one") {
    std::mt19937 random{20260103};
    for (int i = 0; i < 2'000; ++i) {
        std::string key(1 + random() % 30, '\0');
        for (auto& c : key) c = static_cast<char>(i % 2 ? random() % 256 : 32 + random() % 95);
        const auto encoded = "<Contents><Key>" + penstock::aws::uri_encode(key) + "</Key></Contents>";
        REQUIRE(list("<EncodingType>url</EncodingType>" + encoded)->objects.at(0).key == key);
        if (!penstock::xml::representable(key)) continue;
        penstock::xml::writer w;
        w.open("ListBucketResult").open("Contents").element("Key", key);
        REQUIRE(d::parse_list_objects_v2(answer(200), w.finish())->objects.at(0).key == key);
    }
}

TEST_CASE("s3: a list is never shorter than it was") {
    const std::string whole = "<?xml version=\"1.0\"?><ListBucketResult><IsTruncated>false</IsTruncated>"
                              "<Contents><Key>a</Key><Size>1</Size></Contents>"
                              "<Contents><Key>b</Key><Size>2</Size></Contents></ListBucketResult>";
    CHECK(d::parse_list_objects_v2(answer(200), whole)->objects.size() == 2);
    for (std::size_t cut = 0; cut < whole.size(); ++cut) {
        const auto got = d::parse_list_objects_v2(answer(200), std::string_view{whole}.substr(0, cut));
        REQUIRE(!got);
        CHECK(got.error().code() == errc::malformed_xml);
        CHECK(got.error().detail().byte_offset.has_value());
        CHECK(got.error().detail().operation == "list objects");
    }
    const struct {
        std::string_view inside;
        errc code;
    } table[] = {
        {"<IsTruncated>true</IsTruncated>", errc::malformed_response},
        {"<Contents><Size>1</Size></Contents>", errc::malformed_response},
        {"<Contents><Key>k</Key><Size>many</Size></Contents>", errc::malformed_response},
        {"<Contents><Key>k</Key><Size>-1</Size></Contents>", errc::malformed_response},
        {"<Contents><Key>k</Key><Size>1.5</Size></Contents>", errc::malformed_response},
        {"<Contents><Key>k</Key><Size></Size></Contents>", errc::malformed_response},
        {"<Contents><Key>k</Key><Size>18446744073709551616</Size></Contents>", errc::malformed_response},
        {"<MaxKeys>x</MaxKeys>", errc::malformed_response},
        {"<Contents><Key>\x01</Key></Contents>", errc::malformed_xml},
        {"<Contents><Key>\xff</Key></Contents>", errc::malformed_xml},
        {"<Contents><Key>&#1;</Key></Contents>", errc::malformed_xml},
        {"<Contents><Key>k</Contents>", errc::malformed_xml},
        {"</ListBucketResult><ListBucketResult>", errc::malformed_xml},
    };
    for (const auto& row : table) {
        CAPTURE(row.inside);
        const auto got = list(row.inside);
        REQUIRE(!got);
        CHECK(got.error().code() == row.code);
    }
}

TEST_CASE("s3: the place of an error counts the white space before the document") {
    const auto got = d::parse_list_objects_v2(answer(200), "  \n<ListBucketResult>&</ListBucketResult>");
    REQUIRE(!got);
    CHECK(got.error().detail().byte_offset == 22);
}

TEST_CASE("s3: 200 with something else is no success") {
    const std::function<penstock::failure(std::string_view)> readers[] = {
        [](auto body) { return d::parse_list_objects_v2(answer(200), body).error(); },
        [](auto body) { return d::parse_list_buckets(answer(200), body).error(); },
        [](auto body) { return d::parse_list_parts(answer(200), body).error(); },
        [](auto body) { return d::parse_list_multipart_uploads(answer(200), body).error(); },
        [](auto body) { return d::parse_delete_objects(answer(200), body).error(); },
        [](auto body) { return d::parse_copy_object(answer(200), body).error(); },
        [](auto body) { return d::parse_upload_part_copy(answer(200), body).error(); },
        [](auto body) { return d::parse_create_multipart_upload(answer(200), body).error(); },
        [](auto body) { return d::parse_complete_multipart_upload(answer(200), body).error(); },
        [](auto body) { return d::parse_get_bucket_location(answer(200), body).error(); },
    };
    for (const auto& read : readers) {
        const auto failed = read("\n  <Error><Code>InternalError</Code><Message>m</Message></Error>");
        CHECK(failed.code() == errc::service_unavailable);
        CHECK(failed.detail().service_code == "InternalError");
        CHECK(failed.detail().message == "m");
        CHECK(failed.detail().http_status == 200);
        CHECK(read("<Error><Code>SlowDown</Code><Message>cut").code() == errc::throttled);
        CHECK(read("<html><body>welcome</body></html>").code() == errc::malformed_response);
        CHECK(read("<html><br></html>").code() == errc::malformed_xml);
        CHECK(read("").code() == errc::malformed_xml);
        CHECK(read("ok").code() == errc::malformed_xml);
        const auto bomb = read("<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>");
        CHECK(bomb.code() == errc::malformed_xml);
        CHECK(!bomb.detail().hint.empty());
        CHECK(!bomb.detail().operation.empty());
    }
}

TEST_CASE("s3: deep documents end in an error") {
    std::string deep = "<ListBucketResult>";
    for (int i = 0; i < 1'000'000; ++i) deep += "<a>";
    const auto got = d::parse_list_objects_v2(answer(200), deep);
    REQUIRE(!got);
    CHECK(got.error().code() == errc::malformed_xml);
}

TEST_CASE("s3: list buckets") {
    const auto page =
        d::parse_list_buckets(answer(200), "<ListAllMyBucketsResult><Owner><ID>i</ID></Owner><Buckets>"
                                           "<Bucket><Name>a</Name><CreationDate>2024-03-15T01:02:03.456Z"
                                           "</CreationDate><BucketRegion>eu-west-1</BucketRegion></Bucket>"
                                           "<Bucket><Name>b</Name></Bucket></Buckets>"
                                           "<ContinuationToken>t</ContinuationToken>"
                                           "</ListAllMyBucketsResult>")
            .value();
    REQUIRE(page.buckets.size() == 2);
    CHECK(page.buckets[0].name == "a");
    CHECK(page.buckets[0].created == march);
    CHECK(page.buckets[0].region == "eu-west-1");
    CHECK(page.buckets[1].name == "b");
    CHECK(page.owner->id == "i");
    CHECK(page.next_continuation_token == "t");
    CHECK(d::parse_list_buckets(answer(200), "<ListAllMyBucketsResult/>")->buckets.empty());
    CHECK(!d::parse_list_buckets(
        answer(200), "<ListAllMyBucketsResult><Buckets><Bucket/></Buckets></ListAllMyBucketsResult>"));
}

TEST_CASE("s3: list parts") {
    const auto read = [](std::string_view inside) {
        return d::parse_list_parts(answer(200),
                                   "<ListPartsResult>" + std::string{inside} + "</ListPartsResult>");
    };
    const auto page =
        read("<Bucket>b</Bucket><Key>k</Key><UploadId>u</UploadId><PartNumberMarker>0</PartNumberMarker>"
             "<NextPartNumberMarker>2</NextPartNumberMarker><MaxParts>2</MaxParts>"
             "<IsTruncated>true</IsTruncated><Part><PartNumber>1</PartNumber><ETag>\"e\"</ETag>"
             "<Size>10485760</Size><ChecksumCRC32>KtQF9Q==</ChecksumCRC32>"
             "<LastModified>2024-03-15T01:02:03.456Z</LastModified></Part>"
             "<Part><PartNumber>10000</PartNumber></Part><Initiator><ID>i</ID></Initiator>")
            .value();
    CHECK(page.bucket == "b");
    CHECK(page.key == "k");
    CHECK(page.upload_id == "u");
    CHECK(page.is_truncated);
    CHECK(page.next_part_number_marker == 2);
    CHECK(page.initiator->id == "i");
    REQUIRE(page.parts.size() == 2);
    CHECK(page.parts[0].number == 1);
    CHECK(page.parts[0].etag.raw() == "\"e\"");
    CHECK(page.parts[0].size == 10485760);
    CHECK(page.parts[0].checksums.crc32 == "KtQF9Q==");
    CHECK(page.parts[0].last_modified == march);
    CHECK(page.parts[1].number == 10'000);
    CHECK(!page.parts[1].size);
    for (const std::string_view bad :
         {"<Part/>", "<Part><PartNumber>0</PartNumber></Part>", "<Part><PartNumber>10001</PartNumber></Part>",
          "<Part><PartNumber>x</PartNumber></Part>", "<Part><PartNumber>1</PartNumber><Size>x</Size></Part>",
          "<IsTruncated>true</IsTruncated>",
          "<IsTruncated>true</IsTruncated><NextPartNumberMarker>x</NextPartNumberMarker>"}) {
        CAPTURE(bad);
        const auto got = read(bad);
        REQUIRE(!got);
        CHECK(got.error().code() == errc::malformed_response);
    }
}

TEST_CASE("s3: list multipart uploads") {
    const auto read = [](std::string_view inside) {
        return d::parse_list_multipart_uploads(answer(200), "<ListMultipartUploadsResult>" +
                                                                std::string{inside} +
                                                                "</ListMultipartUploadsResult>");
    };
    const auto page =
        read("<Bucket>b</Bucket><EncodingType>url</EncodingType><NextKeyMarker>a%20b</NextKeyMarker>"
             "<NextUploadIdMarker>u2</NextUploadIdMarker><IsTruncated>true</IsTruncated>"
             "<Upload><Key>a+b</Key><UploadId>u%31</UploadId><Initiated>2024-03-15T01:02:03.456Z</Initiated>"
             "<StorageClass>STANDARD</StorageClass><Owner><ID>o</ID></Owner></Upload>"
             "<CommonPrefixes><Prefix>c%2F</Prefix></CommonPrefixes>")
            .value();
    REQUIRE(page.uploads.size() == 1);
    CHECK(page.uploads[0].key == "a b");
    CHECK(page.uploads[0].upload_id == "u%31"); // only keys are encoded
    CHECK(page.uploads[0].initiated == march);
    CHECK(page.uploads[0].owner->id == "o");
    CHECK(page.next_key_marker == "a b");
    CHECK(page.next_upload_id_marker == "u2");
    CHECK(page.common_prefixes == std::vector<std::string>{"c/"});
    CHECK(!read("<IsTruncated>true</IsTruncated>"));
    CHECK(!read("<Upload><Key>k</Key></Upload>"));
    CHECK(!read("<Upload><UploadId>u</UploadId></Upload>"));
    CHECK(read("")->uploads.empty());
}

TEST_CASE("s3: delete objects, some of which failed") {
    const auto got =
        d::parse_delete_objects(answer(200), "<DeleteResult><Deleted><Key>a</Key></Deleted>"
                                             "<Error><Key>b</Key><VersionId>v</VersionId><Code>AccessDenied"
                                             "</Code><Message>no</Message></Error><Deleted><Key> c </Key>"
                                             "<VersionId>v</VersionId><DeleteMarker>true</DeleteMarker>"
                                             "<DeleteMarkerVersionId>m</DeleteMarkerVersionId></Deleted>"
                                             "</DeleteResult>")
            .value();
    REQUIRE(got.deleted.size() == 2);
    CHECK(got.deleted[0].key == "a");
    CHECK(got.deleted[1].key == " c ");
    CHECK(got.deleted[1].delete_marker);
    CHECK(got.deleted[1].delete_marker_version_id == "m");
    REQUIRE(got.errors.size() == 1);
    CHECK(got.errors[0].key == "b");
    CHECK(got.errors[0].version_id == "v");
    CHECK(got.errors[0].code == "AccessDenied");
    CHECK(got.errors[0].message == "no");
    CHECK(d::parse_delete_objects(answer(200), "<DeleteResult/>")->deleted.empty());
    CHECK(d::parse_delete_objects(answer(400), "<Error><Code>MalformedXML</Code></Error>").error().code() ==
          errc::invalid_request);
}

TEST_CASE("s3: copies") {
    const auto got =
        d::parse_copy_object(answer(200, {{"x-amz-version-id", "v"}, {"x-amz-copy-source-version-id", "s"}}),
                             "<CopyObjectResult><LastModified>2024-03-15T01:02:03.456Z</LastModified>"
                             "<ETag>&quot;e&quot;</ETag><ChecksumCRC64NVME>AAAAAAAAAAA=</ChecksumCRC64NVME>"
                             "<ChecksumType>FULL_OBJECT</ChecksumType></CopyObjectResult>")
            .value();
    CHECK(got.etag.value() == "e");
    CHECK(got.last_modified == march);
    CHECK(got.version_id == "v");
    CHECK(got.source_version_id == "s");
    CHECK(got.checksums.crc64nvme == "AAAAAAAAAAA=");
    CHECK(got.checksums.type == "FULL_OBJECT");
    CHECK(d::parse_upload_part_copy(answer(200), "<CopyPartResult><ETag>e</ETag></CopyPartResult>")
              ->etag.value() == "e");
    CHECK(d::parse_upload_part_copy(answer(200), "<CopyPartResult/>").error().code() ==
          errc::malformed_response);
    CHECK(d::parse_copy_object(answer(200), "<CopyPartResult/>").error().code() == errc::malformed_response);
    CHECK(d::parse_copy_object(answer(412), "").error().code() == errc::precondition_failed);
}

TEST_CASE("s3: single puts and deletes") {
    const auto put = d::parse_put_object(answer(200, {{"ETag", "\"e\""},
                                                      {"x-amz-version-id", "v"},
                                                      {"x-amz-checksum-crc32", "KtQF9Q=="},
                                                      {"x-amz-server-side-encryption", "AES256"}}),
                                         "")
                         .value();
    CHECK(put.etag.value() == "e");
    CHECK(put.version_id == "v");
    CHECK(put.checksums.crc32 == "KtQF9Q==");
    CHECK(put.server_side_encryption == "AES256");
    CHECK(d::parse_put_object(answer(200), "").has_value());
    CHECK(d::parse_put_object(answer(412), "").error().code() == errc::precondition_failed);
    CHECK(d::parse_put_object(answer(409), "<Error><Code>ConditionalRequestConflict</Code></Error>")
              .error()
              .code() == errc::conflict);

    CHECK(d::parse_upload_part(answer(200, {{"ETag", "b54357faf0632cce46e942fa68356b38"}}), "")->etag.raw() ==
          "b54357faf0632cce46e942fa68356b38");
    CHECK(d::parse_upload_part(answer(200), "").error().code() == errc::malformed_response);
    const auto denied = d::parse_upload_part(answer(403), "<Error><Code>AccessDenied</Code></Error>").error();
    CHECK(denied.code() == errc::access_denied);
    CHECK(denied.detail().operation == "upload part");

    const auto gone =
        d::parse_delete_object(answer(204, {{"x-amz-delete-marker", "true"}, {"x-amz-version-id", "v"}}), "");
    CHECK(gone->delete_marker);
    CHECK(gone->version_id == "v");
    CHECK(!d::parse_delete_object(answer(200), "")->delete_marker);
    CHECK(d::parse_delete_object(answer(404), "").error().code() == errc::no_such_key);
    CHECK(d::parse_delete_object(answer(412), "").error().code() == errc::precondition_failed);
    CHECK(d::parse_abort_multipart_upload(answer(204), "").has_value());
    CHECK(d::parse_abort_multipart_upload(answer(404), "<Error><Code>NoSuchUpload</Code></Error>")
              .error()
              .code() == errc::no_such_upload);
    CHECK(d::parse_create_bucket(answer(200), "").has_value());
    CHECK(d::parse_create_bucket(answer(409), "<Error><Code>BucketAlreadyOwnedByYou</Code></Error>")
              .error()
              .code() == errc::bucket_exists);
}

TEST_CASE("s3: multipart uploads begin and end") {
    CHECK(d::parse_create_multipart_upload(answer(200),
                                           "<InitiateMultipartUploadResult><Bucket>b</Bucket><Key>k</Key>"
                                           "<UploadId>\n u \n</UploadId></InitiateMultipartUploadResult>")
              ->upload_id == "u");
    CHECK(d::parse_create_multipart_upload(answer(200), "<InitiateMultipartUploadResult/>").error().code() ==
          errc::malformed_response);
    CHECK(d::parse_create_multipart_upload(answer(400), "\n<Error><Code>RequestTimeout</Code></Error>")
              .error()
              .code() == errc::service_unavailable);

    const auto done =
        d::parse_complete_multipart_upload(
            answer(200, {{"x-amz-version-id", "v"}, {"x-amz-server-side-encryption", "aws:kms"}}),
            "<?xml version=\"1.0\"?>\n  \n \n  <CompleteMultipartUploadResult><Location>http://x/k</Location>"
            "<Bucket>b</Bucket><Key>k</Key><ETag>\"e-9\"</ETag><ChecksumSHA256>s-9</ChecksumSHA256>"
            "</CompleteMultipartUploadResult>")
            .value();
    CHECK(done.etag.value() == "e-9");
    CHECK(done.location == "http://x/k");
    CHECK(done.version_id == "v");
    CHECK(done.checksums.sha256 == "s-9");
    CHECK(done.server_side_encryption == "aws:kms");
    // Only white space came before the connection was given up.
    CHECK(!d::parse_complete_multipart_upload(answer(200), "<?xml version=\"1.0\"?>\n   \n"));
    CHECK(d::parse_complete_multipart_upload(answer(400), "<Error><Code>InvalidPart</Code></Error>")
              .error()
              .code() == errc::invalid_request);
}

TEST_CASE("s3: bucket location") {
    const auto region = [](std::string_view body) {
        return d::parse_get_bucket_location(answer(200), body).value();
    };
    CHECK(region("<LocationConstraint/>") == "us-east-1");
    CHECK(region("<LocationConstraint> \n</LocationConstraint>") == "us-east-1");
    CHECK(
        region(
            "<LocationConstraint xmlns='http://s3.amazonaws.com/doc/2006-03-01/'>EU</LocationConstraint>") ==
        "eu-west-1");
    CHECK(region("<LocationConstraint>us-west-2</LocationConstraint>") == "us-west-2");
    // SeaweedFS
    CHECK(region("<CreateBucketConfiguration><LocationConstraint>eu-west-3</LocationConstraint></CreateBucketConfiguration>") ==
          "eu-west-3");
    CHECK(region("<CreateBucketConfiguration><LocationConstraint/></CreateBucketConfiguration>") == "us-east-1");
    CHECK(d::parse_location_constraint(answer(200), "<LocationConstraint>EU</LocationConstraint>").value() ==
          "EU");
    CHECK(d::parse_get_bucket_location(answer(404), "").error().code() == errc::no_such_bucket);
}

} // namespace test_s3_documents

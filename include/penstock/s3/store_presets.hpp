// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/client_options.hpp>

#include <string>

/// Client options for stores other than AWS as their documentation has them: endpoint, addressing, region,
/// rules for parts. Keys and all else are set on the result. None of them is sent a checksum that nobody
/// asked for.
///
/// All throw `errc::invalid_option` or `errc::invalid_region` for text that cannot be part of the endpoint's
/// host name; an endpoint given as a URL is checked when the client is made.
namespace penstock::s3 {

/// A MinIO server, as "https://minio.example:9000". The bucket in the path: in the host name it works only
/// where the server was given MINIO_DOMAIN. Region us-east-1, unless the server was given another.
/// https://min.io/docs/minio/linux/reference/minio-server/settings/core.html
PENSTOCK_DECL client_options minio_options(std::string endpoint_url);

/// LocalStack, on its own port of this machine by default, with the keys that its documentation uses, so that
/// real ones are not sent there. The bucket in the path: "localhost" has no names under it everywhere.
/// https://docs.localstack.cloud/aws/services/s3/
PENSTOCK_DECL client_options localstack_options(std::string endpoint_url = "http://localhost:4566");

/// Cloudflare R2 for an account's id, in a jurisdiction ("eu", "fedramp", "us") where the buckets have one.
/// Region "auto". All parts of an upload but the last are of one size: an object ends at 10,000 times
/// `part_size`. https://developers.cloudflare.com/r2/api/s3/api/,
/// https://developers.cloudflare.com/r2/reference/data-location/,
/// https://developers.cloudflare.com/r2/objects/multipart-objects/
PENSTOCK_DECL client_options r2_options(std::string account_id, std::string jurisdiction = {});

/// Backblaze B2 in the account's region, as in "us-west-004". TLS only; the bucket in path or host name.
/// https://www.backblaze.com/apidocs/introduction-to-the-s3-compatible-api
PENSTOCK_DECL client_options b2_options(std::string region);

/// DigitalOcean Spaces in a region, as in "nyc3". The bucket in the host name, but for names with dots, which
/// its certificates do not cover. https://docs.digitalocean.com/reference/api/spaces/,
/// https://docs.digitalocean.com/products/spaces/details/limits/
PENSTOCK_DECL client_options spaces_options(std::string region);

} // namespace penstock::s3

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/store_presets.ipp>
#endif

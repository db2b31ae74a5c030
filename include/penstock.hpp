// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

// All that users call. Where compile time counts, include the narrow headers instead. Not here: penstock/testing
// (the embedded S3 server, faults, clocks), and the pieces that these headers are made of.

#include <penstock/aws/anonymous_credentials_provider.hpp>
#include <penstock/aws/assume_role_credentials_provider.hpp>
#include <penstock/aws/caller_credentials_provider.hpp>
#include <penstock/aws/container_credentials_provider.hpp>
#include <penstock/aws/credentials_chain.hpp>
#include <penstock/aws/default_credentials_chain.hpp>
#include <penstock/aws/environment_credentials_provider.hpp>
#include <penstock/aws/instance_metadata_credentials_provider.hpp>
#include <penstock/aws/process_credentials_provider.hpp>
#include <penstock/aws/profile_credentials_provider.hpp>
#include <penstock/aws/sso_credentials_provider.hpp>
#include <penstock/aws/static_credentials_provider.hpp>
#include <penstock/aws/web_identity_credentials_provider.hpp>
#include <penstock/codec/compress.hpp>
#include <penstock/codec/decompress.hpp>
#include <penstock/columnar/array_builder.hpp>
#include <penstock/columnar/record_batch.hpp>
#include <penstock/core/as_result.hpp>
#include <penstock/core/fair_semaphore.hpp>
#include <penstock/core/file_io.hpp>
#include <penstock/core/glob.hpp>
#include <penstock/core/memory_io.hpp>
#include <penstock/core/prometheus.hpp>
#include <penstock/core/rate_limiter.hpp>
#include <penstock/core/with_timeout.hpp>
#include <penstock/csv/batch_reader.hpp>
#include <penstock/csv/batch_writer.hpp>
#include <penstock/dataset/open.hpp>
#include <penstock/dataset/open_batches.hpp>
#include <penstock/dataset/predicate.hpp>
#include <penstock/format/table_printer.hpp>
#include <penstock/http/trace.hpp>
#include <penstock/json/lines_reader.hpp>
#include <penstock/json/lines_writer.hpp>
#include <penstock/s3/bucket_versioning.hpp>
#include <penstock/s3/client.hpp>
#include <penstock/s3/download.hpp>
#include <penstock/s3/copy.hpp>
#include <penstock/s3/find_objects.hpp>
#include <penstock/s3/get_bucket_location.hpp>
#include <penstock/s3/json_spec.hpp>
#include <penstock/s3/list_object_versions.hpp>
#include <penstock/s3/parallel_reader.hpp>
#include <penstock/s3/probe_store.hpp>
#include <penstock/s3/range_reader.hpp>
#include <penstock/s3/read_unordered.hpp>
#include <penstock/s3/request_observer.hpp>
#include <penstock/s3/restore_object.hpp>
#include <penstock/s3/tenant.hpp>
#include <penstock/s3/text_options.hpp>
#include <penstock/s3/upload.hpp>
#include <penstock/s3/uploads.hpp>

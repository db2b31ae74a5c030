// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/error.hpp>
#include <penstock/core/semaphore.hpp>
#include <penstock/s3/client_options.hpp>
#include <penstock/s3/parallel_options.hpp>
#include <penstock/s3/store_context.hpp>
#include <penstock/s3/uri.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace penstock::s3 {

/// What configuration says of data, not of the client: for who opens or writes them. None: unsaid.
struct data_settings {
    data_settings() = default;

    std::optional<object_address> address;           ///< by URL, or by bucket and key
    std::optional<std::string> format;               ///< "csv", "tsv", "json", "jsonl", "parquet", "avro" or "txt"
    std::optional<bool> replace;                     ///< what is written takes the place of what is there
    std::optional<bool> hive_partitioning;           ///< "name=value" folders are columns
    std::optional<std::uint64_t> buffer_blocks;      ///< blocks of a file to hold ahead: `parallel_options_of`
    std::optional<std::uint64_t> buffer_bytes;       ///< bytes to hold ahead
    std::optional<std::string> row_index_name;       ///< a column of row numbers
    std::optional<std::string> file_path_column;     ///< a column of where each row is from
    std::shared_ptr<semaphore> copy_concurrency;     ///< how much may be decoded at once; null: unsaid
};

/// How to read ahead as `buffer_blocks` and `buffer_bytes` say: so many parts beside the one that is read, and all of them
/// together so many bytes. 64 at most, of 1 MiB at least. What is unsaid is as `parallel_options` has it.
PENSTOCK_DECL parallel_options parallel_options_of(const data_settings& data);

/// What a map of options says.
struct text_settings {
    text_settings() = default;

    client_options client;
    data_settings data;
};

/// Reads options as servers hold them: texts by name, in the spellings of several products (docs/options.md has them all).
/// Pure: no I/O, no environment but that of `context`. Several spellings may say the same. Names and values are case-sensitive,
/// but for formats. What an option does not say is left to the environment and the profile, as `client_options` has it.
///
///     const auto read = s3::parse_text_options({{"s3_endpoint", "http://minio:9000"}, {"s3_region", "us-east-1"}});
///     s3::client client{executor, read.value().client};
///
/// Errors: `errc::invalid_option` for an unknown name (with the nearest that there is), for a value that cannot be (with what
/// can), for spellings of one option, or options, that contradict each other; `errc::invalid_endpoint`,
/// `errc::invalid_region`, `errc::invalid_url`, `errc::invalid_credentials` for values of these; `errc::unsupported` for what
/// no client of this version could honour. The message begins with the option's name; keys, secrets, tokens and external
/// ids are never repeated.
PENSTOCK_DECL result<text_settings> parse_text_options(const std::map<std::string, std::string>& options,
                                                       const store_context& context = store_context());

namespace detail {
/// Sets what options say of endpoints, limits and transport; none of them may be about anything else. Throws what `parse_text_options` tells.
PENSTOCK_DECL void set_client_options(client_options& out, const std::map<std::string, std::string>& options);
} // namespace detail

} // namespace penstock::s3

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/text_options.ipp>
#endif

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/credentials_provider.hpp>
#include <penstock/aws/provider_context.hpp>

#include <string>

namespace penstock::aws {

/// What a program prints: `credential_process` of a profile. The command is split into words as a shell's
/// quoting says (`core/detail/split_words.hpp`), but no shell runs it: for pipes and variables it has to be "sh -c '…'". It
/// runs on the executor of who asks, with this process's environment and without input, for at most a minute,
/// and again when what it gave is about to expire.
///
/// A command that is empty or has an open quote is `errc::invalid_option`, thrown here. Later:
/// `errc::deadline_exceeded` where it does not end in time; `errc::invalid_credentials` where it cannot be
/// started, fails, or prints something else or more than 64 KiB. Errors show what it wrote to its standard
/// error, and never its output.
/// https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
PENSTOCK_DECL provider_ptr
make_process_credentials_provider(std::string command, const provider_context& context = provider_context());

} // namespace penstock::aws

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/process_credentials_provider.ipp>
#endif

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/byte_source.hpp>
#include <penstock/format/batch_reader.hpp>
#include <penstock/format/read_options.hpp>

#include <concepts>
#include <memory>

namespace penstock {

/// The shape of a format, ours or your own: a `batch_reader` that is made of a source of bytes and options, which have those
/// that all formats share (`class options : public read_option_setters<options>`). There is no registry: whoever takes a
/// `batch_reader` takes yours. docs/formats.md has a whole one.
template <class Reader, class Options>
concept format_reader =
    std::derived_from<Reader, batch_reader> && std::derived_from<Options, read_option_setters<Options>> &&
    std::constructible_from<Reader, std::unique_ptr<byte_source>, Options>;

} // namespace penstock

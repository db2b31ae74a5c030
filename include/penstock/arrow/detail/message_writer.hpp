// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/arrow/options.hpp>
#include <penstock/columnar/record_batch.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace penstock::arrow::detail {

/// A message to be written: its metadata with the prefix, then its body, whose buffers are each padded to 8 bytes.
struct message {
    std::string head;
    std::vector<shared_buffer> body;
};

/// The messages of an Arrow stream, in order, for the batches that it is given. Pure, no I/O.
class message_writer {
  public:
    PENSTOCK_DECL message_writer(std::shared_ptr<const schema> s, write_options options);
    PENSTOCK_DECL ~message_writer();
    message_writer(message_writer&&) = delete;

    PENSTOCK_DECL message schema_message();

    /// A batch of that schema: what `next` gives from now on are its messages, dictionaries first.
    PENSTOCK_DECL void begin(record_batch batch, key_value_metadata metadata);
    /// Nothing when all messages of the batch have been given.
    PENSTOCK_DECL std::optional<message> next();

  private:
    struct impl;
    std::unique_ptr<impl> impl_;
};

/// The end of a stream.
inline constexpr char end_marker[9] = "\xff\xff\xff\xff\0\0\0";

} // namespace penstock::arrow::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/arrow/impl/message_writer.ipp>
#endif

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/c_data.hpp>
#include <penstock/format/batch_reader.hpp>

#include <memory>
#include <optional>
#include <vector>

namespace penstock {

// The Arrow C stream interface (https://arrow.apache.org/docs/format/CStreamInterface.html): batches handed from library to
// library in one process, pulled by the one that takes them.
//
// Export. `out` is a struct without content, which the function fills; whoever has it then calls `out->release` once. Errors
// go over as errno values (EINVAL for bad data and options, ENOTSUP, ENOMEM, ECANCELED, ENOENT, EACCES, ETIMEDOUT, else EIO)
// and as text by `get_last_error`; after one, every further call fails the same. Batches and schemas taken from a stream
// live on their own.

/// The batches, one after the other, without a copy. Throws `error` (`errc::invalid_option`) for a batch of another schema.
PENSTOCK_DECL void export_stream(std::vector<record_batch> batches, std::shared_ptr<const schema> s, ArrowArrayStream* out);

/// What a reader reads. C's calls wait, so each runs `io` in the caller's thread, with all else that is ready on it, until
/// the schema or the batch is there: `get_next` must not be called from a handler of `io`, nor while another thread runs it
/// unless the reader's own objects bear that. `io` must outlive the stream, and the reader belong to its executor. A
/// context that is stopped meanwhile, or has no work left, is an error (ECANCELED).
PENSTOCK_DECL void export_stream(std::unique_ptr<batch_reader> reader, asio::io_context& io, ArrowArrayStream* out);

/// A stream that another library fills. The struct becomes ours, also where the constructor throws: it is released exactly
/// once, by the destructor, while batches taken from it live on.
///
/// Every function calls the maker's code, which may do anything, and take any time, in the caller's thread. Throws `error`:
/// what `import_batch` and `import_schema` throw; for the maker's own failures its errno value as a code of
/// `boost::system::generic_category`, with its text.
class c_stream {
  public:
    /// Throws `error` (`errc::invalid_option`) for a struct that was released already.
    PENSTOCK_DECL explicit c_stream(ArrowArrayStream* from, validate_options options = validate_options());
    PENSTOCK_DECL c_stream(c_stream&&) noexcept;
    PENSTOCK_DECL c_stream& operator=(c_stream&&) noexcept;
    PENSTOCK_DECL ~c_stream();

    PENSTOCK_DECL const std::shared_ptr<const penstock::schema>& schema();
    /// The next batch, which may be empty; nothing at the end.
    PENSTOCK_DECL std::optional<record_batch> next();

  private:
    struct impl;
    std::unique_ptr<impl> impl_;
};

/// The same as a reader. It posts between batches; while the maker of a batch works, the executor waits.
PENSTOCK_DECL std::unique_ptr<batch_reader> make_batch_reader(c_stream stream);

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/format/impl/c_stream.ipp>
#endif

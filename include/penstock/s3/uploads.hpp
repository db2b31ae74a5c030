// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/abort_multipart_upload.hpp>
#include <penstock/s3/client.hpp>
#include <penstock/s3/complete_multipart_upload.hpp>
#include <penstock/s3/create_multipart_upload.hpp>
#include <penstock/s3/detail/listing_guard.hpp>
#include <penstock/s3/list_multipart_uploads.hpp>
#include <penstock/s3/list_parts.hpp>
#include <penstock/s3/upload_part.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

/// Multipart uploads by hand: what is left of those that ended early, and uploads whose parts come from several processes.
namespace penstock::s3 {

/// The pages of uploads that are neither completed nor aborted, one request each. Holds one page at most.
class upload_lister {
  public:
    /// The next page; none after the last. Throws `error`; after an error or a cancellation the same page is asked for
    /// again. An entry that is not under the prefix, markers that come again, and a thousand pages without an entry are
    /// `errc::malformed_response`.
    PENSTOCK_DECL awaitable<std::optional<list_multipart_uploads_page>> next();

    PENSTOCK_DECL upload_lister(std::shared_ptr<detail::client_state> client, std::string bucket,
                                list_multipart_uploads_options options);

  private:
    PENSTOCK_DECL void check(const list_multipart_uploads_page& page);

    std::shared_ptr<detail::client_state> client_;
    std::string bucket_;
    list_multipart_uploads_options options_;
    bool ended_ = false;
    detail::listing_guard guard_;
};

/// The uploads under a prefix: the address's key, unless the options name one. Many stores list fewer than AWS: some none at
/// all, some those of one whole key only.
PENSTOCK_DECL upload_lister list_uploads(client c, object_address prefix,
                                         list_multipart_uploads_options options = list_multipart_uploads_options());

/// The pages of parts that the store has of one upload. Holds one page at most.
class part_lister {
  public:
    /// As `upload_lister::next`. Parts come in ascending order; others are `errc::malformed_response`.
    PENSTOCK_DECL awaitable<std::optional<list_parts_page>> next();

    PENSTOCK_DECL part_lister(std::shared_ptr<detail::client_state> client, object_address object, std::string upload_id,
                              list_parts_options options);

  private:
    std::shared_ptr<detail::client_state> client_;
    object_address object_;
    std::string upload_id_;
    list_parts_options options_;
    bool ended_ = false;
};

PENSTOCK_DECL part_lister list_parts(client c, object_address object, std::string upload_id,
                                     list_parts_options options = list_parts_options());

/// Begins an upload and gives its id. An upload that an answer which was lost has begun is found and aborted later.
PENSTOCK_DECL awaitable<std::string> begin_upload(client c, object_address object,
                                                  create_multipart_upload_options options = create_multipart_upload_options());

/// Sends one part, from 1 to 10,000; a part of the same number is replaced. All but the last need 5 MiB on AWS. `body` must
/// live until completion.
PENSTOCK_DECL awaitable<completed_part> upload_part(client c, object_address object, std::string upload_id, std::uint32_t number,
                                                    std::span<const std::byte> body,
                                                    upload_part_options options = upload_part_options());

/// Makes the object of these parts, in ascending order. Where the answer is lost and the upload then gone, the object is
/// looked at before that is told as a failure.
PENSTOCK_DECL awaitable<put_object_result> complete_upload(client c, object_address object, std::string upload_id,
                                                           std::vector<completed_part> parts,
                                                           complete_multipart_upload_options options = complete_multipart_upload_options());

/// Makes the store forget an upload and its parts, as often as parts appear that were still on their way. An upload that is
/// not there is no error. Not done within ten seconds, it is `errc::deadline_exceeded`.
PENSTOCK_DECL awaitable<void> abort_upload(client c, object_address object, std::string upload_id);

} // namespace penstock::s3

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/uploads.ipp>
#endif

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/random.hpp>
#include <penstock/testing/detail/staged_file.hpp>
#include <penstock/testing/detail/system_files.hpp>

#include <memory>
#include <string>

namespace penstock::testing::detail {

/// .penstock/tmp of a served folder: files before they are objects.
class staging_folder {
  public:
    explicit staging_folder(const std::string& served)
        : hidden_{served + "/.penstock"}, random_{make_system_random()} {}

    PENSTOCK_DECL std::unique_ptr<staged_file> stage();

    /// Removes what a server that was killed left behind: files with names as `stage` gives them, nothing
    /// else. Only for who has the folder to itself, since those of another server look the same.
    PENSTOCK_DECL static void sweep(const unique_fd& served);

  private:
    std::string hidden_;
    std::shared_ptr<random_source> random_;
};

} // namespace penstock::testing::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/testing/impl/staging_folder.ipp>
#endif

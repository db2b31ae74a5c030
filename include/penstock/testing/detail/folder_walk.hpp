// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/testing/detail/system_files.hpp>
#include <penstock/testing/list_step.hpp>
#include <penstock/testing/stored_object.hpp>

#include <functional>
#include <string>

namespace penstock::testing::detail {

/// One list: the keys under a bucket's folder in byte order, each folder read once.
class folder_walk {
  public:
    using record_source = std::function<object_record(const std::string& key, const struct stat&)>;

    /// What is referred to must outlive the walk.
    folder_walk(const std::string& prefix, std::string from, const record_source& record_of,
                const list_visitor& visit)
        : prefix_{prefix}, from_{std::move(from)}, record_of_{record_of}, visit_{visit} {}

    /// `above` is the key of the folder: empty for a bucket's own, else it ends with a slash. False when the
    /// visitor had enough.
    PENSTOCK_DECL bool run(const unique_fd& folder, const std::string& above);

  private:
    const std::string& prefix_;
    std::string from_;
    const record_source& record_of_;
    const list_visitor& visit_;
};

} // namespace penstock::testing::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/testing/impl/folder_walk.ipp>
#endif

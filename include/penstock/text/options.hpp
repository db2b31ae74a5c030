// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/format/read_options.hpp>

#include <string>
#include <utility>

namespace penstock::text {

/// How `line_reader` and `file_reader` read: what all formats have (read_options.hpp), of which inference plays no part, and
/// what is plain text's own. Setters chain.
class options : public read_option_setters<options> {
  public:
    options() = default;

    /// What the one column is called.
    options& column(std::string name) {
        column_ = std::move(name);
        return *this;
    }
    /// The column is of type binary, and its bytes may be any.
    options& binary(bool on) {
        binary_ = on;
        return *this;
    }

    const std::string& column() const noexcept { return column_; }
    bool binary() const noexcept { return binary_; }

  private:
    std::string column_ = "text";
    bool binary_ = false;
};

} // namespace penstock::text

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "checksum.hpp"
#include "row_reading.hpp"

#include <optional>
#include <string>

namespace tool {

using namespace penstock;

namespace {

/// Counts instead of printing.
class checksum_rows final : public row_output {
  public:
    explicit checksum_rows(session& s) : session_{s} {}

    awaitable<void> begin(std::shared_ptr<const schema> columns) override {
        sum_.emplace(*columns);
        co_return;
    }
    awaitable<void> write(record_batch batch) override {
        sum_->add(batch);
        co_return;
    }
    awaitable<void> finish(bool complete) override {
        if (complete && sum_) session_.out().line(sum_->text());
        co_return;
    }

  private:
    session& session_;
    std::optional<checksum> sum_;
};

std::unique_ptr<row_output> output_of(session& s, const scan_options& o) {
    if (!o.checksum) return make_row_output(s, o.format, o);
    if (!o.format.empty() && o.format != "none")
        throw usage_error{"--checksum takes the place of the rows", "leave out --format"};
    return std::make_unique<checksum_rows>(s);
}

} // namespace

awaitable<void> scan(session& s, scan_options o) {
    const auto rows = output_of(s, o);
    co_await read_rows(s, o, *rows);
}

} // namespace tool

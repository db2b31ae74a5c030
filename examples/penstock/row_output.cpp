// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "row_output.hpp"

#include <penstock/dataset/open_batches.hpp>
#include <penstock/format/table_printer.hpp>

#include <unistd.h>

namespace tool {

using namespace penstock;

namespace {

class no_rows final : public row_output {
  public:
    awaitable<void> begin(std::shared_ptr<const schema>) override { co_return; }
    awaitable<void> write(record_batch) override { co_return; }
    awaitable<void> finish() override { co_return; }
};

class table_rows final : public row_output {
  public:
    table_rows(session& s, table_options options) : session_{s}, printer_{std::move(options)} {}

    awaitable<void> begin(std::shared_ptr<const schema>) override { co_return; }
    awaitable<void> write(record_batch batch) override {
        session_.out().write(printer_.print(batch));
        session_.out().flush();
        co_return;
    }
    awaitable<void> finish() override { co_return; }

  private:
    session& session_;
    table_printer printer_;
};

class written_rows final : public row_output {
  public:
    explicit written_rows(file_format format) : format_{format} {}

    awaitable<void> begin(std::shared_ptr<const schema> columns) override {
        writer_ = make_batch_writer(format_, standard_output(), columns);
        co_return;
    }
    awaitable<void> write(record_batch batch) override { return writer_->write(std::move(batch)); }
    awaitable<void> finish() override {
        if (writer_) co_await writer_->close();
    }

  private:
    file_format format_;
    std::unique_ptr<batch_writer> writer_;
};

} // namespace

std::unique_ptr<row_output> make_row_output(session& s, const std::string& format) {
    const auto chosen = !format.empty() ? format : s.json() ? "jsonl" : s.out().terminal() ? "table" : "csv";
    if (chosen == "none") return std::make_unique<no_rows>();
    if (chosen == "table") {
        table_options options;
        if (s.out().terminal()) options.width = terminal_width(STDOUT_FILENO);
        return std::make_unique<table_rows>(s, options);
    }
    if (chosen == "arrow" || chosen == "parquet")
        throw usage_error{"--format " + chosen + " is not in this version", "table, csv, tsv, jsonl or none"};
    const auto written = parse_file_format(chosen);
    if (!written)
        throw usage_error{"--format: '" + printable(chosen, 60) + "' is no format", "table, csv, tsv, jsonl or none"};
    return std::make_unique<written_rows>(*written);
}

} // namespace tool

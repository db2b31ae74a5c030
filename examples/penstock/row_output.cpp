// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "row_output.hpp"

#include "row_reading.hpp"

#include <penstock/core/memory_io.hpp>
#include <penstock/dataset/open.hpp>
#include <penstock/dataset/open_batches.hpp>
#include <penstock/format/table_printer.hpp>

#include <utility>

#include <unistd.h>

namespace tool {

using namespace penstock;

namespace {

class no_rows final : public row_output {
  public:
    awaitable<void> begin(std::shared_ptr<const schema>) override { co_return; }
    awaitable<void> write(record_batch) override { co_return; }
    awaitable<void> finish(bool) override { co_return; }
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
    awaitable<void> finish(bool) override { co_return; }

  private:
    session& session_;
    table_printer printer_;
};

/// Counts the bytes that pass.
class counting_sink final : public byte_sink {
  public:
    counting_sink(std::unique_ptr<byte_sink> inner, std::uint64_t& bytes) : inner_{std::move(inner)}, bytes_{&bytes} {}

    awaitable<void> write(std::span<const std::byte> bytes) override {
        *bytes_ += bytes.size();
        return inner_->write(bytes);
    }
    awaitable<void> commit() override { return inner_->commit(); }
    std::string name() const override { return inner_->name(); }
    awaitable<permit> acquire_beside(std::shared_ptr<memory_budget> budget, std::uint64_t bytes) override {
        return inner_->acquire_beside(std::move(budget), bytes);
    }

  private:
    std::unique_ptr<byte_sink> inner_;
    std::uint64_t* bytes_;
};

class written_rows : public row_output {
  public:
    /// `url`: "-" for standard output.
    written_rows(session& s, std::string url, create_options options)
        : options_{std::move(options)}, session_{s}, url_{std::move(url)} {}

    awaitable<void> begin(std::shared_ptr<const schema> columns) override {
        std::unique_ptr<byte_sink> sink;
        if (url_ == "-")
            sink = standard_output();
        else
            sink = co_await create_sink(session_.s3_for(url_), url_);
        sink = std::make_unique<counting_sink>(std::move(sink), bytes_);
        writer_ = make_batch_writer(std::move(sink), std::move(columns), options_);
    }
    awaitable<void> write(record_batch batch) override { return writer_->write(std::move(batch)); }
    awaitable<void> finish(bool complete) override {
        if (writer_ && (complete || url_ == "-")) co_await writer_->close();
    }
    std::uint64_t bytes() const override { return bytes_; }

  protected:
    create_options options_;

  private:
    session& session_;
    std::string url_;
    std::uint64_t bytes_ = 0;
    std::unique_ptr<batch_writer> writer_;
};

/// Where nobody says how: CSV, and JSON Lines where CSV has no form for a column.
class usual_rows final : public written_rows {
  public:
    /// `only_csv`: somebody has said how CSV is to be written.
    usual_rows(session& s, create_options options, bool only_csv)
        : written_rows{s, "-", std::move(options)}, only_csv_{only_csv} {}

    awaitable<void> begin(std::shared_ptr<const schema> columns) override {
        options_.format(file_format::csv);
        try {
            std::string header;
            make_batch_writer(std::make_unique<memory_sink>(header), columns, options_);
        } catch (const error& e) {
            if (e.code() != errc::unsupported || only_csv_) throw;
            options_.format(file_format::jsonl);
        }
        return written_rows::begin(std::move(columns));
    }

  private:
    bool only_csv_;
};

csv::write_options csv_options(const write_rows_options& o, csv::write_options csv) {
    if (!o.to_quote.empty()) csv.quote(quote_named("--to-quote", o.to_quote));
    if (!o.to_escape.empty()) csv.escape(character_named("--to-escape", o.to_escape));
    if (o.to_null) csv.null_text(*o.to_null);
    return csv;
}

create_options writing_options(const write_rows_options& o) {
    json::write_options json;
    if (o.not_finite == "null") json.not_finite(json::not_finite::null);
    if (o.not_finite == "text") json.not_finite(json::not_finite::text);
    create_options options;
    options.json(std::move(json)).csv(csv_options(o, csv::write_options())).tsv(csv_options(o, csv::write_options::tsv()));
    return options;
}

/// What was given of CSV and TSV; empty: nothing.
std::string given_for_csv(const write_rows_options& o) {
    return !o.to_quote.empty() ? "--to-quote" : !o.to_escape.empty() ? "--to-escape" : o.to_null ? "--to-null" : "";
}

/// `written`: a format, or table or none. `known`: which format that is.
void check_format(const write_rows_options& o, const std::string& written, std::optional<file_format> known) {
    const bool csv = known == file_format::csv || known == file_format::tsv;
    const bool json = known == file_format::json || known == file_format::jsonl;
    const auto refuse = [&](const std::string& option, const char* what) {
        throw usage_error{option + " is for " + what + ", and the format that is written is " + printable(written, 60)};
    };
    if (!o.not_finite.empty() && !json) refuse("--not-finite", "JSON");
    if (const auto option = given_for_csv(o); !option.empty() && !csv) refuse(option, "CSV and TSV");
}

} // namespace

std::unique_ptr<row_output> make_row_output(session& s, const std::string& format, const write_rows_options& o) {
    auto options = writing_options(o);
    if (format.empty() && !s.json() && !s.out().terminal())
        return std::make_unique<usual_rows>(s, std::move(options), !given_for_csv(o).empty());
    const auto chosen = !format.empty() ? format : s.json() ? "jsonl" : "table";
    const auto written = parse_file_format(chosen);
    if (!format.empty() || s.json()) check_format(o, chosen, written); // a table on a terminal is for the eyes
    if (chosen == "none") return std::make_unique<no_rows>();
    if (chosen == "table") {
        table_options table;
        if (s.out().terminal()) table.width = terminal_width(STDOUT_FILENO);
        return std::make_unique<table_rows>(s, table);
    }
    if (!written)
        throw usage_error{"--format: '" + printable(chosen, 60) + "' is no format", "table, none, " + format_list()};
    return std::make_unique<written_rows>(s, "-", std::move(options.format(*written)));
}

std::unique_ptr<row_output> make_row_target(session& s, const convert_options& o) {
    const auto format = o.to.empty() ? format_from_name(o.target) : format_named("--to", o.to);
    if (!format)
        throw usage_error{o.target == "-" ? "standard output has no name to tell the format"
                                          : "the name of " + printable(o.target) + " does not tell its format",
                          "give --to: " + format_list()};
    check_format(o, std::string{to_string(*format)}, format);
    auto options = writing_options(o);
    options.format(*format);
    if (!o.to_compression.empty()) options.compression(codec_named("--to-compression", o.to_compression, true));
    if (o.level && options.compression().value_or(compression_from_name(o.target)) == compression::none)
        throw usage_error{"--level is for compressed data, and " + printable(o.target) + " is not compressed",
                          "name it .gz, .zst …, or give --to-compression: " + codec_list(true)};
    auto codec = compress_options().level(o.level);
    if (auto* client = s.s3_for(o.target)) codec.budget(client->budget());
    return std::make_unique<written_rows>(s, o.target, std::move(options.compressing(std::move(codec))));
}

} // namespace tool

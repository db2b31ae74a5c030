// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "checksum.hpp"
#include "lister.hpp"
#include "row_output.hpp"

#include <penstock/core/as_result.hpp>
#include <penstock/core/file_io.hpp>
#include <penstock/dataset/open.hpp>
#include <penstock/dataset/open_batches.hpp>
#include <penstock/dataset/partition_hint.hpp>
#include <penstock/dataset/predicate.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <filesystem>

namespace tool {

using namespace penstock;

namespace {

/// What `--stats` tells.
struct statistics {
    statistics() = default;

    std::uint64_t files = 0;
    std::uint64_t bytes = 0; ///< as stored
    std::uint64_t rows = 0;  ///< read
    std::uint64_t rows_out = 0;
    std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();
};

/// Counts the bytes that pass.
class counting_source final : public byte_source {
  public:
    counting_source(std::unique_ptr<byte_source> inner, statistics& counts, progress& bar)
        : inner_{std::move(inner)}, counts_{&counts}, bar_{&bar} {}

    io_result try_read_some(std::span<std::byte> into) override {
        auto moved = inner_->try_read_some(into);
        if (moved.status == io_status::bytes) {
            counts_->bytes += moved.size;
            bar_->advance(moved.size);
        }
        return moved;
    }
    awaitable<void> ready() override { return inner_->ready(); }
    std::optional<std::uint64_t> remaining() const override { return inner_->remaining(); }
    std::string name() const override { return inner_->name(); }

  private:
    std::unique_ptr<byte_source> inner_;
    statistics* counts_;
    progress* bar_;
};

/// One scan, over one object after the other.
class scanner {
  public:
    scanner(session& s, scan_options o) : session_{s}, options_{std::move(o)}, left_{options_.limit} {
        if (!options_.from.empty()) {
            format_ = parse_file_format(options_.from);
            if (!format_) throw usage_error{"--from: '" + printable(options_.from, 60) + "' is no format", "csv, tsv or jsonl"};
        }
        if (!options_.where.empty()) {
            auto parsed = predicate::parse(options_.where);
            if (!parsed) throw usage_error{"--where: " + parsed.error().message()};
            where_.emplace(std::move(*parsed));
        }
        if (options_.checksum && !options_.format.empty() && options_.format != "none")
            throw usage_error{"--checksum takes the place of the rows", "leave out --format"};
        if (!options_.checksum) rows_ = make_row_output(s, options_.format);
    }

    awaitable<void> run() {
        std::exception_ptr failed;
        try {
            co_await read();
        } catch (...) {
            failed = std::current_exception();
        }
        try {
            if (rows_) co_await rows_->finish(); // the rows before a faulty one are good
        } catch (...) {
            if (!failed) failed = std::current_exception();
        }
        if (failed) std::rethrow_exception(failed);
        if (checksum_) session_.out().line(checksum_->text());
        if (options_.stats) {
            session_.out().flush();
            print_statistics();
        }
    }

  private:
    awaitable<void> read() {
        bool pattern = false;
        if (options_.url != "-") pattern = co_await is_pattern(session_, options_.url);
        if (pattern || is_folder(options_.url))
            co_await read_all_of(pattern);
        else
            co_await read_one(options_.url, std::nullopt);
    }

    static bool is_folder(const std::string& url) {
        if (url == "-") return false;
        if (is_s3_url(url)) {
            const s3::object_address where{url};
            return where.key.empty() || where.key.ends_with('/');
        }
        std::error_code ignored;
        return std::filesystem::is_directory(local_path(url), ignored);
    }

    /// Marks of folders and of jobs (`_SUCCESS`), and hidden files, are no data; a pattern that names them means them.
    static bool is_data(const entry& e, bool pattern) {
        if (e.prefix || e.name.ends_with('/')) return false;
        const auto name = std::string_view{e.name}.substr(e.name.rfind('/') + 1);
        return pattern || !(name.starts_with('_') || name.starts_with('.'));
    }

    awaitable<void> read_all_of(bool pattern) {
        const auto entries = pattern ? list_matches(session_, options_.url) : list_prefix(session_, options_.url, true);
        for (bool more = true; more;) {
            const auto page = co_await entries->next();
            if (!page) break;
            for (const auto& e : *page) {
                if (!is_data(e, pattern)) continue;
                co_await read_one(e.url, e.size);
                more = !enough();
                if (!more) break;
            }
        }
        if (counts_.files) co_return;
        error_detail d;
        d.operation = "scan";
        d.object = options_.url;
        d.message = pattern ? "no object matches the pattern" : "there is no object under the prefix";
        throw_failure(failure{errc::no_such_key, std::move(d)});
    }

    open_options reading() {
        open_options o;
        if (format_) o.format(*format_);
        o.header(!options_.no_header);
        o.pool(pool_);
        if (columns_) o.columns(*columns_);
        // Of columns that were asked for by name, the first object says the types.
        if (columns_ && schema_ && !options_.no_header) o.schema(schema_);
        if (options_.limit) o.batch_rows(static_cast<std::size_t>(std::clamp<std::uint64_t>(*options_.limit, 64, 8192)));
        return o;
    }

    /// --select and what --where looks at, or all.
    void choose_columns() {
        if (!options_.select) return;
        columns_ = *options_.select;
        if (!where_) return;
        for (const auto& name : where_->columns())
            if (std::find(columns_->begin(), columns_->end(), name) == columns_->end()) columns_->push_back(name);
    }

    awaitable<void> read_one(std::string url, std::optional<std::uint64_t> size) {
        ++counts_.files;
        if (counts_.files == 1) choose_columns();
        if (!format_ && !format_from_name(url))
            throw usage_error{"the name of " + printable(url) + " does not tell its format",
                              "give --from csv, --from tsv or --from jsonl"};
        progress bar{session_.show_progress() && !session_.out().terminal(), url, size};
        std::unique_ptr<byte_source> source;
        if (url == "-")
            source = standard_input(session_.get_executor());
        else
            source = co_await open_source(session_.s3_for(url), url);
        source = std::make_unique<counting_source>(std::move(source), counts_, bar);
        const auto reader = make_batch_reader(std::move(source), reading());
        auto asked = co_await as_result(reader->schema());
        const auto schema = found_or_told(std::move(asked), url, columns_.value_or(std::vector<std::string>{}));
        co_await begin(*schema, url);
        while (!enough()) {
            auto batch = co_await reader->next();
            if (!batch) break;
            counts_.rows += batch->num_rows();
            co_await give(std::move(*batch));
        }
    }

    /// The first object says what the columns are; the others must have the same.
    awaitable<void> begin(schema found, std::string url) {
        if (!schema_) {
            schema_ = std::make_shared<const schema>(found);
            if (where_) bound_ = found_or_told(where_->bind(found), url, where_->columns());
            const auto names = options_.select ? *options_.select : std::vector<std::string>{};
            shown_ = schema_;
            if (options_.select)
                shown_ = std::make_shared<const schema>(found.select(found_or_told(found.find(names), url, names)));
            if (options_.checksum) checksum_.emplace(*shown_);
            if (rows_) co_await rows_->begin(shown_);
        } else if (found != *schema_) {
            error_detail d;
            d.operation = "scan";
            d.object = url;
            d.message = "its columns (" + describe(found) + ") are not those of the first object (" + describe(*schema_) + ")";
            d.hint = "read it by itself, or --select the columns that they share";
            throw_failure(failure{errc::type_mismatch, std::move(d)});
        }
    }

    template <class T>
    static T found_or_told(result<T> r, const std::string& url, const std::vector<std::string>& columns) {
        if (!r) throw_failure(with_partition_hint(r.error(), url, columns));
        return std::move(*r);
    }

    static std::string describe(const schema& s) {
        std::string out;
        for (const auto& f : s.fields()) out += (out.empty() ? "" : ", ") + f.name() + " " + f.type().name();
        return out;
    }

    awaitable<void> give(record_batch batch) {
        if (bound_) batch = filter(batch, bound_->evaluate(batch), pool_);
        if (left_ && batch.num_rows() > *left_) batch = batch.slice(0, static_cast<std::size_t>(*left_));
        if (left_) *left_ -= batch.num_rows();
        if (batch.num_rows() == 0) co_return;
        if (options_.select) batch = batch.select(std::span<const std::string>{*options_.select});
        counts_.rows_out += batch.num_rows();
        if (checksum_) checksum_->add(batch);
        if (rows_) co_await rows_->write(std::move(batch));
    }

    bool enough() const noexcept { return left_ && *left_ == 0; }

    void print_statistics() {
        const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - counts_.started).count();
        s3::client_statistics network;
        if (const auto& client = session_.client()) network = client->statistics();
        if (session_.json()) {
            boost::json::object o;
            o["files"] = counts_.files;
            o["rows_read"] = counts_.rows;
            o["rows"] = counts_.rows_out;
            o["bytes"] = counts_.bytes;
            o["seconds"] = seconds;
            o["requests"] = network.requests;
            o["retries"] = network.retries;
            o["budget_peak"] = network.budget_peak;
            std::fputs((json_line(o) + "\n").c_str(), stderr);
            return;
        }
        std::fprintf(stderr, "%llu rows of %llu, %s in %llu file(s), %.3f s, %llu requests, %llu retries, budget peak %s\n",
                     static_cast<unsigned long long>(counts_.rows_out), static_cast<unsigned long long>(counts_.rows),
                     human_bytes(static_cast<double>(counts_.bytes)).c_str(),
                     static_cast<unsigned long long>(counts_.files), seconds,
                     static_cast<unsigned long long>(network.requests),
                     static_cast<unsigned long long>(network.retries),
                     human_bytes(static_cast<double>(network.budget_peak)).c_str());
    }

    session& session_;
    scan_options options_;
    std::optional<file_format> format_;
    std::optional<predicate> where_;
    std::optional<bound_predicate> bound_; // to the columns there are
    std::shared_ptr<buffer_pool> pool_ = buffer_pool::create();
    std::optional<std::vector<std::string>> columns_;
    std::optional<std::uint64_t> left_;
    std::shared_ptr<const schema> schema_; // of what is read
    std::shared_ptr<const schema> shown_;  // of what is shown
    std::unique_ptr<row_output> rows_;
    std::optional<checksum> checksum_;
    statistics counts_;
};

} // namespace

awaitable<void> scan(session& s, scan_options o) {
    scanner one{s, std::move(o)};
    co_await one.run();
}

} // namespace tool

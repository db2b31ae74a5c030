// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "row_reading.hpp"

#include "lister.hpp"

#include <penstock/core/as_result.hpp>
#include <penstock/dataset/open.hpp>
#include <penstock/dataset/partition_hint.hpp>
#include <penstock/dataset/predicate.hpp>

#include <boost/asio/thread_pool.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <utility>
#include <vector>

#include <sys/resource.h>

namespace tool {

using namespace penstock;

namespace {

double cpu_seconds() {
    rusage r{};
    ::getrusage(RUSAGE_SELF, &r);
    const auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6; };
    return seconds(r.ru_utime) + seconds(r.ru_stime);
}

/// What `--stats` tells, beside what the client knows.
struct counts {
    counts() = default;

    std::uint64_t files = 0;
    std::uint64_t bytes = 0; ///< as stored
    std::uint64_t rows_out = 0;
    read_statistics read; ///< of all files
    std::uint64_t bad() const noexcept { return read.skipped_rows + read.captured_rows + read.null_values; }
    std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();
};

/// Counts the bytes that pass.
class counting_source final : public byte_source {
  public:
    counting_source(std::unique_ptr<byte_source> inner, std::uint64_t& bytes, progress& bar)
        : inner_{std::move(inner)}, bytes_{&bytes}, bar_{&bar} {}

    io_result try_read_some(std::span<std::byte> into) override {
        auto moved = inner_->try_read_some(into);
        if (moved.status == io_status::bytes) {
            *bytes_ += moved.size;
            bar_->advance(moved.size);
        }
        return moved;
    }
    awaitable<void> ready() override { return inner_->ready(); }
    std::optional<std::uint64_t> remaining() const override { return inner_->remaining(); }
    std::string name() const override { return inner_->name(); }

  private:
    std::unique_ptr<byte_source> inner_;
    std::uint64_t* bytes_;
    progress* bar_;
};

/// Reads one object after the other.
class row_reading {
  public:
    row_reading(session& s, read_rows_options o, row_output& to)
        : session_{s}, options_{std::move(o)}, to_{to}, left_{options_.limit} {
        if (options_.tasks > 1) workers_.emplace(options_.tasks);
        if (options_.where.empty()) return;
        auto parsed = predicate::parse(options_.where);
        if (!parsed) throw usage_error{"--where: " + parsed.error().message()};
        where_.emplace(std::move(*parsed));
    }

    awaitable<void> run() {
        std::exception_ptr failed;
        try {
            co_await read();
        } catch (...) {
            failed = std::current_exception();
        }
        try {
            co_await to_.finish(!failed);
        } catch (...) {
            if (!failed) failed = std::current_exception();
        }
        if (!failed) session_.out().flush();
        tell_of_bad_records();
        if (failed) std::rethrow_exception(failed);
        if (options_.stats) print_statistics();
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

    /// Rows that are read are given, but for the filter.
    std::optional<std::uint64_t> rows_to_read() const { return where_ ? std::nullopt : left_; }

    open_options reading(const std::string& url) {
        auto o = reading_options(options_, url);
        o.pool(session_.pool());
        if (columns_) o.columns(*columns_);
        // Of columns that were asked for by name, the first object says the types.
        if (columns_ && data_schema_ && !options_.no_header && !options_.schema) o.schema(data_schema_);
        if (workers_) o.compute_executor(workers_->get_executor()).tasks(options_.tasks);
        o.on_bad_record(bad_records_named(options_.on_bad_record));
        if (const auto most = options_.max_bad_records) o.max_bad_records(*most - std::min(*most, counts_.bad()));
        if (!options_.row_index.empty())
            o.row_index(options_.row_index, static_cast<std::int64_t>(counts_.read.rows + counts_.read.skipped_rows));
        if (options_.limit) o.batch_rows(static_cast<std::size_t>(std::clamp<std::uint64_t>(*options_.limit, 64, 8192)));
        if (const auto limit = rows_to_read()) o.limit(*limit);
        return o;
    }

    /// --select and what --where looks at, or all; of the columns of the data.
    void choose_columns() {
        if (!options_.select) return;
        columns_.emplace();
        const auto add = [this](const std::string& name) {
            if (is_added(name) || std::find(columns_->begin(), columns_->end(), name) != columns_->end()) return;
            columns_->push_back(name);
        };
        for (const auto& name : *options_.select) add(name);
        if (!where_) return;
        for (const auto& name : where_->columns()) add(name);
    }

    /// No column of the data, but one that was asked for besides.
    bool is_added(const std::string& name) const {
        return (!options_.row_index.empty() && name == options_.row_index) ||
               (options_.on_bad_record == "capture" && name == read_options().capture_column);
    }

    awaitable<void> read_one(std::string url, std::optional<std::uint64_t> size) {
        ++counts_.files;
        if (counts_.files == 1) choose_columns();
        auto options = reading(url);
        progress bar{session_.show_progress() && !session_.out().terminal(), url, size};
        auto source = co_await open_input(session_, url, first_bytes(rows_to_read()));
        source = std::make_unique<counting_source>(std::move(source), counts_.bytes, bar);
        const auto reader = make_batch_reader(std::move(source), std::move(options));
        std::exception_ptr failed;
        try {
            co_await read_batches(*reader, url);
        } catch (...) {
            failed = std::current_exception();
        }
        add_to_counts(reader->statistics());
        if (failed) std::rethrow_exception(failed);
    }

    awaitable<void> read_batches(batch_reader& reader, std::string url) {
        auto asked = co_await as_result(reader.schema());
        const auto columns = found_or_told(std::move(asked), url, columns_.value_or(std::vector<std::string>{}));
        co_await begin(*columns, url);
        while (!enough()) {
            auto batch = co_await reader.next();
            if (!batch) break;
            co_await give(std::move(*batch));
        }
    }

    void add_to_counts(read_statistics one) {
        auto& all = counts_.read;
        all.rows += one.rows;
        all.skipped_rows += one.skipped_rows;
        all.captured_rows += one.captured_rows;
        all.ragged_rows += one.ragged_rows;
        all.null_values += one.null_values;
        if (all.errors.empty()) all.errors = std::move(one.errors);
    }

    /// The first object says what the columns are; the others must have the same.
    awaitable<void> begin(schema found, std::string url) {
        if (!schema_) {
            schema_ = std::make_shared<const schema>(found);
            std::vector<field> of_data;
            for (const auto& f : found.fields())
                if (!is_added(f.name())) of_data.push_back(f);
            data_schema_ = make_schema(std::move(of_data));
            if (where_) bound_ = found_or_told(where_->bind(found), url, where_->columns());
            auto shown = schema_;
            if (options_.select) {
                choose_shown(found);
                shown = std::make_shared<const schema>(found.select(found_or_told(found.find(shown_), url, shown_)));
            }
            co_await to_.begin(shown);
        } else if (found != *schema_) {
            error_detail d;
            d.operation = "scan";
            d.object = url;
            d.message = "its columns (" + describe(found) + ") are not those of the first object (" + describe(*schema_) + ")";
            d.hint = "read it by itself, or --select the columns that they share";
            throw_failure(failure{errc::type_mismatch, std::move(d)});
        }
    }

    /// What was selected, and what was asked for besides.
    void choose_shown(const schema& found) {
        shown_ = *options_.select;
        for (const auto& f : found.fields()) {
            if (!is_added(f.name()) || std::find(shown_.begin(), shown_.end(), f.name()) != shown_.end()) continue;
            shown_.insert(f.name() == options_.row_index ? shown_.begin() : shown_.end(), f.name());
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
        if (options_.select) batch = batch.select(std::span<const std::string>{shown_});
        counts_.rows_out += batch.num_rows();
        co_await to_.write(std::move(batch));
    }

    bool enough() const noexcept { return left_ && *left_ == 0; }

    /// Nothing is left out silently.
    void tell_of_bad_records() const {
        const auto& read = counts_.read;
        std::string what;
        const auto add = [&what](std::uint64_t n, const char* of) {
            if (n) what += (what.empty() ? "" : ", ") + std::to_string(n) + of;
        };
        add(read.skipped_rows, " bad record(s) skipped");
        add(read.captured_rows, " bad record(s) captured");
        add(read.null_values, " bad value(s) read as null");
        add(read.ragged_rows, " row(s) padded or trimmed");
        if (what.empty()) return;
        if (!read.errors.empty()) what += "; the first: " + read.errors.front().message();
        std::fputs(("penstock: " + what + "\n").c_str(), stderr);
    }

    void print_statistics() const {
        const double wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - counts_.started).count();
        s3::client_statistics network;
        if (const auto& client = session_.client()) network = client->statistics();
        if (session_.json()) {
            boost::json::object o;
            o["files"] = counts_.files;
            o["rows_read"] = counts_.read.rows;
            o["rows_skipped"] = counts_.read.skipped_rows;
            o["rows_ragged"] = counts_.read.ragged_rows;
            o["rows"] = counts_.rows_out;
            o["bytes"] = counts_.bytes;
            o["bytes_out"] = to_.bytes();
            o["seconds"] = wall;
            o["cpu_seconds"] = cpu_seconds();
            o["requests"] = network.requests;
            o["retries"] = network.retries;
            o["budget_peak"] = session_.budget()->peak();
            std::fputs((json_line(o) + "\n").c_str(), stderr);
            return;
        }
        const auto bytes = [](std::uint64_t n) { return human_bytes(static_cast<double>(n)); };
        std::fprintf(stderr, "%llu rows of %llu, %s in %llu file(s), %s out, %.3f s, CPU %.3f s, %llu requests, %llu retries, budget peak %s\n",
                     static_cast<unsigned long long>(counts_.rows_out), static_cast<unsigned long long>(counts_.read.rows),
                     bytes(counts_.bytes).c_str(), static_cast<unsigned long long>(counts_.files), bytes(to_.bytes()).c_str(), wall,
                     cpu_seconds(), static_cast<unsigned long long>(network.requests),
                     static_cast<unsigned long long>(network.retries), bytes(session_.budget()->peak()).c_str());
    }

    session& session_;
    read_rows_options options_;
    row_output& to_;
    std::optional<boost::asio::thread_pool> workers_; // with --tasks
    std::optional<predicate> where_;
    std::optional<bound_predicate> bound_; // to the columns there are
    std::shared_ptr<buffer_pool> pool_ = buffer_pool::create();
    std::optional<std::vector<std::string>> columns_; // of the data
    std::vector<std::string> shown_;                  // with --select
    std::optional<std::uint64_t> left_;
    std::shared_ptr<const schema> schema_;      // of what is read
    std::shared_ptr<const schema> data_schema_; // of that without the columns that were added
    counts counts_;
};

} // namespace

awaitable<std::unique_ptr<byte_source>> open_input(session& s, std::string url, std::uint64_t first) {
    std::unique_ptr<byte_source> source;
    if (url == "-")
        source = standard_input(s.get_executor());
    else
        source = co_await open_source(s.s3_for(url), url, first);
    co_return source;
}

awaitable<void> read_rows(session& s, read_rows_options o, row_output& to) {
    row_reading one{s, std::move(o), to};
    co_await one.run();
}

} // namespace tool

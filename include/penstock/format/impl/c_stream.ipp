// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/format/c_stream.hpp>

#include <penstock/columnar/detail/foreign.hpp>
#include <penstock/core/detail/yield.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <cerrno>
#include <exception>
#include <new>
#include <string>
#include <utility>

namespace penstock {
namespace detail {

// Export: what C calls must not throw.

/// What an exported stream gives, in calls that wait.
class stream_content {
  public:
    virtual ~stream_content() = default;
    virtual std::shared_ptr<const penstock::schema> schema() = 0;
    virtual std::optional<record_batch> next() = 0;
};

class listed_batches final : public stream_content {
  public:
    listed_batches(std::vector<record_batch> batches, std::shared_ptr<const penstock::schema> s)
        : batches_{std::move(batches)}, schema_{std::move(s)} {}
    std::shared_ptr<const penstock::schema> schema() override { return schema_; }
    std::optional<record_batch> next() override {
        if (at_ == batches_.size()) return std::nullopt;
        return std::exchange(batches_[at_++], record_batch{});
    }

  private:
    std::vector<record_batch> batches_;
    std::shared_ptr<const penstock::schema> schema_;
    std::size_t at_ = 0;
};

/// A reader driven by its context. The coroutine shares what it uses: a context that is stopped may run it later.
class driven_reader final : public stream_content {
  public:
    driven_reader(std::unique_ptr<batch_reader> reader, asio::io_context& io) : reader_{std::move(reader)}, io_{io} {}

    std::shared_ptr<const penstock::schema> schema() override {
        return run<std::shared_ptr<const penstock::schema>>(
            [](std::shared_ptr<batch_reader> r) -> awaitable<std::shared_ptr<const penstock::schema>> {
                co_return co_await r->schema();
            });
    }
    std::optional<record_batch> next() override {
        return run<std::optional<record_batch>>(
            [](std::shared_ptr<batch_reader> r) -> awaitable<std::optional<record_batch>> { co_return co_await r->next(); });
    }

  private:
    template <class T>
    T run(awaitable<T> (*op)(std::shared_ptr<batch_reader>)) {
        struct outcome {
            bool done = false;
            std::exception_ptr failed;
            std::optional<T> value;
        };
        auto out = std::make_shared<outcome>();
        asio::co_spawn(io_, op(reader_), [out](std::exception_ptr e, T v) {
            out->done = true;
            out->failed = e;
            if (!e) out->value.emplace(std::move(v));
        });
        io_.restart();
        while (!out->done && io_.run_one() != 0) {}
        if (!out->done) throw_failure({error_code{asio::error::operation_aborted}, stopped()});
        if (out->failed) std::rethrow_exception(out->failed);
        return std::move(*out->value);
    }
    static error_detail stopped() {
        error_detail d;
        d.operation = "read batch";
        d.message = "the io_context was stopped, or ran out of work, before the batch was there";
        return d;
    }

    std::shared_ptr<batch_reader> reader_;
    asio::io_context& io_;
};

inline int errno_of(const error_code& code) noexcept {
    if (code == condition::not_found) return ENOENT;
    if (code == condition::access_denied || code == condition::authentication) return EACCES;
    if (code == condition::timeout) return ETIMEDOUT;
    if (code == condition::malformed || code == condition::configuration) return EINVAL;
    if (code == condition::unsupported) return ENOTSUP;
    if (code == condition::limit) return ENOMEM;
    if (code == condition::cancelled) return ECANCELED;
    return EIO;
}

struct exported_stream {
    std::unique_ptr<stream_content> content;
    int failed = 0;
    std::string text;

    static exported_stream& of(ArrowArrayStream* s) noexcept { return *static_cast<exported_stream*>(s->private_data); }

    template <class F>
    int guarded(F&& f) noexcept {
        if (failed) return failed;
        try {
            f();
            return 0;
        } catch (const error& e) {
            failed = errno_of(e.code());
            tell(e.what());
        } catch (const boost::system::system_error& e) {
            failed = errno_of(e.code());
            tell(e.what());
        } catch (const std::bad_alloc&) {
            failed = ENOMEM;
            tell("out of memory");
        } catch (const std::exception& e) {
            failed = EIO;
            tell(e.what());
        } catch (...) {
            failed = EIO;
            tell("an exception that says nothing");
        }
        return failed;
    }
    void tell(const char* what) noexcept {
        try {
            text = what;
        } catch (...) { // the number must do
        }
    }
};

inline int stream_schema(ArrowArrayStream* s, ArrowSchema* out) noexcept {
    auto& e = exported_stream::of(s);
    *out = ArrowSchema{};
    return e.guarded([&] { export_schema(*e.content->schema(), out); });
}
inline int stream_next(ArrowArrayStream* s, ArrowArray* out) noexcept {
    auto& e = exported_stream::of(s);
    *out = ArrowArray{};
    return e.guarded([&] {
        if (const auto batch = e.content->next()) export_batch(*batch, out);
    });
}
inline const char* stream_error(ArrowArrayStream* s) noexcept {
    const auto& e = exported_stream::of(s);
    return e.failed ? e.text.c_str() : nullptr;
}
inline void release_stream(ArrowArrayStream* s) noexcept {
    delete &exported_stream::of(s);
    s->release = nullptr;
}

inline void fill_stream(ArrowArrayStream* out, std::unique_ptr<stream_content> content) {
    auto parts = std::make_unique<exported_stream>();
    parts->content = std::move(content);
    out->get_schema = stream_schema;
    out->get_next = stream_next;
    out->get_last_error = stream_error;
    out->release = release_stream;
    out->private_data = parts.release();
}

} // namespace detail

PENSTOCK_DECL void export_stream(std::vector<record_batch> batches, std::shared_ptr<const schema> s, ArrowArrayStream* out) {
    *out = ArrowArrayStream{};
    for (const auto& b : batches)
        if (b.schema() != *s)
            throw_failure({errc::invalid_option, "a batch has another schema than the stream: " + b.schema().column_list()});
    detail::fill_stream(out, std::make_unique<detail::listed_batches>(std::move(batches), std::move(s)));
}

PENSTOCK_DECL void export_stream(std::unique_ptr<batch_reader> reader, asio::io_context& io, ArrowArrayStream* out) {
    *out = ArrowArrayStream{};
    detail::fill_stream(out, std::make_unique<detail::driven_reader>(std::move(reader), io));
}

struct c_stream::impl {
    impl(ArrowArrayStream* from, validate_options o) : stream{from}, options{o} {}

    /// Of a call that answered `code`.
    void check(int code, const char* what) {
        if (code == 0) return;
        const char* text = stream->get_last_error ? stream->get_last_error(stream.get()) : nullptr;
        error_detail d;
        d.operation = "import arrow";
        d.message = std::string{what} + ": " + (text ? printable(text) : "its maker says nothing more");
        throw_failure(failure{error_code{code, boost::system::generic_category()}, std::move(d)});
    }

    const std::shared_ptr<const penstock::schema>& known_schema() {
        if (schema) return schema;
        ArrowSchema s{};
        check(stream->get_schema(stream.get(), &s), "the stream's schema");
        return schema = import_schema(&s);
    }

    std::optional<record_batch> next() {
        known_schema();
        if (problem) throw_failure(problem);
        if (ended) return std::nullopt;
        try {
            ArrowArray a{};
            check(stream->get_next(stream.get(), &a), "the stream's next batch");
            if (a.release) return import_batch(&a, schema, options);
        } catch (const error& e) {
            problem = e.as_failure();
            throw;
        }
        ended = true;
        return std::nullopt;
    }

    detail::foreign<ArrowArrayStream> stream;
    validate_options options;
    std::shared_ptr<const penstock::schema> schema;
    bool ended = false;
    failure problem;
};

PENSTOCK_DECL c_stream::c_stream(ArrowArrayStream* from, validate_options options)
    : impl_{std::make_unique<impl>(from, options)} {}
PENSTOCK_DECL c_stream::c_stream(c_stream&&) noexcept = default;
PENSTOCK_DECL c_stream& c_stream::operator=(c_stream&&) noexcept = default;
PENSTOCK_DECL c_stream::~c_stream() = default;

PENSTOCK_DECL const std::shared_ptr<const penstock::schema>& c_stream::schema() { return impl_->known_schema(); }
PENSTOCK_DECL std::optional<record_batch> c_stream::next() { return impl_->next(); }

namespace detail {

class c_stream_reader final : public batch_reader {
  public:
    explicit c_stream_reader(c_stream stream) : stream_{std::move(stream)} {}

    awaitable<std::shared_ptr<const penstock::schema>> schema() override { co_return stream_.schema(); }
    awaitable<std::optional<record_batch>> next() override {
        for (;;) {
            co_await yield();
            auto batch = stream_.next();
            if (!batch || batch->num_rows() != 0) co_return batch;
        }
    }

  private:
    c_stream stream_;
};

} // namespace detail

PENSTOCK_DECL std::unique_ptr<batch_reader> make_batch_reader(c_stream stream) {
    return std::make_unique<detail::c_stream_reader>(std::move(stream));
}

} // namespace penstock

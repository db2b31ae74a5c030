// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/open_beginning.hpp>

#include <penstock/core/detail/attempt.hpp>

#include <boost/asio/error.hpp>

#include <optional>
#include <string>
#include <utility>

namespace penstock::s3 {
namespace detail {

/// The beginning of an object, then the rest by a request of its own.
class two_part_source final : public byte_source {
  public:
    two_part_source(client from, object_address object, get_object_options options, object_reader beginning)
        : client_{std::move(from)}, object_{std::move(object)}, options_{std::move(options)}, name_{beginning.name()},
          tag_{beginning.metadata().etag}, size_{beginning.metadata().size}, reader_{std::move(beginning)} {
        if (reader_->outcome() != get_object_outcome::partial) return; // whole already, or empty
        const auto range = reader_->range();
        const auto end = range.offset + range.length;
        if (!size_ || end < *size_) rest_ = end;
    }

    io_result try_read_some(std::span<std::byte> into) override {
        if (failed_) return io_result::failed(*failed_);
        if (!reader_) return io_result::would_block();
        auto moved = reader_->try_read_some(into);
        if (moved.status != io_status::end || !rest_) return moved;
        reader_.reset(); // gives its connection back
        return io_result::would_block();
    }

    awaitable<void> ready() override {
        if (reader_) return reader_->ready();
        return open_rest();
    }

    std::optional<std::uint64_t> remaining() const override {
        if (rest_ && !size_) return std::nullopt;
        const auto here = reader_ ? reader_->remaining() : std::optional<std::uint64_t>{0};
        if (!here) return std::nullopt;
        return *here + (rest_ ? *size_ - *rest_ : 0);
    }
    std::string name() const override { return name_; }

  private:
    awaitable<void> open_rest() {
        if (failed_) co_return;
        auto options = options_;
        options.range(object_range::from(*rest_));
        if (!tag_.raw().empty() && !tag_.weak()) options.if_match(tag_.raw());
        penstock::detail::attempt<object_reader> opened{client_.open(object_, std::move(options))};
        co_await opened.run();
        if (!opened) {
            const auto why = opened.error();
            if (why.code() == asio::error::operation_aborted) throw_failure(why);
            failed_ = why.code() == errc::precondition_failed ? changed() : why;
            co_return;
        }
        const auto& now = opened->metadata();
        const bool same = now.etag.raw() == tag_.raw() && (!size_ || now.size == size_);
        if (!same || opened->outcome() != get_object_outcome::partial || opened->range().offset != *rest_) {
            failed_ = changed();
            co_return;
        }
        reader_.emplace(std::move(*opened));
        rest_.reset();
    }

    failure changed() const {
        error_detail d;
        d.operation = "get object";
        d.object = name_;
        d.message = "the object is another than when its beginning was read";
        d.hint = "read it again from its start";
        return failure{errc::object_changed, std::move(d)};
    }

    client client_;
    object_address object_;
    get_object_options options_;
    std::string name_;
    entity_tag tag_;
    std::optional<std::uint64_t> size_; // of the object
    std::optional<object_reader> reader_;
    std::optional<std::uint64_t> rest_; // where it begins, while it is still to be asked for
    std::optional<failure> failed_;
};

} // namespace detail

PENSTOCK_DECL awaitable<std::unique_ptr<byte_source>> open_beginning(client from, object_address object, std::uint64_t first,
                                                                     get_object_options options) {
    auto beginning = options;
    beginning.range(object_range::slice(0, first));
    auto reader = co_await from.open(object, std::move(beginning));
    co_return std::make_unique<detail::two_part_source>(std::move(from), std::move(object), std::move(options), std::move(reader));
}

} // namespace penstock::s3

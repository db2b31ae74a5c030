// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/format/rolling_writer.hpp>

#include <penstock/core/detail/ascii.hpp>
#include <penstock/format/numbers.hpp>

#include <algorithm>
#include <utility>

namespace penstock {
namespace detail {

/// Counts what goes through.
class counting_sink final : public byte_sink {
  public:
    counting_sink(std::unique_ptr<byte_sink> to, std::shared_ptr<std::uint64_t> count)
        : to_{std::move(to)}, count_{std::move(count)} {}

    awaitable<void> write(std::span<const std::byte> bytes) override {
        *count_ += bytes.size();
        return to_->write(bytes);
    }
    awaitable<void> commit() override { return to_->commit(); }
    std::string name() const override { return to_->name(); }
    awaitable<permit> acquire_beside(std::shared_ptr<memory_budget> budget, std::uint64_t bytes) override {
        return to_->acquire_beside(std::move(budget), bytes);
    }

  private:
    std::unique_ptr<byte_sink> to_;
    std::shared_ptr<std::uint64_t> count_;
};

inline failure rolling_failure(errc code, std::string object, std::string message, std::string hint = {}) {
    error_detail d;
    d.operation = "write files";
    d.object = std::move(object);
    d.message = std::move(message);
    d.hint = std::move(hint);
    return failure{code, std::move(d)};
}

} // namespace detail

PENSTOCK_DECL name_pattern::name_pattern(std::string_view text) {
    const auto open = text.find('{');
    const auto close = text.find('}');
    const bool one = open != text.npos && close != text.npos && open < close && text.rfind('{') == open &&
                     text.rfind('}') == close;
    const auto digits = one ? text.substr(open + 1, close - open - 1) : std::string_view{};
    const bool all_digits = std::all_of(digits.begin(), digits.end(), detail::is_digit);
    if (digits.empty() || digits.size() > 18 || !all_digits)
        throw_failure(detail::rolling_failure(errc::invalid_option, std::string{text},
                                              "the name has no place for a number",
                                              "digits in braces: part-{00000}.csv"));
    before_ = text.substr(0, open);
    behind_ = text.substr(close + 1);
    width_ = digits.size();
    first_ = *parse_uint64(digits);
}

PENSTOCK_DECL std::string name_pattern::name(std::uint64_t index) const {
    const auto number = std::to_string(first_ + index);
    return before_ + std::string(width_ - std::min(width_, number.size()), '0') + number + behind_;
}

PENSTOCK_DECL rolling_writer::rolling_writer(name_pattern names, open_sink open, make_writer make,
                                             rolling_options options)
    : names_{std::move(names)}, open_sink_{std::move(open)}, make_{std::move(make)}, options_{std::move(options)} {
    if (options_.target_bytes() == 0 || options_.max_rows() == 0)
        throw_failure(detail::rolling_failure(errc::invalid_option, names_.name(0), "a file needs room for a row"));
}
PENSTOCK_DECL rolling_writer::~rolling_writer() = default;

PENSTOCK_DECL void rolling_writer::enter() {
    if (std::exchange(usable_, false)) return;
    throw_failure(detail::rolling_failure(errc::closed, names_.name(files_.size()),
                                          "the writer was closed, or an earlier call failed"));
}

PENSTOCK_DECL awaitable<void> rolling_writer::open_next() {
    current_ = file();
    current_.name = names_.name(files_.size());
    auto sink = co_await open_sink_(current_.name);
    arrived_ = std::make_shared<std::uint64_t>(0);
    seen_ = 0;
    std::unique_ptr<byte_sink> counted = std::make_unique<detail::counting_sink>(std::move(sink), arrived_);
    writer_ = make_(std::move(counted));
}

PENSTOCK_DECL awaitable<void> rolling_writer::end_file() {
    const auto text = writer_->text_size();
    co_await writer_->close();
    writer_.reset();
    current_.bytes = *arrived_;
    if (text && *text > 0) ratio_ = static_cast<double>(current_.bytes) / static_cast<double>(*text);
    files_.push_back(std::move(current_));
}

/// In the sink, were the file closed now.
PENSTOCK_DECL double rolling_writer::size_so_far() {
    const auto arrived = static_cast<double>(*arrived_);
    const auto text = writer_->text_size();
    if (!text) return arrived;
    // A writer has just given its block away when something arrives: all text is on its way then. Of little that has arrived
    // nothing can be learnt: the text may be in the codec's blocks still.
    if (*arrived_ != seen_ && *arrived_ >= std::uint64_t{64} << 10) ratio_ = arrived / static_cast<double>(*text);
    seen_ = *arrived_;
    return std::max(arrived, static_cast<double>(*text) * ratio_);
}

PENSTOCK_DECL std::uint64_t rolling_writer::rows_wanted() {
    const auto rows = current_.rows;
    if (rows == 0) return 1;
    const auto room = options_.max_rows() - rows;
    if (options_.target_bytes() == static_cast<std::uint64_t>(-1)) return room;
    const auto target = static_cast<double>(options_.target_bytes());
    const auto size = size_so_far();
    const auto row = std::max(size / static_cast<double>(rows), 1e-3);
    if (size + row / 2 >= target) return 0;
    // rows differ: not too many at once
    const auto piece = std::min((target - size) / 2, target / 20);
    return std::min(room, static_cast<std::uint64_t>(std::clamp(piece / row, 1.0, 65536.0)));
}

PENSTOCK_DECL awaitable<void> rolling_writer::write(record_batch batch) {
    enter();
    try {
        written_.take(batch.shared_schema(), "write files", [](const schema&) {}); // the writer of the first file judges it
    } catch (const error& e) {
        throw_failure(e.as_failure().with([&](error_detail& d) { d.object = names_.name(files_.size()); }));
    }
    for (std::size_t row = 0; row < batch.num_rows();) {
        if (!writer_) co_await open_next();
        const auto rest = batch.num_rows() - row;
        const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(rows_wanted(), rest));
        if (count > 0) {
            auto piece = batch.slice(row, count);
            co_await writer_->write(std::move(piece));
            current_.rows += count;
            row += count;
        }
        if (rows_wanted() == 0) co_await end_file();
    }
    usable_ = true;
}

PENSTOCK_DECL awaitable<void> rolling_writer::close() {
    enter();
    if (writer_) co_await end_file();
}

} // namespace penstock

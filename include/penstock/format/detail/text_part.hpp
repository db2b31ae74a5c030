// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/record_batch.hpp>
#include <penstock/core/error.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace penstock::detail {

/// A part of a text, and the job of parsing it. The job may be anywhere from when `done` is reset until it is seen set again;
/// the part is its alone meanwhile, but for `unwanted`.
template <class Parser>
struct text_part {
    /// What ends a part's text.
    enum class ending : std::uint8_t {
        nothing, ///< it is cut anywhere
        line,
        source,
        failure,
    };

    explicit text_part(std::unique_ptr<Parser> p) noexcept : parser{std::move(p)} {}

    std::unique_ptr<Parser> parser;
    std::unique_ptr<Parser> first; // where the text lies, when another parser reads it
    std::string_view text;
    std::uint64_t offset = 0;
    ending end = ending::nothing;
    failure why; // the source failed
    unsigned guesses = 0; // see `part_reader`

    bool exact = false; // the parser knows what went before

    // the job
    std::string_view input; // for the parser, besides what it has
    bool ended_input = false;
    std::vector<record_batch> batches;
    std::size_t numbered = 0; // of those, by what went before
    failure failed;
    failure refused; // memory; `work` can be called again, and goes on
    bool ended = false; // by the parser
    std::exception_ptr thrown;
    std::atomic<bool> done{true};
    std::atomic<bool> unwanted{false};

    /// True when there is more to do.
    bool work() noexcept {
        try {
            return parse();
        } catch (const error& e) {
            if (e.code() == errc::budget_exceeded)
                refused = e.as_failure();
            else
                thrown = std::current_exception();
        } catch (...) {
            thrown = std::current_exception();
        }
        return false;
    }

    /// The text is for another parser, which knows what went before. What came of it is dropped.
    void hand_to(std::unique_ptr<Parser> other) noexcept {
        first = std::exchange(parser, std::move(other));
        exact = true;
        input = text;
        ended_input = false;
        batches.clear();
        failed = refused = {};
        ended = false;
        thrown = nullptr;
    }

    /// Gives memory back, all but the text.
    void drop_rows() {
        batches.clear();
        (void)parser->take_rest();
    }

  private:
    bool parse() {
        using step = typename Parser::step;
        while (!unwanted.load(std::memory_order_relaxed)) {
            const auto got = parser->advance();
            if (!got) {
                failed = got.error();
                if (failed.code() == errc::budget_exceeded) std::swap(failed, refused);
                return false;
            }
            if (*got == step::working) return true;
            if (*got == step::batch) {
                batches.push_back(parser->take());
            } else if (*got == step::end) {
                ended = true;
                return false;
            } else if (!feed()) {
                if (auto rest = parser->take_rest()) batches.push_back(std::move(*rest));
                return false;
            }
        }
        return false;
    }

    bool feed() {
        if (!input.empty()) {
            const auto room = parser->prepare();
            const auto n = std::min(room.size(), input.size());
            std::memcpy(room.data(), input.data(), n);
            parser->commit(n);
            input.remove_prefix(n);
            return true;
        }
        if (std::exchange(ended_input, true)) return false;
        switch (end) {
        case ending::nothing:
            return false;
        case ending::line:
            parser->cut();
            break;
        case ending::source:
            parser->finish();
            break;
        case ending::failure:
            parser->input_failed(why);
            break;
        }
        return true;
    }
};

} // namespace penstock::detail

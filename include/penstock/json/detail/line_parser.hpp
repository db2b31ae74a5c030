// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/detail/simdjson_dom.hpp>
#include <penstock/core/error.hpp>
#include <penstock/format/detail/offending_text.hpp>
#include <penstock/format/utf8.hpp>
#include <penstock/json/detail/json_fault.hpp>
#include <penstock/json/detail/raw_json.hpp>

#include <algorithm>
#include <cstddef>
#include <new>
#include <string>
#include <string_view>

namespace penstock::json::detail {

/// What is wrong with one line.
struct line_fault {
    errc code = errc::malformed_json;
    std::size_t offset = 0; ///< in the line
    std::string message;
};

/// One line's text into one value, by simdjson's DOM: it checks everything, also what nobody asks for, and
/// picks the instructions of the machine at run time, which On Demand does not.
class line_parser {
  public:
    /// Precondition: `buffer_padding` readable bytes behind `line`. False: see `fault`.
    bool parse(std::string_view line) {
        line_ = line;
        auto code = run(line.data(), line.size());
        if (code == simdjson::NUMBER_ERROR && !find_json_fault(line)) {
            // well-formed, but simdjson refuses numbers beyond 64 bits
            rewritten_ = quote_wide_numbers(line);
            const auto size = rewritten_.size();
            rewritten_.resize(size + simdjson::SIMDJSON_PADDING);
            code = run(rewritten_.data(), size);
        }
        code_ = code;
        return code == simdjson::SUCCESS;
    }

    /// After `parse` said true, until the next call.
    const simdjson::dom::element& root() const noexcept { return root_; }

    /// After `parse` said false.
    line_fault fault() const { return fault_of(line_, code_); }
    /// What is wrong with a line that simdjson refused.
    static line_fault fault_of(std::string_view line, simdjson::error_code code) {
        line_fault f;
        if (code != simdjson::UTF8_ERROR) {
            if (const auto found = find_json_fault(line)) {
                f.offset = found.offset;
                f.message = std::string{found.what} + ": " + penstock::detail::shown_up_to(line, found.offset);
                return f;
            }
        }
        const auto invalid = find_invalid_utf8(line);
        if (invalid != std::string_view::npos) {
            f.code = errc::invalid_utf8;
            f.offset = invalid;
            f.message = penstock::detail::shown_up_to(line, invalid);
        } else {
            f.message = simdjson::error_message(code);
        }
        return f;
    }

  private:
    simdjson::error_code run(const char* data, std::size_t size) {
        auto code = simdjson::SUCCESS;
        if (size > parser_.capacity())
            code = parser_.allocate(std::max(size + size / 4, std::size_t{1} << 16), max_json_depth);
        if (code == simdjson::SUCCESS) code = parser_.parse(data, size, false).get(root_);
        if (code == simdjson::MEMALLOC) throw std::bad_alloc{};
        return code;
    }

    simdjson::dom::parser parser_;
    simdjson::dom::element root_;
    simdjson::error_code code_ = simdjson::SUCCESS;
    std::string_view line_;
    std::string rewritten_;
};

} // namespace penstock::json::detail

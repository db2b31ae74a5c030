// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/profile_file.hpp>

#include <penstock/core/detail/ascii.hpp>
#include <penstock/core/detail/utf8.hpp>

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

namespace penstock::aws {
namespace detail {

/// A carriage return is one of them wherever it ends a line, a name or a value.
inline constexpr std::string_view profile_blanks = " \t\r";

inline std::string_view trim_blanks(std::string_view text) noexcept {
    const auto begin = text.find_first_not_of(profile_blanks);
    if (begin == text.npos) return {};
    return text.substr(begin, text.find_last_not_of(profile_blanks) - begin + 1);
}

inline bool begins_comment(char c) noexcept { return c == '#' || c == ';'; }
inline bool is_blank(char c) noexcept { return profile_blanks.find(c) != profile_blanks.npos; }

/// The text before a comment. Behind values a comment needs a blank before it, for `#` and `;` may be part of them.
inline std::string_view without_comment(std::string_view text, bool needs_blank) noexcept {
    for (std::size_t i = 0; i < text.size(); ++i)
        if (begins_comment(text[i]) && (!needs_blank || (i > 0 && is_blank(text[i - 1])))) return text.substr(0, i);
    return text;
}

inline bool valid_profile_name(std::string_view name) noexcept {
    constexpr std::string_view others = "-_/.%@:+";
    return !name.empty() && std::all_of(name.begin(), name.end(), [others](char c) {
        return penstock::detail::is_letter(c) || penstock::detail::is_digit(c) || others.find(c) != others.npos;
    });
}

/// `name = value`; what is wrong with it where it is neither.
struct property_line {
    explicit property_line(std::string_view line) {
        line = without_comment(line, true);
        const auto equals = line.find('=');
        if (equals == line.npos) {
            wrong = "a property has no '='";
            return;
        }
        name = trim_blanks(line.substr(0, equals));
        value = trim_blanks(line.substr(equals + 1));
        if (name.empty()) wrong = "a property has no name";
    }

    std::string_view name, value;
    const char* wrong = nullptr;
};

/// Why a line cannot be text, if it cannot.
inline const char* not_text(std::string_view line) noexcept {
    while (!line.empty()) {
        if (line[0] == '\0') return "a NUL byte";
        const auto step = penstock::detail::first_character(line);
        if (step.size == 0) return "bytes that are no UTF-8";
        line.remove_prefix(step.size);
    }
    return nullptr;
}

class profile_file_parser {
  public:
    profile_file_parser(profile_file_kind kind, std::string path) : kind_{kind} { out_.files.push_back(std::move(path)); }

    result<shared_config> parse(std::string_view text) {
        if (text.size() > max_profile_file)
            return failed("the file is longer than " + std::to_string(max_profile_file >> 20) + " MiB");
        constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
        if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
        while (!text.empty()) {
            const auto end = std::min(text.find('\n'), text.size());
            ++line_;
            if (const char* wrong = take(text.substr(0, end))) return failed(wrong);
            text.remove_prefix(std::min(end + 1, text.size()));
        }
        if (bare_default_) out_.profiles.try_emplace("default", std::move(*bare_default_));
        return std::move(out_);
    }

  private:
    failure failed(std::string message) const {
        error_detail d;
        d.object = out_.files.front();
        d.line = line_;
        d.message = std::move(message);
        return failure{errc::malformed_profile_file, std::move(d)};
    }

    /// What is wrong with the line, if anything is.
    const char* take(std::string_view line) {
        if (const char* wrong = not_text(line)) return wrong;
        const auto text = trim_blanks(line);
        if (text.empty() || begins_comment(line[0])) return nullptr;
        if (line[0] == '[') return take_header(text);
        return is_blank(line[0]) ? take_continuation(text) : take_property(text);
    }

    const char* take_header(std::string_view text) {
        text = trim_blanks(without_comment(text, false));
        if (!text.ends_with(']')) return "a section does not end with ']'";
        const auto header = trim_blanks(text.substr(1, text.size() - 2));
        section_ = open(header);
        if (!section_) out_.ignored.emplace(header);
        in_section_ = true;
        in_property_ = false;
        return nullptr;
    }

    /// Null for sections that are ignored.
    profile_properties* open(std::string_view header) {
        const auto blank = header.find_first_of(profile_blanks);
        if (blank == header.npos) {
            if (kind_ == profile_file_kind::credentials)
                return valid_profile_name(header) ? &out_.profiles[std::string{header}] : nullptr;
            if (header != "default") return nullptr;
            if (!bare_default_) bare_default_.emplace();
            return &*bare_default_;
        }
        const auto prefix = header.substr(0, blank);
        const std::string name{trim_blanks(header.substr(blank))};
        if (kind_ == profile_file_kind::credentials || !valid_profile_name(name)) return nullptr;
        if (prefix == "profile") return &out_.profiles[name];
        if (prefix == "sso-session") return &out_.sso_sessions[name];
        if (prefix == "services") return &out_.services[name];
        return nullptr;
    }

    const char* take_property(std::string_view text) {
        if (!in_section_) return "a property before the first section";
        if (!section_) return nullptr;
        const property_line read{text};
        if (read.wrong) return read.wrong;
        in_property_ = true;
        nested_ = read.value.empty();
        value_ = nullptr;
        if (valid_profile_name(read.name)) {
            value_ = &(*section_)[penstock::detail::lower_case(read.name)];
            *value_ = read.value;
        }
        return nullptr;
    }

    const char* take_continuation(std::string_view text) {
        if (in_section_ && !section_) return nullptr;
        // People indent comments. Within a text of several lines they are part of it.
        if (begins_comment(text[0]) && (!in_property_ || nested_)) return nullptr;
        if (!in_property_) return "an indented line continues no property";
        if (nested_)
            if (const property_line read{text}; read.wrong) return read.wrong;
        if (value_) value_->append(1, '\n').append(text);
        return nullptr;
    }

    profile_file_kind kind_;
    shared_config out_;
    std::optional<profile_properties> bare_default_; ///< of `[default]` in a config file
    std::uint64_t line_ = 0;
    bool in_section_ = false;
    profile_properties* section_ = nullptr; ///< null: ignored
    bool in_property_ = false;
    bool nested_ = false;          ///< the property's value began empty
    std::string* value_ = nullptr; ///< null: ignored
};

} // namespace detail

PENSTOCK_DECL result<shared_config> parse_profile_file(std::string_view text, profile_file_kind kind, std::string path) {
    return detail::profile_file_parser{kind, std::move(path)}.parse(text);
}

PENSTOCK_DECL shared_config merge_profile_files(shared_config config, shared_config credentials) {
    for (auto& [name, properties] : credentials.profiles) {
        auto& merged = config.profiles[name];
        if (properties.contains("aws_access_key_id")) merged.erase("aws_session_token");
        properties.merge(merged); // keeps its own
        merged = std::move(properties);
    }
    config.ignored.merge(credentials.ignored);
    std::move(credentials.files.begin(), credentials.files.end(), std::back_inserter(config.files));
    return config;
}

PENSTOCK_DECL profile_properties nested_properties(std::string_view value) {
    profile_properties out;
    if (!value.starts_with('\n')) return out;
    while (!value.empty()) {
        value.remove_prefix(1);
        const auto end = std::min(value.find('\n'), value.size());
        const detail::property_line read{value.substr(0, end)};
        if (!read.wrong && detail::valid_profile_name(read.name)) out[penstock::detail::lower_case(read.name)] = read.value;
        value.remove_prefix(end);
    }
    return out;
}

} // namespace penstock::aws

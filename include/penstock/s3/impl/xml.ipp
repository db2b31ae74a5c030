// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/xml.hpp>

#include <penstock/core/detail/utf8.hpp>

#include <expat.h>

#include <algorithm>
#include <charconv>
#include <new>

namespace penstock::s3::xml {

/// What Expat calls. No exception may pass through its C frames, so each is kept and thrown on by `run`.
struct parser::callbacks {
    static constexpr XML_Char separator =
        '\n'; // cannot be in a namespace name: white space there becomes ' '

    template <class F>
    static void guarded(void* self, F&& f) noexcept {
        auto& p = *static_cast<parser*>(self);
        if (p.thrown_) return; // Expat may report a little more after it was told to stop
        try {
            f(p);
        } catch (...) {
            p.stop(std::current_exception());
        }
    }

    /// "uri\nlocal" becomes "{uri}local".
    static std::string_view qualified(std::string& buffer, std::string_view name) {
        const auto at = name.find(separator);
        if (at == std::string_view::npos) return name;
        buffer.assign("{").append(name.substr(0, at)).append("}").append(name.substr(at + 1));
        return buffer;
    }

    static std::string_view local(std::string_view name) {
        const auto colon = name.find(':');
        return colon == std::string_view::npos ? name : name.substr(colon + 1);
    }

    static std::string_view shown(parser& p, const XML_Char* name) {
        return p.options_.qualified_names() ? qualified(p.name_, name) : local(name);
    }

    static void XMLCALL start(void* self, const XML_Char* name, const XML_Char** attributes) noexcept {
        guarded(self, [&](parser& p) {
            if (++p.depth_ > p.options_.max_depth())
                throw_failure(failure{errc::malformed_xml, "elements are nested deeper than " +
                                                               std::to_string(p.options_.max_depth())});
            p.handler_.start_element(shown(p, name));
            for (; *attributes; attributes += 2) {
                const std::string_view value{attributes[1]};
                p.count_text(value.size());
                p.handler_.attribute(shown(p, attributes[0]), value);
            }
        });
    }

    static void XMLCALL end(void* self, const XML_Char*) noexcept {
        guarded(self, [](parser& p) {
            --p.depth_;
            p.handler_.end_element();
        });
    }

    static void XMLCALL text(void* self, const XML_Char* data, int size) noexcept {
        guarded(self, [&](parser& p) {
            p.count_text(static_cast<std::size_t>(size));
            p.handler_.text({data, static_cast<std::size_t>(size)});
        });
    }

    static void XMLCALL entity(void* self, const XML_Char*, int, const XML_Char*, int, const XML_Char*,
                               const XML_Char*, const XML_Char*, const XML_Char*) noexcept {
        guarded(self, [](parser& p) {
            if (!p.options_.entities())
                throw_failure(failure{errc::malformed_xml, "the document declares an entity",
                                      "no answer of S3 does so; check that the endpoint is an S3 store"});
        });
    }

    static void XMLCALL skipped(void* self, const XML_Char*, int) noexcept {
        guarded(self, [](parser&) {
            throw_failure(
                failure{errc::malformed_xml, "reference to an entity that the document does not hold"});
        });
    }

    static int XMLCALL external(XML_Parser p, const XML_Char*, const XML_Char*, const XML_Char*,
                                const XML_Char*) noexcept {
        skipped(XML_GetUserData(p), nullptr, 0);
        return XML_STATUS_ERROR;
    }
};

PENSTOCK_DECL parser::parser(handler& h, const parse_options& options)
    : handler_{h}, options_{options}, expat_{options.qualified_names()
                                                 ? XML_ParserCreateNS(nullptr, callbacks::separator)
                                                 : XML_ParserCreate(nullptr)} {
    if (!expat_) throw std::bad_alloc{};
    XML_SetUserData(expat_, this);
    XML_SetElementHandler(expat_, &callbacks::start, &callbacks::end);
    XML_SetCharacterDataHandler(expat_, &callbacks::text);
    XML_SetEntityDeclHandler(expat_, &callbacks::entity);
    XML_SetSkippedEntityHandler(expat_, &callbacks::skipped);
    XML_SetExternalEntityRefHandler(expat_, &callbacks::external);
}

PENSTOCK_DECL parser::~parser() { XML_ParserFree(expat_); }

PENSTOCK_DECL void parser::stop(std::exception_ptr e) noexcept {
    thrown_ = std::move(e);
    XML_StopParser(expat_, XML_FALSE);
}

PENSTOCK_DECL void parser::count_text(std::size_t bytes) {
    text_bytes_ += bytes;
    if (text_bytes_ > options_.max_text())
        throw_failure(failure{errc::response_too_large, "the XML document holds more than " +
                                                            std::to_string(options_.max_text()) +
                                                            " bytes of text"});
}

PENSTOCK_DECL failure parser::at_place(failure f) const {
    return f.with([this](error_detail& d) {
        const auto offset = XML_GetCurrentByteIndex(expat_);
        d.byte_offset = offset < 0 ? 0 : static_cast<std::uint64_t>(offset); // below: there was nothing to parse
        d.line = XML_GetCurrentLineNumber(expat_);
        d.column = XML_GetCurrentColumnNumber(expat_) + 1;
    });
}

PENSTOCK_DECL result<void> parser::run(std::string_view piece, bool last) {
    // Expat takes the length as an int.
    constexpr std::size_t at_once = std::size_t{1} << 30;
    while (!failed_) {
        const auto now = piece.substr(0, at_once);
        piece.remove_prefix(now.size());
        const bool final_call = last && piece.empty();
        const auto status = XML_Parse(expat_, now.data(), static_cast<int>(now.size()), final_call);
        if (thrown_) {
            try {
                std::rethrow_exception(std::exchange(thrown_, nullptr));
            } catch (const error& e) {
                failed_ = at_place(e.as_failure());
            } catch (...) {
                failed_ = failure{errc::malformed_xml, "the parser was stopped"};
                throw;
            }
        } else if (status != XML_STATUS_OK) {
            failed_ = at_place(failure{errc::malformed_xml, XML_ErrorString(XML_GetErrorCode(expat_))});
        } else if (piece.empty()) {
            return {};
        }
    }
    return failed_;
}

PENSTOCK_DECL result<void> parser::feed(std::string_view piece) {
    if (piece.empty() && !failed_) return {};
    return run(piece, false);
}

PENSTOCK_DECL result<void> parser::finish() { return run({}, true); }

PENSTOCK_DECL result<void> parser::feed_last(std::string_view piece) { return run(piece, true); }

PENSTOCK_DECL const element* element::find(std::string_view child) const noexcept {
    for (const auto& c : children)
        if (c.name == child) return &c;
    return nullptr;
}

namespace detail {

/// Builds the tree. The pointers stay valid: only the innermost open element gets children.
class tree_handler final : public handler {
  public:
    void start_element(std::string_view name) override {
        if (open_.empty()) {
            root.name = name;
            open_.push_back(&root);
        } else {
            open_.push_back(&open_.back()->children.emplace_back(name));
        }
    }
    void attribute(std::string_view name, std::string_view value) override {
        open_.back()->attributes.emplace_back(name, value);
    }
    void end_element() override { open_.pop_back(); }
    void text(std::string_view piece) override {
        auto& e = *open_.back();
        (e.children.empty() ? e.text : e.children.back().tail).append(piece);
    }

    element root;

  private:
    std::vector<element*> open_;
};

} // namespace detail

PENSTOCK_DECL result<element> parse_document(std::string_view document, const parse_options& options) {
    detail::tree_handler tree;
    parser p{tree, options};
    auto done = p.feed_last(document);
    if (!done) return done.error();
    return std::move(tree.root);
}

PENSTOCK_DECL void field_handler::start_element(std::string_view name) {
    if (root_.empty()) root_ = name;
    if (skipping_ == 0) {
        for (std::size_t i = 0; i < table_.size(); ++i) {
            if (table_[i].parent != current_ || table_[i].name != name) continue;
            current_ = static_cast<std::uint8_t>(i + 1);
            text_.clear();
            open_field(current_);
            return;
        }
    }
    ++skipping_;
}

PENSTOCK_DECL void field_handler::end_element() {
    if (skipping_ != 0) {
        --skipping_;
        return;
    }
    const auto ended = current_;
    current_ = table_[ended - 1].parent;
    close_field(ended, text_);
    text_.clear();
}

PENSTOCK_DECL void field_handler::text(std::string_view piece) {
    if (skipping_ == 0) text_.append(piece);
}

namespace detail {

/// The bytes of the first character of `text` when it is valid UTF-8 and a Char of XML 1.0, else 0.
inline std::size_t character_size(std::string_view text) noexcept {
    const auto [c, size] = penstock::detail::first_character(text);
    const bool control = c < 0x20 && c != '\t' && c != '\n' && c != '\r';
    return control || c == 0xfffe || c == 0xffff ? 0 : size;
}

/// Where `text` first holds what XML 1.0 cannot, or its size.
inline std::size_t representable_prefix(std::string_view text) noexcept {
    std::size_t at = 0;
    while (at < text.size()) {
        const auto size = character_size(text.substr(at));
        if (size == 0) break;
        at += size;
    }
    return at;
}

} // namespace detail

PENSTOCK_DECL bool representable(std::string_view text) noexcept {
    return detail::representable_prefix(text) == text.size();
}

PENSTOCK_DECL writer::writer() : out_{"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"} {}

PENSTOCK_DECL void writer::end_tag() {
    if (in_tag_) out_ += '>';
    in_tag_ = false;
}

PENSTOCK_DECL void writer::escape(std::string_view value, bool in_attribute) {
    const auto good = detail::representable_prefix(value);
    if (good != value.size())
        throw_failure(
            failure{errc::invalid_option,
                    "XML cannot hold byte " + std::to_string(good) + " of '" + printable(value, 128) + "'",
                    "XML holds only UTF-8 text without control characters"});
    for (const char c : value) {
        switch (c) {
        case '<': out_ += "&lt;"; break;
        case '>': out_ += "&gt;"; break; // for "]]>"
        case '&': out_ += "&amp;"; break;
        case '"': out_ += "&quot;"; break;
        case '\r': out_ += "&#13;"; break; // readers turn a bare one into '\n'
        case '\n': out_ += in_attribute ? "&#10;" : "\n"; break;
        case '\t': out_ += in_attribute ? "&#9;" : "\t"; break;
        default: out_ += c;
        }
    }
}

PENSTOCK_DECL writer& writer::open(std::string_view name) {
    end_tag();
    out_.append("<").append(name);
    open_.push_back(name);
    in_tag_ = true;
    return *this;
}

PENSTOCK_DECL writer& writer::attribute(std::string_view name, std::string_view value) {
    out_.append(" ").append(name).append("=\"");
    escape(value, true);
    out_ += '"';
    return *this;
}

PENSTOCK_DECL writer& writer::text(std::string_view value) {
    end_tag();
    escape(value, false);
    return *this;
}

PENSTOCK_DECL writer& writer::close() {
    end_tag();
    out_.append("</").append(open_.back()).append(">");
    open_.pop_back();
    return *this;
}

PENSTOCK_DECL writer& writer::element(std::string_view name, std::uint64_t value) {
    char digits[20];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    return element(name, std::string_view{digits, static_cast<std::size_t>(end - digits)});
}

PENSTOCK_DECL std::string writer::finish() {
    while (!open_.empty()) close();
    return std::move(out_);
}

} // namespace penstock::s3::xml

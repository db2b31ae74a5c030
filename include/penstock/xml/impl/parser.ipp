// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/xml/parser.hpp>

#include <expat.h>

#include <algorithm>
#include <charconv>
#include <new>

namespace penstock::xml {

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

} // namespace penstock::xml

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/error.hpp>

#include <cstddef>
#include <exception>
#include <string>
#include <string_view>

struct XML_ParserStruct; // Expat's

/// XML 1.0 with namespaces, by Expat, with bounds on everything a document can ask for. Nothing outside the
/// document is ever read.
namespace penstock::xml {

/// How to read, and how much. The defaults suit answers of S3.
class parse_options {
  public:
    parse_options() = default;

    /// Deeper elements are an error.
    parse_options& max_depth(std::size_t n) { return max_depth_ = n, *this; }
    /// More bytes of text and attributes than this, entities expanded, are an error.
    parse_options& max_text(std::size_t n) { return max_text_ = n, *this; }
    /// Names as "{namespace}name", and prefixes without a namespace are an error. Off: the prefix is dropped,
    /// because stores disagree about the namespace.
    parse_options& qualified_names(bool on) { return qualified_names_ = on, *this; }
    /// Allow a document to declare entities; their expansion is bounded by `max_text` and by Expat (8 MiB, or
    /// 100 times the document). Off: a declaration is an error, as no S3 answer needs one.
    parse_options& entities(bool on) { return entities_ = on, *this; }

    std::size_t max_depth() const noexcept { return max_depth_; }
    std::size_t max_text() const noexcept { return max_text_; }
    bool qualified_names() const noexcept { return qualified_names_; }
    bool entities() const noexcept { return entities_; }

  private:
    std::size_t max_depth_ = 256;
    std::size_t max_text_ = std::size_t{64} << 20;
    bool qualified_names_ = false;
    bool entities_ = false;
};

/// What a parser calls, in document order. A member may throw: parsing ends there, and `error` comes back as
/// the parser's result with the place added, anything else is thrown on.
class handler {
  public:
    virtual ~handler() = default;
    /// `name` lives until the return.
    virtual void start_element(std::string_view name) = 0;
    /// One attribute of the element that just started.
    virtual void attribute(std::string_view, std::string_view) {}
    virtual void end_element() = 0;
    /// A piece of text: line ends are '\n', references are resolved. One text may come in several pieces.
    virtual void text(std::string_view piece) = 0;
};

/// Pushes a document through a handler, in pieces cut anywhere. Memory: the longest single tag, as Expat
/// keeps it.
class parser {
  public:
    /// `h` must outlive the parser.
    PENSTOCK_DECL explicit parser(handler& h, const parse_options& options = {});
    PENSTOCK_DECL ~parser();
    parser(const parser&) = delete;
    parser& operator=(const parser&) = delete;

    /// Errors, which end the parser: `errc::malformed_xml` with byte offset, line and column;
    /// `errc::response_too_large` for text beyond the limit.
    PENSTOCK_DECL result<void> feed(std::string_view piece);
    /// The document is over; an error when it is not whole.
    PENSTOCK_DECL result<void> finish();
    /// The last piece: `feed` and `finish`, and for a whole document without a copy.
    PENSTOCK_DECL result<void> feed_last(std::string_view piece);

    struct callbacks;

  private:
    PENSTOCK_DECL result<void> run(std::string_view piece, bool last);
    PENSTOCK_DECL failure at_place(failure f) const;
    PENSTOCK_DECL void stop(std::exception_ptr e) noexcept;
    PENSTOCK_DECL void count_text(std::size_t bytes);

    handler& handler_;
    parse_options options_;
    XML_ParserStruct* expat_;
    std::exception_ptr thrown_;
    failure failed_;
    std::size_t depth_ = 0;
    std::size_t text_bytes_ = 0;
    std::string name_;
};

} // namespace penstock::xml

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/xml/impl/parser.ipp>
#endif

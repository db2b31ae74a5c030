// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/error.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct XML_ParserStruct; // Expat's

/// XML 1.0 with namespaces, by Expat, with bounds on everything a document can ask for. Nothing outside the
/// document is ever read.
namespace penstock::s3::xml {

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

using attribute_list = std::vector<std::pair<std::string, std::string>>;

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

/// An element of a small document. Names as `parse_options::qualified_names` says.
struct element {
    element() = default;
    explicit element(std::string_view name) : name{name} {}

    std::string name;
    attribute_list attributes;
    std::string text; ///< before the first child
    std::vector<element> children;
    std::string tail; ///< after the element, before its next sibling

    /// The first child of that name, or null.
    PENSTOCK_DECL const element* find(std::string_view child) const noexcept;
};

/// The root of `document`. Memory: up to 40 times the document, for one of nothing but empty elements.
PENSTOCK_DECL result<element> parse_document(std::string_view document, const parse_options& options = {});

/// Reads chosen elements of a large document without a tree: a table says which, by parent and name; all
/// others are skipped with all they contain.
class field_handler : public handler {
  public:
    /// `parent` is the number of another field, counted from 1 in the table; 0 is for the root.
    struct field {
        std::uint8_t parent;
        std::string_view name;
    };

    /// The table must outlive the handler; it has at most 255 fields, the first of which is the root.
    explicit field_handler(std::span<const field> table) noexcept : table_{table} {}

    /// The document's root, whether in the table or not.
    const std::string& root() const noexcept { return root_; }

    PENSTOCK_DECL void start_element(std::string_view name) final;
    PENSTOCK_DECL void end_element() final;
    PENSTOCK_DECL void text(std::string_view piece) final;

  protected:
    /// Field number `id` starts.
    virtual void open_field(std::uint8_t id) { static_cast<void>(id); }
    /// Field number `id` ends; `text` is all its text, and may be moved from.
    virtual void close_field(std::uint8_t id, std::string& text) = 0;

  private:
    std::span<const field> table_;
    std::uint8_t current_ = 0;
    std::size_t skipping_ = 0; // depth inside an element that is not in the table
    std::string root_;
    std::string text_;
};

/// Whether XML 1.0 can hold `text`: valid UTF-8 without control characters but tab, line feed and carriage
/// return. https://www.w3.org/TR/xml/#charsets
PENSTOCK_DECL bool representable(std::string_view text) noexcept;

/// Writes a document. Text that is not `representable` throws `errc::invalid_option`.
class writer {
  public:
    /// Starts with the XML declaration.
    PENSTOCK_DECL writer();

    /// `name` is a literal: it must outlive the writer, and is not checked.
    PENSTOCK_DECL writer& open(std::string_view name);
    /// Precondition: right after `open` or another attribute.
    PENSTOCK_DECL writer& attribute(std::string_view name, std::string_view value);
    PENSTOCK_DECL writer& text(std::string_view value);
    /// Precondition: an element is open.
    PENSTOCK_DECL writer& close();
    writer& element(std::string_view name, std::string_view value) { return open(name).text(value).close(); }
    PENSTOCK_DECL writer& element(std::string_view name, std::uint64_t value);
    /// `element` unless `value` is empty.
    writer& element_if(std::string_view name, std::string_view value) {
        return value.empty() ? *this : element(name, value);
    }

    /// Closes what is open and gives the document.
    PENSTOCK_DECL std::string finish();

  private:
    PENSTOCK_DECL void escape(std::string_view value, bool in_attribute);
    PENSTOCK_DECL void end_tag();

    std::string out_;
    std::vector<std::string_view> open_;
    bool in_tag_ = false;
};

inline constexpr std::string_view s3_namespace = "http://s3.amazonaws.com/doc/2006-03-01/";

} // namespace penstock::s3::xml

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/xml.ipp>
#endif

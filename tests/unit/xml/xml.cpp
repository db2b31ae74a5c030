// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/xml/element.hpp>
#include <penstock/xml/field_handler.hpp>
#include <penstock/xml/parser.hpp>
#include <penstock/xml/writer.hpp>

#include <doctest/doctest.h>

#include <new>

namespace test_s3_xml_parser {

namespace xml = penstock::xml;
using penstock::errc;

/// Writes down every call, pieces of text joined.
class recorder : public xml::handler {
  public:
    void start_element(std::string_view name) override { log.append("<").append(name).append(">"); }
    void attribute(std::string_view name, std::string_view value) override {
        log.append("[").append(name).append("=").append(value).append("]");
    }
    void end_element() override { log += "</>"; }
    void text(std::string_view piece) override { log += piece; }
    std::string log;
};

const std::string sample = "<?xml version=\"1.0\"?>\n<a x='1'>t&amp;u<b>\xf0\x9f\x90\xb1</b>\n<!-- c --><c/>"
                           "<![CDATA[<raw>]]>&#x41;&#66;</a>\n";

TEST_CASE("xml::parser gives the same calls however the document is cut") {
    recorder whole;
    REQUIRE(xml::parser{whole}.feed_last(sample).has_value());
    CHECK(whole.log == "<a>[x=1]t&u<b>\xf0\x9f\x90\xb1</>\n<c></><raw>AB</>");
    for (std::size_t cut = 0; cut <= sample.size(); ++cut) {
        recorder h;
        xml::parser p{h};
        REQUIRE(p.feed(std::string_view{sample}.substr(0, cut)).has_value());
        REQUIRE(p.feed(std::string_view{sample}.substr(cut)).has_value());
        REQUIRE(p.finish().has_value());
        CHECK(h.log == whole.log);
    }
    recorder bytes;
    xml::parser p{bytes};
    for (const char c : sample) REQUIRE(p.feed({&c, 1}).has_value());
    REQUIRE(p.finish().has_value());
    CHECK(bytes.log == whole.log);
}

TEST_CASE("xml::parser refuses every document that is cut short") {
    const auto end = sample.rfind('>');
    for (std::size_t cut = 0; cut <= end; ++cut) {
        recorder h;
        const auto got = xml::parser{h}.feed_last(std::string_view{sample}.substr(0, cut));
        REQUIRE(!got);
        CHECK(got.error().code() == errc::malformed_xml);
    }
}

TEST_CASE("xml: malformed documents, with their place") {
    const struct {
        std::string_view document;
        std::uint64_t offset, line, column;
    } table[] = {
        {"<a><b></a>", 8, 1, 9},
        {"<a>\n<b>\n  x & y</b></a>", 13, 3, 6},
        {"<a b='1' b='2'/>", 9, 1, 10},
        {"<a/><b/>", 4, 1, 5},
        {"<a>\x01</a>", 3, 1, 4},
        {"<a>&#0;</a>", 3, 1, 4},
        {"<a>&#x1;</a>", 3, 1, 4},
        {"<a>&nbsp;</a>", 3, 1, 4},
        {"<a>\xff</a>", 3, 1, 4},
        {"<a>\xc0\x80</a>", 3, 1, 4},
        {"<a>\xed\xa0\x80</a>", 3, 1, 4},
        {"{\"json\": true}", 0, 1, 1},
        {" <?xml version=\"1.0\"?><a/>", 1, 1, 2},
    };
    for (const auto& row : table) {
        CAPTURE(row.document);
        const auto got = xml::parse_document(row.document);
        REQUIRE(!got);
        CHECK(got.error().code() == errc::malformed_xml);
        const auto& d = got.error().detail();
        CHECK(d.byte_offset == row.offset);
        CHECK(d.line == row.line);
        CHECK(d.column == row.column);
        CHECK(!d.message.empty());
    }
    CHECK(!xml::parse_document(""));
    CHECK(!xml::parse_document("  \n"));
}

TEST_CASE("xml: an error is for good") {
    recorder h;
    xml::parser p{h};
    CHECK(!p.feed("<a></b>"));
    CHECK(!p.feed("<a/>"));
    CHECK(!p.feed(""));
    CHECK(!p.finish());
}

TEST_CASE("xml: entity bombs") {
    std::string laughs = "<!DOCTYPE a [<!ENTITY l0 \"ha ha ha ha \">";
    for (int i = 1; i < 12; ++i) {
        laughs += "<!ENTITY l" + std::to_string(i) + " \"";
        for (int n = 0; n < 10; ++n) laughs += "&l" + std::to_string(i - 1) + ";";
        laughs += "\">";
    }
    laughs += "]><a>&l11;</a>";
    const std::string blowup = "<!DOCTYPE a [<!ENTITY x \"" + std::string(100'000, 'x') + "\">]><a>" + [] {
        std::string refs;
        for (int i = 0; i < 100'000; ++i) refs += "&x;";
        return refs;
    }() + "</a>";
    const std::string external = "<!DOCTYPE a [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><a>&e;</a>";
    const std::string parameter = "<!DOCTYPE a [<!ENTITY % p SYSTEM \"http://127.0.0.1:1/x\"> %p;]><a/>";
    const std::string attribute =
        "<!DOCTYPE a [<!ENTITY x \"" + std::string(1'000, 'x') + "\">]><a b='&x;'/>";

    for (const std::string* document :
         std::initializer_list<const std::string*>{&laughs, &blowup, &external, &parameter, &attribute}) {
        const auto refused = xml::parse_document(*document);
        REQUIRE(!refused);
        CHECK(refused.error().code() == errc::malformed_xml);
        CHECK(refused.error().detail().message.find("entity") != std::string::npos);
    }
    // Where entities are allowed they stay bounded, and nothing outside the document is read.
    const auto allowed = xml::parse_options{}.entities(true);
    for (const std::string* document : std::initializer_list<const std::string*>{&laughs, &blowup, &external})
        CHECK(!xml::parse_document(*document, allowed));
    CHECK(xml::parse_document(attribute, allowed)->attributes.at(0).second == std::string(1'000, 'x'));
    CHECK(xml::parse_document("<!DOCTYPE a [<!ENTITY e \"<b>x</b>\">]><a>&e;&e;</a>", allowed)
              ->children.size() == 2);
}

TEST_CASE("xml: a DOCTYPE without entities is harmless") {
    CHECK(xml::parse_document("<!DOCTYPE a><a/>")->name == "a");
    CHECK(xml::parse_document("<!DOCTYPE a SYSTEM \"http://127.0.0.1:1/a.dtd\"><a/>")->name == "a");
    CHECK(!xml::parse_document("<!DOCTYPE a SYSTEM \"http://127.0.0.1:1/a.dtd\"><a>&e;</a>"));
}

TEST_CASE("xml: bounds") {
    std::string deep;
    for (int i = 0; i < 257; ++i) deep += "<a>";
    const auto too_deep = xml::parse_document(deep);
    REQUIRE(!too_deep);
    CHECK(too_deep.error().code() == errc::malformed_xml);
    CHECK(too_deep.error().detail().message.find("256") != std::string::npos);
    CHECK(xml::parse_document("<a><b/></a>", xml::parse_options{}.max_depth(2)).has_value());
    CHECK(!xml::parse_document("<a><b/></a>", xml::parse_options{}.max_depth(1)));

    const auto small = xml::parse_options{}.max_text(10);
    CHECK(xml::parse_document("<a>12345<b>67890</b></a>", small).has_value());
    const auto too_long = xml::parse_document("<a>12345<b>678901</b></a>", small);
    REQUIRE(!too_long);
    CHECK(too_long.error().code() == errc::response_too_large);
    CHECK(!xml::parse_document("<a b='12345678901'/>", small));
}

TEST_CASE("xml: exceptions of a handler") {
    class thrower : public recorder {
      public:
        void text(std::string_view) override {
            ++calls;
            if (other) throw std::bad_alloc{};
            penstock::throw_failure(penstock::failure{errc::type_mismatch, "not so"});
        }
        bool other = false;
        int calls = 0;
    } h;
    xml::parser p{h};
    const auto got = p.feed("<a><b>1</b><b>2</b>");
    REQUIRE(!got);
    CHECK(got.error().code() == errc::type_mismatch);
    CHECK(got.error().detail().message == "not so");
    CHECK(got.error().detail().line == 1);
    CHECK(h.calls == 1);
    CHECK(!p.finish());

    h.other = true;
    xml::parser q{h};
    CHECK_THROWS_AS((void)q.feed("<a>1</a>"), std::bad_alloc);
    CHECK(!q.finish());
}

TEST_CASE("xml: names") {
    const std::string document = "<s:a xmlns:s='urn:s' s:x='1' y='2'><s:b/><c xmlns='urn:d'/></s:a>";
    const auto local = xml::parse_document(document).value();
    CHECK(local.name == "a");
    CHECK(local.children.at(0).name == "b");
    CHECK(local.find("c") == &local.children.at(1));
    CHECK(local.find("d") == nullptr);
    const auto qualified = xml::parse_document(document, xml::parse_options{}.qualified_names(true)).value();
    CHECK(qualified.name == "{urn:s}a");
    CHECK(qualified.attributes == xml::attribute_list{{"{urn:s}x", "1"}, {"y", "2"}});
    CHECK(qualified.children.at(1).name == "{urn:d}c");
    // Prefixes that nobody bound are a matter of the namespace only.
    CHECK(xml::parse_document("<p:a/>")->name == "a");
    CHECK(!xml::parse_document("<p:a/>", xml::parse_options{}.qualified_names(true)));
}

class two_fields : public xml::field_handler {
  public:
    two_fields() : field_handler{table} {}
    std::string log;

  protected:
    void open_field(std::uint8_t id) override { log += "+" + std::to_string(id); }
    void close_field(std::uint8_t id, std::string& text) override {
        log += "-" + std::to_string(id) + "'" + text + "'";
    }

  private:
    static constexpr field table[] = {{0, "list"}, {1, "item"}, {2, "key"}};
};

TEST_CASE("xml::field_handler takes what its table says and skips the rest") {
    const auto read = [](std::string_view document) {
        two_fields fields;
        CHECK(xml::parser{fields}.feed_last(document).has_value());
        return fields.log;
    };
    CHECK(read("<list><item><key>k</key></item></list>") == "+1+2+3-3'k'-2''-1''");
    CHECK(read("<list><key>no</key><other><item><key>no</key></item></other></list>") == "+1-1''");
    CHECK(read("<list><item><deep><key>no</key></deep><key>k</key></item></list>") == "+1+2+3-3'k'-2''-1''");
    CHECK(read("<list><item><key>a<x>no</x>b<!-- c -->c</key></item></list>") == "+1+2+3-3'abc'-2''-1''");
    CHECK(read("<list><list><item/></list></list>") == "+1-1''");
    CHECK(read("<other><list/></other>") == "");
    two_fields fields;
    CHECK(xml::parser{fields}.feed_last("<html><list/></html>").has_value());
    CHECK(fields.root() == "html");
}

TEST_CASE("xml::writer escapes what readers would change") {
    xml::writer w;
    w.open("a")
        .attribute("b", "<&\">'\t\n\r")
        .element("c", "<&\">'\t\n\r]]>")
        .element("n", std::uint64_t{18446744073709551615U});
    w.element_if("none", "").open("e").close().open("f");
    const auto text = w.finish();
    const auto got = xml::parse_document(text).value();
    CHECK(got.attributes.at(0).second == "<&\">'\t\n\r");
    CHECK(got.find("c")->text == "<&\">'\t\n\r]]>");
    CHECK(got.find("n")->text == "18446744073709551615");
    CHECK(got.find("none") == nullptr);
    CHECK(got.find("f") != nullptr);
    CHECK(text.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a b="));
}

TEST_CASE("xml::representable says what Expat takes") {
    // Every code point up to three bytes, and the edges above.
    const auto encode = [](std::uint32_t c) {
        std::string s;
        if (c < 0x80) return std::string(1, static_cast<char>(c));
        if (c < 0x800) {
            s += static_cast<char>(0xc0 | c >> 6);
        } else if (c < 0x10000) {
            s += static_cast<char>(0xe0 | c >> 12);
            s += static_cast<char>(0x80 | (c >> 6 & 0x3f));
        } else {
            s += static_cast<char>(0xf0 | c >> 18);
            s += static_cast<char>(0x80 | (c >> 12 & 0x3f));
            s += static_cast<char>(0x80 | (c >> 6 & 0x3f));
        }
        return s + static_cast<char>(0x80 | (c & 0x3f));
    };
    const auto expat_takes = [](const std::string& text) {
        return xml::parse_document("<a b=\"" + text + "\"/>").has_value();
    };
    for (std::uint32_t c = 1; c < 0x110002;
         c += c < 0x900 || (c > 0xd7f0 && c < 0xe010) || (c > 0xfff0 && c < 0x10010) ? 1 : 97) {
        if (c == '"' || c == '<' || c == '&') continue;
        const auto text = encode(c);
        CAPTURE(c);
        REQUIRE(xml::representable(text) == expat_takes(text));
    }
    for (const std::string_view bad :
         {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xf0\x80\x80\x80", "\xf5\x80\x80\x80", "\xc3",
          "\xe2\x82", "\xf0\x9f\x90", "a\xff", "\xc3(", "\x7f\x01"}) {
        CAPTURE(bad);
        CHECK(!xml::representable(bad));
        xml::writer w;
        w.open("a");
        CHECK_THROWS_AS(w.text(bad), penstock::error);
    }
    CHECK(!xml::representable(std::string_view{"\0", 1}));
    CHECK(xml::representable(""));
    CHECK(xml::representable("\x7f"));
}

} // namespace test_s3_xml_parser

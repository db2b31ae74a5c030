// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// XML and the answers of S3 made of it: no crash, bounded, and the same however the document is cut. The
// first byte says how it is cut.
#include "support.hpp"

#include <penstock/s3/complete_multipart_upload.hpp>
#include <penstock/s3/copy_object.hpp>
#include <penstock/s3/create_multipart_upload.hpp>
#include <penstock/s3/delete_objects.hpp>
#include <penstock/s3/detail/error_response.hpp>
#include <penstock/s3/get_bucket_location.hpp>
#include <penstock/s3/list_buckets.hpp>
#include <penstock/s3/list_multipart_uploads.hpp>
#include <penstock/s3/list_object_versions.hpp>
#include <penstock/s3/list_objects_v1.hpp>
#include <penstock/s3/list_objects_v2.hpp>
#include <penstock/s3/list_parts.hpp>
#include <penstock/xml/element.hpp>
#include <penstock/xml/parser.hpp>
#include <penstock/xml/writer.hpp>

#include <cstdint>

namespace xml_fuzz {

namespace xml = penstock::xml;

class recorder : public xml::handler {
  public:
    void start_element(std::string_view name) override { log.append("<").append(name).append(">"); }
    void attribute(std::string_view name, std::string_view value) override { log.append(name).append(value); }
    void end_element() override { log += "</>"; }
    void text(std::string_view piece) override { log += piece; }
    std::string log;
};

void check_cuts(std::string_view document, std::size_t piece, const xml::parse_options& options) {
    recorder whole, cut;
    const bool good = xml::parser{whole, options}.feed_last(document).has_value();
    xml::parser parser{cut, options};
    bool still = true;
    for (std::size_t at = 0; still && at < document.size(); at += piece)
        still = parser.feed(document.substr(at, piece)).has_value();
    const auto end = parser.finish();
    require(end.has_value() == good);
    if (good) require(whole.log == cut.log);
    if (!good) require(end.error().code().failed());
}

/// What was read can be written, and reads back the same.
void check_writing(const xml::element& e) {
    require(xml::representable(e.text));
    xml::writer w;
    w.open("a").attribute("b", e.text).text(e.text);
    const auto again = xml::parse_document(w.finish());
    require(again.has_value());
    require(again->text == e.text && again->attributes.at(0).second == e.text);
}

void check_answers(std::string_view body) {
    namespace d = penstock::s3::detail;
    penstock::http::response_head head;
    for (const int status : {200, 404}) {
        head.status = status;
        const auto list = d::parse_list_objects_v2(head, body);
        if (list) {
            require(status == 200);
            require(!list->is_truncated || !list->next_continuation_token.empty());
        }
        const auto first = d::parse_list_objects_v1(head, body);
        if (first) require(!first->is_truncated || !first->next_continuation_token.empty());
        const auto versions = d::parse_list_object_versions(head, body);
        if (versions) require(!versions->is_truncated || !versions->next_key_marker.empty());
        (void)d::parse_list_buckets(head, body).has_value();
        (void)d::parse_list_parts(head, body).has_value();
        (void)d::parse_list_multipart_uploads(head, body).has_value();
        (void)d::parse_delete_objects(head, body).has_value();
        (void)d::parse_copy_object(head, body).has_value();
        (void)d::parse_create_multipart_upload(head, body).has_value();
        (void)d::parse_complete_multipart_upload(head, body).has_value();
        (void)d::parse_get_bucket_location(head, body).has_value();
        require(d::service_failure("fuzz", head, body, d::error_scope::object).code().failed());
    }
}

} // namespace xml_fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace xml_fuzz;
    if (size == 0) return 0;
    const std::size_t piece = 1 + data[0] % 64;
    const auto document = text_behind(data, size, 1);
    const auto small = xml::parse_options{}.max_text(1 << 16);
    check_cuts(document, piece, small);
    check_cuts(document, piece, xml::parse_options{small}.qualified_names(true).entities(true));
    if (const auto tree = xml::parse_document(document, small)) check_writing(*tree);
    check_answers(document);
    return 0;
}

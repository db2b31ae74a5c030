// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/get_object_tagging.hpp>

#include <penstock/s3/detail/error_response.hpp>
#include <penstock/s3/detail/request_builder.hpp>
#include <penstock/s3/detail/response_reader.hpp>
#include <penstock/xml/field_handler.hpp>

#include <utility>

namespace penstock::s3::detail {

class get_object_tagging_handler final : public xml::field_handler {
  public:
    get_object_tagging_handler() noexcept : field_handler{table} {}

    object_tags found;

  protected:
    void close_field(std::uint8_t id, std::string& text) override {
        if (id == key) key_ = std::move(text);
        if (id == value) value_ = std::move(text);
        if (id == tag) found[std::exchange(key_, {})] = std::exchange(value_, {});
    }

  private:
    enum : std::uint8_t { root_element = 1, set, tag, key, value };
    static constexpr field table[] = {
        {0, "Tagging"}, {root_element, "TagSet"}, {set, "Tag"}, {tag, "Key"}, {tag, "Value"},
    };
    std::string key_, value_;
};

PENSTOCK_DECL operation make_get_object_tagging(const object_address& object, const get_object_tagging_options& options) {
    auto op = object_operation("get object tagging", "GET", object);
    op.settings = options.settings();
    add_query(op, "tagging");
    add_query_if(op, "versionId", options.version_id());
    return op;
}

PENSTOCK_DECL result<object_tags> parse_get_object_tagging(const http::response_head& head, std::string_view body) {
    get_object_tagging_handler fields;
    auto done = read_response("get object tagging", head, body, fields, "Tagging", error_scope::object);
    if (!done) return done.error();
    return std::move(fields.found);
}

} // namespace penstock::s3::detail

// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "row_reading.hpp"

#include <penstock/format/table_printer.hpp>

#include <algorithm>

namespace tool {

using namespace penstock;

awaitable<void> print_schema(session& s, schema_options o) {
    auto options = reading_options(o, o.url);
    auto source = co_await open_input(s, o.url, 0);
    const auto rows = make_batch_reader(std::move(source), std::move(options));
    const auto columns = co_await rows->schema();
    std::size_t width = 0;
    for (const auto& f : columns->fields()) width = std::max(width, display_width(printable(f.name())));
    for (const auto& f : columns->fields()) {
        if (s.json()) {
            boost::json::object line;
            line["name"] = json_text(f.name());
            line["type"] = f.type().name();
            line["nullable"] = f.nullable();
            s.out().line(json_line(line));
        } else {
            const auto name = printable(f.name());
            s.out().line(name + std::string(width - display_width(name) + 2, ' ') + f.type().name() + (f.nullable() ? "" : " not null"));
        }
    }
}

} // namespace tool

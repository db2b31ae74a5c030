// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "row_reading.hpp"

#include <penstock/columnar/parse_data_type.hpp>

namespace tool {

using namespace penstock;

awaitable<void> print_schema(session& s, schema_options o) {
    auto options = reading_options(o, o.url);
    options.pool(s.pool());
    auto source = co_await open_input(s, o.url, 0);
    const auto rows = make_batch_reader(std::move(source), std::move(options));
    const auto columns = co_await rows->schema();
    for (std::size_t i = 0; i < columns->size(); ++i) {
        const auto& f = (*columns)[i];
        if (s.json()) {
            boost::json::object line;
            line["name"] = json_text(f.name());
            line["type"] = f.type().name();
            line["nullable"] = f.nullable();
            s.out().line(json_line(line));
        } else { // a field a line: what `parse_schema` reads
            std::vector<field> one(1, f);
            const auto text = to_string(schema{std::move(one)});
            s.out().line((s.out().terminal() ? printable(text, text.size()) : text) + (i + 1 < columns->size() ? "," : ""));
        }
    }
}

} // namespace tool

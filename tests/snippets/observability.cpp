// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// What docs/observability.md shows, over a tracer that only counts.
#include <penstock/s3/client_options.hpp>
#include <penstock/s3/request_observer.hpp>

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

namespace s3 = penstock::s3;
namespace http = penstock::http;

namespace tracer {
int open = 0, told = 0;

class span {
  public:
    span() { ++open; }
    std::shared_ptr<span> start_child(std::string_view, penstock::wall_time) { return std::make_shared<span>(); }
    void set(std::string_view, const s3::span_value&) { ++told; }
    void add_event(std::string_view, penstock::wall_time) { ++told; }
    std::string traceparent() const { return "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"; }
    void end(penstock::wall_time, std::string_view) { --open; }
};
using span_ptr = std::shared_ptr<span>;

span_ptr start(std::string_view, penstock::wall_time, const std::shared_ptr<const void>&) { return std::make_shared<span>(); }
void log(std::string_view) { ++told; }
} // namespace tracer

class traced_span final : public s3::request_span {
  public:
    explicit traced_span(tracer::span_ptr span) : span_{std::move(span)} {}

    std::unique_ptr<s3::request_span> child(const s3::span_start& s) override {
        return std::make_unique<traced_span>(span_->start_child(s.name, s.at.wall));
    }
    void attribute(const s3::span_attribute& a) override { span_->set(a.name, a.value); }
    void event(std::string_view name, const s3::span_time& at, std::span<const s3::span_attribute>) override {
        span_->add_event(name, at.wall);
    }
    void inject(http::header_list& headers) override { headers.add("traceparent", span_->traceparent()); }
    void end(const s3::span_time& at, std::string_view failure) override { span_->end(at.wall, failure); }

  private:
    tracer::span_ptr span_;
};

class traced final : public s3::request_observer {
  public:
    std::unique_ptr<s3::request_span> start(const s3::span_start& s) override {
        auto span = tracer::start(s.name, s.at.wall, s.parent); // the parent is what trace_parent(…) was given
        for (const auto& a : s.attributes) span->set(a.name, a.value);
        return std::make_unique<traced_span>(std::move(span));
    }
    void advise(std::string_view text) override { tracer::log(text); } // "bucket 'b' is in region eu-west-1, …"
};

int main() {
    s3::client_options options;
    options.observer(std::make_shared<traced>());
    const s3::span_attribute attribute{"rpc.method", std::string_view{"GetObject"}};
    s3::span_start start;
    start.name = "S3.GetObject";
    start.attributes = {&attribute, 1};
    auto call = options.observer()->start(start);
    auto attempt = call->child(start);
    attempt->attribute(attribute);
    call->event("retry", {}, {});
    http::header_list sent;
    attempt->inject(sent);
    attempt->end({}, "");
    call->end({}, "");
    options.observer()->advise("text");
    const bool ok = tracer::open == 0 && tracer::told == 4 && sent.contains("traceparent");
    if (!ok) std::fputs("snippets_observability: spans were lost\n", stderr);
    return ok ? 0 : 1;
}

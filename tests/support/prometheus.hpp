// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <cctype>
#include <cstdlib>
#include <limits>
#include <map>
#include <string>
#include <string_view>

namespace test {

/// Text of Prometheus, read as strictly as its servers do.
struct prometheus_reading {
    std::map<std::string, double> values; ///< by name and labels, as they stand
    std::string fault;                    ///< empty where the text is right
};

/// https://prometheus.io/docs/instrumenting/exposition_formats/ (text format 0.0.4)
class prometheus_reader {
  public:
    prometheus_reading read(std::string_view text) {
        if (!text.empty() && text.back() != '\n') return fail("the last line has no end", "");
        while (!text.empty() && out_.fault.empty()) {
            const auto end = text.find('\n');
            line(text.substr(0, end));
            text.remove_prefix(end + 1);
        }
        for (const auto& [series, h] : histograms_) {
            if (h.inf < 0 || h.count != h.inf || !h.sum) fail("a histogram that is not whole", series);
        }
        return out_;
    }

  private:
    struct histogram {
        double bound = -std::numeric_limits<double>::infinity(), below = 0, inf = -1, count = -1;
        bool sum = false;
    };

    prometheus_reading fail(std::string why, std::string_view where) {
        if (out_.fault.empty()) out_.fault = why + ": " + std::string{where};
        return out_;
    }

    static std::size_t name_size(std::string_view s, bool colons) {
        std::size_t n = 0;
        while (n < s.size() && (std::isalpha(static_cast<unsigned char>(s[n])) || s[n] == '_' || (colons && s[n] == ':') ||
                                (n > 0 && std::isdigit(static_cast<unsigned char>(s[n])))))
            ++n;
        return n;
    }

    void line(std::string_view s) {
        if (s.starts_with("# TYPE ")) {
            const auto rest = s.substr(7);
            const auto n = name_size(rest, true);
            const auto kind = rest.substr(std::min(n + 1, rest.size()));
            if (n == 0 || rest.substr(n, 1) != " ") return (void)fail("no name", s);
            if (kind != "counter" && kind != "gauge" && kind != "histogram") return (void)fail("unknown type", s);
            if (!kinds_.emplace(rest.substr(0, n), kind).second) return (void)fail("a type that is told twice", s);
            current_ = std::string{rest.substr(0, n)};
            return;
        }
        if (s.starts_with("# HELP ")) return;
        sample(s);
    }

    void sample(std::string_view s) {
        const auto n = name_size(s, true);
        const auto name = s.substr(0, n);
        auto rest = s.substr(n);
        std::string le, others;
        if (rest.starts_with('{')) {
            rest.remove_prefix(1);
            for (;;) {
                const auto l = name_size(rest, false);
                const auto label = rest.substr(0, l);
                if (l == 0 || rest.substr(l, 2) != "=\"") return (void)fail("malformed label", s);
                rest.remove_prefix(l + 2);
                std::string value;
                while (!rest.empty() && rest[0] != '"') {
                    if (rest[0] == '\\') {
                        if (rest.size() < 2 || std::string_view{"\\n\""}.find(rest[1]) == std::string_view::npos)
                            return (void)fail("unknown escape", s);
                        value += rest[0];
                        rest.remove_prefix(1);
                    }
                    value += rest[0];
                    rest.remove_prefix(1);
                }
                if (rest.empty()) return (void)fail("a quote that is not closed", s);
                rest.remove_prefix(1);
                if (label == "le")
                    le = value;
                else
                    others += std::string{label} + "=" + value + ",";
                if (rest.starts_with('}')) break;
                if (!rest.starts_with(',')) return (void)fail("no comma", s);
                rest.remove_prefix(1);
            }
            rest.remove_prefix(1);
        }
        if (!rest.starts_with(' ')) return (void)fail("no value", s);
        const std::string number{rest.substr(1)};
        char* end = nullptr;
        const double value = std::strtod(number.c_str(), &end);
        if (number.empty() || *end != '\0') return (void)fail("no number", s);
        if (!out_.values.emplace(std::string{s.substr(0, s.size() - rest.size())}, value).second)
            return (void)fail("a series that is told twice", s);
        check(s, name, others, le, value);
    }

    void check(std::string_view s, std::string_view name, const std::string& others, const std::string& le, double value) {
        const auto kind = kinds_.find(current_);
        if (kind == kinds_.end()) return (void)fail("no type", s);
        if (kind->second != "histogram") {
            if (name != current_) return (void)fail("a sample outside its family", s);
            if (kind->second == "counter" && value < 0) fail("a counter below 0", s);
            return;
        }
        auto& h = histograms_[current_ + "{" + others];
        if (name == current_ + "_sum") {
            h.sum = true;
        } else if (name == current_ + "_count") {
            h.count = value;
        } else if (name == current_ + "_bucket") {
            const double bound = le == "+Inf" ? std::numeric_limits<double>::infinity() : std::strtod(le.c_str(), nullptr);
            if (le.empty() || bound <= h.bound || value < h.below) return (void)fail("a bucket out of order", s);
            h.bound = bound;
            h.below = value;
            if (le == "+Inf") h.inf = value;
        } else {
            fail("a sample outside its family", s);
        }
    }

    prometheus_reading out_;
    std::map<std::string, std::string, std::less<>> kinds_;
    std::map<std::string, histogram> histograms_;
    std::string current_;
};

inline prometheus_reading read_prometheus(std::string_view text) { return prometheus_reader{}.read(text); }

} // namespace test

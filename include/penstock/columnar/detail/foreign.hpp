// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/error.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace penstock::detail {

/// A struct of the C interfaces that is ours: released with this object. What it was taken from is marked as released.
template <class T>
class foreign {
  public:
    foreign() = default;
    explicit foreign(T* from) {
        if (!from || !from->release)
            throw_failure({errc::invalid_option, "an Arrow C struct that was released already, or never filled"});
        value_ = *from;
        from->release = nullptr;
    }
    foreign(foreign&& o) noexcept : value_{o.value_} { o.value_.release = nullptr; }
    foreign& operator=(foreign&&) = delete;
    ~foreign() {
        if (value_.release) value_.release(&value_);
    }

    const T& operator*() const noexcept { return value_; }
    const T* operator->() const noexcept { return &value_; }
    T* get() noexcept { return &value_; }

  private:
    T value_{};
};

/// Where an import is: the names of the fields on the way down.
class field_trail {
  public:
    explicit field_trail(const char* operation = "import arrow") noexcept : operation_{operation} {}

    class step {
      public:
        step(field_trail& t, std::string_view name) : trail_{t} { trail_.names_.push_back(name); }
        ~step() { trail_.names_.pop_back(); }
        step(const step&) = delete;
        step& operator=(const step&) = delete;

      private:
        field_trail& trail_;
    };

    std::size_t depth() const noexcept { return names_.size(); }

    [[noreturn]] void fail(errc code, const std::string& message, std::string hint = {}) const {
        std::string path;
        for (const auto name : names_) path += (path.empty() ? "" : ".") + printable(name, 64);
        error_detail d;
        d.operation = operation_;
        d.message = path.empty() ? message : "field \"" + path + "\": " + message;
        d.hint = std::move(hint);
        throw_failure(failure{code, std::move(d)});
    }

  private:
    const char* operation_;
    std::vector<std::string_view> names_;
};

/// Types nest so deep at most, where others say how deep.
inline constexpr std::size_t deepest_type = 64;

} // namespace penstock::detail

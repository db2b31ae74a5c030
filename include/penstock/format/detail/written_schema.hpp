// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/schema.hpp>
#include <penstock/config.hpp>
#include <penstock/core/error.hpp>

#include <memory>
#include <string>
#include <utility>

namespace penstock::detail {

/// What a writer refuses, in its own words.
[[noreturn]] inline void refuse_to_write(const char* operation, errc code, std::string message, std::string hint = {}) {
    error_detail d;
    d.operation = operation;
    d.message = std::move(message);
    d.hint = std::move(hint);
    throw_failure(failure{code, std::move(d)});
}

/// The one schema of all that a writer takes: the one it was given, or that of its first batch. It is judged once.
class written_schema {
  public:
    /// Nothing for the schema that is there already. A first one is given to `judge`, and is taken when that does not throw; then
    /// true. Throws `errc::invalid_option` for another.
    template <class Judge>
    bool take(const std::shared_ptr<const schema>& s, const char* operation, const Judge& judge) {
        if (schema_ == s && s) return false;
        if (schema_) {
            refuse_another(*s, operation);
            return false;
        }
        judge(*s);
        schema_ = s;
        return true;
    }

    explicit operator bool() const noexcept { return schema_ != nullptr; }
    const schema& operator*() const noexcept { return *schema_; }
    const std::shared_ptr<const schema>& get() const noexcept { return schema_; }

  private:
    PENSTOCK_DECL void refuse_another(const schema& s, const char* operation) const;

    std::shared_ptr<const schema> schema_;
};

} // namespace penstock::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/format/impl/written_schema.ipp>
#endif

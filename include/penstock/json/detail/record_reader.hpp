// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/detail/cpu_features.hpp>
#include <penstock/core/detail/simdjson_dom.hpp>
#include <penstock/core/error.hpp>
#include <penstock/format/kernels/json_kernels.hpp>
#include <penstock/json/detail/value_node.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::json::detail {

/// What a record's reader asks when a value is none of its column's.
class record_judge {
  public:
    /// `token` is the value's text, or its beginning. True: it is null instead. False: the record is bad, or reading ends.
    virtual bool mismatch(value_node& at, std::string_view token) = 0;
    /// A null where there may be none; `token` is empty where the value is missing.
    virtual bool refuses_null(value_node& at, std::string_view token) = 0;
    /// A key that is no column. True: it is passed over.
    virtual bool unknown(std::string_view key, std::string_view token) = 0;
    /// A key that occurs twice in an object, where that is refused.
    virtual void twice(std::string_view key, std::string_view token) = 0;

  protected:
    ~record_judge() = default;
};

/// Reads one record, an object of whatever shape, into columns: simdjson On Demand finds the tokens, every one of which is
/// looked at, also those that are no column's, so that what is taken is valid JSON.
class record_reader {
  public:
    PENSTOCK_DECL explicit record_reader(simd_level level);
    PENSTOCK_DECL ~record_reader();
    record_reader(const record_reader&) = delete;
    record_reader& operator=(const record_reader&) = delete;

    enum class outcome : std::uint8_t {
        good,
        malformed,  ///< not one JSON value; or none that can be read
        no_object,  ///< a value, perhaps, but no object
        refused,    ///< the judge said so
        full,       ///< a column has no room for the record in the batch: `overflow`
    };
    /// Precondition: `buffer_padding` readable bytes behind `record`. Some columns may have got a value where it is not
    /// good. `twice_is_error`: a key that occurs twice in an object is the judge's; else the last value counts.
    PENSTOCK_DECL outcome append(std::string_view record, std::vector<std::unique_ptr<value_node>>& columns, key_table& keys,
                                 bool missing_is_null, bool twice_is_error, record_judge& judge);
    /// After `malformed`: what simdjson says.
    simdjson::error_code code() const noexcept { return code_; }

    /// What a column's builder refused.
    struct full_column {
        const value_node* at;
        std::string_view token; ///< the value, or its beginning
        failure why;
    };
    /// After `full`.
    const full_column& overflow() const noexcept { return *full_; }

  private:
    using ondemand_value = simdjson::ondemand::value;

    PENSTOCK_DECL bool append_value(ondemand_value& value, value_node& node, std::size_t depth);
    PENSTOCK_DECL bool append_token(ondemand_value& value, value_node& node, std::string_view token, std::size_t depth);
    PENSTOCK_DECL bool append_array(ondemand_value& value, value_node& node, std::size_t depth);
    PENSTOCK_DECL bool append_object(ondemand_value& value, value_node& node, std::size_t depth);
    PENSTOCK_DECL bool append_map(simdjson::ondemand::object& object, value_node& node, std::size_t depth);
    PENSTOCK_DECL bool append_encoded(ondemand_value& value, value_node& node, std::size_t depth);
    PENSTOCK_DECL bool append_null(value_node& node, std::string_view token);
    PENSTOCK_DECL bool append_raw(ondemand_value& value, value_node& node, std::string_view token, std::size_t depth);
    PENSTOCK_DECL bool check(ondemand_value& value, std::size_t depth);
    PENSTOCK_DECL bool take_string(ondemand_value& value, std::string_view token, std::string_view& text);
    PENSTOCK_DECL bool check_scalar(std::string_view token);
    PENSTOCK_DECL bool key_of(simdjson::ondemand::field& field, std::string_view expected, std::string_view& key);
    PENSTOCK_DECL bool text_of(std::string_view token, std::string_view& text, std::string& scratch);
    PENSTOCK_DECL bool mismatch(ondemand_value& value, value_node& node, std::string_view token, std::size_t depth);
    bool broken(simdjson::error_code code) noexcept {
        if (code_ == simdjson::SUCCESS) code_ = code;
        malformed_ = true;
        return false;
    }
    /// A token without the white space behind it.
    std::string_view token_of(ondemand_value& value) const noexcept;
    /// `each(place, key, value)` until it says false, or the object ends. `keys`: what the keys will be, if that is known.
    template <class Each>
    bool each_field(simdjson::ondemand::object& object, const key_table* keys, const Each& each);

    const penstock::detail::json_kernels* kernels_;
    // Elsewhere: its size depends on the compiler's optimization, which may differ between a program and the library.
    std::unique_ptr<simdjson::ondemand::parser> parser_;
    simdjson::ondemand::document* document_ = nullptr; // of the record at hand
    simdjson::error_code code_ = simdjson::SUCCESS;
    bool malformed_ = false;
    std::optional<full_column> full_;
    bool missing_is_null_ = true;
    bool twice_is_error_ = false;
    record_judge* judge_ = nullptr;
    std::string_view record_;
    std::uint64_t stamp_ = 0;
    std::string key_scratch_;
    std::string text_scratch_;
};

} // namespace penstock::json::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/json/impl/record_reader.ipp>
#endif

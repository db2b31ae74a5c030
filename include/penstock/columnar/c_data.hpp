// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/arrow_abi.hpp>
#include <penstock/columnar/record_batch.hpp>
#include <penstock/columnar/validate.hpp>

#include <memory>

namespace penstock {

// The Arrow C data interface (https://arrow.apache.org/docs/format/CDataInterface.html): columns handed from library to
// library in one process, without a copy and without either being linked to the other.
//
// Export. `out` is a struct without content, which the function fills; whoever has it then calls `out->release` once. The
// values are shared: they live until the last of our arrays and of the exported structs is gone. `release` may be called
// on any thread, and children may be moved out and released on their own. Throws `error` (`errc::invalid_option`) for
// names and zones with a zero byte in them, which C strings cannot hold; `out->release` is null then.
//
// Import. The struct becomes ours, whatever comes of it: the function leaves it marked as released, and the content is
// released exactly once, when the last array that shares its memory is gone, on that thread; on failure before the function
// throws. Nothing is copied. Types with extension metadata are imported as their storage; the metadata stays on the field.
// Throws `error`: `errc::malformed_arrow` for what breaks the interface's rules or fails `validate`, `errc::invalid_utf8`,
// `errc::unsupported` for types that there are not here (list views, run-end encoded, 32-bit decimals …), each
// naming the field; `errc::invalid_option` for a struct that was released already. What C hides cannot be checked: that
// pointers point to as much memory as the lengths say.

/// A type alone: no name, no metadata.
PENSTOCK_DECL void export_type(const data_type& type, ArrowSchema* out);
PENSTOCK_DECL void export_field(const field& f, ArrowSchema* out);
/// As a struct of the fields.
PENSTOCK_DECL void export_schema(const schema& s, ArrowSchema* out);

PENSTOCK_DECL void export_array(const array& a, ArrowArray* out);
/// As a struct array of the columns.
PENSTOCK_DECL void export_batch(const record_batch& batch, ArrowArray* out);
/// With its schema. Where it throws, neither is left.
PENSTOCK_DECL void export_batch(const record_batch& batch, ArrowArray* out, ArrowSchema* out_schema);

PENSTOCK_DECL field import_field(ArrowSchema* from);
/// From a struct type; `errc::type_mismatch` for another.
PENSTOCK_DECL std::shared_ptr<const schema> import_schema(ArrowSchema* from);

/// Precondition: `type` is what the array's maker says it is.
PENSTOCK_DECL array import_array(ArrowArray* from, const data_type& type, validate_options options = validate_options());
PENSTOCK_DECL array import_array(ArrowArray* from, ArrowSchema* type, validate_options options = validate_options());

/// From a struct array without nulls of its own, which a batch cannot have.
PENSTOCK_DECL record_batch import_batch(ArrowArray* from, std::shared_ptr<const schema> s,
                                        validate_options options = validate_options());
PENSTOCK_DECL record_batch import_batch(ArrowArray* from, ArrowSchema* s, validate_options options = validate_options());

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/columnar/impl/export_array.ipp>
#include <penstock/columnar/impl/export_schema.ipp>
#include <penstock/columnar/impl/import_array.ipp>
#include <penstock/columnar/impl/import_schema.ipp>
#endif

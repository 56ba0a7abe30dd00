//===- Signatures.h - what the standard's operators take ----------------------------===//
//
// Signatures.def and SignaturesOfDomains.def hold a row for each version of an operator from which
// on it takes something else. tools/signatures.py writes them from the onnx package's schemas.
// A row has the domain, the operator, the version, the inputs, how many outputs, the attributes:
//
//   ROW("", "Clip", 12, "T=ints|floats T? T?", 1, "")
//   ROW("", "Concat", 4, "T=ints|floats|complex|bool|string+", 1, "axis:INT!")
//
// An input is a type variable and, where this is its first, the types that it may have after "=".
// Inputs of one variable have one type; an input without a variable is free of the others. At the
// end stands "?" for an input that may be left out, "*" or "+" for any number of them or one and
// more. The types are those of tensors; "other" stands for sequences, maps and optionals, of which
// the importers of the operators ask what they need. An attribute that must be there has a "!".
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_FRONTEND_ONNX_IMPORT_SIGNATURES_H
#define INGOT_FRONTEND_ONNX_IMPORT_SIGNATURES_H

#include "frontend/onnx/import/GraphImporter.h"

namespace ingot {

/// What is wrong with a node by the standard's signature of its operator in this version; "" where
/// nothing is, or the standard has no such operator. `operands` holds null for inputs left out.
std::string signatureError(const onnx::Node &node, llvm::ArrayRef<mlir::Value> operands,
                           int64_t version, const Scope &scope);

} // namespace ingot

#endif // INGOT_FRONTEND_ONNX_IMPORT_SIGNATURES_H

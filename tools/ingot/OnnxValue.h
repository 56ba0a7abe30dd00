//===- OnnxValue.h - values as ONNX files have them ------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#ifndef INGOT_TOOLS_INGOT_ONNXVALUE_H
#define INGOT_TOOLS_INGOT_ONNXVALUE_H

#include "frontend/onnx/Value.h"
#include "tools/ingot/Value.h"

#include <optional>

namespace ingot::cli {

/// What the reader of .pb files is told for an enum ingot_kind.
onnx::Value::Kind onnxKind(int32_t kind);

/// `value` as the reader and writer of .pb files have it: its bytes are borrowed.
onnx::Value borrowOnnx(const Value &value, const std::string &name);
/// Nothing, with `message`, for what Ingot has no values of: sparse tensors, 6-bit floats.
std::optional<Value> fromOnnx(const onnx::Value &value, std::string &message);

} // namespace ingot::cli

#endif // INGOT_TOOLS_INGOT_ONNXVALUE_H

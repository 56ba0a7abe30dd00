// What every contraction kernel shares with its caller: finished sums, offsets, dimensions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef INGOT_CODEGEN_CPU_TILE_H
#define INGOT_CODEGEN_CPU_TILE_H
#include "mlir/IR/Builders.h"
#include "mlir/IR/OpDefinition.h"
#include <functional>

namespace ingot::cpu {

/// A dimension that a plan may not know.
constexpr int64_t kUnknown = mlir::ShapedType::kDynamic;

/// Element types of A · B and of the sums.
enum class Product {
  F32,  ///< f32 · f32 → f32
  U8S8, ///< u8 · s8 → s32, exact
  S8S8, ///< s8 · s8 → s32, exact
};

/// One native-width vector of finished sums along the columns (channels) of one output row (pixel).
struct OutputVector {
  mlir::Value sums;   ///< vector<lanes x f32>, or i32 for integer products
  mlir::Value batch;  ///< index: number of the product in a batched matrix product; 0 otherwise
  mlir::Value row;    ///< index: row of C; for convolutions the output pixel counted over the batch
  mlir::Value column; ///< index: column (channel) of lane 0
  unsigned lanes;
  mlir::Value count; ///< index: lanes that lie inside C (at least 1); null when all do
  mlir::Value mask;  ///< vector<lanes x i1> of these lanes; null when all lie inside
};

/// Consumes one vector of sums and stores the result. Called once per vector of a register tile
/// while IR is built, each time with the builder at the place where the code must go. Each element
/// of C is passed exactly once at run time, so the store may alias an operand read here at the same
/// element. Lanes beyond `count` hold rubbish and must be neither stored nor used to read.
using Epilogue =
    std::function<void(mlir::OpBuilder &, mlir::Location, const OutputVector &)>;

/// Offset in elements of a batched operand: index of the batch → index.
using BatchOffset =
    std::function<mlir::Value(mlir::OpBuilder &, mlir::Location, mlir::Value batch)>;

/// An epilogue that stores the sums at buffer[base(batch) + row · rowStride + column].
Epilogue storeRows(mlir::Value buffer, mlir::OpFoldResult rowStride, BatchOffset base = nullptr);

/// Masked or plain store of `value` (as wide as `out.sums`) at buffer[offset], by `out.mask`.
void storeVector(mlir::OpBuilder &b, mlir::Location loc, const OutputVector &out,
                 mlir::Value value, mlir::Value buffer, mlir::Value offset);

/// Masked or plain load at buffer[offset]; lanes outside read as zero.
mlir::Value loadVector(mlir::OpBuilder &b, mlir::Location loc, const OutputVector &out,
                       mlir::Value buffer, mlir::Value offset);

} // namespace ingot::cpu
#endif

// Convolutions on channels-last data: implicit matrix product, and depthwise.
//
// Data [batch, spatial…, channels] with unit channel stride. 1 to 3 spatial dimensions, outermost
// first. An output pixel is a number in [0, batch · Π output extents). Every sum runs over
// (kernel position, input channel) in that order; taps in the padding contribute nothing. f32, or
// exact 8-bit products.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef INGOT_CODEGEN_CPU_CONV_H
#define INGOT_CODEGEN_CPU_CONV_H
#include "codegen/cpu/Matmul.h"
#include <optional>

namespace ingot::cpu {

/// Facts known when the kernel is compiled. Extents of batch, input and output may be kUnknown;
/// all else is known. The lists have one entry per spatial dimension.
struct ConvShape {
  int64_t batch = kUnknown;
  llvm::SmallVector<int64_t, 3> input, output;
  llvm::SmallVector<int64_t, 3> kernel, strides, dilations, padsBegin;
  int64_t inChannels = 0, outChannels = 0, groups = 1;
  /// The input has no gaps: its strides follow from batch, extents and channels. Needed to run
  /// taps together and to treat 1×1 as a matrix product.
  bool dense = true;
  Product product = Product::F32;
  bool padded = true; ///< some tap of some pixel lies outside the input
  bool longEpilogue = false; ///< as in MatmulShape
};

/// True where emitDepthwise applies: one input channel per group and one output channel each.
bool isDepthwise(const ConvShape &shape);

struct ConvPlan {
  ConvShape shape;
  RegisterTile tile;
  bool depthwise = false;
  int64_t pixelBlock = 0;   ///< output pixels of one independent tile (depthwise: output rows)
  int64_t panelBlock = 0;   ///< 16-wide channel panels of one independent tile
  int64_t tapBlock = 0;     ///< kernel rows of one pass over the pixels; 0: all
  std::optional<MatmulPlan> product; ///< 1×1: a matrix product over the pixels
  bool pixelsInner = false; ///< consecutive tiles share weights (else they share pixels)
  int64_t scratchElements = 0; ///< as in MatmulPlan
};
/// Pure function of its arguments, for the launching program and the kernel alike. Depthwise shapes
/// give a depthwise plan.
ConvPlan planConv(const CpuTarget &target, const ConvShape &shape);

/// Run-time operands. Buffers are linear memref<?xf32>, for integers memref<?xi8>; strides and
/// offsets count elements.
struct ConvOperands {
  mlir::OpFoldResult batch;
  llvm::SmallVector<mlir::OpFoldResult, 3> input, output; ///< spatial extents
  mlir::Value data;
  mlir::Value dataOffset; ///< index; null: 0
  mlir::OpFoldResult batchStride;
  llvm::SmallVector<mlir::OpFoldResult, 3> strides; ///< of the input's spatial dimensions
  mlir::Value weights; ///< of packConv() (packDepthwise() for a depthwise plan; integers:
                       ///< packConvInteger())
  mlir::Value weightsOffset; ///< index; null: 0
  mlir::Value columnSums, zeroPoint; ///< as in MatmulOperands; of packConvInteger()
  mlir::Value padding; ///< integers: an input pixel of zero points; null: the one behind the weights
  mlir::Value scratch;       ///< as in MatmulOperands
  Epilogue epilogue;         ///< row = output pixel, column = output channel
};

/// Number of independent tiles, as IR (or a constant).
mlir::OpFoldResult emitConvTileCount(mlir::OpBuilder &b, mlir::Location loc, const ConvPlan &plan,
                                     mlir::OpFoldResult batch,
                                     llvm::ArrayRef<mlir::OpFoldResult> output);

/// Builds, at the builder's place, the code that computes tiles [begin, end).
void emitConv(mlir::OpBuilder &b, mlir::Location loc, const CpuTarget &target,
              const ConvPlan &plan, const ConvOperands &operands, mlir::Value begin,
              mlir::Value end);

} // namespace ingot::cpu
#endif

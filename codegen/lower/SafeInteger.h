// Integer operations with a defined result for every operand, built from arith ops.
//
// LLVM leaves division by zero, INT_MIN / -1, shifts by the width and conversions out of range
// undefined; a model's data must not reach that. The results chosen here are those that numpy and
// onnxruntime show on x86-64. Operands are signless integers (or floats for the conversion), scalars
// or vectors; the two operands of one operation have the same type.
#ifndef INGOT_CODEGEN_LOWER_SAFEINTEGER_H
#define INGOT_CODEGEN_LOWER_SAFEINTEGER_H

#include "mlir/IR/Builders.h"

namespace ingot {

enum class Signedness { Signed, Unsigned };

// x / y truncated toward zero; 0 where y is 0, and INT_MIN / -1 = INT_MIN.
mlir::Value buildDivide(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value x, mlir::Value y,
                        Signedness signedness);

// x - y·(x / y), with the sign of x (C's %, ONNX Mod with fmod=1); 0 where y is 0.
mlir::Value buildRemainder(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value x,
                           mlir::Value y, Signedness signedness);

// The remainder with the sign of y (Python's %, ONNX Mod with fmod=0); 0 where y is 0.
mlir::Value buildModulo(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value x, mlir::Value y,
                        Signedness signedness);

// ONNX BitShift, on unsigned values: 0 once every bit is shifted out.
mlir::Value buildShiftLeft(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value x,
                           mlir::Value amount);
mlir::Value buildShiftRight(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value x,
                            mlir::Value amount);

// An f16, bf16, f32 or f64 value truncated toward zero to the integer element type `to` (i8 to i64).
// Out of range and for NaN: to int32 and int64 the smallest integer; to narrower types the low bits
// of the conversion to int32, to uint32 those of the one to int64; to uint64 negative numbers wrap,
// 2^64 and beyond give 0, and NaN gives 2^63.
mlir::Value buildFloatToInteger(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value x,
                                mlir::IntegerType to, Signedness signedness);

} // namespace ingot
#endif

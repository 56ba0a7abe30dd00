//===- ElementTypes.h - element types and their forms ------------------------===//
//
// An element has three forms: the tensor's own type (signed, sub-byte, float8 …), the storage form
// in memory (signless; bool is a byte; 2- and 4-bit integers and 4-bit floats are packed, low bits
// first, in whole bytes; complex is two floats), and the compute form in registers (signless
// integers of at least 8 bits, i1 for bool; f16, bf16 and narrower floats compute in f32).
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_IR_ELEMENTTYPES_H
#define INGOT_IR_ELEMENTTYPES_H

#include "mlir/IR/Types.h"

namespace ingot {

/// Bits of one element in memory; 128 for strings (pointer and length).
unsigned storageBits(mlir::Type element);
/// The element type of the buffer that holds it (a byte for packed types).
mlir::Type storageType(mlir::Type element);
/// The type of one element in a register.
mlir::Type computeType(mlir::Type element);
/// Elements in one storage byte for packed types, else 1.
unsigned packing(mlir::Type element);

bool isUnsigned(mlir::Type element);
bool isInteger(mlir::Type element);   ///< siN or uiN, not bool
bool isBool(mlir::Type element);
bool isString(mlir::Type element);
/// ONNX's name of the type, for messages: float, int64, float8e4m3fn …
std::string elementTypeName(mlir::Type element);

} // namespace ingot

#endif // INGOT_IR_ELEMENTTYPES_H

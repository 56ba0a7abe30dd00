//===- host_ops.h - operations that programs leave to the runtime ---------------------------===//
//
// Strings, sequences, maps and optionals: values whose size nobody can plan. A program names the
// operation and passes tensors and handles (see ingot_host.call in kernel_abi.h); the functions are
// in one file per family, the names in table.cpp, each with its operands.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#ifndef INGOT_RUNTIME_HOST_OPS_H
#define INGOT_RUNTIME_HOST_OPS_H

#include "runtime/context.h"
#include "runtime/value.h"

namespace ingot::runtime {

/// One call of a host operation. Functions that return int32_t give an ingot_status and have set
/// the message when it is not INGOT_OK.
struct HostCall {
  ingot_context &context;
  const char *name;
  const ingot_tensor_view *operands;
  int32_t operandCount;
  ingot_tensor_view *results;
  int32_t resultCount;

  /// Whether an optional operand is there.
  bool has(int32_t i) const {
    return i < operandCount && (operands[i].element_type != 0 || operands[i].data);
  }
  bool isHandle(int32_t i) const { return operands[i].element_type == 0; }
  int64_t count(int32_t i) const;
  const ingot_string *strings(int32_t i) const {
    return static_cast<const ingot_string *>(operands[i].data);
  }

  /// The value behind a handle, null with a message when operand i is not one of that kind.
  const Value *handle(int32_t i, int32_t kind) const;
  /// Null with a message when operand i is no tensor of that element type.
  const ingot_tensor_view *tensor(int32_t i, int32_t elementType) const;
  /// The one element of an integer or bool tensor.
  int32_t scalar(int32_t i, int64_t &value) const;
  /// Operand i as something that a sequence can hold: tensors are copied. Null without memory.
  Value *element(int32_t i) const;

  /// Memory that lives until the run ends; null with a message.
  void *allocate(int64_t bytes) const;
  Value *newTensor(int32_t elementType, int32_t rank, const int64_t *dims) const;

  /// Sets result i after comparing it with what the program expects. `value` may be null: then
  /// there was no memory for it.
  int32_t give(int32_t i, const Value *value) const;
  int32_t giveScalar(int32_t i, int32_t elementType, int64_t value) const;

  int32_t outOfMemory() const;
  __attribute__((format(printf, 2, 3))) int32_t invalid(const char *format, ...) const;
};

using HostOp = int32_t (*)(const HostCall &call);

/// Finds the operation and runs it.
int32_t callHostOp(ingot_context &context, const char *name, const ingot_tensor_view *operands,
                   int32_t operandCount, ingot_tensor_view *results, int32_t resultCount);

// sequence.cpp
int32_t sequenceEmpty(const HostCall &call);
int32_t sequenceConstruct(const HostCall &call);
int32_t sequenceAt(const HostCall &call);
int32_t sequenceInsert(const HostCall &call);
int32_t sequenceErase(const HostCall &call);
int32_t sequenceLength(const HostCall &call);
// sequence_tensor.cpp
int32_t concatFromSequence(const HostCall &call);
int32_t splitToSequence(const HostCall &call);
// optional_map.cpp
int32_t optionalMake(const HostCall &call);
int32_t optionalEmpty(const HostCall &call);
int32_t optionalHas(const HostCall &call);
int32_t optionalGet(const HostCall &call);
int32_t mapMake(const HostCall &call);
int32_t mapKeys(const HostCall &call);
int32_t mapValues(const HostCall &call);
int32_t zipMap(const HostCall &call);
// require.cpp
int32_t require(const HostCall &call);
// string.cpp
int32_t stringConcat(const HostCall &call);
int32_t stringEqual(const HostCall &call);
int32_t stringSplit(const HostCall &call);
// string_normalizer.cpp
int32_t stringNormalizer(const HostCall &call);
// string_number.cpp
int32_t stringToNumber(const HostCall &call);
int32_t stringFromNumber(const HostCall &call);
// lookup.cpp
int32_t labelEncoder(const HostCall &call);
int32_t dictVectorizer(const HostCall &call);
// ngrams.cpp
int32_t ngramCounts(const HostCall &call);
// regex.cpp
int32_t regexFullMatch(const HostCall &call);

} // namespace ingot::runtime
#endif

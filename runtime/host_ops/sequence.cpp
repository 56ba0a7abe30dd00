//===- sequence.cpp - lists of values -------------------------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "runtime/host_ops/host_ops.h"

namespace ingot::runtime {

int32_t sequenceEmpty(const HostCall &call) {
  Value *sequence = newContainer(call.context, INGOT_SEQUENCE, 0);
  int64_t type = 0;
  if (call.has(0))
    if (int32_t status = call.scalar(0, type))
      return status;
  if (sequence)
    sequence->elementType = int32_t(type);
  return call.give(0, sequence);
}

int32_t sequenceConstruct(const HostCall &call) {
  Value *sequence = newContainer(call.context, INGOT_SEQUENCE, call.operandCount);
  if (!sequence)
    return call.outOfMemory();
  sequence->elementType = call.operands[0].element_type;
  for (int32_t i = 0; i < call.operandCount; ++i) {
    if (call.operands[i].element_type != sequence->elementType)
      return call.invalid("elements of different types");
    sequence->items->data[i] = call.element(i);
    if (!sequence->items->data[i])
      return call.outOfMemory();
  }
  return call.give(0, sequence);
}

/// Operand `operand` as a position in [0, limit); negative ones count from `length`.
static int32_t position(const HostCall &call, int32_t operand, int64_t length, int64_t limit,
                        int64_t &at) {
  if (int32_t status = call.scalar(operand, at))
    return status;
  int64_t given = at;
  if (at < 0 && at >= -length)
    at += length;
  if (at < 0 || at >= limit)
    return call.invalid("position %lld in a sequence of %lld", (long long)given, (long long)length);
  return INGOT_OK;
}

int32_t sequenceAt(const HostCall &call) {
  const Value *sequence = call.handle(0, INGOT_SEQUENCE);
  int64_t at;
  if (!sequence)
    return INGOT_RUN_INVALID_DATA;
  if (int32_t status = position(call, 1, sequence->length, sequence->length, at))
    return status;
  return call.give(0, sequence->items->data[at]);
}

int32_t sequenceInsert(const HostCall &call) {
  const Value *sequence = call.handle(0, INGOT_SEQUENCE);
  if (!sequence)
    return INGOT_RUN_INVALID_DATA;
  int64_t at = sequence->length;
  if (call.has(2))
    if (int32_t status = position(call, 2, sequence->length, sequence->length + 1, at))
      return status;
  int32_t type = call.operands[1].element_type;
  if (sequence->elementType != 0 && type != 0 && type != sequence->elementType)
    return call.invalid("an element of type %s into a sequence of %s", elementTypeName(type),
                        elementTypeName(sequence->elementType));
  Value *element = call.element(1);
  if (!element)
    return call.outOfMemory();
  Value *result;
  if (at == sequence->length) {
    result = append(call.context, *sequence, element);
  } else {
    result = newContainer(call.context, INGOT_SEQUENCE, sequence->length + 1);
    for (int64_t i = 0; result && i <= sequence->length; ++i)
      result->items->data[i] = i == at ? element : sequence->items->data[i < at ? i : i - 1];
  }
  if (!result)
    return call.outOfMemory();
  result->elementType = type;
  return call.give(0, result);
}

int32_t sequenceErase(const HostCall &call) {
  const Value *sequence = call.handle(0, INGOT_SEQUENCE);
  if (!sequence)
    return INGOT_RUN_INVALID_DATA;
  int64_t at = sequence->length - 1;
  if (call.has(1)) {
    if (int32_t status = position(call, 1, sequence->length, sequence->length, at))
      return status;
  } else if (at < 0) {
    return call.invalid("the sequence is empty");
  }
  Value *result = newContainer(call.context, INGOT_SEQUENCE, sequence->length - 1);
  if (!result)
    return call.outOfMemory();
  for (int64_t i = 0; i < result->length; ++i)
    result->items->data[i] = sequence->items->data[i < at ? i : i + 1];
  result->elementType = sequence->elementType;
  return call.give(0, result);
}

int32_t sequenceLength(const HostCall &call) {
  const Value *sequence = call.handle(0, INGOT_SEQUENCE);
  return sequence ? call.giveScalar(0, INGOT_INT64, sequence->length) : INGOT_RUN_INVALID_DATA;
}

} // namespace ingot::runtime

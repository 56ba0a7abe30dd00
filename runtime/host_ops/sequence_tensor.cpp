//===- sequence_tensor.cpp - one tensor from a sequence, and back ---------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "runtime/host_ops/host_ops.h"
#include <cstring>

namespace ingot::runtime {

static constexpr int32_t highestRank = 64;

static int64_t product(const int64_t *dims, int32_t begin, int32_t end) {
  int64_t count = 1;
  for (int32_t d = begin; d < end; ++d)
    count *= dims[d];
  return count;
}

/// The attribute `operand` as an axis in [0, rank).
static int32_t readAxis(const HostCall &call, int32_t operand, int32_t rank, int64_t &axis) {
  if (int32_t status = call.scalar(operand, axis))
    return status;
  if (axis < 0)
    axis += rank;
  if (axis < 0 || axis >= rank)
    return call.invalid("the axis is outside of rank %d", rank);
  return INGOT_OK;
}

static int32_t checkAlike(const HostCall &call, const Value &first, const Value &other,
                          int64_t exceptAxis) {
  if (!isTensor(other.kind) || other.elementType != first.elementType || other.rank != first.rank)
    return call.invalid("elements of different types or ranks");
  for (int32_t d = 0; d < first.rank; ++d)
    if (d != exceptAxis && other.dims[d] != first.dims[d])
      return call.context.message.set(
          INGOT_RUN_DIMENSION, "%s: dimension %d is %lld in one element and %lld in another",
          call.name, d, (long long)first.dims[d], (long long)other.dims[d]);
  return INGOT_OK;
}

int32_t concatFromSequence(const HostCall &call) {
  const Value *sequence = call.handle(0, INGOT_SEQUENCE);
  int64_t axis, newAxis;
  if (!sequence)
    return INGOT_RUN_INVALID_DATA;
  if (int32_t status = call.scalar(2, newAxis))
    return status;
  if (sequence->length == 0)
    return call.invalid("the sequence is empty");
  const Value &first = *sequence->items->data[0];
  if (!isTensor(first.kind) || first.rank >= highestRank)
    return call.invalid("the elements are no tensors");
  int32_t rank = first.rank + (newAxis ? 1 : 0);
  if (int32_t status = readAxis(call, 1, rank, axis))
    return status;
  int32_t bits = elementBits(first.elementType);
  if (bits < 8)
    return call.invalid("elements of type %s cannot be joined", elementTypeName(first.elementType));

  int64_t along = newAxis ? sequence->length : 0;
  for (int64_t i = 0; i < sequence->length; ++i) {
    const Value &element = *sequence->items->data[i];
    if (int32_t status = checkAlike(call, first, element, newAxis ? -1 : axis))
      return status;
    if (!newAxis && !add(along, element.dims[axis], along))
      return call.outOfMemory();
  }
  int64_t dims[highestRank];
  for (int32_t d = 0; d < rank; ++d)
    dims[d] = d == axis ? along : first.dims[newAxis && d > axis ? d - 1 : d];
  Value *result = call.newTensor(first.elementType, rank, dims);
  if (!result)
    return call.outOfMemory();
  // Each element is a block of columns of the result, whose rows are the dimensions before the
  // axis.
  int64_t rows = product(dims, 0, int32_t(axis));
  int64_t unit = product(dims, int32_t(axis) + 1, rank) * (bits / 8);
  auto *to = static_cast<char *>(result->data);
  for (int64_t i = 0; i < sequence->length; ++i) {
    const Value &element = *sequence->items->data[i];
    int64_t width = unit * (newAxis ? 1 : element.dims[axis]);
    auto *from = static_cast<const char *>(element.data);
    for (int64_t r = 0; width > 0 && r < rows; ++r)
      std::memcpy(to + r * unit * along, from + r * width, size_t(width));
    to += width;
  }
  return call.give(0, result);
}

/// How long the pieces are: `chunk` each and a shorter last one, or a list of lengths.
namespace {
struct Pieces {
  int64_t count, chunk;
  const ingot_tensor_view *lengths;

  int64_t length(int64_t i, int64_t total) const {
    if (!lengths)
      return total - i * chunk < chunk ? total - i * chunk : chunk;
    if (lengths->element_type == INGOT_INT64)
      return static_cast<const int64_t *>(lengths->data)[i];
    return static_cast<const int32_t *>(lengths->data)[i];
  }
};
} // namespace

static int32_t readPieces(const HostCall &call, int64_t total, Pieces &pieces) {
  pieces = {total, 1, nullptr};
  if (!call.has(1))
    return INGOT_OK;
  const ingot_tensor_view &split = call.operands[1];
  if (split.rank == 0) {
    if (int32_t status = call.scalar(1, pieces.chunk))
      return status;
    if (pieces.chunk <= 0)
      return call.invalid("pieces of length %lld", (long long)pieces.chunk);
    pieces.count = total / pieces.chunk + (total % pieces.chunk != 0);
    return INGOT_OK;
  }
  if (split.rank != 1 || (split.element_type != INGOT_INT64 && split.element_type != INGOT_INT32))
    return call.invalid("the lengths are no list of integers");
  pieces = {split.dims[0], 0, &split};
  int64_t sum = 0;
  for (int64_t i = 0; i < pieces.count; ++i) {
    int64_t length = pieces.length(i, total);
    if (length < 0 || !add(sum, length, sum))
      return call.invalid("a piece of length %lld", (long long)length);
  }
  if (sum != total)
    return call.invalid("the pieces add up to %lld of %lld", (long long)sum, (long long)total);
  return INGOT_OK;
}

int32_t splitToSequence(const HostCall &call) {
  const ingot_tensor_view &input = call.operands[0];
  int32_t bits = elementBits(input.element_type);
  int64_t axis, keepDims;
  if (bits < 8 || input.rank > highestRank)
    return call.invalid("a tensor of %s cannot be split", elementTypeName(input.element_type));
  if (int32_t status = readAxis(call, 2, input.rank, axis))
    return status;
  if (int32_t status = call.scalar(3, keepDims))
    return status;
  Pieces pieces;
  if (int32_t status = readPieces(call, input.dims[axis], pieces))
    return status;
  bool drop = !keepDims && !call.has(1); // only a split into single rows can lose the axis
  Value *sequence = newContainer(call.context, INGOT_SEQUENCE, pieces.count);
  if (!sequence)
    return call.outOfMemory();
  sequence->elementType = input.element_type;

  int64_t dims[highestRank], dropped[highestRank];
  for (int32_t d = 0; d < input.rank; ++d) {
    dims[d] = input.dims[d];
    if (d != axis)
      dropped[d < axis ? d : d - 1] = input.dims[d];
  }
  int64_t rows = product(input.dims, 0, int32_t(axis));
  int64_t unit = product(input.dims, int32_t(axis) + 1, input.rank) * (bits / 8);
  auto *from = static_cast<const char *>(input.data);
  for (int64_t i = 0; i < pieces.count; ++i) {
    dims[axis] = pieces.length(i, input.dims[axis]);
    Value *piece = drop ? call.newTensor(input.element_type, input.rank - 1, dropped)
                        : call.newTensor(input.element_type, input.rank, dims);
    if (!piece)
      return call.outOfMemory();
    int64_t width = dims[axis] * unit;
    for (int64_t r = 0; width > 0 && r < rows; ++r)
      std::memcpy(static_cast<char *>(piece->data) + r * width, from + r * unit * input.dims[axis],
                  size_t(width));
    from += width;
    sequence->items->data[i] = piece;
  }
  return call.give(0, sequence);
}

} // namespace ingot::runtime

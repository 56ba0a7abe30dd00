//===- table.cpp - the names of host operations, and what they take and give ----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "runtime/host_ops/host_ops.h"
#include <cstdarg>
#include <cstdio>
#include <cstring>

namespace ingot::runtime {

namespace {
struct Row {
  const char *name;
  HostOp function;
  int32_t fewestOperands, mostOperands, results;
};
} // namespace

// T: tensor, S: string tensor, Q: sequence, M: map, O: optional, i: integer scalar, ?: may be
// absent (element_type 0, data NULL). Attributes come last. Semantics are those of the ONNX
// operator that the name recalls.
static constexpr Row rows[] = {
    {"concat_from_sequence", concatFromSequence, 3, 3, 1}, // Q, i axis, i new_axis -> T
    {"dict_vectorizer", dictVectorizer, 2, 2, 1},          // M, T or S vocabulary -> T [1, C]
    {"label_encoder", labelEncoder, 4, 4, 1},      // T|S, keys [N], values [N], default -> T|S
    {"map_keys", mapKeys, 1, 1, 1},                // M -> T|S [N]
    {"map_make", mapMake, 2, 2, 1},                // T|S keys [N], T|S|Q values -> M
    {"map_values", mapValues, 1, 1, 1},            // M -> T|S [N] or Q
    {"ngram_counts", ngramCounts, 8, 8, 1},        // T tokens [C] or [N, C], then of ngrams.cpp's
                                                   // tree T first, T tokens, T columns; i least
                                                   // and i most tokens, i skips, i width -> T
    {"optional_empty", optionalEmpty, 0, 0, 1},    // -> O
    {"optional_get", optionalGet, 1, 1, 1},        // O -> what it holds
    {"optional_has", optionalHas, 1, 1, 1},        // O -> bool scalar
    {"optional_make", optionalMake, 1, 1, 1},      // anything -> O
    {"regex_full_match", regexFullMatch, 2, 2, 1}, // S, S pattern (scalar) -> bool T
    {"require", require, 3, 3, 1},                 // bool scalar, i what it must be, anything -> it
    {"sequence_at", sequenceAt, 2, 2, 1},          // Q, i position -> what it holds
    {"sequence_construct", sequenceConstruct, 1, INT32_MAX, 1}, // anything… -> Q
    {"sequence_empty", sequenceEmpty, 0, 1, 1},                 // i? element type -> Q
    {"sequence_erase", sequenceErase, 1, 2, 1},                 // Q, i? position -> Q
    {"sequence_insert", sequenceInsert, 2, 3, 1},               // Q, anything, i? position -> Q
    {"sequence_length", sequenceLength, 1, 1, 1},               // Q -> int64 scalar
    {"split_to_sequence", splitToSequence, 4, 4, 1},   // T, T? split, i axis, i keepdims -> Q
    {"string_concat", stringConcat, 2, 2, 1},          // S, S -> S, broadcast
    {"string_equal", stringEqual, 2, 2, 1},            // S, S -> bool T, broadcast
    {"string_from_number", stringFromNumber, 1, 1, 1}, // T -> S
    {"string_normalizer", stringNormalizer, 4, 4, 1},  // S [C] or [1, C], S action (scalar: NONE,
                                                       // LOWER, UPPER), i case sensitive, S?
                                                       // stopwords [N] -> S
    {"string_split", stringSplit, 3, 3, 2},            // S, S? delimiter (scalar), i? maxsplit
                                                       // -> S [..., n], int64 T counts
    {"string_to_number", stringToNumber, 1, 1, 1},     // S -> T of the result's element type
    {"zip_map", zipMap, 2, 2, 1},                      // T [N, C], T|S keys [C] -> Q of M
};

int32_t callHostOp(ingot_context &context, const char *name, const ingot_tensor_view *operands,
                   int32_t operandCount, ingot_tensor_view *results, int32_t resultCount) {
  for (const Row &row : rows) {
    if (std::strcmp(row.name, name) != 0)
      continue;
    if (operandCount < row.fewestOperands || operandCount > row.mostOperands ||
        resultCount != row.results)
      return context.message.set(INGOT_RUN_FAILED,
                                 "host operation %s was called with %d operands and %d results",
                                 name, operandCount, resultCount);
    return row.function({context, name, operands, operandCount, results, resultCount});
  }
  return context.message.set(INGOT_RUN_FAILED, "this runtime has no host operation '%.80s'", name);
}

int64_t HostCall::count(int32_t i) const {
  int64_t count = 1;
  for (int32_t d = 0; d < operands[i].rank; ++d)
    count *= operands[i].dims[d];
  return count;
}

const Value *HostCall::handle(int32_t i, int32_t kind) const {
  auto *value = isHandle(i) ? static_cast<const Value *>(operands[i].data) : nullptr;
  if (value && value->kind == kind)
    return value;
  invalid("operand %d is not a %s", i, kindName(kind));
  return nullptr;
}

const ingot_tensor_view *HostCall::tensor(int32_t i, int32_t elementType) const {
  if (operands[i].element_type == elementType)
    return &operands[i];
  invalid("operand %d has elements of type %s, but needs %s", i,
          elementTypeName(operands[i].element_type), elementTypeName(elementType));
  return nullptr;
}

int32_t HostCall::scalar(int32_t i, int64_t &value) const {
  const ingot_tensor_view &operand = operands[i];
  if (operand.element_type == 0 || count(i) != 1)
    return invalid("operand %d is not a scalar", i);
  int32_t narrow;
  switch (operand.element_type) {
  case INGOT_INT64:
    std::memcpy(&value, operand.data, 8);
    return INGOT_OK;
  case INGOT_INT32:
    std::memcpy(&narrow, operand.data, 4);
    value = narrow;
    return INGOT_OK;
  case INGOT_BOOL:
    value = *static_cast<const unsigned char *>(operand.data) != 0;
    return INGOT_OK;
  }
  return invalid("operand %d is not an integer", i);
}

Value *HostCall::element(int32_t i) const {
  if (isHandle(i))
    return static_cast<Value *>(operands[i].data);
  return copyTensor(context, operands[i]);
}

void *HostCall::allocate(int64_t bytes) const {
  void *memory = context.allocateResult(bytes);
  if (!memory)
    outOfMemory();
  return memory;
}

Value *HostCall::newTensor(int32_t elementType, int32_t rank, const int64_t *dims) const {
  return runtime::newTensor(context, elementType, rank, dims);
}

int32_t HostCall::give(int32_t i, const Value *value) const {
  if (!value)
    return outOfMemory();
  ingot_tensor_view &result = results[i];
  bool tensor = isTensor(value->kind);
  if (result.element_type != (tensor ? value->elementType : 0))
    return invalid("gives %s, but the model expects %s",
                   tensor ? elementTypeName(value->elementType) : kindName(value->kind),
                   result.element_type ? elementTypeName(result.element_type) : "a handle");
  if (!tensor) {
    result.data = const_cast<Value *>(value);
    result.dims = nullptr;
    result.rank = 0;
    return INGOT_OK;
  }
  if (result.rank >= 0 && result.rank != value->rank)
    return context.message.set(INGOT_RUN_DIMENSION,
                               "%s gives a tensor of rank %d, but the model expects rank %d", name,
                               value->rank, result.rank);
  result.data = value->data;
  result.dims = value->dims;
  result.rank = value->rank;
  return INGOT_OK;
}

int32_t HostCall::giveScalar(int32_t i, int32_t elementType, int64_t scalar) const {
  Value *value = newTensor(elementType, 0, nullptr);
  if (!value)
    return outOfMemory();
  if (elementType == INGOT_BOOL)
    *static_cast<unsigned char *>(value->data) = scalar != 0;
  else
    std::memcpy(value->data, &scalar, 8);
  return give(i, value);
}

int32_t HostCall::outOfMemory() const {
  return context.message.set(INGOT_RUN_OUT_OF_MEMORY, "out of memory in %s", name);
}

int32_t HostCall::invalid(const char *format, ...) const {
  char text[256];
  va_list arguments;
  va_start(arguments, format);
  int length = std::vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  return context.message.set(INGOT_RUN_INVALID_DATA, "%s: %s", name, length < 0 ? "" : text);
}

} // namespace ingot::runtime

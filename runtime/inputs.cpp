//===- inputs.cpp - what the caller passes in, checked against the model --------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "runtime/context.h"
#include "runtime/value.h"
#include <cstring>

namespace ingot::runtime {

/// Kind, element type and rank, and that nothing is missing which the later checks read. `name` is
/// the input's, also for what lies inside it.
static int32_t checkType(Message &message, const char *name, const ingot_port &port,
                         const ingot_value &value) {
  if (value.struct_bytes != sizeof(ingot_value))
    return message.set(INGOT_INVALID_ARGUMENT,
                       "input '%.80s': struct_bytes is %u, set it to sizeof(struct ingot_value)",
                       name, value.struct_bytes);
  if (value.kind != port.kind)
    return message.set(INGOT_WRONG_KIND, "input '%.80s' is a %s, but got a %s", name,
                       kindName(port.kind), kindName(value.kind));
  if (isTensor(port.kind) && value.element_type != port.element_type)
    return message.set(INGOT_WRONG_ELEMENT_TYPE,
                       "input '%.80s' has elements of type %s, but got %s", name,
                       elementTypeName(port.element_type), elementTypeName(value.element_type));
  int32_t rank = isTensor(port.kind) ? port.rank : port.kind == INGOT_MAP ? 0 : 1;
  if (value.rank < 0 || (rank >= 0 && value.rank != rank))
    return message.set(INGOT_WRONG_RANK, "input '%.80s' has rank %d, but got %d", name, rank,
                       value.rank);
  if (value.rank > 0 && !value.dims)
    return message.set(INGOT_INVALID_ARGUMENT, "input '%.80s': dims is NULL", name);
  for (int32_t i = 0; i < value.rank; ++i)
    if (value.dims[i] < 0)
      return message.set(INGOT_WRONG_DIMENSION, "input '%.80s': dimension %d is %lld", name, i,
                         (long long)value.dims[i]);
  return INGOT_OK;
}

static int32_t checkBytes(Message &message, const char *name, const ingot_value &value) {
  int64_t need = ingot_tensor_bytes(value.element_type, value.rank, value.dims);
  if (need < 0)
    return message.set(INGOT_WRONG_DIMENSION, "input '%.80s' would have more than 2^63 bytes",
                       name);
  if (value.bytes < need)
    return message.set(INGOT_BUFFER_TOO_SMALL,
                       "input '%.80s' needs %lld bytes, but the buffer has %lld", name,
                       (long long)need, (long long)value.bytes);
  if (need > 0 && !value.data)
    return message.set(INGOT_INVALID_ARGUMENT, "input '%.80s': data is NULL", name);
  if (value.kind != INGOT_STRING_TENSOR)
    return INGOT_OK;
  if (reinterpret_cast<uintptr_t>(value.data) % alignof(ingot_string))
    return message.set(INGOT_MISALIGNED, "input '%.80s': an array of strings must be aligned",
                       name);
  auto *strings = static_cast<const ingot_string *>(value.data);
  for (int64_t i = 0; i < need / int64_t(sizeof(ingot_string)); ++i)
    if (strings[i].bytes < 0 || (strings[i].bytes > 0 && !strings[i].data))
      return message.set(INGOT_INVALID_ARGUMENT, "input '%.80s': string %lld is NULL", name,
                         (long long)i);
  return INGOT_OK;
}

static int32_t checkNested(Message &message, const char *name, const ingot_port &port,
                           const ingot_value &value);

static int32_t checkMap(Message &message, const char *name, const ingot_port &port,
                        const ingot_value &value) {
  auto *parts = static_cast<const ingot_value *>(value.data);
  for (int part = 0; part < 2; ++part)
    if (int32_t status = checkNested(message, name, mapPart(port, part), parts[part]))
      return status;
  if (parts[0].dims[0] != parts[1].dims[0])
    return message.set(INGOT_WRONG_DIMENSION, "input '%.80s' has %lld keys and %lld values", name,
                       (long long)parts[0].dims[0], (long long)parts[1].dims[0]);
  return INGOT_OK;
}

/// All of a value that lies in a sequence, map or optional, and these themselves.
static int32_t checkNested(Message &message, const char *name, const ingot_port &port,
                           const ingot_value &value) {
  if (int32_t status = checkType(message, name, port, value))
    return status;
  if (isTensor(port.kind)) {
    for (int32_t i = 0; port.dims && i < port.rank; ++i)
      if (port.dims[i] >= 0 && port.dims[i] != value.dims[i])
        return message.set(INGOT_WRONG_DIMENSION,
                           "input '%.80s' holds tensors whose dimension %d is %lld, but got %lld",
                           name, i, (long long)port.dims[i], (long long)value.dims[i]);
    return checkBytes(message, name, value);
  }
  if (port.kind == INGOT_OPTIONAL && value.dims[0] > 1)
    return message.set(INGOT_WRONG_DIMENSION, "input '%.80s': an optional holds %lld values", name,
                       (long long)value.dims[0]);
  int64_t count = port.kind == INGOT_MAP ? 2 : value.dims[0];
  int64_t need;
  if (!multiply(count, int64_t(sizeof(ingot_value)), need) || value.bytes < need)
    return message.set(INGOT_BUFFER_TOO_SMALL,
                       "input '%.80s': bytes is %lld, too few for %lld values", name,
                       (long long)value.bytes, (long long)count);
  if (need > 0 && !value.data)
    return message.set(INGOT_INVALID_ARGUMENT, "input '%.80s': data is NULL", name);
  if (port.kind == INGOT_MAP)
    return checkMap(message, name, port, value);
  auto *elements = static_cast<const ingot_value *>(value.data);
  for (int64_t i = 0; i < count; ++i)
    if (int32_t status = checkNested(message, name, *port.element, elements[i]))
      return status;
  return INGOT_OK;
}

namespace {
/// The dimensions of an input, be it the caller's or a state's.
struct Dims {
  const ingot_port *port;
  const int64_t *dims;
};

class Binder {
public:
  explicit Binder(Call &call) : call(call), message(call.context.message) {}
  int32_t run(bool needData);

private:
  int32_t checkPort(const ingot_port &port, const ingot_value &value, bool needData);
  int32_t readElement(const ingot_symbol &symbol, int64_t &value);
  int32_t bind(int32_t number);
  int32_t compare(const Dims &input, int32_t dim);
  const ingot_value *passed(int32_t input) const;
  Dims dimsOf(int32_t input) const;
  void describe(const ingot_symbol &symbol, char *text, size_t bytes) const;

  Call &call;
  Message &message;
};
} // namespace

/// The caller's value for an input port, null for a state.
const ingot_value *Binder::passed(int32_t input) const {
  if (!isPassed(call.entry.inputs[input]))
    return nullptr;
  int32_t at = 0;
  for (int32_t i = 0; i < input; ++i)
    at += isPassed(call.entry.inputs[i]);
  return &call.inputs[at];
}

Dims Binder::dimsOf(int32_t input) const {
  const ingot_port &port = call.entry.inputs[input];
  if (const ingot_value *value = passed(input))
    return {&port, value->dims};
  return {&port, call.context.states[port.state].dims.data};
}

int32_t Binder::checkPort(const ingot_port &port, const ingot_value &value, bool needData) {
  if (!isTensor(port.kind))
    return needData ? checkNested(message, port.name, port, value)
                    : checkType(message, port.name, port, value);
  if (int32_t status = checkType(message, port.name, port, value))
    return status;
  for (int32_t i = 0; i < port.rank; ++i)
    if (port.dims[i] >= 0 && port.dims[i] != value.dims[i])
      return message.set(INGOT_WRONG_DIMENSION,
                         "input '%.80s' has %lld as dimension %d, but got %lld", port.name,
                         (long long)port.dims[i], i, (long long)value.dims[i]);
  return needData ? checkBytes(message, port.name, value) : INGOT_OK;
}

/// "input 'ids', dimension 1" or "input 'shape', element 3".
void Binder::describe(const ingot_symbol &symbol, char *text, size_t bytes) const {
  Message description;
  description.set(0, "input '%.80s', %s %lld", call.entry.inputs[symbol.input].name,
                  symbol.source == INGOT_SOURCE_DIM ? "dimension" : "element",
                  (long long)symbol.index);
  description.copyTo(text, int64_t(bytes));
}

/// A symbol that is an element of a small integer tensor.
int32_t Binder::readElement(const ingot_symbol &symbol, int64_t &value) {
  const char *name = call.entry.inputs[symbol.input].name;
  const ingot_value &from = *passed(symbol.input);
  if (int32_t status = checkBytes(message, name, from))
    return status;
  int64_t size = from.element_type == INGOT_INT64 ? 8 : 4;
  int64_t count = ingot_tensor_bytes(from.element_type, from.rank, from.dims) / size;
  if (symbol.index >= count)
    return message.set(INGOT_WRONG_DIMENSION,
                       "input '%.80s': element %lld is needed, but there are only %lld", name,
                       (long long)symbol.index, (long long)count);
  const char *at = static_cast<const char *>(from.data) + symbol.index * size;
  if (size == 8) {
    std::memcpy(&value, at, 8);
  } else {
    int32_t narrow;
    std::memcpy(&narrow, at, 4);
    value = narrow;
  }
  return INGOT_OK;
}

/// Reads a symbol from its source and checks its bounds.
int32_t Binder::bind(int32_t number) {
  const ingot_symbol &symbol = call.entry.symbols[number];
  int64_t &value = call.record.symbols[number];
  if (symbol.source == INGOT_SOURCE_DIM)
    value = dimsOf(symbol.input).dims[symbol.index];
  else if (int32_t status = readElement(symbol, value))
    return status;
  if (value >= symbol.min && value <= symbol.max)
    return INGOT_OK;
  char where[128];
  describe(symbol, where, sizeof where);
  bool below = value < symbol.min;
  return message.set(INGOT_OUT_OF_BOUNDS, "%s ('%.80s') must be at %s %lld, but is %lld", where,
                     symbol.name, below ? "least" : "most",
                     (long long)(below ? symbol.min : symbol.max), (long long)value);
}

int32_t Binder::compare(const Dims &input, int32_t dim) {
  int64_t number = -1 - input.port->dims[dim];
  int64_t expected = call.record.symbols[number];
  if (input.dims[dim] == expected)
    return INGOT_OK;
  const ingot_symbol &symbol = call.entry.symbols[number];
  char where[128];
  describe(symbol, where, sizeof where);
  return message.set(INGOT_DIMENSION_CONFLICT,
                     "input '%.80s', dimension %d is %lld, but %s is %lld (both are '%.80s')",
                     input.port->name, dim, (long long)input.dims[dim], where, (long long)expected,
                     symbol.name);
}

int32_t Binder::run(bool needData) {
  const ingot_entry &entry = call.entry;
  int32_t at = 0;
  for (int32_t i = 0; i < entry.input_count; ++i)
    if (isPassed(entry.inputs[i]))
      if (int32_t status = checkPort(entry.inputs[i], call.inputs[at++], needData))
        return status;
  for (int32_t i = 0; i < entry.symbol_count; ++i)
    if (int32_t status = bind(i))
      return status;
  at = 0;
  for (int32_t i = 0; i < entry.input_count; ++i) {
    const ingot_port &port = entry.inputs[i];
    const int64_t *dims =
        isPassed(port) ? call.inputs[at++].dims : call.context.states[port.state].dims.data;
    if (!isTensor(port.kind))
      continue;
    for (int32_t dim = 0; dim < port.rank; ++dim)
      if (port.dims[dim] < 0)
        if (int32_t status = compare({&port, dims}, dim))
          return status;
  }
  return INGOT_OK;
}

int32_t bindInputs(Call &call, bool needData) { return Binder(call).run(needData); }

/// The memory that a program reads for one tensor: the caller's, or a copy when its address has
/// less than the alignment that the program counts on.
static void *readable(Call &call, const ingot_port &port, const ingot_value &value) {
  int64_t bytes = ingot_tensor_bytes(value.element_type, value.rank, value.dims);
  if (bytes == 0)
    return emptyBuffer;
  if (port.alignment <= 1 ||
      reinterpret_cast<uintptr_t>(value.data) % uintptr_t(port.alignment) == 0)
    return value.data;
  void *copy = call.context.work.allocate(call.context.allocator, bytes);
  if (copy)
    std::memcpy(copy, value.data, size_t(bytes));
  return copy;
}

int32_t prepareInputs(Call &call) {
  const ingot_entry &entry = call.entry;
  int32_t at = 0;
  for (int32_t i = 0; i < entry.input_count; ++i) {
    const ingot_port &port = entry.inputs[i];
    void *&pointer = call.record.inputs[i];
    if (!isPassed(port)) {
      StateRecord &state = call.context.states[port.state];
      pointer = state.bytes ? state.buffers[state.current] : emptyBuffer;
      continue;
    }
    const ingot_value &value = call.inputs[at++];
    pointer =
        isTensor(port.kind) ? readable(call, port, value) : importValue(call.context, port, value);
    if (!pointer)
      return call.context.message.set(INGOT_OUT_OF_MEMORY, "out of memory for input '%.80s'",
                                      port.name);
  }
  return INGOT_OK;
}

} // namespace ingot::runtime

//===- outputs.cpp - what the caller gets back ----------------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "runtime/context.h"
#include "runtime/value.h"
#include <cstring>

namespace ingot::runtime {

/// The dimensions of all outputs as far as the inputs tell, into the record and its slots.
static int32_t computeDims(Call &call) {
  const ingot_entry &entry = call.entry;
  EntryRecord &record = call.record;
  Message &message = call.context.message;
  bool computed = entry.output_dims != nullptr;
  if (computed && entry.output_dims(record.symbols.data, record.outputDims.data) != INGOT_OK)
    return message.set(INGOT_OUT_OF_BOUNDS, "a dimension of the outputs is negative or above 2^63");
  int64_t *dims = record.outputDims.data;
  for (int32_t i = 0; i < entry.output_count; ++i) {
    const ingot_port &port = entry.outputs[i];
    OutputSlot &slot = record.slots[i];
    slot = OutputSlot();
    if (!isTensor(port.kind))
      continue;
    slot.rank = port.rank;
    slot.dims = dims;
    slot.born = port.rank < 0;
    for (int32_t d = 0; d < port.rank; ++d, ++dims) {
      if (!computed)
        *dims = port.dims[d] < 0 && port.dims[d] != INGOT_DIM_BORN
                    ? record.symbols[-1 - port.dims[d]]
                    : port.dims[d];
      slot.born |= *dims == INGOT_DIM_BORN;
      if (*dims < 0 && *dims != INGOT_DIM_BORN)
        return message.set(INGOT_OUT_OF_BOUNDS, "output '%.80s': dimension %d would be %lld",
                           port.name, d, (long long)*dims);
    }
    if (slot.born)
      continue;
    slot.bytes = ingot_tensor_bytes(port.element_type, slot.rank, slot.dims);
    if (slot.bytes < 0)
      return message.set(INGOT_OUT_OF_BOUNDS, "output '%.80s' would have more than 2^63 bytes",
                         port.name);
  }
  return INGOT_OK;
}

static int32_t checkDims(Message &message, const char *name, int32_t status, int32_t rank,
                         const int64_t *dims, const ingot_value &value) {
  if (!value.dims)
    return INGOT_OK;
  if (value.rank != rank)
    return message.set(status == INGOT_OK ? INGOT_WRONG_RANK : status,
                       "output '%.80s' has rank %d, but the caller expects %d", name, rank,
                       value.rank);
  for (int32_t i = 0; i < rank; ++i)
    if (dims[i] != INGOT_DIM_BORN && value.dims[i] != dims[i])
      return message.set(status == INGOT_OK ? INGOT_WRONG_DIMENSION : status,
                         "output '%.80s', dimension %d is %lld, but the caller expects %lld", name,
                         i, (long long)dims[i], (long long)value.dims[i]);
  return INGOT_OK;
}

static int32_t checkValue(Call &call, const ingot_port &port, const OutputSlot &slot,
                          const ingot_value &value) {
  Message &message = call.context.message;
  if (value.struct_bytes != sizeof(ingot_value))
    return message.set(INGOT_INVALID_ARGUMENT,
                       "output '%.80s': struct_bytes is %u, set it to sizeof(struct ingot_value)",
                       port.name, value.struct_bytes);
  if (value.kind != 0 && value.kind != port.kind)
    return message.set(INGOT_WRONG_KIND, "output '%.80s' is a %s, but the caller expects a %s",
                       port.name, kindName(port.kind), kindName(value.kind));
  if (!isTensor(port.kind))
    return value.data ? message.set(INGOT_INVALID_ARGUMENT,
                                    "output '%.80s' is a %s: its data must be NULL", port.name,
                                    kindName(port.kind))
                      : INGOT_OK;
  if (value.element_type != 0 && value.element_type != port.element_type)
    return message.set(INGOT_WRONG_ELEMENT_TYPE,
                       "output '%.80s' has elements of type %s, but the caller expects %s",
                       port.name, elementTypeName(port.element_type),
                       elementTypeName(value.element_type));
  if (port.rank >= 0)
    if (int32_t status = checkDims(message, port.name, INGOT_OK, slot.rank, slot.dims, value))
      return status;
  if (!value.data)
    return INGOT_OK;
  if (value.bytes < (slot.born ? 0 : slot.bytes))
    return message.set(INGOT_BUFFER_TOO_SMALL,
                       "output '%.80s' needs %lld bytes, but the buffer has %lld", port.name,
                       (long long)slot.bytes, (long long)value.bytes);
  if (port.kind == INGOT_STRING_TENSOR &&
      reinterpret_cast<uintptr_t>(value.data) % alignof(ingot_string))
    return message.set(INGOT_MISALIGNED, "output '%.80s': an array of strings must be aligned",
                       port.name);
  return INGOT_OK;
}

/// A growing state must still fit its capacity.
static int32_t checkState(Call &call, const ingot_port &port, const OutputSlot &slot) {
  const ingot_state &state = call.context.model->states[port.state];
  for (int32_t d = 0; d < state.rank; ++d) {
    if (d == state.axis ? slot.dims[d] >= 0 && slot.dims[d] <= state.dims[d]
                        : slot.dims[d] == state.dims[d])
      continue;
    return call.context.message.set(
        INGOT_OUT_OF_BOUNDS, "state '%.80s' has room for %lld along dimension %d, but needs %lld",
        state.name, (long long)state.dims[d], d, (long long)slot.dims[d]);
  }
  return INGOT_OK;
}

static bool meet(const void *a, int64_t aBytes, const void *b, int64_t bBytes) {
  auto x = reinterpret_cast<uintptr_t>(a), y = reinterpret_cast<uintptr_t>(b);
  return aBytes > 0 && bBytes > 0 && x < y + uint64_t(bBytes) && y < x + uint64_t(aBytes);
}

/// Whether memory overlaps anything that a checked input value is made of, strings included.
static bool meetsValue(const void *data, int64_t bytes, const ingot_value &value) {
  if (value.kind == INGOT_TENSOR || value.kind == INGOT_STRING_TENSOR) {
    int64_t used = ingot_tensor_bytes(value.element_type, value.rank, value.dims);
    if (meet(data, bytes, value.data, used))
      return true;
    auto *strings = static_cast<const ingot_string *>(value.data);
    if (value.kind == INGOT_STRING_TENSOR)
      for (int64_t i = 0; i < used / int64_t(sizeof(ingot_string)); ++i)
        if (meet(data, bytes, strings[i].data, strings[i].bytes))
          return true;
    return false;
  }
  int64_t count = value.kind == INGOT_MAP ? 2 : value.dims[0];
  auto *elements = static_cast<const ingot_value *>(value.data);
  for (int64_t i = 0; i < count; ++i)
    if (meetsValue(data, bytes, elements[i]))
      return true;
  return meet(data, bytes, value.data, count * int64_t(sizeof(ingot_value)));
}

static const char *passedName(const ingot_port *ports, int32_t number) {
  for (;; ++ports)
    if (isPassed(*ports) && number-- == 0)
      return ports->name;
}

/// The caller's buffer number `number` against all inputs and all outputs before it.
static int32_t checkOverlap(Call &call, int32_t number, const int64_t *written) {
  Message &message = call.context.message;
  const void *data = call.outputs[number].data;
  int64_t bytes = written[number];
  for (int32_t i = 0; i < call.inputCount; ++i)
    if (meetsValue(data, bytes, call.inputs[i]))
      return message.set(INGOT_OVERLAP, "output '%.80s' overlaps input '%.80s' in memory",
                         passedName(call.entry.outputs, number), passedName(call.entry.inputs, i));
  for (int32_t i = 0; i < number; ++i)
    if (meet(data, bytes, call.outputs[i].data, written[i]))
      return message.set(INGOT_OVERLAP, "output '%.80s' overlaps output '%.80s' in memory",
                         passedName(call.entry.outputs, number), passedName(call.entry.outputs, i));
  return INGOT_OK;
}

int32_t checkOutputs(Call &call) {
  if (int32_t status = computeDims(call))
    return status;
  const ingot_entry &entry = call.entry;
  EntryRecord &record = call.record;
  int64_t *written = record.written.data; // bytes that the program may write to each
  int32_t at = 0;
  for (int32_t i = 0; i < entry.output_count; ++i) {
    const ingot_port &port = entry.outputs[i];
    OutputSlot &slot = record.slots[i];
    if (!isPassed(port)) {
      if (int32_t status = checkState(call, port, slot))
        return status;
      continue;
    }
    const ingot_value &value = call.outputs[at];
    if (int32_t status = checkValue(call, port, slot, value))
      return status;
    slot.provided = value.data != nullptr;
    written[at] = !slot.provided ? 0 : slot.born ? value.bytes : slot.bytes;
    if (slot.provided)
      if (int32_t status = checkOverlap(call, at, written))
        return status;
    ++at;
  }
  return INGOT_OK;
}

int32_t describeOutputs(Call &call) {
  if (int32_t status = computeDims(call))
    return status;
  ingot_context &context = call.context;
  context.queried.reset(context.allocator);
  int64_t *dims = static_cast<int64_t *>(
      context.queried.allocate(context.allocator, call.record.outputDims.size * 8));
  if (!dims)
    return context.message.set(INGOT_OUT_OF_MEMORY, "out of memory");
  int32_t at = 0;
  for (int32_t i = 0; i < call.entry.output_count; ++i) {
    const ingot_port &port = call.entry.outputs[i];
    const OutputSlot &slot = call.record.slots[i];
    if (!isPassed(port)) {
      dims += slot.rank > 0 ? slot.rank : 0;
      continue;
    }
    ingot_value &value = call.outputs[at++];
    value.struct_bytes = sizeof(ingot_value);
    value.kind = port.kind;
    value.element_type = isTensor(port.kind) ? port.element_type : 0;
    value.rank = isTensor(port.kind) ? port.rank : port.kind == INGOT_MAP ? 0 : -1;
    value.dims = value.rank > 0 ? dims : nullptr;
    value.bytes = !isTensor(port.kind) || slot.born ? -1 : slot.bytes;
    for (int32_t d = 0; d < slot.rank; ++d)
      *dims++ = slot.dims[d] == INGOT_DIM_BORN ? -1 : slot.dims[d];
  }
  return INGOT_OK;
}

/// Where the program writes a tensor of `slot.bytes` bytes: the caller's buffer, memory that is
/// copied there at the end, or the context's. False without memory.
static bool placeOutput(Call &call, const ingot_port &port, OutputSlot &slot,
                        const ingot_value &value) {
  ingot_context &context = call.context;
  if (slot.bytes == 0) {
    slot.data = emptyBuffer;
  } else if (!slot.provided) {
    slot.data = context.allocateResult(slot.bytes);
  } else if (port.alignment > 1 &&
             reinterpret_cast<uintptr_t>(value.data) % uintptr_t(port.alignment)) {
    slot.copyTo = value.data;
    slot.data = context.allocateResult(slot.bytes);
  } else {
    slot.data = value.data;
  }
  return slot.data;
}

static ingot_value *callersValue(Call &call, int32_t output) {
  int32_t at = 0;
  for (int32_t i = 0; i < output; ++i)
    at += isPassed(call.entry.outputs[i]);
  return &call.outputs[at];
}

int32_t prepareOutputs(Call &call) {
  ingot_context &context = call.context;
  EntryRecord &record = call.record;
  auto *dims = static_cast<int64_t *>(context.allocateResult(record.outputDims.size * 8));
  bool placed = dims != nullptr;
  int32_t at = 0;
  for (int32_t i = 0; placed && i < call.entry.output_count; ++i) {
    const ingot_port &port = call.entry.outputs[i];
    OutputSlot &slot = record.slots[i];
    if (slot.rank > 0) {
      std::memcpy(dims, slot.dims, size_t(slot.rank) * 8);
      slot.dims = dims;
      dims += slot.rank;
    }
    if (!isPassed(port)) {
      StateRecord &state = context.states[port.state];
      bool inPlace = context.model->states[port.state].flags & INGOT_STATE_IN_PLACE;
      slot.data =
          state.bytes ? state.buffers[inPlace ? state.current : 1 - state.current] : emptyBuffer;
      record.outputs[i] = slot.data;
      continue;
    }
    const ingot_value &value = call.outputs[at++];
    if (!isTensor(port.kind)) {
      slot.data = nullptr; // the program stores a handle here
      record.outputs[i] = &slot.data;
      continue;
    }
    if (!slot.born)
      placed = placeOutput(call, port, slot, value);
    record.outputs[i] = slot.data;
  }
  return placed ? INGOT_OK
                : context.message.set(INGOT_OUT_OF_MEMORY, "out of memory for the outputs");
}

void *provideOutput(Call &call, int32_t index, int32_t rank, const int64_t *dims) {
  ingot_context &context = call.context;
  Message &message = context.message;
  if (index < 0 || index >= call.entry.output_count || !call.record.slots[index].born ||
      call.record.slots[index].data || rank < 0) {
    message.set(INGOT_RUN_FAILED, "the program asked for an output %d that it does not have",
                index);
    return nullptr;
  }
  const ingot_port &port = call.entry.outputs[index];
  OutputSlot &slot = call.record.slots[index];
  slot.bytes = ingot_tensor_bytes(port.element_type, rank, dims);
  auto *kept = static_cast<int64_t *>(context.allocateResult(int64_t(rank) * 8));
  if (slot.bytes < 0 || !kept) {
    message.set(INGOT_RUN_OUT_OF_MEMORY, "out of memory for output '%.80s'", port.name);
    return nullptr;
  }
  if (rank > 0)
    std::memcpy(kept, dims, size_t(rank) * 8);
  slot.dims = kept;
  slot.rank = rank;
  ingot_value &value = *callersValue(call, index);
  if (checkDims(message, port.name, INGOT_RUN_DIMENSION, rank, dims, value))
    return nullptr;
  if (slot.provided && value.bytes < slot.bytes) {
    message.set(INGOT_RUN_BUFFER_TOO_SMALL,
                "output '%.80s' needs %lld bytes, but the buffer has %lld", port.name,
                (long long)slot.bytes, (long long)value.bytes);
    return nullptr;
  }
  if (!placeOutput(call, port, slot, value))
    message.set(INGOT_RUN_OUT_OF_MEMORY, "out of memory for output '%.80s' of %lld bytes",
                port.name, (long long)slot.bytes);
  return slot.data;
}

/// Results that the program left elsewhere, brought to where the caller looks for them.
static int32_t completeOutput(Call &call, const ingot_port &port, OutputSlot &slot) {
  Message &message = call.context.message;
  if (!slot.data)
    return message.set(INGOT_RUN_FAILED, "the program did not make output '%.80s'", port.name);
  if (port.kind == INGOT_STRING_TENSOR &&
      !ownStrings(call.context, static_cast<ingot_string *>(slot.data),
                  slot.bytes / int64_t(sizeof(ingot_string))))
    return message.set(INGOT_RUN_OUT_OF_MEMORY, "out of memory for the strings of output '%.80s'",
                       port.name);
  if (slot.copyTo)
    std::memcpy(slot.copyTo, slot.data, size_t(slot.bytes));
  return INGOT_OK;
}

int32_t finishOutputs(Call &call) {
  // Everything that can fail comes before the first value changes.
  auto *exported = static_cast<ingot_value *>(
      call.context.allocateResult(int64_t(sizeof(ingot_value)) * call.outputCount));
  if (!exported)
    return call.context.message.set(INGOT_RUN_OUT_OF_MEMORY, "out of memory for the outputs");
  int32_t at = 0;
  for (int32_t i = 0; i < call.entry.output_count; ++i) {
    const ingot_port &port = call.entry.outputs[i];
    OutputSlot &slot = call.record.slots[i];
    if (!isPassed(port))
      continue;
    if (int32_t status = completeOutput(call, port, slot))
      return status;
    ingot_value &result = exported[at];
    if (isTensor(port.kind)) {
      void *data = slot.provided ? call.outputs[at].data : slot.data;
      int64_t bytes = slot.provided ? call.outputs[at].bytes : slot.bytes;
      result = ingot_tensor(port.element_type, slot.rank, slot.dims, data, bytes);
    } else if (!exportValue(call.context, *static_cast<Value *>(slot.data), result)) {
      return call.context.message.set(INGOT_RUN_OUT_OF_MEMORY, "out of memory for output '%.80s'",
                                      port.name);
    }
    ++at;
  }
  for (int32_t i = 0; i < at; ++i) {
    exported[i].struct_bytes = call.outputs[i].struct_bytes;
    if (call.outputs[i].dims && isTensor(exported[i].kind))
      exported[i].dims = call.outputs[i].dims; // compared before, and the caller's to keep
    call.outputs[i] = exported[i];
  }
  return INGOT_OK;
}

} // namespace ingot::runtime

//===- state.cpp - values that a context keeps from run to run ------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "runtime/context.h"
#include <cstring>

namespace ingot::runtime {

int32_t createStates(ingot_context &context) {
  const ingot_model &model = *context.model;
  bool made = context.states.create(context.allocator, model.state_count);
  for (int32_t i = 0; made && i < model.state_count; ++i) {
    const ingot_state &state = model.states[i];
    StateRecord &record = context.states[i];
    made = record.dims.create(context.allocator, state.rank);
    record.bytes = ingot_tensor_bytes(state.element_type, state.rank, state.dims);
    int32_t copies = state.flags & INGOT_STATE_IN_PLACE ? 1 : 2;
    for (int32_t b = 0; made && record.bytes > 0 && b < copies; ++b) {
      record.buffers[b] = context.allocator.allocate(record.bytes);
      made = record.buffers[b];
    }
    if (made)
      resetState(context, i);
  }
  return made ? INGOT_OK : context.message.set(INGOT_OUT_OF_MEMORY, "out of memory for the states");
}

void destroyStates(ingot_context &context) {
  for (int32_t i = 0; i < context.states.size; ++i) {
    StateRecord &record = context.states[i];
    record.dims.destroy(context.allocator);
    for (void *buffer : record.buffers)
      context.allocator.deallocate(buffer, record.bytes);
  }
  context.states.destroy(context.allocator);
}

static void setLength(const ingot_state &state, StateRecord &record, int64_t length) {
  for (int32_t d = 0; d < state.rank; ++d)
    record.dims[d] = d == state.axis ? length : state.dims[d];
}

void resetState(ingot_context &context, int32_t number) {
  StateRecord &record = context.states[number];
  record.current = 0;
  if (record.bytes > 0)
    std::memset(record.buffers[0], 0, size_t(record.bytes));
  setLength(context.model->states[number], record, 0);
}

void advanceStates(Call &call) {
  for (int32_t i = 0; i < call.entry.output_count; ++i) {
    int32_t number = call.entry.outputs[i].state;
    if (number < 0)
      continue;
    const ingot_state &state = call.context.model->states[number];
    StateRecord &record = call.context.states[number];
    if (!(state.flags & INGOT_STATE_IN_PLACE))
      record.current = 1 - record.current;
    if (state.axis >= 0)
      setLength(state, record, call.record.slots[i].dims[state.axis]);
  }
}

namespace {
/// A state of which only the first `length` along the axis count, as rows of bytes.
struct Rows {
  int64_t count;    // rows: the product of the dimensions before the axis
  int64_t bytes;    // of a row, up to the length
  int64_t capacity; // bytes from one row of the buffer to the next
};
} // namespace

/// Without an axis, and in dense buffers, all is one row.
static Rows rowsOf(const ingot_state &state, const int64_t *dims) {
  int64_t bytes = ingot_tensor_bytes(state.element_type, state.rank, dims);
  if (state.axis < 0 || !(state.flags & INGOT_STATE_IN_PLACE))
    return {1, bytes, bytes};
  int64_t count = 1;
  for (int32_t d = 0; d < state.axis; ++d)
    count *= state.dims[d];
  if (count == 0)
    return {0, 0, 0};
  return {count, bytes / count,
          ingot_tensor_bytes(state.element_type, state.rank, state.dims) / count};
}

static int32_t checkNumber(ingot_context &context, int32_t number) {
  if (number >= 0 && number < context.model->state_count)
    return INGOT_OK;
  return context.message.set(INGOT_NOT_FOUND, "there is no state %d, the model has %d", number,
                             context.model->state_count);
}

static int32_t readState(ingot_context &context, int32_t number, ingot_value *value) {
  if (int32_t status = checkNumber(context, number))
    return status;
  if (!value)
    return context.message.set(INGOT_INVALID_ARGUMENT, "value is NULL");
  const ingot_state &state = context.model->states[number];
  StateRecord &record = context.states[number];
  Rows rows = rowsOf(state, record.dims.data);
  int64_t bytes = ingot_tensor_bytes(state.element_type, state.rank, record.dims.data);
  context.queried.reset(context.allocator);
  auto *dims =
      static_cast<int64_t *>(context.queried.allocate(context.allocator, int64_t(state.rank) * 8));
  auto *data = static_cast<char *>(context.queried.allocate(context.allocator, bytes));
  if (!dims || !data)
    return context.message.set(INGOT_OUT_OF_MEMORY, "out of memory for state '%.80s'", state.name);
  for (int32_t d = 0; d < state.rank; ++d)
    dims[d] = record.dims[d];
  auto *from = static_cast<const char *>(record.buffers[record.current]);
  for (int64_t r = 0; bytes > 0 && r < rows.count; ++r)
    std::memcpy(data + r * rows.bytes, from + r * rows.capacity, size_t(rows.bytes));
  *value = ingot_tensor(state.element_type, state.rank, dims, data, bytes);
  return INGOT_OK;
}

static int32_t writeState(ingot_context &context, int32_t number, const ingot_value *value) {
  Message &message = context.message;
  if (int32_t status = checkNumber(context, number))
    return status;
  if (!value || value->struct_bytes != sizeof(ingot_value))
    return message.set(INGOT_INVALID_ARGUMENT, "value is NULL or its struct_bytes is wrong");
  const ingot_state &state = context.model->states[number];
  StateRecord &record = context.states[number];
  if (value->kind != INGOT_TENSOR)
    return message.set(INGOT_WRONG_KIND, "state '%.80s' is a tensor", state.name);
  if (value->element_type != state.element_type)
    return message.set(INGOT_WRONG_ELEMENT_TYPE,
                       "state '%.80s' has elements of type %s, but got %s", state.name,
                       elementTypeName(state.element_type), elementTypeName(value->element_type));
  if (value->rank != state.rank || (state.rank > 0 && !value->dims))
    return message.set(INGOT_WRONG_RANK, "state '%.80s' has rank %d, but got %d", state.name,
                       state.rank, value->rank);
  for (int32_t d = 0; d < state.rank; ++d)
    if (value->dims[d] < 0 || value->dims[d] > state.dims[d] ||
        (d != state.axis && value->dims[d] != state.dims[d]))
      return message.set(INGOT_WRONG_DIMENSION,
                         "state '%.80s' has %lld as dimension %d, but got %lld", state.name,
                         (long long)state.dims[d], d, (long long)value->dims[d]);
  int64_t bytes = ingot_tensor_bytes(state.element_type, state.rank, value->dims);
  if (value->bytes < bytes || (bytes > 0 && !value->data))
    return message.set(INGOT_BUFFER_TOO_SMALL, "state '%.80s' needs %lld bytes", state.name,
                       (long long)bytes);
  Rows rows = rowsOf(state, value->dims);
  setLength(state, record, state.axis >= 0 ? value->dims[state.axis] : 0);
  auto *to = static_cast<char *>(record.buffers[record.current]);
  auto *from = static_cast<const char *>(value->data);
  for (int64_t r = 0; bytes > 0 && r < rows.count; ++r)
    std::memcpy(to + r * rows.capacity, from + r * rows.bytes, size_t(rows.bytes));
  return INGOT_OK;
}

/// Runs `body` as the only call on the context.
template <typename Body> static int32_t exclusively(ingot_context *context, Body body) {
  if (!context)
    return INGOT_INVALID_ARGUMENT;
  if (context->busy.exchange(true, std::memory_order_acquire))
    return INGOT_BUSY;
  context->message.clear();
  int32_t status = body(*context);
  context->busy.store(false, std::memory_order_release);
  return status;
}

} // namespace ingot::runtime

using namespace ingot::runtime;

extern "C" int32_t ingot_state_reset(ingot_context *context) {
  return exclusively(context, [](ingot_context &context) {
    for (int32_t i = 0; i < context.model->state_count; ++i)
      resetState(context, i);
    return int32_t(INGOT_OK);
  });
}

extern "C" int32_t ingot_state_read(ingot_context *context, int32_t state, ingot_value *value) {
  return exclusively(context,
                     [&](ingot_context &context) { return readState(context, state, value); });
}

extern "C" int32_t ingot_state_write(ingot_context *context, int32_t state,
                                     const ingot_value *value) {
  return exclusively(context,
                     [&](ingot_context &context) { return writeState(context, state, value); });
}

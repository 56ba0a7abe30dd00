//===- model_check.cpp - whether a model can be trusted to be what it says ------------------===//
//
// The compiler writes models and people may; a mistake found here is a message instead of a fault
// in the middle of a run. What the metadata points to is trusted to be there.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "runtime/context.h"
#include "runtime/versions.h"
#include <cstring>

namespace ingot::runtime {

// Far above what models have; keeps a damaged count from becoming a huge allocation.
static constexpr int32_t mostRows = 1 << 20;
static constexpr int32_t highestRank = 4096;

static bool validCount(int32_t count, const void *rows) {
  return count >= 0 && count <= mostRows && (count == 0 || rows);
}

namespace {
class ModelCheck {
public:
  ModelCheck(const ingot_model &model, Message &message) : model(model), message(message) {}

  int32_t run();

private:
  int32_t state(const ingot_state &state);
  int32_t entry(const ingot_entry &entry);
  int32_t port(const ingot_entry &entry, const ingot_port &port, bool isInput);
  int32_t type(const ingot_port &port, int depth);
  int32_t symbol(const ingot_entry &entry, int32_t number);
  int32_t program(const ingot_entry &entry, const ingot_program &program);
  int32_t weights();
  int32_t wrong(const char *what, const char *name) {
    return message.set(INGOT_INVALID_MODEL, "invalid model: '%.80s': %s", name ? name : "(no name)",
                       what);
  }

  const ingot_model &model;
  Message &message;
};
} // namespace

int32_t ModelCheck::type(const ingot_port &port, int depth) {
  if (depth > 16)
    return wrong("types nested too deeply", port.name);
  switch (port.kind) {
  case INGOT_TENSOR:
  case INGOT_STRING_TENSOR:
    if ((port.element_type == INGOT_STRING) != (port.kind == INGOT_STRING_TENSOR) ||
        elementBits(port.element_type) == 0)
      return wrong("bad element type", port.name);
    if (port.rank < -1 || port.rank > highestRank || (port.rank > 0 && !port.dims))
      return wrong("bad rank", port.name);
    return INGOT_OK;
  case INGOT_SEQUENCE:
  case INGOT_OPTIONAL:
    return port.element ? type(*port.element, depth + 1) : wrong("no element type", port.name);
  case INGOT_MAP:
    if (elementBits(port.key_type) == 0)
      return wrong("bad key type", port.name);
    if (!port.element)
      return elementBits(port.element_type) ? INGOT_OK : wrong("no value type", port.name);
    return type(*port.element, depth + 1);
  }
  return wrong("bad kind", port.name);
}

int32_t ModelCheck::port(const ingot_entry &entry, const ingot_port &port, bool isInput) {
  if (!port.name)
    return wrong("a port without a name", entry.name);
  if (int32_t status = type(port, 0))
    return status;
  if (port.alignment < 0 || port.alignment > alignment || (port.alignment & (port.alignment - 1)))
    return wrong("bad alignment", port.name);
  if (port.state >= model.state_count || port.state < -1)
    return wrong("no such state", port.name);
  if (port.state >= 0 && (port.rank != model.states[port.state].rank ||
                          port.element_type != model.states[port.state].element_type))
    return wrong("the state has another type", port.name);
  if (!isTensor(port.kind))
    return INGOT_OK;
  for (int32_t i = 0; i < port.rank; ++i) {
    int64_t dim = port.dims[i];
    bool special = dim == INGOT_DIM_BORN || dim == INGOT_DIM_COMPUTED;
    if (special ? isInput : dim < 0 && -1 - dim >= entry.symbol_count)
      return wrong("bad dimension", port.name);
    if (dim == INGOT_DIM_COMPUTED && !entry.output_dims)
      return wrong("computed dimensions without output_dims", port.name);
  }
  if (isInput && port.rank < 0)
    return wrong("an input of unknown rank", port.name);
  return INGOT_OK;
}

int32_t ModelCheck::symbol(const ingot_entry &entry, int32_t number) {
  const ingot_symbol &symbol = entry.symbols[number];
  // An element may be negative: a start counted from the end, the -1 of a Reshape.
  bool negative = symbol.min < 0 && symbol.source == INGOT_SOURCE_DIM;
  if (!symbol.name || negative || symbol.min > symbol.max)
    return wrong("bad bounds", symbol.name);
  if (symbol.input < 0 || symbol.input >= entry.input_count || symbol.index < 0)
    return wrong("a symbol without a source", symbol.name);
  const ingot_port &input = entry.inputs[symbol.input];
  if (input.kind != INGOT_TENSOR && input.kind != INGOT_STRING_TENSOR)
    return wrong("a symbol whose source is no tensor", symbol.name);
  if (symbol.source == INGOT_SOURCE_DIM) {
    if (symbol.index >= input.rank || input.dims[symbol.index] != INGOT_DIM_SYMBOL(number))
      return wrong("a symbol that its source does not show", symbol.name);
  } else if (symbol.source != INGOT_SOURCE_ELEMENT || !isPassed(input) ||
             (input.element_type != INGOT_INT32 && input.element_type != INGOT_INT64)) {
    return wrong("a symbol of an unknown source", symbol.name);
  }
  return INGOT_OK;
}

int32_t ModelCheck::entry(const ingot_entry &entry) {
  if (!entry.name)
    return wrong("an entry point without a name", model.name);
  if (!validCount(entry.input_count, entry.inputs) ||
      !validCount(entry.output_count, entry.outputs) ||
      !validCount(entry.symbol_count, entry.symbols))
    return wrong("bad counts", entry.name);
  for (int32_t i = 0; i < entry.input_count; ++i)
    if (int32_t status = port(entry, entry.inputs[i], true))
      return status;
  for (int32_t i = 0; i < entry.output_count; ++i)
    if (int32_t status = port(entry, entry.outputs[i], false))
      return status;
  for (int32_t i = 0; i < entry.symbol_count; ++i)
    if (int32_t status = symbol(entry, i))
      return status;
  return INGOT_OK;
}

int32_t ModelCheck::program(const ingot_entry &entry, const ingot_program &program) {
  if (!program.run)
    return wrong("no program", entry.name);
  if (program.static_arena_bytes < 0 || program.static_arena_bytes % alignment ||
      program.worker_bytes < 0 || program.worker_bytes % alignment)
    return wrong("bad workspace size", entry.name);
  if (!validCount(program.buffer_count, program.lifetimes) ||
      (program.buffer_count > 0 && !program.buffer_sizes))
    return wrong("bad buffer table", entry.name);
  return INGOT_OK;
}

int32_t ModelCheck::state(const ingot_state &state) {
  int64_t bits = elementBits(state.element_type);
  if (!state.name || bits == 0 || state.element_type == INGOT_STRING)
    return wrong("bad state type", state.name);
  if (state.rank < 0 || state.rank > highestRank || (state.rank > 0 && !state.dims) ||
      state.axis < -1 || state.axis >= state.rank ||
      ingot_tensor_bytes(state.element_type, state.rank, state.dims) < 0)
    return wrong("bad state dimensions", state.name);
  if (state.axis >= 0 && bits < 8)
    return wrong("a growing state of packed elements", state.name);
  return INGOT_OK;
}

int32_t ModelCheck::weights() {
  const ingot_weights &weights = model.weights;
  if (weights.bytes < 0 || (weights.bytes > 0 && !weights.data && !weights.file))
    return wrong("weights are missing", model.name);
  if (weights.data && reinterpret_cast<uintptr_t>(weights.data) % alignment)
    return wrong("weights are misaligned", model.name);
  if (!weights.file)
    return INGOT_OK;
  if (!*weights.file || std::strchr(weights.file, '/'))
    return wrong("the weights file must be a name without a folder", model.name);
  if (weights.file_offset < 0 || weights.file_offset % alignment || weights.file_bytes <= 0 ||
      weights.file_offset > weights.file_bytes ||
      weights.bytes > weights.file_bytes - weights.file_offset)
    return wrong("bad sizes of the weights file", model.name);
  return INGOT_OK;
}

int32_t ModelCheck::run() {
  if (model.struct_bytes < firstModelBytes || !model.name)
    return wrong("struct_bytes or name", "model");
  if (!validCount(model.entry_count, model.entries) || model.entry_count == 0 ||
      !validCount(model.target_count, model.targets) || model.target_count == 0 ||
      !validCount(model.state_count, model.states))
    return wrong("bad counts", model.name);
  for (int32_t i = 0; i < model.state_count; ++i)
    if (int32_t status = state(model.states[i]))
      return status;
  for (int32_t i = 0; i < model.entry_count; ++i)
    if (int32_t status = entry(model.entries[i]))
      return status;
  for (int32_t t = 0; t < model.target_count; ++t) {
    const ingot_target &target = model.targets[t];
    if (!target.name || !target.programs || !validCount(target.feature_count, target.features))
      return wrong("bad target", target.name);
    for (int32_t i = 0; i < model.entry_count; ++i)
      if (int32_t status = program(model.entries[i], target.programs[i]))
        return status;
  }
  return weights();
}

int32_t checkModel(const ingot_model *model, Message &message) {
  if (!model)
    return message.set(INGOT_INVALID_ARGUMENT, "model is NULL");
  if (model->magic != INGOT_MODEL_MAGIC)
    return message.set(INGOT_INVALID_MODEL, "not a compiled model: the magic number is 0x%08x",
                       model->magic);
  uint32_t major = model->abi_version >> 16, minor = model->abi_version & 0xffff;
  if (major != INGOT_ABI_VERSION_MAJOR || minor > INGOT_ABI_VERSION_MINOR)
    return message.set(
        INGOT_VERSION_MISMATCH,
        "the model was compiled for version %u.%u of the ABI, this runtime has %d.%d", major, minor,
        INGOT_ABI_VERSION_MAJOR, INGOT_ABI_VERSION_MINOR);
  return ModelCheck(*model, message).run();
}

} // namespace ingot::runtime

//===- InspectArtifact.cpp - what a compiled model holds -------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "frontend/onnx/ElementType.h"
#include "tools/ingot/Inspect.h"

namespace ingot::cli {

namespace {
std::string typeName(int32_t elementType) {
  auto type = onnx::elementTypeOf(elementType);
  return type ? std::string(onnx::nameOf(*type)) : "undefined";
}

std::string dimension(int64_t dim, const ingot_entry &entry) {
  if (dim >= 0)
    return std::to_string(dim);
  if (dim == INGOT_DIM_BORN)
    return "born in the run";
  if (dim == INGOT_DIM_COMPUTED)
    return "computed";
  int64_t symbol = -1 - dim;
  return symbol < entry.symbol_count ? onnx::escaped(entry.symbols[symbol].name) : "?";
}

std::string type(const ingot_port &port, const ingot_entry &entry) {
  std::string inner = port.element ? type(*port.element, entry) : typeName(port.element_type);
  switch (port.kind) {
  case INGOT_SEQUENCE:
    return "seq(" + inner + ")";
  case INGOT_OPTIONAL:
    return "optional(" + inner + ")";
  case INGOT_MAP:
    return "map(" + typeName(port.key_type) + ", " + inner + ")";
  default:
    break;
  }
  std::string text = inner + "[";
  if (port.rank < 0)
    text += "any rank";
  for (int32_t d = 0; d < port.rank; ++d)
    text += (d ? ", " : "") + dimension(port.dims[d], entry);
  return text + "]";
}

std::string describePorts(const char *word, const ingot_port *ports, int32_t count,
                          const ingot_entry &entry, const ingot_model &model) {
  std::string text;
  for (int32_t i = 0; i < count; ++i) {
    text +=
        std::string("  ") + word + " " + onnx::quoted(ports[i].name) + ": " + type(ports[i], entry);
    if (ports[i].state >= 0 && ports[i].state < model.state_count)
      text += " (state " + onnx::quoted(model.states[ports[i].state].name) + ")";
    text += "\n";
  }
  return text;
}

std::string describeSymbol(const ingot_symbol &symbol, const ingot_entry &entry) {
  std::string source = symbol.input >= 0 && symbol.input < entry.input_count
                           ? onnx::quoted(entry.inputs[symbol.input].name)
                           : "?";
  bool isDim = symbol.source == INGOT_SOURCE_DIM;
  return "  symbol " + onnx::escaped(symbol.name) + ": " + (isDim ? "dimension " : "element ") +
         std::to_string(symbol.index) + " of " + source + ", from " + std::to_string(symbol.min) +
         (symbol.max == INT64_MAX ? " up" : " to " + std::to_string(symbol.max)) + "\n";
}

std::string describeEntry(const ingot_entry &entry, const ingot_model &model) {
  std::string text = "entry point " + onnx::quoted(entry.name) + "\n";
  text += describePorts("input", entry.inputs, entry.input_count, entry, model);
  text += describePorts("output", entry.outputs, entry.output_count, entry, model);
  for (int32_t s = 0; s < entry.symbol_count; ++s)
    text += describeSymbol(entry.symbols[s], entry);
  return text;
}

std::string describeTarget(const ingot_target &target, const ingot_model &model) {
  std::string text = "target " + onnx::quoted(target.name) + ", needs";
  for (int32_t f = 0; f < target.feature_count; ++f)
    text += " " + onnx::escaped(target.features[f]);
  text += target.feature_count ? "\n" : " nothing special\n";
  for (int32_t e = 0; e < model.entry_count; ++e) {
    const ingot_program &program = target.programs[e];
    text += "  " + onnx::quoted(model.entries[e].name) + ": arena " +
            std::to_string(program.static_arena_bytes) + " bytes, " +
            std::to_string(program.worker_bytes) + " per thread, " +
            std::to_string(program.buffer_count) + " buffers of dynamic size\n";
  }
  return text;
}

std::string describeState(const ingot_state &state) {
  std::string text =
      "state " + onnx::quoted(state.name) + ": " + typeName(state.element_type) + "[";
  for (int32_t d = 0; d < state.rank; ++d)
    text += (d ? ", " : "") + std::string(d == state.axis ? "up to " : "") +
            std::to_string(state.dims[d]);
  return text + "]" + (state.flags & INGOT_STATE_IN_PLACE ? " in place" : "") + "\n";
}

std::string describeWeights(const ingot_weights &weights) {
  std::string text = "weights " + std::to_string(weights.bytes) + " bytes";
  return text + (weights.file ? " in the file " + onnx::quoted(weights.file) : "") + "\n";
}
} // namespace

std::string describeArtifact(const ingot_model &model) {
  std::string text = "compiled model " + onnx::quoted(model.name) + ", made by " +
                     onnx::escaped(model.producer) + ", ABI " +
                     std::to_string(model.abi_version >> 16) + "." +
                     std::to_string(model.abi_version & 0xffff) +
                     (model.flags & INGOT_MODEL_NEEDS_RUNTIME ? ", needs the runtime" : "") +
                     (model.flags & INGOT_MODEL_NEEDS_GPU ? ", needs a GPU" : "") + "\n";
  for (int32_t e = 0; e < model.entry_count; ++e)
    text += describeEntry(model.entries[e], model);
  for (int32_t s = 0; s < model.state_count; ++s)
    text += describeState(model.states[s]);
  for (int32_t t = 0; t < model.target_count; ++t)
    text += describeTarget(model.targets[t], model);
  return text + describeWeights(model.weights);
}

} // namespace ingot::cli

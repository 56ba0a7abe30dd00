//===- Report.cpp - what a compilation did with a model ------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------------------===//
#include "tools/driver/Report.h"
#include "codegen/plan/ElementTypeCode.h"
#include "frontend/onnx/Diagnostics.h"
#include "frontend/onnx/ElementType.h"

namespace json = llvm::json;

namespace ingot {

namespace {

/// Names of nodes come with their kind in parentheses and are cut where they are read; other text of
/// the user's is cut here.
std::string text(llvm::StringRef raw) { return onnx::escaped(raw.str(), 4096); }

json::Value orNull(const std::string &value) {
  return value.empty() ? json::Value(nullptr) : json::Value(text(value));
}

template <typename Range> json::Array texts(const Range &range) {
  json::Array array;
  for (const std::string &each : range)
    array.push_back(json::fixUTF8(each));
  return array;
}

const char *word(EmitKind kind) {
  switch (kind) {
  case EmitKind::Object:
    return "obj";
  case EmitKind::Archive:
    return "lib";
  case EmitKind::Shared:
    return "shared";
  case EmitKind::Executable:
    return "exe";
  case EmitKind::Mlir:
    return "mlir";
  case EmitKind::Llvm:
    return "llvm";
  case EmitKind::Assembly:
    return "asm";
  case EmitKind::Ptx:
    return "ptx";
  }
  return "?";
}

/// A number, the name of a symbol, or null for what only a run can tell.
json::Value dimension(int64_t dim, const EntryPlan &entry) {
  if (dim >= 0)
    return dim;
  int64_t symbol = -1 - dim;
  if (dim == INGOT_DIM_BORN || dim == INGOT_DIM_COMPUTED ||
      symbol >= static_cast<int64_t>(entry.symbols.size()))
    return nullptr;
  return text(entry.symbols[symbol].name);
}

std::string typeName(mlir::Type type) {
  if (auto tensor = mlir::dyn_cast<mlir::TensorType>(type))
    if (auto element = onnx::elementTypeOf(elementTypeCode(tensor.getElementType())))
      return std::string(onnx::nameOf(*element));
  std::string printed;
  llvm::raw_string_ostream(printed) << type;
  return text(printed);
}

json::Array ports(llvm::ArrayRef<Port> ports, const EntryPlan &entry) {
  json::Array array;
  for (const Port &port : ports) {
    json::Array dims;
    for (int64_t dim : port.dims)
      dims.push_back(dimension(dim, entry));
    array.push_back(json::Object{{"name", text(port.name)},
                                 {"type", typeName(port.type)},
                                 {"dims", std::move(dims)},
                                 {"state", port.state >= 0}});
  }
  return array;
}

json::Array entries(const ModelPlan &plan) {
  json::Array array;
  for (const EntryPlan &entry : plan.entries)
    array.push_back(json::Object{{"name", text(entry.name)},
                                 {"inputs", ports(entry.inputs, entry)},
                                 {"outputs", ports(entry.outputs, entry)},
                                 {"launches", entry.launches},
                                 {"arena_bytes", entry.arenaBytes},
                                 {"worker_bytes", entry.workerBytes}});
  return array;
}

json::Array kernels(const ModelPlan &plan) {
  json::Array array;
  for (const PlannedKernel &kernel : plan.kernels) {
    int64_t bytes = 0;
    for (auto [offset, size] : kernel.weightBytes)
      bytes += size;
    array.push_back(json::Object{{"name", kernel.name},
                                 {"device", kernel.onGpu() ? "gpu" : "cpu"},
                                 {"anchor", kernel.anchor},
                                 {"lowering", kernel.lowering},
                                 {"reference", kernel.reference},
                                 {"launches", kernel.launches},
                                 {"weight_bytes", bytes},
                                 {"nodes", texts(kernel.nodes)},
                                 {"operators", texts(kernel.operators)}});
  }
  return array;
}

json::Object flags(const CompileOptions &options) {
  return json::Object{{"optimize", options.optimize},
                      {"reference", options.reference},
                      {"sanitize", orNull(options.sanitize)},
                      {"quantize", orNull(options.quantize)},
                      {"prune", orNull(options.prune)}};
}

json::Array numberChanges(const ReportSource &source) {
  const CompileOptions &options = source.options;
  json::Array array;
  if (!options.quantize.empty())
    array.push_back("--quantize=" + text(options.quantize));
  if (!options.prune.empty())
    array.push_back("--prune=" + text(options.prune));
  if (options.reference)
    array.push_back("--reference: sums in another order");
  if (source.target.arch == CpuTarget::Arch::X86_64 && !source.target.fma)
    array.push_back("--cpu=" + text(source.target.cpu) + ": no fused multiply-add, last bits differ");
  return array;
}

json::Array compression(llvm::ArrayRef<CompressedLayer> layers) {
  json::Array array;
  for (const CompressedLayer &layer : layers)
    array.push_back(json::Object{{"node", json::fixUTF8(layer.node)},
                                 {"method", layer.method},
                                 {"weights", layer.weights},
                                 {"zeroed", layer.zeroed},
                                 {"bits", layer.bits}});
  return array;
}

} // namespace

json::Object describeCompilation(const ReportSource &source) {
  json::Array phases;
  for (const PhaseTime &phase : source.phases)
    phases.push_back(json::Object{{"name", phase.name}, {"seconds", phase.seconds}});
  return json::Object{
      {"model", text(source.modelPath)},
      {"name", source.result.name},
      {"emit", word(source.options.emit)},
      {"target", json::Object{{"triple", source.target.triple},
                              {"cpu", source.target.cpu},
                              {"features", source.target.features},
                              {"vector_bytes", source.target.vectorBytes},
                              {"gpu", orNull(source.options.gpu)}}},
      {"flags", flags(source.options)},
      {"changes_numbers", numberChanges(source)},
      {"entries", entries(source.plan)},
      {"sizes", json::Object{{"weights", source.result.weightBytes},
                             {"arena", source.result.arenaBytes},
                             {"artifact", source.result.artifactBytes}}},
      {"phases", std::move(phases)},
      {"kernels", kernels(source.plan)},
      {"reference_kernels",
       llvm::count_if(source.plan.kernels, [](const PlannedKernel &k) { return k.reference; })},
      {"compression", compression(source.compression)},
      {"placement", texts(source.result.placement)}};
}

} // namespace ingot

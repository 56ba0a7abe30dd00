//===- Report.h - what a compilation did with a model -------------------------------------===//
//
// One description, written as JSON for programs and as a page for people. Names from the model are
// escaped as in diagnostics, so that both are printable; the page escapes them for HTML besides.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------------------===//
#ifndef INGOT_TOOLS_DRIVER_REPORT_H
#define INGOT_TOOLS_DRIVER_REPORT_H

#include "codegen/plan/Plan.h"
#include "ir/Compression.h"
#include "tools/driver/Compile.h"
#include "llvm/Support/JSON.h"

namespace ingot {

/// How long a step of the pipeline took.
struct PhaseTime {
  std::string name;
  double seconds;
};

/// What the report is made from; kept by the compilation.
struct ReportSource {
  const std::string &modelPath;
  const CompileOptions &options;
  const CpuTarget &target;
  const CompileResult &result;
  const ModelPlan &plan;
  llvm::ArrayRef<CompressedLayer> compression;
  llvm::ArrayRef<PhaseTime> phases;
};

/// The report of `--report=FILE.json`. Members: model, name, emit; target {triple, cpu, features,
/// vector_bytes, gpu}; flags, as given; changes_numbers: what makes results differ from those of
/// the model as it is; entries [{name, inputs, outputs, launches, arena_bytes, worker_bytes}];
/// sizes in bytes {weights, arena, artifact}; phases [{name, seconds}]; kernels [{name, device,
/// anchor, lowering, reference, launches, weight_bytes, nodes, operators}], each distinct one once,
/// with a node for every launch; reference_kernels: how many of those; compression [{node, method,
/// weights, zeroed, bits}]; placement: kernels that stay on the host with --gpu.
llvm::json::Object describeCompilation(const ReportSource &source);

/// That description as one page that needs no other file.
std::string reportPage(const llvm::json::Object &report);

} // namespace ingot

#endif // INGOT_TOOLS_DRIVER_REPORT_H

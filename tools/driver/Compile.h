//===- Compile.h - the pipeline from a model file to an artifact ---------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_TOOLS_DRIVER_COMPILE_H
#define INGOT_TOOLS_DRIVER_COMPILE_H

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

struct ingot_model; // ingot/abi.h

namespace ingot {

/// What to write.
enum class EmitKind { Object, Archive, Shared, Executable, Mlir, Llvm, Assembly, Ptx };

/// One `--shape INPUT:1x3x224x224` or `INPUT:1..32x3x?x?`: bounds per dimension, equal for a fixed
/// one; upper is INT64_MAX where open.
struct ShapeSpec {
  std::string input;
  std::vector<std::pair<int64_t, int64_t>> dims;
};

/// All that a compilation depends on besides the model; every field has the CLI's default.
struct CompileOptions {
  EmitKind emit = EmitKind::Object;
  std::string name;                    ///< C identifier of the model; empty: from the output file's name
  std::vector<std::string> cpus = {"host"};
  std::string triple;                  ///< empty: this machine's
  std::string gpu;                     ///< "sm_90"; empty: no GPU
  std::vector<std::vector<ShapeSpec>> entries; ///< one per entry point; empty: one, as the file says
  std::vector<std::string> overridable;
  std::vector<std::string> states;     ///< "IN:OUT[:axis=MAX]"
  std::string quantize, prune;         ///< "dynamic-int8"; "magnitude:0.8"
  std::string calibrateFolder;         ///< samples for static quantization
  std::string reportFile;              ///< .json or .html
  std::string saveTempsFolder;         ///< receives the IR of every phase and the objects
  bool sidecarWeights = false;
  int optimize = 3;                    ///< -O0 … -O3
  int jobs = 0;                        ///< 0: as many as cores
  bool reference = false;              ///< plain loops throughout
  bool verifyEach = false;
  bool timeReport = false;             ///< one more call of `progress` with a table of times
  std::string sanitize;                ///< "address", "thread"
  bool observable = false;             ///< every launch through the host table, to be measured
  /// Called as "[2/6] fuse … 14 kernels (0.1 s)"; may be empty.
  std::function<void(const std::string &)> progress;
};

/// Exit statuses of the tools.
enum class Outcome { Done = 0, Failed = 1, Misused = 2, Unsupported = 3 };

/// What all launches of a kernel in one run take: operations, of which a multiplication with the
/// addition of its product is one, and bytes read or written.
struct KernelCost {
  double operations, bytes;
};

struct CompileResult {
  Outcome outcome = Outcome::Failed;
  /// What went wrong, one line each, complete: "model.onnx: error: node 'x' (Conv): …".
  std::vector<std::string> messages;
  std::string name;                    ///< the C identifier that was used
  /// One line per layer that --quantize or --prune changed: "node 'fc1' (MatMul): 800 of …".
  std::vector<std::string> compression;
  /// With --gpu, one line per kernel that stays on the host.
  std::vector<std::string> placement;
  /// By the kernels' symbols; of those whose sizes follow from the model alone.
  std::map<std::string, KernelCost> kernelCosts;
  int64_t kernels = 0, referenceKernels = 0;
  int64_t artifactBytes = 0, arenaBytes = 0, weightBytes = 0;
};

/// Compiles `modelPath` and writes `outputPath` (and a header beside an object or archive). Writes
/// nothing unless it succeeds: files are made under a temporary name and renamed last.
CompileResult compileFile(const std::string &modelPath, const std::string &outputPath,
                          const CompileOptions &options);

/// A model compiled for this machine and loaded into this process.
class LoadedModel {
public:
  virtual ~LoadedModel() = default;
  /// The metadata, see ingot/abi.h.
  virtual const ::ingot_model *model() const = 0;
};
/// Compiles to a temporary shared object and loads it; null, with messages in `result`, on failure.
std::unique_ptr<LoadedModel> compileAndLoad(const std::string &modelPath,
                                            const CompileOptions &options, CompileResult &result);

} // namespace ingot

#endif // INGOT_TOOLS_DRIVER_COMPILE_H

//===- Evaluate.cpp - constant folding by execution -------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "tools/driver/Evaluate.h"
#include "codegen/emit/Link.h"
#include "ingot/abi.h"
#include "ir/Evaluator.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/UB/IR/UBOps.h"
#include "tools/driver/Pipeline.h"
#include "tools/driver/TemporaryFolder.h"
#include "llvm/ADT/ScopeExit.h"
#include <cstdlib>

using namespace mlir;

namespace ingot {

namespace {

using Bytes = std::vector<std::vector<char>>;

class CompilingEvaluator : public Evaluator {
public:
  using Evaluator::Evaluator;

  FailureOr<Bytes> evaluate(ModuleOp module, std::string &why) const override {
    const char *base = getenv("TMPDIR");
    TemporaryFolder folder(std::string(base && *base ? base : "/tmp") + "/folded.so");
    if (!folder.ok())
      return why = folder.error(), failure();
    std::string path = folder.path() + "/folded.so";
    if (failed(compile(module, folder.path(), path, why)))
      return failure();
    return run(path, module, why);
  }

private:
  static LogicalResult compile(ModuleOp module, const std::string &folder, const std::string &path,
                               std::string &why) {
    PassManager pm(module.getContext());
    PhaseOptions phases;
    phases.fold = false;
    buildTensorPipeline(pm, phases);
    EmitOptions emitOptions;
    ModelPlan plan;
    auto target = CpuTarget::get("x86-64-v3", "");
    if (!target)
      return why = llvm::toString(target.takeError()), failure();
    emitOptions.target = *target;
    emitOptions.modelName = "folded";
    emitOptions.optimize = 1;
    emitOptions.shared = true;
    LoweringOptions lowering{emitOptions.target, /*reference=*/false};
    if (failed(pm.run(module)) ||
        failed(planEntry(*module.getOps<func::FuncOp>().begin(), lowering, plan)))
      return why = "they cannot be compiled", failure();
    auto code = emitCode(plan, emitOptions);
    llvm::Error error = code ? linkArtifact(*code, plan, emitOptions, LinkKind::Shared, folder, path)
                             : code.takeError();
    if (error)
      return why = llvm::toString(std::move(error)), failure();
    return success();
  }

  static FailureOr<Bytes> run(const std::string &path, ModuleOp module, std::string &why) {
    char message[256] = "";
    ingot_library *library = nullptr;
    if (ingot_library_open(path.c_str(), &library, message, sizeof message))
      return why = message, failure();
    llvm::scope_exit close([&] { ingot_library_close(library); });
    const ingot_model *model = ingot_library_model(library, nullptr);
    ingot_options options = {};
    options.struct_bytes = sizeof options;
    options.threads = 1;
    ingot_context *context = nullptr;
    if (ingot_context_create(model, &options, &context, message, sizeof message))
      return why = message, failure();
    llvm::scope_exit destroy([&] { ingot_context_destroy(context); });
    std::vector<ingot_value> outputs(model->entries[0].output_count,
                                     ingot_tensor(0, -1, nullptr, nullptr, 0));
    for (ingot_value &v : outputs)
      v.kind = 0;
    if (ingot_run(context, 0, nullptr, 0, outputs.data(), (int32_t)outputs.size()))
      return why = ingot_context_message(context), failure();
    Bytes results;
    for (const ingot_value &v : outputs) {
      const char *data = (const char *)v.data;
      results.emplace_back(data, data + ingot_tensor_bytes(v.element_type, v.rank, v.dims));
    }
    return results;
  }
};

} // namespace

void registerEvaluator(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, IngotDialect *dialect) {
    // No dialect can be loaded once a pass runs.
    context->loadDialect<arith::ArithDialect, cf::ControlFlowDialect, complex::ComplexDialect,
                         func::FuncDialect, LLVM::LLVMDialect, math::MathDialect,
                         memref::MemRefDialect, scf::SCFDialect, ub::UBDialect,
                         vector::VectorDialect>();
    dialect->addInterfaces<CompilingEvaluator>();
  });
}

} // namespace ingot

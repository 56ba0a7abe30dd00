//===- Metadata.h - struct ingot_model as data ---------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_CODEGEN_EMIT_METADATA_H
#define INGOT_CODEGEN_EMIT_METADATA_H

#include "codegen/emit/Emit.h"
#include "codegen/plan/ElementTypeCode.h"
#include "llvm/IR/Module.h"

namespace ingot {

/// Adds the model's description, the weights symbol and, for a model that allows it, the typed
/// function NAME_run to the module of its programs.
void emitMetadata(llvm::Module &module, const ModelPlan &plan, const EmitOptions &options);

/// True for fixed shapes, tensors only and no need of the runtime: the model then has NAME_run.
bool isFreestanding(const ModelPlan &plan);

/// Bytes of workspace that NAME_run needs.
int64_t workspaceBytes(const ModelPlan &plan);

} // namespace ingot

#endif // INGOT_CODEGEN_EMIT_METADATA_H

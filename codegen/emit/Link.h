//===- Link.h - objects and weights to one artifact --------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_CODEGEN_EMIT_LINK_H
#define INGOT_CODEGEN_EMIT_LINK_H

#include "codegen/emit/Emit.h"
#include "llvm/TargetParser/Triple.h"

namespace ingot {

enum class LinkKind { Object, Shared };

/// Writes an ELF object with one read-only section that holds the weights under `symbol`.
/// An object that holds the weights under `symbol`, or, without `contents`, has a short section in
/// their place.
llvm::Error writeWeightsObject(const WeightTable &weights, llvm::StringRef symbol,
                               const llvm::Triple &triple, llvm::StringRef path, bool contents);
/// Copies a relocatable object and puts the weights into the section that is there in their place.
llvm::Error insertWeights(const WeightTable &weights, const llvm::Triple &triple,
                          llvm::StringRef linked, llvm::StringRef path);

/// Joins code and weights into one relocatable object, in which all but the model's own names are
/// local, or into a shared artifact. `folder` takes temporary files.
llvm::Error linkArtifact(const EmittedCode &code, const ModelPlan &plan,
                         const EmitOptions &options, LinkKind kind, llvm::StringRef folder,
                         llvm::StringRef outputPath);

} // namespace ingot

#endif // INGOT_CODEGEN_EMIT_LINK_H

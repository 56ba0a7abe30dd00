//===- PrintFacts.h - what operators state about themselves, for tests -----------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_TOOLS_INGOT_OPT_PRINTFACTS_H
#define INGOT_TOOLS_INGOT_OPT_PRINTFACTS_H

namespace ingot {

/// --ingot-print-facts: a line per operator and kernel with its role in fusion, its cost, and, of a
/// contraction, its operands, axes and integer form.
void registerPrintFactsPass();

} // namespace ingot

#endif // INGOT_TOOLS_INGOT_OPT_PRINTFACTS_H

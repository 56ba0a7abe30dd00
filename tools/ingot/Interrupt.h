//===- Interrupt.h - ending early without leaving files behind -------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#ifndef INGOT_TOOLS_INGOT_INTERRUPT_H
#define INGOT_TOOLS_INGOT_INTERRUPT_H

namespace ingot::cli {

/// From now on a signal that asks the process to end (SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGXCPU,
/// SIGPIPE) removes temporary folders before it does.
/// Call it before there are other threads: they inherit that these signals go to one thread only.
void cleanUpOnSignals();

/// From now on running out of memory is a message and exit status 1, after the same cleaning.
void cleanUpWithoutMemory();

} // namespace ingot::cli

#endif // INGOT_TOOLS_INGOT_INTERRUPT_H

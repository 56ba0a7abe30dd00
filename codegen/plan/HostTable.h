//===- HostTable.h - where the fields of ingot_host lie ------------------------------===//
//
// From kernel_abi.h itself, so that the two cannot drift apart. Valid for 64-bit targets, whose
// layout of this struct is the same everywhere.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_CODEGEN_PLAN_HOSTTABLE_H
#define INGOT_CODEGEN_PLAN_HOSTTABLE_H

#include "ingot/kernel_abi.h"
#include <cstddef>

namespace ingot::hostTable {

constexpr unsigned context = offsetof(ingot_host, context);
constexpr unsigned parallelFor = offsetof(ingot_host, parallel_for);
constexpr unsigned allocate = offsetof(ingot_host, allocate);
constexpr unsigned mark = offsetof(ingot_host, mark);
constexpr unsigned release = offsetof(ingot_host, release);
constexpr unsigned output = offsetof(ingot_host, output);
constexpr unsigned fail = offsetof(ingot_host, fail);
constexpr unsigned call = offsetof(ingot_host, call);

} // namespace ingot::hostTable

#endif // INGOT_CODEGEN_PLAN_HOSTTABLE_H

//===- plan.cpp - dynamic buffers, planned again only when they have to be ------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "runtime/context.h"
#include "runtime/planner.h"

namespace ingot::runtime {

static bool sameSymbols(const EntryRecord &record) {
  for (int64_t i = 0; i < record.symbols.size; ++i)
    if (record.symbols[i] != record.plan.symbols[i])
      return false;
  return true;
}

/// Whether the places of the last plan still do: every buffer fits its own, and less than half of
/// them has become waste (a plan for a long text would spread a short one over the caches).
static bool stillFits(const ArenaPlan &plan) {
  int64_t now = 0, then = 0;
  for (int64_t i = 0; i < plan.sizes.size; ++i) {
    if (plan.sizes[i] < 0 || plan.sizes[i] > plan.planned[i])
      return false;
    now += plan.sizes[i] >> 6; // in cache lines: the sum cannot leave 64 bits
    then += plan.planned[i] >> 6;
  }
  return now >= then / 2;
}

int32_t planBuffers(ingot_context &context, const ingot_program &program, EntryRecord &record) {
  ArenaPlan &plan = record.plan;
  if (plan.valid && sameSymbols(record))
    return INGOT_OK;
  int64_t dynamic = 0;
  if (int64_t count = program.buffer_count) {
    program.buffer_sizes(record.symbols.data, plan.sizes.data);
    bool grows = plan.valid;
    if (!plan.valid || !stillFits(plan)) {
      plan.valid = false;
      for (int64_t i = 0; i < count; ++i) {
        int64_t size = plan.sizes[i];
        // What has changed once will again: an eighth of slack makes a sequence that grows token by
        // token plan a logarithmic number of times.
        int64_t slack = grows && size > plan.planned[i] ? size / 8 : 0;
        plan.planned[i] = size > INT64_MAX - slack ? size : size + slack;
      }
      dynamic = planArena(plan.planned.data, program.lifetimes, count, plan.offsets.data,
                          plan.scratch.data);
      int64_t base;
      if (dynamic < 0 || !multiply(program.worker_bytes, context.pool.threads(), base) ||
          !add(base, program.static_arena_bytes, base) || !add(base, dynamic, plan.bytes))
        return context.message.set(INGOT_OUT_OF_MEMORY,
                                   "the buffers for these dimensions need more than 2^63 bytes");
      for (int64_t i = 0; i < count; ++i)
        plan.offsets[i] += base;
    }
  } else if (!multiply(program.worker_bytes, context.pool.threads(), plan.bytes) ||
             !add(plan.bytes, program.static_arena_bytes, plan.bytes)) {
    return context.message.set(INGOT_OUT_OF_MEMORY, "the workspace needs more than 2^63 bytes");
  }
  for (int64_t i = 0; i < record.symbols.size; ++i)
    plan.symbols[i] = record.symbols[i];
  plan.valid = true;
  return INGOT_OK;
}

} // namespace ingot::runtime

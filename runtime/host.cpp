//===- host.cpp - the services that programs call -------------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "runtime/context.h"
#include "runtime/host_ops/host_ops.h"

namespace ingot::runtime {

static ingot_context &from(void *context) { return *static_cast<ingot_context *>(context); }

static void parallelFor(void *context, ingot_kernel_fn fn, void *const *args, int64_t tiles,
                        int64_t grain) {
  from(context).pool.parallelFor(fn, args, tiles, grain);
}

static void *allocate(void *context, int64_t bytes) {
  void *memory = from(context).work.allocate(from(context).allocator, bytes);
  if (!memory && bytes < 0)
    from(context).message.set(INGOT_RUN_OUT_OF_MEMORY, "a buffer would have more than 2^62 bytes");
  else if (!memory)
    from(context).message.set(INGOT_RUN_OUT_OF_MEMORY, "out of memory for a buffer of %lld bytes",
                              (long long)bytes);
  return memory;
}

static int64_t mark(void *context) { return from(context).work.mark(); }
static void release(void *context, int64_t mark) { from(context).work.release(mark); }

static void *output(void *context, int32_t index, int32_t rank, const int64_t *dims) {
  Call *call = from(context).call;
  return call ? provideOutput(*call, index, rank, dims) : nullptr;
}

static void fail(void *context, int32_t status, const char *message) {
  from(context).message.set(status, "%s", message ? message : ingot_status_name(status));
}

static int32_t call(void *context, const char *operation, const ingot_tensor_view *operands,
                    int32_t operandCount, ingot_tensor_view *results, int32_t resultCount) {
  return callHostOp(from(context), operation, operands, operandCount, results, resultCount);
}

void fillHost(ingot_context &context) {
  ingot_host &host = context.host;
  host.struct_bytes = sizeof(ingot_host);
  host.threads = context.pool.threads();
  host.context = &context;
  host.parallel_for = parallelFor;
  host.allocate = allocate;
  host.mark = mark;
  host.release = release;
  host.output = output;
  host.fail = fail;
  host.call = call;
}

} // namespace ingot::runtime

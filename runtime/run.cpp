//===- run.cpp - one call of a program ------------------------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "runtime/context.h"
#include "runtime/float_environment.h"

namespace ingot::runtime {

/// Counts of the ports that the caller passes.
static int32_t passedCount(const ingot_port *ports, int32_t count) {
  int32_t passed = 0;
  for (int32_t i = 0; i < count; ++i)
    passed += isPassed(ports[i]);
  return passed;
}

static int32_t checkCounts(const Call &call) {
  Message &message = call.context.message;
  int32_t inputs = passedCount(call.entry.inputs, call.entry.input_count);
  int32_t outputs = passedCount(call.entry.outputs, call.entry.output_count);
  if (call.inputCount != inputs)
    return message.set(INGOT_WRONG_COUNT, "'%.80s' takes %d inputs, but got %d", call.entry.name,
                       inputs, call.inputCount);
  if (call.outputCount != outputs)
    return message.set(INGOT_WRONG_COUNT, "'%.80s' has %d outputs, but got %d", call.entry.name,
                       outputs, call.outputCount);
  if ((inputs > 0 && !call.inputs) || (outputs > 0 && !call.outputs))
    return message.set(INGOT_INVALID_ARGUMENT, "the array of inputs or outputs is NULL");
  return INGOT_OK;
}

/// Everything that the inputs alone tell: whether they fit the model, and the symbols.
static int32_t checkInputs(Call &call, bool needData) {
  if (int32_t status = checkCounts(call))
    return status;
  if (int32_t status = bindInputs(call, needData))
    return status;
  if (call.entry.guard) {
    Message &message = call.context.message;
    if (call.entry.guard(&call.context.host, call.record.symbols.data) != INGOT_OK) {
      if (message.empty())
        message.set(INGOT_GUARD_FAILED, "%s", ingot_status_name(INGOT_GUARD_FAILED));
      return INGOT_GUARD_FAILED;
    }
  }
  return INGOT_OK;
}

/// What became of a run whose program returned `status`, not 0. What a service recorded says more
/// than the program, which may not know why it got NULL. Never without a message, and always one
/// that says whether outputs are defined.
static int32_t failedStatus(ingot_context &context, int32_t status) {
  if (context.message.status != INGOT_OK)
    status = context.message.status;
  if (status == INGOT_OUT_OF_MEMORY)
    status = INGOT_RUN_OUT_OF_MEMORY;
  // A program may still find a guard violated before its first step; any other status of the first
  // group would promise outputs that nobody vouches for.
  bool known = status == INGOT_GUARD_FAILED ||
               (status >= INGOT_FIRST_UNDEFINED_OUTPUTS && status <= INGOT_RUN_FAILED);
  if (!known)
    status = INGOT_RUN_FAILED;
  if (context.message.empty())
    context.message.set(status, "%s", ingot_status_name(status));
  return status;
}

static int32_t compute(Call &call, const ingot_program &program) {
  ingot_context &context = call.context;
  if (int32_t status = planBuffers(context, program, call.record))
    return status;
  int64_t bytes = call.record.plan.bytes;
  void *arena = bytes ? context.arena.reserve(context.allocator, bytes) : nullptr;
  if (bytes && !arena)
    return context.message.set(INGOT_OUT_OF_MEMORY, "out of memory for a workspace of %lld bytes",
                               (long long)bytes);
  context.work.reset(context.allocator);
  context.now ^= 1;
  context.results[context.now].reset(context.allocator);
  if (int32_t status = prepareInputs(call))
    return status;
  if (int32_t status = prepareOutputs(call))
    return status;
  int32_t status = program.run(
      &context.host, call.record.inputs.data, call.record.outputs.data, call.record.symbols.data,
      arena, program.buffer_count ? call.record.plan.offsets.data : nullptr, context.weights.base);
  if (status != INGOT_OK)
    return failedStatus(context, status);
  if (int32_t failed = finishOutputs(call))
    return failed;
  advanceStates(call);
  return INGOT_OK;
}

/// Marks the context as in use for the time of a call.
class Busy {
public:
  explicit Busy(ingot_context &context)
      : context(context), mine(!context.busy.exchange(true, std::memory_order_acquire)) {}
  ~Busy() {
    if (mine)
      context.busy.store(false, std::memory_order_release);
  }
  ingot_context &context;
  bool mine;
};

static bool validEntry(ingot_context &context, int32_t entry, int32_t &status) {
  if (entry >= 0 && entry < context.model->entry_count)
    return true;
  status = context.message.set(INGOT_NOT_FOUND, "there is no entry point %d, the model has %d",
                               entry, context.model->entry_count);
  return false;
}

} // namespace ingot::runtime

using namespace ingot::runtime;

extern "C" int32_t ingot_run(ingot_context *context, int32_t entry, const ingot_value *inputs,
                             int32_t input_count, ingot_value *outputs, int32_t output_count) {
  if (!context)
    return INGOT_INVALID_ARGUMENT;
  Busy busy(*context);
  if (!busy.mine)
    return INGOT_BUSY;
  context->message.clear();
  int32_t status;
  if (!validEntry(*context, entry, status))
    return status;
  Call call = {*context,
               context->model->entries[entry],
               context->entries[entry],
               inputs,
               input_count,
               outputs,
               output_count};
  FloatEnvironment environment;
  context->pool.checkFork();
  context->host.threads = context->pool.threads();
  context->call = &call;
  status = checkInputs(call, true);
  if (status == INGOT_OK)
    status = checkOutputs(call);
  if (status == INGOT_OK)
    status = compute(call, context->target->programs[entry]);
  context->call = nullptr;
  return status;
}

extern "C" int32_t ingot_output_dims(ingot_context *context, int32_t entry,
                                     const ingot_value *inputs, int32_t input_count,
                                     ingot_value *outputs, int32_t output_count) {
  if (!context)
    return INGOT_INVALID_ARGUMENT;
  Busy busy(*context);
  if (!busy.mine)
    return INGOT_BUSY;
  context->message.clear();
  int32_t status;
  if (!validEntry(*context, entry, status))
    return status;
  Call call = {*context,
               context->model->entries[entry],
               context->entries[entry],
               inputs,
               input_count,
               outputs,
               output_count};
  context->call = &call;
  status = checkInputs(call, false);
  if (status == INGOT_OK)
    status = describeOutputs(call);
  context->call = nullptr;
  return status;
}

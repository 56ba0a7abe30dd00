//===- context.cpp - making and ending contexts ---------------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "runtime/context.h"
#include "runtime/cpu_features.h"
#include "runtime/versions.h"
#include <cstring>

namespace ingot::runtime {

alignas(INGOT_ALIGNMENT) char emptyBuffer[INGOT_ALIGNMENT];

/// The first feature of a target that this CPU lacks, null when it has them all.
static const char *missingFeature(const ingot_target &target) {
  for (int32_t i = 0; i < target.feature_count; ++i)
    if (!cpuHas(target.features[i]))
      return target.features[i];
  for (int32_t i = 0; i < target.feature_count; ++i)
    if (!enableFeature(target.features[i]))
      return target.features[i];
  return nullptr;
}

static int32_t pickTarget(ingot_context &context) {
  const ingot_model &model = *context.model;
  const char *missing = nullptr;
  for (int32_t i = 0; i < model.target_count; ++i) {
    missing = missingFeature(model.targets[i]);
    if (!missing) {
      context.target = &model.targets[i];
      return INGOT_OK;
    }
  }
  // The last target asks for the least.
  return context.message.set(INGOT_UNSUPPORTED_CPU,
                             "the model needs %.40s (%.60s), which this CPU lacks", missing,
                             model.targets[model.target_count - 1].name);
}

static bool createRecord(const Allocator &allocator, const ingot_entry &entry,
                         const ingot_program &program, EntryRecord &record) {
  int64_t dims = 0;
  for (int32_t i = 0; i < entry.output_count; ++i)
    if (isTensor(entry.outputs[i].kind) && entry.outputs[i].rank > 0)
      dims += entry.outputs[i].rank;
  ArenaPlan &plan = record.plan;
  return record.symbols.create(allocator, entry.symbol_count) &&
         record.inputs.create(allocator, entry.input_count) &&
         record.outputs.create(allocator, entry.output_count) &&
         record.slots.create(allocator, entry.output_count) &&
         record.outputDims.create(allocator, dims) &&
         record.written.create(allocator, entry.output_count) &&
         plan.symbols.create(allocator, entry.symbol_count) &&
         plan.sizes.create(allocator, program.buffer_count) &&
         plan.planned.create(allocator, program.buffer_count) &&
         plan.offsets.create(allocator, program.buffer_count) &&
         plan.scratch.create(allocator, 2 * int64_t(program.buffer_count));
}

static void destroyRecord(const Allocator &allocator, EntryRecord &record) {
  record.symbols.destroy(allocator);
  record.inputs.destroy(allocator);
  record.outputs.destroy(allocator);
  record.slots.destroy(allocator);
  record.outputDims.destroy(allocator);
  record.written.destroy(allocator);
  record.plan.symbols.destroy(allocator);
  record.plan.sizes.destroy(allocator);
  record.plan.planned.destroy(allocator);
  record.plan.offsets.destroy(allocator);
  record.plan.scratch.destroy(allocator);
}

static int32_t fillContext(ingot_context &context, const ingot_options *options) {
  const ingot_model &model = *context.model;
  if (int32_t status = pickTarget(context))
    return status;
  if (int32_t status = context.weights.open(model, options, context.message))
    return status;
  bool made = context.entries.create(context.allocator, model.entry_count);
  for (int32_t i = 0; made && i < model.entry_count; ++i)
    made = createRecord(context.allocator, model.entries[i], context.target->programs[i],
                        context.entries[i]);
  if (!made)
    return context.message.set(INGOT_OUT_OF_MEMORY, "out of memory for the context");
  if (int32_t status = createStates(context))
    return status;
  context.pool.create(context.allocator, options);
  fillHost(context);
  return INGOT_OK;
}

static int32_t createContext(const ingot_model *model, const ingot_options *options,
                             ingot_context **result, Message &message) {
  if (!result)
    return message.set(INGOT_INVALID_ARGUMENT, "context is NULL");
  *result = nullptr;
  ingot_options known;
  if (options) {
    if (options->struct_bytes < firstOptionsBytes)
      return message.set(INGOT_INVALID_ARGUMENT,
                         "options: struct_bytes is %u, set it to sizeof(struct ingot_options)",
                         options->struct_bytes);
    known = asKnownHere<ingot_options>(options);
    options = &known;
  }
  if (options && !options->allocate != !options->deallocate)
    return message.set(INGOT_INVALID_ARGUMENT, "options: allocate and deallocate go together");
  if (options && options->threads < 0)
    return message.set(INGOT_INVALID_ARGUMENT, "options: threads is %d", options->threads);
  if (int32_t status = checkModel(model, message))
    return status;
  if (model->flags & INGOT_MODEL_NEEDS_GPU)
    return message.set(INGOT_NO_DEVICE, "the model needs a GPU, which this runtime does not drive");
  Allocator allocator = Allocator::from(options);
  void *memory = allocator.allocate(sizeof(ingot_context));
  if (!memory)
    return message.set(INGOT_OUT_OF_MEMORY, "out of memory for the context");
  auto *context = new (memory) ingot_context();
  context->model = model;
  context->allocator = allocator;
  if (int32_t status = fillContext(*context, options)) {
    message = context->message;
    ingot_context_destroy(context);
    return status;
  }
  *result = context;
  return INGOT_OK;
}

} // namespace ingot::runtime

using namespace ingot::runtime;

extern "C" int32_t ingot_context_create(const ingot_model *model, const ingot_options *options,
                                        ingot_context **context, char *text, int64_t bytes) {
  Message message;
  int32_t status = createContext(model, options, context, message);
  message.copyTo(text, bytes);
  return status;
}

extern "C" void ingot_context_destroy(ingot_context *context) {
  if (!context)
    return;
  Allocator allocator = context->allocator;
  context->pool.destroy(allocator);
  context->weights.close();
  for (int32_t i = 0; i < context->entries.size; ++i)
    destroyRecord(allocator, context->entries[i]);
  context->entries.destroy(allocator);
  destroyStates(*context);
  context->arena.destroy(allocator);
  context->work.destroy(allocator);
  context->results[0].destroy(allocator);
  context->results[1].destroy(allocator);
  context->queried.destroy(allocator);
  allocator.deallocate(context, sizeof(ingot_context));
}

extern "C" const char *ingot_context_message(const ingot_context *context) {
  return context ? context->message.text : "context is NULL";
}

extern "C" const char *ingot_context_target(const ingot_context *context) {
  return context && context->target ? context->target->name : "";
}

extern "C" int32_t ingot_context_threads(const ingot_context *context) {
  return context ? context->pool.threads() : 0;
}

extern "C" int32_t ingot_find_entry(const ingot_model *model, const char *name) {
  if (!model || !name)
    return -1;
  for (int32_t i = 0; i < model->entry_count; ++i)
    if (std::strcmp(model->entries[i].name, name) == 0)
      return i;
  return -1;
}

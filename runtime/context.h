//===- context.h - everything that a context holds ------------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#ifndef INGOT_RUNTIME_CONTEXT_H
#define INGOT_RUNTIME_CONTEXT_H

#include "ingot/abi.h"
#include "ingot/kernel_abi.h"
#include "runtime/memory.h"
#include "runtime/message.h"
#include "runtime/pool.h"
#include "runtime/weights.h"
#include <atomic>

namespace ingot::runtime {

/// The places of an entry point's dynamic buffers for the symbols of its last run.
struct ArenaPlan {
  Array<int64_t> symbols; // for which the plan is known to hold
  Array<int64_t> sizes;   // now
  Array<int64_t> planned; // sizes that the offsets leave room for
  Array<int64_t> offsets;
  Array<int32_t> scratch;
  int64_t bytes = 0; // of the whole arena
  bool valid = false;
};

/// One output during a run.
struct OutputSlot {
  void *data = nullptr;   // where the program writes
  void *copyTo = nullptr; // the caller's misaligned buffer, filled at the end
  int64_t bytes = 0;      // of the elements
  const int64_t *dims = nullptr;
  int32_t rank = 0;
  bool born = false;     // its dimensions come from the program
  bool provided = false; // the caller owns the memory
};

/// What a run of one entry point writes down, made with the context so that runs with known shapes
/// allocate nothing.
struct EntryRecord {
  Array<int64_t> symbols;
  Array<void *> inputs; // what the program gets
  Array<void *> outputs;
  Array<OutputSlot> slots;
  Array<int64_t> outputDims;
  Array<int64_t> written; // bytes of each of the caller's outputs that the program may write
  ArenaPlan plan;
};

/// A context-owned value; `buffers` are both used when input and output alternate.
struct StateRecord {
  void *buffers[2] = {nullptr, nullptr};
  int64_t bytes = 0; // of each
  int32_t current = 0;
  Array<int64_t> dims; // the current ones
};

/// One call of ingot_run or ingot_output_dims.
struct Call {
  ingot_context &context;
  const ingot_entry &entry;
  EntryRecord &record;
  const ingot_value *inputs;
  int32_t inputCount;
  ingot_value *outputs;
  int32_t outputCount;
};

/// Whether the caller passes this port.
inline bool isPassed(const ingot_port &port) { return port.state < 0; }
inline bool isTensor(int32_t kind) { return kind == INGOT_TENSOR || kind == INGOT_STRING_TENSOR; }

/// What a pointer to no bytes is: aligned, not null, never written.
extern char emptyBuffer[INGOT_ALIGNMENT];

int32_t checkModel(const ingot_model *model, Message &message);

/// Checks all inputs and sets the symbols. Without `needData` only data that holds dimensions is
/// looked at.
int32_t bindInputs(Call &call, bool needData);
/// Sets the slots' dimensions and sizes and checks the caller's outputs against them.
int32_t checkOutputs(Call &call);
/// Says what the outputs will be, in the region `queried`; whatever they hold is not looked at.
int32_t describeOutputs(Call &call);
/// Makes the pointers that the program gets. After this the run starts.
int32_t prepareInputs(Call &call);
int32_t prepareOutputs(Call &call);
/// Hands the results over to the caller.
int32_t finishOutputs(Call &call);
/// Storage for an output whose dimensions the program has just found out.
void *provideOutput(Call &call, int32_t index, int32_t rank, const int64_t *dims);

/// Brings the plan up to date for the record's symbols.
int32_t planBuffers(ingot_context &context, const ingot_program &program, EntryRecord &record);

int32_t createStates(ingot_context &context);
void destroyStates(ingot_context &context);
void resetState(ingot_context &context, int32_t state);
/// Makes the outputs of a finished run the inputs of the next.
void advanceStates(Call &call);

void fillHost(ingot_context &context);

} // namespace ingot::runtime

struct ingot_context {
  const ingot_model *model = nullptr;
  const ingot_target *target = nullptr;
  ingot::runtime::Allocator allocator = {};
  ingot::runtime::Message message;
  std::atomic<bool> busy{false};
  ingot::runtime::Pool pool;
  ingot::runtime::Weights weights;
  ingot_host host = {};
  ingot::runtime::Call *call = nullptr; // the run in progress

  ingot::runtime::Arena arena;
  ingot::runtime::Region work; // what the program allocates; emptied before a run
  // Results of this run and of the one before, which may be the inputs of this one.
  ingot::runtime::Region results[2];
  int32_t now = 0;                // which of them is this run's
  ingot::runtime::Region queried; // what ingot_output_dims and ingot_state_read handed out

  ingot::runtime::Array<ingot::runtime::EntryRecord> entries;
  ingot::runtime::Array<ingot::runtime::StateRecord> states;

  void *allocateResult(int64_t bytes) { return results[now].allocate(allocator, bytes); }
};

#endif

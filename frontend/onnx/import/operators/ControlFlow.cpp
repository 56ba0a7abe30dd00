//===- ControlFlow.cpp - If, Loop, Scan ----------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "frontend/onnx/import/ControlBuilder.h"
#include "frontend/onnx/import/Registry.h"
#include "frontend/onnx/import/operators/Sized.h"
#include "frontend/onnx/import/Types.h"
#include "frontend/onnx/import/operators/HostCall.h"
#include "ir/ops/Movement.h"
#include "ir/ops/Slice.h"

using namespace mlir;

namespace ingot {

/// Exporters wrap a Squeeze in an If that looks at the rank: with a condition that is known, only
/// the branch taken exists.
static Results conditional(ImportBuilder &b, NodeReader &n) {
  Value condition = n.operand(0);
  auto *thenGraph = n.graph("then_branch"), *elseGraph = n.graph("else_branch");
  if (b.failed)
    return {};
  auto known = b.constants(condition);
  if (known && known->size() == 1)
    return Results(n.importGraph((*known)[0] ? *thenGraph : *elseGraph, {}));
  return Results(buildIf(
      b, n, condition, thenGraph->outputs.size(), [&] { return n.importGraph(*thenGraph, {}); },
      [&] { return n.importGraph(*elseGraph, {}); }));
}

static bool isTrue(ImportBuilder &b, Value v) {
  auto known = b.constants(v);
  return known && known->size() == 1 && (*known)[0] != 0;
}

static Results loop(ImportBuilder &b, NodeReader &n) {
  Value trips = n.optional(0), condition = n.optional(1);
  SmallVector<Value> initial;
  for (size_t i = 2; i < n.operandCount(); ++i)
    initial.push_back(n.anyOperand(i));
  auto *graph = n.graph("body");
  if (b.failed)
    return {};
  size_t carried = initial.size();
  if (graph->outputs.size() < carried + 1) {
    n.error("expected a body of at least " + Twine(carried + 1) + " outputs, but got " +
            Twine(graph->outputs.size()));
    return {};
  }
  // A list that begins empty has elements of the rank that the body declares.
  for (auto [i, v] : llvm::enumerate(initial))
    if (i + 2 < graph->inputs.size())
      if (auto type = dyn_cast_or_null<SequenceType>(
              typeOf(b.b.getContext(), graph->inputs[i + 2].type, true)))
        v = withElement(b, v, type.getElement());
  // Without a condition what the body says about going on does not matter.
  bool counts = !condition;
  if (condition && isTrue(b, condition))
    condition = {};
  return Results(buildLoop(
      b, n, trips, condition, initial, graph->outputs.size() - 1 - carried,
      [&](Value iteration, ValueRange arguments) {
        SmallVector<Value> inputs{iteration, b.tensor(RankedTensorType::get({}, b.b.getI1Type()),
                                                      ArrayRef<char>("\1", 1))};
        llvm::append_range(inputs, arguments);
        SmallVector<Value> outputs = n.importGraph(*graph, inputs);
        LoopValues values;
        if (b.failed)
          return values;
        bool goesOn = counts || isTrue(b, outputs[0]);
        if (!goesOn)
          values.next = outputs[0];
        else if (!trips && !condition)
          n.diagnostics().warning(n.node().describe(),
                                  "never ends: it has no trip count, and no condition that could "
                                  "become false");
        values.carried.assign(outputs.begin() + 1, outputs.begin() + 1 + carried);
        values.scanned.assign(outputs.begin() + 1 + carried, outputs.end());
        return values;
      }));
}

//===- sequence map ---------------------------------------------------------------===//

/// The type with the rank that a declaration gives, where it has none of its own.
static Type rankedBy(Type type, const onnx::TypeProto &declared) {
  auto unranked = dyn_cast<UnrankedTensorType>(type);
  if (!unranked || declared.kind != onnx::TypeProto::Kind::Tensor || !declared.hasShape)
    return type;
  return bornTensor(declared.shape.size(), unranked.getElementType());
}

/// Element `at` of a sequence as the body declares it; a tensor is handed on whole.
static Value mapped(ImportBuilder &b, NodeReader &n, Value operand, Value at,
                    const onnx::TypeProto &declared) {
  auto sequence = dyn_cast<SequenceType>(operand.getType());
  if (!sequence)
    return operand;
  Type type = rankedBy(sequence.getElement(), declared);
  if (isa<UnrankedTensorType>(type)) {
    n.unsupported("a tensor of unknown rank is not supported");
    return operand;
  }
  return hostCall(b, "sequence_at", {operand, at}, type);
}

/// A loop over the elements, as the function body in the standard has it.
static Results sequenceMap(ImportBuilder &b, NodeReader &n) {
  SmallVector<Value> operands, initial;
  for (size_t i = 0; i < n.operandCount(); ++i)
    operands.push_back(n.anyOperand(i));
  auto *graph = n.graph("body");
  if (b.failed)
    return {};
  if (operands.empty() || !isa<SequenceType>(operands[0].getType()) ||
      graph->inputs.size() != operands.size()) {
    n.error("expected a sequence, and a body with an input for every input");
    return {};
  }
  for (const onnx::ValueInfo &output : graph->outputs) {
    Type type = typeOf(b.b.getContext(), output.type, true);
    if (!isa_and_nonnull<TensorType>(type)) {
      n.unsupported("the body must declare its outputs as tensors");
      return {};
    }
    initial.push_back(hostCall(b, "sequence_empty",
                               b.integers({(int64_t)output.type.elementType}, {}, true),
                               SequenceType::get(b.b.getContext(), type)));
  }
  Value trips = hostCall(b, "sequence_length", operands[0],
                         RankedTensorType::get({}, b.b.getIntegerType(64, true)));
  return Results(
      buildLoop(b, n, trips, {}, initial, 0, [&](Value iteration, ValueRange lists) {
        SmallVector<Value> inputs;
        for (auto [operand, input] : llvm::zip(operands, graph->inputs))
          inputs.push_back(mapped(b, n, operand, iteration, input.type));
        LoopValues values;
        if (b.failed)
          return values;
        SmallVector<Value> outputs = n.importGraph(*graph, inputs);
        for (auto [list, output] : llvm::zip(lists, outputs))
          if (!b.failed)
            values.carried.push_back(
                hostCall(b, "sequence_insert", {list, output}, list.getType()));
        return values;
      }));
}

//===- scan -----------------------------------------------------------------------===//

/// `list` or as many zeros; an error where it has another length.
static SmallVector<int64_t> listOf(NodeReader &n, StringRef name, size_t count) {
  SmallVector<int64_t> list = n.integers(name).value_or(SmallVector<int64_t>(count, 0));
  if (list.size() == count)
    return list;
  n.error("expected " + Twine(count) + " values of '" + name + "', but got " + Twine(list.size()));
  return SmallVector<int64_t>(count, 0);
}

namespace {
struct ScanForm {
  const onnx::Graph *graph;
  size_t states;
  SmallVector<int64_t> inputAxes, inputReversed, outputAxes, outputReversed;
};
} // namespace

/// length - 1 - i.
static Value fromEnd(ImportBuilder &b, const Dim &length, Value i) {
  Value last = b.shapeTensor({b.dims.space.sub(length, Dim(1))});
  return b.sub(b.reshape(last, {}), i);
}

static SmallVector<Value> scanLoop(ImportBuilder &b, NodeReader &n, const ScanForm &form,
                                   ValueRange states, ValueRange inputs) {
  SmallVector<int64_t> axes;
  for (auto [v, axis] : llvm::zip(inputs, form.inputAxes))
    axes.push_back(b.normalizeAxis(axis, b.rank(v)));
  if (b.failed)
    return {};
  Dim length = b.dim(inputs[0], axes[0]);
  SmallVector<Value> alike;
  for (auto [v, axis] : llvm::zip(inputs, axes))
    alike.push_back(sizedAlong(b, v, axis, length));
  inputs = alike;
  size_t scanned = form.graph->outputs.size() - form.states;
  SmallVector<Value> results = buildLoop(
      b, n, b.reshape(b.shapeTensor({length}), {}), {}, states, scanned,
      [&](Value iteration, ValueRange carried) {
        SmallVector<Value> arguments(carried);
        for (auto [i, v] : llvm::enumerate(inputs)) {
          Value at = form.inputReversed[i] ? fromEnd(b, length, iteration) : iteration;
          arguments.push_back(b.create<GatherOp>(v, at, axes[i]));
        }
        SmallVector<Value> outputs = n.importGraph(*form.graph, arguments);
        LoopValues values;
        if (b.failed)
          return values;
        values.carried.assign(outputs.begin(), outputs.begin() + form.states);
        values.scanned.assign(outputs.begin() + form.states, outputs.end());
        return values;
      });
  for (size_t i = 0; !b.failed && i < scanned; ++i) {
    Value &v = results[form.states + i];
    int64_t rank = b.rank(v), axis = b.normalizeAxis(form.outputAxes[i], rank);
    if (form.outputReversed[i]) {
      v = b.create<SliceOp>(v, b.integers({-1}), b.integers({INT64_MIN}), b.integers({0}),
                            b.integers({-1}));
    }
    SmallVector<int64_t> order = llvm::to_vector(llvm::seq<int64_t>(1, std::max<int64_t>(rank, 1)));
    order.insert(order.begin() + axis, 0);
    v = b.transpose(v, order);
  }
  return results;
}

/// The numbers of states and scanned values from the node and its body.
static std::optional<ScanForm> scanForm(ImportBuilder &b, NodeReader &n, size_t operands) {
  ScanForm form;
  int64_t scannedInputs = n.requiredInteger("num_scan_inputs");
  form.graph = n.graph("body");
  if (b.failed)
    return std::nullopt;
  if (scannedInputs < 1 || scannedInputs > (int64_t)operands ||
      form.graph->outputs.size() < operands - scannedInputs) {
    n.error("expected num_scan_inputs in [1, " + Twine(operands) + "] that fits the body, but got " +
            Twine(scannedInputs));
    return std::nullopt;
  }
  form.states = operands - scannedInputs;
  size_t outputs = form.graph->outputs.size() - form.states;
  form.inputReversed = form.inputAxes = SmallVector<int64_t>(scannedInputs, 0);
  form.outputReversed = form.outputAxes = SmallVector<int64_t>(outputs, 0);
  return form;
}

static Results scan(ImportBuilder &b, NodeReader &n) {
  SmallVector<Value> operands = n.operandsFrom(0);
  auto form = scanForm(b, n, operands.size());
  if (!form)
    return {};
  form->inputAxes = listOf(n, "scan_input_axes", form->inputAxes.size());
  form->inputReversed = listOf(n, "scan_input_directions", form->inputAxes.size());
  form->outputAxes = listOf(n, "scan_output_axes", form->outputAxes.size());
  form->outputReversed = listOf(n, "scan_output_directions", form->outputAxes.size());
  ValueRange all(operands);
  return Results(scanLoop(b, n, *form, all.take_front(form->states), all.drop_front(form->states)));
}

/// The first version scans each member of a batch on its own, along dimension 1.
static Results batchedScan(ImportBuilder &b, NodeReader &n) {
  Value lengths = n.optional(0);
  SmallVector<Value> operands = n.operandsFrom(1);
  auto form = scanForm(b, n, operands.size());
  if (!form)
    return {};
  if (lengths)
    n.unsupported("sequence_lens is not supported");
  for (Value &v : operands)
    v = sizedAlong(b, v, 0, b.dim(operands[0], 0));
  form->inputReversed = listOf(n, "directions", form->inputAxes.size());
  if (b.failed)
    return {};
  Value batch = b.reshape(b.shapeTensor({b.dim(operands[0], 0)}), {});
  return Results(buildLoop(b, n, batch, {}, {}, form->graph->outputs.size(),
                           [&](Value member, ValueRange) {
                             SmallVector<Value> slices;
                             for (Value v : operands)
                               slices.push_back(b.create<GatherOp>(v, member, 0));
                             ValueRange all(slices);
                             LoopValues values;
                             values.scanned = scanLoop(b, n, *form, all.take_front(form->states),
                                                       all.drop_front(form->states));
                             return values;
                           }));
}

ArrayRef<OperatorRow> controlFlowOperators() {
  static const OperatorRow rows[] = {
      {"", "If", 1, conditional},
      {"", "Loop", 1, loop},
      {"", "Scan", 8, batchedScan},
      {"", "Scan", 9, scan},
      {"", "SequenceMap", 17, sequenceMap},
  };
  return rows;
}

} // namespace ingot

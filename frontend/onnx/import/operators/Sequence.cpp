//===- Sequence.cpp - sequences and optionals -----------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "frontend/onnx/import/Registry.h"
#include "frontend/onnx/import/Types.h"
#include "frontend/onnx/import/operators/HostCall.h"
#include "ir/ops/Constant.h"
#include "ir/ops/Host.h"

using namespace mlir;

namespace ingot {

Value hostCall(ImportBuilder &b, StringRef callee, ValueRange operands, Type type, int64_t shape) {
  if (b.failed)
    return b.create<HostCallOp>(callee, operands, ArrayAttr(), ArrayRef<int64_t>());
  return b.create<HostCallOp>(callee, operands, b.b.getTypeArrayAttr({type}),
                              ArrayRef<int64_t>(shape));
}

Value noOperand(ImportBuilder &b) { return NoneOp::create(b.b, b.loc, b.b.getNoneType()); }

Value optionalOperand(ImportBuilder &b, NodeReader &n, size_t i) {
  Value v = n.optional(i);
  return v ? v : noOperand(b);
}

RankedTensorType bornTensor(int64_t rank, Type element) {
  return RankedTensorType::get(SmallVector<int64_t>(rank, ShapedType::kDynamic), element);
}

/// What a tensor is inside of a sequence: of any dimensions.
static Type elementOf(Value v) {
  if (auto tensor = dyn_cast<RankedTensorType>(v.getType()))
    return bornTensor(tensor.getRank(), tensor.getElementType());
  return v.getType();
}

Value withElement(ImportBuilder &b, Value sequence, Type element) {
  auto type = dyn_cast<SequenceType>(sequence.getType());
  auto made = sequence.getDefiningOp<HostCallOp>();
  auto tensor = dyn_cast_or_null<RankedTensorType>(element);
  if (!type || !made || made.getCallee() != "sequence_empty" || !tensor ||
      type.getElement() != UnrankedTensorType::get(tensor.getElementType()))
    return sequence;
  return hostCall(b, "sequence_empty", made.getInputs(),
                  SequenceType::get(b.b.getContext(),
                                    bornTensor(tensor.getRank(), tensor.getElementType())));
}

/// The type of an output taken out of a container: what the file declares where the container knows
/// no rank.
static Type contained(ImportBuilder &b, NodeReader &n, Type type, size_t output) {
  auto tensor = dyn_cast<TensorType>(type);
  if (!tensor)
    return type;
  if (auto ranked = dyn_cast<RankedTensorType>(type))
    return bornTensor(ranked.getRank(), ranked.getElementType());
  const onnx::TypeProto *declared = n.declaredOutput(output);
  if (declared && declared->kind == onnx::TypeProto::Kind::Tensor && declared->hasShape)
    return bornTensor(declared->shape.size(), tensor.getElementType());
  n.unsupported("a tensor of unknown rank is not supported");
  return bornTensor(0, tensor.getElementType());
}

template <typename T> static Type elementTypeIn(NodeReader &n, Value v, StringRef what) {
  if (auto type = v ? dyn_cast<T>(v.getType()) : T())
    return type.getElement();
  n.error("expected " + what);
  return {};
}

static Results sequenceEmpty(ImportBuilder &b, NodeReader &n) {
  int64_t number = n.integer("dtype", 1);
  auto known = onnx::elementTypeOf(number);
  Type element = known ? elementTypeOf(b.b.getContext(), *known) : Type();
  if (!element) {
    n.error("expected an element type, but got " + Twine(number));
    return {};
  }
  Type type = SequenceType::get(b.b.getContext(), UnrankedTensorType::get(element));
  return hostCall(b, "sequence_empty", b.integers({number}, {}, true), type);
}

static Results sequenceConstruct(ImportBuilder &b, NodeReader &n) {
  SmallVector<Value> operands;
  for (size_t i = 0; i < n.operandCount(); ++i)
    operands.push_back(n.anyOperand(i));
  if (b.failed)
    return {};
  Type element = elementOf(operands[0]);
  for (Value v : operands)
    if (elementOf(v) != element)
      element = UnrankedTensorType::get(b.elementType(operands[0]));
  return hostCall(b, "sequence_construct", operands,
                  SequenceType::get(b.b.getContext(), element));
}

static Results sequenceAt(ImportBuilder &b, NodeReader &n) {
  Value sequence = n.anyOperand(0), at = n.operand(1);
  Type element = elementTypeIn<SequenceType>(n, sequence, "a sequence");
  if (b.failed)
    return {};
  Type type = contained(b, n, element, 0);
  if (b.failed)
    return {};
  return hostCall(b, "sequence_at", {sequence, at}, type);
}

static Results sequenceInsert(ImportBuilder &b, NodeReader &n) {
  Value sequence = n.anyOperand(0), element = n.anyOperand(1);
  if (!b.failed)
    sequence = withElement(b, sequence, element.getType());
  SmallVector<Value> operands{sequence, element};
  if (Value at = n.optional(2))
    operands.push_back(at);
  Type type = elementTypeIn<SequenceType>(n, sequence, "a sequence");
  if (b.failed)
    return {};
  if (isa<RankedTensorType>(type) && type != elementOf(element))
    type = UnrankedTensorType::get(cast<TensorType>(type).getElementType());
  return hostCall(b, "sequence_insert", operands, SequenceType::get(b.b.getContext(), type));
}

static Results sequenceErase(ImportBuilder &b, NodeReader &n) {
  SmallVector<Value> operands{n.anyOperand(0)};
  if (Value at = n.optional(1))
    operands.push_back(at);
  elementTypeIn<SequenceType>(n, operands[0], "a sequence");
  if (b.failed)
    return {};
  return hostCall(b, "sequence_erase", operands, operands[0].getType());
}

static Results sequenceLength(ImportBuilder &b, NodeReader &n) {
  Value sequence = n.anyOperand(0);
  elementTypeIn<SequenceType>(n, sequence, "a sequence");
  if (b.failed)
    return {};
  return hostCall(b, "sequence_length", sequence,
                  RankedTensorType::get({}, b.b.getIntegerType(64, true)));
}

static Results concatFromSequence(ImportBuilder &b, NodeReader &n) {
  Value sequence = n.anyOperand(0);
  int64_t axis = n.requiredInteger("axis"), fresh = n.integer("new_axis", 0);
  Type element = elementTypeIn<SequenceType>(n, sequence, "a sequence");
  if (b.failed)
    return {};
  Type type;
  if (auto tensor = dyn_cast<RankedTensorType>(element))
    type = bornTensor(tensor.getRank() + (fresh ? 1 : 0), tensor.getElementType());
  else
    type = contained(b, n, element, 0);
  if (b.failed)
    return {};
  return hostCall(b, "concat_from_sequence",
                  {sequence, b.integers({axis}, {}, true), b.integers({fresh}, {}, true)}, type);
}

static Results splitToSequence(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0);
  bool given = n.hasOperand(1);
  Value split = optionalOperand(b, n, 1);
  int64_t axis = n.integer("axis", 0), keep = n.integer("keepdims", 1);
  if (b.failed)
    return {};
  int64_t rank = b.rank(x) - (!keep && !given ? 1 : 0);
  Type type = SequenceType::get(b.b.getContext(), bornTensor(rank, b.elementType(x)));
  return hostCall(b, "split_to_sequence",
                  {x, split, b.integers({axis}, {}, true), b.integers({keep}, {}, true)}, type);
}

static Results optionalMake(ImportBuilder &b, NodeReader &n) {
  auto *declared = n.type("type");
  if (n.hasOperand(0)) {
    Value v = n.anyOperand(0);
    return hostCall(b, "optional_make", v, OptionalType::get(b.b.getContext(), elementOf(v)));
  }
  Type element = declared ? typeOf(b.b.getContext(), *declared, true) : Type();
  if (!element) {
    n.error("expected an input or the attribute 'type'");
    return {};
  }
  return hostCall(b, "optional_empty", {}, OptionalType::get(b.b.getContext(), element));
}

/// From version 18 on, tensors and sequences themselves may stand for optionals that hold them.
static Results optionalGet(ImportBuilder &b, NodeReader &n) {
  Value v = n.anyOperand(0);
  auto type = b.failed ? OptionalType() : dyn_cast<OptionalType>(v.getType());
  if (!type)
    return v;
  Type held = contained(b, n, type.getElement(), 0);
  if (b.failed)
    return {};
  return hostCall(b, "optional_get", v, held);
}

static Results optionalHas(ImportBuilder &b, NodeReader &n) {
  Type truth = RankedTensorType::get({}, b.b.getI1Type());
  if (!n.hasOperand(0))
    return b.tensor(cast<RankedTensorType>(truth), ArrayRef<char>("\0", 1));
  Value v = n.anyOperand(0);
  if (b.failed || !isa<OptionalType>(v.getType()))
    return b.tensor(cast<RankedTensorType>(truth), ArrayRef<char>("\1", 1));
  return hostCall(b, "optional_has", v, truth);
}

ArrayRef<OperatorRow> sequenceOperators() {
  static const OperatorRow rows[] = {
      {"", "ConcatFromSequence", 11, concatFromSequence},
      {"", "Optional", 15, optionalMake},
      {"", "OptionalGetElement", 15, optionalGet},
      {"", "OptionalHasElement", 15, optionalHas},
      {"", "SequenceAt", 11, sequenceAt},
      {"", "SequenceConstruct", 11, sequenceConstruct},
      {"", "SequenceEmpty", 11, sequenceEmpty},
      {"", "SequenceErase", 11, sequenceErase},
      {"", "SequenceInsert", 11, sequenceInsert},
      {"", "SequenceLength", 11, sequenceLength},
      {"", "SplitToSequence", 11, splitToSequence},
  };
  return rows;
}

} // namespace ingot

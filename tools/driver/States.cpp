//===- States.cpp - pairs of input and output that a context keeps -----------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------------------===//
#include "tools/driver/States.h"

using namespace mlir;

namespace ingot {

namespace {
struct Pair {
  std::string input, output;
  int64_t axis = -1, most = 0;
};

class Binding {
public:
  Binding(func::FuncOp function, onnx::Diagnostics &diagnostics)
      : function(function), diagnostics(diagnostics), context(function.getContext()) {}

  bool bind(const Pair &pair, unsigned number, StatePlan &state);

private:
  bool fail(const Pair &pair, const std::string &what) {
    diagnostics.error("--state " + onnx::quoted(pair.input + ":" + pair.output), what);
    return false;
  }
  std::optional<unsigned> find(unsigned count, llvm::function_ref<DictionaryAttr(unsigned)> attrs,
                               const std::string &name);
  bool boundAxis(const Pair &pair, unsigned input);

  func::FuncOp function;
  onnx::Diagnostics &diagnostics;
  MLIRContext *context;
};
} // namespace

/// The command line has checked the form.
static Pair parse(StringRef text) {
  Pair pair;
  auto [rest, tail] = text.rsplit(':');
  auto [axis, most] = tail.split('=');
  if (tail.contains('=') && !axis.getAsInteger(10, pair.axis) && !most.getAsInteger(10, pair.most))
    text = rest;
  else
    pair.axis = -1;
  auto [input, output] = text.split(':');
  pair.input = input.str();
  pair.output = output.str();
  return pair;
}

std::optional<unsigned> Binding::find(unsigned count,
                                      llvm::function_ref<DictionaryAttr(unsigned)> attrs,
                                      const std::string &name) {
  for (unsigned i = 0; i < count; ++i)
    if (DictionaryAttr each = attrs(i))
      if (auto known = each.getAs<StringAttr>("ingot.name"); known && known.getValue() == name)
        return i;
  return std::nullopt;
}

/// The bounds belong to the name of the dimension: several states that grow together share it.
bool Binding::boundAxis(const Pair &pair, unsigned input) {
  auto own = function.getArgAttrOfType<ArrayAttr>(input, "ingot.dims");
  std::string name = own ? cast<StringAttr>(own[pair.axis]).getValue().split(':').first.str() : "";
  bool isShared = !name.empty();
  if (!isShared)
    name = pair.input + "." + std::to_string(pair.axis);
  int64_t most = pair.most;
  // What is known already may be narrower.
  auto boundsOf = [&](StringRef text) {
    int64_t high;
    if (!text.split("..").second.getAsInteger(10, high))
      most = std::min(most, high);
  };
  auto each = [&](auto visit) {
    for (unsigned i = 0; i < function.getNumArguments(); ++i) {
      auto dims = function.getArgAttrOfType<ArrayAttr>(i, "ingot.dims");
      SmallVector<Attribute> names;
      if (dims)
        names.assign(dims.begin(), dims.end());
      for (auto [d, attr] : llvm::enumerate(names)) {
        StringRef text = cast<StringAttr>(attr).getValue();
        if (isShared ? text.split(':').first == name
                     : i == input && (int64_t)d == pair.axis)
          attr = StringAttr::get(context, visit(text));
      }
      if (dims)
        function.setArgAttr(i, "ingot.dims", ArrayAttr::get(context, names));
    }
  };
  each([&](StringRef text) {
    boundsOf(text);
    return text.str();
  });
  each([&](StringRef) { return name + ":0.." + std::to_string(most); });
  return true;
}

bool Binding::bind(const Pair &pair, unsigned number, StatePlan &state) {
  auto input = find(
      function.getNumArguments(), [&](unsigned i) { return function.getArgAttrDict(i); },
      pair.input);
  auto output = find(
      function.getNumResults(), [&](unsigned i) { return function.getResultAttrDict(i); },
      pair.output);
  if (!input)
    return fail(pair, onnx::quoted(pair.input) + " is no input of the model");
  if (!output)
    return fail(pair, onnx::quoted(pair.output) + " is no output of the model");
  if (function.getArgAttr(*input, "ingot.state") || function.getResultAttr(*output, "ingot.state"))
    return fail(pair, "the input or output belongs to another state already");
  auto from = dyn_cast<RankedTensorType>(function.getArgumentTypes()[*input]);
  auto to = dyn_cast<RankedTensorType>(function.getResultTypes()[*output]);
  if (!from || !to || isString(from.getElementType()))
    return fail(pair, "expected tensors of numbers");
  if (from.getElementType() != to.getElementType() || from.getRank() != to.getRank())
    return fail(pair, "expected an input and an output of one type, but got " +
                          elementTypeName(from.getElementType()) + " of rank " +
                          std::to_string(from.getRank()) + " and " +
                          elementTypeName(to.getElementType()) + " of rank " +
                          std::to_string(to.getRank()));
  if (pair.axis >= from.getRank())
    return fail(pair, "expected an axis below the rank of " + std::to_string(from.getRank()) +
                          ", but got " + std::to_string(pair.axis));
  if (pair.axis >= 0 && storageBits(from.getElementType()) < 8)
    return fail(pair, "a state of packed elements cannot grow");
  state = {pair.input, from.getElementType(), {}, pair.axis};
  for (int64_t d = 0; d < from.getRank(); ++d) {
    int64_t size = from.getDimSize(d), result = to.getDimSize(d);
    if (d == pair.axis) {
      if (!ShapedType::isDynamic(size))
        return fail(pair, "dimension " + std::to_string(d) + " is fixed at " +
                              std::to_string(size) + " and cannot grow");
      state.dims.push_back(pair.most);
      continue;
    }
    if (ShapedType::isDynamic(size))
      return fail(pair, "dimension " + std::to_string(d) + " of " + onnx::quoted(pair.input) +
                            " must be fixed; give it with --shape");
    if (!ShapedType::isDynamic(result) && result != size)
      return fail(pair, "dimension " + std::to_string(d) + " is " + std::to_string(size) +
                            " in the input, but " + std::to_string(result) + " in the output");
    state.dims.push_back(size);
  }
  if (pair.axis >= 0 && !boundAxis(pair, *input))
    return false;
  auto attr = IntegerAttr::get(IntegerType::get(context, 64), number);
  function.setArgAttr(*input, "ingot.state", attr);
  function.setResultAttr(*output, "ingot.state", attr);
  return true;
}

bool bindStates(func::FuncOp function, const std::vector<std::string> &specs,
                std::vector<StatePlan> &states, onnx::Diagnostics &diagnostics) {
  Binding binding(function, diagnostics);
  bool isFirst = states.empty();
  for (auto [number, text] : llvm::enumerate(specs)) {
    Pair pair = parse(text);
    StatePlan state;
    if (!binding.bind(pair, number, state))
      return false;
    if (isFirst) {
      states.push_back(state);
    } else if (states[number].dims != state.dims) {
      diagnostics.error("--state " + onnx::quoted(text),
                        "expected the same dimensions in all entry points");
      return false;
    }
  }
  return true;
}

} // namespace ingot

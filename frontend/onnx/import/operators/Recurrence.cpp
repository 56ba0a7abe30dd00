//===- Recurrence.cpp - LSTM, GRU and RNN -------------------------------------------===//
//
// The product with the input does not depend on the state: it is one matrix product over all steps
// and directions in front of the recurrence, and takes the biases with it.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/ops/Recurrence.h"
#include "frontend/onnx/import/Registry.h"
#include "frontend/onnx/import/operators/Sized.h"
#include "ir/ops/Contraction.h"
#include "ir/ops/Movement.h"
#include "ir/ops/RecurrentCell.h"

using namespace mlir;

namespace ingot {

namespace {

/// What a kind of cell is called and has.
struct Kind {
  StringRef name;
  int64_t gates;
  SmallVector<StringRef> functions; ///< by default, of one direction
};

struct Functions {
  SmallVector<StringRef> names;
  SmallVector<std::string> lower; ///< what `names` refers to
  SmallVector<double> alphas, betas;
};

class LayerReader {
public:
  LayerReader(ImportBuilder &b, NodeReader &n, Kind kind) : b(b), n(n), kind(std::move(kind)) {}

  Results read() {
    Value x = n.operand(0), weights = n.operand(1), recurrent = n.operand(2);
    Value bias = n.optional(3), lengths = n.optional(4), initialH = n.optional(5);
    bool lstm = kind.name == "lstm", gru = kind.name == "gru";
    Value initialC = lstm ? n.optional(6) : Value(), peepholes = lstm ? n.optional(7) : Value();
    StringRef direction = n.string("direction", "forward");
    if (direction != "forward" && direction != "reverse" && direction != "bidirectional")
      n.error("expected direction forward, reverse or bidirectional, but got " +
              onnx::quoted(std::string_view(direction)));
    directions = direction == "bidirectional" ? 2 : 1;
    bool batchFirst = n.boolean("layout", false);
    double clip = n.real("clip", 0);
    bool resetAfter = gru && n.boolean("linear_before_reset", false);
    bool couple = lstm && n.boolean("input_forget", false);
    if (n.opset() < 7)
      n.ignore({"output_sequence"}); // which outputs are wanted says the same
    Functions functions = readFunctions();
    checkRank(x, "X", 3), checkRank(weights, "W", 3), checkRank(recurrent, "R", 3);
    if (bias)
      checkRank(bias, "B", 2);
    if (b.failed)
      return {};
    recurrent = withKnownSizes(recurrent);
    // The bias of a wrong size would broadcast to the product, or be cut elsewhere than its gates.
    Dim all = b.dims.space.mul(Dim(kind.gates), b.dim(recurrent, 2));
    weights = sized(b, weights, {Dim(directions), all, b.dim(x, 2)});
    bias = sized(b, bias, {Dim(directions), b.dims.space.mul(Dim(2), all)});
    auto timeFirst = [&](Value v) { return v && batchFirst ? b.transpose(v, {1, 0, 2}) : v; };
    Value hiddenBias;
    Value gates = inputProduct(x, weights, batchFirst, [&](Value product) {
      return bias ? b.add(product, splitBias(bias, resetAfter, hiddenBias)) : product;
    });
    auto orNone = [&](Value v) { return v ? v : b.none(); };
    SmallVector<Value> r = b.createMany<RecurrenceOp>(
        lstm ? 3 : 2, gates, recurrent, orNone(hiddenBias), orNone(lengths),
        orNone(timeFirst(initialH)), orNone(timeFirst(initialC)), orNone(peepholes),
        b.b.getStringAttr(kind.name), b.b.getStringAttr(direction),
        b.b.getStrArrayAttr(functions.names), b.b.getDenseF64ArrayAttr(functions.alphas),
        b.b.getDenseF64ArrayAttr(functions.betas), b.b.getF64FloatAttr(clip),
        b.b.getBoolAttr(resetAfter), b.b.getBoolAttr(couple));
    // [time, batch, directions, hidden] to ONNX's order.
    Results results;
    SmallVector<int64_t> order{0, 2, 1, 3};
    if (batchFirst)
      order = {1, 0, 2, 3};
    results.push_back(n.wantsOutput(0) ? b.transpose(r[0], order) : Value());
    for (size_t i = 1; i < r.size(); ++i)
      results.push_back(n.wantsOutput(i) ? timeFirst(r[i]) : Value());
    return results;
  }

private:
  void checkRank(Value v, StringRef name, int64_t rank) {
    if (!b.failed && b.rank(v) != rank)
      n.error("expected " + name + " of rank " + Twine(rank) + ", but got " + Twine(b.rank(v)));
  }

  /// x · W^T [time, batch, directions * gates * hidden], `finish`ed. Where x is transposed to that
  /// order, here or in the model, the product comes first: its rows then follow each other in
  /// memory, so that it is one product over all of them.
  Value inputProduct(Value x, Value weights, bool batchFirst,
                     llvm::function_ref<Value(Value)> finish) {
    if (auto transpose = x.getDefiningOp<TransposeOp>())
      if (transpose.getPermutation() == ArrayRef<int64_t>{1, 0, 2}) {
        x = transpose.getInput();
        batchFirst = !batchFirst;
      }
    Value w = b.transpose(b.mergeDims(weights, 0, 2), {1, 0});
    Value product = finish(b.create<MatMulOp>(x, w));
    return batchFirst ? b.transpose(product, {1, 0, 2}) : product;
  }

  /// R with the sizes that `hidden_size` tells where its own are unknown.
  Value withKnownSizes(Value recurrent) {
    Dim size = b.dim(recurrent, 2);
    if (!n.has("hidden_size"))
      return recurrent;
    int64_t hidden = n.integer("hidden_size", 0);
    if (hidden < 1 || (size.constant() && !size.is(hidden))) {
      n.error("expected hidden_size of the last dimension of R, " + b.dims.space.str(size) +
              ", but got " + Twine(hidden));
      return recurrent;
    }
    if (size.constant() && b.dim(recurrent, 0).constant() && b.dim(recurrent, 1).constant())
      return recurrent;
    return b.reshape(recurrent, {Dim(directions), Dim(kind.gates * hidden), Dim(hidden)});
  }

  Functions readFunctions() {
    Functions result;
    auto names = n.strings("activations");
    if (names)
      for (StringRef name : *names)
        result.lower.push_back(name.lower());
    else
      for (int64_t d = 0; d < directions; ++d)
        for (StringRef name : kind.functions)
          result.lower.push_back(name.str());
    size_t expected = directions * kind.functions.size();
    if (!b.failed && result.lower.size() != expected)
      n.error("expected " + Twine(expected) + " activations, but got " +
              Twine(result.lower.size()));
    // The parameters are listed for those functions that have them.
    auto alphas = n.reals("activation_alpha"), betas = n.reals("activation_beta");
    size_t nextAlpha = 0, nextBeta = 0;
    for (StringRef name : result.lower) {
      const CellFunction *f = findCellFunction(name);
      if (!f) {
        if (!b.failed)
          n.error("expected an activation function, but got " + onnx::quoted(name.str()));
        return result;
      }
      auto take = [](bool has, auto &from, size_t &next, double otherwise) {
        return has && from && next < from->size() ? double((*from)[next++]) : otherwise;
      };
      result.names.push_back(name);
      result.alphas.push_back(take(f->hasAlpha, alphas, nextAlpha, f->alpha));
      result.betas.push_back(take(f->hasBeta, betas, nextBeta, f->beta));
    }
    return result;
  }

  /// What is added to the input's product [directions * gates * hidden]: B has the biases of the
  /// input's product, then those of the state's [directions, 2 * gates * hidden]. Where the reset
  /// gate applies to the state's product, the bias of that stays apart [directions, hidden].
  Value splitBias(Value bias, bool resetAfter, Value &hiddenBias) {
    DimSpace &space = b.dims.space;
    Dim end = b.dim(bias, 1), all = space.floorDiv(end, Dim(2));
    Value ofInput = b.slice(bias, 1, Dim(0), all), ofState = b.slice(bias, 1, all, end);
    if (resetAfter) {
      Dim last = space.sub(all, space.floorDiv(all, Dim(kind.gates)));
      hiddenBias = b.slice(ofState, 1, last, all);
      Value zeros = b.expand(b.scalarLike(0, bias), {b.dim(bias, 0), space.sub(all, last)});
      ofState = b.concat({b.slice(ofState, 1, Dim(0), last), zeros}, 1);
    }
    return b.mergeDims(b.add(ofInput, ofState), 0, 2);
  }

  ImportBuilder &b;
  NodeReader &n;
  Kind kind;
  int64_t directions = 1;
};

} // namespace

static Results lstm(ImportBuilder &b, NodeReader &n) {
  return LayerReader(b, n, {"lstm", 4, {"sigmoid", "tanh", "tanh"}}).read();
}
static Results gru(ImportBuilder &b, NodeReader &n) {
  return LayerReader(b, n, {"gru", 3, {"sigmoid", "tanh"}}).read();
}
static Results rnn(ImportBuilder &b, NodeReader &n) {
  return LayerReader(b, n, {"rnn", 1, {"tanh"}}).read();
}

ArrayRef<OperatorRow> recurrenceOperators() {
  static const OperatorRow rows[] = {
      {"", "GRU", 1, gru},
      {"", "LSTM", 1, lstm},
      {"", "RNN", 1, rnn},
  };
  return rows;
}

} // namespace ingot

//===- RecurrentCell.cpp - what one step of a recurrent cell computes -------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/ops/RecurrentCell.h"
#include "ir/ops/Scalar.h"

using namespace mlir;

namespace ingot {

const CellFunction *findCellFunction(StringRef name) {
  // Defaults of the operators of the same names; the standard gives none for Affine and ScaledTanh.
  static constexpr CellFunction functions[] = {
      {"affine", true, true, 1, 0},        {"elu", true, false, 1, 0},
      {"hardsigmoid", true, true, 0.2, 0.5}, {"leakyrelu", true, false, 0.01, 0},
      {"relu", false, false, 0, 0},        {"scaledtanh", true, true, 1, 1},
      {"sigmoid", false, false, 0, 0},     {"softplus", false, false, 0, 0},
      {"softsign", false, false, 0, 0},    {"tanh", false, false, 0, 0},
      {"thresholdedrelu", true, false, 1, 0},
  };
  for (const CellFunction &f : functions)
    if (f.name == name)
      return &f;
  return nullptr;
}

Value RecurrentCell::clipped(Value x) {
  double clip = op.getClip().convertToDouble();
  if (clip == 0)
    return x;
  Scalar s{b, loc};
  return s.max(s.min(x, s.constant(x, clip)), s.constant(x, -clip));
}

/// Function `function` of the direction's.
Value RecurrentCell::apply(int64_t function, Value x) {
  int64_t at = direction * op.functionCount() + function;
  StringRef name = cast<StringAttr>(op.getFunctions()[at]).getValue();
  Scalar s{b, loc};
  Value alpha = s.constant(x, op.getAlphas()[at]), beta = s.constant(x, op.getBetas()[at]);
  Value zero = s.constant(x, 0), one = s.constant(x, 1);
  auto exp = [&](Value v) -> Value { return math::ExpOp::create(b, loc, v); };
  auto tanh = [&](Value v) -> Value { return math::TanhOp::create(b, loc, v); };
  Value positive = s.less(zero, x);
  if (name == "sigmoid")
    return s.div(one, s.add(one, exp(s.neg(x))));
  if (name == "tanh")
    return tanh(x);
  if (name == "relu")
    return s.max(x, zero);
  if (name == "affine")
    return s.add(s.mul(alpha, x), beta);
  if (name == "leakyrelu")
    return s.select(s.less(x, zero), s.mul(alpha, x), x);
  if (name == "thresholdedrelu")
    return s.select(s.less(alpha, x), x, zero);
  if (name == "scaledtanh")
    return s.mul(alpha, tanh(s.mul(beta, x)));
  if (name == "hardsigmoid")
    return s.max(s.min(s.add(s.mul(alpha, x), beta), one), zero);
  if (name == "elu")
    return s.select(positive, x, s.mul(alpha, s.sub(exp(x), one)));
  if (name == "softsign")
    return s.div(x, s.add(one, s.abs(x)));
  // softplus: log(1 + e^x), which must not overflow.
  Value decay = math::Log1pOp::create(b, loc, exp(s.neg(s.abs(x))));
  return s.add(s.max(x, zero), decay);
}

RecurrentCell::LstmState RecurrentCell::lstm(ValueRange gates, Value c, ValueRange peepholes) {
  Scalar s{b, loc};
  auto peep = [&](unsigned gate, Value sum, Value cell) {
    return peepholes.empty() ? sum : s.add(sum, s.mul(peepholes[gate], cell));
  };
  Value input = apply(0, clipped(peep(0, gates[0], c)));
  Value forget = op.getCoupleInputForget() ? s.sub(s.constant(c, 1), input)
                                           : apply(0, clipped(peep(2, gates[2], c)));
  Value candidate = apply(1, clipped(gates[3]));
  Value next = s.fma(forget, c, s.mul(input, candidate));
  Value output = apply(0, clipped(peep(1, gates[1], next)));
  return {s.mul(output, apply(2, next)), next};
}

Value RecurrentCell::gruGate(Value sum) { return apply(0, clipped(sum)); }

Value RecurrentCell::gruHiddenSum(Value input, Value product, Value bias, Value reset) {
  Scalar s{b, loc};
  return s.fma(reset, bias ? s.add(product, bias) : product, input);
}

Value RecurrentCell::gru(Value update, Value hiddenSum, Value h) {
  Scalar s{b, loc};
  Value candidate = apply(1, clipped(hiddenSum));
  // (1 - z) * candidate + z * h
  return s.fma(update, s.sub(h, candidate), candidate);
}

Value RecurrentCell::rnn(Value sum) { return apply(0, clipped(sum)); }

} // namespace ingot

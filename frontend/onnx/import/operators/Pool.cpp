//===- Pool.cpp - windows and whole planes folded to a value ----------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "frontend/onnx/import/Registry.h"
#include "frontend/onnx/import/operators/Sized.h"
#include "frontend/onnx/import/operators/Window.h"
#include "ir/ops/Elementwise.h"
#include "ir/ops/Index.h"
#include "ir/ops/Pad.h"
#include "ir/ops/Pool.h"
#include <cmath>

using namespace mlir;

namespace ingot {

static Value pool(ImportBuilder &b, Value x, const Window &w, StringRef kind, bool ceil,
                  bool countPads = false) {
  return b.create<PoolOp>(x, w.kernel, w.strides, w.dilations, w.pads, ceil, kind, countPads);
}

/// What no element of the type is below.
static Value lowest(ImportBuilder &b, Value x) {
  if (auto integer = dyn_cast<IntegerType>(b.elementType(x)))
    return b.scalarLike(integer.isUnsigned() ? 0 : -std::ldexp(1.0, integer.getWidth() - 1), x);
  return b.scalarLike(-INFINITY, x);
}

static Results maxPool(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0);
  bool ceil = n.boolean("ceil_mode", false), columnMajor = n.boolean("storage_order", false);
  // Positions would count in the padded input.
  auto w = readWindow(b, n, x, {}, n.wantsOutput(1) ? OpenPads::Refused : OpenPads::Taken);
  if (!w)
    return {};
  Value y = pool(b, w->openPads.empty() ? x : padOpen(b, x, *w, lowest(b, x)), *w, "max", ceil);
  if (!n.wantsOutput(1))
    return {y, Value()};
  return {y, b.create<MaxPoolIndicesOp>(x, w->kernel, w->strides, w->dilations, w->pads, ceil,
                                        columnMajor)};
}

/// Puts values back where MaxPool found them; a larger output_shape adds zeros at the end.
static Results maxUnpool(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0), indices = n.operand(1);
  auto wanted = n.hasOperand(2) ? n.constantOperand(2, "output_shape")
                                : std::optional<SmallVector<int64_t>>(SmallVector<int64_t>());
  auto w = readWindow(b, n, x, {});
  if (!w || !wanted)
    return {};
  if (b.rank(indices) != b.rank(x)) {
    n.error("expected as many dimensions of indices as of the input, but got " +
            Twine(b.rank(indices)) + " and " + Twine(b.rank(x)));
    return {};
  }
  indices = sized(b, indices, b.shape(x));
  DimSpace &s = b.dims.space;
  SmallVector<Dim> shape = b.shape(x), flat{s.product(shape)};
  for (size_t i = 0; i < w->rank(); ++i)
    shape[2 + i] = s.add(s.mul(s.sub(shape[2 + i], Dim(1)), Dim(w->strides[i])),
                         Dim(w->kernel[i] - w->pads[i] - w->pads[w->rank() + i]));
  Value empty = b.expand(b.scalarLike(0, x), {s.product(shape)});
  Value filled = b.create<ScatterElementsOp>(empty, b.reshape(indices, flat), b.reshape(x, flat),
                                             "none", 0, /*checked=*/true);
  filled = b.reshape(filled, shape);
  if (wanted->empty())
    return filled;
  if (wanted->size() != shape.size()) {
    n.error("expected output_shape of " + Twine(shape.size()) + " numbers, but got " +
            Twine(wanted->size()));
    return {};
  }
  SmallVector<Dim> more(shape.size(), Dim(0));
  for (auto [size, have] : llvm::zip(*wanted, shape))
    more.push_back(s.sub(Dim(size), have));
  return b.create<PadOp>(filled, b.shapeTensor(more), b.scalarLike(0, x), b.none(), "constant");
}

static Results averagePool(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0);
  bool ceil = n.boolean("ceil_mode", false), countPads = n.boolean("count_include_pad", false);
  auto w = readWindow(b, n, x, {}, OpenPads::Taken);
  if (!w)
    return {};
  Value mean = pool(b, padOpen(b, x, *w), *w, "average", ceil, countPads);
  if (w->openPads.empty() || countPads)
    return mean;
  // The padding must not count: the share of a window that it leaves is the mean of ones.
  SmallVector<Dim> shape = b.shape(x);
  shape[0] = shape[1] = Dim(1);
  Value ones = padOpen(b, b.expand(b.scalarLike(1, x), shape), *w);
  return b.div(mean, pool(b, ones, *w, "average", ceil));
}

/// |x|^p and its inverse; p = 2 needs no power function.
static Value raise(ImportBuilder &b, Value x, int64_t p) {
  if (p == 1)
    return b.create<AbsOp>(x);
  return p == 2 ? b.mul(x, x) : b.pow(b.create<AbsOp>(x), p);
}
static Value root(ImportBuilder &b, Value x, int64_t p) {
  if (p == 1)
    return x;
  return p == 2 ? b.sqrt(x) : b.pow(x, 1.0 / p);
}

static int64_t readPower(NodeReader &n) {
  int64_t p = n.integer("p", 2);
  if (p < 1)
    n.error("expected p of at least 1, but got " + Twine(p));
  return p;
}

static Results lpPool(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0);
  int64_t p = readPower(n);
  bool ceil = n.boolean("ceil_mode", false);
  auto w = readWindow(b, n, x, {}, OpenPads::Taken);
  return w ? Results(root(b, pool(b, padOpen(b, raise(b, x, p), *w), *w, "sum", ceil), p))
           : Results();
}

static SmallVector<int64_t> planes(ImportBuilder &b, NodeReader &n, Value x) {
  if (!b.failed && b.rank(x) < 2)
    n.error("expected input of rank 2 or more, but got " + Twine(b.rank(x)));
  return b.axesFrom(x, 2);
}

static Results globalAveragePool(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0);
  return b.mean(x, planes(b, n, x));
}

static Results globalMaxPool(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0);
  return b.reduce("max", x, planes(b, n, x));
}

static Results globalLpPool(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0);
  int64_t p = readPower(n);
  return root(b, b.reduce("sum", raise(b, x, p), planes(b, n, x)), p);
}

ArrayRef<OperatorRow> poolOperators() {
  static const OperatorRow rows[] = {
      {"", "AveragePool", 1, averagePool},
      {"", "GlobalAveragePool", 1, globalAveragePool},
      {"", "GlobalLpPool", 2, globalLpPool},
      {"", "GlobalMaxPool", 1, globalMaxPool},
      {"", "LpPool", 2, lpPool},
      {"", "MaxPool", 1, maxPool},
      {"", "MaxUnpool", 9, maxUnpool},
  };
  return rows;
}

} // namespace ingot

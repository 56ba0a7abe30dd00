//===- Contraction.cpp - matrix products and convolutions ---------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "frontend/onnx/import/Registry.h"
#include "frontend/onnx/import/operators/Sized.h"
#include "frontend/onnx/import/operators/Activation.h"
#include "frontend/onnx/import/operators/Window.h"
#include "ir/ops/Contraction.h"

using namespace mlir;

namespace ingot {

/// numpy's: a vector is a row on the left, a column on the right, and its dimension of 1 goes.
static Results matMul(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0), y = n.operand(1);
  int64_t xRank = b.rank(x), yRank = b.rank(y);
  if (!b.failed && (xRank == 0 || yRank == 0))
    n.error("expected operands of rank 1 or more, but got 0");
  if (xRank == 1)
    x = b.unsqueeze(x, {0});
  if (yRank == 1)
    y = b.unsqueeze(y, {1});
  Value r = b.create<MatMulOp>(x, y);
  int64_t rank = b.rank(r);
  if (xRank == 1 && yRank == 1)
    return b.squeeze(r, {rank - 2, rank - 1});
  if (xRank == 1)
    return b.squeeze(r, {rank - 2});
  if (yRank == 1)
    return b.squeeze(r, {rank - 1});
  return r;
}

/// alpha * a' * b' + beta * c, where a' and b' may be transposed.
static Results gemm(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0), y = n.operand(1), c = n.optional(2);
  double alpha = n.real("alpha", 1), beta = n.real("beta", 1);
  if (n.opset() < 7)
    n.ignore({"broadcast"}); // what is written there may broadcast anyway
  bool transX = n.boolean("transA", false), transY = n.boolean("transB", false);
  if (!b.failed && (b.rank(x) != 2 || b.rank(y) != 2))
    n.error("expected matrices, but got operands of rank " + Twine(b.rank(x)) + " and " +
            Twine(b.rank(y)));
  if (transX)
    x = b.transpose(x, {1, 0});
  if (transY)
    y = b.transpose(y, {1, 0});
  Value r = b.create<MatMulOp>(x, y);
  if (alpha != 1)
    r = b.mul(r, alpha);
  if (!c || beta == 0)
    return r;
  if (b.rank(c) > 2)
    n.error("expected c of rank 2 or less, but got " + Twine(b.rank(c)));
  SmallVector<Dim> shape = b.shape(r);
  Value sum = b.add(r, beta == 1 ? c : b.mul(c, beta));
  if (!b.failed && ArrayRef(shape) != ArrayRef(b.shape(sum)) && sum.getType() != r.getType())
    n.error("expected c that broadcasts to the product");
  return sum;
}

/// com.microsoft: alpha * x' * y', either with its last two dimensions exchanged.
static Results fusedMatMul(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0), y = n.operand(1);
  double alpha = n.real("alpha", 1);
  bool transX = n.boolean("transA", false), transY = n.boolean("transB", false);
  if (n.boolean("transBatchA", false) || n.boolean("transBatchB", false))
    n.unsupported("transBatchA and transBatchB are not supported");
  auto exchanged = [&](Value v) {
    int64_t rank = b.rank(v);
    SmallVector<int64_t> order = llvm::to_vector(llvm::seq<int64_t>(rank));
    std::swap(order[rank - 2], order[rank - 1]);
    return b.transpose(v, order);
  };
  if (!b.failed && (b.rank(x) < 2 || b.rank(y) < 2))
    n.unsupported("operands that are vectors are not supported");
  if (b.failed)
    return {};
  Value r = b.create<MatMulOp>(transX ? exchanged(x) : x, transY ? exchanged(y) : y);
  return alpha == 1 ? r : b.mul(r, alpha);
}

/// A bias per channel, if there is one.
static Value addBias(ImportBuilder &b, NodeReader &n, Value r, Value bias) {
  if (!bias || b.failed)
    return r;
  if (b.rank(bias) != 1)
    n.error("expected bias of rank 1, but got " + Twine(b.rank(bias)));
  Dim channels = b.dim(r, 1), biases = b.dim(bias, 0);
  if (channels.constant() && biases.constant() && channels != biases)
    n.error("expected a bias of " + Twine(*channels.constant()) + " elements, but got " +
            Twine(*biases.constant()));
  return b.add(r, b.alongAxis(sizedAlong(b, bias, 0, channels), 1, b.rank(r)));
}

static Results conv(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0), weight = n.operand(1), bias = n.optional(2);
  SmallVector<Dim> kernel = b.shape(weight);
  if (kernel.size() < 3) {
    n.error("expected weight of rank 3 or more, but got " + Twine(kernel.size()));
    return {};
  }
  auto w = readWindow(b, n, x, ArrayRef(kernel).drop_front(2), OpenPads::Taken);
  int64_t groups = n.integer("group", 1);
  if (!w)
    return {};
  Value r = b.create<ConvOp>(padOpen(b, x, *w), weight, w->strides, w->dilations, w->pads, groups);
  return addBias(b, n, r, bias);
}

/// Pads that give the wanted output; the longer side is chosen by auto_pad. What they come to in an
/// open size is cut off the result instead.
static void padTo(ImportBuilder &b, Value x, ArrayRef<int64_t> wanted, bool upper,
                  ArrayRef<int64_t> outputPadding, Window &w) {
  DimSpace &s = b.dims.space;
  SmallVector<Dim> pads(2 * w.rank(), Dim(0));
  bool known = true;
  for (size_t i = 0; i < w.rank(); ++i) {
    Dim stride(w.strides[i]), size = b.dim(x, 2 + i);
    Dim out = wanted.empty() ? s.mul(size, stride) : Dim(wanted[i]);
    Dim whole = s.add(s.mul(stride, s.sub(size, Dim(1))),
                      Dim(outputPadding[i] + (w.kernel[i] - 1) * w.dilations[i] + 1));
    Dim total = s.sub(whole, out), least = s.max(total, Dim(0));
    // What is missing is added at the end, by a negative pad.
    Dim half = s.floorDiv(least, Dim(2));
    pads[i] = upper ? half : s.sub(least, half);
    pads[w.rank() + i] = s.sub(total, pads[i]);
    known &= total.isConstant();
  }
  w.pads.assign(pads.size(), 0);
  for (size_t i = 0; i < pads.size(); ++i) {
    if (known)
      w.pads[i] = *pads[i].constant();
    else
      w.openPads.push_back(s.sub(Dim(0), pads[i]));
  }
}

static Results convTranspose(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0), weight = n.operand(1), bias = n.optional(2);
  SmallVector<Dim> kernel = b.shape(weight);
  if (kernel.size() < 3) {
    n.error("expected weight of rank 3 or more, but got " + Twine(kernel.size()));
    return {};
  }
  StringRef autoPad = n.string("auto_pad", "NOTSET");
  auto w = readWindow(b, n, x, ArrayRef(kernel).drop_front(2), OpenPads::Taken);
  int64_t groups = n.integer("group", 1);
  if (!w)
    return {};
  w->openPads.clear(); // those of a convolution, not of its transpose
  auto outputPadding =
      n.integers("output_padding").value_or(SmallVector<int64_t>(w->rank(), 0));
  auto outputShape = n.integers("output_shape").value_or(SmallVector<int64_t>());
  // Some files give all dimensions.
  if (outputShape.size() == w->rank() + 2)
    outputShape.erase(outputShape.begin(), outputShape.begin() + 2);
  if (outputPadding.size() != w->rank() ||
      (!outputShape.empty() && outputShape.size() != w->rank())) {
    n.error("expected output_padding and output_shape of " + Twine(w->rank()) + " numbers");
    return {};
  }
  bool same = autoPad == "SAME_UPPER" || autoPad == "SAME_LOWER";
  if (same || !outputShape.empty())
    padTo(b, x, outputShape, autoPad == "SAME_UPPER", outputPadding, *w);
  Value r = b.create<ConvTransposeOp>(x, weight, w->strides, w->dilations, w->pads, outputPadding,
                                      groups);
  return addBias(b, n, padOpen(b, r, *w), bias);
}

/// A depthwise convolution over time that sees what came before: [batch, channels, length].
static Results causalConv(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0), weight = n.operand(1), bias = n.optional(2), past = n.optional(3);
  StringRef activation = n.string("activation", "none");
  if (!b.failed && (b.rank(x) != 3 || b.rank(weight) != 3))
    n.error("expected input and weight of rank 3, but got " + Twine(b.rank(x)) + " and " +
            Twine(b.rank(weight)));
  if (activation != "none" && activation != "silu" && activation != "swish")
    n.error("expected activation none, silu or swish, but got " +
            onnx::quoted(std::string_view(activation)));
  auto channels = b.dim(weight, 0).constant(), kernel = b.dim(weight, 2).constant();
  if (!b.failed && (!channels || !kernel))
    n.unsupported("the size of the weight must be known");
  if (b.failed)
    return {};
  Dim kept(*kernel - 1);
  if (!past)
    past = b.expand(b.scalarLike(0, x), {b.dim(x, 0), b.dim(x, 1), kept});
  Value all = b.concat({past, x}, 2);
  Value y = b.create<ConvOp>(all, weight, ArrayRef<int64_t>{1}, ArrayRef<int64_t>{1},
                             ArrayRef<int64_t>{0, 0}, *channels);
  y = addBias(b, n, y, bias);
  if (activation != "none")
    y = b.mul(y, sigmoid(b, y));
  Dim end = b.dim(all, 2);
  return {y, b.slice(all, 2, b.dims.space.sub(end, kept), end)};
}

ArrayRef<OperatorRow> contractionOperators() {
  static const OperatorRow rows[] = {
      {"", "CausalConvWithState", 27, causalConv},
      {"", "Conv", 1, conv},
      {"", "ConvTranspose", 1, convTranspose},
      {"", "Gemm", 6, gemm},
      {"", "MatMul", 1, matMul},
      {"com.microsoft", "FusedMatMul", 1, fusedMatMul},
  };
  return rows;
}

} // namespace ingot

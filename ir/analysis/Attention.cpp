//===- Attention.cpp - finds attention among matrix products -----------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/analysis/Attention.h"
#include "ir/ConstantView.h"
#include "ir/ops/Elementwise.h"
#include "ir/ops/Logic.h"
#include "ir/ops/Movement.h"

using namespace mlir;

namespace ingot {

bool sameMatrices(DimAnalysis &dims, Value a, Value b) {
  ArrayRef<Dim> x = dims.dims(a), y = dims.dims(b);
  return x.size() >= 2 && y.size() >= 2 && x.take_back(2) == y.take_back(2) &&
         dims.space.product(x) == dims.space.product(y);
}

namespace {

/// Beyond this, what is between two products is not attention.
constexpr size_t maxOps = 40;
/// A head larger than this does not fit the kernel's scratch well.
constexpr int64_t maxHeadSize = 512;

bool isZero(Value v) {
  auto view = ConstantView::of(v);
  return view && view->size() == 1 && isa<FloatType>(view->type().getElementType()) &&
         view->real(0) == 0;
}

bool swapsMatrix(TransposeOp op) {
  ArrayRef<int64_t> p = op.getPermutation();
  int64_t rank = p.size();
  if (rank < 2 || p[rank - 1] != rank - 2 || p[rank - 2] != rank - 1)
    return false;
  return llvm::is_sorted(p.drop_back(2));
}

class Matcher {
public:
  Matcher(DimAnalysis &dims) : dims(dims) {}

  std::optional<Attention> match(MatMulOp product) {
    found.product = product;
    if (!isMatrix(product.getResult()) || !throughProbabilities(product.getA()))
      return std::nullopt;
    Value scores = found.softmax.getInput();
    int64_t rank = dims.rank(scores);
    if (found.softmax.getLog() || int64_t(found.softmax.getAxis()) != rank - 1 ||
        !isMatrix(scores) || !sameMatrices(dims, scores, product.getA()) ||
        !throughScores(scores) || !found.scores)
      return std::nullopt;
    found.ops.insert(found.softmax);
    found.ops.insert(product);
    MatMulOp first = found.scores;
    // One matrix of scores makes one of the result: values that stretch them would repeat the rest.
    auto matrices = [&](MatMulOp op) {
      return dims.space.product(dims.dims(op.getResult()).drop_back(2));
    };
    if (matrices(first) != matrices(product))
      return std::nullopt;
    if (!isMatrix(first.getA()) || !isMatrix(first.getB()) || !isMatrix(product.getB()) ||
        found.ops.size() > maxOps || !isClosed())
      return std::nullopt;
    found.queries = peel(first.getA(), true);
    found.keys = peel(first.getB(), true);
    found.values = peel(product.getB(), false);
    for (Value v : {first.getA(), product.getB()}) {
      auto size = dims.dims(v).back().constant();
      if (!size || *size < 1 || *size > maxHeadSize)
        return std::nullopt;
    }
    return std::move(found);
  }

private:
  bool isMatrix(Value v) { return dims.rank(v) >= 2 && dims.elementType(v).isF32(); }

  /// From the product back to the softmax.
  bool throughProbabilities(Value v) {
    while (Operation *op = v.getDefiningOp()) {
      if ((found.softmax = dyn_cast<SoftmaxOp>(op)))
        return true;
      if (auto reshape = dyn_cast<ReshapeOp>(op)) {
        if (!sameMatrices(dims, reshape.getInput(), v))
          return false;
        v = reshape.getInput();
      } else if (auto where = dyn_cast<WhereOp>(op)) {
        Value kept = where.getB();
        if (!isZero(where.getA()) || dims.dims(kept) != dims.dims(v))
          return false;
        auto isNaN = where.getCondition().getDefiningOp<IsNaNOp>();
        if (isNaN && isNaN.getX() == kept) {
          found.nanIsZero = true;
          found.ops.insert(isNaN);
        } else if (!found.empty && dims.rank(where.getCondition()) > 0 &&
                   dims.dims(where.getCondition()).back().is(1)) {
          found.empty = where.getCondition();
        } else {
          return false;
        }
        v = kept;
      } else {
        return false;
      }
      found.ops.insert(op);
      if (found.ops.size() > maxOps)
        return false;
    }
    return false;
  }

  /// Whether `v` depends on the scores, element by element; collects what lies on the way.
  bool throughScores(Value v) {
    Operation *op = v.getDefiningOp();
    if (!op || visited.size() > maxOps || dims.rank(v) < 2 ||
        !sameMatrices(dims, v, found.softmax.getInput()))
      return false;
    auto [it, isNew] = visited.try_emplace(v, false);
    if (!isNew)
      return it->second;
    bool depends = false;
    if (auto product = dyn_cast<MatMulOp>(op)) {
      if (!found.scores)
        found.scores = product;
      depends = found.scores == product;
    } else if (isa<ElementwiseOp>(op)) {
      for (Value operand : op->getOperands())
        depends |= throughScores(operand);
    } else if (auto reshape = dyn_cast<ReshapeOp>(op)) {
      depends = throughScores(reshape.getInput());
    }
    if (depends)
      found.ops.insert(op);
    return visited[v] = depends;
  }

  bool isClosed() {
    for (Operation *op : found.ops)
      if (op != found.product)
        for (Operation *user : op->getUsers())
          if (!found.ops.contains(user))
            return false;
    Block *block = found.product->getBlock();
    return llvm::all_of(found.ops, [&](Operation *op) { return op->getBlock() == block; });
  }

  bool isFactor(Value v) {
    return dims.space.product(dims.dims(v)).is(1) && dims.elementType(v).isF32();
  }

  MatrixOperand peel(Value v, bool factors) {
    MatrixOperand m{v, v};
    while (Operation *op = m.source.getDefiningOp()) {
      if (op->getBlock() != found.product->getBlock())
        break;
      Value next;
      if (auto transpose = dyn_cast<TransposeOp>(op)) {
        if (!swapsMatrix(transpose))
          break;
        m.swapped = !m.swapped;
        next = transpose.getInput();
      } else if (auto reshape = dyn_cast<ReshapeOp>(op)) {
        if (dims.rank(reshape.getInput()) < 2 ||
            !sameMatrices(dims, reshape.getInput(), m.source))
          break;
        next = reshape.getInput();
      } else if (factors && isa<MulOp, DivOp>(op)) {
        Value a = op->getOperand(0), b = op->getOperand(1);
        if (isa<MulOp>(op) && isFactor(a))
          std::swap(a, b);
        if (!isFactor(b) || dims.dims(a) != dims.dims(m.source))
          break;
        m.factors.push_back({b, isa<DivOp>(op)});
        next = a;
      } else {
        break;
      }
      m.ops.push_back(op);
      m.source = next;
    }
    return m;
  }

  DimAnalysis &dims;
  Attention found;
  llvm::DenseMap<Value, bool> visited;
};

} // namespace

std::optional<Attention> matchAttention(MatMulOp product, DimAnalysis &dims) {
  return Matcher(dims).match(product);
}

} // namespace ingot

//===- Axes.cpp - axes that may be known only at run time -------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/analysis/Axes.h"

using namespace mlir;

namespace ingot {

Dim indicator(DimSpace &s, const Dim &a, const Dim &b) {
  Dim difference = s.sub(a, b);
  if (auto c = difference.constant())
    return Dim(*c == 0);
  Dim distance = s.max(difference, s.sub(Dim(0), difference));
  return s.max(Dim(0), s.sub(Dim(1), distance));
}

Dim axisIndicator(DimSpace &s, const Dim &axis, int64_t d, int64_t rank) {
  if (auto c = axis.constant())
    return Dim((*c < 0 ? *c + rank : *c) == d);
  return indicator(s, s.mod(axis, Dim(rank)), Dim(d));
}

FailureOr<SmallVector<Dim>> axisElements(Operation *op, DimAnalysis &dims, Value axes,
                                         int64_t count, int64_t rank) {
  SmallVector<Dim> result;
  if (isa<NoneType>(axes.getType())) {
    for (int64_t i = 0; i < count; ++i)
      result.push_back(i);
  } else {
    auto elements = dims.elements(axes);
    if (!elements)
      return op->emitError("expected axes whose number is known");
    result = *elements;
  }
  if (count >= 0 && (int64_t)result.size() != count)
    return op->emitError("expected ") << count << " axes, but got " << result.size();
  SmallVector<bool> seen(rank);
  for (const Dim &axis : result) {
    auto c = axis.constant();
    if (!c)
      continue;
    if (*c < -rank || *c >= rank)
      return op->emitError("expected axes in [") << -rank << ", " << rank << "), but got " << *c;
    int64_t d = *c < 0 ? *c + rank : *c;
    if (seen[d])
      return op->emitError("expected axes without repeats, but got ") << d << " twice";
    seen[d] = true;
  }
  return result;
}

SmallVector<Dim> axisMask(DimSpace &s, ArrayRef<Dim> axes, int64_t rank) {
  SmallVector<Dim> mask(rank, Dim(0));
  for (const Dim &axis : axes)
    for (int64_t d = 0; d < rank; ++d)
      mask[d] = s.max(mask[d], axisIndicator(s, axis, d, rank));
  return mask;
}

Value foldBox(ElementBuilder &b, Value tensor, ArrayRef<Index> from, ArrayRef<Index> to, Value init,
              llvm::function_ref<Value(Value, Value)> combine) {
  SmallVector<Index> inner;
  std::function<SmallVector<Value>(ValueRange)> nest = [&](ValueRange sum) {
    size_t d = inner.size();
    if (d < from.size())
      return b.loop(from[d], to[d], sum, [&](Index i, ValueRange carried) {
        inner.push_back(i);
        SmallVector<Value> next = nest(carried);
        inner.pop_back();
        return next;
      });
    FailureOr<Value> x = b.read(tensor, inner);
    if (failed(x)) {
      b.failed = true;
      return SmallVector<Value>{sum[0]};
    }
    return SmallVector<Value>{combine(sum[0], *x)};
  };
  return nest(ValueRange{init})[0];
}

} // namespace ingot

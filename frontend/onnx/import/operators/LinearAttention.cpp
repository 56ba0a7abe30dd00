//===- LinearAttention.cpp - attention as a recurrence over a matrix of state ------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "frontend/onnx/import/ControlBuilder.h"
#include "frontend/onnx/import/Registry.h"
#include "ir/ops/Contraction.h"
#include "ir/ops/Index.h"
#include "ir/ops/Movement.h"
#include <cmath>

using namespace mlir;

namespace ingot {

/// [batch, time, heads * d] as [batch, time, heads, d].
static Value byHead(ImportBuilder &b, NodeReader &n, Value v, int64_t heads, StringRef what) {
  if (!b.failed && b.rank(v) != 3)
    n.error("expected " + what + " of rank 3, but got " + Twine(b.rank(v)));
  if (b.failed)
    return v;
  auto width = b.dims.space.exactDiv(b.dim(v, 2), Dim(heads));
  if (!width) {
    n.error("expected " + what + " of " + Twine(heads) + " heads");
    return v;
  }
  return b.reshape(v, {b.dim(v, 0), b.dim(v, 1), Dim(heads), *width});
}

/// S = exp(g) S + k w^T and o = scale q^T S, where w is v, or with a delta rule beta (v - S^T k);
/// S is [batch, heads, dk, dv], in binary32.
static Results linearAttention(ImportBuilder &b, NodeReader &n) {
  Value query = n.operand(0), key = n.operand(1), value = n.operand(2), past = n.optional(3),
        decay = n.optional(4), beta = n.optional(5);
  int64_t queryHeads = n.requiredInteger("q_num_heads"), heads = n.requiredInteger("kv_num_heads");
  double scale = n.real("scale", 0);
  StringRef rule = n.string("update_rule", "gated_delta");
  n.ignore({"chunk_size"});
  bool gated = rule.starts_with("gated"), delta = rule.ends_with("delta");
  if (rule != "linear" && rule != "gated" && rule != "delta" && rule != "gated_delta")
    n.error("expected update_rule linear, gated, delta or gated_delta, but got '" + rule + "'");
  if (!b.failed && (heads < 1 || queryHeads < 1 || queryHeads % heads))
    n.error("expected a multiple of kv_num_heads as q_num_heads");
  if (!b.failed && ((gated && !decay) || (delta && !beta)))
    n.error("expected inputs decay and beta where the update_rule uses them");
  if (b.failed)
    return {};
  Type element = b.elementType(query), stateElement = past ? b.elementType(past) : element;
  Type real = element.isF64() ? element : (Type)b.b.getF32Type();
  auto widened = [&](Value v, int64_t count, StringRef what) {
    return b.cast(byHead(b, n, v, count, what), real);
  };
  Value q = widened(query, queryHeads, "query"), k = widened(key, heads, "key"),
        v = widened(value, heads, "value"), g, rate;
  if (gated)
    g = b.exp(widened(decay, heads, "decay"));
  if (delta) {
    bool shared = b.rank(beta) == 3 && b.dim(beta, 2).is(1);
    rate = widened(beta, shared ? 1 : heads, "beta");
  }
  if (b.failed)
    return {};
  Dim batch = b.dim(q, 0), time = b.dim(q, 1), dk = b.dim(k, 3), dv = b.dim(v, 3),
      group(queryHeads / heads);
  if (scale == 0) {
    if (!dk.constant()) {
      n.unsupported("the size of a head must be known");
      return {};
    }
    scale = 1 / std::sqrt((double)*dk.constant());
  }
  q = b.reshape(b.mul(q, scale), {batch, time, Dim(heads), group, dk});
  Value start = past ? b.cast(past, real)
                     : b.expand(b.scalar(0, real), {batch, Dim(heads), dk, dv});
  SmallVector<Value> results = buildLoop(
      b, n, b.reshape(b.shapeTensor({time}), {}), {}, start, 1,
      [&](Value step, ValueRange carried) {
        auto at = [&](Value x) { return b.create<GatherOp>(x, step, 1); };
        Value state = carried[0], keyNow = b.unsqueeze(at(k), {3}), added = at(v);
        if (gated)
          state = b.mul(state, b.unsqueeze(at(g), {3}));
        if (delta)
          added = b.mul(b.sub(added, b.reduce("sum", b.mul(state, keyNow), {2}, false)), at(rate));
        state = b.add(state, b.mul(keyNow, b.unsqueeze(added, {2})));
        LoopValues values;
        if (b.failed)
          return values;
        values.carried = {state};
        values.scanned = {b.create<MatMulOp>(at(q), state)};
        return values;
      });
  if (b.failed)
    return {};
  Value y = b.transpose(results[1], {1, 0, 2, 3, 4}); // [batch, time, heads, group, dv]
  y = b.reshape(y, {batch, time, b.dims.space.mul(Dim(queryHeads), dv)});
  return {b.cast(y, element), b.cast(results[0], stateElement)};
}

ArrayRef<OperatorRow> linearAttentionOperators() {
  static const OperatorRow rows[] = {{"", "LinearAttention", 1, linearAttention}};
  return rows;
}

} // namespace ingot

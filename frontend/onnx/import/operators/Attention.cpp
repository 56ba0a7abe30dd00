//===- Attention.cpp - scaled dot products of queries and keys --------------------------===//
//
// Compositions; the recognizer of the fusion phase names those that run as one kernel. Shapes:
// queries [batch, heads, seq, head_dim], keys and values [batch, kv_heads, total, head_dim].
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "frontend/onnx/import/Registry.h"
#include "frontend/onnx/import/operators/Activation.h"
#include "ir/ops/Contraction.h"
#include "ir/ops/Logic.h"
#include "ir/ops/Math.h"
#include "ir/ops/Movement.h"
#include "ir/ops/Pad.h"
#include "ir/ops/Reduction.h"

using namespace mlir;

namespace ingot {

namespace {

/// What decides which keys a query attends to.
struct Mask {
  Value additive; ///< broadcasts to the scores, or null
  Value allowed;  ///< truth values that do, or null
  /// Every query attends to some key.
  bool neverEmpty = true;

  void restrict(ImportBuilder &b, Value more) {
    allowed = allowed ? b.create<AndOp>(allowed, more) : more;
  }
};

struct Scores {
  Value raw, capped, masked, probabilities, y;
};

} // namespace

/// [batch, seq, heads * d] to [batch, heads, seq, d].
static Value splitHeads(ImportBuilder &b, NodeReader &n, Value v, int64_t heads) {
  if (b.failed)
    return v;
  if (heads < 1) {
    n.error("expected a positive number of heads for inputs of rank 3");
    return v;
  }
  Dim size = b.dims.space.floorDiv(b.dim(v, 2), Dim(heads));
  return b.transpose(b.reshape(v, {b.dim(v, 0), b.dim(v, 1), Dim(heads), size}), {0, 2, 1, 3});
}

static Value joinHeads(ImportBuilder &b, Value v) {
  return b.mergeDims(b.transpose(v, {0, 2, 1, 3}), 2, 4);
}

/// Products over groups of query heads that share a key head: no key is repeated.
static Value groupedProduct(ImportBuilder &b, NodeReader &n, Value x, Value shared) {
  Dim heads = b.dim(x, 1), sharedHeads = b.dim(shared, 1);
  if (b.failed || heads == sharedHeads || sharedHeads.is(1))
    return b.create<MatMulOp>(x, shared);
  auto count = heads.constant(), sharedCount = sharedHeads.constant();
  if (!count || !sharedCount || *sharedCount < 1 || *count % *sharedCount) {
    n.error("expected a number of key heads that divides that of the query heads");
    return x;
  }
  SmallVector<Dim> shape = b.shape(x);
  Value grouped =
      b.reshape(x, {shape[0], sharedHeads, Dim(*count / *sharedCount), shape[2], shape[3]});
  Value product = b.create<MatMulOp>(grouped, b.unsqueeze(shared, {2}));
  return b.reshape(product, {shape[0], heads, shape[2], b.dim(product, 4)});
}

static Scores attend(ImportBuilder &b, NodeReader &n, Value q, Value k, Value v, double scale,
                     double softcap, const Mask &mask, Type precision) {
  Scores s;
  s.raw = s.capped =
      groupedProduct(b, n, b.mul(q, scale), b.transpose(k, {0, 1, 3, 2}));
  if (softcap > 0)
    s.capped = b.mul(b.create<TanhOp>(b.mul(s.raw, 1 / softcap)), softcap);
  s.masked = s.capped;
  Type element = b.elementType(s.raw);
  Value bias = mask.additive ? b.cast(mask.additive, element) : Value();
  if (mask.allowed)
    bias = b.where(mask.allowed, bias ? bias : b.scalar(0, element),
                   b.scalar(-std::numeric_limits<double>::infinity(), element));
  if (bias)
    s.masked = b.add(s.capped, bias);
  s.probabilities = b.cast(
      b.create<SoftmaxOp>(b.cast(s.masked, precision), b.rank(s.masked) - 1, false), element);
  if (bias && !mask.neverEmpty) {
    // A query without any key gives zeros, not 0 / 0.
    Value none = b.scalar(-std::numeric_limits<double>::infinity(), element);
    Value empty = b.equal(b.reduce("max", bias, {b.rank(bias) - 1}), none);
    s.probabilities = b.where(empty, b.scalar(0, element), s.probabilities);
  }
  s.y = groupedProduct(b, n, s.probabilities, v);
  return s;
}

/// scale, or 1 / sqrt(head_dim).
static double readScale(ImportBuilder &b, NodeReader &n, Value q) {
  double scale = n.real("scale", 0);
  if (scale != 0 || b.failed)
    return scale;
  auto size = b.dim(q, 3).constant();
  if (!size)
    n.unsupported("the head size must be known, or attribute 'scale' be given");
  return 1 / std::sqrt((double)size.value_or(1));
}

/// Distance of query i from key j, i + offset - j, as [seq, total] or [batch, 1, seq, total].
static Value distances(ImportBuilder &b, Value q, Value k, Value offset) {
  Value rows = b.alongAxis(b.counting(b.dim(q, 2)), 0, 2), columns = b.counting(b.dim(k, 2));
  return b.sub(b.add(rows, offset), columns);
}

static Type softmaxType(ImportBuilder &b, NodeReader &n, Value q) {
  switch (n.integer("softmax_precision", 0)) {
  case 0:
    return b.elementType(q);
  case 1:
    return b.b.getF32Type();
  case 10:
    return b.b.getF16Type();
  case 11:
    return b.b.getF64Type();
  case 16:
    return b.b.getBF16Type();
  }
  n.error("expected softmax_precision 1, 10, 11 or 16");
  return b.b.getF32Type();
}

static Results attention(ImportBuilder &b, NodeReader &n) {
  Value q = n.operand(0), k = n.operand(1), v = n.operand(2), given = n.optional(3);
  Value pastKey = n.optional(4), pastValue = n.optional(5), lengths;
  if (n.opset() >= 24)
    lengths = n.optional(6);
  int64_t rank = b.rank(q);
  int64_t heads = n.integer("q_num_heads", 0), kvHeads = n.integer("kv_num_heads", 0);
  bool causal = n.boolean("is_causal", false);
  int64_t before = n.integer("left_window_size", -1), after = n.integer("right_window_size", -1);
  double softcap = n.real("softcap", 0);
  int64_t mode = n.integer("qk_matmul_output_mode", 0);
  Type precision = softmaxType(b, n, q);
  if (!b.failed && ((rank != 3 && rank != 4) || b.rank(k) != rank || b.rank(v) != rank))
    n.error("expected queries, keys and values of rank 3 or 4, but got " + Twine(rank) + ", " +
            Twine(b.rank(k)) + " and " + Twine(b.rank(v)));
  if (!pastKey != !pastValue)
    n.error("expected past_key and past_value together");
  if (mode < 0 || mode > 3)
    n.error("expected qk_matmul_output_mode 0 to 3, but got " + Twine(mode));
  if (b.failed)
    return {};
  if (rank == 3) {
    q = splitHeads(b, n, q, heads);
    k = splitHeads(b, n, k, kvHeads);
    v = splitHeads(b, n, v, kvHeads);
  }
  double scale = readScale(b, n, q);
  Dim past(0);
  if (pastKey) {
    past = b.dim(pastKey, 2);
    k = b.concat({pastKey, k}, 2);
    v = b.concat({pastValue, v}, 2);
  }
  if (b.failed)
    return {};

  Mask mask;
  Dim total = b.dim(k, 2);
  if (given && b.rank(given) > 0) {
    mask.neverEmpty = false;
    int64_t last = b.rank(given) - 1;
    Dim width = b.dim(given, last);
    bool isBool = ingot::isBool(b.elementType(given));
    // Keys that the mask does not reach are not attended to.
    if (n.opset() >= 24 && width != total &&
        (lengths || (width.constant() && total.constant()))) {
      Value fill = b.scalar(-std::numeric_limits<double>::infinity(), b.elementType(given));
      if (isBool)
        fill = b.scalar(0, b.elementType(given));
      Value counts = b.shapeTensor({Dim(0), b.dims.space.sub(total, width)});
      given = b.create<PadOp>(given, counts, fill, b.integers({last}), "constant");
    }
    (isBool ? mask.allowed : mask.additive) = given;
  }
  if (causal || before >= 0 || after >= 0) {
    Value offset = b.shapeTensor({past});
    if (lengths && !pastKey) {
      SmallVector<Dim> perBatch{b.dim(lengths, 0), Dim(1), Dim(1), Dim(1)};
      offset = b.sub(b.reshape(lengths, perBatch), b.shapeTensor({b.dim(q, 2)}));
      mask.neverEmpty = false;
    }
    Value distance = distances(b, q, k, offset);
    auto atMost = [&](Value x, Value y) {
      mask.restrict(b, b.create<LessOrEqualOp>(x, y));
    };
    if (causal)
      atMost(b.integers({0}, {}, true), distance);
    if (before >= 0)
      atMost(distance, b.integers({before}, {}, true));
    if (after >= 0)
      atMost(b.integers({-after}, {}, true), distance);
    mask.neverEmpty &= before < 0 && after < 0;
  }
  if (lengths) {
    SmallVector<Dim> perBatch{b.dim(lengths, 0), Dim(1), Dim(1), Dim(1)};
    mask.restrict(b, b.less(b.counting(total), b.reshape(lengths, perBatch)));
    mask.neverEmpty = false;
  }

  Scores s = attend(b, n, q, k, v, scale, softcap, mask, precision);
  Value y = rank == 3 ? joinHeads(b, s.y) : s.y;
  return {y, k, v,
          mode == 0   ? s.raw
          : mode == 1 ? s.capped
          : mode == 2 ? s.masked
                      : s.probabilities};
}

/// com.microsoft: operands are [batch, seq, hidden].
static Results multiHeadAttention(ImportBuilder &b, NodeReader &n) {
  Value q = n.operand(0), k = n.operand(1), v = n.operand(2), bias = n.optional(3);
  Value keyMask = n.optional(4), added = n.optional(5);
  Value pastKey = n.optional(6), pastValue = n.optional(7);
  int64_t heads = n.requiredInteger("num_heads");
  double filter = n.real("mask_filter_value", -10000);
  bool causal = n.boolean("unidirectional", false);
  if (!b.failed && (b.rank(q) != 3 || (b.rank(k) != 3 && b.rank(k) != 4) || b.rank(v) != b.rank(k)))
    n.unsupported("packed queries, keys and values are not supported");
  if (b.failed)
    return {};
  if (bias) {
    Dim first = b.dim(q, 2), second = b.dims.space.add(first, first);
    Dim width = b.dim(v, b.rank(v) - 1);
    q = b.add(q, b.slice(bias, 0, Dim(0), first));
    if (b.rank(k) == 3) {
      k = b.add(k, b.slice(bias, 0, first, second));
      v = b.add(v, b.slice(bias, 0, second, b.dims.space.add(second, width)));
    }
  }
  q = splitHeads(b, n, q, heads);
  if (b.rank(k) == 3) {
    k = splitHeads(b, n, k, heads);
    v = splitHeads(b, n, v, heads);
  }
  Dim past(0);
  if (pastKey && pastValue) {
    past = b.dim(pastKey, 2);
    k = b.concat({pastKey, k}, 2);
    v = b.concat({pastValue, v}, 2);
  }
  double scale = readScale(b, n, q);
  Mask mask;
  mask.additive = added;
  if (keyMask) {
    if (b.rank(keyMask) != 2 && b.rank(keyMask) != 3) {
      n.unsupported("a mask of rank " + Twine(b.rank(keyMask)) + " is not supported");
      return {};
    }
    Value wide = b.unsqueeze(keyMask, b.rank(keyMask) == 2 ? ArrayRef<int64_t>{1, 2}
                                                           : ArrayRef<int64_t>{1});
    Type element = b.elementType(q);
    Value hidden = b.where(b.equal(wide, b.scalarLike(0, wide)), b.scalar(filter, element),
                           b.scalar(0, element));
    mask.additive = added ? b.add(added, hidden) : hidden;
  }
  if (causal)
    mask.restrict(b, b.create<LessOrEqualOp>(b.integers({0}, {}, true),
                                             distances(b, q, k, b.shapeTensor({past}))));
  Scores s = attend(b, n, q, k, v, scale, 0, mask, b.elementType(q));
  return {joinHeads(b, s.y), k, v};
}

/// com.microsoft: projects [batch, seq, hidden] by one weight to queries, keys and values.
static Results projectedAttention(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0), weight = n.operand(1), bias = n.optional(2), maskIndex = n.optional(3);
  Value past = n.optional(4), added = n.optional(5);
  int64_t heads = n.requiredInteger("num_heads");
  double filter = n.real("mask_filter_value", -10000);
  bool causal = n.boolean("unidirectional", false);
  if (past || n.boolean("do_rotary", false) || n.has("qkv_hidden_sizes"))
    n.unsupported("past states, rotary embeddings and unequal hidden sizes are not supported");
  if (!b.failed && b.rank(x) != 3)
    n.error("expected input of rank 3, but got " + Twine(b.rank(x)));
  Value projected = b.create<MatMulOp>(x, weight);
  if (bias)
    projected = b.add(projected, bias);
  Dim hidden = b.dims.space.floorDiv(b.dim(projected, 2), Dim(3));
  Value parts[3];
  for (int64_t i = 0; i < 3; ++i)
    parts[i] = splitHeads(b, n,
                          b.slice(projected, 2, b.dims.space.mul(hidden, Dim(i)),
                                  b.dims.space.mul(hidden, Dim(i + 1))),
                          heads);
  double scale = readScale(b, n, parts[0]);
  Mask mask;
  mask.additive = added;
  if (maskIndex && !b.failed) {
    if (b.rank(maskIndex) != 2 && b.rank(maskIndex) != 3) {
      n.unsupported("a mask of rank " + Twine(b.rank(maskIndex)) + " is not supported");
      return {};
    }
    Value wide = b.unsqueeze(maskIndex, b.rank(maskIndex) == 2 ? ArrayRef<int64_t>{1, 2}
                                                               : ArrayRef<int64_t>{1});
    Type element = b.elementType(x);
    Value hiddenKeys = b.where(b.equal(wide, b.scalarLike(0, wide)), b.scalar(filter, element),
                               b.scalar(0, element));
    mask.additive = added ? b.add(added, hiddenKeys) : hiddenKeys;
  }
  if (causal)
    mask.restrict(b, b.create<LessOrEqualOp>(b.integers({0}, {}, true),
                                             distances(b, parts[0], parts[1], b.integers({0}))));
  Scores s = attend(b, n, parts[0], parts[1], parts[2], scale, 0, mask, b.elementType(x));
  return joinHeads(b, s.y);
}

/// Turns pairs of elements of the leading part of every head by the angle of its position.
static Results rotaryEmbedding(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0), cosine = n.operand(1), sine = n.operand(2), positions = n.optional(3);
  bool interleaved = n.boolean("interleaved", false);
  int64_t heads = n.integer("num_heads", 0), part = n.integer("rotary_embedding_dim", 0);
  int64_t rank = b.rank(x);
  if (!b.failed && rank != 3 && rank != 4)
    n.error("expected input of rank 3 or 4, but got " + Twine(rank));
  if (!b.failed && rank == 3 && heads < 1)
    n.error("expected attribute 'num_heads' for an input of rank 3");
  if (b.failed)
    return {};
  DimSpace &s = b.dims.space;
  // [batch, seq, heads, head_dim]
  SmallVector<Dim> original = b.shape(x);
  if (rank == 4)
    x = b.transpose(x, {0, 2, 1, 3});
  else
    x = b.reshape(x, {original[0], original[1], Dim(heads), s.floorDiv(original[2], Dim(heads))});
  Dim size = b.dim(x, 3), turned = part ? Dim(part) : size, half = s.floorDiv(turned, Dim(2));
  auto table = [&](Value cache) {
    if (positions)
      cache = b.create<GatherOp>(cache, positions, 0, /*checked=*/true);
    if (!b.failed && b.rank(cache) != 3)
      n.error("expected caches of rank 3 without position_ids, else 2");
    return b.unsqueeze(cache, {2});
  };
  cosine = table(cosine);
  sine = table(sine);
  Value rest = turned == size ? Value() : b.slice(x, 3, turned, size);
  Value rotated = b.slice(x, 3, Dim(0), turned);
  Value first = interleaved ? b.slice(rotated, 3, Dim(0), turned, 2)
                            : b.slice(rotated, 3, Dim(0), half);
  Value second = interleaved ? b.slice(rotated, 3, Dim(1), turned, 2)
                             : b.slice(rotated, 3, half, turned);
  Value real = b.sub(b.mul(cosine, first), b.mul(sine, second));
  Value imaginary = b.add(b.mul(sine, first), b.mul(cosine, second));
  if (interleaved)
    rotated = b.mergeDims(b.concat({b.unsqueeze(real, {4}), b.unsqueeze(imaginary, {4})}, 4), 3, 5);
  else
    rotated = b.concat({real, imaginary}, 3);
  if (rest)
    rotated = b.concat({rotated, rest}, 3);
  if (rank == 4)
    return b.transpose(rotated, {0, 2, 1, 3});
  return b.reshape(rotated, original);
}

ArrayRef<OperatorRow> attentionOperators() {
  static const OperatorRow rows[] = {
      {"", "Attention", 23, attention},
      {"", "RotaryEmbedding", 23, rotaryEmbedding},
      {"com.microsoft", "Attention", 1, projectedAttention},
      {"com.microsoft", "MultiHeadAttention", 1, multiHeadAttention},
  };
  return rows;
}

} // namespace ingot

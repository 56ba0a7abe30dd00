//===- Movement.cpp - reshapes, slices and other rearrangements -------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/ops/Movement.h"
#include "frontend/onnx/import/Registry.h"
#include "ir/analysis/Axes.h"
#include "ir/ops/Constant.h"
#include "ir/ops/Elementwise.h"
#include "ir/ops/Logic.h"
#include "ir/ops/Pad.h"
#include "ir/ops/Reduction.h"
#include "ir/ops/Slice.h"

using namespace mlir;

namespace ingot {

static Value none(ImportBuilder &b) { return NoneOp::create(b.b, b.loc, b.b.getNoneType()); }

//===- reshape ----------------------------------------------------------------------===//

/// Whether an element of a shape may be 0 or -1 for all that is known: it stems from data, not from
/// dimensions.
static bool isFromData(ImportBuilder &b, const Dim &d) {
  SmallVector<AtomId> symbols;
  b.dims.space.collectSymbols(d, symbols);
  return llvm::any_of(symbols, [&](AtomId id) {
    const DimAtom &a = b.dims.space.info(id);
    return a.kind == DimAtom::ElementOf && a.lower < 0;
  });
}

/// The dimensions that a shape asks for, computed at run time: 0 copies, -1 is what is left.
static Value resolvedShape(ImportBuilder &b, Value x, Value shape, bool allowZero) {
  int64_t count = b.dim(shape, 0).constant().value_or(0), rank = b.rank(x);
  Value zero = b.integers({0}), one = b.integers({1}), open = b.integers({-1});
  if (!allowZero && rank > 0) {
    SmallVector<Dim> own = b.shape(x);
    own.resize(count, Dim(1));
    shape = b.create<WhereOp>(b.create<EqualOp>(shape, zero), b.shapeTensor(own), shape);
  }
  Value isOpen = b.create<EqualOp>(shape, open);
  Value given = b.create<ReduceOp>(b.create<WhereOp>(isOpen, one, shape), "prod",
                                   ArrayRef<int64_t>{0}, true);
  Value total = b.shapeTensor({b.dims.space.product(b.shape(x))});
  return b.create<WhereOp>(isOpen, b.div(total, given), shape);
}

static Results reshape(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0), shape = n.operand(1);
  bool allowZero = n.boolean("allowzero", false);
  if (b.failed)
    return {};
  auto elements = b.rank(shape) == 1 ? b.dims.elements(shape) : std::nullopt;
  if (!elements) {
    n.error("expected a shape whose number of elements is known");
    return {};
  }
  if (llvm::any_of(*elements, [&](const Dim &d) { return isFromData(b, d); }))
    return b.create<ReshapeOp>(x, resolvedShape(b, x, shape, allowZero));
  bool copies = false;
  SmallVector<Dim> in = b.shape(x);
  for (auto [i, d] : llvm::enumerate(*elements)) {
    if (!d.is(0) || allowZero)
      continue;
    if (i >= in.size()) {
      n.error("expected a shape whose zeros have a dimension to copy");
      return {};
    }
    d = in[i];
    copies = true;
  }
  if (copies || b.dims.constants(shape))
    return b.create<ReshapeOp>(x, b.shapeTensor(*elements));
  return b.create<ReshapeOp>(x, shape);
}

/// Axes as an attribute (before version 13) or an operand, as elements; empty without either.
static std::optional<SmallVector<Dim>> axesOf(ImportBuilder &b, NodeReader &n, int64_t rank) {
  SmallVector<Dim> axes;
  if (auto values = n.integers("axes"))
    axes.append(values->begin(), values->end());
  if (Value v = n.optional(1)) {
    auto elements = b.failed ? std::nullopt : b.dims.elements(v);
    if (!elements) {
      n.unsupported("axes whose number is known only at run time are not supported");
      return std::nullopt;
    }
    axes = *elements;
  }
  SmallVector<int64_t> seen;
  for (Dim &axis : axes)
    if (auto c = axis.constant()) {
      axis = b.normalizeAxis(*c, rank);
      if (llvm::is_contained(seen, *axis.constant()))
        n.error("expected axes without repeats, but got " + Twine(*c) + " twice");
      seen.push_back(*axis.constant());
    }
  return b.failed ? std::nullopt : std::optional(axes);
}

/// For every dimension how many before it carry the mask.
static SmallVector<Dim> countBefore(DimSpace &s, ArrayRef<Dim> mask) {
  SmallVector<Dim> counts;
  Dim sum(0);
  for (const Dim &m : mask) {
    counts.push_back(sum);
    sum = s.add(sum, m);
  }
  return counts;
}

static Results squeeze(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0);
  int64_t rank = b.rank(x);
  auto axes = axesOf(b, n, rank);
  if (!axes)
    return {};
  SmallVector<Dim> in = b.shape(x), out;
  DimSpace &s = b.dims.space;
  bool given = !axes->empty() || n.hasOperand(1);
  SmallVector<Dim> mask = axisMask(s, *axes, rank), before = countBefore(s, mask);
  for (int64_t d = 0; !given && d < rank; ++d)
    mask[d] = Dim(in[d].is(1));
  for (int64_t d = 0; d < rank; ++d)
    if (mask[d].is(1) && in[d].constant() && !in[d].is(1)) {
      n.error("expected a dimension of 1 to remove, but got " + s.str(in[d]));
      return {};
    }
  if (llvm::all_of(mask, [](const Dim &m) { return m.isConstant(); })) {
    for (int64_t d = 0; d < rank; ++d)
      if (mask[d].is(0))
        out.push_back(in[d]);
    return b.reshape(x, out);
  }
  // Result dimension k is the one that is kept and has d - k removed before it.
  for (int64_t k = 0; k < rank - (int64_t)axes->size(); ++k) {
    Dim sum(0);
    for (int64_t d = k; d < rank; ++d) {
      Dim kept = s.sub(Dim(1), mask[d]);
      sum = s.add(sum, s.mul(s.mul(kept, indicator(s, before[d], Dim(d - k))), in[d]));
    }
    out.push_back(sum);
  }
  return b.reshape(x, out);
}

static Results unsqueeze(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0);
  int64_t rank = b.rank(x);
  if (n.opset() >= 13)
    n.operand(1);
  int64_t added = 0;
  if (auto values = n.integers("axes"))
    added = values->size();
  else if (Value v = n.optional(1); v && !b.failed)
    added = b.rank(v) == 0 ? 1 : b.dim(v, 0).constant().value_or(0);
  auto axes = axesOf(b, n, rank + added);
  if (!axes)
    return {};
  SmallVector<Dim> in = b.shape(x), out;
  DimSpace &s = b.dims.space;
  SmallVector<Dim> mask = axisMask(s, *axes, rank + added), before = countBefore(s, mask);
  for (int64_t k = 0; k < rank + added; ++k) {
    Dim size = mask[k];
    for (int64_t d = std::max<int64_t>(k - added, 0); d <= std::min(k, rank - 1); ++d) {
      Dim here = s.mul(s.sub(Dim(1), mask[k]), indicator(s, before[k], Dim(k - d)));
      size = s.add(size, s.mul(here, in[d]));
    }
    out.push_back(size);
  }
  return b.reshape(x, out);
}

//===- order ------------------------------------------------------------------------===//

static Results transpose(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0);
  SmallVector<int64_t> permutation;
  if (auto values = n.integers("perm"))
    permutation = *values;
  else
    for (int64_t i = b.rank(x); i-- > 0;)
      permutation.push_back(i);
  int64_t rank = b.rank(x);
  for (int64_t &p : permutation)
    p = b.normalizeAxis(p, rank, "perm");
  if (b.failed)
    return {};
  if ((int64_t)permutation.size() == rank && llvm::is_sorted(permutation) &&
      (rank == 0 || permutation.back() == rank - 1))
    return b.transpose(x, permutation);
  return b.create<TransposeOp>(x, permutation);
}

/// Splits and permutes dimensions of an image [N, C, H, W].
static Results depthToSpace(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0);
  int64_t block = n.requiredInteger("blocksize");
  bool columnsFirst = n.string("mode", "DCR") == "CRD";
  if (b.failed)
    return {};
  if (b.rank(x) != 4 || block < 1 || block > INT16_MAX) {
    n.error("expected an input of rank 4 and a positive blocksize, but got " + Twine(b.rank(x)) +
            " and " + Twine(block));
    return {};
  }
  DimSpace &s = b.dims.space;
  SmallVector<Dim> in = b.shape(x);
  if (in[1].constant().value_or(0) % (block * block)) {
    n.error("expected channels that blocks of " + Twine(block) + "x" + Twine(block) +
            " divide, but got " + s.str(in[1]));
    return {};
  }
  Dim depth = s.floorDiv(in[1], Dim(block * block)), size(block);
  Value split = columnsFirst ? b.reshape(x, {in[0], depth, size, size, in[2], in[3]})
                             : b.reshape(x, {in[0], size, size, depth, in[2], in[3]});
  Value moved = columnsFirst ? b.transpose(split, {0, 1, 4, 2, 5, 3})
                             : b.transpose(split, {0, 3, 4, 1, 5, 2});
  return b.reshape(moved, {in[0], depth, s.mul(in[2], size), s.mul(in[3], size)});
}

static Results spaceToDepth(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0);
  int64_t block = n.requiredInteger("blocksize");
  bool columnsFirst = n.string("mode", "DCR") == "CRD";
  if (b.failed)
    return {};
  if (b.rank(x) != 4 || block < 1 || block > INT16_MAX) {
    n.error("expected an input of rank 4 and a positive blocksize, but got " + Twine(b.rank(x)) +
            " and " + Twine(block));
    return {};
  }
  DimSpace &s = b.dims.space;
  SmallVector<Dim> in = b.shape(x);
  Dim size(block), height = s.floorDiv(in[2], size), width = s.floorDiv(in[3], size);
  Value split = b.reshape(x, {in[0], in[1], height, size, width, size});
  Value moved = columnsFirst ? b.transpose(split, {0, 1, 3, 5, 2, 4})
                             : b.transpose(split, {0, 3, 5, 1, 2, 4});
  return b.reshape(moved, {in[0], s.mul(in[1], Dim(block * block)), height, width});
}

static Results reverseSequence(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0), lengths = n.operand(1);
  int64_t rank = b.rank(x);
  int64_t batch = b.normalizeAxis(n.integer("batch_axis", 1), rank, "batch_axis");
  int64_t time = b.normalizeAxis(n.integer("time_axis", 0), rank, "time_axis");
  return b.create<ReverseSequenceOp>(x, lengths, batch, time);
}

static Results trilu(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0), k = n.optional(1);
  bool upper = n.boolean("upper", true);
  if (isa_and_nonnull<ComplexType>(b.elementType(x)))
    n.unsupported("triangles of complex numbers are not supported");
  return b.create<TriangleOp>(x, k ? k : none(b), upper);
}

//===- parts and repetition ---------------------------------------------------------===//

static Results expand(ImportBuilder &b, NodeReader &n) {
  return b.create<ExpandOp>(n.operand(0), n.operand(1));
}

static Results tile(ImportBuilder &b, NodeReader &n) {
  return b.create<TileOp>(n.operand(0), n.operand(1));
}

static Results concat(ImportBuilder &b, NodeReader &n) {
  Value first = n.operand(0);
  SmallVector<Value> operands = n.operandsFrom(0);
  int64_t axis = b.normalizeAxis(n.requiredInteger("axis"), b.rank(first));
  if (b.failed)
    return {};
  return operands.size() == 1 ? first : b.create<ConcatOp>(operands, axis);
}

static Results slice(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0);
  if (n.opset() >= 10) {
    Value starts = n.operand(1), ends = n.operand(2), axes = n.optional(3), steps = n.optional(4);
    return b.create<SliceOp>(x, starts, ends, axes ? axes : none(b), steps ? steps : none(b));
  }
  auto starts = n.integers("starts"), ends = n.integers("ends"), axes = n.integers("axes");
  if (!starts || !ends)
    return {};
  return b.create<SliceOp>(x, b.integers(*starts), b.integers(*ends),
                           axes ? b.integers(*axes) : none(b), none(b));
}

/// Elements [from, to) along an axis.
static Value part(ImportBuilder &b, Value x, int64_t axis, const Dim &from, const Dim &to) {
  return b.create<SliceOp>(x, b.shapeTensor({from}), b.shapeTensor({to}), b.integers({axis}),
                           none(b));
}

static Results split(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0);
  int64_t axis = b.normalizeAxis(n.integer("axis", 0), b.rank(x));
  int64_t count = n.outputCount();
  SmallVector<Dim> sizes;
  if (auto values = n.integers("split")) {
    sizes.append(values->begin(), values->end());
  } else if (Value v = n.optional(1)) {
    auto elements = b.failed ? std::nullopt : b.dims.elements(v);
    if (!elements) {
      n.error("expected split sizes whose number is known");
      return {};
    }
    for (size_t i = 0; i < elements->size(); ++i)
      sizes.push_back(*b.dims.sizeElement(v, i));
  }
  int64_t wanted = n.integer("num_outputs", count);
  if (b.failed)
    return {};
  DimSpace &s = b.dims.space;
  Dim size = b.dim(x, axis);
  if (sizes.empty()) {
    if (wanted < 1) {
      n.error("expected num_outputs of 1 or more, but got " + Twine(wanted));
      return {};
    }
    // Equal parts, the last one smaller.
    Dim each = s.ceilDiv(size, Dim(wanted)), left = size;
    for (int64_t i = 0; i < wanted; ++i) {
      sizes.push_back(i + 1 < wanted || s.mul(each, Dim(wanted)) == size ? each : left);
      left = s.sub(left, each);
    }
  }
  if ((int64_t)sizes.size() < count) {
    n.error("expected at most " + Twine(sizes.size()) + " outputs, but got " + Twine(count));
    return {};
  }
  Dim sum(0);
  for (const Dim &d : sizes) {
    if (d.constant().value_or(0) < 0) {
      n.error("expected parts of 0 or more elements, but got " + s.str(d));
      return {};
    }
    sum = s.add(sum, d);
  }
  if (sum.constant() && size.constant() && sum != size) {
    n.error("expected parts that sum to " + s.str(size) + ", but got " + s.str(sum));
    return {};
  }
  Results results;
  Dim from(0);
  for (int64_t i = 0; i < count; ++i) {
    Dim to = s.add(from, sizes[i]);
    results.push_back(n.wantsOutput(i) ? part(b, x, axis, from, to) : Value());
    from = to;
  }
  return results;
}

static Results pad(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0), pads, value, axes;
  if (n.opset() < 11) {
    auto counts = n.integers("pads");
    if (!counts)
      n.error("expected attribute 'pads'");
    else
      pads = b.integers(*counts);
    value = b.scalarLike(n.real("value", 0), x);
  } else {
    pads = n.operand(1);
    value = n.optional(2);
    axes = n.optional(3);
  }
  StringRef mode = n.string("mode", "constant");
  if (b.failed)
    return {};
  return b.create<PadOp>(x, pads, value ? value : none(b), axes ? axes : none(b), mode);
}

/// Crops or pads around the centre to `shape` along the axes.
static Results centerCropPad(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0), shape = n.operand(1);
  int64_t rank = b.rank(x);
  SmallVector<int64_t> axes;
  if (auto values = n.integers("axes"))
    axes = *values;
  else
    axes = llvm::to_vector(llvm::seq<int64_t>(0, rank));
  for (int64_t &axis : axes)
    axis = b.normalizeAxis(axis, rank, "axes");
  auto target = b.failed ? std::nullopt : b.dims.elements(shape);
  if (!target || target->size() != axes.size()) {
    n.error("expected a shape of " + Twine(axes.size()) + " elements");
    return {};
  }
  DimSpace &s = b.dims.space;
  SmallVector<Dim> starts, ends, pads(2 * axes.size(), Dim(0));
  for (auto [i, axis] : llvm::enumerate(axes)) {
    Dim size = b.dim(x, axis), want = *b.dims.sizeElement(shape, i);
    if (std::optional<int64_t> known = want.constant(); known && *known < 0) {
      n.error("expected a shape without negative dimensions, but got " + Twine(*known));
      return {};
    }
    Dim tooMany = s.max(Dim(0), s.sub(size, want)), missing = s.max(Dim(0), s.sub(want, size));
    Dim cut = s.floorDiv(tooMany, Dim(2)), before = s.floorDiv(missing, Dim(2));
    starts.push_back(cut);
    ends.push_back(s.add(cut, s.min(size, want)));
    pads[i] = before;
    pads[axes.size() + i] = s.sub(missing, before);
  }
  Value where = b.integers(axes);
  Value cropped =
      b.create<SliceOp>(x, b.shapeTensor(starts), b.shapeTensor(ends), where, none(b));
  return b.create<PadOp>(cropped, b.shapeTensor(pads), none(b), where, "constant");
}

ArrayRef<OperatorRow> movementOperators() {
  static const OperatorRow rows[] = {
      {"", "CenterCropPad", 18, centerCropPad},
      {"", "Concat", 4, concat},
      {"", "DepthToSpace", 1, depthToSpace},
      {"", "Expand", 8, expand},
      {"", "Pad", 2, pad},
      {"", "Reshape", 5, reshape},
      {"", "ReverseSequence", 10, reverseSequence},
      {"", "Slice", 1, slice},
      {"", "SpaceToDepth", 1, spaceToDepth},
      {"", "Split", 2, split},
      {"", "Squeeze", 1, squeeze},
      {"", "Tile", 6, tile},
      {"", "Transpose", 1, transpose},
      {"", "Trilu", 14, trilu},
      {"", "Unsqueeze", 1, unsqueeze},
  };
  return rows;
}

} // namespace ingot

//===- Broadcast.cpp - dimensions that broadcast against one another ----------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/analysis/Broadcast.h"
#include "ir/Dialect.h"

using namespace mlir;

namespace ingot {

/// An operand of a size stands in it twice: beyond so many symbols and operations expressions could
/// double with every broadcast.
static constexpr int64_t maxLength = 256;

static int64_t lengthOf(const DimSpace &space, const Dim &d, int64_t limit) {
  int64_t length = 0;
  for (const DimTerm &t : d.terms)
    for (AtomId id : t.atoms) {
      const DimAtom &a = space.info(id);
      ++length;
      for (const Dim *part : {&a.lhs, &a.rhs})
        if (!a.isSymbol() && length < limit)
          length += lengthOf(space, *part, limit - length);
      if (length >= limit)
        return length;
    }
  return length;
}

static const DimAtom *singleAtom(const DimSpace &space, const Dim &d) {
  if (d.terms.size() != 1 || d.terms[0].coefficient != 1 || d.terms[0].atoms.size() != 1)
    return nullptr;
  return &space.info(d.terms[0].atoms[0]);
}

/// What a chain of maxima or minima chooses from.
static void choices(const DimSpace &space, const Dim &d, DimAtom::Kind kind,
                    SmallVectorImpl<Dim> &list) {
  const DimAtom *atom = singleAtom(space, d);
  if (atom && atom->kind == kind) {
    choices(space, atom->lhs, kind, list);
    choices(space, atom->rhs, kind, list);
  } else if (atom && atom->kind == DimAtom::Max && atom->rhs.is(0)) {
    list.push_back(atom->lhs);
  } else {
    list.push_back(d);
  }
}

/// Whether `most` is only 0 where `some` is 0, because both choose from one size.
static bool shareChoice(const DimSpace &space, const Dim &most, const Dim &some) {
  SmallVector<Dim> large, small;
  choices(space, most, DimAtom::Max, large);
  choices(space, some, DimAtom::Min, small);
  return llvm::any_of(large, [&](const Dim &d) { return llvm::is_contained(small, d); });
}

namespace {

/// A size that is `most`, or 0 where one of `zeros` is not positive.
struct Factors {
  Dim most;
  SmallVector<Dim> zeros;
};

} // namespace

/// The terms of a product as those that broadcastSize made of it, if it did.
static Factors factorsOf(const DimSpace &space, const Dim &d) {
  Factors f{d, {}};
  Dim some = d;
  if (d.terms.size() == 1 && d.terms[0].coefficient == 1 && d.terms[0].atoms.size() == 2)
    for (unsigned i : {0, 1}) {
      AtomId id = d.terms[0].atoms[i];
      Dim factor = space.atom(id), most = space.atom(d.terms[0].atoms[1 - i]);
      const DimAtom &atom = space.info(id);
      if (atom.kind == DimAtom::Min && atom.lower == 0 && atom.upper == 1 &&
          (space.lowerBound(most) > 0 || shareChoice(space, most, factor))) {
        f.most = most;
        some = factor;
        break;
      }
    }
  choices(space, some, DimAtom::Min, f.zeros);
  llvm::erase_if(f.zeros, [&](const Dim &z) { return space.lowerBound(z) > 0; });
  return f;
}

Dim broadcastSize(DimSpace &space, const Dim &x, const Dim &y) {
  if (lengthOf(space, x, maxLength) + lengthOf(space, y, maxLength) >= maxLength)
    return space.max(x, y); // with 0 against 1 it is 1, which the relations then refuse
  Factors fx = factorsOf(space, x), fy = factorsOf(space, y);
  // With 0 against 1 the larger would be 1, but the size is 0.
  Dim most = space.max(fx.most, fy.most), some(1);
  bool isMost = true;
  fx.zeros.append(fy.zeros);
  for (const Dim &zero : fx.zeros) {
    isMost &= zero == most;
    some = space.min(some, space.max(zero, 0));
  }
  return isMost ? most : space.mul(most, some);
}

Dim broadcastStride(DimSpace &space, const Dim &own, const Dim &result, const Dim &stride) {
  if (auto stretched = DimAnalysis::isStretched(own, result))
    return *stretched ? Dim(0) : stride;
  // 1 for sizes of 2 and more; of none or one element only the first can be meant.
  Dim moves = space.min(space.max(space.sub(own, 1), 0), 1);
  return space.mul(stride, moves);
}

} // namespace ingot

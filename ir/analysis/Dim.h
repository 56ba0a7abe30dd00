//===- Dim.h - dimensions as polynomials over symbols -----------------------===//
//
// A dimension is a polynomial with integer coefficients over atoms. An atom is a symbol (a size
// known only at run time) or an operation that polynomials cannot express: floor division,
// remainder, maximum, minimum. Equal expressions compare equal, so two `?` of the IR that stem from
// the same size are known to be equal.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_IR_ANALYSIS_DIM_H
#define INGOT_IR_ANALYSIS_DIM_H

#include "mlir/IR/Value.h"
#include "llvm/ADT/SmallVector.h"
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ingot {

/// Index of an atom in a DimSpace.
using AtomId = unsigned;

/// A product of atoms (sorted, repeats mean powers) with its coefficient.
struct DimTerm {
  int64_t coefficient;
  llvm::SmallVector<AtomId, 2> atoms;
  bool operator==(const DimTerm &o) const {
    return coefficient == o.coefficient && atoms == o.atoms;
  }
};

/// A sum of terms, sorted by their atoms; the empty sum is zero.
class Dim {
public:
  Dim(int64_t constant = 0) {
    if (constant != 0)
      terms.push_back({constant, {}});
  }
  bool isConstant() const { return terms.empty() || (terms.size() == 1 && terms[0].atoms.empty()); }
  std::optional<int64_t> constant() const {
    if (terms.empty())
      return 0;
    if (isConstant())
      return terms[0].coefficient;
    return std::nullopt;
  }
  bool is(int64_t value) const { return constant() == value; }
  bool operator==(const Dim &o) const { return terms == o.terms; }
  bool operator!=(const Dim &o) const { return !(*this == o); }

  llvm::SmallVector<DimTerm, 1> terms;
};

/// What an atom stands for.
struct DimAtom {
  enum Kind {
    DimOf,     ///< dimension `index` of `value`
    ElementOf, ///< element `index` (row-major) of the integer tensor `value`
    FloorDiv,  ///< floor(lhs / rhs)
    Mod,       ///< lhs - floor(lhs / rhs) * rhs
    Max,
    Min
  };
  Kind kind;
  mlir::Value value;
  int64_t index = 0;
  Dim lhs, rhs;
  /// Inclusive bounds of the value; dimensions are never negative.
  int64_t lower = INT64_MIN, upper = INT64_MAX;
  /// What people call it (the model's dim_param), for messages and metadata.
  std::string name = {};

  bool isSymbol() const { return kind == DimOf || kind == ElementOf; }
};

/// Owns the atoms and does the arithmetic. All overflow yields a fresh look at run time: constants
/// are checked when they are formed, see `overflowed`.
class DimSpace {
public:
  Dim symbolDim(mlir::Value value, int64_t index);
  Dim symbolElement(mlir::Value value, int64_t index);
  Dim atom(AtomId id) const;

  Dim add(const Dim &a, const Dim &b);
  Dim sub(const Dim &a, const Dim &b);
  Dim mul(const Dim &a, const Dim &b);
  Dim floorDiv(const Dim &a, const Dim &b);
  Dim ceilDiv(const Dim &a, const Dim &b);
  Dim mod(const Dim &a, const Dim &b);
  Dim max(const Dim &a, const Dim &b);
  Dim min(const Dim &a, const Dim &b);
  Dim product(llvm::ArrayRef<Dim> dims);
  /// a / b when b is known to divide a.
  std::optional<Dim> exactDiv(const Dim &a, const Dim &b);

  int64_t lowerBound(const Dim &d) const;
  int64_t upperBound(const Dim &d) const;

  AtomId size() const { return atoms.size(); }
  DimAtom &info(AtomId id) { return atoms[id]; }
  const DimAtom &info(AtomId id) const { return atoms[id]; }
  /// The symbols (not operations) that `d` depends on, in order of appearance, without repeats.
  void collectSymbols(const Dim &d, llvm::SmallVectorImpl<AtomId> &symbols) const;
  /// The expression with every atom `id` replaced.
  Dim substitute(const Dim &d, AtomId id, const Dim &by);
  std::string str(const Dim &d) const;
  /// True once a constant left the 64-bit range; the caller reports it.
  bool overflowed = false;

private:
  AtomId intern(DimAtom atom);
  void normalize(Dim &d);

  std::vector<DimAtom> atoms;
  std::map<std::pair<const void *, int64_t>, AtomId> dimSymbols, elementSymbols;
};

} // namespace ingot

#endif // INGOT_IR_ANALYSIS_DIM_H

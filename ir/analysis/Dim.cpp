//===- Dim.cpp - dimensions as polynomials over symbols ---------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/analysis/Dim.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace ingot {

void DimSpace::normalize(Dim &d) {
  llvm::sort(d.terms, [](const DimTerm &a, const DimTerm &b) { return a.atoms < b.atoms; });
  llvm::SmallVector<DimTerm, 1> merged;
  for (DimTerm &t : d.terms) {
    if (!merged.empty() && merged.back().atoms == t.atoms)
      overflowed |= llvm::AddOverflow(merged.back().coefficient, t.coefficient,
                                      merged.back().coefficient) != 0;
    else
      merged.push_back(std::move(t));
    if (merged.back().coefficient == 0)
      merged.pop_back();
  }
  d.terms = std::move(merged);
}

AtomId DimSpace::intern(DimAtom atom) {
  for (auto [i, a] : llvm::enumerate(atoms))
    if (a.kind == atom.kind && !a.isSymbol() && a.lhs == atom.lhs && a.rhs == atom.rhs)
      return i;
  atoms.push_back(std::move(atom));
  return atoms.size() - 1;
}

Dim DimSpace::atom(AtomId id) const {
  Dim d;
  d.terms.push_back({1, {id}});
  return d;
}

Dim DimSpace::symbolDim(Value value, int64_t index) {
  auto [it, isNew] = dimSymbols.try_emplace({value.getAsOpaquePointer(), index}, atoms.size());
  if (isNew) {
    DimAtom a{DimAtom::DimOf, value, index, {}, {}};
    a.lower = 0;
    atoms.push_back(a);
  }
  return atom(it->second);
}

Dim DimSpace::symbolElement(Value value, int64_t index) {
  auto [it, isNew] = elementSymbols.try_emplace({value.getAsOpaquePointer(), index}, atoms.size());
  if (isNew)
    atoms.push_back({DimAtom::ElementOf, value, index, {}, {}});
  return atom(it->second);
}

Dim DimSpace::add(const Dim &a, const Dim &b) {
  Dim r = a;
  if (auto ca = a.constant(), cb = b.constant(); ca && cb) {
    int64_t sum;
    if (llvm::AddOverflow(*ca, *cb, sum))
      overflowed = true;
    return Dim(sum);
  }
  r.terms.append(b.terms.begin(), b.terms.end());
  normalize(r);
  return r;
}

Dim DimSpace::sub(const Dim &a, const Dim &b) { return add(a, mul(b, Dim(-1))); }

Dim DimSpace::mul(const Dim &a, const Dim &b) {
  Dim r;
  for (const DimTerm &x : a.terms)
    for (const DimTerm &y : b.terms) {
      DimTerm t;
      if (llvm::MulOverflow(x.coefficient, y.coefficient, t.coefficient))
        overflowed = true;
      t.atoms = x.atoms;
      t.atoms.append(y.atoms.begin(), y.atoms.end());
      llvm::sort(t.atoms);
      r.terms.push_back(std::move(t));
    }
  normalize(r);
  return r;
}

Dim DimSpace::product(llvm::ArrayRef<Dim> dims) {
  Dim r(1);
  for (const Dim &d : dims)
    r = mul(r, d);
  return r;
}

std::optional<Dim> DimSpace::exactDiv(const Dim &a, const Dim &b) {
  if (b.is(0))
    return std::nullopt;
  if (a == b)
    return Dim(1);
  // Polynomial division by leading terms; succeeds only when nothing remains.
  Dim rest = a, quotient;
  for (unsigned step = 0; !rest.terms.empty(); ++step) {
    if (step > 64)
      return std::nullopt;
    const DimTerm &lead = b.terms.back();
    const DimTerm *divisible = nullptr;
    for (const DimTerm &t : rest.terms)
      if ((t.coefficient != INT64_MIN || lead.coefficient != -1) && // the quotient has 65 bits
          t.coefficient % lead.coefficient == 0 &&
          std::includes(t.atoms.begin(), t.atoms.end(), lead.atoms.begin(), lead.atoms.end()))
        divisible = &t;
    if (!divisible)
      return std::nullopt;
    DimTerm q{divisible->coefficient / lead.coefficient, {}};
    std::set_difference(divisible->atoms.begin(), divisible->atoms.end(), lead.atoms.begin(),
                        lead.atoms.end(), std::back_inserter(q.atoms));
    Dim one;
    one.terms.push_back(q);
    quotient = add(quotient, one);
    rest = sub(rest, mul(one, b));
  }
  return quotient;
}

static int64_t floorDivide(int64_t a, int64_t b) {
  int64_t q = a / b;
  return (a % b != 0 && ((a < 0) != (b < 0))) ? q - 1 : q;
}

Dim DimSpace::floorDiv(const Dim &a, const Dim &b) {
  if (auto ca = a.constant(), cb = b.constant(); ca && cb && *cb != 0) {
    if (*cb == -1)
      return mul(a, b); // may leave 64 bits, which the division itself would not survive
    return Dim(floorDivide(*ca, *cb));
  }
  if (b.is(1))
    return a;
  if (auto q = exactDiv(a, b))
    return *q;
  // Split off the terms that divide exactly: floor((b*x + y) / b) = x + floor(y / b).
  if (auto cb = b.constant(); cb && *cb > 0) {
    Dim exact, rest;
    for (const DimTerm &t : a.terms) {
      int64_t q = floorDivide(t.coefficient, *cb);
      int64_t r = t.coefficient - q * *cb;
      if (q)
        exact.terms.push_back({q, t.atoms});
      if (r)
        rest.terms.push_back({r, t.atoms});
    }
    if (!exact.terms.empty()) {
      normalize(exact);
      normalize(rest);
      return add(exact, floorDiv(rest, b));
    }
  }
  DimAtom atom{DimAtom::FloorDiv, {}, 0, a, b};
  if (lowerBound(a) >= 0 && lowerBound(b) > 0)
    atom.lower = 0;
  if (auto divisor = b.constant(); divisor && *divisor > 0) {
    if (int64_t most = upperBound(a); most != INT64_MAX)
      atom.upper = floorDivide(most, *divisor);
  }
  return this->atom(intern(atom));
}

Dim DimSpace::ceilDiv(const Dim &a, const Dim &b) {
  return floorDiv(sub(add(a, b), Dim(1)), b);
}

Dim DimSpace::mod(const Dim &a, const Dim &b) { return sub(a, mul(b, floorDiv(a, b))); }

static bool isAtomOf(const DimSpace &space, const Dim &d, DimAtom::Kind kind) {
  return d.terms.size() == 1 && d.terms[0].coefficient == 1 && d.terms[0].atoms.size() == 1 &&
         space.info(d.terms[0].atoms[0]).kind == kind;
}

/// Whether `d` is min(…, other, …), or max for kind Max: never more, or less, than `other`. Follows
/// a chain of them to its left, as broadcasts make them.
static bool isCutBy(const DimSpace &space, Dim d, const Dim &other, DimAtom::Kind kind) {
  for (unsigned step = 0; step < 16 && isAtomOf(space, d, kind); ++step) {
    const DimAtom &a = space.info(d.terms[0].atoms[0]);
    if (a.lhs == other || a.rhs == other)
      return true;
    d = Dim(a.lhs);
  }
  return false;
}

Dim DimSpace::max(const Dim &a, const Dim &b) {
  if (a == b || lowerBound(a) >= upperBound(b))
    return a;
  if (lowerBound(b) >= upperBound(a))
    return b;
  Dim difference = sub(a, b);
  if (lowerBound(difference) >= 0)
    return a;
  if (upperBound(difference) <= 0)
    return b;
  if (isCutBy(*this, b, a, DimAtom::Min) || isCutBy(*this, a, b, DimAtom::Max))
    return a;
  if (isCutBy(*this, a, b, DimAtom::Min) || isCutBy(*this, b, a, DimAtom::Max))
    return b;
  DimAtom atom{DimAtom::Max, {}, 0, a, b};
  atom.lower = std::max(lowerBound(a), lowerBound(b));
  atom.upper = std::max(upperBound(a), upperBound(b));
  return this->atom(intern(atom));
}

Dim DimSpace::min(const Dim &a, const Dim &b) {
  if (a == b || upperBound(a) <= lowerBound(b))
    return a;
  if (upperBound(b) <= lowerBound(a))
    return b;
  Dim difference = sub(a, b);
  if (lowerBound(difference) >= 0)
    return b;
  if (upperBound(difference) <= 0)
    return a;
  if (isCutBy(*this, b, a, DimAtom::Max) || isCutBy(*this, a, b, DimAtom::Min))
    return a;
  if (isCutBy(*this, a, b, DimAtom::Max) || isCutBy(*this, b, a, DimAtom::Min))
    return b;
  DimAtom atom{DimAtom::Min, {}, 0, a, b};
  atom.lower = std::min(lowerBound(a), lowerBound(b));
  atom.upper = std::min(upperBound(a), upperBound(b));
  return this->atom(intern(atom));
}

/// Bound of a sum of products of non-negative atoms; INT64_MIN/MAX where nothing is known.
static int64_t bound(const DimSpace &space, const Dim &d, bool lower) {
  constexpr int64_t lowest = INT64_MIN, highest = INT64_MAX;
  int64_t sum = 0;
  for (const DimTerm &t : d.terms) {
    bool wantLow = (t.coefficient > 0) == lower;
    int64_t product = t.coefficient;
    bool single = t.atoms.size() == 1;
    for (AtomId id : t.atoms) {
      const DimAtom &a = space.info(id);
      int64_t limit = wantLow ? a.lower : a.upper;
      // A product is monotonic in its factors only where none is negative.
      if (limit == lowest || limit == highest || (!single && a.lower < 0) ||
          llvm::MulOverflow(product, limit, product))
        return lower ? lowest : highest;
    }
    if (llvm::AddOverflow(sum, product, sum))
      return lower ? lowest : highest;
  }
  return sum;
}

int64_t DimSpace::lowerBound(const Dim &d) const { return bound(*this, d, true); }
int64_t DimSpace::upperBound(const Dim &d) const { return bound(*this, d, false); }

void DimSpace::collectSymbols(const Dim &d, llvm::SmallVectorImpl<AtomId> &symbols) const {
  for (const DimTerm &t : d.terms)
    for (AtomId id : t.atoms) {
      const DimAtom &a = atoms[id];
      if (!a.isSymbol()) {
        collectSymbols(a.lhs, symbols);
        collectSymbols(a.rhs, symbols);
      } else if (!llvm::is_contained(symbols, id)) {
        symbols.push_back(id);
      }
    }
}

Dim DimSpace::substitute(const Dim &d, AtomId target, const Dim &by) {
  Dim result;
  for (const DimTerm &t : d.terms) {
    Dim product(t.coefficient);
    for (AtomId id : t.atoms) {
      DimAtom a = atoms[id];
      Dim factor = atom(id);
      if (id == target) {
        factor = by;
      } else if (!a.isSymbol()) {
        Dim lhs = substitute(a.lhs, target, by), rhs = substitute(a.rhs, target, by);
        if (lhs != a.lhs || rhs != a.rhs)
          factor = a.kind == DimAtom::FloorDiv ? floorDiv(lhs, rhs)
                   : a.kind == DimAtom::Max    ? max(lhs, rhs)
                   : a.kind == DimAtom::Min    ? min(lhs, rhs)
                                               : mod(lhs, rhs);
      }
      product = mul(product, factor);
    }
    result = add(result, product);
  }
  return result;
}

std::string DimSpace::str(const Dim &d) const {
  if (d.terms.empty())
    return "0";
  std::string s;
  for (const DimTerm &t : d.terms) {
    if (!s.empty())
      s += " + ";
    bool first = true;
    if (t.coefficient != 1 || t.atoms.empty()) {
      s += std::to_string(t.coefficient);
      first = false;
    }
    for (AtomId id : t.atoms) {
      if (!first)
        s += "*";
      first = false;
      const DimAtom &a = atoms[id];
      static const char *names[] = {"", "", "floordiv", "mod", "max", "min"};
      if (a.isSymbol()) {
        s += a.name.empty() ? "s" + std::to_string(id) : a.name;
        continue;
      }
      std::string name = std::string(names[a.kind]) + "(", left = str(a.lhs);
      // A chain, max(max(a, b), c), is max(a, b, c).
      if ((a.kind == DimAtom::Max || a.kind == DimAtom::Min) && isAtomOf(*this, a.lhs, a.kind))
        left = left.substr(name.size(), left.size() - name.size() - 1);
      s += name + left + ", " + str(a.rhs) + ")";
    }
  }
  return s;
}

} // namespace ingot

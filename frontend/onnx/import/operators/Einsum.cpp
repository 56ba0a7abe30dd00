//===- Einsum.cpp - sums of products by index notation ---------------------------------===//
//
// Every operand is a tensor of labelled dimensions. Two at a time are multiplied as matrices: what
// both have and the rest still needs is batch, what both have and nothing else needs is summed.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "frontend/onnx/import/Registry.h"
#include "frontend/onnx/import/operators/Sized.h"
#include "ir/ops/Contraction.h"

using namespace mlir;

namespace ingot {

namespace {

/// Letters stand for themselves; the dimensions of an ellipsis are numbered from the last.
using Label = int;
constexpr Label firstEllipsis = 256;
using Labels = SmallVector<Label>;

struct Term {
  Value value;
  Labels labels;
};

class Einsum {
public:
  Einsum(ImportBuilder &b, NodeReader &n) : b(b), n(n) {}
  Value run();

private:
  std::optional<Labels> parse(StringRef text, std::optional<int64_t> rank);
  Labels implicitOutput() const;
  void takeDiagonals(Term &t);
  void sumUnneeded(Term &t, const Labels &needed);
  Term multiply(Term x, Term y, const Labels &needed);
  Value arranged(const Term &t, ArrayRef<Label> order);

  ImportBuilder &b;
  NodeReader &n;
  SmallVector<Term> terms;
  std::map<Label, int> counts; ///< how often each stands left of "->"
  int64_t ellipsisRank = 0;
};

bool contains(const Labels &labels, Label l) { return llvm::is_contained(labels, l); }

} // namespace

/// Nothing after an error. Without a rank, as for the output, an ellipsis is as long as any was.
std::optional<Labels> Einsum::parse(StringRef text, std::optional<int64_t> rank) {
  Labels labels;
  StringRef rest = text;
  int64_t letters = llvm::count_if(text, llvm::isAlpha);
  bool hasEllipsis = false;
  while (!rest.empty()) {
    if (rest.consume_front("...")) {
      int64_t length = rank ? *rank - letters : ellipsisRank;
      if (hasEllipsis || length < 0)
        break;
      hasEllipsis = true;
      ellipsisRank = std::max(ellipsisRank, length);
      for (int64_t i = length; i-- > 0;)
        labels.push_back(firstEllipsis + i);
      continue;
    }
    char c = rest.front();
    rest = rest.drop_front();
    if (c == ' ')
      continue;
    if (!llvm::isAlpha(c)) {
      n.error("expected letters and one ellipsis in each term of the equation, but got " +
              onnx::quoted(std::string_view(text)));
      return std::nullopt;
    }
    labels.push_back(c);
  }
  if (!rest.empty() || (rank && (int64_t)labels.size() != *rank)) {
    n.error("expected a term for an operand of rank " + Twine(rank.value_or(0)) + ", but got " +
            onnx::quoted(std::string_view(text)));
    return std::nullopt;
  }
  return labels;
}

/// Without "->": the ellipsis, then the letters that occur once in alphabetical order.
Labels Einsum::implicitOutput() const {
  Labels out;
  for (int64_t i = ellipsisRank; i-- > 0;)
    out.push_back(firstEllipsis + i);
  for (auto [label, count] : counts)
    if (label < firstEllipsis && count == 1)
      out.push_back(label);
  return out;
}

/// "ii": zero off the diagonal, and summed over the second. Giving the second dimension the size of
/// the first states that they are equal, which the run checks where only it knows.
void Einsum::takeDiagonals(Term &t) {
  for (size_t i = 0; i < t.labels.size(); ++i)
    for (size_t j = i + 1; j < t.labels.size(); ++j) {
      if (t.labels[i] != t.labels[j])
        continue;
      int64_t rank = t.labels.size();
      Dim own = b.dim(t.value, i), other = b.dim(t.value, j);
      if (b.failed)
        return;
      if (own.constant() && other.constant() && own != other) {
        n.error("expected equal dimensions under one letter, but got " + b.dims.space.str(own) +
                " and " + b.dims.space.str(other));
        return;
      }
      // Alike, or the shorter would cut the longer to it.
      t.value = sizedAlong(b, t.value, j, own);
      Value rows = b.alongAxis(b.counting(b.dim(t.value, i)), i, rank);
      Value columns = b.alongAxis(b.counting(b.dim(t.value, j)), j, rank);
      Value kept = b.where(b.equal(rows, columns), t.value, b.scalarLike(0, t.value));
      t.value = b.reduce("sum", kept, {(int64_t)j}, false);
      t.labels.erase(t.labels.begin() + j--);
    }
}

void Einsum::sumUnneeded(Term &t, const Labels &needed) {
  SmallVector<int64_t> axes;
  Labels kept;
  for (auto [i, l] : llvm::enumerate(t.labels)) {
    if (contains(needed, l))
      kept.push_back(l);
    else
      axes.push_back(i);
  }
  if (!axes.empty())
    t.value = b.reduce("sum", t.value, axes, false);
  t.labels = kept;
}

/// The dimensions in this order, 1 where the term has none.
Value Einsum::arranged(const Term &t, ArrayRef<Label> order) {
  SmallVector<int64_t> permutation, missing;
  for (auto [i, l] : llvm::enumerate(order)) {
    if (contains(t.labels, l))
      permutation.push_back(llvm::find(t.labels, l) - t.labels.begin());
    else
      missing.push_back(i);
  }
  Value v = b.transpose(t.value, permutation);
  return missing.empty() ? v : b.unsqueeze(v, missing);
}

Term Einsum::multiply(Term x, Term y, const Labels &needed) {
  Labels batch, rows, columns, summed;
  auto isNeeded = [&](Label l) { return contains(needed, l); };
  Labels forX(needed), forY(needed);
  forX.append(y.labels);
  forY.append(x.labels);
  sumUnneeded(x, forX);
  sumUnneeded(y, forY);
  for (Label l : x.labels)
    (!contains(y.labels, l) ? rows : isNeeded(l) ? batch : summed).push_back(l);
  for (Label l : y.labels)
    if (!contains(x.labels, l))
      columns.push_back(l);
  Labels out(batch);
  out.append(rows);
  out.append(columns);
  if (summed.empty())
    return {b.mul(arranged(x, out), arranged(y, out)), out};

  // [batch..., rows, summed] times [batch..., summed, columns], each group one dimension.
  Labels xOrder(batch), yOrder(batch);
  xOrder.append(rows);
  xOrder.append(summed);
  yOrder.append(summed);
  yOrder.append(columns);
  Value left = arranged(x, xOrder), right = arranged(y, yOrder);
  int64_t first = batch.size();
  SmallVector<Dim> inner;
  for (size_t i = 0; i < rows.size(); ++i)
    inner.push_back(b.dim(left, first + i));
  for (size_t i = 0; i < columns.size(); ++i)
    inner.push_back(b.dim(right, first + summed.size() + i));
  left = b.mergeDims(left, first + rows.size(), first + rows.size() + summed.size());
  left = b.mergeDims(left, first, first + rows.size());
  right = b.mergeDims(right, first + summed.size(),
                      first + summed.size() + columns.size());
  right = b.mergeDims(right, first, first + summed.size());
  // Of two batch dimensions either may be 1, which only the run may know.
  Value product = b.create<MatMulOp>(left, right);
  SmallVector<Dim> shape;
  for (int64_t i = 0; i < first; ++i)
    shape.push_back(b.dim(product, i));
  shape.append(inner);
  return {b.reshape(product, shape), out};
}

Value Einsum::run() {
  if (!n.has("equation"))
    n.error("expected attribute 'equation'");
  std::string equation = n.string("equation", "").str();
  SmallVector<Value> operands = n.operandsFrom(0);
  auto [left, right] = StringRef(equation).split("->");
  bool isExplicit = StringRef(equation).contains("->");
  SmallVector<StringRef> parts;
  left.split(parts, ',');
  if (parts.size() != operands.size())
    n.error("expected an equation with " + Twine(operands.size()) + " terms, but got " +
            Twine(parts.size()));
  if (b.failed)
    return {};
  for (auto [part, operand] : llvm::zip(parts, operands)) {
    std::optional<Labels> labels = parse(part, b.rank(operand));
    if (!labels)
      return {};
    terms.push_back({operand, *labels});
    for (Label l : *labels)
      ++counts[l];
    takeDiagonals(terms.back());
  }
  std::optional<Labels> out = isExplicit ? parse(right, std::nullopt) : implicitOutput();
  if (!out)
    return {};
  for (Label l : *out)
    if (llvm::count(*out, l) > 1 ||
        llvm::none_of(terms, [&](const Term &t) { return contains(t.labels, l); })) {
      n.error("expected an output of different labels of the operands, but got " +
              onnx::quoted(std::string_view(right)));
      return {};
    }
  Term result = terms[0];
  for (size_t i = 1; i < terms.size(); ++i) {
    Labels needed(*out);
    for (size_t j = i + 1; j < terms.size(); ++j)
      needed.append(terms[j].labels);
    result = multiply(result, terms[i], needed);
  }
  sumUnneeded(result, *out);
  return b.failed ? Value() : arranged(result, *out);
}

static Results einsum(ImportBuilder &b, NodeReader &n) { return Einsum(b, n).run(); }

ArrayRef<OperatorRow> einsumOperators() {
  static const OperatorRow rows[] = {{"", "Einsum", 12, einsum}};
  return rows;
}

} // namespace ingot

//===- NGrams.cpp - counts of n-grams ----------------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "frontend/onnx/import/Registry.h"
#include "frontend/onnx/import/operators/Classical.h"
#include "frontend/onnx/import/operators/HostCall.h"
#include "llvm/ADT/MapVector.h"
#include <map>

using namespace mlir;

namespace ingot {

namespace {

/// The n-grams of the pool by their tokens' numbers. Nodes are numbered by distance from the root,
/// so that edge i leads to node i + 1.
class Trie {
public:
  Trie() : children(1), columns(1, -1) {}

  void add(ArrayRef<int64_t> tokens, int64_t column) {
    size_t node = 0;
    for (int64_t token : tokens) {
      auto [it, isNew] = children[node].try_emplace(token, children.size());
      node = it->second;
      if (isNew) {
        children.emplace_back();
        columns.push_back(-1);
      }
    }
    columns[node] = column;
  }

  /// [nodes + 1] where the edges of each node begin, [edges] their tokens, ascending in each node,
  /// [nodes] columns, -1 for what only begins an n-gram.
  void flatten(SmallVectorImpl<int64_t> &first, SmallVectorImpl<int64_t> &tokens,
               SmallVectorImpl<int64_t> &ends) const {
    SmallVector<size_t, 0> order{0};
    for (size_t i = 0; i < order.size(); ++i) {
      first.push_back(tokens.size());
      ends.push_back(columns[order[i]]);
      for (auto [token, child] : children[order[i]]) {
        tokens.push_back(token);
        order.push_back(child);
      }
    }
    first.push_back(tokens.size());
  }

private:
  std::vector<std::map<int64_t, size_t>> children;
  std::vector<int64_t> columns;
};

} // namespace

static Value table(ImportBuilder &b, ArrayRef<int64_t> values) {
  auto type = RankedTensorType::get({(int64_t)values.size()}, b.b.getIntegerType(64, true));
  return b.tensor(type, ArrayRef((const char *)values.data(), values.size() * sizeof(int64_t)));
}

/// Tokens by the number of their first appearance in the pool, -1 for others.
static Value numbered(ImportBuilder &b, NodeReader &n, Value x, SmallVectorImpl<int64_t> &pool) {
  auto numbers = n.integers("pool_int64s");
  auto texts = n.strings("pool_strings");
  if (b.failed || bool(texts && !texts->empty()) == bool(numbers && !numbers->empty())) {
    n.error("expected one of pool_int64s and pool_strings");
    return x;
  }
  Type i64 = b.b.getIntegerType(64, true);
  bool isText = isString(b.elementType(x));
  if (isText != (texts && !texts->empty()) || (!isText && !isInteger(b.elementType(x)))) {
    n.error("expected an input of the pool's type");
    return x;
  }
  Value keys;
  int64_t distinct = 0;
  if (isText) {
    llvm::MapVector<StringRef, int64_t> known;
    for (StringRef text : *texts)
      pool.push_back(known.try_emplace(text, known.size()).first->second);
    SmallVector<StringRef> words;
    for (auto &[text, number] : known)
      words.push_back(text);
    distinct = words.size();
    keys = b.pool.get(b.loc, RankedTensorType::get({distinct}, b.elementType(x)), words);
  } else {
    std::map<int64_t, int64_t> known;
    SmallVector<int64_t> values;
    for (int64_t value : *numbers) {
      auto [it, isNew] = known.try_emplace(value, known.size());
      if (isNew)
        values.push_back(value);
      pool.push_back(it->second);
    }
    distinct = values.size();
    keys = table(b, values);
    x = b.cast(x, i64);
  }
  return lookUp(b, x, keys, table(b, llvm::to_vector(llvm::seq<int64_t>(0, distinct))),
                b.integers({-1}, {}, true));
}

/// Adds the n-grams that the lengths ask for; false where the attributes do not fit together.
static bool fill(Trie &trie, ArrayRef<int64_t> pool, ArrayRef<int64_t> starts,
                 ArrayRef<int64_t> columns, int64_t least, int64_t most) {
  size_t number = 0;
  for (size_t i = 0; i < starts.size(); ++i) {
    int64_t size = i + 1, begin = starts[i];
    int64_t end = i + 1 < starts.size() ? starts[i + 1] : (int64_t)pool.size();
    if (begin < 0 || end < begin || end > (int64_t)pool.size())
      return false;
    for (int64_t at = begin; at + size <= end; at += size, ++number) {
      if (number >= columns.size())
        return false;
      if (size >= least && size <= most)
        trie.add(pool.slice(at, size), columns[number]);
    }
  }
  return true;
}

/// Weights belong to n-grams, as the standard's text and onnxruntime have it (its reference: to
/// columns); those of one column must agree.
static Value weighted(ImportBuilder &b, NodeReader &n, Value counts, StringRef mode,
                      ArrayRef<int64_t> columns, int64_t width) {
  auto weights = n.reals("weights");
  if (b.failed || mode == "TF")
    return counts;
  Value weight = b.scalarLike(1, counts);
  if (weights && !weights->empty()) {
    if (weights->size() != columns.size()) {
      n.error("expected a weight for each of " + Twine(columns.size()) + " n-grams, but got " +
              Twine(weights->size()));
      return counts;
    }
    std::vector<std::optional<float>> given(width);
    for (auto [column, value] : llvm::zip(columns, *weights)) {
      if (given[column] && *given[column] != value) {
        n.unsupported("n-grams of one column with different weights");
        return counts;
      }
      given[column] = value;
    }
    std::vector<float> byColumn;
    for (const std::optional<float> &value : given)
      byColumn.push_back(value.value_or(0));
    weight = b.tensor(RankedTensorType::get({width}, b.b.getF32Type()),
                      ArrayRef((const char *)byColumn.data(), width * sizeof(float)));
  }
  if (mode == "TFIDF")
    return b.mul(counts, weight);
  Value zero = b.scalarLike(0, counts);
  return b.where(b.less(zero, counts), weight, zero);
}

static Results tfIdfVectorizer(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0);
  StringRef mode = n.string("mode", "TF");
  int64_t least = n.requiredInteger("min_gram_length"), most = n.requiredInteger("max_gram_length");
  int64_t skips = n.requiredInteger("max_skip_count");
  auto starts = n.integers("ngram_counts"), columns = n.integers("ngram_indexes");
  if (b.failed)
    return {};
  int64_t rank = b.rank(x), width = 0;
  bool valid = starts && columns && !columns->empty() && least >= 1 && most >= least && skips >= 0 &&
               (rank == 1 || rank == 2) && (mode == "TF" || mode == "IDF" || mode == "TFIDF");
  for (int64_t i = 0; valid && i < (int64_t)columns->size(); ++i) {
    valid = (*columns)[i] >= 0 && (*columns)[i] < (1 << 24);
    width = std::max(width, (*columns)[i] + 1);
  }
  if (!valid) {
    n.error("expected an input of rank 1 or 2, a mode of TF, IDF or TFIDF, positive lengths, and "
            "counts and indexes of n-grams");
    return {};
  }
  SmallVector<int64_t> pool;
  Value tokens = numbered(b, n, x, pool);
  if (b.failed)
    return {};
  Trie trie;
  if (!fill(trie, pool, *starts, *columns, least, most)) {
    n.error("ngram_counts and ngram_indexes do not fit the pool");
    return {};
  }
  SmallVector<int64_t> first, edges, ends;
  trie.flatten(first, edges, ends);
  auto number = [&](int64_t v) { return b.integers({v}, {}, true); };
  Value counts = hostCall(b, "ngram_counts",
                          {tokens, table(b, first), table(b, edges), table(b, ends),
                           number(least), number(most), number(skips), number(width)},
                          bornTensor(rank, b.b.getF32Type()));
  SmallVector<Dim> shape{Dim(width)};
  if (rank == 2)
    shape.insert(shape.begin(), b.dim(x, 0));
  return weighted(b, n, b.reshape(counts, shape), mode, *columns, width);
}

ArrayRef<OperatorRow> ngramOperators() {
  static const OperatorRow rows[] = {{"", "TfIdfVectorizer", 9, tfIdfVectorizer}};
  return rows;
}

} // namespace ingot

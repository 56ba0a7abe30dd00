//===- ngrams.cpp - counts of n-grams ---------------------------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "runtime/host_ops/host_ops.h"
#include <cstring>

namespace ingot::runtime {

namespace {
/// A tree of tokens as the compiler lays it out: edge i leads to node i + 1, the edges of a node
/// lie at [first[node], first[node + 1]), their tokens ascending.
struct Trie {
  const int64_t *first, *tokens, *columns;
  int64_t nodes, edges;

  /// The node behind the edge of that token, -1 when there is none.
  int64_t child(int64_t node, int64_t token) const {
    int64_t low = first[node], high = first[node + 1];
    while (low < high) {
      int64_t middle = low + (high - low) / 2;
      if (tokens[middle] == token)
        return middle + 1;
      if (tokens[middle] < token)
        low = middle + 1;
      else
        high = middle;
    }
    return -1;
  }
};

struct Lengths {
  int64_t least, most, skips;
};
} // namespace

/// Adds the n-grams of one row, whose tokens may lie up to skips + 1 apart.
static void countRow(const Trie &trie, const int64_t *row, int64_t size, Lengths lengths,
                     float *counts) {
  int64_t least = lengths.least;
  for (int64_t distance = 1; distance - 1 <= lengths.skips; ++distance) {
    // Too far apart for any pair of tokens, from here on.
    if (least > 1 && distance >= size)
      return;
    for (int64_t start = 0; start < size; ++start) {
      int64_t node = 0, at = start;
      for (int64_t length = 1; length <= lengths.most && at < size; ++length, at += distance) {
        node = trie.child(node, row[at]);
        if (node < 0)
          break;
        if (length >= least && trie.columns[node] >= 0)
          counts[trie.columns[node]] += 1;
      }
    }
    // Single tokens are counted once: no distance changes them.
    if (least == 1 && ++least > lengths.most)
      return;
  }
}

int32_t ngramCounts(const HostCall &call) {
  for (int32_t i = 0; i < 4; ++i)
    if (!call.tensor(i, INGOT_INT64))
      return INGOT_RUN_INVALID_DATA;
  const ingot_tensor_view &input = call.operands[0];
  Lengths lengths;
  int64_t width;
  int64_t *scalars[] = {&lengths.least, &lengths.most, &lengths.skips, &width};
  for (int32_t i = 0; i < 4; ++i)
    if (int32_t status = call.scalar(4 + i, *scalars[i]))
      return status;
  auto at = [&](int32_t i) { return static_cast<const int64_t *>(call.operands[i].data); };
  Trie trie = {at(1), at(2), at(3), call.count(3), call.count(2)};
  if (input.rank < 1 || input.rank > 2 || call.count(1) != trie.nodes + 1 ||
      trie.nodes != trie.edges + 1 || width < 0)
    return call.invalid("operands of these dimensions do not fit together");
  int64_t rows = input.rank == 2 ? input.dims[0] : 1, size = input.dims[input.rank - 1];
  int64_t dims[2] = {rows, width};
  Value *result = call.newTensor(INGOT_FLOAT, input.rank, input.rank == 2 ? dims : dims + 1);
  if (!result)
    return call.outOfMemory();
  auto *counts = static_cast<float *>(result->data);
  std::memset(counts, 0, size_t(rows * width) * sizeof(float));
  for (int64_t row = 0; row < rows; ++row)
    countRow(trie, at(0) + row * size, size, lengths, counts + row * width);
  return call.give(0, result);
}

} // namespace ingot::runtime

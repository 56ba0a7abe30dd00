//===- Trees.cpp - ensembles of decision trees -----------------------------------===//
//
// All trees of all rows take one step at a time: the nodes reached are a tensor [N, trees], and a
// step gathers their features, thresholds and children. A leaf is its own child. This has no
// branches and fuses into one kernel over (row, tree), whose cost is that of the deepest tree.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "frontend/onnx/import/Registry.h"
#include "frontend/onnx/import/operators/Classical.h"
#include "ir/ops/Elementwise.h"
#include "ir/ops/Index.h"
#include "ir/ops/Logic.h"
#include "ir/ops/Movement.h"
#include <cmath>
#include <map>
#include <set>

using namespace mlir;

namespace ingot {

namespace {

/// Beyond this the steps are too many.
constexpr int64_t deepest = 128;

enum Mode : uint8_t { LessOrEqual, Less, GreaterOrEqual, Greater, Equal, NotEqual, Member };

struct Node {
  int64_t feature = 0, onTrue = -1, onFalse = -1; // indices of nodes; a leaf is its own child
  Mode mode = LessOrEqual;
  bool missingIsTrue = false;
  double threshold = 0;
};

struct Forest {
  std::vector<Node> nodes;
  SmallVector<int64_t> roots;
  std::vector<double> weights; // [nodes, targets]
  std::vector<SmallVector<double>> members; // of nodes that test for membership, by node
  int64_t targets = 1;
  Type weightType;
  /// The weight of a leaf for a target that it says nothing about: what the aggregate ignores.
  double absent = 0;

  void setWeight(int64_t node, int64_t target, double weight) {
    double &known = weights[node * targets + target];
    known = known == absent ? weight : known + weight;
  }

  /// Steps from a node to its farthest leaf; negative beyond `deepest` and for cycles.
  int64_t height(int64_t node, std::vector<int64_t> &known, int64_t level = 0) const {
    if (level > deepest)
      return -1;
    const Node &n = nodes[node];
    if (n.onTrue == node || known[node] >= 0)
      return std::max<int64_t>(known[node], 0);
    // Going on to the second child behind a cycle would take 2^128 calls.
    int64_t a = height(n.onTrue, known, level + 1);
    int64_t b = a < 0 ? a : height(n.onFalse, known, level + 1);
    return b < 0 ? -1 : known[node] = std::max(a, b) + 1;
  }
};

Value reals(ImportBuilder &b, ArrayRef<double> values, ArrayRef<int64_t> shape, Type type) {
  ArrayRef<char> bytes((const char *)values.data(), values.size() * sizeof(double));
  if (type.isF64())
    return b.tensor(RankedTensorType::get(shape, type), bytes);
  SmallVector<float, 0> narrow(values.begin(), values.end());
  return b.cast(realTensor(b, narrow, shape), type);
}

/// One number per node.
template <typename F> Value table(ImportBuilder &b, const Forest &forest, F number) {
  SmallVector<int64_t> values;
  for (const Node &n : forest.nodes)
    values.push_back(number(n));
  return b.integers(values, b.b.getIntegerType(32, true));
}

Value compare(ImportBuilder &b, Mode mode, Value x, Value threshold) {
  switch (mode) {
  case LessOrEqual:
    return b.create<LessOrEqualOp>(x, threshold);
  case Less:
    return b.less(x, threshold);
  case GreaterOrEqual:
    return b.create<LessOrEqualOp>(threshold, x);
  case Greater:
    return b.less(threshold, x);
  case NotEqual:
    return b.create<NotOp>(b.equal(x, threshold));
  default:
    return b.equal(x, threshold);
  }
}

/// Whether v [N, trees] is in the set of the node that each tree is at.
Value isMember(ImportBuilder &b, const Forest &forest, Value v, Value node) {
  size_t most = 1;
  for (auto &set : forest.members)
    most = std::max(most, set.size());
  // NaN equals nothing.
  std::vector<double> all(forest.nodes.size() * most, NAN);
  for (auto [i, set] : llvm::enumerate(forest.members))
    llvm::copy(set, all.begin() + i * most);
  Value sets = reals(b, all, {(int64_t)forest.nodes.size(), (int64_t)most}, b.elementType(v));
  Value equal = b.equal(b.unsqueeze(v, {2}), b.create<GatherOp>(sets, node, 0));
  Value hits = b.cast(equal, b.b.getIntegerType(32, true));
  return b.cast(b.reduce("max", hits, {2}, false), b.b.getI1Type());
}

/// The weights [N, trees, targets] of the leaves that x [N, features] reaches.
Value leafWeights(ImportBuilder &b, NodeReader &n, const Forest &forest, Value x) {
  std::vector<int64_t> known(forest.nodes.size(), -1);
  int64_t depth = 0;
  for (int64_t root : forest.roots) {
    int64_t h = forest.height(root, known);
    if (h < 0) {
      n.unsupported("trees of more than " + Twine(deepest) + " levels, or with a cycle");
      return x;
    }
    depth = std::max(depth, h);
  }
  std::set<Mode> modes;
  bool missing = false;
  int64_t features = 0;
  for (const Node &node : forest.nodes) {
    modes.insert(node.mode);
    missing |= node.missingIsTrue;
    features = std::max(features, node.feature + 1);
  }
  if (auto size = b.dim(x, 1).constant(); size && *size < features)
    n.error("expected input of at least " + Twine(features) + " features, but got " +
            Twine(*size));
  if (b.failed)
    return x;
  std::vector<double> thresholds;
  for (const Node &node : forest.nodes)
    thresholds.push_back(node.threshold);
  Type element = b.elementType(x);
  int64_t count = forest.nodes.size(), trees = forest.roots.size();
  Value featureOf = table(b, forest, [](const Node &n) { return n.feature; });
  Value onTrue = table(b, forest, [](const Node &n) { return n.onTrue; });
  Value onFalse = table(b, forest, [](const Node &n) { return n.onFalse; });
  Value thresholdOf = reals(b, thresholds, {count}, element);
  Value modeOf = table(b, forest, [](const Node &n) { return (int64_t)n.mode; });
  Value missingOf = table(b, forest, [](const Node &n) { return (int64_t)n.missingIsTrue; });
  Type i32 = b.b.getIntegerType(32, true);
  Value node = b.expand(b.reshape(b.integers(forest.roots, i32), {Dim(1), Dim(trees)}),
                        {b.dim(x, 0), Dim(trees)});
  auto at = [&](Value of) { return b.create<GatherOp>(of, node, 0); };
  for (int64_t step = 0; step < depth; ++step) {
    Value v = b.create<GatherElementsOp>(x, at(featureOf), 1), threshold = at(thresholdOf);
    Value holds;
    for (Mode mode : modes) {
      Value c = mode == Member ? isMember(b, forest, v, node) : compare(b, mode, v, threshold);
      holds = holds ? b.where(b.equal(at(modeOf), b.integers({mode}, i32, true)), c, holds) : c;
    }
    if (missing) {
      Value goes = b.create<AndOp>(b.create<IsNaNOp>(v), b.cast(at(missingOf), b.b.getI1Type()));
      holds = b.create<OrOp>(holds, goes);
    }
    node = b.where(holds, at(onTrue), at(onFalse));
  }
  Value weights = reals(b, forest.weights, {count, forest.targets}, forest.weightType);
  return b.create<GatherOp>(weights, node, 0);
}

/// What `how` ignores.
double neutralWeight(StringRef how) { return how == "MIN" ? INFINITY : how == "MAX" ? -INFINITY : 0; }

/// Over all trees: [N, targets].
Value aggregate(ImportBuilder &b, NodeReader &n, const Forest &forest, Value leaves,
                StringRef how) {
  if (how == "SUM")
    return b.reduce("sum", leaves, {1}, false);
  if (how == "AVERAGE")
    return b.mean(leaves, {1}, false);
  if (how == "MIN" || how == "MAX") {
    Value best = b.reduce(how == "MIN" ? "min" : "max", leaves, {1}, false);
    if (forest.targets == 1)
      return best;
    // No leaf may have had a weight for the target.
    return b.where(b.equal(best, b.scalarLike(forest.absent, best)), b.scalarLike(0, best), best);
  }
  n.error("expected aggregate_function SUM, AVERAGE, MIN or MAX, but got '" + how + "'");
  return leaves;
}

//===- the form of versions 1 to 4 ---------------------------------------------------===//

/// Floats as a list, or in either type as a tensor.
std::vector<double> numbers(NodeReader &n, const std::string &name, Type *type = nullptr) {
  std::vector<double> values;
  if (auto *t = n.tensor(name + "_as_tensor")) {
    if (t->elementType == onnx::ElementType::Double) {
      values = t->copyAs<double>();
      if (type)
        *type = Float64Type::get(type->getContext());
    } else if (t->elementType == onnx::ElementType::Float) {
      for (float f : t->copyAs<float>())
        values.push_back(f);
    } else {
      n.error("expected " + name + "_as_tensor of floats");
    }
  }
  if (auto list = n.reals(name))
    values.insert(values.end(), list->begin(), list->end());
  return values;
}

std::optional<Mode> modeNamed(StringRef name) {
  static const char *const names[] = {"BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE",
                                      "BRANCH_GT",  "BRANCH_EQ", "BRANCH_NEQ"};
  for (int i = 0; i < 6; ++i)
    if (name == names[i])
      return (Mode)i;
  return std::nullopt;
}

struct Leaves {
  std::set<int64_t> targets;
  bool allPositive = true;
};

/// Reads the nodes and the weights, whose attributes start with `prefix` ("target" or "class").
std::optional<Forest> readForest(ImportBuilder &b, NodeReader &n, const std::string &prefix,
                                 int64_t targets, StringRef how, Leaves &leaves) {
  auto list = [&](const std::string &name) {
    return n.integers(name).value_or(SmallVector<int64_t>());
  };
  auto treeIds = list("nodes_treeids"), nodeIds = list("nodes_nodeids");
  auto features = list("nodes_featureids"), onTrue = list("nodes_truenodeids"),
       onFalse = list("nodes_falsenodeids"), missing = list("nodes_missing_value_tracks_true");
  auto modes = n.strings("nodes_modes").value_or(SmallVector<StringRef>());
  std::vector<double> values = numbers(n, "nodes_values");
  n.ignore({"nodes_hitrates", "nodes_hitrates_as_tensor"});
  size_t count = treeIds.size();
  Forest forest;
  forest.targets = targets;
  forest.weightType = b.b.getF32Type();
  forest.absent = neutralWeight(how);
  for (size_t size : {nodeIds.size(), features.size(), onTrue.size(), onFalse.size(), modes.size(),
                      values.size()})
    if (size != count || count == 0)
      n.error("expected nodes_* of one length, but got " + Twine(size) + " and " + Twine(count));
  if (b.failed)
    return std::nullopt;
  std::map<std::pair<int64_t, int64_t>, int64_t> index;
  for (size_t i = 0; i < count; ++i) {
    if (i == 0 || treeIds[i] != treeIds[i - 1])
      forest.roots.push_back(i);
    index[{treeIds[i], nodeIds[i]}] = i;
  }
  for (size_t i = 0; i < count; ++i) {
    Node node;
    node.feature = features[i];
    node.threshold = values[i];
    node.missingIsTrue = i < missing.size() && missing[i];
    node.onTrue = node.onFalse = i;
    if (modes[i] != "LEAF") {
      auto mode = modeNamed(modes[i]);
      auto yes = index.find({treeIds[i], onTrue[i]}), no = index.find({treeIds[i], onFalse[i]});
      auto isChild = [&](auto it) { return it != index.end() && it->second != (int64_t)i; };
      if (!mode || !isChild(yes) || !isChild(no) || features[i] < 0) {
        n.error("expected a known mode, feature and children of node " + Twine(nodeIds[i]) +
                " of tree " + Twine(treeIds[i]));
        return std::nullopt;
      }
      node.mode = *mode;
      node.onTrue = yes->second;
      node.onFalse = no->second;
    } else {
      node.feature = 0;
      node.missingIsTrue = false;
    }
    forest.nodes.push_back(node);
  }
  auto weightTrees = list(prefix + "_treeids"), weightNodes = list(prefix + "_nodeids"),
       ids = list(prefix + "_ids");
  std::vector<double> weights = numbers(n, prefix + "_weights", &forest.weightType);
  if (weightTrees.size() != weights.size() || weightNodes.size() != weights.size() ||
      ids.size() != weights.size())
    n.error("expected " + prefix + "_* of one length");
  if (b.failed || targets < 1 || (int64_t)count > ConstantPool::denseLimit / 8 / targets)
    return std::nullopt;
  forest.weights.assign(count * targets, forest.absent);
  for (size_t i = 0; i < weights.size(); ++i) {
    auto node = index.find({weightTrees[i], weightNodes[i]});
    if (node == index.end() || ids[i] < 0 || ids[i] >= targets) {
      n.error("expected weights of known nodes and targets");
      return std::nullopt;
    }
    forest.setWeight(node->second, ids[i], weights[i]);
    leaves.targets.insert(ids[i]);
    leaves.allPositive &= weights[i] >= 0;
  }
  return forest;
}

Value addBase(ImportBuilder &b, NodeReader &n, Value scores, ArrayRef<double> base) {
  auto targets = b.dim(scores, 1).constant();
  if (base.empty())
    return scores;
  if (targets && (int64_t)base.size() != *targets && base.size() != 1)
    n.error("expected " + Twine(*targets) + " base_values, but got " + Twine(base.size()));
  return b.add(scores, reals(b, base, {(int64_t)base.size()}, b.elementType(scores)));
}

Results treeRegressor(ImportBuilder &b, NodeReader &n) {
  Value x = asRows(b, n, asReal(b, n.operand(0)));
  StringRef kind = n.string("post_transform", "NONE"), how = n.string("aggregate_function", "SUM");
  std::vector<double> base = numbers(n, "base_values");
  Leaves leaves;
  auto forest = readForest(b, n, "target", n.integer("n_targets", 1), how, leaves);
  if (!forest)
    return {};
  Value scores = aggregate(b, n, *forest, leafWeights(b, n, *forest, x), how);
  return postTransform(b, n, b.cast(addBase(b, n, scores, base), b.b.getF32Type()), kind);
}

Results treeClassifier(ImportBuilder &b, NodeReader &n) {
  Value x = asRows(b, n, asReal(b, n.operand(0)));
  Value labels = classLabels(b, n, "classlabels_int64s", "classlabels_strings");
  StringRef kind = n.string("post_transform", "NONE");
  std::vector<double> base = numbers(n, "base_values");
  if (b.failed)
    return {};
  int64_t classes = b.dim(labels, 0).constant().value_or(0);
  Leaves leaves;
  auto forest = readForest(b, n, "class", std::max<int64_t>(classes, 1), "SUM", leaves);
  if (!forest)
    return {};
  Value scores = aggregate(b, n, *forest, leafWeights(b, n, *forest, x), "SUM");
  Type f32 = b.b.getF32Type();
  if (classes != 2 || leaves.targets.size() != 1) {
    scores = addBase(b, n, scores, base);
    return {bestLabel(b, scores, labels), postTransform(b, n, b.cast(scores, f32), kind)};
  }
  // One score decides between two classes: a probability, or one that is 0 at the border.
  Value s = b.create<GatherOp>(scores, b.integers({*leaves.targets.begin()}), 1);
  if (!base.empty())
    s = b.add(s, reals(b, {base.back()}, {1}, b.elementType(s)));
  s = b.cast(s, f32);
  Value second = s, first = b.create<NegOp>(s);
  Value border = b.scalarLike(leaves.allPositive ? 0.5 : 0, s);
  if (leaves.allPositive) {
    first = b.sub(b.scalarLike(1, s), s);
  } else {
    first = postTransform(b, n, first, kind);
    second = postTransform(b, n, second, kind);
  }
  return {binaryLabel(b, b.less(border, s), labels),
          b.create<ConcatOp>(SmallVector<Value>{first, second}, 1)};
}

//===- the form of version 5 ---------------------------------------------------------===//

/// Elements of a float tensor attribute, and its type.
std::vector<double> tensorNumbers(ImportBuilder &b, NodeReader &n, StringRef name, Type &type) {
  std::vector<double> values;
  auto *t = n.tensor(name);
  Value v = t ? b.pool.get(b.loc, *t) : Value();
  auto view = v ? ConstantView::of(v) : std::nullopt;
  if (!view)
    return values;
  type = view->type().getElementType();
  for (int64_t i = 0; i < view->size(); ++i)
    values.push_back(view->real(i));
  return values;
}

Results treeEnsemble(ImportBuilder &b, NodeReader &n) {
  Value x = asRows(b, n, n.operand(0));
  auto list = [&](StringRef name) { return n.integers(name).value_or(SmallVector<int64_t>()); };
  auto features = list("nodes_featureids"), onTrue = list("nodes_truenodeids"),
       onFalse = list("nodes_falsenodeids"), trueLeaf = list("nodes_trueleafs"),
       falseLeaf = list("nodes_falseleafs"), roots = list("tree_roots"),
       missing = list("nodes_missing_value_tracks_true"), ids = list("leaf_targetids");
  n.ignore({"nodes_hitrates"});
  Type unused = b.b.getF32Type(), weightType = unused;
  std::vector<double> modes = tensorNumbers(b, n, "nodes_modes", unused),
                      splits = tensorNumbers(b, n, "nodes_splits", unused),
                      weights = tensorNumbers(b, n, "leaf_weights", weightType),
                      members = tensorNumbers(b, n, "membership_values", unused);
  static const char *const hows[] = {"AVERAGE", "SUM", "MIN", "MAX"};
  static const char *const kinds[] = {"NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT"};
  int64_t how = n.integer("aggregate_function", 1), kind = n.integer("post_transform", 0);
  size_t count = features.size();
  for (size_t size : {onTrue.size(), onFalse.size(), trueLeaf.size(), falseLeaf.size(),
                      modes.size(), splits.size()})
    if (size != count || count == 0)
      n.error("expected nodes_* of one length, but got " + Twine(size) + " and " + Twine(count));
  if (how < 0 || how > 3 || kind < 0 || kind > 4 || roots.empty() || ids.size() != weights.size())
    n.error("expected a known aggregate_function and post_transform, tree_roots, and a target for "
            "each leaf weight");
  Forest forest;
  forest.targets = n.integer("n_targets", 1);
  forest.weightType = weightType;
  forest.roots = roots;
  if (b.failed || forest.targets < 1)
    return {};
  // Nodes first, then leaves.
  int64_t leafCount = ids.size(), total = count + leafCount;
  auto child = [&](int64_t index, bool isLeaf) -> int64_t {
    int64_t limit = isLeaf ? leafCount : (int64_t)count;
    if (index < 0 || index >= limit)
      n.error("expected children among the nodes and leaves, but got " + Twine(index));
    return isLeaf ? (int64_t)count + index : index;
  };
  size_t nextMember = 0;
  forest.nodes.resize(total);
  for (int64_t i = count; i < total; ++i)
    forest.nodes[i].onTrue = forest.nodes[i].onFalse = i;
  for (size_t i = 0; i < count; ++i) {
    Node node;
    node.feature = features[i];
    node.mode = (Mode)modes[i];
    node.threshold = splits[i];
    node.missingIsTrue = i < missing.size() && missing[i];
    node.onTrue = child(onTrue[i], trueLeaf[i]);
    node.onFalse = child(onFalse[i], falseLeaf[i]);
    if (modes[i] < 0 || modes[i] > Member || features[i] < 0 || node.onTrue == (int64_t)i ||
        node.onFalse == (int64_t)i)
      n.error("expected a known mode, feature and children of node " + Twine(i));
    if (node.mode == Member) {
      // The sets stand in the order of their nodes, each ended by a NaN.
      forest.members.resize(count);
      for (; nextMember < members.size() && !std::isnan(members[nextMember]); ++nextMember)
        forest.members[i].push_back(members[nextMember]);
      ++nextMember;
    }
    forest.nodes[i] = node;
  }
  for (int64_t root : roots)
    if (root < 0 || root >= (int64_t)count)
      n.error("expected tree_roots among the nodes, but got " + Twine(root));
  if (b.failed || (int64_t)forest.nodes.size() > ConstantPool::denseLimit / 8 / forest.targets)
    return {};
  forest.absent = neutralWeight(hows[how]);
  forest.weights.assign(forest.nodes.size() * forest.targets, forest.absent);
  for (int64_t i = 0; i < leafCount; ++i) {
    if (ids[i] < 0 || ids[i] >= forest.targets) {
      n.error("expected leaf_targetids below n_targets, but got " + Twine(ids[i]));
      return {};
    }
    forest.setWeight(count + i, ids[i], weights[i]);
  }
  Value scores = aggregate(b, n, forest, leafWeights(b, n, forest, x), hows[how]);
  return postTransform(b, n, scores, kinds[kind]);
}

} // namespace

ArrayRef<OperatorRow> treeOperators() {
  static const OperatorRow rows[] = {
      {"ai.onnx.ml", "TreeEnsemble", 5, treeEnsemble},
      {"ai.onnx.ml", "TreeEnsembleClassifier", 1, treeClassifier},
      {"ai.onnx.ml", "TreeEnsembleRegressor", 1, treeRegressor},
  };
  return rows;
}

} // namespace ingot

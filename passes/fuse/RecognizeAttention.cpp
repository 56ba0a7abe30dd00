//===- RecognizeAttention.cpp - one kernel for scores, softmax and their product -------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/ConstantView.h"
#include "ir/analysis/Attention.h"
#include "ir/ops/Constant.h"
#include "ir/ops/Movement.h"
#include "ir/ops/Structure.h"
#include "mlir/IR/IRMapping.h"
#include "passes/fuse/Fuse.h"

using namespace mlir;

namespace ingot {
#define GEN_PASS_DEF_RECOGNIZEATTENTION
#include "passes/fuse/Fuse.h.inc"

namespace {

/// Builds the kernel of one attention.
class AttentionKernel {
public:
  AttentionKernel(Attention &found, DimAnalysis &dims) : found(found), dims(dims) {}

  void build() {
    inside.insert(found.ops.begin(), found.ops.end());
    for (MatrixOperand *m : {&found.queries, &found.keys, &found.values}) {
      inside.insert(m->ops.begin(), m->ops.end());
      takeViews(m->source);
    }
    takeMasks();
    last = found.product;
    takeConsumers();

    SmallVector<Operation *> ordered(inside.begin(), inside.end());
    llvm::sort(ordered, [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
    OpBuilder b(last);
    Location loc = found.product.getLoc();
    Block *body = new Block;
    OpBuilder in(b.getContext());
    in.setInsertionPointToStart(body);
    for (Operation *op : ordered) {
      for (Value v : op->getOperands())
        bind(in, *body, v);
      in.clone(*op, mapping);
    }
    Value result = last->getResult(0);
    YieldOp::create(in, loc, ValueRange{mapping.lookup(result)});
    auto kernel = KernelOp::create(b, loc, TypeRange{result.getType()}, operands,
                                   b.getStringAttr("attention"), b.getStringAttr("cpu"),
                                   ArrayAttr(), ArrayAttr());
    kernel.getBody().push_back(body);
    dims.set(kernel.getResult(0), dims.info(result));
    result.replaceAllUsesWith(kernel.getResult(0));
    for (Operation *op : llvm::reverse(ordered))
      if (op->use_empty())
        op->erase();
  }

private:
  /// Rearrangements of a matrix as far as its elements lie at strides of what they rearrange.
  void takeViews(Value v) {
    SmallVector<ViewOp> chain;
    size_t affine = 0;
    while (auto view = v.getDefiningOp<ViewOp>()) {
      if (view->getBlock() != found.product->getBlock())
        break;
      chain.push_back(view);
      v = view->getOperand(0);
      if (!liesAtStrides(chain))
        break;
      affine = chain.size();
    }
    for (ViewOp view : ArrayRef(chain).take_front(affine))
      inside.insert(view);
  }

  bool liesAtStrides(ArrayRef<ViewOp> chain) {
    Value base = ViewOp(chain.back())->getOperand(0);
    StridedView place{base, Dim(0), llvm::to_vector(dims.dims(base)), {}};
    Dim stride(1);
    for (const Dim &d : llvm::reverse(place.dims)) {
      place.strides.insert(place.strides.begin(), stride);
      stride = dims.space.mul(stride, d);
    }
    for (ViewOp view : llvm::reverse(chain))
      if (failed(view.mapStrides(dims, place)))
        return false;
    return true;
  }

  /// Masks that are stretched, or given dimensions of size 1, on their way to the scores.
  void takeMasks() {
    SmallVector<Value> work;
    for (Operation *op : found.ops)
      if (op != found.scores && op != found.product)
        llvm::append_range(work, op->getOperands());
    while (!work.empty()) {
      Operation *op = work.pop_back_val().getDefiningOp();
      if (!op || inside.contains(op) || op->getBlock() != found.product->getBlock() ||
          !(isa<ExpandOp>(op) || (isa<ReshapeOp>(op) && addsOnes(op))))
        continue;
      inside.insert(op);
      work.push_back(op->getOperand(0));
    }
  }

  bool addsOnes(Operation *op) {
    auto plain = [&](Value v) {
      SmallVector<Dim> result;
      for (const Dim &d : dims.dims(v))
        if (!d.is(1))
          result.push_back(d);
      return result;
    };
    return plain(op->getOperand(0)) == plain(op->getResult(0));
  }

  /// How the heads are joined: groups of heads become heads, one transposition, and whatever leaves
  /// the elements in their order. They are then stored where they belong.
  void takeConsumers() {
    bool transposed = false;
    while (last->hasOneUse()) {
      Operation *user = *last->user_begin();
      if (user->getBlock() != last->getBlock() || user->getOperand(0) != last->getResult(0))
        return;
      if (auto transpose = dyn_cast<TransposeOp>(user)) {
        ArrayRef<int64_t> p = transpose.getPermutation();
        if (transposed || p.back() != (int64_t)p.size() - 1)
          return;
        transposed = true;
      } else if (!isa<ReshapeOp>(user) ||
                 (!transposed && !sameMatrices(dims, last->getResult(0), user->getResult(0)))) {
        return;
      }
      last = user;
      inside.insert(user);
    }
  }

  void bind(OpBuilder &in, Block &body, Value v) {
    if (mapping.contains(v))
      return;
    Operation *def = v.getDefiningOp();
    auto constant = dyn_cast_or_null<ConstantOp>(def);
    if ((constant && constant.tensorType().getNumElements() == 1) || isa_and_nonnull<NoneOp>(def)) {
      in.clone(*def, mapping);
      return;
    }
    operands.push_back(v);
    mapping.map(v, body.addArgument(v.getType(), v.getLoc()));
  }

  Attention &found;
  DimAnalysis &dims;
  llvm::SetVector<Operation *> inside;
  Operation *last = nullptr;
  IRMapping mapping;
  SmallVector<Value> operands;
};

struct RecognizeAttentionPass : impl::RecognizeAttentionBase<RecognizeAttentionPass> {
  void runOnOperation() override {
    DimAnalysis dims;
    if (failed(dims.run(getOperation())))
      return signalPassFailure();
    SmallVector<MatMulOp> products;
    getOperation().walk([&](MatMulOp op) {
      if (!op->getParentOfType<KernelOp>())
        products.push_back(op);
    });
    for (MatMulOp product : products)
      if (std::optional<Attention> found = matchAttention(product, dims))
        AttentionKernel(*found, dims).build();
  }
};

} // namespace
} // namespace ingot

//===- Layout.cpp - chooses the physical order of values between kernels --------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "codegen/layout/Layout.h"
#include "codegen/lower/Contraction.h"
#include "codegen/lower/Views.h"
#include "ir/ops/Structure.h"
#include "mlir/Analysis/SliceAnalysis.h"

using namespace mlir;

namespace ingot {
#define GEN_PASS_DEF_ASSIGNLAYOUTS
#include "codegen/layout/Layout.h.inc"

namespace {

using Order = SmallVector<int64_t>;

class Layouts {
public:
  Layouts(Block &block, DimAnalysis &dims) : block(block), dims(dims) {}

  void run() {
    for (auto kernel : block.getOps<KernelOp>())
      for (OpResult v : kernel->getResults())
        if (auto type = dyn_cast<RankedTensorType>(v.getType()))
          if (type.getRank() >= 3 && wantsChannelsLast(kernel, v))
            orders[v] = channelsLast(type.getRank());
    for (auto kernel : llvm::make_early_inc_range(block.getOps<KernelOp>())) {
      if (Operation *conv = convolutionOf(kernel); conv && !readsWhereItLies(kernel, conv))
        storeImage(kernel, conv);
      reconcile(kernel);
    }
    for (auto kernel : block.getOps<KernelOp>())
      write(kernel);
  }

private:
  /// Kernels whose operands and results lie at strides of row-major buffers.
  static bool isRowMajor(KernelOp kernel) {
    return kernel.getAnchor() == "matmul" || kernel.getAnchor() == "attention";
  }

  Operation *convolutionOf(KernelOp kernel) {
    // Blocks of threads write what lies side by side whatever the order.
    if (kernel.getDevice() != "cpu")
      return nullptr;
    for (Operation &op : kernel.block())
      if (isTiledConvolution(kernel, &op, dims))
        return &op;
    return nullptr;
  }

  bool isReturned(Value v) {
    return llvm::any_of(v.getUsers(), [](Operation *u) { return !isa<KernelOp>(u); });
  }

  /// Whether `kernel` reads operand `v` as the input of its convolution.
  bool readsAsImage(KernelOp kernel, Value v) {
    Operation *conv = convolutionOf(kernel);
    auto argument = conv ? dyn_cast<BlockArgument>(conv->getOperand(0)) : BlockArgument();
    return argument && kernel.getInputs()[argument.getArgNumber()] == v;
  }

  bool wantsChannelsLast(KernelOp kernel, OpResult v) {
    if (convolutionOf(kernel))
      return true;
    if (isReturned(v) || isRowMajor(kernel) || kernel.getDevice() != "cpu")
      return false;
    bool image = false, other = false;
    for (Operation *user : v.getUsers()) {
      auto reader = cast<KernelOp>(user);
      if (readsAsImage(reader, v))
        image = true;
      other |= isRowMajor(reader);
    }
    if (image || other)
      return image;
    // Otherwise as the operands lie.
    int64_t rank = cast<RankedTensorType>(v.getType()).getRank();
    return llvm::any_of(kernel.getInputs(), [&](Value operand) {
      auto type = dyn_cast<RankedTensorType>(operand.getType());
      return type && type.getRank() == rank && orders.count(operand);
    });
  }

  /// Whether the image comes to `conv` with its channels side by side, directly or rearranged.
  bool readsWhereItLies(KernelOp kernel, Operation *conv) {
    Value image = conv->getOperand(0);
    if (isa<BlockArgument>(image))
      return true;
    auto view = resolveView(dims, image, [&](Value argument) -> ArrayRef<int64_t> {
      auto it = orders.find(kernel.getInputs()[cast<BlockArgument>(argument).getArgNumber()]);
      return it == orders.end() ? ArrayRef<int64_t>() : ArrayRef<int64_t>(it->second);
    });
    return view && (view->strides[1].is(1) || view->dims[1].is(1));
  }

  /// Gives a rearranged image that the generators cannot read a kernel and a buffer of its own.
  void storeImage(KernelOp kernel, Operation *conv) {
    Value image = conv->getOperand(0);
    SetVector<Operation *> made;
    BackwardSliceOptions options;
    options.inclusive = true;
    (void)getBackwardSlice(image, &made, options);
    OpBuilder b(kernel);
    auto copy = KernelOp::create(b, kernel.getLoc(), TypeRange{image.getType()},
                                 kernel.getInputs(), b.getStringAttr("none"),
                                 kernel.getDeviceAttr(), ArrayAttr(), ArrayAttr());
    Block &body = copy.getBody().emplaceBlock();
    IRMapping mapping;
    for (BlockArgument argument : kernel.block().getArguments())
      mapping.map(argument, body.addArgument(argument.getType(), argument.getLoc()));
    b.setInsertionPointToStart(&body);
    for (Operation &op : kernel.block())
      if (made.contains(&op))
        b.clone(op, mapping);
    YieldOp::create(b, kernel.getLoc(), mapping.lookup(image));
    dropUnused(copy);
    Value stored = copy.getResult(0);
    dims.set(stored, dims.info(image));
    orders[stored] = channelsLast(cast<RankedTensorType>(image.getType()).getRank());

    kernel.getInputsMutable().append(stored);
    BlockArgument argument = kernel.block().addArgument(image.getType(), image.getLoc());
    dims.set(argument, dims.info(image));
    conv->setOperand(0, argument);
    for (Operation *op : llvm::reverse(made))
      if (op->use_empty())
        op->erase();
    dropUnused(kernel);
  }

  static void dropUnused(KernelOp kernel) {
    for (unsigned i = kernel.block().getNumArguments(); i-- > 0;)
      if (kernel.block().getArgument(i).use_empty()) {
        kernel.block().eraseArgument(i);
        kernel.getInputsMutable().erase(i);
      }
  }

  /// A kernel that copies `v` into another order.
  Value copy(Value v, Order order, Operation *before) {
    OpBuilder b(before);
    auto kernel =
        KernelOp::create(b, before->getLoc(), TypeRange{v.getType()}, ValueRange{v},
                         b.getStringAttr("none"), b.getStringAttr("cpu"), ArrayAttr(), ArrayAttr());
    Block &body = kernel.getBody().emplaceBlock();
    body.addArgument(v.getType(), v.getLoc());
    b.setInsertionPointToStart(&body);
    YieldOp::create(b, v.getLoc(), body.getArguments());
    dims.set(kernel.getResult(0), dims.info(v));
    if (!llvm::is_sorted(order))
      orders[kernel.getResult(0)] = order;
    return kernel.getResult(0);
  }

  /// Puts copies where a kernel cannot read an operand as it lies, or hands a result out.
  void reconcile(KernelOp kernel) {
    for (OpOperand &use : kernel->getOpOperands()) {
      Value v = use.get();
      auto type = dyn_cast<RankedTensorType>(v.getType());
      if (!type)
        continue;
      if (readsAsImage(kernel, v) && !orders.count(v))
        use.set(copy(v, channelsLast(type.getRank()), kernel));
      else if (isRowMajor(kernel) && orders.count(v) && !liesPlainly(v))
        use.set(copy(v, llvm::to_vector(llvm::seq<int64_t>(0, type.getRank())), kernel));
    }
    for (Value v : kernel.getResults()) {
      if (!orders.count(v) || !isReturned(v) || liesPlainly(v))
        continue;
      Value plain = copy(v, llvm::to_vector(llvm::seq<int64_t>(
                                0, cast<RankedTensorType>(v.getType()).getRank())),
                         kernel->getNextNode());
      v.replaceUsesWithIf(plain, [](OpOperand &u) { return !isa<KernelOp>(u.getOwner()); });
    }
  }

  /// A single pixel or channel lies the same in both orders.
  bool liesPlainly(Value v) {
    ArrayRef<Dim> shape = dims.dims(v);
    return shape[1].is(1) ||
           llvm::all_of(shape.drop_front(2), [](const Dim &d) { return d.is(1); });
  }

  void write(KernelOp kernel) {
    MLIRContext *context = kernel.getContext();
    auto attributes = [&](ValueRange values) -> ArrayAttr {
      bool any = false;
      SmallVector<Attribute> list;
      for (Value v : values) {
        auto it = orders.find(v);
        any |= it != orders.end();
        list.push_back(it == orders.end() ? (Attribute)UnitAttr::get(context)
                                          : DenseI64ArrayAttr::get(context, it->second));
      }
      return any ? ArrayAttr::get(context, list) : ArrayAttr();
    };
    if (ArrayAttr a = attributes(kernel.getInputs()))
      kernel.setOperandOrdersAttr(a);
    if (ArrayAttr a = attributes(kernel.getResults()))
      kernel.setResultOrdersAttr(a);
  }

  Block &block;
  DimAnalysis &dims;
  llvm::DenseMap<Value, Order> orders;
};

struct AssignLayoutsPass : impl::AssignLayoutsBase<AssignLayoutsPass> {
  void runOnOperation() override {
    DimAnalysis dims;
    if (failed(dims.run(getOperation())))
      return signalPassFailure();
    // Each block alone: what crosses a region's border is row-major.
    SmallVector<Block *> blocks;
    getOperation()->walk([&](Block *block) {
      if (!isa<KernelOp>(block->getParentOp()))
        blocks.push_back(block);
    });
    for (Block *block : blocks)
      Layouts(*block, dims).run();
  }
};

} // namespace
} // namespace ingot

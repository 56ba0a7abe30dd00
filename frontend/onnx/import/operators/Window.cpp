//===- Window.cpp - kernel, strides, dilations and pads of sliding windows ---------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "frontend/onnx/import/operators/Window.h"
#include "ir/ops/Pad.h"

using namespace mlir;

namespace ingot {

/// SAME_UPPER and SAME_LOWER: as many outputs as strides fit in the input. Where the stride is 1,
/// this does not depend on the input's size.
static bool padSame(ImportBuilder &b, NodeReader &n, Value input, bool upper, OpenPads open,
                    Window &w) {
  DimSpace &s = b.dims.space;
  SmallVector<Dim> pads(2 * w.rank(), Dim(0));
  bool known = true;
  for (size_t i = 0; i < w.rank(); ++i) {
    int64_t window = (w.kernel[i] - 1) * w.dilations[i] + 1, stride = w.strides[i];
    Dim total(window - 1);
    if (stride != 1) {
      Dim size = b.dim(input, 2 + i), last = s.sub(s.ceilDiv(size, Dim(stride)), Dim(1));
      total = s.add(s.mul(last, Dim(stride)), s.sub(Dim(window), size));
      if (!size.constant() && open == OpenPads::Refused) {
        n.unsupported("auto_pad needs the size of dimension " + Twine(2 + i) +
                      " of the input; give it with --shape");
        return false;
      }
    }
    total = s.max(total, Dim(0));
    Dim half = s.floorDiv(total, Dim(2)), rest = s.sub(total, half);
    pads[i] = upper ? half : rest;
    pads[w.rank() + i] = upper ? rest : half;
    known &= total.isConstant();
  }
  for (size_t i = 0; known && i < pads.size(); ++i)
    w.pads[i] = *pads[i].constant();
  if (!known) {
    w.pads.assign(pads.size(), 0);
    w.openPads = std::move(pads);
  }
  return true;
}

Value padOpen(ImportBuilder &b, Value input, const Window &w, Value fill) {
  if (w.openPads.empty() || b.failed)
    return input;
  SmallVector<int64_t> axes;
  for (size_t i = 0; i < w.rank(); ++i)
    axes.push_back(2 + i);
  return b.create<PadOp>(input, b.shapeTensor(w.openPads), fill ? fill : b.scalarLike(0, input),
                         b.integers(axes), "constant");
}

std::optional<Window> readWindow(ImportBuilder &b, NodeReader &n, Value input,
                                 ArrayRef<Dim> kernel, OpenPads open) {
  if (b.failed)
    return std::nullopt;
  if (b.rank(input) < 3) {
    n.error("expected input of rank 3 or more, but got " + Twine(b.rank(input)));
    return std::nullopt;
  }
  if (int64_t groups = kernel.empty() ? 1 : n.integer("group", 1); groups < 1)
    n.error("expected group of at least 1, but got " + Twine(groups));
  if (b.failed)
    return std::nullopt;
  size_t spatial = b.rank(input) - 2;
  Window w;
  auto list = [&](StringRef name, size_t count, int64_t byDefault, int64_t least) {
    SmallVector<int64_t> values =
        n.integers(name).value_or(SmallVector<int64_t>(count, byDefault));
    if (values.size() != count)
      n.error("expected " + name + " of " + Twine(count) + " numbers, but got " +
              Twine(values.size()));
    // Beyond this, products with sizes could leave 64 bits.
    for (int64_t v : values)
      if (v < least || v > INT32_MAX)
        n.error("expected " + name + " of at " +
                (v < least ? "least " + Twine(least) : "most " + Twine(INT32_MAX)) + ", but got " +
                Twine(v));
    return values;
  };
  auto declared = n.integers("kernel_shape");
  if (declared && !kernel.empty() && declared->size() == kernel.size()) {
    for (auto [k, d] : llvm::zip(*declared, kernel))
      if (d.constant() && *d.constant() != k)
        n.error("expected a kernel_shape that agrees with the weight, but got " + Twine(k) +
                " against " + Twine(*d.constant()));
  }
  if (!declared && kernel.empty())
    n.error("expected attribute 'kernel_shape'");
  if (declared) {
    w.kernel = list("kernel_shape", spatial, 1, 1);
  } else {
    for (const Dim &d : kernel)
      w.kernel.push_back(d.constant().value_or(-1));
    if (!b.failed && w.kernel.size() != spatial)
      n.error("expected weight of rank " + Twine(spatial + 2) + ", but got " +
              Twine(w.kernel.size() + 2));
  }
  w.strides = list("strides", spatial, 1, 1);
  w.dilations = list("dilations", spatial, 1, 1);
  StringRef autoPad = n.string("auto_pad", "NOTSET");
  // Negative pads crop.
  w.pads = list("pads", 2 * spatial, 0, INT32_MIN);
  if (b.failed)
    return std::nullopt;
  if (autoPad == "VALID") {
    w.pads.assign(2 * spatial, 0);
  } else if (autoPad == "SAME_UPPER" || autoPad == "SAME_LOWER") {
    if (llvm::is_contained(w.kernel, -1)) {
      n.unsupported("auto_pad needs the size of the kernel; give attribute 'kernel_shape'");
      return std::nullopt;
    }
    if (!padSame(b, n, input, autoPad == "SAME_UPPER", open, w))
      return std::nullopt;
  } else if (autoPad != "NOTSET" && !autoPad.empty()) {
    n.error("expected auto_pad NOTSET, VALID, SAME_UPPER or SAME_LOWER, but got " +
            onnx::quoted(std::string_view(autoPad)));
    return std::nullopt;
  }
  return w;
}

} // namespace ingot

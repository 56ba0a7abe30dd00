// Where the output pixels of a convolution read: coordinates and offsets of their first tap.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef INGOT_CODEGEN_CPU_PIXELS_H
#define INGOT_CODEGEN_CPU_PIXELS_H
#include "codegen/cpu/Conv.h"
#include "codegen/cpu/Index.h"

namespace ingot::cpu {

/// One output pixel. `first` are the input coordinates of tap 0, which may be negative in the
/// padding, and `offset` is that place in the data.
struct Pixel {
  llvm::SmallVector<mlir::Value, 3> first;
  mlir::Value offset;
};

/// Index arithmetic of one convolution, for any number of spatial dimensions.
class Pixels {
public:
  Pixels(Index at, const ConvShape &shape, const ConvOperands &ops)
      : at(at), shape(shape), ops(ops) {}

  /// `count` neighbours from linear pixel `number` on; they run across rows and images.
  llvm::SmallVector<Pixel> neighbours(mlir::Value number, unsigned count) const;
  /// i1: every tap of the pixel lies inside the input.
  mlir::Value isInterior(const Pixel &pixel) const;
  /// i1: coordinate of tap `tap` along `dimension` lies inside the input.
  mlir::Value isInside(const Pixel &pixel, unsigned dimension, mlir::Value tap) const;
  /// Distance from tap 0 to tap `tap` along `dimension`, in elements.
  mlir::Value distance(unsigned dimension, mlir::Value tap) const;

private:
  struct Output {
    mlir::Value image;
    llvm::SmallVector<mlir::Value, 3> position;
  };
  Output locate(mlir::Value number) const;
  Output next(const Output &output) const;
  Pixel place(const Output &output) const;

  Index at;
  const ConvShape &shape;
  const ConvOperands &ops;
};

} // namespace ingot::cpu
#endif

// Shortcuts over tools/bench/ulp for the tests of this folder.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef INGOT_TESTS_CODEGEN_MATH_HARNESS_H
#define INGOT_TESTS_CODEGEN_MATH_HARNESS_H

#include "tools/bench/ulp/Elementwise.h"

#include "gtest/gtest.h"

#include <vector>

namespace ingot::test {

using ElementType = std::function<mlir::Type(mlir::MLIRContext *)>;

template <typename T> ElementType floatType() {
  return [](mlir::MLIRContext *context) -> mlir::Type { return T::get(context); };
}
inline ElementType integerType(unsigned width) {
  return [width](mlir::MLIRContext *context) -> mlir::Type {
    return mlir::IntegerType::get(context, width);
  };
}

// f over all of `a` (and `b`), which are padded to whole groups of lanes.
template <typename Out, typename A, typename B = A>
std::vector<Out> evaluate(const bench::ElementwiseSpec &spec, std::vector<A> a,
                          std::vector<B> b = {}) {
  size_t count = a.size(), padded = llvm::alignTo(count, 16);
  a.resize(padded, a.empty() ? A() : a.back());
  b.resize(padded, b.empty() ? B() : b.back());
  std::vector<Out> out(padded);
  auto kernel = bench::Elementwise::compile(spec);
  if (!kernel) {
    ADD_FAILURE() << llvm::toString(kernel.takeError());
    return std::vector<Out>(count);
  }
  (*kernel)->run(a.data(), b.data(), out.data(), int64_t(padded));
  out.resize(count);
  return out;
}

// Zeros, denormals, the ends of the range, infinities, NaN, and what lies next to them and to small
// numbers, of both signs.
template <typename T> std::vector<T> boundaries() {
  using Limits = std::numeric_limits<T>;
  std::vector<T> numbers = {0,
                            Limits::denorm_min(),
                            Limits::min(),
                            Limits::epsilon(),
                            T(0.25),
                            T(0.5),
                            T(1),
                            T(1.5),
                            T(2),
                            T(3),
                            T(4),
                            T(10),
                            T(88.7),
                            T(709.7),
                            T(1) / Limits::epsilon(),
                            T(2) / Limits::epsilon(),
                            Limits::max() / 2,
                            Limits::max()};
  std::vector<T> all;
  for (T number : numbers)
    for (T neighbour : {std::nextafter(number, T(0)), number, std::nextafter(number, Limits::max())})
      for (T sign : {T(1), T(-1)})
        all.push_back(neighbour * sign);
  for (T special : {Limits::infinity(), -Limits::infinity(), Limits::quiet_NaN()})
    all.push_back(special);
  return all;
}

} // namespace ingot::test
#endif

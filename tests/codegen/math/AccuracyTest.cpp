// Every math function against the C library in higher precision: a stride through binary32, random
// f64, and the boundaries of both.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tests/codegen/math/Harness.h"
#include "tools/bench/ulp/Functions.h"

#include "llvm/ADT/bit.h"

#include <cmath>
#include <random>

using namespace ingot;
using bench::Level;
using bench::MathFunction;

namespace {

// design.md §9. Without fused multiply-add the last bits differ (§5).
double boundFor(Level level) { return level == Level::X86_64_v2 ? 6 : 4; }

bench::ElementwiseSpec specFor(const MathFunction &function, const test::ElementType &type,
                               unsigned lanes, Level level) {
  bench::ElementwiseSpec spec;
  spec.first = spec.result = type;
  if (function.arity == 2)
    spec.second = type;
  spec.body = function.build;
  spec.lanes = lanes;
  spec.level = level;
  return spec;
}

template <typename T, typename Wide>
void expectAccurate(const MathFunction &function, const test::ElementType &type,
                    Wide (*reference)(Wide, Wide), const std::vector<T> &a,
                    const std::vector<T> &b, unsigned lanes, Level level) {
  std::vector<T> out = test::evaluate<T>(specFor(function, type, lanes, level), a, b);
  double worst = 0;
  size_t at = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    double ulp = bench::ulpError(out[i], reference(a[i], function.arity == 2 ? b[i] : T(0)));
    if (ulp > worst)
      worst = ulp, at = i;
  }
  EXPECT_LE(worst, boundFor(level))
      << function.name << " of " << std::hexfloat << a[at] << " and " << b[at] << " gives " << out[at]
      << ", lanes " << std::dec << lanes;
}

// All pairs of boundaries.
template <typename T> void appendBoundaries(std::vector<T> &a, std::vector<T> &b) {
  std::vector<T> special = test::boundaries<T>();
  for (T x : special)
    for (T y : special) {
      a.push_back(x);
      b.push_back(y);
    }
}

class Accuracy : public testing::TestWithParam<MathFunction> {};

void checkSingle(const MathFunction &function, unsigned lanes, Level level) {
  if (!bench::isRunnable(level))
    return;
  std::vector<float> a, b;
  appendBoundaries(a, b);
  std::mt19937 random(1);
  for (uint64_t pattern = 0; pattern <= 0xffffffff; pattern += 40009) {
    a.push_back(llvm::bit_cast<float>(uint32_t(pattern)));
    b.push_back(std::ldexp(float(int32_t(random())), int(random() % 40) - 50));
  }
  expectAccurate<float, double>(function, test::floatType<mlir::Float32Type>(), function.single, a,
                                b, lanes, level);
}

void checkDouble(const MathFunction &function, unsigned lanes, Level level) {
  if (!bench::isRunnable(level))
    return;
  std::vector<double> a, b;
  appendBoundaries(a, b);
  std::mt19937_64 random(1);
  auto number = [&](int kind) {
    double fraction = double(int64_t(random())) * 0x1p-63;
    return kind == 0 ? llvm::bit_cast<double>(random()) : fraction * std::exp2(kind * 3 - 4);
  };
  for (int i = 0; i < 60000; ++i) {
    a.push_back(number(i % 5));
    b.push_back(number(i / 5 % 5));
  }
  expectAccurate<double, long double>(function, test::floatType<mlir::Float64Type>(),
                                      function.full, a, b, lanes, level);
}

TEST_P(Accuracy, SingleOnVectors) { checkSingle(GetParam(), 8, Level::X86_64_v3); }
TEST_P(Accuracy, SingleOnScalars) { checkSingle(GetParam(), 1, Level::X86_64_v3); }
TEST_P(Accuracy, SingleOnWideVectors) { checkSingle(GetParam(), 16, Level::X86_64_v4); }
TEST_P(Accuracy, SingleWithoutFma) { checkSingle(GetParam(), 4, Level::X86_64_v2); }
TEST_P(Accuracy, DoubleOnVectors) { checkDouble(GetParam(), 4, Level::X86_64_v3); }
TEST_P(Accuracy, DoubleOnScalars) { checkDouble(GetParam(), 1, Level::X86_64_v3); }
TEST_P(Accuracy, DoubleWithoutFma) { checkDouble(GetParam(), 2, Level::X86_64_v2); }

INSTANTIATE_TEST_SUITE_P(Math, Accuracy,
                         testing::ValuesIn(bench::mathFunctions().begin(),
                                           bench::mathFunctions().end()),
                         [](const auto &info) { return std::string(info.param.name); });

} // namespace

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/bench/ulp/Functions.h"

#include <cmath>
#include <limits>

using namespace mlir;

namespace ingot::bench {
namespace {

template <typename Op> Value build(OpBuilder &builder, Location loc, ValueRange arguments) {
  return Op::create(builder, loc, arguments.front().getType(), arguments).getResult();
}

template <typename T> T rsqrt(T x) { return 1 / std::sqrt(x); }

#define INGOT_UNARY(NAME, OP, FUNCTION)                                                            \
  {                                                                                                \
    NAME, build<OP>, [](double x, double) -> double { return FUNCTION(x); },                       \
        [](long double x, long double) -> long double { return FUNCTION(x); }, 1                   \
  }
#define INGOT_BINARY(NAME, OP, FUNCTION)                                                           \
  {                                                                                                \
    NAME, build<OP>, [](double x, double y) -> double { return FUNCTION(x, y); },                  \
        [](long double x, long double y) -> long double { return FUNCTION(x, y); }, 2              \
  }

const MathFunction kFunctions[] = {
    INGOT_UNARY("exp", math::ExpOp, std::exp),
    INGOT_UNARY("exp2", math::Exp2Op, std::exp2),
    INGOT_UNARY("expm1", math::ExpM1Op, std::expm1),
    INGOT_UNARY("log", math::LogOp, std::log),
    INGOT_UNARY("log2", math::Log2Op, std::log2),
    INGOT_UNARY("log10", math::Log10Op, std::log10),
    INGOT_UNARY("log1p", math::Log1pOp, std::log1p),
    INGOT_UNARY("sin", math::SinOp, std::sin),
    INGOT_UNARY("cos", math::CosOp, std::cos),
    INGOT_UNARY("tan", math::TanOp, std::tan),
    INGOT_UNARY("asin", math::AsinOp, std::asin),
    INGOT_UNARY("acos", math::AcosOp, std::acos),
    INGOT_UNARY("atan", math::AtanOp, std::atan),
    INGOT_UNARY("sinh", math::SinhOp, std::sinh),
    INGOT_UNARY("cosh", math::CoshOp, std::cosh),
    INGOT_UNARY("tanh", math::TanhOp, std::tanh),
    INGOT_UNARY("asinh", math::AsinhOp, std::asinh),
    INGOT_UNARY("acosh", math::AcoshOp, std::acosh),
    INGOT_UNARY("atanh", math::AtanhOp, std::atanh),
    INGOT_UNARY("erf", math::ErfOp, std::erf),
    INGOT_UNARY("erfc", math::ErfcOp, std::erfc),
    INGOT_UNARY("cbrt", math::CbrtOp, std::cbrt),
    INGOT_UNARY("rsqrt", math::RsqrtOp, rsqrt),
    INGOT_BINARY("pow", math::PowFOp, std::pow),
    INGOT_BINARY("atan2", math::Atan2Op, std::atan2),
    INGOT_BINARY("fmod", arith::RemFOp, std::fmod),
};
#undef INGOT_UNARY
#undef INGOT_BINARY

template <typename Narrow, typename Wide> double error(Narrow value, Wide exact) {
  if (std::isnan(exact) || std::isnan(value))
    return std::isnan(exact) && std::isnan(value) ? 0 : std::numeric_limits<double>::infinity();
  Narrow rounded = Narrow(exact);
  if (value == rounded && std::signbit(value) == std::signbit(rounded) &&
      (std::isinf(value) || exact == 0))
    return 0;
  if (std::isinf(value) || std::isinf(exact))
    return std::numeric_limits<double>::infinity();
  if (exact == 0) // a zero of the wrong sign, or no zero
    return std::numeric_limits<double>::infinity();
  int exponent;
  std::frexp(exact, &exponent);
  using Limits = std::numeric_limits<Narrow>;
  exponent = std::max(exponent, Limits::min_exponent) - Limits::digits;
  return double(std::fabs(std::ldexp(Wide(value) - exact, -exponent)));
}

} // namespace

llvm::ArrayRef<MathFunction> mathFunctions() { return kFunctions; }
double ulpError(float value, double exact) { return error(value, exact); }
double ulpError(double value, long double exact) { return error(value, exact); }

} // namespace ingot::bench

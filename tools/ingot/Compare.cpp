//===- Compare.cpp - when a result counts as right -------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "tools/ingot/Compare.h"
#include "tools/ingot/Elements.h"

#include "frontend/onnx/Diagnostics.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace ingot::cli {

namespace {
std::string text(double number) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.9g", number);
  return buffer;
}

/// "[1,3,0]" of the element at a linear index.
std::string place(const Value &tensor, int64_t index) {
  std::string result;
  for (size_t d = tensor.dims.size(); d-- > 0; index /= tensor.dims[d])
    result = std::to_string(index % tensor.dims[d]) + (result.empty() ? "" : ",") + result;
  return "[" + result + "]";
}

void differ(Comparison &result, const std::string &reason) {
  if (result.same)
    result.reason = reason;
  result.same = false;
}

/// Counts differences and describes the first: the values, and how many of how many.
class Differences {
public:
  Differences(const Value &tensor, Comparison &result) : tensor(tensor), result(result) {}
  template <typename Text> void add(int64_t index, Text describe) {
    if (count++ == 0)
      first = "at " + place(tensor, index) + " " + describe();
  }
  void finish() {
    if (count)
      differ(result, first + " (" + std::to_string(count) + " of " +
                         std::to_string(tensor.elementCount()) + " elements differ)");
  }

private:
  const Value &tensor;
  Comparison &result;
  int64_t count = 0;
  std::string first;
};

std::string expectedBut(const std::string &expected, const std::string &actual) {
  return "expected " + expected + ", but got " + actual;
}

bool close(double actual, double expected, double rtol, double atol) {
  if (std::isnan(actual) || std::isnan(expected))
    return std::isnan(actual) && std::isnan(expected);
  if (std::isinf(actual) || std::isinf(expected))
    return actual == expected;
  return std::abs(actual - expected) <= atol + rtol * std::abs(expected);
}

void note(Comparison &result, double error, double reference) {
  if (!std::isfinite(error) || !std::isfinite(reference))
    return;
  result.maxError = std::max(result.maxError, error);
  result.maxReference = std::max(result.maxReference, reference);
}

void compareFloats(const Value &actual, const Value &expected, const Tolerance &tolerance,
                   Comparison &result) {
  double rtol =
      expected.elementType == INGOT_BFLOAT16 ? std::max(tolerance.rtol, 0x1p-6) : tolerance.rtol;
  Differences differences(expected, result);
  Comparison whole;
  for (int64_t i = 0, count = expected.elementCount(); i < count; ++i) {
    double y = numberAt(actual, i), reference = numberAt(expected, i);
    note(result, std::abs(y - reference), std::abs(reference));
    note(whole, std::abs(y - reference), std::abs(reference));
    if (!close(y, reference, rtol, tolerance.atol))
      differences.add(i, [&] { return expectedBut(text(reference), text(y)); });
  }
  differences.finish();
  if (std::isfinite(tolerance.share) && whole.maxError > tolerance.share * whole.maxReference)
    differ(result, "off by up to " + text(whole.maxError) + ", " + text(whole.relativeError()) +
                       " of the largest, where " + text(tolerance.share) + " is allowed");
}

void compareComplex(const Value &actual, const Value &expected, const Tolerance &tolerance,
                    Comparison &result) {
  Differences differences(expected, result);
  for (int64_t i = 0, count = expected.elementCount(); i < count; ++i) {
    double y[2], reference[2];
    bool finite = true, identical = true;
    for (int part : {0, 1}) {
      y[part] = partAt(actual, i, part);
      reference[part] = partAt(expected, i, part);
      finite &= std::isfinite(y[part]) && std::isfinite(reference[part]);
      identical &= close(y[part], reference[part], 0, 0);
    }
    double error = std::hypot(y[0] - reference[0], y[1] - reference[1]);
    double size = std::hypot(reference[0], reference[1]);
    note(result, error, size);
    if (!(finite ? error <= tolerance.atol + tolerance.rtol * size : identical))
      differences.add(i, [&] {
        return expectedBut(text(reference[0]) + "+" + text(reference[1]) + "j",
                           text(y[0]) + "+" + text(y[1]) + "j");
      });
  }
  differences.finish();
}

/// |a - b| of integers, exact for both signs.
uint64_t distance(int64_t a, int64_t b, bool isUnsigned) {
  bool less = isUnsigned ? static_cast<uint64_t>(a) < static_cast<uint64_t>(b) : a < b;
  return less ? static_cast<uint64_t>(b) - static_cast<uint64_t>(a)
              : static_cast<uint64_t>(a) - static_cast<uint64_t>(b);
}

void compareIntegers(const Value &actual, const Value &expected, const Tolerance &tolerance,
                     Comparison &result) {
  bool isUnsigned = expected.elementType == INGOT_UINT64;
  double allowed = expected.elementType == INGOT_BOOL ? 0 : tolerance.integerAtol;
  auto name = [&](int64_t value) {
    return isUnsigned ? std::to_string(static_cast<uint64_t>(value)) : std::to_string(value);
  };
  Differences differences(expected, result);
  for (int64_t i = 0, count = expected.elementCount(); i < count; ++i) {
    int64_t y = integerAt(actual, i), reference = integerAt(expected, i);
    uint64_t error = distance(y, reference, isUnsigned);
    note(result, static_cast<double>(error), std::abs(numberAt(expected, i)));
    if (error && static_cast<double>(error) > allowed)
      differences.add(i, [&] { return expectedBut(name(reference), name(y)); });
  }
  differences.finish();
}

void compareStrings(const Value &actual, const Value &expected, Comparison &result) {
  Differences differences(expected, result);
  for (int64_t i = 0, count = expected.elementCount(); i < count; ++i)
    if (actual.strings[i] != expected.strings[i])
      differences.add(i, [&] {
        return expectedBut(onnx::quoted(expected.strings[i]), onnx::quoted(actual.strings[i]));
      });
  differences.finish();
}

void compareTensors(const Value &actual, const Value &expected, const Tolerance &tolerance,
                    Comparison &result) {
  if (actual.elementType != expected.elementType || actual.dims != expected.dims) {
    differ(result, expectedBut(expected.type(), actual.type()));
    return;
  }
  switch (classOf(expected.elementType)) {
  case NumberClass::Float:
    return compareFloats(actual, expected, tolerance, result);
  case NumberClass::Complex:
    return compareComplex(actual, expected, tolerance, result);
  case NumberClass::Bool:
  case NumberClass::Integer:
    return compareIntegers(actual, expected, tolerance, result);
  case NumberClass::None:
    return compareStrings(actual, expected, result);
  }
}
} // namespace

Comparison compare(const Value &actual, const Value &expected, const Tolerance &tolerance) {
  Comparison result;
  if (actual.kind != expected.kind || actual.elements.size() != expected.elements.size()) {
    differ(result, expectedBut(expected.type(), actual.type()));
    return result;
  }
  if (expected.isTensor()) {
    compareTensors(actual, expected, tolerance, result);
    return result;
  }
  for (size_t i = 0; i < expected.elements.size(); ++i) {
    Comparison element = compare(actual.elements[i], expected.elements[i], tolerance);
    result.maxError = std::max(result.maxError, element.maxError);
    result.maxReference = std::max(result.maxReference, element.maxReference);
    if (!element.same)
      differ(result, "element " + std::to_string(i) + ": " + element.reason);
  }
  return result;
}

} // namespace ingot::cli

//===- Verify.cpp - comparing a model with recorded outputs ----------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "tools/ingot/Verify.h"
#include "tools/ingot/TestData.h"

#include "frontend/onnx/Diagnostics.h"

namespace ingot::cli {

bool verify(Program &program, const std::string &dataFolder, const Tolerance &tolerance,
            const OnCompared &onCompared, Failure &failure) {
  std::vector<std::string> samples = findSamples(dataFolder, failure);
  bool good = !samples.empty();
  for (const std::string &sample : samples) {
    std::vector<Value> inputs, expected, results;
    if (!readSample(sample, "input", program.inputs(), inputs, failure) ||
        !readSample(sample, "output", program.outputs(), expected, failure) ||
        !program.run(inputs, results, failure))
      return false;
    for (size_t i = 0; i < results.size(); ++i) {
      std::string name = program.outputs()[i]->name;
      Comparison comparison = compare(results[i], expected[i], tolerance);
      onCompared(sample, name, comparison);
      if (!comparison.same && good)
        good = failure.add(sample, "output " + onnx::quoted(name) + ": " + comparison.reason);
    }
  }
  return good;
}

} // namespace ingot::cli

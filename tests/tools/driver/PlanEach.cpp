//===- PlanEach.cpp - many models to the end of planning in one process --------------===//
//
//   ingot-plan-each FOLDER < list of models
//
// One line for each model: the exit status that `ingot compile` would have, and the first message.
// A line is out before the next model is begun, so that who reads them knows which one crashed.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "tools/driver/Compile.h"
#include <cstdio>
#include <iostream>

int main(int argc, char **argv) {
  if (argc != 2)
    return 2;
  std::string folder = argv[1];
  ingot::CompileOptions options;
  options.emit = ingot::EmitKind::Mlir;
  options.jobs = 1;
  // A report is what makes --emit=mlir go on to planning.
  options.reportFile = folder + "/report.json";
  for (std::string model; std::getline(std::cin, model);) {
    ingot::CompileResult result = ingot::compileFile(model, folder + "/out.mlir", options);
    printf("%d %s\n", (int)result.outcome,
           result.messages.empty() ? "" : result.messages.front().c_str());
    fflush(stdout);
  }
  return 0;
}

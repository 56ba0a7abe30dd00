//===- TestData.h - recorded inputs and outputs ----------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#ifndef INGOT_TOOLS_INGOT_TESTDATA_H
#define INGOT_TOOLS_INGOT_TESTDATA_H

#include "tools/ingot/Failure.h"
#include "tools/ingot/Program.h"

namespace ingot::cli {

/// The folders of `folder` that hold a sample, in order: test_data_set_0, test_data_set_1, …, or
/// the folder itself when it holds output_*.pb. Empty, with a message, when there is none.
std::vector<std::string> findSamples(const std::string &folder, Failure &failure);

/// Reads input_0.pb, input_1.pb, … (or output_…) for these ports, in their order: by the names in
/// the files when those are the ports' names, else by number.
bool readSample(const std::string &folder, const char *stem,
                const std::vector<const ingot_port *> &ports, std::vector<Value> &values,
                Failure &failure);

} // namespace ingot::cli

#endif // INGOT_TOOLS_INGOT_TESTDATA_H

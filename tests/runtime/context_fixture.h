//===- context_fixture.h - a context per test -----------------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#ifndef INGOT_TESTS_CONTEXT_FIXTURE_H
#define INGOT_TESTS_CONTEXT_FIXTURE_H

#include "ingot/abi.h"
#include <cstdlib>
#include <gtest/gtest.h>
#include <initializer_list>
#include <string>
#include <vector>

inline ingot_options defaultOptions(int32_t threads = 0) {
  ingot_options options = {};
  options.struct_bytes = sizeof options;
  options.threads = threads;
  return options;
}

/// Owns a context; `status` and `message` tell why there is none.
struct TestContext {
  explicit TestContext(const ingot_model &model, const ingot_options *options = nullptr) {
    char text[256] = "";
    status = ingot_context_create(&model, options, &context, text, sizeof text);
    message = text;
  }
  ~TestContext() { ingot_context_destroy(context); }
  TestContext(const TestContext &) = delete;
  TestContext &operator=(const TestContext &) = delete;

  int32_t run(int32_t entry, std::vector<ingot_value> inputs, std::vector<ingot_value> &outputs) {
    int32_t result = ingot_run(context, entry, inputs.data(), int32_t(inputs.size()),
                               outputs.data(), int32_t(outputs.size()));
    message = ingot_context_message(context);
    return result;
  }

  ingot_context *context = nullptr;
  int32_t status;
  std::string message;
};

/// A tensor of floats and its dimensions in one place.
struct Floats {
  Floats(std::vector<int64_t> dims, std::vector<float> data)
      : dims(std::move(dims)), data(std::move(data)) {}
  ingot_value value() const {
    return ingot_tensor(INGOT_FLOAT, int32_t(dims.size()), dims.data(), data.data(),
                        int64_t(data.size() * 4));
  }
  std::vector<int64_t> dims;
  std::vector<float> data;
};

/// An output for which the context provides the memory.
inline ingot_value unset(int32_t kind = 0) {
  ingot_value value = ingot_tensor(0, 0, nullptr, nullptr, 0);
  value.kind = kind;
  return value;
}

inline std::vector<float> floats(const ingot_value &value) {
  auto *data = static_cast<const float *>(value.data);
  int64_t count = 1;
  for (int32_t i = 0; i < value.rank; ++i)
    count *= value.dims[i];
  return std::vector<float>(data, data + count);
}

#endif

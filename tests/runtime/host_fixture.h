//===- host_fixture.h - host operations called as a program calls them ----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#ifndef INGOT_TESTS_HOST_FIXTURE_H
#define INGOT_TESTS_HOST_FIXTURE_H

#include "context_fixture.h"
#include "handwritten_models.h"
#include "runtime/context.h"
#include <cstring>
#include <deque>

/// Tensors that live as long as the test, and a context to call operations on.
class HostOps : public ::testing::Test {
protected:
  HostOps() : context(ingot_model_greeter) {}

  template <typename T>
  ingot_tensor_view tensor(int32_t type, std::vector<int64_t> dims, std::vector<T> values) {
    return keep(type, dims, values.data(), values.size() * sizeof(T));
  }
  ingot_tensor_view number(int64_t value) { return keep(INGOT_INT64, {}, &value, sizeof value); }
  ingot_tensor_view strings(std::vector<int64_t> dims, std::vector<std::string> values) {
    std::vector<ingot_string> elements;
    for (const std::string &value : values) {
      texts.push_back(value);
      elements.push_back({texts.back().data(), int64_t(texts.back().size())});
    }
    return keep(INGOT_STRING, dims, elements.data(), elements.size() * sizeof(ingot_string));
  }
  ingot_tensor_view text(std::string value) { return strings({}, {value}); }
  static ingot_tensor_view absent() { return {nullptr, nullptr, 0, 0}; }
  /// What a program writes into a result before the call: the type it counts on.
  static ingot_tensor_view expecting(int32_t type, int32_t rank = -1) {
    return {nullptr, nullptr, rank, type};
  }

  int32_t call(const char *name, std::vector<ingot_tensor_view> operands,
               std::vector<ingot_tensor_view> &results) {
    context.context->message.clear();
    const ingot_host &host = context.context->host;
    int32_t status = host.call(host.context, name, operands.data(), int32_t(operands.size()),
                               results.data(), int32_t(results.size()));
    context.message = ingot_context_message(context.context);
    return status;
  }
  /// One result of that type, and success.
  ingot_tensor_view one(const char *name, std::vector<ingot_tensor_view> operands, int32_t type) {
    std::vector<ingot_tensor_view> results = {expecting(type)};
    EXPECT_EQ(call(name, operands, results), INGOT_OK) << context.message;
    return results[0];
  }
  void expectError(const char *name, std::vector<ingot_tensor_view> operands, int32_t type,
                   const std::string &message) {
    std::vector<ingot_tensor_view> results = {expecting(type)};
    EXPECT_NE(call(name, operands, results), INGOT_OK);
    EXPECT_EQ(context.message, message);
  }

  static std::vector<int64_t> dims(const ingot_tensor_view &view) {
    return std::vector<int64_t>(view.dims, view.dims + view.rank);
  }
  template <typename T> static std::vector<T> values(const ingot_tensor_view &view) {
    int64_t count = 1;
    for (int64_t dim : dims(view))
      count *= dim;
    auto *data = static_cast<const T *>(view.data);
    return std::vector<T>(data, data + count);
  }
  static std::vector<std::string> texts_(const ingot_tensor_view &view) {
    std::vector<std::string> result;
    for (const ingot_string &string : values<ingot_string>(view))
      result.push_back(string.bytes ? std::string(string.data, size_t(string.bytes)) : "");
    return result;
  }

  TestContext context;

private:
  ingot_tensor_view keep(int32_t type, std::vector<int64_t> dims, const void *data, size_t bytes) {
    shapes.push_back(std::move(dims));
    blocks.emplace_back((bytes + 8) / 8 + 1);
    if (bytes)
      memcpy(blocks.back().data(), data, bytes);
    return {blocks.back().data(), shapes.back().data(), int32_t(shapes.back().size()), type};
  }
  std::deque<std::vector<int64_t>> shapes, blocks;
  std::deque<std::string> texts;
};

#endif

//===- string.cpp - joining, comparing and splitting strings --------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "runtime/host_ops/host_ops.h"
#include <cstring>

namespace ingot::runtime {

static constexpr int32_t highestRank = 64;

namespace {
/// Two operands walked together under numpy's broadcasting.
class Broadcast {
public:
  /// False when the dimensions do not fit each other.
  bool create(const ingot_tensor_view &a, const ingot_tensor_view &b) {
    rank = a.rank > b.rank ? a.rank : b.rank;
    if (rank > highestRank)
      return false;
    const ingot_tensor_view *views[2] = {&a, &b};
    int64_t step[2] = {1, 1};
    for (int32_t d = rank; d-- > 0;) {
      dims[d] = 1;
      for (int v = 0; v < 2; ++v) {
        int32_t own = d - (rank - views[v]->rank);
        int64_t size = own < 0 ? 1 : views[v]->dims[own];
        if (size != 1 && dims[d] != 1 && size != dims[d])
          return false;
        if (size != 1)
          dims[d] = size;
        strides[v][d] = size == 1 ? 0 : step[v];
        step[v] *= size;
      }
    }
    return true;
  }

  int64_t count() const {
    int64_t count = 1;
    for (int32_t d = 0; d < rank; ++d)
      count *= dims[d];
    return count;
  }

  /// Offset of operand v's element for element `i` of the result.
  int64_t offset(int v, int64_t i) const {
    int64_t offset = 0;
    for (int32_t d = rank; d-- > 0; i /= dims[d])
      offset += i % dims[d] * strides[v][d];
    return offset;
  }

  int32_t rank = 0;
  int64_t dims[highestRank];

private:
  int64_t strides[2][highestRank];
};
} // namespace

static int32_t prepare(const HostCall &call, Broadcast &broadcast) {
  if (!call.tensor(0, INGOT_STRING) || !call.tensor(1, INGOT_STRING))
    return INGOT_RUN_INVALID_DATA;
  if (!broadcast.create(call.operands[0], call.operands[1]))
    return call.context.message.set(INGOT_RUN_DIMENSION, "%s: the dimensions do not broadcast",
                                    call.name);
  return INGOT_OK;
}

int32_t stringConcat(const HostCall &call) {
  Broadcast broadcast;
  if (int32_t status = prepare(call, broadcast))
    return status;
  Value *result = call.newTensor(INGOT_STRING, broadcast.rank, broadcast.dims);
  if (!result)
    return call.outOfMemory();
  auto *strings = static_cast<ingot_string *>(result->data);
  for (int64_t i = 0; i < broadcast.count(); ++i) {
    const ingot_string &a = call.strings(0)[broadcast.offset(0, i)];
    const ingot_string &b = call.strings(1)[broadcast.offset(1, i)];
    int64_t bytes;
    if (!add(a.bytes, b.bytes, bytes))
      return call.outOfMemory();
    auto *joined = static_cast<char *>(call.allocate(bytes));
    if (!joined)
      return INGOT_RUN_OUT_OF_MEMORY;
    if (a.bytes > 0)
      std::memcpy(joined, a.data, size_t(a.bytes));
    if (b.bytes > 0)
      std::memcpy(joined + a.bytes, b.data, size_t(b.bytes));
    strings[i] = {joined, bytes};
  }
  return call.give(0, result);
}

int32_t stringEqual(const HostCall &call) {
  Broadcast broadcast;
  if (int32_t status = prepare(call, broadcast))
    return status;
  Value *result = call.newTensor(INGOT_BOOL, broadcast.rank, broadcast.dims);
  if (!result)
    return call.outOfMemory();
  for (int64_t i = 0; i < broadcast.count(); ++i) {
    const ingot_string &a = call.strings(0)[broadcast.offset(0, i)];
    const ingot_string &b = call.strings(1)[broadcast.offset(1, i)];
    static_cast<unsigned char *>(result->data)[i] =
        a.bytes == b.bytes && (a.bytes == 0 || !std::memcmp(a.data, b.data, size_t(a.bytes)));
  }
  return call.give(0, result);
}

namespace {
/// Walks over the parts of a string as Python's str.split does: by a delimiter, or by runs of
/// white space when there is none; after `most` splits the rest is one part.
class Splitter {
public:
  Splitter(const ingot_string &text, const ingot_string &delimiter, int64_t most)
      : at(text.data), end(text.data + text.bytes), delimiter(delimiter), left(most) {}

  bool next(ingot_string &part) { return delimiter.bytes ? nextDelimited(part) : nextWord(part); }

private:
  static bool isSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

  bool nextWord(ingot_string &part) {
    while (at != end && isSpace(*at))
      ++at;
    if (at == end)
      return false;
    const char *begin = at;
    if (left-- == 0)
      at = end;
    while (at != end && !isSpace(*at))
      ++at;
    part = {begin, at - begin};
    return true;
  }

  bool nextDelimited(ingot_string &part) {
    if (finished)
      return false;
    const char *begin = at;
    for (; left != 0 && end - at >= delimiter.bytes; ++at) {
      if (std::memcmp(at, delimiter.data, size_t(delimiter.bytes)) != 0)
        continue;
      part = {begin, at - begin};
      at += delimiter.bytes;
      --left;
      return true;
    }
    part = {begin, end - begin};
    finished = true;
    return true;
  }

  const char *at, *end;
  ingot_string delimiter;
  int64_t left; // below 0: no limit
  bool finished = false;
};
} // namespace

int32_t stringSplit(const HostCall &call) {
  if (!call.tensor(0, INGOT_STRING) || (call.has(1) && !call.tensor(1, INGOT_STRING)))
    return INGOT_RUN_INVALID_DATA;
  const ingot_tensor_view &input = call.operands[0];
  if (input.rank >= highestRank || (call.has(1) && call.count(1) != 1))
    return call.invalid("bad rank");
  ingot_string delimiter = call.has(1) ? call.strings(1)[0] : ingot_string{nullptr, 0};
  int64_t most = -1;
  if (call.has(2))
    if (int32_t status = call.scalar(2, most))
      return status;

  Value *counts = call.newTensor(INGOT_INT64, input.rank, input.dims);
  if (!counts)
    return call.outOfMemory();
  auto *count = static_cast<int64_t *>(counts->data);
  int64_t longest = 0, elements = call.count(0);
  ingot_string part;
  for (int64_t i = 0; i < elements; ++i) {
    count[i] = 0;
    for (Splitter split(call.strings(0)[i], delimiter, most); split.next(part);)
      ++count[i];
    longest = longest < count[i] ? count[i] : longest;
  }
  int64_t dims[highestRank];
  for (int32_t d = 0; d < input.rank; ++d)
    dims[d] = input.dims[d];
  dims[input.rank] = longest;
  Value *parts = call.newTensor(INGOT_STRING, input.rank + 1, dims);
  if (!parts)
    return call.outOfMemory();
  auto *to = static_cast<ingot_string *>(parts->data);
  for (int64_t i = 0; i < elements; ++i, to += longest) {
    Splitter split(call.strings(0)[i], delimiter, most);
    for (int64_t k = 0; k < longest; ++k) // the parts stay where they are, inside their string
      if (!split.next(to[k]))
        to[k] = {nullptr, 0};
  }
  if (int32_t status = call.give(0, parts))
    return status;
  return call.give(1, counts);
}

} // namespace ingot::runtime

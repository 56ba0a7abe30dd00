//===- Npy.cpp - numpy's file format for one array -------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "tools/ingot/Npy.h"
#include "tools/ingot/NpyHeader.h"

#include "frontend/onnx/Diagnostics.h"

#include <algorithm>
#include <cstring>

namespace ingot::cli {

namespace {
constexpr std::string_view magic("\x93NUMPY", 6);
/// Three entries of 64 dimensions are far below; numpy's own limit for untrusted files is 10,000.
constexpr size_t maxHeaderBytes = 10000;

struct TypeRow {
  int32_t elementType;
  const char *name; // of descr behind the byte order
  int bytes;
  int part; // bytes that a change of the byte order turns around
};
constexpr TypeRow typeRows[] = {
    {INGOT_BOOL, "b1", 1, 1},      {INGOT_INT8, "i1", 1, 1},        {INGOT_UINT8, "u1", 1, 1},
    {INGOT_INT16, "i2", 2, 2},     {INGOT_UINT16, "u2", 2, 2},      {INGOT_INT32, "i4", 4, 4},
    {INGOT_UINT32, "u4", 4, 4},    {INGOT_INT64, "i8", 8, 8},       {INGOT_UINT64, "u8", 8, 8},
    {INGOT_FLOAT16, "f2", 2, 2},   {INGOT_FLOAT, "f4", 4, 4},       {INGOT_DOUBLE, "f8", 8, 8},
    {INGOT_COMPLEX64, "c8", 8, 4}, {INGOT_COMPLEX128, "c16", 16, 8}};

const TypeRow *findType(std::string_view name) {
  for (const TypeRow &row : typeRows)
    if (name == row.name)
      return &row;
  return nullptr;
}

const TypeRow *findType(int32_t elementType) {
  for (const TypeRow &row : typeRows)
    if (elementType == row.elementType)
      return &row;
  return nullptr;
}

/// The row of a descr such as "<f4"; null, with `message`, for a type that is refused.
const TypeRow *readDescr(const std::string &descr, bool &bigEndian, std::string &message) {
  char order = descr.empty() ? '\0' : descr[0];
  bool marked = order == '<' || order == '>' || order == '|' || order == '=';
  const TypeRow *row = findType(std::string_view(descr).substr(marked ? 1 : 0));
  bigEndian = order == '>';
  if (row && marked && (order != '|' || row->bytes == 1))
    return row;
  char letter = descr.size() > 1 ? descr[1] : '\0';
  message = letter == 'O' ? "holds Python objects (a pickle), which are never read"
            : letter == 'U' || letter == 'S'
                ? "holds strings; give them as a .pb file (TensorProto)"
                : "elements of type " + onnx::quoted(descr) +
                      " are not supported; give them as a .pb file (TensorProto)";
  return nullptr;
}

/// Bytes of the elements; nothing beyond 63 bits.
std::optional<int64_t> bytesOf(const std::vector<int64_t> &shape, int bytes) {
  // A zero anywhere makes the array empty, however large the other dimensions.
  if (std::find(shape.begin(), shape.end(), 0) != shape.end())
    return 0;
  int64_t total = bytes;
  for (int64_t size : shape)
    if (__builtin_mul_overflow(total, size, &total))
      return std::nullopt;
  return total;
}

void swapBytes(AlignedBytes &data, int part) {
  for (size_t at = 0; at + part <= data.size(); at += part)
    std::reverse(data.begin() + at, data.begin() + at + part);
}

/// `from` has its first dimension vary fastest; `to` the last.
void copyFromFortran(const char *from, const std::vector<int64_t> &shape, int bytes,
                     AlignedBytes &to) {
  std::vector<int64_t> index(shape.size(), 0), stride(shape.size());
  int64_t step = 1;
  for (size_t d = 0; d < shape.size(); ++d) {
    stride[d] = step;
    step *= shape[d];
  }
  int64_t source = 0;
  for (size_t at = 0; at < to.size(); at += bytes) {
    std::memcpy(to.data() + at, from + source * bytes, bytes);
    for (size_t d = shape.size(); d-- > 0;) {
      source += stride[d];
      if (++index[d] < shape[d])
        break;
      source -= index[d] * stride[d];
      index[d] = 0;
    }
  }
}

/// Takes the header off `bytes`.
std::optional<NpyHeader> takeHeader(std::string_view &bytes, std::string &message) {
  auto byte = [&](size_t i) { return static_cast<unsigned char>(bytes[i]); };
  if (bytes.size() < 10 || byte(6) < 1 || byte(6) > 3 || byte(7) != 0) {
    message = "not a .npy file of version 1.0, 2.0 or 3.0";
    return std::nullopt;
  }
  size_t prefix = byte(6) == 1 ? 10 : 12;
  if (bytes.size() < prefix) {
    message = "ends inside its header";
    return std::nullopt;
  }
  size_t length = byte(8) | byte(9) << 8;
  if (prefix == 12)
    length |= size_t(byte(10)) << 16 | size_t(byte(11)) << 24;
  if (length > maxHeaderBytes) {
    message = "a header of " + std::to_string(length) + " bytes is more than the " +
              std::to_string(maxHeaderBytes) + " allowed";
    return std::nullopt;
  }
  if (length > bytes.size() - prefix) {
    message = "ends inside its header";
    return std::nullopt;
  }
  std::string_view text = bytes.substr(prefix, length);
  bytes.remove_prefix(prefix + length);
  return readNpyHeader(text, message);
}
} // namespace

bool looksLikeNpy(std::string_view bytes) { return bytes.substr(0, magic.size()) == magic; }

std::optional<Value> readNpy(std::string_view bytes, std::string &message) {
  message.clear();
  if (!looksLikeNpy(bytes)) {
    message = "not a .npy file";
    return std::nullopt;
  }
  std::optional<NpyHeader> header = takeHeader(bytes, message);
  if (!header)
    return std::nullopt;
  bool bigEndian = false;
  const TypeRow *row = readDescr(header->descr, bigEndian, message);
  if (!row)
    return std::nullopt;
  std::optional<int64_t> expected = bytesOf(header->shape, row->bytes);
  if (!expected || *expected != static_cast<int64_t>(bytes.size())) {
    message = (expected ? "its shape needs " + std::to_string(*expected) + " bytes of data"
                        : "its shape needs more than 2^63 bytes of data") +
              ", but there are " + std::to_string(bytes.size());
    return std::nullopt;
  }
  Value value;
  value.elementType = row->elementType;
  value.dims = header->shape;
  value.data.resize(bytes.size());
  if (header->fortranOrder && !bytes.empty())
    copyFromFortran(bytes.data(), header->shape, row->bytes, value.data);
  else
    std::copy(bytes.begin(), bytes.end(), value.data.begin());
  if (bigEndian)
    swapBytes(value.data, row->part);
  if (row->elementType == INGOT_BOOL &&
      std::any_of(value.data.begin(), value.data.end(), [](char b) { return b != 0 && b != 1; })) {
    message = "a bool that is neither 0 nor 1";
    return std::nullopt;
  }
  return value;
}

bool fitsNpy(const Value &value) {
  return value.kind == INGOT_TENSOR && findType(value.elementType);
}

std::string writeNpy(const Value &value) {
  const TypeRow *row = findType(value.elementType);
  std::string header = std::string("{'descr': '") + (row->bytes == 1 ? '|' : '<') + row->name +
                       "', 'fortran_order': False, 'shape': (";
  for (size_t i = 0; i < value.dims.size(); ++i)
    header += (i ? ", " : "") + std::to_string(value.dims[i]);
  header += value.dims.size() == 1 ? ",), }" : "), }";
  // Blanks up to a multiple of 64 that ends in a line break let readers map the data.
  bool isLong = header.size() > 0xff00;
  size_t prefix = isLong ? 12 : 10;
  header.append(63 - (prefix + header.size()) % 64, ' ');
  header += '\n';
  std::string file(magic);
  file += isLong ? '\2' : '\1';
  file += '\0';
  for (size_t i = 0; i < prefix - 8; ++i)
    file += static_cast<char>(header.size() >> 8 * i & 0xff);
  return file + header + std::string(value.data.begin(), value.data.end());
}

} // namespace ingot::cli

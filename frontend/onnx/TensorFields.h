//===- TensorFields.h - The fields of a TensorProto -------------*- C++ -*-===//
//
// The standard keeps elements in one of six typed fields, in raw_data or in another file. This is a
// TensorProto as it stands in the file, and the way from a typed field to the layout of raw_data.
//
//===----------------------------------------------------------------------===//
#ifndef INGOT_FRONTEND_ONNX_TENSORFIELDS_H
#define INGOT_FRONTEND_ONNX_TENSORFIELDS_H

#include "frontend/onnx/Model.h"

namespace ingot::onnx {

/// The typed fields.
enum class Storage { Int32, Int64, UInt64, Float, Double, String };
constexpr Storage storages[] = {Storage::Int32, Storage::Int64,  Storage::UInt64,
                                Storage::Float, Storage::Double, Storage::String};

/// The typed field that may hold elements of this type.
Storage storageOf(ElementType type);
/// E.g. "int32_data".
const char *fieldName(Storage storage);

struct TensorFields {
  int64_t dataType = 0, location = 0;
  bool segmented = false;
  std::string_view raw;
  std::vector<std::string_view> strings;
  std::vector<int64_t> int32s, int64s, uint64s;
  /// Bytes of float_data and double_data: a view of one packed field, or what was put together.
  std::string_view floatView, doubleView;
  std::string floatBytes, doubleBytes;
  std::vector<std::string_view> external; // StringStringEntryProto each

  bool uses(Storage storage) const;
};

/// Fills `tensor.data` (and `storage`) from the typed field, which must be that of its element type
/// and not String; returns what is wrong, "" if nothing.
std::string convertTyped(TensorFields &fields, Tensor &tensor);

/// Makes every byte of bool data 0 or 1: readers of ONNX take any other byte as true, but it is not
/// what generated code should see.
void normalizeBools(Tensor &tensor);

} // namespace ingot::onnx

#endif // INGOT_FRONTEND_ONNX_TENSORFIELDS_H

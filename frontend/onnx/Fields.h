//===- Fields.h - The fields of one protobuf message ------------*- C++ -*-===//
//
// protozero's reader, plus what a reader of strange files needs: every access checks the wire type
// (protozero only asserts), integers are never truncated, and the place being read is known when
// something is wrong. Malformed bytes throw; ModelLoader and the value readers catch.
//
//===----------------------------------------------------------------------===//
#ifndef INGOT_FRONTEND_ONNX_FIELDS_H
#define INGOT_FRONTEND_ONNX_FIELDS_H

#include <protozero/pbf_reader.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace ingot::onnx {

/// Bytes that are protobuf, but not of the message they should be.
struct WrongField {
  std::string message;
};

class Fields {
public:
  /// `position` is kept at the start of the field that is being read.
  Fields(std::string_view bytes, const char *message, const char *&position)
      : reader(bytes.data(), bytes.size()), message(message), position(position) {}

  bool next() {
    position = reader.data().data();
    return reader.next();
  }
  uint32_t number() const { return reader.tag(); }
  void skip() { reader.skip(); }

  /// A string, bytes or message.
  std::string_view bytes() {
    expect(protozero::pbf_wire_type::length_delimited);
    protozero::data_view view = reader.get_view();
    return {view.data(), view.size()};
  }
  /// An int32, int64 or enum; a uint64 comes as the same bits.
  int64_t integer() {
    expect(protozero::pbf_wire_type::varint);
    return reader.get_int64();
  }
  float real() {
    expect(protozero::pbf_wire_type::fixed32);
    return reader.get_float();
  }

  /// Appends a repeated field, packed or not.
  void integers(std::vector<int64_t> &values);
  void reals(std::vector<float> &values);
  /// Appends the little-endian bytes of a repeated float (Width 4) or double (8); a view of a
  /// packed field comes back in `whole` instead if nothing was there before.
  template <unsigned Width> void fixed(std::string &owned, std::string_view &whole);

private:
  void expect(protozero::pbf_wire_type type) const {
    if (reader.wire_type() != type)
      wrongType();
  }
  [[noreturn]] void wrongType() const;
  bool packed() const { return reader.wire_type() == protozero::pbf_wire_type::length_delimited; }

  protozero::pbf_reader reader;
  const char *message;
  const char *&position;
};

} // namespace ingot::onnx

#endif // INGOT_FRONTEND_ONNX_FIELDS_H

#include "frontend/onnx/Fields.h"

#include <algorithm>

namespace ingot::onnx {

void Fields::wrongType() const {
  throw WrongField{"field " + std::to_string(reader.tag()) + " of " + message + " has wire type " +
                   std::to_string(static_cast<int>(reader.wire_type()))};
}

void Fields::integers(std::vector<int64_t> &values) {
  if (!packed()) {
    values.push_back(integer());
    return;
  }
  std::string_view view = bytes();
  // Every number ends in the one byte of it without the top bit.
  auto endsNumber = [](char byte) { return (byte & 0x80) == 0; };
  values.reserve(values.size() + std::count_if(view.begin(), view.end(), endsNumber));
  const char *at = view.data(), *end = at + view.size();
  while (at != end)
    values.push_back(static_cast<int64_t>(protozero::decode_varint(&at, end)));
}

void Fields::reals(std::vector<float> &values) {
  if (!packed()) {
    values.push_back(real());
    return;
  }
  position = reader.data().data();
  auto range = reader.get_packed_float();
  values.insert(values.end(), range.begin(), range.end());
}

template <unsigned Width> void Fields::fixed(std::string &owned, std::string_view &whole) {
  static_assert(PROTOZERO_BYTE_ORDER == PROTOZERO_LITTLE_ENDIAN);
  std::string_view view;
  char one[Width];
  if (packed()) {
    view = bytes();
    if (view.size() % Width != 0)
      throw WrongField{"field " + std::to_string(reader.tag()) + " of " + message + " has " +
                       std::to_string(view.size()) + " bytes, which is not a multiple of " +
                       std::to_string(Width)};
    if (owned.empty() && whole.empty()) {
      whole = view;
      return;
    }
  } else if constexpr (Width == 4) {
    expect(protozero::pbf_wire_type::fixed32);
    uint32_t bits = reader.get_fixed32();
    std::copy_n(reinterpret_cast<const char *>(&bits), Width, one);
    view = {one, Width};
  } else {
    expect(protozero::pbf_wire_type::fixed64);
    uint64_t bits = reader.get_fixed64();
    std::copy_n(reinterpret_cast<const char *>(&bits), Width, one);
    view = {one, Width};
  }
  owned.append(whole);
  whole = {};
  owned.append(view);
}

template void Fields::fixed<4>(std::string &, std::string_view &);
template void Fields::fixed<8>(std::string &, std::string_view &);

} // namespace ingot::onnx

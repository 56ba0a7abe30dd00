// libFuzzer's entry point: any bytes, as a model and as each kind of value.
#include "frontend/onnx/Value.h"

#include <cstdlib>

using namespace ingot::onnx;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  std::string_view bytes(reinterpret_cast<const char *>(data), size);
  Diagnostics diagnostics("fuzz");
  std::unique_ptr<Model> model = Model::loadFromMemory(bytes, "", {}, diagnostics);
  if ((model == nullptr) != diagnostics.hasErrors())
    std::abort();
  for (Value::Kind kind : {Value::Kind::Tensor, Value::Kind::SparseTensor, Value::Kind::Sequence,
                           Value::Kind::Map, Value::Kind::Optional}) {
    Value value, again;
    Diagnostics messages("fuzz");
    if (!readValue(bytes, kind, value, messages))
      continue;
    // What was read can be written and read.
    if (!readValue(writeValue(value), kind, again, messages))
      std::abort();
  }
  return 0;
}

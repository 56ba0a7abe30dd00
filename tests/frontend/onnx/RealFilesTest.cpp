// Files that others wrote: whatever a real exporter does must be accepted. They are not part of the
// project; without them the test says that it did not run.
#include "frontend/onnx/Value.h"

#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>

namespace ingot::onnx::test {

namespace fs = std::filesystem;

namespace {
void loadAllBeneath(const fs::path &folder) {
  size_t models = 0, values = 0;
  for (const fs::directory_entry &entry : fs::recursive_directory_iterator(folder)) {
    Diagnostics diagnostics(entry.path().string());
    if (entry.path().extension() == ".onnx") {
      ++models;
      EXPECT_NE(Model::load(entry.path().string(), {}, diagnostics), nullptr);
      EXPECT_EQ(diagnostics.str(), "");
    } else if (entry.path().extension() == ".pb") {
      ++values;
      bool valid = false;
      for (Value::Kind kind :
           {Value::Kind::Tensor, Value::Kind::Sequence, Value::Kind::Optional, Value::Kind::Map}) {
        Diagnostics attempt(entry.path().string());
        std::unique_ptr<ValueFile> file = readValueFile(entry.path().string(), kind, attempt);
        if (!file)
          continue;
        valid = true;
        std::string again = writeValue(file->value);
        Value copy;
        EXPECT_TRUE(readValue(again, kind, copy, diagnostics)) << diagnostics.str();
        EXPECT_EQ(copy.tensor.data, file->value.tensor.data);
        EXPECT_EQ(copy.tensor.dims, file->value.tensor.dims);
        EXPECT_EQ(copy.elements.size(), file->value.elements.size());
        break;
      }
      EXPECT_TRUE(valid) << entry.path();
    }
  }
  EXPECT_GT(models, 0u) << folder;
  std::printf("%zu models and %zu values in %s\n", models, values, folder.c_str());
}
} // namespace

TEST(RealFiles, ExportedModels) {
  const char *folder = std::getenv("INGOT_EXPORTS");
  if (!folder)
    GTEST_SKIP() << "INGOT_EXPORTS names no folder of exported models";
  loadAllBeneath(folder);
}

/// $INGOT_ONNX_DATA, or what the onnx package brings in the environment that tools/check.sh makes.
static fs::path officialData() {
  if (const char *folder = std::getenv("INGOT_ONNX_DATA"))
    return folder;
  std::error_code absent;
  for (const fs::directory_entry &python : fs::directory_iterator(INGOT_TEST_VENV "/lib", absent)) {
    fs::path data = python.path() / "site-packages/onnx/backend/test/data";
    if (fs::is_directory(data))
      return data;
  }
  return {};
}

TEST(RealFiles, OfficialTestData) {
  fs::path folder = officialData();
  ASSERT_FALSE(folder.empty()) << "no onnx package in " INGOT_TEST_VENV
                                  ", which tools/check.sh makes; or set INGOT_ONNX_DATA";
  loadAllBeneath(folder);
}

} // namespace ingot::onnx::test

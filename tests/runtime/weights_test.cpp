// Weights in a file: found beside the artifact, and refused when they are not the right ones.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "context_fixture.h"
#include "handwritten_models.h"
#include "runtime/hash.h"
#include <cstdio>
#include <cstring>
#include <sys/stat.h>
#include <unistd.h>

using ingot::runtime::hash64;

namespace {
/// The affine model with its bias {1, 2, 3, 4} in a file of the safetensors layout.
class WeightsFile : public ::testing::Test {
protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "ingot-weights-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder = pattern;
    std::string json = R"({"bias":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}})";
    json.resize(128 - 8, ' ');
    uint64_t length = json.size();
    bytes.assign(reinterpret_cast<char *>(&length), 8);
    bytes += json;
    float bias[] = {1, 2, 3, 4};
    bytes.append(reinterpret_cast<char *>(bias), 16);
    model.weights = {nullptr,
                     16,
                     "affine.weights",
                     int64_t(bytes.size()),
                     128,
                     hash64(bytes.data(), 128),
                     hash64(bytes.data() + 128, 16)};
    write(bytes);
  }
  void TearDown() override {
    unlink(path().c_str());
    rmdir(folder.c_str());
  }
  std::string path() const { return folder + "/affine.weights"; }
  void write(const std::string &content) {
    FILE *file = fopen(path().c_str(), "wb");
    ASSERT_NE(file, nullptr);
    fwrite(content.data(), 1, content.size(), file);
    fclose(file);
  }
  int32_t open(bool checkContent = false) {
    ingot_options options = defaultOptions(1);
    options.weights_folder = folder.c_str();
    options.check_weights = checkContent;
    TestContext context(model, &options);
    message = context.message;
    if (context.status != INGOT_OK)
      return context.status;
    Floats x({1, 4}, {0, 0, 0, 0}), gain({1}, {1});
    std::vector<ingot_value> outputs = {unset(), unset()};
    int32_t status = context.run(0, {x.value(), gain.value()}, outputs);
    if (status == INGOT_OK)
      result = floats(outputs[0]);
    return status;
  }
  ingot_model model = ingot_model_affine;
  std::string folder, bytes, message;
  std::vector<float> result;
};
} // namespace

TEST_F(WeightsFile, AreMapped) {
  EXPECT_EQ(open(true), INGOT_OK) << message;
  EXPECT_EQ(result, (std::vector<float>{1, 2, 3, 4}));
}

TEST_F(WeightsFile, AnyDamagedHeaderByteIsFound) {
  for (size_t i = 0; i < 128; ++i) {
    std::string damaged = bytes;
    damaged[i] = char(damaged[i] ^ 1);
    write(damaged);
    EXPECT_EQ(open(), INGOT_CORRUPT_WEIGHTS) << i;
  }
}

TEST_F(WeightsFile, DamagedContentIsFoundOnRequest) {
  bytes[130] = char(bytes[130] ^ 1);
  write(bytes);
  EXPECT_EQ(open(), INGOT_OK);
  EXPECT_EQ(open(true), INGOT_CORRUPT_WEIGHTS);
}

TEST_F(WeightsFile, ShortAndLongFiles) {
  write(bytes.substr(0, bytes.size() - 1));
  EXPECT_EQ(open(), INGOT_CORRUPT_WEIGHTS);
  EXPECT_NE(message.find("has 143 bytes, but the model was compiled with one of 144"),
            std::string::npos)
      << message;
  write(bytes + "x");
  EXPECT_EQ(open(), INGOT_CORRUPT_WEIGHTS);
}

TEST_F(WeightsFile, MissingFile) {
  unlink(path().c_str());
  EXPECT_EQ(open(), INGOT_NOT_FOUND);
}

TEST_F(WeightsFile, AFifoDoesNotBlock) {
  unlink(path().c_str());
  ASSERT_EQ(mkfifo(path().c_str(), 0600), 0);
  EXPECT_EQ(open(), INGOT_IO_ERROR);
}

TEST(Hash, AgreesWithTheReferenceImplementation) {
  // Values of xxhsum -H1 (version 0.8.1).
  EXPECT_EQ(hash64("", 0), 0xef46db3751d8e999u);
  EXPECT_EQ(hash64("a", 1), 0xd24ec4f1a98c6e5bu);
  EXPECT_EQ(hash64("abc", 3), 0x44bc2cf5ad770999u);
}

TEST(Library, OpensAnArtifact) {
  ingot_library *library;
  char why[256] = "";
  ASSERT_EQ(ingot_library_open(INGOT_TEST_ARTIFACT, &library, why, sizeof why), INGOT_OK) << why;
  const ingot_model *model = ingot_library_model(library, nullptr);
  ASSERT_NE(model, nullptr);
  EXPECT_STREQ(model->name, "affine");
  EXPECT_NE(ingot_library_model(library, "recorder"), nullptr);
  EXPECT_EQ(ingot_library_model(library, "nobody"), nullptr);
  {
    TestContext context(*model);
    Floats x({1, 4}, {1, 1, 1, 1}), gain({1}, {1});
    std::vector<ingot_value> outputs = {unset(), unset()};
    EXPECT_EQ(context.run(0, {x.value(), gain.value()}, outputs), INGOT_OK) << context.message;
  }
  ingot_library_close(library);
}

TEST(Library, RefusesWhatIsNoArtifact) {
  ingot_library *library;
  char why[256] = "";
  EXPECT_EQ(ingot_library_open("/no/such/file.so", &library, why, sizeof why), INGOT_NOT_FOUND);
  EXPECT_STRNE(why, "");
  EXPECT_EQ(library, nullptr);
  EXPECT_EQ(ingot_library_open("libm.so.6", &library, why, sizeof why), INGOT_NOT_FOUND)
      << "without a slash it is a file of the current folder";
  EXPECT_EQ(ingot_library_open(nullptr, &library, why, sizeof why), INGOT_INVALID_ARGUMENT);
}

TEST(Library, RefusesAnArtifactThatWasCut) {
  std::FILE *whole = std::fopen(INGOT_TEST_ARTIFACT, "rb");
  ASSERT_NE(whole, nullptr);
  std::string bytes(1 << 20, '\0');
  bytes.resize(std::fread(&bytes[0], 1, bytes.size(), whole));
  std::fclose(whole);
  int refused = 0;
  for (size_t length = 0; length <= bytes.size(); length += length < 1000 ? 50 : 500) {
    // A file of its own each: the system knows a loaded one again.
    char path[] = "/tmp/ingot-cut-XXXXXX";
    int file = mkstemp(path);
    ASSERT_EQ(write(file, bytes.data(), length), ssize_t(length));
    close(file);
    ingot_library *library;
    char why[256] = "";
    int32_t status = ingot_library_open(path, &library, why, sizeof why);
    EXPECT_EQ(status == INGOT_OK, library != nullptr);
    refused += status != INGOT_OK;
    EXPECT_EQ(status != INGOT_OK, *why != 0) << length << ": " << why;
    ingot_library_close(library);
    unlink(path);
  }
  EXPECT_GT(refused, 20);
}

TEST(Library, DoesNotWaitForAPipe) {
  std::string path = testing::TempDir() + "ingot-pipe-" + std::to_string(getpid());
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  ingot_library *library;
  EXPECT_EQ(ingot_library_open(path.c_str(), &library, nullptr, 0), INGOT_IO_ERROR);
  unlink(path.c_str());
}

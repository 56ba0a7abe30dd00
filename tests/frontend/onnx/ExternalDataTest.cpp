#include "ModelBytes.h"

#include "frontend/onnx/ExternalData.h"

#include <atomic>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace ingot::onnx::test {

namespace fs = std::filesystem;

namespace {
/// outside/secret beside model/, in which the model lies with four floats in weights.bin.
class ExternalData : public testing::Test {
protected:
  void SetUp() override {
    char name[] = "/tmp/ingot-wire-XXXXXX";
    root = ::mkdtemp(name);
    fs::create_directories(root / "model/deeper");
    fs::create_directories(root / "outside");
    write(root / "model/weights.bin", "0123456789abcdef");
    write(root / "model/deeper/weights.bin", "0123456789abcdef");
    write(root / "outside/secret", "SSSSSSSSSSSSSSSS");
  }
  void TearDown() override { fs::remove_all(root); }

  static void write(const fs::path &path, const std::string &text) {
    std::ofstream(path, std::ios::binary) << text;
  }

  using Entries = std::vector<std::pair<std::string, std::string>>;

  static Message external(const std::string &name, const Entries &entries, int64_t floats = 4) {
    Message tensor = Message().integers(1, {floats}).integer(2, floatType).text(8, name);
    for (auto &[key, value] : entries)
      tensor.message(13, Message().text(1, key).text(2, value));
    return tensor.integer(14, 1);
  }

  Loaded load(const std::vector<Message> &tensors, bool allowLinks = false) {
    fs::path file = root / "model/model.onnx";
    write(file, model(graph({}, {}, {}, tensors)).bytes);
    Loaded loaded;
    LoadOptions options;
    options.allowLinks = allowLinks;
    loaded.model = Model::load(file.string(), options, loaded.diagnostics);
    return loaded;
  }

  Loaded load(const Entries &entries, bool allowLinks = false) {
    return load(std::vector<Message>{external("w", entries)}, allowLinks);
  }

  void expectError(const Entries &entries, const std::string &text, bool allowLinks = false) {
    Loaded loaded = load(entries, allowLinks);
    EXPECT_EQ(loaded.model, nullptr);
    EXPECT_NE(loaded.diagnostics.str().find("initializer 'w': " + text), std::string::npos)
        << "expected: " << text << "\ngot: " << loaded.diagnostics.str();
  }

  std::string dataOf(const Loaded &loaded) {
    return loaded.model ? std::string(loaded.model->graph.initializers[0].data)
                        : loaded.diagnostics.str();
  }

  fs::path root;
};
} // namespace

TEST_F(ExternalData, IsViewed) {
  EXPECT_EQ(dataOf(load(Entries{{"location", "weights.bin"}})), "0123456789abcdef");
  EXPECT_EQ(dataOf(load(Entries{{"location", "./deeper/weights.bin"},
                                {"offset", "0"},
                                {"length", "16"},
                                {"checksum", "ignored"}})),
            "0123456789abcdef");
  Loaded part = load({external("w", {{"location", "weights.bin"}, {"offset", "4"}}, 2)});
  EXPECT_EQ(dataOf(part), "456789ab");
}

TEST_F(ExternalData, EmptyTensorsAtTheEnd) {
  Loaded loaded = load({external("w", {{"location", "weights.bin"}, {"offset", "16"}}, 0)});
  EXPECT_EQ(dataOf(loaded), "");
}

TEST_F(ExternalData, Paths) {
  struct {
    std::string location, expected;
  } const cases[] = {
      {"../outside/secret", "external data has '..' in its location: '../outside/secret'"},
      {"deeper/../weights.bin", "external data has '..' in its location"},
      {"..", "external data has '..' in its location"},
      {"deeper/..", "external data has '..' in its location"},
      {"/etc/passwd", "external data has an absolute location: '/etc/passwd'"},
      {"//weights.bin", "external data has an absolute location"},
      {std::string("weights.bin\0x", 13), "external data has a NUL byte in its location: "
                                          "'weights.bin\\x00x'"},
      {"", "external data has no location"},
      {"absent", "external data 'absent': No such file or directory"},
      {"weights.bin/x", "external data 'weights.bin/x': Not a directory"},
      {std::string(5000, 'a'), "File name too long"},
  };
  for (auto &[location, expected] : cases) {
    Loaded loaded = load(Entries{{"location", location}});
    EXPECT_EQ(loaded.model, nullptr);
    EXPECT_NE(loaded.diagnostics.str().find(expected), std::string::npos)
        << "expected: " << expected << "\ngot: " << loaded.diagnostics.str();
  }
}

TEST_F(ExternalData, OffsetsAndLengths) {
  struct {
    const char *offset, *length, *expected;
  } const cases[] = {
      {"-1", "16", "external data has offset '-1', which is not a number of bytes"},
      {"0", "-16", "external data has length '-16'"},
      {"", "16", "external data has offset ''"},
      {"1e3", "16", "external data has offset '1e3'"},
      {" 0", "16", "external data has offset ' 0'"},
      {"9223372036854775808", "16", "external data has offset '9223372036854775808'"},
      {"0", "15", "external data has length 15, but the shape needs 16 bytes"},
      {"0", "17", "external data has length 17, but the shape needs 16 bytes"},
      {"1", "16", "external data 'weights.bin': has 16 bytes, but 16 are needed at offset 1"},
      {"17", "16", "external data 'weights.bin': has 16 bytes, but 16 are needed at offset 17"},
      {"9223372036854775807", "16",
       "external data 'weights.bin': has 16 bytes, but 16 are needed at offset "
       "9223372036854775807"},
  };
  for (auto &[offset, length, expected] : cases)
    expectError({{"location", "weights.bin"}, {"offset", offset}, {"length", length}}, expected);
  expectError({{"location", "weights.bin"}, {"location", "weights.bin"}},
              "external data has two entries 'location'");
}

TEST_F(ExternalData, SizeIsCheckedBeforeUse) {
  Message bomb = external("w", {{"location", "weights.bin"}}, int64_t(1) << 60);
  Loaded loaded = load({bomb});
  EXPECT_EQ(loaded.diagnostics.str(),
            "model.onnx: error: initializer 'w': external data 'weights.bin': has 16 bytes, but "
            "4611686018427387904 are needed at offset 0\n");
}

TEST_F(ExternalData, Overlaps) {
  auto at = [](const std::string &name, const char *offset, int64_t floats) {
    return external(name, {{"location", "weights.bin"}, {"offset", offset}}, floats);
  };
  EXPECT_NE(load({at("a", "0", 2), at("b", "8", 2), at("tied", "0", 2)}).model, nullptr);
  Loaded loaded = load({at("a", "0", 2), at("b", "4", 2)});
  EXPECT_EQ(loaded.diagnostics.str(),
            "model.onnx: error: initializer 'a' and initializer 'b' overlap in external data "
            "'weights.bin': bytes 0 to 8 and 4 to 12\n");
  EXPECT_EQ(load({at("a", "0", 4), at("b", "4", 1)}).model, nullptr);
}

TEST_F(ExternalData, LinksOnlyWhereAllowed) {
  fs::create_symlink("weights.bin", root / "model/inside");
  fs::create_symlink("deeper", root / "model/folder");
  fs::create_symlink("../outside/secret", root / "model/escape");
  fs::create_symlink(root / "outside/secret", root / "model/absolute");
  fs::create_symlink("loop", root / "model/loop");
  fs::create_hard_link(root / "outside/secret", root / "model/hard");
  Entries inside = {{"location", "inside"}}, folder = {{"location", "folder/weights.bin"}};
  expectError(inside, "external data 'inside': is reached through a symbolic link");
  expectError(folder, "external data 'folder/weights.bin': is reached through a symbolic link");
  for (const char *name : {"escape", "absolute", "loop"})
    expectError({{"location", name}},
                "external data '" + std::string(name) + "': is reached through a symbolic link");
  expectError({{"location", "hard"}}, "external data 'hard': has 2 names (hard links)");

  EXPECT_EQ(dataOf(load(inside, true)), "0123456789abcdef");
  EXPECT_EQ(dataOf(load(folder, true)), "0123456789abcdef");
  EXPECT_EQ(dataOf(load(Entries{{"location", "hard"}}, true)), "SSSSSSSSSSSSSSSS");
  for (const char *name : {"escape", "absolute"})
    expectError({{"location", name}},
                "external data '" + std::string(name) + "': lies outside the model's folder", true);
  EXPECT_EQ(load(Entries{{"location", "loop"}}, true).model, nullptr);
}

TEST_F(ExternalData, RegularFilesOnly) {
  ASSERT_EQ(::mkfifo((root / "model/fifo").c_str(), 0600), 0);
  expectError({{"location", "fifo"}}, "external data 'fifo': is not a regular file");
  expectError({{"location", "deeper"}}, "external data 'deeper': is a folder");
  expectError({{"location", "."}}, "external data '.': is a folder");
}

TEST_F(ExternalData, NeedsAFolder) {
  Loaded loaded;
  std::string bytes =
      model(graph({}, {}, {}, {external("w", {{"location", "weights.bin"}})})).bytes;
  loaded.model = Model::loadFromMemory(bytes, "", {}, loaded.diagnostics);
  EXPECT_NE(loaded.diagnostics.str().find("but there is no folder to look in"), std::string::npos);
  loaded.model = Model::loadFromMemory(bytes, (root / "model").string(), {}, loaded.diagnostics);
  EXPECT_EQ(dataOf(loaded), "0123456789abcdef");
}

TEST_F(ExternalData, BothResolversAgree) {
  fs::create_symlink("deeper", root / "model/folder");
  fs::create_symlink("weights.bin", root / "model/inside");
  FileDescriptor folder(::open((root / "model").c_str(), O_RDONLY | O_DIRECTORY));
  for (Resolver resolver : {Resolver::Kernel, Resolver::Walk}) {
    for (const char *path : {"weights.bin", "deeper/weights.bin", "./deeper//weights.bin"})
      EXPECT_TRUE(openBeneath(folder, path, false, resolver)) << path;
    for (const char *path : {"inside", "folder/weights.bin", "absent", "weights.bin/x"})
      EXPECT_FALSE(openBeneath(folder, path, false, resolver)) << path;
  }
}

TEST_F(ExternalData, SwappedDuringTheRead) {
  // One thread makes w a file of the model, then a link to the secret, then a folder's name that
  // leads out, all by rename; the reader must never see what is outside.
  std::atomic<bool> stop = false;
  fs::path model = root / "model";
  fs::create_symlink("../outside", model / "way-out");
  write(root / "outside/weights.bin", "SSSSSSSSSSSSSSSS");
  std::thread swapper([&] {
    while (!stop) {
      std::error_code ignored;
      fs::copy_file(model / "weights.bin", model / "next", fs::copy_options::overwrite_existing,
                    ignored);
      fs::rename(model / "next", model / "w", ignored);
      fs::create_symlink("../outside/secret", model / "next", ignored);
      fs::rename(model / "next", model / "w", ignored);
      ::renameat2(AT_FDCWD, (model / "deeper").c_str(), AT_FDCWD, (model / "way-out").c_str(),
                  RENAME_EXCHANGE);
    }
  });
  int read = 0;
  for (int round = 0; round < 300; ++round)
    for (const char *location : {"w", "deeper/weights.bin"})
      for (bool allowLinks : {false, true}) {
        Loaded loaded = load(Entries{{"location", location}}, allowLinks);
        if (loaded.model) {
          ++read;
          EXPECT_NE(loaded.model->graph.initializers[0].data.substr(0, 1), "S");
        }
      }
  stop = true;
  swapper.join();
  EXPECT_GT(read, 0);
}

TEST_F(ExternalData, ModelFileItself) {
  auto message = [&](const fs::path &path) {
    Diagnostics diagnostics("m");
    EXPECT_EQ(Model::load(path.string(), {}, diagnostics), nullptr);
    return diagnostics.str();
  };
  ASSERT_EQ(::mkfifo((root / "fifo").c_str(), 0600), 0);
  EXPECT_EQ(message(root / "fifo"), "m: error: cannot be read: is not a regular file\n");
  EXPECT_EQ(message(root / "model"), "m: error: cannot be read: is a folder\n");
  EXPECT_EQ(message(root / "absent"), "m: error: cannot be read: No such file or directory\n");
  write(root / "empty", "");
  EXPECT_EQ(message(root / "empty"), "m: error: not a valid ONNX file: it has no graph\n");
}

} // namespace ingot::onnx::test

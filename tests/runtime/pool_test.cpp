// The pool: every tile once, the same split always, and no thread that the work depends on.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "context_fixture.h"
#include "handwritten_models.h"
#include "runtime/context.h"
#include "runtime/pool.h"
#include <atomic>
#include <chrono>
#include <cstdio>
#include <mutex>
#include <set>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#if !defined(__has_feature)
#define __has_feature(x) 0
#endif

using namespace ingot::runtime;

namespace {
struct TestPool {
  explicit TestPool(int32_t threads, int32_t spin = 0) {
    ingot_options options = defaultOptions(threads);
    options.spin_microseconds = spin;
    pool.create(allocator, &options);
  }
  explicit TestPool(const ingot_options &options) { pool.create(allocator, &options); }
  ~TestPool() { pool.destroy(allocator); }

  Allocator allocator = Allocator::from(nullptr);
  Pool pool;
};

/// Counts visits of each tile, and which worker numbers are inside at the same time.
struct Visits {
  explicit Visits(int64_t tiles, int32_t threads) : tiles(size_t(tiles)), inside(size_t(threads)) {
    args[0] = this;
  }
  static void visit(void *const *args, int64_t begin, int64_t end, int64_t worker) {
    auto *visits = static_cast<Visits *>(args[0]);
    if (visits->inside.at(size_t(worker)).exchange(true))
      visits->clash = true;
    for (int64_t i = begin; i < end; ++i)
      ++visits->tiles.at(size_t(i)); // not atomic: TSan sees a tile that two threads visit
    visits->inside[size_t(worker)] = false;
  }
  bool each(int times) const {
    for (int count : tiles)
      if (count != times)
        return false;
    return !clash;
  }
  std::vector<int> tiles;
  std::vector<std::atomic<bool>> inside;
  std::atomic<bool> clash{false};
  void *args[1];
};
} // namespace

TEST(Pool, EveryTileOnce) {
  for (int32_t threads : {1, 2, 3, 8}) {
    TestPool test(threads);
    EXPECT_EQ(test.pool.threads(), threads);
    for (int64_t tiles : {0, 1, 2, 7, 64, 1000, 10000})
      for (int64_t grain : {0, 1, 3, 1000, 100000}) {
        Visits visits(tiles, threads);
        test.pool.parallelFor(Visits::visit, visits.args, tiles, grain);
        EXPECT_TRUE(visits.each(1)) << threads << " " << tiles << " " << grain;
      }
  }
}

TEST(Pool, ManyJobsInARow) {
  for (int32_t spin : {-1, 0, 1}) {
    TestPool test(4, spin);
    Visits visits(16, 4);
    for (int i = 0; i < 5000; ++i)
      test.pool.parallelFor(Visits::visit, visits.args, 16, 1);
    EXPECT_TRUE(visits.each(5000));
  }
}

TEST(Pool, JobsAfterThreadsHaveGoneToSleep) {
  TestPool test(3);
  Visits visits(64, 3);
  for (int i = 0; i < 20; ++i) {
    test.pool.parallelFor(Visits::visit, visits.args, 64, 1);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_TRUE(visits.each(20));
}

TEST(Pool, SplitDoesNotDependOnThreads) {
  static std::mutex mutex;
  static std::set<std::pair<int64_t, int64_t>> chunks;
  auto record = [](void *const *, int64_t begin, int64_t end, int64_t) {
    std::lock_guard<std::mutex> lock(mutex);
    chunks.insert({begin, end});
  };
  for (int64_t tiles : {1, 10, 1000, 100000}) {
    std::set<std::pair<int64_t, int64_t>> expected;
    for (int32_t threads : {1, 2, 5}) {
      TestPool test(threads);
      chunks.clear();
      test.pool.parallelFor(record, nullptr, tiles, 7);
      if (threads == 1)
        expected = chunks;
      EXPECT_EQ(chunks, expected);
    }
  }
}

TEST(Pool, NestedJobsRunOnTheirThread) {
  struct Nested {
    Pool *pool;
    std::atomic<int64_t> sum{0};
    std::atomic<bool> moved{false};
  };
  struct Inner {
    Nested *outer;
    std::thread::id thread;
    int64_t worker;
  };
  TestPool test(4);
  Nested nested;
  nested.pool = &test.pool;
  void *args[] = {&nested};
  test.pool.parallelFor(
      [](void *const *args, int64_t begin, int64_t end, int64_t worker) {
        auto *nested = static_cast<Nested *>(args[0]);
        Inner inner = {nested, std::this_thread::get_id(), worker};
        void *innerArgs[] = {&inner};
        nested->pool->parallelFor(
            [](void *const *args, int64_t begin, int64_t end, int64_t worker) {
              auto *inner = static_cast<Inner *>(args[0]);
              inner->outer->sum += end - begin;
              if (inner->thread != std::this_thread::get_id() || inner->worker != worker)
                inner->outer->moved = true;
            },
            innerArgs, 100, 3);
      },
      args, 50, 1);
  EXPECT_EQ(nested.sum, 5000);
  EXPECT_FALSE(nested.moved);
}

TEST(Pool, UsesTheHostProgramsThreads) {
  ingot_options options = defaultOptions(4);
  std::atomic<int> calls{0};
  options.parallel_user = &calls;
  options.parallel = [](void *user, int32_t workers, void (*work)(void *, int32_t),
                        void *argument) {
    ++*static_cast<std::atomic<int> *>(user);
    std::vector<std::thread> threads;
    for (int32_t w = 0; w < workers; ++w)
      threads.emplace_back(work, argument, w);
    for (std::thread &thread : threads)
      thread.join();
  };
  TestPool test(options);
  Visits visits(100, 4);
  for (int i = 0; i < 20; ++i)
    test.pool.parallelFor(Visits::visit, visits.args, 100, 1);
  EXPECT_TRUE(visits.each(20));
  EXPECT_EQ(calls, 20);
}

// A host pool that runs all tasks one after the other is allowed too.
TEST(Pool, HostProgramMayRunTasksInAnyOrder) {
  ingot_options options = defaultOptions(4);
  options.parallel = [](void *, int32_t workers, void (*work)(void *, int32_t), void *argument) {
    for (int32_t w = workers; w-- > 0;)
      work(argument, w);
  };
  TestPool test(options);
  Visits visits(100, 4);
  test.pool.parallelFor(Visits::visit, visits.args, 100, 1);
  EXPECT_TRUE(visits.each(1));
}

#if !__has_feature(thread_sanitizer) // it does not follow forks, and needs threads itself
TEST(Pool, RunsSeriallyAfterAFork) {
  ingot_options options = defaultOptions(4);
  TestContext context(ingot_model_affine, &options);
  Floats x({100, 4}, std::vector<float>(400, 1)), gain({100}, std::vector<float>(100, 2));
  std::vector<ingot_value> outputs = {unset(), unset()};
  ASSERT_EQ(context.run(0, {x.value(), gain.value()}, outputs), INGOT_OK);
  pid_t child = fork();
  if (child == 0) {
    outputs = {unset(), unset()};
    int32_t status = context.run(0, {x.value(), gain.value()}, outputs);
    bool right = status == INGOT_OK && floats(outputs[1])[99] == 18 &&
                 ingot_context_threads(context.context) == 1;
    ingot_context_destroy(context.context);
    _exit(right ? 0 : 1);
  }
  int result = -1;
  waitpid(child, &result, 0);
  EXPECT_EQ(result, 0);
  outputs = {unset(), unset()};
  EXPECT_EQ(context.run(0, {x.value(), gain.value()}, outputs), INGOT_OK);
  EXPECT_EQ(ingot_context_threads(context.context), 4);
}

TEST(Pool, RunsSeriallyWhenThreadsCannotBeStarted) {
  pid_t child = fork();
  if (child == 0) {
    rlimit none = {0, 0};
    setrlimit(RLIMIT_NPROC, &none);
    if (geteuid() == 0 && setuid(65534) != 0) // the limit does not hold for root
      _exit(0);
    TestPool test(4);
    Visits visits(100, 4);
    test.pool.parallelFor(Visits::visit, visits.args, 100, 1);
    _exit(visits.each(1) && test.pool.threads() == 1 ? 0 : 1);
  }
  int result = -1;
  waitpid(child, &result, 0);
  EXPECT_EQ(result, 0);
}
#endif

TEST(Pool, RunsOnASmallStack) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  bool sanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
  ASSERT_EQ(pthread_attr_setstacksize(&attributes, size_t(sanitized ? 512 : 64) * 1024), 0);
  pthread_t thread;
  auto body = [](void *) -> void * {
    ingot_options options = defaultOptions(2);
    TestContext context(ingot_model_affine, &options);
    Floats x({2, 4}, std::vector<float>(8, 1)), gain({2}, {1, 2});
    std::vector<ingot_value> outputs = {unset(), unset()};
    return context.run(0, {x.value(), gain.value()}, outputs) == INGOT_OK ? emptyBuffer : nullptr;
  };
  ASSERT_EQ(pthread_create(&thread, &attributes, body, nullptr), 0);
  void *result = nullptr;
  pthread_join(thread, &result);
  EXPECT_NE(result, nullptr);
  pthread_attr_destroy(&attributes);
}

TEST(Pool, KnowsHowManyCpusThereAre) { EXPECT_GE(availableCpus(), 1); }

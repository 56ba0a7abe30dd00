//===- pool.h - splits a kernel's tiles over threads ----------------------------------------===//
//
// A fork-join pool: the calling thread is worker 0 and takes part; the others spin for a while
// after each job and then sleep. A job never waits for a thread that has not joined it: on a busy
// machine the calling thread does all the work itself.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#ifndef INGOT_RUNTIME_POOL_H
#define INGOT_RUNTIME_POOL_H

#include "ingot/kernel_abi.h"
#include "runtime/memory.h"
#include <atomic>
#include <pthread.h>

namespace ingot::runtime {

/// CPUs that this thread may run on, after affinity and the cgroup's quota; at least 1.
int32_t availableCpus();

class Pool {
public:
  /// Never fails: without memory or threads it runs everything on the calling thread.
  void create(const Allocator &allocator, const ingot_options *options);
  void destroy(const Allocator &allocator);

  /// Workers that a job may use, in this process: 1 after a fork.
  int32_t threads() const { return threadCount; }
  /// To be called once before a series of jobs: a forked child has none of the threads.
  void checkFork();

  /// Calls fn on every chunk of [0, tiles): chunk c is [c * size, (c + 1) * size) with a size that
  /// depends on tiles and grain only. Returns when all are done. Called from inside a job of
  /// this pool it runs on the calling thread, under the worker number that the thread has there.
  void parallelFor(ingot_kernel_fn fn, void *const *args, int64_t tiles, int64_t grain);

private:
  struct Worker;

  // What the current job is. Written only while the gate is closed and nobody is inside.
  struct Job {
    ingot_kernel_fn fn;
    void *const *args;
    int64_t tiles, size, chunks;
    int32_t ranges; // the chunks are dealt out in this many contiguous ranges, one per worker
  };

  static void *threadMain(void *worker);
  static void hostWork(void *pool, int32_t worker);
  void work(int32_t worker);
  void workerLoop(int32_t worker);
  bool waitForJob(uint32_t seen);
  void sleep(uint32_t seen);
  void start(const Allocator &allocator);

  // Workers enter a job through the gate: [generation | closed bit | workers inside].
  static constexpr uint32_t insideMask = (1u << 12) - 1;
  static constexpr uint32_t closedBit = 1u << 12;
  static constexpr uint32_t generationStep = 1u << 13;
  static uint32_t generation(uint32_t gate) { return gate & ~(generationStep - 1); }

  int32_t threadCount = 1;
  int32_t started = 0; // threads of our own, besides the caller's
  int64_t spinNanoseconds = 0;
  bool mayYield = false;
  uint32_t madeAfterForks = 0;
  Array<Worker> workers;
  Job job = {};
  void (*hostParallel)(void *, int32_t, void (*)(void *, int32_t), void *) = nullptr;
  void *hostUser = nullptr;

  alignas(64) std::atomic<uint32_t> gate{closedBit};
  std::atomic<bool> stopping{false};
  alignas(64) std::atomic<int32_t> sleepers{0};
  pthread_mutex_t mutex;
  pthread_cond_t wake;
};

} // namespace ingot::runtime
#endif

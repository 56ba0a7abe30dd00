//===- pool.cpp - splits a kernel's tiles over threads --------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "runtime/pool.h"
#include "runtime/float_environment.h"
#include <csignal>
#include <ctime>
#include <sched.h>

namespace ingot::runtime {

/// Next chunk of each worker's range; a line of its own, since its owner and thieves count on it.
struct alignas(64) Pool::Worker {
  std::atomic<int64_t> next{0};
  Pool *pool = nullptr;
  int32_t number = 0;
  pthread_t thread = {};
};

// The job that this thread is in, if any.
static thread_local const Pool *insidePool = nullptr;
static thread_local int32_t insideAs = 0;

// More chunks than this cost more in counting than a finer balance gains.
static constexpr int64_t mostChunks = 4096;
static constexpr int64_t defaultSpinNanoseconds = 50000; // longer than the gaps between kernels
static constexpr int32_t mostThreads = 1024;

// How often this process has been a forked child. A child has none of its parent's threads.
static std::atomic<uint32_t> forks{0};
static pthread_once_t forksOnce = PTHREAD_ONCE_INIT;
static void watchForks() {
  pthread_atfork(nullptr, nullptr, [] { ++forks; });
}

static void pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

static int64_t now() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return int64_t(time.tv_sec) * 1000000000 + time.tv_nsec;
}

void Pool::create(const Allocator &allocator, const ingot_options *options) {
  int32_t cpus = availableCpus();
  int32_t wanted = options && options->threads > 0 ? options->threads : cpus;
  threadCount = wanted < mostThreads ? wanted : mostThreads;
  int32_t spin = options ? options->spin_microseconds : 0;
  spinNanoseconds = spin == 0 ? defaultSpinNanoseconds : spin < 0 ? 0 : int64_t(spin) * 1000;
  // With more threads than CPUs a spinning thread keeps the one it waits for from running.
  if (threadCount > cpus) {
    spinNanoseconds = 0;
    mayYield = true;
  }
  hostParallel = options ? options->parallel : nullptr;
  hostUser = options ? options->parallel_user : nullptr;
  pthread_once(&forksOnce, watchForks);
  madeAfterForks = forks.load();
  if (threadCount > 1 && !workers.create(allocator, threadCount))
    threadCount = 1;
  if (threadCount > 1 && !hostParallel)
    start(allocator);
}

void Pool::start(const Allocator &allocator) {
  if (pthread_mutex_init(&mutex, nullptr)) {
    threadCount = 1;
    return;
  }
  if (pthread_cond_init(&wake, nullptr)) {
    pthread_mutex_destroy(&mutex);
    threadCount = 1;
    return;
  }
  // Signals are for the host program's own threads.
  sigset_t all, before;
  sigfillset(&all);
  bool masked = pthread_sigmask(SIG_SETMASK, &all, &before) == 0;
  for (int32_t i = 1; i < threadCount; ++i) {
    workers[i].pool = this;
    workers[i].number = i;
    if (pthread_create(&workers[i].thread, nullptr, threadMain, &workers[i]))
      break;
    ++started;
  }
  if (masked)
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
  threadCount = started + 1;
  if (started == 0) {
    pthread_cond_destroy(&wake);
    pthread_mutex_destroy(&mutex);
  }
}

void Pool::checkFork() {
  if (madeAfterForks != forks.load(std::memory_order_relaxed))
    threadCount = 1;
}

void Pool::destroy(const Allocator &allocator) {
  // In a forked child the threads are gone, and the lock may have been copied in any state.
  if (started > 0 && madeAfterForks == forks.load()) {
    pthread_mutex_lock(&mutex);
    stopping.store(true);
    pthread_cond_broadcast(&wake);
    pthread_mutex_unlock(&mutex);
    for (int32_t i = 1; i <= started; ++i)
      pthread_join(workers[i].thread, nullptr);
    pthread_cond_destroy(&wake);
    pthread_mutex_destroy(&mutex);
  }
  started = 0;
  threadCount = 1;
  workers.destroy(allocator);
}

void *Pool::threadMain(void *argument) {
  auto *worker = static_cast<Worker *>(argument);
  worker->pool->workerLoop(worker->number);
  return nullptr;
}

void Pool::workerLoop(int32_t worker) {
  FloatEnvironment environment; // threads inherit the modes of the one that made them
  uint32_t seen = 0;
  for (;;) {
    uint32_t now = gate.load(std::memory_order_acquire);
    if (generation(now) == seen) {
      if (!waitForJob(seen))
        return;
      continue;
    }
    if (now & closedBit) {
      seen = generation(now); // came too late, the others have done it
      continue;
    }
    if (!gate.compare_exchange_weak(now, now + 1, std::memory_order_acq_rel))
      continue;
    seen = generation(now);
    work(worker);
    gate.fetch_sub(1, std::memory_order_acq_rel);
  }
}

/// Returns when there is a generation other than `seen`, false when the pool ends.
bool Pool::waitForJob(uint32_t seen) {
  int64_t end = spinNanoseconds ? now() + spinNanoseconds : 0;
  while (spinNanoseconds) {
    for (int32_t i = 0; i < 64; ++i) {
      if (generation(gate.load(std::memory_order_acquire)) != seen)
        return true;
      pause();
    }
    if (stopping.load(std::memory_order_relaxed))
      return false;
    if (now() >= end)
      break;
  }
  sleep(seen);
  return !stopping.load(std::memory_order_relaxed);
}

// Either the sleeper sees the new generation, or whoever opened the gate sees the sleeper: both
// write before they read, in one total order.
void Pool::sleep(uint32_t seen) {
  pthread_mutex_lock(&mutex);
  sleepers.fetch_add(1, std::memory_order_seq_cst);
  while (!stopping.load(std::memory_order_relaxed) &&
         generation(gate.load(std::memory_order_seq_cst)) == seen)
    pthread_cond_wait(&wake, &mutex);
  sleepers.fetch_sub(1, std::memory_order_relaxed);
  pthread_mutex_unlock(&mutex);
}

/// Takes chunks of its own range, then of the others', until none is left. Own ranges keep a
/// worker on the rows that it wrote in the kernel before.
void Pool::work(int32_t worker) {
  const Pool *outerPool = insidePool;
  int32_t outerAs = insideAs;
  insidePool = this;
  insideAs = worker;
  int32_t ranges = job.ranges;
  int32_t own = worker % ranges;
  for (int32_t k = 0; k < ranges; ++k) {
    int32_t range = own + k < ranges ? own + k : own + k - ranges;
    int64_t end = job.chunks * (range + 1) / ranges;
    std::atomic<int64_t> &next = workers[range].next;
    // Looked at before it is counted up: finished ranges then cost a read and no write.
    while (next.load(std::memory_order_relaxed) < end) {
      int64_t chunk = next.fetch_add(1, std::memory_order_relaxed);
      if (chunk >= end)
        break;
      int64_t begin = chunk * job.size;
      int64_t limit = job.tiles - begin < job.size ? job.tiles : begin + job.size;
      job.fn(job.args, begin, limit, worker);
    }
  }
  insidePool = outerPool;
  insideAs = outerAs;
}

void Pool::hostWork(void *pool, int32_t worker) {
  FloatEnvironment environment;
  static_cast<Pool *>(pool)->work(worker);
}

void Pool::parallelFor(ingot_kernel_fn fn, void *const *args, int64_t tiles, int64_t grain) {
  if (tiles <= 0)
    return;
  int64_t size = grain > 1 ? grain : 1;
  int64_t balanced = (tiles - 1) / mostChunks + 1;
  size = size < balanced ? balanced : size;
  size = size < tiles ? size : tiles;
  int64_t chunks = (tiles - 1) / size + 1;
  if (chunks == 1 || threadCount == 1 || insidePool == this) {
    int32_t worker = insidePool == this ? insideAs : 0;
    for (int64_t begin = 0; begin < tiles; begin += size)
      fn(args, begin, tiles - begin < size ? tiles : begin + size, worker);
    return;
  }
  int32_t ranges = chunks < threadCount ? int32_t(chunks) : threadCount;
  job = {fn, args, tiles, size, chunks, ranges};
  for (int32_t range = 0; range < ranges; ++range)
    workers[range].next.store(chunks * range / ranges, std::memory_order_relaxed);
  if (hostParallel) {
    hostParallel(hostUser, ranges, hostWork, this);
    return;
  }
  uint32_t open = generation(gate.load(std::memory_order_relaxed)) + generationStep;
  gate.store(open, std::memory_order_seq_cst);
  if (sleepers.load(std::memory_order_seq_cst) > 0) {
    pthread_mutex_lock(&mutex);
    pthread_cond_broadcast(&wake);
    pthread_mutex_unlock(&mutex);
  }
  work(0);
  gate.fetch_or(closedBit, std::memory_order_acq_rel);
  for (int64_t i = 0; gate.load(std::memory_order_acquire) & insideMask; ++i) {
    if (mayYield || i > 4096)
      sched_yield();
    else
      pause();
  }
}

} // namespace ingot::runtime

//===- cpu_count.cpp - how many CPUs this process may use -----------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "runtime/pool.h"
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

namespace ingot::runtime {

#ifdef __linux__
/// CPUs' worth of time that the control group grants ("max 100000" or "150000 100000"); 0 when it
/// sets no limit. A process in a nested group sees its own group as the root inside a container.
static int32_t quota() {
  int file = open("/sys/fs/cgroup/cpu.max", O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return 0;
  char text[64];
  ssize_t length = read(file, text, sizeof text - 1);
  close(file);
  if (length <= 0)
    return 0;
  text[length] = 0;
  char *end = text;
  long long granted = std::strtoll(text, &end, 10);
  long long period = end != text ? std::strtoll(end, nullptr, 10) : 0;
  if (granted <= 0 || period <= 0)
    return 0;
  long long cpus = (granted + period - 1) / period;
  return cpus > INT32_MAX ? 0 : int32_t(cpus);
}
#endif

int32_t availableCpus() {
  int32_t cpus = 1;
#ifdef __linux__
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0)
    cpus = CPU_COUNT(&set);
  else
#endif
  {
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    cpus = online > 0 ? int32_t(online) : 1;
  }
#ifdef __linux__
  int32_t limit = quota();
  if (limit > 0 && limit < cpus)
    cpus = limit;
#endif
  return cpus > 0 ? cpus : 1;
}

} // namespace ingot::runtime

//===- Interrupt.cpp - ending early without leaving files behind -----------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "tools/ingot/Interrupt.h"
#include "tools/driver/TemporaryFolder.h"

#include "llvm/Support/ErrorHandling.h"

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <new>
#include <pthread.h>
#include <unistd.h>

namespace ingot::cli {

namespace {
sigset_t awaited; // set before the thread that reads it starts

/// SIGPIPE goes to the thread that wrote and not to the one that waits: this tells the latter.
int brokenPipe() { return SIGRTMIN; }

void passOnBrokenPipe(int) {
  kill(getpid(), brokenPipe());
  for (;;)
    pause();
}

bool isIgnored(int number) {
  struct sigaction current;
  return sigaction(number, nullptr, &current) != 0 || current.sa_handler == SIG_IGN;
}

void *awaitSignal(void *) {
  int number = 0;
  sigwait(&awaited, &number);
  TemporaryFolder::removeAllAndLock();
  if (number == brokenPipe())
    number = SIGPIPE;
  // Ends as if there had been no handler, for the shell to see.
  std::signal(number, SIG_DFL);
  pthread_sigmask(SIG_UNBLOCK, &awaited, nullptr);
  kill(getpid(), number);
  return nullptr;
}
} // namespace

void cleanUpOnSignals() {
  sigemptyset(&awaited);
  // Who starts us with a signal ignored (nohup) wants it so.
  for (int each : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGXCPU})
    if (!isIgnored(each))
      sigaddset(&awaited, each);
  sigaddset(&awaited, brokenPipe());
  pthread_sigmask(SIG_BLOCK, &awaited, nullptr);
  pthread_t thread;
  if (pthread_create(&thread, nullptr, awaitSignal, nullptr) == 0) {
    pthread_detach(thread);
    if (!isIgnored(SIGPIPE))
      std::signal(SIGPIPE, passOnBrokenPipe);
  } else
    pthread_sigmask(SIG_UNBLOCK, &awaited, nullptr);
}

namespace {
/// Memory set aside, for cleaning up takes some.
char *reserve = nullptr;

[[noreturn]] void endWithoutMemory() {
  static const char text[] = "ingot: error: out of memory\n";
  std::set_new_handler(nullptr);
  std::free(reserve);
  (void)!write(2, text, sizeof text - 1);
  TemporaryFolder::removeAllAndLock();
  _exit(1);
}
} // namespace

void cleanUpWithoutMemory() {
  reserve = static_cast<char *>(std::malloc(1 << 20));
  if (reserve)
    std::memset(reserve, 0, 1 << 20);
  std::set_new_handler([] { endWithoutMemory(); });
  llvm::install_bad_alloc_error_handler([](void *, const char *, bool) { endWithoutMemory(); });
}

} // namespace ingot::cli

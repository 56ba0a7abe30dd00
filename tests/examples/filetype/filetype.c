/* filetype FILE...: prints what each file is, and how sure the model is.
 *
 * Embeds magika's model, compiled ahead of time by Ingot: magika.h declares the one
 * function that is called, filetype_labels.h (written by labels.py from the model's
 * own configuration) says how bytes become the input and what each output means.
 * With -t it also prints the fastest of 20 runs in milliseconds.
 */
#include "filetype_labels.h"
#include "magika.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
  INPUT_SIZE = FILETYPE_BEGIN + FILETYPE_END,
  LABEL_COUNT = sizeof(filetype_labels) / sizeof(filetype_labels[0]),
  TIMED_RUNS = 20
};

/* The model wants its workspace aligned to a cache line; a size of 0 needs none. */
static alignas(64) unsigned char workspace[MAGIKA_WORKSPACE_BYTES + 64];

/* The white space of Python's bytes.strip(), which the model was trained behind. */
static int isBlank(unsigned char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/* The first and last FILETYPE_BLOCK bytes of a file, which may overlap. */
struct Ends {
  unsigned char head[FILETYPE_BLOCK], tail[FILETYPE_BLOCK];
  size_t size;
};

static int readEnds(const char *path, struct Ends *ends) {
  FILE *file = fopen(path, "rb");
  if (!file)
    return -1;
  ends->size = fread(ends->head, 1, FILETYPE_BLOCK, file);
  int failed = ferror(file);
  memcpy(ends->tail, ends->head, ends->size);
  /* Seeking fails where the file is shorter than a block: then both ends are one. */
  if (!failed && ends->size == FILETYPE_BLOCK && fseek(file, -(long)FILETYPE_BLOCK, SEEK_END) == 0)
    failed = fread(ends->tail, 1, FILETYPE_BLOCK, file) != FILETYPE_BLOCK;
  fclose(file);
  return failed ? -1 : 0;
}

/* Both ends stripped of white space outside, cut to size and padded inside. Returns
 * how many bytes of the beginning are left. */
static size_t fillInput(const struct Ends *ends, int32_t input[INPUT_SIZE]) {
  for (int i = 0; i < INPUT_SIZE; ++i)
    input[i] = FILETYPE_PADDING;
  size_t begin = 0, end = ends->size;
  while (begin < ends->size && isBlank(ends->head[begin]))
    ++begin;
  while (end > 0 && isBlank(ends->tail[end - 1]))
    --end;
  size_t count = ends->size - begin;
  for (size_t i = 0; i < count && i < FILETYPE_BEGIN; ++i)
    input[i] = ends->head[begin + i];
  for (size_t i = 0; i < end && i < FILETYPE_END; ++i)
    input[INPUT_SIZE - 1 - i] = ends->tail[end - 1 - i];
  return count;
}

static double now(void) {
  struct timespec time;
  timespec_get(&time, TIME_UTC);
  return 1e3 * (double)time.tv_sec + 1e-6 * (double)time.tv_nsec;
}

static int describe(const char *path, int timed) {
  static struct Ends ends;
  static int32_t input[INPUT_SIZE];
  static float scores[LABEL_COUNT];
  if (readEnds(path, &ends) != 0) {
    fprintf(stderr, "filetype: cannot read '%s'\n", path);
    return 1;
  }
  if (fillInput(&ends, input) < FILETYPE_LEAST) {
    printf("%s: %s\n", path, ends.size ? "too short to tell" : "empty");
    return 0;
  }
  double fastest = 0;
  for (int run = 0; run < (timed ? TIMED_RUNS : 1); ++run) {
    double start = now();
    int status = magika_run(input, scores, workspace);
    double taken = now() - start;
    if (status != 0) {
      fprintf(stderr, "filetype: the model answered with status %d\n", status);
      return 1;
    }
    if (run == 0 || taken < fastest)
      fastest = taken;
  }
  int best = 0;
  for (int i = 1; i < LABEL_COUNT; ++i)
    if (scores[i] > scores[best])
      best = i;
  printf("%s: %s (%.1f%%)", path, filetype_labels[best], 100.0 * (double)scores[best]);
  if (timed)
    printf(" in %.2f ms", fastest);
  printf("\n");
  return 0;
}

int main(int argc, char **argv) {
  int timed = argc > 1 && strcmp(argv[1], "-t") == 0;
  if (argc < 2 + timed) {
    fprintf(stderr, "usage: filetype [-t] FILE...\n");
    return 2;
  }
  int status = 0;
  for (int i = 1 + timed; i < argc; ++i)
    status |= describe(argv[i], timed);
  return status;
}

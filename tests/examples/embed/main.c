/* Two compiled models in one C99 program, with nothing else linked. */
#include "house.h"
#include "tiny.h"
#include <stdio.h>

/* Static storage of an alignment that any C compiler gives, the 64-byte boundary found inside. */
static unsigned char memory[HOUSE_WORKSPACE_BYTES + TINY_WORKSPACE_BYTES + 128];

static void *aligned(unsigned char *p) {
  return p + (64 - (uintptr_t)p % 64) % 64;
}

int main(void) {
  static float features[13], price[1], image[64], scores[10];
  int i;
  for (i = 0; i < 13; ++i)
    features[i] = (float)i / 13;
  for (i = 0; i < 64; ++i)
    image[i] = (float)i / 64;
  if (house_run(features, price, aligned(memory)) || tiny_run(image, scores, aligned(memory)))
    return 1;
  printf("%.6g\n", (double)price[0]);
  for (i = 0; i < 10; ++i)
    printf("%.6g\n", (double)scores[i]);
  return 0;
}

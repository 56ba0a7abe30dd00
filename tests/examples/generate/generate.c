/* generate TOKEN...: continues a prompt with a small GPT whose cache of keys and values the context
 * keeps. The prompt goes through one entry point, every further token through another; both read
 * the same weights. Prints the tokens of two runs, with a reset between them. */
#include "gpt.h"
#include "ingot/abi.h"
#include <stdio.h>
#include <stdlib.h>

#define VOCABULARY 97
#define MOST 32
#define STEPS 8

static int64_t ones[MOST];
static float logits[MOST * VOCABULARY];

/* Runs `count` tokens behind `past` others; returns the likeliest next one, -1 on failure. */
static int64_t step(struct ingot_context *context, const int64_t *tokens, int64_t past,
                    int64_t count) {
  int64_t positions[MOST], dims[2] = {1, 0}, total[2] = {1, 0}, i, best = 0;
  struct ingot_value inputs[3], output;
  const float *last = logits + (count - 1) * VOCABULARY;
  for (i = 0; i < count; ++i)
    positions[i] = past + i;
  dims[1] = count;
  total[1] = past + count;
  inputs[0] = ingot_tensor(INGOT_INT64, 2, dims, tokens, count * 8);
  inputs[1] = ingot_tensor(INGOT_INT64, 2, total, ones, total[1] * 8);
  inputs[2] = ingot_tensor(INGOT_INT64, 2, dims, positions, count * 8);
  output = ingot_tensor(INGOT_FLOAT, 0, NULL, logits, sizeof logits);
  if (ingot_run(context, count == 1 ? GPT_ENTRY_MAIN : GPT_ENTRY_MAIN2, inputs, 3, &output, 1)) {
    fprintf(stderr, "generate: %s\n", ingot_context_message(context));
    return -1;
  }
  for (i = 1; i < VOCABULARY; ++i)
    if (last[i] > last[best])
      best = i;
  return best;
}

int main(int argc, char **argv) {
  struct ingot_context *context;
  char why[256];
  int64_t prompt[MOST], token, past;
  int i, run, count = argc - 1;
  if (count < 2 || count + STEPS > MOST)
    return 2;
  for (i = 0; i < MOST; ++i)
    ones[i] = 1;
  for (i = 0; i < count; ++i)
    prompt[i] = atoi(argv[i + 1]);
  if (ingot_context_create(&ingot_model_gpt, NULL, &context, why, sizeof why)) {
    fprintf(stderr, "generate: %s\n", why);
    return 1;
  }
  for (run = 0; run < 2; ++run) {
    token = step(context, prompt, 0, count);
    for (past = count; token >= 0 && past < count + STEPS; ++past) {
      printf("%d ", (int)token);
      token = step(context, &token, past, 1);
    }
    printf("\n");
    if (token < 0 || ingot_state_reset(context))
      return 1;
  }
  ingot_context_destroy(context);
  return 0;
}

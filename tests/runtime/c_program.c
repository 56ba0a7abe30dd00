/* A C program that runs a model: what the comment at the top of abi.h promises.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include "handwritten_models.h"
#include <stdio.h>

int main(void) {
  struct ingot_context *context;
  char why[256];
  float x[8] = {1, 1, 1, 1, 2, 2, 2, 2}, gain[2] = {10, 100}, y[8], total[2];
  int64_t dims[2] = {2, 4};
  struct ingot_value inputs[2], outputs[2];
  if (ingot_context_create(&ingot_model_affine, NULL, &context, why, sizeof why)) {
    puts(why);
    return 1;
  }
  inputs[0] = ingot_tensor(INGOT_FLOAT, 2, dims, x, sizeof x);
  inputs[1] = ingot_tensor(INGOT_FLOAT, 1, dims, gain, sizeof gain);
  outputs[0] = ingot_tensor(INGOT_FLOAT, -1, NULL, y, sizeof y);
  outputs[1] = ingot_tensor(INGOT_FLOAT, -1, NULL, total, sizeof total);
  if (ingot_run(context, 0, inputs, 2, outputs, 2)) {
    puts(ingot_context_message(context));
    return 1;
  }
  ingot_context_destroy(context);
  if (ingot_abi_version() != INGOT_ABI_VERSION || total[0] != 50 || total[1] != 810 || y[7] != 204)
    return 1;
  return 0;
}

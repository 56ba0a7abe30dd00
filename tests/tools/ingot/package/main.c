/* Runs a model through the runtime: any number of rows of four. */
#include "net.h"
#include <ingot/abi.h>
#include <stdio.h>

int main(void) {
  float x[8] = {0, 1, 2, 3, 4, 5, 6, 7}, y[8];
  int64_t dims[2] = {2, 4};
  struct ingot_context *context;
  char why[256];
  struct ingot_value in = ingot_tensor(INGOT_FLOAT, 2, dims, x, sizeof x), out;
  out = ingot_tensor(INGOT_FLOAT, -1, NULL, y, sizeof y);
  if (ingot_context_create(&ingot_model_net, NULL, &context, why, sizeof why))
    return puts(why), 1;
  if (ingot_run(context, 0, &in, 1, &out, 1))
    return puts(ingot_context_message(context)), 1;
  ingot_context_destroy(context);
  return printf("%g %g\n", y[0], y[7]) < 0;
}

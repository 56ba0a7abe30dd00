/* Models written by hand against abi.h, as the compiler writes them. See handwritten_models.c.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef INGOT_TESTS_HANDWRITTEN_MODELS_H
#define INGOT_TESTS_HANDWRITTEN_MODELS_H
#include "ingot/abi.h"
#ifdef __cplusplus
extern "C" {
#endif

/* Two entry points.
 * "scale":    x [batch, 4] float, gain [batch] float -> y [batch, 4] = x * gain + {1, 2, 3, 4},
 *             total [batch] = the sum of each row of y. 1 <= batch <= 1000. Splits its rows over
 *             threads and plans two buffers by batch.
 * "positive": values [n] float -> kept [?] float, those above 0 in their order. */
extern const struct ingot_model ingot_model_affine;

/* "step": x [2, n] float -> length [] int64; the state "history" [2, 8] grows by n columns along
 * axis 1, in place; the state "sum" [] float adds up all x, alternating between two buffers. */
extern const struct ingot_model ingot_model_recorder;

/* "greet": names string [n] -> greetings string [n] = "hello " + name; parts: sequence of string
 * tensors [1], one per name. "pick": values sequence of float tensors, at int64 [] -> one float.
 * "order": scores map of string to float -> row [1, 2] float, those of "b" and "a"; same: the map.
 */
extern const struct ingot_model ingot_model_greeter;

#ifdef __cplusplus
}
#endif
#endif

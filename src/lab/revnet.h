/* lab/revnet.h -- what the files of the reversible stack share: its shape, and one branch of a layer. */
#ifndef TOKENROOF_SRC_LAB_REVNET_H
#define TOKENROOF_SRC_LAB_REVNET_H

#include "lab/lab.h"

tr_status tr_stack_check(const tr_stack *stack, const void *a, const void *b, tr_error *err);

/* Parameters of F (which 0) or G (which 1) of a layer: width rows of weights, one for each input, then biases. */
size_t tr_branch_params(const tr_stack *stack);
const double *tr_branch_param(const tr_stack *stack, const double *param, size_t layer, int which);

/* y = z / sqrt(1 + z^2), z = x W + bias, for each of rows, by a branch's own parameters. y and x do not overlap. */
void tr_branch_forward(const tr_stack *stack, const double *param, size_t rows, const double *x, double *y);

#endif

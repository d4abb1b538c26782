/* SPDX-License-Identifier: Apache-2.0 */
/* A family in C: exp of floats and doubles; everything else comes from cpu. */
#include <math.h>

#include <spacecore/plugin.h>

/* Rows of the last axis, each a strided loop; the axes before it are counted like the digits of an
 * odometer. The core has checked that both tensors have one shape and one dtype. */
static spc_status kernel_exp(void *state, const spc_call *call) {
  const spc_tensor *x = call->in[0], *out = call->out[0];
  const int32_t last = out->ndim - 1;
  int64_t index[SPC_MAX_NDIM] = {0};
  int32_t axis;
  (void)state;
  do {
    int64_t from = 0, to = 0, i;
    for (axis = 0; axis < last; ++axis) {
      from += index[axis] * x->strides[axis];
      to += index[axis] * out->strides[axis];
    }
    for (i = 0; i < out->shape[last]; ++i) {
      if (out->dtype == SPC_FLOAT64)
        ((double *)out->data)[to] = exp(((const double *)x->data)[from]);
      else
        ((float *)out->data)[to] = expf(((const float *)x->data)[from]);
      from += x->strides[last];
      to += out->strides[last];
    }
    for (axis = last - 1; axis >= 0 && ++index[axis] == out->shape[axis]; --axis) index[axis] = 0;
  } while (axis >= 0);
  return SPC_OK;
}

/* Floats and doubles only: complex numbers, and all other ops, are inherited from the base. */
static const spc_op_entry ops[] = {{
    .struct_size = sizeof(spc_op_entry),
    .op = SPC_OP_exp,
    .dtypes = SPC_BIT(SPC_FLOAT32) | SPC_BIT(SPC_FLOAT64),
    .flags = SPC_KERNEL_INPLACE, /* an element is read before it is written */
    .fn = kernel_exp,
}};

static const char *const memory_spaces[] = {"host"};

static const spc_family family = {
    .struct_size = sizeof(spc_family),
    .name = "example_c",
    .version = "1.0",
    .base = "cpu",
    .memory_spaces = memory_spaces,
    .n_memory_spaces = 1,
    .ops = ops,
    .n_ops = sizeof ops / sizeof ops[0],
};

const spc_plugin_marker spacecore_plugin_v1 = {
    .magic = SPC_PLUGIN_MAGIC,
    .abi_major = SPC_ABI_MAJOR,
    .abi_minor = SPC_ABI_MINOR,
    .min_host_minor = 0,
    .struct_size = sizeof(spc_plugin_marker),
    .name = "example_c",
    .version = "1.0",
    .license = "Apache-2.0",
    .build_id = "",
};

spc_status register_ops(const spc_host_api *api, spc_host host, spc_registrar registrar) {
  (void)host;
  return api->add_family(registrar, &family);
}

// SPDX-License-Identifier: Apache-2.0
#include "capi/target.hpp"

namespace spc::capi {

GivenTarget::GivenTarget(const spc_target *target, const char *op) : given_(target != nullptr) {
  if (!given_) return;
  if (target->struct_size < sizeof(spc_target))
    fail(SPC_E_VALUE, "{}: struct_size of the target is {}, expected at least {}", op,
         target->struct_size, sizeof(spc_target));
  target_.name = target->name;
  target_.context = get_or_null<Context>(target->context, op);
  if (target->dtype != SPC_DTYPE_NONE) target_.dtype = checked_dtype(target->dtype, op);
  if (target->check_level != SPC_CHECK_UNSET) target_.level = checked_level(target->check_level);
  if (target->enable_checks != SPC_UNKNOWN) {
    if (target->enable_checks != SPC_FALSE && target->enable_checks != SPC_TRUE)
      fail(SPC_E_TYPE, "{}: enable_checks is {}, expected 0 or 1", op, target->enable_checks);
    target_.enable_checks = target->enable_checks == SPC_TRUE;
  }
  if (target->resolution_policy != nullptr)
    target_.resolution = resolution_policy_from(target->resolution_policy);
  if (target->dtype_resolution_policy != nullptr)
    target_.dtype_rule = dtype_policy_from(target->dtype_resolution_policy);
}

}  // namespace spc::capi

// SPDX-License-Identifier: Apache-2.0
#include "core/support/error.hpp"

namespace spc {

void fail_v(spc_status code, fmt::string_view format, fmt::format_args args) {
  throw Error(code, fmt::vformat(format, args));
}

namespace {
struct Kind {
  spc_status code;
  const char *name;
  spc_status parent[2];
};
constexpr Kind kinds[] = {
#define X(NAME, VALUE, KIND, PARENT1, PARENT2, RULE) {VALUE, KIND, {PARENT1, PARENT2}},
    SPC_STATUS_LIST(X)
#undef X
};
}  // namespace

const char *status_kind(spc_status code) noexcept {
  if (code == SPC_OK) return "ok";
  for (const Kind &k : kinds)
    if (k.code == code) return k.name;
  return "unknown status";
}

bool status_is_a(spc_status code, spc_status parent) noexcept {
  if (code == parent) return true;
  for (const Kind &k : kinds)
    if (k.code == code)
      for (spc_status p : k.parent)
        if (p != 0 && status_is_a(p, parent)) return true;
  return false;
}

}  // namespace spc

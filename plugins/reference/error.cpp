// SPDX-License-Identifier: Apache-2.0
#include "plugins/reference/error.hpp"

#include <cstdarg>
#include <cstdio>

namespace spc::reference {

spc_status fail(const spc_call *call, spc_status code, const char *format, ...) {
  char text[256];
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  call->host->set_error(call->exec, code, 0, nullptr, text);
  return code;
}

}  // namespace spc::reference

// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <cstring>
#include <string>

#include "spacecore/api.h"

#include "capi/handles.hpp"
#include "core/support/warning.hpp"

namespace spc::capi {

namespace {

// Fixed buffers: an out-of-memory error must be reportable.
struct LastError {
  spc_status code = SPC_OK;
  std::int64_t native = 0;
  char op[64] = "";
  char family[64] = "";
  char message[2048] = "";
};

thread_local LastError last_error;
thread_local char callback_text[1024] = "";

void copy_text(char *to, std::size_t capacity, const char *from) noexcept {
  std::snprintf(to, capacity, "%s", from);
}

template <std::size_t N>
void copy_text(char (&to)[N], const char *from) noexcept {
  copy_text(to, N, from);
}

}  // namespace

spc_status record_error(spc_status code, std::int64_t native, const char *op, const char *family,
                        const char *message) noexcept {
  last_error.code = code;
  last_error.native = native;
  copy_text(last_error.op, op);
  copy_text(last_error.family, family);
  copy_text(last_error.message, message);
  return code;
}

spc_status record_current_exception(const char *op) noexcept {
  try {
    throw;
  } catch (const Error &e) {
    return record_error(e.code(), e.native(), op, e.family(), e.what());
  } catch (const std::bad_alloc &) {
    char text[128];
    std::snprintf(text, sizeof text, "%s: out of host memory", op);
    return record_error(SPC_E_MEMORY, 0, op, "", text);
  } catch (const std::exception &e) {
    char text[512];
    std::snprintf(text, sizeof text, "%s: %s", op, e.what());
    return record_error(SPC_E_RUNTIME, 0, op, "", text);
  } catch (...) {
    char text[128];
    std::snprintf(text, sizeof text, "%s: an unknown exception was thrown", op);
    return record_error(SPC_E_RUNTIME, 0, op, "", text);
  }
}

std::string take_callback_error() {
  std::string text = callback_text;
  callback_text[0] = '\0';
  return text;
}

}  // namespace spc::capi

using namespace spc;        // NOLINT(google-build-using-namespace): C bodies of this library
using namespace spc::capi;  // NOLINT(google-build-using-namespace)

extern "C" {

spc_status spc_status_is_a(spc_status code, spc_status parent, int32_t *out) {
  return guard("status_is_a", [&] {
    require(out, "status_is_a", "out");
    *out = status_is_a(code, parent) ? 1 : 0;
  });
}

spc_status spc_status_name(spc_status code, const char **out) {
  return guard("status_name", [&] {
    require(out, "status_name", "out");
    *out = status_kind(code);
  });
}

spc_status spc_last_error(spc_error_info *out) {
  return guard("last_error", [&] {
    require(out, "last_error", "out");
    spc_error_info info = {};
    info.struct_size = out->struct_size;
    info.code = last_error.code;
    info.native = last_error.native;
    info.kind = status_kind(last_error.code);
    info.op = last_error.op;
    info.family = last_error.family;
    info.message = last_error.message;
    if (out->struct_size < offsetof(spc_error_info, native))
      fail(SPC_E_VALUE, "last_error: struct_size is {}, expected at least {}", out->struct_size,
           sizeof info);
    std::memcpy(out, &info, std::min<std::size_t>(out->struct_size, sizeof info));
  });
}

spc_status spc_last_error_message(const char **out) {
  return guard("last_error_message", [&] {
    require(out, "last_error_message", "out");
    *out = last_error.message;
  });
}

spc_status spc_clear_error(void) {
  last_error = {};
  return SPC_OK;
}

spc_status spc_callback_error(const char *text) {
  copy_text(callback_text, text == nullptr ? "" : text);
  return SPC_OK;
}

}  // extern "C"

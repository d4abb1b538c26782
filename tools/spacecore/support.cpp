// SPDX-License-Identifier: Apache-2.0
#include "tools/spacecore/support.hpp"

#include <fmt/core.h>

namespace cmd {

void check(spc_status status) {
  if (status == SPC_OK) return;
  const char *text = "";
  spc_last_error_message(&text);
  throw Failure(status, *text ? text : status_name(status) + " without a message");
}

bool is_a(spc_status code, spc_status parent) {
  return get<std::int32_t>(spc_status_is_a, code, parent) != 0;
}

std::string status_name(spc_status code) {
  const char *name = nullptr;
  if (spc_status_name(code, &name) != SPC_OK) return fmt::format("status {}", code);
  return name;
}

std::string dtype_name(std::int32_t dtype) {
  return get<const char *>(spc_dtype_name, dtype);
}

std::vector<std::int64_t> shape_of(spc_array array) {
  std::vector<std::int64_t> shape(get<std::int32_t>(spc_array_ndim, array));
  check(spc_array_shape(array, shape.data(), static_cast<std::int32_t>(shape.size())));
  return shape;
}

namespace {

spc_backend_info describe(std::int64_t index) {
  spc_backend_info info{};
  info.struct_size = sizeof info;
  check(spc_backend_describe(index, &info));
  return info;
}

}  // namespace

std::vector<spc_backend_info> all_backends() {
  std::vector<spc_backend_info> infos(get<std::int64_t>(spc_backend_count));
  for (std::size_t i = 0; i < infos.size(); ++i) infos[i] = describe(static_cast<std::int64_t>(i));
  return infos;
}

spc_backend_info find_backend(const std::string &name, std::int64_t *index) {
  const auto i = get<std::int64_t>(spc_backend_find, name.c_str());
  spc_backend_info info = describe(i);
  if (!info.available) {
    throw Failure(SPC_E_BACKEND_UNAVAILABLE,
                  fmt::format("backend '{}' cannot be used: {}", info.name, info.unavailable));
  }
  if (index) *index = i;
  return info;
}

}  // namespace cmd

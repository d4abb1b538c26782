// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <string>

#include "spacecore/api.h"

#include "capi/record.hpp"
#include "core/registry/registry.hpp"

using namespace spc;        // NOLINT(google-build-using-namespace): C bodies of this library
using namespace spc::capi;  // NOLINT(google-build-using-namespace)

namespace {

// The layouts of the first version end with these fields.
constexpr std::size_t least_backend_info =
    offsetof(spc_backend_info, inherited_ops) + sizeof(spc_backend_info::inherited_ops);
constexpr std::size_t least_op_info =
    offsetof(spc_op_info, reserved) + sizeof(spc_op_info::reserved);

std::size_t checked_index(int64_t i, const char *op) {
  const std::size_t count = Registry::get().listing().size();
  if (i < 0 || i >= static_cast<int64_t>(count))
    fail(SPC_E_INDEX, "{}: i is {}, there are {} families", op, i, count);
  return static_cast<std::size_t>(i);
}

Dtype first_dtype(Op op, std::size_t slot) {
  return static_cast<Dtype>(info(op).key == Key::PAIR ? slot / 16 : slot);
}

// What a family's table holds, by reading it: no plugin code runs.
struct Count {
  std::uint64_t dtypes = 0;
  int64_t own = 0, inherited = 0;
};
Count count_ops(const Family &f) {
  Count count;
  for (int i = 0; i < op_count; ++i) {
    const Op op = static_cast<Op>(i);
    const std::vector<const Kernel *> &row = f.table().row(op);
    bool any = false, own = false;
    for (std::size_t slot = 0; slot < row.size(); ++slot) {
      if (row[slot] == nullptr) continue;
      any = true;
      own = own || row[slot]->owner == &f;
      count.dtypes |= SPC_BIT(index_of(first_dtype(op, slot)));
    }
    if (any) ++(own ? count.own : count.inherited);
  }
  return count;
}

// A family of which nothing is known but what the manifest of its file says.
void describe_broken(const Listed &listed, spc_backend_info *out) {
  const Manifest &said = listed.promise->manifest;
  spc_backend_info info = {};
  info.name = listed.name->c_str();
  info.version = info.memory_spaces = info.aliases = "";
  info.base = said.base.c_str();
  info.plugin = said.file.c_str();
  info.unavailable = listed.promise->broken.load()->c_str();
  write_record(out, info, least_backend_info, "backend_describe");
}

}  // namespace

extern "C" {

spc_status spc_load_plugin(const char *path) {
  return guard("load_plugin", [&] {
    require(path, "load_plugin", "path");
    Registry::instance().load_plugin(path);
  });
}

spc_status spc_add_plugin_directory(const char *path) {
  return guard("add_plugin_directory", [&] {
    require(path, "add_plugin_directory", "path");
    Registry::instance().add_directory(path);
  });
}

spc_status spc_disable_plugin_search(void) {
  return guard("disable_plugin_search", [] { Registry::instance().disable_search(); });
}

spc_status spc_load_report(const char **out) {
  return guard("load_report", [&] {
    require(out, "load_report", "out");
    thread_local std::string text;
    text = Registry::get().report();
    *out = text.c_str();
  });
}

spc_status spc_backend_count(int64_t *out) {
  return guard("backend_count", [&] {
    require(out, "backend_count", "out");
    *out = static_cast<int64_t>(Registry::get().listing().size());
  });
}

spc_status spc_backend_describe(int64_t i, spc_backend_info *out) {
  return guard("backend_describe", [&] {
    require(out, "backend_describe", "out");
    const Listed listed = Registry::get().opened(checked_index(i, "backend_describe"));
    if (listed.family == nullptr) {
      describe_broken(listed, out);
      return;
    }
    Family &f = *listed.family;
    thread_local std::string unavailable;
    unavailable = f.why_unavailable();
    const Count count = count_ops(f);
    spc_backend_info info = {};
    info.available = unavailable.empty() ? 1 : 0;
    info.name = f.name().c_str();
    info.version = f.version().c_str();
    info.base = f.base_name().c_str();
    info.plugin = f.plugin_path().c_str();
    info.memory_spaces = f.memory_spaces_text().c_str();
    info.aliases = f.aliases_text().c_str();
    info.unavailable = unavailable.c_str();
    info.dtypes = count.dtypes;
    info.own_ops = count.own;
    info.inherited_ops = count.inherited;
    write_record(out, info, least_backend_info, "backend_describe");
  });
}

spc_status spc_backend_find(const char *name, int64_t *out) {
  return guard("backend_find", [&] {
    require(name, "backend_find", "name");
    require(out, "backend_find", "out");
    *out = static_cast<int64_t>(Registry::get().find(name));
  });
}

spc_status spc_backend_supports(int64_t i, uint32_t op, int32_t dtype, int32_t *out) {
  return guard("backend_supports", [&] {
    require(out, "backend_supports", "out");
    const Family &f = Registry::get().family(checked_index(i, "backend_supports"));
    const Op row = op_of_code(op);
    if (row == Op::count_) fail(SPC_E_VALUE, "backend_supports: op {:#x} does not exist", op);
    if (dtype < 0 || dtype >= SPC_DTYPE_COUNT)
      fail(SPC_E_VALUE, "backend_supports: dtype is {}, expected 0 to {}", dtype,
           SPC_DTYPE_COUNT - 1);
    if (info(row).key == Key::VIEW) {
      *out = 2;
      return;
    }
    int32_t best = 0;
    const std::vector<const Kernel *> &kernels = f.table().row(row);
    for (std::size_t slot = 0; slot < kernels.size(); ++slot)
      if (kernels[slot] != nullptr && index_of(first_dtype(row, slot)) == dtype)
        best = std::max(best, kernels[slot]->owner == &f ? 2 : 1);
    *out = best;
  });
}

spc_status spc_op_count(int64_t *out) {
  return guard("op_count", [&] {
    require(out, "op_count", "out");
    *out = op_count;
  });
}

spc_status spc_op_describe(int64_t i, spc_op_info *out) {
  return guard("op_describe", [&] {
    if (i < 0 || i >= op_count)
      fail(SPC_E_INDEX, "op_describe: i is {}, there are {} ops", i, op_count);
    const OpInfo &op = op_table[i];
    spc_op_info record = {};
    record.op = op.code;
    record.name = op.name;
    record.signature = op.signature;
    record.profile = op.profile;
    record.text = op.text;
    record.shapes = op.shapes;
    record.dtype = op.dtype;
    record.errors = op.errors;
    record.reference = op.reference;
    record.has_kernel = op.key == Key::VIEW ? 0 : 1;
    write_record(out, record, least_op_info, "op_describe");
  });
}

}  // extern "C"

// SPDX-License-Identifier: Apache-2.0
#include "plugins/fakedev/kernel_host.hpp"

#include <cstdlib>
#include <new>

namespace spc::fakedev {
namespace {

constexpr std::uint64_t scratch_alignment = 64;

void *host_alloc(spc_host, std::uint64_t bytes, std::uint64_t align) {
  return std::aligned_alloc(align, (bytes + align - 1) / align * align);
}

void host_free(spc_host, void *data, std::uint64_t) {
  std::free(data);
}

void warn(spc_host, const char *, const char *) {}

const char *called_op(spc_exec) {
  return nullptr;  // the queue knows
}

}  // namespace

KernelHost::~KernelHost() {
  for (void *block : scratch_) ::operator delete (block, std::align_val_t{scratch_alignment});
}

const spc_host_api *KernelHost::api() {
  static const spc_host_api table = [] {
    spc_host_api api{};
    api.struct_size = sizeof api;
    api.abi_major = SPC_ABI_MAJOR;
    api.abi_minor = SPC_ABI_MINOR;
    api.core_version = "";
    api.set_error = set_error;
    api.scratch = scratch;
    api.parallel = parallel;
    api.host_alloc = host_alloc;
    api.host_free = host_free;
    api.warn = warn;
    api.called_op = called_op;
    return api;
  }();
  return &table;
}

spc_status KernelHost::scratch(spc_exec exec, std::uint64_t, std::uint64_t bytes, void **out) {
  // Kernels let no exception through.
  try {
    std::vector<void *> &blocks = of(exec).scratch_;
    blocks.reserve(blocks.size() + 1);
    *out = ::operator new (bytes, std::align_val_t{scratch_alignment});
    blocks.push_back(*out);
    return SPC_OK;
  } catch (const std::bad_alloc &) {
    set_error(exec, SPC_E_MEMORY, 0, nullptr, "no scratch");
    return SPC_E_MEMORY;
  }
}

void KernelHost::set_error(spc_exec exec, spc_status code, std::int64_t native, const char *where,
                           const char *text) {
  Failure &reported = of(exec).reported_;
  try {
    reported = {code, native, where ? where : "", text ? text : ""};
  } catch (const std::bad_alloc &) {
    reported.code = code;  // without its text
    reported.native = native;
  }
}

spc_status KernelHost::parallel(spc_exec, std::int64_t n_parts, spc_part_fn fn, void *arg) {
  for (std::int64_t part = 0; part < n_parts; ++part) {
    const spc_status status = fn(arg, part);
    if (status != SPC_OK) return status;
  }
  return SPC_OK;
}

Failure KernelHost::failure(spc_status code) const {
  Failure failure = reported_;
  failure.code = code;
  return failure;
}

}  // namespace spc::fakedev

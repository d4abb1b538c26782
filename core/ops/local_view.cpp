// SPDX-License-Identifier: Apache-2.0
// What of an opaque array lies in this process, as a strided array over the same memory.
#include "core/ops/launch.hpp"
#include "core/ops/ops.hpp"
#include "core/ops/rules.hpp"
#include "core/registry/registry.hpp"
#include "core/support/error.hpp"

namespace spc {
namespace {

Family &strided_family(const MemorySpace &space, const Family &owner) {
  if (space.id == 0) return Registry::instance().host_default();
  const Ref<Context> current = default_context();
  if (current->family.opaque() || &current->family.memory() != &space)
    fail(
        SPC_E_NOTIMPL,
        "local_view: elements of family {} lie in memory space {}, the default context's family {} "
        "works in {}",
        owner.name(), space.name, current->family.name(), current->family.memory().name);
  return current->family;
}

// The deleter of the view's memory: gives the opaque handle back.
void drop(void *owner, void *) {
  Ref<Buffer>::adopt(static_cast<Buffer *>(owner));
}

}  // namespace

namespace rules {

Ref<Value> local_view(const OpArgs &args) {
  Array &x = as_dense(args.in[0], "local_view");
  if (!x.opaque()) return Ref<Value>::share(&x);
  Launch l(Op::local_view);
  l.in(x);
  Operand first;
  first.dtype = x.dtype;
  first.space = &host_space();
  first.strides = {1};
  Dims shape{0};
  l.out(first, shape);
  l.extent(*x.family, x.dtype, Dtype::none, &shape[0]);
  const std::int64_t n = shape[0];
  if (n < 0 || n > x.size)
    fail(SPC_E_PLUGIN, "local_view: '{}' says that {} elements of an array of shape {} are local",
         x.family->name(), n, x.shape);
  l.run_planned();
  void *const data = l.output_data(0);
  MemorySpace *const space = Registry::instance().memory_by_id(l.output_memory(0));
  if (space == nullptr || (data == nullptr && n > 0))
    fail(SPC_E_PLUGIN, "local_view: '{}' gave {} in memory space {}", x.family->name(),
         data == nullptr ? "no address" : "an address", l.output_memory(0));
  Family &family = strided_family(*space, *x.family);
  Ref<Buffer> buffer =
      Buffer::borrow(*space, data, static_cast<std::uint64_t>(n * size_of(x.dtype)));
  Ref<Array> view =
      make<Array>(family, x.dtype, shape, Dims{1}, buffer, static_cast<std::byte *>(data));
  buffer->set_deleter(drop, Ref<Buffer>(x.buffer).leak());
  return view;
}

}  // namespace rules
}  // namespace spc

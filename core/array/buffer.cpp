// SPDX-License-Identifier: Apache-2.0
#include "core/array/value.hpp"

namespace spc {

Ref<Buffer> Buffer::allocate(MemorySpace &space, std::uint64_t bytes) {
  Ref<Buffer> b = Ref<Buffer>::adopt(new Buffer);
  b->space_ = &space;
  b->bytes_ = bytes;
  if (bytes > 0) b->data_ = space_alloc(space, bytes);
  b->owned_ = true;
  return b;
}

Ref<Buffer> Buffer::borrow(MemorySpace &space, void *data, std::uint64_t bytes) {
  Ref<Buffer> b = Ref<Buffer>::adopt(new Buffer);
  b->space_ = &space;
  b->data_ = data;
  b->bytes_ = bytes;
  return b;
}

Ref<Buffer> Buffer::opaque(Family &owner) {
  Ref<Buffer> b = Ref<Buffer>::adopt(new Buffer);
  b->space_ = &owner.memory();
  b->opaque_number_ = owner.number_element();
  b->opaque_owner_ = &owner;
  return b;
}

Buffer::~Buffer() {
  if (opaque_owner_ != nullptr)
    opaque_owner_->release_opaque(data_, opaque_number_);
  else if (owned_ && data_ != nullptr)
    space_free(*space_, data_, bytes_);
  else if (deleter_ != nullptr)
    deleter_(deleter_user_, data_);
}

}  // namespace spc

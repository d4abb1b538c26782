// SPDX-License-Identifier: Apache-2.0
// Values: what operands, elements and control flow are made of.
#pragma once

#include <algorithm>
#include <complex>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "core/array/dims.hpp"
#include "core/dtype/dtype.hpp"
#include "core/registry/family.hpp"
#include "core/support/object.hpp"

namespace spc {

enum class ValueKind : std::int32_t {
  none = SPC_VALUE_NULL,
  array = SPC_VALUE_ARRAY,
  sparse = SPC_VALUE_SPARSE,
  scalar = SPC_VALUE_SCALAR,
  list = SPC_VALUE_LIST,
  tuple = SPC_VALUE_TUPLE,
  map = SPC_VALUE_MAP,
};

class Value : public Object {
 public:
  ValueKind kind() const noexcept { return kind_; }
  /// Calls on this value go to the interposer first (architecture: the one door).
  bool interposed = false;
  /// Levels of nesting of a list, tuple or map; 0 for everything else. Bounded where they are made,
  /// because walking and releasing them recurses.
  int depth = 0;

 protected:
  explicit Value(ValueKind kind) : kind_(kind) {}

 private:
  const ValueKind kind_;
};

/// A reference-counted allocation of a memory space, or an opaque handle of a family.
class Buffer final : public Object {
 public:
  /// New memory. OutOfMemory.
  static Ref<Buffer> allocate(MemorySpace &space, std::uint64_t bytes);
  /// Memory of the caller, without a deleter yet.
  static Ref<Buffer> borrow(MemorySpace &space, void *data, std::uint64_t bytes);
  /// Sets the deleter of borrowed memory, once everything that could fail has succeeded.
  void set_deleter(spc_deleter_fn deleter, void *user) noexcept {
    deleter_ = deleter;
    deleter_user_ = user;
  }
  /// For an element of an OPAQUE family that is about to be made; set_handle follows.
  static Ref<Buffer> opaque(Family &owner);
  /// Takes over the handle.
  void set_handle(void *handle) noexcept { data_ = handle; }
  ~Buffer() override;

  MemorySpace &space() const noexcept { return *space_; }
  void *data() const noexcept { return data_; }
  std::uint64_t bytes() const noexcept { return bytes_; }

  /// Grows with every write that the core knows of.
  std::uint64_t version() const noexcept { return version_.load(std::memory_order_acquire); }
  void touch() noexcept { version_.fetch_add(1, std::memory_order_acq_rel); }

  /// Makes every array over this buffer read-only: validated index arrays stay valid.
  void freeze() noexcept { frozen_.store(true, std::memory_order_release); }
  bool frozen() const noexcept { return frozen_.load(std::memory_order_acquire); }

 private:
  Buffer() = default;
  MemorySpace *space_ = nullptr;
  void *data_ = nullptr;
  std::uint64_t bytes_ = 0;
  bool owned_ = false;
  Family *opaque_owner_ = nullptr;
  std::uint64_t opaque_number_ = 0;
  spc_deleter_fn deleter_ = nullptr;
  void *deleter_user_ = nullptr;
  std::atomic<std::uint64_t> version_{0};
  std::atomic<bool> frozen_{false};
};

/// A dense array: a strided view of a buffer, or an opaque handle. Metadata is immutable.
class Array final : public Value {
 public:
  Array(Family &f, Dtype d, const Dims &shape_, const Dims &strides_, Ref<Buffer> b,
        std::byte *first, bool writable_ = true)
      : Value(ValueKind::array),
        family(&f),
        dtype(d),
        shape(shape_),
        strides(strides_),
        buffer(std::move(b)),
        data(first),
        size(product(shape_)),
        view_writable(writable_) {}

  Family *const family;
  const Dtype dtype;
  const Dims shape;
  const Dims strides;  // elements; all 0 for opaque arrays
  const Ref<Buffer> buffer;
  std::byte *const data;  // first element, an address of buffer->space(); the handle if opaque
  const std::int64_t size;
  const bool view_writable;  // false for broadcast views
  bool writable() const noexcept { return view_writable && !buffer->frozen(); }
  bool opaque() const noexcept { return family->opaque(); }

  int ndim() const noexcept { return shape.size(); }
  bool contiguous() const noexcept;  // row-major
};

/// CSR, CSC or COO over three dense vectors. Index arrays are validated and read-only.
class SparseArray final : public Value {
 public:
  SparseArray(int format_, std::int64_t rows_, std::int64_t cols_, Ref<Array> first_,
              Ref<Array> second_, Ref<Array> data_)
      : Value(ValueKind::sparse),
        format(format_),
        rows(rows_),
        cols(cols_),
        first(std::move(first_)),
        second(std::move(second_)),
        data(std::move(data_)) {
    first->buffer->freeze();
    second->buffer->freeze();
  }

  const int format;  // SPC_CSR, SPC_CSC, SPC_COO
  const std::int64_t rows, cols;
  const Ref<Array> first;   // CSR, CSC: indptr; COO: row
  const Ref<Array> second;  // indices; COO: col
  const Ref<Array> data;

  Family &family() const noexcept { return *data->family; }
  Dtype dtype() const noexcept { return data->dtype; }
  Dtype index_dtype() const noexcept { return second->dtype; }
  std::int64_t nnz() const noexcept { return data->size; }
};

/// An untyped host number; joins weakly.
class Scalar final : public Value {
 public:
  Scalar(int weak, std::int64_t i, std::complex<double> z)
      : Value(ValueKind::scalar), weak_kind(weak), integer(i), number(z) {}

  const int weak_kind;                // SPC_WEAK_*
  const std::int64_t integer;         // bool and int
  const std::complex<double> number;  // always set

  /// bool, int64, float64, complex128
  Dtype natural_dtype() const noexcept;
};

/// What makes a tuple a named one. Tuples of another type, or of none, have another structure.
struct TupleType final : Object {
  TupleType(std::string n, std::vector<std::string> f) : name(std::move(n)), fields(std::move(f)) {}
  bool operator==(const TupleType &o) const noexcept {
    return name == o.name && fields == o.fields;
  }

  const std::string name;
  const std::vector<std::string> fields;
};

/// Both none, or equal; mostly one object.
inline bool same_type(const Ref<TupleType> &a, const Ref<TupleType> &b) noexcept {
  return a.get() == b.get() || (a && b && *a == *b);
}

class Sequence final : public Value {  // list or tuple
 public:
  Sequence(ValueKind k, std::vector<Ref<Value>> v, Ref<TupleType> t = nullptr)
      : Value(k), items(std::move(v)), type(std::move(t)) {
    for (const Ref<Value> &item : items) depth = std::max(depth, item->depth);
    ++depth;
  }
  const std::vector<Ref<Value>> items;
  const Ref<TupleType> type;  // nullptr: no named tuple
};

class Map final : public Value {
 public:
  explicit Map(std::vector<std::pair<std::string, Ref<Value>>> v)
      : Value(ValueKind::map), items(std::move(v)) {
    for (const auto &item : items) depth = std::max(depth, item.second->depth);
    ++depth;
  }
  const std::vector<std::pair<std::string, Ref<Value>>> items;
};

class None final : public Value {
 public:
  None() : Value(ValueKind::none) {}
};

/// `array of family cpu`, `sparse array of family cpu`, `scalar`, `list`, `tuple`, `map`, `null`.
std::string describe(const Value *v);

/// The value as an array. TypeErr `{op}: expected a dense array, got {describe}`.
Array &as_dense(Value *v, const char *op);
SparseArray &as_sparse(Value *v, const char *op);

/// False for an integer dtype that cannot hold v, and only then.
bool fits(std::int64_t v, Dtype d) noexcept;

/// A weak scalar's bytes in dtype d, for VALUE tensors. OverflowErr naming op when a weak integer
/// does not fit; TypeErr for complex into a non-complex dtype.
void scalar_bytes(const Scalar &s, Dtype d, std::byte out[16], const char *op);

/// New uninitialised array (debug builds fill it with a signalling pattern). OutOfMemory.
Ref<Array> new_array(Family &family, Dtype dtype, const Dims &shape);
/// The same buffer, another view of it.
Ref<Array> new_view(const Array &base, const Dims &shape, const Dims &strides, std::byte *data,
                    Dtype dtype, bool writable);
/// Another handle to the same elements, tagged with a compatible family.
Ref<Array> retag(const Ref<Array> &a, Family &family);
Ref<SparseArray> retag(const Ref<SparseArray> &s, Family &family);
/// A handle to the same elements whose calls are not interposed; lists are rebuilt.
Ref<Value> plain(Value &v);
/// The value or, of a list, tuple or map, some item of it is interposed.
bool is_interposed(const Value &v) noexcept;

/// Addresses that a non-empty strided array may touch.
struct ByteSpan {
  std::uintptr_t begin, end;
};
inline bool intersect(const ByteSpan &a, const ByteSpan &b) noexcept {
  return a.begin < b.end && b.begin < a.end;
}
ByteSpan byte_span(const void *first, Dtype dtype, const Dims &shape, const Dims &strides) noexcept;

/// True if the byte ranges of two strided arrays may share memory.
bool may_overlap(const Array &a, const Array &b) noexcept;
/// Same first element, shape, strides and dtype.
bool same_elements(const Array &a, const Array &b) noexcept;

/// The first element (of a 0-d array, say) on the host; waits for queued work.
std::complex<double> read_scalar(const Array &a);
/// The first n elements of a contiguous array of a floating dtype. Waits as read_scalar does.
void read_numbers(const Array &a, int n, std::complex<double> *out);

}  // namespace spc

// SPDX-License-Identifier: Apache-2.0
#include "core/io/matrix_market_array.hpp"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "core/io/matrix_market_symmetry.hpp"
#include "core/ops/ops.hpp"
#include "core/support/error.hpp"

namespace spc::io {
namespace {

using Field = MatrixMarketField;
using Indices = std::vector<std::int64_t>;

Dtype default_dtype(Field field) {
  return field == Field::complex ? Dtype::complex128 : Dtype::float64;
}

// The dtype that values of m have on the host.
Dtype host_dtype(const MatrixMarket &m) {
  return m.field == Field::integer ? Dtype::int64 : default_dtype(m.field);
}

Ref<Array> value_array(Context &ctx, const MatrixMarket &m, const Dims &shape) {
  const void *data = m.field == Field::integer ? static_cast<const void *>(m.integers.data())
                                               : static_cast<const void *>(m.values.data());
  return ops::from_host(ctx, host_dtype(m), shape, data);
}

// Integers beyond 2^53 are rounded; for callers that asked for no integer dtype.
void make_real(MatrixMarket &m) {
  m.values.assign(m.integers.begin(), m.integers.end());
  m.integers = {};
  m.field = Field::real;
}

// Before anything of that size is touched: a file of a few bytes can name any number of rows.
void require_memory(const std::string &path, const MatrixMarket &m, const char *format,
                    std::int64_t count, std::int64_t bytes_each) {
  const std::int64_t physical = ::sysconf(_SC_PHYS_PAGES) * ::sysconf(_SC_PAGE_SIZE);
  std::int64_t bytes = 0;
  if (__builtin_mul_overflow(count, bytes_each, &bytes) || (physical > 0 && bytes > physical))
    fail(SPC_E_MEMORY, "{}:{}: a matrix of {} by {} as {} exceeds the {} bytes of this machine",
         path, m.size_line, m.rows, m.cols, format, physical);
}

// Gives the values the order of a full row-major matrix.
void make_row_major(const std::string &path, MatrixMarket &m) {
  if (!m.coordinate && (m.rows <= 1 || m.cols <= 1)) return;
  std::int64_t size = 0;
  if (__builtin_mul_overflow(m.rows, m.cols, &size)) size = INT64_MAX;
  require_memory(path, m, "dense", size, size_of(host_dtype(m)));
  const auto rows = static_cast<std::size_t>(m.rows), cols = static_cast<std::size_t>(m.cols);
  MatrixMarket full;
  full.field = m.field;
  resize_values(full, rows * cols);
  if (m.coordinate) {
    for (std::size_t k = 0; k < m.row.size(); ++k)
      set_value(full,
                static_cast<std::size_t>(m.row[k]) * cols + static_cast<std::size_t>(m.col[k]),
                value_at(m, k));
  } else {
    for (std::size_t i = 0; i < rows; ++i)
      for (std::size_t j = 0; j < cols; ++j)
        set_value(full, i * cols + j, value_at(m, i + j * rows));
  }
  m.values = std::move(full.values);
  m.integers = std::move(full.integers);
}

Ref<Array> index_array(Context &ctx, const Indices &indices, Dtype width) {
  const Dims shape{static_cast<std::int64_t>(indices.size())};
  if (width == Dtype::int64) return ops::from_host(ctx, Dtype::int64, shape, indices.data());
  const std::vector<std::int32_t> narrowed(indices.begin(), indices.end());
  return ops::from_host(ctx, Dtype::int32, shape, narrowed.data());
}

Indices row_offsets(const MatrixMarket &m) {
  Indices offsets(static_cast<std::size_t>(m.rows) + 1, 0);
  for (const std::int64_t i : m.row) ++offsets[static_cast<std::size_t>(i) + 1];
  for (std::size_t i = 1; i < offsets.size(); ++i) offsets[i] += offsets[i - 1];
  return offsets;
}

Ref<Value> sparse_value(Context &ctx, const MatrixMarket &m, bool coo) {
  const auto nnz = static_cast<std::int64_t>(m.row.size());
  const Dtype width = ops::index_dtype_for(m.rows, m.cols, nnz);
  Ref<Array> first = index_array(ctx, coo ? m.row : row_offsets(m), width);
  Ref<Array> second = index_array(ctx, m.col, width);
  return ops::new_sparse(coo ? SPC_COO : SPC_CSR, m.rows, m.cols, std::move(first),
                         std::move(second), value_array(ctx, m, {nnz}));
}

Ref<Array> in_dtype(const Ref<Array> &x, Dtype dtype) {
  return x->dtype == dtype ? x : ops::astype(*x, dtype);
}

Ref<Array> dense_array(const std::string &path, Context &ctx, MatrixMarket &m, Dtype dtype) {
  make_row_major(path, m);
  return in_dtype(value_array(ctx, m, {m.rows, m.cols}), dtype);
}

}  // namespace

Ref<Value> read_matrix(const std::string &path, Context &ctx, const char *format, Dtype dtype) {
  const std::string_view wanted = format == nullptr ? std::string_view() : format;
  const bool dense = wanted == "dense", coo = wanted == "coo";
  if (format != nullptr && !dense && !coo && wanted != "csr" && wanted != "csc")
    fail(SPC_E_VALUE, "mm_read: format is '{}', expected csr, csc, coo or dense", wanted);

  MatrixMarket m = read_matrix_market(path);
  if (dtype == Dtype::none) dtype = default_dtype(m.field);
  // As any conversion refuses it, but by file and line.
  if (m.field == Field::complex && !is_complex(dtype))
    fail(SPC_E_TYPE, "{}:1: field complex cannot be read as dtype {}", path, name(dtype));
  if (m.field == Field::integer && dtype == Dtype::float64) make_real(m);
  if (dense || (format == nullptr && !m.coordinate)) return dense_array(path, ctx, m, dtype);

  const char *sparse = format == nullptr ? "csr" : format;
  if (!m.coordinate) return ops::assparse(ctx, *dense_array(path, ctx, m, dtype), sparse, dtype);
  // By way of CSR: the rows are sorted already. The offsets of both kinds have to find room.
  if (!coo) require_memory(path, m, sparse, std::max(m.rows, m.cols), sizeof(std::int64_t));
  return ops::assparse(ctx, *sparse_value(ctx, m, coo), sparse, dtype);
}

namespace {

// In the dtype that the file's field has on the host.
Field field_of(Dtype dtype) {
  if (is_complex(dtype)) return Field::complex;
  return is_floating(dtype) ? Field::real : Field::integer;
}

template <class T>
std::vector<T> host_copy(Array &x, std::size_t per_element = 1) {
  std::vector<T> out(static_cast<std::size_t>(x.size) * per_element);
  ops::to_host(x, out.data());
  return out;
}

void take_values(MatrixMarket &m, Array &x) {
  if (m.field == Field::integer)
    m.integers = host_copy<std::int64_t>(x);
  else
    m.values = host_copy<double>(x, values_per_entry(m.field));
}

void take_sparse(MatrixMarket &m, SparseArray &a) {
  const Ref<Context> ctx = make<Context>(a.family(), a.dtype(), CheckLevel::none);
  const Ref<Value> converted = ops::assparse(*ctx, a, "coo", host_dtype(m));
  const SparseArray &coo = as_sparse(converted.get(), "mm_write");
  m.rows = coo.rows;
  m.cols = coo.cols;
  m.row = host_copy<std::int64_t>(*in_dtype(coo.first, Dtype::int64));
  m.col = host_copy<std::int64_t>(*in_dtype(coo.second, Dtype::int64));
  take_values(m, *coo.data);
}

void take_dense(MatrixMarket &m, Ref<Array> x) {
  if (x->ndim() > 2)
    fail(SPC_E_VALUE, "mm_write: the array has shape {}, expected at most 2 axes", x->shape);
  m.coordinate = false;
  m.rows = x->ndim() > 0 ? x->shape[0] : 1;
  m.cols = x->ndim() > 1 ? x->shape[1] : 1;
  x = in_dtype(x, host_dtype(m));
  // Row-major order of the transpose is column-major order of x. Not needed, and for opaque arrays
  // not possible, where both are the same.
  if (m.rows > 1 && m.cols > 1) x = ops::transpose(*x);
  take_values(m, *x);
}

}  // namespace

void write_matrix(const std::string &path, Value &matrix, MatrixMarketSymmetry symmetry,
                  std::string_view comment) {
  MatrixMarket m;
  m.symmetry = symmetry;
  if (matrix.kind() == ValueKind::sparse) {
    SparseArray &a = as_sparse(&matrix, "mm_write");
    m.field = field_of(a.dtype());
    take_sparse(m, a);
  } else {
    Array &x = as_dense(&matrix, "mm_write");
    m.field = field_of(x.dtype);
    take_dense(m, Ref<Array>::share(&x));
  }
  write_matrix_market(path, m, comment);
}

}  // namespace spc::io

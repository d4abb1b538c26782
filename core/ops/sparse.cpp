// SPDX-License-Identifier: Apache-2.0
// Rules of sparse arrays. Kernels know CSR; CSC is the CSR of the transpose.
#include "core/ops/sparse.hpp"

#include <algorithm>
#include <string_view>

#include "core/ops/rules.hpp"
#include "core/support/error.hpp"

namespace spc {

Dtype ops::index_dtype_for(std::int64_t rows, std::int64_t cols, std::int64_t nnz) noexcept {
  return rows <= INT32_MAX && cols <= INT32_MAX && nnz <= INT32_MAX ? Dtype::int32 : Dtype::int64;
}

using ops::index_dtype_for;

namespace compressed {

spc_params_sparse params_of(std::int64_t rows, std::int64_t cols, int format) {
  spc_params_sparse p = {};
  p.format = format;
  p.rows = rows;
  p.cols = cols;
  return p;
}

Parts new_parts(Family &family, Dtype dtype, Dtype index, std::int64_t rows, std::int64_t nnz) {
  return {new_array(family, index, {rows + 1}), new_array(family, index, {nnz}),
          new_array(family, dtype, {nnz})};
}

Ref<SparseArray> as_csr(std::int64_t rows, std::int64_t cols, Parts p) {
  return make<SparseArray>(SPC_CSR, rows, cols, std::move(p.indptr), std::move(p.indices),
                           std::move(p.data));
}

Ref<SparseArray> empty_csr(Family &family, Dtype dtype, std::int64_t rows, std::int64_t cols) {
  Parts p = new_parts(family, dtype, index_dtype_for(rows, cols, 0), rows, 0);
  ops::fill(*p.indptr, 0);
  return as_csr(rows, cols, std::move(p));
}

}  // namespace compressed

namespace {

using compressed::as_csr, compressed::empty_csr, compressed::new_parts, compressed::params_of,
    compressed::Parts, compressed::relabel;

Ref<SparseArray> sparsify(Family &family, Array &x) {
  const std::int64_t rows = x.shape[0], cols = x.shape[1];
  if (x.size == 0) return empty_csr(family, x.dtype, rows, cols);
  // The width is chosen before nnz is known: x.size bounds it.
  const Dtype index = index_dtype_for(rows, cols, x.size);
  spc_params_sparse params = params_of(rows, cols);
  std::int64_t nnz = 0;
  Launch l(Op::sparsify);
  l.in(x);
  l.params(params);
  l.extent(family, x.dtype, index, &nnz);
  if (nnz == 0) return empty_csr(family, x.dtype, rows, cols);
  Parts p = new_parts(family, x.dtype, index, rows, nnz);
  l.out(*p.indptr);
  l.out(*p.indices);
  l.out(*p.data);
  l.run_planned();
  return as_csr(rows, cols, std::move(p));
}

// CSR of the matrix whose coordinate form is (row, col, data) with the given lengths.
Ref<SparseArray> coo_to_csr(Family &family, Array &row, Array &col, Array &data, std::int64_t rows,
                            std::int64_t cols) {
  if (data.size == 0) return empty_csr(family, data.dtype, rows, cols);
  spc_params_sparse params = params_of(rows, cols);
  std::int64_t nnz = 0;
  Launch l(Op::coo_to_csr);
  l.in(row);
  l.in(col);
  l.in(data);
  l.params(params);
  l.extent(family, data.dtype, row.dtype, &nnz);
  Parts p = new_parts(family, data.dtype, row.dtype, rows, nnz);
  l.out(*p.indptr);
  l.out(*p.indices);
  l.out(*p.data);
  l.run_planned();
  return as_csr(rows, cols, std::move(p));
}

// Row of every entry of a compressed matrix with `rows` compressed rows.
Ref<Array> expand_rows(Family &family, const SparseArray &s, std::int64_t rows, std::int64_t cols) {
  Ref<Array> row = new_array(family, s.index_dtype(), {s.nnz()});
  if (s.nnz() == 0) return row;
  spc_params_sparse params = params_of(rows, cols);
  Launch l(Op::csr_to_coo);
  l.in(*s.first);
  l.in(*s.second);
  l.in(*s.data);
  l.out(*row);
  l.params(params);
  l.run(family, s.dtype(), s.index_dtype());
  return row;
}

// CSR of the transpose of a CSR matrix, given as the vectors of s.
Ref<SparseArray> transpose_csr(Family &family, const SparseArray &s, std::int64_t rows,
                               std::int64_t cols) {
  if (s.nnz() == 0) return empty_csr(family, s.dtype(), cols, rows);
  Parts p = new_parts(family, s.dtype(), s.index_dtype(), cols, s.nnz());
  spc_params_sparse params = params_of(rows, cols);
  Launch l(Op::csr_transpose);
  l.in(*s.first);
  l.in(*s.second);
  l.in(*s.data);
  l.out(*p.indptr);
  l.out(*p.indices);
  l.out(*p.data);
  l.params(params);
  l.run(family, s.dtype(), s.index_dtype());
  return as_csr(cols, rows, std::move(p));
}

int format_from_name(const char *format) {
  const std::string_view f = format == nullptr ? "csr" : format;
  if (f == "csr") return SPC_CSR;
  if (f == "csc") return SPC_CSC;
  if (f == "coo") return SPC_COO;
  fail(SPC_E_VALUE, "Unknown sparse format: '{}'", f);
}

Ref<SparseArray> to_coo(SparseArray &s) {
  if (s.format == SPC_COO) return Ref<SparseArray>::share(&s);
  const bool csr = s.format == SPC_CSR;
  Ref<Array> compressed = expand_rows(s.family(), s, csr ? s.rows : s.cols, csr ? s.cols : s.rows);
  return make<SparseArray>(SPC_COO, s.rows, s.cols, csr ? compressed : s.second,
                           csr ? s.second : compressed, s.data);
}

Ref<SparseArray> to_csc(SparseArray &s) {
  if (s.format == SPC_CSC) return Ref<SparseArray>::share(&s);
  if (s.format == SPC_CSR) return relabel(*transpose_csr(s.family(), s, s.rows, s.cols), SPC_CSC);
  return relabel(*coo_to_csr(s.family(), *s.second, *s.first, *s.data, s.cols, s.rows), SPC_CSC);
}

}  // namespace

namespace compressed {

Ref<SparseArray> relabel(const SparseArray &s, int format) {
  return make<SparseArray>(format, s.cols, s.rows, s.first, s.second, s.data);
}

Ref<SparseArray> to_format(SparseArray &s, int format) {
  return format == SPC_CSR ? ops::to_csr(s) : format == SPC_CSC ? to_csc(s) : to_coo(s);
}

}  // namespace compressed

using compressed::to_format;

namespace {

void check_vector(const Array &v, const char *what, const char *op) {
  if (v.ndim() != 1) fail(SPC_E_VALUE, "{}: {} has shape {}, expected one axis", op, what, v.shape);
  require_strided(v, op);
}

}  // namespace

namespace rules {

Ref<Value> assparse(const OpArgs &args) {
  const int format = format_from_name(args.format);
  Value &x = *args.in[0];
  Ref<SparseArray> s;
  if (x.kind() == ValueKind::sparse) {
    s = Ref<SparseArray>::share(&static_cast<SparseArray &>(x));
    if (args.ctx != nullptr) common_family(s->family(), args.ctx->family, "assparse");
    const Dtype dtype = dtype_or(args.dtype, s->dtype(), "assparse");
    refuse_complex_to_real("assparse", s->dtype(), dtype);
    if (dtype != s->dtype()) {
      s = make<SparseArray>(s->format, s->rows, s->cols, s->first, s->second,
                            ops::astype(*s->data, dtype));
      // As SciPy: a new dtype of COO adds repeated entries, in that dtype.
      if (format == SPC_COO && s->format == SPC_COO) s = ops::canonical(*s);
    }
  } else {
    OpArgs dense = args;
    dense.op = Op::asarray;
    if (x.kind() == ValueKind::none || x.kind() == ValueKind::map)
      fail(SPC_E_TYPE, "assparse: expected an array or a list, got {}", describe(&x));
    if (args.dtype != SPC_DTYPE_NONE && x.kind() == ValueKind::array)
      refuse_complex_to_real("assparse", static_cast<Array &>(x).dtype,
                             checked_dtype(args.dtype, "assparse"));
    Ref<Value> v = asarray(dense);
    Array &a = static_cast<Array &>(*v);
    require_strided(a, "assparse");
    if (a.ndim() != 2)
      fail(SPC_E_VALUE, "assparse: x has shape {}, sparse arrays have two axes", a.shape);
    s = sparsify(*a.family, a);
  }
  Ref<SparseArray> result = to_format(*s, format);
  return args.ctx == nullptr ? result : retag(result, args.ctx->family);
}

Ref<Value> sparse_matmul(const OpArgs &args) {
  const char *op = name(args.op);  // or matmul, dot
  SparseArray &a = as_sparse(args.in[0], op);
  Array &b = as_dense(args.in[1], op);
  require_strided(b, op);
  Family &family = family_of(args.in, 2, op, args.into);
  if (b.ndim() != 1 && b.ndim() != 2)
    fail(SPC_E_VALUE, "{}: b has shape {}, expected one or two axes", op, b.shape);
  if (a.cols != b.shape[0])
    fail(SPC_E_VALUE, "{}: a has shape ({}, {}), b has shape {}; inner lengths {} and {} differ",
         op, a.rows, a.cols, b.shape, a.cols, b.shape[0]);
  const Dtype dtype = join({a.dtype(), b.dtype});
  Dims shape = b.shape;
  shape[0] = a.rows;
  Ref<Array> out = result_array(family, dtype, shape, args.into, op);
  Ref<SparseArray> matrix = Ref<SparseArray>::share(&a);
  if (a.dtype() != dtype)
    matrix =
        make<SparseArray>(a.format, a.rows, a.cols, a.first, a.second, ops::astype(*a.data, dtype));
  Ref<Array> x = b.dtype == dtype ? Ref<Array>::share(&b) : ops::astype(b, dtype);
  ops::spmm_into(nullptr, *matrix, *x, nullptr, *out, SPC_MODE_NONE);
  return out;
}

Ref<Value> allclose_sparse(const OpArgs &args) {
  for (Value *v : {args.in[0], args.in[1]})
    if (v->kind() != ValueKind::sparse)
      fail(SPC_E_TYPE, "allclose_sparse expects two sparse arrays.");
  const bool close =
      ops::allclose_sparse(static_cast<SparseArray &>(*args.in[0]),
                           static_cast<SparseArray &>(*args.in[1]), args.rtol, args.atol);
  return make<Scalar>(SPC_WEAK_BOOL, close ? 1 : 0, close ? 1.0 : 0.0);
}

}  // namespace rules

namespace ops {

Ref<Value> assparse(Context &ctx, Value &x, const char *format, Dtype dtype) {
  OpArgs args(Op::assparse);
  args.ctx = &ctx;
  args.in[0] = &x;
  args.n_in = 1;
  args.format = format;
  args.dtype = static_cast<std::int32_t>(dtype);
  return dispatch(args);
}

Ref<SparseArray> to_csr(SparseArray &s) {
  if (s.format == SPC_CSR) return Ref<SparseArray>::share(&s);
  if (s.format == SPC_COO)
    return coo_to_csr(s.family(), *s.first, *s.second, *s.data, s.rows, s.cols);
  return transpose_csr(s.family(), s, s.cols, s.rows);
}

Ref<SparseArray> canonical(SparseArray &s) {
  Ref<SparseArray> coo = to_coo(s);
  return coo_to_csr(s.family(), *coo->first, *coo->second, *coo->data, s.rows, s.cols);
}

Ref<Array> densify(SparseArray &s) {
  Ref<SparseArray> coo_free = s.format == SPC_COO ? to_csr(s) : Ref<SparseArray>::share(&s);
  const bool csr = coo_free->format == SPC_CSR;
  const std::int64_t rows = csr ? s.rows : s.cols, cols = csr ? s.cols : s.rows;
  Ref<Array> out = new_array(s.family(), s.dtype(), {s.rows, s.cols});
  if (out->size == 0) return out;
  if (coo_free->nnz() == 0) {
    fill(*out, 0);
    return out;
  }
  // A CSC matrix fills the transposed view.
  Ref<Array> target = csr ? out : transpose(*out);
  spc_params_sparse params = params_of(rows, cols);
  Launch l(Op::densify);
  l.in(*coo_free->first);
  l.in(*coo_free->second);
  l.in(*coo_free->data);
  l.out(*target);
  l.params(params);
  l.run(s.family(), s.dtype(), s.index_dtype());
  return out;
}

Ref<SparseArray> sparse_transpose(const SparseArray &s) {
  if (s.format == SPC_COO)
    return make<SparseArray>(SPC_COO, s.cols, s.rows, s.second, s.first, s.data);
  return relabel(s, s.format == SPC_CSR ? SPC_CSC : SPC_CSR);
}

Ref<SparseArray> sparse_conj(SparseArray &s) {
  if (!is_complex(s.dtype())) return Ref<SparseArray>::share(&s);
  return make<SparseArray>(s.format, s.rows, s.cols, s.first, s.second, conj(*s.data));
}

Ref<Array> sparse_diagonal(SparseArray &s) {
  Ref<Array> out = new_array(s.family(), s.dtype(), {std::min(s.rows, s.cols)});
  if (out->size == 0) return out;
  // The diagonal of the transpose is the same, so compressed columns will do.
  Ref<SparseArray> c = s.format == SPC_COO ? to_csr(s) : Ref<SparseArray>::share(&s);
  if (c->nnz() == 0) {
    fill(*out, 0);
    return out;
  }
  const bool csr = c->format == SPC_CSR;
  spc_params_sparse params = params_of(csr ? s.rows : s.cols, csr ? s.cols : s.rows);
  Launch l(Op::csr_diagonal);
  l.in(*c->first);
  l.in(*c->second);
  l.in(*c->data);
  l.out(*out);
  l.params(params);
  l.run(s.family(), c->dtype(), c->index_dtype());
  return out;
}

Ref<SparseArray> new_sparse(int format, std::int64_t rows, std::int64_t cols, Ref<Array> first,
                            Ref<Array> second, Ref<Array> data) {
  const char *op = "sparse_create";
  if (format != SPC_CSR && format != SPC_CSC && format != SPC_COO)
    fail(SPC_E_VALUE, "{}: format {} is not CSR (0), CSC (1) or COO (2)", op, format);
  if (rows < 0 || cols < 0) fail(SPC_E_VALUE, "{}: negative shape ({}, {})", op, rows, cols);
  const char *first_word = format == SPC_COO ? "row" : "indptr";
  const char *second_word = format == SPC_COO ? "col" : "indices";
  check_vector(*first, first_word, op);
  check_vector(*second, second_word, op);
  check_vector(*data, "data", op);
  Family &family =
      common_family(common_family(*first->family, *second->family, op), *data->family, op);
  const bool index_ok = first->dtype == second->dtype &&
                        (first->dtype == Dtype::int32 || first->dtype == Dtype::int64);
  if (!index_ok)
    fail(SPC_E_TYPE, "{}: {} has dtype {}, {} has dtype {}; both are int32 or both int64", op,
         first_word, name(first->dtype), second_word, name(second->dtype));
  const std::int64_t compressed = format == SPC_CSC ? cols : rows;
  // The subtraction cannot overflow, rows + 1 could.
  const std::int64_t described = format == SPC_COO ? first->size : first->size - 1;
  const std::int64_t expected = format == SPC_COO ? data->size : compressed;
  if (described != expected)
    fail(SPC_E_VALUE, "{}: {} has {} entries, expected {}{}", op, first_word, first->size, expected,
         format == SPC_COO ? "" : " + 1");
  if (second->size != data->size)
    fail(SPC_E_VALUE, "{}: {} has {} entries, data has {}", op, second_word, second->size,
         data->size);
  if (std::max(rows, cols) > compressed::largest_length)
    fail(SPC_E_OVERFLOW, "{}: shape ({}, {}), lengths are at most {}", op, rows, cols,
         compressed::largest_length);
  // Kernels walk the three vectors with stride 1.
  if (!first->contiguous()) first = copy(*first);
  if (!second->contiguous()) second = copy(*second);
  if (!data->contiguous()) data = copy(*data);
  if (first->size > 0) {
    spc_params_sparse params = params_of(compressed, format == SPC_CSC ? rows : cols,
                                         format == SPC_COO ? SPC_COO : SPC_CSR);
    Ref<Array> ok = new_array(family, Dtype::boolean, {});
    Launch l(Op::sparse_check);
    l.in(*first);
    l.in(*second);
    l.in(*data);
    l.out(*ok);
    l.params(params);
    l.run(family, data->dtype, first->dtype);
    // Reports what a queued check found before the matrix is used.
    space_sync(family.memory());
  }
  return make<SparseArray>(format, rows, cols, std::move(first), std::move(second),
                           std::move(data));
}

bool allclose_sparse(SparseArray &a, SparseArray &b, double rtol, double atol) {
  if (a.rows != b.rows || a.cols != b.cols) return false;
  Family &family = common_family(a.family(), b.family(), "allclose_sparse");
  const Dtype dtype = join({a.dtype(), b.dtype()});
  const Dtype index = join({a.index_dtype(), b.index_dtype()});
  auto prepare = [&](SparseArray &s) {
    Ref<SparseArray> c = canonical(s);
    auto cast = [](const Ref<Array> &v, Dtype d) { return v->dtype == d ? v : astype(*v, d); };
    return make<SparseArray>(SPC_CSR, s.rows, s.cols, cast(c->first, index), cast(c->second, index),
                             cast(c->data, dtype));
  };
  Ref<SparseArray> x = prepare(a), y = prepare(b);
  if (a.rows == 0 || (x->nnz() == 0 && y->nnz() == 0)) return true;
  Ref<Array> out = new_array(family, Dtype::boolean, {});
  spc_params_close params = {};
  params.rtol = rtol;
  params.atol = atol;
  params.rows = a.rows;
  Launch l(Op::allclose_sparse);
  for (SparseArray *s : {x.get(), y.get()}) {
    l.in(*s->first);
    l.in(*s->second);
    l.in(*s->data);
  }
  l.out(*out);
  l.params(params);
  l.run(family, dtype, index);
  return read_scalar(*out).real() != 0;
}

}  // namespace ops
}  // namespace spc

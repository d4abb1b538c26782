// SPDX-License-Identifier: Apache-2.0
// Ops of the table on sparse operands: sums, products and what is computed entry by entry. Results
// are CSR, or CSC where the first sparse operand is. Entries of sums and products that come out as
// zero are dropped; what is computed entry by entry keeps its entries.
#include "core/ops/matrix.hpp"
#include "core/ops/rules.hpp"
#include "core/ops/sparse.hpp"
#include "core/support/error.hpp"

namespace spc {

namespace compressed {

bool by_columns(const SparseArray &s) noexcept {
  return s.format == SPC_CSC;
}

Ref<SparseArray> along(SparseArray &s, bool columns) {
  return columns ? relabel(*to_format(s, SPC_CSC), SPC_CSR) : ops::to_csr(s);
}

Ref<SparseArray> turned(const Ref<SparseArray> &csr, bool columns) {
  return columns ? relabel(*csr, SPC_CSC) : csr;
}

Ref<SparseArray> in_types(const Ref<SparseArray> &s, Family &family, Dtype dtype, Dtype index) {
  Ref<SparseArray> r = retag(s, family);
  if (r->dtype() == dtype && r->index_dtype() == index) return r;
  return make<SparseArray>(r->format, r->rows, r->cols, in_dtype(r->first, index),
                           in_dtype(r->second, index), in_dtype(r->data, dtype));
}

Ref<SparseArray> with_data(const SparseArray &s, Ref<Array> data) {
  if (!data->contiguous()) data = ops::copy(*data);
  return make<SparseArray>(s.format, s.rows, s.cols, s.first, s.second, std::move(data));
}

Ref<SparseArray> entries_where(SparseArray &coo, Array &condition) {
  OpArgs nonzero(Op::nonzero);
  nonzero.in[0] = &condition;
  nonzero.n_in = 1;
  const Ref<Value> found = dispatch(nonzero);
  Array &kept = static_cast<Array &>(*static_cast<Sequence &>(*found).items.front());
  if (kept.size == coo.nnz()) return Ref<SparseArray>::share(&coo);
  const auto taken = [&](Array &x) {
    OpArgs take(Op::take);
    take.in[0] = &x;
    take.in[1] = &kept;
    take.n_in = 2;
    take.n = 0;
    return dispatch_array(take);
  };
  return make<SparseArray>(SPC_COO, coo.rows, coo.cols, taken(*coo.first), taken(*coo.second),
                           taken(*coo.data));
}

Ref<SparseArray> converted(SparseArray &s, Dtype dtype) {
  if (s.dtype() == dtype) return with_data(s, ops::copy(*s.data));
  const Ref<SparseArray> m = summed(s);
  return to_format(*with_data(*m, ops::astype(*m->data, dtype)), s.format);
}

Ref<SparseArray> summed(SparseArray &s) {
  if (s.nnz() == 0) return Ref<SparseArray>::share(&s);
  if (s.format != SPC_COO) {
    const bool columns = by_columns(s);
    spc_params_sparse params =
        params_of(columns ? s.cols : s.rows, columns ? s.rows : s.cols, SPC_CSR);
    Ref<Array> verdict = new_array(s.family(), Dtype::boolean, {});
    Launch l(Op::csr_is_canonical);
    give_matrix(l, s);
    l.out(*verdict);
    l.params(params);
    l.run(s.family(), s.dtype(), s.index_dtype());
    if (read_scalar(*verdict).real() != 0) return Ref<SparseArray>::share(&s);
    if (columns) return turned(ops::canonical(*along(s, true)), true);
  }
  return ops::canonical(s);
}

void refuse_into(const OpArgs &args) {
  if (args.into != nullptr)
    fail(SPC_E_TYPE, "{}: the result is sparse, the output is a dense array", name(args.op));
}

Ref<SparseArray> without_zeros(const Ref<SparseArray> &csr, const char *op) {
  if (csr->nnz() == 0) return csr;
  Family &family = csr->family();
  spc_params_sparse params = params_of(csr->rows, csr->cols);
  std::int64_t kept = 0;
  Launch l(Op::sparse_eliminate_zeros, op);
  give_matrix(l, *csr);
  l.params(params);
  l.extent(family, csr->dtype(), csr->index_dtype(), &kept);
  if (kept == csr->nnz()) return csr;
  if (kept == 0) return empty_csr(family, csr->dtype(), csr->rows, csr->cols);
  Parts p = new_parts(family, csr->dtype(), csr->index_dtype(), csr->rows, kept);
  l.out(*p.indptr);
  l.out(*p.indices);
  l.out(*p.data);
  l.run_planned();
  return as_csr(csr->rows, csr->cols, std::move(p));
}

}  // namespace compressed

namespace {

using compressed::along, compressed::by_columns, compressed::empty_csr, compressed::give_matrix,
    compressed::in_types, compressed::is_sparse, compressed::sparse_at, compressed::shape_of,
    compressed::params_of, compressed::Parts, compressed::refuse_into, compressed::turned,
    compressed::with_data, compressed::without_zeros;

spc_params_sparse_pair pair_of(const SparseArray &a, const SparseArray &b) {
  spc_params_sparse_pair p = {};
  p.a_rows = a.rows;
  p.a_cols = a.cols;
  p.b_rows = b.rows;
  p.b_cols = b.cols;
  return p;
}

void require_same_shape(const char *op, const SparseArray &a, const SparseArray &b) {
  if (a.rows != b.rows || a.cols != b.cols)
    fail(SPC_E_VALUE, "{}: a has shape {}, b has shape {}; sparse operands do not broadcast", op,
         shape_of(a), shape_of(b));
}

// A result of two matrices of one orientation, made by a kernel of two phases. before[i] goes in
// front of matrix i where it is not nullptr.
Ref<SparseArray> of_two(const char *op, Op kernel, Family &family, Dtype dtype,
                        const Ref<SparseArray> &a, const Ref<SparseArray> &b, std::int64_t rows,
                        std::int64_t cols, const Operand *const (&before)[2]) {
  spc_params_sparse_pair params = pair_of(*a, *b);
  const Dims scalar{};
  Ref<SparseArray> x, y;
  return compressed::filled(op, kernel, family, dtype, join({a->index_dtype(), b->index_dtype()}),
                            rows, cols, [&](Launch &l, Dtype index) {
                              x = in_types(a, family, dtype, index);
                              y = in_types(b, family, dtype, index);
                              if (before[0] != nullptr) l.in(*before[0], scalar);
                              give_matrix(l, *x);
                              if (before[1] != nullptr) l.in(*before[1], scalar);
                              give_matrix(l, *y);
                              l.params(params);
                            });
}

// As along, with columns that ascend strictly.
Ref<SparseArray> canonical_along(SparseArray &s, bool columns) {
  return along(*compressed::summed(s), columns);
}

// alpha A + beta B.
Ref<Value> sum_of(const char *op, Family &family, Dtype dtype, const Operand &alpha, SparseArray &a,
                  const Operand &beta, SparseArray &b) {
  require_same_shape(op, a, b);
  const bool columns = by_columns(a);
  const Ref<SparseArray> x = canonical_along(a, columns), y = canonical_along(b, columns);
  if (x->nnz() == 0 && y->nnz() == 0)
    return turned(empty_csr(family, dtype, x->rows, x->cols), columns);
  const Ref<SparseArray> sum =
      of_two(op, Op::csr_add, family, dtype, x, y, x->rows, x->cols, {&alpha, &beta});
  return turned(without_zeros(sum, op), columns);
}

// Dense operands alone: sparse ones are written out.
Ref<Value> densified(const OpArgs &args) {
  OpArgs dense = args;
  Ref<Array> kept[4];
  for (int i = 0; i < args.n_in; ++i) {
    if (!is_sparse(args.in[i])) continue;
    kept[i] = ops::densify(sparse_at(args, i));
    dense.in[i] = kept[i].get();
  }
  return dispatch(dense);
}

bool is_number(const Value &v) noexcept {
  return v.kind() == ValueKind::scalar ||
         (v.kind() == ValueKind::array && static_cast<const Array &>(v).ndim() == 0);
}

Ref<Value> add_sparse(const OpArgs &args) {
  const char *op = name(args.op);
  Family &family = family_of(args.in, 2, op, args.into);
  const Dtype dtype = join_of(args.in, 2);
  if (!is_sparse(args.in[0]) || !is_sparse(args.in[1])) {
    for (const Value *v : {args.in[0], args.in[1]})
      if (is_number(*v))
        fail(SPC_E_NOTIMPL,
             "{}: a number added to a sparse array of shape {} would fill it; make it dense with "
             "asarray",
             op, shape_of(sparse_at(args, is_sparse(args.in[0]) ? 0 : 1)));
    return densified(args);
  }
  refuse_into(args);
  const bool minus = args.op == Op::subtract;
  if (minus && dtype == Dtype::boolean)
    fail(SPC_E_TYPE, "{}: not defined for dtype bool; use logical operations", op);
  // -1 modulo 2^8.
  const double second = !minus ? 1 : dtype == Dtype::uint8 ? 255 : -1;
  return sum_of(op, family, dtype, value_operand(1, dtype, 0), sparse_at(args, 0),
                value_operand(second, dtype, 0), sparse_at(args, 1));
}

Operand coefficient(Value *v, double absent, Dtype dtype, const char *what) {
  if (v == nullptr) return value_operand(absent, dtype, 0);
  if (v->kind() == ValueKind::scalar)
    return operand_of(static_cast<Scalar &>(*v), dtype, 0, "axpby");
  Array &a = as_dense(v, "axpby");
  if (a.ndim() != 0) fail(SPC_E_VALUE, "axpby: {} has shape {}, expected a scalar", what, a.shape);
  return value_of(a, dtype, 0);
}

Ref<Value> axpby_sparse(const OpArgs &args) {
  for (const int i : {0, 2})
    if (is_sparse(args.in[i])) as_dense(args.in[i], "axpby");
  if (!is_sparse(args.in[1]) || !is_sparse(args.in[3])) return densified(args);
  refuse_into(args);
  Family &family = family_of(args.in, 4, "axpby", nullptr, 0b101);
  const Dtype dtype = join_of(args.in, 4);
  return sum_of("axpby", family, dtype, coefficient(args.in[0], 1, dtype, "a"), sparse_at(args, 1),
                coefficient(args.in[2], 0, dtype, "b"), sparse_at(args, 3));
}

// The entries of s with op applied to them and the elements of x at their places.
Ref<Value> at_entries(const OpArgs &args, SparseArray &s, Array &x) {
  const char *op = name(args.op);
  require_strided(x, op);
  Family &family = family_of(args.in, 2, op);
  const Dims shape = shape_of(s);
  if (x.ndim() > 2 || broadcast_shapes(x.shape, shape, op) != shape)
    fail(SPC_E_VALUE, "{}: an array of shape {} does not broadcast to the sparse operand's {}", op,
         x.shape, shape);
  const Ref<SparseArray> c =
      retag(s.format == SPC_COO ? ops::to_csr(s) : Ref<SparseArray>::share(&s), family);
  Ref<Array> values = new_array(family, x.dtype, {c->nnz()});
  if (c->nnz() > 0) {
    Ref<Array> spread = ops::broadcast_to(x, shape);
    if (by_columns(*c)) spread = ops::transpose(*spread);
    spc_params_sparse params = params_of(spread->shape[0], spread->shape[1]);
    Launch l(Op::csr_sample, op);
    give_matrix(l, *c);
    l.in(*spread);
    l.out(*values);
    l.params(params);
    l.run(family, x.dtype, c->index_dtype());
  }
  return with_data(*c, ops::call(args.op, {c->data.get(), values.get()}));
}

Ref<Value> multiply_sparse(const OpArgs &args) {
  const char *op = name(args.op);
  const int at = is_sparse(args.in[0]) ? 0 : 1;
  SparseArray &s = sparse_at(args, at);
  Value &other = *args.in[1 - at];
  refuse_into(args);
  Family &family = family_of(args.in, 2, op);
  if (is_sparse(&other)) {
    SparseArray &b = sparse_at(args, 1);
    require_same_shape(op, s, b);
    const Dtype dtype = join_of(args.in, 2);
    const bool columns = by_columns(s);
    const Ref<SparseArray> x = canonical_along(s, columns), y = canonical_along(b, columns);
    if (x->nnz() == 0 || y->nnz() == 0)
      return turned(empty_csr(family, dtype, x->rows, x->cols), columns);
    const Ref<SparseArray> product =
        of_two(op, Op::csr_multiply, family, dtype, x, y, x->rows, x->cols, {nullptr, nullptr});
    return turned(without_zeros(product, op), columns);
  }
  if (is_number(other)) {
    const Ref<SparseArray> r = retag(Ref<SparseArray>::share(&s), family);
    return with_data(*r, at == 0 ? ops::call(args.op, {r->data.get(), &other})
                                 : ops::call(args.op, {&other, r->data.get()}));
  }
  return at_entries(args, s, as_dense(&other, op));
}

Ref<Value> divide_sparse(const OpArgs &args) {
  if (!is_sparse(args.in[0]) || is_sparse(args.in[1]))
    fail(SPC_E_NOTIMPL,
         "divide: by a sparse array of shape {}, whose absent entries are 0; make it dense with "
         "asarray",
         shape_of(sparse_at(args, 1)));
  return multiply_sparse(args);
}

Ref<SparseArray> product_of(const char *op, Family &family, Dtype dtype, SparseArray &a,
                            SparseArray &b) {
  if (a.cols != b.rows)
    fail(SPC_E_VALUE, "{}: a has shape {}, b has shape {}; inner lengths {} and {} differ", op,
         shape_of(a), shape_of(b), a.cols, b.rows);
  // By columns: (A B)^T = B^T A^T.
  const bool columns = by_columns(a);
  const Ref<SparseArray> x = along(columns ? b : a, columns), y = along(columns ? a : b, columns);
  if (x->nnz() == 0 || y->nnz() == 0)
    return turned(empty_csr(family, dtype, x->rows, y->cols), columns);
  const Ref<SparseArray> product =
      of_two(op, Op::csr_matmul, family, dtype, x, y, x->rows, y->cols, {nullptr, nullptr});
  return turned(without_zeros(product, op), columns);
}

// A dense a times sparse b: b^T a^T, transposed.
Ref<Value> dense_times_sparse(const OpArgs &args) {
  const char *op = name(args.op);
  Array &a = as_dense(args.in[0], op);
  SparseArray &b = sparse_at(args, 1);
  require_strided(a, op);
  Family &family = family_of(args.in, 2, op, args.into);
  if (a.ndim() != 1 && a.ndim() != 2)
    fail(SPC_E_VALUE, "{}: a has shape {}, expected one or two axes beside a sparse operand", op,
         a.shape);
  const std::int64_t inner = a.shape[a.ndim() - 1];
  if (inner != b.rows)
    fail(SPC_E_VALUE, "{}: a has shape {}, b has shape {}; inner lengths {} and {} differ", op,
         a.shape, shape_of(b), inner, b.rows);
  const Dtype dtype = join_of(args.in, 2);
  Dims shape = a.shape;
  shape[a.ndim() - 1] = b.cols;
  Ref<Array> out = result_array(family, dtype, shape, args.into, op);
  const Ref<SparseArray> matrix =
      in_types(ops::sparse_transpose(b), family, dtype, b.index_dtype());
  const Ref<Array> x = in_dtype(Ref<Array>::share(&a), dtype);
  ops::spmm_into(nullptr, *matrix, *ops::transpose(*x), nullptr, *ops::transpose(*out),
                 SPC_MODE_NONE);
  return out;
}

Ref<Value> matmul_sparse(const OpArgs &args) {
  const char *op = name(args.op);
  for (int i = 0; i < 2; ++i)
    if (args.in[i]->kind() == ValueKind::scalar)
      fail(SPC_E_VALUE, "{}: {} is a scalar; use multiply", op, i == 0 ? "a" : "b");
  check_options(args.n_in > 2 ? args.in[2] : nullptr, op);
  if (!is_sparse(args.in[0])) return dense_times_sparse(args);
  if (!is_sparse(args.in[1])) return rules::sparse_matmul(args);
  refuse_into(args);
  return product_of(op, family_of(args.in, 2, op), join_of(args.in, 2), sparse_at(args, 0),
                    sparse_at(args, 1));
}

std::int64_t checked_product(std::int64_t a, std::int64_t b, const char *what) {
  std::int64_t product;
  if (__builtin_mul_overflow(a, b, &product) || product > compressed::largest_length)
    fail(SPC_E_OVERFLOW, "kron: {} times {} {} are more than {}", a, b, what,
         compressed::largest_length);
  return product;
}

// An operand of kron as a sparse matrix: dense ones are extended by leading axes of length 1.
Ref<SparseArray> kron_factor(Value &v, Family &family) {
  if (is_sparse(&v)) return Ref<SparseArray>::share(&static_cast<SparseArray &>(v));
  Value *const operand = &v;
  Ref<Array> x = dense_operand(v, family, join_of(&operand, 1), "kron");
  if (x->ndim() > 2)
    fail(SPC_E_VALUE, "kron: an operand of shape {} beside a sparse one, expected at most two axes",
         x->shape);
  const std::int64_t rows = x->ndim() < 2 ? 1 : x->shape[0];
  x = ops::reshape(*x, {rows, x->ndim() == 0 ? 1 : x->shape[x->ndim() - 1]});
  OpArgs convert(Op::assparse);
  convert.in[0] = x.get();
  convert.n_in = 1;
  return Ref<SparseArray>::adopt(static_cast<SparseArray *>(dispatch(convert).leak()));
}

Ref<Value> kron_sparse(const OpArgs &args) {
  refuse_into(args);
  Family &family = family_of(args.in, 2, "kron");
  const Dtype dtype = join_of(args.in, 2);
  const Ref<SparseArray> a = kron_factor(*args.in[0], family), b = kron_factor(*args.in[1], family);
  const bool columns = by_columns(*a);
  const std::int64_t rows = checked_product(a->rows, b->rows, "rows"),
                     cols = checked_product(a->cols, b->cols, "columns");
  const Ref<SparseArray> x = along(*a, columns), y = along(*b, columns);
  const std::int64_t major = columns ? cols : rows, minor = columns ? rows : cols;
  const std::int64_t nnz = checked_product(x->nnz(), y->nnz(), "entries");
  if (nnz == 0) return turned(empty_csr(family, dtype, major, minor), columns);
  const Dtype index =
      join({a->index_dtype(), b->index_dtype(), ops::index_dtype_for(major, minor, nnz)});
  const Ref<SparseArray> p = in_types(x, family, dtype, index),
                         q = in_types(y, family, dtype, index);
  Parts out = compressed::new_parts(family, dtype, index, major, nnz);
  spc_params_sparse_pair params = pair_of(*p, *q);
  Launch l(Op::csr_kron, "kron");
  give_matrix(l, *p);
  give_matrix(l, *q);
  l.out(*out.indptr);
  l.out(*out.indices);
  l.out(*out.data);
  l.params(params);
  l.run(family, dtype, index);
  return turned(compressed::as_csr(major, minor, std::move(out)), columns);
}

// op of every entry; nonlinear ones need repeated entries added first.
Ref<Value> entrywise(const OpArgs &args, bool linear) {
  refuse_into(args);
  const Ref<SparseArray> s = linear ? Ref<SparseArray>::share(&sparse_at(args, 0))
                                    : compressed::summed(sparse_at(args, 0));
  return with_data(*s, ops::call(args.op, {s->data.get()}));
}

[[noreturn]] void fills(const OpArgs &args, const SparseArray &s, const std::string &what) {
  fail(SPC_E_NOTIMPL,
       "{}: on family {} the absent entries of a sparse array of shape {} would become {}; make it "
       "dense with asarray",
       name(args.op), s.family().name(), shape_of(s), what);
}

Ref<Value> power_sparse(const OpArgs &args) {
  if (!is_sparse(args.in[0])) fills(args, sparse_at(args, 1), "exponents 0");
  SparseArray &s = sparse_at(args, 0);
  if (args.in[1]->kind() != ValueKind::scalar)
    fills(args, s, fmt::format("0 to the powers of a {}", describe(args.in[1])));
  const Scalar &p = static_cast<const Scalar &>(*args.in[1]);
  if (p.weak_kind == SPC_WEAK_COMPLEX) fills(args, s, "0 to a complex power");
  if (!(p.number.real() > 0)) fills(args, s, fmt::format("0 to the power {}", p.number.real()));
  refuse_into(args);
  const Ref<SparseArray> m = compressed::summed(s);
  return with_data(*m, ops::call(Op::power, {m->data.get(), args.in[1]}));
}

Ref<Value> transpose_sparse(const OpArgs &args) {
  SparseArray &s = sparse_at(args, 0);
  if (args.n_axes >= 0) {
    if (args.n_axes != 2)
      fail(SPC_E_VALUE, "transpose: {} axes given for an array of dimension 2", args.n_axes);
    checked_axes(args.n_axes, args.axes, 2, "transpose");
    if (checked_axis(args.axes[0], 2, "transpose") == 0) return Ref<SparseArray>::share(&s);
  }
  return ops::sparse_transpose(s);
}

Ref<Value> adjoint_sparse(const OpArgs &args) {
  refuse_into(args);
  return ops::sparse_conj(*ops::sparse_transpose(sparse_at(args, 0)));
}

Ref<Value> eliminate_zeros(const OpArgs &args) {
  SparseArray &s = as_sparse(args.in[0], name(args.op));
  if (s.format != SPC_COO)
    return turned(without_zeros(along(s, by_columns(s)), name(args.op)), by_columns(s));
  return compressed::entries_where(s, *s.data);
}

Ref<Value> sum_duplicates(const OpArgs &args) {
  SparseArray &s = as_sparse(args.in[0], name(args.op));
  return compressed::to_format(*compressed::summed(s), s.format);
}

}  // namespace

namespace rules {

Ref<Value> sparse_operands(const OpArgs &args) {
  switch (args.op) {
    case Op::add:
    case Op::subtract:
      return add_sparse(args);
    case Op::axpby:
      return axpby_sparse(args);
    case Op::multiply:
      return multiply_sparse(args);
    case Op::divide:
      return divide_sparse(args);
    case Op::matmul:
    case Op::dot:
      return matmul_sparse(args);
    case Op::kron:
      return kron_sparse(args);
    case Op::negative:
    case Op::conj:
    case Op::real:
    case Op::imag:
      return entrywise(args, true);
    case Op::exp:
    case Op::cos:
      fills(args, sparse_at(args, 0), "1");
    case Op::log:
    case Op::log2:
      fills(args, sparse_at(args, 0), "-inf");
    case Op::isfinite:
      fills(args, sparse_at(args, 0), "true");
    case Op::power:
      return power_sparse(args);
    case Op::isnan:
    case Op::abs:
    case Op::sign:
    case Op::square:
    case Op::sqrt:
    case Op::sin:
      return entrywise(args, false);
    case Op::transpose:
      return transpose_sparse(args);
    case Op::adjoint:
      return adjoint_sparse(args);
    default:
      return sparse_parts(args);
  }
}

Ref<Value> sparse_cleanup(const OpArgs &args) {
  return args.op == Op::sparse_eliminate_zeros ? eliminate_zeros(args) : sum_duplicates(args);
}

}  // namespace rules

Ref<SparseArray> ops::sparse_product(SparseArray &a, SparseArray &b) {
  Value *const operands[2] = {&a, &b};
  return product_of("matmul", family_of(operands, 2, "matmul"), join_of(operands, 2), a, b);
}

}  // namespace spc

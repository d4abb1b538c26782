// SPDX-License-Identifier: Apache-2.0
// Every operation with every one of its allocations failing, one at a time and from one on: a clean
// out-of-memory status, nothing lost, and the same call succeeds afterwards.
#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <functional>
#include <map>
#include <new>
#include <set>

#include "tests/support/c_api.hpp"

namespace {

// ---- allocations of the calling thread, counted ---------------------------------------------------

struct Count {
  bool on = false;      // inside a call under test
  bool sticky = false;  // all from `fail_at` on fail, not that one alone
  int64_t seen = 0;
  int64_t fail_at = -1;
};
thread_local Count counting;
std::atomic<int64_t> live{0};  // objects of every thread

bool fails() {
  if (!counting.on) return false;
  const int64_t i = counting.seen++;
  return counting.fail_at >= 0 && (counting.sticky ? i >= counting.fail_at : i == counting.fail_at);
}

void *counted(std::size_t bytes, std::size_t align) {
  if (fails()) return nullptr;
  const std::size_t size = (std::max<std::size_t>(bytes, 1) + align - 1) / align * align;
  void *p = std::aligned_alloc(align, size);
  if (p != nullptr) live.fetch_add(1, std::memory_order_relaxed);
  return p;
}

void freed(void *p) {
  if (p == nullptr) return;
  live.fetch_sub(1, std::memory_order_relaxed);
  std::free(p);
}

void *counted_or_throw(std::size_t bytes, std::size_t align) {
  void *p = counted(bytes, align);
  if (p == nullptr) throw std::bad_alloc();
  return p;
}

constexpr std::size_t natural = alignof(std::max_align_t);
std::size_t of(std::align_val_t align) {
  return static_cast<std::size_t>(align);
}

}  // namespace

// The library and the plugins take these from the program.
void *operator new(std::size_t n) {
  return counted_or_throw(n, natural);
}
void *operator new[](std::size_t n) {
  return counted_or_throw(n, natural);
}
void *operator new(std::size_t n, std::align_val_t a) {
  return counted_or_throw(n, of(a));
}
void *operator new[](std::size_t n, std::align_val_t a) {
  return counted_or_throw(n, of(a));
}
void *operator new(std::size_t n, const std::nothrow_t &) noexcept {
  return counted(n, natural);
}
void *operator new[](std::size_t n, const std::nothrow_t &) noexcept {
  return counted(n, natural);
}
void *operator new(std::size_t n, std::align_val_t a, const std::nothrow_t &) noexcept {
  return counted(n, of(a));
}
void *operator new[](std::size_t n, std::align_val_t a, const std::nothrow_t &) noexcept {
  return counted(n, of(a));
}
void operator delete(void *p) noexcept {
  freed(p);
}
void operator delete[](void *p) noexcept {
  freed(p);
}
void operator delete(void *p, std::size_t) noexcept {
  freed(p);
}
void operator delete[](void *p, std::size_t) noexcept {
  freed(p);
}
void operator delete(void *p, std::align_val_t) noexcept {
  freed(p);
}
void operator delete[](void *p, std::align_val_t) noexcept {
  freed(p);
}
void operator delete(void *p, std::size_t, std::align_val_t) noexcept {
  freed(p);
}
void operator delete[](void *p, std::size_t, std::align_val_t) noexcept {
  freed(p);
}

namespace {

using namespace test;  // NOLINT(google-build-using-namespace)

// The library keeps released buffers for reuse, so they are not counted as live: each belongs to an
// object that is, and a build with a leak checker keeps none.
void *host_alloc(void *, uint64_t bytes, uint64_t align) {
  return fails() ? nullptr : std::aligned_alloc(align, (bytes + align - 1) / align * align);
}
void host_free(void *, void *data, uint64_t) {
  std::free(data);
}

// ---- one call an op --------------------------------------------------------------------------------

struct Results {
  spc_array items[3] = {};
  ~Results() {
    for (spc_array &item : items) spc_array_release(&item);
  }
};

using Call = std::function<spc_status(Results &)>;

using Rng = Handle<spc_rng, spc_rng_release>;

template <class F>
using Table = std::initializer_list<std::pair<const char *, F>>;

class AllocationFailure : public OnFamily {
 protected:
  void SetUp() override {
    OnFamily::SetUp();
    a = array<double>(ctx, {3, 3}, {4, 1, 0, 1, 3, 1, 0, 1, 2});
    f = array<float>(ctx, {3, 3}, {4, 1, 0, 1, 3, 1, 0, 1, 2});
    v = vector<double>(ctx, {3, 1, 2});
    i = vector<int64_t>(ctx, {2, 0, 1});
    pivots = vector<int64_t>(ctx, {0, 1, 2});
    m = vector<bool>(ctx, {true, false, true});
    z = vector<std::complex<double>>(ctx, {{1, 2}, {3, 4}, {5, 6}});
    zero = array<double>(ctx, {}, {0});
    three = array<double>(ctx, {}, {3});
    work = array<double>(ctx, {3, 3}, std::vector<double>(9, 1));
    sums = vector<double>(ctx, {0});
    check(spc_transpose(a, SPC_ALL_AXES, nullptr, turned.out()));
    check(spc_assparse(ctx, a, "csr", SPC_DTYPE_NONE, s.out()));
    check(spc_assparse(ctx, a, "csc", SPC_DTYPE_NONE, columns.out()));
    Space line;
    check(spc_space_dense(ctx, 1, three_long, nullptr, line.out()));
    check(spc_linop_sparse(s, line, line, definite.out()));
    const spc_value rows[] = {v, v};
    check(spc_value_list(2, rows, list.out()));
    check(spc_rng_create(7, rng.out()));
    pair[0] = a;
    pair[1] = f;
    for (spc_array &x : three_of) x = a;
    three_of[1] = f;
    add_calls();
  }

  void add(const char *op, Call call) { calls.emplace(op, std::move(call)); }
  void add_calls();

  // x -> sum of x
  static spc_status total(void *, int32_t, const spc_value *args, spc_value *result) {
    return spc_sum(args[0], SPC_ALL_AXES, nullptr, 0, SPC_DTYPE_NONE, result);
  }
  // (c, x) -> (c + x, c)
  static spc_status running(void *, int32_t, const spc_value *args, spc_value *result) {
    Array next;
    const spc_status status = spc_add(args[0], args[1], next.out());
    if (status != SPC_OK) return status;
    const spc_value both[] = {next, args[0]};
    return spc_value_tuple(2, both, result);
  }

  Array a, f, v, i, pivots, m, z, s, columns, zero, three, turned, work, sums, list;
  static constexpr int64_t three_long[] = {3};
  LinOp definite;
  Rng rng;
  spc_array pair[2] = {}, three_of[3] = {};
  std::multimap<std::string, Call> calls;
};

void AllocationFailure::add_calls() {
  static const int64_t shape[] = {3, 3}, axes[] = {1}, back[] = {0}, nine[] = {9};
  const auto one = [](spc_array(&items)[3]) { return &items[0]; };
  for (auto [op, fn] :
       Table<decltype(&spc_empty)>{{"empty", spc_empty}, {"zeros", spc_zeros}, {"ones", spc_ones}})
    add(op, [=, this](Results &r) { return fn(ctx, 2, shape, SPC_FLOAT32, one(r.items)); });
  for (auto [op, fn] :
       Table<decltype(&spc_inf)>{{"inf", spc_inf}, {"nan", spc_nan}, {"pi", spc_pi}, {"e", spc_e}})
    add(op, [=, this](Results &r) { return fn(ctx, one(r.items)); });
  add("full",
      [=, this](Results &r) { return spc_full(ctx, 2, shape, zero, SPC_INT32, one(r.items)); });
  add("eye", [=, this](Results &r) { return spc_eye(ctx, 3, 2, SPC_DTYPE_NONE, one(r.items)); });
  add("arange", [=, this](Results &r) {
    return spc_arange(ctx, zero, three, nullptr, SPC_DTYPE_NONE, one(r.items));
  });
  add("linspace",
      [=, this](Results &r) { return spc_linspace(ctx, zero, three, 5, one(r.items)); });
  add("asarray",
      [=, this](Results &r) { return spc_asarray(ctx, list, SPC_FLOAT32, one(r.items)); });
  add("asarray", [=, this](Results &r) { return spc_asarray(ctx, s, SPC_FLOAT32, one(r.items)); });
  for (const char *format : {"csr", "csc", "coo"})
    add("assparse",
        [=, this](Results &r) { return spc_assparse(ctx, a, format, SPC_FLOAT32, one(r.items)); });
  for (auto [op, fn] : Table<decltype(&spc_astype)>{{"astype", spc_astype},
                                                    {"cast", spc_cast},
                                                    {"zeros_like", spc_zeros_like},
                                                    {"ones_like", spc_ones_like}})
    add(op, [=, this](Results &r) { return fn(a, SPC_FLOAT32, one(r.items)); });
  add("full_like",
      [=, this](Results &r) { return spc_full_like(a, three, SPC_DTYPE_NONE, one(r.items)); });

  for (auto [op, fn] : Table<decltype(&spc_copy)>{
           {"copy", spc_copy},         {"ravel", spc_ravel},       {"adjoint", spc_adjoint},
           {"negative", spc_negative}, {"conj", spc_conj},         {"real", spc_real},
           {"imag", spc_imag},         {"abs", spc_abs},           {"sign", spc_sign},
           {"sqrt", spc_sqrt},         {"exp", spc_exp},           {"log", spc_log},
           {"log2", spc_log2},         {"sin", spc_sin},           {"cos", spc_cos},
           {"square", spc_square},     {"isfinite", spc_isfinite}, {"isnan", spc_isnan},
           {"trace", spc_trace},       {"inv", spc_inv},           {"expm", spc_expm},
           {"diag", spc_diag},         {"diagonal", spc_diagonal}, {"tril", spc_tril},
           {"triu", spc_triu},         {"nonzero", spc_nonzero}}) {
    add(op, [=, this](Results &r) { return fn(turned, one(r.items)); });
    // Views of complex vectors and casts of bools take other ways.
    if (std::set<std::string>{"real", "imag", "conj", "abs", "diag"}.count(op) != 0)
      add(op, [=, this](Results &r) { return fn(z, one(r.items)); });
    if (std::set<std::string>{"sqrt", "exp", "log", "square"}.count(op) != 0)
      add(op, [=, this](Results &r) { return fn(m, one(r.items)); });
  }
  for (auto [op, fn] : Table<decltype(&spc_add)>{{"add", spc_add},
                                                 {"subtract", spc_subtract},
                                                 {"multiply", spc_multiply},
                                                 {"divide", spc_divide},
                                                 {"power", spc_power},
                                                 {"maximum", spc_maximum},
                                                 {"minimum", spc_minimum},
                                                 {"equal", spc_equal},
                                                 {"not_equal", spc_not_equal},
                                                 {"less", spc_less},
                                                 {"less_equal", spc_less_equal},
                                                 {"greater", spc_greater},
                                                 {"greater_equal", spc_greater_equal},
                                                 {"vdot", spc_vdot},
                                                 {"dot", spc_dot},
                                                 {"kron", spc_kron},
                                                 {"outer", spc_outer}}) {
    // Operands of two dtypes, so that casts allocate, too.
    add(op, [=, this](Results &r) { return fn(turned, f, one(r.items)); });
    add(op, [=, this](Results &r) { return fn(a, a, one(r.items)); });
  }
  add("power", [=, this](Results &r) { return spc_power(i, i, one(r.items)); });
  for (spc_array x : {spc_array(v), spc_array(f)})
    add("sparse_matmul", [=, this](Results &r) { return spc_sparse_matmul(s, x, one(r.items)); });
  add("axpby", [=, this](Results &r) { return spc_axpby(three, a, nullptr, f, one(r.items)); });
  // Sparse operands of one format and of two.
  for (auto [op, fn] : Table<decltype(&spc_add)>{{"add", spc_add},
                                                 {"subtract", spc_subtract},
                                                 {"multiply", spc_multiply},
                                                 {"dot", spc_dot},
                                                 {"kron", spc_kron}}) {
    add(op, [=, this](Results &r) { return fn(s, columns, one(r.items)); });
    add(op, [=, this](Results &r) { return fn(s, a, one(r.items)); });
  }
  for (auto [op, fn] :
       Table<decltype(&spc_abs)>{{"abs", spc_abs},
                                 {"trace", spc_trace},
                                 {"sparse_eliminate_zeros", spc_sparse_eliminate_zeros},
                                 {"sparse_sum_duplicates", spc_sparse_sum_duplicates}})
    add(op, [=, this](Results &r) { return fn(columns, one(r.items)); });
  add("matmul", [=, this](Results &r) { return spc_matmul(a, s, nullptr, one(r.items)); });
  add("axpby", [=, this](Results &r) { return spc_axpby(three, s, nullptr, s, one(r.items)); });
  add("getitem", [=, this](Results &r) {
    const spc_index both[] = {slice(0, 2), slice(1, 3)};
    return spc_getitem(s, 2, both, one(r.items));
  });
  add("take", [=, this](Results &r) { return spc_take(columns, i, 0, one(r.items)); });
  add("sum",
      [=, this](Results &r) { return spc_sum(s, 1, axes, 0, SPC_DTYPE_NONE, one(r.items)); });
  add("norm", [=, this](Results &r) {
    return spc_norm(s, SPC_ORD_P, 1, SPC_ALL_AXES, nullptr, 0, one(r.items));
  });
  add("isclose", [=, this](Results &r) { return spc_isclose(a, f, 1e-5, 1e-8, one(r.items)); });
  add("where", [=, this](Results &r) { return spc_where(i, a, f, one(r.items)); });
  add("clip", [=, this](Results &r) { return spc_clip(a, zero, f, one(r.items)); });
  add("clip", [=, this](Results &r) { return spc_clip(a, nullptr, f, one(r.items)); });
  add("allclose", [=, this](Results &) {
    int32_t verdict = 0;
    return spc_allclose(a, f, 1e-5, 1e-8, 0, &verdict);
  });
  add("allclose_sparse", [=, this](Results &) {
    int32_t verdict = 0;
    return spc_allclose_sparse(s, columns, 1e-5, 1e-8, &verdict);
  });

  add("reshape", [=, this](Results &r) { return spc_reshape(turned, 1, nine, one(r.items)); });
  add("broadcast_to",
      [=, this](Results &r) { return spc_broadcast_to(v, 2, shape, one(r.items)); });
  for (auto [op, fn] :
       Table<decltype(&spc_transpose)>{{"transpose", spc_transpose}, {"squeeze", spc_squeeze}})
    add(op, [=, this](Results &r) { return fn(a, SPC_ALL_AXES, nullptr, one(r.items)); });
  add("expand_dims", [=, this](Results &r) { return spc_expand_dims(a, 1, axes, one(r.items)); });
  add("swapaxes", [=, this](Results &r) { return spc_swapaxes(a, 0, 1, one(r.items)); });
  add("moveaxis",
      [=, this](Results &r) { return spc_moveaxis(a, 1, axes, 1, back, one(r.items)); });
  add("stack", [=, this](Results &r) { return spc_stack(2, pair, 0, one(r.items)); });
  add("concatenate", [=, this](Results &r) {
    return spc_concatenate(2, pair, SPC_NONE_I64, SPC_DTYPE_NONE, one(r.items));
  });
  for (auto [op, fn] : Table<decltype(&spc_hstack)>{{"hstack", spc_hstack},
                                                    {"vstack", spc_vstack},
                                                    {"dstack", spc_dstack},
                                                    {"column_stack", spc_column_stack}})
    add(op, [=, this](Results &r) { return fn(2, pair, one(r.items)); });
  add("ix_", [=, this](Results &r) {
    const spc_array both[] = {i, m};
    return spc_ix_(2, both, one(r.items));
  });
  add("getitem", [=, this](Results &r) {
    const spc_index index[] = {pick(i), pick(m)};
    return spc_getitem(a, 1, index, one(r.items));
  });
  add("getitem", [=, this](Results &r) {
    const spc_index index[] = {pick(m), all()};
    return spc_getitem(a, 2, index, one(r.items));
  });
  add("take", [=, this](Results &r) { return spc_take(a, i, 1, one(r.items)); });
  for (auto [op, fn] :
       Table<decltype(&spc_index_set)>{{"index_set", spc_index_set}, {"index_add", spc_index_add}})
    for (int32_t copy : {1, 0}) {
      add(op, [=, this](Results &r) {
        const spc_index index[] = {pick(i)};
        return fn(work, 1, index, f, copy, one(r.items));
      });
      add(op, [=, this](Results &r) {
        const spc_index index[] = {all()};
        return fn(work, 1, index, f, copy, one(r.items));
      });
    }

  for (auto [op, fn] :
       Table<decltype(&spc_min)>{{"min", spc_min}, {"max", spc_max}, {"mean", spc_mean}})
    add(op, [=, this](Results &r) { return fn(a, 1, axes, 0, one(r.items)); });
  for (auto [op, fn] : Table<decltype(&spc_sum)>{{"sum", spc_sum}, {"prod", spc_prod}})
    for (int32_t dtype : {int32_t{SPC_DTYPE_NONE}, int32_t{SPC_FLOAT64}})
      add(op, [=, this](Results &r) { return fn(f, 1, axes, 1, dtype, one(r.items)); });
  add("logsumexp",
      [=, this](Results &r) { return spc_logsumexp(a, f, 1, axes, 0, &r.items[0], &r.items[1]); });
  for (auto [op, fn] : Table<decltype(&spc_argmin)>{{"argmin", spc_argmin}, {"argmax", spc_argmax}})
    add(op, [=, this](Results &r) { return fn(turned, SPC_NONE_I64, 0, one(r.items)); });
  for (auto [op, fn] : Table<decltype(&spc_sort)>{{"sort", spc_sort}, {"argsort", spc_argsort}})
    add(op, [=, this](Results &r) { return fn(a, 0, one(r.items)); });
  add("bincount", [=, this](Results &r) { return spc_bincount(i, 5, one(r.items)); });

  for (int32_t order : {SPC_ORD_DEFAULT, SPC_ORD_NUC, SPC_ORD_P})
    add("norm", [=, this](Results &r) {
      return spc_norm(a, order, 1, SPC_ALL_AXES, nullptr, 0, one(r.items));
    });
  for (auto [op, fn] : Table<decltype(&spc_matmul)>{{"matmul", spc_matmul}, {"solve", spc_solve}})
    add(op, [=, this](Results &r) { return fn(turned, f, nullptr, one(r.items)); });
  for (auto [op, fn] :
       Table<decltype(&spc_eigvalsh)>{{"eigvalsh", spc_eigvalsh}, {"cholesky", spc_cholesky}})
    add(op, [=, this](Results &r) { return fn(turned, nullptr, one(r.items)); });
  add("program_run", [=, this](Results &) {
    const spc_instruction program[] = {{SPC_PROGRAM_AXPY, 1, 0, 1, 0, 0, 0, 0},
                                       {SPC_PROGRAM_DOT, 0, 0, 1, 0, 0, 0, 0}};
    const spc_array vectors[] = {turned, work}, scalars[] = {three};
    return spc_program_run(2, program, 2, vectors, 1, scalars, sums);
  });
  add("eigh",
      [=, this](Results &r) { return spc_eigh(turned, nullptr, &r.items[0], &r.items[1]); });
  add("eig", [=, this](Results &r) { return spc_eig(turned, &r.items[0], &r.items[1]); });
  for (auto [op, fn] : Table<decltype(&spc_lu)>{{"lu", spc_lu}, {"ldl", spc_ldl}})
    add(op, [=, this](Results &r) { return fn(turned, &r.items[0], &r.items[1]); });
  for (auto [op, fn] :
       Table<decltype(&spc_lu_solve)>{{"lu_solve", spc_lu_solve}, {"ldl_solve", spc_ldl_solve}})
    add(op,
        [=, this](Results &r) { return fn(turned, pivots, f, SPC_MODE_TRANSPOSE, one(r.items)); });
  add("solve_triangular", [=, this](Results &r) {
    return spc_solve_triangular(turned, f, SPC_MODE_CONJ_TRANS, 1, 0, one(r.items));
  });
  for (int32_t full : {0, 1})
    add("svd", [=, this](Results &r) {
      return spc_svd(turned, full, nullptr, &r.items[0], &r.items[1], &r.items[2]);
    });
  // Where a queue has to be told that factors are released, that may fail and lose them.
  if (host_accessible(GetParam())) {
    for (auto [op, method] : Table<int32_t>{{"sparse_cholesky", SPC_FACTOR_CHOLESKY},
                                            {"sparse_ldl", SPC_FACTOR_LDL},
                                            {"sparse_lu", SPC_FACTOR_LU},
                                            {"sparse_qr", SPC_FACTOR_QR},
                                            {"linop_factorize", SPC_FACTOR_AUTO}})
      add(op, [=, this](Results &r) {
        spc_factor_options options = {};
        options.struct_size = sizeof options;
        check(spc_factor_options_init(&options));
        options.method = method;
        LinOp inverse, again;
        spc_status status = spc_linop_factorize(definite, &options, inverse.out());
        if (status == SPC_OK) status = spc_linop_refactorize(inverse, definite, again.out());
        double condition = 0;
        if (status == SPC_OK) status = spc_linop_condition_estimate(again, &condition);
        if (status == SPC_OK) status = spc_linop_apply(again, v, one(r.items));
        return status;
      });
    for (const char *method : {"ic0", "ilu0"})
      add(method, [=, this](Results &r) {
        LinOp inverse;
        const spc_status status = spc_linop_incomplete(definite, method, inverse.out());
        return status == SPC_OK ? spc_linop_apply(inverse, v, one(r.items)) : status;
      });
  }
  add("tensordot",
      [=, this](Results &r) { return spc_tensordot(turned, f, 1, axes, 1, axes, one(r.items)); });
  for (const char *subscripts : {"ij,jk,kl->il", "ii,ij,ji"})
    add("einsum",
        [=, this](Results &r) { return spc_einsum(subscripts, 3, three_of, one(r.items)); });

  add("rng_normal", [=, this](Results &r) {
    return spc_rng_normal(rng, ctx, 2, shape, SPC_FLOAT64, one(r.items));
  });
  add("rng_choice",
      [=, this](Results &r) { return spc_rng_choice(rng, ctx, 3, 4, nullptr, one(r.items)); });
  add("vmap", [=, this](Results &r) {
    const spc_value args[] = {a};
    return spc_vmap(total, nullptr, 1, args, nullptr, nullptr, one(r.items));
  });
  add("scan", [=, this](Results &r) {
    return spc_scan(running, nullptr, zero, v, SPC_NONE_I64, 0, &r.items[0], &r.items[1]);
  });
  add("value_and_grad", [=, this](Results &r) {
    const spc_value args[] = {v};
    return spc_value_and_grad(total, nullptr, 1, args, 0, nullptr, &r.items[0], &r.items[1]);
  });
}

// A call that runs out of memory leaves as many blocks behind as it found.
TEST_P(AllocationFailure, IsAStatusAndLosesNothing) {
  for (const auto &[op, call] : calls) {
    SCOPED_TRACE(op);
    for (int warm_up = 0; warm_up < 2; ++warm_up) {
      Results r;
      ASSERT_EQ(call(r), SPC_OK) << last_error();
    }
    for (bool sticky : {false, true}) {
      for (int64_t k = 0;; ++k) {
        ASSERT_LT(k, 2000) << "never succeeds";
        // Buffers that are kept for reuse belong to the allocator that made them.
        check(spc_set_allocator(host_alloc, host_free, nullptr));
        check(spc_sync());
        const int64_t before = live.load();
        spc_status status = SPC_OK;
        bool failed = false;
        {
          Results r;
          counting = {true, sticky, 0, k};
          status = call(r);
          counting.on = false;
          failed = counting.seen > k;
          if (status != SPC_OK) {
            for (spc_array item : r.items) EXPECT_EQ(item, nullptr);
          }
        }
        if (status != SPC_OK) {
          // What fails inside a callback is the callback's error.
          spc_error_info error = {};
          error.struct_size = sizeof error;
          check(spc_last_error(&error));
          EXPECT_TRUE(status == SPC_E_MEMORY ||
                      (status == SPC_E_CALLBACK && error.native == SPC_E_MEMORY))
              << "allocation " << k << ": " << error.kind << " " << error.message;
          spc_clear_error();
        }
        // What was queued may have failed for want of memory, too.
        const spc_status queued = spc_sync();
        EXPECT_TRUE(queued == SPC_OK || queued == SPC_E_MEMORY) << last_error();
        if (status != SPC_OK) {
          EXPECT_LE(live.load(), before)
              << "allocation " << k << (sticky ? " and all later ones" : "");
        }
        if (!failed) break;
      }
    }
    Results again;
    EXPECT_EQ(call(again), SPC_OK) << last_error();
  }
}

// A new row of the op table needs a call here.
TEST_P(AllocationFailure, CoversEveryOp) {
  int64_t n = 0;
  check(spc_op_count(&n));
  for (int64_t k = 0; k < n; ++k) {
    spc_op_info info = {};
    info.struct_size = sizeof info;
    check(spc_op_describe(k, &info));
    if (std::string(info.signature) == "KERNEL") continue;
    EXPECT_GT(calls.count(info.name), 0U) << info.name;
  }
}

SPC_ON_EVERY_FAMILY(AllocationFailure);

}  // namespace

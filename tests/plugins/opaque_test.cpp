// SPDX-License-Identifier: Apache-2.0
// Arrays that are handles: what they can, what they refuse, and when they are destroyed.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <cmath>
#include <complex>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "spacecore/spacecore.h"

#include "tests/plugins/support.hpp"

namespace {

using namespace spc::test;

class Opaque : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    ASSERT_EQ(spc_load_plugin(test_plugin("opaque").c_str()), SPC_OK) << last_error();
  }
  void SetUp() override {
    ASSERT_EQ(spc_context_create("opaque", SPC_FLOAT64, SPC_CHECK_STANDARD, ctx_.out()), SPC_OK)
        << last_error();
    collected();  // what earlier tests left
  }

  Array make(const std::vector<double> &values, const std::vector<std::int64_t> &shape = {}) {
    const std::int64_t flat[] = {static_cast<std::int64_t>(values.size())};
    Array a;
    EXPECT_EQ(spc_array_from_host(ctx_, SPC_FLOAT64,
                                  shape.empty() ? 1 : static_cast<std::int32_t>(shape.size()),
                                  shape.empty() ? flat : shape.data(), values.data(), a.out()),
              SPC_OK)
        << last_error();
    return a;
  }

  static std::vector<double> to_host(spc_array a) {
    std::int64_t n = 0;
    EXPECT_EQ(spc_array_size(a, &n), SPC_OK);
    std::vector<double> values(static_cast<std::size_t>(n));
    EXPECT_EQ(spc_array_to_host(a, values.data(), 8 * n), SPC_OK) << last_error();
    return values;
  }
  static double scalar(spc_array a) {
    std::int32_t ndim = -1;
    EXPECT_EQ(spc_array_ndim(a, &ndim), SPC_OK);
    EXPECT_EQ(ndim, 0);
    return to_host(a).at(0);
  }

  static std::int64_t collected() {
    std::int64_t n = -1;
    EXPECT_EQ(spc_collect(&n), SPC_OK) << last_error();
    return n;
  }

  Context ctx_;
};

TEST_F(Opaque, KeepsGlobalShapeAndRowMajorValues) {
  const std::vector<double> values = {1, 2, 3, 4, 5, 6};
  const Array a = make(values, {2, 3});
  std::int64_t shape[2] = {};
  ASSERT_EQ(spc_array_shape(a, shape, 2), SPC_OK);
  EXPECT_EQ(shape[0], 2);
  EXPECT_EQ(shape[1], 3);
  EXPECT_EQ(to_host(a), values);
}

TEST_F(Opaque, VectorProfile) {
  const Array x = make({1, 2, 3, 4}), y = make({10, 20, 30, 40});
  Array two, three, z;
  ASSERT_EQ(spc_weak_f64(2, two.out()), SPC_OK);
  ASSERT_EQ(spc_weak_f64(3, three.out()), SPC_OK);
  ASSERT_EQ(spc_axpby(two, x, three, y, z.out()), SPC_OK) << last_error();
  EXPECT_EQ(to_host(z), (std::vector<double>{32, 64, 96, 128}));
  ASSERT_EQ(spc_multiply(x, y, z.out()), SPC_OK) << last_error();
  EXPECT_EQ(to_host(z), (std::vector<double>{10, 40, 90, 160}));
  ASSERT_EQ(spc_copy(x, z.out()), SPC_OK) << last_error();
  EXPECT_EQ(to_host(z), (std::vector<double>{1, 2, 3, 4}));
  ASSERT_EQ(spc_axpby_into(two, x, three, z, z), SPC_OK) << last_error();
  EXPECT_EQ(to_host(z), (std::vector<double>{5, 10, 15, 20}));
  // b = 0: what y holds is not read.
  const Array nans = make(std::vector<double>(4, std::numeric_limits<double>::quiet_NaN()));
  ASSERT_EQ(spc_axpby_into(two, x, nullptr, nans, nans), SPC_OK) << last_error();
  EXPECT_EQ(to_host(nans), (std::vector<double>{2, 4, 6, 8}));
}

TEST_F(Opaque, ScalarResultsAreHostArraysAndOperandsAgain) {
  const Array x = make({3, 0, 4}), y = make({1, 5, 2});
  Array dot, norm, z;
  ASSERT_EQ(spc_vdot(x, y, dot.out()), SPC_OK) << last_error();
  EXPECT_EQ(scalar(dot), 11);
  const char *space = nullptr;
  ASSERT_EQ(spc_array_memory_space(dot, &space), SPC_OK);
  EXPECT_STREQ(space, "host");
  ASSERT_EQ(spc_axpby(dot, x, nullptr, y, z.out()), SPC_OK) << last_error();
  EXPECT_EQ(to_host(z), (std::vector<double>{33, 0, 44}));
  const double infinity = std::numeric_limits<double>::infinity();
  const struct {
    double p, expected;
  } cases[] = {{2, 5}, {1, 7}, {0, 2}, {infinity, 4}, {-infinity, 0}};
  for (const auto &c : cases) {
    ASSERT_EQ(spc_norm(x, SPC_ORD_P, c.p, SPC_ALL_AXES, nullptr, 0, norm.out()), SPC_OK)
        << last_error();
    EXPECT_DOUBLE_EQ(scalar(norm), c.expected) << "p = " << c.p;
  }
}

TEST_F(Opaque, OneElementAndNone) {
  const Array one = make({2}), none = make({}, {0});
  Array dot;
  ASSERT_EQ(spc_vdot(one, one, dot.out()), SPC_OK) << last_error();
  EXPECT_EQ(scalar(dot), 4);
  ASSERT_EQ(spc_vdot(none, none, dot.out()), SPC_OK) << last_error();
  EXPECT_EQ(scalar(dot), 0);
  EXPECT_TRUE(to_host(none).empty());
}

// A call with its op: refused, with a text that begins with the op and names the family.
struct Refused {
  const char *op;
  spc_status status;
  std::string text;
};

Refused refused(const char *op, spc_status status) {
  return {op, status, last_error()};
}

TEST_F(Opaque, ViewsAndSlicesAreRefused) {
  const Array x = make({1, 2, 3, 4}, {2, 2});
  Array y;
  const std::int64_t flat[] = {4}, axes[] = {1, 0}, one[] = {0}, three[] = {3, 2, 2};
  spc_index slice{}, integer{}, ellipsis{}, axis{};
  slice.kind = SPC_INDEX_SLICE;
  slice.start = 1;
  slice.stop = slice.step = SPC_NONE_I64;
  integer.kind = SPC_INDEX_INT;
  ellipsis.kind = SPC_INDEX_ELLIPSIS;
  axis.kind = SPC_INDEX_NEWAXIS;
  const Refused all[] = {
      refused("reshape", spc_reshape(x, 1, flat, y.out())),
      refused("ravel", spc_ravel(x, y.out())),
      refused("transpose", spc_transpose(x, SPC_ALL_AXES, nullptr, y.out())),
      refused("transpose", spc_transpose(x, 2, axes, y.out())),
      refused("swapaxes", spc_swapaxes(x, 0, 1, y.out())),
      refused("moveaxis", spc_moveaxis(x, 1, axes, 1, one, y.out())),
      refused("broadcast_to", spc_broadcast_to(x, 3, three, y.out())),
      refused("expand_dims", spc_expand_dims(x, 1, one, y.out())),
      refused("squeeze", spc_squeeze(x, SPC_ALL_AXES, nullptr, y.out())),
      refused("diagonal", spc_diagonal(x, y.out())),
      refused("getitem", spc_getitem(x, 1, &slice, y.out())),
      refused("getitem", spc_getitem(x, 1, &integer, y.out())),
      refused("getitem", spc_getitem(x, 1, &ellipsis, y.out())),
      refused("getitem", spc_getitem(x, 1, &axis, y.out())),
  };
  for (const Refused &r : all) {
    EXPECT_EQ(r.status, SPC_E_NOTIMPL) << r.op;
    EXPECT_EQ(r.text,
              std::string(r.op) +
                  ": arrays of family opaque are opaque; only vector operations are offered");
  }
  EXPECT_EQ(y, nullptr);
  void *data = nullptr;
  EXPECT_EQ(spc_array_data(x, &data), SPC_E_TYPE);
  std::int64_t stride = 0;
  EXPECT_EQ(spc_array_strides(x, &stride, 1), SPC_E_TYPE);
}

TEST_F(Opaque, WhatNeedsElementsIsRefused) {
  const Array x = make({4, 1, 1, 3}, {2, 2});
  Array y, z, zero, index;
  ASSERT_EQ(spc_weak_i64(0, zero.out()), SPC_OK);
  Context host;
  ASSERT_EQ(spc_context_create("reference", SPC_FLOAT64, SPC_CHECK_STANDARD, host.out()), SPC_OK);
  const std::int64_t one[] = {1}, first = 0;
  ASSERT_EQ(spc_array_from_host(host, SPC_INT64, 1, one, &first, index.out()), SPC_OK);
  spc_index item{};
  item.kind = SPC_INDEX_INT;
  const spc_array both[] = {x, x};
  std::int32_t verdict = -1;
  const std::int32_t f32 = SPC_FLOAT32;
  const Refused all[] = {
      refused("astype", spc_astype(x, f32, y.out())),
      refused("sqrt", spc_sqrt(x, y.out())),
      refused("real", spc_real(x, y.out())),
      refused("divide", spc_divide(x, x, y.out())),
      refused("sum", spc_sum(x, SPC_ALL_AXES, nullptr, 0, SPC_DTYPE_NONE, y.out())),
      refused("mean", spc_mean(x, SPC_ALL_AXES, nullptr, 0, y.out())),
      refused("max", spc_max(x, SPC_ALL_AXES, nullptr, 0, y.out())),
      refused("prod", spc_prod(x, SPC_ALL_AXES, nullptr, 0, SPC_DTYPE_NONE, y.out())),
      refused("trace", spc_trace(x, y.out())),
      refused("logsumexp", spc_logsumexp(x, nullptr, SPC_ALL_AXES, nullptr, 0, y.out(), nullptr)),
      refused("sort", spc_sort(x, 0, y.out())),
      refused("argsort", spc_argsort(x, 0, y.out())),
      refused("argmin", spc_argmin(x, SPC_NONE_I64, 0, y.out())),
      refused("nonzero", spc_nonzero(x, y.out())),
      refused("take", spc_take(x, zero, 0, y.out())),
      refused("index_set", spc_index_set(x, 1, &item, zero, 1, y.out())),
      refused("index_add", spc_index_add(x, 1, &item, zero, 1, y.out())),
      refused("matmul", spc_matmul(x, x, nullptr, y.out())),
      refused("dot", spc_dot(x, x, y.out())),
      refused("kron", spc_kron(x, x, y.out())),
      refused("outer", spc_outer(x, x, y.out())),
      refused("tensordot", spc_tensordot(x, x, 1, nullptr, 1, nullptr, y.out())),
      refused("einsum", spc_einsum("ij,jk", 2, both, y.out())),
      refused("solve", spc_solve(x, x, nullptr, y.out())),
      refused("inv", spc_inv(x, y.out())),
      refused("eigh", spc_eigh(x, nullptr, y.out(), z.out())),
      refused("eigvalsh", spc_eigvalsh(x, nullptr, y.out())),
      refused("eig", spc_eig(x, y.out(), z.out())),
      refused("svd", spc_svd(x, 0, nullptr, nullptr, y.out(), nullptr)),
      refused("cholesky", spc_cholesky(x, nullptr, y.out())),
      refused("expm", spc_expm(x, y.out())),
      refused("diag", spc_diag(x, y.out())),
      refused("tril", spc_tril(x, y.out())),
      refused("assparse", spc_assparse(ctx_, x, "csr", SPC_DTYPE_NONE, y.out())),
      refused("allclose", spc_allclose(x, x, 0, 0, 0, &verdict)),
  };
  for (const Refused &r : all) {
    EXPECT_EQ(r.status, SPC_E_NOTIMPL) << r.op << ": " << r.text;
    EXPECT_EQ(r.text.find(std::string(r.op) + ": "), 0u) << r.op << " begins no text: " << r.text;
    EXPECT_NE(r.text.find("opaque"), std::string::npos) << r.text;
  }
  EXPECT_EQ(y, nullptr);
  EXPECT_EQ(z, nullptr);
  EXPECT_EQ(verdict, -1);
  EXPECT_EQ(to_host(x), (std::vector<double>{4, 1, 1, 3}));
}

TEST_F(Opaque, TheLocalPartIsAViewOfTheHost) {
  Array here;
  {
    const Array x = make({1, 2, 3, 4}, {2, 2});
    ASSERT_EQ(spc_array_local_view(x, here.out()), SPC_OK) << last_error();
    // Both ranks are this process.
    EXPECT_EQ(to_host(here), (std::vector<double>{1, 2, 3, 4}));
    std::int32_t ndim = -1;
    ASSERT_EQ(spc_array_ndim(here, &ndim), SPC_OK);
    EXPECT_EQ(ndim, 1);
    const char *space = nullptr, *family = nullptr;
    ASSERT_EQ(spc_array_memory_space(here, &space), SPC_OK);
    EXPECT_STREQ(space, "host");
    ASSERT_EQ(spc_array_family(here, &family), SPC_OK);
    Context usual;
    const char *expected = nullptr;
    ASSERT_EQ(spc_context_default(usual.out()), SPC_OK);
    ASSERT_EQ(spc_context_family(usual, &expected), SPC_OK);
    EXPECT_STREQ(family, expected);
    // Ops of the host run on it, in place too.
    ASSERT_EQ(spc_negative_into(here, here), SPC_OK) << last_error();
    ASSERT_EQ(spc_array_touch(x), SPC_OK) << last_error();
    EXPECT_EQ(to_host(x), (std::vector<double>{-1, -2, -3, -4}));
  }
  EXPECT_EQ(collected(), 0);  // the view keeps the vector
  EXPECT_EQ(to_host(here), (std::vector<double>{-1, -2, -3, -4}));
  here = Array();
  EXPECT_EQ(collected(), 1);
}

TEST_F(Opaque, TheLocalPartOfNothingAndOfStridedArrays) {
  Array here;
  ASSERT_EQ(spc_array_local_view(make({}, {3, 0}), here.out()), SPC_OK) << last_error();
  EXPECT_TRUE(to_host(here).empty());
  Context host;
  ASSERT_EQ(spc_context_create("reference", SPC_FLOAT64, SPC_CHECK_STANDARD, host.out()), SPC_OK);
  const std::int64_t shape[] = {2};
  const double values[] = {1, 2};
  Array x, weak;
  ASSERT_EQ(spc_array_from_host(host, SPC_FLOAT64, 1, shape, values, x.out()), SPC_OK);
  ASSERT_EQ(spc_array_local_view(x, here.out()), SPC_OK) << last_error();
  std::int32_t shared = 0;
  ASSERT_EQ(spc_array_is_view_of(here, x, &shared), SPC_OK);
  EXPECT_EQ(shared, 1);
  ASSERT_EQ(spc_weak_f64(1, weak.out()), SPC_OK);
  Array none;
  EXPECT_EQ(spc_array_local_view(weak, none.out()), SPC_E_TYPE);
  EXPECT_NE(last_error().find("array_local_view: expected a dense array, got scalar"),
            std::string::npos)
      << last_error();
  EXPECT_EQ(none, nullptr);
}

// Elements of a space are made like its prototype, whatever the family's default layout.
TEST_F(Opaque, SpacesKeepTheLayout) {
  ASSERT_EQ(setenv("SPACECORE_OPAQUE_SPLIT", "1", 1), 0);
  const Array prototype = make({1, 2, 3, 4}, {2, 2});
  ASSERT_EQ(unsetenv("SPACECORE_OPAQUE_SPLIT"), 0);
  const Array other = make({1, 2, 3, 4}, {2, 2});
  Array y, three;
  EXPECT_EQ(spc_multiply(prototype, other, y.out()), SPC_E_VALUE);
  EXPECT_EQ(last_error(), "multiply: vectors differ in layout");
  EXPECT_EQ(spc_vdot(prototype, other, y.out()), SPC_E_VALUE);

  Space space;
  ASSERT_EQ(spc_space_like(ctx_, prototype, nullptr, space.out()), SPC_OK) << last_error();
  Array zero, sum;
  ASSERT_EQ(spc_weak_f64(3, three.out()), SPC_OK);
  ASSERT_EQ(spc_space_zeros(space, zero.out()), SPC_OK) << last_error();
  ASSERT_EQ(spc_space_axpy(space, three, prototype, zero, y.out()), SPC_OK) << last_error();
  ASSERT_EQ(spc_space_add(space, y, prototype, sum.out()), SPC_OK) << last_error();
  EXPECT_EQ(to_host(sum), (std::vector<double>{4, 8, 12, 16}));
  Array like;
  ASSERT_EQ(spc_zeros_like(prototype, SPC_DTYPE_NONE, like.out()), SPC_OK) << last_error();
  ASSERT_EQ(spc_multiply(prototype, like, y.out()), SPC_OK) << last_error();
}

// Scalar results make small matrices, which the default family of the host solves.
TEST_F(Opaque, ProjectedProblemsAreTheHosts) {
  const Array basis[] = {make({1, 0, 0, 1}), make({0, 2, 0, 0})};
  const Array image[] = {make({3, 1, 0, 3}), make({2, 8, 0, 0})};
  std::vector<double> entries;
  for (const Array &q : basis)
    for (const Array &a : image) {
      Array dot;
      ASSERT_EQ(spc_vdot(q, a, dot.out()), SPC_OK) << last_error();
      entries.push_back(scalar(dot));
    }
  EXPECT_EQ(entries, (std::vector<double>{6, 2, 2, 16}));
  Context host;
  ASSERT_EQ(spc_context_default(host.out()), SPC_OK);
  const std::int64_t shape[] = {2, 2};
  Array h, w;
  ASSERT_EQ(spc_array_from_host(host, SPC_FLOAT64, 2, shape, entries.data(), h.out()), SPC_OK);
  ASSERT_EQ(spc_eigvalsh(h, nullptr, w.out()), SPC_OK) << last_error();
  EXPECT_NEAR(to_host(w)[0], 11 - std::sqrt(29), 1e-13);
  EXPECT_NEAR(to_host(w)[1], 11 + std::sqrt(29), 1e-13);
  // Stacked as they come, 0-d arrays of the host, without a detour through numbers.
  Array dots[2], pair;
  ASSERT_EQ(spc_vdot(basis[0], image[0], dots[0].out()), SPC_OK);
  ASSERT_EQ(spc_vdot(basis[0], image[1], dots[1].out()), SPC_OK);
  const spc_array items[] = {dots[0], dots[1]};
  Handle<spc_value, spc_array_release> list;
  ASSERT_EQ(spc_value_list(2, items, list.out()), SPC_OK);
  ASSERT_EQ(spc_asarray(host, list, SPC_DTYPE_NONE, pair.out()), SPC_OK) << last_error();
  EXPECT_EQ(to_host(pair), (std::vector<double>{6, 2}));
}

// (D + I) x = b where two elements of the diagonal are equal and the inner product has weights.
TEST_F(Opaque, ConjugateGradientsInAWeightedGeometry) {
  const Array d = make({1, 3, 1, 5}), w = make({2, 1, 4, 1}), b = make({2, 8, 6, 24});
  Handle<spc_geometry, spc_geometry_release> geometry;
  ASSERT_EQ(spc_geometry_weighted(w, geometry.out()), SPC_OK) << last_error();
  Space space;
  ASSERT_EQ(spc_space_like(ctx_, b, geometry, space.out()), SPC_OK) << last_error();
  Linop diagonal, identity, sum;
  ASSERT_EQ(spc_linop_diagonal(d, space, diagonal.out()), SPC_OK) << last_error();
  ASSERT_EQ(spc_linop_identity(space, identity.out()), SPC_OK) << last_error();
  const spc_linop terms[] = {diagonal, identity};
  ASSERT_EQ(spc_linop_sum(2, terms, sum.out()), SPC_OK) << last_error();
  spc_solve_options options{};
  options.struct_size = sizeof options;
  ASSERT_EQ(spc_solve_options_init(&options), SPC_OK);
  options.rtol = 1e-13;
  spc_solve_result result{};
  result.struct_size = sizeof result;
  Array x, norm;
  ASSERT_EQ(spc_cg(sum, b, nullptr, &options, x.out(), &result), SPC_OK) << last_error();
  EXPECT_GT(result.reason, 0);
  EXPECT_LE(result.iterations, 3);
  const std::vector<double> found = to_host(x), expected = {1, 2, 3, 4};
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(found[i], expected[i], 1e-12);
  ASSERT_EQ(spc_space_norm(space, x, norm.out()), SPC_OK) << last_error();
  EXPECT_NEAR(scalar(norm), std::sqrt(2 * 1 + 1 * 4 + 4 * 9 + 1 * 16), 1e-11);
}

TEST_F(Opaque, ElementwiseRulesFindNoKernelOrNoDtype) {
  const Array x = make({1, 2, 3});
  Array y;
  const spc_array both[] = {x, x};
  struct Case {
    const char *op;
    spc_status status;
  };
  const auto expect_refusal = [](const Case &c) {
    EXPECT_EQ(c.status, SPC_E_NOTIMPL) << c.op;
    EXPECT_NE(last_error().find(c.op), std::string::npos) << last_error();
    EXPECT_NE(last_error().find("opaque"), std::string::npos) << last_error();
  };
  expect_refusal({"equal", spc_equal(x, x, y.out())});
  expect_refusal({"isclose", spc_isclose(x, x, 0, 0, y.out())});
  expect_refusal({"where", spc_where(x, x, x, y.out())});
  expect_refusal({"maximum", spc_clip(x, x, nullptr, y.out())});
  expect_refusal({"square", spc_square(x, y.out())});
  expect_refusal({"power", spc_power(x, x, y.out())});
  expect_refusal({"adjoint", spc_adjoint(x, y.out())});
  expect_refusal({"concatenate", spc_concatenate(2, both, 0, SPC_DTYPE_NONE, y.out())});
  expect_refusal({"stack", spc_stack(2, both, 0, y.out())});
  expect_refusal({"zeros_like", spc_zeros_like(x, SPC_FLOAT32, y.out())});
  EXPECT_EQ(to_host(x), std::vector<double>({1, 2, 3}));
}

TEST_F(Opaque, ConstructsWithFillAndCopyAlone) {
  const Array x = make({1, 2, 3});
  Array y, seven;
  ASSERT_EQ(spc_weak_i64(7, seven.out()), SPC_OK);
  ASSERT_EQ(spc_full_like(x, seven, SPC_DTYPE_NONE, y.out()), SPC_OK) << last_error();
  EXPECT_EQ(to_host(y), std::vector<double>({7, 7, 7}));
  ASSERT_EQ(spc_zeros_like(x, SPC_DTYPE_NONE, y.out()), SPC_OK) << last_error();
  EXPECT_EQ(to_host(y), std::vector<double>({0, 0, 0}));
  ASSERT_EQ(spc_clip(x, nullptr, nullptr, y.out()), SPC_OK) << last_error();
  EXPECT_EQ(to_host(y), std::vector<double>({1, 2, 3}));
  ASSERT_EQ(spc_array_from_value(ctx_, x, SPC_DTYPE_NONE, y.out()), SPC_OK) << last_error();
  std::int32_t shared = -1;
  ASSERT_EQ(spc_array_is_view_of(x, y, &shared), SPC_OK);
  EXPECT_EQ(shared, 0);
}

TEST_F(Opaque, IsDestroyedCollectivelyAndOnlyThen) {
  {
    const Array a = make({1, 2}), b = make({3});
    Array again;
    ASSERT_EQ(spc_array_retain(a), SPC_OK);
    *again.out() = a;
    EXPECT_EQ(collected(), 0);
  }
  EXPECT_EQ(collected(), 2);
  EXPECT_EQ(collected(), 0);
}

TEST_F(Opaque, TemporariesAreDestroyedToo) {
  const Array x = make({1, 2, 3});
  for (int i = 0; i < 5; ++i) {
    Array y;
    ASSERT_EQ(spc_copy(x, y.out()), SPC_OK) << last_error();
  }
  EXPECT_EQ(collected(), 5);
  EXPECT_EQ(to_host(x), (std::vector<double>{1, 2, 3}));
}

TEST_F(Opaque, ComplexDotConjugatesTheFirst) {
  using C = std::complex<double>;
  const C values[] = {{1, 2}, {0, 1}, {3, 0}};
  const std::int64_t shape[] = {3};
  Array x, dot;
  ASSERT_EQ(spc_array_from_host(ctx_, SPC_COMPLEX128, 1, shape, values, x.out()), SPC_OK)
      << last_error();
  ASSERT_EQ(spc_vdot(x, x, dot.out()), SPC_OK) << last_error();
  C result;
  ASSERT_EQ(spc_array_to_host(dot, &result, sizeof result), SPC_OK);
  EXPECT_EQ(result, C(15, 0));
}

}  // namespace

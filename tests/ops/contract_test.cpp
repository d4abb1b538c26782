// SPDX-License-Identifier: Apache-2.0
// Products: dot, kron, outer, tensordot, and einsum against a loop over all of its labels.
#include <map>
#include <sstream>

#include "tests/support/c_api.hpp"

namespace {

using namespace test;  // NOLINT(google-build-using-namespace): the vocabulary of the tests

class Contract : public OnFamily {};
SPC_ON_EVERY_FAMILY(Contract);

std::size_t pos(int64_t i) {
  return static_cast<std::size_t>(i);
}

int64_t size_of(const Shape &shape) {
  int64_t n = 1;
  for (const int64_t l : shape) n *= l;
  return n;
}

/// Small integers, exact in every dtype and in every order of summation; 0, 1, 2, 3, 0, ...
template <class T>
std::vector<T> numbers(const Shape &shape, int seed = 0) {
  std::vector<T> v(pos(size_of(shape)));
  for (std::size_t i = 0; i < v.size(); ++i) {
    const int k = static_cast<int>((i * 7 + i / 3 + pos(seed) * 5) % 4);
    if constexpr (std::is_same_v<T, bool>)
      v[i] = k == 1;
    else
      v[i] = static_cast<T>(k);
  }
  return v;
}

template <class T>
T plus(T a, T b) {
  if constexpr (std::is_same_v<T, bool>)
    return a || b;
  else
    return static_cast<T>(a + b);
}

template <class T>
T times(T a, T b) {
  if constexpr (std::is_same_v<T, bool>)
    return a && b;
  else
    return static_cast<T>(a * b);
}

template <class T>
struct Term {
  std::string labels;
  Shape shape;
  std::vector<T> values;
};

/// The definition: for every value of every label, the product of the elements, added up. Axes of
/// length 1 are repeated along their label.
template <class T>
std::vector<T> sum_of_products(const std::vector<Term<T>> &terms, const std::string &out) {
  std::map<char, int64_t> extent;
  for (const Term<T> &t : terms)
    for (std::size_t i = 0; i < t.labels.size(); ++i)
      extent[t.labels[i]] = std::max(extent[t.labels[i]], t.shape[i]);
  std::string labels = out;
  for (const auto &[l, n] : extent)
    if (labels.find(l) == std::string::npos) labels += l;
  int64_t n_out = 1, n_all = 1;
  for (const char l : out) n_out *= extent[l];
  for (const char l : labels) n_all *= extent[l];
  std::vector<T> result(pos(n_out), T(0));
  for (int64_t k = 0; k < n_all; ++k) {
    std::map<char, int64_t> index;
    int64_t rest = k;
    for (auto l = labels.rbegin(); l != labels.rend(); ++l) {
      index[*l] = rest % extent[*l];
      rest /= extent[*l];
    }
    const auto offset = [&](const std::string &s, const Shape *shape) {
      int64_t o = 0;
      for (std::size_t i = 0; i < s.size(); ++i) {
        const int64_t length = shape == nullptr ? extent[s[i]] : (*shape)[i];
        o = o * length + (length == 1 ? 0 : index[s[i]]);
      }
      return pos(o);
    };
    T p = T(1);
    for (const Term<T> &t : terms) p = times<T>(p, t.values[offset(t.labels, &t.shape)]);
    const std::size_t o = offset(out, nullptr);
    result[o] = plus<T>(result[o], p);
  }
  return result;
}

Array einsum(const char *subscripts, const std::vector<spc_array> &operands) {
  Array r;
  check(spc_einsum(subscripts, static_cast<int64_t>(operands.size()), operands.data(), r.out()));
  return r;
}

/// The same values in another layout: 0 as they are, 1 transposed storage, 2 every second element of
/// a longer last axis, backwards.
template <class T>
Array laid_out(spc_context ctx, const Shape &shape, const std::vector<T> &v, int layout) {
  if (layout == 0 || shape.empty() || v.empty()) return array<T>(ctx, shape, v);
  if (layout == 1) {
    Array c = array<T>(ctx, shape, v), t, copy, back;
    check(spc_transpose(c, SPC_ALL_AXES, nullptr, t.out()));
    check(spc_copy(t, copy.out()));
    check(spc_transpose(copy, SPC_ALL_AXES, nullptr, back.out()));
    return back;
  }
  Shape twice = shape;
  const auto row = pos(twice.back());
  twice.back() *= 2;
  std::vector<T> spread(v.size() * 2, T(1));
  for (std::size_t i = 0; i < v.size(); ++i)
    spread[(i / row) * 2 * row + 2 * (row - 1 - i % row) + 1] = v[i];
  Array x = array<T>(ctx, twice, spread);
  return getitem(x, {ellipsis(), slice(SPC_NONE_I64, SPC_NONE_I64, -2)});
}

struct Case {
  const char *subscripts;
  std::vector<std::string> labels;
  std::vector<Shape> shapes;
  std::string out;
};

/// The subscripts as they are given, and what they mean, written out.
const std::vector<Case> &cases() {
  static const std::vector<Case> all = {
      {"ij,jk->ik", {"ij", "jk"}, {{2, 3}, {3, 4}}, "ik"},
      {"ij,jk->ki", {"ij", "jk"}, {{2, 3}, {3, 4}}, "ki"},
      {"ij,jk", {"ij", "jk"}, {{2, 3}, {3, 4}}, "ik"},
      {"ba", {"ba"}, {{2, 3}}, "ab"},
      {"aB", {"aB"}, {{2, 3}}, "Ba"},
      {"ii", {"ii"}, {{3, 3}}, ""},
      {"ii->i", {"ii"}, {{3, 3}}, "i"},
      {"iij->ji", {"iij"}, {{3, 3, 2}}, "ji"},
      {"iji,j->", {"iji", "j"}, {{3, 2, 3}, {2}}, ""},
      {"i,j->ij", {"i", "j"}, {{3}, {2}}, "ij"},
      {"i,i->", {"i", "i"}, {{5}, {5}}, ""},
      {"i,i->i", {"i", "i"}, {{5}, {5}}, "i"},
      {"ij,ij->", {"ij", "ij"}, {{3, 4}, {3, 4}}, ""},
      {"ij,ji->", {"ij", "ji"}, {{3, 4}, {4, 3}}, ""},
      {"ij->", {"ij"}, {{3, 4}}, ""},
      {"bij,bjk->bik", {"bij", "bjk"}, {{2, 3, 4}, {2, 4, 2}}, "bik"},
      {"ijb,jkb->kbi", {"ijb", "jkb"}, {{3, 4, 2}, {4, 2, 2}}, "kbi"},
      {"bi,bi->b", {"bi", "bi"}, {{4, 3}, {4, 3}}, "b"},
      {"ijkl,jl->ik", {"ijkl", "jl"}, {{2, 3, 2, 4}, {3, 4}}, "ik"},
      {"ijkl,lmj->mki", {"ijkl", "lmj"}, {{2, 3, 2, 4}, {4, 2, 3}}, "mki"},
      {"abcd,cdef->aebf", {"abcd", "cdef"}, {{2, 3, 2, 2}, {2, 2, 3, 2}}, "aebf"},
      {"ij,jk,kl->il", {"ij", "jk", "kl"}, {{2, 3}, {3, 2}, {2, 4}}, "il"},
      {"i,ij,j->", {"i", "ij", "j"}, {{2}, {2, 3}, {3}}, ""},
      {"i,i,i->i", {"i", "i", "i"}, {{4}, {4}, {4}}, "i"},
      {"ij,ij,jk,jk->k", {"ij", "ij", "jk", "jk"}, {{2, 3}, {2, 3}, {3, 2}, {3, 2}}, "k"},
      {"ab,bc,cd,de,ef->af",
       {"ab", "bc", "cd", "de", "ef"},
       {{2, 3}, {3, 2}, {2, 2}, {2, 3}, {3, 2}},
       "af"},
      {"i,->i", {"i", ""}, {{3}, {}}, "i"},
      {"", {""}, {{}}, ""},
      {"ij,jk->i", {"ij", "jk"}, {{2, 3}, {3, 4}}, "i"},    // k is in one operand only
      {"ij,kl->", {"ij", "kl"}, {{2, 3}, {3, 2}}, ""},      // nothing in common
      {"ij,jk->ik", {"ij", "jk"}, {{2, 1}, {3, 4}}, "ik"},  // 1 against 3, summed
      {"ij,ij->ij", {"ij", "ij"}, {{2, 1}, {1, 4}}, "ij"},  // 1 against n, kept
      {"ij,j->ij", {"ij", "j"}, {{1, 1}, {1}}, "ij"},       // ones only
      {" i j , j k -> i k ", {"ij", "jk"}, {{2, 3}, {3, 4}}, "ik"},
      {"...ij,...jk->...ik", {"xij", "xjk"}, {{2, 3, 4}, {2, 4, 2}}, "xik"},
      {"...ij,jk", {"xyij", "jk"}, {{2, 3, 2, 4}, {4, 2}}, "xyik"},
      {"i...,...", {"ix", "x"}, {{2, 3}, {3}}, "xi"},
      {"...,...", {"xy", "y"}, {{2, 3}, {3}}, "xy"},
      {"...i,...i->...", {"xyi", "yi"}, {{2, 1, 3}, {4, 3}}, "xy"},
      {"...ii->...i", {"xii"}, {{2, 3, 3}}, "xi"},
      {"i...->...", {"ix"}, {{2, 3}}, "x"},
      {"i->...i", {"i"}, {{3}}, "i"},
      {"...i->i...", {"xyi"}, {{2, 3, 4}}, "ixy"},
  };
  return all;
}

template <class T>
void expect_case(spc_context ctx, const Case &c, int layout) {
  std::vector<Term<T>> terms;
  std::vector<Array> arrays;
  std::vector<spc_array> operands;
  for (std::size_t i = 0; i < c.labels.size(); ++i) {
    const std::vector<T> v = numbers<T>(c.shapes[i], static_cast<int>(i));
    arrays.push_back(laid_out<T>(ctx, c.shapes[i], v, (layout + static_cast<int>(i)) % 3));
    terms.push_back({c.labels[i], c.shapes[i], v});
  }
  for (const Array &a : arrays) operands.push_back(a);
  Array r = einsum(c.subscripts, operands);
  EXPECT_EQ(values<T>(r), sum_of_products<T>(terms, c.out)) << c.subscripts << " layout " << layout;
  for (std::size_t i = 0; i < arrays.size(); ++i)
    EXPECT_EQ(values<T>(arrays[i]), terms[i].values) << "operand " << i << " of " << c.subscripts;
}

TEST_P(Contract, EinsumIsItsDefinition) {
  for (const Case &c : cases())
    for (int layout = 0; layout < 3; ++layout) {
      SCOPED_TRACE(c.subscripts);
      expect_case<double>(ctx, c, layout);
      expect_case<float>(ctx, c, layout);
      expect_case<std::complex<double>>(ctx, c, layout);
      expect_case<std::complex<float>>(ctx, c, layout);
      expect_case<bool>(ctx, c, layout);
      expect_case<int8_t>(ctx, c, layout);
      expect_case<uint8_t>(ctx, c, layout);
      expect_case<int32_t>(ctx, c, layout);
      expect_case<int64_t>(ctx, c, layout);
    }
}

TEST_P(Contract, EinsumDtypesAndWrapping) {
  Array a = vector<int8_t>(ctx, {100, 100, 100}), f = vector<float>(ctx, {1, 2, 3});
  EXPECT_EQ(value<int8_t>(einsum("i->", {a})), 44);
  EXPECT_EQ(value<int8_t>(einsum("i,i", {a, a})), static_cast<int8_t>(30000));
  EXPECT_EQ(value<float>(einsum("i,i", {a, f})), 600);
  Array i64 = vector<int64_t>(ctx, {int64_t{1} << 40, 0, 0});
  EXPECT_EQ(value<int64_t>(einsum("i,i", {a, i64})), int64_t{100} << 40);
  Array weak_half = weak(0.5);
  Array r = einsum(",i->i", {weak_half, f});
  EXPECT_EQ(values<float>(r), std::vector<float>({0.5F, 1, 1.5F}));
  // Every operand is brought into the dtype of the result before it is summed.
  Array many = array<bool>(ctx, {300}, std::vector<bool>(300, true)),
        one = array<int32_t>(ctx, {}, {1});
  EXPECT_EQ(value<int32_t>(einsum("i,->", {many, one})), 300);
  EXPECT_EQ(value<bool>(einsum("i->", {many})), true);
}

TEST_P(Contract, EinsumOfManyInnerProducts) {
  // More products than one part holds, in rows that do not divide it.
  const int64_t n = 30000, k = 7;
  const std::vector<int8_t> v = numbers<int8_t>({n, k}), w = numbers<int8_t>({n, k}, 2);
  std::vector<int8_t> expected(pos(n));
  std::vector<float> expected_float(pos(n));
  for (int64_t i = 0; i < n; ++i)
    for (int64_t j = 0; j < k; ++j) {
      const int product = v[pos(i * k + j)] * w[pos(i * k + j)];
      expected[pos(i)] = static_cast<int8_t>(expected[pos(i)] + product);
      expected_float[pos(i)] += static_cast<float>(product);
    }
  Array a = laid_out<int8_t>(ctx, {n, k}, v, 1), b = laid_out<int8_t>(ctx, {n, k}, w, 2), f;
  EXPECT_EQ(values<int8_t>(einsum("bi,bi->b", {a, b})), expected);
  check(spc_astype(a, SPC_FLOAT32, f.out()));
  EXPECT_EQ(values<float>(einsum("bi,bi->b", {f, b})), expected_float);
}

TEST_P(Contract, EinsumOfNothing) {
  Array e = array<double>(ctx, {0, 3}, {}), m = array<double>(ctx, {3, 2}, numbers<double>({3, 2}));
  Array r = einsum("ij,jk->ik", {e, m});
  EXPECT_EQ(shape_of(r), (Shape{0, 2}));
  Array t;
  check(spc_transpose(e, SPC_ALL_AXES, nullptr, t.out()));
  r = einsum("ij,jk->ik", {t, e});
  EXPECT_EQ(values<double>(r), std::vector<double>(9, 0));
  EXPECT_EQ(value<double>(einsum("ij->", {e})), 0);
  // A result is memory of its own.
  r = einsum("ij->ji", {m});
  check(spc_multiply_into(r, weak(0), r));
  EXPECT_EQ(values<double>(m), numbers<double>({3, 2}));
  r = einsum("ij", {m});
  check(spc_multiply_into(r, weak(0), r));
  EXPECT_EQ(values<double>(m), numbers<double>({3, 2}));
}

TEST_P(Contract, EinsumErrors) {
  Array m = array<double>(ctx, {2, 3}, numbers<double>({2, 3})),
        n = array<double>(ctx, {4, 5}, numbers<double>({4, 5})), r, sparse;
  const auto fails = [&](const char *subscripts, const std::vector<spc_array> &operands,
                         std::initializer_list<const char *> parts, spc_status code = SPC_E_VALUE) {
    expect_error(
        spc_einsum(subscripts, static_cast<int64_t>(operands.size()), operands.data(), r.out()),
        code, parts);
  };
  fails("ij,jk", {m}, {"einsum: 'ij,jk' has 2 operands, 1 are given"});
  fails("ij", {m, m}, {"einsum: 'ij' has 1 operands, 2 are given"});
  fails("", {}, {"einsum", "0 are given"});
  fails("ij->ijk", {m}, {"einsum: output label 'k' of 'ij->ijk' is in no operand"});
  fails("ij->ii", {m}, {"einsum: output label 'i' of 'ij->ii' is given twice"});
  fails("ij,jk", {m, n}, {"einsum: label 'j' has length 4 in operand 1 of shape (4, 5), length 3"});
  fails("ii", {m}, {"einsum: label 'i' has lengths 2 and 3 in operand 0 of shape (2, 3)"});
  fails("ijk", {m}, {"einsum: operand 0 has shape (2, 3) with 2 axes", "name 3"});
  fails("i", {m}, {"einsum: operand 0 has shape (2, 3) with 2 axes", "name 1"});
  fails("...ijk", {m}, {"einsum: operand 0", "name 3"});
  fails("i...,i...", {m, array<double>(ctx, {2, 4}, numbers<double>({2, 4}))},
        {"einsum: axis -1 of the ellipsis has length 4 in operand 1", "length 3 before"});
  fails("...i->i", {m}, {"einsum: '...' stands for 1 axes", "the output has none"});
  fails("i?j", {m}, {"einsum: unexpected '?' at position 1 of 'i?j'"});
  fails("ij->i,j", {m}, {"einsum: unexpected ',' at position 5"});
  fails("ij->i->j", {m}, {"einsum: unexpected '-' at position 5"});
  fails("ij-", {m}, {"einsum: unexpected '-' at position 2"});
  fails("..ij", {m}, {"einsum: '.' at position 0", "'...'"});
  fails("...i...", {m}, {"einsum: a second '...' at position 4"});
  check(spc_assparse(ctx, m, "csr", SPC_DTYPE_NONE, sparse.out()));
  fails("ij", {sparse}, {"einsum", "sparse"}, SPC_E_TYPE);
  const spc_array operands[1] = {m};
  EXPECT_NE(spc_einsum(nullptr, 1, operands, r.out()), SPC_OK);
}

TEST_P(Contract, Dot) {
  Array m = array<double>(ctx, {2, 3}, {1, 2, 3, 4, 5, 6}), v = vector<float>(ctx, {1, 0, -1}), r;
  check(spc_dot(m, v, r.out()));
  EXPECT_EQ(values<double>(r), std::vector<double>({-2, -2}));
  Array sparse;
  check(spc_assparse(ctx, m, "csc", SPC_DTYPE_NONE, sparse.out()));
  check(spc_dot(sparse, v, r.out()));
  EXPECT_EQ(values<double>(r), std::vector<double>({-2, -2}));
  Array out = vector<double>(ctx, {0, 0});
  check(spc_dot_into(sparse, v, out));
  EXPECT_EQ(values<double>(out), std::vector<double>({-2, -2}));
  check(spc_dot_into(m, v, out));
  EXPECT_EQ(values<double>(out), std::vector<double>({-2, -2}));
  expect_error(spc_dot(m, m, r.out()), SPC_E_VALUE,
               {"dot: a has shape (2, 3), b has shape (2, 3); inner lengths 3 and 2 differ"});
  expect_error(spc_dot(m, weak(2), r.out()), SPC_E_VALUE, {"dot: b is a scalar"});
  expect_error(spc_dot(m, sparse, r.out()), SPC_E_VALUE,
               {"dot: a has shape (2, 3), b has shape (2, 3); inner lengths 3 and 2 differ"});
}

TEST_P(Contract, Kron) {
  Array a = array<int32_t>(ctx, {2, 2}, {1, 2, 3, 4}), b = array<int8_t>(ctx, {1, 2}, {0, 1}), r;
  check(spc_kron(a, b, r.out()));
  EXPECT_EQ(shape_of(r), (Shape{2, 4}));
  EXPECT_EQ(values<int32_t>(r), std::vector<int32_t>({0, 1, 0, 2, 0, 3, 0, 4}));
  check(spc_kron(b, a, r.out()));
  EXPECT_EQ(values<int32_t>(r), std::vector<int32_t>({0, 0, 1, 2, 0, 0, 3, 4}));
  // Ranks differ: leading axes of length 1. By the definition, element by element.
  const Shape sa{2, 3}, sb{3, 2, 2};
  const std::vector<double> va = numbers<double>(sa), vb = numbers<double>(sb, 1);
  Array x = laid_out<double>(ctx, sa, va, 2), y = laid_out<double>(ctx, sb, vb, 1);
  check(spc_kron(x, y, r.out()));
  ASSERT_EQ(shape_of(r), (Shape{3, 4, 6}));
  const std::vector<double> got = values<double>(r);
  for (int64_t i = 0; i < 3; ++i)
    for (int64_t j = 0; j < 4; ++j)
      for (int64_t k = 0; k < 6; ++k)
        EXPECT_EQ(got[pos((i * 4 + j) * 6 + k)],
                  va[pos(j / 2 * 3 + k / 2)] * vb[pos((i * 2 + j % 2) * 2 + k % 2)]);
  check(spc_kron(weak(2), a, r.out()));
  EXPECT_EQ(values<int32_t>(r), std::vector<int32_t>({2, 4, 6, 8}));
  check(spc_kron(array<bool>(ctx, {0, 2}, {}), a, r.out()));
  EXPECT_EQ(shape_of(r), (Shape{0, 4}));
  Array out = array<int32_t>(ctx, {4, 2}, std::vector<int32_t>(8));
  Array flipped = getitem(out, {all(), slice(SPC_NONE_I64, SPC_NONE_I64, -1)});
  check(spc_kron_into(a, array<int32_t>(ctx, {2, 1}, {1, 10}), flipped));
  EXPECT_EQ(values<int32_t>(out), std::vector<int32_t>({2, 1, 20, 10, 4, 3, 40, 30}));
  check(spc_kron_into(a, weak(3), a));
  EXPECT_EQ(values<int32_t>(a), std::vector<int32_t>({3, 6, 9, 12}));
  expect_error(spc_kron_into(a, a, out), SPC_E_VALUE, {"kron", "(4, 2)", "(4, 4)"});
  // More axes than an array can have, were every one split.
  Shape many(20, 1);
  many[3] = 2;
  check(spc_kron(array<double>(ctx, many, {1, 2}), array<double>(ctx, many, {3, 4}), r.out()));
  EXPECT_EQ(values<double>(r), std::vector<double>({3, 4, 6, 8}));
}

TEST_P(Contract, Outer) {
  Array a = array<std::complex<double>>(ctx, {2, 1}, {{0, 1}, {2, 0}}),
        b = laid_out<double>(ctx, {2, 2}, {1, 2, 3, 4}, 1), r;
  check(spc_outer(a, b, r.out()));
  EXPECT_EQ(shape_of(r), (Shape{2, 4}));
  EXPECT_EQ(values<std::complex<double>>(r),
            (std::vector<std::complex<double>>{{0, 1}, {0, 2}, {0, 3}, {0, 4}, 2, 4, 6, 8}));
  check(spc_outer(weak(2.0), vector<float>(ctx, {1, 2}), r.out()));
  EXPECT_EQ(shape_of(r), (Shape{1, 2}));
  EXPECT_EQ(values<float>(r), std::vector<float>({2, 4}));
  check(spc_outer(vector<double>(ctx, {}), b, r.out()));
  EXPECT_EQ(shape_of(r), (Shape{0, 4}));
  Array m = array<double>(ctx, {2, 2}, {1, 2, 3, 4}), row = getitem(m, {at(1)});
  check(spc_outer_into(row, row, m));  // both operands lie in the output
  EXPECT_EQ(values<double>(m), std::vector<double>({9, 12, 12, 16}));
  expect_error(spc_outer_into(row, m, m), SPC_E_VALUE, {"outer", "(2, 2)", "(2, 4)"});
}

TEST_P(Contract, Tensordot) {
  const Shape sa{2, 3, 4}, sb{4, 3, 2};
  for (int layout = 0; layout < 3; ++layout) {
    const std::vector<int64_t> va = numbers<int64_t>(sa), vb = numbers<int64_t>(sb, 1);
    Array a = laid_out<int64_t>(ctx, sa, va, layout),
          b = laid_out<int64_t>(ctx, sb, vb, (layout + 1) % 3), r;
    const int64_t a_axes[2] = {2, 1}, b_axes[2] = {0, -2};
    check(spc_tensordot(a, b, 2, a_axes, 2, b_axes, r.out()));
    EXPECT_EQ(values<int64_t>(r),
              sum_of_products<int64_t>({{"ijk", sa, va}, {"kjl", sb, vb}}, "il"));
    check(spc_tensordot(a, b, 1, nullptr, 1, nullptr, r.out()));
    EXPECT_EQ(shape_of(r), (Shape{2, 3, 3, 2}));
    EXPECT_EQ(values<int64_t>(r),
              sum_of_products<int64_t>({{"ijk", sa, va}, {"klm", sb, vb}}, "ijlm"));
    check(spc_tensordot(a, b, 0, nullptr, 0, nullptr, r.out()));
    EXPECT_EQ(shape_of(r), (Shape{2, 3, 4, 4, 3, 2}));
    EXPECT_EQ(values<int64_t>(r),
              sum_of_products<int64_t>({{"ijk", sa, va}, {"lmn", sb, vb}}, "ijklmn"));
    check(spc_tensordot(a, a, 3, nullptr, 3, nullptr, r.out()));
    EXPECT_EQ(shape_of(r), Shape{});
    EXPECT_EQ(values<int64_t>(r), sum_of_products<int64_t>({{"ijk", sa, va}, {"ijk", sa, va}}, ""));
  }
  Array f = array<float>(ctx, {1, 2}, {1, 2}), z = array<bool>(ctx, {2, 1}, {true, true}), r;
  check(spc_tensordot(f, z, 1, nullptr, 1, nullptr, r.out()));
  EXPECT_EQ(value<float>(r), 3);
  Array e = array<double>(ctx, {2, 0}, {}), g = array<double>(ctx, {0, 3}, {});
  check(spc_tensordot(e, g, 1, nullptr, 1, nullptr, r.out()));
  EXPECT_EQ(values<double>(r), std::vector<double>(6, 0));
}

TEST_P(Contract, TensordotErrors) {
  Array a = array<double>(ctx, {2, 3}, numbers<double>({2, 3})),
        b = array<double>(ctx, {3, 2}, numbers<double>({3, 2})), r;
  const int64_t one[1] = {1}, zero_one[2] = {0, 1}, twice[2] = {1, -1}, beyond[1] = {2};
  expect_error(spc_tensordot(a, b, 1, one, 2, zero_one, r.out()), SPC_E_VALUE,
               {"tensordot: 1 axes of a, 2 axes of b"});
  expect_error(spc_tensordot(a, b, 2, nullptr, 2, nullptr, r.out()), SPC_E_VALUE,
               {"tensordot", "(2, 3)", "(3, 2)", "length 2", "3"});
  expect_error(spc_tensordot(a, b, 3, nullptr, 3, nullptr, r.out()), SPC_E_VALUE,
               {"tensordot: 3 axes of a with shape (2, 3) and b with shape (3, 2)"});
  expect_error(spc_tensordot(a, b, 2, twice, 2, zero_one, r.out()), SPC_E_VALUE,
               {"tensordot: axis -1 of a is given twice"});
  expect_error(spc_tensordot(a, b, 1, one, 1, beyond, r.out()), SPC_E_VALUE,
               {"tensordot: axis 2 of b is out of bounds for shape (3, 2)"});
  expect_error(spc_tensordot(a, b, -1, nullptr, -1, nullptr, r.out()), SPC_E_VALUE, {"tensordot"});
  expect_error(spc_tensordot(a, b, 1, one, 1, nullptr, r.out()), SPC_E_VALUE,
               {"tensordot: the axes of b are NULL"});
}

TEST_P(Contract, GramMatrixOfTheGuide) {
  Array a, r, h;
  check(spc_arange(ctx, weak(6), nullptr, nullptr, SPC_DTYPE_NONE, a.out()));
  const int64_t shape[2] = {3, 2};
  Array m;
  check(spc_reshape(a, 2, shape, m.out()));
  check(spc_adjoint(m, h.out()));
  check(spc_dot(h, m, r.out()));
  EXPECT_EQ(values<int64_t>(r), std::vector<int64_t>({20, 26, 26, 35}));
  using C = std::complex<double>;
  Array z = array<C>(ctx, {2, 2}, {{1, 1}, 2, 0, {0, 1}});
  check(spc_adjoint(z, h.out()));
  check(spc_dot(h, z, r.out()));
  EXPECT_EQ(values<C>(r), (std::vector<C>{2, {2, -2}, {2, 2}, 5}));
}

}  // namespace

// SPDX-License-Identifier: Apache-2.0
// Laws of vector and inner product spaces: every dtype, level, geometry and family.
#include <random>

#include "tests/support/algebra.hpp"

namespace test {
namespace {

constexpr int32_t levels[] = {SPC_CHECK_NONE, SPC_CHECK_CHEAP, SPC_CHECK_STANDARD,
                              SPC_CHECK_STRICT};
const std::vector<Shape> shapes = {{}, {3}, {2, 3}, {2, 2, 2}};

template <class T>
struct Case {
  Context ctx;
  Shape shape;
  Space space;
  std::size_t size;
  std::vector<Array> elements;  // x, y, z
};

template <class T, class F>
void for_each_case(const char *family, F &&law) {
  std::mt19937_64 generator(20240612);
  std::normal_distribution<double> normal;
  std::uniform_real_distribution<double> positive(0.5, 3);
  for (int32_t level : levels)
    for (const Shape &shape : shapes)
      for (bool with_weights : {false, true}) {
        Case<T> c;
        c.ctx = context(family, dtype_of<T>(), level);
        c.shape = shape;
        c.size = 1;
        for (int64_t n : shape) c.size *= static_cast<std::size_t>(n);
        std::vector<T> w(c.size);
        for (T &v : w) v = number<T>(positive(generator));
        c.space = with_weights ? dense_space(c.ctx, shape, weighted<T>(c.ctx, shape, w))
                               : dense_space(c.ctx, shape);
        for (int i = 0; i < 3; ++i) {
          std::vector<T> v(c.size);
          for (T &e : v) {
            const double re = normal(generator);
            e = number<T>(re, normal(generator));
          }
          c.elements.push_back(array<T>(c.ctx, shape, v));
        }
        SCOPED_TRACE(::testing::Message() << "level " << level << " rank " << shape.size()
                                          << (with_weights ? " weighted" : " euclidean"));
        law(c);
        if (::testing::Test::HasFailure()) return;
      }
}

template <class T>
Array add(const Case<T> &c, spc_array x, spc_array y) {
  Array out;
  check(spc_space_add(c.space, x, y, out.out()));
  return out;
}
template <class T>
Array scale(const Case<T> &c, c128 a, spc_array x) {
  Array out;
  const Array s = a.imag() == 0 ? weak(a.real()) : weak(a);
  check(spc_space_scale(c.space, s, x, out.out()));
  return out;
}

template <class T>
void vector_laws(const Case<T> &c) {
  const Array &x = c.elements[0], &y = c.elements[1], &z = c.elements[2];
  constexpr bool is_complex = !std::is_floating_point_v<T>;
  const c128 a(.5, is_complex ? .25 : 0), b(-1.25, is_complex ? .5 : 0);
  const double tol = tolerance<T>();
  Array zero;
  check(spc_space_zeros(c.space, zero.out()));
  check(spc_space_check_member(c.space, zero));
  auto close = [&](const Array &left, const Array &right, const char *law) {
    EXPECT_EQ(shape_of(left), c.shape);
    expect_close(values<T>(left), values<T>(right), tol, law);
  };
  close(add(c, x, zero), x, "x + 0 = x");
  close(add(c, x, y), add(c, y, x), "x + y = y + x");
  close(add(c, add(c, x, y), z), add(c, x, add(c, y, z)), "(x + y) + z = x + (y + z)");
  close(scale(c, 1, x), x, "1 x = x");
  close(scale(c, a, add(c, x, y)), add(c, scale(c, a, x), scale(c, a, y)), "a (x + y) = a x + a y");
  close(scale(c, a + b, x), add(c, scale(c, a, x), scale(c, b, x)), "(a + b) x = a x + b x");
  close(scale(c, a * b, x), scale(c, a, scale(c, b, x)), "(a b) x = a (b x)");
  Array axpy;
  const Array alpha = is_complex ? weak(a) : weak(a.real());
  check(spc_space_axpy(c.space, alpha, x, y, axpy.out()));
  close(axpy, add(c, scale(c, a, x), y), "axpy = a x + y");
  Array flat, back;
  check(spc_space_flatten(c.space, x, flat.out()));
  EXPECT_EQ(shape_of(flat), (Shape{static_cast<int64_t>(c.size)}));
  check(spc_space_unflatten(c.space, flat, back.out()));
  EXPECT_EQ(values<T>(back), values<T>(x));
  EXPECT_EQ(shape_of(back), c.shape);
}

template <class T>
void inner_laws(const Case<T> &c) {
  const Array &x = c.elements[0], &y = c.elements[1];
  constexpr bool is_complex = !std::is_floating_point_v<T>;
  const c128 a(.5, is_complex ? .25 : 0);
  const double tol = tolerance<T>();
  auto product = [&](spc_array u, spc_array v) {
    const Array p = inner(c.space, u, v);
    EXPECT_EQ(shape_of(p), Shape{});
    return c128(value<T>(p));
  };
  auto close = [&](c128 left, c128 right, const char *law) {
    EXPECT_LE(std::abs(left - right), 10 * tol * (1 + std::abs(right))) << law;
  };
  close(product(x, y), std::conj(product(y, x)), "<x, y> = conj <y, x>");
  close(product(scale(c, a, x), y), std::conj(a) * product(x, y), "<a x, y> = conj(a) <x, y>");
  close(product(x, scale(c, a, y)), a * product(x, y), "<x, a y> = a <x, y>");
  const Array n = norm(c.space, x);
  EXPECT_EQ(shape_of(n), Shape{});
  const double size = static_cast<double>(value<Real<T>>(n));
  close(size * size, product(x, x).real(), "|x|^2 = Re <x, x>");
  const double other = static_cast<double>(value<Real<T>>(norm(c.space, y)));
  EXPECT_LE(std::abs(product(x, y)), size * other * (1 + 10 * tol));
  Array r, back, plain;
  check(spc_space_riesz(c.space, x, r.out()));
  check(spc_space_riesz_inverse(c.space, r, back.out()));
  expect_close(values<T>(back), values<T>(x), tol, "R^-1 R x = x");
  // <y, x> = vdot(y, R x)
  check(spc_vdot(y, r, plain.out()));
  close(product(y, x), c128(value<T>(plain)), "<y, x> = vdot(y, R x)");
}

class SpaceLaws : public OnFamily {};
SPC_ON_EVERY_FAMILY(SpaceLaws);

TEST_P(SpaceLaws, vector_float32) {
  for_each_case<float>(GetParam(), vector_laws<float>);
}
TEST_P(SpaceLaws, vector_float64) {
  for_each_case<double>(GetParam(), vector_laws<double>);
}
TEST_P(SpaceLaws, vector_complex64) {
  for_each_case<c64>(GetParam(), vector_laws<c64>);
}
TEST_P(SpaceLaws, vector_complex128) {
  for_each_case<c128>(GetParam(), vector_laws<c128>);
}
TEST_P(SpaceLaws, inner_float32) {
  for_each_case<float>(GetParam(), inner_laws<float>);
}
TEST_P(SpaceLaws, inner_float64) {
  for_each_case<double>(GetParam(), inner_laws<double>);
}
TEST_P(SpaceLaws, inner_complex64) {
  for_each_case<c64>(GetParam(), inner_laws<c64>);
}
TEST_P(SpaceLaws, inner_complex128) {
  for_each_case<c128>(GetParam(), inner_laws<c128>);
}

}  // namespace
}  // namespace test

// SPDX-License-Identifier: Apache-2.0
#include "core/linop/laws.hpp"

#include <cmath>
#include <string>

#include "core/ops/ops.hpp"
#include "core/support/philox.hpp"

namespace spc {

namespace {

// Beyond it the matrix is not made.
constexpr std::int64_t largest_matrix = 256;

class Trial {
 public:
  Trial(LinOp &A, LawReport &report, std::int64_t seed)
      : A_(A),
        report_(report),
        generator_(static_cast<std::uint64_t>(seed)),
        tolerance_(256 * eps(A.ctx->dtype)) {}

  void sample() {
    const Space &X = *A_.domain, &Y = *A_.codomain;
    const Ref<Value> x = random_element(X, generator_), x2 = random_element(X, generator_),
                     y = random_element(Y, generator_);
    const Ref<Value> Ax = A_.apply_core(*x), Hy = A_.rapply_core(*y);
    law("A(x + z) = A x + A z", [&] {
      const Ref<Value> sum = Y.add_core(*Ax, *A_.apply_core(*x2));
      close("A(x + z) = A x + A z", Y, *A_.apply_core(*X.add_core(*x, *x2)), *sum);
    });
    law("A(a x) = a A x", [&] {
      Scalar a(SPC_WEAK_FLOAT, 0, -1.25);
      close("A(a x) = a A x", Y, *A_.apply_core(*X.scale_core(a, *x)), *Y.scale_core(a, *Ax));
    });
    law("<A x, y> = <x, A# y>", [&] { adjoint(*x, *y, *Ax, *Hy); });
    law("A# as a view", [&] {
      const Ref<LinOp> H = A_.adjoint();
      close("A# as a view", X, *H->apply_core(*y), *Hy);
      close("A# as a view", Y, *H->rapply_core(*x), *Ax);
      report_.add("A## is A", H->adjoint().get() == &A_ ? 0 : 1, 0.5);
    });
    law("(A^T)^T = A", [&] {
      const Ref<LinOp> T = A_.transpose();
      close("(A^T)^T = A", Y, *A_.apply_core(*x), *T->transpose()->apply_core(*x));
      const Ref<Value> t = X.new_element();
      T->apply_into_core(nullptr, *y, nullptr, *t, Mode::none);
      const Ref<Value> h = X.riesz(*A_.rapply_core(*Y.riesz_inverse(*Y.conj_core(*y))));
      close("A^T = conj(A^H)", X, *t, *X.conj_core(*h));
    });
    for (const Mode mode : {Mode::none, Mode::transpose, Mode::conj_trans, Mode::adjoint})
      in_place(mode, mode == Mode::none ? *x : *y);
    law("batches", [&] { batches(*x, *x2, *Ax, *y, *Hy); });
  }

  void matrix() {
    const Space &X = *A_.domain, &Y = *A_.codomain;
    const std::string name = "the matrix";
    if (X.size() > largest_matrix || Y.size() > largest_matrix)
      return report_.skip(name, fmt::format("more than {} coordinates", largest_matrix));
    law(name, [&] {
      const Ref<Value> x = random_element(X, generator_);
      const Ref<Array> image = ops::matmul(*A_.to_matrix(), *X.flatten_core(*x));
      close(name, Y, *Y.unflatten_core(*image), *A_.apply_core(*x));
    });
  }

  void conversion() {
    law("conversion", [&] {
      const Ref<Value> x = random_element(*A_.domain, generator_);
      const Ref<Context> level =
          make<Context>(A_.ctx->family, A_.ctx->dtype,
                        A_.ctx->level == CheckLevel::none ? CheckLevel::cheap : CheckLevel::none);
      Target target;
      target.context = level.get();
      const Ref<LinOp> B = A_.convert(Conversion(&target, "test_operator"));
      close("conversion", *A_.codomain, *B->apply_core(*x), *A_.apply_core(*x));
    });
  }

 private:
  // What a family, a space or a class does not offer is no law broken.
  template <class F>
  void law(const std::string &name, F &&f) {
    try {
      f();
    } catch (const Error &e) {
      if (e.code() == SPC_E_CALLBACK || e.code() == SPC_E_MEMORY) throw;
      if (e.code() == SPC_E_NOTIMPL || e.code() == SPC_E_CAPABILITY)
        return report_.skip(name, e.message());
      report_.add(name + ": " + e.message(), INFINITY, 1);
    }
  }

  // Results of as many terms as there are coordinates.
  double allowed(const Space &space, double size) const {
    return tolerance_ * std::sqrt(static_cast<double>(space.size()) + 1) * (1 + size);
  }

  static double size_of_element(const Space &space, Value &x) {
    return read_scalar(*space.coordinate_norm(x)).real();
  }

  void close(const std::string &name, const Space &space, Value &a, Value &b) {
    Scalar minus(SPC_WEAK_INT, -1, -1.0);
    const Ref<Value> difference = space.axpy_core(minus, b, a);
    report_.add(name, size_of_element(space, *difference),
                allowed(space, size_of_element(space, b)));
  }

  void adjoint(Value &x, Value &y, Value &Ax, Value &Hy) {
    const std::string name = "<A x, y> = <x, A# y>";
    const Space &X = *A_.domain, &Y = *A_.codomain;
    if (!X.has(Capability::inner_product) || !Y.has(Capability::inner_product))
      return report_.skip(name, "no inner product");
    const std::complex<double> left = read_scalar(*Y.inner_core(Ax, y)),
                               right = read_scalar(*X.inner_core(x, Hy));
    const double size = read_scalar(*Y.norm_core(Ax)).real() * read_scalar(*Y.norm_core(y)).real();
    report_.add(name, std::abs(left - right), allowed(Y, size + std::abs(left)));
  }

  void in_place(Mode mode, Value &x) {
    constexpr const char *names[] = {"none", "transpose", "conjugate transpose", "adjoint"};
    const std::string name = std::string("apply_into, ") + names[static_cast<int>(mode)];
    law(name, [&] {
      const Space &to = A_.target(mode);
      Scalar alpha(SPC_WEAK_FLOAT, 0, 1.5), beta(SPC_WEAK_FLOAT, 0, -.5);
      const Ref<Value> y = random_element(to, generator_), plain = to.new_element();
      A_.apply_into_core(nullptr, x, nullptr, *plain, mode);
      const Ref<Value> expected = to.axpy_core(alpha, *plain, *to.scale_core(beta, *y));
      A_.apply_into_core(&alpha, x, &beta, *y, mode);
      close(name, to, *y, *expected);
      if (mode == Mode::none) close(name, to, *plain, *A_.apply_core(x));
      if (mode == Mode::adjoint) close(name, to, *plain, *A_.rapply_core(x));
    });
  }

  void batches(Value &x, Value &x2, Value &Ax, Value &y, Value &Hy) {
    const Space &X = *A_.domain, &Y = *A_.codomain;
    const Ref<Value> pair[] = {Ref<Value>::share(&x), Ref<Value>::share(&x2)};
    const Ref<Value> images = A_.vapply_core(*X.batch_of(pair));
    close("batches", Y, *Y.batch_item(*images, 0), Ax);
    close("batches", Y, *Y.batch_item(*images, 1), *A_.apply_core(x2));
    const Ref<Value> one[] = {Ref<Value>::share(&y)};
    close("batches", X, *X.batch_item(*A_.rvapply_core(*Y.batch_of(one)), 0), Hy);
  }

  LinOp &A_;
  LawReport &report_;
  Philox generator_;
  const double tolerance_;
};

}  // namespace

LawReport operator_laws(LinOp &A, std::int64_t samples, std::int64_t seed) {
  if (samples < 1) fail(SPC_E_VALUE, "test_operator: samples is {}, expected at least 1", samples);
  LawReport report;
  if (!is_floating(A.ctx->dtype)) {
    report.skip("all", fmt::format("the context has dtype {}", name(A.ctx->dtype)));
    return report;
  }
  Trial trial(A, report, seed);
  for (std::int64_t i = 0; i < samples; ++i) trial.sample();
  trial.matrix();
  trial.conversion();
  return report;
}

}  // namespace spc

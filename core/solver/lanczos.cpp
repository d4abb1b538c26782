// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <vector>

#include "core/solver/eigen.hpp"
#include "core/solver/entry.hpp"
#include "core/solver/stopping.hpp"
#include "core/solver/tridiagonal.hpp"
#include "core/solver/vectors.hpp"

namespace spc {

namespace {

using Complex = std::complex<double>;

const LinOp &checked(const char *solver, LinOp &A, Value *start, const char *role,
                     const SolveOptions &options) {
  check_square(A, solver);
  check_self_adjoint(A, solver);
  if (start != nullptr) check_vector(*A.domain, *start, solver, role);
  check_options(options, solver);
  require_space_norm(options, solver);
  if (options.maxiter != SPC_NONE_I64 && options.maxiter < 1)
    fail(SPC_E_VALUE, "{}: max_iter must be positive. Got {}", solver, options.maxiter);
  return A;
}

/// An orthonormal basis v_0 ... v_{m-1} of a Krylov space of a self-adjoint A, in which A is the
/// tridiagonal T.
class Lanczos {
 public:
  Lanczos(const char *solver, std::int64_t most, LinOp &A, Value *start, const char *role,
          const SolveOptions &options, SolveResult &result)
      : A_(checked(solver, A, start, role, options)),
        X_(*A.domain),
        limit_(std::min(options.maxiter == SPC_NONE_I64 ? most : options.maxiter,
                        std::max<std::int64_t>(X_.size(), 1))),
        memory_(options.workspace, solver),
        progress_(options, result, eps(A.ctx->dtype),
                  options.maxiter == SPC_NONE_I64 ? most : options.maxiter),
        w_(memory_.element(X_)),
        vectors_(X_, memory_, *w_),
        alpha_(memory_.reals(limit())),
        beta_(memory_.reals(limit())),
        values_(memory_.reals(limit())),
        off_(memory_.reals(limit())),
        rows_(memory_.reals(2 * limit())),
        projections_(memory_.complexes(limit())) {}
  Lanczos(const Lanczos &) = delete;
  Lanczos &operator=(const Lanczos &) = delete;

 protected:
  ~Lanczos() = default;

  std::size_t limit() const noexcept { return static_cast<std::size_t>(limit_); }

  /// v_0 = start / ||start||. Its norm.
  double begin(Value &start) {
    Value &v = memory_.nth(basis_, 0, X_);
    vectors_.copy(start, v);
    const double size = vectors_.norm(v);
    if (size > 0 && std::isfinite(size)) vectors_.scale(1 / size, v);
    return size;
  }

  /// One more dimension. false: something is not finite.
  bool extend() {
    const std::size_t k = m_;
    const double size = vectors_.apply_norm(A_, *basis_[k], *w_);
    progress_.applied();
    std::fill_n(projections_.begin(), k + 1, Complex(0));
    const double left =
        vectors_.orthogonalise({basis_.data(), k + 1}, *w_, size, projections_.data());
    alpha_[k] = projections_[k].real();
    if (!std::isfinite(left) || !std::isfinite(alpha_[k])) return false;
    largest_ = std::max({largest_, std::abs(alpha_[k]), left});
    ++m_;
    // The space is invariant, or all there is.
    if (m_ == static_cast<std::size_t>(X_.size()) || left <= progress_.eps() * largest_) {
      beta_[k] = 0;
      return true;
    }
    beta_[k] = left;
    if (m_ < limit()) {
      Value &next = memory_.nth(basis_, m_, X_);
      vectors_.multiple(1 / left, *w_, next);
    }
    return true;
  }

  /// Eigenvalues of T in values_; of the eigenvectors the first and the last coordinates.
  bool diagonalise() {
    load();
    const std::span<double> rows = rows_.first(2 * m_);
    std::fill(rows.begin(), rows.end(), 0.0);
    rows[0] = rows[2 * m_ - 1] = 1;
    return tridiagonal_eigen(values_.first(m_), off_.first(m_), rows);
  }
  double first(std::size_t i) const { return rows_[i]; }
  double last(std::size_t i) const { return rows_[m_ + i]; }
  double beta() const { return beta_[m_ - 1]; }

  /// All eigenvectors: U[j * m + i] is coordinate j of eigenvector i.
  std::span<double> eigenvectors() {
    load();
    const std::span<double> U = memory_.reals(m_ * m_);
    for (std::size_t j = 0; j < m_; ++j) U[j * m_ + j] = 1;
    tridiagonal_eigen(values_.first(m_), off_.first(m_), U);
    return U;
  }

  /// out = sum y_j v_j
  void expand(std::span<const Complex> y, Value &out) {
    vectors_.add_all(y, {basis_.data(), y.size()}, out, true);
  }

  const LinOp &A_;
  const Space &X_;
  const std::int64_t limit_;  // of the dimension
  Memory memory_;
  Progress progress_;
  const Ref<Value> w_;
  Vectors vectors_;
  Elements &basis_ = memory_.list();
  std::size_t m_ = 0;
  double largest_ = 0;
  std::span<double> alpha_, beta_, values_, off_, rows_;
  std::span<Complex> projections_;

 private:
  void load() {
    std::copy_n(alpha_.begin(), m_, values_.begin());
    std::copy_n(beta_.begin(), m_, off_.begin());
  }
};

class Smallest final : public Lanczos {
 public:
  Smallest(LinOp &A, Value *v0, const SolveOptions &options, SolveResult &result)
      : Lanczos("lanczos_smallest", 100, A, v0, "initial_vector", options, result),
        result_(result) {}

  Ref<Value> run(Value *v0, double &eigenvalue) {
    Ref<Value> x = memory_.element(X_);
    eigenvalue = std::nan("");
    progress_.conduct([&] {
      vectors_.fill(*x, 1);
      Value &start = v0 == nullptr ? *x : *v0;
      double size = begin(start);
      if (size == 0) size = begin(*first_coordinate());
      vectors_.copy(*basis_[0], *x);
      if (!std::isfinite(size)) {
        result_.residual_norm = result_.true_residual_norm = size;
        return std::int32_t{SPC_REASON_NONFINITE};
      }
      const std::int32_t reason = iterate();
      return m_ == 0 ? reason : finish(reason, *x, eigenvalue);
    });
    return x;
  }

 private:
  // An empty space has none; its norm is 0 again.
  Ref<Value> first_coordinate() {
    std::vector<std::byte> host(static_cast<std::size_t>(X_.size()) *
                                static_cast<std::size_t>(size_of(X_.ctx->dtype)));
    if (!host.empty()) {
      Scalar one(SPC_WEAK_FLOAT, 0, 1.0);
      std::byte bytes[16] = {};
      scalar_bytes(one, X_.ctx->dtype, bytes, "lanczos_smallest");
      std::copy_n(bytes, size_of(X_.ctx->dtype), host.begin());
    }
    return X_.from_host(host.data());
  }

  std::int32_t iterate() {
    const auto residual = [&] {
      if (!diagonalise()) return std::nan("");
      const auto values = values_.first(m_);
      const auto least = std::min_element(values.begin(), values.end());
      const double largest =
          std::abs(*std::max_element(values.begin(), values.end(),
                                     [](double a, double b) { return std::abs(a) < std::abs(b); }));
      progress_.set_baseline(largest, largest);
      return beta() * std::abs(last(static_cast<std::size_t>(least - values.begin())));
    };
    for (;;) {
      if (const std::int32_t over = progress_.limit(1)) return over;
      if (!extend()) return SPC_REASON_NONFINITE;
      if (const std::int32_t reason = progress_.step(1, residual, beta() == 0)) return reason;
    }
  }

  // The Ritz vector and its Rayleigh quotient.
  std::int32_t finish(std::int32_t reason, Value &x, double &eigenvalue) {
    const std::span<double> U = eigenvectors();
    const auto values = values_.first(m_);
    const auto least =
        static_cast<std::size_t>(std::min_element(values.begin(), values.end()) - values.begin());
    for (std::size_t j = 0; j < m_; ++j) projections_[j] = U[j * m_ + least];
    expand(projections_.first(m_), x);
    const double size = vectors_.norm(x);
    if (size > 0) vectors_.scale(1 / size, x);
    eigenvalue = vectors_.apply_dot(A_, x, *w_).real();
    progress_.applied();
    const double actual = vectors_.add_norm(-eigenvalue, x, *w_);
    result_.true_residual_norm = actual;
    return progress_.verified(reason, actual, largest_);
  }

  SolveResult &result_;
};

class Exponential final : public Lanczos {
 public:
  Exponential(LinOp &A, Value &v, Complex t, const SolveOptions &options, SolveResult &result)
      : Lanczos("expm_multiply", 30, A, &v, "v", options, result), t_(t), result_(result) {}

  Ref<Value> run(Value &v) {
    Ref<Value> x = memory_.element(X_);
    progress_.conduct([&] {
      const double size = begin(v);
      vectors_.copy(v, *x);
      if (!std::isfinite(size) || !std::isfinite(std::abs(t_))) {
        result_.residual_norm = result_.true_residual_norm = std::nan("");
        return std::int32_t{SPC_REASON_NONFINITE};
      }
      if (size == 0) return progress_.start(0, 0);
      const std::int32_t reason = iterate();
      result_.true_residual_norm = progress_.residual();
      if (m_ > 0) finish(size, *x);
      return reason;
    });
    return x;
  }

 private:
  std::int32_t iterate() {
    const auto residual = [&] {
      if (!diagonalise()) return std::nan("");
      Complex last_coordinate = 0;
      double square = 0;
      for (std::size_t i = 0; i < m_; ++i) {
        const Complex y = std::exp(t_ * values_[i]) * first(i);
        last_coordinate += last(i) * y;
        square += std::norm(y);
      }
      const double size = std::max(1.0, std::sqrt(square));
      progress_.set_baseline(size, size);
      return beta() * std::abs(last_coordinate);
    };
    for (;;) {
      if (const std::int32_t over = progress_.limit(1)) return over;
      if (!extend()) return SPC_REASON_NONFINITE;
      if (const std::int32_t reason = progress_.step(1, residual, beta() == 0)) return reason;
    }
  }

  // ||v|| V exp(t T) e_0
  void finish(double size, Value &x) {
    const std::span<double> U = eigenvectors();
    for (std::size_t j = 0; j < m_; ++j) {
      Complex y = 0;
      for (std::size_t i = 0; i < m_; ++i) y += U[j * m_ + i] * (std::exp(t_ * values_[i]) * U[i]);
      projections_[j] = size * y;
    }
    expand(projections_.first(m_), x);
  }

  const Complex t_;
  SolveResult &result_;
};

// A real or complex scalar.
Complex checked_time(Value *t, const LinOp &A) {
  if (t == nullptr) return 1;
  Complex z;
  bool complex;
  if (t->kind() == ValueKind::scalar) {
    const Scalar &s = static_cast<Scalar &>(*t);
    z = s.number;
    complex = s.weak_kind == SPC_WEAK_COMPLEX;
  } else {
    const Array &a = as_dense(t, "expm_multiply");
    if (a.ndim() != 0)
      fail(SPC_E_VALUE, "expm_multiply: t has shape {}, expected a scalar", a.shape);
    z = read_scalar(a);
    complex = is_complex(a.dtype);
  }
  if (complex && !A.ctx->complex())
    fail(SPC_E_TYPE, "expm_multiply: t is complex, the operator has dtype {}", name(A.ctx->dtype));
  return z;
}

}  // namespace

void lanczos_smallest(LinOp &A, Value *v0, const SolveOptions &options, double &eigenvalue,
                      Ref<Value> &eigenvector, SolveResult &result) {
  Smallest solve(A, v0, options, result);
  eigenvector = solve.run(v0, eigenvalue);
}

void expm_multiply(LinOp &A, Value &v, Value *t, const SolveOptions &options, Ref<Value> &out,
                   SolveResult &result) {
  const Complex time = checked_time(t, A);
  Exponential solve(A, v, time, options, result);
  out = solve.run(v);
}

}  // namespace spc

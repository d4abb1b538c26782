// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <vector>

#include "core/ops/ops.hpp"
#include "core/registry/registry.hpp"
#include "core/solver/eigen.hpp"
#include "core/solver/entry.hpp"
#include "core/solver/stopping.hpp"
#include "core/solver/vectors.hpp"

namespace spc {

namespace {

using Complex = std::complex<double>;

/// A small matrix on the host, row-major.
struct Matrix {
  Matrix(std::size_t r, std::size_t c) : rows(r), cols(c), data(r * c) {}
  Complex &operator()(std::size_t i, std::size_t j) { return data[i * cols + j]; }
  const Complex &operator()(std::size_t i, std::size_t j) const { return data[i * cols + j]; }
  std::size_t rows, cols;
  std::vector<Complex> data;
};

// left^H right
Matrix adjoint_product(const Matrix &left, const Matrix &right) {
  Matrix out(left.cols, right.cols);
  for (std::size_t k = 0; k < left.rows; ++k)
    for (std::size_t i = 0; i < left.cols; ++i)
      for (std::size_t j = 0; j < right.cols; ++j) out(i, j) += std::conj(left(k, i)) * right(k, j);
  return out;
}
Matrix product(const Matrix &left, const Matrix &right) {
  Matrix out(left.rows, right.cols);
  for (std::size_t i = 0; i < left.rows; ++i)
    for (std::size_t k = 0; k < left.cols; ++k)
      for (std::size_t j = 0; j < right.cols; ++j) out(i, j) += left(i, k) * right(k, j);
  return out;
}

struct Eigen {
  std::vector<double> values;  // ascending
  Matrix vectors;              // columns
};

// Of a Hermitian matrix, by the host default family.
Eigen eigh(const Matrix &a, bool complex) {
  const std::size_t n = a.rows;
  const Dtype dtype = complex ? Dtype::complex128 : Dtype::float64;
  const Ref<Context> ctx = make<Context>(Registry::get().host_default(), dtype, CheckLevel::none);
  const auto side = static_cast<std::int64_t>(n);
  Ref<Array> matrix;
  if (complex) {
    matrix = ops::from_host(*ctx, dtype, {side, side}, a.data.data());
  } else {
    std::vector<double> real(n * n);
    std::transform(a.data.begin(), a.data.end(), real.begin(), [](Complex z) { return z.real(); });
    matrix = ops::from_host(*ctx, dtype, {side, side}, real.data());
  }
  OpArgs args(Op::eigh);
  args.in[0] = matrix.get();
  args.n_in = 1;
  const Ref<Value> pair = dispatch(args);
  const auto &items = static_cast<Sequence &>(*pair).items;
  Eigen out{std::vector<double>(n), Matrix(n, n)};
  ops::to_host(static_cast<Array &>(*items[0]), out.values.data());
  if (complex) {
    ops::to_host(static_cast<Array &>(*items[1]), out.vectors.data.data());
  } else {
    std::vector<double> real(n * n);
    ops::to_host(static_cast<Array &>(*items[1]), real.data());
    std::copy(real.begin(), real.end(), out.vectors.data.begin());
  }
  return out;
}

/// k elements with their images under A and, where there is one, B.
struct Block {
  Elements &x, &a, &b;
  std::size_t size = 0;
};

/// Knyazev: Rayleigh-Ritz on the span of the iterates X, the preconditioned residuals W of those
/// that have not converged, and the last steps P.
class Lobpcg {
 public:
  Lobpcg(LinOp &A, LinOp *B, Value &X0, const SolveOptions &options, SolveResult &result)
      : A_(A),
        B_(B),
        X_(checked(A, B, X0, options)),
        options_(options),
        result_(result),
        k_(static_cast<std::size_t>(X_.batch_shape(X0)[0])),
        memory_(options.workspace, "lobpcg"),
        progress_(options, result, eps(A.ctx->dtype), iteration_limit(options, X_.size())),
        work_(memory_.element(X_)),
        vectors_(X_, memory_, *work_),
        residuals_(memory_.reals(k_)) {
    std::fill(residuals_.begin(), residuals_.end(), std::nan(""));
  }

  void run(Value &X0, Ref<Array> &eigenvalues, Ref<Value> &eigenvectors) {
    values_.assign(k_, std::nan(""));
    progress_.conduct([&] {
      x_.size = k_;
      for (std::size_t i = 0; i < k_; ++i)
        vectors_.copy(*X_.batch_item(X0, static_cast<std::int64_t>(i)), nth(x_.x, i));
      std::int32_t reason = begin();
      if (reason == 0) reason = iterate();
      return verified(reason);
    });
    eigenvectors = X_.batch_of({x_.x.data(), k_});
    const Dtype real = real_of(X_.ctx->dtype);
    const Ref<Context> ctx = make<Context>(X_.ctx->family, real, CheckLevel::none);
    const std::vector<float> narrow(values_.begin(), values_.end());
    const void *host = size_of(real) == 8 ? static_cast<const void *>(values_.data())
                                          : static_cast<const void *>(narrow.data());
    eigenvalues = ops::from_host(*ctx, real, {static_cast<std::int64_t>(k_)}, host);
  }

 private:
  static const Space &checked(const LinOp &A, const LinOp *B, Value &X0,
                              const SolveOptions &options) {
    const Space &X = *A.domain;
    check_square(A, "lobpcg");
    check_self_adjoint(A, "lobpcg");
    if (B != nullptr) {
      check_square(*B, "lobpcg", "B");
      if (!B->domain->interchangeable(X))
        fail(SPC_E_VALUE, "lobpcg: B is an operator on shape {}, A on shape {}{}",
             B->domain->shape(), X.shape(),
             B->domain->shape() == X.shape() ? " with another geometry, family or dtype" : "");
      if (B->is_hermitian() == Verdict::no)
        fail(SPC_E_VALUE, "lobpcg: B, a {}, is not self-adjoint", B->kind());
    }
    check_options(options, "lobpcg");
    require_space_norm(options, "lobpcg");
    check_preconditioner(X, options, "lobpcg", true);
    X.admit_batch(X0, "lobpcg", "X0");
    const Dims leading = X.batch_shape(X0);
    if (leading.size() != 1)
      fail(SPC_E_VALUE, "lobpcg: X0 has batch shape {}, expected one leading axis", leading);
    const std::int64_t k = leading[0];
    if (k < 1) fail(SPC_E_VALUE, "lobpcg: X0 has {} elements, expected at least 1", k);
    if (k > X.size() / 5)
      fail(SPC_E_VALUE, "lobpcg: X0 has k = {} elements, but 5 k exceeds the size {} of the space",
           k, X.size());
    X.require_native(*X.batch_item(X0, 0), "lobpcg", "X0");
    return X;
  }

  Value &nth(Elements &list, std::size_t i) { return memory_.nth(list, i, X_); }
  Complex number(Complex z) const { return X_.complex() ? z : Complex(z.real()); }

  void apply_A(Value &x, Value &y) {
    A_.apply_into_core(nullptr, x, nullptr, y, Mode::none);
    progress_.applied();
  }
  // The images of element i of the block.
  void map(Block &block, std::size_t i) {
    apply_A(*block.x[i], nth(block.a, i));
    if (B_ != nullptr)
      B_->apply_into_core(nullptr, *block.x[i], nullptr, nth(block.b, i), Mode::none);
  }
  // B x_i
  Value &weighted(Block &block, std::size_t i) { return B_ != nullptr ? *block.b[i] : *block.x[i]; }

  // The Ritz pairs of X0 itself.
  std::int32_t begin() {
    if (const std::int32_t over = progress_.limit(static_cast<std::int64_t>(k_))) return over;
    for (std::size_t i = 0; i < k_; ++i) {
      const double size = vectors_.norm(*x_.x[i]);
      if (!std::isfinite(size)) return SPC_REASON_NONFINITE;
      if (size == 0) return SPC_REASON_BREAKDOWN;
      vectors_.scale(1 / size, *x_.x[i]);
      map(x_, i);
    }
    if (const std::int32_t reason = project(false)) return reason;
    measure();
    return progress_.check(largest_residual());
  }

  std::int32_t iterate() {
    for (;;) {
      const auto cost = static_cast<std::int64_t>(
          std::count_if(residuals_.begin(), residuals_.end(),
                        [&](double r) { return !(r <= progress_.test().threshold()); }));
      if (const std::int32_t over = progress_.limit(std::max<std::int64_t>(cost, 1))) return over;
      if (const std::int32_t reason = directions())
        return progress_.stuck(reason, [&] { return largest_residual(); });
      if (const std::int32_t reason = project(true))
        return progress_.stuck(reason, [&] { return largest_residual(); });
      measure();
      if (const std::int32_t reason = progress_.step(1, [&] { return largest_residual(); }))
        return reason;
    }
  }

  // W: M^-1 r of the pairs that have not converged, off X, with images.
  std::int32_t directions() {
    w_.size = 0;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < k_; ++i) {
      if (residuals_[i] <= progress_.test().threshold()) continue;
      if (i < p_.size && keep_step(i, kept)) ++kept;
      Value &w = nth(w_.x, w_.size);
      take_residual(i, *work_);
      if (options_.precond == nullptr) {
        vectors_.copy(*work_, w);
      } else {
        options_.precond->apply_into_core(nullptr, *work_, nullptr, w, Mode::none);
        const double natural = vectors_.inner(*work_, w);
        if (!std::isfinite(natural)) return SPC_REASON_NONFINITE;
        if (natural <= 0) return SPC_REASON_INDEFINITE;
      }
      const double size = vectors_.norm(w);
      if (!std::isfinite(size)) return SPC_REASON_NONFINITE;
      if (size == 0) continue;
      vectors_.scale(1 / size, w);
      // Twice is enough. X is B-orthonormal.
      for (int pass = 0; pass < 2; ++pass)
        for (std::size_t j = 0; j < k_; ++j)
          vectors_.add(-vectors_.dot(weighted(x_, j), w), *x_.x[j], w);
      const double left = vectors_.norm(w);
      if (left <= progress_.eps()) continue;
      vectors_.scale(1 / left, w);
      map(w_, w_.size);
      ++w_.size;
    }
    p_.size = kept;
    return w_.size == 0 ? SPC_REASON_BREAKDOWN : 0;
  }

  // Step i as a unit element number `to`; false: it is zero.
  bool keep_step(std::size_t i, std::size_t to) {
    const double size = vectors_.norm(*p_.x[i]);
    if (!(size > 0) || !std::isfinite(size)) return false;
    for (Elements *list : {&p_.x, &p_.a, &p_.b}) {
      if (list->empty()) continue;
      vectors_.scale(1 / size, *(*list)[i]);
      std::swap((*list)[i], (*list)[to]);
    }
    return true;
  }

  // Element i of X, W, P together.
  std::pair<Block *, std::size_t> member(std::size_t i) {
    for (Block *block : {&x_, &w_}) {
      if (i < block->size) return {block, i};
      i -= block->size;
    }
    return {&p_, i};
  }

  // Rayleigh-Ritz on X, W, P: X becomes the k wanted Ritz vectors, P their parts outside of X.
  std::int32_t project(bool step) {
    if (!step) w_.size = p_.size = 0;
    std::size_t n = x_.size + w_.size + p_.size;
    Matrix of_A(n, n), of_B(n, n);
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = i; j < n; ++j) {
        const auto [left, li] = member(i);
        const auto [right, ri] = member(j);
        of_A(i, j) = number(vectors_.dot(*left->x[li], *right->a[ri]));
        of_B(i, j) = number(vectors_.dot(*left->x[li], weighted(*right, ri)));
        if (!std::isfinite(std::abs(of_A(i, j))) || !std::isfinite(std::abs(of_B(i, j))))
          return SPC_REASON_NONFINITE;
        if (i == j) {
          of_A(i, i) = of_A(i, i).real();
          of_B(i, i) = of_B(i, i).real();
          if (!(of_B(i, i).real() > 0)) return SPC_REASON_INDEFINITE;
        }
        of_A(j, i) = std::conj(of_A(i, j));
        of_B(j, i) = std::conj(of_B(i, j));
      }
    // A basis of the span that is orthonormal by B: of the Gram matrix with unit diagonal.
    Matrix basis = orthonormal(of_B);
    if (basis.cols < n && p_.size > 0) {
      // The last steps have become dependent on the rest: a soft restart without them.
      p_.size = 0;
      n = x_.size + w_.size;
      of_A = leading(of_A, n);
      basis = orthonormal(leading(of_B, n));
    }
    if (negative_) return SPC_REASON_INDEFINITE;
    if (basis.cols < k_ || (!step && basis.cols < n)) return SPC_REASON_BREAKDOWN;
    const Eigen ritz = eigh(hermitian(adjoint_product(basis, product(of_A, basis))), X_.complex());
    const std::size_t found = ritz.values.size();
    Matrix wanted(found, k_);
    for (std::size_t j = 0; j < k_; ++j) {
      const std::size_t from = options_.largest ? found - 1 - j : j;
      values_[j] = ritz.values[from];
      for (std::size_t i = 0; i < found; ++i) wanted(i, j) = ritz.vectors(i, from);
    }
    size_ = std::max({size_, std::abs(ritz.values.front()), std::abs(ritz.values.back())});
    const Matrix y = product(basis, wanted);
    update(x_.x, w_.x, p_.x, y, step);
    update(x_.a, w_.a, p_.a, y, step);
    if (B_ != nullptr) update(x_.b, w_.b, p_.b, y, step);
    p_.size = step ? k_ : 0;
    return 0;
  }

  // p = W y_w + P y_p; x = X y_x + p, of the elements or of their images.
  void update(Elements &x, Elements &w, Elements &p, const Matrix &y, bool step) {
    for (std::size_t j = 0; step && j < k_; ++j) {
      clear_terms();
      for (std::size_t i = 0; i < w_.size + p_.size; ++i)
        add_term(y(k_ + i, j), i < w_.size ? w[i] : p[i - w_.size]);
      vectors_.add_all(factors_, terms_, nth(spare_, j), true);
    }
    if (step) {
      for (std::size_t j = 0; j < k_; ++j) nth(p, j);
      std::swap(p, spare_);
    }
    for (std::size_t j = 0; j < k_; ++j) {
      clear_terms();
      for (std::size_t i = 0; i < k_; ++i) add_term(y(i, j), x[i]);
      if (step) add_term(1, p[j]);
      vectors_.add_all(factors_, terms_, nth(spare_, j), true);
    }
    std::swap(x, spare_);
    clear_terms();
  }
  // Of a sum of elements.
  void clear_terms() {
    factors_.clear();
    terms_.clear();
  }
  void add_term(Complex factor, const Ref<Value> &element) {
    factors_.push_back(factor);
    terms_.push_back(element);
  }

  // Columns c with c^H gram c = 1; fewer than gram has where it is singular to working precision.
  Matrix orthonormal(const Matrix &gram) {
    const std::size_t n = gram.rows;
    Matrix scaled = gram;
    std::vector<double> by(n);
    for (std::size_t i = 0; i < n; ++i) by[i] = 1 / std::sqrt(gram(i, i).real());
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j) scaled(i, j) *= by[i] * by[j];
    const Eigen e = eigh(scaled, X_.complex());
    const double noise = 100 * static_cast<double>(n) * progress_.eps();
    negative_ = e.values.front() < -noise;
    std::size_t dropped = 0;
    while (dropped < n && e.values[dropped] <= noise) ++dropped;
    Matrix out(n, n - dropped);
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = dropped; j < n; ++j)
        out(i, j - dropped) = by[i] * e.vectors(i, j) / std::sqrt(e.values[j]);
    return out;
  }
  static Matrix leading(const Matrix &a, std::size_t n) {
    Matrix out(n, n);
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j) out(i, j) = a(i, j);
    return out;
  }
  static Matrix hermitian(Matrix a) {
    for (std::size_t i = 0; i < a.rows; ++i)
      for (std::size_t j = i; j < a.cols; ++j) {
        const Complex mean = (a(i, j) + std::conj(a(j, i))) / 2.0;
        a(i, j) = mean;
        a(j, i) = std::conj(mean);
      }
    return a;
  }

  // out = A x - lambda B x
  void take_residual(std::size_t i, Value &out) {
    vectors_.sum(*x_.a[i], -values_[i], weighted(x_, i), out);
  }
  void measure() {
    double size = 0;
    for (std::size_t i = 0; i < k_; ++i) {
      residuals_[i] = vectors_.sum_norm(*x_.a[i], -values_[i], weighted(x_, i), *work_);
      size = std::max(size, std::abs(values_[i]));
    }
    progress_.set_baseline(size, size_);
  }
  double largest_residual() const {
    double out = 0;
    for (const double r : residuals_)
      if (!(r <= out)) out = r;  // NaN stays
    return out;
  }

  std::int32_t verified(std::int32_t reason) {
    if (std::isfinite(values_[0])) {
      for (std::size_t i = 0; i < k_; ++i) map(x_, i);
      measure();
    }
    result_.true_residual_norm = largest_residual();
    return progress_.verified(reason, result_.true_residual_norm, size_);
  }

  LinOp &A_;
  LinOp *const B_;
  const Space &X_;
  const SolveOptions &options_;
  SolveResult &result_;
  const std::size_t k_;
  Memory memory_;
  Progress progress_;
  const Ref<Value> work_;
  Vectors vectors_;
  std::span<double> residuals_;
  Block x_{memory_.list(), memory_.list(), memory_.list()};
  Block w_{memory_.list(), memory_.list(), memory_.list()};
  Block p_{memory_.list(), memory_.list(), memory_.list()};
  Elements &spare_ = memory_.list();
  std::vector<double> values_;
  std::vector<Complex> factors_;
  Elements terms_;
  double size_ = 0;  // largest Ritz value seen
  bool negative_ = false;
};

}  // namespace

void lobpcg(LinOp &A, LinOp *B, Value &X0, const SolveOptions &options, Ref<Array> &eigenvalues,
            Ref<Value> &eigenvectors, SolveResult &result) {
  Lobpcg solve(A, B, X0, options, result);
  solve.run(X0, eigenvalues, eigenvectors);
}

}  // namespace spc

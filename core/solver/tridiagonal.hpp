// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

namespace spc {

/// Eigenvalues of the real symmetric tridiagonal matrix with diagonal d (n) and off-diagonal e
/// (n - 1 and one more, which is scratch): d receives them, in no order. Every row of z (rows of
/// length n) is multiplied by the orthogonal matrix of eigenvectors: a row of the identity becomes
/// that row of it. false: no convergence, or something is not finite.
bool tridiagonal_eigen(std::span<double> d, std::span<double> e, std::span<double> z);

}  // namespace spc

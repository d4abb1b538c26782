// SPDX-License-Identifier: Apache-2.0
// Decompositions are not unique, so their definitions are tested: residuals and orthonormality.
#pragma once

#include <functional>

#include "tools/spacecore/conform/host_array.hpp"

namespace cmd::conform {

/// Stacks of matrices; shapes agree with each other as the ops promise them. Each function throws
/// Mismatch if an entry of a residual is above tolerance * max(1, Frobenius norm of the matrix).

/// A V = V diag(w), V^H V = I and w ascending, for the Hermitian A of the lower triangle of `a`.
void require_eigh(const HostArray &a, const HostArray &w, const HostArray &v, double tolerance);

/// A V = V diag(w), columns of V of 2-norm 1.
void require_eig(const HostArray &a, const HostArray &w, const HostArray &v, double tolerance);

/// U diag(s) Vh = A, orthonormal columns of U and rows of Vh.
void require_svd(const HostArray &a, const HostArray &u, const HostArray &s, const HostArray &vh,
                 double tolerance);

/// Every expected value of a row has a nearest unused computed value, which `close` accepts.
void require_same_multisets(
    const HostArray &values, const HostArray &expected,
    const std::function<bool(std::complex<double> value, std::complex<double> expected)> &close);

}  // namespace cmd::conform

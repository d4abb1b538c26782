// SPDX-License-Identifier: Apache-2.0
#include "tools/spacecore/problem.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <complex>
#include <limits>
#include <vector>

namespace cmd {
namespace {

bool is_complex(std::int32_t dtype) {
  return dtype >= SPC_COMPLEX64;
}

std::int32_t dtype_of(const Array &array) {
  return get<std::int32_t>(spc_array_dtype, array.get());
}

Context make_context(const ProblemOptions &options, std::int32_t dtype) {
  return make<Context>(spc_context_create, options.backend.c_str(), dtype, options.check_level);
}

Array read_file(const std::string &path, const Context &context, const char *format,
                std::int32_t dtype) {
  const char *const file = path == "-" ? "/dev/stdin" : path.c_str();
  return make(spc_mm_read, file, context.get(), format, dtype);
}

// The same array if it has the dtype.
Array cast(Array array, const Context &context, std::int32_t dtype, bool sparse) {
  if (dtype_of(array) == dtype) return array;
  if (sparse) return make(spc_assparse, context.get(), array.get(), "csr", dtype);
  return make(spc_astype, array.get(), dtype);
}

// -Laplace on an n x n x n grid, 7 points, Dirichlet boundary: CSR of width `Index`.
template <class Index>
struct Stencil {
  std::vector<Index> indptr, indices;
  std::vector<double> data;

  explicit Stencil(std::int64_t n) {
    const std::int64_t size = n * n * n, nnz = 7 * size - 6 * n * n;
    indptr.reserve(size + 1);
    indices.reserve(nnz);
    data.reserve(nnz);
    indptr.push_back(0);
    for (std::int64_t z = 0, row = 0; z < n; ++z) {
      for (std::int64_t y = 0; y < n; ++y) {
        for (std::int64_t x = 0; x < n; ++x, ++row) {
          add(z > 0, row - n * n, -1);
          add(y > 0, row - n, -1);
          add(x > 0, row - 1, -1);
          add(true, row, 6);
          add(x + 1 < n, row + 1, -1);
          add(y + 1 < n, row + n, -1);
          add(z + 1 < n, row + n * n, -1);
          indptr.push_back(static_cast<Index>(indices.size()));
        }
      }
    }
  }

 private:
  void add(bool inside, std::int64_t column, double value) {
    if (!inside) return;
    indices.push_back(static_cast<Index>(column));
    data.push_back(value);
  }
};

template <class Index>
Array upload(const Stencil<Index> &stencil, std::int64_t size, const Context &context,
             std::int32_t dtype) {
  const auto vector = [&](std::int32_t element, const auto &values) {
    const auto length = static_cast<std::int64_t>(values.size());
    return make(spc_array_from_host, context.get(), element, std::int32_t{1}, &length,
                static_cast<const void *>(values.data()));
  };
  constexpr std::int32_t index_dtype = sizeof(Index) == 4 ? SPC_INT32 : SPC_INT64;
  const auto indptr = vector(index_dtype, stencil.indptr);
  const auto indices = vector(index_dtype, stencil.indices);
  auto data = vector(SPC_FLOAT64, stencil.data);
  data = cast(std::move(data), context, dtype, false);
  return make(spc_sparse_create, std::int32_t{SPC_CSR}, size, size, indptr.get(), indices.get(),
              data.get());
}

Array poisson(std::int64_t n, const Context &context, std::int32_t dtype) {
  const std::int64_t size = n * n * n;
  if (7 * size <= std::numeric_limits<std::int32_t>::max()) {
    return upload(Stencil<std::int32_t>(n), size, context, dtype);
  }
  return upload(Stencil<std::int64_t>(n), size, context, dtype);
}

Array read_rhs(const ProblemOptions &options, const Context &context, std::int64_t rows) {
  auto column = read_file(options.rhs, context, "dense", options.dtype);
  const auto shape = shape_of(column.get());
  if (shape != std::vector<std::int64_t>{rows, 1}) {
    throw BadInput(fmt::format("{}: the right-hand side is {} x {}, {} x 1 expected", options.rhs,
                               shape[0], shape[1], rows));
  }
  return make(spc_ravel, column.get());
}

Space dense_space(const Context &context, std::int64_t n) {
  return make<Space>(spc_space_dense, context.get(), std::int32_t{1}, &n, spc_geometry{});
}

// The operator and, unless it was read, the right-hand side. The library speaks of A here, the user
// thinks of a file.
void complete(Problem &problem) {
  const Space domain = dense_space(problem.context, problem.cols);
  const Space codomain = dense_space(problem.context, problem.rows);
  problem.op = make<LinOp>(problem.sparse ? spc_linop_sparse : spc_linop_dense,
                           problem.matrix.get(), domain.get(), codomain.get());
  if (problem.rhs) return;
  const auto ones = make(spc_ones, problem.context.get(), std::int32_t{1}, &problem.cols,
                         std::int32_t{SPC_DTYPE_NONE});
  problem.rhs = make(spc_linop_apply, problem.op.get(), ones.get());
  problem.ones_solve_it = true;
}

}  // namespace

Problem load_problem(const ProblemOptions &options) {
  Problem problem;
  // Only the family matters for reading; the dtype follows from what is read.
  Context reading = make_context(options, options.dtype);
  if (options.poisson) {
    const auto n = *options.poisson;
    problem.name = fmt::format("3-D Poisson, {0} x {0} x {0} grid", n);
    problem.matrix =
        poisson(n, reading, options.dtype == SPC_DTYPE_NONE ? SPC_FLOAT64 : options.dtype);
  } else {
    problem.name = options.matrix == "-" ? "standard input" : options.matrix;
    problem.matrix = read_file(options.matrix, reading, nullptr, options.dtype);
  }
  const auto shape = shape_of(problem.matrix.get());
  problem.rows = shape[0];
  problem.cols = shape[1];
  problem.sparse = get<std::int32_t>(spc_value_kind, problem.matrix.get()) == SPC_VALUE_SPARSE;
  problem.nnz = problem.sparse ? get<std::int64_t>(spc_sparse_nnz, problem.matrix.get())
                               : problem.rows * problem.cols;
  if (!options.rhs.empty()) problem.rhs = read_rhs(options, reading, problem.rows);

  std::int32_t dtype = dtype_of(problem.matrix);
  if (problem.rhs && is_complex(dtype_of(problem.rhs))) dtype = dtype_of(problem.rhs);
  problem.context = make_context(options, dtype);
  problem.matrix = cast(std::move(problem.matrix), problem.context, dtype, problem.sparse);
  if (problem.rhs) problem.rhs = cast(std::move(problem.rhs), problem.context, dtype, false);
  problem.family = get<const char *>(spc_context_family, problem.context.get());
  problem.dtype = dtype_name(dtype);
  complete(problem);
  return problem;
}

LinOp jacobi(const Problem &problem) {
  const spc_array matrix = problem.matrix.get();
  Array diagonal;
  if (problem.sparse) {
    diagonal = make(spc_sparse_diagonal, matrix);
  } else {
    const auto length = make(spc_weak_i64, std::min(problem.rows, problem.cols));
    const auto i = make(spc_arange, problem.context.get(), length.get(), spc_array{}, spc_array{},
                        std::int32_t{SPC_INT64});
    const spc_index item = {SPC_INDEX_ARRAY, 0, 0, 0, 0, i.get()};
    const spc_index index[] = {item, item};
    diagonal = make(spc_getitem, matrix, std::int32_t{2}, index);
  }

  const auto values = make(spc_astype, diagonal.get(), std::int32_t{SPC_COMPLEX128});
  std::vector<std::complex<double>> host(get<std::int64_t>(spc_array_size, values.get()));
  check(spc_array_to_host(values.get(), host.data(),
                          static_cast<std::int64_t>(host.size() * sizeof host[0])));
  const auto zero = std::find(host.begin(), host.end(), 0.0);
  if (zero != host.end()) {
    throw BadInput(fmt::format("{}: diagonal entry {} is zero, so --precond jacobi cannot be used",
                               problem.name, zero - host.begin() + 1));
  }
  const auto one = make(spc_weak_f64, 1.0);
  const auto inverse = make(spc_divide, one.get(), diagonal.get());
  return make<LinOp>(spc_linop_diagonal, inverse.get(), spc_space{});
}

}  // namespace cmd

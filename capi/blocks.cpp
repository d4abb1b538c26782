// SPDX-License-Identifier: Apache-2.0
#include "core/linop/blocks.hpp"

#include "capi/operators.hpp"

using namespace spc;        // NOLINT(google-build-using-namespace): C bodies of this library
using namespace spc::capi;  // NOLINT(google-build-using-namespace)

extern "C" {

spc_status spc_linop_block_diagonal(const char *structure, int64_t n, const spc_linop *blocks,
                                    spc_linop *out) {
  constexpr const char *op = "linop_block_diagonal";
  return linop_result(op, out, [&] {
    std::vector<Ref<LinOp>> list = linops_of(n, blocks, op, "blocks");
    const Structure tree =
        structure == nullptr ? Structure::tuple(list.size()) : Structure::parse(structure, op);
    return BlockDiagonalLinOp::create(tree, std::move(list));
  });
}

spc_status spc_linop_block_diagonal_on(spc_space domain, spc_space codomain, int64_t n,
                                       const spc_linop *blocks, spc_linop *out) {
  constexpr const char *op = "linop_block_diagonal_on";
  return linop_result(op, out, [&] {
    return BlockDiagonalLinOp::create_on(space_of(domain, op), space_of(codomain, op),
                                         linops_of(n, blocks, op, "blocks"));
  });
}

spc_status spc_linop_block_matrix(int64_t rows, int64_t cols, const spc_linop *blocks,
                                  spc_linop *out) {
  constexpr const char *op = "linop_block_matrix";
  return linop_result(op, out, [&] {
    require(blocks, op, "blocks");
    int64_t n = 0;
    if (rows < 0 || cols < 0 || __builtin_mul_overflow(rows, cols, &n))
      fail(SPC_E_VALUE, "{}: {} rows and {} columns", op, rows, cols);
    std::vector<Ref<LinOp>> list;
    for (int64_t i = 0; i < n; ++i)
      list.push_back(blocks[i] == nullptr ? nullptr : linop_of(blocks[i], op));
    return BlockMatrixLinOp::create(rows, cols, std::move(list));
  });
}

spc_status spc_linop_stacked(spc_space domain, spc_space codomain, int64_t n,
                             const spc_linop *parts, spc_linop *out) {
  constexpr const char *op = "linop_stacked";
  return linop_result(op, out, [&] {
    return StackedLinOp::create(space_or_null(domain, op), space_or_null(codomain, op),
                                linops_of(n, parts, op, "parts"));
  });
}

spc_status spc_linop_sum_to_single(spc_space domain, spc_space codomain, int64_t n,
                                   const spc_linop *parts, spc_linop *out) {
  constexpr const char *op = "linop_sum_to_single";
  return linop_result(op, out, [&] {
    return SumToSingleLinOp::create(space_or_null(domain, op), space_or_null(codomain, op),
                                    linops_of(n, parts, op, "parts"));
  });
}

}  // extern "C"

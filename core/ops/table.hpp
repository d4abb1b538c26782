// SPDX-License-Identifier: Apache-2.0
// ops.def as data: one dense index per op, in row order.
#pragma once

#include <cstdint>

#include "spacecore/ops.h"

namespace spc {

/// Row of the op table. The C enumerators SPC_OP_* are the ABI codes; this is the dense index.
enum class Op : std::uint16_t {
#define SPC_OP(NAME, ...) NAME,
#include "spacecore/ops.def"
  count_
};

/// How an op is called; each has one C body and, but for the exceptions in dispatch, one rule.
enum class Signature : std::uint8_t {
  CONSTANT,
  CREATE,
  FULL,
  FULL_LIKE,
  EYE,
  ARANGE,
  LINSPACE,
  ASARRAY,
  CAST,
  UNARY,
  VIEW,
  SHAPE,
  AXES,
  AXIS_PAIR,
  MOVEAXIS,
  STACK,
  CONCATENATE,
  ARRAYS,
  TUPLE_OF_ARRAYS,
  GETITEM,
  TAKE,
  INDEX_UPDATE,
  BINARY,
  ISCLOSE,
  ALLCLOSE,
  ALLCLOSE_SPARSE,
  WHERE,
  CLIP,
  REDUCE,
  REDUCE_AS,
  LOGSUMEXP,
  ARG,
  AXIS,
  NONZERO,
  BINCOUNT,
  NORM,
  MATMUL,
  TENSORDOT,
  EINSUM,
  OPTIONS,
  EIGH,
  EIG,
  SVD,
  LU,
  FACTOR_SOLVE,
  TRIANGULAR,
  ASSPARSE,
  AXPBY,
  PROGRAM,
  KERNEL
};
enum class Rule : std::uint8_t { P, K, F, FP, R, RF, A, B, I, D, N };
/// Which dtypes choose a kernel; VIEW: none runs.
enum class Key : std::uint8_t { VIEW, SAME, PAIR };

struct OpInfo {
  const char *name;
  std::uint32_t code;
  Rule rule;
  Key key;
  Signature form;
  const char *signature;
  const char *profile;
  const char *text, *shapes, *dtype, *errors, *reference;
};

inline constexpr OpInfo op_table[] = {
#define SPC_OP(NAME, CODE, SINCE, SIG, PROFILE, RULE, KEY, EFFECTS, LINEAR_IN, BATCH, VJP, TEXT, \
               SHAPES, DTYPE, ERRORS, REFERENCE)                                                 \
  {#NAME,    CODE, Rule::RULE, Key::KEY, Signature::SIG, #SIG,                                   \
   #PROFILE, TEXT, SHAPES,     DTYPE,    ERRORS,         REFERENCE},
#include "spacecore/ops.def"
};

inline constexpr int op_count = static_cast<int>(Op::count_);

constexpr const OpInfo &info(Op op) {
  return op_table[static_cast<int>(op)];
}
constexpr const char *name(Op op) {
  return info(op).name;
}

/// Row of an ABI code, or Op::count_.
constexpr Op op_of_code(std::uint32_t code) {
  for (int i = 0; i < op_count; ++i)
    if (op_table[i].code == code) return static_cast<Op>(i);
  return Op::count_;
}

/// Slots of an op in a flattened table: one a dtype (SAME), one a pair (PAIR).
constexpr int signature_count(Key key) {
  return key == Key::VIEW ? 0 : key == Key::SAME ? SPC_DTYPE_COUNT : SPC_DTYPE_COUNT * 16;
}

}  // namespace spc

// SPDX-License-Identifier: Apache-2.0
#include "core/space/program.hpp"

#include <algorithm>

#include "core/ops/ops.hpp"
#include "core/registry/registry.hpp"
#include "core/space/space.hpp"

namespace spc {

namespace {

// <x, y> = sum conj(x) w y with the weights w behind the vectors.
Program with_weights(const Program &p) {
  spc_instruction instructions[SPC_MAX_PROGRAM_UPDATES + SPC_MAX_PROGRAM_REDUCTIONS];
  const int n = p.n_updates() + p.n_reductions(), weights = p.n_vectors();
  std::copy_n(p.params().instructions, n, instructions);
  for (spc_instruction *i = instructions + p.n_updates(); i != instructions + n; ++i) {
    i->code = i->code == SPC_PROGRAM_DOT ? SPC_PROGRAM_WEIGHTED_DOT : SPC_PROGRAM_WEIGHTED_SQUARES;
    i->w = weights;
  }
  return {p.n_vectors() + 1, p.n_scalars(), instructions, n};
}

Scalar number(std::complex<double> z) {
  return Scalar(z.imag() == 0 ? SPC_WEAK_FLOAT : SPC_WEAK_COMPLEX, 0, z);
}

void update(const Space &space, const spc_instruction &i, Value *const *x,
            const std::complex<double> *a) {
  Value &out = *x[i.out], &from = *x[i.x], &other = *x[i.y];
  Scalar one(SPC_WEAK_FLOAT, 0, 1.0), of_x = number(a[i.a]), of_y = number(a[i.b]);
  switch (i.code) {
    case SPC_PROGRAM_COPY:
      if (&from != &out) space.copy_into(from, out);
      return;
    case SPC_PROGRAM_SCALE:
      return space.axpby_into(&of_x, from, nullptr, out);
    default:
      break;
  }
  Scalar *const b = i.code == SPC_PROGRAM_AXPY ? &one : &of_y;
  if (&other == &out) return space.axpby_into(&of_x, from, b, out);
  if (&from == &out) return space.axpby_into(b, other, &of_x, out);
  space.axpby_into(b, other, nullptr, out);
  space.axpby_into(&of_x, from, &one, out);
}

}  // namespace

SpaceProgram::SpaceProgram(int n_vectors, int n_numbers,
                           std::span<const spc_instruction> instructions)
    : plain_(n_vectors, n_numbers, instructions.data(),
             static_cast<std::int32_t>(instructions.size())),
      weighted_(plain_.n_reductions() == 0 ? plain_ : with_weights(plain_)) {}

Ref<Array> Space::new_sums() const {
  if (!ctx->family.opaque()) return ops::empty(*ctx, {Program::max_reductions}, ctx->dtype);
  const Ref<Context> host =
      make<Context>(Registry::get().host_default(), ctx->dtype, CheckLevel::none);
  return ops::empty(*host, {Program::max_reductions}, ctx->dtype);
}

// One operation after the other.
void Space::run(const SpaceProgram &program, Value *const *x, const std::complex<double> *a,
                const ProgramRoom &room, std::complex<double> *results) const {
  const Program &p = program.plain();
  const std::complex<double> none[1] = {};
  for (int i = 0; i < p.n_updates(); ++i)
    update(*this, p.update(i), x, p.n_scalars() == 0 ? none : a);
  for (int k = 0; k < p.n_reductions(); ++k) {
    const spc_instruction &i = p.reduction(k);
    inner_into(*x[i.x], *x[i.code == SPC_PROGRAM_DOT ? i.y : i.x], room.work, room.number);
    results[k] = read_scalar(room.number);
  }
}

}  // namespace spc

// SPDX-License-Identifier: Apache-2.0
#include "core/ops/explain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <span>
#include <vector>

#include "core/context/context.hpp"
#include "core/ops/operands.hpp"
#include "core/support/error.hpp"

namespace spc {

namespace {

constexpr Dtype all_dtypes[] = {Dtype::boolean, Dtype::int8,      Dtype::uint8,
                                Dtype::int32,   Dtype::int64,     Dtype::float32,
                                Dtype::float64, Dtype::complex64, Dtype::complex128};

// What an op without a kernel of its own is made of. An op that is not listed is a view.
struct Composition {
  Op op;
  std::initializer_list<Op> parts;
};
constexpr Composition compositions[] = {
    {Op::zeros, {Op::fill}},
    {Op::ones, {Op::fill}},
    {Op::full, {Op::fill}},
    {Op::eye, {Op::fill}},
    {Op::asarray, {Op::copy, Op::astype, Op::densify}},
    {Op::cast, {Op::astype}},
    {Op::zeros_like, {Op::fill}},
    {Op::ones_like, {Op::fill}},
    {Op::full_like, {Op::fill}},
    {Op::linspace, {Op::arange, Op::fill}},
    {Op::inf, {Op::fill}},
    {Op::nan, {Op::fill}},
    {Op::pi, {Op::fill}},
    {Op::e, {Op::fill}},
    {Op::reshape, {Op::copy}},
    {Op::ravel, {Op::copy}},
    {Op::stack, {Op::copy, Op::astype}},
    {Op::concatenate, {Op::copy, Op::astype}},
    {Op::hstack, {Op::copy, Op::astype}},
    {Op::vstack, {Op::copy, Op::astype}},
    {Op::dstack, {Op::copy, Op::astype}},
    {Op::column_stack, {Op::copy, Op::astype}},
    {Op::adjoint, {Op::conj}},
    {Op::getitem, {Op::gather}},
    {Op::take, {Op::gather}},
    {Op::index_set, {Op::copy, Op::fill, Op::scatter}},
    {Op::index_add, {Op::copy, Op::fill, Op::scatter, Op::add}},
    {Op::ix_, {Op::nonzero, Op::copy}},
    {Op::imag, {Op::copy, Op::fill}},
    {Op::mean, {Op::sum, Op::divide}},
    {Op::trace, {Op::sum}},
    {Op::bincount, {Op::min, Op::max, Op::astype, Op::fill, Op::scatter}},
    {Op::dot, {Op::astype, Op::matmul, Op::spmm}},
    {Op::kron, {Op::multiply}},
    {Op::outer, {Op::multiply}},
    {Op::tensordot, {Op::matmul, Op::vdot, Op::multiply}},
    {Op::einsum, {Op::matmul, Op::vdot, Op::multiply, Op::sum}},
    {Op::inv, {Op::fill, Op::solve}},
    {Op::eigvalsh, {Op::eigh}},
    {Op::expm,
     {Op::matmul, Op::solve, Op::axpby, Op::norm, Op::add, Op::subtract, Op::multiply, Op::max}},
    {Op::diag, {Op::copy, Op::fill}},
    {Op::tril, {Op::fill, Op::where}},
    {Op::triu, {Op::fill, Op::where}},
    {Op::assparse, {Op::sparsify, Op::coo_to_csr, Op::csr_to_coo, Op::csr_transpose}},
    {Op::sparse_matmul, {Op::spmm}},
    {Op::program_run, {Op::copy, Op::axpby, Op::multiply, Op::vdot}},
    {Op::sparse_sum_duplicates, {Op::csr_is_canonical, Op::csr_to_coo, Op::coo_to_csr}},
};

struct Count {
  std::size_t least, most;
};
constexpr std::size_t any = SIZE_MAX;

// Array operands of a signature.
Count operand_count(Signature form) {
  switch (form) {
    case Signature::CONSTANT:
    case Signature::CREATE:
    case Signature::EYE:
      return {0, 0};
    case Signature::ARANGE:
      return {0, 3};
    case Signature::FULL_LIKE:
    case Signature::LINSPACE:
    case Signature::TAKE:
    case Signature::BINARY:
    case Signature::ISCLOSE:
    case Signature::ALLCLOSE:
    case Signature::ALLCLOSE_SPARSE:
    case Signature::MATMUL:
    case Signature::TENSORDOT:
      return {2, 2};
    case Signature::LOGSUMEXP:
    case Signature::BINCOUNT:
      return {1, 2};
    case Signature::WHERE:
      return {3, 3};
    case Signature::CLIP:
      return {1, 3};
    case Signature::AXPBY:
      return {4, 4};
    case Signature::INDEX_UPDATE:
      return {2, any};
    case Signature::STACK:
    case Signature::CONCATENATE:
    case Signature::ARRAYS:
    case Signature::TUPLE_OF_ARRAYS:
    case Signature::GETITEM:
    case Signature::EINSUM:
    case Signature::PROGRAM:
    case Signature::KERNEL:
      return {1, any};
    default:
      return {1, 1};
  }
}

// Operands that may be host scalars beside any memory space.
unsigned scalar_roles(Signature form) {
  return form == Signature::AXPBY ? 0b0101 : form == Signature::INDEX_UPDATE ? 0b10 : 0;
}

Op op_called(std::string_view called) {
  for (int i = 0; i < op_count; ++i)
    if (called == op_table[i].name) return static_cast<Op>(i);
  fail(SPC_E_VALUE, "explain: unknown op '{}'", called);
}

bool is_floating_result(Rule rule) {
  return rule == Rule::F || rule == Rule::FP || rule == Rule::RF;
}

// The dtype in which the kernel of op reads operands whose join is `joined`.
// The same with a sparse operand.
constexpr Composition with_sparse[] = {
    {Op::add, {Op::csr_is_canonical, Op::csr_add, Op::sparse_eliminate_zeros}},
    {Op::subtract, {Op::csr_is_canonical, Op::csr_add, Op::sparse_eliminate_zeros}},
    {Op::axpby, {Op::csr_is_canonical, Op::csr_add, Op::sparse_eliminate_zeros}},
    {Op::multiply,
     {Op::csr_is_canonical, Op::csr_multiply, Op::sparse_eliminate_zeros, Op::csr_sample,
      Op::multiply}},
    {Op::divide, {Op::csr_sample, Op::divide}},
    {Op::matmul, {Op::csr_matmul, Op::sparse_eliminate_zeros, Op::spmm}},
    {Op::dot, {Op::csr_matmul, Op::sparse_eliminate_zeros, Op::spmm}},
    {Op::kron, {Op::csr_kron}},
    {Op::negative, {Op::negative}},
    {Op::conj, {Op::conj}},
    {Op::adjoint, {Op::conj}},
    {Op::imag, {Op::copy, Op::fill}},
    {Op::abs, {Op::csr_is_canonical, Op::abs}},
    {Op::sign, {Op::csr_is_canonical, Op::sign}},
    {Op::square, {Op::csr_is_canonical, Op::square}},
    {Op::sqrt, {Op::csr_is_canonical, Op::sqrt}},
    {Op::sin, {Op::csr_is_canonical, Op::sin}},
    {Op::getitem, {Op::arange, Op::gather, Op::csr_rows, Op::csr_columns, Op::densify}},
    {Op::take, {Op::arange, Op::gather, Op::csr_rows, Op::csr_columns}},
    {Op::diagonal, {Op::csr_diagonal}},
    {Op::trace, {Op::csr_diagonal, Op::sum}},
    {Op::sum, {Op::csr_reduce, Op::csr_transpose, Op::sum}},
    {Op::max, {Op::csr_is_canonical, Op::csr_reduce, Op::csr_transpose, Op::max, Op::maximum}},
    {Op::min, {Op::csr_is_canonical, Op::csr_reduce, Op::csr_transpose, Op::min, Op::minimum}},
    {Op::norm,
     {Op::csr_is_canonical, Op::norm, Op::abs, Op::csr_reduce, Op::csr_transpose, Op::max}},
};

const Composition *composition_of(Op op, bool sparse) {
  const std::span<const Composition> table = sparse ? std::span<const Composition>(with_sparse)
                                                    : std::span<const Composition>(compositions);
  const auto found =
      std::find_if(table.begin(), table.end(), [&](const Composition &c) { return c.op == op; });
  return found == table.end() ? nullptr : &*found;
}

Dtype read_dtype(Op op, Dtype joined) {
  return is_floating_result(info(op).rule) ? floating_of(joined) : elementwise_dtype(op, joined);
}

// The operands whose dtypes decide.
std::span<Value *const> deciding(Op op, std::span<Value *const> operands) {
  switch (info(op).rule) {
    case Rule::K:
    case Rule::A:
    case Rule::R:
    case Rule::RF:
    case Rule::I:
      return operands.first(std::min<std::size_t>(operands.size(), 1));
    default:
      return op == Op::where ? operands.subspan(1) : operands;
  }
}

// That of the default context if no operand has one.
Dtype joined_dtype(Op op, std::span<Value *const> operands) {
  Join all;
  for (Value *v : deciding(op, operands)) {
    if (v == nullptr) continue;
    Dtype d = join_of(&v, 1);
    // Weak operands stay weak; integer matrices become float64 before the join.
    if (v->kind() == ValueKind::scalar)
      all.weak(static_cast<Scalar *>(v)->weak_kind);
    else
      all.strong(op == Op::solve ? floating_of(d) : d);
  }
  return all.empty() ? default_context()->dtype : all.result();
}

std::string dtype_text(const Value *v) {
  if (v == nullptr) return "absent";
  if (v->kind() == ValueKind::array) return name(static_cast<const Array *>(v)->dtype);
  if (v->kind() == ValueKind::sparse) return name(static_cast<const SparseArray *>(v)->dtype());
  constexpr const char *weak[] = {"weak bool", "weak int", "weak float", "weak complex"};
  return weak[static_cast<const Scalar *>(v)->weak_kind];
}

std::string family_text(std::span<Value *const> operands) {
  std::vector<std::string> names;
  for (const Value *v : operands) {
    if (v == nullptr || v->kind() == ValueKind::scalar) continue;
    const Family &f = v->kind() == ValueKind::array ? *static_cast<const Array *>(v)->family
                                                    : static_cast<const SparseArray *>(v)->family();
    if (std::find(names.begin(), names.end(), f.name()) == names.end()) names.push_back(f.name());
  }
  if (names.empty()) return "no operand has one: that of the default context";
  return fmt::format("of the operands: {}", fmt::join(names, ", "));
}

// The second dtype of a PAIR key, as far as the operands say it.
Dtype second_dtype(Op op, Dtype first, std::span<Value *const> operands) {
  if (op == Op::sum || op == Op::prod) return accumulator_of(first);
  for (const Value *v : operands)
    if (v != nullptr && v->kind() == ValueKind::sparse && op != Op::astype)
      return static_cast<const SparseArray *>(v)->index_dtype();
  return Dtype::none;
}

std::string tier_text(const Family &family, const Family &tier, const Kernel &kernel) {
  std::string text =
      fmt::format("{}: {} kernel", tier.name(), &tier == &family ? "own" : "inherited");
  if (kernel.entry->supports != nullptr) text += ", asked per call by its supports()";
  return text;
}

}  // namespace

void Explanation::line(std::string_view text) {
  text_.append(static_cast<std::size_t>(2 * depth_), ' ').append(text).push_back('\n');
}

void Explanation::kernels(Op op, Family &family, Dtype first, Dtype second) {
  const bool pair = info(op).key == Key::PAIR;
  if (pair && second == Dtype::none) {
    bool found = false;
    for (const Dtype d : all_dtypes) {
      if (family.table().find(op, first, d) == nullptr) continue;
      kernels(op, family, first, d);
      found = true;
    }
    if (found) return;
  }
  std::string key = name(first);
  if (pair) key += fmt::format(", {}", second == Dtype::none ? "any" : name(second));
  line(fmt::format("{} for {}, tried in this order:", spc::name(op), key));
  const Part part(*this);
  const Kernel *const candidates =
      pair && second == Dtype::none ? nullptr : family.table().find(op, first, second);
  const Family *last = &family;
  for (const Family *tier = &family; tier != nullptr; tier = tier->base()) {
    bool has_one = false;
    for (const Kernel *k = candidates; k != nullptr; k = k->next) {
      if (k->owner != tier) continue;
      line(tier_text(family, *tier, *k));
      has_one = true;
    }
    if (!has_one) line(fmt::format("{}: no kernel", tier->name()));
    last = tier;
  }
  if (!last->base_name().empty()) line(fmt::format("{}: not loaded", last->base_name()));
  if (candidates == nullptr)
    line("none is left: a call is NotImpl");
  else
    line(fmt::format("taken: that of {}{}", candidates->owner->name(),
                     candidates->entry->supports == nullptr ? ""
                     : candidates->next == nullptr          ? "; a call that it declines is NotImpl"
                                                   : "; a call that it declines goes to the next"));
}

std::string explain(std::string_view called, std::span<Value *const> operands) {
  const Op op = op_called(called);
  const Count count = operand_count(info(op).form);
  if (operands.size() < count.least || operands.size() > count.most)
    fail(SPC_E_VALUE, "explain: {} takes {}, got {} operands", called,
         count.most == any           ? fmt::format("{} or more", count.least)
         : count.most == count.least ? fmt::format("{}", count.least)
                                     : fmt::format("{} to {}", count.least, count.most),
         operands.size());
  Family &family = family_of(operands.data(), static_cast<int>(operands.size()), "explain", nullptr,
                             scalar_roles(info(op).form));
  const Dtype joined = joined_dtype(op, operands);

  Explanation e;
  e.line(fmt::format("{}: {}", called, info(op).text));
  e.line(fmt::format("family {} ({})", family.name(), family_text(operands)));
  std::vector<std::string> dtypes;
  for (const Value *v : operands) dtypes.push_back(dtype_text(v));
  e.line(dtypes.empty() ? fmt::format("dtype {}, that of the default context", name(joined))
                        : fmt::format("dtype {} (of the operands: {})", name(joined),
                                      fmt::join(dtypes, ", ")));

  const bool sparse = std::any_of(operands.begin(), operands.end(), [](const Value *v) {
    return v != nullptr && v->kind() == ValueKind::sparse;
  });
  const Composition *made = sparse ? composition_of(op, true) : nullptr;
  const bool composed =
      made != nullptr || info(op).key == Key::VIEW ||
      (op == Op::program_run && family.table().find(op, read_dtype(op, joined)) == nullptr);
  if (!composed) {
    const Dtype first = read_dtype(op, joined);
    e.kernels(op, family, first, second_dtype(op, first, operands));
    return e.text();
  }
  if (made == nullptr) made = composition_of(op, false);
  if (made == nullptr) {
    e.line(op == Op::empty ? "allocates memory: no kernel runs" : "a view: no kernel runs");
    return e.text();
  }
  e.line("no kernel of its own; where elements are written or computed, mainly by");
  const Explanation::Part part(e);
  const Dtype base = is_floating_result(info(op).rule) ? floating_of(joined) : joined;
  for (const Op sub : made->parts) {
    const Dtype first = read_dtype(sub, base);
    e.kernels(sub, family, first, second_dtype(sub, first, operands));
  }
  return e.text();
}

}  // namespace spc

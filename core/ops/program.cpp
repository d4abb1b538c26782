// SPDX-License-Identifier: Apache-2.0
// program_run: checks, one kernel call, and the plain ops where a family has no kernel.
#include "core/ops/program.hpp"

#include <algorithm>
#include <cstring>

#include "core/ops/launch.hpp"
#include "core/ops/operands.hpp"
#include "core/ops/ops.hpp"
#include "core/ops/rules.hpp"
#include "core/support/error.hpp"

namespace spc {

namespace {

constexpr const char *op = "program_run";

// What an instruction uses besides x.
struct Form {
  const char *name;
  bool reduces, out, y, w, a, b;
};

// nullptr for a code that names no instruction.
const Form *form_of(std::int32_t code) {
  static constexpr Form copy{"copy", false, true, false, false, false, false},
      scale{"scale", false, true, false, false, true, false},
      axpy{"axpy", false, true, true, false, true, false},
      axpby{"axpby", false, true, true, false, true, true},
      multiply{"multiply", false, true, true, false, false, false},
      dot{"dot", true, false, true, false, false, false},
      weighted_dot{"weighted dot", true, false, true, true, false, false},
      squares{"sum of squares", true, false, false, false, false, false},
      weighted_squares{"weighted squares", true, false, false, true, false, false};
  switch (code) {
    case SPC_PROGRAM_COPY:
      return &copy;
    case SPC_PROGRAM_SCALE:
      return &scale;
    case SPC_PROGRAM_AXPY:
      return &axpy;
    case SPC_PROGRAM_AXPBY:
      return &axpby;
    case SPC_PROGRAM_MULTIPLY:
      return &multiply;
    case SPC_PROGRAM_DOT:
      return &dot;
    case SPC_PROGRAM_WEIGHTED_DOT:
      return &weighted_dot;
    case SPC_PROGRAM_SUM_OF_SQUARES:
      return &squares;
    case SPC_PROGRAM_WEIGHTED_SQUARES:
      return &weighted_squares;
    default:
      return nullptr;
  }
}

void check_count(std::int32_t n, std::int32_t least, std::int32_t most, const char *what) {
  if (n < least || n > most)
    fail(SPC_E_VALUE, "{}: {} {}, expected {} to {}", op, n, what, least, most);
}

// Position of a field; a field that the instruction does not use is 0.
void check_field(int position, const Form &form, const char *field, std::int32_t value, bool used,
                 std::int32_t n, const char *what) {
  if (!used && value != 0)
    fail(SPC_E_VALUE, "{}: instruction {} ({}) has {} = {}, which it does not use; expected 0", op,
         position, form.name, field, value);
  if (used && (value < 0 || value >= n))
    fail(SPC_E_VALUE, "{}: instruction {} ({}) has {} = {}, of {} {}", op, position, form.name,
         field, value, n, what);
}

}  // namespace

Program::Program(std::int32_t n_vectors, std::int32_t n_scalars,
                 const spc_instruction *instructions, std::int32_t n_instructions) {
  check_count(n_vectors, 1, max_vectors, "vectors");
  check_count(n_scalars, 0, max_scalars, "scalars");
  check_count(n_instructions, 1, SPC_MAX_PROGRAM_UPDATES + SPC_MAX_PROGRAM_REDUCTIONS,
              "instructions");
  if (instructions == nullptr) fail(SPC_E_VALUE, "{}: instructions is NULL", op);
  params_.struct_size = sizeof params_;
  params_.n_vectors = n_vectors;
  params_.n_scalars = n_scalars;
  for (int i = 0; i < n_instructions; ++i) append(instructions[i], i);
}

void Program::append(const spc_instruction &given, int position) {
  const Form *const form = form_of(given.code);
  if (form == nullptr)
    fail(SPC_E_VALUE, "{}: instruction {} has code {}, which names none", op, position, given.code);
  if (!form->reduces && params_.n_reductions > 0)
    fail(SPC_E_VALUE, "{}: instruction {} ({}) follows a reduction; updates come first", op,
         position, form->name);
  check_field(position, *form, "x", given.x, true, params_.n_vectors, "vectors");
  check_field(position, *form, "y", given.y, form->y, params_.n_vectors, "vectors");
  check_field(position, *form, "w", given.w, form->w, params_.n_vectors, "vectors");
  check_field(position, *form, "out", given.out, form->out, params_.n_vectors, "vectors");
  check_field(position, *form, "a", given.a, form->a, params_.n_scalars, "scalars");
  check_field(position, *form, "b", given.b, form->b, params_.n_scalars, "scalars");
  if (given.reserved != 0)
    fail(SPC_E_VALUE, "{}: instruction {} has reserved = {}, expected 0", op, position,
         given.reserved);
  std::int32_t &n = form->reduces ? params_.n_reductions : params_.n_updates;
  check_count(n + 1, 1, form->reduces ? SPC_MAX_PROGRAM_REDUCTIONS : SPC_MAX_PROGRAM_UPDATES,
              form->reduces ? "reductions" : "updates");
  ++n;
  if (form->out) params_.written |= std::uint32_t{1} << given.out;
  params_.instructions[position] = given;
}

namespace {

// The operands of one call, checked.
class Run {
 public:
  explicit Run(const OpArgs &args)
      : program_(*args.program), n_(program_.n_vectors()), results_(args.into), list_(args.list) {
    for (int i = 0; i < n_; ++i) vectors_[i] = &as_dense(list_[i], op);
    family_ = &family_of(list_, n_, op);
    dtype_ = vectors_[0]->dtype;
    check_vectors();
    check_scalars();
    check_results();
  }

  void run() {
    const Array &first = *vectors_[0];
    if (first.size == 0) {
      if (const int n = program_.n_reductions(); n > 0)
        ops::fill(*new_view(*results_, {n}, results_->strides, results_->data, dtype_, true), 0);
    } else if (!by_kernel()) {
      decompose();
    }
    for (int i = 0; i < n_; ++i)
      if (program_.writes(i)) vectors_[i]->buffer->touch();
  }

 private:
  void check_vectors() const {
    const Array &first = *vectors_[0];
    if (!is_floating(dtype_))
      fail(SPC_E_TYPE, "{}: vectors have dtype {}, expected a floating one", op, name(dtype_));
    for (int i = 1; i < n_; ++i) {
      const Array &x = *vectors_[i];
      if (x.shape != first.shape)
        fail(SPC_E_VALUE, "{}: vector 0 has shape {}, vector {} has shape {}", op, first.shape, i,
             x.shape);
      if (x.dtype != dtype_)
        fail(SPC_E_TYPE, "{}: vector 0 has dtype {}, vector {} has dtype {}", op, name(dtype_), i,
             name(x.dtype));
    }
    for (int i = 0; i < n_; ++i) {
      if (!program_.writes(i)) continue;
      if (!vectors_[i]->writable())
        fail(SPC_E_VALUE, "{}: vector {} is written and is read-only", op, i);
      for (int j = 0; j < n_; ++j)
        if (j != i && may_overlap(*vectors_[i], *vectors_[j]))
          fail(SPC_E_VALUE,
               "{}: vector {} is written and shares memory with vector {}; one vector has one "
               "position",
               op, i, j);
    }
  }

  void check_scalars() {
    for (int k = 0; k < program_.n_scalars(); ++k) {
      Value &v = *list_[n_ + k];
      if (v.kind() == ValueKind::scalar) {
        scalar_bytes(static_cast<const Scalar &>(v), dtype_, bytes_[k], op);
        continue;
      }
      Array &a = as_dense(&v, op);
      if (a.opaque())
        fail(SPC_E_NOTIMPL,
             "{}: scalar {} is opaque; weak scalars and arrays of the host are taken", op, k);
      if (a.ndim() != 0)
        fail(SPC_E_VALUE, "{}: scalar {} has shape {}, expected a scalar", op, k, a.shape);
      if (a.dtype != dtype_)
        fail(SPC_E_TYPE, "{}: scalar {} has dtype {}, the vectors have dtype {}", op, k,
             name(a.dtype), name(dtype_));
      const MemorySpace &space = a.buffer->space();
      if (space.id == 0)
        std::memcpy(bytes_[k], a.data, static_cast<std::size_t>(size_of(dtype_)));
      else if (!family_->opaque() && &space == &family_->memory())
        in_space_[k] = is_written(a) ? (kept_[k] = ops::copy(a)).get() : &a;
      else
        fail(SPC_E_TYPE, "{}: scalar {} is in memory space '{}', the vectors in '{}'", op, k,
             space.name, family_->memory().name);
    }
  }

  // A scalar is what it was before the call.
  bool is_written(const Array &a) const {
    for (int i = 0; i < n_; ++i)
      if (program_.writes(i) && may_overlap(*vectors_[i], a)) return true;
    return results_ != nullptr && may_overlap(*results_, a);
  }

  void check_results() const {
    const std::int64_t wanted = program_.n_reductions();
    if (results_ == nullptr) {
      if (wanted > 0) fail(SPC_E_VALUE, "{}: results is NULL, with {} reductions", op, wanted);
      return;
    }
    const Array &r = *results_;
    if (r.ndim() != 1 || r.shape[0] < wanted)
      fail(SPC_E_VALUE, "{}: results has shape {}, the program has {} reductions", op, r.shape,
           wanted);
    if (r.dtype != dtype_)
      fail(SPC_E_TYPE, "{}: results has dtype {}, the vectors have dtype {}", op, name(r.dtype),
           name(dtype_));
    if (family_->opaque()) {
      if (r.opaque() || r.buffer->space().id != 0)
        fail(SPC_E_TYPE, "{}: results is an {}, expected an array in host memory", op,
             describe(&r));
    } else {
      common_family(*r.family, *family_, op);
    }
    if (!r.writable()) fail(SPC_E_VALUE, "{}: results is read-only", op);
    for (int i = 0; i < n_; ++i)
      if (may_overlap(r, *vectors_[i]))
        fail(SPC_E_VALUE, "{}: results shares memory with vector {}", op, i);
  }

  bool by_kernel() {
    if (family_->table().find(Op::program_run, dtype_) == nullptr) return false;
    spc_tensor inputs[max_inputs], outputs[max_outputs];
    const spc_tensor *in[max_inputs];
    spc_tensor *out[max_outputs];

    // Row-major vectors are one axis; others lose what axes they can.
    static constexpr std::int64_t step = 1, zeros[SPC_MAX_NDIM] = {};
    const bool flat = std::all_of(vectors_, vectors_ + n_,
                                  [](const Array *x) { return !x->opaque() && x->contiguous(); });
    const Array &first = *vectors_[0];
    Operand walks[Program::max_vectors];
    Dims shape;
    if (!flat && !first.opaque()) {
      Operand *pointers[Program::max_vectors];
      for (int i = 0; i < n_; ++i) {
        walks[i] = operand_of(*vectors_[i]);
        pointers[i] = &walks[i];
      }
      shape = first.shape;
      normalise_axes(shape, pointers, n_, 0, shape.size());
      if (shape.empty()) add_unit_axis(shape, pointers, n_);
    }
    const std::int32_t ndim = flat ? 1 : first.opaque() ? first.ndim() : shape.size();
    const std::int64_t *const lengths = flat             ? &first.size
                                        : first.opaque() ? first.shape.data()
                                                         : shape.data();
    for (int i = 0; i < n_; ++i) {
      Array &x = *vectors_[i];
      const std::int64_t *const strides = flat         ? &step
                                          : x.opaque() ? nullptr
                                                       : walks[i].strides.data();
      inputs[i] = tensor(x.opaque() ? std::uint32_t{SPC_TENSOR_OPAQUE} : 0u, ndim, lengths, strides,
                         x.data, x.buffer->space().id);
    }
    int n_out = 0;
    for (int i = 0; i < n_; ++i)
      if (program_.writes(i)) outputs[n_out++] = inputs[i];
    std::int64_t n_results = program_.n_reductions();
    if (n_results > 0)
      outputs[n_out++] = tensor(0, 1, &n_results, results_->strides.data(), results_->data,
                                results_->buffer->space().id);
    const int n_in = n_ + program_.n_scalars();
    for (int k = 0; k < program_.n_scalars(); ++k) {
      const Array *const a = in_space_[k];
      inputs[n_ + k] = a != nullptr
                           ? tensor(0, ndim, lengths, zeros, a->data, a->buffer->space().id)
                           : tensor(SPC_TENSOR_VALUE, ndim, lengths, zeros, bytes_[k], 0);
    }
    for (int i = 0; i < n_in; ++i) {
      inputs[i].flags |= SPC_TENSOR_READ_ONLY;
      in[i] = &inputs[i];
    }
    for (int i = 0; i < n_out; ++i) out[i] = &outputs[i];

    Exec exec;
    spc_call call = {sizeof(spc_call),
                     info(Op::program_run).code,
                     static_cast<std::uint32_t>(n_in),
                     static_cast<std::uint32_t>(n_out),
                     in,
                     out,
                     &program_.params(),
                     nullptr,
                     &exec,
                     &host_api};
    const Kernel *const kernel = find_kernel(*family_, Op::program_run, dtype_, Dtype::none, call);
    if (kernel == nullptr) return false;
    run_kernel(*kernel, Op::program_run, call, exec);
    return true;
  }

  void decompose() {
    for (int i = 0; i < program_.n_updates(); ++i) update(program_.update(i));
    for (int k = 0; k < program_.n_reductions(); ++k) reduce(program_.reduction(k), k);
  }

  Value *scalar(int k) const { return in_space_[k] != nullptr ? in_space_[k] : list_[n_ + k]; }

  void update(const spc_instruction &i) {
    Array &x = *vectors_[i.x], &y = *vectors_[i.y], &out = *vectors_[i.out];
    Scalar one(SPC_WEAK_INT, 1, 1.0);
    switch (i.code) {
      case SPC_PROGRAM_COPY:
        if (&x != &out) ops::copy_into(x, out);
        return;
      case SPC_PROGRAM_SCALE:
        return ops::axpby_into(scalar(i.a), x, nullptr, x, out);
      case SPC_PROGRAM_AXPY:
        return ops::axpby_into(scalar(i.a), x, &one, y, out);
      case SPC_PROGRAM_AXPBY:
        return ops::axpby_into(scalar(i.a), x, scalar(i.b), y, out);
      default:
        return ops::multiply_into(x, y, out);
    }
  }

  void reduce(const spc_instruction &i, int k) {
    Array &x = *vectors_[i.x];
    const bool squares =
        i.code == SPC_PROGRAM_SUM_OF_SQUARES || i.code == SPC_PROGRAM_WEIGHTED_SQUARES;
    const bool weighted =
        i.code == SPC_PROGRAM_WEIGHTED_DOT || i.code == SPC_PROGRAM_WEIGHTED_SQUARES;
    Ref<Array> y = Ref<Array>::share(squares ? &x : vectors_[i.y]);
    if (weighted) {
      const Ref<Array> product = ops::new_like(*y);
      ops::multiply_into(*vectors_[i.w], *y, *product);
      y = product;
    }
    const std::int64_t step = k * results_->strides[0] * size_of(dtype_);
    const Ref<Array> sum =
        new_view(*results_, {}, {}, results_->data + step, results_->dtype, true);
    ops::vdot_into(x, *y, *sum);
  }

  spc_tensor tensor(std::uint32_t flags, std::int32_t ndim, const std::int64_t *shape,
                    const std::int64_t *strides, void *data, std::uint64_t mem) const {
    return {sizeof(spc_tensor), flags, index_of(dtype_), ndim, shape, strides, data, mem};
  }

  static constexpr int max_inputs = Program::max_vectors + Program::max_scalars;
  static constexpr int max_outputs = Program::max_vectors + 1;

  const Program &program_;
  const int n_;
  Array *const results_;
  Value *const *const list_;
  Array *vectors_[Program::max_vectors];
  Family *family_;
  Dtype dtype_;
  alignas(16) std::byte bytes_[Program::max_scalars][16];
  Array *in_space_[Program::max_scalars] = {};  // else in bytes_
  Ref<Array> kept_[Program::max_scalars];       // of those, copies of what the call writes
};

}  // namespace

Ref<Value> rules::program_run(const OpArgs &args) {
  Run(args).run();
  return nullptr;
}

}  // namespace spc

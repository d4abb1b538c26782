// SPDX-License-Identifier: Apache-2.0
// Programs of vector updates, interpreted tile by tile where the inner loops know how, else block by
// block: what the first instruction brings into the cache the others find there.
#include "plugins/cpu/kernels/dense.hpp"
#include "plugins/cpu/kernels/kernels.hpp"
#include "plugins/cpu/kernels/reduction.hpp"

namespace spc::cpu {
namespace {

constexpr int64_t block_bytes = 8192;  // of one vector: a leaf of the sums
constexpr int64_t most_groups = 256;   // groups of blocks, each with partial sums of its own

using Partials = char[SPC_MAX_PROGRAM_REDUCTIONS][max_partial];

// An update: its loop over the whole vectors.
struct Update {
  Loop loop;  // nullptr: a copy
  Run run;
};

struct Operand {
  char *data;
  int64_t step;
};

class Interpreter {
 public:
  explicit Interpreter(const spc_call *call)
      : p_(params<spc_params_program>(call)),
        dtype_(call->in[0]->dtype),
        size_(element_size(dtype_)),
        n_(call->in[0]->shape[0]),
        sum_(loops().reduce->sum[dtype_][dtype_]) {
    for (int32_t k = 0; k < p_.n_vectors; ++k) {
      vectors_[k] = {static_cast<char *>(call->in[k]->data), call->in[k]->strides[0]};
    }
    int32_t n_out = 0;
    for (int32_t k = 0; k < p_.n_vectors; ++k) {
      if ((p_.written >> k & 1) != 0) {
        vectors_[k].data = static_cast<char *>(call->out[n_out++]->data);
      }
    }
    for (int32_t k = 0; k < p_.n_scalars; ++k) scalars_[k] = call->in[p_.n_vectors + k]->data;
    bool adjacent = true;
    for (int32_t k = 0; k < p_.n_vectors; ++k) adjacent &= n_ == 1 || vectors_[k].step == 1;
    tiles_ = adjacent ? loops().program->run[dtype_] : nullptr;
    if (tiles_ == nullptr) {
      for (int32_t i = 0; i < p_.n_updates; ++i) prepare(p_.instructions[i], updates_[i]);
    }
    results_ = p_.n_reductions > 0 ? call->out[n_out] : nullptr;
  }

  spc_status run(const spc_call *call) const {
    const int64_t block = block_bytes / size_;
    alignas(16) Partials total;
    if (n_ <= block) {
      run_group(0, 1, block, total);
      store(total);
      return SPC_OK;
    }
    // The order of additions depends on the length alone.
    const int64_t blocks = (n_ + block - 1) / block;
    const int64_t least = part_elements / block;
    const int64_t even = (blocks + most_groups - 1) / most_groups;
    const int64_t group = even > least ? even : least;
    const int64_t groups = (blocks + group - 1) / group;
    alignas(16) Partials partials[most_groups];
    // An instruction after the first one costs half of a plain op: its operands are near.
    const int64_t cost = group * block * (p_.n_updates + p_.n_reductions + 1) / 2;
    const spc_status status = for_parts(call, groups, cost, [&](int64_t first, int64_t last) {
      for (int64_t g = first; g < last; ++g) {
        const int64_t end = blocks - g * group < group ? blocks : (g + 1) * group;
        run_group(g * group, end, block, partials[g]);
      }
      return SPC_OK;
    });
    if (status != SPC_OK) return status;
    for (int32_t k = 0; k < p_.n_reductions; ++k) {
      Tree tree(sum_);
      for (int64_t g = 0; g < groups; ++g) tree.add(partials[g][k]);
      tree.result(total[k]);
    }
    store(total);
    return SPC_OK;
  }

 private:
  // Of a factor that is 0 the operand is not read: the loop of axpby sees to it.
  void prepare(const spc_instruction &i, Update &update) const {
    const Operand &x = vectors_[i.x];
    const Operand &y = vectors_[i.y];
    const Operand &out = vectors_[i.out];
    const auto scalar = [&](int32_t k) { return scalars_[k]; };
    const auto combination = [&](const void *a, const void *b) {
      update.loop = loops().elementwise->axpby[dtype_];
      update.run = {n_, {a, x.data, b, y.data}, {0, x.step, 0, y.step}, out.data, out.step};
    };
    switch (i.code) {
      case SPC_PROGRAM_COPY:
        update.loop = nullptr;
        update.run = {n_, {x.data}, {x.step}, out.data, out.step};
        break;
      case SPC_PROGRAM_SCALE:
        combination(scalar(i.a), zero_of(dtype_));
        break;
      case SPC_PROGRAM_AXPY:
        combination(scalar(i.a), one_of(dtype_));
        break;
      case SPC_PROGRAM_AXPBY:
        combination(scalar(i.a), scalar(i.b));
        break;
      default:
        update.loop = loops().elementwise->multiply[dtype_];
        update.run = {n_, {x.data, y.data}, {x.step, y.step}, out.data, out.step};
    }
  }

  void run_group(int64_t first, int64_t last, int64_t block, Partials &sums) const {
    Tree trees[SPC_MAX_PROGRAM_REDUCTIONS] = {Tree(sum_), Tree(sum_), Tree(sum_), Tree(sum_)};
    if (tiles_ != nullptr) {
      run_tiles(first, last, block, trees);
    } else {
      alignas(16) Partials leaves;
      for (int64_t k = first; k < last; ++k) {
        const int64_t begin = k * block;
        run_block(begin, n_ - begin < block ? n_ - begin : block, leaves);
        for (int32_t j = 0; j < p_.n_reductions; ++j) trees[j].add(leaves[j]);
      }
    }
    for (int32_t j = 0; j < p_.n_reductions; ++j) trees[j].result(sums[j]);
  }

  void run_tiles(int64_t first, int64_t last, int64_t block, Tree *trees) const {
    constexpr int64_t most_leaves = 32;
    alignas(16) char sums[most_leaves * SPC_MAX_PROGRAM_REDUCTIONS * sizeof(double)];
    for (int64_t k = first; k < last; k += most_leaves) {
      const int64_t leaves = last - k < most_leaves ? last - k : most_leaves;
      const int64_t begin = k * block;
      const int64_t end = begin + leaves * block;
      tile(begin, (end < n_ ? end : n_) - begin, block, sums);
      const char *sum = sums;
      for (int64_t leaf = 0; leaf < leaves; ++leaf) {
        for (int32_t j = 0; j < p_.n_reductions; ++j, sum += size_) trees[j].add(sum);
      }
    }
  }

  void tile(int64_t begin, int64_t n, int64_t leaf, void *sums) const {
    void *vectors[SPC_MAX_PROGRAM_VECTORS];
    for (int32_t k = 0; k < p_.n_vectors; ++k) {
      vectors[k] = address(static_cast<void *>(vectors_[k].data), begin, size_);
    }
    tiles_({n, leaf, p_.n_updates, p_.n_reductions, p_.instructions, vectors, scalars_, sums});
  }

  void run_block(int64_t begin, int64_t n, Partials &sums) const {
    for (int32_t i = 0; i < p_.n_updates; ++i) {
      const Update &update = updates_[i];
      Run run = update.run;
      run.n = n;
      for (int k = 0; k < 4; ++k) {
        if (run.in_step[k] != 0) run.in[k] = address(run.in[k], begin * run.in_step[k], size_);
      }
      run.out = address(run.out, begin * run.out_step, size_);
      if (update.loop != nullptr) {
        update.loop(run);
      } else {
        copy_block(run);
      }
    }
    for (int32_t k = 0; k < p_.n_reductions; ++k) {
      reduce_block(p_.instructions[p_.n_updates + k], begin, n, sums[k]);
    }
  }

  void copy_block(const Run &run) const {
    if (run.in[0] == run.out) return;
    if (run.in_step[0] == 1 && run.out_step == 1) {
      memcpy(run.out, run.in[0], static_cast<size_t>(run.n * size_));
      return;
    }
    for (int64_t i = 0; i < run.n; ++i) {
      memcpy(address(run.out, i * run.out_step, size_),
             address(run.in[0], i * run.in_step[0], size_), static_cast<size_t>(size_));
    }
  }

  void reduce_block(const spc_instruction &i, int64_t begin, int64_t n, char *sum) const {
    const Operand &x = vectors_[i.x];
    Operand y = vectors_[i.code == SPC_PROGRAM_WEIGHTED_SQUARES ? i.x : i.y];
    char *const from = address(static_cast<void *>(x.data), begin * x.step, size_);
    y.data = address(static_cast<void *>(y.data), begin * y.step, size_);
    if (i.code == SPC_PROGRAM_SUM_OF_SQUARES) {
      sum_of_squares(dtype_, n, from, x.step, sum);
      return;
    }
    alignas(64) char weighted[block_bytes];
    if (i.code == SPC_PROGRAM_WEIGHTED_DOT || i.code == SPC_PROGRAM_WEIGHTED_SQUARES) {
      const Operand &w = vectors_[i.w];
      const char *weights = address(static_cast<const void *>(w.data), begin * w.step, size_);
      loops().elementwise->multiply[dtype_]({n, {weights, y.data}, {w.step, y.step}, weighted, 1});
      y = {weighted, 1};
    }
    loops().reduce->dot[dtype_](n, from, x.step, y.data, y.step, sum);
  }

  void store(const Partials &total) const {
    for (int32_t k = 0; k < p_.n_reductions; ++k) {
      memcpy(address(results_->data, k * results_->strides[0], size_), total[k],
             static_cast<size_t>(size_));
    }
  }

  const spc_params_program &p_;
  const int32_t dtype_;
  const int64_t size_, n_;
  const Reducer &sum_;
  const spc_tensor *results_ = nullptr;
  Operand vectors_[SPC_MAX_PROGRAM_VECTORS];
  const void *scalars_[SPC_MAX_PROGRAM_SCALARS];
  ProgramLoop tiles_;  // or nullptr: update by update, block by block
  Update updates_[SPC_MAX_PROGRAM_UPDATES];
};

}  // namespace

// Whole vectors along one axis, and no instruction of a later version; the rest is left to the base.
int32_t program_run_supports(void *, const spc_call *call) {
  const spc_params_program &p = params<spc_params_program>(call);
  for (int32_t i = 0; i < p.n_updates + p.n_reductions; ++i) {
    const int32_t code = p.instructions[i].code;
    const bool known = (code >= SPC_PROGRAM_COPY && code <= SPC_PROGRAM_MULTIPLY) ||
                       (code >= SPC_PROGRAM_DOT && code <= SPC_PROGRAM_WEIGHTED_SQUARES);
    if (!known) return 0;
  }
  return call->in[0]->ndim == 1 ? 1 : 0;
}

spc_status program_run(void *, const spc_call *call) {
  return Interpreter(call).run(call);
}

}  // namespace spc::cpu

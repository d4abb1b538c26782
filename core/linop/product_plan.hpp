// SPDX-License-Identifier: Apache-2.0
// The fast path of operators that hold a matrix.
#pragma once

#include <atomic>
#include <initializer_list>
#include <mutex>
#include <shared_mutex>
#include <vector>

#include "core/array/value.hpp"
#include "core/linop/linop.hpp"
#include "core/registry/exec.hpp"

namespace spc {

/// y = alpha op(M) x + beta y by one kernel that is looked up once: gemm for a dense M, spmm for CSR.
///
/// Everything that does not change between calls - the kernel, what its `prepare` made, the tensors
/// of M, the shapes of x and y - is built beforehand; a call fills in two addresses and jumps. It
/// serves contiguous x and y of M's dtype in M's memory space that share no memory with each other
/// or with M. run() declines everything else, and the caller takes the general way. Re-entrant.
class ProductPlan {
 public:
  /// fixed: the operands of M in the order of the op, all of one memory space.
  ProductPlan(Family &family, Op op, Dtype second, std::initializer_list<Ref<Array>> fixed,
              Ref<Array> values, std::int64_t rows, std::int64_t cols);
  ~ProductPlan();
  ProductPlan(const ProductPlan &) = delete;
  ProductPlan &operator=(const ProductPlan &) = delete;

  /// False: declined, nothing was done. x and y have the sizes that the mode asks for.
  bool run(Value *alpha, const Array &x, Value *beta, Array &y, Mode mode) const {
    return run(alpha, x, beta, y, mode, 0, nullptr);
  }
  /// y = A x, and the sums over x and y that dots (SPC_DOT_*) names into the first elements of sums,
  /// in the order of the bits, by a kernel that has them at hand.
  bool run(const Array &x, Array &y, unsigned dots, Array &sums) const {
    return run(nullptr, x, nullptr, y, Mode::none, dots, &sums);
  }

 private:
  bool run(Value *alpha, const Array &x, Value *beta, Array &y, Mode mode, unsigned dots,
           Array *sums) const;

  // What depends on the mode. Built by the first call of the mode, with its operands.
  struct Prepared {
    const Kernel *kernel = nullptr;
    void *plan = nullptr;       // from entry->prepare
    std::uint64_t version = 0;  // of the values that `plan` was made from
    bool made = false;
    bool planned = false;  // runs with a plan; a NULL plan holds nothing that could become stale
    bool serial = false;
  };
  // Held while foreign code runs, so no fork waits for them: a child makes them anew.
  struct Locks {
    explicit Locks(std::uint32_t g) : generation(g) {}
    const std::uint32_t generation;  // of the process
    std::mutex making;
    std::shared_mutex plans;
    // Under plans, alone: what one thread is making or running.
    std::atomic<const Prepared *> in_hand{nullptr};
  };
  class InHand {
   public:
    InHand(Locks &l, const Prepared *p) : in_hand_(l.in_hand), set_(p != nullptr) {
      if (set_) in_hand_ = p;
    }
    ~InHand() {
      if (set_) in_hand_ = nullptr;
    }
    InHand(const InHand &) = delete;
    InHand &operator=(const InHand &) = delete;

   private:
    std::atomic<const Prepared *> &in_hand_;
    const bool set_;
  };
  static constexpr int max_operands = 6;
  static constexpr int modes = 3;

  bool takes_sums(const Array &sums, unsigned dots) const noexcept;
  bool scalar(Value *v, const spc_tensor &absent, std::byte *bytes, spc_tensor &t) const;
  const Prepared &prepared(spc_call &call, int mode) const;
  void run_with_plan(const Prepared &p, spc_call &call, Exec &exec, int mode) const;
  void prepare(Prepared &p, spc_call &call) const;
  Locks &locks() const;
  static void release(Prepared &p) noexcept;

  Family &family_;
  const Op op_;
  const Dtype dtype_, second_;
  const std::vector<Ref<Array>> fixed_;
  const Ref<Array> values_;  // the one of `fixed` that may change; the index arrays may not
  const ByteSpan values_span_;
  const MemorySpace *space_;
  const std::int64_t rows_, cols_;

  std::vector<spc_tensor> matrix_;
  std::int64_t vector_shape_[2][1], unit_stride_[1] = {1};
  spc_tensor vector_[2];  // of length cols, of length rows
  alignas(16) std::byte constants_[2][16];
  spc_tensor zero_, one_;
  spc_params_linear params_[modes];

  mutable std::atomic<const Prepared *> slots_[modes] = {};
  mutable Prepared storage_[modes];
  mutable std::atomic<Locks *> locks_{nullptr};
};

}  // namespace spc

// SPDX-License-Identifier: Apache-2.0
// Memory of a solve, kept from one solve to the next.
#pragma once

#include <atomic>
#include <complex>
#include <cstddef>
#include <deque>
#include <span>
#include <vector>

#include "core/space/space.hpp"

namespace spc {

using Elements = std::vector<Ref<Value>>;

/// Elements and numbers that solves use one after the other. The second solve with the same solver
/// and space finds everything that the first one made. Serves one solve at a time.
class Workspace final : public Object {
 private:
  friend class Memory;

  // Elements of one space, handed out in the order in which the solve asks.
  struct Shelf {
    Ref<Space> space;
    Elements elements;
    std::size_t used = 0;
    Ref<Array> number;  // 0-d: what inner products write
    Ref<Array> sums;    // what programs write
  };

  std::vector<Shelf> shelves_;
  std::vector<std::vector<double>> numbers_;
  std::size_t numbers_used_ = 0;
  std::deque<Elements> lists_;  // references to them last
  std::size_t lists_used_ = 0;
  std::atomic_flag busy_;
};

/// What one solve takes from a workspace; gives everything back when it ends. Solutions are elements
/// of the workspace, too: one that the program has released by then is used again.
class Memory {
 public:
  /// nullptr: a workspace of this solve alone. ValueErr naming the solver: in use by another solve.
  Memory(Workspace *workspace, const char *solver);
  Memory(const Memory &) = delete;
  Memory &operator=(const Memory &) = delete;
  ~Memory();

  /// An element that nobody else holds, contents unspecified. space outlives the call.
  Ref<Value> element(const Space &space);
  /// An empty list, which keeps its room between solves.
  Elements &list();
  /// Element k of a list that grows as it is used.
  Value &nth(Elements &list, std::size_t k, const Space &space);
  /// 0-d, for inner products of the space; one for all who ask. like: any element.
  Array &number(const Space &space, Value &like);
  /// For the inner products of programs; one for all who ask.
  Array &sums(const Space &space);
  /// n zeros.
  std::span<double> reals(std::size_t n);
  std::span<std::complex<double>> complexes(std::size_t n);

 private:
  Workspace::Shelf &shelf(const Space &space);

  const Ref<Workspace> workspace_;
};

}  // namespace spc

// SPDX-License-Identifier: Apache-2.0
// Rule of einsum: diagonals are strided views, labels of one operand are summed first, the rest is
// contracted in pairs, each a product of matrices.
#include <limits>
#include <string>
#include <vector>

#include "core/ops/contract.hpp"
#include "core/ops/matrix.hpp"
#include "core/ops/rules.hpp"
#include "core/support/error.hpp"

namespace spc::rules {

namespace {

// Labels: the letters A..Z, a..z in this order, which is the alphabetical one of the implicit
// output, then the axes of the ellipsis, the last axis first.
constexpr int letters = 52;

int label_of(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  return -1;
}

std::string text_of(std::int64_t label) {
  if (label >= letters) return fmt::format("axis {} of the ellipsis", letters - label - 1);
  const auto c = static_cast<char>(label < 26 ? 'A' + label : 'a' + label - 26);
  return fmt::format("label '{}'", c);
}

// The labels of one operand or of the result, as written.
struct Subscript {
  std::vector<int> before, after;  // the ellipsis, or all of them in `before`
  bool ellipsis = false;

  int count() const { return static_cast<int>(before.size() + after.size()); }
};

struct Subscripts {
  std::vector<Subscript> operands;
  Subscript result;
  bool is_explicit = false;
};

Subscripts parse(const char *text) {
  Subscripts all;
  all.operands.emplace_back();
  Subscript *current = &all.operands.back();
  for (const char *c = text; *c != '\0'; ++c) {
    if (*c == ' ') continue;
    const int label = label_of(*c);
    if (label >= 0) {
      (current->ellipsis ? current->after : current->before).push_back(label);
    } else if (*c == '.') {
      if (c[1] != '.' || c[2] != '.')
        fail(SPC_E_VALUE, "einsum: '.' at position {} of '{}' is not part of '...'", c - text,
             text);
      if (current->ellipsis)
        fail(SPC_E_VALUE, "einsum: a second '...' at position {} of '{}'", c - text, text);
      current->ellipsis = true;
      c += 2;
    } else if (*c == ',' && !all.is_explicit) {
      all.operands.emplace_back();
      current = &all.operands.back();
    } else if (*c == '-' && c[1] == '>' && !all.is_explicit) {
      all.is_explicit = true;
      current = &all.result;
      ++c;
    } else {
      fail(SPC_E_VALUE, "einsum: unexpected '{}' at position {} of '{}'", *c, c - text, text);
    }
  }
  return all;
}

class Einsum {
 public:
  explicit Einsum(const OpArgs &args)
      : text_(args.format),
        n_(static_cast<int>(args.n_list)),
        family_(family_of(args.list, n_, "einsum")),
        dtype_(join_of(args.list, n_)) {
    Subscripts s = parse(text_);
    if (static_cast<std::int64_t>(s.operands.size()) != args.n_list)
      fail(SPC_E_VALUE, "einsum: '{}' has {} operands, {} are given", text_, s.operands.size(),
           args.n_list);
    for (int i = 0; i < n_; ++i) {
      Ref<Array> x = dense_operand(*args.list[i], family_, dtype_, "einsum");
      operands_.push_back(x);
      add_operand(x, s.operands[static_cast<std::size_t>(i)], i);
    }
    if (s.is_explicit)
      take_order(s.result);
    else
      make_order(s);
  }

  Ref<Array> run() {
    Dims shape, order;  // of the result, and the labels that are more than one element long
    for (std::int64_t l : order_) {
      shape.push_back(extent(l));
      if (extent(l) != 1) order.push_back(l);
    }
    bool nothing = false;
    for (std::int64_t e : extents_) nothing |= e == 0;
    if (nothing) {
      Ref<Array> zeros = new_array(family_, dtype_, shape);
      ops::fill(*zeros, 0);
      return zeros;
    }
    LabelSet kept;
    for (std::int64_t l : order) kept.set(static_cast<std::size_t>(l));
    for (Labelled &t : terms_) t = without_unit_axes(t);
    for (std::size_t i = 0; i < terms_.size(); ++i) sum_own_labels(i, kept);
    while (terms_.size() > 1) contract_pair(kept, order);
    return ops::reshape(*arranged(terms_[0], order), shape);
  }

 private:
  std::int64_t &extent(std::int64_t label) { return extents_[static_cast<std::size_t>(label)]; }

  void add_operand(const Ref<Array> &x, const Subscript &s, int number) {
    const int rest = x->ndim() - s.count();
    if (rest < 0 || (rest > 0 && !s.ellipsis))
      fail(SPC_E_VALUE,
           "einsum: operand {} has shape {} with {} axes, its subscripts in '{}' name {}", number,
           x->shape, x->ndim(), text_, s.count());
    ellipsis_ = std::max(ellipsis_, rest);
    std::vector<std::int64_t> labels(s.before.begin(), s.before.end());
    for (int i = rest; i > 0; --i) labels.push_back(letters + i - 1);
    labels.insert(labels.end(), s.after.begin(), s.after.end());

    Dims shape, strides;
    Labelled term;
    for (int i = 0; i < x->ndim(); ++i) {
      const std::int64_t label = labels[static_cast<std::size_t>(i)];
      const int first = term.find(label);
      if (first < 0) {
        term.labels.push_back(label);
        shape.push_back(x->shape[i]);
        strides.push_back(x->strides[i]);
      } else if (shape[first] != x->shape[i]) {
        fail(SPC_E_VALUE, "einsum: {} has lengths {} and {} in operand {} of shape {}",
             text_of(label), shape[first], x->shape[i], number, x->shape);
      } else {
        strides[first] += x->strides[i];
      }
    }
    for (int i = 0; i < shape.size(); ++i) {
      std::int64_t &known = extent(term.labels[i]);
      if (known != shape[i] && known != 1 && known >= 0 && shape[i] != 1)
        fail(SPC_E_VALUE, "einsum: {} has length {} in operand {} of shape {}, length {} before",
             text_of(term.labels[i]), shape[i], number, x->shape, known);
      if (known < 0 || known == 1) known = shape[i];
    }
    term.x = term.labels.size() == x->ndim()
                 ? x
                 : new_view(*x, shape, strides, x->data, x->dtype, false);
    terms_.push_back(std::move(term));
  }

  void add_ellipsis() {
    for (int i = ellipsis_; i > 0; --i) order_.push_back(letters + i - 1);
  }

  void take_order(const Subscript &s) {
    const auto add = [&](int label) {
      if (extent(label) < 0)
        fail(SPC_E_VALUE, "einsum: output {} of '{}' is in no operand", text_of(label), text_);
      if (std::find(order_.begin(), order_.end(), label) != order_.end())
        fail(SPC_E_VALUE, "einsum: output {} of '{}' is given twice", text_of(label), text_);
      order_.push_back(label);
    };
    for (int l : s.before) add(l);
    if (s.ellipsis)
      add_ellipsis();
    else if (ellipsis_ > 0)
      fail(SPC_E_VALUE,
           "einsum: '...' stands for {} axes of the operands of '{}', the output has none",
           ellipsis_, text_);
    for (int l : s.after) add(l);
  }

  void make_order(const Subscripts &s) {
    int seen[letters] = {};
    for (const Subscript &o : s.operands) {
      for (int l : o.before) ++seen[l];
      for (int l : o.after) ++seen[l];
    }
    add_ellipsis();
    for (int l = 0; l < letters; ++l)
      if (seen[l] == 1) order_.push_back(l);
  }

  // An axis of length 1 is the same along its whole label, however long that is.
  static Labelled without_unit_axes(const Labelled &t) {
    Labelled r;
    Dims shape, strides;
    for (int i = 0; i < t.labels.size(); ++i) {
      if (t.x->shape[i] == 1) continue;
      r.labels.push_back(t.labels[i]);
      shape.push_back(t.x->shape[i]);
      strides.push_back(t.x->strides[i]);
    }
    r.x = shape.size() == t.x->ndim()
              ? t.x
              : new_view(*t.x, shape, strides, t.x->data, t.x->dtype, false);
    return r;
  }

  LabelSet others(std::size_t i, std::size_t j) const {
    LabelSet s;
    for (std::size_t k = 0; k < terms_.size(); ++k)
      if (k != i && k != j) s |= terms_[k].set();
    return s;
  }

  // Sums what no other operand and not the result has; brings the operand into the dtype.
  void sum_own_labels(std::size_t i, const LabelSet &kept) {
    Labelled &t = terms_[i];
    const LabelSet used = kept | others(i, i);
    Dims axes, labels;
    for (int k = 0; k < t.labels.size(); ++k) {
      const bool stays = used[static_cast<std::size_t>(t.labels[k])];
      (stays ? labels : axes).push_back(stays ? t.labels[k] : k);
    }
    if (axes.empty()) {
      t.x = in_dtype(t.x, dtype_);
      return;
    }
    OpArgs sum(Op::sum);
    sum.in[0] = t.x.get();
    sum.n_in = 1;
    sum.n_axes = axes.size();
    sum.axes = axes.data();
    sum.dtype = static_cast<std::int32_t>(dtype_);
    t = {dispatch_array(sum), labels};
  }

  double volume(const LabelSet &labels) const {
    double v = 1;
    for (std::size_t l = 0; l < max_labels; ++l)
      if (labels[l]) v *= static_cast<double>(extents_[l]);
    return v;
  }

  struct Pair {
    std::size_t i = 0, j = 1;
    double cost = std::numeric_limits<double>::infinity();
  };

  static LabelSet rest_of(const std::vector<LabelSet> &sets, std::size_t i, std::size_t j) {
    LabelSet s;
    for (std::size_t k = 0; k < sets.size(); ++k)
      if (k != i && k != j) s |= sets[k];
    return s;
  }

  // The pair with which the cheapest order of all contractions begins.
  Pair cheapest(const std::vector<LabelSet> &sets, const LabelSet &kept) const {
    Pair best;
    for (std::size_t i = 0; i < sets.size(); ++i)
      for (std::size_t j = i + 1; j < sets.size(); ++j) {
        double cost = volume(sets[i] | sets[j]);
        if (sets.size() > 2) {
          std::vector<LabelSet> left;
          for (std::size_t k = 0; k < sets.size(); ++k)
            if (k != i && k != j) left.push_back(sets[k]);
          left.push_back((sets[i] | sets[j]) & (kept | rest_of(sets, i, j)));
          cost += cheapest(left, kept).cost;
        }
        if (cost < best.cost) best = {i, j, cost};
      }
    return best;
  }

  // The pair that makes the operands smaller by most.
  Pair greedy(const std::vector<LabelSet> &sets, const LabelSet &kept) const {
    Pair best;
    for (std::size_t i = 0; i < sets.size(); ++i)
      for (std::size_t j = i + 1; j < sets.size(); ++j) {
        const LabelSet made = (sets[i] | sets[j]) & (kept | rest_of(sets, i, j));
        const double cost = volume(made) - volume(sets[i]) - volume(sets[j]);
        if (cost < best.cost) best = {i, j, cost};
      }
    return best;
  }

  void contract_pair(const LabelSet &kept, const Dims &order) {
    constexpr std::size_t few = 4;  // of which every order is looked at
    Pair pair;
    if (terms_.size() > 2) {
      std::vector<LabelSet> sets;
      for (const Labelled &t : terms_) sets.push_back(t.set());
      pair = sets.size() <= few ? cheapest(sets, kept) : greedy(sets, kept);
    }
    Labelled &a = terms_[pair.i], &b = terms_[pair.j];
    Dims labels = order;
    if (terms_.size() > 2) {
      const LabelSet used = kept | others(pair.i, pair.j);
      labels = {};
      for (std::int64_t l : a.labels)
        if (used[static_cast<std::size_t>(l)]) labels.push_back(l);
      for (std::int64_t l : b.labels)
        if (a.find(l) < 0) labels.push_back(l);
    }
    a = {contract(family_, a, b, labels), labels};
    terms_.erase(terms_.begin() + static_cast<std::ptrdiff_t>(pair.j));
  }

  // The result in its order of axes, in memory that is no operand's.
  Ref<Array> arranged(const Labelled &t, const Dims &order) const {
    Dims shape, strides;
    for (std::int64_t l : order) {
      shape.push_back(t.x->shape[t.find(l)]);
      strides.push_back(t.x->strides[t.find(l)]);
    }
    Ref<Array> x = new_view(*t.x, shape, strides, t.x->data, t.x->dtype, true);
    bool fresh = x->contiguous();
    for (const Ref<Array> &o : operands_) fresh &= o->buffer.get() != x->buffer.get();
    return fresh ? x : ops::copy(*x);
  }

  const char *const text_;
  const int n_;
  Family &family_;
  const Dtype dtype_;
  std::vector<Ref<Array>> operands_;
  std::vector<Labelled> terms_;
  std::vector<std::int64_t> extents_ = std::vector<std::int64_t>(max_labels, -1);
  int ellipsis_ = 0;  // number of axes
  Dims order_;        // labels of the result
};

}  // namespace

Ref<Value> einsum(const OpArgs &args) {
  return Einsum(args).run();
}

}  // namespace spc::rules

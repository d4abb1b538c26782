// SPDX-License-Identifier: Apache-2.0
// Linear functionals, and functionals of the program.
#pragma once

#include <functional>

#include "core/functional/functional.hpp"
#include "core/support/user_data.hpp"

namespace spc {

/// x -> <c, x>
class InnerProductFunctional final : public Functional {
 public:
  /// TypeErr: complex to real, no inner product; SpaceValidation.
  static Ref<Functional> create(const Ref<Space> &domain, Value &c);
  /// c is an element of the domain already.
  InnerProductFunctional(Ref<Space> x, Ref<Value> c) : Functional(std::move(x)), c_(std::move(c)) {}

  const char *kind() const noexcept override { return "InnerProductFunctional"; }
  Ref<Array> value_core(Value &x) const override { return domain->inner_core(*c_, x); }
  Ref<Value> grad_core(Value &) const override { return c_; }
  Ref<Array> vvalue_core(Value &xs) const override;
  Ref<Value> vgrad_core(Value &xs) const override;
  Ref<Value> hess_apply_core(Value &, Value &) const override { return domain->zeros_core(); }
  Ref<Value> representer() const override { return c_; }
  bool has_representer() const noexcept override { return true; }

 protected:
  bool same_values(const Functional &other) const override;
  Ref<Functional> rebuilt(const Conversion &conversion) override;

 private:
  const Ref<Value> c_;
};

/// A batch with the same element in every place.
Ref<Value> repeated(const Space &space, Value &x, const Dims &leading);

/// A function of the program: y = f(x), an element or numbers; throws what stops the call.
using ElementFunction = std::function<Ref<Value>(Value &x)>;
/// What makes two functions of the program the same, and their argument.
struct FunctionId {
  const void *first = nullptr, *second = nullptr;
  Ref<UserData> user;
  bool operator==(const FunctionId &o) const noexcept {
    return first == o.first && second == o.second && user->get() == o.user->get();
  }
};

/// A linear functional given by functions; trusted to be linear.
class MatrixFreeLinearFunctional final : public Functional {
 public:
  /// vvalue may be empty. TypeErr: value is empty.
  static Ref<Functional> create(const Ref<Space> &domain, ElementFunction value,
                                ElementFunction vvalue, const FunctionId &id);
  MatrixFreeLinearFunctional(Ref<Space> x, ElementFunction value, ElementFunction vvalue,
                             const FunctionId &id)
      : Functional(std::move(x)), value_(std::move(value)), vvalue_(std::move(vvalue)), id_(id) {}

  const char *kind() const noexcept override { return "MatrixFreeLinearFunctional"; }
  UserData *user_data() const noexcept override { return id_.user.get(); }
  Ref<Array> value_core(Value &x) const override;
  Ref<Array> vvalue_core(Value &xs) const override;
  bool is_linear() const noexcept override { return true; }

 protected:
  bool same_values(const Functional &other) const override;
  Ref<Functional> rebuilt(const Conversion &conversion) override;

 private:
  const ElementFunction value_, vvalue_;
  const FunctionId id_;
};

/// A functional given by functions.
class CallbackFunctional final : public Functional {
 public:
  /// grad may be empty. TypeErr: value is empty.
  static Ref<Functional> create(const Ref<Space> &domain, ElementFunction value,
                                ElementFunction grad, const FunctionId &id);
  CallbackFunctional(Ref<Space> x, ElementFunction value, ElementFunction grad,
                     const FunctionId &id)
      : Functional(std::move(x)), value_(std::move(value)), grad_(std::move(grad)), id_(id) {}

  const char *kind() const noexcept override { return "CallbackFunctional"; }
  UserData *user_data() const noexcept override { return id_.user.get(); }
  Ref<Array> value_core(Value &x) const override;
  Ref<Value> grad_core(Value &x) const override;

 protected:
  bool same_values(const Functional &other) const override;
  Ref<Functional> rebuilt(const Conversion &conversion) override;

 private:
  const ElementFunction value_, grad_;
  const FunctionId id_;
};

}  // namespace spc

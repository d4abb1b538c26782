// SPDX-License-Identifier: Apache-2.0
// Base chains and flattened tables, with families registered by hand.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include "core/registry/publication.hpp"
#include "core/registry/transaction.hpp"

namespace spc {
namespace {

spc_status kernel(void *, const spc_call *) {
  return SPC_OK;
}

spc_op_entry entry(std::uint32_t op, std::uint64_t dtypes) {
  spc_op_entry e{};
  e.struct_size = sizeof e;
  e.op = op;
  e.dtypes = dtypes;
  e.fn = kernel;
  return e;
}

// A registry of its own. Descriptors live as long as it.
class Families : public testing::Test {
 protected:
  Families() {
    auto first = std::make_unique<Snapshot>();
    first->spaces.push_back(&host_space());
    snapshots_.push_back(std::move(first));
  }
  ~Families() override {
    for (Family *f : now().families) delete f;
    for (MemorySpace *s : now().spaces)
      if (s != &host_space()) delete s;
  }

  const Snapshot &now() const { return *snapshots_.back(); }

  struct Spec {
    const char *name;
    const char *base = nullptr;
    std::vector<spc_op_entry> ops = {};
    std::vector<const char *> spaces = {"host"};
    std::vector<const char *> aliases = {};
    std::uint32_t flags = 0;
    decltype(spc_family::opaque_agree) agree = nullptr;
    std::size_t size = sizeof(spc_family);
  };

  // Registers several families as one plugin would; "" or the reason of the refusal.
  std::string add(std::vector<Spec> specs, int plugin_minor = SPC_ABI_MINOR) {
    Transaction t(now(), "/test/plugin.so", plugin_minor);
    for (const char *space : new_spaces_) {
      spc_memory_space s{};
      s.struct_size = sizeof s;
      s.flags = SPC_MEM_HOST_ACCESSIBLE;
      s.name = space;
      s.alignment = 64;
      s.alloc = [](void *, std::uint64_t, void *, void **) -> spc_status { return SPC_E_MEMORY; };
      s.free = [](void *, void *, void *) {};
      std::uint64_t id = 0;
      EXPECT_EQ(add_memory_space(&t, &s, &id), SPC_OK);
    }
    for (const Spec &given : specs) {
      kept_.push_back(given);
      const Spec &spec = kept_.back();
      spc_family f{};
      f.struct_size = static_cast<std::uint32_t>(spec.size);
      f.flags = spec.flags;
      f.name = spec.name;
      f.version = "1";
      f.base = spec.base;
      f.aliases = spec.aliases.data();
      f.n_aliases = static_cast<std::uint32_t>(spec.aliases.size());
      f.memory_spaces = spec.spaces.data();
      f.n_memory_spaces = static_cast<std::uint32_t>(spec.spaces.size());
      f.ops = spec.ops.data();
      f.n_ops = static_cast<std::uint32_t>(spec.ops.size());
      if ((spec.flags & SPC_FAMILY_OPAQUE) != 0)
        f.opaque_release = [](void *, void *handle) { destroyed().push_back(handle); };
      f.opaque_agree = spec.agree;
      if (add_family(&t, &f) != SPC_OK) return t.failure->message();
    }
    try {
      Publication p(now(), t);
      snapshots_.push_back(p.commit());
    } catch (const Error &e) {
      return e.message();
    }
    notes_ = t.notes;
    return "";
  }

  Family &family(const char *name) const { return *now().family(name); }
  const Kernel *find(const char *name, Op op, Dtype first, Dtype second = Dtype::none) const {
    return family(name).table().find(op, first, second);
  }

  // Handles in the order in which families were told to destroy them.
  static std::vector<void *> &destroyed() {
    static std::vector<void *> handles;
    return handles;
  }

  static constexpr std::uint64_t all = SPC_DTYPES_ALL;
  std::vector<const char *> new_spaces_;
  std::vector<std::string> notes_;

 private:
  std::deque<Spec> kept_;
  std::vector<std::unique_ptr<const Snapshot>> snapshots_;
};

TEST_F(Families, WhatIsNotListedIsInheritedWithItsOwner) {
  ASSERT_EQ(add({{"low", nullptr, {entry(SPC_OP_add, all), entry(SPC_OP_sqrt, all)}}}), "");
  ASSERT_EQ(add({{"high", "low", {entry(SPC_OP_add, SPC_BIT(SPC_FLOAT64))}}}), "");
  const Kernel *const own = find("high", Op::add, Dtype::float64);
  ASSERT_NE(own, nullptr);
  EXPECT_EQ(own->owner, &family("high"));
  ASSERT_NE(own->next, nullptr);
  EXPECT_EQ(own->next->owner, &family("low"));
  EXPECT_EQ(own->next->next, nullptr);
  EXPECT_EQ(find("high", Op::add, Dtype::float32)->owner, &family("low"));
  EXPECT_EQ(find("high", Op::sqrt, Dtype::float64)->owner, &family("low"));
  EXPECT_EQ(find("low", Op::add, Dtype::float64)->owner, &family("low"));
  EXPECT_EQ(find("high", Op::multiply, Dtype::float64), nullptr);
}

TEST_F(Families, TheOrderOfLoadingDoesNotMatter) {
  ASSERT_EQ(add({{"top", "mid", {entry(SPC_OP_sqrt, all)}}}), "");
  EXPECT_EQ(family("top").base(), nullptr);
  const OpTable &before = family("top").table();
  EXPECT_EQ(before.find(Op::add, Dtype::float64), nullptr);
  ASSERT_EQ(add({{"mid", "low"}}), "");
  EXPECT_EQ(family("top").base(), &family("mid"));
  ASSERT_EQ(add({{"low", nullptr, {entry(SPC_OP_add, all)}}}), "");
  EXPECT_EQ(family("mid").base(), &family("low"));
  EXPECT_EQ(find("top", Op::add, Dtype::float64)->owner, &family("low"));
  EXPECT_EQ(find("top", Op::sqrt, Dtype::float64)->owner, &family("top"));
  // A call that had read the old table goes on with it.
  EXPECT_EQ(before.find(Op::add, Dtype::float64), nullptr);
  EXPECT_EQ(before.find(Op::sqrt, Dtype::float64)->owner, &family("top"));
}

TEST_F(Families, OnePluginMayBringAChainInAnyOrder) {
  ASSERT_EQ(add({{"b", "a"}, {"a", nullptr, {entry(SPC_OP_add, all)}}}), "");
  EXPECT_EQ(find("b", Op::add, Dtype::int8)->owner, &family("a"));
}

TEST_F(Families, ABaseMayBeNamedByAnAlias) {
  ASSERT_EQ(add({{"a", nullptr, {entry(SPC_OP_add, all)}, {"host"}, {"nick"}}}), "");
  ASSERT_EQ(add({{"b", "nick"}}), "");
  EXPECT_EQ(family("b").base(), &family("a"));
}

TEST_F(Families, CyclesAreRefused) {
  EXPECT_EQ(add({{"a", "a"}}), "family 'a': its base is itself: a -> a");
  EXPECT_EQ(add({{"a", "b"}, {"b", "a"}}), "family 'a': its base is itself: a -> b -> a");
  ASSERT_EQ(add({{"a", "b"}}), "");
  EXPECT_EQ(add({{"b", "a"}}), "family 'b': its base is itself: b -> a -> b");
  EXPECT_EQ(now().families.size(), 1u);
}

TEST_F(Families, EightBasesArePossibleNineAreNot) {
  const char *const names[] = {"f0", "f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8", "f9"};
  ASSERT_EQ(add({{names[0], nullptr, {entry(SPC_OP_add, all)}}}), "");
  for (int i = 1; i <= 8; ++i) ASSERT_EQ(add({{names[i], names[i - 1]}}), "") << i;
  EXPECT_EQ(add({{names[9], names[8]}}), "family 'f9' has more than 8 bases below it");
  EXPECT_NE(find("f8", Op::add, Dtype::float64), nullptr);
}

TEST_F(Families, ALateBaseThatMakesAChainTooLongIsNotLinked) {
  const char *const names[] = {"f0", "f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8", "f9"};
  for (int i = 1; i <= 9; ++i) ASSERT_EQ(add({{names[i], names[i - 1]}}), "") << i;
  ASSERT_EQ(add({{names[0], nullptr, {entry(SPC_OP_add, all)}}}), "");
  ASSERT_EQ(notes_.size(), 1u);
  EXPECT_NE(notes_[0].find("'f1' stays without its base"), std::string::npos) << notes_[0];
  EXPECT_EQ(family("f1").base(), nullptr);
}

TEST_F(Families, ABaseHasToUseTheMemorySpacesOfWhatIsBuiltOnIt) {
  new_spaces_ = {"far:0"};
  ASSERT_EQ(add({{"a", nullptr, {entry(SPC_OP_add, all)}}}), "");
  new_spaces_ = {};
  EXPECT_EQ(add({{"b", "a", {}, {"far:0", "host"}}}),
            "base 'a' of family 'b' lacks memory space 'far:0'; it has host");
  ASSERT_EQ(add({{"c", "d", {entry(SPC_OP_sqrt, all)}, {"far:0"}}}), "");
  ASSERT_EQ(add({{"d", nullptr, {entry(SPC_OP_add, all)}}}), "");
  ASSERT_EQ(notes_.size(), 1u);
  EXPECT_EQ(family("c").base(), nullptr);
  EXPECT_EQ(find("c", Op::add, Dtype::float64), nullptr);
}

TEST_F(Families, ARefusedRegistrationLeavesNothing) {
  new_spaces_ = {"far:0"};
  const Snapshot *const before = &now();
  EXPECT_NE(add({{"a", nullptr, {entry(SPC_OP_add, all)}}, {"b", "b"}}), "");
  EXPECT_EQ(&now(), before);
  new_spaces_ = {};
  EXPECT_NE(add({{"a", nullptr, {entry(SPC_OP_add, all)}, {"far:0"}}}), "");
}

TEST_F(Families, NamesAndAliasesAreOneNamespace) {
  ASSERT_EQ(add({{"a", nullptr, {entry(SPC_OP_add, all)}, {"host"}, {"x", "y"}}}), "");
  EXPECT_EQ(add({{"a", "x"}}), "family 'a' is already registered by /test/plugin.so");
  EXPECT_EQ(add({{"x", "a"}}), "family 'x' is already an alias of family 'a' of /test/plugin.so");
  EXPECT_EQ(add({{"b", "a", {}, {"host"}, {"a"}}}),
            "family 'b': alias 'a' is already registered by /test/plugin.so");
  EXPECT_EQ(add({{"b", "a", {}, {"host"}, {"z", "z"}}}), "family 'b': alias 'z' is given twice");
  EXPECT_EQ(add({{"b", "a", {}, {"host"}, {"b"}}}), "family 'b': alias 'b' is given twice");
}

TEST_F(Families, BadDescriptionsAreRefused) {
  const spc_op_entry add_all = entry(SPC_OP_add, all);
  EXPECT_NE(add({{"A", nullptr, {add_all}}}).find("is no name"), std::string::npos);
  EXPECT_NE(add({{"", nullptr, {add_all}}}).find("is no name"), std::string::npos);
  EXPECT_EQ(add({{"a"}}), "family 'a' has neither ops nor a base");
  EXPECT_EQ(add({{"a", nullptr, {add_all}, {}}}),
            "family 'a' names no memory space; \"host\" is one");
  EXPECT_EQ(add({{"a", nullptr, {add_all}, {"nowhere"}}}),
            "family 'a': memory space 'nowhere' is not registered");
  EXPECT_EQ(add({{"a", nullptr, {add_all}, {"host"}, {}, 1u << 7}}),
            "family 'a': unknown flag bits 0x80");

  const auto with = [&](auto change) {
    spc_op_entry e = add_all;
    change(e);
    return add({{"a", nullptr, {e}}});
  };
  EXPECT_EQ(with([](spc_op_entry &e) { e.fn = nullptr; }), "family 'a': op 'add': fn is NULL");
  EXPECT_EQ(with([](spc_op_entry &e) { e.op = 0x7fff; }), "family 'a': op 0x7fff does not exist");
  EXPECT_EQ(with([](spc_op_entry &e) { e.dtypes = 0; }), "family 'a': op 'add': takes no dtype");
  EXPECT_EQ(with([](spc_op_entry &e) { e.dtypes |= 1u << 9; }),
            "family 'a': op 'add': unknown dtype bits 0x200");
  EXPECT_EQ(with([](spc_op_entry &e) { e.flags = 1u << 30; }),
            "family 'a': op 'add': unknown flag bits 0x40000000");
  EXPECT_EQ(with([](spc_op_entry &e) { e.struct_size = 7; }),
            "spc_op_entry: struct_size is 7, expected 80 or more");
  EXPECT_EQ(with([](spc_op_entry &e) { e.op = SPC_OP_transpose; }),
            "family 'a': op 'transpose': the library runs no kernel for it");
  EXPECT_EQ(with([](spc_op_entry &e) { e.op = SPC_OP_nonzero; }),
            "family 'a': op 'nonzero': extent is NULL, but its result depends on the data");
  EXPECT_NE(with([](spc_op_entry &e) { e.release = [](void *, void *) {}; }).find("release"),
            std::string::npos);
  EXPECT_EQ(add({{"a", nullptr, {add_all, entry(SPC_OP_add, SPC_BIT(SPC_INT8))}}}),
            "family 'a': op 'add' is listed twice for int8");
  EXPECT_EQ(now().families.size(), 0u);
}

TEST_F(Families, ALaterMinorMaySayWhatWeDoNotKnow) {
  spc_op_entry dtype = entry(SPC_OP_add, all | 1u << 9);
  ASSERT_EQ(add({{"a", nullptr, {dtype, entry(0x7fff, all)}}}, SPC_ABI_MINOR + 1), "");
  EXPECT_NE(find("a", Op::add, Dtype::float64), nullptr);
  ASSERT_EQ(notes_.size(), 1u);
  EXPECT_NE(notes_[0].find("0x7fff"), std::string::npos);
  ASSERT_EQ(add({{"vendor", nullptr, {entry(0x8001, all)}}}), "");
}

TEST_F(Families, PairsFillTheirSlots) {
  static const std::uint32_t pairs[] = {SPC_PAIR(SPC_FLOAT32, SPC_COMPLEX64)};
  spc_op_entry cast = entry(SPC_OP_astype, SPC_BIT(SPC_FLOAT64));
  cast.pairs = pairs;
  cast.n_pairs = 1;
  ASSERT_EQ(add({{"a", nullptr, {cast, entry(SPC_OP_spmm, SPC_BIT(SPC_FLOAT32))}}}), "");
  EXPECT_NE(find("a", Op::astype, Dtype::float64, Dtype::float64), nullptr);
  EXPECT_NE(find("a", Op::astype, Dtype::float32, Dtype::complex64), nullptr);
  EXPECT_EQ(find("a", Op::astype, Dtype::float32, Dtype::float32), nullptr);
  EXPECT_EQ(find("a", Op::astype, Dtype::boolean, Dtype::none), nullptr);
  EXPECT_NE(find("a", Op::spmm, Dtype::float32, Dtype::int32), nullptr);
  EXPECT_NE(find("a", Op::spmm, Dtype::float32, Dtype::int64), nullptr);
  EXPECT_EQ(find("a", Op::spmm, Dtype::float32, Dtype::float32), nullptr);
}

TEST_F(Families, CompatibilityAndWhoDispatches) {
  new_spaces_ = {"far:0"};
  ASSERT_EQ(add({{"root", nullptr, {entry(SPC_OP_add, all)}, {"host", "far:0"}},
                 {"left", "root"},
                 {"leaf", "left"},
                 {"right", "root"},
                 {"away", "root", {}, {"far:0"}},
                 {"other", nullptr, {entry(SPC_OP_add, all)}}}),
            "");
  const auto common = [&](const char *a, const char *b) {
    return &common_family(family(a), family(b), "add");
  };
  EXPECT_EQ(common("root", "root"), &family("root"));
  EXPECT_EQ(common("root", "leaf"), &family("leaf"));
  EXPECT_EQ(common("leaf", "root"), &family("leaf"));
  EXPECT_EQ(common("leaf", "right"), &family("root"));
  EXPECT_EQ(common("right", "left"), &family("root"));
  EXPECT_FALSE(compatible(family("leaf"), family("away")));
  EXPECT_FALSE(compatible(family("leaf"), family("other")));
  try {
    common("leaf", "away");
    FAIL();
  } catch (const Error &e) {
    EXPECT_EQ(e.code(), SPC_E_TYPE);
    EXPECT_NE(e.message().find("add: an array of family leaf is in memory space 'host', one of "
                               "family away in 'far:0'"),
              std::string::npos)
        << e.message();
  }
  EXPECT_THROW(common("leaf", "other"), Error);
}

TEST_F(Families, SupportsSendsTheCallDownTheChain) {
  spc_op_entry picky = entry(SPC_OP_add, all);
  picky.supports = [](void *, const spc_call *call) -> std::int32_t { return call->n_in == 3; };
  ASSERT_EQ(add({{"low", nullptr, {entry(SPC_OP_add, all)}}, {"high", "low", {picky}}}), "");
  spc_call call{};
  call.n_in = 3;
  const auto owner = [&](const char *name) {
    return select_kernel(family(name), Op::add, Dtype::int8, Dtype::none, call).owner;
  };
  EXPECT_EQ(owner("high"), &family("high"));
  call.n_in = 2;
  EXPECT_EQ(owner("high"), &family("low"));
}

TEST_F(Families, UnknownParametersAreNeverDropped) {
  spc_op_entry old = entry(SPC_OP_norm, all);
  old.params_size = 8;
  spc_op_entry current = entry(SPC_OP_norm, all);
  current.params_size = sizeof(spc_params_norm);
  ASSERT_EQ(add({{"low", nullptr, {current}}, {"high", "low", {old}}}), "");
  spc_params_norm params{sizeof(spc_params_norm), 0, 0.0};
  spc_call call{};
  call.params = &params;
  const auto owner = [&] {
    return select_kernel(family("high"), Op::norm, Dtype::float64, Dtype::none, call).owner;
  };
  EXPECT_EQ(owner(), &family("high"));  // the tail is zero
  params.p = 2;
  EXPECT_EQ(owner(), &family("low"));
}

TEST_F(Families, TheRefusalNamesEveryTier) {
  spc_op_entry never = entry(SPC_OP_add, all);
  never.supports = [](void *, const spc_call *) -> std::int32_t { return 0; };
  ASSERT_EQ(add({{"low", "ground", {entry(SPC_OP_sqrt, all)}}, {"high", "low", {never}}}), "");
  const spc_call call{};
  try {
    select_kernel(family("high"), Op::add, Dtype::float64, Dtype::none, call);
    FAIL();
  } catch (const Error &e) {
    EXPECT_EQ(e.code(), SPC_E_NOTIMPL);
    EXPECT_EQ(e.message(),
              "add: family 'high' has no kernel for float64; tried 'high' (declined by its "
              "supports()), 'low' (no kernel), its base 'ground' (not loaded)");
  }
}

TEST_F(Families, HandlesAndStridedArraysDoNotMeet) {
  spc_op_entry opaque_copy = entry(SPC_OP_copy, all);
  opaque_copy.flags = SPC_KERNEL_OPAQUE;
  ASSERT_EQ(add({{"low", nullptr, {entry(SPC_OP_add, all)}}}), "");
  ASSERT_EQ(add({{"closed", "low", {opaque_copy}, {"host"}, {}, SPC_FAMILY_OPAQUE}}), "");
  EXPECT_EQ(find("closed", Op::add, Dtype::float64), nullptr);
  EXPECT_NE(find("closed", Op::copy, Dtype::float64), nullptr);
  EXPECT_FALSE(compatible(family("low"), family("closed")));
  EXPECT_NE(add({{"half", nullptr, {opaque_copy}}}), "");
}

// What ranks do with the elements of a family whose destruction is collective.
class Collective : public Families {
 protected:
  using Agree = decltype(spc_family::opaque_agree);

  Family &collective(Agree agree, std::size_t size = sizeof(spc_family)) {
    spc_op_entry copy = entry(SPC_OP_copy, all);
    copy.flags = SPC_KERNEL_OPAQUE;
    EXPECT_EQ(add({{"spread", nullptr, {copy}, {"host"}, {}, flags, agree, size}}), "");
    destroyed().clear();
    family("spread").state();
    return family("spread");
  }
  // Elements 1 to n, whose handles are places in a static array.
  std::vector<std::uint64_t> made(Family &f, int n) {
    std::vector<std::uint64_t> numbers;
    for (int i = 0; i < n; ++i) numbers.push_back(f.number_element());
    return numbers;
  }
  static void *handle(std::uint64_t number) {
    static char places[100];
    return &places[number];
  }
  static std::vector<void *> handles(std::initializer_list<std::uint64_t> numbers) {
    std::vector<void *> list;
    for (const std::uint64_t n : numbers) list.push_back(handle(n));
    return list;
  }
  static void release(Family &f, std::initializer_list<std::uint64_t> numbers) {
    for (const std::uint64_t n : numbers) f.release_opaque(handle(n), n);
  }

  static constexpr std::uint32_t flags = SPC_FAMILY_OPAQUE | SPC_FAMILY_COLLECTIVE;
};

TEST_F(Collective, ElementsAreDestroyedInTheOrderInWhichTheyWereMade) {
  Family &f = collective(nullptr);
  EXPECT_EQ(made(f, 5), (std::vector<std::uint64_t>{1, 2, 3, 4, 5}));
  release(f, {4, 1, 3});
  EXPECT_TRUE(destroyed().empty());
  EXPECT_EQ(f.collect(), 3);
  EXPECT_EQ(destroyed(), handles({1, 3, 4}));
  EXPECT_EQ(f.collect(), 0);
  release(f, {5, 2});
  f.release_opaque(nullptr, f.number_element());  // nothing came of it
  EXPECT_EQ(f.collect(), 2);
  EXPECT_EQ(destroyed(), handles({1, 3, 4, 2, 5}));
}

TEST_F(Collective, ThoseThatAnotherRankHoldsWait) {
  static std::vector<std::uint64_t> asked;
  Family &f = collective([](void *, std::uint64_t n, const std::uint64_t *numbers,
                            std::uint8_t *agreed, spc_exec, const spc_host_api *) {
    asked.assign(numbers, numbers + n);
    for (std::uint64_t i = 0; i < n; ++i) agreed[i] = numbers[i] % 2;
    return spc_status{SPC_OK};
  });
  asked = {77};
  EXPECT_EQ(f.collect(), 0);
  EXPECT_EQ(asked, (std::vector<std::uint64_t>{77}));  // no element was ever made
  made(f, 4);
  EXPECT_EQ(f.collect(), 0);
  EXPECT_TRUE(asked.empty());
  release(f, {3, 2, 1});
  EXPECT_EQ(f.collect(), 2);
  EXPECT_EQ(asked, (std::vector<std::uint64_t>{1, 2, 3}));
  EXPECT_EQ(destroyed(), handles({1, 3}));
  release(f, {4});
  EXPECT_EQ(f.collect(), 0);
  EXPECT_EQ(asked, (std::vector<std::uint64_t>{2, 4}));
  EXPECT_EQ(destroyed(), handles({1, 3}));
}

TEST_F(Collective, ADisagreementDestroysNothing) {
  static bool ready;
  ready = false;
  Family &f = collective([](void *, std::uint64_t n, const std::uint64_t *, std::uint8_t *agreed,
                            spc_exec exec, const spc_host_api *api) {
    for (std::uint64_t i = 0; i < n; ++i) agreed[i] = 1;
    if (ready) return spc_status{SPC_OK};
    api->set_error(exec, SPC_E_RUNTIME, 0, nullptr, "a rank is missing");
    return spc_status{SPC_E_RUNTIME};
  });
  made(f, 2);
  release(f, {2, 1});
  try {
    f.collect();
    FAIL();
  } catch (const Error &e) {
    EXPECT_EQ(e.code(), SPC_E_RUNTIME);
    EXPECT_EQ(e.message(), "collect: a rank is missing");
  }
  EXPECT_TRUE(destroyed().empty());
  ready = true;
  EXPECT_EQ(f.collect(), 2);
  EXPECT_EQ(destroyed(), handles({1, 2}));
}

TEST_F(Collective, AgreementIsOptionalAndOfCollectiveFamiliesOnly) {
  // A plugin whose record ends before the field: what lies behind it is not read.
  const Agree unread = [](void *, std::uint64_t, const std::uint64_t *, std::uint8_t *, spc_exec,
                          const spc_host_api *) { return spc_status{SPC_E_RUNTIME}; };
  Family &f = collective(unread, offsetof(spc_family, opaque_agree));
  made(f, 1);
  release(f, {1});
  EXPECT_EQ(f.collect(), 1);
  spc_op_entry copy = entry(SPC_OP_copy, all);
  copy.flags = SPC_KERNEL_OPAQUE;
  EXPECT_EQ(add({{"alone", nullptr, {copy}, {"host"}, {}, SPC_FAMILY_OPAQUE, unread}}),
            "family 'alone': opaque_agree is given and the flag COLLECTIVE is not set");
}

}  // namespace
}  // namespace spc

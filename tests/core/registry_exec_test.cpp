// SPDX-License-Identifier: Apache-2.0
// What comes back from a kernel: texts, codes, exceptions, scratch.
#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <new>
#include <stdexcept>
#include <string>

#include "core/registry/exec.hpp"
#include "core/registry/registry.hpp"
#include "core/support/thread_pool.hpp"

namespace spc {
namespace {

using Body = std::function<spc_status(const spc_call &)>;
Body body;

spc_status run_body(void *, const spc_call *call) {
  return body(*call);
}

Family &family() {
  static Family *const f = [] {
    FamilyDescription d;
    d.name = "exectest";
    d.version = "1";
    d.spaces = {&host_space()};
    return new Family(std::move(d));
  }();
  return *f;
}

const spc_op_entry entry = [] {
  spc_op_entry e{};
  e.struct_size = sizeof e;
  e.fn = run_body;
  return e;
}();

// Runs `b` as the kernel of add; gives the error, code 0 if there was none.
Error run(Body b, Exec &exec) {
  body = std::move(b);
  const Kernel kernel{&entry, &family(), nullptr};
  spc_call call{};
  call.struct_size = sizeof call;
  try {
    run_kernel(kernel, Op::add, call, exec);
  } catch (const Error &e) {
    return e;
  }
  return {SPC_OK, ""};
}
Error run(Body b) {
  Exec exec;
  return run(std::move(b), exec);
}

TEST(Exec, TheKernelGetsOpHostAndExec) {
  Exec exec;
  const Error e = run(
      [&](const spc_call &call) {
        EXPECT_EQ(call.op, static_cast<std::uint32_t>(SPC_OP_add));
        EXPECT_EQ(call.exec, &exec);
        EXPECT_EQ(call.host, &host_api);
        return SPC_OK;
      },
      exec);
  EXPECT_EQ(e.code(), SPC_OK) << e.message();
}

TEST(Exec, ErrorsCarryOpPlaceTextNativeCodeAndFamily) {
  const Error e = run([](const spc_call &call) {
    call.host->set_error(call.exec, SPC_E_INDEX, 17, "axis 1", "index 9 is out of range");
    return static_cast<spc_status>(SPC_E_INDEX);
  });
  EXPECT_EQ(e.code(), SPC_E_INDEX);
  EXPECT_EQ(e.native(), 17);
  EXPECT_EQ(e.message(), "add: axis 1: index 9 is out of range");
  EXPECT_STREQ(e.family(), "exectest");
}

TEST(Exec, WithoutATextTheFamilyIsNamed) {
  const Error e = run([](const spc_call &) { return static_cast<spc_status>(SPC_E_LINALG); });
  EXPECT_EQ(e.code(), SPC_E_LINALG);
  EXPECT_EQ(e.message(), "add: 'exectest' failed with LinAlgErr");
}

TEST(Exec, NumbersThatAreNoStatusAreAFaultOfThePlugin) {
  for (const spc_status status : {1, 7, -1000, INT32_MIN}) {
    const Error e = run([&](const spc_call &) { return status; });
    EXPECT_EQ(e.code(), SPC_E_PLUGIN);
    EXPECT_NE(e.message().find(std::to_string(status)), std::string::npos) << e.message();
  }
}

TEST(Exec, ExceptionsBecomeErrors) {
  Error e = run([](const spc_call &) -> spc_status { throw std::runtime_error("boom"); });
  EXPECT_EQ(e.code(), SPC_E_PLUGIN);
  EXPECT_EQ(e.message(), "add: 'exectest' threw an exception: boom");
  e = run([](const spc_call &) -> spc_status { throw 42; });
  EXPECT_EQ(e.code(), SPC_E_PLUGIN);
  e = run([](const spc_call &) -> spc_status { throw std::bad_alloc(); });
  EXPECT_EQ(e.code(), SPC_E_MEMORY);
}

TEST(Exec, ATextOfAnEarlierKernelIsNotRepeated) {
  Exec exec;
  run(
      [](const spc_call &call) {
        call.host->set_error(call.exec, SPC_E_VALUE, 3, "there", "recovered from this");
        return SPC_OK;
      },
      exec);
  const Error e = run([](const spc_call &) { return static_cast<spc_status>(SPC_E_VALUE); }, exec);
  EXPECT_EQ(e.message(), "add: 'exectest' failed with ValueErr");
  EXPECT_EQ(e.native(), 0);
}

TEST(Exec, OfFailingPartsTheLowestLeavesItsText) {
  set_num_threads(4);
  for (int round = 0; round < 100; ++round) {
    const Error e = run([](const spc_call &call) {
      return call.host->parallel(
          call.exec, 40,
          [](void *arg, std::int64_t part) -> spc_status {
            if (part < 3) return SPC_OK;
            const spc_call &c = *static_cast<const spc_call *>(arg);
            c.host->set_error(c.exec, SPC_E_VALUE, part, nullptr,
                              ("part " + std::to_string(part)).c_str());
            return SPC_E_VALUE;
          },
          const_cast<spc_call *>(&call));
    });
    EXPECT_EQ(e.message(), "add: part 3");
    EXPECT_EQ(e.native(), 3);
  }
  set_num_threads(0);
}

TEST(Exec, ScratchIsAlignedAndFreedWhenTheKernelReturns) {
  Exec exec;
  void *const kept = scratch(exec, host_space(), 100);
  std::memset(kept, 1, 100);
  const Error e = run(
      [](const spc_call &call) {
        for (std::uint64_t bytes : {0ull, 1ull, 1000ull, 1ull << 20}) {
          void *p = nullptr;
          EXPECT_EQ(call.host->scratch(call.exec, 0, bytes, &p), SPC_OK);
          EXPECT_EQ(reinterpret_cast<std::uintptr_t>(p) % 64, 0u);
          std::memset(p, 2, bytes);
        }
        return SPC_OK;
      },
      exec);
  EXPECT_EQ(e.code(), SPC_OK);
  ASSERT_EQ(exec.scratch.size(), 1u);
  EXPECT_EQ(exec.scratch[0].data, kept);
  EXPECT_EQ(static_cast<unsigned char *>(kept)[99], 1);
}

TEST(Exec, ScratchThatCannotBeHadIsOutOfMemory) {
  const Error e = run([](const spc_call &call) {
    void *p = nullptr;
    EXPECT_EQ(call.host->scratch(call.exec, 999, 8, &p), SPC_E_VALUE);
    return call.host->scratch(call.exec, 0, ~0ull, &p);
  });
  EXPECT_EQ(e.code(), SPC_E_MEMORY);
}

TEST(HostApi, BearsNullsAndWorksOutsideOfRegistration) {
  host_api.set_error(nullptr, SPC_E_VALUE, 0, nullptr, nullptr);
  EXPECT_EQ(host_api.scratch(nullptr, 0, 8, nullptr), SPC_E_VALUE);
  EXPECT_EQ(host_api.parallel(nullptr, 4, nullptr, nullptr), SPC_E_VALUE);
  host_api.warn(host_handle(), nullptr, nullptr);
  std::uint64_t id = 0;
  EXPECT_EQ(host_api.find_memory_space(nullptr, "host", &id), SPC_E_PLUGIN);
  EXPECT_EQ(host_api.add_family(nullptr, nullptr), SPC_E_PLUGIN);
  void *const p = host_api.host_alloc(host_handle(), 100, 4096);
  ASSERT_NE(p, nullptr);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(p) % 4096, 0u);
  host_api.host_free(host_handle(), p, 100);
  EXPECT_EQ(host_api.struct_size, sizeof(spc_host_api));
}

}  // namespace
}  // namespace spc

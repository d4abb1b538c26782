// SPDX-License-Identifier: Apache-2.0
// Borrowed memory: guard pages, misaligned and oddly strided operands, deleters, refusals.
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>

#include "tests/support/c_api.hpp"

namespace {

using namespace test;  // NOLINT(google-build-using-namespace): the vocabulary of the tests

/// n elements that end right before an inaccessible page and start right after one.
template <class T>
class Guarded {
 public:
  explicit Guarded(std::size_t n) : n_(n), page_(static_cast<std::size_t>(sysconf(_SC_PAGESIZE))) {
    bytes_ = (n * sizeof(T) + page_ - 1) / page_ * page_;
    base_ = static_cast<char *>(
        mmap(nullptr, bytes_ + 2 * page_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    if (base_ == MAP_FAILED || mprotect(base_ + page_, bytes_, PROT_READ | PROT_WRITE) != 0)
      throw std::runtime_error("mmap failed");
  }
  Guarded(const Guarded &) = delete;
  Guarded &operator=(const Guarded &) = delete;
  ~Guarded() { munmap(base_, bytes_ + 2 * page_); }
  T *at_end() const { return reinterpret_cast<T *>(base_ + page_ + bytes_) - n_; }
  T *at_begin() const { return reinterpret_cast<T *>(base_ + page_); }

 private:
  std::size_t n_, page_, bytes_ = 0;
  char *base_ = nullptr;
};

class Memory : public OnFamily {};
INSTANTIATE_TEST_SUITE_P(Families, Memory, ::testing::Values("reference", "cpu"), family_name);

Array borrow(spc_context ctx, const Shape &shape, const std::vector<int64_t> &strides,
             int32_t dtype, void *data) {
  Array a;
  check(spc_array_borrow(ctx, dtype, static_cast<int32_t>(shape.size()), shape.data(),
                         strides.empty() ? nullptr : strides.data(), data, nullptr, nullptr,
                         a.out()));
  return a;
}

template <class T>
void run_guarded(spc_context ctx, int64_t n) {
  const auto u = static_cast<std::size_t>(n);
  Guarded<T> x(u), y(u), z(u);
  for (bool end : {true, false}) {
    T *px = end ? x.at_end() : x.at_begin(), *py = end ? y.at_end() : y.at_begin();
    T *pz = end ? z.at_end() : z.at_begin();
    for (std::size_t i = 0; i < u; ++i) {
      px[i] = T(static_cast<int>(i % 13));
      py[i] = T(1);
    }
    Array ax = borrow(ctx, {n}, {}, dtype_of<T>(), px),
          ay = borrow(ctx, {n}, {}, dtype_of<T>(), py);
    Array az = borrow(ctx, {n}, {}, dtype_of<T>(), pz), back, r;
    check(spc_add_into(ax, ay, az));
    for (std::size_t i = 0; i < u; ++i) ASSERT_EQ(pz[i], px[i] + T(1));
    back = getitem(ax, {slice(SPC_NONE_I64, SPC_NONE_I64, -1)});
    check(spc_multiply_into(back, ay, az));
    for (std::size_t i = 0; i < u; ++i) ASSERT_EQ(pz[i], px[u - 1 - i]);
    check(spc_copy_into(ax, az));
    check(spc_sum(ax, SPC_ALL_AXES, nullptr, 0, SPC_DTYPE_NONE, r.out()));
    check(spc_vdot(back, ay, r.out()));
    check(spc_norm(ax, SPC_ORD_DEFAULT, 0, SPC_ALL_AXES, nullptr, 0, r.out()));
    check(spc_max(ax, SPC_ALL_AXES, nullptr, 0, r.out()));
    check(spc_matmul(ax, ay, nullptr, r.out()));
    check(spc_axpby_into(weak(2), ax, weak(1), az, az));
  }
}

TEST_P(Memory, KernelsStayInsideTheirOperands) {
  for (int64_t n : {1, 3, 7, 16, 33, 511, 4097}) {
    run_guarded<double>(ctx, n);
    run_guarded<float>(ctx, n);
    run_guarded<std::complex<double>>(ctx, n);
    run_guarded<std::complex<float>>(ctx, n);
    run_guarded<int8_t>(ctx, n);
    run_guarded<uint8_t>(ctx, n);
    run_guarded<int32_t>(ctx, n);
    run_guarded<int64_t>(ctx, n);
  }
}

TEST_P(Memory, GuardedMatrices) {
  const int64_t m = 17, k = 9, n = 13;
  Guarded<double> a(static_cast<std::size_t>(m * k)), b(static_cast<std::size_t>(k * n)),
      c(static_cast<std::size_t>(m * n));
  std::fill_n(a.at_end(), m * k, 1.0);
  std::fill_n(b.at_end(), k * n, 2.0);
  Array x = borrow(ctx, {m, k}, {}, SPC_FLOAT64, a.at_end()),
        y = borrow(ctx, {k, n}, {}, SPC_FLOAT64, b.at_end());
  Array z = borrow(ctx, {m, n}, {}, SPC_FLOAT64, c.at_end()), t;
  check(spc_matmul_into(x, y, nullptr, z));
  for (int64_t i = 0; i < m * n; ++i) ASSERT_EQ(c.at_end()[i], 18.0);
  const int64_t axis[1] = {0};
  Array r;
  check(spc_transpose(x, SPC_ALL_AXES, nullptr, t.out()));
  check(spc_sum(t, 1, axis, 0, SPC_DTYPE_NONE, r.out()));
  EXPECT_EQ(values<double>(r), std::vector<double>(static_cast<std::size_t>(m), 9.0));
}

TEST_P(Memory, MisalignedByOneElement) {
  std::vector<float> storage(1001, 1.0f);
  Array a = borrow(ctx, {1000}, {}, SPC_FLOAT32, storage.data() + 1), r;
  check(spc_add(a, a, r.out()));
  EXPECT_EQ(values<float>(r), std::vector<float>(1000, 2.0f));
  expect_error(
      spc_array_borrow(ctx, SPC_FLOAT64, 0, nullptr, nullptr,
                       reinterpret_cast<char *>(storage.data()) + 1, nullptr, nullptr, r.out()),
      SPC_E_VALUE, {"array_borrow", "multiple of 8", "float64"});
}

void count_deleter(void *user, void *) {
  ++*static_cast<int *>(user);
}

TEST_P(Memory, DeleterRunsOnceWhenTheLastViewIsGone) {
  std::vector<double> storage = {1, 2, 3, 4};
  int calls = 0;
  const int64_t shape[1] = {4};
  Array a, view;
  check(spc_array_borrow(ctx, SPC_FLOAT64, 1, shape, nullptr, storage.data(), count_deleter, &calls,
                         a.out()));
  view = getitem(a, {slice(1, 3)});
  check(spc_array_release(a.out()));
  EXPECT_EQ(calls, 0);
  EXPECT_EQ(values<double>(view), std::vector<double>({2, 3}));
  view = Array();
  EXPECT_EQ(calls, 1);
  const int64_t bad[1] = {-1};
  expect_error(spc_array_borrow(ctx, SPC_FLOAT64, 1, bad, nullptr, storage.data(), count_deleter,
                                &calls, a.out()),
               SPC_E_VALUE, {"-1"});
  EXPECT_EQ(calls, 1);
}

TEST_P(Memory, BorrowedStrides) {
  std::vector<double> storage = {1, 2, 3, 4, 5, 6};
  Array columns = borrow(ctx, {3, 2}, {1, 3}, SPC_FLOAT64, storage.data());
  EXPECT_EQ(values<double>(columns), std::vector<double>({1, 4, 2, 5, 3, 6}));
  Array back = borrow(ctx, {6}, {-1}, SPC_FLOAT64, storage.data() + 5);
  EXPECT_EQ(values<double>(back), std::vector<double>({6, 5, 4, 3, 2, 1}));
  void *data = nullptr;
  check(spc_array_data(back, &data));
  EXPECT_EQ(data, storage.data() + 5);
}

TEST_P(Memory, RepeatedElementsAreReadOnlyAndExtentsAreChecked) {
  double one = 1;
  Array a = borrow(ctx, {4}, {0}, SPC_FLOAT64, &one), r;
  EXPECT_EQ(values<double>(a), std::vector<double>(4, 1.0));
  expect_error(spc_array_set(a, weak(2)), SPC_E_VALUE, {"read-only"});
  const int64_t shape[1] = {3}, least[1] = {INT64_MIN};
  expect_error(spc_array_borrow(ctx, SPC_FLOAT64, 1, shape, least, &one, nullptr, nullptr, r.out()),
               SPC_E_VALUE, {"array_borrow", "address space"});
}

TEST(MemorySpaces, NothingIsCopiedBetweenThemInSecret) {
  load_test_families();
  Context host = context("cpu"), device = context("fakedev");
  Array d = vector<double>(device, {1, 2}), zero_d = array<double>(host, {}, {2.0}), list, r;
  expect_error(spc_add(d, zero_d, r.out()), SPC_E_TYPE, {"add", "fakedev", "cpu"});
  const spc_value items[1] = {d};
  check(spc_value_list(1, items, list.out()));
  expect_error(spc_asarray(host, list, SPC_DTYPE_NONE, r.out()), SPC_E_TYPE,
               {"asarray", "fakedev", "cpu"});
  // Scalar roles take a host scalar, exactly.
  check(spc_axpby(zero_d, d, nullptr, d, r.out()));
  EXPECT_EQ(values<double>(r), std::vector<double>({2, 4}));
  Array big = array<int64_t>(host, {}, {9007199254740993});
  const int64_t shape[1] = {1};
  check(spc_full(device, 1, shape, big, SPC_DTYPE_NONE, r.out()));
  EXPECT_EQ(values<int64_t>(r), std::vector<int64_t>({9007199254740993}));
}

TEST(Opaque, ScalarsAloneHaveNoOpaqueResult) {
  check(spc_load_plugin(SPACECORE_TEST_PLUGIN_DIR "/opaque.so"));
  Context opaque = context("opaque");
  Array v = vector<double>(opaque, {1, 2}), one = vector<double>(opaque, {1}), r;
  EXPECT_EQ(spc_add_into(weak(1), weak(2), v), SPC_E_NOTIMPL) << last_error();
  EXPECT_EQ(spc_vdot(weak(1), one, r.out()), SPC_E_NOTIMPL) << last_error();
}

TEST(Nesting, IsBounded) {
  spc_value v = nullptr;
  check(spc_value_list(0, nullptr, &v));
  spc_status status = SPC_OK;
  int levels = 0;
  while (status == SPC_OK && levels < 5000) {
    spc_value outer = nullptr;
    status = spc_value_list(1, &v, &outer);
    if (status != SPC_OK) break;
    check(spc_array_release(&v));
    v = outer;
    ++levels;
  }
  expect_error(status, SPC_E_VALUE, {"value_list", "1001 levels", "1000"});
  check(spc_array_release(&v));
}

TEST(MemorySpaces, DeviceArraysAreNotHostAccessible) {
  load_test_families();
  Context device = context("fakedev");
  Array a = vector<double>(device, {1, 2}), r;
  void *data = nullptr;
  expect_error(spc_array_data(a, &data), SPC_E_TYPE, {"array_data", "fakedev"});
  double host[2] = {};
  const int64_t shape[1] = {2};
  expect_error(
      spc_array_borrow(device, SPC_FLOAT64, 1, shape, nullptr, host, nullptr, nullptr, r.out()),
      SPC_E_TYPE, {"array_borrow", "fakedev", "host memory"});
  expect_error(spc_array_to_host(a, host, 8), SPC_E_VALUE, {"8 bytes", "16"});
}

std::atomic<int64_t> live_blocks{0}, made_blocks{0};
void *counting_alloc(void *, uint64_t bytes, uint64_t align) {
  ++live_blocks;
  ++made_blocks;
  return std::aligned_alloc(align, (bytes + align - 1) / align * align);
}
void counting_free(void *, void *data, uint64_t) {
  --live_blocks;
  std::free(data);
}
void *failing_alloc(void *, uint64_t, uint64_t) {
  return nullptr;
}
void unused_free(void *, void *, uint64_t) {}

TEST(Allocator, IsReplaceableAndItsFailureIsAnError) {
  Context c = context("reference");
  check(spc_set_allocator(counting_alloc, counting_free, nullptr));
  {
    Array a;
    const int64_t shape[1] = {12345};
    check(spc_zeros(c, 1, shape, SPC_FLOAT64, a.out()));
    EXPECT_GT(made_blocks, 0);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>([&] {
                void *p = nullptr;
                check(spc_array_data(a, &p));
                return p;
              }()) %
                  64,
              0u);
  }
  check(spc_set_allocator(failing_alloc, unused_free, nullptr));
  Array a;
  const int64_t shape[1] = {54321};
  EXPECT_EQ(spc_zeros(c, 1, shape, SPC_FLOAT64, a.out()), SPC_E_MEMORY) << last_error();
  check(spc_set_allocator(nullptr, nullptr, nullptr));
  check(spc_zeros(c, 1, shape, SPC_FLOAT64, a.out()));
  expect_error(spc_set_allocator(counting_alloc, nullptr, nullptr), SPC_E_VALUE, {"set_allocator"});
}

}  // namespace

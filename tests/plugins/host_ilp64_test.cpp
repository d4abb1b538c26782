// SPDX-License-Identifier: Apache-2.0
// The cpu family inside a program whose own BLAS has 64-bit integers (host_ilp64_names.c): each keeps
// to its own.
#include <dlfcn.h>

#include "tests/plugins/host_blas_checks.hpp"

extern "C" {
extern int host_ilp64_calls;
void dgemm_(const char *transa, const char *transb, const std::int64_t *m, const std::int64_t *n,
            const std::int64_t *k, const double *alpha, const double *a, const std::int64_t *lda,
            const double *b, const std::int64_t *ldb, const double *beta, double *c,
            const std::int64_t *ldc);
}

namespace {

using namespace spc::test;

void expect_own_product() {
  const std::int64_t n = 2;
  const double a[] = {1, 2, 3, 4}, one = 1, zero = 0;
  double c[4] = {};
  const int before = host_ilp64_calls;
  dgemm_("N", "N", &n, &n, &n, &one, a, &n, a, &n, &zero, c, &n);
  EXPECT_EQ(host_ilp64_calls, before + 1);
  EXPECT_EQ((std::vector<double>(c, c + 4)), (std::vector<double>{7, 10, 15, 22}));
}

TEST(HostIlp64, ItsNamesAreThoseThatAnybodyFindsFirst) {
  Dl_info where{};
  void *const found = dlsym(RTLD_DEFAULT, "dgemm_");
  ASSERT_NE(found, nullptr);
  ASSERT_NE(dladdr(found, &where), 0);
  EXPECT_EQ(found, reinterpret_cast<void *>(&dgemm_)) << where.dli_fname;
}

TEST(HostIlp64, BothKeepToTheirOwn) {
  host_ilp64_calls = 0;
  expect_own_product();
  expect_products();
  expect_decompositions();
  EXPECT_EQ(host_ilp64_calls, 1);
  expect_own_product();
  EXPECT_EQ(host_ilp64_calls, 2);
}

}  // namespace

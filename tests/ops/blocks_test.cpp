// SPDX-License-Identifier: Apache-2.0
// Operands of several dtypes over shapes so large that their blocks are dealt out to threads.
#include "tests/support/c_api.hpp"

namespace {

using namespace test;  // NOLINT(google-build-using-namespace): the vocabulary of the tests

class Blocks : public OnFamily {
 protected:
  void SetUp() override {
    OnFamily::SetUp();
    check(spc_set_num_threads(4));
  }
  void TearDown() override {
    check(spc_set_num_threads(0));
    OnFamily::TearDown();
  }

  // i % modulus in a matrix, row-major.
  template <class T>
  std::vector<T> counting(int64_t rows, int64_t columns, int64_t modulus) {
    std::vector<T> x(static_cast<std::size_t>(rows * columns));
    for (std::size_t i = 0; i < x.size(); ++i)
      x[i] = static_cast<T>(static_cast<int64_t>(i) % modulus);
    return x;
  }
};
SPC_ON_EVERY_FAMILY(Blocks);

TEST_P(Blocks, EveryElementIsComputedOnce) {
  for (const auto &[rows, columns] :
       {std::pair<int64_t, int64_t>{1, 300007}, {300007, 1}, {701, 433}, {5, 60001}, {60001, 5}}) {
    const std::vector<int32_t> ints = counting<int32_t>(rows, columns, 1009);
    const std::vector<double> row = counting<double>(1, columns, 97);
    const std::vector<int8_t> column = counting<int8_t>(rows, 1, 89);
    Array a = array<int32_t>(ctx, {rows, columns}, ints);
    Array b = array<double>(ctx, {1, columns}, row);
    Array c = array<int8_t>(ctx, {rows, 1}, column), sum;
    check(spc_add(a, b, sum.out()));
    check(spc_multiply_into(sum, c, sum));
    const std::vector<double> got = values<double>(sum);
    for (int64_t i = 0; i < rows; ++i) {
      for (int64_t j = 0; j < columns; ++j) {
        const auto at = static_cast<std::size_t>(i * columns + j);
        ASSERT_EQ(got[at], (ints[at] + row[static_cast<std::size_t>(j)]) *
                               column[static_cast<std::size_t>(i)])
            << rows << " x " << columns << " at " << i << ", " << j;
      }
    }
  }
}

TEST_P(Blocks, AnOutputThatIsAnOperandOfAnotherDtype) {
  const int64_t n = 400003;
  const std::vector<double> numbers = counting<double>(1, n, 31);
  Array x = vector<double>(ctx, numbers);
  Array y = vector<float>(ctx, counting<float>(1, n, 7));
  check(spc_add_into(y, x, x));
  const std::vector<double> got = values<double>(x);
  for (std::size_t i = 0; i < got.size(); ++i)
    ASSERT_EQ(got[i], numbers[i] + static_cast<double>(i % 7)) << i;
}

}  // namespace

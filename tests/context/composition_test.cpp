// SPDX-License-Identifier: Apache-2.0
// What explain lists under an op without a kernel of its own is what its calls run: each kernel that
// it names runs in one of the calls here, and none runs that it does not name. The family `recorder`
// tells of every kernel that is asked for.
#include <functional>
#include <map>
#include <set>
#include <sstream>

#include "tests/context/targets.hpp"
#include "tests/support/algebra.hpp"

namespace {

using namespace test;

using Names = std::set<std::string>;

std::string text_of(const Names &names) {
  std::string text;
  for (const std::string &name : names) text += name + ' ';
  return text;
}

class Composition : public ContextTest {
 protected:
  void SetUp() override {
    static const bool loaded = [] {
      check(spc_load_plugin(SPACECORE_TEST_PLUGIN_DIR "/recorder.so"));
      return true;
    }();
    static_cast<void>(loaded);
    ContextTest::SetUp();
    const spc_target t = named("recorder");
    check(spc_set_context(&t));
    ctx = context("recorder");
    x = vector<double>(ctx, {3, 1, 2});
    m = array<double>(ctx, {2, 2}, {4, 1, 1, 3});
    z = array<std::complex<double>>(ctx, {1, 2}, {{1, 2}, {3, 4}});
    i = vector<int64_t>(ctx, {1, 0});
    b = vector<bool>(ctx, {true, false, true});
    big = array<double>(ctx, {2, 2}, {40, 1, 1, 30});
    s = sparse<double>(ctx, 2, 2, {1, 0, 2, 3}, "csr");
    int64_t count = 0;
    check(spc_op_count(&count));
    for (int64_t k = 0; k < count; ++k) {
      spc_op_info info = {};
      info.struct_size = sizeof info;
      check(spc_op_describe(k, &info));
      names[info.op] = info.name;
    }
  }

  /// The kernels that the calls ask for.
  Names kernels_of(const std::vector<std::function<void()>> &calls) const {
    const Warnings warnings;
    for (const auto &call : calls) call();
    const std::string category = "UserWarning: ";
    Names kernels;
    for (const std::string &warning : warnings.seen)
      kernels.insert(names.at(static_cast<uint32_t>(std::stoul(warning.substr(category.size())))));
    return kernels;
  }

  /// The kernels that explain lists one level below its first lines; empty for an op that has a
  /// kernel of its own, or needs none.
  Names listed(const char *op) const { return listed(op, m); }
  Names listed(const char *op, spc_value operand) const {
    std::string text;
    for (std::vector<spc_value> operands; text.empty() && operands.size() <= 4;
         operands.push_back(operand)) {
      const auto n = static_cast<int64_t>(operands.size());
      int64_t length = 0;
      if (spc_explain(op, n, operands.data(), nullptr, 0, &length) != SPC_OK) continue;
      std::vector<char> buffer(static_cast<std::size_t>(length) + 1);
      check(spc_explain(op, n, operands.data(), buffer.data(), length + 1, nullptr));
      text = buffer.data();
    }
    EXPECT_NE(text, "") << op;
    Names found;
    if (text.find("no kernel of its own") == std::string::npos) return found;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);)
      if (line.rfind("  ", 0) == 0 && line[2] != ' ')
        found.insert(line.substr(2, line.find(" for ") - 2));
    return found;
  }

  Context ctx;
  Array x, m, z, i, b, big, s;
  Array out;
  std::map<uint32_t, std::string> names;
};

TEST_F(Composition, ListsWhatRuns) {
  const int64_t shape[] = {3}, four[] = {4}, first[] = {0}, second[] = {1};
  const Array k = vector<int32_t>(ctx, {1, 2, 3}), two = weak(2.0), one = weak(1);
  const Array complex_two = weak(std::complex<double>(2, 1));
  Array t;  // not row-major
  check(spc_transpose(m, SPC_ALL_AXES, nullptr, t.out()));
  const spc_array ts[] = {t, t}, xs[] = {x, x}, mixed[] = {x, k}, ms[] = {m, m}, is[] = {i, i},
                  bs[] = {b, i};
  Array rows;
  check(spc_value_list(2, ts, rows.out()));
  const spc_index at_i[] = {pick(i)}, at_first[] = {at(0)};
  const int32_t none = SPC_DTYPE_NONE;
  const Array ptr = vector<int32_t>(ctx, {0, 2}), twice = vector<int32_t>(ctx, {1, 1}),
              pair = vector<double>(ctx, {1, 2});
  Array repeated;
  check(spc_sparse_create(SPC_CSR, 1, 2, ptr, twice, pair, repeated.out()));
#define CALL(...) [&] { check(__VA_ARGS__); }
  const std::map<std::string, std::vector<std::function<void()>>> calls = {
      {"zeros", {CALL(spc_zeros(ctx, 1, shape, none, out.out()))}},
      {"ones", {CALL(spc_ones(ctx, 1, shape, none, out.out()))}},
      {"full", {CALL(spc_full(ctx, 1, shape, two, none, out.out()))}},
      {"eye", {CALL(spc_eye(ctx, 3, 2, none, out.out()))}},
      {"asarray",
       {CALL(spc_asarray(ctx, rows, none, out.out())), CALL(spc_asarray(ctx, x, SPC_FLOAT32, out.out())), CALL(spc_asarray(ctx, s, none, out.out())),
        CALL(spc_asarray(ctx, t, none, out.out()))}},
      {"cast", {CALL(spc_cast(x, SPC_FLOAT32, out.out()))}},
      {"zeros_like", {CALL(spc_zeros_like(x, none, out.out()))}},
      {"ones_like", {CALL(spc_ones_like(x, none, out.out()))}},
      {"full_like", {CALL(spc_full_like(x, two, none, out.out()))}},
      {"linspace",
       {CALL(spc_linspace(ctx, one, two, 3, out.out())), CALL(spc_linspace(ctx, one, two, 1, out.out()))}},
      {"inf", {CALL(spc_inf(ctx, out.out()))}},
      {"nan", {CALL(spc_nan(ctx, out.out()))}},
      {"pi", {CALL(spc_pi(ctx, out.out()))}},
      {"e", {CALL(spc_e(ctx, out.out()))}},
      {"reshape", {CALL(spc_reshape(t, 1, four, out.out()))}},
      {"ravel", {CALL(spc_ravel(t, out.out()))}},
      {"stack", {CALL(spc_stack(2, xs, 0, out.out())), CALL(spc_stack(2, mixed, 0, out.out()))}},
      {"concatenate",
       {CALL(spc_concatenate(2, xs, 0, none, out.out())),
        CALL(spc_concatenate(2, mixed, 0, none, out.out()))}},
      {"hstack", {CALL(spc_hstack(2, xs, out.out())), CALL(spc_hstack(2, mixed, out.out()))}},
      {"vstack", {CALL(spc_vstack(2, xs, out.out())), CALL(spc_vstack(2, mixed, out.out()))}},
      {"dstack", {CALL(spc_dstack(2, xs, out.out())), CALL(spc_dstack(2, mixed, out.out()))}},
      {"column_stack",
       {CALL(spc_column_stack(2, xs, out.out())), CALL(spc_column_stack(2, mixed, out.out()))}},
      {"adjoint", {CALL(spc_adjoint(z, out.out()))}},
      {"getitem",
       {CALL(spc_getitem(x, 1, at_i, out.out())), CALL(spc_getitem(x, 1, at_first, out.out()))}},
      {"take", {CALL(spc_take(x, i, 0, out.out()))}},
      {"index_set",
       {CALL(spc_index_set(x, 1, at_i, two, 1, out.out())),
        CALL(spc_index_set(x, 1, at_first, two, 1, out.out()))}},
      {"index_add",
       {CALL(spc_index_add(x, 1, at_i, two, 1, out.out())),
        CALL(spc_index_add(x, 1, at_first, two, 1, out.out()))}},
      {"ix_", {CALL(spc_ix_(2, is, out.out())), CALL(spc_ix_(2, bs, out.out()))}},
      {"imag", {CALL(spc_imag(x, out.out())), CALL(spc_imag(z, out.out()))}},
      {"mean", {CALL(spc_mean(x, SPC_ALL_AXES, nullptr, 0, out.out()))}},
      {"trace", {CALL(spc_trace(m, out.out()))}},
      {"bincount", {CALL(spc_bincount(k, 0, out.out()))}},
      {"dot",
       {CALL(spc_dot(m, m, out.out())), CALL(spc_dot(x, x, out.out())), CALL(spc_dot(z, t, out.out())), CALL(spc_dot(s, m, out.out()))}},
      {"kron", {CALL(spc_kron(m, m, out.out()))}},
      {"outer", {CALL(spc_outer(x, x, out.out()))}},
      {"tensordot",
       {CALL(spc_tensordot(m, m, 1, second, 1, first, out.out())),
        CALL(spc_tensordot(x, x, 1, first, 1, first, out.out())),
        CALL(spc_tensordot(x, x, 0, nullptr, 0, nullptr, out.out()))}},
      {"einsum",
       {CALL(spc_einsum("ij,jk", 2, ms, out.out())), CALL(spc_einsum("i,i->", 2, xs, out.out())),
        CALL(spc_einsum("i,j->ij", 2, xs, out.out())), CALL(spc_einsum("ij->i", 1, ms, out.out())),
        CALL(spc_einsum("ij,ij->j", 2, ms, out.out()))}},
      {"inv", {CALL(spc_inv(m, out.out()))}},
      {"eigvalsh", {CALL(spc_eigvalsh(m, nullptr, out.out()))}},
      {"expm", {CALL(spc_expm(m, out.out())), CALL(spc_expm(big, out.out()))}},
      {"diag", {CALL(spc_diag(x, out.out())), CALL(spc_diag(m, out.out()))}},
      {"tril", {CALL(spc_tril(m, out.out()))}},
      {"triu", {CALL(spc_triu(m, out.out()))}},
      {"assparse",
       {CALL(spc_assparse(ctx, m, "csr", none, out.out())), CALL(spc_assparse(ctx, m, "coo", none, out.out())),
        CALL(spc_assparse(ctx, m, "csc", none, out.out())), CALL(spc_assparse(ctx, s, "coo", none, out.out())),
        CALL(spc_assparse(ctx, s, "csc", none, out.out())),
        [&] {
          Array coo;
          check(spc_assparse(ctx, s, "coo", none, coo.out()));
          check(spc_assparse(ctx, coo, "csr", none, out.out()));
        }}},
      {"sparse_matmul", {CALL(spc_sparse_matmul(s, m, out.out()))}},
      {"sparse_sum_duplicates", {CALL(spc_sparse_sum_duplicates(repeated, out.out()))}},
  };
#undef CALL
  for (const auto &[code, op] : names) {
    const Names expected = listed(op.c_str());
    const auto found = calls.find(op);
    if (found == calls.end()) {
      EXPECT_TRUE(expected.empty()) << op << " has parts and no call here: " << text_of(expected);
      continue;
    }
    EXPECT_EQ(text_of(kernels_of(found->second)), text_of(expected)) << op;
  }
}

// With sparse operands in CSR, of one dtype, sorted.
TEST_F(Composition, ListsWhatRunsOnSparseOperands) {
  const int64_t first[] = {0}, second[] = {1};
  const Array two = weak(2.0), column = array<double>(ctx, {2, 1}, {1, 2});
  const Array other = sparse<double>(ctx, 2, 2, {5, 0, 1, 1}, "csr");
  const Array c = sparse<std::complex<double>>(ctx, 1, 2, {{1, 2}, {3, 4}}, "csr");
  const spc_index at_i[] = {pick(i)}, part[] = {slice(1, 2), slice(0, 1)}, one[] = {at(1), at(1)};
  const int32_t none = SPC_DTYPE_NONE;
#define CALL(...) [&] { check(__VA_ARGS__); }
  const std::map<std::string, std::vector<std::function<void()>>> calls = {
      {"add", {CALL(spc_add(s, s, out.out()))}},
      {"subtract", {CALL(spc_subtract(s, other, out.out()))}},
      {"axpby", {CALL(spc_axpby(two, s, two, s, out.out()))}},
      {"multiply",
       {CALL(spc_multiply(s, s, out.out())), CALL(spc_multiply(s, two, out.out())),
        CALL(spc_multiply(s, column, out.out()))}},
      {"divide", {CALL(spc_divide(s, column, out.out()))}},
      {"matmul",
       {CALL(spc_matmul(s, s, nullptr, out.out())), CALL(spc_matmul(s, m, nullptr, out.out())),
        CALL(spc_matmul(m, s, nullptr, out.out()))}},
      {"dot", {CALL(spc_dot(s, s, out.out())), CALL(spc_dot(s, m, out.out()))}},
      {"kron", {CALL(spc_kron(s, s, out.out()))}},
      {"negative", {CALL(spc_negative(s, out.out()))}},
      {"conj", {CALL(spc_conj(c, out.out()))}},
      {"adjoint", {CALL(spc_adjoint(c, out.out()))}},
      {"imag", {CALL(spc_imag(c, out.out())), CALL(spc_imag(s, out.out()))}},
      {"abs", {CALL(spc_abs(s, out.out()))}},
      {"sign", {CALL(spc_sign(s, out.out()))}},
      {"square", {CALL(spc_square(s, out.out()))}},
      {"sqrt", {CALL(spc_sqrt(s, out.out()))}},
      {"sin", {CALL(spc_sin(s, out.out()))}},
      {"getitem",
       {CALL(spc_getitem(s, 1, at_i, out.out())), CALL(spc_getitem(s, 2, part, out.out())),
        CALL(spc_getitem(s, 2, one, out.out()))}},
      {"take", {CALL(spc_take(s, i, 0, out.out())), CALL(spc_take(s, i, 1, out.out()))}},
      {"diagonal", {CALL(spc_diagonal(s, out.out()))}},
      {"trace", {CALL(spc_trace(s, out.out()))}},
      {"sum",
       {CALL(spc_sum(s, 1, first, 0, none, out.out())),
        CALL(spc_sum(s, 1, second, 0, none, out.out())),
        CALL(spc_sum(s, SPC_ALL_AXES, nullptr, 0, none, out.out()))}},
      {"max",
       {CALL(spc_max(s, 1, first, 0, out.out())),
        CALL(spc_max(s, SPC_ALL_AXES, nullptr, 0, out.out()))}},
      {"min",
       {CALL(spc_min(s, 1, first, 0, out.out())),
        CALL(spc_min(s, SPC_ALL_AXES, nullptr, 0, out.out()))}},
      {"norm",
       {CALL(spc_norm(s, SPC_ORD_FRO, 0, SPC_ALL_AXES, nullptr, 0, out.out())),
        CALL(spc_norm(s, SPC_ORD_P, 1, SPC_ALL_AXES, nullptr, 0, out.out()))}},
  };
#undef CALL
  for (const auto &[op, run] : calls)
    EXPECT_EQ(text_of(kernels_of(run)), text_of(listed(op.c_str(), s))) << op;
}

}  // namespace

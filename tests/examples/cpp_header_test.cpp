// SPDX-License-Identifier: Apache-2.0
// The C++ header: values, lists, algebra, and exceptions through callbacks.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <regex>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "spacecore/spacecore.hpp"

namespace {

using Vector = std::vector<double>;

class CppHeader : public ::testing::Test {
 protected:
  spc::Array vector(std::initializer_list<double> items) const { return spc::Array(ctx, items); }

  const spc::Context ctx{"cpu"};
  const spc::Space space{ctx, {2}};
};

TEST_F(CppHeader, ArraysTakeListsVectorsArraysAndSpans) {
  Vector data = {1, 2, 3, 4, 5, 6};
  const spc::Array a(ctx, data, {2, 3});
  EXPECT_EQ(a.shape(), (std::vector<std::int64_t>{2, 3}));
  EXPECT_EQ(a.to_vector<double>(), data);
  EXPECT_EQ(spc::Array(ctx, std::span<const double>(data).first(2)).size(), 2);
  EXPECT_EQ(spc::Array(ctx, std::array<float, 2>{1, 2}).dtype(), SPC_FLOAT32);
  EXPECT_EQ(spc::Array(ctx, {1, 2, 3, 4}, {2, 2}).dtype(), SPC_INT32);
  EXPECT_EQ(spc::Array(ctx, Vector()).size(), 0);
  EXPECT_EQ(spc::sum(a).item<double>(), 21);
  EXPECT_EQ(spc::sum(a, {0}).to_vector<double>(), (Vector{5, 7, 9}));
  EXPECT_EQ(spc::transpose(a).shape(), (std::vector<std::int64_t>{3, 2}));
  EXPECT_EQ(spc::zeros(ctx, {}).shape(), std::vector<std::int64_t>());
  // As many elements as the shape has are expected.
  EXPECT_THROW(spc::Array(ctx, data, {2, 2}), spc::Error);
  EXPECT_THROW((void)a.item<double>(), spc::Error);
}

TEST_F(CppHeader, BorrowedMemoryIsWrittenInPlace) {
  Vector data = {1, 2};
  const spc::Array a = spc::Array::borrow(ctx, std::span(data), {2});
  a.set(vector({5, 6}));
  EXPECT_EQ(data, (Vector{5, 6}));
}

TEST_F(CppHeader, NumbersAreWeakScalars) {
  const spc::Array x(ctx, std::vector<float>{1, 2});
  EXPECT_EQ((2.5 * x).dtype(), SPC_FLOAT32);
  EXPECT_EQ((x + 1).to_vector<double>(), (Vector{2, 3}));
  EXPECT_EQ((1 - -x / 2).to_vector<double>(), (Vector{1.5, 2}));
  EXPECT_EQ((std::complex<double>(0, 1) * x).dtype(), SPC_COMPLEX64);
  EXPECT_EQ(spc::Array(true).dtype(), SPC_BOOL);
  EXPECT_THROW((void)(std::complex<double>(0, 1) * x).to_vector<double>(), spc::Error);
}

TEST_F(CppHeader, OperationsComeFromTheTable) {
  const spc::Array a(ctx, {4.0, 1.0, 1.0, 3.0}, {2, 2});
  EXPECT_EQ(spc::matmul(a, vector({1, 2})).to_vector<double>(), (Vector{6, 7}));
  EXPECT_EQ(spc::norm(vector({3, 4})).item<double>(), 5);
  EXPECT_EQ(spc::norm(vector({3, -4}), SPC_ORD_P, 1).item<double>(), 7);
  EXPECT_EQ(spc::max(a, {1}, true).shape(), (std::vector<std::int64_t>{2, 1}));
  EXPECT_EQ(spc::axpby(2, vector({1, 2}), {}, vector({1, 1})).to_vector<double>(), (Vector{2, 4}));
  EXPECT_EQ(spc::eye(ctx, 2).to_vector<double>(), (Vector{1, 0, 0, 1}));
  EXPECT_EQ(spc::arange(ctx, 3).to_vector<std::int64_t>(), (std::vector<std::int64_t>{0, 1, 2}));
  EXPECT_EQ(spc::full(ctx, {2}, 7.0).to_vector<double>(), (Vector{7, 7}));
  const spc_index last = {SPC_INDEX_INT, 0, -1, 0, 0, nullptr};
  EXPECT_EQ(spc::getitem(a, {last}).to_vector<double>(), (Vector{1, 3}));
  const spc::Array out = spc::empty(ctx, {2});
  spc::add_into(vector({1, 2}), vector({3, 4}), out);
  EXPECT_EQ(out.to_vector<double>(), (Vector{4, 6}));
  const spc::Array sum = vector({0});
  spc::program_run(
      {{SPC_PROGRAM_AXPY, 1, 0, 1, 0, 0, 0, 0}, {SPC_PROGRAM_DOT, 0, 0, 1, 0, 0, 0, 0}},
      {vector({1, 2}), out}, {10.0}, sum);
  EXPECT_EQ(out.to_vector<double>(), (Vector{14, 26}));
  EXPECT_EQ(sum.to_vector<double>(), (Vector{66}));
  const spc::Array sparse = spc::assparse(ctx, a);
  EXPECT_EQ(spc::sparse_matmul(sparse, vector({1, 2})).to_vector<double>(), (Vector{6, 7}));
}

TEST_F(CppHeader, ErrorsCarryCodeAndText) {
  try {
    (void)(vector({1, 2}) + vector({1, 2, 3}));
    FAIL();
  } catch (const spc::Error &e) {
    EXPECT_EQ(e.code(), SPC_E_VALUE);
    EXPECT_EQ(e.kind(), "ValueErr");
    EXPECT_NE(std::string(e.what()).find("(3,)"), std::string::npos) << e.what();
  }
  try {
    (void)spc::sum(vector({1}), {3});
    FAIL();
  } catch (const spc::Error &e) {
    EXPECT_EQ(e.code(), SPC_E_AXIS);
    EXPECT_TRUE(e.is_a(SPC_E_VALUE));
    EXPECT_TRUE(e.is_a(SPC_E_INDEX));
    EXPECT_FALSE(e.is_a(SPC_E_TYPE));
  }
  EXPECT_THROW((void)spc::add(spc::Array(), vector({1})), spc::Error);
}

TEST_F(CppHeader, SpacesKnowTheirInnerProduct) {
  const spc::Space weighted(ctx, {2}, spc::Geometry::weighted(vector({2, 3})));
  EXPECT_EQ(weighted.inner(vector({1, 1}), vector({1, 2})).item<double>(), 8);
  EXPECT_EQ(weighted.norm(vector({1, 1})), std::sqrt(5.0));
  EXPECT_EQ(weighted.riesz(vector({1, 1})).to_vector<double>(), (Vector{2, 3}));
  EXPECT_EQ(weighted.size(), 2);
  EXPECT_EQ(weighted.shape(), (std::vector<std::int64_t>{2}));
  EXPECT_FALSE(weighted == space);
  EXPECT_TRUE(spc::Space(weighted.context(), {2}, weighted.geometry()) == weighted);
  EXPECT_THROW(weighted.check_member(vector({1})), spc::Error);
  EXPECT_EQ(space.axpy(2, vector({1, 2}), vector({1, 1})).to_vector<double>(), (Vector{3, 5}));
}

TEST_F(CppHeader, OperatorAlgebra) {
  const auto A = spc::LinOp::dense(spc::Array(ctx, {1.0, 2.0, 3.0, 4.0}, {2, 2}), space);
  const auto D = spc::LinOp::diagonal(vector({2, 3}));
  const spc::Array x = vector({1, 1});
  EXPECT_EQ((A * x).to_vector<double>(), (Vector{3, 7}));
  EXPECT_EQ(((A * D) * x).to_vector<double>(), (Vector{8, 18}));
  EXPECT_EQ(((A + D) * x).to_vector<double>(), (Vector{5, 10}));
  EXPECT_EQ(((A - D) * x).to_vector<double>(), (Vector{1, 4}));
  EXPECT_EQ(((2 * A) * x).to_vector<double>(), (Vector{6, 14}));
  EXPECT_EQ((adjoint(A) * x).to_vector<double>(), (Vector{4, 6}));
  EXPECT_EQ(A.rapply(x).to_vector<double>(), (Vector{4, 6}));
  EXPECT_EQ((spc::LinOp::identity(space) * x).to_vector<double>(), (Vector{1, 1}));
  EXPECT_EQ((spc::LinOp::zero(space, space) * x).to_vector<double>(), (Vector{0, 0}));
  EXPECT_EQ(A.kind(), "DenseLinOp");
  EXPECT_EQ(D.is_hermitian(), SPC_TRUE);
  EXPECT_TRUE(A.domain() == A.codomain());
  const spc::Array y = vector({1, 1});
  A.apply_into(2, x, -1, y, SPC_MODE_TRANSPOSE);
  EXPECT_EQ(y.to_vector<double>(), (Vector{7, 11}));
}

TEST_F(CppHeader, FunctionsLiveAsLongAsWhatIsMadeOfTheirOperator) {
  const auto alive = std::make_shared<int>(0);
  std::optional<spc::LinOp> composite;
  {
    const auto A = spc::LinOp::self_adjoint(space, [alive](const spc::Array &x) { return 2 * x; });
    const auto B = spc::LinOp::matrix_free(
        space, space, [alive](const spc::Array &x) { return 3 * x; },
        [alive](const spc::Array &x) { return 3 * x; });
    composite = adjoint(2 * (A * B) + A) - B;
    EXPECT_EQ(alive.use_count(), 4);
  }
  EXPECT_EQ(alive.use_count(), 4);
  EXPECT_EQ((*composite * vector({1, 2})).to_vector<double>(), (Vector{11, 22}));
  composite.reset();
  EXPECT_EQ(alive.use_count(), 1);
}

TEST_F(CppHeader, ExceptionsPassThroughCallbacks) {
  struct Odd {};
  const spc::Array x = vector({1, 2});
  const auto thrower =
      spc::LinOp::self_adjoint(space, [](const spc::Array &) -> spc::Array { throw Odd(); });
  EXPECT_THROW((void)(thrower * x), Odd);
  const auto nested = spc::LinOp::self_adjoint(space, [&](const spc::Array &v) {
    try {
      return thrower * v;
    } catch (const Odd &) {
      throw std::runtime_error("nested");
    }
  });
  EXPECT_THROW((void)(nested * x), std::runtime_error);
  const auto inner_error = spc::LinOp::self_adjoint(space, [&](const spc::Array &v) {
    return v + vector({1, 2, 3});
  });
  try {
    (void)(inner_error * x);
    FAIL();
  } catch (const spc::Error &e) {
    EXPECT_EQ(e.code(), SPC_E_VALUE);
  }
  // What was thrown and handled is forgotten.
  const auto handles = spc::LinOp::self_adjoint(space, [&](const spc::Array &v) {
    try {
      (void)(thrower * v);
    } catch (const Odd &) {
    }
    return v;
  });
  EXPECT_EQ((handles * x).to_vector<double>(), (Vector{1, 2}));
  EXPECT_THROW((void)spc::Context("no such family"), spc::Error);
}

TEST_F(CppHeader, ConjugateGradients) {
  const auto A = spc::LinOp::diagonal(vector({2, 4}));
  const spc::Array b = vector({2, 8});
  const spc::SolveResult plain = spc::cg(A, b);
  EXPECT_TRUE(plain.converged());
  EXPECT_EQ(plain.reason_name(), "RTOL");

  spc::SolveOptions options;
  EXPECT_EQ(options.rtol, 1e-6);
  options.precond = spc::LinOp::diagonal(vector({0.5, 0.25}));
  int calls = 0;
  options.monitor = [&](const spc_solve_info &info) {
    EXPECT_EQ(info.iteration, calls++);
    return false;
  };
  const spc::SolveResult result = spc::cg(A, b, options);
  EXPECT_EQ(result.iterations, 1);
  EXPECT_EQ(calls, 2);
  EXPECT_EQ(result.x.to_vector<double>(), (Vector{1, 2}));

  options.monitor = [](const spc_solve_info &) { return true; };
  EXPECT_EQ(spc::cg(A, b, options).reason, SPC_REASON_STOPPED_BY_MONITOR);
  options.monitor = [](const spc_solve_info &) -> bool { throw std::domain_error("stop"); };
  EXPECT_THROW((void)spc::cg(A, b, options), std::domain_error);
  EXPECT_EQ(spc::cg(A, b, {}, vector({1, 2})).iterations, 0);
}

TEST_F(CppHeader, MatrixMarketFiles) {
  const auto path = std::filesystem::path(::testing::TempDir()) / "cpp_header.mtx";
  spc::write_matrix_market(path, spc::Array(ctx, {1.0, 2.0, 2.0, 3.0}, {2, 2}), SPC_MM_SYMMETRIC);
  const spc::Array a = spc::read_matrix_market(path, ctx, "dense");
  EXPECT_EQ(a.to_vector<double>(), (Vector{1, 2, 2, 3}));
  const spc_mm_header header = spc::matrix_market_header(path);
  EXPECT_EQ(header.symmetry, SPC_MM_SYMMETRIC);
  EXPECT_EQ(header.entries, 3);
  std::filesystem::remove(path);
  try {
    (void)spc::read_matrix_market(path);
    FAIL();
  } catch (const spc::Error &e) {
    EXPECT_EQ(e.code(), SPC_E_FILE);
  }
}

TEST_F(CppHeader, ContextsAndTargets) {
  const spc::Context own = spc::Context::normalize(
      spc::Target("reference").dtype(SPC_FLOAT32).check_level(SPC_CHECK_CHEAP));
  EXPECT_EQ(own.text(), "Context(ops='reference', dtype='float32', check_level='cheap')");
  EXPECT_EQ(own, spc::Context("reference", SPC_FLOAT32, SPC_CHECK_CHEAP));
  EXPECT_EQ(own.hash(), spc::Context("reference", SPC_FLOAT32, SPC_CHECK_CHEAP).hash());
  EXPECT_FALSE(own == ctx);
  const std::string before = spc::Context::current().text();
  {
    const spc::BackendScope scope("reference");
    EXPECT_EQ(spc::Context::current().family(), "reference");
  }
  EXPECT_EQ(spc::Context::current().text(), before);
  EXPECT_THROW(spc::BackendScope("no such family"), spc::Error);
}

TEST_F(CppHeader, Conversions) {
  const spc::Context reference("reference", SPC_FLOAT32);
  EXPECT_EQ(vector({1, 2}).convert(reference).family(), "reference");
  const spc::Space space(ctx, {2}, spc::Geometry::weighted(vector({1, 2})));
  EXPECT_EQ(space.convert(reference).context(), reference);
  EXPECT_EQ(spc::Geometry::weighted(vector({1, 2})).convert("reference") ? 1 : 0, 1);
  spc::LinOp converted;
  {
    const double factor = 3;
    const auto A = spc::LinOp::self_adjoint(spc::Space(ctx, {2}),
                                            [factor](const spc::Array &x) { return factor * x; });
    converted = A.convert(spc::Target(reference).resolution("error").dtype_resolution("convert"));
  }
  EXPECT_EQ(converted.context(), reference);
  EXPECT_EQ((converted * spc::Array(reference, {1.0F, 2.0F})).to_vector<double>(), (Vector{3, 6}));
}

TEST_F(CppHeader, Explanations) {
  const std::string text = spc::explain("add", {vector({1}), 2.0});
  EXPECT_NE(text.find("taken: that of"), std::string::npos) << text;
  EXPECT_NE(spc::LinOp::diagonal(vector({1})).explain(SPC_MODE_ADJOINT).find("mode adjoint"),
            std::string::npos);
  EXPECT_THROW((void)spc::explain("no such op", {}), spc::Error);
}

TEST_F(CppHeader, ValuesShareAndMove) {
  spc::Array a = vector({1, 2});
  const spc::Array b = a;
  const spc::Array c = std::move(a);
  EXPECT_FALSE(a);  // NOLINT(bugprone-use-after-move): a moved-from value is null
  b.set(vector({7, 8}));
  EXPECT_EQ(c.to_vector<double>(), (Vector{7, 8}));
  spc::Array d = b;
  d = vector({1, 1});
  EXPECT_EQ(b.to_vector<double>(), (Vector{7, 8}));
}

TEST_F(CppHeader, SpacesOfEveryKind) {
  const spc::Space h = spc::Space::hermitian(ctx, 2);
  EXPECT_EQ(h.kind(), "HermitianSpace");
  EXPECT_TRUE(h.has(SPC_CAN_EUCLIDEAN_JORDAN));
  EXPECT_FALSE(space.has(SPC_CAN_JORDAN));
  const spc::Array x(ctx, {2.0, 1.0, 1.0, 2.0}, {2, 2});
  EXPECT_NEAR(h.spectrum(x).to_vector<double>()[1], 3, 1e-12);
  const auto [values, frame] = h.spectral_decompose(x);
  const Vector again = h.from_spectrum(values, frame).to_vector<double>();
  EXPECT_NEAR(again[1], 1, 1e-12);
  EXPECT_EQ(h.stacked(3).shape(), (std::vector<std::int64_t>{3, 2, 2}));

  const spc::Space tree = spc::Space::tree("{b: *, a: [*]}", {space, h});
  EXPECT_EQ(tree.arity(), 2);
  EXPECT_EQ(tree.leaf_path(0), "$.a[0]");
  EXPECT_EQ(tree.leaf_index("$.b"), 1);
  EXPECT_TRUE(tree.leaf(1) == h);
  const spc::Array element = tree.element_of({vector({1, 2}), x});
  EXPECT_EQ(tree.leaf_of(element, 0).to_vector<double>(), (Vector{1, 2}));
  EXPECT_NEAR(tree.norm(element), std::sqrt(15), 1e-12);
  const spc::Laws laws = tree.laws();
  EXPECT_TRUE(laws) << laws.text;
  EXPECT_FALSE(laws.text.empty());

  const spc::Geometry gram = spc::Geometry::gram(spc::Array(ctx, {2.0, 1.0, 1.0, 3.0}, {2, 2}));
  const spc::Space g(ctx, {2}, gram);
  EXPECT_NEAR(g.inner(vector({1, 2}), vector({3, -1})).item<double>(), 5, 1e-12);
  EXPECT_EQ(g.random(spc::Rng(1)).size(), 2);
}

TEST_F(CppHeader, OperatorsWithStructure) {
  const spc::LinOp a = spc::LinOp::dense(spc::Array(ctx, {2.0, 1.0, 1.0, 3.0}, {2, 2}), space);
  EXPECT_EQ((a.inverse() * (a * vector({1, 2}))).size(), 2);
  EXPECT_NEAR((a.inverse("lu") * (a * vector({1, 2}))).to_vector<double>()[1], 2, 1e-12);
  EXPECT_EQ(a.is(SPC_IS_HERMITIAN), SPC_TRUE);
  EXPECT_EQ(spc::LinOp::kronecker(a, a).to_matrix().shape(), (std::vector<std::int64_t>{4, 4}));
  EXPECT_EQ(a.vapply(spc::Array(ctx, {1.0, 0.0, 0.0, 1.0}, {2, 2})).to_vector<double>(),
            (Vector{2, 1, 1, 3}));
  EXPECT_EQ((a + a).fuse().kind(), "DenseLinOp");
  EXPECT_TRUE(a.transpose().transpose() == a);
  // A matrix-free block lives as long as what is made of it.
  spc::LinOp blocks;
  {
    const double factor = 3;
    const spc::LinOp scaled =
        spc::LinOp::self_adjoint(space, [factor](const spc::Array &x) { return factor * x; });
    blocks = spc::LinOp::block_diagonal("", {a, scaled});
  }
  const spc::Array y = blocks * spc::tuple({vector({1, 0}), vector({1, 2})});
  EXPECT_EQ(spc::items_of(y)[1].to_vector<double>(), (Vector{3, 6}));
  const spc::Laws laws = blocks.laws();
  EXPECT_TRUE(laws) << laws.text;
}

TEST_F(CppHeader, FunctionalsSetsAndSolvers) {
  const spc::Functional f =
      2.0 * spc::Functional::squared_l2(space) + spc::Functional::inner(vector({1, -1}), space);
  EXPECT_EQ(f(vector({1, 2})).item<double>(), 4);
  EXPECT_EQ(f.grad(vector({1, 2})).to_vector<double>(), (Vector{3, 3}));
  EXPECT_TRUE(f.laws()) << f.laws().text;
  EXPECT_EQ(spc::Functional::l1(space).prox(vector({3, 0.5}), 1).to_vector<double>(),
            (Vector{2, 0}));
  const spc::Set box = spc::Set::box(space, vector({0, 0}), vector({1, 1}));
  EXPECT_EQ(box.project(vector({-1, 2})).to_vector<double>(), (Vector{0, 1}));
  EXPECT_FALSE(box.contains(vector({-1, 2})));

  const spc::LinOp a = spc::LinOp::dense(spc::Array(ctx, {4.0, 1.0, 1.0, 3.0}, {2, 2}), space);
  spc::SolveOptions options;
  options.rtol = 1e-12;
  options.workspace = spc::Workspace();
  for (const auto &result :
       {spc::cg(a, vector({1, 2}), options), spc::minres(a, vector({1, 2}), options),
        spc::gmres(a, vector({1, 2}), options), spc::fgmres(a, vector({1, 2}), options),
        spc::bicgstab(a, vector({1, 2}), options), spc::lsqr(a, vector({1, 2}), options),
        spc::lsmr(a, vector({1, 2}), options)}) {
    EXPECT_TRUE(result.converged()) << result.reason_name();
    EXPECT_NEAR(result.x.to_vector<double>()[0], 1.0 / 11, 1e-9);
  }
  options.maxiter = 100;
  EXPECT_NEAR(spc::lanczos_smallest(a, vector({1, 0}), options).eigenvalue, (7 - std::sqrt(5)) / 2,
              1e-9);
  EXPECT_NEAR(spc::power_iteration(a, vector({1, 0}), options).eigenvalue, (7 + std::sqrt(5)) / 2,
              1e-6);
  const spc::LinOp diagonal = spc::LinOp::diagonal(vector({0, 1}), space);
  EXPECT_NEAR(spc::expm_multiply(diagonal, vector({2, 3}), 0.5).x.to_vector<double>()[1],
              3 * std::exp(0.5), 1e-9);
}

TEST_F(CppHeader, FunctionsLiveAsLongAsWhatIsMadeOfThem) {
  const auto owner = std::make_shared<int>(2);
  spc::Functional pulled;
  spc::Set set;
  spc::Space weighted;
  {
    const spc::ElementFunction twice = [owner](const spc::Array &x) { return *owner * x; };
    const spc::ElementFunction half = [owner](const spc::Array &x) { return x / *owner; };
    const spc::LinOp a = spc::LinOp::matrix_free(space, space, twice, twice);
    pulled = spc::Functional::squared_l2(space) * a;
    set = spc::Set::affine(a, vector({2, 4}));
    weighted = spc::Space(ctx, {2}, spc::Geometry::custom(twice, half));
  }
  EXPECT_GT(owner.use_count(), 1);
  EXPECT_EQ(pulled(vector({1, 2})).item<double>(), 10);
  EXPECT_NEAR(set.project(vector({0, 0})).to_vector<double>()[1], 2, 1e-6);
  EXPECT_EQ(weighted.inner(vector({1, 2}), vector({3, 4})).item<double>(), 22);
  pulled = {};
  set = {};
  weighted = {};
  EXPECT_EQ(owner.use_count(), 1);
}

TEST_F(CppHeader, FunctionsMayBeLeftOut) {
  const auto twice = [](const spc::Array &x) { return 2.0 * x; };
  EXPECT_THROW(spc::LinOp::matrix_free(space, space, twice, nullptr), spc::Error);
  EXPECT_THROW(spc::LinOp::self_adjoint(space, nullptr), spc::Error);
  EXPECT_THROW(spc::Functional::callback(space, nullptr), spc::Error);
  EXPECT_THROW(spc::Geometry::custom(twice, nullptr), spc::Error);
  int batches = 0;
  const spc::LinOp a = spc::LinOp::from_coordinate_adjoint(
      space, space, twice, twice, [&](const spc::Array &xs) { return ++batches, 2.0 * xs; });
  EXPECT_EQ(a.vapply(spc::Array(ctx, {1.0, 2.0, 3.0, 4.0}, {2, 2})).to_vector<double>(),
            (Vector{2, 4, 6, 8}));
  EXPECT_EQ(batches, 1);
  EXPECT_EQ((a * a).parts().size(), 2u);
}

TEST_F(CppHeader, FunctionalsOfTheProgram) {
  const spc::Functional f = spc::Functional::callback(
      space, [this](const spc::Array &x) { return 0.5 * space.inner(x, x); },
      [](const spc::Array &x) { return x; });
  EXPECT_TRUE(f.laws()) << f.laws().text;
  std::array<double, 2> gradient = {};
  EXPECT_EQ(f.objective(Vector{3, 4}, gradient), 12.5);
  EXPECT_EQ(gradient, (std::array<double, 2>{3, 4}));
  EXPECT_EQ(f.objective(Vector{3, 4}), 12.5);
  EXPECT_THROW(f.objective(Vector{3, 4}, std::span(gradient).first(1)), std::invalid_argument);
  const spc::Functional sum = spc::Functional::linear(space, [this](const spc::Array &x) {
    return space.inner(vector({1, 1}), x);
  });
  EXPECT_EQ(sum(vector({3, 4})).item<double>(), 7);
  EXPECT_EQ(f.convert(spc::Target("cpu").dtype(SPC_FLOAT32)).context().dtype(), SPC_FLOAT32);
}

TEST_F(CppHeader, SparseMatricesBatchesAndEigenpairs) {
  constexpr std::int64_t n = 20;
  std::vector<std::int32_t> indptr = {0}, indices;
  Vector data;
  for (std::int32_t i = 0; i < n; ++i) {
    for (std::int32_t j = std::max(0, i - 1); j <= std::min<std::int32_t>(n - 1, i + 1); ++j) {
      indices.push_back(j);
      data.push_back(i == j ? 2 : -1);
    }
    indptr.push_back(static_cast<std::int32_t>(indices.size()));
  }
  const spc::Array matrix = spc::Array::sparse(SPC_CSR, n, n, spc::Array(ctx, indptr),
                                               spc::Array(ctx, indices), spc::Array(ctx, data));
  const spc::Space X = spc::Space::vector(ctx, n);
  const spc::LinOp a = spc::LinOp::sparse(matrix, X, X);
  EXPECT_EQ(a.to_sparse().shape(), (std::vector<std::int64_t>{n, n}));

  const spc::Array bs = spc::Rng(1).normal(ctx, {3, n});
  const spc::BatchResult batch = spc::solve_batch(SPC_SOLVER_CG, a, bs, 3);
  ASSERT_EQ(batch.columns.size(), 3u);
  for (const spc_solve_result &column : batch.columns) EXPECT_EQ(column.reason, SPC_REASON_RTOL);
  const Vector product = a.vapply(batch.x).to_vector<double>(), right = bs.to_vector<double>();
  for (std::size_t i = 0; i < product.size(); ++i) EXPECT_NEAR(product[i], right[i], 1e-4);

  spc::SolveOptions options;
  options.maxiter = 200;
  options.rtol = 1e-8;
  const spc::EigenpairsResult pairs = spc::lobpcg(a, spc::Rng(2).normal(ctx, {2, n}), options);
  EXPECT_TRUE(pairs.converged()) << pairs.reason_name();
  const Vector values = pairs.eigenvalues.to_vector<double>();
  for (int k = 1; k <= 2; ++k)
    EXPECT_NEAR(values[static_cast<std::size_t>(k - 1)], 2 - 2 * std::cos(k * M_PI / (n + 1)),
                1e-9);
  options.maxiter = 2000;
  const spc::Functional form = spc::Functional::quadratic(a);
  EXPECT_NEAR(spc::power_iteration(form, {}, options).eigenvalue,
              spc::power_iteration(a, {}, options).eigenvalue, 1e-9);
}

spc_status code_of(const std::function<void()> &call, std::string *text = nullptr) {
  try {
    call();
  } catch (const spc::Error &e) {
    if (text != nullptr) *text = e.what();
    return e.code();
  }
  return SPC_OK;
}

// Every row of the table has a form, but for what is done with the C function itself.
TEST_F(CppHeader, NoFunctionIsLeftOut) {
  std::ifstream file(SPACECORE_CPP_HEADER);
  const std::string header((std::istreambuf_iterator<char>(file)), {});
  const std::regex word("spc_[a-z0-9_]+");
  std::set<std::string> used;
  for (std::sregex_iterator i(header.begin(), header.end(), word), end; i != end; ++i)
    used.insert(i->str());
  // Hooks of the process keep their argument for good; texts of errors are those of Error.
  const std::set<std::string> left = {"set_warning_handler", "set_allocator", "set_interposer",
                                      "last_error_message",  "clear_error",   "status_name"};
  std::set<std::string> missing;
#define SPC_API(NAME, ...) \
  if (!used.contains("spc_" #NAME)) missing.insert(#NAME);
#include "spacecore/api.def"
  EXPECT_EQ(missing, left);
}

TEST_F(CppHeader, LibraryAndFamilies) {
  EXPECT_EQ(spc::abi_version()[0], 1);
  EXPECT_GE(spc::version()[0], 0);
  spc::sync();
  EXPECT_EQ(spc::collect(), 0);
  const std::int64_t cpu = spc::backend_find("cpu");
  ASSERT_LT(cpu, spc::backend_count());
  EXPECT_STREQ(spc::backend_describe(cpu).name, "cpu");
  EXPECT_STREQ(spc::backend_describe(cpu).base, "reference");
  EXPECT_EQ(spc::backend_supports(cpu, SPC_OP_matmul, SPC_FLOAT64), 2);
  EXPECT_EQ(code_of([] { (void)spc::backend_find("nowhere"); }), SPC_E_UNKNOWN_BACKEND);
  std::set<std::string> names;
  for (std::int64_t i = 0; i < spc::op_count(); ++i) names.insert(spc::op_describe(i).name);
  EXPECT_TRUE(names.contains("matmul"));
  EXPECT_NE(spc::load_report().find("cpu"), std::string::npos);
  // The search has run.
  EXPECT_EQ(code_of([] { spc::disable_plugin_search(); }), SPC_E_VALUE);
  EXPECT_EQ(code_of([] { spc::add_plugin_directory(""); }), SPC_E_VALUE);
}

TEST_F(CppHeader, Dtypes) {
  EXPECT_EQ(spc::dtype_name(SPC_COMPLEX64), "complex64");
  EXPECT_EQ(spc::dtype_from_name("float"), SPC_FLOAT64);
  EXPECT_EQ(spc::dtype_size(SPC_COMPLEX128), 16);
  EXPECT_TRUE(spc::is_complex_dtype(SPC_COMPLEX64));
  EXPECT_FALSE(spc::is_complex_dtype(SPC_INT8));
  EXPECT_EQ(spc::real_dtype(SPC_COMPLEX64), SPC_FLOAT32);
  EXPECT_EQ(spc::eps(SPC_FLOAT64), 0x1p-52);
  EXPECT_EQ(spc::result_type({spc::Array(ctx, {1}), 2.5}, {SPC_FLOAT32}), SPC_FLOAT64);
  EXPECT_EQ(spc::result_type({}, {SPC_FLOAT32, SPC_INT8}), SPC_FLOAT32);
  EXPECT_EQ(code_of([] { (void)spc::eps(SPC_INT32); }), SPC_E_VALUE);
}

TEST_F(CppHeader, ContextsOfValues) {
  const spc::Array x(ctx, std::vector<float>{1, 0}, {1, 2});
  const spc::Array dense = ctx.asarray(x), sparse = ctx.assparse(x);
  EXPECT_EQ(dense.dtype(), SPC_FLOAT64);
  EXPECT_EQ(sparse.nnz(), 1);
  EXPECT_EQ(ctx.convert(sparse.sparse_transpose()).sparse_format(), SPC_CSC);
  EXPECT_TRUE(ctx.is_dense(dense) && !ctx.is_dense(sparse) && !ctx.is_dense(spc::none()));
  EXPECT_TRUE(ctx.is_sparse(sparse) && !ctx.is_sparse(dense));
  EXPECT_TRUE(ctx.is_array(dense) && ctx.is_array(sparse) && !ctx.is_array(1.0));
  ctx.assert_dense(dense);
  ctx.assert_sparse(sparse);
  std::string text;
  EXPECT_EQ(code_of([&] { ctx.assert_dense(spc::list({x})); }, &text), SPC_E_TYPE);
  EXPECT_EQ(text, "Expected dense array for cpu, got list");
  EXPECT_EQ(code_of([&] { ctx.assert_sparse(dense); }), SPC_E_TYPE);
  EXPECT_EQ(ctx.get_dtype(x), SPC_FLOAT32);
  EXPECT_EQ(ctx.sanitize_dtype(SPC_DTYPE_NONE), SPC_FLOAT64);
  EXPECT_TRUE(ctx.checks_enabled());
  EXPECT_GE(ctx.free_memory_bytes(), -1);
  EXPECT_EQ(spc::Context::infer(x).dtype(), SPC_FLOAT32);
  EXPECT_FALSE(spc::Context::infer(2.0));
  EXPECT_EQ(spc::Context::resolve({}, {ctx}, {x}).dtype(), SPC_FLOAT64);
  EXPECT_EQ(spc::Context::resolve("reference", {ctx}, {}).family(), "reference");

  EXPECT_EQ(spc::check_level_name(SPC_CHECK_STRICT), "strict");
  EXPECT_EQ(spc::check_level_from_name("cheap"), SPC_CHECK_CHEAP);
  EXPECT_EQ(spc::get_backend("openblas"), "cpu");
  {
    const spc::BackendScope scope("cpu");
    spc::set_backend("reference");
    EXPECT_EQ(spc::get_backend(), "reference");
    spc::set_dtype("complex64");
    EXPECT_EQ(spc::Context::current().dtype(), SPC_FLOAT32);
  }
  const std::string before = spc::get_resolution_policy(),
                    rule = spc::get_dtype_resolution_policy();
  spc::set_resolution_policy("silent");
  spc::set_dtype_resolution_policy("convert");
  EXPECT_EQ(spc::get_resolution_policy(), "silent");
  EXPECT_EQ(spc::get_dtype_resolution_policy(), "convert");
  spc::set_resolution_policy(before);
  spc::set_dtype_resolution_policy(rule);
  EXPECT_EQ(code_of([] { spc::set_resolution_policy("foo"); }), SPC_E_VALUE);
}

TEST_F(CppHeader, ArraysFromWithin) {
  const spc::Array a(ctx, {1.0, 2.0, 3.0, 4.0, 5.0, 6.0}, {2, 3});
  EXPECT_EQ(a.strides(), (std::vector<std::int64_t>{3, 1}));
  EXPECT_EQ(a.memory_space(), "host");
  const spc::Array t = spc::transpose(a);
  EXPECT_TRUE(t.is_view_of(a));
  EXPECT_FALSE(spc::copy(a).is_view_of(a));
  EXPECT_FALSE(spc::broadcast_to(a, {2, 2, 3}).is_writable());
  EXPECT_TRUE(a.is_writable());
  const std::uint64_t version = a.version();
  static_cast<double *>(a.data())[1] = 20;
  a.touch();
  EXPECT_GT(a.version(), version);
  EXPECT_EQ(t.to_vector<double>(), (Vector{1, 4, 20, 5, 3, 6}));
  EXPECT_EQ(a.interposed(false).to_vector<double>(), a.to_vector<double>());
  const spc::Array other = spc::Array::from_value(ctx, a, SPC_FLOAT32);
  EXPECT_EQ(other.dtype(), SPC_FLOAT32);
  const spc::Array same = spc::Array::from_dlpack(ctx, a.to_dlpack(true), true);
  EXPECT_EQ(same.data(), a.data());
  EXPECT_EQ(spc::detach(spc::requires_grad(a)).to_vector<double>(), a.to_vector<double>());

  const spc::Array s = spc::assparse(ctx, a);
  EXPECT_EQ(s.sparse_format(), SPC_CSR);
  EXPECT_EQ(s.sparse_parts()[0].to_vector<std::int64_t>(), (std::vector<std::int64_t>{0, 3, 6}));
  EXPECT_EQ(s.sparse_parts()[2].to_vector<double>(), a.to_vector<double>());
  EXPECT_EQ(s.sparse_diagonal().to_vector<double>(), (Vector{1, 5}));
  EXPECT_EQ(s.sparse_offset_diagonal(1).to_vector<double>(), (Vector{20, 6}));
  EXPECT_EQ(code_of([&] { (void)a.nnz(); }), SPC_E_TYPE);
}

TEST_F(CppHeader, NamedValues) {
  const spc::Array p = spc::named_tuple("Point", {{"x", 1}, {"y", vector({2, 3})}});
  EXPECT_EQ(p.value_kind(), SPC_VALUE_TUPLE);
  EXPECT_EQ(p.type_name(), "Point");
  EXPECT_EQ(p.key(1), "y");
  EXPECT_EQ(p.at("y").to_vector<double>(), (Vector{2, 3}));
  EXPECT_EQ(p.at("x").weak_kind(), SPC_WEAK_INT);
  EXPECT_EQ(spc::tuple({1}).type_name(), "");
  EXPECT_EQ(code_of([&] { (void)p.at("z"); }), SPC_E_INDEX);
  EXPECT_EQ(code_of([] { (void)spc::named_tuple("2D", {{"x", 1}}); }), SPC_E_VALUE);
  EXPECT_EQ(code_of([] { (void)spc::named_tuple("P", {{"x", 1}, {"x", 1}}); }), SPC_E_VALUE);

  const spc::Array m = spc::map({{"b", 2}, {"a", 1}});
  EXPECT_EQ(m.value_kind(), SPC_VALUE_MAP);
  EXPECT_EQ(m.key(0), "b");
  EXPECT_EQ(spc::items_of(m)[1].weak_kind(), SPC_WEAK_INT);
  EXPECT_EQ(spc::list({m, p}).value_kind(), SPC_VALUE_LIST);
  EXPECT_EQ(spc::none().value_kind(), SPC_VALUE_NULL);
  EXPECT_EQ(code_of([] { (void)spc::map({{"a", 1}, {"a", 2}}); }), SPC_E_VALUE);
}

TEST_F(CppHeader, SpacesLeafByLeaf) {
  const spc::Space H = spc::Space::hermitian(ctx, 2);
  const spc::Array a(ctx, {2.0, 1.0, 1.0, 2.0}, {2, 2});
  EXPECT_TRUE(H.is_hermitian(a));
  EXPECT_FALSE(H.is_hermitian(spc::Array(ctx, {2.0, 1.0, 0.0, 2.0}, {2, 2})));
  EXPECT_EQ(code_of([&] { (void)space.is_hermitian(a); }), SPC_E_TYPE);

  const spc::Space E = spc::Space::euclidean_elementwise(ctx, {3});
  EXPECT_EQ(E.jordan(vector({1, 2, 3}), vector({2, 2, 2})).to_vector<double>(), (Vector{2, 4, 6}));
  const spc::Space T =
      spc::Space::tree_like(spc::named_tuple("Pair", {{"matrix", 0}, {"vector", 0}}), {H, E});
  EXPECT_EQ(T.structure(), "Pair(matrix: *, vector: *)");
  const spc::Array x = spc::named_tuple("Pair", {{"matrix", a}, {"vector", vector({3, 1, 2})}});
  const spc::Array spectra = T.spectra(x);
  EXPECT_EQ(spectra.type_name(), "Pair");
  const Vector eigenvalues = spectra.at("matrix").to_vector<double>();
  EXPECT_NEAR(eigenvalues[0], 1, 1e-14);
  EXPECT_NEAR(eigenvalues[1], 3, 1e-14);
  EXPECT_EQ(spectra.at("vector").to_vector<double>(), (Vector{3, 1, 2}));
  EXPECT_EQ(code_of([&] { (void)space.spectra(vector({1, 2})); }), SPC_E_CAPABILITY);
  EXPECT_EQ(T.hash(), spc::Space::tree_like(x, {H, E}).hash());

  const spc::Space single(spc::Context("reference", SPC_FLOAT32), {2});
  const spc::Array moved = single.convert_element(vector({1, 2}));
  EXPECT_EQ(moved.dtype(), SPC_FLOAT32);
  EXPECT_EQ(moved.family(), "reference");
  EXPECT_EQ(moved.to_vector<double>(), (Vector{1, 2}));
  const spc::Array kept = vector({1, 2});
  EXPECT_TRUE(space.convert_element(kept).is_view_of(kept));
  EXPECT_EQ(code_of([&] { (void)space.convert_element(spc::tuple({kept})); }), SPC_E_TYPE);

  const spc::Array xs(ctx, {1.0, 2.0, 3.0, 4.0}, {2, 2});
  space.check_batch(xs);
  EXPECT_EQ(code_of([&] { space.check_batch(vector({1, 2, 3})); }), SPC_E_VALIDATION);
  EXPECT_EQ(space.add_batch(xs, xs).to_vector<double>(), (Vector{2, 4, 6, 8}));
  EXPECT_EQ(space.scale_batch(3, xs).to_vector<double>(), (Vector{3, 6, 9, 12}));
  EXPECT_TRUE(spc::Geometry::euclidean().is_euclidean());
  EXPECT_FALSE(spc::Geometry::weighted(vector({1, 2})).is_euclidean());
  EXPECT_EQ(spc::generalized_shrinkage(space, vector({0, 0}), vector({2, -0.25}), 0.5, 0.5)
                .to_vector<double>(),
            (Vector{1.5, 0}));
}

TEST_F(CppHeader, OperatorsMadeOfOthers) {
  const auto dense = [&](std::initializer_list<double> a) {
    return spc::LinOp::dense(spc::Array(ctx, a, {2, 2}), space);
  };
  const spc::LinOp A = dense({2, 0, 0, 4}), B = dense({1, 2, 3, 4}), D = dense({9, 1, 1, 9});
  // B^T A^-1 B = [[1/2 + 9/4, 1 + 3], [1 + 3, 2 + 4]]
  EXPECT_EQ(spc::LinOp::schur_complement(A.inverse(), B, {}, D).to_matrix().to_vector<double>(),
            (Vector{6.25, -3, -3, 3}));
  EXPECT_EQ(spc::LinOp::schur_complement(A.inverse(), B, D).to_matrix().to_vector<double>(),
            (Vector{-5.25, -10, -7.25, -10}));
  const spc::LinOp narrow = spc::LinOp::identity(spc::Space(ctx, {3}));
  EXPECT_EQ(code_of([&] { (void)spc::LinOp::schur_complement(narrow, B); }), SPC_E_VALUE);

  EXPECT_TRUE(spc::LinOp::make_scaled(1, A).same(A));
  EXPECT_EQ(spc::LinOp::make_scaled(0, A).kind(), "ZeroLinOp");
  EXPECT_TRUE(spc::LinOp::make_sum({A, spc::LinOp::zero(space, space)}).same(A));
  EXPECT_TRUE(spc::LinOp::make_composed(spc::LinOp::identity(space), B).same(B));
  EXPECT_FALSE(A.same(B));
  EXPECT_EQ(B.array().to_vector<double>(), (Vector{1, 2, 3, 4}));
  EXPECT_EQ(code_of([&] { (void)(A * B).array(); }), SPC_E_NOTIMPL);
  EXPECT_EQ(B.probe_hermitian(3), SPC_FALSE);
  EXPECT_EQ(A.probe_hermitian(3), SPC_UNKNOWN);
  const spc::Space T = spc::Space::tree("", {space, space});
  const spc::LinOp both = spc::LinOp::block_diagonal_on(T, T, {A, B});
  EXPECT_EQ(T.leaf_of(both * spc::tuple({vector({1, 1}), vector({1, 1})}), 1).to_vector<double>(),
            (Vector{3, 7}));
}

TEST_F(CppHeader, FunctionsOverValues) {
  const spc::Function twice = [](std::span<const spc::Array> a) { return a[0] + a[0]; };
  const spc::Function same = [](std::span<const spc::Array> a) { return a[0]; };
  EXPECT_EQ(spc::cond(true, twice, same, {vector({1, 2})}).to_vector<double>(), (Vector{2, 4}));
  EXPECT_EQ(spc::cond(false, twice, same, {vector({1, 2})}).to_vector<double>(), (Vector{1, 2}));
  const spc::Function larger = [](std::span<const spc::Array> a) {
    return spc::Array(std::max(a[0].item<double>(), a[1].item<double>()));
  };
  EXPECT_EQ(spc::vectorize(larger, {vector({1, 5}), 3.0}).to_vector<double>(), (Vector{3, 5}));
  const spc::Function whole = [](std::span<const spc::Array> a) { return a[0] + spc::sum(a[1]); };
  EXPECT_EQ(spc::vectorize(whole, {vector({1, 2}), vector({10, 20})}, {1}).to_vector<double>(),
            (Vector{31, 32}));
  EXPECT_EQ(spc::vectorize_or_fallback(twice, {vector({1, 2})}).to_vector<double>(),
            (Vector{2, 4}));
  // What vmap cannot do is done at once, and the exception of the attempt is forgotten.
  int calls = 0;
  const spc::Function once = [&](std::span<const spc::Array> a) -> spc::Array {
    if (++calls == 1) throw std::runtime_error("no");
    return a[0] * 3;
  };
  EXPECT_EQ(spc::vectorize_or_fallback(once, {vector({1, 2})}).to_vector<double>(), (Vector{3, 6}));
  EXPECT_TRUE(spc::safe_for_vectorization(twice, {vector({1})}));
  const spc::Function never = [](std::span<const spc::Array>) -> spc::Array {
    throw std::runtime_error("never");
  };
  EXPECT_FALSE(spc::safe_for_vectorization(never, {vector({1})}));
  EXPECT_THROW((void)spc::vectorize_or_fallback(never, {vector({1})}, "force"), std::runtime_error);
}

}  // namespace

// SPDX-License-Identifier: Apache-2.0
// spacecore solve on real and generated systems.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "tests/cli/command.hpp"

namespace cli {
namespace {

#define SKIP_WITHOUT_DATA() \
  if (!has_data()) GTEST_SKIP() << "no matrices in " SPACECORE_SHARED_DIR "/data"

// The residual promised by rtol is met by the residual itself, not only by its recurrence.
void expect_solved(const Outcome &outcome, double rtol) {
  ASSERT_EQ(outcome.status, 0) << outcome.out << outcome.err;
  EXPECT_EQ(outcome.err, "");
  const auto json = outcome.json();
  EXPECT_TRUE(json.at("converged"));
  EXPECT_EQ(json.at("reason"), "RTOL");
  EXPECT_LE(json.at("residual_norm").get<double>(), json.at("threshold").get<double>());
  EXPECT_LE(json.at("true_residual_norm").get<double>(),
            rtol * json.at("baseline_norm").get<double>());
}

struct Real {
  const char *matrix, *precond;
  int iterations;     // of a textbook implementation
  double difference;  // largest between families; grows with the condition number
};

void PrintTo(const Real &real, std::ostream *stream) {
  *stream << real.matrix << ' ' << real.precond;
}

class RealMatrix : public testing::TestWithParam<Real> {};

TEST_P(RealMatrix, IsSolvedAlikeByEveryFamily) {
  SKIP_WITHOUT_DATA();
  const Real real = GetParam();
  const Scratch scratch;
  std::vector<std::vector<double>> solutions;
  for (const std::string family : {"reference", "cpu"}) {
    const std::string x = scratch.path(family + ".mtx");
    const auto outcome = spacecore({"solve", data_file(real.matrix), "--solver", "cg", "--precond",
                                    real.precond, "--backend", family, "--json", "--out", x});
    expect_solved(outcome, 1e-8);
    if (HasFatalFailure()) return;
    const auto json = outcome.json();
    EXPECT_EQ(json.at("backend"), family);
    EXPECT_EQ(json.at("dtype"), "float64");
    EXPECT_NEAR(json.at("iterations").get<double>(), real.iterations, 0.1 * real.iterations + 1);
    solutions.push_back(array_values(x));
    EXPECT_EQ(solutions.back().size(), json.at("rows"));
  }
  for (std::size_t i = 0; i < solutions[0].size(); ++i) {
    ASSERT_NEAR(solutions[0][i], solutions[1][i], real.difference) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Shared, RealMatrix,
                         testing::Values(Real{"494_bus.mtx", "none", 1139, 1e-4},
                                         Real{"494_bus.mtx", "jacobi", 393, 1e-4},
                                         Real{"LFAT5.mtx", "none", 20, 1e-4},
                                         Real{"LFAT5.mtx", "jacobi", 7, 1e-4},
                                         Real{"bcsstk13.mtx", "jacobi", 1357, 1e-2}));

TEST(Solve, Float32) {
  SKIP_WITHOUT_DATA();
  const auto outcome = spacecore({"solve", data_file("494_bus.mtx"), "--precond", "jacobi",
                                  "--dtype", "float32", "--rtol", "1e-4", "--json"});
  expect_solved(outcome, 1e-4);
  EXPECT_EQ(outcome.json().at("dtype"), "float32");
}

TEST(Solve, JsonSaysWhatWasDone) {
  SKIP_WITHOUT_DATA();
  const auto json = spacecore({"solve", data_file("LFAT5.mtx"), "--json"}).json();
  for (const char *key :
       {"backend", "dtype", "rows", "cols", "nnz", "solver", "iterations", "reason", "converged",
        "residual_norm", "true_residual_norm", "seconds"}) {
    EXPECT_TRUE(json.contains(key)) << key;
  }
  EXPECT_EQ(json.at("rows"), 14);
  EXPECT_EQ(json.at("nnz"), 46);  // both triangles
  EXPECT_LT(json.at("max_error").get<double>(), 1e-2);
}

TEST(Solve, PoissonSystem) {
  for (const std::string family : {"reference", "cpu"}) {
    const auto outcome = spacecore({"solve", "--poisson", "12", "--backend", family, "--json"});
    expect_solved(outcome, 1e-8);
    const auto json = outcome.json();
    EXPECT_EQ(json.at("rows"), 1728);
    EXPECT_EQ(json.at("nnz"), 7 * 1728 - 6 * 144);
    EXPECT_LT(json.at("max_error").get<double>(), 1e-6);
  }
}

TEST(Solve, RunsWhereTheHostCannotRead) {
  const auto outcome = spacecore({"--plugin-dir", SPACECORE_TEST_PLUGIN_DIR, "solve", "--poisson",
                                  "6", "--precond", "jacobi", "--backend", "fakedev", "--json"});
  expect_solved(outcome, 1e-8);
}

TEST(Solve, TextForPeople) {
  const auto outcome = spacecore({"solve", "--poisson", "8"});
  EXPECT_EQ(outcome.status, 0);
  for (const char *word : {"3-D Poisson, 8 x 8 x 8 grid", "512 x 512, 3,200 entries",
                           "cpu, float64", "converged after", "RTOL", "largest error", "time"}) {
    EXPECT_NE(outcome.out.find(word), std::string::npos) << word << '\n' << outcome.out;
  }
}

// 4 on the diagonal, -1 + i/2 below it: positive definite.
std::string hermitian_file(int n) {
  std::string text = "%%MatrixMarket matrix coordinate complex hermitian\n" + std::to_string(n) +
                     " " + std::to_string(n) + " " + std::to_string(2 * n - 1) + "\n";
  for (int i = 1; i <= n; ++i) {
    text += std::to_string(i) + " " + std::to_string(i) + " 4 0\n";
    if (i < n) text += std::to_string(i + 1) + " " + std::to_string(i) + " -1 0.5\n";
  }
  return text;
}

TEST(Solve, ComplexHermitianSystem) {
  const Scratch scratch;
  const auto matrix = scratch.write("h.mtx", hermitian_file(60));
  for (const std::string family : {"reference", "cpu"}) {
    const auto outcome =
        spacecore({"solve", matrix, "--precond", "jacobi", "--backend", family, "--json"});
    expect_solved(outcome, 1e-8);
    EXPECT_EQ(outcome.json().at("dtype"), "complex128");
    EXPECT_LT(outcome.json().at("max_error").get<double>(), 1e-6);
  }
}

TEST(Solve, ComplexRightHandSideMakesARealMatrixComplex) {
  const Scratch scratch;
  const auto matrix = scratch.write(
      "a.mtx", "%%MatrixMarket matrix coordinate real symmetric\n2 2 3\n1 1 2\n2 1 1\n2 2 3\n");
  const auto rhs =
      scratch.write("b.mtx", "%%MatrixMarket matrix array complex general\n2 1\n3 1\n4 -2\n");
  const auto x = scratch.path("x.mtx");
  const auto outcome = spacecore({"solve", matrix, "--rhs", rhs, "--json", "--out", x});
  expect_solved(outcome, 1e-8);
  EXPECT_EQ(outcome.json().at("dtype"), "complex128");
  EXPECT_TRUE(outcome.json().at("max_error").is_null());
  const auto values = array_values(x);  // x = (1 + i, 1 - i)
  const std::vector<double> expected = {1, 1, 1, -1};
  ASSERT_EQ(values.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(values[i], expected[i], 1e-7);
}

TEST(Solve, ArrayFilesAreSolvedDense) {
  const Scratch scratch;
  const auto matrix =
      scratch.write("a.mtx", "%%MatrixMarket matrix array real symmetric\n3 3\n4\n1\n0\n3\n1\n2\n");
  for (const std::string precond : {"none", "jacobi"}) {
    const auto outcome = spacecore({"solve", matrix, "--precond", precond, "--json"});
    expect_solved(outcome, 1e-8);
    EXPECT_EQ(outcome.json().at("nnz"), 9);
  }
}

TEST(Solve, WhatIsNotConvergedIsSaidAndWritten) {
  const Scratch scratch;
  const auto x = scratch.path("x.mtx");
  const auto outcome =
      spacecore({"solve", "--poisson", "8", "--maxiter", "2", "--json", "--out", x});
  EXPECT_EQ(outcome.status, 1) << outcome.err;
  EXPECT_EQ(outcome.json().at("reason"), "MAXITER");
  EXPECT_FALSE(outcome.json().at("converged"));
  EXPECT_EQ(array_values(x).size(), 512u);
}

TEST(Solve, IndefiniteMatrixIsNotConverged) {
  const Scratch scratch;
  const auto matrix = scratch.write(
      "a.mtx", "%%MatrixMarket matrix coordinate real symmetric\n2 2 2\n1 1 1\n2 2 -1\n");
  const auto outcome = spacecore({"solve", matrix, "--solver", "cg", "--json"});
  EXPECT_EQ(outcome.status, 1);
  const auto text = spacecore({"solve", matrix, "--solver", "cg"});
  EXPECT_NE(text.out.find("--solver auto"), std::string::npos) << text.out;
  EXPECT_LT(outcome.json().at("iterations"), 2);
}

TEST(Solve, NumbersThatAreNotFiniteAreNull) {
  const Scratch scratch;
  const auto matrix = scratch.write(
      "a.mtx", "%%MatrixMarket matrix coordinate real symmetric\n2 2 2\n1 1 nan\n2 2 1\n");
  const auto outcome =
      spacecore({"solve", matrix, "--solver", "cg", "--check-level", "none", "--json"});
  if (outcome.status == 2) return;  // a NaN is not Hermitian
  EXPECT_EQ(outcome.status, 1);
  EXPECT_TRUE(outcome.json().at("true_residual_norm").is_null());
}

TEST(Solve, SolutionsSurviveTheFile) {
  const Scratch scratch;
  const auto identity = scratch.write("i.mtx",
                                      "%%MatrixMarket matrix coordinate real general\n3 3 3\n"
                                      "1 1 1\n2 2 1\n3 3 1\n");
  const auto b = scratch.write("b.mtx",
                               "%%MatrixMarket matrix array real general\n3 1\n"
                               "0.1\n-0.33333333333333331\n4.0000000000000009\n");
  const auto x = scratch.path("x.mtx"), again = scratch.path("again.mtx");
  ASSERT_EQ(spacecore({"solve", identity, "--rhs", b, "--out", x}).status, 0);
  ASSERT_EQ(spacecore({"solve", identity, "--rhs", x, "--out", again}).status, 0);
  EXPECT_EQ(array_values(x), array_values(b));
  EXPECT_EQ(array_values(again), array_values(b));
}

TEST(Solve, ProgressIsOnTheTerminalOnly) {
  const std::vector<std::string> args = {"solve", "--poisson", "40",       "--rtol",
                                         "1e-12", "--backend", "reference"};
  const auto shown = spacecore_on_terminal(args);
  EXPECT_EQ(shown.status, 0);
  EXPECT_NE(shown.out.find("iteration "), std::string::npos) << shown.out;
  EXPECT_EQ(spacecore(args).err, "");
}

bool has_suitesparse() {
  return spacecore({"solve", "--poisson", "2", "--solver", "umfpack"}).status == 0;
}

TEST(SolveDirect, EveryLibraryByName) {
  SKIP_WITHOUT_DATA();
  if (!has_suitesparse()) GTEST_SKIP() << "suitesparse is not available";
  struct Case {
    const char *solver, *matrix, *method;
  };
  for (const Case &c :
       {Case{"cholmod", "494_bus.mtx", "cholesky"}, Case{"umfpack", "west0479.mtx", "lu"},
        Case{"klu", "west0479.mtx", "lu"}, Case{"spqr", "ash219.mtx", "qr"}}) {
    SCOPED_TRACE(c.solver);
    const auto outcome =
        spacecore({"solve", data_file(c.matrix), "--solver", c.solver, "--rtol", "1e-9", "--json"});
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    const auto json = outcome.json();
    EXPECT_EQ(json.at("backend"), "suitesparse");
    EXPECT_EQ(json.at("factors").at("method"), c.method);
    EXPECT_EQ(json.at("factors").at("family"), "suitesparse");
    EXPECT_LT(json.at("true_residual_norm").get<double>(),
              1e-9 * json.at("baseline_norm").get<double>());
  }
}

// A library that is found and cannot be opened is named, and what needs none of them goes on.
TEST(SolveDirect, LibrariesThatCannotBeOpened) {
  if (!has_suitesparse()) GTEST_SKIP() << "suitesparse is not available";
  const Scratch scratch;
  const std::string text(100, 'x');
  for (const char *name : {"libklu.so.1", "libklu.so.2"}) scratch.write(name, text);
  const char *const before = getenv("LD_LIBRARY_PATH");
  const std::string kept = before != nullptr ? before : "";
  setenv("LD_LIBRARY_PATH", scratch.path("").c_str(), 1);
  const auto direct = spacecore({"solve", "--poisson", "3", "--solver", "lu"}),
             automatic = spacecore({"solve", "--poisson", "3", "--solver", "auto", "--json"}),
             iterative = spacecore(
                 {"solve", "--poisson", "3", "--solver", "cg", "--backend", "suitesparse"});
  if (before != nullptr) {
    setenv("LD_LIBRARY_PATH", kept.c_str(), 1);
  } else {
    unsetenv("LD_LIBRARY_PATH");
  }
  EXPECT_EQ(direct.status, 2) << direct.out;
  EXPECT_NE(direct.err.find("linop_factorize: "), std::string::npos) << direct.err;
  EXPECT_NE(direct.err.find("libklu.so."), std::string::npos) << direct.err;
  EXPECT_EQ(iterative.status, 0) << iterative.err;
  ASSERT_EQ(automatic.status, 0) << automatic.err;
  EXPECT_EQ(automatic.json().at("backend"), "cpu");
  EXPECT_NE(automatic.err.find("on with the backend cpu"), std::string::npos) << automatic.err;
}

TEST(SolveDirect, EveryMethodOnTheFamilyThatIsNamed) {
  for (const char *solver : {"cholesky", "ldl", "lu", "qr", "auto"}) {
    SCOPED_TRACE(solver);
    const auto outcome =
        spacecore({"solve", "--poisson", "6", "--solver", solver, "--backend", "cpu", "--json"});
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    const auto json = outcome.json();
    EXPECT_EQ(json.at("backend"), "cpu");
    EXPECT_EQ(json.at("iterations"), 0);
    EXPECT_LT(json.at("max_error").get<double>(), 1e-11);
    if (std::string(solver) == "auto") {
      EXPECT_EQ(json.at("solver_reason"),
                "factors without reordering stay small: about 6.9e+03 entries");
      EXPECT_EQ(json.at("solver"), "cholesky");
      EXPECT_EQ(json.at("factors").at("method"), "cholesky");
      EXPECT_EQ(json.at("factors").at("reason"),
                "the operator is self-adjoint with a positive diagonal");
    }
  }
}

TEST(SolveDirect, AutoSaysWhyItIterates) {
  const auto outcome =
      spacecore({"solve", "--poisson", "24", "--solver", "auto", "--backend", "cpu"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  for (const char *word : {"cg", "chosen because", "factors without reordering may have 7.",
                           "the matrix is symmetric", "converged after"})
    EXPECT_NE(outcome.out.find(word), std::string::npos) << word << '\n' << outcome.out;
}

TEST(SolveDirect, DenseMatrices) {
  const Scratch scratch;
  const auto matrix =
      scratch.write("a.mtx", "%%MatrixMarket matrix array real general\n2 2\n0\n3\n2\n1\n");
  for (const char *solver : {"auto", "lu"}) {
    const auto outcome = spacecore({"solve", matrix, "--solver", solver, "--json"});
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_EQ(outcome.json().at("factors").at("reason"), "the matrix is dense");
    EXPECT_EQ(outcome.json().at("solver"), "lu");
    EXPECT_LT(outcome.json().at("max_error").get<double>(), 1e-12);
  }
  const auto text = spacecore({"solve", matrix}).out;
  for (const char *line : {"factors         lu, dense\n", "converged (RTOL)\n", "largest error",
                           "the matrix is dense and not symmetric"})
    EXPECT_NE(text.find(line), std::string::npos) << line << '\n' << text;
  const auto symmetric =
      scratch.write("s.mtx", "%%MatrixMarket matrix array real symmetric\n2 2\n1\n3\n1\n");
  const auto json = spacecore({"solve", symmetric, "--json"}).json();  // eigenvalues -2 and 4
  EXPECT_EQ(json.at("solver"), "lu");
  EXPECT_EQ(json.at("tried").at(0).at("solver"), "cholesky");
  EXPECT_TRUE(json.at("converged"));
}

TEST(SolveDefault, IsAuto) {
  SKIP_WITHOUT_DATA();
  struct Case {
    const char *matrix, *solver, *reason;
  };
  for (const Case &c :
       {Case{"west0479.mtx", "lu", "the matrix is not symmetric"},
        Case{"olm1000.mtx", "lu", "the matrix is not symmetric"},
        Case{"young1c.mtx", "lu", "the matrix is not Hermitian"},
        Case{"bcsstk13.mtx", "cholesky", "the operator is self-adjoint with a positive diagonal"},
        Case{"ash219.mtx", "qr", "the matrix is rectangular"}}) {
    for (const bool on_cpu : {false, true}) {
      std::vector<std::string> args = {"solve", data_file(c.matrix), "--json"};
      if (on_cpu) args.insert(args.end(), {"--backend", "cpu"});
      const auto outcome = spacecore(args);
      expect_solved(outcome, 1e-8);
      if (HasFatalFailure()) return;
      EXPECT_EQ(outcome.json().at("solver"), c.solver) << c.matrix;
      EXPECT_EQ(outcome.json().at("factors").at("reason"), c.reason) << c.matrix;
      EXPECT_LT(outcome.json().at("max_error").get<double>(), 1e-7) << c.matrix;
    }
  }
}

TEST(SolveDefault, OptionsOfIterationChooseOne) {
  for (const std::vector<std::string> &with : {std::vector<std::string>{"--precond", "ilu0"},
                                               {"--precond", "jacobi"},
                                               {"--maxiter", "90"}}) {
    std::vector<std::string> args = {"solve", "--poisson", "6", "--solver", "auto", "--json"};
    args.insert(args.end(), with.begin(), with.end());
    const auto outcome = spacecore(args);
    expect_solved(outcome, 1e-8);
    EXPECT_EQ(outcome.json().at("solver"), "cg");
    EXPECT_EQ(outcome.json().at("solver_reason"),
              with[0] + " is for iterative methods, and the matrix is symmetric");
  }
  const auto limited =
      spacecore({"solve", "--poisson", "6", "--solver", "auto", "--maxiter", "2", "--json"});
  EXPECT_EQ(limited.status, 1);
  EXPECT_EQ(limited.json().at("iterations"), 2);
  EXPECT_FALSE(limited.json().contains("tried"));
}

TEST(SolveDefault, AnEmptyMatrix) {
  const Scratch scratch;
  const auto empty =
      scratch.write("e.mtx", "%%MatrixMarket matrix coordinate real general\n0 0 0\n");
  const auto outcome = spacecore({"solve", empty, "--json"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(outcome.json().at("factors").at("reason"), "the matrix is empty");
}

// Its rank is 24 of 34, by the eigenvalues that NumPy gives.
TEST(SolveDefault, ASingularMatrixGoesOnToQr) {
  SKIP_WITHOUT_DATA();
  std::vector<std::string> args = {"solve", data_file("karate.mtx"), "--backend", "cpu"};
  const auto text = spacecore(args);
  EXPECT_EQ(text.status, 0) << text.err;
  for (const char *part : {"tried before    lu: linop_factorize: singular matrix: pivot 10 of 34\n",
                           "it takes singular matrices", ", rank 24\n", "converged (RTOL)\n"})
    EXPECT_NE(text.out.find(part), std::string::npos) << part << '\n' << text.out;
  EXPECT_EQ(text.out.find("largest error"), std::string::npos) << text.out;
  args.emplace_back("--json");
  const auto outcome = spacecore(args);
  expect_solved(outcome, 1e-8);
  EXPECT_EQ(outcome.json().at("solver"), "qr");
  EXPECT_EQ(outcome.json().at("tried").at(0).at("solver"), "lu");
  EXPECT_TRUE(outcome.json().at("max_error").is_null());
}

TEST(SolveDefault, ASingularDenseMatrix) {
  const Scratch scratch;
  const auto matrix =
      scratch.write("s.mtx", "%%MatrixMarket matrix array real general\n2 2\n1\n2\n1\n2\n");
  const auto outcome = spacecore({"solve", matrix, "--json"});
  expect_solved(outcome, 1e-8);
  EXPECT_EQ(outcome.json().at("solver"), "lsqr");
  EXPECT_TRUE(outcome.json().at("max_error").is_null());
}

// x = 2 by the mean of b; |A^H r| is 0 and |r| = sqrt 2.
// The units of A do not decide what is converged.
TEST(SolveLeastSquares, TinyEntriesAreSolvedToo) {
  const Scratch scratch;
  const auto matrix = scratch.write("a.mtx",
                                    "%%MatrixMarket matrix coordinate real general\n3 2 4\n"
                                    "1 1 1e-9\n2 1 2e-9\n2 2 -1e-9\n3 2 3e-9\n");
  for (const char *solver : {"qr", "lsqr", "lsmr"}) {
    SCOPED_TRACE(solver);
    const auto run = spacecore({"solve", matrix, "--solver", solver, "--backend", "cpu", "--json"});
    EXPECT_EQ(run.status, 0) << run.err;
    const auto json = run.json();
    EXPECT_FALSE(json.value("least_squares", false));
    EXPECT_LE(json.at("max_error").get<double>(), 1e-6);
  }
}

TEST(SolveLeastSquares, IsCalledSo) {
  const Scratch scratch;
  const auto matrix = scratch.write("a.mtx",
                                    "%%MatrixMarket matrix coordinate real general\n3 2 3\n"
                                    "1 1 1\n2 1 1\n3 1 1\n");
  const auto rhs =
      scratch.write("b.mtx", "%%MatrixMarket matrix array real general\n3 1\n1\n2\n3\n");
  for (const char *solver : {"qr", "lsqr", "lsmr"}) {
    SCOPED_TRACE(solver);
    std::vector<std::string> args = {"solve",    matrix, "--rhs",     rhs,
                                     "--solver", solver, "--backend", "cpu"};
    const auto text = spacecore(args);
    EXPECT_EQ(text.status, 0) << text.err;
    EXPECT_NE(text.out.find("least squares solution"), std::string::npos) << text.out;
    EXPECT_NE(text.out.find("residual        1.414e+00\n"), std::string::npos) << text.out;
    EXPECT_NE(text.out.find("= |A^H (b - A x)|, target "), std::string::npos) << text.out;
    EXPECT_EQ(text.out.find("converged"), std::string::npos) << text.out;
    EXPECT_EQ(text.out.find(", rank 1\n") != std::string::npos, solver == std::string("qr"));
    args.emplace_back("--json");
    const auto json = spacecore(args).json();
    EXPECT_TRUE(json.at("least_squares"));
    EXPECT_LE(json.at("normal_residual_norm").get<double>(),
              json.at("normal_threshold").get<double>());
    EXPECT_NEAR(json.at("true_residual_norm").get<double>(), std::sqrt(2.0), 1e-9);
  }
}

TEST(SolveJson, ErrorsAreObjectsToo) {
  const Scratch scratch;
  const auto singular = scratch.write(
      "s.mtx", "%%MatrixMarket matrix coordinate real general\n2 2 2\n1 1 1\n1 2 1\n");
  const auto outcome = spacecore({"solve", singular, "--solver", "lu", "--json"});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_EQ(outcome.json().at("kind"), "LinAlgErr");
  EXPECT_NE(outcome.json().at("error").get<std::string>().find("singular matrix"),
            std::string::npos);
  EXPECT_NE(outcome.err.find("singular matrix"), std::string::npos);
  const auto absent = spacecore({"solve", scratch.path("no.mtx"), "--json"});
  EXPECT_EQ(absent.json().at("kind"), "FileErr");
}

// Infinite is not at most infinite.
TEST(SolveDirect, OverflowIsNoConvergence) {
  const Scratch scratch;
  const auto matrix = scratch.write(
      "o.mtx", "%%MatrixMarket matrix coordinate real general\n3 2 2\n1 1 1e200\n2 2 1\n");
  const auto rhs =
      scratch.write("b.mtx", "%%MatrixMarket matrix array real general\n3 1\n1e200\n1\n1e200\n");
  const auto outcome =
      spacecore({"solve", matrix, "--rhs", rhs, "--solver", "qr", "--backend", "cpu", "--json"});
  EXPECT_EQ(outcome.status, 1) << outcome.err;
  EXPECT_EQ(outcome.json().at("reason"), "NONFINITE");
}

TEST(SolveDirect, RefusalsSayWhy) {
  const Scratch scratch;
  const auto singular = scratch.write(
      "s.mtx", "%%MatrixMarket matrix coordinate real general\n2 2 2\n1 1 1\n1 2 1\n");
  const auto oblique =
      scratch.write("o.mtx", "%%MatrixMarket matrix array real general\n2 2\n2\n1\n0\n2\n");
  const auto dense = scratch.write("d.mtx", "%%MatrixMarket matrix array real general\n1 1\n1\n");
  struct Case {
    std::vector<std::string> args;
    const char *text;
  };
  for (const Case &c : {Case{{"solve", singular, "--solver", "lu", "--backend", "cpu"},
                             "singular matrix: pivot 1 of 2"},
                        Case{{"solve", singular, "--solver", "ldl", "--backend", "cpu"},
                             "s.mtx: --solver ldl takes Hermitian matrices only"},
                        Case{{"solve", oblique, "--solver", "cholesky", "--backend", "cpu"},
                             "o.mtx: --solver cholesky takes Hermitian matrices only"},
                        Case{{"solve", dense, "--solver", "qr", "--backend", "cpu"},
                             "--solver qr takes sparse matrices only"},
                        Case{{"solve", "--poisson", "2", "--solver", "spqr", "--backend", "cpu"},
                             "--solver spqr runs on the backend suitesparse, not on cpu"},
                        Case{{"solve", "--poisson", "2", "--solver", "lu", "--precond", "jacobi"},
                             "--solver lu takes no preconditioner"},
                        Case{{"solve", "--poisson", "2", "--solver", "lu", "--maxiter", "3"},
                             "--solver lu takes no --maxiter"}}) {
    const auto outcome = spacecore(c.args);
    EXPECT_EQ(outcome.status, 2) << outcome.out;
    EXPECT_NE(outcome.err.find(c.text), std::string::npos) << outcome.err;
  }
}

TEST(Solve, OtherMethodsAndPreconditioners) {
  struct Case {
    const char *solver, *precond;
  };
  for (const Case &c : {Case{"minres", "none"}, Case{"gmres", "ilu0"}, Case{"bicgstab", "ilu0"},
                        Case{"cg", "ic0"}, Case{"lsqr", "none"}, Case{"lsmr", "none"}}) {
    SCOPED_TRACE(c.solver);
    const auto outcome = spacecore(
        {"solve", "--poisson", "8", "--solver", c.solver, "--precond", c.precond, "--json"});
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_EQ(outcome.json().at("solver"), c.solver);
    EXPECT_LT(outcome.json().at("max_error").get<double>(), 1e-4);
  }
}

}  // namespace
}  // namespace cli

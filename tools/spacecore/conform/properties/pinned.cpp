// SPDX-License-Identifier: Apache-2.0
// Worked examples: where array libraries differ, what the specification says. Each is a case of the
// test vectors' format.
#include <fmt/format.h>

#include "tools/spacecore/conform/bench.hpp"

namespace cmd::conform {
namespace {

// Single quotes stand for double ones.
struct Example {
  const char *op, *label, *inputs, *attrs;
  /// Of the outputs, or the kind of an error.
  const char *outputs;
  const char *check = "{'kind':'exact'}";
};

#define ARRAY(DTYPE, SHAPE, DATA) \
  "{'kind':'array','dtype':'" DTYPE "','shape':" SHAPE ",'data':" DATA "}"
#define WEAK(TYPE, VALUE) "{'kind':'weak','type':'" TYPE "','value':" VALUE "}"
#define SPARSE(DATA)                                                                            \
  "{'kind':'sparse','format':'csr','dtype':'float64','shape':[2,3],'indptr':[0,2,3],'indices':" \
  "[0,2,1],'data':" DATA "}"
#define CLOSE "{'kind':'allclose','rtol':1e-6,'atol':1e-8}"
#define NONE  "{'kind':'none'}"

const Example kExamples[] = {
    {"asarray", "host-floats-are-float64",
     "{'kind':'list','items':[" WEAK("float", "0.5") "," WEAK("float", "1.5") "]}", "{}",
     ARRAY("float64", "[2]", "[0.5,1.5]")},
    {"asarray", "a-host-number-is-float64", WEAK("float", "0.1"), "{}",
     ARRAY("float64", "[]", "[0.1]")},
    {"matmul", "float32-times-float64",
     ARRAY("float32", "[1,2]", "[1.5,2]") "," ARRAY("float64", "[2]", "[1,0.1]"), "{}",
     ARRAY("float64", "[1]", "[1.7]"), "{'kind':'allclose','rtol':1e-15,'atol':0}"},
    {"matmul", "real-times-complex",
     ARRAY("float64", "[1,2]", "[1.5,2]") "," ARRAY("complex64", "[2]", "[[1,1],[0,-1]]"), "{}",
     ARRAY("complex128", "[1]", "[[1.5,-0.5]]")},
    {"imag", "zeros-of-a-real-array", ARRAY("float32", "[2]", "[1.5,-2]"), "{}",
     ARRAY("float32", "[2]", "[0,0]")},
    {"eigh", "ascending-from-the-lower-triangle", ARRAY("float64", "[2,2]", "[2,1,9,3]"), "{}",
     ARRAY("float64", "[2]", "[-6.513878188659973,11.513878188659973]") ",{'kind':'array','dtype':'"
                                                                        "float64','shape':[2,2]}",
     "{'kind':'eigh','rtol':1e-12,'atol':1e-12,'atol_res':1e-10}"},
    {"sqrt", "branch-cut-from-both-sides",
     ARRAY("complex128", "[4]", "[[-1,0.0],[-1,-0.0],[-4,0.0],[0,0]]"), "{}",
     ARRAY("complex128", "[4]", "[[0,1],[0,-1],[0,2],[0,0]]"),
     "{'kind':'exact','zero_sign':false}"},
    {"sqrt", "minus-zero", ARRAY("float64", "[2]", "[-0.0,-1]"), "{}",
     ARRAY("float64", "[2]", "[-0.0,'nan']"), "{'kind':'exact','zero_sign':true}"},
    {"logsumexp", "float32-without-overflow", ARRAY("float32", "[2]", "[1000,1000]"), "{}",
     ARRAY("float32", "[]", "[1000.6931471805599]"), "{'kind':'allclose','rtol':1e-7,'atol':0}"},
    {"logsumexp", "negative-total",
     ARRAY("float64", "[2]", "[0,0]") "," ARRAY("float64", "[2]", "[1,-2]"), "{}",
     ARRAY("float64", "[]", "['nan']")},
    {"logsumexp", "negative-total-with-sign",
     ARRAY("float64", "[2]", "[0,0]") "," ARRAY("float64", "[2]", "[1,-2]"), "{'return_sign':true}",
     ARRAY("float64", "[]", "[0]") "," ARRAY("float64", "[]", "[-1]")},
    {"logsumexp", "weight-zero-drops-infinity",
     ARRAY("float64", "[2]", "['inf',0]") "," ARRAY("float64", "[2]", "[0,1]"), "{}",
     ARRAY("float64", "[]", "[0]")},
    {"logsumexp", "nothing-but-minus-infinity", ARRAY("float64", "[2]", "['-inf','-inf']"), "{}",
     ARRAY("float64", "[]", "['-inf']")},
    {"assparse", "keeps-what-is-not-zero", ARRAY("float64", "[2,3]", "[1,0,2,0,3,-0.0]"),
     "{'format':'csr'}", SPARSE("[1,2,3]")},
    {"sparse_matmul", "matrix-times-ones", SPARSE("[1,2,3]") "," ARRAY("float64", "[3]", "[1,1,1]"),
     "{}", ARRAY("float64", "[2]", "[3,3]")},
    {"sparse_matmul", "float64-times-complex64",
     SPARSE("[1,2,3]") "," ARRAY("complex64", "[3]", "[[1,1],[0,1],[1,0]]"), "{}",
     ARRAY("complex128", "[2]", "[[3,1],[0,3]]")},
    {"index_add", "repeated-indices-accumulate",
     ARRAY("float64", "[3]", "[0,0,0]") "," ARRAY("float64", "[3]", "[1,1,1]"),
     "{'index':[{'array':" ARRAY("int64", "[3]", "[0,0,2]") "}]}",
     ARRAY("float64", "[3]", "[2,0,1]")},
    {"index_set", "the-last-write-wins",
     ARRAY("float64", "[3]", "[0,0,0]") "," ARRAY("float64", "[2]", "[1,2]"),
     "{'index':[{'array':" ARRAY("int64", "[2]", "[0,0]") "}]}",
     ARRAY("float64", "[3]", "[2,0,0]")},
    {"ix_", "open-mesh",
     "{'kind':'list','items':[" ARRAY("int32", "[2]", "[4,1]") "," ARRAY("bool", "[3]",
                                                                         "[true,false,true]") "]}",
     "{}", ARRAY("int32", "[2,1]", "[4,1]") "," ARRAY("int64", "[1,2]", "[0,2]")},
    {"take", "negative-and-2-d-indices",
     ARRAY("int8", "[2,3]", "[1,2,3,4,5,6]") "," ARRAY("int64", "[2,2]", "[-1,0,5,-6]"), "{}",
     ARRAY("int8", "[2,2]", "[6,1,6,1]")},
    {"add", "float32-with-int32", ARRAY("float32", "[1]", "[0.5]") "," ARRAY("int32", "[1]", "[1]"),
     "{}", ARRAY("float64", "[1]", "[1.5]")},
    {"add", "a-0-d-float64-is-strong",
     ARRAY("float32", "[1]", "[0.5]") "," ARRAY("float64", "[]", "[1]"), "{}",
     ARRAY("float64", "[1]", "[1.5]")},
    {"add", "a-host-number-is-weak", ARRAY("float32", "[1]", "[0.5]") "," WEAK("float", "1.0"),
     "{}", ARRAY("float32", "[1]", "[1.5]")},
    {"multiply", "int32-times-a-host-float", ARRAY("int32", "[1]", "[3]") "," WEAK("float", "1.0"),
     "{}", ARRAY("float64", "[1]", "[3]")},
    {"sum", "no-axis-reduces-nothing", ARRAY("float64", "[2]", "[1,2]"), "{'axis':[]}",
     ARRAY("float64", "[2]", "[1,2]")},
    {"allclose_sparse", "equal-infinities", SPARSE("['inf',2,3]") "," SPARSE("['inf',2,3]"), "{}",
     WEAK("bool", "true")},
    {"allclose_sparse", "infinite-and-finite", SPARSE("['inf',2,3]") "," SPARSE("[1,2,3]"), "{}",
     WEAK("bool", "false")},
    {"clip", "int32-with-a-float-bound",
     ARRAY("int32", "[3]", "[0,1,2]") "," WEAK("float", "0.5") "," NONE, "{}",
     ARRAY("float64", "[3]", "[0.5,1,2]")},
    {"full", "complex-into-real", WEAK("complex", "[1,0]"), "{'shape':[2],'dtype':'float64'}",
     "TypeErr"},
    {"full_like", "complex-into-real",
     ARRAY("float64", "[2]", "[1,2]") "," WEAK("complex", "[1,0]"), "{}", "TypeErr"},
    {"cast", "complex-into-real", ARRAY("complex128", "[1]", "[[1,0]]"), "{'dtype':'float32'}",
     "TypeErr"},
    {"asarray", "complex-into-real", WEAK("complex", "[1,0]"), "{'dtype':'float64'}", "TypeErr"},
    {"dot", "complex-with-real",
     ARRAY("complex64", "[1]", "[[1,2]]") "," ARRAY("float32", "[1]", "[2]"), "{}",
     ARRAY("complex64", "[]", "[[2,4]]")},
    {"nonzero", "one-array-for-each-axis", ARRAY("float64", "[2,2]", "[0,1,2,0]"), "{}",
     ARRAY("int64", "[2]", "[0,1]") "," ARRAY("int64", "[2]", "[1,0]")},
    {"argsort", "equal-elements-keep-their-order", ARRAY("int64", "[5]", "[2,1,2,1,1]"), "{}",
     ARRAY("int64", "[5]", "[1,3,4,0,2]")},
    {"norm", "nuclear", ARRAY("float64", "[2,2]", "[1,2,3,4]"), "{'ord':'nuc'}",
     ARRAY("float64", "[]", "[5.8309518948453]"), CLOSE},
    {"norm", "smallest-singular-value", ARRAY("float64", "[2,2]", "[1,2,3,4]"), "{'ord':-2}",
     ARRAY("float64", "[]", "[0.36596619062625746]"), CLOSE},
    {"expm", "rotation", ARRAY("float64", "[2,2]", "[0,1,-1,0]"), "{}",
     ARRAY("float64", "[2,2]",
           "[0.5403023058681398,0.8414709848078965,-0.8414709848078965,0.5403023058681398]"),
     CLOSE},
    {"expm", "zero-gives-the-identity", ARRAY("float64", "[2,2]", "[0,0,0,0]"), "{}",
     ARRAY("float64", "[2,2]", "[1,0,0,1]")},
    {"power", "bool-to-bool",
     ARRAY("bool", "[2]", "[true,false]") "," ARRAY("bool", "[2]", "[true,true]"), "{}",
     ARRAY("int8", "[2]", "[1,0]")},
    {"divide", "integers-by-zero",
     ARRAY("int32", "[3]", "[1,0,-1]") "," ARRAY("int32", "[3]", "[0,0,0]"), "{}",
     ARRAY("float64", "[3]", "['inf','nan','-inf']")},
    {"diag", "matrix-of-a-vector", ARRAY("int8", "[2]", "[3,4]"), "{}",
     ARRAY("int8", "[2,2]", "[3,0,0,4]")},
};

Json parse(std::string text) {
  for (auto &c : text) {
    if (c == '\'') c = '"';
  }
  return Json::parse(text);
}

Json spec_of(const Example &example) {
  Json spec = {{"op", example.op},
               {"inputs", parse(fmt::format("[{}]", example.inputs))},
               {"attrs", parse(example.attrs)}};
  if (example.outputs[0] == '{') {
    spec["outputs"] = parse(fmt::format("[{}]", example.outputs));
    spec["check"] = parse(example.check);
  } else {
    spec["error"] = example.outputs;
  }
  return spec;
}

void examples(Bench &bench) {
  for (const auto &example : kExamples) {
    const Json spec = spec_of(example);
    bench.test(
        example.op, example.label, [&] { run_vector(spec, bench.context()); }, &spec);
  }
}

}  // namespace

std::vector<Property> pinned_properties() {
  return {
      {"example", "Worked examples of the specification, where array libraries differ.", examples}};
}

}  // namespace cmd::conform

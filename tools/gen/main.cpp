// SPDX-License-Identifier: Apache-2.0
// Writes the C headers, the Fortran interfaces, the export list and the opcode lock from ops.def and
// api.def.
//
//   spacecore_gen --ops ops.h --api api.h --fortran functions.inc --opcodes opcodes.inc
//                 --exports exports.txt --lock ops.lock
//
// Refuses a row without documentation of shapes, dtype, errors and reference, a repeated opcode or
// name, and an opcode whose meaning differs from the lock file it is about to replace.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

struct OpRow {
  std::string name;
  std::uint32_t code;
  int since;
  std::string signature, profile, rule, key, effects;
  std::string text, shapes, dtype, errors, reference;
};

// Plain data first: a table of strings would be one huge function.
struct OpData {
  const char *name;
  std::uint32_t code;
  int since;
  const char *signature, *profile, *rule, *key, *effects;
  const char *text, *shapes, *dtype, *errors, *reference;
};
constexpr OpData op_data[] = {
#define SPC_OP(NAME, CODE, SINCE, SIG, PROFILE, RULE, KEY, EFFECTS, LINEAR_IN, BATCH, VJP, TEXT, \
               SHAPES, DTYPE, ERRORS, REFERENCE)                                                 \
  {#NAME,    CODE, SINCE,  #SIG,  #PROFILE, #RULE,    #KEY,                                      \
   #EFFECTS, TEXT, SHAPES, DTYPE, ERRORS,   REFERENCE},
#include "spacecore/ops.def"
};

const std::vector<OpRow> op_rows = [] {
  std::vector<OpRow> rows;
  for (const OpData &d : op_data)
    rows.push_back({d.name, d.code, d.since, d.signature, d.profile, d.rule, d.key, d.effects,
                    d.text, d.shapes, d.dtype, d.errors, d.reference});
  return rows;
}();

struct ApiRow {
  std::string name;
  int since;
  std::string group, params, doc;
};

struct ApiData {
  const char *name;
  int since;
  const char *group, *params, *doc;
};
constexpr ApiData api_data[] = {
#define SPC_API(NAME, SINCE, GROUP, PARAMS, DOC) {#NAME, SINCE, #GROUP, #PARAMS, DOC},
#include "spacecore/api.def"
};

const std::vector<ApiRow> api_rows = [] {
  std::vector<ApiRow> rows;
  for (const ApiData &d : api_data) rows.push_back({d.name, d.since, d.group, d.params, d.doc});
  return rows;
}();

// C parameters of each signature without the results; `into` says whether the op has a form that
// writes into an existing array.
struct Signature {
  const char *params;
  bool into;
  const char *results = "spc_array *out";
};

const std::map<std::string, Signature> signatures = {
    {"CREATE", {"spc_context ctx, int32_t ndim, const int64_t *shape, int32_t dtype", false}},
    {"FULL",
     {"spc_context ctx, int32_t ndim, const int64_t *shape, spc_array fill, int32_t dtype", false}},
    {"EYE", {"spc_context ctx, int64_t n, int64_t m, int32_t dtype", false}},
    {"ARANGE",
     {"spc_context ctx, spc_array start, spc_array stop, spc_array step, int32_t dtype", false}},
    {"ASARRAY", {"spc_context ctx, spc_value x, int32_t dtype", false}},
    {"CAST", {"spc_array x, int32_t dtype", false}},
    {"UNARY", {"spc_array x", true}},
    {"VIEW", {"spc_array x", false}},
    {"SHAPE", {"spc_array x, int32_t ndim, const int64_t *shape", false}},
    {"AXES", {"spc_array x, int32_t n_axes, const int64_t *axes", false}},
    {"AXIS_PAIR", {"spc_array x, int64_t axis1, int64_t axis2", false}},
    {"MOVEAXIS",
     {"spc_array x, int32_t n_source, const int64_t *source, int32_t n_destination, "
      "const int64_t *destination",
      false}},
    {"GETITEM", {"spc_array x, int32_t n_index, const spc_index *index", false}},
    {"BINARY", {"spc_array a, spc_array b", true}},
    {"REDUCE", {"spc_array x, int32_t n_axes, const int64_t *axes, int32_t keepdims", true}},
    {"REDUCE_AS",
     {"spc_array x, int32_t n_axes, const int64_t *axes, int32_t keepdims, int32_t dtype", true}},
    {"NORM",
     {"spc_array x, int32_t ord, double p, int32_t n_axes, const int64_t *axes, int32_t keepdims",
      true}},
    {"MATMUL", {"spc_array a, spc_array b, spc_value options", true}},
    {"ASSPARSE", {"spc_context ctx, spc_value x, const char *format, int32_t dtype", false}},
    {"AXPBY", {"spc_array a, spc_array x, spc_array b, spc_array y", true}},
    {"CONSTANT", {"spc_context ctx", false}},
    {"FULL_LIKE", {"spc_array x, spc_array value, int32_t dtype", false}},
    {"LINSPACE", {"spc_context ctx, spc_array start, spc_array stop, int64_t num", false}},
    {"STACK", {"int64_t n, const spc_array *arrays, int64_t axis", false}},
    {"CONCATENATE", {"int64_t n, const spc_array *arrays, int64_t axis, int32_t dtype", false}},
    {"ARRAYS", {"int64_t n, const spc_array *arrays", false}},
    {"TUPLE_OF_ARRAYS", {"int64_t n, const spc_array *arrays", false, "spc_value *out"}},
    {"TAKE", {"spc_array x, spc_array indices, int64_t axis", false}},
    {"INDEX_UPDATE",
     {"spc_array x, int32_t n_index, const spc_index *index, spc_array values, int32_t copy",
      false}},
    {"ISCLOSE", {"spc_array a, spc_array b, double rtol, double atol", true}},
    {"ALLCLOSE",
     {"spc_array a, spc_array b, double rtol, double atol, int32_t equal_nan", false,
      "int32_t *out"}},
    {"ALLCLOSE_SPARSE",
     {"spc_array a, spc_array b, double rtol, double atol", false, "int32_t *out"}},
    {"WHERE", {"spc_array cond, spc_array x, spc_array y", true}},
    {"CLIP", {"spc_array x, spc_array a_min, spc_array a_max", true}},
    {"LOGSUMEXP",
     {"spc_array a, spc_array b, int32_t n_axes, const int64_t *axes, int32_t keepdims", false,
      "spc_array *out, spc_array *sign"}},
    {"ARG", {"spc_array x, int64_t axis, int32_t keepdims", true}},
    {"AXIS", {"spc_array x, int64_t axis", true}},
    {"NONZERO", {"spc_array x", false, "spc_value *out"}},
    {"BINCOUNT", {"spc_array x, int64_t minlength", false}},
    {"TENSORDOT",
     {"spc_array a, spc_array b, int32_t n_a, const int64_t *a_axes, int32_t n_b, "
      "const int64_t *b_axes",
      false}},
    {"EINSUM", {"const char *subscripts, int64_t n, const spc_array *operands", false}},
    {"OPTIONS", {"spc_array x, spc_value options", true}},
    {"EIGH", {"spc_array x, spc_value options", false, "spc_array *w, spc_array *v"}},
    {"EIG", {"spc_array x", false, "spc_array *w, spc_array *v"}},
    {"SVD",
     {"spc_array x, int32_t full_matrices, spc_value options", false,
      "spc_array *u, spc_array *s, spc_array *vh"}},
    {"LU", {"spc_array x", false, "spc_array *lu, spc_array *pivots"}},
    {"FACTOR_SOLVE", {"spc_array lu, spc_array pivots, spc_array b, int32_t mode", true}},
    {"TRIANGULAR", {"spc_array a, spc_array b, int32_t mode, int32_t lower, int32_t unit", true}},
    {"PROGRAM",
     {"int32_t n_instructions, const spc_instruction *instructions, int32_t n_vectors, "
      "const spc_array *vectors, int32_t n_scalars, const spc_array *scalars",
      false, "spc_array results"}},
    {"KERNEL", {nullptr, false}},
};

[[noreturn]] void refuse(const std::string &why) {
  throw std::runtime_error(why);
}

void check_rows() {
  std::set<std::string> names;
  std::set<std::uint32_t> codes;
  for (const OpRow &op : op_rows) {
    const std::string where = "ops.def: " + op.name;
    if (!names.insert(op.name).second) refuse(where + ": repeated name");
    if (op.code == 0 || op.code > 0x7fff) refuse(where + ": opcode outside 1..0x7fff");
    if (!codes.insert(op.code).second) refuse(where + ": repeated opcode");
    if (!signatures.count(op.signature)) refuse(where + ": unknown signature " + op.signature);
    if (op.text.empty()) refuse(where + ": no text");
    if (op.shapes.empty()) refuse(where + ": shapes are not documented");
    if (op.dtype.empty()) refuse(where + ": dtype is not documented");
    if (op.errors.empty()) refuse(where + ": errors are not documented");
    if (op.reference.empty()) refuse(where + ": no reference");
  }
  for (const ApiRow &f : api_rows) {
    if (!names.insert(f.name).second) refuse("api.def: " + f.name + ": repeated name");
    if (f.doc.empty()) refuse("api.def: " + f.name + ": no documentation");
  }
}

constexpr std::size_t columns = 100;

// Words of text joined into lines that fit the column limit; every line but the first starts with
// `indent`, the first with `first`.
std::string wrap(const std::string &text, const std::string &first, const std::string &indent) {
  std::istringstream words(text);
  std::string word, line = first, result;
  bool empty = true;
  while (words >> word) {
    if (!empty && line.size() + 1 + word.size() > columns) {
      result += line + "\n";
      line = indent;
      empty = true;
    }
    if (!empty) line += ' ';
    line += word;
    empty = false;
  }
  return result + line;
}

std::string comment(const std::vector<std::string> &paragraphs) {
  std::string body;
  for (const std::string &p : paragraphs) {
    body += wrap(p, body.empty() ? "/* " : " * ", " * ") + "\n";
  }
  body.insert(body.size() - 1, " */");
  return body;
}

std::string prototype(const std::string &name, const std::string &params) {
  return wrap("SPC_EXPORT spc_status spc_" + name + "(" + params + ");", "", "    ") + "\n";
}

void begin_header(std::ostream &out, const char *source, const char *guard, const char *what) {
  out << "/* SPDX-License-Identifier: Apache-2.0 */\n/* Generated from " << source
      << ". Do not edit. " << what << " */\n/* clang-format off */\n#ifndef " << guard
      << "\n#define " << guard
      << "\n\n#include \"spacecore/types.h\"\n\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n";
}

void end_header(std::ostream &out, const char *guard) {
  out << "#ifdef __cplusplus\n}\n#endif\n\n#endif /* " << guard << " */\n";
}

std::string ops_header() {
  std::ostringstream out;
  begin_header(out, "ops.def", "SPACECORE_OPS_H", "The operations of arrays.");
  out << "/* Opcodes: fixed, never reused. */\nenum {\n";
  for (const OpRow &op : op_rows) {
    char code[16];
    std::snprintf(code, sizeof code, "0x%03x", op.code);
    out << "  SPC_OP_" << op.name << " = " << code << ",\n";
  }
  out << "  SPC_OP_CORE_END = 0x8000 /* vendor opcodes begin here */\n};\n\n";
  out << "/* Conventions. ctx NULL is the default context. A family's array may stand beside weak\n"
         " * scalars and arrays of compatible families. axes: n_axes entries, negative ones count\n"
         " * from the end; n_axes = SPC_ALL_AXES is None. `out` receives a new reference. The "
         "_into\n"
         " * form writes into an existing array of exactly the result's shape and dtype, which "
         "may\n"
         " * overlap the inputs. */\n\n";
  for (const OpRow &op : op_rows) {
    const Signature &s = signatures.at(op.signature);
    if (s.params == nullptr) continue;
    out << comment({op.text, "Shapes: " + op.shapes + ".", "Dtype: " + op.dtype + ".",
                    "Errors: " + op.errors + ". Reference: " + op.reference + "."});
    out << prototype(op.name, std::string(s.params) + ", " + s.results);
    if (s.into) out << prototype(op.name + "_into", std::string(s.params) + ", spc_array out");
    out << "\n";
  }
  end_header(out, "SPACECORE_OPS_H");
  return out.str();
}

std::string api_header() {
  std::ostringstream out;
  begin_header(out, "api.def", "SPACECORE_API_H",
               "Contexts, values, arrays, spaces, operators, solvers, files.");
  std::string group;
  for (const ApiRow &f : api_rows) {
    if (f.group != group) {
      group = f.group;
      out << "/* ---- " << group << " ---- */\n\n";
    }
    out << comment({f.doc}) << prototype(f.name, f.params.substr(1, f.params.size() - 2)) << "\n";
  }
  end_header(out, "SPACECORE_API_H");
  return out.str();
}

// ---- Fortran ------------------------------------------------------------------------------------

bool ends_with(const std::string &text, const std::string &tail) {
  return text.size() >= tail.size() &&
         text.compare(text.size() - tail.size(), tail.size(), tail) == 0;
}

// Pointers that may be NULL and are passed as addresses.
bool passed_as_address(const std::string &function, const std::string &parameter) {
  static const std::set<std::string> all = {
      "array_borrow.strides",       "mm_read.format",
      "mm_write.comment",           "vectorize.signature",
      "space_tree.structure",       "linop_block_diagonal.structure",
      "linop_inverse.method",       "linop_incomplete.method",
      "linop_gradient.spacings",    "linop_laplacian.spacings",
      "functional_objective.value", "functional_objective.gradient"};
  return all.count(function + "." + parameter) != 0;
}

// Pointers that may be NULL: absent in the call.
bool may_be_absent(const std::string &function, const std::string &parameter) {
  static const std::set<std::string> all = {"logsumexp.sign",   "svd.u",
                                            "svd.vh",           "tensordot.a_axes",
                                            "tensordot.b_axes", "value_and_grad.argnums"};
  return all.count(function + "." + parameter) != 0;
}

struct Parameter {
  std::string type, name;
};

std::vector<Parameter> parameters_of(const std::string &text) {
  std::vector<Parameter> list;
  std::istringstream in(text);
  std::string item;
  while (std::getline(in, item, ',')) {
    const std::size_t name = item.find_last_of(" *") + 1;
    const std::size_t first = item.find_first_not_of(' ');
    std::string type = item.substr(first, name - first);
    while (!type.empty() && type.back() == ' ') type.pop_back();
    if (!type.empty()) list.push_back({type, item.substr(name)});
  }
  return list;
}

// The C type without pointer and const, as a Fortran type; "" if there is none.
std::string fortran_type(const std::string &base) {
  static const std::map<std::string, std::string> numbers = {
      {"int32_t", "integer(c_int32_t)"},  {"uint32_t", "integer(c_int32_t)"},
      {"int64_t", "integer(c_int64_t)"},  {"uint64_t", "integer(c_int64_t)"},
      {"double", "real(c_double)"},       {"spc_status", "integer(c_int32_t)"},
      {"char", "character(kind=c_char)"}, {"void", "type(*)"}};
  static const std::set<std::string> handles = {
      "spc_value", "spc_array", "spc_element",    "spc_context", "spc_geometry", "spc_space",
      "spc_linop", "spc_rng",   "spc_functional", "spc_set",     "spc_workspace"};
  static const std::set<std::string> records = {
      "spc_index",         "spc_instruction",    "spc_target",       "spc_error_info",
      "spc_solve_options", "spc_solve_result",   "spc_backend_info", "spc_op_info",
      "spc_mm_header",     "spc_factor_options", "spc_factor_info"};
  const auto number = numbers.find(base);
  if (number != numbers.end()) return number->second;
  if (handles.count(base) != 0) return "type(c_ptr)";
  if (records.count(base) != 0) return "type(" + base + ")";
  return ends_with(base, "_fn") ? "type(c_funptr)" : "";
}

// How a parameter is declared; next is the name of the following one.
std::string declared(const std::string &function, const Parameter &p, const std::string &next) {
  std::string base = p.type;
  const bool constant = base.rfind("const ", 0) == 0;
  if (constant) base.erase(0, 6);
  const std::size_t stars = static_cast<std::size_t>(std::count(base.begin(), base.end(), '*'));
  base = base.substr(0, base.find_first_of(" *"));
  const std::string type = fortran_type(base);
  if (type.empty()) refuse(function + ": no Fortran type for " + p.type);
  const std::string absent = may_be_absent(function, p.name) ? ", optional" : "";
  if (stars == 0) return type + ", value :: " + p.name;
  if (stars == 2)
    return std::string("type(c_ptr), ") + (p.type.rfind("const char *const", 0) == 0
                                               ? "intent(in) :: " + p.name + "(*)"
                                               : "intent(inout) :: " + p.name);
  if (passed_as_address(function, p.name) || (base == "void" && !constant && p.name != "out"))
    return "type(c_ptr), value :: " + p.name;
  const bool list = base == "char" || function + "." + p.name == "solve_batch.results" ||
                    base == "void" || base == "spc_index" || next == "capacity" ||
                    (constant && base != "spc_solve_options" && base != "spc_factor_options" &&
                     base != "spc_target");
  return type + (constant ? ", intent(in)" : ", intent(inout)") + absent + " :: " + p.name +
         (list ? "(*)" : "");
}

std::string fortran_function(const std::string &name, const std::string &params) {
  const std::vector<Parameter> list = parameters_of(params);
  std::string line = "    integer(c_int32_t) function spc_" + name + "(";
  std::string text;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::string item = list[i].name + (i + 1 < list.size() ? "," : "");
    if (line.size() + item.size() + 12 > columns) {
      text += line + " &\n";
      line = "        ";
    }
    line += (i == 0 || line.back() == ' ' ? "" : " ") + item;
  }
  text += line + ") bind(c)\n      import\n";
  for (std::size_t i = 0; i < list.size(); ++i)
    text += "      " + declared(name, list[i], i + 1 < list.size() ? list[i + 1].name : "") + "\n";
  return text + "    end function\n";
}

std::string fortran_functions() {
  std::string text =
      "! SPDX-License-Identifier: Apache-2.0\n"
      "! Generated from ops.def and api.def. Do not edit. Every function of the C headers.\n"
      "  interface\n";
  for (const ApiRow &f : api_rows)
    text += fortran_function(f.name,
                             f.params == "(void)" ? "" : f.params.substr(1, f.params.size() - 2));
  for (const OpRow &op : op_rows) {
    const Signature &s = signatures.at(op.signature);
    if (s.params == nullptr) continue;
    text += fortran_function(op.name, std::string(s.params) + ", " + s.results);
    if (s.into)
      text += fortran_function(op.name + "_into", std::string(s.params) + ", spc_array out");
  }
  return text + "  end interface\n";
}

std::string fortran_opcodes() {
  std::string text =
      "! SPDX-License-Identifier: Apache-2.0\n"
      "! Generated from ops.def. Do not edit. Every opcode.\n";
  for (const OpRow &op : op_rows)
    text += "  integer(c_int32_t), parameter :: SPC_OP_" + op.name + " = " +
            std::to_string(op.code) + "\n";
  return text;
}

std::string export_list() {
  std::set<std::string> names;
  for (const OpRow &op : op_rows) {
    const Signature &s = signatures.at(op.signature);
    if (s.params == nullptr) continue;
    names.insert("spc_" + op.name);
    if (s.into) names.insert("spc_" + op.name + "_into");
  }
  for (const ApiRow &f : api_rows) names.insert("spc_" + f.name);
  std::string text;
  for (const std::string &n : names) text += n + "\n";
  return text;
}

// One line an opcode; a line that exists may never change or go.
std::string lock_text(const std::string &old) {
  std::string text =
      "# Generated from ops.def. Opcodes are never reused: lines are only appended.\n";
  std::map<std::string, std::string> lines;
  for (const OpRow &op : op_rows) {
    char code[16];
    std::snprintf(code, sizeof code, "0x%03x", op.code);
    lines[code] = std::string(code) + " " + op.name + " " + std::to_string(op.since);
  }
  std::istringstream in(old);
  std::string line;
  while (std::getline(in, line)) {
    if (line.empty() || line[0] == '#') continue;
    auto it = lines.find(line.substr(0, line.find(' ')));
    if (it == lines.end()) refuse("ops.lock: opcode was removed: " + line);
    if (it->second != line) refuse("ops.lock: " + line + " became " + it->second);
  }
  for (const auto &[code, l] : lines) text += l + "\n";
  return text;
}

std::string read_file(const std::string &path) {
  std::ifstream in(path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

void write_file(const std::string &path, const std::string &text) {
  if (read_file(path) == text) return;  // keep the time stamp: nothing rebuilds
  std::ofstream out(path);
  out << text;
  if (!out.flush()) refuse("cannot write " + path);
}

}  // namespace

int main(int argc, char **argv) try {
  check_rows();
  if (argc < 3 || argc % 2 == 0)
    refuse("usage: spacecore_gen (--ops|--api|--fortran|--opcodes|--exports|--lock FILE)...");
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string what = argv[i], path = argv[i + 1];
    if (what == "--ops")
      write_file(path, ops_header());
    else if (what == "--api")
      write_file(path, api_header());
    else if (what == "--fortran")
      write_file(path, fortran_functions());
    else if (what == "--opcodes")
      write_file(path, fortran_opcodes());
    else if (what == "--exports")
      write_file(path, export_list());
    else if (what == "--lock")
      write_file(path, lock_text(read_file(path)));
    else
      refuse("unknown argument " + what);
  }
  return 0;
} catch (const std::exception &e) {
  std::cerr << "spacecore_gen: " << e.what() << "\n";
  return 1;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The types of the C API: handles, dtypes, index items, callbacks, option and result records.
 *
 * Only fixed-width integers, doubles, pointers and pointers to structs cross this interface, so
 * that Fortran and Julia can call it without a shim. Every struct that a caller fills starts with
 * struct_size = sizeof(that struct); fields are only ever appended. */
#ifndef SPACECORE_TYPES_H
#define SPACECORE_TYPES_H

#include <stddef.h>
#include <stdint.h>

#include "spacecore/status.h"

#ifdef __cplusplus
extern "C" {
#endif

#if defined(SPC_BUILDING_LIBRARY)
#define SPC_EXPORT __attribute__((visibility("default")))
#else
#define SPC_EXPORT
#endif

/* ---- handles ---------------------------------------------------------------------------------
 * Every handle is reference counted: a function that returns one through an out-parameter gives
 * the caller one reference, which spc_<object>_release gives back (NULL is accepted; the handle
 * is set to NULL). A released handle is recognised as stale and refused with HandleErr.
 *
 * An array handle is an element (the one-leaf tree) and a value. */
typedef struct spc_object *spc_value; /* any value: array, sparse array, scalar, list, map, none */
typedef struct spc_object *spc_array; /* a value that is an array, sparse array or weak scalar */
typedef struct spc_object *spc_element;          /* a value that is an element of a space */
typedef struct spc_context_s *spc_context;       /* family, dtype and check level; immutable */
typedef struct spc_geometry_s *spc_geometry;     /* an inner product; immutable */
typedef struct spc_space_s *spc_space;           /* a vector space; immutable */
typedef struct spc_linop_s *spc_linop;           /* a linear operator; immutable */
typedef struct spc_functional_s *spc_functional; /* a scalar function on a space; immutable */
typedef struct spc_set_s *spc_set;               /* a closed convex subset of a space; immutable */
typedef struct spc_rng_s *spc_rng;               /* a random number generator; calls take turns */
typedef struct spc_workspace_s *spc_workspace;   /* memory that solves reuse; one solve at a time */

/* ---- dtypes ---------------------------------------------------------------------------------- */
typedef int32_t spc_dtype;
enum {
  SPC_DTYPE_NONE = -1, /* "not given": the default of the function at hand */
  SPC_BOOL = 0,        /* 1 byte, 0 or 1 */
  SPC_INT8 = 1,
  SPC_UINT8 = 2,
  SPC_INT32 = 3,
  SPC_INT64 = 4,
  SPC_FLOAT32 = 5,
  SPC_FLOAT64 = 6,
  SPC_COMPLEX64 = 7,  /* two float32: real, imaginary */
  SPC_COMPLEX128 = 8, /* two float64: real, imaginary */
  SPC_DTYPE_COUNT = 9
};

/* ---- check levels ---------------------------------------------------------------------------- */
enum {
  SPC_CHECK_UNSET = -1, /* "not given" */
  SPC_CHECK_NONE = 0,
  SPC_CHECK_CHEAP = 1,
  SPC_CHECK_STANDARD = 2,
  SPC_CHECK_STRICT = 3
};

/* ---- value kinds ----------------------------------------------------------------------------- */
enum {
  SPC_VALUE_NULL = 0, /* None */
  SPC_VALUE_ARRAY = 1,
  SPC_VALUE_SPARSE = 2,
  SPC_VALUE_SCALAR = 3, /* weak: an untyped bool, int, float or complex */
  SPC_VALUE_LIST = 4,
  SPC_VALUE_TUPLE = 5,
  SPC_VALUE_MAP = 6
};

/* Kind of a weak scalar. */
enum { SPC_WEAK_BOOL = 0, SPC_WEAK_INT = 1, SPC_WEAK_FLOAT = 2, SPC_WEAK_COMPLEX = 3 };

/* "None" where an integer argument may be left out (a slice bound, eye's m). */
#define SPC_NONE_I64 INT64_MIN

/* "All axes" as the count of an axis list (axis=None); 0 is the empty tuple. */
enum { SPC_ALL_AXES = -1 };

/* The most axes an array may have. */
enum { SPC_MAX_NDIM = 32 };

/* ---- sparse formats -------------------------------------------------------------------------- */
enum { SPC_CSR = 0, SPC_CSC = 1, SPC_COO = 2 };

/* ---- index items: x[item0, item1, ...] -------------------------------------------------------- */
enum {
  SPC_INDEX_INT = 0,      /* start */
  SPC_INDEX_SLICE = 1,    /* start, stop, step; each may be SPC_NONE_I64 */
  SPC_INDEX_NEWAXIS = 2,  /* a new axis of length 1 */
  SPC_INDEX_ELLIPSIS = 3, /* as many full slices as fit */
  SPC_INDEX_ARRAY = 4 /* array: integers of any rank, or a bool mask that takes its rank of axes */
};
typedef struct spc_index {
  int32_t kind;
  int32_t reserved; /* 0 */
  int64_t start;
  int64_t stop;
  int64_t step;
  spc_array array; /* borrowed for the call */
} spc_index;

/* ---- programs of vector updates: program_run ---------------------------------------------------- */
enum {
  SPC_MAX_PROGRAM_UPDATES = 16,
  SPC_MAX_PROGRAM_REDUCTIONS = 4,
  SPC_MAX_PROGRAM_VECTORS = 8,
  SPC_MAX_PROGRAM_SCALARS = 16
};
/* What one instruction does, element by element. out, x, y and w are positions among the vectors of
 * the call, a and b among its scalars. */
enum {
  /* updates */
  SPC_PROGRAM_COPY = 1,     /* out = x */
  SPC_PROGRAM_SCALE = 2,    /* out = a x; a = 0 does not read x */
  SPC_PROGRAM_AXPY = 3,     /* out = a x + y; a = 0 does not read x */
  SPC_PROGRAM_AXPBY = 4,    /* out = a x + b y; a = 0 does not read x, b = 0 not y */
  SPC_PROGRAM_MULTIPLY = 5, /* out = x y */
  /* reductions; the k-th one writes element k of the results */
  SPC_PROGRAM_DOT = 16,             /* sum conj(x) y */
  SPC_PROGRAM_WEIGHTED_DOT = 17,    /* sum conj(x) w y */
  SPC_PROGRAM_SUM_OF_SQUARES = 18,  /* sum |x|^2 */
  SPC_PROGRAM_WEIGHTED_SQUARES = 19 /* sum conj(x) w x */
};
/* Never grows. What an instruction does not use is 0. */
typedef struct spc_instruction {
  int32_t code; /* SPC_PROGRAM_* */
  int32_t out;
  int32_t x;
  int32_t y;
  int32_t w;
  int32_t a;
  int32_t b;
  int32_t reserved; /* 0 */
} spc_instruction;

/* ---- orders of norm --------------------------------------------------------------------------- */
enum {
  SPC_ORD_DEFAULT = 0, /* None: 2-norm of all elements of the reduced axes */
  SPC_ORD_P = 1,       /* the number p, infinities included */
  SPC_ORD_FRO = 2,
  SPC_ORD_NUC = 3
};

/* ---- operator modes --------------------------------------------------------------------------- */
enum {
  SPC_MODE_NONE = 0,       /* A x */
  SPC_MODE_TRANSPOSE = 1,  /* A^T x: coordinates, geometry ignored */
  SPC_MODE_CONJ_TRANS = 2, /* A^H x: coordinates, geometry ignored */
  SPC_MODE_ADJOINT = 3     /* A# x = R_X^-1 A^H R_Y x: the metric adjoint */
};

/* Tri-state verdicts. */
enum { SPC_UNKNOWN = -1, SPC_FALSE = 0, SPC_TRUE = 1 };

/* ---- spaces ------------------------------------------------------------------------------------ */
/* What a space can do; spc_space_has asks. */
enum {
  SPC_CAN_VECTOR = 0,          /* zeros, add, scale, axpy */
  SPC_CAN_COORDINATES = 1,     /* shape, flatten, unflatten */
  SPC_CAN_INNER = 2,           /* inner, norm, riesz */
  SPC_CAN_STAR = 3,            /* star */
  SPC_CAN_JORDAN = 4,          /* jordan, spectrum, ... */
  SPC_CAN_EUCLIDEAN_JORDAN = 5 /* both, with <x o y, z> = <y, x o z> */
};

/* ---- structure of operators --------------------------------------------------------------------
 * Verdicts are about the operator in the declared geometry, by structure alone. */
enum {
  SPC_IS_HERMITIAN = 0,         /* A# = A */
  SPC_IS_POSITIVE_DEFINITE = 1, /* Hermitian with <x, A x> > 0 for x != 0 */
  SPC_IS_POSITIVE_SEMIDEFINITE = 2,
  SPC_IS_UNITARY = 3,  /* A# A = A A# = 1 */
  SPC_IS_DIAGONAL = 4, /* the coordinate matrix is diagonal */
  SPC_IS_REAL = 5,     /* the coordinate matrix is real */
  SPC_IS_LOWER_TRIANGULAR = 6,
  SPC_IS_UPPER_TRIANGULAR = 7
};

/* Differences of neighbours: (x[i+1] - x[i]) / h, (x[i] - x[i-1]) / h, (x[i+1] - x[i-1]) / 2h. */
enum { SPC_DIFF_FORWARD = 0, SPC_DIFF_BACKWARD = 1, SPC_DIFF_CENTERED = 2 };
/* What lies beyond the ends of an axis. */
enum {
  SPC_BOUNDARY_ZERO = 0,     /* zeros (Dirichlet) */
  SPC_BOUNDARY_PERIODIC = 1, /* the other end */
  SPC_BOUNDARY_NEUMANN = 2,  /* the value at the end once more */
  SPC_BOUNDARY_NATURAL = 3   /* nothing: the result is shorter by the entries that are missing */
};

/* ---- contexts asked for --------------------------------------------------------------------------
 * By name, as an existing context, or neither: the default context. Call spc_target_init, then set
 * what is wanted; a NULL pointer where a target is expected means the default context. */
typedef struct spc_target {
  uint32_t struct_size;
  int32_t dtype;         /* with name; SPC_DTYPE_NONE: not given */
  const char *name;      /* family or alias; NULL: not by name */
  spc_context context;   /* borrowed; NULL: not by context */
  int32_t check_level;   /* with name: SPC_CHECK_*; SPC_CHECK_UNSET: not given */
  int32_t enable_checks; /* deprecated form of check_level: SPC_TRUE, SPC_FALSE; SPC_UNKNOWN */
  const char *resolution_policy;       /* of this call: "warning", "error", "silent"; NULL: the
                                          process's */
  const char *dtype_resolution_policy; /* of this call: "keep_native", "convert"; NULL */
} spc_target;

/* ---- callbacks --------------------------------------------------------------------------------
 * A callback returns 0 to go on; any other value stops the call, which then returns
 * SPC_E_CALLBACK with that value as native code and the text of spc_callback_error. It must
 * return: no longjmp, no C++ exception, no Fortran STOP. */

/* Frees memory that was lent to an array; called exactly once, from any thread. */
typedef void (*spc_deleter_fn)(void *user, void *data);

/* Frees the user argument of functions of the program; called exactly once, from any thread. */
typedef void (*spc_destroy_fn)(void *user);

/* Receives a warning: category is "UserWarning", "RuntimeWarning" or "DeprecationWarning". */
typedef spc_status (*spc_warning_fn)(void *user, const char *category, const char *message);

/* y = f(x) of a matrix-free operator. x is borrowed for the call; *y, NULL on entry, receives a
 * reference that the library takes over, on failure too (it may be another reference to x). */
typedef spc_status (*spc_apply_fn)(void *user, spc_element x, spc_element *y);

/* *result = f(args[0], ..., args[n_args - 1]) of control flow, mapping and differentiation. args are
 * borrowed for the call; *result, NULL on entry, receives a reference that the library takes over,
 * on failure too (it may be another reference to an argument). Several results are a tuple. */
typedef spc_status (*spc_function_fn)(void *user, int32_t n_args, const spc_value *args,
                                      spc_value *result);

/* *result = <x, y> of a geometry of the program's own, or F(x) with y NULL: a scalar or a 0-d array
 * as a reference that the library takes over, on failure too. x and y are borrowed for the call. */
typedef spc_status (*spc_scalar_fn)(void *user, spc_element x, spc_element y, spc_value *result);

/* Replaceable host allocator; align is a power of two; alloc returns NULL when out of memory. */
typedef void *(*spc_alloc_fn)(void *user, uint64_t bytes, uint64_t align);
typedef void (*spc_free_fn)(void *user, void *data, uint64_t bytes);

/* The call that an interposer sees. op is an opcode of ops.h. */
typedef struct spc_interposed_call {
  uint32_t struct_size;
  uint32_t op;
  const char *name; /* of the op; static */
  int64_t n_operands;
} spc_interposed_call;

/* Sees a call with an interposed operand before it runs: return 0 to let it go on unchanged. */
typedef spc_status (*spc_interposer_fn)(void *user, const spc_interposed_call *call);

/* ---- solvers ---------------------------------------------------------------------------------- */
/* Reason why a solver stopped: positive = converged, negative = not. */
enum {
  SPC_REASON_RTOL = 1,
  SPC_REASON_ATOL = 2,
  SPC_REASON_ROUNDOFF = 3,
  SPC_REASON_STOPPED_BY_MONITOR = 4,
  SPC_REASON_MAXITER = -1,
  SPC_REASON_BREAKDOWN = -2,
  SPC_REASON_INDEFINITE = -3,
  SPC_REASON_NONFINITE = -4,
  SPC_REASON_LOSS_OF_ACCURACY = -5,
  SPC_REASON_STAGNATION = -6,
  SPC_REASON_CANCELLED = -7,
  SPC_REASON_CALLBACK = -8,
  SPC_REASON_TIMEOUT = -9,    /* max_seconds */
  SPC_REASON_MAXAPPLIES = -10 /* max_applies */
};

/* Stopping rule: measure the residual in `norm`, against `baseline`, joined by `combiner`. */
enum {
  SPC_NORM_SPACE = 0,          /* ||r||_X of the unpreconditioned residual */
  SPC_NORM_EUCLIDEAN = 1,      /* 2-norm of the coordinates of r */
  SPC_NORM_PRECONDITIONED = 2, /* ||M^-1 r||_X */
  SPC_NORM_NATURAL = 3         /* sqrt(Re <r, M^-1 r>) */
};
enum {
  SPC_BASELINE_RHS = 0,     /* that norm of b */
  SPC_BASELINE_INITIAL = 1, /* of r_0 */
  SPC_BASELINE_GIVEN = 2,   /* baseline_value */
  SPC_BASELINE_NONE = 3     /* 1: rtol is absolute, too */
};
enum { SPC_COMBINE_SUM = 0, SPC_COMBINE_MAX = 1 }; /* atol + rtol*base; max(atol, rtol*base) */

/* Linear solvers of one signature. */
enum {
  SPC_SOLVER_CG = 0,
  SPC_SOLVER_MINRES = 1,
  SPC_SOLVER_GMRES = 2,
  SPC_SOLVER_FGMRES =
      3, /* flexible: the preconditioner may change from one application to the next */
  SPC_SOLVER_BICGSTAB = 4,
  SPC_SOLVER_LSQR = 5,
  SPC_SOLVER_LSMR = 6
};

/* How lsqr and lsmr know their residuals. */
enum { SPC_RESIDUAL_EXACT = 0, SPC_RESIDUAL_RECURRENCE = 1 };

/* What a monitor sees. */
typedef struct spc_solve_info {
  uint32_t struct_size;
  int32_t reserved;
  int64_t iteration;
  double residual_norm; /* by the recurrence */
  double threshold;     /* the solver stops when residual_norm <= threshold */
  double seconds;       /* since the solve began */
  int64_t applies;      /* operator applications so far */
  int64_t column;       /* of a batch of right-hand sides; 0 otherwise */
} spc_solve_info;

/* Called at every check: 0 goes on, > 0 stops politely, < 0 fails the solve with CallbackErr. */
typedef int32_t (*spc_monitor_fn)(void *user, const spc_solve_info *info);

/* Options of a solver: set struct_size, call spc_solve_options_init, then change what differs. */
typedef struct spc_solve_options {
  uint32_t struct_size;
  int32_t norm;           /* SPC_NORM_* */
  int32_t baseline;       /* SPC_BASELINE_* */
  int32_t combiner;       /* SPC_COMBINE_* */
  double rtol;            /* >= 0; default 1e-6 */
  double atol;            /* >= 0; default 0 */
  int64_t maxiter;        /* >= 0, or SPC_NONE_I64: max(1000, 10 n) */
  int64_t check_every;    /* >= 1; default 1 */
  spc_linop precond;      /* X -> X, applies M^-1; NULL: none; borrowed */
  spc_monitor_fn monitor; /* may be NULL */
  void *monitor_user;
  double *history;           /* receives the residual norm of every check; may be NULL */
  int64_t history_capacity;  /* entries that history can hold; later ones are dropped */
  double baseline_value;     /* of SPC_BASELINE_GIVEN */
  double max_seconds;        /* <= 0: no limit (the default) */
  int64_t max_applies;       /* SPC_NONE_I64: no limit (the default) */
  int64_t stagnation_checks; /* SPC_REASON_STAGNATION when this many checks in a row brought no new
                                 smallest residual; 0: not tested (the default) */
  double damp;               /* lsqr, lsmr: minimise ||A x - b||^2 + damp^2 ||x||^2; default 0 */
  int64_t restart;           /* gmres: Krylov vectors kept; lobpcg: not used; default 30 */
  int32_t residual_mode;     /* lsqr, lsmr: SPC_RESIDUAL_* */
  int32_t largest;           /* lobpcg: 1: largest eigenvalues, 0 (default): smallest */
  spc_workspace workspace;   /* memory kept between solves; NULL: none; borrowed */
} spc_solve_options;

/* Outcome of a solve. Set struct_size before the call. */
typedef struct spc_solve_result {
  uint32_t struct_size;
  int32_t reason;        /* SPC_REASON_* */
  int64_t iterations;    /* of lanczos_smallest and expm_multiply: dimension of the Krylov space */
  int64_t applies;       /* operator applications, the final true residual's included */
  int64_t history_count; /* residual norms seen, also those that did not fit */
  double residual_norm;  /* by the recurrence */
  double true_residual_norm; /* ||b - A x|| at the returned x; of eigenvectors ||A x - lambda x|| */
  double baseline_norm;
  double threshold;
  double seconds;
  double normal_residual_norm; /* lsqr, lsmr: ||A# (b - A x)||_X; otherwise 0 */
} spc_solve_result;

/* ---- sparse factorizations ------------------------------------------------------------------------ */
enum {
  SPC_FACTOR_AUTO = 0, /* by structure: see linop_factorize */
  SPC_FACTOR_CHOLESKY = 1,
  SPC_FACTOR_LDL = 2,
  SPC_FACTOR_LU = 3,
  SPC_FACTOR_QR = 4
};

/* Order of elimination, chosen for few new entries. */
enum {
  SPC_ORDERING_AUTO = 0,
  SPC_ORDERING_NATURAL = 1, /* as given */
  SPC_ORDERING_AMD = 2,     /* approximate minimum degree of A + A^T */
  SPC_ORDERING_COLAMD = 3,  /* of A^T A */
  SPC_ORDERING_METIS = 4    /* nested dissection */
};

/* Entry by entry, or by dense blocks of columns with equal patterns (supernodal, multifrontal). */
enum { SPC_VARIANT_AUTO = 0, SPC_VARIANT_SIMPLICIAL = 1, SPC_VARIANT_SUPERNODAL = 2 };

/* Set struct_size; fields that are 0 are the defaults, as spc_factor_options_init writes them. */
typedef struct spc_factor_options {
  uint32_t struct_size;
  int32_t method;     /* SPC_FACTOR_*; default auto */
  int32_t ordering;   /* SPC_ORDERING_*; a family takes the nearest one that it has */
  int32_t variant;    /* SPC_VARIANT_*; likewise */
  int32_t refinement; /* steps x += A^-1 (b - A x) of every solve but those of qr, at most; for each
                             column they go on only while they halve |b - A x|; 0: the default, which
                             is 1 for lu and ldl, else none; negative: none */
  int32_t reserved;
  double pivot_tolerance; /* lu: a pivot has at least this fraction of the largest modulus of its
                             column, up to 1; 0: the family's default */
  double rank_tolerance;  /* qr: columns of R below it count as dependent; 0: the family's
                             default */
} spc_factor_options;

/* What a factorization knows. Set struct_size before the call. Strings live as long as the process. */
typedef struct spc_factor_info {
  uint32_t struct_size;
  int32_t method;   /* SPC_FACTOR_*, never auto */
  int32_t ordering; /* SPC_ORDERING_* used */
  int32_t variant;  /* SPC_VARIANT_* used */
  int64_t rows;     /* of A */
  int64_t cols;
  int64_t entries;    /* stored in the factors; -1: unknown */
  int64_t rank;       /* an estimate for qr; -1: unknown */
  int64_t positive;   /* eigenvalues above 0 of what was factored; -1: unknown */
  int64_t negative;   /* below 0; -1: unknown */
  double log_abs_det; /* of the coordinate matrix of A; NaN: unknown */
  double phase_re;    /* det = phase exp(log_abs_det) */
  double phase_im;
  const char *family; /* whose kernel factored */
  const char *reason; /* why this method */
} spc_factor_info;

/* ---- reflection ------------------------------------------------------------------------------- */
typedef struct spc_backend_info {
  uint32_t struct_size;
  int32_t available; /* 1: usable, 0: see unavailable */
  const char *name;
  const char *version;
  const char *base;          /* "" if none */
  const char *plugin;        /* path of the file */
  const char *memory_spaces; /* comma separated, the default first */
  const char *aliases;       /* comma separated */
  const char *unavailable;   /* reason, "" if available */
  uint64_t dtypes;           /* bit mask over spc_dtype: some kernel takes it */
  int64_t own_ops;           /* ops with a kernel of its own */
  int64_t inherited_ops;     /* ops whose kernels all come from a base */
} spc_backend_info;

typedef struct spc_op_info {
  uint32_t struct_size;
  uint32_t op; /* opcode */
  const char *name;
  const char *signature; /* "BINARY", ... */
  const char *profile;   /* "V", "A", "L", "S", "X" */
  const char *text;
  const char *shapes;
  const char *dtype;
  const char *errors;
  const char *reference;
  int32_t has_kernel; /* 0: metadata only, or composed of other ops */
  int32_t reserved;
} spc_op_info;

/* ---- Matrix Market files ------------------------------------------------------------------------ */
/* Words of the banner. */
enum { SPC_MM_REAL = 0, SPC_MM_COMPLEX = 1, SPC_MM_INTEGER = 2, SPC_MM_PATTERN = 3 };
enum { SPC_MM_GENERAL = 0, SPC_MM_SYMMETRIC = 1, SPC_MM_SKEW_SYMMETRIC = 2, SPC_MM_HERMITIAN = 3 };

/* What banner and size line of a file say. */
typedef struct spc_mm_header {
  uint32_t struct_size;
  int32_t coordinate; /* 1: coordinate (sparse), 0: array (dense) */
  int32_t field;      /* SPC_MM_REAL, ... */
  int32_t symmetry;   /* SPC_MM_GENERAL, ... */
  int64_t rows;
  int64_t cols;
  int64_t entries; /* listed in the file: one triangle only of the symmetric kinds */
} spc_mm_header;

/* ---- errors ----------------------------------------------------------------------------------- */
/* The last error of the calling thread. Pointers stay valid until that thread's next failure. */
typedef struct spc_error_info {
  uint32_t struct_size;
  spc_status code;
  int64_t native;      /* code of the library or callback underneath; 0 if none */
  const char *kind;    /* "ValueErr", ... */
  const char *op;      /* "" if none */
  const char *family;  /* "" if none */
  const char *message; /* complete sentence, names op and both values */
} spc_error_info;

#ifdef __cplusplus
}
#endif

#endif /* SPACECORE_TYPES_H */

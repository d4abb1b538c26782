/* SPDX-License-Identifier: Apache-2.0 */
/* The backend ABI: what a plugin exports, what it receives, and what a kernel may assume.
 *
 * A plugin is one ELF shared object that exports exactly two symbols and links neither the core
 * nor the C API:
 *     const spc_plugin_marker spacecore_plugin_v1;                                        (data)
 *     spc_status register_ops(const spc_host_api *, spc_host, spc_registrar);             (function)
 * The host reads the marker first and calls register_ops only when the versions agree.
 * register_ops is quick: it opens no device, starts no thread, keeps no global; it hands over
 * descriptors that must stay valid for the life of the process (a plugin is never unloaded).
 * Registration is a transaction: a non-zero return, an exception or reject() leaves nothing behind.
 *
 * Versions. A plugin loads iff its abi_major equals the host's and its min_host_minor is at most
 * the host's minor. Every struct but the marker starts with struct_size = the sender's sizeof,
 * has no padding, and grows only at the end. A shorter struct than the 1.0 layout is refused; a
 * longer one is accepted, its unknown tail unread. Unknown flag bits are refused. Opcodes below
 * 0x8000 and dtypes that the host does not know are left out of the table of a plugin that was built
 * against a later minor, and refused from any other.
 *
 * Kernels. The core has checked arguments, joined dtypes, broadcast shapes, resolved overlap and
 * allocated results before a kernel runs. A kernel
 *   - gets strided tensors (strides in elements, also 0 and negative; data = first element);
 *   - never sees an output without elements, nor an elementwise or reduction tensor of rank 0;
 *   - writes every element of its outputs, and nothing else;
 *   - may be called from any thread, with the same state from several threads at once;
 *   - returns 0, or a negative SPC_E_* after set_error; it does not throw, print, exit or free;
 *   - may find its output equal to an input (same data and strides) only if its entry says INPLACE.
 * The contract of each opcode is in ops.def and, for kernel-only opcodes, below. */
#ifndef SPACECORE_PLUGIN_H
#define SPACECORE_PLUGIN_H

#include "spacecore/ops.h"
#include "spacecore/types.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { SPC_ABI_MAJOR = 1, SPC_ABI_MINOR = 0 };
#define SPC_PLUGIN_MAGIC 0x31435053u /* "SPC1", little endian */

/* True when struct *p of type T, as sent, reaches to its field f. */
#define SPC_HAS(p, T, f) ((p)->struct_size >= offsetof(T, f) + sizeof((p)->f))

typedef struct spc_host_s *spc_host;           /* the core that calls; never keep it in a global */
typedef struct spc_registrar_s *spc_registrar; /* one registration transaction */
typedef struct spc_exec_s *spc_exec;           /* one running call: error slot, scratch, queue */

/* ---- tensors and calls ------------------------------------------------------------------------ */
enum {
  SPC_TENSOR_READ_ONLY = 1u << 0,
  /* data is a handle of the family, shape the global shape, strides NULL */
  SPC_TENSOR_OPAQUE = 1u << 1,
  /* a scalar by value: data is host memory valid until the kernel returns, whatever the memory
   * space of the call; all strides are 0 */
  SPC_TENSOR_VALUE = 1u << 2
};

typedef struct spc_tensor {
  uint32_t struct_size;
  uint32_t flags; /* SPC_TENSOR_* */
  int32_t dtype;
  int32_t ndim;
  const int64_t *shape;
  const int64_t *strides; /* elements */
  void *data;             /* address of the first element in its memory space, or a handle */
  uint64_t mem;           /* memory space id; 0 is host */
} spc_tensor;

typedef struct spc_call {
  uint32_t struct_size;
  uint32_t op;
  uint32_t n_in;
  uint32_t n_out;
  const spc_tensor *const *in;
  spc_tensor *const *out; /* non-const only so that new_like can set data */
  const void *params;     /* spc_params_* of the op, or NULL; flat: no pointers inside */
  void *plan;             /* what prepare or extent made, or NULL */
  spc_exec exec;
  const struct spc_host_api *host;
} spc_call;

typedef spc_status (*spc_kernel_fn)(void *state, const spc_call *call);
/* Fixed roles: bit i set = operand i keeps its bytes, shape and strides until release. */
typedef spc_status (*spc_prepare_fn)(void *state, const spc_call *call, uint64_t fixed_roles,
                                     void **plan);
/* data_shape ops, phase one: sizes of the outputs; *plan is passed on to fn, then released. */
typedef spc_status (*spc_extent_fn)(void *state, const spc_call *call, int64_t *sizes, void **plan);
typedef void (*spc_release_fn)(void *state, void *plan);
/* 1 = this kernel takes the call, 0 = the next candidate is tried. Pure and cheap. */
typedef int32_t (*spc_supports_fn)(void *state, const spc_call *call);

/* ---- signatures ---------------------------------------------------------------------------------
 * The KEY column of ops.def says which dtypes choose a kernel:
 *   SAME  one dtype, that of in[0] (of out[0] where there is no input): bit d of spc_op_entry.dtypes
 *   PAIR  two dtypes: SPC_PAIR(first, second), listed in spc_op_entry.pairs. First is the dtype of
 *         in[0]; second is that of out[0] for astype, sum and prod, the index dtype for sparse
 *         kernels. Bit d of dtypes lists SPC_PAIR(d, d) (astype, sum, prod), both index widths
 *         (sparse kernels). */
#define SPC_PAIR(FIRST, SECOND) ((uint32_t)((FIRST)*16 + (SECOND)))
#define SPC_BIT(DTYPE)          (UINT64_C(1) << (DTYPE))
#define SPC_DTYPES_ALL          UINT64_C(0x1ff)
#define SPC_DTYPES_FLOATING     UINT64_C(0x1e0) /* float32 float64 complex64 complex128 */

enum {
  SPC_KERNEL_INPLACE = 1u << 0, /* out[0] may be the same memory as an input of its dtype */
  SPC_KERNEL_OPAQUE = 1u << 1,  /* takes OPAQUE tensors, and only those (VALUE ones apart) */
  SPC_KERNEL_SERIAL = 1u << 2,  /* a plan of this entry runs in one thread at a time */
  SPC_KERNEL_KNOWN_FLAGS = 7u
};

typedef struct spc_op_entry {
  uint32_t struct_size;
  uint32_t op;
  uint64_t dtypes; /* bit mask, see above */
  const uint32_t *pairs;
  uint32_t n_pairs;
  uint32_t params_size; /* sizeof of the params struct it knows; a non-zero tail is never sent */
  uint64_t flags;       /* SPC_KERNEL_* */
  spc_kernel_fn fn;     /* never NULL */
  spc_supports_fn supports; /* or NULL */
  spc_prepare_fn prepare;   /* or NULL */
  spc_extent_fn extent;     /* data_shape ops only, there never NULL */
  spc_release_fn release;   /* frees what prepare or extent made; NULL iff both are */
} spc_op_entry;

/* ---- memory spaces ------------------------------------------------------------------------------ */
enum {
  SPC_MEM_HOST_ACCESSIBLE = 1u << 0, /* the host may read and write its addresses */
  SPC_MEM_ASYNC = 1u << 1,           /* kernels are queued; sync waits and reports their errors */
  SPC_MEM_KNOWN_FLAGS = 3u
};

typedef struct spc_memory_space {
  uint32_t struct_size;
  uint32_t flags;
  const char *name; /* "cuda:0"; registering a known name joins it */
  void *state;
  uint64_t alignment; /* of alloc */
  /* The queue argument is NULL: the default queue of the space. */
  spc_status (*alloc)(void *state, uint64_t bytes, void *queue, void **out);
  void (*free)(void *state, void *data, void *queue); /* ordered on the queue; never fails */
  /* Copies between host and this space or within it; returns once host memory may be reused, and
   * for a copy to the host once it has arrived. copy_to_host and sync report errors of earlier
   * queued kernels: set_error with what called_op said when the kernel was queued as `where`, which
   * the text then begins with. */
  spc_status (*copy_to_host)(void *state, void *host, const void *src, uint64_t bytes, void *queue,
                             spc_exec exec, const struct spc_host_api *api);
  spc_status (*copy_from_host)(void *state, void *dst, const void *host, uint64_t bytes,
                               void *queue);
  spc_status (*sync)(void *state, void *queue, spc_exec exec, const struct spc_host_api *api);
} spc_memory_space;

/* ---- families ------------------------------------------------------------------------------------ */
enum {
  SPC_FAMILY_OPAQUE = 1u << 0,     /* its arrays are OPAQUE */
  SPC_FAMILY_COLLECTIVE = 1u << 1, /* opaque handles are destroyed only inside spc_collect */
  /* its threads or devices do not survive a fork: in a child of a process that has used it, its
   * kernels and memory are refused with PluginErr, unless after_fork_child makes them anew */
  SPC_FAMILY_NO_FORK = 1u << 2,
  SPC_FAMILY_KNOWN_FLAGS = 7u
};

typedef struct spc_family {
  uint32_t struct_size;
  uint32_t flags;
  const char *name; /* lower case, [a-z][a-z0-9_-]* */
  const char *version;
  const char *base; /* inherit what is not listed; NULL: none */
  const char *const *aliases;
  const char *const *memory_spaces; /* usable in place; the first is the default */
  const spc_op_entry *ops;          /* walked with the sender's struct_size */
  uint32_t n_aliases;
  uint32_t n_memory_spaces;
  uint32_t n_ops;
  /* Families of host memory only: the usable one with the highest rank is the default family of
   * contexts that name none; 0: never. */
  uint32_t default_rank;
  /* 0 = usable; else SPC_E_BACKEND_UNAVAILABLE and a reason in why. Called at first use, never
   * while loading. NULL: always usable. */
  spc_status (*probe)(char *why, uint64_t capacity);
  /* Called once, at first use; *state is passed to every kernel. NULL: state is NULL. */
  spc_status (*state_create)(const struct spc_host_api *, spc_host, void **state);
  void (*opaque_release)(void *state, void *handle); /* OPAQUE families only */
  /* COLLECTIVE families, optional: which of the released handles every rank has released. Elements
   * are numbered in the order in which they were made, so that numbers agree on all ranks; numbers
   * ascend. agreed[i] = 1: numbers[i] was given on every rank. Called by each spc_collect once an
   * element was ever made, also with n = 0; the agreed handles are then destroyed in ascending
   * order, the others wait for the next spc_collect. A failure is that of spc_collect and destroys
   * nothing. NULL: all ranks release the same elements before they collect. */
  spc_status (*opaque_agree)(void *state, uint64_t n, const uint64_t *numbers, uint8_t *agreed,
                             spc_exec exec, const struct spc_host_api *api);
  /* NO_FORK families, optional: makes anew in a forked child what it has lost, so that the state,
   * memory and plans of the parent work there too. Called once in a child of a process that has used
   * the family, when it is first needed; state is what state_create made, or NULL. After a failure
   * the family stays refused, as it is where this is NULL. */
  spc_status (*after_fork_child)(void *state);
} spc_family;

/* ---- what the host offers -------------------------------------------------------------------------- */
typedef spc_status (*spc_part_fn)(void *arg, int64_t part);

typedef struct spc_host_api {
  uint32_t struct_size;
  uint16_t abi_major;
  uint16_t abi_minor;
  const char *core_version;
  /* during registration only */
  spc_status (*add_memory_space)(spc_registrar, const spc_memory_space *, uint64_t *id);
  spc_status (*find_memory_space)(spc_registrar, const char *name, uint64_t *id);
  spc_status (*add_family)(spc_registrar, const spc_family *);
  void (*reject)(spc_registrar, const char *why); /* register_ops must then return non-zero */
  /* Stores the text of an error before the kernel returns code. where may be NULL. */
  void (*set_error)(spc_exec, spc_status code, int64_t native, const char *where, const char *text);
  /* 64-byte aligned scratch in a memory space, freed when the kernel returns. */
  spc_status (*scratch)(spc_exec, uint64_t mem, uint64_t bytes, void **out);
  /* Runs fn(arg, 0..n_parts-1) on the library's threads, the caller's included, and returns the
   * first failure. Part p always gets the same work, however many threads there are. Nested calls
   * run in the caller. */
  spc_status (*parallel)(spc_exec, int64_t n_parts, spc_part_fn fn, void *arg);
  /* The replaceable host allocator, for family state; align is a power of two. */
  void *(*host_alloc)(spc_host, uint64_t bytes, uint64_t align);
  void (*host_free)(spc_host, void *data, uint64_t bytes);
  void (*warn)(spc_host, const char *category, const char *text);
  /* Name of the op that the program called, static; NULL: the call's own opcode says it. A kernel
   * that is queued keeps it, because errors that surface later name that op: see
   * spc_memory_space. */
  const char *(*called_op)(spc_exec);
} spc_host_api;

typedef struct spc_plugin_marker {
  uint32_t magic; /* SPC_PLUGIN_MAGIC */
  uint16_t abi_major;
  uint16_t abi_minor;
  uint16_t min_host_minor;
  uint16_t reserved;
  uint32_t struct_size;
  const char *name;
  const char *version;
  const char *license;
  const char *build_id; /* may be "" */
} spc_plugin_marker;

/* ---- parameters of kernels --------------------------------------------------------------------------
 * Conventions that several opcodes share:
 *
 * elementwise (negative conj abs sign square sqrt exp log log2 sin cos isfinite isnan add subtract
 *   multiply divide power maximum minimum equal not_equal less less_equal greater greater_equal
 *   isclose where clip axpby copy astype fill): every tensor has the same shape; a broadcast or
 *   scalar operand has stride 0. The inputs have the dtype of the key, out that of the op's rule.
 *   axpby: in = a, x, b, y; a and b are scalars (stride 0, possibly VALUE); out = a*x + b*y; where
 *   a (or b) is exactly 0, x (or y) is not read.
 *   fill: in = one VALUE scalar of the dtype of out.
 *   power: integer exponents are never negative.
 *   where: in = x, y, cond; cond is bool.
 *   clip: in = x, a_min, a_max; out = min(max(x, a_min), a_max), NaN wins.
 *   isclose: params spc_params_close (rtol, atol).
 *
 * reduction (sum prod min max norm vdot allclose logsumexp): inputs and output have one common
 *   shape, the kept axes first, then the reduced ones; out has stride 0 on every reduced axis. The
 *   reduced extent is never 0. params: spc_params_reduce.
 *   logsumexp: in = a, or a, b; out = log sum b exp(a); or out, sign. Terms with b = 0 count
 *   nothing, whatever a. Without sign: real sums below 0 give NaN, complex ones the principal
 *   logarithm. With sign: out (real dtype) is the log of the modulus of the sum, sign (dtype of a)
 *   the sign or unit phase, 0 where the sum is 0. accumulate is 0.
 *
 * search (argmin argmax): in = x, its last axis is searched; out int64, of the same shape with
 *   stride 0 on that axis: the first smallest (largest) element, the first NaN if there is one.
 *   params: spc_params_reduce with n_kept = rank - 1.
 *
 * sort: in = x, out of the same shape, never the same memory: ascending along the last axis, stable,
 *   NaN last, complex numbers lexicographically. argsort: the same with the positions, int64.
 *   No params. */
typedef struct spc_params_reduce {
  uint32_t struct_size;
  int32_t n_kept;     /* leading axes that are kept */
  int32_t accumulate; /* 1: out holds a partial result to combine with (sum, prod, min, max) */
  int32_t reserved;
} spc_params_reduce;

/* norm: vector norm of order p over the reduced axes; out has the real dtype (float64 for bool and
 * integers). p = 2: no overflow or underflow on the way; 0: number of non-zeros; +-inf: max, min of
 * the moduli; else (sum |x|^p)^(1/p). */
typedef struct spc_params_norm {
  uint32_t struct_size;
  int32_t n_kept;
  double p;
} spc_params_norm;

/* allclose: in = a, b; out bool: all |a - b| <= atol + rtol*|b|, equal infinities close, NaN equal
 * to NaN only with equal_nan. n_kept is 0. allclose_sparse: in = indptr, indices, data of two
 * canonical CSR matrices; |a - b| <= atol + rtol*max(|a|,|b|), equal infinities close, NaN never. */
typedef struct spc_params_close {
  uint32_t struct_size;
  int32_t n_kept;
  double rtol;
  double atol;
  int32_t equal_nan;
  int32_t reserved;
  int64_t rows; /* allclose_sparse only */
} spc_params_close;

/* arange: out[i] = start + i*step, computed in int64 for integer and bool out, else in double. */
typedef struct spc_params_arange {
  uint32_t struct_size;
  int32_t reserved;
  int64_t int_start;
  int64_t int_step;
  double start;
  double step;
} spc_params_arange;

/* gather: in[0] = x with the n_index indexed axes first, in[1..n_index] = int64 index arrays, all of
 * one shape B (rank batch_ndim, stride 0 where broadcast); out has shape B + rest of x, where
 * out[b, r] = x[i1[b], ..., r]. Negative indices count from the end; out of range: IndexErr. B is
 * never empty, but the rest may be: then the indices are checked and nothing is written. */
typedef struct spc_params_gather {
  uint32_t struct_size;
  int32_t n_index;
  int32_t batch_ndim;
  int32_t reserved;
  int32_t axes[SPC_MAX_NDIM]; /* the axis of the indexed array behind each index array: error texts
                                 name it */
} spc_params_gather;

/* scatter: in[0] = values, of shape B + rest; in[1..n_index] = int64 index arrays of shape B (rank
 * batch_ndim, stride 0 where broadcast); out[0] = an array that is read and written, with the
 * n_index indexed axes first, then the rest: out[i1[b], ..., r] = values[b, r], or += it, for b in
 * row-major order, so that the last of several values wins or all of them add up. Negative indices
 * count from the end. All indices are checked before anything is written; out of range: IndexErr
 * with gather's text. B is never empty, the rest may be: then the indices are checked only. */
typedef struct spc_params_scatter {
  uint32_t struct_size;
  int32_t n_index;
  int32_t batch_ndim;
  int32_t accumulate; /* 1: += */
  int32_t axes[SPC_MAX_NDIM];
} spc_params_scatter;

/* Dense linear algebra. Every tensor has the batch axes first, the same ones (stride 0 where an
 * input is broadcast), then one or two axes of its own, no length of which is 0; inputs and outputs
 * share no memory, inputs are not written. Errors are LinAlgErr with the texts given here.
 *   solve: in = A [.., n, n], B [.., n, k]; out X [.., n, k]. "singular matrix" where elimination
 *     with partial pivoting meets a pivot that is exactly 0.
 *   eigh: in = A [.., n, n]; out = w [.., n] in the real dtype, ascending, and v [.., n, n]; or w
 *     alone. Reads the lower triangle, of its diagonal the real part. NaN or an infinity in a matrix
 *     makes all of its results NaN. "eigenvalues did not converge".
 *   eig: in = A [.., n, n]; out = w [.., n] and v [.., n, n] in the complex counterpart of A's
 *     dtype, columns of 2-norm 1. "array has NaN or infinite elements", "eigenvalues did not
 *     converge".
 *   svd: in = A [.., m, n]; out = U, s, V^H, or s alone; params spc_params_svd. Errors as eig, with
 *     "singular values did not converge".
 *   cholesky: in = A [.., n, n]; out L [.., n, n], zeros above the diagonal. Reads the lower
 *     triangle. "matrix is not positive definite".
 *   lu, ldl: in = A [.., n, n]; out = packed factors [.., n, n] and int64 pivots [.., n] as the op
 *     table has them. No error: a singular matrix has a zero on the diagonal of the factor.
 *   lu_solve, ldl_solve: in = factors [.., n, n], pivots [.., n], B [.., n, k]; out X [.., n, k];
 *     params spc_params_factor with mode. IndexErr for a pivot out of range, before anything is
 *     read through it; "singular matrix" for a block that is exactly singular.
 *   solve_triangular: in = A [.., n, n], B [.., n, k]; out X [.., n, k]; params spc_params_factor.
 *     "singular matrix" where the diagonal has a zero. */
typedef struct spc_params_factor {
  uint32_t struct_size;
  int32_t mode;  /* SPC_MODE_NONE, _TRANSPOSE, _CONJ_TRANS */
  int32_t lower; /* solve_triangular */
  int32_t unit;  /* solve_triangular: ones on the diagonal, which is not read */
} spc_params_factor;
typedef struct spc_params_svd {
  uint32_t struct_size;
  int32_t full_matrices; /* 1: U [.., m, m], V^H [.., n, n]; 0: [.., m, k], [.., k, n] */
} spc_params_svd;

/* program_run: in = the n_vectors vectors, then the n_scalars scalars; out = the vectors that the
 * program writes, in ascending order of their position, then, if there are reductions, the results:
 * one vector of n_reductions elements. All of one floating dtype. The vectors have one common shape;
 * the scalars have it too, with stride 0, possibly VALUE. out[j] is the very memory of the input at
 * the j-th set bit of `written`, and shares none with another vector; results shares none with
 * anything. At every element the updates run in their order, each rounded as the op that does it
 * alone: copy, axpby, multiply; sums are over the values after the last update. */
typedef struct spc_params_program {
  uint32_t struct_size;
  int32_t n_vectors;
  int32_t n_scalars;
  int32_t n_updates;
  int32_t n_reductions;
  uint32_t written; /* bit k: vector k */
  /* n_updates updates, then n_reductions reductions; the rest is 0 */
  spc_instruction instructions[SPC_MAX_PROGRAM_UPDATES + SPC_MAX_PROGRAM_REDUCTIONS];
} spc_params_program;

/* Random numbers of a Philox4x32-10 stream (Salmon et al. 2011): out is one vector, element i is
 * made from the counter (low and high word of `block` + i / 2, 0, 0) under the key (low and high
 * word of `key`): of the four words of that block, 0 and 1 make the 64-bit number R (word 1 high)
 * of even i, 2 and 3 that of odd i.
 *   random_uniform: float64 (R >> 11) 2^-53; float32 (R >> 40) 2^-24. No complex dtypes.
 *   random_normal: with u = 1 - (R0 >> 11) 2^-53 and v = (R1 >> 11) 2^-53 of the block, in double:
 *     sqrt(-2 ln u) cos(2 pi v) for even i, sqrt(-2 ln u) sin(2 pi v) for odd i, rounded to the
 *     dtype. Complex: element i takes the whole block `block` + i; real and imaginary part are
 *     sqrt(-ln u) cos(2 pi v) and sqrt(-ln u) sin(2 pi v).
 *   random_choice: int64. Without input: the high 64 bits of the product of R and bound. With
 *     in[0] = cumulative probabilities, float64 [bound], the last one 1: the first k with
 *     (R >> 11) 2^-53 < in[0][k]. */
typedef struct spc_params_random {
  uint32_t struct_size;
  int32_t reserved;
  uint64_t key;
  uint64_t block;
  int64_t bound; /* random_choice */
} spc_params_random;

/* nonzero (data_shape): in = x; sizes[0] = number of non-zeros; out[k] = int64 vector of the
 * positions along axis k, row-major order. No params.
 *
 * matmul: in = a [batch.., m, k], b [batch.., k, n]; out [batch.., m, n]; one rank, batch axes
 * broadcast by stride 0; m, n, k >= 1. bool is OR of ANDs; integers wrap. No params.
 *
 * gemm: in = alpha, A [m, k], x, beta; out y. y = alpha op(A) x + beta y, x and y both vectors or
 * both matrices [len, n]; alpha, beta as in axpby; beta = 0 does not read y.
 *
 * spmm: the same with in = alpha, indptr, indices, data, x, beta: CSR, rows = length of indptr - 1.
 * key: PAIR(dtype of data, index dtype). Entries of a row may be unsorted and repeated. With dots,
 * which go with mode NONE and vectors x and y, the kernel also sums while x and y pass through its
 * hands: out[1] is a vector of as many elements as bits are set, of the dtype of y, which gets, in
 * the order of the bits, sums over x and the new y. Those with x go with square A. */
enum {
  SPC_DOT_XY = 1u << 0, /* sum conj(x) y */
  SPC_DOT_YY = 1u << 1, /* sum |y|^2 */
  SPC_DOT_XX = 1u << 2  /* sum |x|^2 */
};
typedef struct spc_params_linear {
  uint32_t struct_size;
  int32_t mode; /* SPC_MODE_NONE, _TRANSPOSE, _CONJ_TRANS */
  int64_t rows; /* of A */
  int64_t cols;
  uint32_t dots; /* spmm: SPC_DOT_* of what out[1] gets; gemm: 0 */
  uint32_t reserved;
} spc_params_linear;

/* Sparse structure kernels work on CSR; the core passes CSC as the CSR of the transpose. Key of all:
 * PAIR(value dtype, index dtype).
 *   sparsify (data_shape): in = dense x [rows, cols]; sizes[0] = nnz; out = indptr, indices, data.
 *     Keeps entries != 0, NaN included.
 *   densify: in = indptr, indices, data; out dense [rows, cols]; repeated entries are added.
 *   coo_to_csr (data_shape): in = row, col, data; sizes[0] = nnz; out = indptr, indices, data,
 *     columns sorted, repeated entries added (bool: OR; integers wrap).
 *   csr_to_coo: in = indptr, indices, data; out[0] = row of every entry. (indices, data are shared.)
 *   csr_transpose: in = indptr, indices, data; out = indptr, indices, data of the transpose, stable.
 *   csr_diagonal: in = indptr, indices, data; out [min(rows, cols)], repeated entries added.
 *   sparse_check: in = indptr or row, indices or col, data; no output is written (out[0] is a bool
 *     scalar set to true); ValueErr naming the place unless 0 <= index < extent and indptr starts
 *     at 0, never falls, and ends at nnz. */
typedef struct spc_params_sparse {
  uint32_t struct_size;
  int32_t format; /* sparse_check: SPC_CSR or SPC_COO */
  int64_t rows;
  int64_t cols;
} spc_params_sparse;

/* sparse_cholesky, sparse_ldl, sparse_lu, sparse_qr: one shape of plan. Key: PAIR(value dtype, index
 * dtype). in[0..2] = indptr, indices, data of A as CSR; entries of a row may be unsorted and repeated,
 * those are added; no length is 0. Their bytes may change once prepare has returned.
 *   prepare: n_in = 3, n_out = 0; call.plan is NULL, or a plan of the same entry for a matrix of the
 *     same pattern and parameters, whose symbolic analysis the new plan shares; it stays valid for
 *     itself and may be released before the new one. params: rows, cols, ordering, variant and the
 *     tolerances. What is not of the triangle that is read may be anything, its diagonal counts as
 *     real. NaN or an infinity in what is read: LinAlgErr "array has NaN or infinite elements". An
 *     ordering or variant that the family lacks is replaced by one that it has, told by the facts.
 *   fn: always with a plan; the fields of params that prepare has seen are the same.
 *     SPC_REQUEST_SOLVE: in[3] = b, out[0] = x, both [len] or [len, k], of the key's dtype; x = A^-1 b
 *       or op(A)^-1 b by mode; in[3] and out[0] share no memory. sparse_qr: x = A^+ b, for
 *       SPC_MODE_CONJ_TRANS (A^+)^H b, for SPC_MODE_TRANSPOSE (A^+)^T b. A^+ is the pseudo-inverse
 *       of Moore and Penrose; columns that rank_tolerance calls dependent are taken to be so.
 *     SPC_REQUEST_FACTS: out[0] = SPC_FACT_COUNT float64 numbers, NaN where unknown.
 * Errors are LinAlgErr: "matrix is not positive definite: leading minor K of N" (K from 1, in the
 * order of elimination), "singular matrix: pivot K of N" (from 0); of sparse_ldl, which does not pivot,
 * "pivot K of N is 0: singular, or to be factored by lu". */
enum { SPC_REQUEST_SOLVE = 0, SPC_REQUEST_FACTS = 1 };
enum {
  SPC_FACT_LOG_ABS_DET = 0, /* of a square A; -inf: singular */
  SPC_FACT_PHASE_RE = 1,    /* det(A) = phase exp(log_abs_det); 0: singular */
  SPC_FACT_PHASE_IM = 2,
  SPC_FACT_RANK = 3,
  SPC_FACT_POSITIVE = 4, /* eigenvalues of a Hermitian A above 0 */
  SPC_FACT_NEGATIVE = 5, /* below 0 */
  SPC_FACT_ENTRIES = 6,  /* numbers stored in the factors */
  SPC_FACT_ORDERING = 7, /* SPC_ORDERING_* used */
  SPC_FACT_VARIANT = 8,  /* SPC_VARIANT_* used */
  SPC_FACT_COUNT = 9
};
typedef struct spc_params_sparse_factor {
  uint32_t struct_size;
  int32_t request;  /* SPC_REQUEST_SOLVE, SPC_REQUEST_FACTS */
  int32_t mode;     /* SPC_MODE_NONE, _TRANSPOSE, _CONJ_TRANS */
  int32_t ordering; /* SPC_ORDERING_* */
  int32_t variant;  /* SPC_VARIANT_* */
  int32_t reserved;
  int64_t rows; /* of A */
  int64_t cols;
  double pivot_tolerance; /* sparse_lu, see spc_factor_options; negative: the kernel's choice */
  double rank_tolerance;  /* sparse_qr, likewise */
} spc_params_sparse_factor;

/* sparse_ic0, sparse_ilu0: in = indptr, indices, data of a square canonical CSR matrix (columns of a
 * row ascending, none repeated); out = data [nnz] on the same pattern. ic0: L where column <= row, 0
 * elsewhere; the lower triangle is read. ilu0: U where column >= row, else L without its diagonal of
 * ones. LinAlgErr "pivot of row K is ...". params spc_params_sparse.
 * sparse_solve_triangular: in = indptr, indices, data, b; out x, vectors or matrices [n, k]; params
 * spc_params_factor. Reads the entries of one triangle, whatever the others are; columns ascend, none
 * is repeated. unit: the diagonal is not read. */

/* Algebra of CSR matrices, key as above. Rows may be unsorted and have repeated entries, which add
 * up, unless it says canonical: then columns ascend strictly within a row. Entries that come out as
 * zero are kept; the core drops them. Where there may be more entries than an int32 index counts,
 * sizes[0] is the true number also under int32 indices: the core then asks anew with int64 ones.
 *   csr_add (data_shape): in = alpha, indptr, indices, data of A, beta, the same of B, both canonical;
 *     alpha and beta are VALUE scalars; out = indptr, indices, data of alpha A + beta B, canonical,
 *     an entry wherever one of them has one. Factors of 1 and -1 multiply nothing, entries under a
 *     factor of 0 count as 0. params spc_params_sparse_pair.
 *   csr_multiply (data_shape): in = A, B, both canonical; out = indptr, indices, data, canonical, an
 *     entry wherever both have one. params spc_params_sparse_pair.
 *   csr_matmul (data_shape): in = A, B with a_cols = b_rows; out = indptr, indices, data, canonical,
 *     an entry wherever entries meet. bool is OR of ANDs, integers wrap. params
 *     spc_params_sparse_pair.
 *   csr_kron: in = A, B; out = indptr, indices, data: row (i, k) has for every entry of row i of A,
 *     in order, every entry of row k of B. params spc_params_sparse_pair.
 *   csr_rows (data_shape): in = indptr, indices, data, int64 vector of rows, each in range; out =
 *     indptr, indices, data: the entries of the listed rows as they are. params spc_params_sparse.
 *   csr_columns (data_shape): in = indptr, indices, data, int64 vector of columns, each in range,
 *     perhaps repeated; out = indptr, indices, data, canonical. params spc_params_sparse.
 *   csr_sample: in = indptr, indices, data, dense x [rows, cols] with any strides, of the value dtype of
 *     the key, which data need not have; out[0] [nnz] = the element of x at the place of every entry.
 *     params spc_params_sparse.
 *   csr_reduce: in = indptr, indices, data; out [rows]. params spc_params_sparse_part: SUM; MAX or
 *     MIN of all elements, absent ones 0, NaN wins: then without repeated entries.
 *   csr_offset_diagonal: in = indptr, indices, data; out = the elements (i, i + offset), repeated entries
 *     added. params spc_params_sparse_part.
 *   csr_is_canonical: in = indptr, indices, data; out[0] is a bool scalar. params spc_params_sparse.
 *   sparse_eliminate_zeros (data_shape): in = indptr, indices, data; out = indptr, indices, data
 *     without the entries that are zero. params spc_params_sparse. */
typedef struct spc_params_sparse_pair {
  uint32_t struct_size;
  int32_t reserved;
  int64_t a_rows;
  int64_t a_cols;
  int64_t b_rows;
  int64_t b_cols;
} spc_params_sparse_pair;

enum { SPC_SPARSE_SUM = 0, SPC_SPARSE_MAX = 1, SPC_SPARSE_MIN = 2 };
typedef struct spc_params_sparse_part {
  uint32_t struct_size;
  int32_t kind; /* csr_reduce: SPC_SPARSE_* */
  int64_t rows;
  int64_t cols;
  int64_t offset; /* csr_offset_diagonal */
} spc_params_sparse_part;

/* OPAQUE families: new_like: in[0] = template; sets out[0]->data to a new handle of that layout. A
 * template without data asks for the default layout of its shape and dtype: how the first array of
 * a family comes to be. The handles of a COLLECTIVE family are made by all ranks in one order.
 * local_view (data_shape): sizes[0] = number of elements that lie in this process; out[0] is a
 * vector of that length, and fn sets out[0]->data to the first of them, which are adjacent and stay
 * there as long as the handle lives, and out[0]->mem to the memory space of that address (0 on
 * entry).
 * to_host / from_host: in and out are an opaque tensor and a contiguous host tensor of the global
 * shape. fill, copy, axpby, vdot, norm, multiply: as above without strides; results of vdot and norm
 * are host tensors, equal on all ranks. */

/* The two exports, visible also where a plugin is compiled with -fvisibility=hidden. */
#define SPC_PLUGIN_EXPORT __attribute__((visibility("default")))
SPC_PLUGIN_EXPORT extern const spc_plugin_marker spacecore_plugin_v1;
SPC_PLUGIN_EXPORT spc_status register_ops(const spc_host_api *api, spc_host host,
                                          spc_registrar registrar);

#ifdef __cplusplus
}
#endif

#endif /* SPACECORE_PLUGIN_H */

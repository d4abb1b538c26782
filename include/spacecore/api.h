/* SPDX-License-Identifier: Apache-2.0 */
/* Generated from api.def. Do not edit. Contexts, values, arrays, spaces, operators, solvers, files. */
/* clang-format off */
#ifndef SPACECORE_API_H
#define SPACECORE_API_H

#include "spacecore/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- status ---- */

/* *out = 1 if code is parent or a kind of it (AxisErr is a ValueErr and an IndexErr), else 0. */
SPC_EXPORT spc_status spc_status_is_a(spc_status code, spc_status parent, int32_t *out);

/* *out = static name of a status: "ok", "ValueErr", ... */
SPC_EXPORT spc_status spc_status_name(spc_status code, const char **out);

/* Last error of the calling thread; set out->struct_size first. code is 0 if there was none.
 * Successful calls and release functions do not touch it. */
SPC_EXPORT spc_status spc_last_error(spc_error_info *out);

/* *out = text of the last error of the calling thread, "" if none; valid until its next failure. */
SPC_EXPORT spc_status spc_last_error_message(const char **out);

/* Forgets the last error of the calling thread. */
SPC_EXPORT spc_status spc_clear_error(void);

/* Called inside a callback before it returns non-zero: the text that the stopped call will report. */
SPC_EXPORT spc_status spc_callback_error(const char *text);

/* Installs the process-wide warning handler; NULL: warnings are dropped (the default). A non-zero
 * return of the handler turns the warning into an error of the call. */
SPC_EXPORT spc_status spc_set_warning_handler(spc_warning_fn fn, void *user);

/* ---- library ---- */

/* Version of the library; each pointer may be NULL. */
SPC_EXPORT spc_status spc_version(int32_t *major, int32_t *minor, int32_t *patch);

/* Version of the plugin ABI that the library offers; each pointer may be NULL. */
SPC_EXPORT spc_status spc_abi_version(int32_t *major, int32_t *minor);

/* Replaces the allocator of host buffers; both NULL restores the default. Each block is freed by
 * the allocator that made it. ValueErr: one of them NULL. */
SPC_EXPORT spc_status spc_set_allocator(spc_alloc_fn alloc, spc_free_fn free, void *user);

/* Threads used by host kernels, the caller's included; 0: one per CPU. Results do not depend on it.
 * ValueErr: negative. */
SPC_EXPORT spc_status spc_set_num_threads(int32_t n);

/* Installs the function that sees every call with an interposed operand before it runs; NULL
 * removes it. A non-zero return stops the call with CallbackErr. */
SPC_EXPORT spc_status spc_set_interposer(spc_interposer_fn fn, void *user);

/* Waits for all queued work of all families and reports its first error. */
SPC_EXPORT spc_status spc_sync(void);

/* Destroys the released handles of families with collective destruction; to be called by all ranks.
 * destroyed may be NULL. */
SPC_EXPORT spc_status spc_collect(int64_t *destroyed);

/* ---- backend ---- */

/* Loads one plugin file; path must contain a '/'. Nothing changes on failure. PluginErr: not a
 * regular ELF file, missing dependency, version, failed registration; ContextConflict: a family of
 * that name exists. */
SPC_EXPORT spc_status spc_load_plugin(const char *path);

/* Searches a directory for plugins (sorted by name) before the built-in places if the search has
 * not run yet, else at once. A plugin that is refused is a line of the load report, not an error.
 * ValueErr: empty path. */
SPC_EXPORT spc_status spc_add_plugin_directory(const char *path);

/* *out = text with one line for each candidate file tried so far: accepted or refused, path,
 * reason. Valid until the calling thread's next spc_load_report. */
SPC_EXPORT spc_status spc_load_report(const char **out);

/* Number of registered families. */
SPC_EXPORT spc_status spc_backend_count(int64_t *out);

/* Describes family i in registration order; set out->struct_size first. Strings live as long as the
 * process, unavailable excepted: until the thread's next call. IndexErr. */
SPC_EXPORT spc_status spc_backend_describe(int64_t i, spc_backend_info *out);

/* Index of the family of that name or alias, lower-cased. UnknownBackend. */
SPC_EXPORT spc_status spc_backend_find(const char *name, int64_t *out);

/* How family i offers a kernel of op for a dtype: 2 own, 1 inherited, 0 not. An op without kernels
 * (a view) counts as own. IndexErr, ValueErr. */
SPC_EXPORT spc_status spc_backend_supports(int64_t i, uint32_t op, int32_t dtype, int32_t *out);

/* Number of rows of the op table. */
SPC_EXPORT spc_status spc_op_count(int64_t *out);

/* Describes op i in table order; set out->struct_size first. IndexErr. */
SPC_EXPORT spc_status spc_op_describe(int64_t i, spc_op_info *out);

/* Text: the family that runs an op on these operands (NULL items: absent), the dtypes that choose
 * its kernel, every candidate tried in order with what it said, and the kernel taken; for a
 * composition the ops that it is made of. Nothing is computed. *length = bytes needed without the
 * NUL; buffer may be NULL with capacity 0. ValueErr: unknown op, number of operands. */
SPC_EXPORT spc_status spc_explain(const char *op, int64_t n, const spc_value *operands, char
    *buffer, int64_t capacity, int64_t *length);

/* Turns the search of directories off, if it has not run yet: only spc_load_plugin finds families.
 * ValueErr: it has run. */
SPC_EXPORT spc_status spc_disable_plugin_search(void);

/* ---- dtype ---- */

/* *out = static name. TypeErr: not a dtype. */
SPC_EXPORT spc_status spc_dtype_name(int32_t dtype, const char **out);

/* dtype of one of the nine names, or of a token: bool, int (int64), float (float64), complex
 * (complex128). TypeErr. */
SPC_EXPORT spc_status spc_dtype_from_name(const char *name, int32_t *out);

/* Bytes of one element. TypeErr. */
SPC_EXPORT spc_status spc_dtype_size(int32_t dtype, int64_t *out);

/* The dtype that the context's family uses for a request: float64 for SPC_DTYPE_NONE, else dtype
 * itself. ctx NULL: the default context. TypeErr: not a dtype. */
SPC_EXPORT spc_status spc_sanitize_dtype(spc_context ctx, int32_t dtype, int32_t *out);

/* *out = 1 for complex64 and complex128; SPC_DTYPE_NONE gives 0. TypeErr: not a dtype. */
SPC_EXPORT spc_status spc_is_complex_dtype(int32_t dtype, int32_t *out);

/* float32 for complex64, float64 for complex128 and SPC_DTYPE_NONE, every other dtype itself.
 * TypeErr: not a dtype. */
SPC_EXPORT spc_status spc_real_dtype(int32_t dtype, int32_t *out);

/* Distance from 1 to the next number: 2^-23 for float32 and complex64, 2^-52 for float64,
 * complex128 and SPC_DTYPE_NONE. ValueErr: bool or integer dtype; TypeErr: not a dtype. */
SPC_EXPORT spc_status spc_eps(int32_t dtype, double *out);

/* Join of n arrays and weak scalars and of n_dtypes dtypes (NEP 50, closed over the nine).
 * ValueErr: nothing given. */
SPC_EXPORT spc_status spc_result_type(int64_t n, const spc_value *values, int32_t n_dtypes, const
    int32_t *dtypes, int32_t *out);

/* ---- context ---- */

/* A context: family by name or alias, dtype (SPC_DTYPE_NONE: float64), check level. UnknownBackend,
 * BackendUnavailable, TypeErr, ValueErr. */
SPC_EXPORT spc_status spc_context_create(const char *family, int32_t dtype, int32_t check_level,
    spc_context *out);

/* The process default: family cpu (reference if cpu is absent), float64, level none. */
SPC_EXPORT spc_status spc_context_default(spc_context *out);

/* dtype of the default context: float32 for "complex64", float64 for "complex128" (the real one of
 * the pair). ValueErr: another name. */
SPC_EXPORT spc_status spc_set_dtype(const char *name);

/* Adds a reference. */
SPC_EXPORT spc_status spc_context_retain(spc_context ctx);

/* Gives one reference back and sets *ctx to NULL; NULL is accepted. */
SPC_EXPORT spc_status spc_context_release(spc_context *ctx);

/* *out = family name; lives as long as the process. */
SPC_EXPORT spc_status spc_context_family(spc_context ctx, const char **out);

/* dtype of the context. */
SPC_EXPORT spc_status spc_context_dtype(spc_context ctx, int32_t *out);

/* Check level of the context. */
SPC_EXPORT spc_status spc_context_check_level(spc_context ctx, int32_t *out);

/* *out = 1 if family, dtype and check level agree. */
SPC_EXPORT spc_status spc_context_equal(spc_context a, spc_context b, int32_t *out);

/* Deterministic text `Context(ops=..., dtype=..., check_level=...)`; *length = bytes needed without
 * the NUL; buffer may be NULL with capacity 0. */
SPC_EXPORT spc_status spc_context_text(spc_context ctx, char *buffer, int64_t capacity, int64_t
    *length);

/* Fills in the defaults: neither name nor context, nothing given. Set struct_size first. */
SPC_EXPORT spc_status spc_target_init(spc_target *target);

/* The context that a target means: NULL or neither name nor context: the default context itself;
 * context: an equal one; both with UserWarning if dtype or level were given, too. name: that family
 * with dtype (not given: its default) and check_level, or enable_checks with DeprecationWarning,
 * else none. TypeErr: check_level and enable_checks both given; ValueErr: name and context both
 * given, unknown level; UnknownBackend, BackendUnavailable. */
SPC_EXPORT spc_status spc_context_normalize(const spc_target *target, spc_context *out);

/* Context of an array: its own family and dtype, level none. *out = NULL for everything else:
 * lists, scalars, None. */
SPC_EXPORT spc_status spc_context_infer(spc_value x, spc_context *out);

/* Context of a new object. A target that has a name or a context: context_normalize(target). Else,
 * with the target's policy, of the sources, the contexts of objects and raw values: none: the
 * default context. One family (families of one base chain count as one, the most derived wins): it,
 * the join of the dtypes, the least check level of the contexts (of raw arrays, none, only if there
 * is no context). Several families: the default context; ContextConflict (a ValueErr) `Incompatible
 * inferred contexts: ('cpu', 'fakedev')` under resolution policy error. */
SPC_EXPORT spc_status spc_context_resolve(const spc_target *target, int64_t n_contexts, const
    spc_context *contexts, int64_t n_values, const spc_value *values, spc_context *out);

/* Hash of family, dtype and check level: equal contexts have equal ones. */
SPC_EXPORT spc_status spc_context_hash(spc_context ctx, uint64_t *out);

/* *out = 1 unless the check level is none (the legacy enable_checks). */
SPC_EXPORT spc_status spc_context_checks_enabled(spc_context ctx, int32_t *out);

/* Dense arrays as context_asarray, sparse ones as context_assparse in their own format. NotImpl:
 * anything else. Policies are not consulted. */
SPC_EXPORT spc_status spc_context_convert(spc_context ctx, spc_value x, spc_value *out);

/* TypeErr `Expected dense array for cpu, got list` unless x is a dense array of the context's
 * family. */
SPC_EXPORT spc_status spc_context_assert_dense(spc_context ctx, spc_value x);

/* TypeErr `Expected sparse array for cpu, got list` unless x is a sparse array of the context's
 * family; TypeErr `Sparse objects are disallowed by this backend.` where the family has none. */
SPC_EXPORT spc_status spc_context_assert_sparse(spc_context ctx, spc_value x);

/* *out = "none", "cheap", "standard" or "strict". ValueErr. */
SPC_EXPORT spc_status spc_check_level_name(int32_t level, const char **out);

/* ValueErr `Unknown check_level 'fast'. Expected one of: 'none', 'cheap', 'standard', 'strict'.` */
SPC_EXPORT spc_status spc_check_level_from_name(const char *name, int32_t *out);

/* Makes context_normalize(target) the default context of the process, or of the innermost
 * use_backend scope of this thread. NULL, or neither name nor context: nothing happens. An error
 * leaves the default as it was. */
SPC_EXPORT spc_status spc_set_context(const spc_target *target);

/* As set_context with the family of the target, its default dtype and level none. ValueErr: neither
 * name nor context. */
SPC_EXPORT spc_status spc_set_backend(const spc_target *target);

/* *out = family name of the default context (name NULL), or canonical name of a usable family or
 * alias; lives as long as the process. UnknownBackend, BackendUnavailable. */
SPC_EXPORT spc_status spc_get_backend(const char *name, const char **out);

/* Begins a scope of the calling thread in which the family of the target, its default dtype and
 * level none are the default context; scopes nest. *token is for use_backend_end. Nothing changes
 * on failure. */
SPC_EXPORT spc_status spc_use_backend_begin(const spc_target *target, int64_t *token);

/* Ends the scope, and with it what set_context did inside. ValueErr: not the innermost scope of the
 * calling thread. */
SPC_EXPORT spc_status spc_use_backend_end(int64_t token);

/* What a conversion between families does, process-wide: "warning" (the default; also for NULL)
 * sends a UserWarning for each object, "error" is ContextConversion, "silent" nothing. ValueErr
 * `Unknown resolution_policy='foo'. Expected one of: warning, error, silent`. */
SPC_EXPORT spc_status spc_set_resolution_policy(const char *policy);

/* *out = static word. */
SPC_EXPORT spc_status spc_get_resolution_policy(const char **out);

/* dtype of an object that changes family, process-wide: "keep_native" (the default; also for NULL)
 * keeps its own, "convert" takes the target's. ValueErr `Unknown dtype_resolution_policy='foo'.
 * Expected one of: keep_native, convert`. */
SPC_EXPORT spc_status spc_set_dtype_resolution_policy(const char *policy);

/* *out = static word. */
SPC_EXPORT spc_status spc_get_dtype_resolution_policy(const char **out);

/* spc_asarray with the context's dtype. */
SPC_EXPORT spc_status spc_context_asarray(spc_context ctx, spc_value x, spc_array *out);

/* spc_assparse to CSR with the context's dtype. */
SPC_EXPORT spc_status spc_context_assparse(spc_context ctx, spc_value x, spc_array *out);

/* ---- value ---- */

/* An untyped bool: joins weakly, as Python's bool. */
SPC_EXPORT spc_status spc_weak_bool(int32_t value, spc_array *out);

/* An untyped integer. */
SPC_EXPORT spc_status spc_weak_i64(int64_t value, spc_array *out);

/* An untyped float. */
SPC_EXPORT spc_status spc_weak_f64(double value, spc_array *out);

/* An untyped complex number. */
SPC_EXPORT spc_status spc_weak_c128(double re, double im, spc_array *out);

/* The value None. */
SPC_EXPORT spc_status spc_value_none(spc_value *out);

/* A list; holds its own references to the items. ValueErr: nested more than 1000 levels deep. */
SPC_EXPORT spc_status spc_value_list(int64_t n, const spc_value *items, spc_value *out);

/* A tuple; holds its own references to the items. */
SPC_EXPORT spc_status spc_value_tuple(int64_t n, const spc_value *items, spc_value *out);

/* A map; keys are copied, kept in the given order. ValueErr: repeated key. */
SPC_EXPORT spc_status spc_value_map(int64_t n, const char *const *keys, const spc_value *items,
    spc_value *out);

/* SPC_VALUE_*. */
SPC_EXPORT spc_status spc_value_kind(spc_value v, int32_t *out);

/* Number of items of a list, tuple or map; 0 for None. TypeErr: other kinds. */
SPC_EXPORT spc_status spc_value_count(spc_value v, int64_t *out);

/* A new reference to item i. TypeErr, IndexErr. */
SPC_EXPORT spc_status spc_value_item(spc_value v, int64_t i, spc_value *out);

/* Key i of a map; valid while v lives. TypeErr, IndexErr. */
SPC_EXPORT spc_status spc_value_key(spc_value v, int64_t i, const char **out);

/* A new reference to the item of that key. TypeErr, IndexErr. */
SPC_EXPORT spc_status spc_value_get(spc_value v, const char *key, spc_value *out);

/* SPC_WEAK_* of a weak scalar. TypeErr. */
SPC_EXPORT spc_status spc_weak_kind(spc_value v, int32_t *out);

/* ---- array ---- */

/* Adds a reference; any value. */
SPC_EXPORT spc_status spc_array_retain(spc_value a);

/* Gives one reference back and sets *a to NULL; NULL is accepted; any value. */
SPC_EXPORT spc_status spc_array_release(spc_value *a);

/* A new array in the context's memory space with a copy of row-major host data of that dtype
 * (SPC_DTYPE_NONE: the context's). ctx NULL: the default context. data may be NULL if the array has
 * no elements. */
SPC_EXPORT spc_status spc_array_from_host(spc_context ctx, int32_t dtype, int32_t ndim, const
    int64_t *shape, const void *data, spc_array *out);

/* An array over the caller's host memory, without a copy. strides in elements, NULL: row-major.
 * data is the first element and stays valid until deleter(user, data) is called, once, when the
 * last view is gone; deleter NULL: until the array and its views are released. An array whose
 * strides may put one element behind several positions (stride 0 along an axis longer than 1, say)
 * is read-only. On failure the deleter is not called. TypeErr: the family does not use host memory;
 * ValueErr: data NULL, not aligned to the dtype. */
SPC_EXPORT spc_status spc_array_borrow(spc_context ctx, int32_t dtype, int32_t ndim, const int64_t
    *shape, const int64_t *strides, void *data, spc_deleter_fn deleter, void *user, spc_array *out);

/* Copies the elements, row-major, to host memory; any memory space; sparse arrays: use their parts.
 * Waits for queued work and reports its errors. ValueErr: capacity too small. */
SPC_EXPORT spc_status spc_array_to_host(spc_array a, void *out, int64_t capacity_bytes);

/* Address of the first element of a host-accessible array; valid while a lives. Announce writes
 * through it with spc_array_touch. TypeErr: other memory space, opaque, sparse. */
SPC_EXPORT spc_status spc_array_data(spc_array a, void **out);

/* Announces that the bytes of a were written through a borrowed pointer. ValueErr: index arrays of
 * a sparse array. */
SPC_EXPORT spc_status spc_array_touch(spc_array a);

/* Version of the buffer of a: grows with every write that the library knows of. */
SPC_EXPORT spc_status spc_array_version(spc_array a, uint64_t *out);

/* Number of axes. */
SPC_EXPORT spc_status spc_array_ndim(spc_array a, int32_t *out);

/* Writes the ndim lengths. ValueErr: capacity < ndim. */
SPC_EXPORT spc_status spc_array_shape(spc_array a, int64_t *out, int32_t capacity);

/* Writes the ndim strides in elements. ValueErr: capacity < ndim; TypeErr: not strided. */
SPC_EXPORT spc_status spc_array_strides(spc_array a, int64_t *out, int32_t capacity);

/* Number of elements; of a sparse array rows times columns. */
SPC_EXPORT spc_status spc_array_size(spc_array a, int64_t *out);

/* dtype; SPC_BOOL, SPC_INT64, SPC_FLOAT64 or SPC_COMPLEX128 for a weak scalar. */
SPC_EXPORT spc_status spc_array_dtype(spc_array a, int32_t *out);

/* *out = family name, "" for a weak scalar; lives as long as the process. */
SPC_EXPORT spc_status spc_array_family(spc_array a, const char **out);

/* *out = memory space name; lives as long as the process. */
SPC_EXPORT spc_status spc_array_memory_space(spc_array a, const char **out);

/* *out = 1 if a and b share one buffer. */
SPC_EXPORT spc_status spc_array_is_view_of(spc_array a, spc_array b, int32_t *out);

/* *out = 0 for broadcast and other read-only views. */
SPC_EXPORT spc_status spc_array_is_writable(spc_array a, int32_t *out);

/* out[...] = x: x is broadcast and cast (never complex to real) into the existing array. ValueErr,
 * TypeErr. */
SPC_EXPORT spc_status spc_array_set(spc_array out, spc_array x);

/* A new handle to the same elements whose calls go to the interposer (on = 1) or not (0); results
 * of interposed calls are not interposed. */
SPC_EXPORT spc_status spc_array_interpose(spc_array a, int32_t on, spc_array *out);

/* As spc_asarray, but always a copy (numpy.array). */
SPC_EXPORT spc_status spc_array_from_value(spc_context ctx, spc_value x, int32_t dtype, spc_array
    *out);

/* *out = 1 if x is a dense array of the context's family; 0 for every other value, NULL included.
 * ctx NULL: the default context. */
SPC_EXPORT spc_status spc_is_dense(spc_context ctx, spc_value x, int32_t *out);

/* *out = 1 if x is a sparse array of the context's family, else 0, as spc_is_dense. */
SPC_EXPORT spc_status spc_is_sparse(spc_context ctx, spc_value x, int32_t *out);

/* *out = 1 if x is a dense or sparse array of the context's family, else 0, as spc_is_dense. */
SPC_EXPORT spc_status spc_is_array(spc_context ctx, spc_value x, int32_t *out);

/* dtype of a dense or sparse array of the context's family (NULL: of the array's own). TypeErr
 * `get_dtype: Expected cpu array, got list.` for anything else. */
SPC_EXPORT spc_status spc_get_dtype(spc_context ctx, spc_value x, int32_t *out);

/* A dense or sparse array in the target's context: the same array if nothing changes, another tag
 * between compatible families, else through host memory. Weak scalars are returned as they are.
 * TypeErr: complex elements, non-complex dtype; NotImpl: lists, maps, None. */
SPC_EXPORT spc_status spc_array_convert(spc_array x, const spc_target *target, spc_array *out);

/* An array over the memory of a DLManagedTensor (versioned = 0) or DLManagedTensorVersioned 1.x (1)
 * of host memory, not copied; its deleter is called once, when the last view is gone, and never on
 * failure. Read-only as the tensor says. ctx NULL: the default context. TypeErr: device, dtype
 * outside the nine, lanes, the context's family does not use host memory; ValueErr: major version,
 * shape, data not aligned to the dtype. */
SPC_EXPORT spc_status spc_array_from_dlpack(spc_context ctx, void *managed, int32_t versioned,
    spc_array *out);

/* A new DLManagedTensor (versioned = 0) or DLManagedTensorVersioned 1.x (1) over the elements of a
 * dense host array, which lives until its deleter is called. TypeErr: sparse, opaque, other memory
 * space, weak scalar; ValueErr: read-only array with versioned = 0, which could not say so. */
SPC_EXPORT spc_status spc_array_to_dlpack(spc_array a, int32_t versioned, void **out);

/* ---- sparse ---- */

/* A sparse array over existing arrays, not copied: CSR (indptr, indices, data), CSC (indptr,
 * indices, data by column), COO (row, col, data). Index arrays are contiguous 1-d int32 or int64,
 * both of one dtype, validated once; from then on every array over their buffers is read-only.
 * ValueErr: lengths, index out of range, indptr not rising; TypeErr: dtypes, families. */
SPC_EXPORT spc_status spc_sparse_create(int32_t format, int64_t rows, int64_t cols, spc_array first,
    spc_array second, spc_array data, spc_array *out);

/* SPC_CSR, SPC_CSC or SPC_COO. TypeErr: not sparse. */
SPC_EXPORT spc_status spc_sparse_format(spc_array a, int32_t *out);

/* Number of stored entries. TypeErr: not sparse. */
SPC_EXPORT spc_status spc_sparse_nnz(spc_array a, int64_t *out);

/* New references to the three arrays; each pointer may be NULL. TypeErr: not sparse. */
SPC_EXPORT spc_status spc_sparse_parts(spc_array a, spc_array *first, spc_array *second, spc_array
    *data);

/* The transpose without a copy: CSR and CSC change places, COO swaps row and col. TypeErr: not
 * sparse. */
SPC_EXPORT spc_status spc_sparse_transpose(spc_array a, spc_array *out);

/* Main diagonal as a dense vector, repeated entries added. TypeErr: not sparse. */
SPC_EXPORT spc_status spc_sparse_diagonal(spc_array a, spc_array *out);

/* ---- space ---- */

/* <x, y> = sum conj(x_i) y_i. */
SPC_EXPORT spc_status spc_geometry_euclidean(spc_geometry *out);

/* <x, y> = sum conj(x_i) w_i y_i. weights: real, finite, > 0, of the exact shape and (real or
 * complex) dtype of the space it is used for; validated there. Keeps a copy: later writes to
 * weights change nothing. */
SPC_EXPORT spc_status spc_geometry_weighted(spc_array weights, spc_geometry *out);

/* Adds a reference. */
SPC_EXPORT spc_status spc_geometry_retain(spc_geometry g);

/* Gives one reference back and sets *g to NULL; NULL is accepted. */
SPC_EXPORT spc_status spc_geometry_release(spc_geometry *g);

/* *out = 1 for the Euclidean geometry. */
SPC_EXPORT spc_status spc_geometry_is_euclidean(spc_geometry g, int32_t *out);

/* DenseCoordinateSpace: arrays of that shape and the context's dtype. ctx NULL: the default
 * context; geometry NULL: Euclidean. ValueErr: negative length, weights of another shape, not
 * finite or not positive; TypeErr: weights of another family or dtype. */
SPC_EXPORT spc_status spc_space_dense(spc_context ctx, int32_t ndim, const int64_t *shape,
    spc_geometry geometry, spc_space *out);

/* DenseCoordinateSpace whose elements have the shape and the storage layout of a prototype; the way
 * to spaces of OPAQUE elements. TypeErr: family or dtype differ from the context's. */
SPC_EXPORT spc_status spc_space_like(spc_context ctx, spc_element prototype, spc_geometry geometry,
    spc_space *out);

/* Adds a reference. */
SPC_EXPORT spc_status spc_space_retain(spc_space s);

/* Gives one reference back and sets *s to NULL; NULL is accepted. */
SPC_EXPORT spc_status spc_space_release(spc_space *s);

/* A new reference to the space's context. */
SPC_EXPORT spc_status spc_space_context(spc_space s, spc_context *out);

/* A new reference to the space's geometry. */
SPC_EXPORT spc_status spc_space_geometry(spc_space s, spc_geometry *out);

/* Number of axes of an element. */
SPC_EXPORT spc_status spc_space_ndim(spc_space s, int32_t *out);

/* Shape of an element. ValueErr: capacity < ndim. */
SPC_EXPORT spc_status spc_space_shape(spc_space s, int64_t *out, int32_t capacity);

/* Number of coordinates of an element. */
SPC_EXPORT spc_status spc_space_size(spc_space s, int64_t *out);

/* *out = 1 if class, family, dtype, shape and geometry (exact weights) agree; the check level is
 * ignored. */
SPC_EXPORT spc_status spc_space_equal(spc_space a, spc_space b, int32_t *out);

/* Runs the membership checks of the space's level. SpaceValidation with the first that fails. */
SPC_EXPORT spc_status spc_space_check_member(spc_space s, spc_element x);

/* The geometry with its arrays in the target's context; Euclidean geometry is itself. TypeErr:
 * complex weights, real dtype. */
SPC_EXPORT spc_status spc_geometry_convert(spc_geometry g, const spc_target *target, spc_geometry
    *out);

/* The space in another context, by the rules of the policies (given in the target, or the
 * process's); the same space if that changes nothing. ContextConversion under policy error;
 * TypeErr: dtype, complex weights. */
SPC_EXPORT spc_status spc_space_convert(spc_space s, const spc_target *target, spc_space *out);

/* The zero element. */
SPC_EXPORT spc_status spc_space_zeros(spc_space s, spc_element *out);

/* x + y. */
SPC_EXPORT spc_status spc_space_add(spc_space s, spc_element x, spc_element y, spc_element *out);

/* a x; a is a weak scalar or a 0-d array. */
SPC_EXPORT spc_status spc_space_scale(spc_space s, spc_array a, spc_element x, spc_element *out);

/* a x + y. */
SPC_EXPORT spc_status spc_space_axpy(spc_space s, spc_array a, spc_element x, spc_element y,
    spc_element *out);

/* <x, y> of the declared geometry, conjugate-linear in x; a 0-d array of the space's dtype. */
SPC_EXPORT spc_status spc_space_inner(spc_space s, spc_element x, spc_element y, spc_array *out);

/* sqrt(Re <x, x>); a 0-d array of the real dtype. */
SPC_EXPORT spc_status spc_space_norm(spc_space s, spc_element x, spc_array *out);

/* R x with <x, y> = vdot(x, R y). The same element for Euclidean geometry. */
SPC_EXPORT spc_status spc_space_riesz(spc_space s, spc_element x, spc_element *out);

/* R^-1 x. */
SPC_EXPORT spc_status spc_space_riesz_inverse(spc_space s, spc_element x, spc_element *out);

/* Coordinates, (size,), row-major. */
SPC_EXPORT spc_status spc_space_flatten(spc_space s, spc_element x, spc_array *out);

/* The element with coordinates v. TypeErr: v is not dense; ValueErr: size differs. */
SPC_EXPORT spc_status spc_space_unflatten(spc_space s, spc_array v, spc_element *out);

/* ---- linop ---- */

/* DenseLinOp: A has shape codomain.shape + domain.shape, kept without a copy. codomain NULL: the
 * dense space of the leading shape of A. TypeErr: A not dense, of another family or shape. */
SPC_EXPORT spc_status spc_linop_dense(spc_array A, spc_space domain, spc_space codomain, spc_linop
    *out);

/* SparseLinOp: A is sparse of shape (codomain.size, domain.size), kept without a copy. TypeErr: A
 * not sparse, of another family or shape. */
SPC_EXPORT spc_status spc_linop_sparse(spc_array A, spc_space domain, spc_space codomain, spc_linop
    *out);

/* DiagonalLinOp x -> d x. space NULL: the dense space of d's shape. TypeErr: d not dense, of
 * another family or shape. */
SPC_EXPORT spc_status spc_linop_diagonal(spc_array d, spc_space space, spc_linop *out);

/* MatrixFreeLinOp: apply maps domain to codomain; rapply is its true metric adjoint. At level
 * strict <A x, y> = <x, A# y> is tested with the all-ones pair and 3 seeded random ones. TypeErr: a
 * callback is NULL; ValueErr: the adjoint test fails. */
SPC_EXPORT spc_status spc_linop_matrix_free(spc_apply_fn apply, spc_apply_fn rapply, void *user,
    spc_space domain, spc_space codomain, spc_linop *out);

/* x -> x, the same element. */
SPC_EXPORT spc_status spc_linop_identity(spc_space space, spc_linop *out);

/* x -> 0. */
SPC_EXPORT spc_status spc_linop_zero(spc_space domain, spc_space codomain, spc_linop *out);

/* s A; s is a weak scalar or a 0-d array. TypeErr: s is not scalar-like. */
SPC_EXPORT spc_status spc_linop_scaled(spc_array s, spc_linop A, spc_linop *out);

/* A_1 + ... + A_n. ValueErr: n = 0, contexts or spaces differ. */
SPC_EXPORT spc_status spc_linop_sum(int64_t n, const spc_linop *ops, spc_linop *out);

/* left right. ValueErr: right.codomain is not left.domain, contexts differ. */
SPC_EXPORT spc_status spc_linop_composed(spc_linop left, spc_linop right, spc_linop *out);

/* The metric adjoint A# = R_X^-1 A^H R_Y as a view; the adjoint of the adjoint is A itself. */
SPC_EXPORT spc_status spc_linop_adjoint(spc_linop A, spc_linop *out);

/* Adds a reference. */
SPC_EXPORT spc_status spc_linop_retain(spc_linop A);

/* Gives one reference back and sets *A to NULL; NULL is accepted. */
SPC_EXPORT spc_status spc_linop_release(spc_linop *A);

/* A new reference to the domain. */
SPC_EXPORT spc_status spc_linop_domain(spc_linop A, spc_space *out);

/* A new reference to the codomain. */
SPC_EXPORT spc_status spc_linop_codomain(spc_linop A, spc_space *out);

/* A new reference to the operator's context. */
SPC_EXPORT spc_status spc_linop_context(spc_linop A, spc_context *out);

/* The operator in another context with its spaces, arrays and operands, as space_convert; functions
 * of matrix-free operators are kept and must work there. The same operator if that changes nothing.
 * ContextConversion; TypeErr: complex elements, real dtype. */
SPC_EXPORT spc_status spc_linop_convert(spc_linop A, const spc_target *target, spc_linop *out);

/* Text: which kernels of which family an application of A in that mode runs and why; buffer as in
 * explain. ValueErr: mode. */
SPC_EXPORT spc_status spc_linop_explain(spc_linop A, int32_t mode, char *buffer, int64_t capacity,
    int64_t *length);

/* *out = static class name: "DenseLinOp", ... */
SPC_EXPORT spc_status spc_linop_kind(spc_linop A, const char **out);

/* *out = 1 if both handles mean the same operator object. */
SPC_EXPORT spc_status spc_linop_same(spc_linop A, spc_linop B, int32_t *out);

/* SPC_TRUE, SPC_FALSE or SPC_UNKNOWN: self-adjoint in the declared geometry, by structure; never
 * applies the operator. */
SPC_EXPORT spc_status spc_linop_is_hermitian(spc_linop A, int32_t *out);

/* A x. SpaceValidation at level cheap and above; CallbackErr. */
SPC_EXPORT spc_status spc_linop_apply(spc_linop A, spc_element x, spc_element *out);

/* A# y, the metric adjoint. SpaceValidation at level cheap and above; CallbackErr. */
SPC_EXPORT spc_status spc_linop_rapply(spc_linop A, spc_element y, spc_element *out);

/* y = alpha op(A) x + beta y in place, op by mode (SPC_MODE_*). alpha NULL: 1; beta NULL: 0; beta =
 * 0 does not read y. y has the exact shape and dtype of its space; x and y may overlap. No
 * allocation for dense, sparse and diagonal operators. ValueErr, TypeErr, SpaceValidation,
 * CallbackErr; NotImpl: transpose modes of matrix-free operators. */
SPC_EXPORT spc_status spc_linop_apply_into(spc_array alpha, spc_linop A, spc_element x, spc_array
    beta, spc_element y, int32_t mode);

/* ---- flow ---- */

/* v = init; for i in [lower, upper): v = body(i, v); *out = v. i is a weak integer. upper <= lower
 * gives init. CallbackErr. */
SPC_EXPORT spc_status spc_fori_loop(int64_t lower, int64_t upper, spc_function_fn body, void *user,
    spc_value init, spc_value *out);

/* v = init; while cond(v): v = body(v); *out = v. cond gives a scalar or an array of one element.
 * ValueErr: an array of another size; CallbackErr. */
SPC_EXPORT spc_status spc_while_loop(spc_function_fn cond, void *cond_user, spc_function_fn body,
    void *body_user, spc_value init, spc_value *out);

/* c = init; for each slice x of the leading axis of every leaf of xs: (c, y) = f(c, x), a tuple of
 * two; *carry = c, *ys = the y stacked leaf by leaf on a new axis 0. xs NULL or None: x is None,
 * length is needed; length SPC_NONE_I64: the leading extent. reverse: from last to first, ys keep
 * the order of xs. No step gives an empty tuple. ValueErr ``scan(xs=None) requires an explicit
 * `length`.``, extents differ from each other or from length; CallbackErr. */
SPC_EXPORT spc_status spc_scan(spc_function_fn f, void *user, spc_value init, spc_value xs, int64_t
    length, int32_t reverse, spc_value *carry, spc_value *ys);

/* true_fun(operands...) if pred is true, else false_fun(operands...). pred is a scalar or an array
 * of one element. ValueErr: an array of another size; CallbackErr. */
SPC_EXPORT spc_status spc_cond(spc_value pred, spc_function_fn true_fun, void *true_user,
    spc_function_fn false_fun, void *false_user, int32_t n_operands, const spc_value *operands,
    spc_value *out);

/* Calls f once for each position along the mapped axis of the arguments and stacks the results leaf
 * by leaf at out_axes. in_axes: NULL: axis 0 of all; an integer or None (passed whole) for all; or
 * a tuple or list with an entry for each argument, itself a sequence for the members of a tuple.
 * out_axes: NULL: 0; an integer, None (result of call 0), or a sequence for the members of a tuple
 * result. Nothing mapped: f is called once. ValueErr: lengths differ, `vmap over an axis of length
 * 0`, number of entries, shapes of results differ; AxisErr; CallbackErr. */
SPC_EXPORT spc_status spc_vmap(spc_function_fn f, void *user, int32_t n_args, const spc_value *args,
    spc_value in_axes, spc_value out_axes, spc_value *out);

/* Broadcasts the arguments that are not excluded, calls f on 0-d elements in row-major order and
 * gives the results the broadcast shape; dtype: join over all results; a tuple result gives a tuple
 * of arrays. All excluded: asarray(f(args)). signature: NULL; anything else is NotImpl. ValueErr:
 * shapes do not broadcast, no elements; IndexErr: excluded position; CallbackErr. */
SPC_EXPORT spc_status spc_vectorize(spc_function_fn f, void *user, int32_t n_args, const spc_value
    *args, int32_t n_excluded, const int32_t *excluded, const char *signature, spc_value *out);

/* policy "auto": vmap over axis 0 of every argument, and if that fails f(args) once; a list as
 * first argument gives the list of f over its items, later arguments passed whole; "force": vmap,
 * whose failure is the result; "off": f(args). ValueErr: another policy; CallbackErr. */
SPC_EXPORT spc_status spc_vectorize_or_fallback(spc_function_fn f, void *user, const char *policy,
    int32_t n_args, const spc_value *args, spc_value *out);

/* *out = 1 if f(args) neither fails nor warns of aliasing, of a required clone or of in-place work;
 * f is called once. */
SPC_EXPORT spc_status spc_safe_for_vectorization(spc_function_fn f, void *user, int32_t n_args,
    const spc_value *args, int32_t *out);

/* ---- autodiff ---- */

/* A new reference to x; families without tracking ignore the mark. */
SPC_EXPORT spc_status spc_requires_grad(spc_array x, int32_t flag, spc_array *out);

/* x without gradient tracking: the same elements, may alias. */
SPC_EXPORT spc_status spc_detach(spc_array x, spc_array *out);

/* *value = f(args), real with one element; *grad = central differences with respect to the
 * arguments argnums (negative ones count from the end; NULL: the first), float64, of the argument's
 * shape; a tuple where several are asked. Steps: 1e-6, or 4.9e-3 where f gives float32. TypeErr:
 * complex argument, f gives no real scalar; IndexErr: argnums; CallbackErr. */
SPC_EXPORT spc_status spc_value_and_grad(spc_function_fn f, void *user, int32_t n_args, const
    spc_value *args, int32_t n_argnums, const int32_t *argnums, spc_array *value, spc_value *grad);

/* Jacobian by central differences, float64, of shape f(args).shape + args[argnum].shape. Steps:
 * 1e-7, or 4.9e-3 where f gives float32. TypeErr: complex argument or result; IndexErr: argnum;
 * CallbackErr. */
SPC_EXPORT spc_status spc_jacfwd(spc_function_fn f, void *user, int32_t n_args, const spc_value
    *args, int32_t argnum, spc_array *out);

/* Second derivatives of a real scalar f by differences, float64, of the argument's shape twice.
 * Steps: 1e-5, or 1.9e-2 where f gives float32. TypeErr, IndexErr, CallbackErr as value_and_grad. */
SPC_EXPORT spc_status spc_hessian(spc_function_fn f, void *user, int32_t n_args, const spc_value
    *args, int32_t argnum, spc_array *out);

/* ---- random ---- */

/* A generator; equal seeds give equal numbers. SPC_NONE_I64: seeded by the system. ValueErr:
 * negative seed. */
SPC_EXPORT spc_status spc_rng_create(int64_t seed, spc_rng *out);

/* Adds a reference. */
SPC_EXPORT spc_status spc_rng_retain(spc_rng rng);

/* Gives one reference back and sets *rng to NULL; NULL is accepted. */
SPC_EXPORT spc_status spc_rng_release(spc_rng *rng);

/* Uniform numbers in [0, 1); dtype float32 or float64 (SPC_DTYPE_NONE). ctx NULL: the default
 * context. TypeErr: another dtype; ValueErr: negative length. */
SPC_EXPORT spc_status spc_rng_uniform(spc_rng rng, spc_context ctx, int32_t ndim, const int64_t
    *shape, int32_t dtype, spc_array *out);

/* Standard normal numbers; dtype SPC_DTYPE_NONE: float64. Complex: real and imaginary part are
 * independent with variance 1/2. TypeErr: bool or integer dtype; ValueErr: negative length. */
SPC_EXPORT spc_status spc_rng_normal(spc_rng rng, spc_context ctx, int32_t ndim, const int64_t
    *shape, int32_t dtype, spc_array *out);

/* size positions from [0, a), int64, drawn with replacement; p (a,) are their probabilities, NULL:
 * uniform. ValueErr: a < 1 with size > 0, size < 0, length of p is not a, negative p, sum of p not
 * 1 within 1.5e-8. */
SPC_EXPORT spc_status spc_rng_choice(spc_rng rng, spc_context ctx, int64_t a, int64_t size,
    spc_array p, spc_array *out);

/* ---- memory ---- */

/* Free memory where the context's arrays lie, in bytes; -1: unknown. ctx NULL: the default context. */
SPC_EXPORT spc_status spc_free_memory_bytes(spc_context ctx, int64_t *out);

/* ---- solver ---- */

/* Fills in the defaults: space norm, baseline ||b||, sum, rtol 1e-6, atol 0, maxiter max(1000, 10
 * n), check_every 1. Set struct_size first. */
SPC_EXPORT spc_status spc_solve_options_init(spc_solve_options *options);

/* Conjugate gradients for self-adjoint positive A: X -> X in the geometry of X. x0 NULL: zero;
 * options NULL: defaults. Not converging is no error: see result->reason. Stops when norm_X(r) <=
 * atol + rtol norm_X(b). *x is a new element, set also when not converged. ValueErr: not square,
 * provably not self-adjoint, bad option; SpaceValidation; CallbackErr. */
SPC_EXPORT spc_status spc_cg(spc_linop A, spc_element b, spc_element x0, const spc_solve_options
    *options, spc_element *x, spc_solve_result *result);

/* *out = static word: "RTOL", "MAXITER", ... ValueErr. */
SPC_EXPORT spc_status spc_reason_name(int32_t reason, const char **out);

/* ---- file ---- */

/* Reads banner and size line of a Matrix Market file; set out->struct_size first. FileErr. */
SPC_EXPORT spc_status spc_mm_info(const char *path, spc_mm_header *out);

/* Reads a Matrix Market file into the context's family; ctx NULL: the default context. format NULL:
 * CSR for coordinate files, dense (rows, cols) for array files; or "csr", "csc", "coo", "dense".
 * dtype SPC_DTYPE_NONE: complex128 for field complex, else float64; another one is reached by
 * astype, from int64 for field integer. Symmetric kinds are expanded, repeated entries added,
 * pattern entries are 1, rows and columns sorted. FileErr `path:line: reason`; ValueErr: unknown
 * format; TypeErr: complex file, non-complex dtype. */
SPC_EXPORT spc_status spc_mm_read(const char *path, spc_context ctx, const char *format, int32_t
    dtype, spc_array *out);

/* Writes a sparse array in coordinate format, a dense one in array format: (m, n), (m,) as m by 1,
 * () as 1 by 1; 17 significant digits; bool and integers as field integer. symmetry SPC_MM_*: other
 * than general, the lower triangle is written and a must be exactly of that kind. comment NULL:
 * none. The file is written beside its name and renamed, so a failure leaves what was there.
 * FileErr; ValueErr: rank above 2, not of that symmetry; TypeErr: not an array. */
SPC_EXPORT spc_status spc_mm_write(const char *path, spc_array a, int32_t symmetry, const char
    *comment);

#ifdef __cplusplus
}
#endif

#endif /* SPACECORE_API_H */

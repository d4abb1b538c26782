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

/* Destroys the released handles of families with collective destruction, in the order in which
 * their elements were made; to be called by all ranks, which destroy the same ones: those that
 * every rank has released. Handles are destroyed here and nowhere else. destroyed may be NULL.
 * PluginErr and others: what the family said when the ranks did not agree; nothing is destroyed
 * then. */
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

/* Number of families: the registered ones and those that manifests name. Indices do not change. */
SPC_EXPORT spc_status spc_backend_count(int64_t *out);

/* Describes family i, opening its file if need be; set out->struct_size first. Strings live as long
 * as the process, unavailable excepted: until the thread's next call. IndexErr. */
SPC_EXPORT spc_status spc_backend_describe(int64_t i, spc_backend_info *out);

/* Index of the family of that name or alias, lower-cased. UnknownBackend, BackendUnavailable. */
SPC_EXPORT spc_status spc_backend_find(const char *name, int64_t *out);

/* How family i offers a kernel of op for a dtype: 2 own, 1 inherited, 0 not. An op without kernels
 * (a view) counts as own. IndexErr, ValueErr, BackendUnavailable. */
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

/* A tuple (SPC_VALUE_TUPLE) of a type: name and fields, copied, tell its structure from that of
 * other tuples. ValueErr: a name or field that is no identifier, a repeated field. */
SPC_EXPORT spc_status spc_value_named_tuple(const char *name, int64_t n, const char *const *fields,
    const spc_value *items, spc_value *out);

/* *out = name of a named tuple, "" of every other value; valid while v lives. */
SPC_EXPORT spc_status spc_value_type_name(spc_value v, const char **out);

/* SPC_VALUE_*. */
SPC_EXPORT spc_status spc_value_kind(spc_value v, int32_t *out);

/* Number of items of a list, tuple or map; 0 for None. TypeErr: other kinds. */
SPC_EXPORT spc_status spc_value_count(spc_value v, int64_t *out);

/* A new reference to item i. TypeErr, IndexErr. */
SPC_EXPORT spc_status spc_value_item(spc_value v, int64_t i, spc_value *out);

/* Key i of a map, field i of a named tuple; valid while v lives. TypeErr, IndexErr. */
SPC_EXPORT spc_status spc_value_key(spc_value v, int64_t i, const char **out);

/* A new reference to the item of that key or field. TypeErr, IndexErr. */
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

/* *out = the elements of an opaque array that lie in this process, without a copy: a vector of the
 * host default family, or where they lie in other memory of the default context's family. It keeps
 * a alive; announce writes through it with spc_array_touch(a). A strided array lies in this process
 * as a whole: *out = a itself. TypeErr: not a dense array; NotImpl: the family has no kernel
 * local_view, the default context's family does not work in that memory. */
SPC_EXPORT spc_status spc_array_local_view(spc_array a, spc_array *out);

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
 * ValueErr: lengths, indices, indptr not rising; OverflowErr: 2^62 rows; TypeErr: dtypes, families. */
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

/* The elements (i, i + offset) as a dense vector, of length 0 beyond the corners; repeated entries
 * added. TypeErr: not sparse. */
SPC_EXPORT spc_status spc_sparse_offset_diagonal(spc_array a, int64_t offset, spc_array *out);

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

/* <x, y> = vdot(x, G y) in coordinates: R = G, a dense or sparse (n, n) matrix, Hermitian and
 * positive definite, of the family and dtype of the spaces it is used for; R^-1 by its Cholesky
 * factor, of a sparse one a sparse factor, made once. Keeps a copy. Validated by the space:
 * TypeErr: family, dtype; ValueErr: shape, not Hermitian, not finite; LinAlgErr: not positive
 * definite. */
SPC_EXPORT spc_status spc_geometry_gram(spc_array G, spc_geometry *out);

/* <x, y> = vdot(x, R y) for R: E -> E self-adjoint and positive on a Euclidean space E of the same
 * shape. R_inverse NULL: by structure, or by a Cholesky factorization where R is made of stored
 * arrays and has up to 2000 coordinates, else by cg to the relative residual rtol (<= 0: 1e-12;
 * 1e-6 for 32-bit dtypes). ValueErr: not square, not Euclidean, provably not self-adjoint;
 * LinAlgErr: structure or the factorization shows that R is not positive; RuntimeErr of
 * riesz_inverse: cg did not converge. */
SPC_EXPORT spc_status spc_geometry_operator(spc_linop R, spc_linop R_inverse, double rtol,
    spc_geometry *out);

/* A geometry of the program: <x, y> = vdot(x, riesz(y)), inner computes it (NULL: by riesz). The
 * maps are linear, inverse to each other, and keep leading axes of a batch. Equal to a geometry of
 * the same functions and user. TypeErr: riesz or riesz_inverse NULL. */
SPC_EXPORT spc_status spc_geometry_custom(spc_scalar_fn inner, spc_apply_fn riesz, spc_apply_fn
    riesz_inverse, void *user, spc_geometry *out);

/* Gives the user argument of a custom geometry's functions away, as linop_own_user. */
SPC_EXPORT spc_status spc_geometry_own_user(spc_geometry g, spc_destroy_fn destroy);

/* *out = 1 if class and values agree exactly. */
SPC_EXPORT spc_status spc_geometry_equal(spc_geometry a, spc_geometry b, int32_t *out);

/* *out = static class name: "EuclideanInnerProduct", "WeightedInnerProduct", ... */
SPC_EXPORT spc_status spc_geometry_kind(spc_geometry g, const char **out);

/* DenseVectorSpace: vectors (n,), with star(x) = conj(x). NULL as space_dense. ValueErr, TypeErr as
 * space_dense. */
SPC_EXPORT spc_status spc_space_vector(spc_context ctx, int64_t n, spc_geometry geometry, spc_space
    *out);

/* ElementwiseJordanSpace: arrays with the product x y entry by entry;
 * EuclideanElementwiseJordanSpace where the context is real and the geometry Euclidean. Errors as
 * space_dense. */
SPC_EXPORT spc_status spc_space_elementwise(spc_context ctx, int32_t ndim, const int64_t *shape,
    spc_geometry geometry, spc_space *out);

/* EuclideanElementwiseJordanSpace. ValueErr: `EuclideanElementwiseJordanSpace requires a real
 * scalar field.`; TypeErr: another geometry than the Euclidean. */
SPC_EXPORT spc_status spc_space_euclidean_elementwise(spc_context ctx, int32_t ndim, const int64_t
    *shape, spc_geometry geometry, spc_space *out);

/* HermitianSpace: n x n matrices X = X^H with <X, Y> = vdot(X, Y). Members at level standard and
 * above: |x_ij - conj(x_ji)| <= atol + rtol |x_ji| (0, 0: exactly); enforce 0: not tested. ValueErr
 * `n must be positive.`, negative tolerance. */
SPC_EXPORT spc_status spc_space_hermitian(spc_context ctx, int64_t n, double atol, double rtol,
    int32_t enforce, spc_space *out);

/* StackedSpace: count elements of base along a leading axis, one element; base a StackedSpace of k:
 * k count copies of its base; base a TreeSpace: the tree of stacked leaves. ValueErr: negative
 * count; TypeErr: base has no coordinates. */
SPC_EXPORT spc_status spc_space_stacked(spc_space base, int64_t count, spc_space *out);

/* TreeSpace: the direct product of n leaf spaces, its elements trees. structure: text with `*` for
 * a leaf, `[a, b]` lists, `(a, b)` tuples, `{key: a, 'other key': b}` maps, `Name(field: a)` named
 * tuples, `null` for an empty node; NULL: a flat tuple. Leaves come depth first, keys of maps
 * sorted. A leaf that is a TreeSpace is spliced in. ctx NULL: resolved from the leaves (join of
 * dtypes, least level); a leaf keeps its own dtype where that of the context holds it. ValueErr: no
 * leaf, number of leaves, text (with the position); TypeErr: a leaf without coordinates. */
SPC_EXPORT spc_status spc_space_tree(const char *structure, int64_t n, const spc_space *leaves,
    spc_context ctx, spc_space *out);

/* space_tree with the structure of a value: what is no list, tuple, map or None is a leaf. */
SPC_EXPORT spc_status spc_space_tree_like(spc_value structure, int64_t n, const spc_space *leaves,
    spc_context ctx, spc_space *out);

/* *out = static class name: "DenseCoordinateSpace", ... */
SPC_EXPORT spc_status spc_space_kind(spc_space s, const char **out);

/* *out = 1 if the space has a capability (SPC_CAN_*). ValueErr: no capability. */
SPC_EXPORT spc_status spc_space_has(spc_space s, int32_t capability, int32_t *out);

/* *out = 1 over the complex field. */
SPC_EXPORT spc_status spc_space_is_complex(spc_space s, int32_t *out);

/* *out = 1 if the Riesz map is the identity. */
SPC_EXPORT spc_status spc_space_is_euclidean(spc_space s, int32_t *out);

/* Hash of class, family, dtype, shape and structure: equal spaces have equal ones. Weights,
 * tolerances and level are left out. */
SPC_EXPORT spc_status spc_space_hash(spc_space s, uint64_t *out);

/* Deterministic text for people; buffer as in context_text. */
SPC_EXPORT spc_status spc_space_text(spc_space s, char *buffer, int64_t capacity, int64_t *length);

/* As space_check_member for a batch: leading axes are free, and the same on every leaf.
 * SpaceValidation. */
SPC_EXPORT spc_status spc_space_check_batch(spc_space s, spc_element xs);

/* The element whose coordinates are all 1. */
SPC_EXPORT spc_status spc_space_ones(spc_space s, spc_element *out);

/* Number of leaves of a TreeSpace; 1 of every other space. */
SPC_EXPORT spc_status spc_space_arity(spc_space s, int64_t *out);

/* A new reference to leaf space i of a TreeSpace, or to the base of a StackedSpace (i = 0).
 * IndexErr; TypeErr: another space. */
SPC_EXPORT spc_status spc_space_leaf(spc_space s, int64_t i, spc_space *out);

/* Path of leaf i, `$.model[1].weight`; buffer as in context_text. IndexErr. */
SPC_EXPORT spc_status spc_space_leaf_path(spc_space s, int64_t i, char *buffer, int64_t capacity,
    int64_t *length);

/* Leaf of a path as leaf_path prints it. ValueErr: no such path. */
SPC_EXPORT spc_status spc_space_leaf_index(spc_space s, const char *path, int64_t *out);

/* Structure of a TreeSpace as space_tree reads it, `*` of any other space; buffer as in
 * context_text. */
SPC_EXPORT spc_status spc_space_structure(spc_space s, char *buffer, int64_t capacity, int64_t
    *length);

/* Leaf i of a tree element. SpaceValidation or TypeErr: x has another structure; IndexErr. */
SPC_EXPORT spc_status spc_space_element_leaf(spc_space s, spc_element x, int64_t i, spc_element
    *out);

/* The tree element with these leaves. ValueErr: `TreeSpace expected 3 leaves, got 2.` */
SPC_EXPORT spc_status spc_space_element(spc_space s, int64_t n, const spc_element *leaves,
    spc_element *out);

/* x, an element of a space of the same structure and shapes in any family and dtype, as an element
 * of s, leaf by leaf as array_convert; x itself where that changes nothing. TypeErr: another
 * structure, complex to real; SpaceValidation: the result is no member. */
SPC_EXPORT spc_status spc_space_convert_element(spc_space s, spc_element x, spc_element *out);

/* The element with conjugate coordinates. */
SPC_EXPORT spc_status spc_space_conj(spc_space s, spc_element x, spc_element *out);

/* The involution star(x): conj(x), for Hermitian matrices x itself. CapabilityErr. */
SPC_EXPORT spc_status spc_space_star(spc_space s, spc_element x, spc_element *out);

/* x o y: the product by entries; (X Y + Y X) / 2 of Hermitian matrices. CapabilityErr. */
SPC_EXPORT spc_status spc_space_jordan(spc_space s, spc_element x, spc_element y, spc_element *out);

/* The element with unit o x = x. CapabilityErr. */
SPC_EXPORT spc_status spc_space_unit(spc_space s, spc_element *out);

/* Eigenvalues of x (leading batch axes kept): x itself by entries; ascending (n,) of a Hermitian
 * matrix, of the real dtype; of a tree the spectra of its leaves, flattened and joined along the
 * last axis. CapabilityErr. */
SPC_EXPORT spc_status spc_space_spectrum(spc_space s, spc_element x, spc_array *out);

/* space_spectrum leaf by leaf, in the structure of a TreeSpace; of any other space the spectrum.
 * CapabilityErr. */
SPC_EXPORT spc_status spc_space_spectra(spc_space s, spc_element x, spc_value *out);

/* x = from_spectrum(eigenvalues, frame); frame None by entries, the eigenvectors (n, n) as columns
 * of Hermitian matrices; of a tree, tuples over its leaves. CapabilityErr, LinAlgErr. */
SPC_EXPORT spc_status spc_space_spectral_decompose(spc_space s, spc_element x, spc_value
    *eigenvalues, spc_value *frame);

/* The element with these eigenvalues and frame (NULL: None). TypeErr: what spectral_decompose would
 * not give; ValueErr: frame by entries, lengths. */
SPC_EXPORT spc_status spc_space_from_spectrum(spc_space s, spc_value eigenvalues, spc_value frame,
    spc_element *out);

/* from_spectrum(f(eigenvalues), frame). f gets an array of eigenvalues and gives one of the same
 * shape. ValueErr `Function application changed shape.`; CallbackErr; CapabilityErr. */
SPC_EXPORT spc_status spc_space_spectral_apply(spc_space s, spc_element x, spc_function_fn f, void
    *user, spc_element *out);

/* Sum of the spectrum. CapabilityErr. */
SPC_EXPORT spc_status spc_space_trace(spc_space s, spc_element x, spc_array *out);

/* Product of the spectrum. CapabilityErr. */
SPC_EXPORT spc_status spc_space_determinant(spc_space s, spc_element x, spc_array *out);

/* The nearest element without negative eigenvalues. CapabilityErr: no Jordan algebra; TypeErr:
 * complex eigenvalues. */
SPC_EXPORT spc_status spc_space_psd_project(spc_space s, spc_element x, spc_element *out);

/* *out = 1 if x = x^H to the tolerances of a HermitianSpace, at every level and whatever is
 * enforced; of a batch, all of them. TypeErr: another space; ValueErr: no square matrices. */
SPC_EXPORT spc_status spc_space_is_hermitian(spc_space s, spc_array x, int32_t *out);

/* (X + X^H) / 2 of a HermitianSpace. TypeErr: another space. */
SPC_EXPORT spc_status spc_space_symmetrize(spc_space s, spc_array x, spc_element *out);

/* (..., size): the coordinates of every element of a batch. */
SPC_EXPORT spc_status spc_space_flatten_batch(spc_space s, spc_element xs, spc_array *out);

/* The batch with coordinates vs (..., size). ValueErr: size differs. */
SPC_EXPORT spc_status spc_space_unflatten_batch(spc_space s, spc_array vs, spc_element *out);

/* xs + ys. */
SPC_EXPORT spc_status spc_space_add_batch(spc_space s, spc_element xs, spc_element ys, spc_element
    *out);

/* a xs with one scalar for the whole batch. */
SPC_EXPORT spc_status spc_space_scale_batch(spc_space s, spc_array a, spc_element xs, spc_element
    *out);

/* (...): <x, y> of every pair. */
SPC_EXPORT spc_status spc_space_inner_batch(spc_space s, spc_element xs, spc_element ys, spc_array
    *out);

/* An element whose coordinates are standard normal (then symmetrised, where members are). */
SPC_EXPORT spc_status spc_space_random(spc_space s, spc_rng rng, spc_element *out);

/* Tries the laws of a space on random elements: vector laws, flatten and unflatten, batches, the
 * inner product and its Riesz maps, star, Jordan algebra, conversion. *failures = laws that do not
 * hold; the text has a line for each law, buffer as in context_text. CallbackErr. */
SPC_EXPORT spc_status spc_test_space(spc_space s, int64_t samples, int64_t seed, char *buffer,
    int64_t capacity, int64_t *length, int64_t *failures);

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
 * CallbackErr. */
SPC_EXPORT spc_status spc_linop_apply_into(spc_array alpha, spc_linop A, spc_element x, spc_array
    beta, spc_element y, int32_t mode);

/* linop_matrix_free with functions for batches; either may be NULL: item by item. */
SPC_EXPORT spc_status spc_linop_matrix_free_batched(spc_apply_fn apply, spc_apply_fn rapply,
    spc_apply_fn vapply, spc_apply_fn rvapply, void *user, spc_space domain, spc_space codomain,
    spc_linop *out);

/* MatrixFreeLinOp whose rapply and rvapply are A^H in coordinates: the adjoint is R_X^-1 A^H R_Y.
 * vapply, rvapply may be NULL. ValueErr: a space without Riesz maps, the adjoint test of level
 * strict. */
SPC_EXPORT spc_status spc_linop_from_coordinate_adjoint(spc_apply_fn apply, spc_apply_fn rapply,
    spc_apply_fn vapply, spc_apply_fn rvapply, void *user, spc_space domain, spc_space codomain,
    spc_linop *out);

/* BlockDiagonalLinOp y_i = A_i x_i between the TreeSpaces of the blocks' domains and codomains;
 * structure as in space_tree, NULL: tuples. ValueErr: n = 0, contexts or check levels differ,
 * number of leaves. */
SPC_EXPORT spc_status spc_linop_block_diagonal(const char *structure, int64_t n, const spc_linop
    *blocks, spc_linop *out);

/* The same between given TreeSpaces. ValueErr: arity; TypeErr: no TreeSpace, a block that does not
 * map leaf i to leaf i. */
SPC_EXPORT spc_status spc_linop_block_diagonal_on(spc_space domain, spc_space codomain, int64_t n,
    const spc_linop *blocks, spc_linop *out);

/* BlockMatrixLinOp y_i = sum_j A_ij x_j between tuple trees; blocks row by row, NULL: a zero block
 * (every row and column has at least one). ValueErr naming row or column: domains or codomains
 * differ. */
SPC_EXPORT spc_status spc_linop_block_matrix(int64_t rows, int64_t cols, const spc_linop *blocks,
    spc_linop *out);

/* StackedLinOp y_i = A_i x to a TreeSpace. domain NULL: that of the parts; codomain NULL: the tuple
 * tree of their codomains. TypeErr: a part does not map domain to leaf i; ValueErr: arity. */
SPC_EXPORT spc_status spc_linop_stacked(spc_space domain, spc_space codomain, int64_t n, const
    spc_linop *parts, spc_linop *out);

/* SumToSingleLinOp y = sum_i A_i x_i from a TreeSpace; the counterpart of linop_stacked. */
SPC_EXPORT spc_status spc_linop_sum_to_single(spc_space domain, spc_space codomain, int64_t n, const
    spc_linop *parts, spc_linop *out);

/* A (x) B on arrays of shape A.domain.shape + B.domain.shape: (A (x) B)(a b^T) = (A a)(B b)^T;
 * geometry R_A (x) R_B, by the factors' Riesz maps along the axes: nothing of the size of the
 * product is stored. TypeErr: a domain or codomain that is no space of dense arrays. */
SPC_EXPORT spc_status spc_linop_kronecker(spc_linop A, spc_linop B, spc_linop *out);

/* A (x) 1 + 1 (x) B for square A and B, as linop_kronecker. ValueErr: not square. */
SPC_EXPORT spc_status spc_linop_kronecker_sum(spc_linop A, spc_linop B, spc_linop *out);

/* U diag(s) V^H in coordinates: U (codomain.size, k), V (domain.size, k), s (k,) or NULL: ones.
 * TypeErr: shapes, families, complex data in a real context. */
SPC_EXPORT spc_status spc_linop_low_rank(spc_array U, spc_array s, spc_array V, spc_space domain,
    spc_space codomain, spc_linop *out);

/* y_i = x_p(i) in coordinates; p int32 or int64 (size,). space NULL: the dense space of p's length
 * in the default context. ValueErr: no permutation. */
SPC_EXPORT spc_status spc_linop_permutation(spc_array p, spc_space space, spc_linop *out);

/* y_i = x_indices(i) in coordinates; its adjoint extends by zeros (in Euclidean geometry) and adds
 * what is repeated. codomain NULL: the Euclidean DenseCoordinateSpace of that length in the
 * domain's context. IndexErr: out of range. */
SPC_EXPORT spc_status spc_linop_restriction(spc_array indices, spc_space domain, spc_space codomain,
    spc_linop *out);

/* A^-1 of a square operator from a factorization of its matrix, made once: "lu", "cholesky", "ldl",
 * or "auto" (NULL) by structure; of an operator with sparse parts that is sparse by structure as
 * linop_factorize; of diagonal, unitary, permutation, scaled, Kronecker and block diagonal
 * operators and of products without one. A#^-1 = (A^-1)#. ValueErr: not square, method; LinAlgErr:
 * singular, not positive definite; NotImpl: what has no matrix. */
SPC_EXPORT spc_status spc_linop_inverse(spc_linop A, const char *method, spc_linop *out);

/* Fills in the defaults of a factorization. Set struct_size first. */
SPC_EXPORT spc_status spc_factor_options_init(spc_factor_options *options);

/* A^-1 of an operator that is sparse by structure (one that stores a sparse matrix; sums,
 * multiples, products, adjoints, Kronecker products of such), from a sparse factorization made
 * once; of a rectangular one or by qr A^+, the least squares solution of least norm in the
 * geometries of both spaces, of any rank. auto (options NULL): cholesky where A is self-adjoint to
 * rounding with a positive diagonal, lu where it turns out not positive definite; lu of any other
 * square A, qr of a rectangular one. cholesky and ldl, where they are asked for, read the lower
 * triangle of R A, R the weights, and refuse an operator that differs from its adjoint by more than
 * half the digits; ldl does not pivot, so that indefinite operators may need lu. Later writes into
 * the matrix do not change the factors. A#^-1 = (A^-1)#. ValueErr: options, shape, geometry, not
 * self-adjoint; TypeErr: not floating; LinAlgErr: singular, not positive definite, not finite;
 * NotImpl: not sparse by structure, no kernel. */
SPC_EXPORT spc_status spc_linop_factorize(spc_linop A, const spc_factor_options *options, spc_linop
    *out);

/* linop_factorize with the options and the method of F, an operator that it made, whose symbolic
 * analysis is used again: A has the pattern, the format and the spaces of the operator that F was
 * made from. F stays as it is. TypeErr: F; ValueErr: patterns, spaces; LinAlgErr as
 * linop_factorize; also where auto chose cholesky for F, and A is not self-adjoint. */
SPC_EXPORT spc_status spc_linop_refactorize(spc_linop F, spc_linop A, spc_linop *out);

/* What the factorization behind F knows, an operator that linop_factorize or linop_refactorize
 * made, or linop_inverse of a sparse operator. TypeErr: another operator. */
SPC_EXPORT spc_status spc_linop_factor_info(spc_linop F, spc_factor_info *info);

/* *out = an estimate from below of |A|_1 |A^-1|_1, mostly within a factor of 3, for F as in
 * linop_factor_info; A is square; some solves; infinity where qr has found dependent columns.
 * ValueErr: not square. */
SPC_EXPORT spc_status spc_linop_condition_estimate(spc_linop F, double *out);

/* The preconditioner (L L^H)^-1 by "ic0" or (L U)^-1 by "ilu0" of an operator that is sparse by
 * structure, factors without new entries; NULL: ic0 where A is self-adjoint in Euclidean geometry,
 * else ilu0. ValueErr: not square, method, ic0 in another geometry; LinAlgErr: a pivot, naming its
 * row; NotImpl: not sparse by structure. */
SPC_EXPORT spc_status spc_linop_incomplete(spc_linop A, const char *method, spc_linop *out);

/* D - C A^-1 B, the Schur complement of A in [[A, B], [C, D]]. C NULL: B#; D NULL: 0. ValueErr,
 * TypeErr as linop_composed and linop_sum. */
SPC_EXPORT spc_status spc_linop_schur_complement(spc_linop A_inverse, spc_linop B, spc_linop C,
    spc_linop D, spc_linop *out);

/* First (order 1, scheme SPC_DIFF_*) or second (order 2: x[i-1] - 2 x[i] + x[i+1] over h^2)
 * differences along an axis of dense arrays; boundary SPC_BOUNDARY_*; natural: to the shorter
 * shape. The adjoint is exact. ValueErr: axis, order, scheme, boundary, spacing not positive, axis
 * too short. */
SPC_EXPORT spc_status spc_linop_difference(spc_space space, int32_t axis, int32_t order, int32_t
    scheme, int32_t boundary, double spacing, spc_linop *out);

/* x -> (differences along axis 0, 1, ...), a tuple tree; spacings NULL: 1. Minus the divergence is
 * its adjoint. ValueErr as linop_difference. */
SPC_EXPORT spc_status spc_linop_gradient(spc_space space, int32_t scheme, int32_t boundary, const
    double *spacings, spc_linop *out);

/* Sum of the second differences along all axes; spacings NULL: 1. ValueErr as linop_difference;
 * natural boundaries. */
SPC_EXPORT spc_status spc_linop_laplacian(spc_space space, int32_t boundary, const double *spacings,
    spc_linop *out);

/* y_i = sum_j t_(i-j) x_j with t_i = column[i], t_-j = row[j] (row[0] is not read); row NULL:
 * conj(column). Spaces NULL: Euclidean DenseCoordinateSpaces of the lengths. No matrix is stored.
 * TypeErr: shapes, family. */
SPC_EXPORT spc_status spc_linop_toeplitz(spc_array column, spc_array row, spc_space domain,
    spc_space codomain, spc_linop *out);

/* y_i = sum_j c_((i-j) mod n) x_j. space NULL: the Euclidean DenseCoordinateSpace of that length.
 * TypeErr: shape, family. */
SPC_EXPORT spc_status spc_linop_circulant(spc_array column, spc_space space, spc_linop *out);

/* A^T in coordinates, codomain to domain; geometry ignored. NotImpl at apply: matrix-free operators
 * of complex spaces without conjugate. */
SPC_EXPORT spc_status spc_linop_transpose(spc_linop A, spc_linop *out);

/* conj(A conj(x)): the conjugate matrix; A itself over the real field. */
SPC_EXPORT spc_status spc_linop_conjugate(spc_linop A, spc_linop *out);

/* s A, simplified: 0 A is the zero operator, 1 A is A, s (t A) is (s t) A. Errors as linop_scaled. */
SPC_EXPORT spc_status spc_linop_make_scaled(spc_array s, spc_linop A, spc_linop *out);

/* A_1 + ... + A_n, simplified: nested sums laid flat, zero operators dropped, one operand left is
 * itself. Errors as linop_sum, checked before. */
SPC_EXPORT spc_status spc_linop_make_sum(int64_t n, const spc_linop *ops, spc_linop *out);

/* left right, simplified: identities dropped, zero operators give the zero operator. Errors as
 * linop_composed, checked before. */
SPC_EXPORT spc_status spc_linop_make_composed(spc_linop left, spc_linop right, spc_linop *out);

/* An equal operator with dense factors multiplied and dense terms added; materialize != 0: also
 * identities, diagonal and sparse operators, adjoints, Gram forms and like terms, and matrix-free
 * operators become matrices: a sparse one where sparse operators meet nothing but what is sparse by
 * structure, else a dense one. */
SPC_EXPORT spc_status spc_linop_fuse(spc_linop A, int32_t materialize, spc_linop *out);

/* *out = 1 if class, spaces and values agree exactly, operands in order. */
SPC_EXPORT spc_status spc_linop_equal(spc_linop A, spc_linop B, int32_t *out);

/* A of every element of a batch (leading axes, all kept). SpaceValidation: not a batch, also at
 * level none; CallbackErr. A RuntimeWarning once per class where more than 32 items run one by one. */
SPC_EXPORT spc_status spc_linop_vapply(spc_linop A, spc_element xs, spc_element *out);

/* A# of every element of a batch. */
SPC_EXPORT spc_status spc_linop_rvapply(spc_linop A, spc_element ys, spc_element *out);

/* The coordinate matrix (codomain.size, domain.size), new. */
SPC_EXPORT spc_status spc_linop_to_matrix(spc_linop A, spc_array *out);

/* The same as a tensor of shape codomain.shape + domain.shape. */
SPC_EXPORT spc_status spc_linop_to_dense(spc_linop A, spc_array *out);

/* The stored matrix of a SparseLinOp; that of a KroneckerLinOp of factors that are sparse by
 * structure. NotImpl: any other. */
SPC_EXPORT spc_status spc_linop_to_sparse(spc_linop A, spc_array *out);

/* The stored array of a dense or sparse operator, the diagonal matrix of a diagonal one. NotImpl:
 * any other. */
SPC_EXPORT spc_status spc_linop_array(spc_linop A, spc_array *out);

/* Verdict SPC_TRUE, SPC_FALSE or SPC_UNKNOWN about a property (SPC_IS_*) in the declared geometry,
 * by structure and assumptions; A is never applied. ValueErr: no property. */
SPC_EXPORT spc_status spc_linop_is(spc_linop A, int32_t property, int32_t *out);

/* A with a verdict given by the program. ValueErr: no property, or structure says the opposite. */
SPC_EXPORT spc_status spc_linop_assume(spc_linop A, int32_t property, int32_t value, spc_linop
    *out);

/* Applies A to n random pairs: SPC_FALSE if <A x, y> != <x, A y> beyond rounding, else SPC_UNKNOWN.
 * ValueErr: n < 1; CallbackErr. */
SPC_EXPORT spc_status spc_linop_probe_hermitian(spc_linop A, int64_t n, int64_t seed, int32_t *out);

/* Number of operands: terms, factors, blocks; 0 of a leaf. */
SPC_EXPORT spc_status spc_linop_parts(spc_linop A, int64_t *out);

/* Gives the user argument of A's functions away: destroy(user) is called once, from any thread,
 * when the last object that calls them is gone, views, composites, conversions and running calls
 * included. On failure it is not called. TypeErr: A is not made of functions; ValueErr: destroy
 * NULL, given away already. */
SPC_EXPORT spc_status spc_linop_own_user(spc_linop A, spc_destroy_fn destroy);

/* A new reference to operand i. IndexErr. */
SPC_EXPORT spc_status spc_linop_part(spc_linop A, int64_t i, spc_linop *out);

/* Deterministic text for people: classes, shapes and operands; buffer as in context_text. */
SPC_EXPORT spc_status spc_linop_text(spc_linop A, char *buffer, int64_t capacity, int64_t *length);

/* The preconditioner diag(A)^-1. ValueErr: not square; LinAlgErr: a zero on the diagonal, naming
 * the row. */
SPC_EXPORT spc_status spc_linop_jacobi(spc_linop A, spc_linop *out);

/* The inverse of the diagonal blocks of that order, the last one shorter. ValueErr: not square,
 * block < 1; LinAlgErr: a singular block, naming it. */
SPC_EXPORT spc_status spc_linop_block_jacobi(spc_linop A, int64_t block, spc_linop *out);

/* Tries the laws of an operator on random elements: linearity, <A x, y> = <x, A# y>, the adjoint's
 * adjoint, batches, apply_into in every mode, the matrix, conversion. *failures and text as in
 * test_space. CallbackErr. */
SPC_EXPORT spc_status spc_test_operator(spc_linop A, int64_t samples, int64_t seed, char *buffer,
    int64_t capacity, int64_t *length, int64_t *failures);

/* ---- functional ---- */

/* InnerProductFunctional x -> <c, x>; c is converted to the context, leaf by leaf. TypeErr: complex
 * to real; SpaceValidation at level standard and above. */
SPC_EXPORT spc_status spc_functional_inner(spc_element c, spc_space domain, spc_functional *out);

/* MatrixFreeLinearFunctional, trusted to be linear: value(x) is a scalar, vvalue(xs) has an entry
 * for each element (NULL: one by one); y is NULL in both. No representer, no gradient. TypeErr:
 * value NULL. */
SPC_EXPORT spc_status spc_functional_linear(spc_scalar_fn value, spc_scalar_fn vvalue, void *user,
    spc_space domain, spc_functional *out);

/* A functional of the program: value(x), and grad(x), the metric gradient with <grad F(x), h> =
 * DF(x)[h] (NULL: none). TypeErr: value NULL. */
SPC_EXPORT spc_status spc_functional_callback(spc_scalar_fn value, spc_apply_fn grad, void *user,
    spc_space domain, spc_functional *out);

/* Gives the user argument of the functions of functional_linear or functional_callback away, as
 * linop_own_user. */
SPC_EXPORT spc_status spc_functional_own_user(spc_functional F, spc_destroy_fn destroy);

/* LinOpQuadraticForm x -> 1/2 <x, Q x> + linear(x) + a; linear NULL: 0; a NULL: 0, else a scalar.
 * TypeErr: linear is not linear; ValueErr: Q not square or provably not self-adjoint, domains
 * differ, a not 0-d. */
SPC_EXPORT spc_status spc_functional_quadratic(spc_linop Q, spc_functional linear, spc_array a,
    spc_functional *out);

/* 1/2 Re <x, x>. */
SPC_EXPORT spc_status spc_functional_squared_l2(spc_space X, spc_functional *out);

/* (sum |x_i|^p)^(1/p), without weights. ValueErr: p not finite or < 1. */
SPC_EXPORT spc_status spc_functional_lp(spc_space X, double p, spc_functional *out);

/* sum |x_i|. */
SPC_EXPORT spc_status spc_functional_l1(spc_space X, spc_functional *out);

/* NegativeEntropy: sum over x_i > 0 of x_i log x_i. TypeErr: complex field. */
SPC_EXPORT spc_status spc_functional_entropy(spc_space X, spc_functional *out);

/* KLDivergence: sum over x_i > 0 of x_i log(x_i / t_i). ValueErr at level standard and above: a
 * target that is not positive; TypeErr: complex field. */
SPC_EXPORT spc_status spc_functional_kl(spc_element target, spc_space X, spc_functional *out);

/* sum of r^2 / 2 where r = |x_i| <= delta, else delta (r - delta / 2). ValueErr: delta not finite
 * or not positive. */
SPC_EXPORT spc_status spc_functional_huber(spc_space X, double delta, spc_functional *out);

/* The p-norm of the spectrum of x. TypeErr: X is no Jordan algebra; ValueErr: p. */
SPC_EXPORT spc_status spc_functional_spectral_lp(spc_space X, double p, spc_functional *out);

/* The sum of the moduli of the spectrum of x. TypeErr: X is no Jordan algebra. */
SPC_EXPORT spc_status spc_functional_nuclear(spc_space X, spc_functional *out);

/* scale <A x - b, W (A x - b)>_Y as a LinOpQuadraticForm; weights NULL: W = 1. ValueErr: scale not
 * positive and finite; weights of another shape, not finite or not positive. */
SPC_EXPORT spc_status spc_functional_least_squares(spc_linop A, spc_element b, spc_element weights,
    double scale, spc_functional *out);

/* 0 on a set (up to 1000 eps max(1, ||x||)), infinity outside; its prox is the projection. */
SPC_EXPORT spc_status spc_functional_indicator(spc_set set, spc_functional *out);

/* x -> 0. */
SPC_EXPORT spc_status spc_functional_zero(spc_space X, spc_functional *out);

/* s F, simplified as linop_make_scaled. TypeErr: s is not scalar-like. */
SPC_EXPORT spc_status spc_functional_scaled(spc_array s, spc_functional F, spc_functional *out);

/* F_1 + ... + F_n: nested sums laid flat, zeros dropped. ValueErr: n = 0, domains differ. */
SPC_EXPORT spc_status spc_functional_sum(int64_t n, const spc_functional *terms, spc_functional
    *out);

/* F + c; offsets of offsets are added. TypeErr: c is not scalar-like. */
SPC_EXPORT spc_status spc_functional_shifted(spc_functional F, spc_array c, spc_functional *out);

/* x -> F(A x): <c, .> becomes <A# c, .>, a quadratic form that of A# Q A. ValueErr: A.codomain is
 * not F.domain; TypeErr: a quadratic form with a matrix-free linear part. */
SPC_EXPORT spc_status spc_functional_composed(spc_functional F, spc_linop A, spc_functional *out);

/* Adds a reference. */
SPC_EXPORT spc_status spc_functional_retain(spc_functional F);

/* Gives one reference back and sets *F to NULL; NULL is accepted. */
SPC_EXPORT spc_status spc_functional_release(spc_functional *F);

/* *out = static class name: "InnerProductFunctional", ... */
SPC_EXPORT spc_status spc_functional_kind(spc_functional F, const char **out);

/* A new reference to the domain. */
SPC_EXPORT spc_status spc_functional_domain(spc_functional F, spc_space *out);

/* A new reference to the context. */
SPC_EXPORT spc_status spc_functional_context(spc_functional F, spc_context *out);

/* The functional in another context, as linop_convert. */
SPC_EXPORT spc_status spc_functional_convert(spc_functional F, const spc_target *target,
    spc_functional *out);

/* *out = 1 if class, domain and values agree exactly. */
SPC_EXPORT spc_status spc_functional_equal(spc_functional F, spc_functional G, int32_t *out);

/* Deterministic text for people; buffer as in context_text. */
SPC_EXPORT spc_status spc_functional_text(spc_functional F, char *buffer, int64_t capacity, int64_t
    *length);

/* F(x), 0-d. SpaceValidation at level cheap and above; ValueErr at standard: `Expected scalar batch
 * output with shape (), got (2,).`; CallbackErr. */
SPC_EXPORT spc_status spc_functional_value(spc_functional F, spc_element x, spc_array *out);

/* The metric gradient: Re <grad F(x), h> = Re DF(x)[h]; may be x itself. NotImpl: there is none. */
SPC_EXPORT spc_status spc_functional_grad(spc_functional F, spc_element x, spc_element *out);

/* Both, with one pass where that saves work. */
SPC_EXPORT spc_status spc_functional_value_and_grad(spc_functional F, spc_element x, spc_array
    *value, spc_element *grad);

/* (...): F of every element of a batch. */
SPC_EXPORT spc_status spc_functional_vvalue(spc_functional F, spc_element xs, spc_array *out);

/* The gradients at every element of a batch. */
SPC_EXPORT spc_status spc_functional_vgrad(spc_functional F, spc_element xs, spc_element *out);

/* The derivative of the gradient at x along h; Q h of quadratic forms. NotImpl: there is none. */
SPC_EXPORT spc_status spc_functional_hess_apply(spc_functional F, spc_element x, spc_element h,
    spc_element *out);

/* argmin_x t Re F(x) + 1/2 ||x - v||_X^2, for entropies over x >= 0; may be v itself. Of a
 * quadratic form (1 + t Q) x = v - t c is solved: by structure, or by a Cholesky factorization kept
 * for the last t of up to 2000 coordinates, else (functions of the program, larger spaces) by cg to
 * the relative residual 1e-12, 1e-6 for 32-bit dtypes. ValueErr: t not finite or negative; NotImpl:
 * no closed form in this geometry, or no minimum, which cg tells by a direction of negative
 * curvature; RuntimeErr: cg does not converge. */
SPC_EXPORT spc_status spc_functional_prox(spc_functional F, spc_element v, double t, spc_element
    *out);

/* The c of a linear functional <c, .>. NotImpl: there is none. */
SPC_EXPORT spc_status spc_functional_representer(spc_functional F, spc_element *out);

/* For optimizers outside: *value = Re F(x), gradient[i] the derivative along coordinate i
 * (flatten(riesz(grad F(x)))) at the x with coordinates v; either may be NULL. ValueErr: n is not
 * the size, a complex field; TypeErr: no inner product. */
SPC_EXPORT spc_status spc_functional_objective(spc_functional F, int64_t n, const double *v, double
    *value, double *gradient);

/* Tries the laws of a functional near random elements: the gradient against differences of values,
 * batches, value_and_grad, hess_apply against differences of gradients, prox against its
 * optimality, conversion. *failures and text as in test_space. CallbackErr. */
SPC_EXPORT spc_status spc_test_functional(spc_functional F, int64_t samples, int64_t seed, char
    *buffer, int64_t capacity, int64_t *length, int64_t *failures);

/* argmin_x <c, x> + eps ||x - x0||_X^2 + lam ||x||_1, over x >= 0 if nonneg != 0. ValueErr: eps not
 * finite and positive, lam not finite and >= 0, shapes, nonneg on complex data, a geometry that is
 * not diagonal; TypeErr: X has no geometry. */
SPC_EXPORT spc_status spc_generalized_shrinkage(spc_space X, spc_element c, spc_element x0, double
    eps, double lam, int32_t nonneg, spc_element *out);

/* ---- set ---- */

/* {x: x_i >= 0}. TypeErr: complex field; the geometry is diagonal (ValueErr). */
SPC_EXPORT spc_status spc_set_nonnegative(spc_space X, spc_set *out);

/* {x: lower <= x <= upper} by entries; NULL: no bound. ValueErr: lower > upper somewhere, not a
 * diagonal geometry; TypeErr: complex field. */
SPC_EXPORT spc_status spc_set_box(spc_space X, spc_element lower, spc_element upper, spc_set *out);

/* {x: ||x - center||_X <= radius}; center NULL: 0. ValueErr: radius negative or not finite. */
SPC_EXPORT spc_status spc_set_ball(spc_space X, spc_element center, double radius, spc_set *out);

/* {x: x_i >= 0, sum x_i = total}. ValueErr: total not positive and finite, not a diagonal geometry;
 * TypeErr: complex field. */
SPC_EXPORT spc_status spc_set_simplex(spc_space X, double total, spc_set *out);

/* {x: A x = b}; the projection solves A A# z = A x - b: by the matrix of A A#, made here, where
 * that has at most 2000 rows, else by cg. LinAlgErr: no solution; RuntimeErr, at a projection: cg
 * does not converge. */
SPC_EXPORT spc_status spc_set_affine(spc_linop A, spc_element b, spc_set *out);

/* Elements of a Euclidean Jordan algebra without negative eigenvalues. TypeErr: another space. */
SPC_EXPORT spc_status spc_set_psd(spc_space X, spc_set *out);

/* Adds a reference. */
SPC_EXPORT spc_status spc_set_retain(spc_set S);

/* Gives one reference back and sets *S to NULL; NULL is accepted. */
SPC_EXPORT spc_status spc_set_release(spc_set *S);

/* *out = static class name: "Box", ... */
SPC_EXPORT spc_status spc_set_kind(spc_set S, const char **out);

/* A new reference to the space. */
SPC_EXPORT spc_status spc_set_space(spc_set S, spc_space *out);

/* The set in another context, as linop_convert. */
SPC_EXPORT spc_status spc_set_convert(spc_set S, const spc_target *target, spc_set *out);

/* The point of the set nearest to x in the norm of X; may be x itself. SpaceValidation. */
SPC_EXPORT spc_status spc_set_project(spc_set S, spc_element x, spc_element *out);

/* *out = 1 if ||x - project(x)||_X <= tol max(1, ||x||_X). ValueErr: tol negative. */
SPC_EXPORT spc_status spc_set_contains(spc_set S, spc_element x, double tol, int32_t *out);

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
 * n), check_every 1, no limits of time and applications, restart 30, exact residuals. Set
 * struct_size first. */
SPC_EXPORT spc_status spc_solve_options_init(spc_solve_options *options);

/* Conjugate gradients for self-adjoint positive A: X -> X in the geometry of X. x0 NULL: zero;
 * options NULL: defaults. Not converging is no error: see result->reason. Stops when norm_X(r) <=
 * atol + rtol norm_X(b). *x is a new element, set also when not converged. ValueErr: not square,
 * provably not self-adjoint, bad option; SpaceValidation; CallbackErr. */
SPC_EXPORT spc_status spc_cg(spc_linop A, spc_element b, spc_element x0, const spc_solve_options
    *options, spc_element *x, spc_solve_result *result);

/* MINRES for self-adjoint, possibly indefinite or singular A; precond self-adjoint and positive. An
 * inconsistent system ends with BREAKDOWN at a least-squares solution. Arguments and errors as cg. */
SPC_EXPORT spc_status spc_minres(spc_linop A, spc_element b, spc_element x0, const spc_solve_options
    *options, spc_element *x, spc_solve_result *result);

/* Restarted GMRES for square A, preconditioned from the right, in the geometry of X. Arguments and
 * errors as cg; ValueErr: restart < 1. */
SPC_EXPORT spc_status spc_gmres(spc_linop A, spc_element b, spc_element x0, const spc_solve_options
    *options, spc_element *x, spc_solve_result *result);

/* gmres with a preconditioner that may change between applications; twice the memory. */
SPC_EXPORT spc_status spc_fgmres(spc_linop A, spc_element b, spc_element x0, const spc_solve_options
    *options, spc_element *x, spc_solve_result *result);

/* BiCGSTAB for square A, preconditioned from the right. Arguments and errors as cg. */
SPC_EXPORT spc_status spc_bicgstab(spc_linop A, spc_element b, spc_element x0, const
    spc_solve_options *options, spc_element *x, spc_solve_result *result);

/* LSQR: min ||A x - b||_Y^2 + damp^2 ||x||_X^2 for any A: X -> Y, with the metric adjoint; from x0
 * NULL the solution of least norm. Stops when ||r||_Y <= atol + rtol ||b||_Y (baseline) or, of what
 * has no such solution, when ||A# r||_X <= (rtol + atol / baseline) |A| ||r||_Y, with the largest
 * ||A# u|| of a unit u so far as |A|: x solves a problem whose A differs by so much (Paige and
 * Saunders 1982). precond: X -> X, applied from the right as x = M^-1 z. History and monitor see
 * the smaller of ||r|| and ||A# r|| baseline / (|A| ||r||). Errors as cg; ValueErr: damp < 0, a
 * norm other than the space's. */
SPC_EXPORT spc_status spc_lsqr(spc_linop A, spc_element b, spc_element x0, const spc_solve_options
    *options, spc_element *x, spc_solve_result *result);

/* LSMR: as lsqr, with ||A# r|| falling monotonically. */
SPC_EXPORT spc_status spc_lsmr(spc_linop A, spc_element b, spc_element x0, const spc_solve_options
    *options, spc_element *x, spc_solve_result *result);

/* One solver (SPC_SOLVER_*) for each of the n right-hand sides of a batch (one leading axis), with
 * a result for each: results[0 ... n-1], struct_size set in results[0]. cg in the norm of the space
 * on families with strided arrays advances all columns together, their products with A in one
 * vapply; it takes its elements from options->workspace, but makes the arrays of all columns at
 * every call. Every other solver (and cg in another norm) takes one column after the other, with A
 * applied to single elements, in options->workspace or one of the call: what it costs is n solves.
 * A column that has stopped costs nothing more; limits and the monitor hold for each column,
 * failures end all of them. history holds n rows of history_capacity. ValueErr: n is not the length
 * of the batch, solver. */
SPC_EXPORT spc_status spc_solve_batch(int32_t solver, spc_linop A, spc_element bs, spc_element x0s,
    const spc_solve_options *options, int64_t n, spc_element *xs, spc_solve_result *results);

/* Smallest eigenvalue of a self-adjoint A in the Krylov space of v0 (NULL: ones), by Lanczos with
 * full reorthogonalisation; maxiter (default 100) bounds its dimension, atol + rtol |lambda_max|
 * the residual. Phase of the eigenvector is open. ValueErr: not square, provably not self-adjoint,
 * maxiter < 1. */
SPC_EXPORT spc_status spc_lanczos_smallest(spc_linop A, spc_element v0, const spc_solve_options
    *options, double *eigenvalue, spc_element *eigenvector, spc_solve_result *result);

/* exp(t A) v for a self-adjoint A by Lanczos; t a scalar, NULL: 1; maxiter default 30, rtol default
 * 1e-10. residual_norm estimates the error relative to ||v||. TypeErr: complex t in a real context;
 * otherwise as lanczos_smallest. */
SPC_EXPORT spc_status spc_expm_multiply(spc_linop A, spc_element v, spc_array t, const
    spc_solve_options *options, spc_element *out, spc_solve_result *result);

/* Eigenvalue of largest modulus of a self-adjoint A; x0 NULL: ones. Stops when ||A x - lambda x||
 * <= atol + rtol |lambda|. The zero operator has eigenvalue 0. ValueErr: not square, provably not
 * self-adjoint. */
SPC_EXPORT spc_status spc_power_iteration(spc_linop A, spc_element x0, const spc_solve_options
    *options, double *eigenvalue, spc_element *eigenvector, spc_solve_result *result);

/* power_iteration of the Hessian of a quadratic form. TypeErr: `A must be a LinOp or QuadraticForm,
 * got ...`. */
SPC_EXPORT spc_status spc_power_iteration_quadratic(spc_functional q, spc_element x0, const
    spc_solve_options *options, double *eigenvalue, spc_element *eigenvector, spc_solve_result
    *result);

/* The k smallest (options->largest: largest) eigenpairs of A x = lambda B x, A self-adjoint, B
 * (NULL: 1) self-adjoint and positive, from a batch X0 of k elements; precond approximates A^-1.
 * eigenvalues (k,) ascending (descending), eigenvectors a batch, B-orthonormal. residual_norm is
 * the largest. ValueErr: not square, k < 1, 5 k > size. */
SPC_EXPORT spc_status spc_lobpcg(spc_linop A, spc_linop B, spc_element X0, const spc_solve_options
    *options, spc_array *eigenvalues, spc_element *eigenvectors, spc_solve_result *result);

/* Memory for options->workspace: a second solve with the same solver and space allocates nothing on
 * host families; lobpcg still does for its small problems. One solve at a time. */
SPC_EXPORT spc_status spc_workspace_create(spc_workspace *out);

/* Adds a reference. */
SPC_EXPORT spc_status spc_workspace_retain(spc_workspace w);

/* Gives one reference back and sets *w to NULL; NULL is accepted. */
SPC_EXPORT spc_status spc_workspace_release(spc_workspace *w);

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

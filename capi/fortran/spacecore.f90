! SPDX-License-Identifier: Apache-2.0
!> The C API for Fortran 2018: every function of spacecore.h under its own name, by interfaces over
!> ISO C binding. What a function does, and its errors, is said in api.h and ops.h.
!>
!> Handles are type(c_ptr), c_null_ptr where one may be left out; release functions set them back
!> to it. Every function returns 0 or a negative SPC_E_* code. Strings end with c_null_char;
!> spc_string turns a returned one into a Fortran string. Records: set struct_size by c_sizeof.
!> Callbacks are bind(c) functions of the abstract interfaces spc_*_fn, passed by c_funloc; they
!> return, and never STOP.
module spacecore
  use, intrinsic :: iso_c_binding
  implicit none
  public

  ! dtypes
  integer(c_int32_t), parameter :: SPC_DTYPE_NONE = -1, SPC_BOOL = 0, SPC_INT8 = 1, &
      SPC_UINT8 = 2, SPC_INT32 = 3, SPC_INT64 = 4, SPC_FLOAT32 = 5, SPC_FLOAT64 = 6, &
      SPC_COMPLEX64 = 7, SPC_COMPLEX128 = 8
  ! check levels
  integer(c_int32_t), parameter :: SPC_CHECK_NONE = 0, SPC_CHECK_CHEAP = 1, &
      SPC_CHECK_STANDARD = 2, SPC_CHECK_STRICT = 3
  ! Names differ from C's by KIND: without regard to case, those are functions.
  integer(c_int32_t), parameter :: SPC_VALUE_KIND_NULL = 0, SPC_VALUE_KIND_ARRAY = 1, &
      SPC_VALUE_KIND_SPARSE = 2, SPC_VALUE_KIND_SCALAR = 3, SPC_VALUE_KIND_LIST = 4, &
      SPC_VALUE_KIND_TUPLE = 5, SPC_VALUE_KIND_MAP = 6
  integer(c_int32_t), parameter :: SPC_WEAK_KIND_BOOL = 0, SPC_WEAK_KIND_INT = 1, &
      SPC_WEAK_KIND_FLOAT = 2, SPC_WEAK_KIND_COMPLEX = 3
  !> "None" where an integer may be left out; "all" as the count of an axis list.
  integer(c_int64_t), parameter :: SPC_NONE_I64 = -huge(0_c_int64_t) - 1_c_int64_t
  integer(c_int32_t), parameter :: SPC_ALL_AXES = -1, SPC_MAX_NDIM = 32
  integer(c_int32_t), parameter :: SPC_CSR = 0, SPC_CSC = 1, SPC_COO = 2
  integer(c_int32_t), parameter :: SPC_INDEX_INT = 0, SPC_INDEX_SLICE = 1, &
      SPC_INDEX_NEWAXIS = 2, SPC_INDEX_ELLIPSIS = 3, SPC_INDEX_ARRAY = 4
  integer(c_int32_t), parameter :: SPC_ORD_DEFAULT = 0, SPC_ORD_P = 1, SPC_ORD_FRO = 2, &
      SPC_ORD_NUC = 3
  integer(c_int32_t), parameter :: SPC_MODE_NONE = 0, SPC_MODE_TRANSPOSE = 1, &
      SPC_MODE_CONJ_TRANS = 2, SPC_MODE_ADJOINT = 3
  integer(c_int32_t), parameter :: SPC_UNKNOWN = -1, SPC_FALSE = 0, SPC_TRUE = 1
  integer(c_int32_t), parameter :: SPC_NORM_SPACE = 0, SPC_BASELINE_RHS = 0, &
      SPC_BASELINE_INITIAL = 1, SPC_COMBINE_SUM = 0, SPC_COMBINE_MAX = 1
  integer(c_int32_t), parameter :: SPC_REASON_RTOL = 1, SPC_REASON_ATOL = 2, &
      SPC_REASON_ROUNDOFF = 3, SPC_REASON_STOPPED_BY_MONITOR = 4, SPC_REASON_MAXITER = -1, &
      SPC_REASON_BREAKDOWN = -2, SPC_REASON_INDEFINITE = -3, SPC_REASON_NONFINITE = -4, &
      SPC_REASON_LOSS_OF_ACCURACY = -5, SPC_REASON_STAGNATION = -6, SPC_REASON_CANCELLED = -7, &
      SPC_REASON_CALLBACK = -8
  integer(c_int32_t), parameter :: SPC_MM_REAL = 0, SPC_MM_COMPLEX = 1, SPC_MM_INTEGER = 2, &
      SPC_MM_PATTERN = 3, SPC_MM_GENERAL = 0, SPC_MM_SYMMETRIC = 1, SPC_MM_SKEW_SYMMETRIC = 2, &
      SPC_MM_HERMITIAN = 3
  integer(c_int32_t), parameter :: SPC_OK = 0, SPC_E_VALUE = -1, SPC_E_TYPE = -2, &
      SPC_E_INDEX = -3, SPC_E_AXIS = -4, SPC_E_LINALG = -5, SPC_E_NOTIMPL = -6, &
      SPC_E_OVERFLOW = -7, SPC_E_RUNTIME = -8, SPC_E_CONTEXT = -9, SPC_E_CONTEXT_INFERENCE = -10, &
      SPC_E_CONTEXT_CONFLICT = -11, SPC_E_CONTEXT_CONVERSION = -12, SPC_E_UNKNOWN_BACKEND = -13, &
      SPC_E_BACKEND_UNAVAILABLE = -14, SPC_E_VALIDATION = -15, SPC_E_CAPABILITY = -16, &
      SPC_E_MEMORY = -17, SPC_E_PLUGIN = -18, SPC_E_FILE = -19, SPC_E_HANDLE = -20, &
      SPC_E_CALLBACK = -21, SPC_E_CANCELLED = -22

  type, bind(c) :: spc_index
    integer(c_int32_t) :: kind = 0, reserved = 0
    integer(c_int64_t) :: start = 0, stop = 0, step = 1
    type(c_ptr) :: array = c_null_ptr
  end type

  type, bind(c) :: spc_error_info
    integer(c_int32_t) :: struct_size = 0, code = 0
    integer(c_int64_t) :: native = 0
    type(c_ptr) :: kind = c_null_ptr, op = c_null_ptr, family = c_null_ptr, message = c_null_ptr
  end type

  type, bind(c) :: spc_interposed_call
    integer(c_int32_t) :: struct_size = 0, op = 0
    type(c_ptr) :: name = c_null_ptr
    integer(c_int64_t) :: n_operands = 0
  end type

  type, bind(c) :: spc_solve_info
    integer(c_int32_t) :: struct_size = 0, reserved = 0
    integer(c_int64_t) :: iteration = 0
    real(c_double) :: residual_norm = 0, threshold = 0, seconds = 0
  end type

  type, bind(c) :: spc_solve_options
    integer(c_int32_t) :: struct_size = 0, norm = 0, baseline = 0, combiner = 0
    real(c_double) :: rtol = 0, atol = 0
    integer(c_int64_t) :: maxiter = 0, check_every = 1
    type(c_ptr) :: precond = c_null_ptr
    type(c_funptr) :: monitor = c_null_funptr
    type(c_ptr) :: monitor_user = c_null_ptr, history = c_null_ptr
    integer(c_int64_t) :: history_capacity = 0
  end type

  type, bind(c) :: spc_solve_result
    integer(c_int32_t) :: struct_size = 0, reason = 0
    integer(c_int64_t) :: iterations = 0, applies = 0, history_count = 0
    real(c_double) :: residual_norm = 0, true_residual_norm = 0, baseline_norm = 0
    real(c_double) :: threshold = 0, seconds = 0
  end type

  type, bind(c) :: spc_backend_info
    integer(c_int32_t) :: struct_size = 0, available = 0
    type(c_ptr) :: name = c_null_ptr, version = c_null_ptr, base = c_null_ptr
    type(c_ptr) :: plugin = c_null_ptr, memory_spaces = c_null_ptr, aliases = c_null_ptr
    type(c_ptr) :: unavailable = c_null_ptr
    integer(c_int64_t) :: dtypes = 0, own_ops = 0, inherited_ops = 0
  end type

  type, bind(c) :: spc_op_info
    integer(c_int32_t) :: struct_size = 0, op = 0
    type(c_ptr) :: name = c_null_ptr, signature = c_null_ptr, profile = c_null_ptr
    type(c_ptr) :: text = c_null_ptr, shapes = c_null_ptr, dtype = c_null_ptr
    type(c_ptr) :: errors = c_null_ptr, reference = c_null_ptr
    integer(c_int32_t) :: has_kernel = 0, reserved = 0
  end type

  type, bind(c) :: spc_mm_header
    integer(c_int32_t) :: struct_size = 0, coordinate = 0, field = 0, symmetry = 0
    integer(c_int64_t) :: rows = 0, cols = 0, entries = 0
  end type

  ! ---- callbacks
  abstract interface
    !> y = f(x); 0, or what stops the call.
    integer(c_int32_t) function spc_apply_fn(user, x, y) bind(c)
      import
      type(c_ptr), value :: user, x
      type(c_ptr), intent(inout) :: y
    end function
    !> 0 goes on, > 0 stops, < 0 fails.
    integer(c_int32_t) function spc_monitor_fn(user, info) bind(c)
      import
      type(c_ptr), value :: user
      type(spc_solve_info), intent(in) :: info
    end function
    integer(c_int32_t) function spc_warning_fn(user, category, message) bind(c)
      import
      type(c_ptr), value :: user, category, message
    end function
    integer(c_int32_t) function spc_interposer_fn(user, call) bind(c)
      import
      type(c_ptr), value :: user
      type(spc_interposed_call), intent(in) :: call
    end function
    subroutine spc_deleter_fn(user, data) bind(c)
      import
      type(c_ptr), value :: user, data
    end subroutine
    type(c_ptr) function spc_alloc_fn(user, bytes, align) bind(c)
      import
      type(c_ptr), value :: user
      integer(c_int64_t), value :: bytes, align
    end function
    subroutine spc_free_fn(user, data, bytes) bind(c)
      import
      type(c_ptr), value :: user, data
      integer(c_int64_t), value :: bytes
    end subroutine
  end interface

  ! ---- signatures that several functions share
  abstract interface
    integer(c_int32_t) function spc_sig_plain() bind(c)
      import
    end function
    integer(c_int32_t) function spc_sig_text(text) bind(c)
      import
      character(kind=c_char), intent(in) :: text(*)
    end function
    integer(c_int32_t) function spc_sig_get_text(out) bind(c)
      import
      type(c_ptr), intent(inout) :: out
    end function
    integer(c_int32_t) function spc_sig_code_text(code, out) bind(c)
      import
      integer(c_int32_t), value :: code
      type(c_ptr), intent(inout) :: out
    end function
    integer(c_int32_t) function spc_sig_get_i64(out) bind(c)
      import
      integer(c_int64_t), intent(inout) :: out
    end function
    integer(c_int32_t) function spc_sig_handler(fn, user) bind(c)
      import
      type(c_funptr), value :: fn
      type(c_ptr), value :: user
    end function
    !> Makes or releases an object.
    integer(c_int32_t) function spc_sig_object(object) bind(c)
      import
      type(c_ptr), intent(inout) :: object
    end function
    integer(c_int32_t) function spc_sig_1(a) bind(c)
      import
      type(c_ptr), value :: a
    end function
    integer(c_int32_t) function spc_sig_2(a, b) bind(c)
      import
      type(c_ptr), value :: a, b
    end function
    integer(c_int32_t) function spc_sig_3(a, b, c) bind(c)
      import
      type(c_ptr), value :: a, b, c
    end function
    integer(c_int32_t) function spc_sig_4(a, b, c, d) bind(c)
      import
      type(c_ptr), value :: a, b, c, d
    end function
    integer(c_int32_t) function spc_sig_5(a, b, c, d, e) bind(c)
      import
      type(c_ptr), value :: a, b, c, d, e
    end function
    !> 1 to 4 objects give an object or a text.
    integer(c_int32_t) function spc_sig_1_out(a, out) bind(c)
      import
      type(c_ptr), value :: a
      type(c_ptr), intent(inout) :: out
    end function
    integer(c_int32_t) function spc_sig_2_out(a, b, out) bind(c)
      import
      type(c_ptr), value :: a, b
      type(c_ptr), intent(inout) :: out
    end function
    integer(c_int32_t) function spc_sig_3_out(a, b, c, out) bind(c)
      import
      type(c_ptr), value :: a, b, c
      type(c_ptr), intent(inout) :: out
    end function
    integer(c_int32_t) function spc_sig_4_out(a, b, c, d, out) bind(c)
      import
      type(c_ptr), value :: a, b, c, d
      type(c_ptr), intent(inout) :: out
    end function
    integer(c_int32_t) function spc_sig_1_i32(a, out) bind(c)
      import
      type(c_ptr), value :: a
      integer(c_int32_t), intent(inout) :: out
    end function
    integer(c_int32_t) function spc_sig_2_i32(a, b, out) bind(c)
      import
      type(c_ptr), value :: a, b
      integer(c_int32_t), intent(inout) :: out
    end function
    integer(c_int32_t) function spc_sig_1_i64(a, out) bind(c)
      import
      type(c_ptr), value :: a
      integer(c_int64_t), intent(inout) :: out
    end function
    integer(c_int32_t) function spc_sig_shape_of(a, out, capacity) bind(c)
      import
      type(c_ptr), value :: a
      integer(c_int64_t), intent(inout) :: out(*)
      integer(c_int32_t), value :: capacity
    end function
    integer(c_int32_t) function spc_sig_list(n, items, out) bind(c)
      import
      integer(c_int64_t), value :: n
      type(c_ptr), intent(in) :: items(*)
      type(c_ptr), intent(inout) :: out
    end function
    integer(c_int32_t) function spc_sig_item(a, i, out) bind(c)
      import
      type(c_ptr), value :: a
      integer(c_int64_t), value :: i
      type(c_ptr), intent(inout) :: out
    end function
    integer(c_int32_t) function spc_sig_code(a, code, out) bind(c)
      import
      type(c_ptr), value :: a
      integer(c_int32_t), value :: code
      type(c_ptr), intent(inout) :: out
    end function
    integer(c_int32_t) function spc_sig_lengths(a, n, lengths, out) bind(c)
      import
      type(c_ptr), value :: a
      integer(c_int32_t), value :: n
      integer(c_int64_t), intent(in) :: lengths(*)
      type(c_ptr), intent(inout) :: out
    end function
    !> Creation (the last number is the dtype) and reductions (it is keepdims).
    integer(c_int32_t) function spc_sig_lengths_code(a, n, lengths, code, out) bind(c)
      import
      type(c_ptr), value :: a
      integer(c_int32_t), value :: n, code
      integer(c_int64_t), intent(in) :: lengths(*)
      type(c_ptr), intent(inout) :: out
    end function
    integer(c_int32_t) function spc_sig_reduce_into(x, n_axes, axes, keepdims, out) bind(c)
      import
      type(c_ptr), value :: x, out
      integer(c_int32_t), value :: n_axes, keepdims
      integer(c_int64_t), intent(in) :: axes(*)
    end function
  end interface

  procedure(spc_sig_plain), bind(c) :: spc_clear_error, spc_sync
  procedure(spc_sig_text), bind(c) :: spc_callback_error, spc_load_plugin, spc_add_plugin_directory
  procedure(spc_sig_get_text), bind(c) :: spc_last_error_message, spc_load_report
  procedure(spc_sig_code_text), bind(c) :: spc_status_name, spc_dtype_name, spc_reason_name
  procedure(spc_sig_get_i64), bind(c) :: spc_collect, spc_backend_count, spc_op_count
  procedure(spc_sig_handler), bind(c) :: spc_set_warning_handler, spc_set_interposer
  procedure(spc_sig_object), bind(c) :: spc_context_default, spc_context_release, spc_value_none, &
      spc_array_release, spc_geometry_euclidean, spc_geometry_release, spc_space_release, &
      spc_linop_release
  procedure(spc_sig_1), bind(c) :: spc_context_retain, spc_array_retain, spc_array_touch, &
      spc_geometry_retain, spc_space_retain, spc_linop_retain
  procedure(spc_sig_2), bind(c) :: spc_array_set, spc_space_check_member, spc_copy_into, &
      spc_negative_into, spc_conj_into, spc_imag_into, spc_abs_into, spc_sqrt_into
  procedure(spc_sig_3), bind(c) :: spc_add_into, spc_subtract_into, spc_multiply_into, &
      spc_divide_into, spc_maximum_into, spc_vdot_into, spc_sparse_matmul_into
  procedure(spc_sig_4), bind(c) :: spc_matmul_into
  procedure(spc_sig_5), bind(c) :: spc_axpby_into
  procedure(spc_sig_1_out), bind(c) :: spc_context_family, spc_array_family, &
      spc_array_memory_space, spc_linop_kind, spc_array_data, spc_sparse_transpose, &
      spc_sparse_diagonal, spc_geometry_weighted, spc_space_context, spc_space_geometry, &
      spc_space_zeros, spc_linop_identity, spc_linop_adjoint, spc_linop_domain, &
      spc_linop_codomain, spc_copy, spc_ravel, spc_negative, spc_conj, spc_real, spc_imag, &
      spc_abs, spc_sqrt
  procedure(spc_sig_2_out), bind(c) :: spc_context_asarray, spc_context_assparse, spc_space_norm, &
      spc_space_riesz, spc_space_riesz_inverse, spc_space_flatten, spc_space_unflatten, &
      spc_linop_diagonal, spc_linop_zero, spc_linop_scaled, spc_linop_composed, spc_linop_apply, &
      spc_linop_rapply, spc_add, spc_subtract, spc_multiply, spc_divide, spc_maximum, spc_vdot, &
      spc_sparse_matmul
  procedure(spc_sig_3_out), bind(c) :: spc_space_like, spc_space_add, spc_space_scale, &
      spc_space_inner, spc_linop_dense, spc_linop_sparse, spc_matmul
  procedure(spc_sig_4_out), bind(c) :: spc_space_axpy, spc_axpby
  procedure(spc_sig_1_i32), bind(c) :: spc_context_dtype, spc_context_check_level, &
      spc_value_kind, spc_weak_kind, spc_array_ndim, spc_array_dtype, spc_array_is_writable, &
      spc_sparse_format, spc_geometry_is_euclidean, spc_space_ndim, spc_linop_is_hermitian
  procedure(spc_sig_2_i32), bind(c) :: spc_context_equal, spc_array_is_view_of, spc_space_equal, &
      spc_linop_same
  procedure(spc_sig_1_i64), bind(c) :: spc_value_count, spc_array_size, spc_array_version, &
      spc_sparse_nnz, spc_space_size
  procedure(spc_sig_shape_of), bind(c) :: spc_array_shape, spc_array_strides, spc_space_shape
  procedure(spc_sig_list), bind(c) :: spc_value_list, spc_value_tuple, spc_linop_sum
  procedure(spc_sig_item), bind(c) :: spc_value_item, spc_value_key
  procedure(spc_sig_code), bind(c) :: spc_array_interpose, spc_astype
  procedure(spc_sig_lengths), bind(c) :: spc_reshape, spc_transpose, spc_broadcast_to, &
      spc_expand_dims, spc_squeeze
  procedure(spc_sig_lengths_code), bind(c) :: spc_empty, spc_zeros, spc_ones, spc_min, spc_max
  procedure(spc_sig_reduce_into), bind(c) :: spc_min_into, spc_max_into

  ! ---- functions with a signature of their own
  interface
    integer(c_int32_t) function spc_status_is_a(code, parent, out) bind(c)
      import
      integer(c_int32_t), value :: code, parent
      integer(c_int32_t), intent(inout) :: out
    end function
    integer(c_int32_t) function spc_last_error(out) bind(c)
      import
      type(spc_error_info), intent(inout) :: out
    end function
    integer(c_int32_t) function spc_version(major, minor, patch) bind(c)
      import
      integer(c_int32_t), intent(inout) :: major, minor, patch
    end function
    integer(c_int32_t) function spc_abi_version(major, minor) bind(c)
      import
      integer(c_int32_t), intent(inout) :: major, minor
    end function
    integer(c_int32_t) function spc_set_allocator(alloc, free, user) bind(c)
      import
      type(c_funptr), value :: alloc, free
      type(c_ptr), value :: user
    end function
    integer(c_int32_t) function spc_set_num_threads(n) bind(c)
      import
      integer(c_int32_t), value :: n
    end function
    integer(c_int32_t) function spc_backend_describe(i, out) bind(c)
      import
      integer(c_int64_t), value :: i
      type(spc_backend_info), intent(inout) :: out
    end function
    integer(c_int32_t) function spc_backend_find(name, out) bind(c)
      import
      character(kind=c_char), intent(in) :: name(*)
      integer(c_int64_t), intent(inout) :: out
    end function
    integer(c_int32_t) function spc_backend_supports(i, op, dtype, out) bind(c)
      import
      integer(c_int64_t), value :: i
      integer(c_int32_t), value :: op, dtype
      integer(c_int32_t), intent(inout) :: out
    end function
    integer(c_int32_t) function spc_op_describe(i, out) bind(c)
      import
      integer(c_int64_t), value :: i
      type(spc_op_info), intent(inout) :: out
    end function
    integer(c_int32_t) function spc_dtype_from_name(name, out) bind(c)
      import
      character(kind=c_char), intent(in) :: name(*)
      integer(c_int32_t), intent(inout) :: out
    end function
    integer(c_int32_t) function spc_dtype_size(dtype, out) bind(c)
      import
      integer(c_int32_t), value :: dtype
      integer(c_int64_t), intent(inout) :: out
    end function
    integer(c_int32_t) function spc_result_type(n, values, n_dtypes, dtypes, out) bind(c)
      import
      integer(c_int64_t), value :: n
      type(c_ptr), intent(in) :: values(*)
      integer(c_int32_t), value :: n_dtypes
      integer(c_int32_t), intent(in) :: dtypes(*)
      integer(c_int32_t), intent(inout) :: out
    end function
    integer(c_int32_t) function spc_context_create(family, dtype, check_level, out) bind(c)
      import
      character(kind=c_char), intent(in) :: family(*)
      integer(c_int32_t), value :: dtype, check_level
      type(c_ptr), intent(inout) :: out
    end function
    integer(c_int32_t) function spc_context_text(ctx, buffer, capacity, length) bind(c)
      import
      type(c_ptr), value :: ctx
      character(kind=c_char), intent(inout) :: buffer(*)
      integer(c_int64_t), value :: capacity
      integer(c_int64_t), intent(inout) :: length
    end function
    integer(c_int32_t) function spc_weak_bool(value, out) bind(c)
      import
      integer(c_int32_t), value :: value
      type(c_ptr), intent(inout) :: out
    end function
    integer(c_int32_t) function spc_weak_i64(value, out) bind(c)
      import
      integer(c_int64_t), value :: value
      type(c_ptr), intent(inout) :: out
    end function
    integer(c_int32_t) function spc_weak_f64(value, out) bind(c)
      import
      real(c_double), value :: value
      type(c_ptr), intent(inout) :: out
    end function
    integer(c_int32_t) function spc_weak_c128(re, im, out) bind(c)
      import
      real(c_double), value :: re, im
      type(c_ptr), intent(inout) :: out
    end function
    integer(c_int32_t) function spc_value_map(n, keys, items, out) bind(c)
      import
      integer(c_int64_t), value :: n
      type(c_ptr), intent(in) :: keys(*), items(*)
      type(c_ptr), intent(inout) :: out
    end function
    integer(c_int32_t) function spc_value_get(v, key, out) bind(c)
      import
      type(c_ptr), value :: v
      character(kind=c_char), intent(in) :: key(*)
      type(c_ptr), intent(inout) :: out
    end function
    !> data: any contiguous array; its elements are copied in its own order.
    integer(c_int32_t) function spc_array_from_host(ctx, dtype, ndim, shape, data, out) bind(c)
      import
      type(c_ptr), value :: ctx
      integer(c_int32_t), value :: dtype, ndim
      integer(c_int64_t), intent(in) :: shape(*)
      type(*), intent(in) :: data(*)
      type(c_ptr), intent(inout) :: out
    end function
    !> data: c_loc of a target; strides: c_loc of them, c_null_ptr for row-major.
    integer(c_int32_t) function spc_array_borrow(ctx, dtype, ndim, shape, strides, data, deleter, &
        user, out) bind(c)
      import
      type(c_ptr), value :: ctx, strides, data, user
      integer(c_int32_t), value :: dtype, ndim
      integer(c_int64_t), intent(in) :: shape(*)
      type(c_funptr), value :: deleter
      type(c_ptr), intent(inout) :: out
    end function
    integer(c_int32_t) function spc_array_to_host(a, out, capacity_bytes) bind(c)
      import
      type(c_ptr), value :: a
      type(*), intent(inout) :: out(*)
      integer(c_int64_t), value :: capacity_bytes
    end function
    integer(c_int32_t) function spc_sparse_create(format, rows, cols, first, second, data, out) &
        bind(c)
      import
      integer(c_int32_t), value :: format
      integer(c_int64_t), value :: rows, cols
      type(c_ptr), value :: first, second, data
      type(c_ptr), intent(inout) :: out
    end function
    integer(c_int32_t) function spc_sparse_parts(a, first, second, data) bind(c)
      import
      type(c_ptr), value :: a
      type(c_ptr), intent(inout) :: first, second, data
    end function
    integer(c_int32_t) function spc_space_dense(ctx, ndim, shape, geometry, out) bind(c)
      import
      type(c_ptr), value :: ctx, geometry
      integer(c_int32_t), value :: ndim
      integer(c_int64_t), intent(in) :: shape(*)
      type(c_ptr), intent(inout) :: out
    end function
    !> apply, rapply: c_funloc of functions of the interface spc_apply_fn.
    integer(c_int32_t) function spc_linop_matrix_free(apply, rapply, user, domain, codomain, out) &
        bind(c)
      import
      type(c_funptr), value :: apply, rapply
      type(c_ptr), value :: user, domain, codomain
      type(c_ptr), intent(inout) :: out
    end function
    integer(c_int32_t) function spc_linop_apply_into(alpha, A, x, beta, y, mode) bind(c)
      import
      type(c_ptr), value :: alpha, A, x, beta, y
      integer(c_int32_t), value :: mode
    end function
    integer(c_int32_t) function spc_solve_options_init(options) bind(c)
      import
      type(spc_solve_options), intent(inout) :: options
    end function
    integer(c_int32_t) function spc_cg(A, b, x0, options, x, result) bind(c)
      import
      type(c_ptr), value :: A, b, x0
      type(spc_solve_options), intent(in) :: options
      type(c_ptr), intent(inout) :: x
      type(spc_solve_result), intent(inout) :: result
    end function
    integer(c_int32_t) function spc_mm_info(path, out) bind(c)
      import
      character(kind=c_char), intent(in) :: path(*)
      type(spc_mm_header), intent(inout) :: out
    end function
    !> format: c_loc of a string, or c_null_ptr.
    integer(c_int32_t) function spc_mm_read(path, ctx, format, dtype, out) bind(c)
      import
      character(kind=c_char), intent(in) :: path(*)
      type(c_ptr), value :: ctx, format
      integer(c_int32_t), value :: dtype
      type(c_ptr), intent(inout) :: out
    end function
    !> comment: c_loc of a string, or c_null_ptr.
    integer(c_int32_t) function spc_mm_write(path, a, symmetry, comment) bind(c)
      import
      character(kind=c_char), intent(in) :: path(*)
      type(c_ptr), value :: a, comment
      integer(c_int32_t), value :: symmetry
    end function
    integer(c_int32_t) function spc_full(ctx, ndim, shape, fill, dtype, out) bind(c)
      import
      type(c_ptr), value :: ctx, fill
      integer(c_int32_t), value :: ndim, dtype
      integer(c_int64_t), intent(in) :: shape(*)
      type(c_ptr), intent(inout) :: out
    end function
    integer(c_int32_t) function spc_eye(ctx, n, m, dtype, out) bind(c)
      import
      type(c_ptr), value :: ctx
      integer(c_int64_t), value :: n, m
      integer(c_int32_t), value :: dtype
      type(c_ptr), intent(inout) :: out
    end function
    integer(c_int32_t) function spc_arange(ctx, start, stop, step, dtype, out) bind(c)
      import
      type(c_ptr), value :: ctx, start, stop, step
      integer(c_int32_t), value :: dtype
      type(c_ptr), intent(inout) :: out
    end function
    integer(c_int32_t) function spc_asarray(ctx, x, dtype, out) bind(c)
      import
      type(c_ptr), value :: ctx, x
      integer(c_int32_t), value :: dtype
      type(c_ptr), intent(inout) :: out
    end function
    integer(c_int32_t) function spc_swapaxes(x, axis1, axis2, out) bind(c)
      import
      type(c_ptr), value :: x
      integer(c_int64_t), value :: axis1, axis2
      type(c_ptr), intent(inout) :: out
    end function
    integer(c_int32_t) function spc_moveaxis(x, n_source, source, n_destination, destination, &
        out) bind(c)
      import
      type(c_ptr), value :: x
      integer(c_int32_t), value :: n_source, n_destination
      integer(c_int64_t), intent(in) :: source(*), destination(*)
      type(c_ptr), intent(inout) :: out
    end function
    integer(c_int32_t) function spc_getitem(x, n_index, index, out) bind(c)
      import
      type(c_ptr), value :: x
      integer(c_int32_t), value :: n_index
      type(spc_index), intent(in) :: index(*)
      type(c_ptr), intent(inout) :: out
    end function
    integer(c_int32_t) function spc_sum(x, n_axes, axes, keepdims, dtype, out) bind(c)
      import
      type(c_ptr), value :: x
      integer(c_int32_t), value :: n_axes, keepdims, dtype
      integer(c_int64_t), intent(in) :: axes(*)
      type(c_ptr), intent(inout) :: out
    end function
    integer(c_int32_t) function spc_sum_into(x, n_axes, axes, keepdims, dtype, out) bind(c)
      import
      type(c_ptr), value :: x, out
      integer(c_int32_t), value :: n_axes, keepdims, dtype
      integer(c_int64_t), intent(in) :: axes(*)
    end function
    integer(c_int32_t) function spc_norm(x, ord, p, n_axes, axes, keepdims, out) bind(c)
      import
      type(c_ptr), value :: x
      integer(c_int32_t), value :: ord, n_axes, keepdims
      real(c_double), value :: p
      integer(c_int64_t), intent(in) :: axes(*)
      type(c_ptr), intent(inout) :: out
    end function
    integer(c_int32_t) function spc_norm_into(x, ord, p, n_axes, axes, keepdims, out) bind(c)
      import
      type(c_ptr), value :: x, out
      integer(c_int32_t), value :: ord, n_axes, keepdims
      real(c_double), value :: p
      integer(c_int64_t), intent(in) :: axes(*)
    end function
    integer(c_int32_t) function spc_assparse(ctx, x, format, dtype, out) bind(c)
      import
      type(c_ptr), value :: ctx, x
      character(kind=c_char), intent(in) :: format(*)
      integer(c_int32_t), value :: dtype
      type(c_ptr), intent(inout) :: out
    end function
  end interface

contains

  !> A C string as a Fortran string; "" for c_null_ptr.
  function spc_string(text) result(string)
    type(c_ptr), intent(in) :: text
    character(len=:), allocatable :: string
    character(kind=c_char), pointer :: characters(:)
    integer :: i
    interface
      integer(c_size_t) function c_strlen(s) bind(c, name="strlen")
        import :: c_ptr, c_size_t
        type(c_ptr), value :: s
      end function
    end interface
    if (.not. c_associated(text)) then
      string = ""
      return
    end if
    call c_f_pointer(text, characters, [c_strlen(text)])
    allocate (character(len=size(characters)) :: string)
    do i = 1, size(characters)
      string(i:i) = characters(i)
    end do
  end function

end module

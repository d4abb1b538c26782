! SPDX-License-Identifier: Apache-2.0
!> The C API for Fortran 2018: every function of spacecore.h under its own name, by interfaces over
!> ISO C binding (spacecore_functions.inc beside this file). What a function does, and its errors, is
!> said in api.h and ops.h. Arrays of elements (data) keep their own order; pointers that may be NULL
!> are optional, or addresses: c_loc or c_null_ptr.
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
  integer(c_int32_t), parameter :: SPC_CHECK_UNSET = -1, SPC_CHECK_NONE = 0, &
      SPC_CHECK_CHEAP = 1, SPC_CHECK_STANDARD = 2, SPC_CHECK_STRICT = 3
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
  integer(c_int32_t), parameter :: SPC_PROGRAM_COPY = 1, SPC_PROGRAM_SCALE = 2, &
      SPC_PROGRAM_AXPY = 3, SPC_PROGRAM_AXPBY = 4, SPC_PROGRAM_MULTIPLY = 5, SPC_PROGRAM_DOT = 16, &
      SPC_PROGRAM_WEIGHTED_DOT = 17, SPC_PROGRAM_SUM_OF_SQUARES = 18, &
      SPC_PROGRAM_WEIGHTED_SQUARES = 19
  integer(c_int32_t), parameter :: SPC_MAX_PROGRAM_UPDATES = 16, SPC_MAX_PROGRAM_REDUCTIONS = 4, &
      SPC_MAX_PROGRAM_VECTORS = 8, SPC_MAX_PROGRAM_SCALARS = 16
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

  type, bind(c) :: spc_instruction
    integer(c_int32_t) :: code = 0, out = 0, x = 0, y = 0, w = 0, a = 0, b = 0, reserved = 0
  end type

  type, bind(c) :: spc_target
    integer(c_int32_t) :: struct_size = 0, dtype = SPC_DTYPE_NONE
    type(c_ptr) :: name = c_null_ptr, context = c_null_ptr
    integer(c_int32_t) :: check_level = SPC_CHECK_UNSET, enable_checks = SPC_UNKNOWN
    type(c_ptr) :: resolution_policy = c_null_ptr, dtype_resolution_policy = c_null_ptr
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
    integer(c_int64_t) :: applies = 0, column = 0
  end type

  type, bind(c) :: spc_solve_options
    integer(c_int32_t) :: struct_size = 0, norm = 0, baseline = 0, combiner = 0
    real(c_double) :: rtol = 0, atol = 0
    integer(c_int64_t) :: maxiter = 0, check_every = 1
    type(c_ptr) :: precond = c_null_ptr
    type(c_funptr) :: monitor = c_null_funptr
    type(c_ptr) :: monitor_user = c_null_ptr, history = c_null_ptr
    integer(c_int64_t) :: history_capacity = 0
    real(c_double) :: baseline_value = 0, max_seconds = 0
    integer(c_int64_t) :: max_applies = SPC_NONE_I64, stagnation_checks = 0
    real(c_double) :: damp = 0
    integer(c_int64_t) :: restart = 30
    integer(c_int32_t) :: residual_mode = 0, largest = 0
    type(c_ptr) :: workspace = c_null_ptr
  end type

  type, bind(c) :: spc_solve_result
    integer(c_int32_t) :: struct_size = 0, reason = 0
    integer(c_int64_t) :: iterations = 0, applies = 0, history_count = 0
    real(c_double) :: residual_norm = 0, true_residual_norm = 0, baseline_norm = 0
    real(c_double) :: threshold = 0, seconds = 0, normal_residual_norm = 0
  end type

  type, bind(c) :: spc_factor_options
    integer(c_int32_t) :: struct_size = 0, method = 0, ordering = 0, variant = 0
    integer(c_int32_t) :: refinement = 0, reserved = 0
    real(c_double) :: pivot_tolerance = 0, rank_tolerance = 0
  end type

  type, bind(c) :: spc_factor_info
    integer(c_int32_t) :: struct_size = 0, method = 0, ordering = 0, variant = 0
    integer(c_int64_t) :: rows = 0, cols = 0, entries = 0, rank = 0, positive = 0, negative = 0
    real(c_double) :: log_abs_det = 0, phase_re = 0, phase_im = 0
    type(c_ptr) :: family = c_null_ptr, reason = c_null_ptr
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
    !> result = f(args(1), ..., args(n_args)); 0, or what stops the call.
    integer(c_int32_t) function spc_function_fn(user, n_args, args, result) bind(c)
      import
      type(c_ptr), value :: user
      integer(c_int32_t), value :: n_args
      type(c_ptr), intent(in) :: args(*)
      type(c_ptr), intent(inout) :: result
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

  include 'spacecore_functions.inc'

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

! SPDX-License-Identifier: Apache-2.0
!> plugin.h for Fortran 2018: what a plugin receives and hands over, as records over ISO C binding,
!> with the opcodes (spacecore_opcodes.inc beside this file). What a field means, and what a kernel
!> may assume, is said in plugin.h.
!>
!> Records: set struct_size by c_sizeof. Kernels are bind(c) functions of spc_kernel_fn, given by
!> c_funloc; they return, and never STOP. The marker is data with addresses in it, which Fortran
!> cannot initialise: a plugin has it in a C source of some lines. See the Fortran plugin template.
module spacecore_plugin
  use, intrinsic :: iso_c_binding
  implicit none
  public

  integer(c_int32_t), parameter :: SPC_ABI_MAJOR = 1, SPC_ABI_MINOR = 0, SPC_MAX_NDIM = 32
  ! dtypes
  integer(c_int32_t), parameter :: SPC_BOOL = 0, SPC_INT8 = 1, SPC_UINT8 = 2, SPC_INT32 = 3, &
      SPC_INT64 = 4, SPC_FLOAT32 = 5, SPC_FLOAT64 = 6, SPC_COMPLEX64 = 7, SPC_COMPLEX128 = 8
  ! masks of dtypes: SPC_BIT_* of spc_op_entry%dtypes, to be added
  integer(c_int64_t), parameter :: SPC_BIT_FLOAT32 = 2_c_int64_t**SPC_FLOAT32, &
      SPC_BIT_FLOAT64 = 2_c_int64_t**SPC_FLOAT64, SPC_BIT_COMPLEX64 = 2_c_int64_t**SPC_COMPLEX64, &
      SPC_BIT_COMPLEX128 = 2_c_int64_t**SPC_COMPLEX128
  integer(c_int32_t), parameter :: SPC_TENSOR_READ_ONLY = 1, SPC_TENSOR_OPAQUE = 2, &
      SPC_TENSOR_VALUE = 4
  integer(c_int64_t), parameter :: SPC_KERNEL_INPLACE = 1, SPC_KERNEL_OPAQUE = 2, &
      SPC_KERNEL_SERIAL = 4
  integer(c_int32_t), parameter :: SPC_FAMILY_OPAQUE = 1, SPC_FAMILY_COLLECTIVE = 2, &
      SPC_FAMILY_NO_FORK = 4
  integer(c_int32_t), parameter :: SPC_OK = 0, SPC_E_VALUE = -1, SPC_E_MEMORY = -17, &
      SPC_E_RUNTIME = -8, SPC_E_NOTIMPL = -6, SPC_E_LINALG = -5

  include 'spacecore_opcodes.inc'

  type, bind(c) :: spc_tensor
    integer(c_int32_t) :: struct_size, flags, dtype, ndim
    type(c_ptr) :: shape, strides   !< int64 [ndim]; strides in elements
    type(c_ptr) :: data             !< the first element
    integer(c_int64_t) :: mem
  end type

  type, bind(c) :: spc_call
    integer(c_int32_t) :: struct_size, op, n_in, n_out
    type(c_ptr) :: in, out          !< c_ptr [n_in], [n_out]: addresses of spc_tensor
    type(c_ptr) :: params, plan
    type(c_ptr) :: exec             !< spc_exec
    type(c_ptr) :: host             !< address of spc_host_api
  end type

  type, bind(c) :: spc_op_entry
    integer(c_int32_t) :: struct_size = 0, op = 0
    integer(c_int64_t) :: dtypes = 0
    type(c_ptr) :: pairs = c_null_ptr
    integer(c_int32_t) :: n_pairs = 0, params_size = 0
    integer(c_int64_t) :: flags = 0
    type(c_funptr) :: fn = c_null_funptr, supports = c_null_funptr, prepare = c_null_funptr, &
        extent = c_null_funptr, release = c_null_funptr
  end type

  type, bind(c) :: spc_family
    integer(c_int32_t) :: struct_size = 0, flags = 0
    type(c_ptr) :: name = c_null_ptr, version = c_null_ptr, base = c_null_ptr
    type(c_ptr) :: aliases = c_null_ptr, memory_spaces = c_null_ptr, ops = c_null_ptr
    integer(c_int32_t) :: n_aliases = 0, n_memory_spaces = 0, n_ops = 0, default_rank = 0
    type(c_funptr) :: probe = c_null_funptr, state_create = c_null_funptr, &
        opaque_release = c_null_funptr, opaque_agree = c_null_funptr, &
        after_fork_child = c_null_funptr
  end type

  type, bind(c) :: spc_memory_space
    integer(c_int32_t) :: struct_size = 0, flags = 0
    type(c_ptr) :: name = c_null_ptr, state = c_null_ptr
    integer(c_int64_t) :: alignment = 0
    type(c_funptr) :: alloc = c_null_funptr, free = c_null_funptr, copy_to_host = c_null_funptr, &
        copy_from_host = c_null_funptr, sync = c_null_funptr
  end type

  type, bind(c) :: spc_host_api
    integer(c_int32_t) :: struct_size
    integer(c_int16_t) :: abi_major, abi_minor
    type(c_ptr) :: core_version
    type(c_funptr) :: add_memory_space, find_memory_space, add_family, reject, set_error, scratch, &
        parallel, host_alloc, host_free, warn, called_op
  end type

  abstract interface
    integer(c_int32_t) function spc_kernel_fn(state, call) bind(c)
      import
      type(c_ptr), value :: state
      type(spc_call), intent(in) :: call
    end function
    integer(c_int32_t) function spc_add_family_fn(registrar, family) bind(c)
      import
      type(c_ptr), value :: registrar
      type(spc_family), intent(in) :: family
    end function
    subroutine spc_set_error_fn(exec, code, native, where, text) bind(c)
      import
      type(c_ptr), value :: exec
      integer(c_int32_t), value :: code
      integer(c_int64_t), value :: native
      type(c_ptr), value :: where
      character(kind=c_char), intent(in) :: text(*)
    end subroutine
  end interface

contains

  !> Input i (1-based) of a call.
  function spc_in(call, i) result(tensor)
    type(spc_call), intent(in) :: call
    integer, intent(in) :: i
    type(spc_tensor), pointer :: tensor
    type(c_ptr), pointer :: tensors(:)
    call c_f_pointer(call%in, tensors, [call%n_in])
    call c_f_pointer(tensors(i), tensor)
  end function

  !> Output i (1-based) of a call.
  function spc_out(call, i) result(tensor)
    type(spc_call), intent(in) :: call
    integer, intent(in) :: i
    type(spc_tensor), pointer :: tensor
    type(c_ptr), pointer :: tensors(:)
    call c_f_pointer(call%out, tensors, [call%n_out])
    call c_f_pointer(tensors(i), tensor)
  end function

  !> Address of the element `offset` elements of `bytes` bytes after data.
  pure function spc_at(data, offset, bytes) result(address)
    type(c_ptr), intent(in) :: data
    integer(c_int64_t), intent(in) :: offset
    integer, intent(in) :: bytes
    type(c_ptr) :: address
    address = transfer(transfer(data, 0_c_intptr_t) + offset * bytes, c_null_ptr)
  end function

  !> Registers a family; it, and what it points to, has to live as long as the process.
  integer(c_int32_t) function spc_add_family(api, registrar, family) result(status)
    type(spc_host_api), intent(in) :: api
    type(c_ptr), intent(in) :: registrar
    type(spc_family), intent(in) :: family
    procedure(spc_add_family_fn), pointer :: add
    call c_f_procpointer(api%add_family, add)
    status = add(registrar, family)
  end function

  !> Stores the text of an error and returns its code, for a kernel to return.
  integer(c_int32_t) function spc_fail(call, code, text) result(status)
    type(spc_call), intent(in) :: call
    integer(c_int32_t), intent(in) :: code
    character(len=*), intent(in) :: text
    type(spc_host_api), pointer :: api
    procedure(spc_set_error_fn), pointer :: set_error
    call c_f_pointer(call%host, api)
    call c_f_procpointer(api%set_error, set_error)
    call set_error(call%exec, code, 0_c_int64_t, c_null_ptr, trim(text) // c_null_char)
    status = code
  end function

end module

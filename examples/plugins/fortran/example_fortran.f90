! SPDX-License-Identifier: Apache-2.0
!> A family in Fortran: add of doubles; everything else comes from cpu. The marker is in marker.c.
module example_fortran
  use spacecore_plugin
  implicit none
  private

  ! What is registered lives as long as the process.
  character(kind=c_char, len=16), target, save :: name = "example_fortran" // c_null_char
  character(kind=c_char, len=4), target, save :: version = "1.0" // c_null_char
  character(kind=c_char, len=4), target, save :: base = "cpu" // c_null_char
  character(kind=c_char, len=5), target, save :: host_memory = "host" // c_null_char
  type(c_ptr), target, save :: memory_spaces(1)
  type(spc_op_entry), target, save :: ops(1)
  type(spc_family), target, save :: family

contains

  !> out = a + b. The core has checked that all three have one shape and one dtype; strides are in
  !> elements, and may be 0 or negative.
  integer(c_int32_t) function add(state, call) bind(c) result(status)
    type(c_ptr), value :: state
    type(spc_call), intent(in) :: call
    type(spc_tensor), pointer :: a, b, out
    integer(c_int64_t), pointer :: shape(:)
    integer(c_int64_t) :: index(SPC_MAX_NDIM), from_a, from_b, to, i
    integer(c_int64_t), pointer :: sa(:), sb(:), so(:)
    real(c_double), pointer :: x, y, z
    integer :: axis, last

    a => spc_in(call, 1)
    b => spc_in(call, 2)
    out => spc_out(call, 1)
    last = out%ndim
    call c_f_pointer(out%shape, shape, [last])
    call c_f_pointer(a%strides, sa, [last])
    call c_f_pointer(b%strides, sb, [last])
    call c_f_pointer(out%strides, so, [last])

    ! Rows of the last axis; the axes before it are counted like the digits of an odometer.
    index = 0
    rows: do
      from_a = dot_product(index(:last), sa)
      from_b = dot_product(index(:last), sb)
      to = dot_product(index(:last), so)
      do i = 0, shape(last) - 1
        call c_f_pointer(spc_at(a%data, from_a + i * sa(last), 8), x)
        call c_f_pointer(spc_at(b%data, from_b + i * sb(last), 8), y)
        call c_f_pointer(spc_at(out%data, to + i * so(last), 8), z)
        z = x + y
      end do
      do axis = last - 1, 1, -1
        index(axis) = index(axis) + 1
        if (index(axis) < shape(axis)) cycle rows
        index(axis) = 0
      end do
      exit
    end do rows
    status = SPC_OK
  end function

  integer(c_int32_t) function register_ops(api, host, registrar) bind(c) result(status)
    type(spc_host_api), intent(in) :: api
    type(c_ptr), value :: host, registrar

    ops(1)%struct_size = int(c_sizeof(ops(1)), c_int32_t)
    ops(1)%op = SPC_OP_add
    ops(1)%dtypes = SPC_BIT_FLOAT64
    ops(1)%flags = SPC_KERNEL_INPLACE  ! an element is read before it is written
    ops(1)%fn = c_funloc(add)

    memory_spaces(1) = c_loc(host_memory)
    family%struct_size = int(c_sizeof(family), c_int32_t)
    family%name = c_loc(name)
    family%version = c_loc(version)
    family%base = c_loc(base)
    family%memory_spaces = c_loc(memory_spaces)
    family%n_memory_spaces = 1
    family%ops = c_loc(ops)
    family%n_ops = size(ops)
    status = spc_add_family(api, registrar, family)
  end function

end module

! SPDX-License-Identifier: Apache-2.0
! The records of the Fortran module for plugins are those of plugin.h.
program fortran_plugin_records
  use spacecore_plugin
  implicit none
  interface
    subroutine plugin_records(sizes, last) bind(c)
      import
      integer(c_int64_t), intent(inout) :: sizes(*), last(*)
    end subroutine
  end interface
  type(spc_tensor), target :: tensor
  type(spc_call), target :: call_
  type(spc_op_entry), target :: entry_
  type(spc_family), target :: family
  type(spc_memory_space), target :: space
  type(spc_host_api), target :: api
  integer(c_int64_t) :: sizes(6), last(6), own_sizes(6), own_last(6)

  call plugin_records(sizes, last)
  own_sizes = [c_sizeof(tensor), c_sizeof(call_), c_sizeof(entry_), c_sizeof(family), &
      c_sizeof(space), c_sizeof(api)]
  own_last = [place(c_loc(tensor%mem), c_loc(tensor)), place(c_loc(call_%host), c_loc(call_)), &
      place(c_loc(entry_%release), c_loc(entry_)), &
      place(c_loc(family%after_fork_child), c_loc(family)), &
      place(c_loc(space%sync), c_loc(space)), place(c_loc(api%called_op), c_loc(api))]
  if (any(own_sizes /= sizes)) then
    print *, "sizes are ", own_sizes, ", expected ", sizes
    stop 1
  end if
  if (any(own_last /= last)) then
    print *, "last fields lie at ", own_last, ", expected ", last
    stop 2
  end if

contains

  pure integer(c_int64_t) function place(field, record)
    type(c_ptr), intent(in) :: field, record
    place = transfer(field, 0_c_intptr_t) - transfer(record, 0_c_intptr_t)
  end function
end program

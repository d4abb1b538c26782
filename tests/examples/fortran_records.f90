! SPDX-License-Identifier: Apache-2.0
! The records of the Fortran module are those of the C headers.
program fortran_records
  use spacecore
  implicit none
  interface
    subroutine record_sizes(sizes) bind(c)
      import
      integer(c_int64_t), intent(inout) :: sizes(*)
    end subroutine
    subroutine fill_options(options) bind(c)
      import
      type(spc_solve_options), intent(inout) :: options
    end subroutine
  end interface
  type(spc_index) :: index
  type(spc_error_info) :: error
  type(spc_interposed_call) :: interposed
  type(spc_solve_info) :: info
  type(spc_solve_options) :: options
  type(spc_solve_result) :: result
  type(spc_backend_info) :: backend
  type(spc_op_info) :: op
  type(spc_mm_header) :: header
  type(spc_target) :: target
  type(spc_instruction) :: instruction
  integer(c_int64_t) :: expected(11), sizes(11)

  call record_sizes(expected)
  sizes = [c_sizeof(index), c_sizeof(error), c_sizeof(interposed), c_sizeof(info), &
      c_sizeof(options), c_sizeof(result), c_sizeof(backend), c_sizeof(op), c_sizeof(header), &
      c_sizeof(target), c_sizeof(instruction)]
  if (any(sizes /= expected)) then
    print *, "sizes are ", sizes, ", expected ", expected
    stop 1
  end if
  call fill_options(options)
  if (options%norm /= 1 .or. options%baseline /= 2 .or. options%combiner /= 3 .or. &
      abs(options%rtol - 4) > 0 .or. abs(options%atol - 5) > 0 .or. options%maxiter /= 6 .or. &
      options%check_every /= 7 .or. options%history_capacity /= 8) stop 2
end program

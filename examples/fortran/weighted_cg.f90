! SPDX-License-Identifier: Apache-2.0
! A weighted space, an operator given by a function, conjugate gradients with a monitor, and an
! error that is caught.
!
!   weighted_cg [FAMILY]
!
! The operator is A = W^-1 S with S = tridiag(-1, 4, -1) and W = diag(w). As a matrix it is not
! symmetric, but in the inner product <x, y> = sum w_i x_i y_i it is self-adjoint and positive,
! and that is all that the method needs. The right-hand side is made so that x_i = i.
module weighted_problem
  use, intrinsic :: iso_fortran_env, only: error_unit
  use spacecore
  implicit none

  integer, parameter :: n = 20

  type :: problem
    type(c_ptr) :: ctx = c_null_ptr
    real(c_double) :: weights(n) = 0
  end type

contains

  ! y = A x. The element may lie in any memory, so its coordinates are copied out and in.
  integer(c_int32_t) function apply(user, x, y) bind(c) result(status)
    type(c_ptr), value :: user, x
    type(c_ptr), intent(inout) :: y
    type(problem), pointer :: p
    real(c_double) :: in(0:n + 1), out(n)
    call c_f_pointer(user, p)
    in = 0
    status = spc_array_to_host(x, in(1:n), n * 8_c_int64_t)
    if (status /= SPC_OK) return
    out = (4 * in(1:n) - in(0:n - 1) - in(2:n + 1)) / p%weights
    status = spc_array_from_host(p%ctx, SPC_FLOAT64, 1, [int(n, c_int64_t)], out, y)
  end function

  ! Counts its calls and prints the progress; 0 goes on.
  integer(c_int32_t) function monitor(user, info) bind(c) result(answer)
    type(c_ptr), value :: user
    type(spc_solve_info), intent(in) :: info
    integer, pointer :: calls
    call c_f_pointer(user, calls)
    calls = calls + 1
    print '(a, i2, a, es8.2e2)', "iteration ", info%iteration, "  residual ", info%residual_norm
    answer = 0
  end function

  ! Ends the program with the last error if a call failed.
  subroutine check(status)
    integer(c_int32_t), intent(in) :: status
    type(c_ptr) :: text
    if (status == SPC_OK) return
    text = c_null_ptr
    if (spc_last_error_message(text) == SPC_OK) write (error_unit, '(2a)') "failed: ", &
        spc_string(text)
    stop 1, quiet=.true.
  end subroutine

  ! Hands A an element of a wrong length, which check level standard refuses.
  subroutine provoke_error(ctx, A)
    type(c_ptr), intent(in) :: ctx, A
    type(c_ptr) :: wrong, y
    type(spc_error_info) :: error
    integer(c_int32_t) :: status, is_value_error
    wrong = c_null_ptr
    y = c_null_ptr
    call check(spc_zeros(ctx, 1, [n + 1_c_int64_t], SPC_DTYPE_NONE, wrong))
    status = spc_linop_apply(A, wrong, y)
    error%struct_size = int(c_sizeof(error), c_int32_t)
    call check(spc_last_error(error))
    print '(4a)', "caught ", spc_string(error%kind), ": ", spc_string(error%message)
    is_value_error = 0
    call check(spc_status_is_a(status, SPC_E_VALUE, is_value_error))
    call check(spc_array_release(wrong))
    if (status /= SPC_E_VALIDATION .or. is_value_error == 0) stop 1, quiet=.true.
  end subroutine

end module

program weighted_cg
  use weighted_problem
  implicit none

  type(problem), target :: p
  integer, target :: calls
  real(c_double) :: truth(n), solution(n), norm(1), error
  type(c_ptr) :: weights, geometry, space, A, expected, b, x, length, reason
  type(spc_solve_options) :: options
  type(spc_solve_result) :: result
  character(len=64) :: family
  integer(c_int64_t), parameter :: shape_of_x(1) = [n], bytes = n * 8
  integer :: i

  weights = c_null_ptr
  geometry = c_null_ptr
  space = c_null_ptr
  A = c_null_ptr
  expected = c_null_ptr
  b = c_null_ptr
  x = c_null_ptr
  length = c_null_ptr
  reason = c_null_ptr
  family = "cpu"
  if (command_argument_count() > 0) call get_command_argument(1, family)
  p%weights = [(merge(2, 1, mod(i, 2) == 1), i=1, n)]
  truth = [(i, i=1, n)]

  call check(spc_context_create(trim(family)//c_null_char, SPC_FLOAT64, SPC_CHECK_STANDARD, p%ctx))
  call check(spc_array_from_host(p%ctx, SPC_FLOAT64, 1, shape_of_x, p%weights, weights))
  call check(spc_geometry_weighted(weights, geometry))
  call check(spc_space_dense(p%ctx, 1, shape_of_x, geometry, space))
  ! Self-adjoint: the adjoint is the same function.
  call check(spc_linop_matrix_free(c_funloc(apply), c_funloc(apply), c_loc(p), space, space, A))
  call check(spc_array_from_host(p%ctx, SPC_FLOAT64, 1, shape_of_x, truth, expected))
  call check(spc_linop_apply(A, expected, b))

  calls = 0
  options%struct_size = int(c_sizeof(options), c_int32_t)
  call check(spc_solve_options_init(options))
  options%rtol = 1e-8_c_double
  options%monitor = c_funloc(monitor)
  options%monitor_user = c_loc(calls)
  result%struct_size = int(c_sizeof(result), c_int32_t)
  call check(spc_cg(A, b, c_null_ptr, options, x, result))

  call check(spc_array_to_host(x, solution, bytes))
  call check(spc_space_norm(space, x, length))
  call check(spc_array_to_host(length, norm, 8_c_int64_t))
  call check(spc_reason_name(result%reason, reason))
  error = maxval(abs(solution - truth))
  print '(2a, i0, a, i0, a)', spc_string(reason), " after ", result%iterations, " iterations, ", &
      calls, " calls of the monitor"
  print '(a, f0.4, a, i0, a, f0.4, a, f0.4)', "x(1) = ", solution(1), ", x(", n, ") = ", &
      solution(n), ", norm of x = ", norm(1)
  ! sum w_i i^2 = 4200
  if (result%reason /= SPC_REASON_RTOL .or. calls /= result%iterations + 1 .or. &
      .not. error < 1e-5 .or. .not. abs(norm(1) - sqrt(4200.0_c_double)) < 1e-5) then
    write (error_unit, '(a, es10.3)') "wrong numbers: largest error of x is ", error
    stop 1, quiet=.true.
  end if
  call provoke_error(p%ctx, A)

  call check(spc_array_release(length))
  call check(spc_array_release(x))
  call check(spc_array_release(b))
  call check(spc_array_release(expected))
  call check(spc_linop_release(A))
  call check(spc_space_release(space))
  call check(spc_geometry_release(geometry))
  call check(spc_array_release(weights))
  call check(spc_context_release(p%ctx))
end program

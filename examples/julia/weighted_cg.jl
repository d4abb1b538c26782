# SPDX-License-Identifier: Apache-2.0
# A weighted space, an operator given by a function, conjugate gradients with a monitor, and an
# error that is caught.
#
#   julia weighted_cg.jl [FAMILY]
#
# Installed, it finds the module and the library by itself; in the source tree the library of a build
# is named: SPACECORE_LIBRARY=.../libspacecore.so julia examples/julia/weighted_cg.jl. A copy elsewhere
# is told the module: SPACECORE_MODULE=PREFIX/share/spacecore/SpaceCore.jl.
#
# The operator is A = W^-1 S with S = tridiag(-1, 4, -1) and W = diag(w). As a matrix it is not
# symmetric, but in the inner product <x, y> = sum w_i x_i y_i it is self-adjoint and positive,
# and that is all that the method needs. The right-hand side is made so that x_i = i.
const modules = [get(ENV, "SPACECORE_MODULE", ""),
                 joinpath(@__DIR__, "..", "..", "capi", "julia", "SpaceCore.jl"),
                 joinpath(@__DIR__, "..", "..", "..", "..", "spacecore", "SpaceCore.jl")]
const found = findfirst(isfile, modules)
found === nothing && error("SpaceCore.jl is not found; name it in SPACECORE_MODULE")
include(modules[found])
using .SpaceCore
using Printf

const n = 20

function main(family)
    weights = Float64[isodd(i) ? 2 : 1 for i in 1:n]
    truth = Float64.(1:n)

    ctx = Context(family, Float64)
    space = Space(ctx, (n,), weighted(Element(ctx, weights)))
    A = self_adjoint(space) do x
        in = [0; to_host(x); 0]
        Element(ctx, [(4 * in[i+1] - in[i] - in[i+2]) / weights[i] for i in 1:n])
    end
    b = A * Element(ctx, truth)

    calls = 0
    x, result = cg(A, b; rtol = 1e-8, monitor = info -> begin
        calls += 1
        @printf("iteration %2d  residual %.2E\n", info.iteration, info.residual_norm)
    end)

    solution = to_host(x)
    norm = norm_of(space, x)
    err = maximum(abs.(solution - truth))
    @printf("%s after %d iterations, %d calls of the monitor\n", reason_name(result),
            result.iterations, calls)
    @printf("x(1) = %.4f, x(%d) = %.4f, norm of x = %.4f\n", solution[1], n, solution[n], norm)
    # sum w_i i^2 = 4200
    if result.reason != SpaceCore.REASON_RTOL || calls != result.iterations + 1 ||
       !(err < 1e-5) || !(abs(norm - sqrt(4200)) < 1e-5)
        println(stderr, "wrong numbers: largest error of x is $err")
        return 1
    end

    # An element of a wrong length, which check level standard refuses.
    try
        A * zeros_of(ctx, n + 1)
    catch e
        e isa SpaceError || rethrow()
        println("caught ", e.kind, ": ", e.message)
        return e.code == SpaceCore.E_VALIDATION && is_a(e, SpaceCore.E_VALUE) ? 0 : 1
    end
    return 1
end

try
    exit(main(isempty(ARGS) ? "cpu" : ARGS[1]))
catch e
    println(stderr, "failed: ", sprint(showerror, e))
    exit(1)
end

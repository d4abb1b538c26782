# SPDX-License-Identifier: Apache-2.0
# The Julia module: arrays, operator algebra, exceptions in callbacks, lifetimes.
#
#   julia module_test.jl SpaceCore.jl
include(ARGS[1])
using .SpaceCore
using Test

@testset "SpaceCore" begin
    ctx = Context("cpu")
    s = Space(ctx, (4,))
    x = Element(ctx, [1.0, 2, 3, 4])
    m = [1.0 0 0 0; 2 1 0 0; 0 0 1 0; 0 0 0 1]

    @test to_host(Element(ctx, [1.0 2 3; 4 5 6])) == [1 2 3; 4 5 6]
    @test size(zeros_of(ctx, 2, 3)) == (2, 3)
    @test to_host(Element(ctx, ComplexF32[1+2im]), ComplexF64) == [1 + 2im]
    @test inner(s, x, x) == 30

    # Functions of operators live as long as what is made of them.
    A = self_adjoint(e -> Element(ctx, 2 .* to_host(e)), s)
    D = dense(Element(ctx, m), s, s)
    C = 2 * A + D' * D + A * A
    A = nothing
    GC.gc()
    GC.gc()
    @test to_host(C * x) == 8 * [1, 2, 3, 4] + m' * m * [1, 2, 3, 4]
    B = matrix_free(e -> Element(ctx, m * to_host(e)), e -> Element(ctx, m' * to_host(e)), s, s)
    @test to_host(B' * x) == m' * [1, 2, 3, 4]

    y, result = cg(C, x; rtol = 1e-12)
    @test converged(result)
    @test to_host(C * y) ≈ [1, 2, 3, 4]
    seen = Int[]
    _, result = cg(C, x; monitor = i -> (push!(seen, i.iteration); i.iteration == 1))
    @test reason_name(result) == "STOPPED_BY_MONITOR"
    @test seen == [0, 1]
    _, result = cg(C, x; maxiter = 1, rtol = 0)
    @test reason_name(result) == "MAXITER"

    # What a callback throws comes out of the call that it stopped.
    F = self_adjoint(e -> error("no"), s)
    @test_throws ErrorException F * x
    @test_throws DomainError cg(C, x; monitor = i -> throw(DomainError(i.iteration)))
    G = self_adjoint(e -> F * e, s)
    @test_throws ErrorException G * x
    failure = try C * zeros_of(ctx, 5) catch e; e end
    @test failure isa SpaceError && is_a(failure, SpaceCore.E_VALUE)
    @test failure.kind == "SpaceValidation"
    @test_throws SpaceError Context("no such family")
    @test_throws ArgumentError Element(ctx, [0x0001])

    for _ in 1:2000
        C * x
    end
    GC.gc()
end

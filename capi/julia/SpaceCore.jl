# SPDX-License-Identifier: Apache-2.0
"""
The C API of SpaceCore for Julia (1.5 or newer): objects that release their handles, `SpaceError`
for status codes, Julia functions as operators and monitors.

    include("SpaceCore.jl")
    using .SpaceCore

The library is `ENV["SPACECORE_LIBRARY"]`, or that of the prefix in which this file is installed, or
`libspacecore.so.1` where the system's loader looks.
A function that has no form here is called by `@spc`, as in `@spc(:spc_sync, ())`; what it does is
said in api.h and ops.h.
"""
module SpaceCore

export Context, Element, Geometry, Space, LinOp, SpaceError, SolveInfo, SolveResult
export weighted, dense, matrix_free, self_adjoint, compose, scaled, adjoint_of, zeros_of, to_host
export inner, norm_of, cg, is_a, reason_name, converged

using Libdl: dlopen, RTLD_LOCAL, RTLD_NOW

const soname = "libspacecore.so.1"

# This file is in PREFIX/share/spacecore. Debian has one more folder below lib.
function installed_library()
    prefix = dirname(dirname(abspath(@__DIR__)))
    for lib in (joinpath("lib", string(Sys.ARCH, "-linux-gnu")), "lib64", "lib")
        file = joinpath(prefix, lib, soname)
        isfile(file) && return file
    end
    return soname
end

const library = get(installed_library, ENV, "SPACECORE_LIBRARY")

# By default Julia prefers the libraries that a library names to those that are loaded. The C++
# runtime is loaded and unwinds by Julia's libunwind, so this library must, too.
__init__() = (dlopen(library, RTLD_NOW | RTLD_LOCAL); nothing)

const Status = Int32
const Handle = Ptr{Cvoid}

const CHECK_NONE, CHECK_CHEAP, CHECK_STANDARD, CHECK_STRICT = Int32.(0:3)
const MODE_NONE, MODE_TRANSPOSE, MODE_CONJ_TRANS, MODE_ADJOINT = Int32.(0:3)
const OK = Status(0)
const E_VALUE = Status(-1)
const E_TYPE = Status(-2)
const E_VALIDATION = Status(-15)
const E_CALLBACK = Status(-21)
const REASON_RTOL = Int32(1)
const REASON_ATOL = Int32(2)
const REASON_STOPPED_BY_MONITOR = Int32(4)
const REASON_MAXITER = Int32(-1)

const dtype_numbers = Dict{DataType,Int32}(
    Bool => 0, Int8 => 1, UInt8 => 2, Int32 => 3, Int64 => 4, Float32 => 5, Float64 => 6,
    ComplexF32 => 7, ComplexF64 => 8)

"The dtype number of a Julia type: one of the nine."
function dtype(T::DataType)
    haskey(dtype_numbers, T) || throw(ArgumentError("dtype: $T is none of the nine dtypes"))
    return dtype_numbers[T]
end

# ---- errors -------------------------------------------------------------------------------------

"A failed call: its `SPC_E_*` code, the kind's name, and a message that names both values."
struct SpaceError <: Exception
    code::Status
    kind::String
    message::String
end
Base.showerror(io::IO, e::SpaceError) = print(io, e.kind, ": ", e.message)

# spc_error_info
struct ErrorInfo
    struct_size::UInt32
    code::Status
    native::Int64
    kind::Cstring
    op::Cstring
    family::Cstring
    message::Cstring
end

# What a callback threw; the call that it stopped throws it again. No exception may pass through C.
# Calls and their callbacks run on one thread, but tasks may change between them: one per task.
thrown() = get!(() -> Ref{Any}(nothing), task_local_storage(), :spacecore_thrown)::Ref{Any}

"Throws if `status` is not 0: what a callback threw, else `SpaceError` with the last error."
function check(status::Status)
    status == OK && return nothing
    cause = thrown()[]
    thrown()[] = nothing
    status == E_CALLBACK && cause !== nothing && throw(cause)
    info = Ref(ErrorInfo(sizeof(ErrorInfo), 0, 0, C_NULL, C_NULL, C_NULL, C_NULL))
    ccall((:spc_last_error, library), Status, (Ref{ErrorInfo},), info)
    e = info[]
    throw(SpaceError(e.code, unsafe_string(e.kind), unsafe_string(e.message)))
end

"`@spc(:spc_name, (types...), arguments...)` calls a C function and checks its status."
macro spc(name, types, arguments...)
    return :(check(ccall(($(esc(name)), library), Status, $(esc(types)), $(map(esc, arguments)...))))
end

"Whether an error is of the kind `parent` (an `SPC_E_*` code): an AxisErr is a ValueErr, too."
function is_a(e::SpaceError, parent::Integer)
    out = Ref{Int32}(0)
    @spc(:spc_status_is_a, (Status, Status, Ref{Int32}), e.code, parent, out)
    return out[] != 0
end

# ---- objects ------------------------------------------------------------------------------------

# One reference to a C object each. `keep` holds what the object points to on the Julia side.
for (name, release, doc) in (
    (:Context, :spc_context_release, "Family, dtype and check level."),
    (:Element, :spc_array_release, "An array or weak scalar; an element of a space."),
    (:Geometry, :spc_geometry_release, "An inner product."),
    (:Space, :spc_space_release, "A vector space of arrays."),
    (:LinOp, :spc_linop_release, "A linear operator; `A * x` applies, `A * B`, `A + B`, `2 * A`."))
    @eval begin
        @doc $doc mutable struct $name
            handle::Handle
            keep::Any
            function $name(handle::Handle, keep = nothing)
                object = new(handle, keep)
                finalizer(object) do o
                    cell = Ref(o.handle)
                    ccall(($(QuoteNode(release)), library), Status, (Ref{Handle},), cell)
                    o.handle = C_NULL
                end
                return object
            end
        end
        Base.unsafe_convert(::Type{Handle}, o::$name) = o.handle
        Base.cconvert(::Type{Handle}, o::$name) = o
    end
end

"The context of a family by name, with the dtype of `T`."
function Context(family::AbstractString, T::DataType = Float64, level::Integer = CHECK_STANDARD)
    out = Ref{Handle}(C_NULL)
    @spc(:spc_context_create, (Cstring, Int32, Int32, Ref{Handle}), family, dtype(T), level, out)
    return Context(out[])
end

# Julia stores the first axis fastest, C the last one.
reversed_axes(a::AbstractArray) = ndims(a) < 2 ? a : permutedims(a, ndims(a):-1:1)

"An array of the same shape with a copy of the elements in the context's memory."
function Element(ctx::Context, data::Array{T}) where {T}
    out = Ref{Handle}(C_NULL)
    @spc(:spc_array_from_host, (Handle, Int32, Int32, Ptr{Int64}, Ptr{Cvoid}, Ref{Handle}),
         ctx, dtype(T), ndims(data), Int64[size(data)...], reversed_axes(data), out)
    return Element(out[])
end

"A weak scalar, which takes the dtype of what it meets."
function Element(value::Real)
    out = Ref{Handle}(C_NULL)
    @spc(:spc_weak_f64, (Float64, Ref{Handle}), value, out)
    return Element(out[])
end

"Zeros of a shape."
function zeros_of(ctx::Context, lengths::Integer...)
    out = Ref{Handle}(C_NULL)
    @spc(:spc_zeros, (Handle, Int32, Ptr{Int64}, Int32, Ref{Handle}), ctx, length(lengths),
         Int64[lengths...], -1, out)
    return Element(out[])
end

"The lengths of the axes."
function Base.size(x::Element)
    rank = Ref{Int32}(0)
    @spc(:spc_array_ndim, (Handle, Ref{Int32}), x, rank)
    lengths = Vector{Int64}(undef, rank[])
    @spc(:spc_array_shape, (Handle, Ptr{Int64}, Int32), x, lengths, rank[])
    return Tuple(lengths)
end

"A Julia array with a copy of the elements, cast to `T`. TypeErr: complex elements, real `T`."
function to_host(x::Element, T::DataType = Float64)
    cast = Ref{Handle}(C_NULL)
    @spc(:spc_astype, (Handle, Int32, Ref{Handle}), x, dtype(T), cast)
    same = Element(cast[])
    data = Array{T}(undef, reverse(size(x)))
    @spc(:spc_array_to_host, (Handle, Ptr{Cvoid}, Int64), same, data, sizeof(data))
    return reversed_axes(data)
end

"The inner product sum conj(x_i) w_i y_i."
function weighted(weights::Element)
    out = Ref{Handle}(C_NULL)
    @spc(:spc_geometry_weighted, (Handle, Ref{Handle}), weights, out)
    return Geometry(out[])
end

"The space of arrays of a shape; Euclidean without a geometry."
function Space(ctx::Context, shape::Tuple, geometry::Union{Geometry,Nothing} = nothing)
    out = Ref{Handle}(C_NULL)
    g = geometry === nothing ? C_NULL : geometry
    @spc(:spc_space_dense, (Handle, Int32, Ptr{Int64}, Handle, Ref{Handle}), ctx, length(shape),
         Int64[shape...], g, out)
    return Space(out[])
end

"The inner product of two elements, conjugate-linear in the first."
function inner(s::Space, x::Element, y::Element)
    out = Ref{Handle}(C_NULL)
    @spc(:spc_space_inner, (Handle, Handle, Handle, Ref{Handle}), s, x, y, out)
    return to_host(Element(out[]), ComplexF64)[]
end

"The norm of an element."
function norm_of(s::Space, x::Element)
    out = Ref{Handle}(C_NULL)
    @spc(:spc_space_norm, (Handle, Handle, Ref{Handle}), s, x, out)
    return to_host(Element(out[]))[]
end

# ---- operators ----------------------------------------------------------------------------------

# The functions of a matrix-free operator; C holds a pointer to it.
mutable struct Functions
    apply::Function
    rapply::Function
end

# Runs a callback's body; what it throws is kept for the call that it stops.
function guarded(body::Function)
    thrown()[] = nothing
    try
        return body()
    catch e
        thrown()[] = e
        ccall((:spc_callback_error, library), Status, (Cstring,),
              replace(sprint(showerror, e), '\0' => ' '))
        return E_CALLBACK
    end
end

function call(which::Symbol, user::Ptr{Cvoid}, x::Handle, y::Ptr{Handle})::Status
    return guarded() do
        f = getfield(unsafe_pointer_to_objref(user)::Functions, which)
        # x is lent for the call, and an Element releases what it holds.
        @spc(:spc_array_retain, (Handle,), x)
        result = f(Element(x))::Element
        GC.@preserve result begin
            @spc(:spc_array_retain, (Handle,), result)
            unsafe_store!(y, result.handle)
        end
        return OK
    end
end
call_apply(user::Ptr{Cvoid}, x::Handle, y::Ptr{Handle})::Status = call(:apply, user, x, y)
call_rapply(user::Ptr{Cvoid}, x::Handle, y::Ptr{Handle})::Status = call(:rapply, user, x, y)

function matrix_free(functions::Functions, rapply::Ptr{Cvoid}, domain::Space, codomain::Space)
    out = Ref{Handle}(C_NULL)
    apply = @cfunction(call_apply, Status, (Ptr{Cvoid}, Handle, Ptr{Handle}))
    GC.@preserve functions begin
        @spc(:spc_linop_matrix_free,
             (Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Cvoid}, Handle, Handle, Ref{Handle}), apply, rapply,
             pointer_from_objref(functions), domain, codomain, out)
    end
    return LinOp(out[], functions)
end

"The operator with `apply(x)` and its metric adjoint `rapply(y)`, functions of elements."
function matrix_free(apply::Function, rapply::Function, domain::Space, codomain::Space)
    pointer = @cfunction(call_rapply, Status, (Ptr{Cvoid}, Handle, Ptr{Handle}))
    return matrix_free(Functions(apply, rapply), pointer, domain, codomain)
end

"The operator with `apply(x)` that is its own metric adjoint; for `do` blocks."
function self_adjoint(apply::Function, space::Space)
    pointer = @cfunction(call_apply, Status, (Ptr{Cvoid}, Handle, Ptr{Handle}))
    return matrix_free(Functions(apply, apply), pointer, space, space)
end

"The operator of a matrix, an array of the shape codomain by domain."
function dense(a::Element, domain::Space, codomain::Space)
    out = Ref{Handle}(C_NULL)
    @spc(:spc_linop_dense, (Handle, Handle, Handle, Ref{Handle}), a, domain, codomain, out)
    return LinOp(out[])
end

"The operator applied."
function Base.:*(A::LinOp, x::Element)
    out = Ref{Handle}(C_NULL)
    GC.@preserve A @spc(:spc_linop_apply, (Handle, Handle, Ref{Handle}), A, x, out)
    return Element(out[])
end

"First `B`, then `A`."
function compose(A::LinOp, B::LinOp)
    out = Ref{Handle}(C_NULL)
    @spc(:spc_linop_composed, (Handle, Handle, Ref{Handle}), A, B, out)
    return LinOp(out[], (A, B))
end
Base.:*(A::LinOp, B::LinOp) = compose(A, B)

function Base.:+(A::LinOp, B::LinOp)
    out = Ref{Handle}(C_NULL)
    GC.@preserve A B begin
        @spc(:spc_linop_sum, (Int64, Ptr{Handle}, Ref{Handle}), 2, [A.handle, B.handle], out)
    end
    return LinOp(out[], (A, B))
end

"A multiple of an operator."
function scaled(s::Real, A::LinOp)
    out = Ref{Handle}(C_NULL)
    @spc(:spc_linop_scaled, (Handle, Handle, Ref{Handle}), Element(s), A, out)
    return LinOp(out[], A)
end
Base.:*(s::Real, A::LinOp) = scaled(s, A)

"The metric adjoint."
function adjoint_of(A::LinOp)
    out = Ref{Handle}(C_NULL)
    @spc(:spc_linop_adjoint, (Handle, Ref{Handle}), A, out)
    return LinOp(out[], A)
end
Base.adjoint(A::LinOp) = adjoint_of(A)

# ---- solvers ------------------------------------------------------------------------------------

"What a monitor sees; spc_solve_info."
struct SolveInfo
    struct_size::UInt32
    reserved::Int32
    iteration::Int64
    residual_norm::Float64
    threshold::Float64
    seconds::Float64
    applies::Int64
    column::Int64
end

# spc_solve_options; mutable, because the library fills in the defaults.
mutable struct SolveOptions
    struct_size::UInt32
    norm::Int32
    baseline::Int32
    combiner::Int32
    rtol::Float64
    atol::Float64
    maxiter::Int64
    check_every::Int64
    precond::Handle
    monitor::Ptr{Cvoid}
    monitor_user::Ptr{Cvoid}
    history::Ptr{Float64}
    history_capacity::Int64
    baseline_value::Float64
    max_seconds::Float64
    max_applies::Int64
    stagnation_checks::Int64
    damp::Float64
    restart::Int64
    residual_mode::Int32
    largest::Int32
    workspace::Handle
    SolveOptions() = new(sizeof(SolveOptions), 0, 0, 0, 0, 0, 0, 0, C_NULL, C_NULL, C_NULL, C_NULL, 0,
                         0, 0, 0, 0, 0, 0, 0, 0, C_NULL)
end

"Outcome of a solve; spc_solve_result."
struct SolveResult
    struct_size::UInt32
    reason::Int32
    iterations::Int64
    applies::Int64
    history_count::Int64
    residual_norm::Float64
    true_residual_norm::Float64
    baseline_norm::Float64
    threshold::Float64
    seconds::Float64
    normal_residual_norm::Float64
end

"Whether a solve converged."
converged(result::SolveResult) = result.reason > 0

"\"RTOL\", \"MAXITER\", ..."
function reason_name(result::SolveResult)
    out = Ref{Cstring}(C_NULL)
    @spc(:spc_reason_name, (Int32, Ref{Cstring}), result.reason, out)
    return unsafe_string(out[])
end

# Not inlined: only an object on the heap can be found again from its address.
@noinline boxed(f) = Ref{Any}(f)

function call_monitor(user::Ptr{Cvoid}, info::Ptr{SolveInfo})::Int32
    return guarded() do
        stop = unsafe_pointer_to_objref(user)[](unsafe_load(info))
        return stop === true ? Int32(1) : Int32(0)
    end
end

"""
    x, result = cg(A, b; rtol, atol, maxiter, check_every, precond, x0, monitor)

Conjugate gradients for self-adjoint positive `A`. Not converging is no error: see `result`.
`monitor(info::SolveInfo)` is called at every check and stops the solve by returning `true`.
"""
function cg(A::LinOp, b::Element; rtol = nothing, atol = nothing, maxiter = nothing,
            check_every = nothing, precond = nothing, x0 = nothing, monitor = nothing)
    options = SolveOptions()
    @spc(:spc_solve_options_init, (Ref{SolveOptions},), options)
    rtol === nothing || (options.rtol = rtol)
    atol === nothing || (options.atol = atol)
    maxiter === nothing || (options.maxiter = maxiter)
    check_every === nothing || (options.check_every = check_every)
    precond === nothing || (options.precond = precond.handle)
    cell = boxed(monitor)
    if monitor !== nothing
        options.monitor = @cfunction(call_monitor, Int32, (Ptr{Cvoid}, Ptr{SolveInfo}))
        options.monitor_user = pointer_from_objref(cell)
    end
    x = Ref{Handle}(C_NULL)
    result = Ref(SolveResult(sizeof(SolveResult), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))
    GC.@preserve A precond cell begin
        @spc(:spc_cg, (Handle, Handle, Handle, Ref{SolveOptions}, Ref{Handle}, Ref{SolveResult}),
             A, b, x0 === nothing ? C_NULL : x0, options, x, result)
    end
    return Element(x[]), result[]
end

end # module

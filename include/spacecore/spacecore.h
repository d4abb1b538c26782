/* SPDX-License-Identifier: Apache-2.0 */
/* SpaceCore: algorithms written once against spaces and operators, the engine chosen at run time.
 *
 * Model. A context names a family (engine), a dtype and a check level. A space is a context, a shape
 * and an inner product; its elements are arrays. A linear operator maps one space to another and
 * knows its metric adjoint. Solvers see only spaces and operators, so they run on any family.
 *
 * Ownership. Handles are reference counted; results come through trailing out-parameters, which are
 * written only on success, and belong to the caller. Inputs are borrowed for the call; an object
 * that keeps one takes its own reference.
 *
 * Threads. Contexts, geometries, spaces and operators are immutable and may be shared. An array may
 * be read from several threads; writes to it need the caller's own ordering. Errors are per thread.
 *
 * Errors. Every function returns spc_status: 0, or a negative code whose text is spc_last_error*.
 * A failed call leaves handles and inputs as they were.
 *
 * What is not declared here is not API. plugin.h is the separate contract for backend families. */
#ifndef SPACECORE_H
#define SPACECORE_H

#include "spacecore/api.h"
#include "spacecore/ops.h"
#include "spacecore/status.h"
#include "spacecore/types.h"

#endif /* SPACECORE_H */

/* SPDX-License-Identifier: Apache-2.0 */
/* A library that is there when missing_dependency is linked, and not when it is loaded. */
int absent_function(void);
int absent_function(void) {
  return 1;
}

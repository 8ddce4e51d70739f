#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs a program under a seccomp profile in OCI format, without a container: run-under.py PROFILE PROGRAM [ARGUMENT ...]

Needs libseccomp.so.2. It knows what bulla.json uses: a default action with an errno, and names that are allowed.
"""
import ctypes
import json
import os
import sys

ALLOW = 0x7FFF0000
ERRNO = 0x00050000
UNKNOWN_NAME = -1

if len(sys.argv) < 3:
    sys.exit(__doc__)
with open(sys.argv[1]) as file:
    profile = json.load(file)
if profile["defaultAction"] != "SCMP_ACT_ERRNO":
    sys.exit("the default action must be SCMP_ACT_ERRNO")

seccomp = ctypes.CDLL("libseccomp.so.2", use_errno=True)
seccomp.seccomp_init.restype = ctypes.c_void_p
context = ctypes.c_void_p(seccomp.seccomp_init(ctypes.c_uint32(ERRNO | profile["defaultErrnoRet"])))
for rule in profile["syscalls"]:
    if rule["action"] != "SCMP_ACT_ALLOW" or set(rule) != {"names", "action"}:
        sys.exit("a rule is not a plain SCMP_ACT_ALLOW")
    for name in rule["names"]:
        number = seccomp.seccomp_syscall_resolve_name(name.encode())
        # Names of other architectures have numbers below -1, which libseccomp passes over.
        if number == UNKNOWN_NAME:
            sys.exit("libseccomp does not know the system call " + name)
        if number >= 0 and seccomp.seccomp_rule_add(context, ctypes.c_uint32(ALLOW), number, 0) != 0:
            sys.exit("a rule for " + name + " was refused")
if seccomp.seccomp_load(context) != 0:
    sys.exit("the kernel refused the filter")
os.execvp(sys.argv[2], sys.argv[2:])

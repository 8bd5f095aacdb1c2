# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The system calls that a sandboxed worker may make: an allow-list, as the kernel's filter.

Numerical Python on local files, threads and Unix sockets needs these and no others. Everything
else answers ENOSYS as on a kernel that has no such call, so that libraries take their older way:
namespaces, mounts, tracing, other processes' memory, keys, io_uring, bpf, the clock, networks.

The filter is a program of classic BPF (seccomp(2)); it is small enough to be written by hand, and
needs no library.
"""

import os
import platform
import struct
from collections.abc import Iterable, Iterator

_NUMBERS = """
read 0 63; write 1 64; readv 19 65; writev 20 66; pread64 17 67; pwrite64 18 68;
preadv 295 69; pwritev 296 70; close 3 57; open 2 -; openat 257 56; stat 4 -; fstat 5 80;
lstat 6 -; newfstatat 262 79; statx 332 291; statfs 137 43; fstatfs 138 44; access 21 -;
faccessat 269 48; faccessat2 439 439; lseek 8 62; getdents64 217 61; getdents 78 -;
readlink 89 -; readlinkat 267 78; getcwd 79 17; chdir 80 49; dup 32 23; dup2 33 -;
dup3 292 24; pipe 22 -; pipe2 293 59; fcntl 72 25; flock 73 32; fsync 74 82; fdatasync 75 83;
truncate 76 45; ftruncate 77 46; fallocate 285 47; rename 82 -; renameat 264 38;
renameat2 316 276; mkdir 83 -; mkdirat 258 34; rmdir 84 -; unlink 87 -; unlinkat 263 35;
link 86 -; linkat 265 37; symlink 88 -; symlinkat 266 36; chmod 90 -; fchmod 91 52;
fchmodat 268 53; umask 95 166; utimensat 280 88; futimesat 261 -; utimes 235 -;
sendfile 40 71; copy_file_range 326 285; close_range 436 436; fadvise64 221 223;
getxattr 191 8; lgetxattr 192 9; fgetxattr 193 10; mmap 9 222; munmap 11 215; mprotect 10 226;
mremap 25 216; madvise 28 233; brk 12 214; msync 26 227; mincore 27 232; membarrier 324 283;
fork 57 -; vfork 58 -; execve 59 221; execveat 322 281; exit 60 93; exit_group 231 94;
wait4 61 260; waitid 247 95; set_tid_address 218 96; set_robust_list 273 99;
get_robust_list 274 100; rseq 334 293; gettid 186 178; getpid 39 172; getppid 110 173;
getpgid 121 155; getpgrp 111 -; getsid 124 156; setsid 112 157; setpgid 109 154; futex 202 98;
sched_yield 24 124; sched_getaffinity 204 123; sched_setaffinity 203 122;
sched_getscheduler 145 120; sched_getparam 143 121; getcpu 309 168; arch_prctl 158 -;
restart_syscall 219 128; rt_sigaction 13 134; rt_sigprocmask 14 135; rt_sigreturn 15 139;
rt_sigsuspend 130 133; rt_sigtimedwait 128 137; rt_sigpending 127 136; sigaltstack 131 132;
kill 62 129; tkill 200 130; tgkill 234 131; pause 34 -; alarm 37 -; setitimer 38 103;
getitimer 36 102; poll 7 -; ppoll 271 73; select 23 -; pselect6 270 72; epoll_create 213 -;
epoll_create1 291 20; epoll_ctl 233 21; epoll_wait 232 -; epoll_pwait 281 22; eventfd 284 -;
eventfd2 290 19; signalfd4 289 74; connect 42 203; accept 43 202; accept4 288 242;
bind 49 200; listen 50 201; shutdown 48 210; getsockname 51 204; getpeername 52 205;
getsockopt 55 209; setsockopt 54 208; sendto 44 206; recvfrom 45 207; sendmsg 46 211;
recvmsg 47 212; clock_gettime 228 113; clock_getres 229 114; clock_nanosleep 230 115;
nanosleep 35 101; gettimeofday 96 169; time 201 -; times 100 153; timerfd_create 283 85;
timerfd_settime 286 86; timerfd_gettime 287 87; timer_create 222 107; timer_settime 223 110;
timer_delete 226 111; getuid 102 174; geteuid 107 175; getgid 104 176; getegid 108 177;
getresuid 118 148; getresgid 120 150; getgroups 115 158; setuid 105 146; setgid 106 144;
setreuid 113 145; setregid 114 143; setresuid 117 147; setresgid 119 149; setgroups 116 159;
capget 125 90; capset 126 91; prctl 157 167; getrlimit 97 163; getrusage 98 165;
sysinfo 99 179; uname 63 160; getrandom 318 278; getpriority 140 141; setpriority 141 140;
prlimit64 302 261; memfd_create 319 279;
"""
"""Name and number of each call that is allowed, on x86_64 and on aarch64 (Linux' own tables)."""

_COLUMN = {"x86_64": 1, "aarch64": 2}
_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_BY_ARGUMENT = {
    "clone": {"x86_64": 56, "aarch64": 220},
    "socket": {"x86_64": 41, "aarch64": 198},
    "socketpair": {"x86_64": 53, "aarch64": 199},
    "ioctl": {"x86_64": 16, "aarch64": 29},
}
"""Calls that are allowed with some values of an argument."""

X32 = 0x40000000
"""Numbers from here on are x86_64's second table of calls, which is not looked through."""

NEW_NAMESPACES = 0x7E020000
"""The flags of clone(2) that make namespaces."""

AF_UNIX = 1
IOCTLS = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)
"""TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX."""

EPERM, ENOTTY, ENOSYS, EAFNOSUPPORT = 1, 25, 38, 97
ALLOW, KILL, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
LOAD, JUMP_EQUAL, JUMP_GREATER, JUMP_GREATER_EQUAL, JUMP_SET, RETURN = (
    *(0x20, 0x15, 0x25, 0x35, 0x45),
    0x06,
)
NUMBER, ARCH, FIRST, SECOND = 0, 4, 16, 24
"""Offsets in the kernel's description of a call: its number, the machine, two arguments."""

Instruction = tuple[int, int, int, int]


def _ranges(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Join neighbouring numbers to ranges.

    Examples:
        >>> list(_ranges([3, 1, 2, 7]))
        [(1, 3), (7, 7)]
    """
    ordered = sorted(numbers)
    low = ordered[0]
    for here, following in zip(ordered, [*ordered[1:], None], strict=True):
        if following != here + 1:
            yield low, here
            if following is not None:
                low = following


def _allowed(machine: str) -> list[int]:
    rows = (row.split() for row in _NUMBERS.split(";") if row.strip())
    return [int(row[_COLUMN[machine]]) for row in rows if row[_COLUMN[machine]] != "-"]


def _instructions(machine: str) -> Iterator[Instruction]:
    def answer(error: int) -> Instruction:
        return (RETURN, 0, 0, ERRNO | error)

    allow = (RETURN, 0, 0, ALLOW)
    yield (LOAD, 0, 0, ARCH)
    yield (JUMP_EQUAL, 1, 0, _AUDIT_ARCH[machine])
    yield (RETURN, 0, 0, KILL)
    yield (LOAD, 0, 0, NUMBER)
    if machine == "x86_64":
        yield (JUMP_GREATER_EQUAL, 0, 1, X32)
        yield (RETURN, 0, 0, KILL)
    for low, high in _ranges(_allowed(machine)):
        yield (JUMP_GREATER_EQUAL, 0, 2, low)
        yield (JUMP_GREATER, 1, 0, high)
        yield allow
    number = {name: numbers[machine] for name, numbers in _BY_ARGUMENT.items()}
    yield (JUMP_EQUAL, 0, 4, number["clone"])
    yield (LOAD, 0, 0, FIRST)
    yield (JUMP_SET, 0, 1, NEW_NAMESPACES)
    yield answer(EPERM)
    yield allow
    for name in ("socket", "socketpair"):
        yield (JUMP_EQUAL, 0, 4, number[name])
        yield (LOAD, 0, 0, FIRST)
        yield (JUMP_EQUAL, 0, 1, AF_UNIX)
        yield allow
        yield answer(EAFNOSUPPORT)
    yield (JUMP_EQUAL, 0, 2 + 2 * len(IOCTLS), number["ioctl"])
    yield (LOAD, 0, 0, SECOND)
    for value in IOCTLS:
        yield (JUMP_EQUAL, 0, 1, value)
        yield allow
    yield answer(ENOTTY)
    yield answer(ENOSYS)


def program(machine: str | None = None) -> bytes | None:
    """Write the filter.

    Args:
        machine: as ``uname -m`` names it; this one if not given.

    Returns:
        The instructions as the kernel takes them; None for machines whose table is not here.

    Examples:
        >>> len(program("x86_64")) % 8, program("vax")
        (0, None)
    """
    machine = machine or platform.machine()
    if machine not in _AUDIT_ARCH:
        return None
    return b"".join(struct.pack("=HBBI", *one) for one in _instructions(machine))


def open_program() -> int | None:
    """Open the filter as a file that a started program reads.

    Returns:
        A file descriptor that is closed by its user, None where there is no filter.
    """
    text = program()
    if text is None:
        return None
    descriptor = os.memfd_create("seccomp", 0)
    os.write(descriptor, text)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor

"""Numbers of the system calls that the filter names, on x86-64 and aarch64. Data only; the policy is in `seccomp`.

Each entry is a name, its number on x86-64 and its number on aarch64, where `-` says that there is none.
"""

from __future__ import annotations

ALLOWED = """
    read 0 63, write 1 64, readv 19 65, writev 20 66, pread64 17 67, pwrite64 18 68, preadv 295 69, pwritev 296 70,
    preadv2 327 286, pwritev2 328 287, lseek 8 62, open 2 -, openat 257 56, close 3 57, close_range 436 436,
    stat 4 -, fstat 5 80, lstat 6 -, newfstatat 262 79, statx 332 291, access 21 -, faccessat 269 48,
    faccessat2 439 439, readlink 89 -, readlinkat 267 78, getdents 78 -, getdents64 217 61, getcwd 79 17,
    chdir 80 49, fchdir 81 50, mkdir 83 -, mkdirat 258 34, rmdir 84 -, unlink 87 -, unlinkat 263 35, rename 82 -,
    renameat 264 38, renameat2 316 276, link 86 -, linkat 265 37, symlink 88 -, symlinkat 266 36, truncate 76 45,
    ftruncate 77 46, fallocate 285 47, fsync 74 82, fdatasync 75 83, sync_file_range 277 84, fadvise64 221 223,
    sendfile 40 71, copy_file_range 326 285, dup 32 23, dup2 33 -, dup3 292 24, pipe 22 -, pipe2 293 59, flock 73 32,
    umask 95 166, statfs 137 43, fstatfs 138 44, readahead 187 213,
    munmap 11 215, mprotect 10 226, mremap 25 216, madvise 28 233, brk 12 214, msync 26 227, mincore 27 232,
    mlock 149 228, munlock 150 229, membarrier 324 283, get_mempolicy 239 236,
    getpid 39 172, getppid 110 173, gettid 186 178, getuid 102 174, geteuid 107 175, getgid 104 176, getegid 108 177,
    getresuid 118 148, getresgid 120 150, getgroups 115 158, getpgid 121 155, getpgrp 111 -, getsid 124 156,
    getrlimit 97 163, setrlimit 160 164, getrusage 98 165, times 100 153, sysinfo 99 179, uname 63 160,
    getcpu 309 168, sched_yield 24 124, sched_getaffinity 204 123, sched_getscheduler 145 120,
    sched_getparam 143 121, sched_get_priority_max 146 125, sched_get_priority_min 147 126, getpriority 140 141,
    capget 125 90, exit 60 93, exit_group 231 94, wait4 61 260, waitid 247 95, set_robust_list 273 99,
    set_tid_address 218 96, rseq 334 293, futex 202 98, futex_waitv 449 449, restart_syscall 219 128,
    rt_sigaction 13 134, rt_sigprocmask 14 135, rt_sigreturn 15 139, rt_sigpending 127 136, rt_sigsuspend 130 133,
    rt_sigtimedwait 128 137, sigaltstack 131 132, pause 34 -, alarm 37 -, setitimer 38 103, getitimer 36 102,
    signalfd 282 -, signalfd4 289 74, nanosleep 35 101, clock_nanosleep 230 115, clock_gettime 228 113,
    clock_getres 229 114, gettimeofday 96 169, time 201 -, timerfd_create 283 85, timerfd_settime 286 86,
    timerfd_gettime 287 87, timer_create 222 107, timer_settime 223 110, timer_gettime 224 108, timer_delete 226 111,
    timer_getoverrun 225 109,
    poll 7 -, ppoll 271 73, select 23 -, pselect6 270 72, epoll_create 213 -, epoll_create1 291 20, epoll_ctl 233 21,
    epoll_wait 232 -, epoll_pwait 281 22, epoll_pwait2 441 441, eventfd 284 -, eventfd2 290 19, recvfrom 45 207,
    getsockopt 55 209, setsockopt 54 208, getsockname 51 204, getpeername 52 205, shutdown 48 210, getrandom 318 278
"""
"""Files (Landlock says which); memory of its own; itself, its threads and the machine's size; its own signals, clocks
and timers; waiting, and the channel that is open already."""

REFUSED = """
    fork 57 -, vfork 58 -, execve 59 221, execveat 322 281, ptrace 101 117, process_vm_readv 310 270,
    process_vm_writev 311 271, process_madvise 440 440, pidfd_open 434 434, pidfd_getfd 438 438,
    pidfd_send_signal 424 424, tkill 200 130, rt_sigqueueinfo 129 138, rt_tgsigqueueinfo 297 240, kcmp 312 272,
    setsid 112 157, setpgid 109 154, setpriority 141 140, sched_setscheduler 144 119, sched_setparam 142 118,
    chmod 90 -, fchmod 91 52, fchmodat 268 53, chown 92 -, fchown 93 55, lchown 94 -, fchownat 260 54, utime 132 -,
    utimes 235 -, utimensat 280 88, futimesat 261 -, setxattr 188 5, lsetxattr 189 6, fsetxattr 190 7, mknod 133 -,
    mknodat 259 33,
    memfd_create 319 279, memfd_secret 447 447, shmget 29 194, shmat 30 196,
    mount 165 40, umount2 166 39, pivot_root 155 41, chroot 161 51, setns 308 268, unshare 272 97, keyctl 250 219,
    add_key 248 217, request_key 249 218, bpf 321 280, perf_event_open 298 241, userfaultfd 323 282, seccomp 317 277,
    capset 126 91, setuid 105 146, setgid 106 144, setreuid 113 145, setregid 114 143, setresuid 117 147,
    setresgid 119 149, setgroups 116 159, personality 135 92
"""
"""Other processes; what Landlock does not see (owners, modes, times and attributes of any file); memory that no limit
counts; the kernel itself. They fail with EPERM. What is named nowhere fails with ENOSYS, as on an older kernel."""

NETWORK = """
    socket 41 198, connect 42 203, bind 49 200, listen 50 201, accept 43 202, accept4 288 242, sendmsg 46 211,
    sendmmsg 307 269, recvmsg 47 212, recvmmsg 299 243
"""
"""These fail with EACCES."""

TESTED = """
    clone 56 220, mmap 9 222, kill 62 129, tgkill 234 131, prctl 157 167, prlimit64 302 261,
    sched_setaffinity 203 122, fcntl 72 25, ioctl 16 29, sendto 44 206, socketpair 53 199
"""
"""Whether these are allowed depends on their arguments."""

OURS = """
    seccomp 317 277, capset 126 91, landlock_create_ruleset 444 444, landlock_add_rule 445 445,
    landlock_restrict_self 446 446
"""
"""What closing the sandbox itself calls."""


def numbers(table: str, machine: str) -> dict[str, int]:
    """Read a table: name → number on this machine, without the calls that it does not have."""
    column = 1 if machine == "x86_64" else 2
    entries = (entry.split() for entry in table.replace("\n", " ").split(",") if entry.strip())
    return {entry[0]: int(entry[column]) for entry in entries if entry[column] != "-"}

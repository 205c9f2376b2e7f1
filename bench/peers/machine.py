"""What both peers need of the machine: its processors, peak memory, and an environment for a measuring process."""

import os
import resource
import sys


def processors():
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def peak_memory_mb():
    unit = 1024**2 if sys.platform == "darwin" else 1024
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit)


def environment(threads, keep_memory):
    """`keep_memory`: glibc neither maps large blocks one by one nor gives memory back, and asks for huge pages."""
    count = str(threads)
    result = {**os.environ, "OMP_NUM_THREADS": count, "OPENBLAS_NUM_THREADS": count, "MKL_NUM_THREADS": count}
    if keep_memory:
        result.update(
            MALLOC_MMAP_MAX_="0",
            MALLOC_TRIM_THRESHOLD_=str(1 << 40),
            MALLOC_TOP_PAD_=str(256 << 20),
            GLIBC_TUNABLES="glibc.malloc.hugetlb=1",
        )
    return result

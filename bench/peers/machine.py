"""What the peers need of the machine: its processors, time, peak memory, and an environment for a measuring process."""

import os
import resource
import statistics
import sys
import time


def processors():
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def median_seconds(step, seconds):
    """After three calls to warm up, the median of those that fit into `seconds`, three at least, as bench/timing.ts."""
    for _ in range(3):
        step()
    times = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 3:
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


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

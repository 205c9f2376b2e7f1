"""Measures steps on this machine: processors, time, peak memory, and a separate process for each variant of a peer."""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time


def processors():
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def median_seconds(step, seconds):
    """After three warm-up calls, the median of those that fit into `seconds`, at least three, as bench/speed/measure.ts."""
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


def measure_torch(script, variants, step_of):
    """Measures each variant of each task in a separate process, whose peak memory and threads are then its own.

    `step_of(task, variant, *inputs)` returns a step and the number of examples in it. Prints one JSON line for each:
    { implementation, threads, task, variant, rate, peakMemoryMb }, or with `error` in place of the last two; `rate` is in
    examples per second. Variants that are compiled need PyTorch 2 and are left out without it.
    """
    import torch

    parser = argparse.ArgumentParser()
    parser.add_argument("inputs", nargs="*")
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--threads", default=",".join(str(n + 1) for n in range(processors())))
    parser.add_argument("--job", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.job:
        torch.manual_seed(1)
        torch.set_flush_denormal(True)
        step, examples = step_of(*arguments.job, *arguments.inputs)
        rate = round(examples / median_seconds(step, arguments.seconds), 2)
        print(json.dumps({"rate": rate, "peakMemoryMb": peak_memory_mb()}))
        return
    for threads in map(int, arguments.threads.split(",")):
        for task, names in variants.items():
            for variant in names:
                if "compiled" in variant and not hasattr(torch, "compile"):
                    continue
                options = ["--seconds", str(arguments.seconds), "--job", task, variant]
                command = [sys.executable, script, *arguments.inputs, *options]
                line = {"implementation": f"PyTorch {torch.__version__}", "threads": threads, "task": task, "variant": variant}
                print(json.dumps({**line, **run_job(command, environment(threads, "kept" in variant))}), flush=True)


def run_job(command, env):
    child = subprocess.run(command, env=env, capture_output=True, text=True)
    if child.returncode != 0:
        return {"error": (child.stderr.strip().splitlines() or ["ended without a message"])[-1]}
    return json.loads(child.stdout)

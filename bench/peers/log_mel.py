"""Log-mel spectrograms in numpy, scipy and torch: clips of 4.096 s at 16 kHz per second.

    python3 bench/peers/log_mel.py [--seconds 1] [--threads 1,2]

The same computation everywhere, as librosa defines it: reflected padding of nFft/2, frames of nFft samples under a
periodic Hann window of winLength samples in their middle, power spectrum, Slaney mel filters from 0 to 8000 Hz, log10 of
at least 1e-10. `numpy` frames without a copy and transforms in float64 (numpy before 2.0 knows no other); `scipy`
transforms in float32 with its own threads; `torch` is torch.stft. Each runs in a process of its own, with batches of 1, 8
and 32 clips, keeping large blocks of memory between steps; the fastest batch counts.

Prints one JSON line per implementation, setting and number of threads:
{ peer, version, threads, nFft, winLength, hopLength, nMels, batch, clipsPerSec, peakMemoryMb }
A peer whose module is missing prints { peer, missing: true }.
"""

import argparse
import importlib.util
import json
import statistics
import subprocess
import sys
import time

import numpy as np

from machine import environment, peak_memory_mb, processors

SAMPLE_RATE = 16000
SAMPLES = 65536
BATCHES = [1, 8, 32]
SETTINGS = [
    {"nFft": 1024, "winLength": 1024, "hopLength": 256, "nMels": 128},
    {"nFft": 512, "winLength": 400, "hopLength": 160, "nMels": 64},
]


def mel_filterbank(n_fft, n_mels):
    """Slaney's mel scale, linear to 1000 Hz and logarithmic above, each triangle of area one: [nMels, nFft/2 + 1]."""
    step = np.log(6.4) / 27
    to_hz = lambda mel: np.where(mel < 15, mel * 200 / 3, 1000 * np.exp(step * (np.maximum(mel, 15) - 15)))
    edges = to_hz(np.linspace(0, 15 + np.log(SAMPLE_RATE / 2 / 1000) / step, n_mels + 2))
    bins = np.fft.rfftfreq(n_fft, 1 / SAMPLE_RATE)
    rising = (bins - edges[:-2, None]) / np.diff(edges)[:-1, None]
    falling = (edges[2:, None] - bins) / np.diff(edges)[1:, None]
    triangles = np.maximum(0, np.minimum(rising, falling))
    return (triangles * 2 / (edges[2:] - edges[:-2])[:, None]).astype(np.float32)


def hann(win_length, n_fft):
    window = np.zeros(n_fft, np.float32)
    start = (n_fft - win_length) // 2
    window[start : start + win_length] = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(win_length) / win_length)
    return window


def with_numpy(setting, rfft=np.fft.rfft):
    n_fft, hop = setting["nFft"], setting["hopLength"]
    filters = np.ascontiguousarray(mel_filterbank(n_fft, setting["nMels"]).T)
    window = hann(setting["winLength"], n_fft)

    def log_mel(clips):  # [batch, samples] -> [batch, frames, nMels]
        padded = np.pad(clips, ((0, 0), (n_fft // 2, n_fft // 2)), mode="reflect")
        frames = np.lib.stride_tricks.sliding_window_view(padded, n_fft, axis=1)[:, ::hop]
        spectrum = rfft(frames * window)
        power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32, copy=False)
        return np.log10(np.maximum(power @ filters, 1e-10))

    return log_mel


def with_scipy(setting, threads):
    import scipy.fft

    return with_numpy(setting, lambda frames: scipy.fft.rfft(frames, workers=threads, overwrite_x=True))


def with_torch(setting):
    import torch

    filters = torch.from_numpy(mel_filterbank(setting["nFft"], setting["nMels"]))
    window = torch.from_numpy(hann(setting["winLength"], setting["nFft"]))

    def log_mel(clips):  # [batch, samples] -> [batch, nMels, frames]
        with torch.inference_mode():
            spectrum = torch.stft(
                torch.from_numpy(clips), setting["nFft"], setting["hopLength"], window=window, return_complex=True
            )
            parts = torch.view_as_real(spectrum)
            return (filters @ parts.square().sum(-1)).clamp_(min=1e-10).log10_()

    return log_mel


def measure(peer, setting, threads, seconds):
    makers = {
        "numpy": lambda: with_numpy(setting),
        "scipy": lambda: with_scipy(setting, threads),
        "torch": lambda: with_torch(setting),
    }
    log_mel = makers[peer]()
    version = sys.modules[peer].__version__
    results = []
    for batch in BATCHES:
        clips = np.random.default_rng(1).standard_normal((batch, SAMPLES), dtype=np.float32)
        log_mel(clips)
        times = []
        end = time.perf_counter() + seconds / len(BATCHES)
        while time.perf_counter() < end or len(times) < 3:
            start = time.perf_counter()
            log_mel(clips)
            times.append(time.perf_counter() - start)
        speed = round(batch / statistics.median(times), 1)
        # The peak so far is this batch's own: batches grow.
        results.append({"batch": batch, "clipsPerSec": speed, "peakMemoryMb": peak_memory_mb()})
    best = max(results, key=lambda result: result["clipsPerSec"])
    return {"peer": peer, "version": version, "threads": threads, **setting, **best}


def in_own_process(job):
    command = [sys.executable, __file__, "--job", json.dumps(job)]
    subprocess.run(command, env=environment(job["threads"], True), check=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=1)
    parser.add_argument("--threads", default=",".join(str(n + 1) for n in range(processors())))
    parser.add_argument("--job", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.job:
        print(json.dumps(measure(**json.loads(arguments.job))), flush=True)
        return
    for peer in ("numpy", "scipy", "torch"):
        if importlib.util.find_spec(peer) is None:
            print(json.dumps({"peer": peer, "missing": True}), flush=True)
            continue
        for threads in map(int, arguments.threads.split(",")):
            for setting in SETTINGS:
                in_own_process({"peer": peer, "setting": setting, "threads": threads, "seconds": arguments.seconds})


if __name__ == "__main__":
    main()

"""Writes features.json: values that the tests of src/audio and src/models compare with.

Every feature is computed with numpy and scipy from its published definition (librosa's documentation and the papers that it
names), independently of the TypeScript. The signal is synthesized by a formula that the tests repeat.

Run: python3 features.py > features.json
"""

import json

import numpy as np
import scipy.fft
import scipy.signal

SAMPLE_RATE = 16000
LENGTH = 4000
SILENT = 400  # leading samples that are exactly 0
NOISE_SEED = 12345


def signal():
    """A glide from 200 Hz with its third harmonic and noise of a linear congruential generator, in float32."""
    state = NOISE_SEED
    x = np.zeros(LENGTH)
    for n in range(LENGTH):
        state = (1664525 * state + 1013904223) % 2**32
        t = n / SAMPLE_RATE
        phase = 2 * np.pi * (200 * t + 300 * t * t)
        if n >= SILENT:
            x[n] = 0.5 * np.sin(phase) + 0.2 * np.sin(3 * phase) + 0.02 * (state / 2**31 - 1)
    return x.astype(np.float32).astype(np.float64)


def framed(x, length, hop, mode="constant"):
    """Centerd frames [frames, length]."""
    padded = np.pad(x, length // 2, mode=mode)
    return np.lib.stride_tricks.sliding_window_view(padded, length)[::hop]


def magnitudes(x, n_fft, win_length, hop):
    """|STFT| [frames, bins] with a periodic Hann window centered in the transform."""
    window = np.zeros(n_fft)
    start = (n_fft - win_length) // 2
    window[start : start + win_length] = scipy.signal.get_window("hann", win_length, fftbins=True)
    return np.abs(scipy.fft.rfft(framed(x, n_fft, hop) * window, axis=1))


def hz_to_mel(f, scale):
    f = np.asarray(f, dtype=float)
    if scale == "htk":
        return 2595 * np.log10(1 + f / 700)
    return np.where(f < 1000, 3 * f / 200, 15 + 27 * np.log(np.maximum(f, 1e-9) / 1000) / np.log(6.4))


def mel_to_hz(m, scale):
    if scale == "htk":
        return 700 * (10 ** (m / 2595) - 1)
    return np.where(m < 15, 200 * m / 3, 1000 * 6.4 ** ((m - 15) / 27))


def mel_filterbank(n_fft, n_mels, f_min, f_max, scale, norm="slaney"):
    """[mels, bins]"""
    edges = mel_to_hz(np.linspace(hz_to_mel(f_min, scale), hz_to_mel(f_max, scale), n_mels + 2), scale)
    hz = np.arange(n_fft // 2 + 1) * SAMPLE_RATE / n_fft
    rows = []
    for low, center, high in zip(edges, edges[1:], edges[2:]):
        row = np.interp(hz, [low, center, high], [0, 1, 0], left=0, right=0)
        rows.append(row * (2 / (high - low) if norm == "slaney" else 1))
    return np.array(rows)


def rounded(values, digits=5):
    return [float(f"{v:.{digits}g}") for v in np.ravel(values)]


def log_mel(x, n_fft, win_length, hop, n_mels, f_min, f_max, scale):
    power = magnitudes(x, n_fft, win_length, hop) ** 2
    mel = power @ mel_filterbank(n_fft, n_mels, f_min, f_max, scale).T
    values = np.log(np.maximum(mel, 1e-10))
    return {
        "sampleRate": SAMPLE_RATE,
        "nFft": n_fft,
        "winLength": win_length,
        "hopLength": hop,
        "nMels": n_mels,
        "fMin": f_min,
        "fMax": f_max,
        "scale": scale,
        "shape": ["frames", len(values), "mels", n_mels],
        "logMel": [round(float(v), 4) for v in np.ravel(values)],
    }, values


def spectral(x, n_fft, win_length, hop, rolloff):
    s = magnitudes(x, n_fft, win_length, hop)
    hz = np.arange(s.shape[1]) * SAMPLE_RATE / n_fft
    total = s.sum(axis=1)
    share = s / np.maximum(total, 1e-300)[:, None]
    centroid = share @ hz
    bandwidth = np.sqrt(np.sum(share * (hz[None, :] - centroid[:, None]) ** 2, axis=1))
    reached = np.cumsum(s, axis=1) >= rolloff * total[:, None]
    power = np.maximum(s**2, 1e-10)
    return {
        "nFft": n_fft,
        "winLength": win_length,
        "hopLength": hop,
        "rolloff": rolloff,
        "spectralCentroid": rounded(centroid, 7),
        "spectralBandwidth": rounded(bandwidth, 7),
        "spectralRolloff": rounded(hz[np.argmax(reached, axis=1)], 7),
        "spectralFlatness": rounded(np.exp(np.mean(np.log(power), axis=1)) / np.mean(power, axis=1), 7),
    }


def energy(x, frame_length, hop):
    signs = framed(x, frame_length, hop, mode="edge") < -1e-10
    return {
        "frameLength": frame_length,
        "hopLength": hop,
        "rmsEnergy": rounded(np.sqrt(np.mean(framed(x, frame_length, hop) ** 2, axis=1)), 7),
        "zeroCrossingRate": rounded(np.sum(signs[:, 1:] != signs[:, :-1], axis=1) / frame_length, 7),
    }


def cepstrum(log_mel_values, n_mfcc, lifter):
    mfcc = scipy.fft.dct(log_mel_values, type=2, norm="ortho", axis=1)[:, :n_mfcc]
    if lifter > 0:
        mfcc = mfcc * (1 + lifter / 2 * np.sin(np.pi * np.arange(1, n_mfcc + 1) / lifter))
    return mfcc


def deltas(values, width, order):
    """Savitzky and Golay along time (axis 0), edges by the fit of the outermost window."""
    return scipy.signal.savgol_filter(values, width, polyorder=order, deriv=order, axis=0, mode="interp")


def whisper_input(x):
    """What Whisper's encoder is fed [80, frames]: the loudest 8 decades of 80 mel bands, the last frame left out."""
    power = np.abs(scipy.fft.rfft(framed(x, 400, 160, mode="reflect") * scipy.signal.get_window("hann", 400), axis=1)) ** 2
    mel = np.log10(np.maximum(power[:-1] @ mel_filterbank(400, 80, 0, 8000, "slaney").T, 1e-10))[:24]
    return [round(float(v), 4) for v in np.ravel((np.maximum(mel, mel.max() - 8).T + 4) / 4)]


def main():
    x = signal()
    reference, reference_values = log_mel(x, 512, 400, 160, 64, 0, 8000, "slaney")
    long, _ = log_mel(x, 1024, 1024, 256, 128, 0, 8000, "slaney")
    htk, _ = log_mel(x, 512, 400, 200, 40, 60, 7600, "htk")
    reference_values = np.round(reference_values, 4)  # what a reader of the file sees
    mfcc = cepstrum(reference_values, 13, 0)
    bank = lambda *arguments: rounded(mel_filterbank(*arguments).sum(axis=0))
    reference = {
        "signal": {
            "sampleRate": SAMPLE_RATE,
            "length": LENGTH,
            "silent": SILENT,
            "noiseSeed": NOISE_SEED,
            "samples": {str(n): float(x[n]) for n in (0, 400, 401, 2000, 3999)},
        },
        "logMel": [reference, long, htk],
        "filterbankColumnSums": [
            {"nFft": 512, "nMels": 40, "fMin": 0, "fMax": 8000, "scale": "slaney", "norm": "slaney", "sums": bank(512, 40, 0, 8000, "slaney")},
            {"nFft": 512, "nMels": 26, "fMin": 100, "fMax": 7000, "scale": "htk", "norm": "none", "sums": bank(512, 26, 100, 7000, "htk", "none")},
        ],
        "mfcc": [
            {"logMel": 0, "nMfcc": 13, "lifter": 0, "values": rounded(mfcc, 7)},
            {"logMel": 0, "nMfcc": 20, "lifter": 22, "values": rounded(cepstrum(reference_values, 20, 22), 7)},
        ],
        "deltas": [
            {"mfcc": 0, "width": 9, "order": 1, "values": rounded(deltas(mfcc, 9, 1), 7)},
            {"mfcc": 0, "width": 5, "order": 2, "values": rounded(deltas(mfcc, 5, 2), 7)},
        ],
        "spectral": [spectral(x, 2048, 2048, 512, 0.85), spectral(x, 512, 400, 160, 0.5)],
        "energy": [energy(x, 2048, 512), energy(x, 400, 160)],
        "whisperInput": whisper_input(x),
    }
    print(json.dumps(reference, separators=(",", ":")))


main()

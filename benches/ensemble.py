#!/usr/bin/env python3
"""The ensemble of `benches/numbers.rs` in NumPy float64, for comparison.

A million chains of three layers with weights from N(0, 1): all gradients of both losses by a
forward and a backward pass, and of each gradient's magnitude what the appendix prints: quantiles,
the mean and its standard error; and how often the magnitudes grow from layer to layer.

Written for speed: blocks that stay in the cache, results written in place, e^-z once per layer, the
backward product shared by both losses, NumPy's fastest generator. Prints the median of nine runs.
"""

import statistics
import time

import numpy as np

DRAWS, BLOCK, RUNS = 1_000_000, 16_384, 9
X, CLASS, TARGET = 0.63, 1.0, 128.0
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


def sigmoid(z, out):
    np.negative(z, out=out)
    np.exp(out, out=out)
    out += 1.0
    return np.divide(1.0, out, out=out)


def gradients(generator):
    """|∂L/∂w_k|: by loss, layer and draw."""
    sizes = np.empty((2, 3, DRAWS))
    w, a, s = np.empty((3, 3, BLOCK))
    product, second, slope, delta = np.empty((4, BLOCK))
    for start in range(0, DRAWS, BLOCK):
        n = min(BLOCK, DRAWS - start)
        generator.standard_normal(out=w)
        (w1, w2, w3), (a1, a2, a3) = w, a
        sigmoid(np.multiply(w1, X, out=s[0]), a1)
        sigmoid(np.multiply(w2, a1, out=s[1]), a2)
        z3 = np.multiply(w3, a2, out=s[2])
        sigmoid(z3, a3)
        # δ_k / δ_3, from the last layer to the first, times what came in.
        np.subtract(1.0, a2, out=slope)
        slope *= a2
        np.multiply(w3, slope, out=product)
        np.multiply(product, a1, out=second)
        np.subtract(1.0, a1, out=slope)
        slope *= a1
        product *= w2
        product *= slope
        product *= X
        for loss in range(2):
            if loss == 0:
                np.subtract(a3, CLASS, out=delta)
            else:
                np.subtract(z3, TARGET, out=delta)
                delta *= 2.0
            for layer, part in enumerate((product, second, a2)):
                out = sizes[loss, layer, start : start + n]
                np.multiply(delta[:n], part[:n], out=out)
                np.abs(out, out=out)
    return sizes


def statistics_of(sizes):
    mean = sizes.mean(axis=2)
    error = sizes.std(axis=2) / np.sqrt(DRAWS)
    first = sizes[0]
    ordered = np.mean((first[0] < first[1]) & (first[1] < first[2]))
    return np.quantile(sizes, QUANTILES, axis=2, overwrite_input=True), mean, error, ordered


def main():
    drawn, whole = [], []
    for run in range(RUNS):
        generator = np.random.Generator(np.random.SFC64(run))
        start = time.perf_counter()
        sizes = gradients(generator)
        middle = time.perf_counter()
        quantiles, mean, error, ordered = statistics_of(sizes)
        whole.append(1000 * (time.perf_counter() - start))
        drawn.append(1000 * (middle - start))
    for loss, name in enumerate(("cross-entropy", "squared")):
        print(name, "medians", quantiles[2, loss], "means", mean[loss], "±", error[loss])
    print(f"ordered {ordered:.4f}")
    print(f"NumPy {np.__version__}: median {statistics.median(whole):.1f} ms,", end=" ")
    print(f"of it the gradients alone {statistics.median(drawn):.1f} ms")


if __name__ == "__main__":
    main()

"""Problem 2: chains of sigmoids, forwards with mpmath, gradients twice.

The gradients come from the chain rule, and are compared to 80 digits with central differences of
the loss, which know only the forward pass. A number stays a fraction as long as it is rational for
sure: sigma(0) = 1/2, and 0 times anything is 0. By Lindemann's theorem sigma(q) is transcendental
for every other rational q.
"""

from fractions import Fraction

from decimals import approximate, numbers, write
from mpmath import exp, log, mp, mpf

# 1 - sigma(700) = 1e-304 has to be resolved, and a difference of losses at the step 1e-1000.
mp.dps = 4000
STEP = mpf(10) ** -1000
AGREEMENT = mpf(10) ** -80


def times(*factors):
    if any(factor == 0 for factor in factors):
        return Fraction(0)
    result = Fraction(1)
    for factor in factors:
        if isinstance(result, Fraction) and isinstance(factor, Fraction):
            result *= factor
        else:
            result = approximate(result) * approximate(factor)
    return result


def plus(a, b):
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return a + b
    return approximate(a) + approximate(b)


def sigma(z):
    if z == 0:
        return Fraction(1, 2)
    return 1 / (1 + exp(-approximate(z)))


def forward(w, x, regression, shift=None):
    """Preactivations, the sigmoids' outputs, and the output; `shift` = (k, s) adds s to z_k."""
    z, a, signal = [], [], x
    for k, weight in enumerate(w):
        z.append(times(weight, signal))
        if shift and shift[0] == k:
            z[k] = plus(z[k], shift[1])
        if regression and k == len(w) - 1:
            return z, a, z[k]
        a.append(sigma(z[k]))
        signal = a[k]
    return z, a, signal


def loss(y_hat, y, regression):
    if regression:
        residual = plus(y, -y_hat)
        return times(residual, residual)
    return -log(approximate(y_hat if y == 1 else plus(Fraction(1), -y_hat)))


def chain(given, regression):
    w, x, y = given["w"], given["x"], given["y"]
    layers = range(len(w))
    z, a, y_hat = forward(w, x, regression)

    residual = plus(y_hat, -y)
    last = times(Fraction(2), residual) if regression else residual
    delta = [last]
    for k in reversed(layers[:-1]):
        slope = times(a[k], plus(Fraction(1), -a[k]))
        delta.insert(0, times(delta[0], w[k + 1], slope))
    d_w = [times(delta[k], a[k - 1] if k else x) for k in layers]

    def loss_at(weights, shift=None):
        return approximate(loss(forward(weights, x, regression, shift)[2], y, regression))

    for k in layers:
        agree(delta[k], loss_at(w, (k, STEP)) - loss_at(w, (k, -STEP)))
        up, down = ([*w[:k], plus(w[k], by), *w[k + 1 :]] for by in (STEP, -STEP))
        agree(d_w[k], loss_at(up) - loss_at(down))

    answers = {"z": z, "a": a, "y_hat": y_hat, "loss": loss(y_hat, y, regression), "delta": delta, "dL_dw": d_w}
    return {key: numbers(value) for key, value in answers.items()}


def agree(derivative, difference):
    quotient = difference / (2 * STEP)
    scale = abs(approximate(derivative)) or mpf(1)
    assert abs(quotient - approximate(derivative)) <= AGREEMENT * scale, (derivative, quotient)


def solve(homework):
    given = homework["problem2"]
    return {kind: chain(given[kind], kind == "regression") for kind in ("classification", "regression")}


write("problem2", solve)

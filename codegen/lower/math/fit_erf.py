"""The coefficients of Erf.cpp that need a weight or a change of variable (mpmath, numpy, scipy).

kErfc: (1 + 2a)·e^(a²)·erfc(a) in q = (a - 3)/(a + 3), interpolated at Chebyshev nodes.
kLogErfcF32: log(erfc a)/a, minimax under the weight that e^(a·P) gives its error, by linear
programming with one coefficient after the other rounded to f32.
"""
import math

import mpmath as mp
import numpy as np
from scipy.optimize import linprog
from scipy.special import erf, erfc

mp.mp.dps = 60


def scaled_erfc(degree, low, high, center=mp.mpf(3)):
    def of_q(q):
        a = center * (1 + q) / (1 - q)
        return (1 + 2 * a) * mp.exp(a * a) * mp.erfc(a)

    first, last = ((mp.mpf(a) - center) / (mp.mpf(a) + center) for a in (low, high))
    count = degree + 1
    nodes = [(first + last) / 2 + (last - first) / 2 * mp.cos(mp.pi * (2 * i + 1) / (2 * count))
             for i in range(count)]
    powers = mp.matrix([[q**j for j in range(count)] for q in nodes])
    return [float(c) for c in mp.lu_solve(powers, mp.matrix([of_q(q) for q in nodes]))]


def log_erfc(degree, high, samples=1200):
    a = high / 2 * (1 - np.cos(np.linspace(0, np.pi, samples))) + 1e-9
    target = np.array([float(mp.log(mp.erfc(mp.mpf(v))) / v) for v in a])
    weight = a * erfc(a) / erf(a)
    fixed = {}
    while True:
        free = [i for i in range(degree + 1) if i not in fixed]
        rest = target - sum((c * a**i for i, c in fixed.items()), np.zeros_like(a))
        if not free:
            print("error 2^", math.log2(np.max(np.abs(weight * rest))))
            return [fixed[i] for i in range(degree + 1)]
        scale = 1e6  # keeps the errors above the solver's tolerance
        rows = np.stack([(a / high)**i for i in free], axis=1) * weight[:, None] * scale
        bound = -np.ones((samples, 1))
        solution = linprog([0] * len(free) + [1],
                           A_ub=np.vstack([np.hstack([rows, bound]), np.hstack([-rows, bound])]),
                           b_ub=np.concatenate([rest * weight, -rest * weight]) * scale,
                           bounds=[(None, None)] * len(free) + [(0, None)], method="highs-ds")
        fixed[free[0]] = float(np.float32(solution.x[0] / high**free[0]))


if __name__ == "__main__":
    for name, coefficients in (("kErfc", scaled_erfc(20, 0.49, 28.1)),
                               ("kErfcSingle", scaled_erfc(11, 0.49, 28)),
                               ("kLogErfcF32", log_erfc(8, 3.95))):
        print(name, ", ".join(c.hex() for c in coefficients))

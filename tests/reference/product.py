"""Problem 1 in fractions: P = W X, L = |P - Y|^2 or its mean over the columns.

No gradient formula is used: the loss is quadratic in each entry, so its central difference with
step 1 is exactly its derivative.
"""

from decimals import numbers, write


def product(a, b):
    return [[sum(a[i][k] * b[k][j] for k in range(len(b))) for j in range(len(b[0]))] for i in range(len(a))]


def solve(homework):
    given = homework["problem1"]
    w, x, y = given["W"], given["X"], given["Y"]
    samples = len(y[0]) if given.get("reduction", "sum") == "mean" else 1

    def loss(p):
        return sum((p[i][j] - y[i][j]) ** 2 for i in range(len(y)) for j in range(len(y[0]))) / samples

    def derivative(f, matrix):
        """The matrix of df/dmatrix_ij."""

        def moved(row, column, by):
            copy = [list(entries) for entries in matrix]
            copy[row][column] += by
            return copy

        return [
            [(f(moved(i, j, 1)) - f(moved(i, j, -1))) / 2 for j in range(len(matrix[0]))]
            for i in range(len(matrix))
        ]

    def loss_of_weights(weights):
        return loss(product(weights, x))

    p = product(w, x)
    d_w = derivative(loss_of_weights, w)
    updated = [[w[i][j] - given["step_size"] * d_w[i][j] for j in range(len(w[0]))] for i in range(len(w))]
    answers = {
        "P": p,
        "residual": [[p[i][j] - y[i][j] for j in range(len(y[0]))] for i in range(len(y))],
        "loss": loss(p),
        "dL_dP": derivative(loss, p),
        "dL_dW": d_w,
        "W_updated": updated,
        "loss_after": loss_of_weights(updated),
    }
    return {key: numbers(value) for key, value in answers.items()}


write("problem1", solve)

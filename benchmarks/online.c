/* Online learning in plain C: one tanh layer, softmax, cross-entropy, SGD; every sample is predicted, then learned.
 *
 * Usage: online INPUT OUTPUT      compiled by online.py with: cc -O3 -march=native online.c -lm
 * INPUT:  int64 n, n_in, n_hidden, n_out; double rate; double W1[n_in][n_hidden], b1[n_hidden], W2[n_hidden][n_out],
 *         b2[n_out], X[n][n_in]; int64 y[n]
 * OUTPUT: the four arrays of weights after the last sample
 * Prints the nanoseconds per sample, of the loop alone, and the share of correct predictions.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* Returns how many samples were predicted correctly. V is the read-out transposed, V[n_out][n_hidden], so that every
 * inner loop runs over the hidden neurons, which lie side by side in memory, and can be vectorised. */
static int64_t learn(int64_t n, int n_in, int n_hidden, int n_out, double rate, const double *restrict X,
                     const int64_t *restrict y, double *restrict W, double *restrict b, double *restrict V,
                     double *restrict c)
{
    double h[n_hidden], signal[n_hidden], p[n_out];
    int64_t correct = 0;

    for (int64_t i = 0; i < n; i++) {
        const double *x = X + i * n_in;

        for (int j = 0; j < n_hidden; j++) h[j] = b[j];
        for (int k = 0; k < n_in; k++)
            for (int j = 0; j < n_hidden; j++) h[j] += x[k] * W[k * n_hidden + j];
        for (int j = 0; j < n_hidden; j++) h[j] = tanh(h[j]);

        int best = 0;
        for (int o = 0; o < n_out; o++) {
            double z = c[o];
            for (int j = 0; j < n_hidden; j++) z += h[j] * V[o * n_hidden + j];
            p[o] = z;
            if (z > p[best]) best = o;
        }
        correct += best == y[i];

        double top = p[best], sum = 0;
        for (int o = 0; o < n_out; o++) sum += p[o] = exp(p[o] - top);

        for (int j = 0; j < n_hidden; j++) signal[j] = 0;
        for (int o = 0; o < n_out; o++) {
            double s = (o == y[i]) - p[o] / sum;
            for (int j = 0; j < n_hidden; j++) signal[j] += s * V[o * n_hidden + j];
            for (int j = 0; j < n_hidden; j++) V[o * n_hidden + j] += rate * s * h[j];
            c[o] += rate * s;
        }
        for (int j = 0; j < n_hidden; j++) signal[j] *= rate * (1 - h[j] * h[j]);
        for (int k = 0; k < n_in; k++)
            for (int j = 0; j < n_hidden; j++) W[k * n_hidden + j] += x[k] * signal[j];
        for (int j = 0; j < n_hidden; j++) b[j] += signal[j];
    }
    return correct;
}

static void *take(FILE *file, size_t size, size_t count)
{
    void *data = malloc(size * count);
    if (!data || fread(data, size, count, file) != count) {
        fprintf(stderr, "online: the input file is too short, or the memory too small\n");
        exit(2);
    }
    return data;
}

int main(int argc, char **argv)
{
    FILE *file = argc == 3 ? fopen(argv[1], "rb") : NULL;
    if (!file) {
        fprintf(stderr, "usage: online INPUT OUTPUT\n");
        return 2;
    }
    const int64_t *size = take(file, sizeof *size, 4);
    const int64_t n = size[0], n_in = size[1], n_hidden = size[2], n_out = size[3];
    const double *rate = take(file, sizeof *rate, 1);
    double *W = take(file, sizeof *W, n_in * n_hidden);
    double *b = take(file, sizeof *b, n_hidden);
    double *U = take(file, sizeof *U, n_hidden * n_out);
    double *c = take(file, sizeof *c, n_out);
    const double *X = take(file, sizeof *X, n * n_in);
    const int64_t *y = take(file, sizeof *y, n);
    fclose(file);

    double *V = malloc(sizeof *V * n_hidden * n_out);
    for (int j = 0; j < n_hidden; j++)
        for (int o = 0; o < n_out; o++) V[o * n_hidden + j] = U[j * n_out + o];

    struct timespec begin, end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    int64_t correct = learn(n, n_in, n_hidden, n_out, *rate, X, y, W, b, V, c);
    clock_gettime(CLOCK_MONOTONIC, &end);
    double ns = 1e9 * (end.tv_sec - begin.tv_sec) + (end.tv_nsec - begin.tv_nsec);
    printf("%.3f %.6f\n", ns / n, (double)correct / n);

    for (int j = 0; j < n_hidden; j++)
        for (int o = 0; o < n_out; o++) U[j * n_out + o] = V[o * n_hidden + j];
    file = fopen(argv[2], "wb");
    if (!file) return 2;
    fwrite(W, sizeof *W, n_in * n_hidden, file);
    fwrite(b, sizeof *b, n_hidden, file);
    fwrite(U, sizeof *U, n_hidden * n_out, file);
    fwrite(c, sizeof *c, n_out, file);
    return fclose(file) ? 2 : 0;
}

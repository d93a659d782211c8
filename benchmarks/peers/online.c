/* Online learning in plain C, one sample at a time: each is predicted, then learned.
 *
 * Usage: online RULE INPUT OUTPUT      compiled by in_c.py with: cc -O3 -march=native -fno-math-errno online.c -lm
 * RULE:   SGD, Adam or RPE: a tanh layer and softmax; by cross-entropy or, RPE, by reward minus the reward expected
 *         Hebb or Oja: one linear layer, without labels
 * INPUT:  int64 n, n_in, n_hidden, n_out; double rate; double W1[n_in][n_hidden], b1[n_hidden], W2[n_hidden][n_out],
 *         b2[n_out] (Hebb and Oja: W1 alone), X[n][n_in]; int64 y[n]
 * OUTPUT: the arrays of weights after the last sample
 * Prints the nanoseconds per sample, of the loop alone, and the share of correct predictions.
 *
 * `rule` is a constant wherever learn() and learn_alone() are called: each rule is compiled to a loop of its own.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ALWAYS_INLINE static inline __attribute__((always_inline))

enum rule { SGD, ADAM, RPE, HEBB, OJA, RULES };
static const char *const NAMES[RULES] = {"SGD", "Adam", "RPE", "Hebb", "Oja"};
static const double CLIP = 1, BETA1 = 0.9, BETA2 = 0.999, EPS = 1e-8;

struct task {
    int64_t n;
    int n_in, n_hidden, n_out;
    double rate;
    const double *X;
    const int64_t *y;
};

/* Returns how many samples were predicted correctly. theta holds W, b, V and c, one behind the other. V is the read-out
 * transposed, V[n_out][n_hidden], so that every inner loop runs over the hidden neurons, which lie side by side in
 * memory, and can be vectorised. Adam's m, v and change are laid out as theta. */
ALWAYS_INLINE int64_t learn(enum rule rule, struct task task, double *restrict theta, double *restrict change,
                            double *restrict m, double *restrict v)
{
    const int n_in = task.n_in, n_hidden = task.n_hidden, n_out = task.n_out;
    const int at_b = n_in * n_hidden, at_V = at_b + n_hidden, at_c = at_V + n_out * n_hidden, size = at_c + n_out;
    const double rate = task.rate;
    double h[n_hidden], below[n_hidden], p[n_out], beta1_t = 1, beta2_t = 1;
    double *W = theta, *b = theta + at_b, *V = theta + at_V, *c = theta + at_c;
    double *dW = change, *db = change + at_b, *dV = change + at_V, *dc = change + at_c;
    int64_t correct = 0;

    for (int64_t i = 0; i < task.n; i++) {
        const double *x = task.X + i * n_in;
        const int label = task.y[i];

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
        correct += best == label;

        double top = p[best], sum = 0;
        for (int o = 0; o < n_out; o++) sum += p[o] = exp(p[o] - top);

        for (int j = 0; j < n_hidden; j++) below[j] = 0;
        for (int o = 0; o < n_out; o++) {
            if (rule == RPE && o != best) continue; /* the chosen neuron alone is told */
            double s = (o == label) - p[o] / sum;
            for (int j = 0; j < n_hidden; j++) below[j] += s * V[o * n_hidden + j];
            if (rule == ADAM) {
                for (int j = 0; j < n_hidden; j++) dV[o * n_hidden + j] = s * h[j];
                dc[o] = s;
            } else {
                for (int j = 0; j < n_hidden; j++) V[o * n_hidden + j] += rate * s * h[j];
                c[o] += rate * s;
            }
        }
        for (int j = 0; j < n_hidden; j++) below[j] *= 1 - h[j] * h[j];
        if (rule == ADAM) {
            for (int k = 0; k < n_in; k++)
                for (int j = 0; j < n_hidden; j++) dW[k * n_hidden + j] = x[k] * below[j];
            for (int j = 0; j < n_hidden; j++) db[j] = below[j];
            beta1_t *= BETA1;
            beta2_t *= BETA2;
            const double m_rate = rate / (1 - beta1_t), v_share = 1 / (1 - beta2_t);
            for (int w = 0; w < size; w++) {
                m[w] += (1 - BETA1) * (change[w] - m[w]);
                v[w] += (1 - BETA2) * (change[w] * change[w] - v[w]);
                theta[w] += m_rate * m[w] / (sqrt(v_share * v[w]) + EPS);
            }
        } else {
            for (int j = 0; j < n_hidden; j++) below[j] *= rate;
            for (int k = 0; k < n_in; k++)
                for (int j = 0; j < n_hidden; j++) W[k * n_hidden + j] += x[k] * below[j];
            for (int j = 0; j < n_hidden; j++) b[j] += below[j];
        }
    }
    return correct;
}

ALWAYS_INLINE int64_t learn_alone(enum rule rule, struct task task, double *restrict W)
{
    const int n_in = task.n_in, n_hidden = task.n_hidden;
    const double rate = task.rate;
    double post[n_hidden];

    for (int64_t i = 0; i < task.n; i++) {
        const double *x = task.X + i * n_in;

        for (int j = 0; j < n_hidden; j++) post[j] = 0;
        for (int k = 0; k < n_in; k++)
            for (int j = 0; j < n_hidden; j++) post[j] += x[k] * W[k * n_hidden + j];
        for (int k = 0; k < n_in; k++)
            for (int j = 0; j < n_hidden; j++) {
                double *w = &W[k * n_hidden + j], product = x[k] * post[j];
                *w += rate * (product - *w * (rule == HEBB ? fabs(product) / CLIP : post[j] * post[j]));
            }
    }
    return 0;
}

static int64_t run(enum rule rule, struct task task, double *theta, double *change, double *m, double *v)
{
    switch (rule) {
    case SGD: return learn(SGD, task, theta, change, m, v);
    case ADAM: return learn(ADAM, task, theta, change, m, v);
    case RPE: return learn(RPE, task, theta, change, m, v);
    case HEBB: return learn_alone(HEBB, task, theta);
    default: return learn_alone(OJA, task, theta);
    }
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

static void transpose(double *from, double *to, int rows, int columns)
{
    for (int r = 0; r < rows; r++)
        for (int k = 0; k < columns; k++) to[k * rows + r] = from[r * columns + k];
}

int main(int argc, char **argv)
{
    enum rule rule = 0;
    while (argc == 4 && rule < RULES && strcmp(argv[1], NAMES[rule])) rule++;
    FILE *file = argc == 4 && rule < RULES ? fopen(argv[2], "rb") : NULL;
    if (!file) {
        fprintf(stderr, "usage: online SGD|Adam|RPE|Hebb|Oja INPUT OUTPUT\n");
        return 2;
    }
    const int64_t *sizes = take(file, sizeof *sizes, 4);
    struct task task = {sizes[0], sizes[1], sizes[2], sizes[3], 0, NULL, NULL};
    task.rate = *(double *)take(file, sizeof task.rate, 1);
    const int below = task.n_in * task.n_hidden + (rule < HEBB ? task.n_hidden : 0);
    const int readout = rule < HEBB ? task.n_hidden * task.n_out : 0, size = below + readout + (rule < HEBB ? task.n_out : 0);
    double *given = take(file, sizeof *given, size), *theta = malloc(sizeof *theta * size);
    task.X = take(file, sizeof *task.X, task.n * task.n_in);
    task.y = take(file, sizeof *task.y, task.n);
    fclose(file);

    memcpy(theta, given, sizeof *theta * size);
    if (readout) transpose(given + below, theta + below, task.n_hidden, task.n_out);
    double *change = calloc(size, sizeof *change), *m = calloc(size, sizeof *m), *v = calloc(size, sizeof *v);

    struct timespec begin, end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    int64_t correct = run(rule, task, theta, change, m, v);
    clock_gettime(CLOCK_MONOTONIC, &end);
    double ns = 1e9 * (end.tv_sec - begin.tv_sec) + (end.tv_nsec - begin.tv_nsec);
    printf("%.3f %.6f\n", ns / task.n, (double)correct / task.n);

    memcpy(given, theta, sizeof *theta * size);
    if (readout) transpose(theta + below, given + below, task.n_out, task.n_hidden);
    file = fopen(argv[3], "wb");
    if (!file || fwrite(given, sizeof *given, size, file) != (size_t)size) return 2;
    return fclose(file) ? 2 : 0;
}

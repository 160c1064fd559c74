"""Step time and texts per second of the text classifier in Keras or PyTorch: `python step.py keras|pytorch OPTIONS`.

OPTIONS is JSON: `rows` (units, time steps, timed steps), `threads`, and `texts` (null, or a file of real texts). The last
line is JSON: the median time of a training step in milliseconds for each row and the texts per second, or what is
missing. The same network, optimizer and batch as bench/train.ts: embedding 5,000 x 32, one LSTM, one sigmoid unit on the
state after the last real token, Adam, batches of 64. Rows are of full length; real texts are padded to the longest
length and masked (Keras) or packed (PyTorch).
"""
import json
import os
import statistics
import sys
import time

library, options = sys.argv[1], json.loads(sys.argv[2])
threads = str(options["threads"])
for name in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = threads
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

BATCH, VOCABULARY, EMBEDDING, LEARNING_RATE, warmUpRuns = 64, 5000, 32, 0.001, 2


def keras_step(units, length, padded):
    import keras

    embedding = keras.layers.Embedding(VOCABULARY, EMBEDDING, mask_zero=padded)
    model = keras.Sequential([keras.Input((length,)), embedding, keras.layers.LSTM(units), keras.layers.Dense(1)])
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.Adam(LEARNING_RATE, epsilon=1e-7), loss=loss)
    return keras.__version__, model.train_on_batch


def pytorch_step(units, length, padded):
    import torch

    torch.set_num_threads(options["threads"])

    class Classifier(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.embedding = torch.nn.Embedding(VOCABULARY, EMBEDDING)
            self.lstm = torch.nn.LSTM(EMBEDDING, units, batch_first=True)
            self.output = torch.nn.Linear(units, 1)

        def forward(self, ids):
            embedded = self.embedding(ids)
            if padded:
                lengths = (ids != 0).sum(1)
                embedded = torch.nn.utils.rnn.pack_padded_sequence(embedded, lengths, batch_first=True, enforce_sorted=False)
            _, (last, _) = self.lstm(embedded)
            return self.output(last[-1])

    model = Classifier()
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE, eps=1e-7)
    loss = torch.nn.BCEWithLogitsLoss()

    def step(ids, labels):
        optimizer.zero_grad()
        value = loss(model(torch.from_numpy(ids)), torch.from_numpy(labels))
        value.backward()
        optimizer.step()
        return value.item()

    return torch.__version__, step


def batch(length):
    rng = np.random.default_rng(1)
    ids = rng.integers(3, VOCABULARY, size=(BATCH, length)).astype("int64")
    return ids, rng.integers(0, 2, size=(BATCH, 1)).astype("float32")


def measure(make, units, length, steps):
    version, step = make(units, length, False)
    ids, labels = batch(length)
    times = []
    for index in range(warmUpRuns + steps):
        started = time.perf_counter()
        step(ids, labels)
        if index >= warmUpRuns:
            times.append(1000 * (time.perf_counter() - started))
    return version, statistics.median(times)


def texts_per_second(make, texts):
    values = np.fromfile(texts["file"], dtype="<i4")
    count, length = texts["count"], texts["length"]
    ids = values[: count * length].reshape(count, length).astype("int64")
    labels = values[count * length :].reshape(count, 1).astype("float32")
    _, step = make(texts["units"], length, True)
    starts = range(0, count - BATCH + 1, BATCH)
    for start in list(starts)[:warmUpRuns]:
        step(ids[start : start + BATCH], labels[start : start + BATCH])
    started = time.perf_counter()
    for start in starts:
        step(ids[start : start + BATCH], labels[start : start + BATCH])
    return len(starts) * BATCH / (time.perf_counter() - started)


try:
    makers = {"keras": keras_step, "pytorch": pytorch_step}
    measured = [measure(makers[library], *row) for row in options["rows"]]
    rate = texts_per_second(makers[library], options["texts"]) if options["texts"] else None
    print(json.dumps({"version": measured[0][0], "stepMs": [step_ms for _, step_ms in measured], "textsPerSecond": rate}))
except ImportError as error:
    print(json.dumps({"missing": str(error)}))
